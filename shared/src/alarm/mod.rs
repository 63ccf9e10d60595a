//! Alarms: what they say, and how they live (`semantics.md` §4; ISA-18.2 / IEC 62682).

/// What another book says of itself.
pub mod condition;
/// On-delay and off-delay.
pub mod delay;
/// Alarms as a function of stay, rules and `now`.
pub mod judge;
/// What a store keeps of a stay so that rules can be tried on it.
pub mod kept;
/// How an alarm lives.
pub mod lifecycle;
/// A box judged by those around it.
pub mod neighbours;
/// What follows from events and rules alone.
pub mod occurrence;
/// How well alarms serve those who answer them.
pub mod performance;
/// Which boxes stand where and when.
pub mod stands;
/// Alarms of the system itself.
pub mod system;
/// What alarm rules look at in a stay.
pub mod watched;

use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The time between two nodes passed its limit (作业时间超长报警).
    Overtime,
    /// A dangerous or refrigerated box stands where it may not (非法存储箱报警).
    IllegalStorage,
    /// Loaded or gated out without release.
    UnreleasedDeparture,
    /// Release missing when the vessel's loading begins.
    ReleaseMissing,
    /// Loading instruction missing when the vessel closes, or when its loading begins.
    InstructionMissing,
    /// Selected for inspection, not done in time.
    InspectionLate,
    /// Reefer without power.
    ReeferPower,
    /// Reefer outside its temperature band.
    ReeferTemperature,
    /// One container in two places.
    TwoPlaces,
    /// One slot taken twice.
    SlotTaken,
    /// A feed is silent.
    FeedSilent,
    /// A sender's clock is wrong.
    ClockWrong,
    /// Parcels are not decided in time (跨境包裹超时报警).
    ParcelOvertime,
    /// A party that sends documents of parcels is silent.
    ParcelPartySilent,
    /// The documents of a party do not agree more often than usual.
    ParcelMismatchRate,
}

macro_rules! kinds {
    ($($variant:ident $name:literal),+ $(,)?) => {
        impl Kind {
            /// Every kind.
            pub const ALL: [Kind; 15] = [$(Kind::$variant),+];

            /// The name that travels.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$variant => $name),+ }
            }

            /// The kind of a name that travels.
            pub fn from_name(name: &str) -> Option<Kind> {
                match name { $($name => Some(Kind::$variant),)+ _ => None }
            }
        }
    };
}

kinds! {
    Overtime "overtime", IllegalStorage "illegal_storage", UnreleasedDeparture "unreleased_departure",
    ReleaseMissing "release_missing", InstructionMissing "instruction_missing", InspectionLate "inspection_late",
    ReeferPower "reefer_power", ReeferTemperature "reefer_temperature", TwoPlaces "two_places", SlotTaken "slot_taken",
    FeedSilent "feed_silent", ClockWrong "clock_wrong", ParcelOvertime "parcel_overtime",
    ParcelPartySilent "parcel_party_silent", ParcelMismatchRate "parcel_mismatch_rate",
}

impl Kind {
    /// Whether it is about parcels.
    pub fn is_of_parcels(self) -> bool {
        matches!(
            self,
            Kind::ParcelOvertime | Kind::ParcelPartySilent | Kind::ParcelMismatchRate
        )
    }

    /// Whether it is an alarm of the system itself.
    pub fn is_of_the_system(self) -> bool {
        matches!(self, Kind::FeedSilent | Kind::ClockWrong) || self.is_of_parcels()
    }
}

/// How urgent an alarm is. What is new and high sounds and takes the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When there is time.
    Low,
    /// Soon.
    Medium,
    /// Now.
    High,
}

/// What a person or the system did with an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The system raised it.
    Raise,
    /// The condition ended.
    Clear,
    /// The condition turned out to hold on: an end that was reported is gone.
    Resume,
    /// A late, corrected or retracted event showed that it should not have been.
    Withdraw,
    /// A later event showed that it should have been after all.
    Reinstate,
    /// A person has seen it.
    Acknowledge,
    /// The terminal explained.
    Explain,
    /// An officer sent the explanation back.
    Return,
    /// An officer ended the case.
    Close,
    /// Put aside until a time.
    Shelve,
    /// Taken back, by a person or because the time is over.
    Unshelve,
    /// Another alarm of the same stay says it already.
    Suppress,
    /// Nothing else says it any more.
    Unsuppress,
    /// Its rule was taken out of service.
    TakeOutOfService,
    /// Its rule is in service again.
    ReturnToService,
}

/// Whether an explanation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Explanation {
    /// Given, an officer has yet to answer.
    Given,
    /// Sent back: the terminal is to explain again.
    Returned,
}

/// Why storage is illegal (`semantics.md` §4, default storage rules).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageReason {
    /// The slot does not parse, or no block covers it.
    NoBlock,
    /// The block is not designated for dangerous goods, or not for this class.
    NotForDangerous,
    /// The block has no power for reefers.
    NotForReefers,
    /// This class or UN number may not stand at all.
    MayNotStand,
    /// Higher than this class may stand.
    TooHigh,
    /// Longer than this class may stand.
    TooLong,
    /// More boxes of such classes than may stand at once.
    TooMany,
    /// Near goods from which the IMDG Code segregates it.
    Segregated,
    /// A lithium battery near flammable goods, or the other way round.
    LithiumNearFlammables,
}

/// The states by which alarms are filtered; several of them hold of one alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The condition holds.
    Active,
    /// The condition ended.
    Cleared,
    /// Nobody has seen it.
    Unacknowledged,
    /// A person has seen it.
    Acknowledged,
    /// Put aside until a time.
    Shelved,
    /// Suppressed by design.
    Suppressed,
    /// Its rule is out of service.
    OutOfService,
    /// The terminal is to explain (未报).
    AwaitingExplanation,
    /// The terminal has explained.
    Explained,
    /// An officer ended the case.
    Closed,
    /// It should not have been.
    Withdrawn,
}
