//! Checkpoints: what changed goes to the store beside the writer's work, so that a start needs only the lines behind it
//! and parcels that are done leave memory.

use super::entry::RulesEntry;
use super::keys::{Filter, ParcelId};
use super::state::{Held, State};
use super::store::{Checkpoint, Loaded, ParcelToWrite, Whole};
use crate::engine::store::StoreError;
use shared::parcels::course::Course;
use shared::parcels::{Contribution, ParcelCells, ParcelState};
use shared::time::{HOUR, Time};
use std::sync::Arc;

impl State {
    /// What changed since the last checkpoint.
    pub(super) fn checkpoint(&mut self) -> Checkpoint {
        let parcels = self.changed.iter().filter_map(|(id, changed)| {
            let held = self.parcels.get(id)?;
            Some(ParcelToWrite {
                id: *id,
                changed: *changed,
                parcel: Arc::clone(&held.parcel),
                open: !held.parcel.is_closed() && !held.parcel.is_empty(),
                listed: held.listed.clone(),
            })
        });
        let mut parcels: Vec<ParcelToWrite> = parcels.collect();
        parcels.sort_unstable_by_key(|own| own.id);
        let loose = std::mem::take(&mut self.changed_loose).into_iter();
        let loose = loose.map(|identity| {
            let versions = self.loose.get(&identity).cloned();
            (identity, versions)
        });
        let loose = loose.collect();
        let mut cells = Vec::new();
        let mut steps = Vec::new();
        for (index, site) in self.sites.iter_mut().enumerate() {
            for hour in std::mem::take(&mut site.changed_hours) {
                cells.push((index, hour, site.cells.of_hour(hour).cloned()));
            }
            for step in std::mem::take(&mut site.changed_steps) {
                steps.push((index, step, site.course.of_step(step)));
            }
        }
        let open = self
            .parcels
            .values()
            .filter(|held| !held.parcel.is_closed() && !held.parcel.is_empty());
        Checkpoint {
            sequence: self.sequence,
            wants_filter: self.filter.is_full(),
            whole: Whole {
                now: self.now,
                next: self.next,
                open: open.count() as u64,
                names: self.names.clone(),
                sites: self
                    .sites
                    .iter()
                    .map(|site| {
                        (
                            site.cells.names().clone(),
                            site.shares.clone(),
                            site.parties.clone(),
                        )
                    })
                    .collect(),
                // A plain struct of texts and numbers always serialises.
                rules: serde_json::to_string(&RulesEntry::of(&self.rules, self.key_proof))
                    .unwrap_or_default(),
            },
            parcels,
            keys: std::mem::take(&mut self.new_keys),
            years: self.years.take_changed(),
            loose,
            cells,
            steps,
        }
    }

    /// A checkpoint is in the store, and `filter` knows everything that is there, where it was made anew. Of the parcels
    /// that are done so many stay in memory; the others leave it bit by bit with [`State::tidy`].
    pub(super) fn checkpoint_written(&mut self, written: &Checkpoint, filter: Option<Filter>, cache: usize) {
        self.written_keys.extend(written.keys.iter().map(|(key, _)| *key));
        self.years.written(&mut self.filter);
        for own in &written.parcels {
            if self
                .changed
                .get(&own.id)
                .is_some_and(|changed| *changed <= written.sequence)
            {
                self.changed.remove(&own.id);
            }
        }
        self.choose_leaving(cache);
        if let Some(filter) = filter {
            self.filter = filter;
            self.written_keys.clear();
        }
    }

    /// Chooses which of the parcels that are done leave memory, so that so many stay.
    pub(super) fn choose_leaving(&mut self, cache: usize) {
        let over = self.parcels.iter().filter(|(id, _)| self.may_leave(**id));
        let mut over: Vec<_> = over.map(|(id, _)| *id).collect();
        // Those that came last are asked for most, and stay.
        over.sort_unstable_by(|a, b| b.cmp(a));
        self.leaving = over.split_off(over.len().min(cache));
        self.loaded = 0;
    }

    /// Whether a parcel is done and in the store as it is.
    fn may_leave(&self, id: ParcelId) -> bool {
        let done = |own: &Held| own.parcel.is_closed() || own.parcel.is_empty();
        self.parcels.get(&id).is_some_and(done) && !self.changed.contains_key(&id)
    }

    /// Puts keys into the filter, then lets parcels leave memory: a few at a time, so that nobody waits for many.
    pub(super) fn tidy(&mut self, most: usize) {
        let keys = self.written_keys.len();
        for key in self.written_keys.drain(keys.saturating_sub(10 * most)..) {
            self.filter.insert(key);
        }
        // Whatever leaves memory has to be found in the store.
        if !self.written_keys.is_empty() {
            return;
        }
        for _ in 0..most {
            let Some(id) = self.leaving.pop() else { return };
            if self.may_leave(id) {
                self.let_go(id);
            }
        }
    }

    /// Whether anything is to be tidied.
    pub(super) fn is_untidy(&self) -> bool {
        !self.written_keys.is_empty() || !self.leaving.is_empty()
    }

    /// Puts back what the store holds.
    pub(super) fn restore(&mut self, loaded: Loaded) -> Result<(), StoreError> {
        self.begin_line(loaded.sequence, loaded.whole.now);
        self.next = loaded.whole.next;
        self.names = loaded.whole.names;
        let rules: RulesEntry = serde_json::from_str(&loaded.whole.rules).map_err(|_| StoreError::Sum)?;
        self.rules = rules.rules();
        self.key_proof = rules.key_proof();
        self.filter = loaded.filter;
        let mut cells: Vec<Vec<_>> = self.sites.iter().map(|_| Vec::new()).collect();
        for (site, hour, of_hour) in loaded.cells {
            cells.get_mut(site).ok_or(StoreError::Sum)?.push((hour, of_hour));
        }
        let mut steps: Vec<Vec<_>> = self.sites.iter().map(|_| Vec::new()).collect();
        for (site, step, released) in loaded.steps {
            steps.get_mut(site).ok_or(StoreError::Sum)?.push((step, released));
        }
        if loaded.whole.sites.len() != self.sites.len() {
            return Err(StoreError::Missing);
        }
        let kept = loaded.whole.sites.into_iter().zip(cells).zip(steps);
        for (site, (((names, shares, parties), cells), steps)) in self.sites.iter_mut().zip(kept) {
            site.cells = ParcelCells::from_hours(names, cells);
            site.course = Course::from_steps(steps);
            site.shares = shares;
            site.parties = parties;
        }
        for versions in loaded.loose {
            self.loose.insert(versions.identity().clone(), versions);
        }
        for (id, changed, parcel) in loaded.open {
            if let Some(own) = Contribution::of(&parcel)
                && let Some(site) = self.site_index(&own.site)
            {
                self.sites[site].queue.replace(None, Some(&own));
            }
            self.hold(id, changed, parcel);
        }
        let now = self.now;
        for place in 0..self.sites.len() {
            self.sites[place].turn(now);
            let since = self.sites[place].pace.begins().plus(-HOUR);
            for at in self.store.released_since(place, since)? {
                self.sites[place].pace.replace(None, Some(&released(at)));
            }
        }
        Ok(())
    }
}

/// A parcel of which nothing matters but when it was released.
fn released(at: Time) -> Contribution {
    Contribution {
        order: Default::default(),
        site: Default::default(),
        platform: None,
        mode: None,
        park: None,
        state: ParcelState::Released,
        reasons: Default::default(),
        was_held: Default::default(),
        missing: Default::default(),
        value: Default::default(),
        first_at: at,
        received_at: Some(at),
        decided_at: Some(at),
        seconds: Some(0),
        judged_at: None,
        sources: Vec::new(),
    }
}
