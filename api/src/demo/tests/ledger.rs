//! Reads the messages of a port and keeps what holds of them: the latest version of each event, without what
//! was retracted. It reads just enough of each format, and by other code than the feeds.

use super::super::{Format, Message};
use serde_json::Value;
use shared::size_type::SizeType;
use shared::time::Time;
use std::collections::BTreeMap;

/// One event as it was told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub source: String,
    pub id: String,
    pub at: Time,
    pub node: String,
    pub container: String,
    pub slot: Option<String>,
    pub direction: Option<String>,
    pub size_type: Option<String>,
    pub dangerous: bool,
    pub refrigerated: bool,
    pub empty: bool,
    pub actual: bool,
    /// Voyage and vessel.
    pub call: Option<(String, String)>,
}

/// What a port told.
#[derive(Default)]
pub(super) struct Ledger {
    pub messages: usize,
    pub bytes: usize,
    pub events: BTreeMap<&'static str, usize>,
    pub broken: usize,
    pub repeated: usize,
    pub corrected: usize,
    pub retracted: usize,
    pub late: usize,
    pub carrier_moves: usize,
    held: BTreeMap<(String, String), (Option<Time>, Option<Told>)>,
    last: Option<Time>,
}

fn time(value: &Value) -> Option<Time> {
    Time::parse(value.as_str()?).ok()
}

/// A full box of a temperature-controlled type counts as refrigerated unless it is said not to be.
fn needs_cooling(value: &Value) -> bool {
    let controlled = |code| SizeType(code).is_temperature_controlled();
    value["size_type"].as_str().is_some_and(controlled) && value["empty"] == false
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

impl Ledger {
    pub fn take(&mut self, message: &Message) {
        assert!(
            self.last.is_none_or(|last| last <= message.at),
            "messages go forward"
        );
        self.last = Some(message.at);
        self.messages += 1;
        self.bytes += message.body.len();
        self.broken += message.broken as usize;
        let body = std::str::from_utf8(&message.body).unwrap();
        match message.format {
            Format::Events => self.native(message, body),
            Format::Edifact => self.edifact(message, body),
            Format::Dcsa => self.dcsa(message, body),
        }
    }

    fn native(&mut self, message: &Message, body: &str) {
        *self.events.entry("events").or_default() += message.events as usize;
        let values: Vec<Value> = match serde_json::from_str::<Value>(body) {
            Ok(Value::Array(values)) => values,
            Ok(value) => vec![value],
            Err(_) if message.broken == 1 && message.events == 1 => return,
            Err(_) => body
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
        };
        assert_eq!(values.len(), message.events as usize);
        let mut broken = 0;
        for value in values {
            if !self.native_event(message, &value) {
                broken += 1;
            }
        }
        assert_eq!(broken, message.broken, "{body}");
    }

    /// Takes one event; whether it can be read.
    fn native_event(&mut self, message: &Message, value: &Value) -> bool {
        let (Some(id), Some(source)) = (text(&value["id"]), text(&value["source"])) else {
            return false;
        };
        let updated = time(&value["updated_at"]);
        if value["retracted"] == true {
            self.retracted += 1;
            self.held.insert((source, id), (updated, None));
            return true;
        }
        let (Some(at), Some(node)) = (time(&value["at"]), text(&value["node"])) else {
            return false;
        };
        let vessel = node.starts_with("vessel");
        let container = text(&value["container"]).unwrap_or_default();
        let known: Option<shared::event::Node> = node.parse().ok();
        if known.is_none() || (container.is_empty() && !vessel) || at.0 > message.at.0 + 86_400_000 * 800 {
            return false;
        }
        assert_eq!(value["site"], "CNTXG-TPCT");
        let actual = value["classifier"].is_null();
        assert!(!actual || at <= message.at, "nothing is told before it happens");
        if at.plus(45 * 60_000) < message.at && actual {
            self.late += 1;
        }
        let told = Told {
            source: source.clone(),
            id: id.clone(),
            at,
            node,
            container,
            slot: text(&value["slot"]),
            direction: text(&value["direction"]),
            size_type: text(&value["size_type"]),
            dangerous: value["dangerous"].is_array(),
            refrigerated: value["refrigerated"] == true || needs_cooling(value),
            empty: value["empty"] == true,
            actual,
            call: text(&value["voyage"]).zip(text(&value["vessel_imo"])),
        };
        match self.held.get(&(source.clone(), id.clone())) {
            Some((before, _)) if *before == updated => self.repeated += 1,
            Some((before, _)) if *before > updated => return true,
            Some(_) => self.corrected += 1,
            None => {}
        }
        self.held.insert((source, id), (updated, Some(told)));
        true
    }

    fn edifact(&mut self, message: &Message, body: &str) {
        *self.events.entry("edifact").or_default() += message.events as usize;
        if message.broken > 0 {
            assert!(!body.contains("UNZ"), "cut off");
            return;
        }
        let body = body.strip_prefix("UNA:+.? '\n").unwrap();
        let segments: Vec<Vec<&str>> = body
            .split('\'')
            .map(str::trim)
            .filter(|segment| !segment.is_empty())
            .map(|segment| segment.split('+').collect())
            .collect();
        assert_eq!(segments[0][0], "UNB");
        let (mut node, mut boxes, mut begin, mut messages) = ("", 0, 0, 0);
        let (mut reference, mut call) = ("", None);
        let mut current: Option<Told> = None;
        for (number, segment) in segments.iter().enumerate() {
            match segment[0] {
                "UNH" => {
                    (begin, boxes, reference) = (number, 0, segment[1]);
                    messages += 1;
                }
                "BGM" => {
                    node = match segment[1] {
                        "44" => "discharge",
                        "46" => "load",
                        "34" => "gate_in",
                        "36" => "gate_out",
                        other => panic!("{other}"),
                    }
                }
                "EQD" | "CNT" => {
                    if let Some(told) = current.take() {
                        self.held
                            .insert((told.source.clone(), told.id.clone()), (None, Some(told)));
                    }
                    if segment[0] == "CNT" {
                        assert_eq!(segment[1], format!("16:{boxes}"));
                        continue;
                    }
                    boxes += 1;
                    let status = segment[5];
                    current = Some(Told {
                        source: "edifact".into(),
                        id: format!("{reference}:{node}:{}", segment[2]),
                        at: Time(0),
                        node: node.into(),
                        container: segment[2].into(),
                        slot: None,
                        direction: match status {
                            "2" => Some("export".into()),
                            "3" => Some("import".into()),
                            "6" => Some("transshipment".into()),
                            _ => None,
                        },
                        size_type: Some(segment[3].split(':').next().unwrap().into()),
                        dangerous: false,
                        refrigerated: false,
                        empty: segment[6] == "4",
                        actual: true,
                        call: call.clone(),
                    });
                }
                "DTM" if segment[1].starts_with("7:") || segment[1].starts_with("203:") => {
                    let digits = segment[1].split(':').nth(1).unwrap();
                    let part = |from: usize, to: usize| &digits[from..to];
                    let text = format!(
                        "{}-{}-{}T{}:{}:00+08:00",
                        part(0, 4),
                        part(4, 6),
                        part(6, 8),
                        part(8, 10),
                        part(10, 12)
                    );
                    let told = current.as_mut().unwrap();
                    told.at = Time::parse(&text).unwrap();
                    assert!(told.at <= message.at);
                }
                "TDT" if segment[1] == "20" => {
                    let imo = segment[8].split(':').next().unwrap();
                    call = Some((segment[2].to_owned(), imo.to_owned()));
                }
                "DGS" => current.as_mut().unwrap().dangerous = true,
                "TMP" => current.as_mut().unwrap().refrigerated = true,
                "UNT" => {
                    assert_eq!(segment[1], (number - begin + 1).to_string());
                    assert_eq!(segment[2], reference);
                }
                "UNZ" => assert_eq!(segment[1], messages.to_string()),
                _ => {}
            }
        }
        assert_eq!(segments.last().unwrap()[0], "UNZ");
    }

    fn dcsa(&mut self, message: &Message, body: &str) {
        *self.events.entry("dcsa").or_default() += message.events as usize;
        let value: Value = serde_json::from_str(body).unwrap();
        let (events, third) = match &value {
            Value::Array(events) => (events.clone(), false),
            value => (value["events"].as_array().unwrap().clone(), true),
        };
        assert_eq!(events.len(), message.events as usize);
        assert_eq!(message.source.is_none(), third);
        let mut broken = 0;
        for event in events {
            assert!(event["eventID"].is_string());
            if time(&event["eventDateTime"]).is_none() {
                broken += 1;
                continue;
            }
            let (kind, number) = if third {
                (
                    &event["eventClassification"]["eventTypeCode"],
                    &event["equipmentDetails"]["equipmentReference"],
                )
            } else {
                (&event["eventType"], &event["equipmentReference"])
            };
            if kind == "EQUIPMENT" {
                self.carrier_moves += 1;
                assert!(number.is_string());
            } else {
                let call = if third {
                    &event["transportDetails"]["transportCall"]["vesselTransport"]["vesselIMONumber"]
                } else {
                    &event["transportCall"]["vessel"]["vesselIMONumber"]
                };
                assert!(call.is_string());
            }
        }
        assert_eq!(broken, message.broken);
    }

    /// What holds, in the order in which it happened; at the same moment what leaves goes first.
    pub fn held(&self) -> Vec<&Told> {
        let mut held: Vec<&Told> = self
            .held
            .values()
            .filter_map(|(_, told)| told.as_ref())
            .filter(|told| told.actual)
            .collect();
        held.sort_by_key(|told| {
            let stays = !matches!(told.node.as_str(), "gate_out" | "load");
            (told.at, stays, told.id.clone())
        });
        held
    }
}
