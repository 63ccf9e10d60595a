//! Where a box stood, by the time of its events: in spells, each in one slot and in one state. What is known of the stay
//! today counts for all of it; only the slot, the release and the alarms are of their moment.

use super::SlotState;
use crate::stay::Stay;
use crate::stay::fold::Held;
use crate::stay::release::Declared;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A time in which a box stood in one slot and nothing about it changed that its state byte says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    /// Slot address as sent.
    pub slot: SmolStr,
    /// Since when it stood in this slot.
    pub since: Time,
    /// Since when in this state.
    pub from: Time,
    /// Until when; `None` while it stands there.
    pub until: Option<Time>,
    /// State byte.
    pub state: SlotState,
}

impl Spell {
    /// Whether it is one at a moment.
    pub fn holds_at(&self, at: Time) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// The spells of a stay, in order, without its alarms. What ended at the moment at which it began is none.
pub fn spells_of(stay: &Stay, events: &[Held<'_>]) -> Vec<Spell> {
    let mut declared = Declared::default();
    let mut releases = Vec::new();
    let mut places: Vec<(&SmolStr, Time)> = Vec::new();
    for node in &stay.nodes {
        if !node.date_only {
            releases.push((node.at, declared.take(node, events)));
        }
        if let Some(slot) = node.slot.as_ref().filter(|_| node.node.is_stacking())
            && places.last().is_none_or(|(last, _)| *last != slot)
        {
            places.push((slot, node.at));
        }
    }
    let unreleased = SlotState::of(stay.cargo, false, stay.direction, false);
    let mut spells = Vec::with_capacity(places.len());
    for (index, (slot, since)) in places.iter().enumerate() {
        let next = places.get(index + 1).map(|(_, at)| *at);
        let until = [next, stay.ended_at].into_iter().flatten().min();
        if until.is_none_or(|until| *since < until) {
            spells.push(Spell {
                slot: (*slot).clone(),
                since: *since,
                from: *since,
                until,
                state: unreleased,
            });
        }
    }
    cut(spells, &mut releases, SlotState::with_release)
}

/// The same spells with the times in which an alarm of the stay was active.
pub fn with_alarms(spells: Vec<Spell>, alarms: &[(Time, Option<Time>)]) -> Vec<Spell> {
    let mut ends = Vec::with_capacity(alarms.len() * 2);
    for (raised, cleared) in alarms {
        if cleared.is_none_or(|cleared| *raised < cleared) {
            ends.push((*raised, 1));
            ends.extend(cleared.map(|cleared| (cleared, -1)));
        }
    }
    // What begins at the moment at which something else ends goes on without a gap.
    ends.sort_by_key(|(at, step)| (*at, -*step));
    let mut active = 0;
    let mut changes: Vec<(Time, bool)> = ends
        .into_iter()
        .map(|(at, step)| {
            active += step;
            (at, active > 0)
        })
        .collect();
    cut(spells, &mut changes, SlotState::with_alarm)
}

/// Cuts spells where something begins or ceases to hold of the box. Of several changes at one moment the last counts.
fn cut(
    spells: Vec<Spell>,
    changes: &mut Vec<(Time, bool)>,
    with: impl Fn(SlotState, bool) -> SlotState,
) -> Vec<Spell> {
    changes.reverse();
    changes.dedup_by_key(|(at, _)| *at);
    changes.reverse();
    if changes.is_empty() {
        return spells;
    }
    let mut pieces = Vec::with_capacity(spells.len());
    for mut piece in spells {
        let first = changes.partition_point(|(at, _)| *at <= piece.from);
        let before = first.checked_sub(1).map(|last| changes[last].1);
        piece.state = with(piece.state, before.unwrap_or(false));
        for (at, holds) in &changes[first..] {
            if piece.until.is_some_and(|until| until <= *at) {
                break;
            }
            let state = with(piece.state, *holds);
            if state != piece.state {
                let mut next = piece.clone();
                (piece.until, next.from, next.state) = (Some(*at), *at, state);
                pieces.push(piece);
                piece = next;
            }
        }
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stay::Cargo;

    fn spell(slot: &str, from: i64, until: Option<i64>) -> Spell {
        Spell {
            slot: slot.into(),
            since: Time(from),
            from: Time(from),
            until: until.map(Time),
            state: SlotState::of(Cargo::General, false, None, false),
        }
    }

    fn times(spells: &[Spell]) -> Vec<(i64, Option<i64>, bool)> {
        let times = spells.iter().map(|own| {
            let until = own.until.map(|until| until.0);
            (own.from.0, until, own.state.has_alarm())
        });
        times.collect()
    }

    #[test]
    fn alarms_cut_a_spell_and_a_gap_of_no_length_is_none() {
        let spells = vec![spell("G120101.1", 10, Some(20)), spell("G120301.1", 20, None)];
        let alarms = [
            (Time(5), Some(Time(12))),
            (Time(12), Some(Time(15))),
            (Time(13), Some(Time(14))),
            (Time(18), Some(Time(18))),
            (Time(30), None),
        ];
        assert_eq!(
            times(&with_alarms(spells, &alarms)),
            [
                (10, Some(15), true),
                (15, Some(20), false),
                (20, Some(30), false),
                (30, None, true)
            ]
        );
    }

    #[test]
    fn a_piece_knows_since_when_it_stood_in_its_slot() {
        let pieces = with_alarms(vec![spell("G120101.1", 10, None)], &[(Time(12), Some(Time(15)))]);
        assert!(pieces.iter().all(|piece| piece.since == Time(10)), "{pieces:?}");
        let holding: Vec<i64> = [9, 10, 12, 15]
            .iter()
            .filter_map(|at| pieces.iter().find(|piece| piece.holds_at(Time(*at))))
            .map(|piece| piece.from.0)
            .collect();
        assert_eq!(holding, [10, 12, 15]);
    }
}
