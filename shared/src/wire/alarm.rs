//! An alarm as it travels, and what a person does with it.

use crate::alarm::{Action, Explanation, Kind, Priority, StorageReason};
use crate::event::{Direction, Node};
use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

/// One occurrence of an alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its address: stays the same for ever.
    pub id: String,
    /// Groups occurrences of the same stay and rule.
    pub tag: String,
    /// What is wrong.
    pub kind: Kind,
    /// How urgent it is.
    pub priority: Priority,
    /// The site.
    pub site: String,
    /// The stay; `None` for alarms of the system itself.
    pub stay: Option<String>,
    /// The container.
    pub container: Option<String>,
    /// Whether that is an ISO 6346 number with the right check digit.
    pub container_verified: bool,
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// Bill of lading.
    pub bill_of_lading: Option<String>,
    /// Voyage.
    pub voyage: Option<String>,
    /// Vessel name.
    pub vessel_name: Option<String>,
    /// Whether it holds dangerous goods.
    pub dangerous: bool,
    /// Whether it needs cooling.
    pub refrigerated: bool,
    /// The node at which the clock began, or the placement.
    pub previous: Option<AlarmNode>,
    /// The node that ended the clock; for a clock that still runs, the awaited node without a time.
    pub current: Option<AlarmNode>,
    /// The limit that was passed.
    pub limit_seconds: Option<u64>,
    /// Why storage is illegal; empty for other kinds.
    pub reasons: Vec<StorageReason>,
    /// When the box first stood in the yard in this stay.
    pub entered_at: Option<LocalTime>,
    /// The slot.
    pub slot: Option<String>,
    /// The block of that slot, where it is known.
    pub block: Option<String>,
    /// When the condition began, by event time.
    pub raised_at: LocalTime,
    /// When the condition ended, by event time.
    pub cleared_at: Option<LocalTime>,
    /// When this server first knew.
    pub recorded_at: LocalTime,
    /// When it turned out that it should not have been.
    pub withdrawn_at: Option<LocalTime>,
    /// Whether the condition holds.
    pub active: bool,
    /// Whether a person has seen it.
    pub acknowledged: bool,
    /// Shelved until then.
    pub shelved_until: Option<LocalTime>,
    /// Suppressed by design.
    pub suppressed: bool,
    /// What the terminal said; `None` = 未报.
    pub explanation: Option<Explained>,
    /// Whether an officer ended the case.
    pub closed: bool,
    /// What people and the system did, oldest first.
    pub history: Vec<HistoryEntry>,
    /// The change in which this last changed.
    pub sequence: u64,
}

/// A node beside an alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmNode {
    /// What happened, or is awaited.
    pub node: Node,
    /// When; `None` while it is awaited.
    pub at: Option<LocalTime>,
}

/// What the terminal said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    /// In its own words.
    pub text: String,
    /// When.
    pub at: LocalTime,
    /// Who.
    pub by: Option<String>,
    /// Whether it stands, or was sent back.
    pub state: Explanation,
}

/// One line of an alarm's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When.
    pub at: LocalTime,
    /// Who; `None` for the system.
    pub by: Option<String>,
    /// What was done.
    pub action: Action,
    /// Why.
    pub remark: Option<String>,
}

/// Body of an action on an alarm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionRequest {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Until when, for shelving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<LocalTime>,
    /// The sequence of the alarm that the person saw; answered with 409 when it changed meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_sequence: Option<u64>,
    /// Who, until there are accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}
