//! Cutting a body into its events, before any of them is parsed: so that one broken event leaves its
//! neighbours whole, a body that ends in the middle still gives what came before, and every event has its
//! place in bytes. It looks only at strings and brackets; whether an event is JSON is asked when it is parsed.

use std::ops::Range;

/// Events that one body may hold.
pub const MAX_EVENTS: usize = 200_000;
/// Brackets within brackets that one event may have.
pub const MAX_DEPTH: usize = 64;

/// One event of the body, not yet parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// JSON pointer to it.
    pub pointer: String,
    /// Its bytes.
    pub range: Range<usize>,
    /// Whether it is nested deeper than [`MAX_DEPTH`].
    pub too_deep: bool,
}

/// Where and why cutting ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The body ends in the middle; what was begun starts here.
    Truncated(usize),
    /// The byte here cannot stand here.
    Wrong(usize),
    /// There are more than [`MAX_EVENTS`] events; the first too many starts here.
    TooMany(usize),
}

/// What cutting found.
#[derive(Debug, Default)]
pub struct Split {
    /// The events, in order.
    pub pieces: Vec<Piece>,
    /// Why it ended early, if it did.
    pub broken: Option<Broken>,
}

/// Cuts a body: an array of events, an object whose `events` are an array, or one event.
pub fn split(body: &[u8]) -> Split {
    let mut cutter = Cutter {
        body,
        at: if body.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 },
        found: Split::default(),
    };
    let outcome = cutter.body();
    cutter.found.broken = outcome.err();
    cutter.found
}

struct Cutter<'a> {
    body: &'a [u8],
    at: usize,
    found: Split,
}

/// A value that was skipped.
struct Skipped {
    range: Range<usize>,
    depth: usize,
}

impl Cutter<'_> {
    fn body(&mut self) -> Result<(), Broken> {
        match self.peek()? {
            b'[' => self.array("")?,
            b'{' => self.object()?,
            _ => return Err(Broken::Wrong(self.at)),
        }
        match self.peek() {
            Ok(_) => Err(Broken::Wrong(self.at)),
            Err(_) => Ok(()),
        }
    }

    /// The next byte that is no blank.
    fn peek(&mut self) -> Result<u8, Broken> {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.body.get(self.at) {
            self.at += 1;
        }
        self.body.get(self.at).copied().ok_or(Broken::Truncated(self.at))
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Broken> {
        if self.peek()? != wanted {
            return Err(Broken::Wrong(self.at));
        }
        self.at += 1;
        Ok(())
    }

    /// An array of events.
    fn array(&mut self, pointer: &str) -> Result<(), Broken> {
        self.expect(b'[')?;
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.peek()?;
            if self.found.pieces.len() >= MAX_EVENTS {
                return Err(Broken::TooMany(self.at));
            }
            let skipped = self.skip()?;
            self.keep(format!("{pointer}/{}", self.found.pieces.len()), skipped);
            match self.peek()? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(Broken::Wrong(self.at)),
            }
        }
    }

    /// An object: the wrapper around `events`, or else an event itself.
    fn object(&mut self) -> Result<(), Broken> {
        let start = self.at;
        match self.wrapper() {
            Ok(true) => Ok(()),
            Err(broken) if !self.found.pieces.is_empty() => Err(broken),
            // No `events` so far: then it is one event, and parsing it tells what is wrong with it.
            Ok(false) | Err(Broken::Wrong(_)) => {
                self.at = start;
                let skipped = self.skip().unwrap_or_else(|_| self.all_from(start));
                self.keep(String::new(), skipped);
                Ok(())
            }
            Err(broken) => Err(broken),
        }
    }

    /// Goes through the members of an object and takes its `events`; false when it has none.
    fn wrapper(&mut self) -> Result<bool, Broken> {
        let start = self.at;
        let whole = |broken| match broken {
            Broken::Truncated(_) => Broken::Truncated(start),
            other => other,
        };
        self.expect(b'{')?;
        let mut has_events = false;
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(false);
        }
        loop {
            if self.peek().map_err(whole)? != b'"' {
                return Err(Broken::Wrong(self.at));
            }
            let key = self.skip().map_err(whole)?;
            self.expect(b':').map_err(whole)?;
            let is_events = self.body.get(key.range) == Some(b"\"events\"".as_slice());
            if is_events && !has_events && self.peek().map_err(whole)? == b'[' {
                has_events = true;
                self.array("/events")?;
            } else {
                self.skip().map_err(whole)?;
            }
            match self.peek().map_err(whole)? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Ok(has_events);
                }
                _ => return Err(Broken::Wrong(self.at)),
            }
        }
    }

    /// Everything from here on, for the parser to say what is wrong with it.
    fn all_from(&mut self, start: usize) -> Skipped {
        self.at = self.body.len();
        Skipped {
            range: start..self.at,
            depth: 0,
        }
    }

    fn keep(&mut self, pointer: String, skipped: Skipped) {
        self.found.pieces.push(Piece {
            pointer,
            range: skipped.range,
            too_deep: skipped.depth > MAX_DEPTH,
        });
    }

    /// Skips one value. What ends in the middle is truncated from its own first byte.
    fn skip(&mut self) -> Result<Skipped, Broken> {
        let first = self.peek()?;
        let start = self.at;
        let mut depth = 0_usize;
        let mut deepest = 0;
        loop {
            match self.body.get(self.at) {
                None => return Err(Broken::Truncated(start)),
                Some(b'"') => self.string(start)?,
                Some(b'{' | b'[') => {
                    depth += 1;
                    deepest = deepest.max(depth);
                    self.at += 1;
                }
                Some(b'}' | b']') if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                Some(b'}' | b']' | b',' | b':') if depth == 0 => break,
                Some(_) => self.at += 1,
            }
            if depth == 0 && matches!(first, b'"' | b'{' | b'[') {
                break;
            }
            if depth == 0 && matches!(self.body.get(self.at), None | Some(b' ' | b'\t' | b'\r' | b'\n')) {
                break;
            }
        }
        if self.at == start {
            return Err(Broken::Wrong(start));
        }
        Ok(Skipped {
            range: start..self.at,
            depth: deepest,
        })
    }

    fn string(&mut self, start: usize) -> Result<(), Broken> {
        self.at += 1;
        loop {
            match self.body.get(self.at) {
                None => return Err(Broken::Truncated(start)),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(body: &str) -> Vec<(String, String)> {
        split(body.as_bytes())
            .pieces
            .into_iter()
            .map(|piece| (piece.pointer, body[piece.range].to_owned()))
            .collect()
    }

    #[test]
    fn an_array_a_wrapper_and_a_single_event_are_cut() {
        assert_eq!(
            texts(r#" [ {"a":[1,"]"]} , 7,"x\"" ] "#),
            [
                ("/0".into(), r#"{"a":[1,"]"]}"#.into()),
                ("/1".into(), "7".into()),
                ("/2".into(), r#""x\"""#.into()),
            ]
        );
        assert_eq!(
            texts(r#"{"feedbackElements":[],"events":[{"a":1},{"b":2}],"more":true}"#),
            [
                ("/events/0".into(), r#"{"a":1}"#.into()),
                ("/events/1".into(), r#"{"b":2}"#.into()),
            ]
        );
        assert_eq!(texts("{\"a\":1}\n"), [(String::new(), r#"{"a":1}"#.into())]);
        assert!(split(b"[]").pieces.is_empty() && split(b"[]").broken.is_none());
        assert!(split(b"{\"events\":[]}").pieces.is_empty() && split(b"{\"events\":[]}").broken.is_none());
    }

    #[test]
    fn a_body_that_ends_in_the_middle_gives_what_came_before() {
        let found = split(br#"[{"a":1},{"b":"#);
        assert_eq!(found.pieces.len(), 1);
        assert_eq!(found.broken, Some(Broken::Truncated(9)));
        let found = split(br#"{"events":[{"a":1},{"b":"c\"#);
        assert_eq!(found.pieces.len(), 1);
        assert_eq!(found.broken, Some(Broken::Truncated(19)));
        assert_eq!(split(br#"{"a":1,"#).broken, Some(Broken::Truncated(0)));
    }

    #[test]
    fn the_first_wrong_byte_is_told() {
        assert_eq!(split(b"  hello").broken, Some(Broken::Wrong(2)));
        assert_eq!(split(br#"[{"a":1};{"b":2}]"#).broken, Some(Broken::Wrong(8)));
        assert_eq!(split(br#"[{"a":1}] x"#).broken, Some(Broken::Wrong(10)));
        assert_eq!(split(br#"[,]"#).broken, Some(Broken::Wrong(1)));
        assert_eq!(split(b"").broken, Some(Broken::Truncated(0)));
    }

    #[test]
    fn depth_is_measured() {
        let deep = format!("[{}{}]", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1));
        assert!(split(deep.as_bytes()).pieces[0].too_deep);
        let flat = format!("[{}{}]", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(!split(flat.as_bytes()).pieces[0].too_deep);
    }

    proptest! {
        #[test]
        fn any_bytes_give_pieces_within_the_body_in_order(body in proptest::collection::vec(
            prop_oneof![Just(b'['), Just(b']'), Just(b'{'), Just(b'}'), Just(b','), Just(b'"'), Just(b'\\'), Just(b':'), Just(b' '), any::<u8>()], 0..200)) {
            let mut end = 0;
            for piece in split(&body).pieces {
                prop_assert!(piece.range.start >= end && piece.range.end > piece.range.start && piece.range.end <= body.len());
                end = piece.range.end;
            }
        }
    }
}
