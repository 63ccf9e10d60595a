//! Changing rules: each value by its place (a JSON pointer), in words that a person can type.
//!
//! The rules stay the JSON that the server sent: it checks them, and says what is wrong by the same pointers. So a rule
//! that is new there is kept as it is, and this page has to know only how a value is typed.

use crate::i18n::Language;
use serde_json::Value;
use std::collections::BTreeMap;

/// What was changed: values by their places.
pub type Edits = BTreeMap<String, Value>;

/// What a value is, and so how it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Seconds, typed as `1 h 30 min`.
    Duration,
    /// A whole number.
    Count,
    /// Thousandths of a degree, typed in degrees.
    Degrees,
    /// Low, medium or high.
    Priority,
    /// Yes or no.
    Flag,
    /// Texts, typed with commas between them.
    Texts,
}

const UNITS: [(u64, &str, &str); 4] = [
    (86_400, "d", "天"),
    (3_600, "h", "小时"),
    (60, "min", "分"),
    (1, "s", "秒"),
];

impl Field {
    /// A value as it is typed.
    pub fn words(self, language: Language, value: &Value) -> String {
        let whole = value.as_u64().unwrap_or_default();
        match self {
            Field::Duration => duration(language, whole),
            Field::Count => whole.to_string(),
            Field::Degrees => crate::i18n::format::thousandths(whole as f64 / 1_000.0),
            Field::Priority => value.as_str().unwrap_or_default().to_owned(),
            Field::Flag => value.as_bool().unwrap_or_default().to_string(),
            Field::Texts => {
                let texts = value.as_array().into_iter().flatten();
                texts.filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// What was typed, as a value; nothing when it is none.
    pub fn value(self, typed: &str) -> Option<Value> {
        let typed = typed.trim();
        Some(match self {
            Field::Duration => Value::Number(seconds(typed)?.into()),
            Field::Count => Value::Number(typed.parse::<u64>().ok()?.into()),
            Field::Degrees => {
                // Read as whole numbers: fractions bring kilobytes of code.
                let (whole, rest) = typed.split_once([',', '.']).unwrap_or((typed, ""));
                let rest = format!("{rest:0<3}");
                let (whole, rest): (u64, u64) = (whole.parse().ok()?, rest.parse().ok()?);
                (whole <= 1_000 && rest < 1_000).then(|| Value::Number((whole * 1_000 + rest).into()))?
            }
            Field::Priority => Value::String(typed.to_owned()),
            Field::Flag => Value::Bool(typed == "true"),
            Field::Texts => {
                let texts = typed
                    .split([',', '，', ' ', '、'])
                    .filter(|text| !text.is_empty());
                Value::Array(texts.map(|text| Value::String(text.to_owned())).collect())
            }
        })
    }
}

/// A duration to the second: `7 d`, `1 h 30 min`.
fn duration(language: Language, seconds: u64) -> String {
    let mut rest = seconds;
    let mut words = Vec::new();
    for (unit, english, chinese) in UNITS {
        // Hours go up to five days, as everywhere on the page.
        if unit == 86_400 && seconds < 432_000 {
            continue;
        }
        let count = rest / unit;
        rest %= unit;
        if count > 0 {
            words.push(format!("{count} {}", language.choose(english, chinese)));
        }
    }
    if words.is_empty() {
        words.push("0".to_owned());
    }
    words.join(" ")
}

/// Reads a duration: `90 min`, `1h30m`, `7 天`; a bare number is minutes.
fn seconds(typed: &str) -> Option<u64> {
    let mut sum = 0_u64;
    let mut rest = typed.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(rest.len());
        let count: u64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?.trim_start();
        let letters = rest
            .find(|letter: char| letter.is_ascii_digit() || letter.is_whitespace())
            .unwrap_or(rest.len());
        let unit = match rest.get(..letters)?.to_ascii_lowercase().as_str() {
            "" | "m" | "min" | "分" | "分钟" => 60,
            "s" | "秒" => 1,
            "h" | "小时" | "时" => 3_600,
            "d" | "天" | "日" => 86_400,
            _ => return None,
        };
        rest = rest.get(letters..)?.trim_start();
        sum = sum.checked_add(count.checked_mul(unit)?)?;
    }
    Some(sum)
}

/// Rules with what was changed. A place that is not there any more is left out.
pub fn changed(rules: &Value, edits: &Edits) -> Value {
    let mut changed = rules.clone();
    for (pointer, value) in edits {
        if let Some(place) = changed.pointer_mut(pointer) {
            *place = value.clone();
        }
    }
    changed
}

/// Writes JSON that holds no fractions; serde's own writer brings ten kilobytes of tables for them.
pub fn write(value: &Value, into: &mut String) {
    match value {
        Value::Null => into.push_str("null"),
        Value::Bool(yes) => into.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(whole), _) => into.push_str(&whole.to_string()),
            (None, whole) => into.push_str(&whole.unwrap_or_default().to_string()),
        },
        Value::String(text) => quote(text, into),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                into.push(if index == 0 { '[' } else { ',' });
                write(item, into);
            }
            into.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Object(members) => {
            for (index, (name, value)) in members.iter().enumerate() {
                into.push(if index == 0 { '{' } else { ',' });
                quote(name, into);
                into.push(':');
                write(value, into);
            }
            into.push_str(if members.is_empty() { "{}" } else { "}" });
        }
    }
}

fn quote(text: &str, into: &mut String) {
    into.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => into.extend(['\\', letter]),
            '\n' => into.push_str("\\n"),
            control if control < ' ' => into.push(' '),
            letter => into.push(letter),
        }
    }
    into.push('"');
}

/// The body of a call: rules, and texts beside them where they are known.
pub fn body(rules: &Value, texts: &[(&str, Option<&str>)], version: Option<u64>) -> String {
    let mut body = String::from("{\"rules\":");
    write(rules, &mut body);
    for (name, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            body.push(',');
            quote(name, &mut body);
            body.push(':');
            quote(text, &mut body);
        }
    }
    if let Some(version) = version {
        body.push_str(&format!(",\"if_version\":{version}"));
    }
    body.push('}');
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use shared::rules::Rules;
    use shared::wire::rules::RulesRequest;

    #[test]
    fn a_duration_is_read_as_it_is_written() {
        for seconds_ in [0, 45, 60, 3_600, 5_400, 86_400 * 7, 3_661, 115_200] {
            for language in Language::ALL {
                assert_eq!(seconds(&duration(language, seconds_)), Some(seconds_));
            }
        }
        assert_eq!(seconds("90"), Some(5_400));
        assert_eq!(seconds("1h30m"), Some(5_400));
        assert_eq!(seconds("2 小时"), Some(7_200));
        assert_eq!(seconds("two hours"), None);
        assert_eq!(seconds(""), None);
        assert_eq!(seconds("99999999999999999999 d"), None);
        assert_eq!(duration(Language::English, 115_200), "32 h");
        assert_eq!(duration(Language::English, 86_400 * 7 + 60), "7 d 1 min");
    }

    #[test]
    fn a_value_is_typed_as_people_write_it() {
        assert_eq!(Field::Degrees.words(Language::English, &json!(3_000)), "3");
        assert_eq!(Field::Degrees.value("2,5"), Some(json!(2_500)));
        assert_eq!(Field::Degrees.value("12"), Some(json!(12_000)));
        assert_eq!(Field::Degrees.value("1.25005"), None);
        assert_eq!(
            Field::Texts.value("1.1, 1.2，7"),
            Some(json!(["1.1", "1.2", "7"]))
        );
        assert_eq!(Field::Count.value("-1"), None);
        assert_eq!(Field::Flag.value("true"), Some(json!(true)));
    }

    #[test]
    fn what_is_sent_is_what_the_server_reads() {
        let rules = serde_json::to_value(Rules::default()).unwrap();
        let mut edits = Edits::new();
        edits.insert("/overtime/0/limit_seconds".to_owned(), json!(5_400));
        edits.insert("/kinds/feed_silent/in_service".to_owned(), json!(false));
        edits.insert("/nowhere/at/all".to_owned(), json!(1));
        let text = body(
            &changed(&rules, &edits),
            &[("by", Some("a \"b\"\\")), ("remark", None), ("site", Some(""))],
            Some(3),
        );
        let read: RulesRequest = serde_json::from_str(&text).unwrap();
        assert_eq!(read.rules.overtime[0].limit_seconds, 5_400);
        assert!(!read.rules.kind(shared::alarm::Kind::FeedSilent).in_service);
        assert_eq!(
            (read.by.as_deref(), read.if_version),
            (Some("a \"b\"\\"), Some(3))
        );
        assert_eq!((read.site, read.remark), (None, None));
    }
}
