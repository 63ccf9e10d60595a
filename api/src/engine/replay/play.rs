//! From one moment to another: what changed in the yard, moment by moment. The yard before is put together once, then
//! everything that begins and ends is done to it in order, as the engine does it to the yard now.

use super::super::store::StoreError;
use super::super::yard::YardState;
use super::past::{Past, Stood};
use rustc_hash::FxHashSet;
use shared::time::{DAY, HOUR, Time};
use shared::wire::replay::YardCounts;
use shared::wire::yard::Placed;
use smol_str::SmolStr;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// The store is read for so long ahead; each next time for twice as long …
const FIRST_WINDOW: i64 = HOUR;
/// … up to this.
const LONGEST_WINDOW: i64 = 8 * DAY;

/// What changed at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// When.
    pub at: Time,
    /// Boxes that stand in a slot from here on, or whose state changed there, to be applied in order.
    pub placed: Vec<Placed>,
    /// Slots that are empty from here on, to be applied before.
    pub gone: Vec<String>,
    /// Boxes that stand in no slot of the layout from here on.
    pub outside: u64,
    /// What there is from here on.
    pub counts: YardCounts,
}

/// What stands, by when it ends.
#[derive(Default)]
struct Ends {
    stood: Vec<Stood>,
    next: BinaryHeap<Reverse<(Time, usize)>>,
}

impl Ends {
    fn put(&mut self, stood: Stood) {
        if let Some(until) = stood.until {
            self.next.push(Reverse((until, self.stood.len())));
            self.stood.push(stood);
        }
    }

    fn first(&self) -> Option<Time> {
        self.next.peek().map(|Reverse((until, _))| *until)
    }

    fn pop_until(&mut self, last: Time) -> Option<&Stood> {
        self.first().filter(|until| *until <= last)?;
        let Reverse((_, place)) = self.next.pop()?;
        self.stood.get(place)
    }
}

impl Past<'_> {
    /// The first moments behind `from` and up to `to` at which anything changed, and whether there are more; the past
    /// was begun for this period. What is ahead of the clock is at the moment of the clock.
    pub fn changes(
        &self,
        (from, to): (Time, Time),
        now: Time,
        most: usize,
    ) -> Result<(Vec<Moment>, bool), StoreError> {
        let mut moments = Vec::new();
        if from >= to {
            return Ok((moments, false));
        }
        let mut yard = YardState::new(self.layout.slots());
        let mut ends = Ends::default();
        self.each_at(from, &mut |stood| {
            yard.put(&stood.container, &stood.stay, &stood.standing);
            ends.put(stood);
        })?;
        let mut steps = self.steps.iter().peekable();
        let mut alarms = self.alarms;
        let (mut counts, mut outside) = (yard.counts(alarms), yard.outside());
        let (mut behind, mut length) = (from, FIRST_WINDOW);
        while behind < to {
            let bounded = |end: Time| if end < to.min(now) { end } else { to };
            let mut end = bounded(behind.plus(length));
            length = (length * 2).min(LONGEST_WINDOW);
            let mut begun = self.begun(behind, end)?;
            if begun.is_empty() && end < to {
                // Nothing may have begun for centuries: the next that does ends this window.
                end = self.next_begun(end)?.map_or(to, bounded);
                begun = self.begun(behind, end)?;
            }
            let mut begun = begun.into_iter().peekable();
            loop {
                let next = [
                    begun.peek().map(|stood| stood.from),
                    ends.first(),
                    steps.peek().map(|step| step.at),
                ];
                let Some(next) = next.into_iter().flatten().min().filter(|next| *next <= end) else {
                    break;
                };
                let (at, last) = if next < now { (next, next) } else { (now, end) };
                let mut places = BTreeSet::new();
                let mut left: Vec<(String, (SmolStr, SmolStr))> = Vec::new();
                while let Some(stood) = ends.pop_until(last) {
                    yard.take(&stood.container, &stood.stay, &stood.standing);
                    if let Some(index) = stood.standing.index {
                        places.extend(index.places());
                        let key = (stood.stay.clone(), stood.standing.slot.clone());
                        left.push((stood.standing.slot.to_string(), key));
                    }
                }
                let mut stays = FxHashSet::default();
                while let Some(stood) = begun.next_if(|stood| stood.from <= last) {
                    // Ahead of the clock it has come and gone.
                    if stood.until.is_some_and(|until| until <= last) {
                        continue;
                    }
                    yard.put(&stood.container, &stood.stay, &stood.standing);
                    if let Some(index) = stood.standing.index {
                        places.extend(index.places());
                        stays.insert((stood.stay.clone(), stood.standing.slot.clone()));
                    }
                    ends.put(stood);
                }
                while let Some(step) = steps.next_if(|step| step.at <= last) {
                    let count = alarms.of(step.priority);
                    *count = count.saturating_add_signed(step.step);
                }
                let before = (counts, outside);
                (counts, outside) = (yard.counts(alarms), yard.outside());
                if places.is_empty() && before == (counts, outside) {
                    continue;
                }
                if moments.len() == most {
                    return Ok((moments, true));
                }
                let gone = left.into_iter().filter(|(_, key)| !stays.contains(key));
                moments.push(Moment {
                    at,
                    placed: yard.showing(places),
                    gone: gone.map(|(slot, _)| slot).collect(),
                    outside,
                    counts,
                });
            }
            behind = end;
        }
        Ok((moments, false))
    }
}
