//! DCSA Track & Trace in its three shapes (`domain.md` §3): 2.2 flat, 3.0.0-Beta-1 with `metadata` and
//! `payload`, 3.0.0 with `eventRouting` and `eventClassification`. Each event's shape is told by what is in it,
//! so one body may mix them. A body is an array of events, an object whose `events` are an array, or one event.
//!
//! An event that names several containers becomes one event for each, with the id `id#CONTAINER`, the number
//! written as numbers are compared. Vessel events name the vessel: containers that they mention stay detail.

mod attributes;
mod codes;
mod fields;
mod identity;
mod node;
mod reefer;
mod references;
mod split;
#[cfg(test)]
mod tests;

use super::{Context, Position, ReadEvent, ReadProblem, Reading};
use codes::Code;
use fields::{Fields, Shape};
use identity::Voids;
use node::{Happened, Refusal};
use references::{Reference, References, compared};
use serde_json::Value;
use serde_json::error::Category;
use shared::container::ContainerNumber;
use shared::event::node::Part;
use shared::event::{Classifier, Content, Event, Identity};
use shared::time::Time;
use shared::wire::feeds::{ProblemCode, Remark};
use smol_str::SmolStr;
use split::{Broken, MAX_DEPTH, MAX_EVENTS, Piece};
use std::ops::Range;

/// Bytes that one event may have.
const MAX_EVENT: usize = 1024 * 1024;
/// Problems that are told one by one; what comes after them is one problem more.
const MAX_PROBLEMS: usize = 10_000;

/// Reads a body. Never fails as a whole: what is understood comes as events, the rest as problems with their
/// positions (`semantics.md` §1, "From DCSA").
pub fn read(body: &[u8], context: &Context<'_>) -> Reading {
    let mut reading = Reading::default();
    let found = split::split(body);
    let count = found.pieces.len() as u64;
    for (index, piece) in found.pieces.iter().enumerate() {
        if reading.problems.len() >= MAX_PROBLEMS {
            let message =
                "too many problems: the events from here on were not read; send them again in parts";
            let raw = piece.range.start..body.len();
            reading
                .problems
                .push(whole(ProblemCode::TooLarge, piece.range.start, raw, message));
            return reading;
        }
        one(body, index as u64, piece, context, &mut reading);
    }
    if let Some(broken) = found.broken {
        reading.problems.push(ended_early(body, count, &broken));
    } else if found.pieces.is_empty() {
        // Cutting looks at brackets only, and parsing at events: around none, nobody has looked at the rest yet.
        reading.problems.extend(no_json(body));
    }
    reading
}

/// What is wrong with a body that holds no event, if it is no JSON.
fn no_json(body: &[u8]) -> Option<ReadProblem> {
    let bare = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let error = serde_json::from_slice::<serde::de::IgnoredAny>(bare).err()?;
    let at = body.len() - bare.len() + offset_of(&error, bare);
    let message = format!("this byte cannot stand here in JSON; 0 events before it were read ({error})");
    Some(whole(ProblemCode::NotJson, at, 0..body.len(), message))
}

fn ended_early(body: &[u8], count: u64, broken: &Broken) -> ReadProblem {
    let taken = format!("{count} events before it were read");
    match *broken {
        Broken::Truncated(at) if count == 0 && at >= body.len() => whole(
            ProblemCode::NotJson,
            body.len(),
            0..body.len(),
            "the body is empty; a JSON array of events, or an object with `events`, is expected",
        ),
        Broken::Truncated(from) => whole(
            ProblemCode::Truncated,
            body.len(),
            from.min(body.len())..body.len(),
            format!(
                "the body ends in the middle of what begins at byte {from}; {taken}; send the rest again"
            ),
        ),
        Broken::Wrong(at) if serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() => whole(
            ProblemCode::UnknownShape,
            at,
            0..body.len(),
            "an array of events, an object with `events`, or one event is expected",
        ),
        Broken::Wrong(at) => whole(
            ProblemCode::NotJson,
            at,
            at..body.len(),
            format!("this byte cannot stand here in JSON; {taken}"),
        ),
        Broken::TooMany(at) => whole(
            ProblemCode::TooLarge,
            at,
            at..body.len(),
            format!(
                "one body may hold {MAX_EVENTS} events; those from here on were not read; send them apart"
            ),
        ),
    }
}

/// A problem of the body rather than of one event.
fn whole(code: ProblemCode, offset: usize, raw: Range<usize>, message: impl Into<String>) -> ReadProblem {
    ReadProblem {
        remark: Remark {
            index: None,
            pointer: None,
            offset: Some(offset as u64),
            segment: None,
            code,
            message: message.into(),
        },
        raw,
        source: None,
    }
}

fn one(body: &[u8], index: u64, piece: &Piece, context: &Context<'_>, reading: &mut Reading) {
    let position = Position {
        index,
        offset: piece.range.start,
        end: piece.range.end,
        path: Some(piece.pointer.as_str().into()),
    };
    let bytes = body.get(piece.range.clone()).unwrap_or_default();
    let outcome = parse(bytes, piece).and_then(|event| understand(&event, &position, context, reading));
    if let Err(Rejected { refusal, source, at }) = outcome {
        let mut remark = position.remark(refusal.code, &refusal.field, refusal.message);
        if let Some(at) = at {
            remark.offset = Some((piece.range.start + at) as u64);
        }
        reading.problems.push(ReadProblem {
            remark,
            raw: piece.range.clone(),
            source: source.map(String::from),
        });
    }
}

/// An event that is not taken.
struct Rejected {
    refusal: Refusal,
    source: Option<SmolStr>,
    /// Byte within the event, where it is not its first.
    at: Option<usize>,
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Rejected {
        Rejected {
            refusal,
            source: None,
            at: None,
        }
    }
}

fn parse(bytes: &[u8], piece: &Piece) -> Result<Value, Rejected> {
    if bytes.len() > MAX_EVENT {
        let message = format!(
            "the event has {} bytes; at most {MAX_EVENT} are taken",
            bytes.len()
        );
        return Err(Refusal::new(ProblemCode::TooLarge, "", message).into());
    }
    if piece.too_deep {
        let message = format!("the event is nested more than {MAX_DEPTH} deep");
        return Err(Refusal::new(ProblemCode::TooLarge, "", message).into());
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let (code, at) = match error.classify() {
            Category::Eof => (ProblemCode::Truncated, bytes.len()),
            _ => (ProblemCode::NotJson, offset_of(&error, bytes)),
        };
        Rejected {
            refusal: Refusal::new(code, "", format!("the event is no JSON from here on: {error}")),
            source: None,
            at: Some(at),
        }
    })
}

/// The byte that the parser stumbled over: it counts lines and columns from 1.
fn offset_of(error: &serde_json::Error, bytes: &[u8]) -> usize {
    let mut newlines = bytes
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'\n')
        .map(|(at, _)| at + 1);
    let line_start = match error.line().checked_sub(2) {
        Some(earlier) => newlines.nth(earlier).unwrap_or(0),
        None => 0,
    };
    (line_start + error.column().saturating_sub(1)).min(bytes.len())
}

/// Reads one event into `reading`.
fn understand(
    event: &Value,
    position: &Position,
    context: &Context<'_>,
    reading: &mut Reading,
) -> Result<(), Rejected> {
    let shape = event.as_object().and_then(Shape::of).ok_or_else(|| {
        let message = "this is no DCSA event: neither `eventType` (2.2) nor `metadata` and `payload` \
                       (3.0.0-Beta-1) nor `eventClassification` (3.0.0) is there";
        Refusal::new(ProblemCode::UnknownShape, "", message)
    })?;
    let mut fields = Fields::new(event, shape, position.clone());
    let source = identity::source(&fields, context.source);
    let outcome = events(&mut fields, event, &source);
    match outcome {
        Ok(events) => {
            let mut flags = fields.flags;
            for event in events {
                reading.events.push(ReadEvent {
                    event,
                    position: position.clone(),
                    // Flags are about the event as it was sent, and told once.
                    flags: std::mem::take(&mut flags),
                });
            }
            Ok(())
        }
        Err(refusal) => Err(Rejected {
            refusal,
            source: Some(source),
            at: None,
        }),
    }
}

fn events(fields: &mut Fields<'_>, event: &Value, source: &SmolStr) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    match identity::voids(fields, source, event) {
        Voids::Nothing => {}
        Voids::This(void, says_more) => {
            events.push(*void);
            if !says_more {
                return Ok(events);
            }
        }
        Voids::Unnamed => {
            let message = "the event is retracted, but without its eventID nobody knows which";
            return Err(Refusal::new(
                ProblemCode::Missing,
                fields.place_meta("eventID"),
                message,
            ));
        }
    }
    let references = References::of(fields);
    let happened = node::happened(fields, &references)?;
    let at = at(fields)?;
    let classifier = classifier(fields, happened)?;
    let containers = containers(fields, happened, &references)?;
    let id = identity::id(fields, event);
    let updated_at = identity::updated_at(fields);
    let mut content = Content {
        at,
        date_only: false,
        node: happened.node,
        classifier,
        container: None,
        attributes: Vec::new(),
    };
    attributes::state(fields, &mut content, happened, &references, containers.len());
    let make = |id: SmolStr, container: Option<SmolStr>| Event {
        identity: Identity {
            source: source.clone(),
            id,
        },
        updated_at,
        retracted: false,
        content: Some(Content {
            container,
            ..content.clone()
        }),
    };
    match containers.as_slice() {
        [] => events.push(make(id, None)),
        [only] => events.push(make(id, Some(only.value.clone()))),
        several => events.extend(several.iter().map(|container| {
            let id = SmolStr::new(format!("{id}#{}", compared(&container.value)));
            make(id, Some(container.value.clone()))
        })),
    }
    Ok(events)
}

/// When it happened.
fn at(fields: &Fields<'_>) -> Result<Time, Refusal> {
    let missing = || {
        let message = "eventDateTime is missing: when it happened, with an offset";
        Refusal::new(ProblemCode::Missing, fields.place("eventDateTime"), message)
    };
    let found = fields.find(&["eventDateTime"]).ok_or_else(missing)?;
    if found.value.is_null() {
        return Err(missing());
    }
    let Some(text) = found.value.as_str() else {
        let message = "eventDateTime is no text; an RFC 3339 time with an offset is expected";
        return Err(Refusal::new(ProblemCode::Time, found.field, message));
    };
    Time::parse(text).map_err(|error| Refusal::new(ProblemCode::Time, found.field, error.to_string()))
}

/// Actual, expected or planned. Only what moves nothing counts as actual when it does not say.
fn classifier(fields: &Fields<'_>, happened: Happened) -> Result<Classifier, Refusal> {
    const PATHS: &[&str] = &[
        "eventClassifierCode",
        "eventClassification/eventClassifierCode",
        "eventClassification/eventClassifier",
    ];
    match fields.code(PATHS) {
        Some((text, found)) => Classifier::find(&text)
            .ok_or_else(|| Refusal::new(ProblemCode::UnknownCode, found.field, Classifier::unknown(&text))),
        None if happened.node.part() == Part::Note => Ok(Classifier::Actual),
        None => {
            let message =
                "eventClassifierCode is missing: whether it happened (ACT) or is expected (EST, PLN)";
            Err(Refusal::new(
                ProblemCode::Missing,
                fields.place("eventClassifierCode"),
                message,
            ))
        }
    }
}

/// The containers that the event is about. Vessel events have none, notes need none.
fn containers(
    fields: &Fields<'_>,
    happened: Happened,
    references: &References,
) -> Result<Vec<Reference>, Refusal> {
    let part = happened.node.part();
    if part == Part::Vessel {
        return Ok(Vec::new());
    }
    let containers = references.containers(fields);
    if containers.is_empty() && part != Part::Note {
        let message = format!(
            "{} needs a container, and neither equipmentReference nor an EQ reference is there",
            happened.node
        );
        return Err(Refusal::new(
            ProblemCode::Container,
            fields.place("equipmentReference"),
            message,
        ));
    }
    for container in &containers {
        if let Err(error) = ContainerNumber::parse(&container.value) {
            return Err(Refusal::new(
                ProblemCode::Container,
                container.field.clone(),
                error.to_string(),
            ));
        }
    }
    Ok(containers)
}
