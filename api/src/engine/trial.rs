//! Trying rules before they ring: what other rules would have raised over the stays of a period, beside what today's
//! would have. Both are run over the same stays by the code that judges the live ones, as if they had always held, so
//! that they differ by the rules alone.

use super::Engine;
use super::state::{State, StateError};
use super::store::StoreError;
use rustc_hash::{FxHashMap, FxHashSet};
use shared::alarm::judge::{Sighting, judge, two_sites};
use shared::alarm::kept::Kept;
use shared::alarm::lifecycle::is_said_already;
use shared::alarm::neighbours::{Stands, judge_among, look_around};
use shared::alarm::occurrence::Occurrence;
use shared::alarm::stands::{Stand, StandIndex, StandKey, stands_of};
use shared::alarm::{Kind, Priority};
use shared::container::ContainerNumber;
use shared::rules::{Regime, RuleBook, Rules};
use shared::time::{MINUTE, Time};
use shared::wire::rules::{TrialAlarm, TrialAnswer, TrialCounts, TrialRule};
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many of the alarms that come or go are told.
const TOLD: usize = 200;
/// Threads that read and judge.
const THREADS: usize = 2;
/// Rules whose alarms depend on the boxes around.
const AMONG: [&str; 3] = ["slot_taken", "storage:apart", "storage:number"];

/// The rules of today and those that are tried, each as if it had always held.
struct Trial {
    site: usize,
    code: SmolStr,
    today: RuleBook,
    tried: RuleBook,
    from: Time,
    to: Time,
    now: Time,
    /// Whether what depends on the boxes around has to be judged anew: of dangerous ones, and of all.
    among: (bool, bool),
}

/// What one thread found.
#[derive(Default)]
struct Found {
    stays: u64,
    today: Tally,
    tried: Tally,
    added: Vec<Rung>,
    dropped: Vec<Rung>,
    added_count: u64,
    dropped_count: u64,
    stands: Vec<(SmolStr, Kept)>,
}

/// What rules raise.
#[derive(Default)]
struct Tally {
    rules: FxHashMap<(SmolStr, Kind), u64>,
    priorities: [u64; 3],
    windows: FxHashMap<i64, u64>,
}

/// An alarm that only one of the two raises.
struct Rung {
    container: SmolStr,
    stay: SmolStr,
    occurrence: Box<Occurrence>,
}

impl Tally {
    fn add(&mut self, occurrence: &Occurrence) {
        let key = (occurrence.rule.clone(), occurrence.kind);
        *self.rules.entry(key).or_default() += 1;
        self.priorities[occurrence.priority as usize] += 1;
        let window = occurrence.raised_at.0.div_euclid(10 * MINUTE);
        *self.windows.entry(window).or_default() += 1;
    }

    fn join(&mut self, other: Tally) {
        for (key, count) in other.rules {
            *self.rules.entry(key).or_default() += count;
        }
        for (own, other) in self.priorities.iter_mut().zip(other.priorities) {
            *own += other;
        }
        for (window, count) in other.windows {
            *self.windows.entry(window).or_default() += count;
        }
    }

    fn counts(&self) -> TrialCounts {
        let [low, medium, high] = self.priorities;
        TrialCounts {
            alarms: low + medium + high,
            high,
            medium,
            low,
            most_in_ten_minutes: self.windows.values().copied().max().unwrap_or(0),
            windows_over_ten: self.windows.values().filter(|count| **count > 10).count() as u64,
        }
    }
}

impl Found {
    /// Counts what both raise of one stay, and keeps what only one of them does.
    fn compare(
        &mut self,
        container: &SmolStr,
        stay: &SmolStr,
        today: Vec<Occurrence>,
        tried: Vec<Occurrence>,
    ) {
        let same = |a: &Occurrence, b: &Occurrence| {
            a.rule == b.rule && a.previous == b.previous && a.slot == b.slot && a.kind == b.kind
        };
        for occurrence in &today {
            self.today.add(occurrence);
        }
        for occurrence in &tried {
            self.tried.add(occurrence);
        }
        let rung = |occurrence: &Occurrence| Rung {
            container: container.clone(),
            stay: stay.clone(),
            occurrence: Box::new(occurrence.clone()),
        };
        for occurrence in tried
            .iter()
            .filter(|own| !today.iter().any(|other| same(own, other)))
        {
            self.added_count += 1;
            keep_newest(&mut self.added, rung(occurrence));
        }
        for occurrence in today
            .iter()
            .filter(|own| !tried.iter().any(|other| same(own, other)))
        {
            self.dropped_count += 1;
            keep_newest(&mut self.dropped, rung(occurrence));
        }
    }

    fn join(&mut self, other: Found) {
        self.stays += other.stays;
        self.today.join(other.today);
        self.tried.join(other.tried);
        self.added_count += other.added_count;
        self.dropped_count += other.dropped_count;
        other
            .added
            .into_iter()
            .for_each(|rung| keep_newest(&mut self.added, rung));
        other
            .dropped
            .into_iter()
            .for_each(|rung| keep_newest(&mut self.dropped, rung));
        self.stands.extend(other.stands);
    }
}

/// Keeps twice as many as are told before the oldest are let go.
fn keep_newest(all: &mut Vec<Rung>, rung: Rung) {
    all.push(rung);
    if all.len() >= 4 * TOLD {
        newest_first(all);
        all.truncate(TOLD);
    }
}

fn newest_first(all: &mut [Rung]) {
    all.sort_by(|a, b| {
        let key = |rung: &Rung| (rung.occurrence.raised_at, rung.stay.clone());
        key(b).cmp(&key(a))
    });
}

/// Tries rules on a site over a period.
pub fn attempt(
    engine: &Engine,
    site: &SmolStr,
    rules: &Rules,
    from: Time,
    to: Time,
) -> Result<TrialAnswer, StateError> {
    let (trial, changed, readers, among, epoch, sequence) = {
        let state = engine.state();
        let index = state.site_index(site).unwrap_or(0);
        let newest = state.sites[index].rules.newest();
        let alone = |rules: Arc<Rules>| {
            RuleBook::new(Regime {
                valid_from: Time(i64::MIN),
                rules,
                layout: Arc::clone(&newest.layout),
            })
        };
        let trial = Trial {
            site: index,
            code: site.clone(),
            today: alone(Arc::clone(&newest.rules)),
            tried: alone(Arc::new(rules.clone())),
            from,
            to,
            now: engine.clock.now().max(state.now),
            among: differ_among(&newest.rules, rules),
        };
        // What memory knows better than the store, and behind it the store as it is at this moment.
        let changed: Vec<(ContainerNumber, Arc<[u8]>)> = state.kept_of_changed();
        let store = state.store();
        let readers = (0..THREADS)
            .map(|_| store.kept_reader())
            .collect::<Result<Vec<_>, StoreError>>()?;
        (
            trial,
            changed,
            readers,
            among_records(&state, site, from, to),
            state.epoch.clone(),
            state.sequence,
        )
    };
    let known: FxHashSet<&str> = changed.iter().map(|(number, _)| number.as_str()).collect();
    let mut found = Found::default();
    for (number, kept) in &changed {
        trial.container(number.as_str(), kept, &mut found)?;
    }
    let parts: Vec<Result<Found, StoreError>> = std::thread::scope(|scope| {
        let workers: Vec<_> = readers
            .into_iter()
            .enumerate()
            .map(|(part, reader)| {
                let (trial, known) = (&trial, &known);
                scope.spawn(move || {
                    let mut found = Found::default();
                    reader.each(
                        part,
                        THREADS,
                        from,
                        &mut |number, kept| match known.contains(number) {
                            true => Ok(()),
                            false => trial.container(number, kept, &mut found),
                        },
                    )?;
                    Ok(found)
                })
            })
            .collect();
        let ended = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended
            .map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    for part in parts {
        found.join(part?);
    }
    trial.among(&mut found, among);
    Ok(answer(engine, &trial, found, epoch, sequence))
}

/// Whether two rules can judge differently what depends on the boxes around: of dangerous ones, and of all.
fn differ_among(today: &Rules, tried: &Rules) -> (bool, bool) {
    let delays = |rules: &Rules, kind| {
        let rule = rules.kind(kind);
        (rule.on_delay_seconds, rule.off_delay_seconds, rule.priority)
    };
    let storage = |rules: &Rules| {
        let storage = &rules.storage;
        (
            storage.segregation_level,
            storage.lithium_un.clone(),
            storage.lithium_apart_from.clone(),
            storage.limited_boxes,
            storage.limited_classes.clone(),
            storage.forbidden_classes.clone(),
            storage.forbidden_un.clone(),
            delays(rules, Kind::IllegalStorage),
        )
    };
    (
        storage(today) != storage(tried),
        delays(today, Kind::SlotTaken) != delays(tried, Kind::SlotTaken),
    )
}

/// The alarms of a period that depended on the boxes around.
fn among_records(state: &State, site: &SmolStr, from: Time, to: Time) -> Vec<Occurrence> {
    state
        .alarms
        .raised_between(None, (Some(from), Some(to)))
        .filter(|record| record.withdrawn_at.is_none() && !record.suppressed)
        .filter(|record| record.occurrence.about.site == *site)
        .filter(|record| AMONG.contains(&record.occurrence.rule.as_str()))
        .map(|record| record.occurrence.clone())
        .collect()
}

impl Trial {
    /// Judges the stays of a container by both.
    fn container(&self, number: &str, kept: &[u8], found: &mut Found) -> Result<(), StoreError> {
        let stays: Vec<Kept> = postcard::from_bytes(kept)?;
        let container = SmolStr::new(number);
        let nobody = ContainerNumber::lowest();
        let none = SmolStr::default();
        let several = stays.len() > 1 && stays.iter().any(|stay| stay.site != self.site);
        for stay in &stays {
            let over = stay.last().is_some_and(|last| last < self.from);
            if stay.site != self.site || over || stay.first() >= self.to {
                continue;
            }
            found.stays += 1;
            let watched = stay.watched(&self.code, &none, &nobody);
            let mut both = [&self.today, &self.tried].map(|book| judge(&watched, book, self.now).occurrences);
            if several {
                let elsewhere = sightings(&stays, self.site);
                for (occurrences, book) in both.iter_mut().zip([&self.today, &self.tried]) {
                    occurrences.extend(two_sites(&watched, &elsewhere, book, self.now).occurrences);
                }
            }
            let [mut today, mut tried] = both;
            for (occurrences, book) in [(&mut today, &self.today), (&mut tried, &self.tried)] {
                self.keep(occurrences, &[], book);
            }
            if !today.is_empty() || !tried.is_empty() {
                let id = format_smolstr!("{container}-{:016x}", stay.hash);
                found.compare(&container, &id, today, tried);
            }
        }
        let (dangerous, all) = self.among;
        for stay in stays {
            if stay.site == self.site && (all || dangerous && stay.is_dangerous()) {
                found.stands.push((container.clone(), stay));
            }
        }
        Ok(())
    }

    /// Leaves what was raised outside the period, and what is out of service or suppressed by it or by others of the stay:
    /// that rings nowhere.
    fn keep(&self, occurrences: &mut Vec<Occurrence>, others: &[Occurrence], book: &RuleBook) {
        if occurrences.is_empty() {
            return;
        }
        let rules = &book.newest().rules;
        let mut all = occurrences.clone();
        all.extend_from_slice(others);
        occurrences.retain(|occurrence| {
            (self.from..self.to).contains(&occurrence.raised_at)
                && rules.in_service(occurrence.kind, &occurrence.rule)
                && !is_said_already(occurrence, &all, rules)
        });
    }

    /// Adds what depends on the boxes around: as it was raised, where both rules judge it alike, and else judged anew.
    fn among(&self, found: &mut Found, records: Vec<Occurrence>) {
        let (dangerous, all) = self.among;
        let anew = |rule: &str| match rule {
            "slot_taken" => all,
            _ => dangerous,
        };
        for occurrence in records {
            if anew(&occurrence.rule) {
                continue;
            }
            let container = occurrence.about.container.as_ref().map(ContainerNumber::text);
            let stay = occurrence.about.stay.clone();
            let (mut today, mut tried) = (vec![occurrence.clone()], vec![occurrence]);
            self.keep(&mut today, &[], &self.today);
            self.keep(&mut tried, &[], &self.tried);
            found.compare(
                &container.unwrap_or_default(),
                &stay.unwrap_or_default(),
                today,
                tried,
            );
        }
        if !dangerous && !all {
            return;
        }
        let stays = std::mem::take(&mut found.stands);
        let mut both: [FxHashMap<SmolStr, (SmolStr, Vec<Occurrence>)>; 2] = Default::default();
        for (book, out) in [&self.today, &self.tried].into_iter().zip(&mut both) {
            let mut index = StandIndex::default();
            let mut of_container: FxHashMap<&SmolStr, Vec<Stand>> = FxHashMap::default();
            let names: Vec<(SmolStr, Option<ContainerNumber>)> = stays
                .iter()
                .map(|(container, stay)| {
                    let id = format_smolstr!("{container}-{:016x}", stay.hash);
                    (id, ContainerNumber::parse(container).ok())
                })
                .collect();
            for ((container, stay), (id, number)) in stays.iter().zip(&names) {
                let Some(number) = number else { continue };
                let watched = stay.watched(&self.code, id, number);
                let stands = stands_of(self.site, &watched, book);
                of_container.entry(container).or_default().extend(stands);
            }
            for stands in of_container.values() {
                if let Some(first) = stands.first() {
                    index.put(&first.container, stands.clone());
                }
            }
            for ((container, stay), (id, number)) in stays.iter().zip(&names) {
                let Some(number) = number else { continue };
                let watched = stay.watched(&self.code, id, number);
                let own = of_container.get(container).into_iter().flatten();
                let mut is_first = true;
                let mut troubles = Vec::new();
                for stand in own.filter(|stand| stand.stay == *id) {
                    let trouble = look_around(stand, std::mem::take(&mut is_first), book, &Indexed(&index));
                    if !trouble.is_none() {
                        troubles.push((stand.clone(), trouble));
                    }
                }
                if troubles.is_empty() {
                    continue;
                }
                let mut occurrences = judge_among(&watched, &troubles, book, self.now).occurrences;
                occurrences.retain(|occurrence| anew(&occurrence.rule));
                let alone = judge(&watched, book, self.now).occurrences;
                self.keep(&mut occurrences, &alone, book);
                if !occurrences.is_empty() {
                    out.insert(id.clone(), (container.clone(), occurrences));
                }
            }
        }
        let [mut today, tried] = both;
        for (id, (container, tried)) in tried {
            let today = today.remove(&id).map(|(_, today)| today).unwrap_or_default();
            found.compare(&container, &id, today, tried);
        }
        for (id, (container, today)) in today {
            found.compare(&container, &id, today, Vec::new());
        }
    }
}

struct Indexed<'a>(&'a StandIndex);

impl Stands for Indexed<'_> {
    fn each(&self, key: &StandKey, _from: Time, take: &mut dyn FnMut(&Stand)) {
        self.0.under(key).for_each(take);
    }
}

/// Where else a container was. A trial asks only for the times.
fn sightings(stays: &[Kept], site: usize) -> Vec<Sighting> {
    let others = stays.iter().filter(|stay| stay.site != site);
    others
        .filter_map(|stay| {
            let (none, nobody) = (SmolStr::default(), ContainerNumber::lowest());
            let watched = stay.watched(&none, &none, &nobody);
            Some(Sighting {
                site: format_smolstr!("{}", stay.site),
                stay: SmolStr::default(),
                began_at: watched.began_at?,
                ended_at: watched.ended_at,
                slot: None,
            })
        })
        .collect()
}

fn answer(engine: &Engine, trial: &Trial, found: Found, epoch: String, sequence: u64) -> TrialAnswer {
    let state = engine.state();
    let site = &state.sites[trial.site];
    let local = |at: Time| site.local(at);
    let told = |mut rungs: Vec<Rung>| -> Vec<TrialAlarm> {
        newest_first(&mut rungs);
        rungs.truncate(TOLD);
        let told = rungs.into_iter().map(|rung| TrialAlarm {
            kind: rung.occurrence.kind,
            priority: rung.occurrence.priority,
            rule: rung.occurrence.rule.to_string(),
            container: rung.container.to_string(),
            stay: rung.stay.to_string(),
            limit_seconds: rung.occurrence.limit_seconds,
            raised_at: local(rung.occurrence.raised_at),
            cleared_at: rung.occurrence.cleared_at.map(local),
            slot: rung.occurrence.slot.as_ref().map(ToString::to_string),
        });
        told.collect()
    };
    let mut rules: BTreeMap<(&SmolStr, Kind), (u64, u64)> = BTreeMap::new();
    for ((rule, kind), count) in &found.today.rules {
        rules.entry((rule, *kind)).or_default().0 += count;
    }
    for ((rule, kind), count) in &found.tried.rules {
        rules.entry((rule, *kind)).or_default().1 += count;
    }
    let mut rules: Vec<TrialRule> = rules
        .into_iter()
        .map(|((rule, kind), (today, tried))| TrialRule {
            rule: rule.to_string(),
            kind,
            today,
            tried,
        })
        .collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.today.abs_diff(rule.tried)));
    let mut days: BTreeMap<Time, (u64, u64)> = BTreeMap::new();
    let day_of = |window: i64| {
        let at = Time(window * 10 * MINUTE);
        shared::figures::Calendar::day_begins(site, shared::figures::Calendar::day_of(site, at))
    };
    for (window, count) in &found.today.windows {
        days.entry(day_of(*window)).or_default().0 += count;
    }
    for (window, count) in &found.tried.windows {
        days.entry(day_of(*window)).or_default().1 += count;
    }
    TrialAnswer {
        site: trial.code.to_string(),
        from: local(trial.from),
        to: local(trial.to),
        stays: found.stays,
        today: found.today.counts(),
        tried: found.tried.counts(),
        rules,
        added: found.added_count,
        dropped: found.dropped_count,
        added_alarms: told(found.added),
        dropped_alarms: told(found.dropped),
        days: days
            .into_iter()
            .map(|(day, (today, tried))| (local(day), today, tried))
            .collect(),
        epoch,
        sequence,
    }
}

const _: () = assert!(Priority::Low as usize == 0 && Priority::High as usize == 2);
