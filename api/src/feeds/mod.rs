//! One reader for each message format: bytes in, events or problems out. A reader knows its format and
//! nothing else; whether a site is ours, a slot exists or a time may be is asked behind it, by `intake`.

/// DCSA Track & Trace in its three shapes.
pub mod dcsa;
/// Decimal numbers as messages write them, exactly.
mod decimal;
/// What a feed understood and the domain has no field for.
mod detail;
/// EDIFACT interchanges with CODECO and COARRI.
pub mod edifact;
/// The elements of a JSON body.
pub mod elements;
/// Native events.
pub mod native;
/// Documents of parcels.
pub mod parcels;

use crate::config::Site;
use shared::event::Event;
use shared::wire::feeds::{FlagCode, ProblemCode, Remark};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a reader may know beside the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The `?source=` of the call.
    pub source: Option<&'a str>,
    /// The configured sites: EDIFACT times are local to one, and load is told from discharge by our ports.
    pub sites: &'a [Site],
    /// What senders of EDIFACT mean.
    pub edifact: &'a EdifactSettings,
}

/// Per-sender meaning of EDIFACT codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EdifactSettings {
    /// By UNB sender, then by BGM 1001 code: `discharge`, `load`, `gate_in` or `gate_out`.
    pub codes: BTreeMap<SmolStr, BTreeMap<SmolStr, shared::event::Node>>,
}

/// What a reader made of one message.
#[derive(Debug, Default)]
pub struct Reading {
    /// The events, in the order of the message.
    pub events: Vec<ReadEvent>,
    /// What was not understood.
    pub problems: Vec<ReadProblem>,
    /// What is odd about the message as a whole.
    pub flags: Vec<Remark<FlagCode>>,
    /// What the message replaces as a whole, where its events cannot say so one by one.
    pub replaces: Vec<Replaces>,
}

/// An EDIFACT message with BGM 1225 = 4 or 5 replaces what the same document said (`semantics.md` §1). The
/// identity of an event holds its time, so a corrected time gives another identity, and only the journal
/// knows the earlier one: every event of `source` whose id begins with `prefix`, that is not among the events
/// of this reading and is no later version than `updated_at`, is void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    /// The sender.
    pub source: SmolStr,
    /// How the ids begin; it ends with a colon.
    pub prefix: String,
    /// When the replacement was made.
    pub updated_at: Option<shared::time::Time>,
}

/// One event with its place in the message.
#[derive(Debug)]
pub struct ReadEvent {
    /// The event.
    pub event: Event,
    /// Where it stands.
    pub position: Position,
    /// What is odd about it.
    pub flags: Vec<Remark<FlagCode>>,
}

/// One thing that was not understood, with the bytes of the body that are meant.
#[derive(Debug)]
pub struct ReadProblem {
    /// What and where.
    pub remark: Remark<ProblemCode>,
    /// The bytes to keep as its raw text: the event or message that it stands in.
    pub raw: Range<usize>,
    /// The sender, where known.
    pub source: Option<String>,
}

/// Where an event stands in its message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Event of an array, line from 0, or equipment in the interchange.
    pub index: u64,
    /// First byte of it in the body.
    pub offset: usize,
    /// Byte behind its last.
    pub end: usize,
    /// Where it stands: a JSON pointer (empty or with a leading slash), or `UNH[1]/EQD[3]`. Nothing where the
    /// pointer follows from the index.
    pub path: Option<Box<str>>,
}

impl Position {
    /// A problem or flag here; `field` is the JSON field or EDIFACT segment that is meant, or empty.
    pub fn remark<C>(&self, code: C, field: &str, message: impl Into<String>) -> Remark<C> {
        let (pointer, segment) = match &self.path {
            None if field.is_empty() => (format!("/{}", self.index), None),
            None => (format!("/{}/{field}", self.index), None),
            Some(path) if field.is_empty() => (path.to_string(), None),
            Some(path) => {
                let is_json = path.is_empty() || path.starts_with('/');
                (format!("{path}/{field}"), (!is_json).then(|| field.to_owned()))
            }
        };
        Remark {
            index: Some(self.index),
            pointer: Some(pointer),
            offset: Some(self.offset as u64),
            segment,
            code,
            message: message.into(),
        }
    }
}
