//! A stay as it travels.

use crate::event::{Classifier, DangerousGoods, Direction, Node};
use crate::stay::{Cargo, Channel, Mode, SegmentName, Status, StayFlag};
use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

/// One passage of one container through the port.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stay {
    /// Its address.
    pub id: String,
    /// The site.
    pub site: String,
    /// The container number in the form in which numbers are compared.
    pub container: String,
    /// Whether it is an ISO 6346 number with the right check digit.
    pub container_verified: bool,
    /// Which way it passes; `None` when nothing tells.
    pub direction: Option<Direction>,
    /// Cargo class.
    pub cargo: Cargo,
    /// Whether it was stacked.
    pub mode: Mode,
    /// How deeply customs looked.
    pub channel: Channel,
    /// ISO size type.
    pub size_type: Option<String>,
    /// TEU; `None` without a known size type.
    pub teu: Option<f64>,
    /// Whether the box is empty; `None` when nobody said.
    pub empty: Option<bool>,
    /// Bill of lading.
    pub bill_of_lading: Option<String>,
    /// Voyage.
    pub voyage: Option<String>,
    /// IMO number of the vessel.
    pub vessel_imo: Option<String>,
    /// Name of the vessel.
    pub vessel_name: Option<String>,
    /// Declarations, in the order in which they were first named.
    pub declarations: Vec<String>,
    /// Dangerous goods.
    pub dangerous: Vec<DangerousGoods>,
    /// Whether it needs cooling.
    pub refrigerated: bool,
    /// Where it is in its passage.
    pub status: Status,
    /// The slot where it stands; `None` when it stands in none.
    pub slot: Option<String>,
    /// When it began.
    pub began_at: Option<LocalTime>,
    /// When it ended.
    pub ended_at: Option<LocalTime>,
    /// Overall clearance (`semantics.md` §5); `None` while it is not released.
    pub clearance_seconds: Option<u64>,
    /// What is odd.
    pub flags: Vec<StayFlag>,
    /// What happened, and what is expected, in order.
    pub nodes: Vec<StayNode>,
    /// The segments of its passage that have both ends.
    pub segments: Vec<Segment>,
    /// Ids of its alarms that are not withdrawn.
    pub alarms: Vec<String>,
}

/// One node of a stay; figures count nodes, not reports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StayNode {
    /// What happened.
    pub node: Node,
    /// When.
    pub at: LocalTime,
    /// The sender gave a date without a time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub date_only: bool,
    /// Whether it happened, is expected or planned.
    pub classifier: Classifier,
    /// The slot it speaks of.
    pub slot: Option<String>,
    /// Whose report gives the time.
    pub source: String,
    /// That report's id.
    pub id: String,
    /// Every report of this node, also the one that gives the time.
    pub reports: Vec<Report>,
    /// Earlier versions of the report that gives the time, oldest first, the one that holds last.
    pub versions: Vec<Version>,
}

/// One source's report of a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The sender.
    pub source: String,
    /// The sender's id.
    pub id: String,
    /// The time that it gives.
    pub at: LocalTime,
}

/// What was believed when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// When the sender last changed it.
    pub updated_at: Option<LocalTime>,
    /// The time that this version gives; `None` for a retraction that gives none.
    pub at: Option<LocalTime>,
    /// Whether this version voids the event.
    pub retracted: bool,
    /// When this server got it.
    pub recorded_at: LocalTime,
    /// Whether this is the version that holds.
    pub holds: bool,
}

/// One segment of a passage (`domain.md` §5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Which one.
    pub name: SegmentName,
    /// Its beginning.
    pub from: LocalTime,
    /// Its end.
    pub to: LocalTime,
    /// Whole seconds, never below 0.
    pub seconds: u64,
}
