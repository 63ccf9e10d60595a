//! Segments and overall clearance (`semantics.md` §5, `domain.md` §5).

use super::fold::{Clearance, Segment, Stay, Surroundings};
use super::{SegmentName, StayFlag};
use crate::call::Vessel;
use crate::event::{Direction, Node};
use crate::time::Time;

/// Measures a stay whose nodes are known.
pub fn measure(stay: &mut Stay, around: &dyn Surroundings) {
    let at = |nodes: &[Node]| stay.first(nodes).map(|node| node.at);
    let discharged = at(&[Node::Discharge]);
    let gated_in = at(&[Node::GateIn, Node::RailIn]);
    let declared = at(&[Node::Declare]);
    let gated_out = at(&[Node::GateOut, Node::RailOut]);
    let loaded = at(&[Node::Load]);
    let released = stay.released_at;

    let near = match stay.direction {
        Some(Direction::Import) => discharged.or(stay.began_at),
        _ => loaded.or(stay.began_at),
    };
    let vessel = Vessel {
        imo: stay.vessel_imo.as_deref(),
        name: stay.vessel_name.as_deref(),
    };
    let call = match (&stay.voyage, near, stay.flags.contains(&StayFlag::PapersOnly)) {
        (Some(voyage), Some(near), false) => around.call(voyage, vessel, near),
        _ => None,
    };
    let arrival = call.as_ref().and_then(|call| call.arrival);
    let departure = call.as_ref().and_then(|call| call.departure);

    let (segments, from): (&[_], _) = match stay.direction {
        Some(Direction::Import) => (
            &[
                (SegmentName::Unloading, arrival, discharged),
                (SegmentName::Preparation, discharged, declared),
                (SegmentName::Clearance, declared, released),
                (SegmentName::PickUp, released, gated_out),
            ],
            arrival.or(discharged),
        ),
        Some(Direction::Export) => (
            &[
                (SegmentName::Preparation, gated_in, declared),
                (SegmentName::Clearance, declared, released),
                (SegmentName::AfterRelease, released, loaded),
                (SegmentName::Departure, loaded, departure),
            ],
            declared,
        ),
        _ => (&[], None),
    };
    for &(name, from, to) in segments {
        if let (Some(from), Some(to)) = (from, to) {
            let seconds = length(from, to, stay);
            stay.segments.push(Segment {
                name,
                from,
                to,
                seconds,
            });
        }
    }
    if !stay.is_counted() {
        return;
    }
    if let Some(from) = from {
        let seconds = released.map(|released| length(from, released, stay));
        stay.clearance = Some(Clearance {
            from,
            released,
            seconds,
        });
        if stay.direction == Some(Direction::Import) && arrival.is_none() {
            stay.flags.insert(StayFlag::StartSubstituted);
        }
    }
}

/// Whole seconds; what would be negative counts as 0 and marks the stay.
fn length(from: Time, to: Time, stay: &mut Stay) -> u64 {
    if to < from {
        stay.flags.insert(StayFlag::Advance);
    }
    u64::try_from(to.seconds_since(from)).unwrap_or(0)
}
