//! Judging what a commit folded: each container by itself and by those around it, once all of the commit is folded, so
//! that no alarm rings between two events of one message. Then its alarms are brought in line.

use super::changes::Change;
use super::container::Digest;
use super::state::{State, StateError};
use rustc_hash::FxHashMap;
use shared::alarm::judge::Judgement;
use shared::alarm::lifecycle::{AlarmRecord, reconcile, set_aside};
use shared::alarm::neighbours::{judge_among, look_around};
use shared::container::ContainerNumber;
use shared::time::Time;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So many things are shared out among the processors; of fewer the sharing costs more than it brings.
const WORTH_SHARING: usize = 512;

/// Does the same with each of many things, on every processor, and answers in their order.
pub(super) fn in_parallel<T: Sync, R: Send>(all: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    if threads == 1 || all.len() < WORTH_SHARING {
        return all.iter().map(each).collect();
    }
    let each = &each;
    std::thread::scope(|scope| {
        let shares: Vec<_> = all
            .chunks(all.len().div_ceil(threads))
            .map(|share| scope.spawn(move || share.iter().map(each).collect::<Vec<R>>()))
            .collect();
        let done = shares.into_iter().map(std::thread::ScopedJoinHandle::join);
        done.flat_map(|share| share.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// What one commit folded.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// Containers that were folded.
    folded: BTreeMap<ContainerNumber, Folded>,
    /// Others, or the same, whose alarms may have changed because of them.
    around: BTreeMap<ContainerNumber, u64>,
}

#[derive(Debug)]
struct Folded {
    /// The line to which what changes belongs.
    line: u64,
    /// What its stays were before.
    before: Digest,
    /// What its stays say by themselves.
    judgement: Judgement,
}

impl Round {
    /// A container was folded.
    pub fn add(&mut self, container: &ContainerNumber, line: u64, before: Digest, judgement: Judgement) {
        let folded = Folded {
            line,
            before,
            judgement,
        };
        self.folded.insert(container.clone(), folded);
    }

    /// The alarms of a container may have changed because of another one, or because time has passed.
    pub fn concern(&mut self, container: ContainerNumber, line: u64) {
        self.around.insert(container, line);
    }
}

impl State {
    /// Judges everything that a commit folded, and those around it.
    pub(super) fn judge_round(
        &mut self,
        mut round: Round,
        changes: &mut Vec<Change>,
    ) -> Result<(), StateError> {
        let mut records = Vec::with_capacity(round.around.len());
        for (container, line) in std::mem::take(&mut round.around) {
            let record = Arc::clone(&self.load(&container)?.record);
            records.push((container, line, record));
        }
        let state = &*self;
        let judged = in_parallel(&records, |(_, _, record)| {
            let (folded, judgement) = state.fold(record);
            (folded.digest.kept, judgement)
        });
        for ((container, line, _), (kept, judgement)) in records.into_iter().zip(judged) {
            let Some(entry) = self.containers.get_mut(&container) else {
                continue;
            };
            let before = entry.digest.clone();
            if kept != before.kept {
                // What rules are tried on holds what is around it, too.
                self.changed.insert(container.clone(), self.sequence);
                entry.digest.kept = kept;
            }
            match round.folded.get_mut(&container) {
                Some(folded) => folded.judgement = judgement,
                None => round.add(&container, line, before, judgement),
            }
        }
        for (container, folded) in round.folded {
            self.line = folded.line;
            let mut judgement = folded.judgement;
            judgement.join(self.judge_among(&container));
            self.set_deadline(&container, judgement.next_deadline);
            self.mark_alarms(&container, &judgement);
            self.place(&container, &folded.before, changes);
            self.ring(&container, judgement);
        }
        Ok(())
    }

    /// Judges a container by those around it.
    pub(super) fn judge_among(&self, container: &ContainerNumber) -> Judgement {
        let mut judgement = Judgement::default();
        let Some(stands) = self.stands.of(container) else {
            return judgement;
        };
        let mut troubles = Vec::new();
        let mut stays = BTreeSet::new();
        for stand in stands {
            let is_first = stays.insert(&stand.stay);
            let trouble = look_around(
                stand,
                is_first,
                &self.sites[stand.site].rules,
                &self.around_stands(),
            );
            if !trouble.is_none() {
                troubles.push((stand.clone(), trouble));
            }
        }
        let Some(entry) = self.containers.get(container).filter(|_| !troubles.is_empty()) else {
            return judgement;
        };
        self.each_watched(&entry.record, |site, watched| {
            let own: Vec<_> = troubles
                .iter()
                .filter(|(stand, _)| stand.stay == *watched.id)
                .cloned()
                .collect();
            if !own.is_empty() {
                judgement.join(judge_among(watched, &own, &self.sites[site].rules, self.now));
            }
        });
        judgement
    }

    /// When passing time alone next changes the alarms of a container.
    pub(super) fn set_deadline(&mut self, container: &ContainerNumber, next: Option<Time>) {
        let Some(entry) = self.containers.get_mut(container) else {
            return;
        };
        let before = std::mem::replace(&mut entry.digest.next_deadline, next);
        if before != next {
            if let Some(at) = before {
                self.deadlines.remove(&(at, container.clone()));
            }
            if let Some(at) = next {
                self.deadlines.insert((at, container.clone()));
            }
        }
    }

    /// Marks the boxes of a container on which an alarm is active.
    fn mark_alarms(&mut self, container: &ContainerNumber, judgement: &Judgement) {
        let Some(entry) = self.containers.get_mut(container) else {
            return;
        };
        for stay in &mut entry.digest.stays {
            if let Some(standing) = &mut stay.standing {
                let active = judgement.occurrences.iter().any(|occurrence| {
                    occurrence.cleared_at.is_none() && occurrence.about.stay.as_ref() == Some(&stay.id)
                });
                standing.state = standing.state.with_alarm(active);
            }
        }
    }

    /// Brings the alarms of a container in line with what was judged.
    fn ring(&mut self, container: &ContainerNumber, judgement: Judgement) {
        if judgement.occurrences.is_empty() && !self.alarms.has_any(container) {
            return;
        }
        let records: Vec<AlarmRecord> = self
            .alarms
            .of(container)
            .map(|record| (**record).clone())
            .collect();
        if self.reconcile(records, judgement) {
            // The store says of each place where the box stood whether an alarm was active there.
            self.changed.insert(container.clone(), self.sequence);
        }
    }

    /// Brings records in line with what was judged of them. Answers whether that changed any.
    pub(super) fn reconcile(&mut self, mut records: Vec<AlarmRecord>, judgement: Judgement) -> bool {
        let mut changed = reconcile(&mut records, judgement.occurrences, self.now, self.line);
        changed.extend(self.put_aside(&mut records));
        let any = !changed.is_empty();
        for place in changed {
            self.put_alarm(records[place].clone());
        }
        any
    }

    /// Sets aside what is suppressed or out of service. Answers the places of those that changed.
    fn put_aside(&self, records: &mut [AlarmRecord]) -> BTreeSet<usize> {
        let rules_of = |site: &SmolStr| self.site(site).map(|site| Arc::clone(&site.rules.newest().rules));
        set_aside(records, rules_of, self.now, self.line)
    }

    /// Looks at every alarm anew after rules changed: what is suppressed, and what is out of service.
    pub(super) fn put_all_aside(&mut self) {
        let mut together: FxHashMap<Option<ContainerNumber>, Vec<AlarmRecord>> = FxHashMap::default();
        for record in self.alarms.newest(None) {
            let container = record.occurrence.about.container.clone();
            together.entry(container).or_default().push((**record).clone());
        }
        let mut changed: Vec<AlarmRecord> = Vec::new();
        for records in together.values_mut() {
            for place in self.put_aside(records) {
                changed.push(records[place].clone());
            }
        }
        changed.sort_by(|a, b| a.occurrence.id.cmp(&b.occurrence.id));
        for record in changed {
            self.put_alarm(record);
        }
    }
}
