//! The JSON of a native event (`interface.md` §3): one pass over the text, errors with the field that is
//! wrong, and the canonical form by which versions are compared (`semantics.md` §1).

use super::{Attribute, Classifier, Content, DangerousGoods, Event, Identity, Node};
use crate::container::ContainerNumber;
use crate::time::Time;
use crate::wire::feeds::ProblemCode;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use smol_str::SmolStr;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::{self, Write as _};

/// The longest text of a field, in bytes; a remark may have four times as much.
pub const LONGEST_TEXT: usize = 1_024;
/// The longest `detail`, in bytes.
pub const LONGEST_DETAIL: usize = 16 * 1_024;

/// Why a JSON object is no event, and which field is meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EventError {
    /// Stable code.
    pub code: ProblemCode,
    /// The field; empty for the object as a whole.
    pub field: String,
    /// What is wrong and what is expected.
    pub message: String,
}

impl EventError {
    fn new(code: ProblemCode, field: &str, message: impl Into<String>) -> EventError {
        EventError {
            code,
            field: field.to_owned(),
            message: message.into(),
        }
    }
}

/// An event with the fields that it has and nobody knows.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadObject {
    /// The event.
    pub event: Event,
    /// Names of unknown fields, which are left out.
    pub unknown: Vec<String>,
}

/// Reads one JSON object.
pub fn read(text: &str) -> Result<ReadObject, EventError> {
    let place = RefCell::new(Place::default());
    let mut json = serde_json::Deserializer::from_str(text);
    let parsed = json
        .deserialize_any(Object { place: &place })
        .and_then(|fields| json.end().map(|()| fields));
    match parsed {
        Ok(fields) => fields.into_event(),
        Err(error) => {
            let place = place.into_inner();
            let code = place.code.unwrap_or(ProblemCode::Invalid);
            Err(EventError::new(
                code,
                place.field,
                strip_position(&error.to_string()),
            ))
        }
    }
}

/// Positions inside the one object would only confuse: the caller knows the place in the whole body.
fn strip_position(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

/// Which field is being read, so that an error can name it.
#[derive(Default)]
struct Place {
    field: &'static str,
    code: Option<ProblemCode>,
}

struct Object<'p> {
    place: &'p RefCell<Place>,
}

#[derive(Default)]
struct Fields {
    id: Option<SmolStr>,
    source: Option<SmolStr>,
    updated_at: Option<Time>,
    retracted: bool,
    at: Option<Time>,
    date_only: bool,
    node: Option<Node>,
    classifier: Classifier,
    container: Option<SmolStr>,
    attributes: Vec<Attribute>,
    unknown: Vec<String>,
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct Goods<'a> {
    #[serde(borrow, default)]
    class: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    un: Option<Cow<'a, str>>,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object with the fields of an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
            self.field(&key, &mut fields, &mut map)?;
            self.place.borrow_mut().field = "";
        }
        Ok(fields)
    }
}

impl Object<'_> {
    fn at(&self, field: &'static str) {
        *self.place.borrow_mut() = Place { field, code: None };
    }

    fn fail<E: serde::de::Error>(&self, code: ProblemCode, message: impl fmt::Display) -> E {
        self.place.borrow_mut().code = Some(code);
        E::custom(message)
    }

    fn text<'de, A: MapAccess<'de>>(
        &self,
        field: &'static str,
        map: &mut A,
    ) -> Result<Option<SmolStr>, A::Error> {
        self.long_text(field, LONGEST_TEXT, map)
    }

    /// A text; blank text says no, as null does.
    fn long_text<'de, A: MapAccess<'de>>(
        &self,
        field: &'static str,
        longest: usize,
        map: &mut A,
    ) -> Result<Option<SmolStr>, A::Error> {
        self.at(field);
        let Some(Text(text)) = map.next_value::<Option<Text<'de>>>()? else {
            return Ok(None);
        };
        let text = text.trim();
        if text.len() > longest {
            return Err(self.fail(
                ProblemCode::TooLarge,
                format_args!("`{field}` has {} bytes; at most {longest} are taken", text.len()),
            ));
        }
        Ok((!text.is_empty()).then(|| SmolStr::new(text)))
    }

    fn time<'de, A: MapAccess<'de>>(
        &self,
        field: &'static str,
        map: &mut A,
    ) -> Result<Option<Time>, A::Error> {
        let Some(text) = self.text(field, map)? else {
            return Ok(None);
        };
        Time::parse(&text).map(Some).map_err(|error| {
            if Time::is_beyond(&text) {
                let message = format_args!("`{text}` lies beyond the years that can be held");
                self.fail(ProblemCode::TimeRange, message)
            } else {
                self.fail(ProblemCode::Time, error)
            }
        })
    }

    fn choice<'de, A: MapAccess<'de>, T: serde::de::DeserializeOwned>(
        &self,
        field: &'static str,
        map: &mut A,
    ) -> Result<Option<T>, A::Error> {
        self.at(field);
        map.next_value()
    }

    /// A decimal number in thousandths.
    fn thousandths<'de, A: MapAccess<'de>>(
        &self,
        field: &'static str,
        largest: f64,
        map: &mut A,
    ) -> Result<Option<i64>, A::Error> {
        self.at(field);
        let Some(number) = map.next_value::<Option<f64>>()? else {
            return Ok(None);
        };
        if number.abs() > largest {
            return Err(self.fail(
                ProblemCode::Invalid,
                format_args!("`{field}` is {number}; at most {largest} either way is taken"),
            ));
        }
        Ok(Some((number * 1_000.0).round() as i64))
    }

    fn field<'de, A: MapAccess<'de>>(
        &self,
        key: &str,
        fields: &mut Fields,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let attribute = match key {
            "id" => {
                fields.id = self.text("id", map)?;
                return Ok(());
            }
            "source" => {
                fields.source = self.text("source", map)?;
                return Ok(());
            }
            "updated_at" => {
                fields.updated_at = self.time("updated_at", map)?;
                return Ok(());
            }
            "at" => {
                fields.at = self.time("at", map)?;
                return Ok(());
            }
            "retracted" => {
                fields.retracted = self.choice::<A, bool>("retracted", map)?.unwrap_or(false);
                return Ok(());
            }
            "date_only" => {
                fields.date_only = self.choice::<A, bool>("date_only", map)?.unwrap_or(false);
                return Ok(());
            }
            "node" => {
                if let Some(name) = self.text("node", map)? {
                    let node = name
                        .parse()
                        .map_err(|error| self.fail(ProblemCode::UnknownNode, error))?;
                    fields.node = Some(node);
                }
                return Ok(());
            }
            "classifier" => {
                fields.classifier = self.choice("classifier", map)?.unwrap_or_default();
                return Ok(());
            }
            "container" => return self.container(fields, map),
            "site" => match self.text("site", map)? {
                Some(site) => Attribute::Site(site),
                None => return Ok(()),
            },
            "location" => Attribute::Location(self.text("location", map)?),
            "facility" => Attribute::Facility(self.text("facility", map)?),
            "direction" => Attribute::Direction(self.choice("direction", map)?),
            "bill_of_lading" => Attribute::BillOfLading(self.text("bill_of_lading", map)?),
            "voyage" => Attribute::Voyage(self.text("voyage", map)?),
            "vessel_imo" => Attribute::VesselImo(self.text("vessel_imo", map)?),
            "vessel_name" => Attribute::VesselName(self.text("vessel_name", map)?),
            "size_type" => Attribute::SizeType(self.text("size_type", map)?),
            "empty" => Attribute::Empty(self.choice("empty", map)?.unwrap_or(false)),
            "slot" => Attribute::Slot(self.text("slot", map)?),
            "dangerous" => Attribute::Dangerous(self.dangerous(map)?),
            "refrigerated" => Attribute::Refrigerated(self.choice("refrigerated", map)?.unwrap_or(false)),
            "temperature_celsius" => {
                Attribute::TemperatureMillicelsius(self.thousandths("temperature_celsius", 1_000.0, map)?)
            }
            "declaration" => Attribute::Declaration(self.text("declaration", map)?),
            "seal" => Attribute::Seal(self.text("seal", map)?),
            "weight_kg" => Attribute::WeightGrams(self.thousandths("weight_kg", 1e9, map)?),
            "transport" => Attribute::Transport(self.choice("transport", map)?),
            "result" => Attribute::Result(self.choice("result", map)?),
            "remark" => Attribute::Remark(self.long_text("remark", 4 * LONGEST_TEXT, map)?),
            "detail" => match self.detail(map)? {
                Some(detail) => Attribute::Detail(detail),
                None => return Ok(()),
            },
            unknown => {
                map.next_value::<IgnoredAny>()?;
                if fields.unknown.len() < 8 {
                    fields.unknown.push(unknown.chars().take(64).collect());
                }
                return Ok(());
            }
        };
        fields.attributes.push(attribute);
        Ok(())
    }

    fn container<'de, A: MapAccess<'de>>(&self, fields: &mut Fields, map: &mut A) -> Result<(), A::Error> {
        self.at("container");
        let Some(Text(sent)) = map.next_value::<Option<Text<'de>>>()? else {
            return Ok(());
        };
        ContainerNumber::parse(&sent).map_err(|error| self.fail(ProblemCode::Container, error))?;
        fields.container = Some(SmolStr::new(sent));
        Ok(())
    }

    fn dangerous<'de, A: MapAccess<'de>>(&self, map: &mut A) -> Result<Vec<DangerousGoods>, A::Error> {
        self.at("dangerous");
        let goods = map.next_value::<Option<Vec<Goods<'de>>>>()?.unwrap_or_default();
        let text = |text: Option<Cow<'_, str>>| {
            text.map(|text| SmolStr::new(text.trim()))
                .filter(|text| !text.is_empty())
        };
        if goods.len() > 64 {
            return Err(self.fail(ProblemCode::TooLarge, "`dangerous` lists over 64 goods"));
        }
        Ok(goods
            .into_iter()
            .map(|goods| DangerousGoods {
                class: text(goods.class),
                un: text(goods.un),
            })
            .collect())
    }

    fn detail<'de, A: MapAccess<'de>>(&self, map: &mut A) -> Result<Option<Box<str>>, A::Error> {
        self.at("detail");
        // `Value` sorts the keys of its objects, which makes the text canonical.
        let value = map.next_value::<serde_json::Value>()?;
        if value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty) {
            return Ok(None);
        }
        let text = value.to_string();
        if text.len() > LONGEST_DETAIL {
            return Err(self.fail(
                ProblemCode::TooLarge,
                format_args!(
                    "`detail` has {} bytes; at most {LONGEST_DETAIL} are taken",
                    text.len()
                ),
            ));
        }
        Ok(Some(text.into_boxed_str()))
    }
}

impl Fields {
    fn into_event(mut self) -> Result<ReadObject, EventError> {
        let missing = |field: &str| {
            EventError::new(
                ProblemCode::Missing,
                field,
                format!("`{field}` must be there and is not"),
            )
        };
        let identity = Identity {
            source: self.source.ok_or_else(|| missing("source"))?,
            id: self.id.ok_or_else(|| missing("id"))?,
        };
        self.attributes.sort_by_key(Attribute::kind);
        // Of a field that stands twice in one object, the last counts, as in JavaScript.
        self.attributes.reverse();
        self.attributes.dedup_by_key(|attribute| attribute.kind());
        self.attributes.reverse();
        let content = match (self.at, self.node) {
            (Some(at), Some(node)) => Some(Content {
                at,
                date_only: self.date_only,
                node,
                classifier: self.classifier,
                container: self.container,
                attributes: self.attributes,
            }),
            _ if self.retracted => None,
            (None, _) => return Err(missing("at")),
            (_, None) => return Err(missing("node")),
        };
        if let Some(content) = content.as_ref().filter(|_| !self.retracted) {
            check_subject(content)?;
        }
        let event = Event {
            identity,
            updated_at: self.updated_at,
            retracted: self.retracted,
            content,
        };
        Ok(ReadObject {
            event,
            unknown: self.unknown,
        })
    }
}

/// A vessel event names a vessel, a note anything or nothing, every other node a container.
fn check_subject(content: &Content) -> Result<(), EventError> {
    match content.node {
        Node::VesselArrival | Node::VesselDeparture => {
            let named = |name: Option<Option<&SmolStr>>| name.flatten().is_some();
            if named(content.vessel_imo()) || named(content.vessel_name()) {
                return Ok(());
            }
            let message = format!(
                "`{}` must name a vessel: `vessel_imo` or `vessel_name`",
                content.node
            );
            Err(EventError::new(ProblemCode::Missing, "vessel_imo", message))
        }
        Node::Note => Ok(()),
        _ if content.container.is_some() => Ok(()),
        _ => Err(EventError::new(
            ProblemCode::Missing,
            "container",
            "`container` must be there and is not",
        )),
    }
}

/// The canonical JSON of an event: compact, keys sorted, times in UTC. Reading it gives the same event.
pub fn canonical(event: &Event) -> String {
    let mut json = Writer {
        text: String::with_capacity(320),
        first: true,
    };
    let content = event.content.as_ref();
    let find = |kind: u8| content.and_then(|c| c.attributes.iter().find(|a| a.kind() == kind));
    if let Some(content) = content {
        json.time("at", content.at);
    }
    json.attribute("bill_of_lading", find(4));
    if let Some(content) = content {
        if content.classifier != Classifier::Actual {
            json.plain("classifier", &quoted_name(&content.classifier));
        }
        if let Some(container) = &content.container {
            json.text("container", container);
        }
    }
    json.attribute("dangerous", find(11));
    if content.is_some_and(|content| content.date_only) {
        json.plain("date_only", "true");
    }
    json.attribute("declaration", find(14));
    json.attribute("detail", find(20));
    json.attribute("direction", find(3));
    json.attribute("empty", find(9));
    json.attribute("facility", find(2));
    json.text("id", &event.identity.id);
    json.attribute("location", find(1));
    if let Some(content) = content {
        json.text("node", content.node.name());
    }
    json.attribute("refrigerated", find(12));
    json.attribute("remark", find(19));
    json.attribute("result", find(18));
    if event.retracted {
        json.plain("retracted", "true");
    }
    json.attribute("seal", find(15));
    json.attribute("site", find(0));
    json.attribute("size_type", find(8));
    json.attribute("slot", find(10));
    json.text("source", &event.identity.source);
    json.attribute("temperature_celsius", find(13));
    json.attribute("transport", find(17));
    if let Some(updated_at) = event.updated_at {
        json.time("updated_at", updated_at);
    }
    json.attribute("vessel_imo", find(6));
    json.attribute("vessel_name", find(7));
    json.attribute("voyage", find(5));
    json.attribute("weight_kg", find(16));
    json.text.push('}');
    json.text
}

fn quoted_name<T: serde::Serialize>(value: &T) -> String {
    // Serialising a unit variant to a String cannot fail.
    serde_json::to_string(value).unwrap_or_default()
}

struct Writer {
    text: String,
    first: bool,
}

impl Writer {
    fn key(&mut self, key: &str) {
        self.text.push(if self.first { '{' } else { ',' });
        self.first = false;
        self.text.push('"');
        self.text.push_str(key);
        self.text.push_str("\":");
    }

    fn plain(&mut self, key: &str, json: &str) {
        self.key(key);
        self.text.push_str(json);
    }

    fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        self.string(text);
    }

    fn string(&mut self, text: &str) {
        if text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\') {
            self.text.push('"');
            self.text.push_str(text);
            self.text.push('"');
        } else {
            self.text.push_str(&quoted_name(&text));
        }
    }

    fn time(&mut self, key: &str, at: Time) {
        self.key(key);
        // Writing to a String cannot fail.
        let _ = write!(self.text, "\"{}\"", at.utc());
    }

    fn number(&mut self, thousandths: i64) {
        let _ = write!(self.text, "{}", thousandths as f64 / 1_000.0);
    }

    fn attribute(&mut self, key: &str, attribute: Option<&Attribute>) {
        let Some(attribute) = attribute else { return };
        self.key(key);
        match attribute {
            Attribute::Site(text) => self.string(text),
            Attribute::Location(Some(text))
            | Attribute::Facility(Some(text))
            | Attribute::BillOfLading(Some(text))
            | Attribute::Voyage(Some(text))
            | Attribute::VesselImo(Some(text))
            | Attribute::VesselName(Some(text))
            | Attribute::SizeType(Some(text))
            | Attribute::Slot(Some(text))
            | Attribute::Declaration(Some(text))
            | Attribute::Seal(Some(text))
            | Attribute::Remark(Some(text)) => self.string(text),
            Attribute::Direction(Some(value)) => self.text.push_str(&quoted_name(value)),
            Attribute::Transport(Some(value)) => self.text.push_str(&quoted_name(value)),
            Attribute::Result(Some(value)) => self.text.push_str(&quoted_name(value)),
            Attribute::TemperatureMillicelsius(Some(value)) | Attribute::WeightGrams(Some(value)) => {
                self.number(*value);
            }
            Attribute::Empty(yes) | Attribute::Refrigerated(yes) => {
                self.text.push_str(if *yes { "true" } else { "false" });
            }
            Attribute::Dangerous(goods) => {
                self.text
                    .push_str(&serde_json::to_string(goods).unwrap_or_else(|_| "[]".to_owned()));
            }
            Attribute::Detail(detail) => self.text.push_str(detail),
            Attribute::Location(None)
            | Attribute::Facility(None)
            | Attribute::BillOfLading(None)
            | Attribute::Voyage(None)
            | Attribute::VesselImo(None)
            | Attribute::VesselName(None)
            | Attribute::SizeType(None)
            | Attribute::Slot(None)
            | Attribute::Declaration(None)
            | Attribute::Seal(None)
            | Attribute::Remark(None)
            | Attribute::Direction(None)
            | Attribute::Transport(None)
            | Attribute::Result(None)
            | Attribute::TemperatureMillicelsius(None)
            | Attribute::WeightGrams(None) => self.text.push_str("null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Direction;
    use proptest::prelude::*;

    fn error(text: &str) -> (ProblemCode, String) {
        let error = read(text).unwrap_err();
        (error.code, error.field)
    }

    #[test]
    fn a_full_event_is_read() {
        let text = r#"{"id":"000123","source":"tos-pacific","site":"CNTXG-TPCT","at":"2022-02-23T13:14:15+08:00",
            "node":"discharge","classifier":"actual","container":"CSU6097384","direction":"import",
            "bill_of_lading":"MDXU714336","voyage":"2018","vessel_imo":"9321483","vessel_name":"King","location":"CNTXG",
            "facility":"x","size_type":"22G1","empty":false,"slot":"G124405.1","dangerous":[{"class":"3","un":"1993"}],
            "refrigerated":false,"temperature_celsius":-18.5,"declaration":"D1","seal":"S","weight_kg":11100,
            "transport":"truck","result":"clear","updated_at":"2022-02-23T14:00:00Z","retracted":false,
            "detail":{"b":1,"a":2},"remark":"r"}"#;
        let event = read(text).unwrap().event;
        let content = event.content.as_ref().unwrap();
        assert_eq!(content.attributes.len(), 21);
        assert!(
            content
                .attributes
                .contains(&Attribute::Direction(Some(Direction::Import)))
        );
        assert!(
            content
                .attributes
                .contains(&Attribute::TemperatureMillicelsius(Some(-18_500)))
        );
        assert!(
            content
                .attributes
                .contains(&Attribute::Detail(r#"{"a":2,"b":1}"#.into()))
        );
        assert_eq!(read(&canonical(&event)).unwrap().event, event);
    }

    #[test]
    fn null_says_no_and_absent_says_nothing() {
        let event = r#"{"id":"1","source":"s","at":"2022-02-23T13:14:15Z","node":"stack","container":"A1","voyage":null}"#;
        let event = read(event).unwrap().event;
        let content = event.content.as_ref().unwrap();
        assert_eq!(content.voyage(), Some(None));
        assert_eq!(content.bill_of_lading(), None);
        assert!(canonical(&event).contains(r#""voyage":null"#));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_field() {
        let with = |rest: &str| format!(r#"{{"id":"1","source":"s",{rest}}}"#);
        let good = r#""at":"2022-02-23T13:14:15Z","node":"stack","container":"A1""#;
        assert!(read(&with(good)).is_ok());
        assert_eq!(
            error(&with(r#""node":"stack","container":"A1""#)),
            (ProblemCode::Missing, "at".into())
        );
        assert_eq!(
            error(&with(r#""at":"yesterday""#)),
            (ProblemCode::Time, "at".into())
        );
        assert_eq!(
            error(&with(r#""node":"vanish""#)),
            (ProblemCode::UnknownNode, "node".into())
        );
        assert_eq!(
            error(&with(r#""container":"  ""#)),
            (ProblemCode::Container, "container".into())
        );
        assert_eq!(
            error(&with(r#""weight_kg":"many""#)),
            (ProblemCode::Invalid, "weight_kg".into())
        );
        assert_eq!(
            error(&with(r#""direction":"sideways""#)),
            (ProblemCode::Invalid, "direction".into())
        );
        assert_eq!(error("[]").0, ProblemCode::Invalid);
        let vessel = r#""at":"2022-02-23T13:14:15Z","node":"vessel_arrival""#;
        assert_eq!(error(&with(vessel)), (ProblemCode::Missing, "vessel_imo".into()));
    }

    #[test]
    fn a_retraction_needs_only_source_and_id() {
        let event = read(r#"{"id":"1","source":"s","retracted":true}"#).unwrap().event;
        assert!(event.retracted && event.content.is_none());
        assert_eq!(canonical(&event), r#"{"id":"1","retracted":true,"source":"s"}"#);
    }

    #[test]
    fn an_unknown_field_is_left_out_and_named() {
        let text = r#"{"id":"1","source":"s","retracted":true,"dangerouss":[1,{"a":2}]}"#;
        assert_eq!(read(text).unwrap().unknown, ["dangerouss"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,200}") {
            let _ = read(&text);
        }

        #[test]
        fn the_canonical_form_reads_as_the_same_event(
            id in "\\PC{1,20}", remark in "\\PC{0,40}", at in 946_684_800_000i64..4_000_000_000_000,
            grams in -1_000_000i64..1_000_000_000, retracted: bool,
        ) {
            prop_assume!(!id.trim().is_empty());
            let mut event = Event::actual("s", id.trim(), Node::Stack, Time(at), Some("csqu 305438-3"))
                .stating(Attribute::WeightGrams(Some(grams)))
                .stating(Attribute::Dangerous(vec![DangerousGoods { class: Some("3".into()), un: None }]));
            let remark = remark.trim();
            event = event.stating(Attribute::Remark((!remark.is_empty()).then(|| remark.into())));
            event.retracted = retracted;
            prop_assert_eq!(read(&canonical(&event)).unwrap().event, event);
        }
    }
}
