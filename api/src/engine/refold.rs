//! Refolding: a container's stays afresh, what they added before taken back, what they add now added
//! (`design.md` rule 2).

use super::changes::{Change, Topic};
use super::container::{ContainerRecord, Digest, Standing, StayDigest, digest_of};
use super::judging::Round;
use super::site::{Around, Reported, SiteState};
use super::state::{State, StateError, day_term, voyage_term};
use super::surroundings::{instruction_awaited, plugs_awaited};
use super::yard::YardState;
use shared::alarm::judge::{Judgement, Sighting, judge, two_sites};
use shared::alarm::kept::Kept;
use shared::alarm::stands::{Stand, stands_of};
use shared::alarm::watched::Watched;
use shared::call::VoyageKey;
use shared::container::ContainerNumber;
use shared::event::Node;
use shared::figures::CellChange;
use shared::figures::contribution::contribution;
use shared::stay::fold::Held;
use shared::stay::{Mode, Status, Stay, StayFlag, fold};
use shared::time::Time;
use shared::wire::yard::YardChange;
use shared::yard::spell::spells_of;
use shared::yard::{SlotState, Spell};
use std::collections::{BTreeMap, BTreeSet};

/// What the events of a container add up to.
pub(super) struct Folded {
    /// Its stays.
    pub digest: Digest,
    /// Where they stand, and stood.
    pub stands: Vec<Stand>,
}

impl State {
    /// Hands out each stay of a container as alarm rules look at it, with its site.
    pub(super) fn each_watched(&self, record: &ContainerRecord, mut take: impl FnMut(usize, &Watched<'_>)) {
        self.each_stay(record, |index, stay, events| {
            take(index, &Watched::of(stay, events, self.around_of(index, stay)));
        });
    }

    /// Hands out each stay of a container with its site and the events that it was folded from.
    pub(crate) fn each_stay(
        &self,
        record: &ContainerRecord,
        mut take: impl FnMut(usize, &Stay, &[Held<'_>]),
    ) {
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
            for stay in &stays {
                take(index, stay, &sorted.actual);
            }
        }
    }

    /// Where a container stands, and stood.
    pub(super) fn stands_of(&self, record: &ContainerRecord) -> Vec<Stand> {
        let mut stands = Vec::new();
        self.each_watched(record, |index, watched| {
            stands.extend(stands_of(index, watched, &self.sites[index].rules));
        });
        stands
    }

    /// Folds a container's stays and judges each by itself, without changing anything.
    pub(super) fn fold(&self, record: &ContainerRecord) -> (Folded, Judgement) {
        let mut digest = Digest::default();
        let mut stands = Vec::new();
        let mut judgement = Judgement::default();
        let mut kept = Vec::new();
        self.each_stay(record, |index, stay, events| {
            let rules = &self.sites[index].rules;
            let watched = Watched::of(stay, events, self.around_of(index, stay));
            kept.push(Kept::of(index, &watched));
            digest.newest = watched
                .steps
                .iter()
                .map(|step| step.at)
                .max()
                .max(Some(digest.newest))
                .unwrap_or_default();
            let own = judge(&watched, rules, self.now);
            stands.extend(stands_of(index, &watched, rules));
            let alarm = own.occurrences.iter().any(|o| o.cleared_at.is_none());
            judgement.join(own);
            digest.stays.push(self.digest(index, stay, events, alarm));
        });
        if self.sites.len() > 1 && digest.stays.len() > 1 {
            self.judge_sites(record, &digest, &mut judgement);
        }
        digest.next_deadline = judgement.next_deadline;
        let lasts = kept.iter().map(|stay| stay.last().unwrap_or(Time(i64::MAX)));
        digest.last = lasts.max().unwrap_or(Time(i64::MIN));
        // A plain struct of numbers and texts always serialises.
        digest.kept = postcard::to_stdvec(&kept).unwrap_or_default().into();
        (Folded { digest, stands }, judgement)
    }

    /// A container that is at two of our sites at once.
    fn judge_sites(&self, record: &ContainerRecord, digest: &Digest, judgement: &mut Judgement) {
        let mut sightings: Vec<(usize, Sighting)> = Vec::new();
        self.each_stay(record, |index, stay, _| {
            let seen = stay
                .began_at
                .filter(|_| !stay.flags.contains(&StayFlag::PapersOnly));
            if let Some(began_at) = seen {
                let sighting = Sighting {
                    site: stay.site.clone(),
                    stay: stay.id.clone(),
                    began_at,
                    ended_at: stay.ended_at,
                    slot: stay.slot.as_ref().map(|placement| placement.slot.clone()),
                };
                sightings.push((index, sighting));
            }
        });
        let sites: BTreeSet<usize> = digest.stays.iter().map(|stay| stay.site).collect();
        if sites.len() < 2 {
            return;
        }
        self.each_watched(record, |index, watched| {
            let others = sightings.iter().filter(|(site, _)| *site != index);
            let elsewhere: Vec<Sighting> = others.map(|(_, sighting)| sighting.clone()).collect();
            judgement.join(two_sites(watched, &elsewhere, &self.sites[index].rules, self.now));
        });
    }

    fn digest(&self, index: usize, stay: &Stay, events: &[Held<'_>], alarm: bool) -> StayDigest {
        let site = &self.sites[index];
        let standing = stay.slot.as_ref().map(|placement| {
            let layout = &site.rules.newest().layout;
            let address = layout.pattern.read(&placement.slot);
            Standing {
                slot: placement.slot.clone(),
                index: address.and_then(|address| layout.index(&address)),
                since: placement.since,
                state: SlotState::of(stay.cargo, stay.status == Status::Released, stay.direction, alarm),
                half_teu: stay.half_teu(),
            }
        });
        let waits = stay.mode != Mode::Stacked && stay.ended_at.is_some() && site.site.stacking_reported;
        let stacking = stay
            .began_at
            .filter(|_| waits)
            .map(|began| (Reported::Stacking, began));
        let plugging = plugs_awaited(stay).map(|stacked| (Reported::PlugIn, stacked));
        let instruction = instruction_awaited(stay).map(|released| (Reported::Instruction, released));
        let days = stacking.into_iter().chain(plugging).chain(instruction);
        let days = days.map(|(what, at)| (what, site.day_of(at))).collect();
        let loaded = stay.voyage.as_ref().and_then(|voyage| {
            let load = stay.first(&[Node::Load])?;
            let key = VoyageKey::new(&stay.site, voyage);
            Some((voyage_term(&key, stay.vessel_imo.as_ref()), load.at))
        });
        let contribution = contribution(stay, &|at| site.hour(at));
        let spells = spells_of(stay, events);
        digest_of(stay, index, contribution, standing, days, loaded, spells)
    }

    /// Folds a container afresh and brings figures and surroundings in line with it. Its alarms and its place in the
    /// yard follow when the whole commit is folded.
    pub(super) fn refold(
        &mut self,
        container: &ContainerNumber,
        round: &mut Round,
    ) -> Result<(), StateError> {
        let entry = self.load(container)?;
        let record = std::sync::Arc::clone(&entry.record);
        let before = std::mem::take(&mut entry.digest);
        let (
            Folded {
                digest: mut after,
                stands,
            },
            judgement,
        ) = self.fold(&record);
        self.know(&before, &after);
        self.count(&before, &after);
        self.count_moves(&before, &after);
        self.declare(container, &before, &after)?;
        self.depend(container, &before, false);
        self.depend(container, &after, true);
        self.surround(container, &before, &after, stands, round)?;
        // The deadline follows with the alarms; until then the one that is kept is the one that is waited for.
        after.next_deadline = before.next_deadline;
        if let Some(entry) = self.containers.get_mut(container) {
            entry.digest = after;
        }
        round.add(container, self.line, before, judgement);
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

    /// Takes up the texts by which the stays are known from now on.
    fn know(&mut self, before: &Digest, after: &Digest) {
        for stay in &after.stays {
            let was = before.stays.iter().find(|was| was.id == stay.id);
            for (field, text) in stay.fields() {
                let known = was.is_some_and(|was| was.fields().any(|own| own == (field, text)));
                if !known {
                    self.search.add(field, text);
                }
            }
        }
    }

    /// Counts what was moved in the yard.
    fn count_moves(&mut self, before: &Digest, after: &Digest) {
        for (digest, step) in [(before, -1), (after, 1)] {
            let other = if step < 0 { after } else { before };
            for stay in &digest.stays {
                // Most of what changes about a stay leaves the places where it stood as they were.
                let same = |other: &&StayDigest| other.site == stay.site && other.spells == stay.spells;
                if stay.spells.is_empty()
                    || other
                        .stays
                        .iter()
                        .find(|other| other.id == stay.id)
                        .is_some_and(|o| same(&o))
                {
                    continue;
                }
                let SiteState { rules, course, .. } = &mut self.sites[stay.site];
                let block = |spell: &Spell| {
                    let address = rules.at(spell.since).layout.pattern.read(&spell.slot);
                    address.map(|address| address.block)
                };
                course.count(&stay.spells, block, step);
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
            let days = stay.depends_on_days.iter().map(|day| day_term(site, *day));
            for term in voyage.into_iter().chain(days) {
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
    pub(super) fn place(&mut self, container: &ContainerNumber, before: &Digest, changes: &mut Vec<Change>) {
        let standing = |digest: &Digest| -> Vec<(usize, smol_str::SmolStr, Standing)> {
            let stays = digest.stays.iter();
            stays
                .filter_map(|s| s.standing.clone().map(|at| (s.site, s.id.clone(), at)))
                .collect()
        };
        let Some(after) = self
            .containers
            .get(container)
            .map(|entry| standing(&entry.digest))
        else {
            return;
        };
        let before = standing(before);
        if before == after {
            return;
        }
        let mut messages: BTreeMap<usize, (Vec<String>, BTreeSet<usize>)> = BTreeMap::new();
        for (site, stay, at) in before.iter().filter(|at| !after.contains(at)) {
            self.sites[*site].yard.take(container, stay, at);
            if let Some(index) = at.index {
                let (gone, places) = messages.entry(*site).or_default();
                gone.push(at.slot.to_string());
                places.extend(index.places());
            }
        }
        for (site, stay, at) in after.iter().filter(|at| !before.contains(at)) {
            self.sites[*site].yard.put(container, stay, at);
            if let Some(index) = at.index {
                messages.entry(*site).or_default().1.extend(index.places());
            }
        }
        for (site, (gone, places)) in messages {
            let site = &self.sites[site];
            let message = YardChange {
                site: site.site.code.to_string(),
                placed: site.yard.showing(places),
                gone,
            };
            // A plain struct of texts and numbers always serialises.
            let json = serde_json::to_string(&message).unwrap_or_default();
            changes.push(Change {
                sequence: self.line,
                topic: Topic::Yard,
                of: site.site.code.clone(),
                json,
            });
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
