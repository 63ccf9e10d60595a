//! Looking things up in one event, whatever its shape: by paths in the order of preference. What was found and
//! understood is remembered, so that the rest can be kept as detail.

use crate::feeds::Position;
use serde_json::{Map, Value};
use shared::wire::feeds::{FlagCode, Remark};
use smol_str::SmolStr;

/// Bytes that a text with a field of its own may have.
const LONGEST: usize = 512;

/// The three shapes of DCSA Track & Trace (`domain.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Track & Trace 2.2: everything on one level.
    Flat,
    /// 3.0.0-Beta-1: `metadata` and `payload`.
    Beta,
    /// 3.0.0: `eventRouting` and `eventClassification`.
    Three,
}

impl Shape {
    /// Told by what is in the event, never by what was announced.
    pub fn of(event: &Map<String, Value>) -> Option<Shape> {
        let has = |names: &[&str]| names.iter().any(|name| event.contains_key(*name));
        if has(&["metadata", "payload"]) {
            Some(Shape::Beta)
        } else if has(&["eventClassification", "eventRouting", "isRetracted"]) {
            Some(Shape::Three)
        } else if has(&[
            "eventType",
            "equipmentEventTypeCode",
            "transportEventTypeCode",
            "shipmentEventTypeCode",
        ]) {
            Some(Shape::Flat)
        } else {
            None
        }
    }
}

/// Something found in an event.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// It.
    pub value: &'a Value,
    /// Where, relative to the event and without a leading slash.
    pub field: String,
}

/// One event while it is read.
pub struct Fields<'a> {
    event: &'a Value,
    body: &'static str,
    meta: &'static str,
    taken: Vec<String>,
    /// Where the event stands.
    pub position: Position,
    /// What is odd about it so far.
    pub flags: Vec<Remark<FlagCode>>,
}

impl<'a> Fields<'a> {
    /// An event of a known shape.
    pub fn new(event: &'a Value, shape: Shape, position: Position) -> Fields<'a> {
        let (body, meta) = match shape {
            Shape::Beta => ("payload/", "metadata/"),
            Shape::Flat | Shape::Three => ("", ""),
        };
        Fields {
            event,
            body,
            meta,
            taken: Vec::new(),
            position,
            flags: Vec::new(),
        }
    }

    /// The first path of the event proper that holds something; a null only when no path holds more.
    pub fn find(&self, paths: &[&str]) -> Option<Found<'a>> {
        self.search(self.body, paths)
    }

    /// The same among the data about the message.
    pub fn find_meta(&self, paths: &[&str]) -> Option<Found<'a>> {
        self.search(self.meta, paths)
    }

    fn search(&self, prefix: &str, paths: &[&str]) -> Option<Found<'a>> {
        let mut null = None;
        for path in paths {
            let field = format!("{prefix}{path}");
            match self.event.pointer(&format!("/{field}")) {
                None => {}
                Some(value @ Value::Null) => {
                    null.get_or_insert(Found { value, field });
                }
                Some(Value::String(text)) if text.trim().is_empty() => {}
                Some(value) => return Some(Found { value, field }),
            }
        }
        null
    }

    /// Where a path of the event proper would stand, for remarks on what is missing.
    pub fn place(&self, path: &str) -> String {
        format!("{}{path}", self.body)
    }

    /// The same among the data about the message.
    pub fn place_meta(&self, path: &str) -> String {
        format!("{}{path}", self.meta)
    }

    /// Remembers that a field was understood, so that it does not come again under detail.
    pub fn take(&mut self, found: &Found<'_>) {
        self.taken.push(format!("/{}", found.field));
    }

    /// A flag on a field.
    pub fn flag(&mut self, code: FlagCode, field: &str, message: impl Into<String>) {
        let remark = self.position.remark(code, field, message);
        self.flags.push(remark);
    }

    /// A text that has a field of its own: absent says nothing, null says no.
    pub fn text(&mut self, paths: &[&str]) -> Option<Option<SmolStr>> {
        let found = self.find(paths)?;
        if found.value.is_null() {
            self.take(&found);
            return Some(None);
        }
        match plain(found.value) {
            Some(text) if text.len() <= LONGEST => {
                self.take(&found);
                Some(Some(text))
            }
            Some(_) => {
                let message = format!("left out: longer than {LONGEST} bytes");
                self.flag(FlagCode::FieldIgnored, &found.field, message);
                None
            }
            None => {
                self.flag(
                    FlagCode::FieldIgnored,
                    &found.field,
                    "left out: a text is expected here",
                );
                None
            }
        }
    }

    /// A code: the text of the first path that holds one, with its place. Null counts as absent.
    pub fn code(&self, paths: &[&str]) -> Option<(SmolStr, Found<'a>)> {
        let found = self.find(paths)?;
        Some((plain(found.value)?, found))
    }

    /// Everything that was not taken, without what became empty.
    pub fn rest(&self) -> Map<String, Value> {
        let mut rest = self.event.clone();
        for pointer in &self.taken {
            remove(&mut rest, pointer);
        }
        prune(&mut rest);
        match rest {
            Value::Object(object) => object,
            _ => Map::new(),
        }
    }
}

/// A text or a whole number as text, trimmed.
pub fn plain(value: &Value) -> Option<SmolStr> {
    match value {
        Value::String(text) => Some(SmolStr::new(text.trim())),
        Value::Number(number) => Some(SmolStr::new(number.to_string())),
        _ => None,
    }
}

fn remove(value: &mut Value, pointer: &str) {
    if let Some((parent, key)) = pointer.rsplit_once('/')
        && let Some(Value::Object(object)) = value.pointer_mut(parent)
    {
        object.remove(key);
    }
}

/// Takes out objects that hold nothing any more. What was sent empty says no more than an absent one.
fn prune(value: &mut Value) {
    if let Value::Object(object) = value {
        object.values_mut().for_each(prune);
        object.retain(|_, inner| !matches!(inner, Value::Object(object) if object.is_empty()));
    }
}
