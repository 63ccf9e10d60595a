//! Checkpoints: what changed goes to the store beside the engine's work, so that a start needs only the lines
//! behind it and containers that are done leave memory.

use super::changes::{ChangeLog, Message};
use super::container::{Digest, Entry, StayDigest};
use super::course::Course;
use super::identity::Fingerprint;
use super::refold::Folded;
use super::regimes::RegimeError;
use super::state::{State, day_term, voyage_term};
use super::store::{Checkpoint, ContainerToWrite, Loaded, StayRow, StaySpells, StoreError, Whole};
use super::surroundings::stand_term;
use shared::alarm::stands::Stand;
use shared::call::VoyageKey;
use shared::container::ContainerNumber;
use shared::figures::Cells;
use shared::stay::Status;
use shared::time::DAY;
use shared::yard::spell::with_alarms;
use smol_str::{SmolStr, format_smolstr};
use std::sync::Arc;

/// Above so many containers in memory, those that are done leave it.
const CONTAINERS_IN_MEMORY: usize = 70_000;

/// The term under which a text of a field is found.
pub fn search_term(field: char, text: &str) -> SmolStr {
    format_smolstr!("{field}:{}", text.to_uppercase())
}

impl State {
    /// What changed since the last checkpoint.
    pub(super) fn checkpoint(&mut self, log: &ChangeLog, last: u64) -> Checkpoint {
        let containers = self
            .changed
            .keys()
            .filter_map(|container| self.containers.get(container))
            .map(|entry| self.to_write(entry))
            .collect();
        let loose = std::mem::take(&mut self.changed_loose)
            .into_iter()
            .map(|fingerprint| (fingerprint, self.loose.get(&fingerprint).cloned()))
            .collect();
        let cells = self
            .sites
            .iter_mut()
            .enumerate()
            .flat_map(|(index, site)| {
                let hours = std::mem::take(&mut site.changed_hours);
                let cells = &site.cells;
                hours
                    .into_iter()
                    .map(move |hour| (index, hour.minute, cells.of_hour(hour.minute).cloned()))
            })
            .collect();
        let course = self.sites.iter_mut().enumerate().flat_map(|(index, site)| {
            let changed = site.course.take_changed().into_iter();
            changed.map(move |(hour, of_hour)| (index, hour, of_hour))
        });
        let course = course.collect();
        let problems = std::mem::take(&mut self.changed_problems)
            .into_iter()
            .filter_map(|sequence| Some((sequence, self.problems.get(&sequence)?.clone())))
            .collect();
        let messages: Vec<Message> = log.behind(last).cloned().collect();
        Checkpoint {
            sequence: self.sequence,
            whole: Whole {
                now: self.now,
                calls: self.calls.clone(),
                reported_days: self.sites.iter().map(|site| site.reported_days.clone()).collect(),
                course_blocks: self
                    .sites
                    .iter()
                    .map(|site| site.course.blocks().to_vec())
                    .collect(),
                counts: self.counts(),
                sources: self.sources.clone(),
                conditions: self.conditions.clone().into_iter().collect(),
                // Plain structs of texts and numbers always serialise.
                regimes: serde_json::to_string(&self.regimes).unwrap_or_default(),
            },
            containers,
            identities: self.recent.freeze(),
            loose,
            cells,
            course,
            declarations: self.declarations.to_write(),
            alarms: self.alarms.take_changed(),
            problems,
            messages,
            forgotten: log.forgotten(),
        }
    }

    /// How many containers are open, and alarms and problems there are. Whatever is open is in memory.
    fn counts(&self) -> [u64; 3] {
        let open = self.containers.values().filter(|entry| entry.digest.is_open());
        [open.count(), self.alarms.len(), self.problems.len()].map(|count| count as u64)
    }

    fn to_write(&self, entry: &Entry) -> ContainerToWrite {
        let mut terms = Vec::new();
        let mut rows = Vec::with_capacity(entry.digest.stays.len());
        for stay in &entry.digest.stays {
            let site = &self.sites[stay.site].site.code;
            rows.push(StayRow::of(stay));
            if let Some(voyage) = &stay.voyage {
                terms.push(voyage_term(
                    &VoyageKey::new(site, voyage),
                    stay.vessel_imo.as_ref(),
                ));
                terms.push(search_term('v', voyage));
            }
            terms.extend(stay.depends_on_days.iter().map(|day| day_term(site, *day)));
            terms.extend(stay.bill_of_lading.as_ref().map(|bill| search_term('b', bill)));
            terms.extend(stay.vessel_name.as_ref().map(|name| search_term('n', name)));
            terms.extend(stay.vessel_imo.as_ref().map(|imo| search_term('i', imo)));
            terms.extend(
                stay.declarations
                    .iter()
                    .map(|declaration| search_term('d', declaration)),
            );
        }
        if let Some(stands) = self.stands.of(&entry.record.number) {
            terms.extend(stands.iter().flat_map(Stand::keys).map(|key| stand_term(&key)));
        }
        ContainerToWrite {
            record: Arc::clone(&entry.record),
            kept: (Arc::clone(&entry.digest.kept), entry.digest.last),
            open: entry.digest.is_open(),
            rows,
            spells: self.spells_of(&entry.record.number, &entry.digest.stays),
            terms,
        }
    }

    /// Where the stays of a container stood, with their alarms.
    pub(super) fn spells_of(&self, container: &ContainerNumber, stays: &[StayDigest]) -> Vec<StaySpells> {
        let stood = stays.iter().filter(|stay| !stay.spells.is_empty());
        stood
            .map(|stay| StaySpells {
                site: stay.site,
                stay: stay.id.clone(),
                size_type: stay.size_type.clone(),
                direction: stay.direction,
                spells: with_alarms(stay.spells.clone(), &self.alarms.times_of(container, &stay.id)),
            })
            .collect()
    }

    /// A checkpoint is in the store.
    pub(super) fn checkpoint_written(&mut self, written: &Checkpoint) -> Result<(), StoreError> {
        for fingerprint in written.identities.keys() {
            self.filter.insert(*fingerprint);
        }
        for container in &written.containers {
            self.filter
                .insert(Fingerprint::of_container(container.record.number.as_str()));
        }
        for (term, _) in written
            .containers
            .iter()
            .flat_map(|c| &c.rows)
            .filter_map(|row| row.loaded.as_ref())
        {
            let voyage = Fingerprint::of_voyage(term);
            if !self.filter.may_contain(voyage) {
                self.filter.insert(voyage);
            }
        }
        for ((site, number), _) in &written.declarations {
            self.filter.insert(Fingerprint::of_declaration(*site, number));
        }
        self.recent.written();
        self.declarations.written(written.sequence);
        self.changed.retain(|_, changed| *changed > written.sequence);
        self.forget_stands();
        if self.containers.len() > CONTAINERS_IN_MEMORY {
            let done: Vec<ContainerNumber> = self
                .containers
                .iter()
                .filter(|(number, entry)| {
                    let over = !entry.digest.is_open() && entry.digest.newest < self.now;
                    over && !self.changed.contains_key(*number)
                })
                .map(|(number, _)| number.clone())
                .collect();
            for number in done {
                if let Some(entry) = self.containers.remove(&number) {
                    self.depend(&number, &entry.digest, false);
                    for (term, at) in entry.digest.stays.iter().filter_map(|stay| stay.loaded.clone()) {
                        self.loads.remove(&(term, at, number.clone()));
                    }
                }
            }
        }
        if self.filter.is_full() {
            self.filter = self.store.filter()?;
        }
        Ok(())
    }

    /// Puts back what the store holds.
    pub(super) fn restore(&mut self, loaded: Loaded) -> Result<(), RegimeError> {
        self.begin_line(loaded.sequence);
        self.now = loaded.whole.now;
        self.calls = loaded.whole.calls;
        self.sources = loaded.whole.sources;
        self.conditions = loaded.whole.conditions.into_iter().collect();
        self.problems = loaded.problems;
        self.alarms = loaded.alarms;
        self.search = loaded.search;
        self.loose = loaded.loose.into_iter().collect();
        self.filter = loaded.filter;
        for (site, days) in self.sites.iter_mut().zip(loaded.whole.reported_days) {
            site.reported_days = days;
        }
        for (site, cells) in self.sites.iter_mut().zip(loaded.cells) {
            site.cells = Cells::from_hours(cells);
        }
        let courses = loaded.whole.course_blocks.into_iter().zip(loaded.course);
        for (site, (blocks, hours)) in self.sites.iter_mut().zip(courses) {
            site.course = Course::restore(blocks, hours);
        }
        for (valid_from, entry) in loaded.regimes {
            self.restore_regime(valid_from, entry)?;
        }
        // Whatever has ended is in the store alone.
        self.stands_forgotten = self.now.plus(2 * DAY);
        let mut deadlines = Vec::with_capacity(loaded.open.len());
        for record in loaded.open {
            let (Folded { digest, stands }, _) = self.fold(&record);
            self.stands.put(&record.number, stands);
            deadlines.push((record.number.clone(), digest.next_deadline));
            self.restore_container(Entry {
                record: Arc::new(record),
                digest,
            });
        }
        // Only now is everybody there by whom they are judged.
        for (number, own) in deadlines {
            let among = self.judge_among(&number).next_deadline;
            let next = [own, among].into_iter().flatten().min();
            self.set_deadline(&number, next);
        }
        Ok(())
    }

    fn restore_container(&mut self, mut entry: Entry) {
        let number = entry.record.number.clone();
        // Put in with the others.
        entry.digest.next_deadline = None;
        for stay in &mut entry.digest.stays {
            let mut alarms = self.alarms.of(&number);
            let active = alarms
                .any(|alarm| alarm.is_active() && alarm.occurrence.about.stay.as_ref() == Some(&stay.id));
            if let Some(standing) = &mut stay.standing {
                standing.state = standing.state.with_alarm(active);
            }
        }
        let digest: &Digest = &entry.digest;
        self.depend(&number, digest, true);
        for (term, at) in digest.stays.iter().filter_map(|stay| stay.loaded.clone()) {
            self.loads.insert((term, at, number.clone()));
        }
        for stay in &digest.stays {
            let site = &mut self.sites[stay.site];
            if let Some(standing) = &stay.standing {
                site.yard.put(&number, &stay.id, standing);
            }
            site.boxes += u64::from(matches!(stay.status, Status::InYard | Status::Released));
        }
        self.containers.insert(number, entry);
    }
}
