//! What is open now. Made again from the open parcels at a start; nothing of it is kept.

use super::contribution::Contribution;
use super::reasons::{Kinds, Reasons};
use crate::time::Time;
use crate::wire::parcels::{DocumentKind, ParcelMode, ParcelReason, ParcelState};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};

/// Parcels by the moment since when they are open.
type Since = BTreeSet<(Time, SmolStr)>;

/// The open parcels of one site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Received and not decided, by park.
    received: BTreeMap<Option<SmolStr>, Since>,
    /// Waiting for a paper or the list, by park, since their first document.
    incomplete: BTreeMap<Option<SmolStr>, Since>,
    missing: [u64; DocumentKind::ALL.len()],
    held: [u64; ParcelReason::ALL.len()],
    held_parcels: u64,
    platforms: FxHashMap<Option<SmolStr>, u64>,
    modes: FxHashMap<Option<ParcelMode>, u64>,
}

/// What is open too long at one park.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// The park; `None` for parcels that name none.
    pub park: Option<SmolStr>,
    /// Received, and not decided within the target.
    pub late: u64,
    /// Still not complete after the limit.
    pub incomplete: u64,
    /// Since when the oldest of both is open.
    pub oldest: Time,
}

/// What of a parcel decides where it stands in the queue: most documents change nothing of it.
#[derive(PartialEq, Eq)]
struct Standing<'a> {
    state: ParcelState,
    missing: Kinds,
    reasons: Reasons,
    park: Option<&'a SmolStr>,
    platform: Option<&'a SmolStr>,
    mode: Option<ParcelMode>,
    first_at: Time,
    received_at: Option<Time>,
    is_decided: bool,
}

impl Standing<'_> {
    fn of(own: &Contribution) -> Standing<'_> {
        Standing {
            state: own.state,
            missing: own.missing,
            reasons: own.reasons,
            park: own.park.as_ref(),
            platform: own.platform.as_ref(),
            mode: own.mode,
            first_at: own.first_at,
            received_at: own.received_at,
            is_decided: own.decided_at.is_some(),
        }
    }
}

impl Queue {
    /// Brings it in line with a change of one parcel.
    pub fn replace(&mut self, before: Option<&Contribution>, after: Option<&Contribution>) {
        if before.is_some() && before.map(Standing::of) == after.map(Standing::of) {
            return;
        }
        if let Some(before) = before {
            self.change(before, false);
        }
        if let Some(after) = after {
            self.change(after, true);
        }
    }

    fn change(&mut self, own: &Contribution, add: bool) {
        let count = |counter: &mut u64| {
            // Only what was added is ever taken back.
            *counter = if add {
                *counter + 1
            } else {
                counter.saturating_sub(1)
            };
        };
        if own.is_queued()
            && let Some(received) = own.received_at
        {
            put(&mut self.received, own, received, add);
            keyed(&mut self.platforms, &own.platform, add);
            keyed(&mut self.modes, &own.mode, add);
        }
        match own.state {
            ParcelState::Waiting | ParcelState::Matched => {
                put(&mut self.incomplete, own, own.first_at, add);
                own.missing
                    .iter()
                    .for_each(|kind| count(&mut self.missing[kind as usize]));
            }
            ParcelState::Held => {
                count(&mut self.held_parcels);
                let reasons = own.reasons.holding().iter();
                reasons.for_each(|reason| count(&mut self.held[reason as usize]));
            }
            ParcelState::Released | ParcelState::Returned | ParcelState::Withdrawn => {}
        }
    }

    /// Received and not decided.
    pub fn len(&self) -> usize {
        self.received.values().map(BTreeSet::len).sum()
    }

    /// Whether everything that was received is decided.
    pub fn is_empty(&self) -> bool {
        self.received.is_empty()
    }

    /// When the oldest of those was received.
    pub fn oldest_at(&self) -> Option<Time> {
        let firsts = self.received.values().filter_map(BTreeSet::first);
        firsts.map(|first| first.0).min()
    }

    /// How many of them were received before a moment.
    pub fn received_before(&self, moment: Time) -> u64 {
        self.received.values().map(|since| before(since, moment)).sum()
    }

    /// Parcels that wait, for any of the four.
    pub fn incomplete(&self) -> usize {
        self.incomplete.values().map(BTreeSet::len).sum()
    }

    /// How many of them lack which.
    pub fn missing(&self) -> Vec<(DocumentKind, u64)> {
        let all = DocumentKind::ALL
            .iter()
            .map(|kind| (*kind, self.missing[*kind as usize]));
        all.filter(|(_, count)| *count > 0).collect()
    }

    /// Held, by reason.
    pub fn held(&self) -> Vec<(ParcelReason, u64)> {
        let all = ParcelReason::ALL
            .iter()
            .map(|reason| (*reason, self.held[*reason as usize]));
        all.filter(|(_, count)| *count > 0).collect()
    }

    /// All that are held.
    pub fn held_parcels(&self) -> u64 {
        self.held_parcels
    }

    /// Those received and not decided, of one platform.
    pub fn of_platform(&self, platform: &Option<SmolStr>) -> u64 {
        self.platforms.get(platform).copied().unwrap_or(0)
    }

    /// Those received and not decided, of one mode.
    pub fn of_mode(&self, mode: Option<ParcelMode>) -> u64 {
        self.modes.get(&mode).copied().unwrap_or(0)
    }

    /// Those received and not decided, of one park.
    pub fn of_park(&self, park: &Option<SmolStr>) -> u64 {
        self.received.get(park).map_or(0, |since| since.len() as u64)
    }

    /// What is open too long: received before `late_before`, or still incomplete with a first document before
    /// `incomplete_before`. By park.
    pub fn overdue(&self, late_before: Time, incomplete_before: Time) -> Vec<Overdue> {
        let parks: BTreeSet<&Option<SmolStr>> = self.received.keys().chain(self.incomplete.keys()).collect();
        let of_park = |park: &Option<SmolStr>| {
            let one = |all: &BTreeMap<Option<SmolStr>, Since>, moment: Time| {
                let since = all.get(park);
                let first = since.and_then(BTreeSet::first).map(|first| first.0);
                let count = since.map_or(0, |since| before(since, moment));
                (count, first.filter(|first| *first < moment))
            };
            let (late, oldest) = one(&self.received, late_before);
            let (incomplete, other) = one(&self.incomplete, incomplete_before);
            let oldest = oldest.into_iter().chain(other).min()?;
            Some(Overdue {
                park: park.clone(),
                late,
                incomplete,
                oldest,
            })
        };
        parks.into_iter().filter_map(of_park).collect()
    }
}

fn put(all: &mut BTreeMap<Option<SmolStr>, Since>, own: &Contribution, at: Time, add: bool) {
    let entry = (at, own.order.clone());
    if add {
        all.entry(own.park.clone()).or_default().insert(entry);
    } else if let Some(since) = all.get_mut(&own.park) {
        since.remove(&entry);
        if since.is_empty() {
            all.remove(&own.park);
        }
    }
}

fn keyed<K: Clone + Eq + std::hash::Hash>(counts: &mut FxHashMap<K, u64>, key: &K, add: bool) {
    if add {
        *counts.entry(key.clone()).or_default() += 1;
    } else if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// How many are open since before a moment; counted from the old end, of which there are few.
fn before(since: &Since, moment: Time) -> u64 {
    since.range(..(moment, SmolStr::default())).count() as u64
}
