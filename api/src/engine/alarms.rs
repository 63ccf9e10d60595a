//! All alarms, newest first, and those of each container.

use super::active::{ActiveAlarms, AlarmStep};
use rustc_hash::{FxHashMap, FxHashSet};
use shared::alarm::Priority;
use shared::alarm::lifecycle::AlarmRecord;
use shared::container::ContainerNumber;
use shared::time::{MINUTE, Time};
use shared::wire::replay::AlarmCounts;
use smol_str::SmolStr;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All alarms.
#[derive(Debug, Default)]
pub struct AlarmIndex {
    newest: BTreeMap<(Reverse<Time>, SmolStr), Arc<AlarmRecord>>,
    raised: FxHashMap<SmolStr, Time>,
    of_container: FxHashMap<ContainerNumber, Vec<SmolStr>>,
    shelves: BTreeSet<(Time, SmolStr)>,
    /// By site: how many are in the open list, and how many of them are high.
    open: FxHashMap<SmolStr, (u64, u64)>,
    /// How many were raised in each quarter of an hour at each site, of those that are not withdrawn: no zone divides
    /// one.
    raised_in: BTreeMap<(SmolStr, i64), u64>,
    active: ActiveAlarms,
    changed: FxHashSet<SmolStr>,
}

impl AlarmIndex {
    /// An alarm by its address.
    pub fn get(&self, id: &str) -> Option<&Arc<AlarmRecord>> {
        let (id, raised) = self.raised.get_key_value(id)?;
        self.newest.get(&(Reverse(*raised), id.clone()))
    }

    /// All alarms, newest `raised_at` first, then by id, behind a cursor.
    pub fn newest(&self, behind: Option<(Time, SmolStr)>) -> impl Iterator<Item = &Arc<AlarmRecord>> {
        use std::ops::Bound;
        let from = match behind {
            Some((raised, id)) => Bound::Excluded((Reverse(raised), id)),
            None => Bound::Unbounded,
        };
        self.newest
            .range((from, Bound::Unbounded))
            .map(|(_, record)| record)
    }

    /// Those raised in a period, newest first, behind a place.
    pub fn raised_between(
        &self,
        behind: Option<(Time, SmolStr)>,
        (from, to): (Option<Time>, Option<Time>),
    ) -> impl Iterator<Item = &Arc<AlarmRecord>> {
        use std::ops::Bound;
        let behind = behind.map(|(raised, id)| (Reverse(raised), id));
        // What was raised at the end of the period or later comes first, and is left out.
        let latest = to.map(|to| (Reverse(Time(to.0 - 1)), SmolStr::default()));
        let first = match (behind, latest) {
            (Some(behind), Some(latest)) if latest > behind => Bound::Included(latest),
            (Some(behind), _) => Bound::Excluded(behind),
            (None, Some(latest)) => Bound::Included(latest),
            (None, None) => Bound::Unbounded,
        };
        let last = match from {
            Some(from) => Bound::Excluded((Reverse(Time(from.0 - 1)), SmolStr::default())),
            None => Bound::Unbounded,
        };
        let empty = matches!((&first, &last), (Bound::Included(a) | Bound::Excluded(a), Bound::Excluded(b)) if a >= b);
        let all = (!empty).then(|| self.newest.range((first, last)));
        all.into_iter().flatten().map(|(_, record)| record)
    }

    /// The alarms of a container.
    pub fn of(&self, container: &ContainerNumber) -> impl Iterator<Item = &Arc<AlarmRecord>> {
        self.of_container
            .get(container)
            .into_iter()
            .flatten()
            .filter_map(|id| self.get(id))
    }

    /// Whether a container has any.
    pub fn has_any(&self, container: &ContainerNumber) -> bool {
        self.of_container.contains_key(container)
    }

    /// Puts an alarm in, in place of what it was.
    pub fn put(&mut self, record: AlarmRecord) -> Arc<AlarmRecord> {
        let id = record.occurrence.id.clone();
        self.take(&id);
        let record = Arc::new(record);
        let raised = record.occurrence.raised_at;
        if let Some(container) = &record.occurrence.about.container {
            let ids = self.of_container.entry(container.clone()).or_default();
            if !ids.contains(&id) {
                ids.push(id.clone());
            }
        }
        if let Some(until) = record.shelved_until {
            self.shelves.insert((until, id.clone()));
        }
        self.count(&record, true);
        self.raised.insert(id.clone(), raised);
        self.changed.insert(id.clone());
        self.newest.insert((Reverse(raised), id), Arc::clone(&record));
        record
    }

    fn take(&mut self, id: &SmolStr) {
        let Some(raised) = self.raised.remove(id) else {
            return;
        };
        if let Some(before) = self.newest.remove(&(Reverse(raised), id.clone())) {
            self.count(&before, false);
            if let Some(until) = before.shelved_until {
                self.shelves.remove(&(until, id.clone()));
            }
        }
    }

    fn count(&mut self, record: &AlarmRecord, up: bool) {
        self.active.count(record, up);
        if record.is_open() {
            let high = u64::from(record.occurrence.priority == Priority::High);
            let site = &record.occurrence.about.site;
            let (open, open_high) = self.open.entry(site.clone()).or_default();
            (*open, *open_high) = match up {
                true => (*open + 1, *open_high + high),
                false => (open.saturating_sub(1), open_high.saturating_sub(high)),
            };
        }
        if record.withdrawn_at.is_none() {
            let occurrence = &record.occurrence;
            let key = (occurrence.about.site.clone(), quarter(occurrence.raised_at));
            let raised = self.raised_in.entry(key).or_default();
            *raised = if up { *raised + 1 } else { raised.saturating_sub(1) };
        }
    }

    /// Alarms in the open list, and how many of them are high.
    pub fn open(&self) -> (u64, u64) {
        let all = self.open.values();
        all.fold((0, 0), |sums, of_site| (sums.0 + of_site.0, sums.1 + of_site.1))
    }

    /// The same of one site.
    pub fn open_of(&self, site: &SmolStr) -> (u64, u64) {
        self.open.get(site).copied().unwrap_or_default()
    }

    /// How many were raised at a site from one moment to before another, both at the beginning of an hour, and are not
    /// withdrawn.
    pub fn raised(&self, site: &SmolStr, from: Time, to: Time) -> u64 {
        let range = (site.clone(), quarter(from))..(site.clone(), quarter(to).max(quarter(from)));
        self.raised_in.range(range).map(|(_, count)| count).sum()
    }

    /// The times in which an alarm of a stay was active.
    pub fn times_of(&self, container: &ContainerNumber, stay: &str) -> Vec<(Time, Option<Time>)> {
        let of_stay = self.of(container).filter(|record| {
            record.withdrawn_at.is_none() && record.occurrence.about.stay.as_deref() == Some(stay)
        });
        of_stay
            .map(|record| (record.occurrence.raised_at, record.occurrence.cleared_at))
            .collect()
    }

    /// The alarms of a site that were active at a moment, by stay.
    pub fn active_at(&self, site: &SmolStr, at: Time) -> FxHashMap<SmolStr, Vec<SmolStr>> {
        let mut found: FxHashMap<SmolStr, Vec<SmolStr>> = FxHashMap::default();
        for id in self.active.at(site, at) {
            let stay = self
                .get(&id)
                .and_then(|record| record.occurrence.about.stay.clone());
            if let Some(stay) = stay {
                found.entry(stay).or_default().push(id);
            }
        }
        found
    }

    /// How many alarms of a site were active at a moment.
    pub fn counts_at(&self, site: &SmolStr, at: Time) -> AlarmCounts {
        self.active.counts_at(site, at)
    }

    /// What began and ceased to be active at a site behind a moment and up to another, in order.
    pub fn steps(&self, site: &SmolStr, from: Time, to: Time) -> Vec<AlarmStep> {
        self.active.steps(site, from, to)
    }

    /// How many were active at the end of each of some buckets.
    pub fn course(&self, site: &SmolStr, ends: &[Time]) -> Vec<AlarmCounts> {
        self.active.course(site, ends)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.newest.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.newest.is_empty()
    }

    /// The next end of shelving.
    pub fn next_shelf(&self) -> Option<&(Time, SmolStr)> {
        self.shelves.first()
    }

    /// Those that changed since the last call, for a checkpoint.
    pub fn take_changed(&mut self) -> Vec<Arc<AlarmRecord>> {
        let changed = std::mem::take(&mut self.changed);
        changed.iter().filter_map(|id| self.get(id).cloned()).collect()
    }
}

fn quarter(at: Time) -> i64 {
    at.0.div_euclid(15 * MINUTE)
}
