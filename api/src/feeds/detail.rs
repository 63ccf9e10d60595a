//! What a feed understood and the domain has no field for: one JSON object, compact, keys sorted at every
//! depth, of bounded size (`semantics.md` §1, node `note`).

use serde_json::{Map, Value};

/// Bytes that the detail of one message's event may have.
pub const LIMIT: usize = 16 * 1024;

/// Names of members left out that are told.
const NAMES: usize = 20;

/// The object as text; nothing when it is empty. While it is longer than `limit` its largest members are left
/// out: the names of the first few come second.
pub fn compact(object: &Map<String, Value>, limit: usize) -> (Option<Box<str>>, Vec<String>) {
    let mut members: Vec<(&String, String)> = object
        .iter()
        .map(|(key, value)| (key, member(key, value)))
        .collect();
    let mut length = 1 + members.iter().map(|(_, text)| text.len() + 1).sum::<usize>();
    let mut left_out = Vec::new();
    if length > limit {
        members.sort_by_key(|(_, text)| text.len());
        while length > limit {
            let Some((key, text)) = members.pop() else { break };
            length -= text.len() + 1;
            left_out.push(key.chars().take(64).collect());
        }
        left_out.truncate(NAMES);
    }
    if members.is_empty() {
        return (None, left_out);
    }
    members.sort_by(|a, b| a.0.cmp(b.0));
    let texts: Vec<&str> = members.iter().map(|(_, text)| text.as_str()).collect();
    (
        Some(format!("{{{}}}", texts.join(",")).into_boxed_str()),
        left_out,
    )
}

/// A value as compact text with sorted keys: the same content gives the same text.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn member(key: &str, value: &Value) -> String {
    let mut out = Value::from(key).to_string();
    out.push(':');
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by(|a, b| a.0.cmp(b.0));
            out.push('{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&member(key, value));
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = json!({"b": {"d": 1, "c": [{"z": 1, "a": null}]}, "a": "x"});
        assert_eq!(
            canonical(&value),
            r#"{"a":"x","b":{"c":[{"a":null,"z":1}],"d":1}}"#
        );
        let (text, left_out) = compact(value.as_object().unwrap(), LIMIT);
        assert_eq!(text.as_deref(), Some(canonical(&value).as_str()));
        assert!(left_out.is_empty());
    }

    #[test]
    fn the_largest_members_are_left_out_of_what_is_too_long() {
        let value =
            json!({"a": "x".repeat(LIMIT), "b": 1, "c": "y".repeat(LIMIT / 2), "d": "z".repeat(LIMIT)});
        let (text, left_out) = compact(value.as_object().unwrap(), LIMIT);
        let text = text.unwrap();
        assert!(text.len() <= LIMIT && text.starts_with(r#"{"b":1,"c":"yyy"#));
        assert_eq!(left_out.len(), 2);
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!(compact(&Map::new(), LIMIT), (None, vec![]));
    }
}
