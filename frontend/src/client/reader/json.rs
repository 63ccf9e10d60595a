//! Reads JSON. The server's answers are read by serde's reader in the server's tests; the page needs none of its
//! many ways to say what is wrong with a text that a program wrote, and they would be a fiftieth of the page.

use serde_json::{Map, Number, Value};

/// Deeper than this nothing nests that the server says.
const DEEPEST: usize = 100;

/// The value of a text; else the byte at which it is no JSON.
pub fn parse(text: &str) -> Result<Value, usize> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0).filter(|_| reader.next_mark().is_none());
    value.ok_or(reader.at)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank.
    fn next_mark(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    /// Steps over this mark, where it is the next.
    fn takes(&mut self, mark: u8) -> bool {
        let is_next = self.next_mark() == Some(mark);
        self.at += usize::from(is_next);
        is_next
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        self.text.get(self.at..)?.strip_prefix(word)?;
        self.at += word.len();
        Some(value)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        match self.next_mark()? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(Value::String),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut members = Map::new();
        self.at += 1;
        if self.takes(b'}') {
            return Some(Value::Object(members));
        }
        loop {
            self.next_mark().filter(|mark| *mark == b'"')?;
            let name = self.string()?;
            if !self.takes(b':') {
                return None;
            }
            let value = self.value(depth + 1)?;
            members.insert(name, value);
            if self.takes(b'}') {
                return Some(Value::Object(members));
            }
            if !self.takes(b',') {
                return None;
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        self.at += 1;
        if self.takes(b']') {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.takes(b']') {
                return Some(Value::Array(items));
            }
            if !self.takes(b',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        self.at += 1;
        let mut string = String::new();
        let mut begin = self.at;
        loop {
            match self.byte()? {
                b'"' => {
                    string.push_str(self.text.get(begin..self.at)?);
                    self.at += 1;
                    return Some(string);
                }
                b'\\' => {
                    string.push_str(self.text.get(begin..self.at)?);
                    string.push(self.escaped()?);
                    begin = self.at;
                }
                0..0x20 => return None,
                _ => self.at += 1,
            }
        }
    }

    /// What a backslash and what is behind it stand for.
    fn escaped(&mut self) -> Option<char> {
        self.at += 1;
        let letter = self.byte()?;
        self.at += 1;
        Some(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                let is_first_of_two = (0xd800..0xdc00).contains(&first);
                if !is_first_of_two {
                    return char::from_u32(first);
                }
                self.word("\\u", Value::Null)?;
                let second = self.hex()?.checked_sub(0xdc00).filter(|rest| *rest < 0x400)?;
                return char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second);
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    }

    /// Whole numbers are exact. Others are put together from their digits; what the server measures has far fewer
    /// of them than a double holds exactly.
    fn number(&mut self) -> Option<Value> {
        let begin = self.at;
        let is_negative = self.byte() == Some(b'-');
        self.at += usize::from(is_negative);
        let (mut digits, mut behind_point, mut power) = (0_u64, None::<i32>, 0_i32);
        let first = self.at;
        let mut lost = 0;
        loop {
            match self.byte() {
                Some(digit @ b'0'..=b'9') => {
                    let grown = digits
                        .checked_mul(10)
                        .and_then(|all| all.checked_add(u64::from(digit - b'0')));
                    match grown {
                        Some(grown) => {
                            digits = grown;
                            behind_point = behind_point.map(|count| count + 1);
                        }
                        None if behind_point.is_none() => lost += 1,
                        None => {}
                    }
                }
                Some(b'.') if behind_point.is_none() && self.at > first => behind_point = Some(0),
                _ => break,
            }
            self.at += 1;
        }
        if self.at == first || behind_point == Some(0) {
            return None;
        }
        let mut is_whole = behind_point.is_none() && lost == 0;
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            is_whole = false;
            power = self.power()?;
        }
        if is_whole && !is_negative {
            return Some(Value::Number(digits.into()));
        }
        if is_whole && let Ok(whole) = i64::try_from(digits) {
            return Some(Value::Number((-whole).into()));
        }
        let power = power
            .saturating_add(lost)
            .saturating_sub(behind_point.unwrap_or(0));
        let size = 10_f64.powi(power.abs().min(400));
        let number = if power < 0 {
            digits as f64 / size
        } else {
            digits as f64 * size
        };
        let number = Number::from_f64(if is_negative { -number } else { number });
        if number.is_none() {
            self.at = begin;
        }
        number.map(Value::Number)
    }

    fn power(&mut self) -> Option<i32> {
        let is_negative = self.byte() == Some(b'-');
        if let Some(b'+' | b'-') = self.byte() {
            self.at += 1;
        }
        let first = self.at;
        let mut power = 0_i32;
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            power = power.saturating_mul(10).saturating_add(i32::from(digit - b'0'));
            self.at += 1;
        }
        (self.at > first).then_some(if is_negative { -power } else { power })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_serde_reads() {
        for text in [
            "null",
            " [ ] ",
            "{}",
            "true",
            r#"{"a":[1,-2,3.5,-0.25,1e3,12.5E-2,0],"b":{"c":"d"},"b2":false,"中":"文"}"#,
            r#""\"\\\/\b\f\n\r\t\u4e2d\ud83d\ude00é""#,
            "18446744073709551615",
            "-9223372036854775807",
            "[0.982, 166576.5, 23.638888888888889, 1.0]",
        ] {
            let (ours, serdes) = (parse(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
            match (&ours, &serdes) {
                (Value::Array(ours), Value::Array(serdes)) => {
                    for (one, other) in ours.iter().zip(serdes) {
                        let (one, other) = (one.as_f64().unwrap(), other.as_f64().unwrap());
                        assert!((one - other).abs() <= other.abs() * 1e-15, "{one} {other}");
                    }
                }
                _ => assert_eq!(ours, serdes, "{text}"),
            }
        }
    }

    #[test]
    fn what_is_no_json_is_told_by_its_place() {
        for (text, at) in [
            ("", 0),
            ("{", 1),
            ("[1,]", 3),
            ("[1 2]", 3),
            (r#"{"a" 1}"#, 5),
            ("nul", 0),
            ("1 2", 2),
            (r#""\x""#, 3),
            ("\"\n\"", 1),
            (".5", 0),
            ("1.", 2),
        ] {
            assert_eq!(parse(text), Err(at), "{text}");
        }
        assert!(parse(&"[".repeat(200)).is_err());
    }
}
