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
    /// The rule that raised it, such as `overtime:discharge:stack`.
    pub rule: String,
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
    /// The other boxes or places that it is about: who stands in the same slot or too near, where else the box was
    /// seen. Empty for other kinds.
    #[serde(default)]
    pub others: Vec<Other>,
    /// For a temperature: what it is set to and what was measured.
    #[serde(default)]
    pub temperature: Option<Temperature>,
    /// For alarms of the system itself: the sender.
    #[serde(default)]
    pub source: Option<String>,
    /// For a clock that is wrong: how far it was ahead, in seconds.
    #[serde(default)]
    pub ahead_seconds: Option<u64>,
    /// For parcels that are not decided in time: the park.
    #[serde(default)]
    pub park: Option<String>,
    /// How many parcels at most it is about.
    #[serde(default)]
    pub parcels: Option<u64>,
    /// The share of a party's parcels whose documents did not agree.
    #[serde(default)]
    pub mismatch_rate: Option<f64>,
    /// What is usual of that party.
    #[serde(default)]
    pub usual_rate: Option<f64>,
    /// Who answers it: the code of an operator position.
    #[serde(default)]
    pub position: String,
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
    /// Suppressed by design: another alarm of the same stay says it already.
    pub suppressed: bool,
    /// Its rule is out of service.
    #[serde(default)]
    pub out_of_service: bool,
    /// What the terminal said; `None` = 未报.
    pub explanation: Option<Explained>,
    /// Whether an officer ended the case.
    pub closed: bool,
    /// What people and the system did, oldest first.
    pub history: Vec<HistoryEntry>,
    /// The change in which this last changed.
    pub sequence: u64,
}

/// Another box or place beside an alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Other {
    /// The container; for one that is in two places, the same one.
    pub container: String,
    /// Its stay.
    pub stay: String,
    /// The site, when it is another one.
    pub site: Option<String>,
    /// The slot.
    pub slot: Option<String>,
    /// Who said so, when two senders contradict each other.
    pub source: Option<String>,
}

impl Alarm {
    /// Leaves out what the alarm says of other sites that somebody does not see.
    pub fn hide_elsewhere(&mut self, sees: impl Fn(&str) -> bool) {
        self.others
            .retain(|other| other.site.as_deref().is_none_or(&sees));
    }
}

/// A temperature outside its band, in degrees Celsius.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Temperature {
    /// What it is set to.
    pub set: f64,
    /// What was measured, farthest from what it is set to.
    pub measured: f64,
    /// How far from what it is set to is allowed.
    pub band: f64,
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

/// Body of an action on many alarms at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionsRequest {
    /// What is done with each: `acknowledge explain return close shelve unshelve`.
    pub action: Action,
    /// With which alarms, at most 1,000.
    pub alarms: Vec<Acted>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Until when, for shelving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<LocalTime>,
    /// Who, until there are accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// An alarm among many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acted {
    /// The alarm.
    pub id: String,
    /// The sequence that the person saw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_sequence: Option<u64>,
}

/// What became of an action on many: one answer each, in the order of the request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionsAnswer {
    /// One for each alarm.
    pub results: Vec<ActionResult>,
    /// The epoch.
    pub epoch: String,
    /// The change up to which everything is durable and applied.
    pub sequence: u64,
}

/// What became of one of many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionResult {
    /// The alarm.
    pub id: String,
    /// 200, or 400, 404 or 409 as the call for one alarm would have answered.
    pub status: u16,
    /// Why not; `null` for 200.
    pub detail: Option<String>,
    /// The alarm as it is now; `null` for 404.
    pub alarm: Option<Alarm>,
}

/// How many alarms a filter selects, by what they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmSummary {
    /// All that the filter selects.
    pub total: u64,
    /// Those of them that are in the open list.
    pub open: u64,
    /// Of those in the open list, how many nobody has acknowledged.
    pub unacknowledged: u64,
    /// By kind and priority, without regard to the filter's own kinds and priorities; only what is there.
    pub kinds: Vec<KindCount>,
    /// What was asked for with `group`, the most urgent first, then the largest; `null` without it.
    pub groups: Option<Vec<AlarmGroup>>,
    /// How many groups there are; `groups` holds at most 1,000.
    pub group_count: u64,
    /// The epoch.
    pub epoch: String,
    /// The change for which it holds.
    pub sequence: u64,
}

/// How many alarms are of one kind and priority.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KindCount {
    /// What is wrong.
    pub kind: Kind,
    /// How urgent.
    pub priority: Priority,
    /// How many.
    pub count: u64,
    /// Of them, how many nobody has acknowledged.
    pub unacknowledged: u64,
}

/// Alarms that have something in common, such as the vessel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmGroup {
    /// The value that they share, by the names of `group`; `null` where an alarm has none.
    pub key: Vec<Option<String>>,
    /// How many.
    pub count: u64,
    /// How many of them are active.
    pub active: u64,
    /// How many of them nobody has acknowledged.
    pub unacknowledged: u64,
    /// How many of them are high.
    pub high: u64,
    /// How many of them are medium.
    pub medium: u64,
    /// When the first of them was raised.
    pub first_raised_at: LocalTime,
    /// When the last of them was raised.
    pub last_raised_at: LocalTime,
    /// The list of them.
    pub href: String,
}
