//! Reads what travels from JSON that has been taken apart already.
//!
//! `serde_json` reads text straight into a type, and for that makes a reader of its own for every type, in two
//! forms, for structs may be written as lists too. What travels here is never written so. Reading by way of
//! [`Value`] costs a moment more and half of the program text: tens of kilobytes of the page.

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// Reads a type from text.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Misfit> {
    let value: Value = serde_json::from_str(text).map_err(|error| Misfit(error.to_string()))?;
    T::deserialize(Reader(&value))
}

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misfit(String);

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Misfit {
        Misfit(message.to_string())
    }
}

/// One value.
#[derive(Clone, Copy)]
struct Reader<'de>(&'de Value);

impl Reader<'_> {
    fn misfit<T>(self, expected: &str) -> Result<T, Misfit> {
        let mut found = self.0.to_string();
        if found.chars().count() > 40 {
            found = found.chars().take(40).chain(['…']).collect();
        }
        Err(Misfit(format!("{found} is no {expected}")))
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Value::Number(number) = self.0 else {
            return self.misfit("number");
        };
        match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => visitor.visit_u64(number),
            (_, Some(number), _) => visitor.visit_i64(number),
            (.., Some(number)) => visitor.visit_f64(number),
            _ => self.misfit("number"),
        }
    }
}

macro_rules! numbers {
    ($($method:ident)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            self.number(visitor)
        })+
    };
}

macro_rules! texts {
    ($($method:ident)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            match self.0 {
                Value::String(text) => visitor.visit_str(text),
                _ => self.misfit("text"),
            }
        })+
    };
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(_) => self.number(visitor),
            Value::String(text) => visitor.visit_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Bool(value) => visitor.visit_bool(*value),
            _ => self.misfit("yes or no"),
        }
    }

    numbers! {
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_f32 deserialize_f64
    }

    texts! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items(items.iter())),
            _ => self.misfit("list"),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Value::Object(members) => visitor.visit_map(Members {
                members: members.iter(),
                value: &Value::Null,
            }),
            _ => self.misfit("object"),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.0 {
            // Only values without content travel: a word each.
            Value::String(text) => visitor.visit_enum(word(text)),
            _ => self.misfit("word"),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }
}

fn word(text: &str) -> StrDeserializer<'_, Misfit> {
    text.into_deserializer()
}

struct Items<'de>(std::slice::Iter<'de, Value>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        self.0.next().map(|value| seed.deserialize(Reader(value))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Members<'de> {
    members: serde_json::map::Iter<'de>,
    value: &'de Value,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some((name, value)) = self.members.next() else {
            return Ok(None);
        };
        self.value = value;
        seed.deserialize(word(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        seed.deserialize(Reader(self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::wire::List;
    use shared::wire::alarm::Alarm;
    use shared::wire::feeds::StoredProblem;
    use shared::wire::figures::{Figures, ThroughputRow};

    fn same<T: DeserializeOwned + PartialEq + fmt::Debug>(text: &str) {
        assert_eq!(read::<T>(text).unwrap(), serde_json::from_str::<T>(text).unwrap());
    }

    #[test]
    fn it_reads_what_serde_json_reads() {
        same::<List<Alarm>>(
            r#"{"items":[{"id":"a","tag":"t","kind":"illegal_storage","priority":"high","site":"S","stay":null,
            "container":"C","container_verified":false,"direction":"import","bill_of_lading":null,"voyage":"1",
            "vessel_name":null,"dangerous":true,"refrigerated":false,"previous":{"node":"stack","at":null},
            "current":null,"limit_seconds":3600,"reasons":["no_block"],"entered_at":"2022-02-23T13:14:15+08:00",
            "slot":"G124405.1","block":"G12","raised_at":"2022-02-23T13:14:15+08:00","cleared_at":null,
            "recorded_at":"2022-02-23T13:14:15+08:00","withdrawn_at":null,"active":true,"acknowledged":false,
            "shelved_until":null,"suppressed":false,"explanation":null,"closed":false,"history":[],"sequence":7,
            "something":{"new":[1,2]}}],"next":null,"epoch":"e","sequence":9}"#,
        );
        same::<StoredProblem>(
            r#"{"id":"1","format":"edifact","source":null,"received_at":"2022-02-23T13:14:15Z","index":2,
            "pointer":null,"offset":12,"segment":"DTM","code":"time","message":"no","raw":"x","state":"open"}"#,
        );
        same::<Figures<ThroughputRow>>(
            r#"{"from":"2022-02-23T00:00:00Z","to":"2022-02-24T00:00:00Z","bucket":null,"group":["direction","cargo"],
            "unit":"stay","definition":{"name":"n","measures":{"a":"b"},"rounding":"r","censoring":"c","bucket_by":"b"},
            "rows":[{"bucket":null,"group":{"direction":"import","cargo":"reefer"},"moves":1,"teu":1.5,
            "discharged_teu":2,"loaded_teu":0,"transshipped_teu":0.5,"unsized":0,"href":"/x"},
            {"bucket":null,"group":"import","moves":1,"teu":1,"discharged_teu":2,"loaded_teu":0,
            "transshipped_teu":0,"unsized":0,"href":"/x"}],"epoch":"e","sequence":9}"#,
        );
    }

    #[test]
    fn what_does_not_fit_says_what_was_there() {
        let error = read::<Vec<u64>>(r#"["many"]"#).unwrap_err().to_string();
        assert!(error.contains("\"many\""), "{error}");
        assert!(read::<Vec<u64>>("[").is_err());
    }
}
