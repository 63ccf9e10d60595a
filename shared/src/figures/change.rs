//! What figures are made of: single counts, durations and clocks, each in an hour and under dimensions. A stay
//! adds a few of them, and takes them back when it changes.

use super::hour::Hour;
use crate::stay::SegmentName;
use serde::{Deserialize, Serialize};

/// One thing that a stay or a declaration adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellChange {
    /// The hour in which it counts.
    pub hour: Hour,
    /// Under which dimensions; see [`Dimensions::code`](super::Dimensions::code).
    pub dimensions: u8,
    /// What.
    pub what: What,
}

/// What is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// So many of something.
    Count(Count, u32),
    /// A duration of so many whole seconds.
    Duration(Series, u64),
    /// A clock that began in the hour, with the hour of release; `None` while it runs.
    Clock(Unit, Option<Hour>),
}

/// What clearance counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Unit {
    /// One for each stay.
    #[default]
    Stay,
    /// One for each declaration number and site.
    Declaration,
}

impl Unit {
    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Stay => "stay",
            Unit::Declaration => "declaration",
        }
    }

    /// The unit of a name that travels.
    pub fn from_name(name: &str) -> Option<Unit> {
        [Unit::Stay, Unit::Declaration]
            .into_iter()
            .find(|unit| unit.name() == name)
    }

    /// Its overall clearance.
    pub fn overall(self) -> Series {
        match self {
            Unit::Stay => Series::Overall,
            Unit::Declaration => Series::Declaration,
        }
    }
}

/// Durations that are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Series {
    /// Overall clearance, in the hour of release.
    Overall,
    /// A segment, in the hour of release.
    Segment(SegmentName),
    /// How long it stood, in the hour in which it left.
    Dwell,
    /// A declaration, in the hour of its last release.
    Declaration,
}

impl Series {
    /// How many there are.
    pub const COUNT: usize = 9;

    /// Its number, below [`Series::COUNT`]. It is kept in stores: it never changes.
    pub fn code(self) -> usize {
        match self {
            Series::Overall => 0,
            Series::Segment(SegmentName::Unloading) => 1,
            Series::Segment(SegmentName::Preparation) => 2,
            Series::Segment(SegmentName::Clearance) => 3,
            Series::Segment(SegmentName::PickUp) => 4,
            Series::Segment(SegmentName::AfterRelease) => 5,
            Series::Segment(SegmentName::Departure) => 6,
            Series::Dwell => 7,
            Series::Declaration => 8,
        }
    }
}

/// What is counted, one after the other in [`Counts`]. The order is kept in stores: new ones go to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Count {
    /// Stays released, of those that clearance counts.
    Released,
    /// Of which with a segment that would be negative.
    Advance,
    /// Of which measured from discharge.
    StartSubstituted,
    /// Clearance clocks that began.
    Clocks,
    /// Declarations released.
    DeclarationsReleased,
    /// Of which released before they were declared.
    DeclarationsAdvance,
    /// Declarations made.
    DeclarationClocks,
    /// Boxes off vessels.
    Discharged,
    /// Boxes onto vessels.
    Loaded,
    /// TEU off vessels, in halves.
    DischargedHalfTeu,
    /// TEU onto vessels, in halves.
    LoadedHalfTeu,
    /// Moves over the quay of boxes without a size type.
    WithoutSize,
    /// Moves over the quay of empty boxes.
    Empty,
    /// In through the gate.
    GateIn,
    /// Out through the gate.
    GateOut,
    /// In by rail.
    RailIn,
    /// Out by rail.
    RailOut,
    /// TEU through the gate and by rail, in halves.
    LandHalfTeu,
    /// Put down in the yard.
    YardMoves,
    /// Stays that left, of those that figures count.
    Left,
    /// Boxes that came into the port, whether figures count them or not.
    Begun,
    /// Boxes that are gone again.
    Gone,
}

const COUNTS: usize = Count::Gone as usize + 1;

/// Counts of everything that is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts([u32; COUNTS]);

impl Counts {
    /// How many of one.
    pub fn of(&self, count: Count) -> u64 {
        u64::from(self.0[count as usize])
    }

    /// Adds so many.
    pub fn add(&mut self, count: Count, by: u32) {
        self.0[count as usize] += by;
    }

    /// Takes back so many. Only what was added is ever taken back, so none falls below zero.
    pub fn subtract(&mut self, count: Count, by: u32) {
        let own = &mut self.0[count as usize];
        *own = own.saturating_sub(by);
    }

    /// Adds all of others.
    pub fn merge(&mut self, other: &Counts) {
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own += other;
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|count| *count == 0)
    }
}
