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

/// Replaces what stands under the name of an identity number, in JSON or in what begins as JSON.
fn members(text: &str, key: &IdentityKey) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut name: Option<String> = None;
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
                name = None;
                at += 1;
                continue;
            }
        };
        let token = &text[value.clone()];
        let is_name = is_followed_by_colon(text, value.end);
        if let Some(name) = name.take().filter(|_| !is_name)
            && names_identity(&name)
        {
            let number = decoded(token);
            let number = number.trim();
            if !number.is_empty() && !number.starts_with(HASHED) {
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

/// Replaces runs of 15 to 18 digits of which the last may be an X, with single blanks or hyphens between them or
/// without, if they are what `takes` says. Longer runs are no identity numbers.
fn runs(text: &str, key: &IdentityKey, takes: &dyn Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut copied, mut at) = (0, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let from = at;
        let mut number = String::new();
        let mut end = at;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'0'..=b'9' => number.push(char::from(*byte)),
                b'x' | b'X' if matches!(number.len(), 14 | 17) => {
                    number.push('X');
                    end = at + 1;
                    at += 1;
                    break;
                }
                b' ' | b'-' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                    at += 1;
                    continue;
                }
                _ => break,
            }
            at += 1;
            end = at;
        }
        // A hash that stands there already is no number.
        let behind_hash =
            text[..from].ends_with(|letter: char| letter.is_ascii_alphanumeric() || letter == ':');
        if (15..=18).contains(&number.len()) && takes(&number) && !(behind_hash && is_in_hash(text, from)) {
            out.push_str(&text[copied..from]);
            out.push_str(&hashed(&number, key));
            copied = end;
        }
        at = at.max(end).max(from + 1);
    }
    out.push_str(&text[copied..]);
    out
}

/// Whether a place lies in the 32 digits of a hash.
fn is_in_hash(text: &str, at: usize) -> bool {
    let from = at.saturating_sub(32 + HASHED.len());
    let before = &text.as_bytes()[from..at];
    let found = memchr::memmem::rfind(before, HASHED.as_bytes());
    found.is_some_and(|found| before[found + HASHED.len()..].iter().all(u8::is_ascii_hexdigit))
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

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}|[\"{}:,0-9xX \\\\-]{0,60}") {
            let _ = raw(&text, true, &key());
            let _ = raw(&text, false, &key());
        }

        #[test]
        fn no_number_is_left_wherever_it_stands(before in "[a-z\",{ ]{0,12}", behind in "[a-z\",} ]{0,12}") {
            let text = format!("{before}{NUMBER}{behind}");
            let kept = raw(&text, false, &key());
            prop_assert!(!kept.contains(NUMBER), "{}", kept);
        }
    }
}
