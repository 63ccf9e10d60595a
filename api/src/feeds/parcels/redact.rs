//! Takes identity numbers out of what is kept of a document that could not be read. A number gives way to its keyed hash,
//! which a document may carry in its place, so that what was kept can be sent again.

use crate::parcels::key::IdentityKey;
use shared::parcels::identity::{check, normalised};
use std::ops::Range;

/// What stands before a hash in the place of a number.
pub const HASHED: &str = "hashed:";

/// Names under which senders state identity numbers, without blanks, hyphens and underscores, in small letters.
const NAMES: [&str; 14] = [
    "identity",
    "identitynumber",
    "identityno",
    "idnumber",
    "idno",
    "idcard",
    "idcardno",
    "certno",
    "certificateno",
    "certificatenumber",
    "buyeridnumber",
    "payeridnumber",
    "consigneeidnumber",
    "证件号码",
];

/// Whether a member holds an identity number by its name.
pub fn names_identity(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect();
    NAMES.contains(&plain.as_str())
}

/// What is kept of a text: without identity numbers. `is_json`: it is whole JSON, in which other numbers are what their
/// names say; else every run that could be an identity number is taken out.
pub fn raw(text: &str, is_json: bool, key: &IdentityKey) -> String {
    let members = members(text, key);
    match is_json {
        true => people(&members, key),
        false => runs(&members, key, &|_| true),
    }
}

/// A text that a person wrote, without what is an identity number by its form: 18 places, a date, and the right check
/// digit.
pub fn people(text: &str, key: &IdentityKey) -> String {
    runs(text, key, &is_certain)
}

fn hashed(number: &str, key: &IdentityKey) -> String {
    format!("{HASHED}{}", key.hash(&normalised(number)))
}

/// Replaces what stands under the name of an identity number, in JSON or in what begins as JSON: the value, or every text
/// and number within the object or array that stands there.
fn members(text: &str, key: &IdentityKey) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut name: Option<String> = None;
    // How many brackets are open since the one that stands under such a name.
    let mut within = 0_usize;
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(at) {
        let value = match byte {
            b'"' => string(text, at),
            b'-' | b'0'..=b'9' => number(text, at),
            b':' | b' ' | b'\t' | b'\r' | b'\n' => {
                at += 1;
                continue;
            }
            _ => {
                let named = name.take().is_some_and(|name| names_identity(&name));
                match byte {
                    b'{' | b'[' if named || within > 0 => within += 1,
                    b'}' | b']' => within = within.saturating_sub(1),
                    _ => {}
                }
                at += 1;
                continue;
            }
        };
        let token = &text[value.clone()];
        let is_name = is_followed_by_colon(text, value.end);
        let named = name.take().is_some_and(|name| names_identity(&name));
        if !is_name && (named || within > 0) {
            let number = decoded(token);
            let number = number.trim();
            if !number.is_empty() && !is_hash(number) {
                out.push_str(&text[copied..value.start]);
                out.push_str(&format!("\"{}\"", hashed(number, key)));
                copied = value.end;
            }
        }
        if is_name {
            name = Some(decoded(token));
        }
        at = value.end;
    }
    out.push_str(&text[copied..]);
    out
}

/// The text of a token; one that breaks off, as far as it goes.
fn decoded(token: &str) -> String {
    serde_json::from_str(token).unwrap_or_else(|_| token.trim_matches('"').to_owned())
}

/// A string from its quote to behind the other, or to the end where that is missing.
fn string(text: &str, open: usize) -> Range<usize> {
    let mut escaped = false;
    for (place, byte) in text.bytes().enumerate().skip(open + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return open..place + 1,
            _ => {}
        }
    }
    open..text.len()
}

fn number(text: &str, from: usize) -> Range<usize> {
    let rest = &text.as_bytes()[from..];
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
    from..from + rest.iter().take_while(|byte| is_part(byte)).count()
}

fn is_followed_by_colon(text: &str, at: usize) -> bool {
    text[at..].trim_start().starts_with(':')
}

/// Digits of a run, and the X behind them.
struct Piece {
    /// Where it stands, without an X.
    place: Range<usize>,
    /// Whether an X follows directly.
    x: bool,
}

/// Replaces what could be an identity number and is what `takes` says: 15 to 18 digits, or 14 or 17 and an X, in one
/// piece or in several with a single blank or hyphen between them, whatever other digits stand beside them. A longer
/// piece is no identity number.
fn runs(text: &str, key: &IdentityKey, takes: &dyn Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut copied, mut at) = (0, 0);
    while at < text.len() {
        if is_hash_at(text, at) {
            at += HASHED.len() + HASH_DIGITS;
            continue;
        }
        if !text.as_bytes()[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let run = run(text, at);
        at = run.last().map_or(at + 1, |last| last.place.end);
        for (place, number) in numbers(text, &run, takes) {
            out.push_str(&text[copied..place.start]);
            out.push_str(&hashed(&number, key));
            copied = place.end;
        }
    }
    out.push_str(&text[copied..]);
    out
}

/// The pieces of a run that begins at a digit. An X ends it.
fn run(text: &str, from: usize) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut at = from;
    loop {
        let begins = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        let x = matches!(bytes.get(at), Some(b'x' | b'X'));
        pieces.push(Piece { place: begins..at, x });
        let goes_on =
            matches!(bytes.get(at), Some(b' ' | b'-')) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if !goes_on {
            return pieces;
        }
        at += 1;
    }
}

/// Where numbers stand in a run, with their digits. What is certain to be one goes first, so that digits in front of it
/// take nothing of it; where several others overlap, all of their digits are taken for one.
fn numbers(text: &str, run: &[Piece], takes: &dyn Fn(&str) -> bool) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut rest = Vec::new();
    let (mut first, mut begins) = (0, 0);
    while first < run.len() {
        let certain = windows(text, run, first).find(|(_, number)| is_certain(number) && takes(number));
        match certain {
            Some((behind, number)) => {
                rest.push(begins..first);
                found.push((place(run, first, behind), number));
                (first, begins) = (behind, behind);
            }
            None => first += 1,
        }
    }
    rest.push(begins..run.len());
    for part in rest {
        let run = &run[part];
        let mut first = 0;
        while first < run.len() {
            let longest = |first: usize| windows(text, run, first).filter(|own| takes(&own.1)).last();
            let Some((mut behind, mut number)) = longest(first) else {
                first += 1;
                continue;
            };
            let mut overlapping = first + 1;
            while overlapping < behind {
                if let Some((other, _)) = longest(overlapping).filter(|own| own.0 > behind) {
                    behind = other;
                    number = digits(text, &run[first..behind]);
                }
                overlapping += 1;
            }
            found.push((place(run, first, behind), number));
            first = behind;
        }
    }
    found.sort_by_key(|own| own.0.start);
    found
}

/// From a piece on, what has as many digits as an identity number: the piece behind it, and its digits.
fn windows<'t>(text: &'t str, run: &'t [Piece], first: usize) -> impl Iterator<Item = (usize, String)> + 't {
    let mut length = 0;
    let lengths = run[first..].iter().map(move |piece| {
        length += piece.place.len();
        (length, piece.x)
    });
    let fitting = lengths.take_while(|own| own.0 <= 18).enumerate();
    let fitting = fitting.filter(|(_, (length, x))| *length >= 15 || (*x && *length == 14));
    fitting.map(move |(place, _)| (first + place + 1, digits(text, &run[first..=first + place])))
}

/// The digits of pieces together, with the X that belongs to them.
fn digits(text: &str, pieces: &[Piece]) -> String {
    let mut number: String = pieces.iter().map(|piece| &text[piece.place.clone()]).collect();
    if takes_x(pieces) {
        number.push('X');
    }
    number
}

/// Whether the X behind pieces is their last place.
fn takes_x(pieces: &[Piece]) -> bool {
    let length: usize = pieces.iter().map(|piece| piece.place.len()).sum();
    pieces.last().is_some_and(|last| last.x) && matches!(length, 14 | 17)
}

fn place(run: &[Piece], first: usize, behind: usize) -> Range<usize> {
    // A window has one piece at least.
    let pieces = &run[first..behind];
    let end = pieces.last().map_or(0, |last| last.place.end);
    pieces.first().map_or(0, |first| first.place.start)..end + usize::from(takes_x(pieces))
}

/// The hexadecimal digits of a hash.
const HASH_DIGITS: usize = 32;

/// Whether a hash stands at a place, which is no number.
fn is_hash_at(text: &str, at: usize) -> bool {
    let rest = &text.as_bytes()[at..];
    rest.strip_prefix(HASHED.as_bytes())
        .and_then(|rest| rest.get(..HASH_DIGITS))
        .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// Whether a value is a hash, and nothing else.
fn is_hash(value: &str) -> bool {
    value.len() == HASHED.len() + HASH_DIGITS && is_hash_at(value, 0)
}

/// Whether a number is one of GB 11643-1999: a date of birth from 1850 on, and the right check digit.
fn is_certain(number: &str) -> bool {
    let part = |range: Range<usize>| number.get(range).and_then(|part| part.parse::<u32>().ok());
    number.len() == 18
        && check(number).is_ok()
        && part(6..10).is_some_and(|year| (1_850..2_100).contains(&year))
        && part(10..12).is_some_and(|month| (1..=12).contains(&month))
        && part(12..14).is_some_and(|day| (1..=31).contains(&day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NUMBER: &str = "11010519491231002X";

    fn key() -> IdentityKey {
        IdentityKey::new(b"a key for tests")
    }

    fn hash() -> String {
        hashed(NUMBER, &key())
    }

    #[test]
    fn a_member_that_holds_a_number_gives_way_to_its_hash_and_nothing_else_changes() {
        let text = format!(r#"{{ "order":"123456789012345678", "buyer":{{"identity" : "{NUMBER}"}} }}"#);
        let expected = text.replace(NUMBER, &hash());
        assert_eq!(raw(&text, true, &key()), expected);
        assert_eq!(raw(&expected, true, &key()), expected);
        let spelled = r#"{"buyer":{"\u0069dentity":"1101051949123100\u00322x"}}"#;
        assert!(!raw(spelled, true, &key()).contains("1949"));
    }

    #[test]
    fn what_is_no_json_loses_every_run_that_could_be_a_number() {
        for (text, left) in [
            (format!(r#"{{"buyer":{{"identity":"{NUMBER}"#), false),
            (format!("buyer;{NUMBER};x"), false),
            ("id 110105 19491231 002x.".to_owned(), false),
            ("id 110105491231002".to_owned(), false),
            ("paid 12345678901234 and 1234567890123456789".to_owned(), true),
        ] {
            let kept = raw(&text, false, &key());
            assert_eq!(kept == text, left, "{kept}");
            assert!(
                !kept.contains("1949123100") && !kept.contains("19491231 00"),
                "{kept}"
            );
            assert_eq!(raw(&kept, false, &key()), kept);
        }
    }

    #[test]
    fn a_remark_loses_what_is_a_number_by_its_form_and_keeps_other_numbers() {
        let text = format!("for {NUMBER}, waybill 123456789012345678");
        let expected = text.replace(NUMBER, &hash());
        assert_eq!(people(&text, &key()), expected);
    }

    #[test]
    fn a_number_beside_others_and_within_brackets_is_taken_out() {
        const OTHER: &str = "440524188001010014";
        for text in [
            format!("13800138000 {OTHER}"),
            format!("{OTHER} {NUMBER}"),
            format!("2 {OTHER}"),
            format!("123 {NUMBER}"),
            format!("{OTHER}-13800138000"),
            "123 440524 18800101 0014 7".to_owned(),
            format!("hashed:{OTHER}"),
        ] {
            for kept in [people(&text, &key()), raw(&text, false, &key())] {
                let digits = kept.replace([' ', '-'], "");
                assert!(!digits.contains(OTHER) && !digits.contains("1949123"), "{kept}");
                assert_eq!(raw(&kept, false, &key()), kept);
            }
        }
        let beside = people(&format!("13800138000 {OTHER}"), &key());
        assert_eq!(beside, format!("13800138000 {}", hashed(OTHER, &key())));
        // Of another kind, so that only the name says what it is.
        for value in [
            r#"{"no":"E1234567"}"#,
            r#"["E1234567", {"a":["E1234567"]}]"#,
            r#""hashed:E1234567""#,
        ] {
            let text = format!(r#"{{"buyer":{{"identity":{value},"name":"Zhang"}},"order":"A1"}}"#);
            let kept = raw(&text, true, &key());
            assert!(!kept.contains("E1234567"), "{kept}");
            assert!(kept.ends_with(r#","name":"Zhang"},"order":"A1"}"#), "{kept}");
            assert_eq!(raw(&kept, true, &key()), kept);
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}|[\"{}:,0-9xX \\\\-]{0,60}") {
            let _ = raw(&text, true, &key());
            let _ = raw(&text, false, &key());
        }

        #[test]
        fn no_number_is_left_wherever_it_stands(
            before in "[a-z\",{ ]{0,12}|([0-9]{1,20}[ -]){1,4}", behind in "[a-z\",} ]{0,12}|([ -][0-9]{1,20}){1,4}",
            number in "11010519491231002X|110105 19491231 002x|440524188001010014|440524-18800101-0014",
        ) {
            let text = format!("{before}{number}{behind}");
            for kept in [raw(&text, false, &key()), people(&text, &key())] {
                let digits = kept.replace([' ', '-'], "");
                prop_assert!(!digits.contains("1949123100") && !digits.contains("1880010100"), "{}", kept);
            }
        }
    }
}
