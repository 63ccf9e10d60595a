//! A container with its stays, and search results.

use super::stay::{Stay, Version};
use crate::event::{Classifier, Node};
use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

/// `GET /containers/{number}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Container {
    /// The number in the form in which numbers are compared.
    pub container: String,
    /// Whether it is an ISO 6346 number with the right check digit.
    pub verified: bool,
    /// Its stays, newest first.
    pub stays: Vec<Stay>,
    /// What was reported of it from other ports: touches no stay, alarm, figure or yard.
    pub elsewhere: Vec<Mention>,
    /// Notes about it at our sites: understood, and move nothing.
    pub notes: Vec<Mention>,
    /// Every event that was ever told of it with all that each of its versions said, also those that were retracted; in the
    /// order in which they were first recorded.
    #[serde(default)]
    pub events: Vec<EventHistory>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// An event outside any stay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// What happened.
    pub node: Node,
    /// When.
    pub at: LocalTime,
    /// Whether it happened, is expected or planned.
    pub classifier: Classifier,
    /// UN/LOCODE of the place.
    pub location: Option<String>,
    /// Facility within the place.
    pub facility: Option<String>,
    /// The sender.
    pub source: String,
    /// The sender's id.
    pub id: String,
    /// What else the feed understood.
    pub detail: Option<serde_json::Value>,
    /// Its versions, oldest first.
    pub versions: Vec<Version>,
}

/// One event with its versions: what each report said, and when that was known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventHistory {
    /// The sender.
    pub source: String,
    /// The sender's id.
    pub id: String,
    /// Its versions, oldest first; the last one holds.
    pub versions: Vec<EventVersion>,
}

/// One version of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventVersion {
    /// When the sender last changed it.
    pub updated_at: Option<LocalTime>,
    /// When this server got it.
    pub recorded_at: LocalTime,
    /// Whether this version voids the event.
    pub retracted: bool,
    /// What it says: the fields of a native event but for those that say who speaks of which box. `null` for a retraction
    /// that says nothing else.
    pub said: Option<serde_json::Value>,
}

/// One result of `GET /containers?q=`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The container; empty for a block.
    pub container: String,
    /// Whether it is an ISO 6346 number with the right check digit.
    pub verified: bool,
    /// The stay in which the text was found; `None` when it is only known from elsewhere, and for a block.
    pub stay: Option<String>,
    /// What the text was found in: `container slot block bill_of_lading declaration voyage vessel`.
    pub field: String,
    /// The text in full.
    pub text: String,
    /// Where the stay is in its passage.
    pub status: Option<crate::stay::Status>,
    /// When the stay began.
    pub began_at: Option<LocalTime>,
    /// Whether the text is only near to what was asked for: but for one character it is the same.
    #[serde(default)]
    pub near: bool,
    /// For a slot: when the box left it; `None` for one that stands there.
    #[serde(default)]
    pub until: Option<LocalTime>,
}
