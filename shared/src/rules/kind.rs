//! What every kind of alarm has: priority, limit, delays, and whether it is in service (ISA-18.2 §10, basic alarm
//! design).

use crate::alarm::{Kind, Priority};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How one kind of alarm is raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindRule {
    /// Whether it rings. Out of service its alarms are still found and kept, and ring nowhere.
    #[serde(default = "yes")]
    pub in_service: bool,
    /// How urgent its alarm is.
    pub priority: Priority,
    /// For `inspection_late reefer_power feed_silent` how long it may last, for `instruction_missing` how long before closing
    /// it must be there, for `clock_wrong` how far a clock may be
    /// ahead, in seconds; exactly so much raises nothing. No meaning for the others.
    #[serde(default)]
    pub limit_seconds: u64,
    /// How long the condition must hold before the alarm is raised, in seconds.
    #[serde(default)]
    pub on_delay_seconds: u64,
    /// How long the condition must be gone before the alarm is cleared, in seconds.
    #[serde(default)]
    pub off_delay_seconds: u64,
}

fn yes() -> bool {
    true
}

/// Kinds that have a rule here: all but overtime.
pub const KINDS: [Kind; 14] = [
    Kind::IllegalStorage,
    Kind::UnreleasedDeparture,
    Kind::ReleaseMissing,
    Kind::InstructionMissing,
    Kind::InspectionLate,
    Kind::ReeferPower,
    Kind::ReeferTemperature,
    Kind::TwoPlaces,
    Kind::SlotTaken,
    Kind::FeedSilent,
    Kind::ClockWrong,
    Kind::ParcelOvertime,
    Kind::ParcelPartySilent,
    Kind::ParcelMismatchRate,
];

/// Whether `limit_seconds` of a kind means something.
pub fn has_limit(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::InstructionMissing
            | Kind::InspectionLate
            | Kind::ReeferPower
            | Kind::FeedSilent
            | Kind::ClockWrong
    )
}

/// What holds for a kind without configuration.
///
/// An inspection has 24 h to begin and 8 h to end (`semantics.md` §4), so 32 h from its selection. The limits of
/// reefers, feeds, clocks and instructions are ours; an instruction has an hour to follow its release.
pub fn default_of(kind: Kind) -> KindRule {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    let (priority, limit_seconds, on_delay_seconds) = match kind {
        Kind::Overtime => (Priority::Low, 0, 0),
        Kind::IllegalStorage | Kind::UnreleasedDeparture | Kind::ReleaseMissing | Kind::TwoPlaces => {
            (Priority::High, 0, 0)
        }
        Kind::InstructionMissing => (Priority::Medium, 6 * HOUR, HOUR),
        Kind::InspectionLate => (Priority::Medium, 32 * HOUR, 0),
        Kind::ReeferPower => (Priority::Medium, HOUR, 0),
        Kind::ReeferTemperature => (Priority::Medium, 0, HOUR),
        Kind::SlotTaken => (Priority::Low, 0, 0),
        Kind::FeedSilent => (Priority::Medium, HOUR, 0),
        Kind::ClockWrong => (Priority::Low, 5 * MINUTE, 0),
        // Their limits are settings of `[parcels]`.
        Kind::ParcelOvertime => (Priority::High, 0, 0),
        Kind::ParcelPartySilent | Kind::ParcelMismatchRate => (Priority::Medium, 0, 0),
    };
    KindRule {
        in_service: true,
        priority,
        limit_seconds,
        on_delay_seconds,
        off_delay_seconds: 0,
    }
}

/// What holds without configuration.
pub fn defaults() -> BTreeMap<Kind, KindRule> {
    KINDS.iter().map(|kind| (*kind, default_of(*kind))).collect()
}
