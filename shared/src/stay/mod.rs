//! Stays: one passage of one container through the port (`semantics.md` §3).

/// Segments and overall clearance.
pub mod clearance;
/// From the events of one container at one site to its stays.
pub mod fold;
/// Reports become nodes.
pub mod nodes;
/// Which events belong to one passage.
pub mod passage;
/// When a box is released.
pub mod release;
/// What the events of a stay state of it.
pub mod statements;

use crate::event::Direction;
pub use fold::{Stay, fold};
use serde::{Deserialize, Serialize};

/// Cargo class, the first that fits (`semantics.md` §1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cargo {
    /// Holds dangerous goods.
    Dangerous,
    /// Needs cooling.
    Reefer,
    /// Empty.
    Empty,
    /// Anything else.
    #[default]
    General,
}

/// Whether the box was stacked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Never stacked: direct pickup or direct loading.
    Direct,
    /// Stacked.
    Stacked,
    /// Not known (yet).
    #[default]
    Unknown,
}

/// How deeply customs looked: the deepest that happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Papers only.
    #[default]
    None,
    /// Scanned.
    Scan,
    /// Inspected.
    Inspection,
}

/// Where a stay is in its passage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Papers only; the box has not come.
    #[default]
    Expected,
    /// In the port, not released.
    InYard,
    /// In the port, released.
    Released,
    /// Gone.
    Left,
}

/// The segments of `domain.md` §5 and the overall clearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SegmentName {
    /// Import: arrival → discharge.
    Unloading,
    /// Import: discharge → declared; export: gate-in → declared.
    Preparation,
    /// Declared → released.
    Clearance,
    /// Import: released → gate-out.
    PickUp,
    /// Export: released → loaded.
    AfterRelease,
    /// Export: loaded → vessel departs.
    Departure,
}

impl SegmentName {
    /// Every segment.
    pub const ALL: [SegmentName; 6] = [
        SegmentName::Unloading,
        SegmentName::Preparation,
        SegmentName::Clearance,
        SegmentName::PickUp,
        SegmentName::AfterRelease,
        SegmentName::Departure,
    ];
}

/// What is odd about a stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StayFlag {
    /// The next beginning came without an end.
    EndMissing,
    /// Something happened to the box before anything brought it.
    BeginMissing,
    /// The same source told twice of a node that exists once.
    Repeated,
    /// An order that cannot be: counted in no figure.
    OutOfOrder,
    /// Papers without a box: in no figure.
    PapersOnly,
    /// A segment would be negative: declared or released ahead.
    Advance,
    /// No arrival is known; import clearance is measured from discharge.
    StartSubstituted,
    /// Sizes differ.
    SizeDiffers,
    /// Directions differ.
    DirectionDiffers,
    /// Bills of lading differ.
    BillDiffers,
    /// Two versions of one event have the same `updated_at` and other content.
    Conflict,
    /// The number is no ISO 6346 number with the right check digit.
    Unverified,
    /// It stands in a slot that does not parse or that no block covers.
    UnknownSlot,
    /// No size type is known.
    SizeMissing,
}

macro_rules! names {
    ($type:ident { $($variant:ident $name:literal),+ $(,)? }) => {
        impl $type {
            /// The name that travels.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name),+ }
            }
            /// The value of a name that travels.
            pub fn from_name(name: &str) -> Option<$type> {
                match name { $($name => Some($type::$variant),)+ _ => None }
            }
        }
    };
}

names!(Cargo { Dangerous "dangerous", Reefer "reefer", Empty "empty", General "general" });
names!(Mode { Direct "direct", Stacked "stacked", Unknown "unknown" });
names!(Channel { None "none", Scan "scan", Inspection "inspection" });
names!(Status { Expected "expected", InYard "in_yard", Released "released", Left "left" });
names!(SegmentName {
    Unloading "unloading", Preparation "preparation", Clearance "clearance", PickUp "pick_up",
    AfterRelease "after_release", Departure "departure",
});
names!(Direction {
    Import "import", Export "export", Transshipment "transshipment", Domestic "domestic",
});
