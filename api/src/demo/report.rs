//! Reports: what a sender has to say, before it is put into a format.

use super::container::{Facts, Key};
use super::fleet::Voyage;
use super::yard::Place;
use serde::{Deserialize, Serialize};
use shared::event::{Classifier, Finding, Node};
use shared::time::Time;

/// Which way a report is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Way {
    /// As a native event.
    Native,
    /// In an EDIFACT interchange.
    Edifact,
    /// By a carrier, as DCSA Track & Trace.
    Dcsa,
}

/// Whom a report is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Subject {
    /// A container.
    Container(Key, Facts),
    /// A vessel's call, by voyage.
    Vessel(Voyage),
}

/// How a report is spoilt so that nobody can read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Damage {
    /// A node that there is not.
    UnknownNode,
    /// No container number.
    NoContainer,
    /// The thirteenth month.
    NoSuchTime,
    /// No time at all.
    NoTime,
    /// The year 9999.
    FarFuture,
    /// It ends in the middle.
    Cut,
}

/// What a sender has to say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Report {
    /// The sender's number for it.
    pub id: u64,
    /// When it happened or is expected to.
    pub at: Time,
    /// What happened.
    pub node: Node,
    /// Whether it happened.
    pub classifier: Classifier,
    /// When the sender last changed it.
    pub updated_at: Option<Time>,
    /// It never happened.
    pub retracted: bool,
    /// Whom it is about.
    pub subject: Subject,
    /// Where the box was put.
    pub slot: Option<Place>,
    /// Measured temperature in tenths of a degree.
    pub measured: Option<i16>,
    /// What was found.
    pub finding: Option<Finding>,
    /// How it is spoilt.
    pub damage: Option<Damage>,
}
