//! Refolding: a container's stays afresh, what they added before taken back, what they add now added
//! (`design.md` rule 2).

use super::changes::{Change, Topic};
use super::container::{ContainerRecord, Digest, Standing, StayDigest, digest_of};
use super::site::Around;
use super::state::{State, StateError, day_term, voyage_term};
use super::yard::YardState;
use shared::alarm::judge::{Occurrence, judge};
use shared::alarm::lifecycle::{AlarmRecord, reconcile};
use shared::call::VoyageKey;
use shared::container::ContainerNumber;
use shared::figures::CellChange;
use shared::figures::contribution::contribution;
use shared::stay::{Mode, Status, Stay, fold};
use shared::wire::yard::{Placed, YardChange};
use shared::yard::SlotState;
use std::collections::BTreeMap;

impl State {
    /// Folds a container's stays, without changing anything.
    pub(super) fn fold(&self, record: &ContainerRecord) -> (Digest, Vec<Occurrence>) {
        let mut digest = Digest::default();
        let mut occurrences = Vec::new();
        for (index, site) in self.sites.iter().enumerate() {
            let sorted = record.at_site(&site.site.code);
            if sorted.actual.is_empty() {
                continue;
            }
            let around = Around {
                state: site,
                calls: &self.calls,
            };
            let stays = fold(
                &site.site.code,
                &record.number,
                &sorted.actual,
                &sorted.expected,
                &around,
            );
            for stay in stays {
                let judgement = judge(&stay, &sorted.actual, &site.rules, self.now);
                let alarm = judgement.occurrences.iter().any(|o| o.cleared_at.is_none());
                digest.next_deadline = match (digest.next_deadline, judgement.next_deadline) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                occurrences.extend(judgement.occurrences);
                digest.stays.push(self.digest(index, &stay, alarm));
            }
        }
        (digest, occurrences)
    }

    fn digest(&self, index: usize, stay: &Stay, alarm: bool) -> StayDigest {
        let site = &self.sites[index];
        let standing = stay.slot.as_ref().map(|placement| {
            let layout = &site.rules.newest().layout;
            let address = layout.pattern.read(&placement.slot);
            Standing {
                slot: placement.slot.clone(),
                index: address.and_then(|address| layout.index(&address)),
                since: placement.since,
                state: SlotState::of(stay.cargo, stay.status == Status::Released, stay.direction, alarm),
            }
        });
        let waits = stay.mode != Mode::Stacked && stay.ended_at.is_some() && site.site.stacking_reported;
        let depends_on_day = stay.began_at.filter(|_| waits).map(|began| site.day_of(began));
        let contribution = contribution(stay, &|at| site.hour(at));
        digest_of(stay, index, contribution, standing, depends_on_day)
    }

    /// Folds a container afresh and brings everything in line with it.
    pub(super) fn refold(
        &mut self,
        container: &ContainerNumber,
        changes: &mut Vec<Change>,
    ) -> Result<(), StateError> {
        let entry = self.load(container)?;
        let record = std::sync::Arc::clone(&entry.record);
        let before = std::mem::take(&mut entry.digest);
        let (after, occurrences) = self.fold(&record);
        self.count(&before, &after);
        self.declare(container, &before, &after)?;
        self.depend(container, &before, false);
        self.depend(container, &after, true);
        if before.next_deadline != after.next_deadline {
            if let Some(at) = before.next_deadline {
                self.deadlines.remove(&(at, container.clone()));
            }
            if let Some(at) = after.next_deadline {
                self.deadlines.insert((at, container.clone()));
            }
        }
        self.place(container, &before, &after, changes);
        self.judge(container, occurrences, changes);
        if let Some(entry) = self.containers.get_mut(container) {
            entry.digest = after;
        }
        Ok(())
    }

    fn count(&mut self, before: &Digest, after: &Digest) {
        let same =
            before.stays.len() == after.stays.len()
                && before.stays.iter().zip(&after.stays).all(|(a, b)| {
                    a.contribution == b.contribution && a.site == b.site && a.status == b.status
                });
        if same {
            return;
        }
        self.figures_changed = true;
        for index in 0..self.sites.len() {
            let changes = |digest: &Digest| -> Vec<CellChange> {
                let stays = digest.stays.iter().filter(|stay| stay.site == index);
                stays
                    .flat_map(|stay| stay.contribution.changes.iter().copied())
                    .collect()
            };
            self.sites[index].recount(&changes(before), &changes(after));
        }
        for (digest, add) in [(before, false), (after, true)] {
            for stay in &digest.stays {
                let site = &mut self.sites[stay.site];
                if matches!(stay.status, Status::InYard | Status::Released) {
                    site.boxes = if add {
                        site.boxes + 1
                    } else {
                        site.boxes.saturating_sub(1)
                    };
                }
            }
        }
    }

    /// Notes, or forgets, on which voyages and days a container's stays depend.
    pub(super) fn depend(&mut self, container: &ContainerNumber, digest: &Digest, add: bool) {
        for stay in &digest.stays {
            let site = &self.sites[stay.site].site.code;
            let voyage = stay
                .voyage
                .as_ref()
                .map(|voyage| voyage_term(&VoyageKey::new(site, voyage), stay.vessel_imo.as_ref()));
            let day = stay.depends_on_day.map(|day| day_term(site, day));
            for term in voyage.into_iter().chain(day) {
                if add {
                    self.dependents.entry(term).or_default().insert(container.clone());
                } else if let Some(dependents) = self.dependents.get_mut(&term) {
                    dependents.remove(container);
                    if dependents.is_empty() {
                        self.dependents.remove(&term);
                    }
                }
            }
        }
    }

    /// Moves the container's boxes in the yard, and says what changed there.
    fn place(
        &mut self,
        container: &ContainerNumber,
        before: &Digest,
        after: &Digest,
        changes: &mut Vec<Change>,
    ) {
        let standing = |digest: &Digest| -> Vec<(usize, smol_str::SmolStr, Standing)> {
            let stays = digest.stays.iter();
            stays
                .filter_map(|s| s.standing.clone().map(|at| (s.site, s.id.clone(), at)))
                .collect()
        };
        let (before, after) = (standing(before), standing(after));
        if before == after {
            return;
        }
        let mut messages: BTreeMap<usize, YardChange> = BTreeMap::new();
        for (site, stay, at) in before.iter().filter(|at| !after.contains(at)) {
            let yard = &mut self.sites[*site].yard;
            yard.take(container, stay, at);
            let message = messages.entry(*site).or_default();
            let Some(index) = at.index else { continue };
            message.gone.push(at.slot.to_string());
            for place in [Some(index.near), index.far].into_iter().flatten() {
                message.placed.extend(shown(yard, place));
            }
        }
        for (site, stay, at) in after.iter().filter(|at| !before.contains(at)) {
            let yard = &mut self.sites[*site].yard;
            yard.put(container, stay, at);
            if let Some(index) = at.index {
                let message = messages.entry(*site).or_default();
                for place in [Some(index.near), index.far].into_iter().flatten() {
                    message.placed.extend(shown(yard, place));
                }
            }
        }
        for (site, mut message) in messages {
            message.site = self.sites[site].site.code.to_string();
            let mut told = std::collections::BTreeSet::new();
            message
                .placed
                .retain(|placed| told.insert((placed.slot.clone(), placed.container.clone())));
            if message.gone.is_empty() && message.placed.is_empty() {
                continue;
            }
            // A plain struct of texts and numbers always serialises.
            let json = serde_json::to_string(&message).unwrap_or_default();
            changes.push(Change {
                sequence: self.line,
                topic: Topic::Yard,
                json,
            });
        }
    }

    fn judge(
        &mut self,
        container: &ContainerNumber,
        occurrences: Vec<Occurrence>,
        changes: &mut Vec<Change>,
    ) {
        if occurrences.is_empty() && !self.alarms.has_any(container) {
            return;
        }
        let mut records: Vec<AlarmRecord> = self
            .alarms
            .of(container)
            .map(|record| (**record).clone())
            .collect();
        let changed = reconcile(&mut records, occurrences, self.now, self.line);
        for record in records {
            if changed.contains(&record.occurrence.id) {
                self.put_alarm(record, changes);
            }
        }
    }

    /// Lays a site's yard out anew, after its layout changed.
    pub(super) fn lay_out_yard(&mut self, index: usize) {
        let layout = std::sync::Arc::clone(&self.sites[index].rules.newest().layout);
        let mut yard = YardState::new(layout.slots());
        for (container, entry) in &mut self.containers {
            for stay in entry.digest.stays.iter_mut().filter(|stay| stay.site == index) {
                if let Some(standing) = &mut stay.standing {
                    standing.index = layout
                        .pattern
                        .read(&standing.slot)
                        .and_then(|at| layout.index(&at));
                    yard.put(container, &stay.id, standing);
                }
            }
        }
        self.sites[index].yard = yard;
    }
}

/// The box that is shown on a place, as it travels. Its state byte is that of its own near half.
fn shown(yard: &YardState, place: usize) -> Option<Placed> {
    yard.shown(place).map(|occupant| Placed {
        container: occupant.container.to_string(),
        stay: occupant.stay.to_string(),
        slot: occupant.slot.to_string(),
        state: occupant.state.0 & !SlotState::FAR_HALF,
    })
}
