//! What the types are made of: texts, numbers, times, lists, and words.

use super::{Misfit, Mistakes, Read};
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, Error, IntoDeserializer};
use serde_json::Value;
use shared::time::{LocalTime, Time};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

impl Read for String {
    fn read(value: &Value, mistakes: &Mistakes) -> String {
        text(value, mistakes).to_owned()
    }
}

fn text<'a>(value: &'a Value, mistakes: &Mistakes) -> &'a str {
    value.as_str().unwrap_or_else(|| {
        mistakes.is_no(value, "text");
        ""
    })
}

impl Read for bool {
    fn read(value: &Value, mistakes: &Mistakes) -> bool {
        value.as_bool().unwrap_or_else(|| {
            mistakes.is_no(value, "yes or no");
            false
        })
    }
}

impl Read for u64 {
    fn read(value: &Value, mistakes: &Mistakes) -> u64 {
        up_to(value, u64::MAX, mistakes)
    }
}

impl Read for usize {
    fn read(value: &Value, mistakes: &Mistakes) -> usize {
        up_to(value, u64::from(u32::MAX), mistakes) as usize
    }
}

impl Read for u32 {
    fn read(value: &Value, mistakes: &Mistakes) -> u32 {
        up_to(value, u64::from(u32::MAX), mistakes) as u32
    }
}

impl Read for u16 {
    fn read(value: &Value, mistakes: &Mistakes) -> u16 {
        up_to(value, u64::from(u16::MAX), mistakes) as u16
    }
}

impl Read for u8 {
    fn read(value: &Value, mistakes: &Mistakes) -> u8 {
        up_to(value, u64::from(u8::MAX), mistakes) as u8
    }
}

fn up_to(value: &Value, most: u64, mistakes: &Mistakes) -> u64 {
    value
        .as_u64()
        .filter(|number| *number <= most)
        .unwrap_or_else(|| {
            mistakes.is_no(value, "whole number that is expected here");
            0
        })
}

impl Read for i32 {
    fn read(value: &Value, mistakes: &Mistakes) -> i32 {
        let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
        number.unwrap_or_else(|| {
            mistakes.is_no(value, "whole number that is expected here");
            0
        })
    }
}

impl Read for f64 {
    fn read(value: &Value, mistakes: &Mistakes) -> f64 {
        value.as_f64().unwrap_or_else(|| {
            mistakes.is_no(value, "number");
            0.0
        })
    }
}

impl Read for LocalTime {
    fn read(value: &Value, mistakes: &Mistakes) -> LocalTime {
        let time = value.as_str().and_then(|text| LocalTime::parse(text).ok());
        time.unwrap_or_else(|| {
            mistakes.is_no(value, "time");
            Time(0).utc()
        })
    }
}

impl Read for Value {
    fn read(value: &Value, _: &Mistakes) -> Value {
        value.clone()
    }
}

impl<T: Read> Read for Arc<T> {
    fn read(value: &Value, mistakes: &Mistakes) -> Arc<T> {
        Arc::new(T::read(value, mistakes))
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &Value, mistakes: &Mistakes) -> Option<T> {
        (!value.is_null()).then(|| T::read(value, mistakes))
    }

    const MAY_BE_MISSING: bool = true;
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Value, mistakes: &Mistakes) -> Vec<T> {
        let mut list = Vec::new();
        match value.as_array() {
            Some(items) => list.extend(items.iter().map(|item| T::read(item, mistakes))),
            None => mistakes.is_no(value, "list"),
        }
        list
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(value: &Value, mistakes: &Mistakes) -> (A, B) {
        let item = |index: usize| value.get(index).unwrap_or(&Value::Null);
        (A::read(item(0), mistakes), B::read(item(1), mistakes))
    }
}

impl<A: Read, B: Read, C: Read> Read for (A, B, C) {
    fn read(value: &Value, mistakes: &Mistakes) -> (A, B, C) {
        let item = |index: usize| value.get(index).unwrap_or(&Value::Null);
        (
            A::read(item(0), mistakes),
            B::read(item(1), mistakes),
            C::read(item(2), mistakes),
        )
    }
}

impl Read for BTreeMap<String, String> {
    fn read(value: &Value, mistakes: &Mistakes) -> BTreeMap<String, String> {
        // One by one: collecting into a map sorts first, with a sort that nothing else here needs.
        let mut map = BTreeMap::new();
        for (name, value) in super::members(value, mistakes).into_iter().flatten() {
            map.insert(name.clone(), String::read(value, mistakes));
        }
        map
    }
}

/// A word of a fixed vocabulary, by the names that serde knows.
pub fn word<T: DeserializeOwned>(value: &Value, stand_in: T, mistakes: &Mistakes) -> T {
    let text: StrDeserializer<'_, Misfit> = text(value, mistakes).into_deserializer();
    T::deserialize(text).unwrap_or_else(|Misfit(mistake)| {
        mistakes.remember(mistake);
        stand_in
    })
}

impl Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Misfit {
        Misfit(message.to_string())
    }
}
