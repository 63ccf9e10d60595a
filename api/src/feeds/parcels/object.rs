//! The fields of a document as they were sent: each is looked at by itself, so that what is wrong can be named.

use super::redact::{self, HASHED};
use crate::parcels::key::IdentityKey;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use shared::parcels::fields::{Fields, ItemFields, PersonFields};
use shared::parcels::identity::{check, normalised};
use shared::parcels::{DocumentKind, Fen, FieldError, HashedIdentity, ParcelMode, Thousandths};
use shared::time::{LocalTime, Time};
use shared::wire::feeds::{FlagCode, ProblemCode};
use smol_str::SmolStr;
use std::borrow::Cow;
use std::fmt;

/// The longest identity number that is hashed, in bytes: passports and residence permits are far shorter.
const LONGEST_IDENTITY: usize = 64;

/// The members of an object, each still in JSON.
pub(super) struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

type Flag<'f> = dyn FnMut(FlagCode, &str, String) + 'f;

fn invalid(field: &str, message: impl Into<String>) -> FieldError {
    FieldError {
        code: ProblemCode::Invalid,
        field: field.to_owned(),
        message: message.into(),
    }
}

/// A text that is borrowed where it needs no change.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text<'de>, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Reader)
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<'de>, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some(Text(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl<'a> Object<'a> {
    /// Reads an element.
    pub fn read(raw: &'a str) -> Result<Object<'a>, FieldError> {
        serde_json::from_str(raw).map_err(|_| invalid("", "a document is a JSON object"))
    }

    /// What its members say, with identity numbers hashed. Members that nobody knows are flagged and left out; null says
    /// nothing.
    pub fn fields(self, key: &IdentityKey, flag: &mut Flag<'_>) -> Result<Fields, FieldError> {
        let mut fields = Fields::default();
        for (name, value) in self.0 {
            if value.get() == "null" {
                continue;
            }
            let name = name.as_ref();
            match name {
                "amount" => fields.amount = Some(fen(name, value)?),
                "at" => fields.at = Some(time(name, value)?),
                "buyer" => fields.buyer = Some(person(name, value, key, flag)?),
                "consignee" => fields.consignee = Some(person(name, value, key, flag)?),
                "currency" => currency(name, value)?,
                "discount" => fields.discount = Some(fen(name, value)?),
                "enterprise" => fields.enterprise = Some(number(name, value)?),
                "freight" => fields.freight = Some(fen(name, value)?),
                "goods" => fields.goods = Some(fen(name, value)?),
                "id" => fields.id = Some(number(name, value)?),
                "insurance" => fields.insurance = Some(fen(name, value)?),
                "items" => fields.items = items(value, key, flag)?,
                "kind" => fields.kind = Some(choice(name, value, DocumentKind::from_name)?),
                "list" => fields.list = Some(number(name, value)?),
                "mode" => fields.mode = Some(choice(name, value, ParcelMode::from_name)?),
                "order" => fields.order = Some(number(name, value)?),
                "park" => fields.park = Some(number(name, value)?),
                "payer" => fields.payer = Some(person(name, value, key, flag)?),
                "payment" => fields.payment = Some(number(name, value)?),
                "platform" => fields.platform = Some(number(name, value)?),
                "remark" => fields.remark = Some(written(name, value, key)?),
                "site" => fields.site = Some(number(name, value)?),
                "source" => fields.source = Some(number(name, value)?),
                "tax" => fields.tax = Some(fen(name, value)?),
                "updated_at" => fields.updated_at = Some(time(name, value)?),
                "waybill" => fields.waybill = Some(number(name, value)?),
                "weight_kg" => fields.weight_kg = Some(thousandths(name, value)?),
                "withdrawn" => fields.withdrawn = boolean(name, value)?,
                other => ignored(other, flag),
            }
        }
        Ok(fields)
    }
}

fn ignored(field: &str, flag: &mut Flag<'_>) {
    let message = format!("the field `{field}` is unknown and was left out");
    flag(FlagCode::FieldIgnored, field, message);
}

fn text<'a>(field: &str, value: &'a RawValue) -> Result<Cow<'a, str>, FieldError> {
    let read: Result<Text<'a>, _> = serde_json::from_str(value.get());
    read.map(|text| text.0)
        .map_err(|_| invalid(field, format!("`{field}` must be a text")))
}

/// A text or a whole number: numbers of orders and waybills are sent as either.
fn number(field: &str, value: &RawValue) -> Result<SmolStr, FieldError> {
    let raw = value.get();
    if raw.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(SmolStr::new(raw));
    }
    let read: Result<Text<'_>, _> = serde_json::from_str(raw);
    read.map(|text| SmolStr::new(text.0))
        .map_err(|_| invalid(field, format!("`{field}` must be a text or a whole number")))
}

/// What a person wrote, in which an identity number has no place.
fn written(field: &str, value: &RawValue, key: &IdentityKey) -> Result<SmolStr, FieldError> {
    let text = text(field, value)?;
    match text.bytes().filter(u8::is_ascii_digit).count() < 15 {
        true => Ok(SmolStr::new(text)),
        false => Ok(SmolStr::new(redact::people(&text, key))),
    }
}

fn boolean(field: &str, value: &RawValue) -> Result<bool, FieldError> {
    match value.get() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(invalid(field, format!("`{field}` must be true or false"))),
    }
}

fn choice<T>(field: &str, value: &RawValue, read: impl Fn(&str) -> Option<T>) -> Result<T, FieldError> {
    let sent = number(field, value)?;
    read(sent.trim()).ok_or_else(|| {
        let known = match field {
            "kind" => "order, payment, logistics or list",
            _ => "1210 or 9610",
        };
        invalid(field, format!("`{field}` must be {known}"))
    })
}

fn currency(field: &str, value: &RawValue) -> Result<(), FieldError> {
    // 142 is what the code table of customs has for it.
    match number(field, value)?.trim() {
        "CNY" | "cny" | "142" => Ok(()),
        _ => Err(invalid(field, "amounts are in CNY; no other currency is taken")),
    }
}

fn time(field: &str, value: &RawValue) -> Result<Time, FieldError> {
    let text = text(field, value)?;
    let read = LocalTime::parse(&text);
    read.map(|time| time.at).map_err(|error| FieldError {
        code: ProblemCode::Time,
        field: field.to_owned(),
        message: error.to_string(),
    })
}

/// The text of a decimal number, sent as a number or as a text.
fn decimal<'a>(field: &str, value: &'a RawValue) -> Result<Cow<'a, str>, FieldError> {
    match value.get().as_bytes().first() {
        Some(b'"') => text(field, value),
        _ => Ok(Cow::Borrowed(value.get())),
    }
}

fn fen(field: &str, value: &RawValue) -> Result<Fen, FieldError> {
    Fen::parse(&decimal(field, value)?).map_err(|error| invalid(field, error.to_string()))
}

fn thousandths(field: &str, value: &RawValue) -> Result<Thousandths, FieldError> {
    Thousandths::parse(&decimal(field, value)?).map_err(|error| invalid(field, error.to_string()))
}

fn person(
    field: &str,
    value: &RawValue,
    key: &IdentityKey,
    flag: &mut Flag<'_>,
) -> Result<PersonFields, FieldError> {
    let object: Object<'_> = serde_json::from_str(value.get()).map_err(|_| {
        invalid(
            field,
            format!("`{field}` must be an object with name and identity"),
        )
    })?;
    let mut person = PersonFields::default();
    for (name, value) in object.0 {
        if value.get() == "null" {
            continue;
        }
        let path = format!("{field}/{name}");
        match name.as_ref() {
            "name" => person.name = Some(written(&path, value, key)?),
            "identity" => (person.identity, person.flawed) = identity(&path, value, key, flag)?,
            "identity_type" => person.identity_type = Some(number(&path, value)?),
            _ => ignored(&path, flag),
        }
    }
    Ok(person)
}

/// Hashes an identity number. What is wrong with its check digit is flagged and never refused.
fn identity(
    field: &str,
    value: &RawValue,
    key: &IdentityKey,
    flag: &mut Flag<'_>,
) -> Result<(Option<HashedIdentity>, bool), FieldError> {
    // What is wrong with it must not quote it.
    let wrong = || {
        invalid(
            field,
            "the identity number must be a text of 1 to 64 letters and digits",
        )
    };
    let raw = value.get();
    let sent = match raw.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Cow::Borrowed(raw),
        false => text(field, value).map_err(|_| wrong())?,
    };
    if let Some(hash) = sent.strip_prefix(HASHED) {
        let hash = HashedIdentity::parse(hash).map_err(|_| wrong())?;
        return Ok((Some(hash), false));
    }
    if sent.len() > LONGEST_IDENTITY {
        return Err(wrong());
    }
    let number = normalised(&sent);
    if number.is_empty() {
        return Ok((None, false));
    }
    let flawed = check(&number).is_err();
    if flawed {
        let message = "the identity number has a wrong check digit (GB 11643-1999)".to_owned();
        flag(FlagCode::CheckDigit, field, message);
    }
    Ok((Some(key.hash(&number)), flawed))
}

fn items(value: &RawValue, key: &IdentityKey, flag: &mut Flag<'_>) -> Result<Vec<ItemFields>, FieldError> {
    let all: Vec<Object<'_>> = serde_json::from_str(value.get())
        .map_err(|_| invalid("items", "`items` must be a list of objects"))?;
    let mut items = Vec::with_capacity(all.len());
    for (place, object) in all.into_iter().enumerate() {
        let mut item = ItemFields::default();
        for (name, value) in object.0 {
            if value.get() == "null" {
                continue;
            }
            let path = format!("items/{place}/{name}");
            match name.as_ref() {
                "name" => item.name = Some(written(&path, value, key)?),
                "quantity" => item.quantity = Some(thousandths(&path, value)?),
                "value" => item.value = Some(fen(&path, value)?),
                "hs" => item.hs = Some(number(&path, value)?),
                "indivisible" => item.indivisible = boolean(&path, value)?,
                _ => ignored(&path, flag),
            }
        }
        items.push(item);
    }
    Ok(items)
}
