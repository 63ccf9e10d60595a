//! What follows from events and rules alone: one occurrence of an alarm, without anything that people did.

use super::{Kind, Priority, StorageReason};
use crate::container::ContainerNumber;
use crate::event::{Direction, Node};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// One occurrence of an alarm, as it follows from events and rules alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// Its address: container and a hash of site, rule and the event that began it.
    pub id: SmolStr,
    /// The rule's own name.
    pub rule: SmolStr,
    /// What is wrong.
    pub kind: Kind,
    /// How urgent it is.
    pub priority: Priority,
    /// The node at which the clock began, or the placement; none for alarms of the system itself.
    pub previous: Option<(Node, Time)>,
    /// The node that ended it, or is awaited.
    pub current: Option<(Node, Option<Time>)>,
    /// The limit that was passed.
    pub limit_seconds: Option<u64>,
    /// What else there is to say, by kind.
    pub detail: Detail,
    /// The slot.
    pub slot: Option<SmolStr>,
    /// The block of that slot, where one covers it.
    pub block: Option<SmolStr>,
    /// Whom it is about.
    pub about: About,
    /// When the condition began.
    pub raised_at: Time,
    /// When the condition ended.
    pub cleared_at: Option<Time>,
}

/// What else there is to say of an occurrence, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// Why storage is illegal.
    pub reasons: Vec<StorageReason>,
    /// The other boxes or places that it is about, those that came first in front.
    pub others: Vec<OtherBox>,
    /// A temperature outside its band.
    pub temperature: Option<Temperature>,
    /// The sender, for alarms of the system itself.
    pub source: Option<SmolStr>,
    /// How far a clock was ahead, in seconds.
    pub ahead_seconds: Option<u64>,
    /// The park whose parcels are not decided in time.
    pub park: Option<SmolStr>,
    /// How many parcels at most it is about.
    pub parcels: Option<u64>,
    /// The share of a party's parcels whose documents did not agree, and what is usual, in thousandths.
    pub mismatches: Option<(u32, u32)>,
}

/// Another box, or another place of the same one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OtherBox {
    /// The container.
    pub container: ContainerNumber,
    /// Its stay.
    pub stay: SmolStr,
    /// The site, when it is another one.
    pub site: Option<SmolStr>,
    /// The slot.
    pub slot: Option<SmolStr>,
    /// Who said so, when two senders contradict each other.
    pub source: Option<SmolStr>,
}

/// A temperature outside its band, in thousandths of a degree Celsius.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Temperature {
    /// What it is set to.
    pub set: i64,
    /// What was measured, farthest from what it is set to.
    pub measured: i64,
    /// How far it may be away.
    pub band: i64,
}

/// What an alarm shows of its stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Site code.
    pub site: SmolStr,
    /// The stay; none for alarms of the system itself.
    pub stay: Option<SmolStr>,
    /// The container.
    pub container: Option<ContainerNumber>,
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// Bill of lading.
    pub bill_of_lading: Option<SmolStr>,
    /// Voyage.
    pub voyage: Option<SmolStr>,
    /// Name of the vessel.
    pub vessel_name: Option<SmolStr>,
    /// Whether it holds dangerous goods.
    pub dangerous: bool,
    /// Whether it needs cooling.
    pub refrigerated: bool,
    /// When it first stood in the yard in this stay.
    pub entered_at: Option<Time>,
}

impl About {
    /// What an alarm of the system itself is about.
    pub fn system(site: SmolStr) -> About {
        About {
            site,
            stay: None,
            container: None,
            direction: None,
            bill_of_lading: None,
            voyage: None,
            vessel_name: None,
            dangerous: false,
            refrigerated: false,
            entered_at: None,
        }
    }
}
