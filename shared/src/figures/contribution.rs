//! What one stay adds to the figures (`semantics.md` §5).

use super::change::{CellChange, Count, Series, Unit, What};
use super::dimensions::Dimensions;
use super::hour::Hour;
use crate::event::Node;
use crate::stay::{Stay, StayFlag};
use crate::time::Time;

/// What one stay adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contribution {
    /// What it is grouped and filtered by.
    pub dimensions: Dimensions,
    /// Everything that it adds.
    pub changes: Vec<CellChange>,
}

/// What a stay adds; `hour_of` gives the hour of a moment at the site.
pub fn contribution(stay: &Stay, hour_of: &dyn Fn(Time) -> Hour) -> Contribution {
    let dimensions = Dimensions {
        direction: stay.direction,
        cargo: stay.cargo,
        mode: stay.mode,
        channel: stay.channel,
    };
    let mut adding = Adding {
        dimensions: dimensions.code(),
        hour_of,
        changes: Vec::new(),
    };
    if !stay.flags.contains(&StayFlag::PapersOnly) {
        // Boxes that stand in the port are all boxes, also those in an impossible order.
        adding.count_at(stay.began_at, Count::Begun);
        adding.count_at(stay.ended_at, Count::Gone);
    }
    if stay.is_counted() {
        adding.clearance(stay);
        adding.moves(stay);
        adding.leaving(stay);
    }
    Contribution {
        dimensions,
        changes: adding.changes,
    }
}

struct Adding<'a> {
    dimensions: u8,
    hour_of: &'a dyn Fn(Time) -> Hour,
    changes: Vec<CellChange>,
}

impl Adding<'_> {
    fn add(&mut self, hour: Hour, what: What) {
        self.changes.push(CellChange {
            hour,
            dimensions: self.dimensions,
            what,
        });
    }

    fn count_at(&mut self, at: Option<Time>, count: Count) {
        if let Some(at) = at {
            self.add((self.hour_of)(at), What::Count(count, 1));
        }
    }

    fn clearance(&mut self, stay: &Stay) {
        let Some(clearance) = &stay.clearance else { return };
        let began = (self.hour_of)(clearance.from);
        let released = clearance.released.map(self.hour_of);
        self.add(began, What::Clock(Unit::Stay, released));
        self.add(began, What::Count(Count::Clocks, 1));
        let (Some(hour), Some(seconds)) = (released, clearance.seconds) else {
            return;
        };
        self.add(hour, What::Count(Count::Released, 1));
        self.add(hour, What::Duration(Series::Overall, seconds));
        for segment in &stay.segments {
            let series = Series::Segment(segment.name);
            self.add(hour, What::Duration(series, segment.seconds));
        }
        for (flag, count) in [
            (StayFlag::Advance, Count::Advance),
            (StayFlag::StartSubstituted, Count::StartSubstituted),
        ] {
            if stay.flags.contains(&flag) {
                self.add(hour, What::Count(count, 1));
            }
        }
    }

    fn moves(&mut self, stay: &Stay) {
        let half_teu = stay.half_teu().map(u32::from);
        for node in &stay.nodes {
            let (moved, teu) = match node.node {
                Node::Discharge => (Count::Discharged, Some(Count::DischargedHalfTeu)),
                Node::Load => (Count::Loaded, Some(Count::LoadedHalfTeu)),
                Node::GateIn => (Count::GateIn, Some(Count::LandHalfTeu)),
                Node::GateOut => (Count::GateOut, Some(Count::LandHalfTeu)),
                Node::RailIn => (Count::RailIn, Some(Count::LandHalfTeu)),
                Node::RailOut => (Count::RailOut, Some(Count::LandHalfTeu)),
                Node::Stack | Node::Shift => (Count::YardMoves, None),
                _ => continue,
            };
            let hour = (self.hour_of)(node.at);
            self.add(hour, What::Count(moved, 1));
            if let (Some(teu), Some(halves)) = (teu, half_teu) {
                self.add(hour, What::Count(teu, halves));
            }
            if matches!(node.node, Node::Discharge | Node::Load) {
                if half_teu.is_none() {
                    self.add(hour, What::Count(Count::WithoutSize, 1));
                }
                if stay.empty == Some(true) {
                    self.add(hour, What::Count(Count::Empty, 1));
                }
            }
        }
    }

    fn leaving(&mut self, stay: &Stay) {
        let Some(ended) = stay.ended_at else { return };
        let hour = (self.hour_of)(ended);
        self.add(hour, What::Count(Count::Left, 1));
        if let Some(entered) = stay.entered_at {
            // A box that left before it was seen to stand stood for no time.
            let stood = u64::try_from(ended.seconds_since(entered)).unwrap_or(0);
            self.add(hour, What::Duration(Series::Dwell, stood));
        }
    }
}
