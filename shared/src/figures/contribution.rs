//! What one stay adds to the figures. A stay that changes takes back what it added and adds anew.

use crate::event::{Direction, Node};
use crate::stay::fold::Stay;
use crate::stay::{Cargo, Channel, Mode, SegmentName, StayFlag};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// What figures group and filter by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dimensions {
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// Cargo class.
    pub cargo: Cargo,
    /// Whether it was stacked.
    pub mode: Mode,
    /// How deeply customs looked.
    pub channel: Channel,
}

/// One box over the quay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuayMove {
    /// The hour of the move.
    pub hour: Time,
    /// Off the vessel, or onto it.
    pub loaded: bool,
    /// TEU in halves; `None` without a size type.
    pub half_teu: Option<u8>,
}

/// What one stay adds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// What it is grouped and filtered by.
    pub dimensions: Dimensions,
    /// Hour in which the clearance clock began, and the hour of release.
    pub clock: Option<(Time, Option<Time>)>,
    /// Overall clearance in seconds, counted in the hour of release.
    pub clearance_seconds: Option<u64>,
    /// Segments in seconds, in the order of [`SegmentName::ALL`], counted in the hour of release.
    pub segment_seconds: [Option<u64>; 6],
    /// Whether a segment would be negative.
    pub advance: bool,
    /// Whether clearance was measured from discharge.
    pub start_substituted: bool,
    /// Moves over the quay.
    pub moves: Vec<QuayMove>,
    /// The hour in which it left.
    pub left: Option<Time>,
}

/// What a stay adds; `hour_of` gives the beginning of the hour at the site.
pub fn contribution(stay: &Stay, hour_of: &dyn Fn(Time) -> Time) -> Contribution {
    let dimensions = Dimensions {
        direction: stay.direction,
        cargo: stay.cargo,
        mode: stay.mode,
        channel: stay.channel,
    };
    if !stay.is_counted() {
        return Contribution {
            dimensions,
            ..Contribution::default()
        };
    }
    let clearance = stay.clearance.as_ref();
    let mut segment_seconds = [None; 6];
    for segment in &stay.segments {
        if let Some(place) = SegmentName::ALL.iter().position(|name| *name == segment.name) {
            segment_seconds[place] = Some(segment.seconds);
        }
    }
    let moves = stay
        .nodes
        .iter()
        .filter(|node| matches!(node.node, Node::Discharge | Node::Load))
        .map(|node| QuayMove {
            hour: hour_of(node.at),
            loaded: node.node == Node::Load,
            half_teu: stay.half_teu(),
        })
        .collect();
    Contribution {
        dimensions,
        clock: clearance.map(|c| (hour_of(c.from), c.released.map(hour_of))),
        clearance_seconds: clearance.and_then(|c| c.seconds),
        segment_seconds,
        advance: stay.flags.contains(&StayFlag::Advance),
        start_substituted: stay.flags.contains(&StayFlag::StartSubstituted),
        moves,
        left: stay.ended_at.map(hour_of),
    }
}
