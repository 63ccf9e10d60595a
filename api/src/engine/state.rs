//! The state: what the journal adds up to. The engine is its one writer; applying a line of the journal depends
//! on the state and the line alone.

use super::alarms::AlarmIndex;
use super::changes::{Change, Topic};
use super::container::{ContainerRecord, Entry, StayDigest};
use super::declarations::Declarations;
use super::identity::{BloomFilter, Fingerprint, RecentIdentities, Subject};
use super::judging::{Round, in_parallel};
use super::problems::{ProblemEntry, ProblemStanding, ProblemState};
use super::refold::Folded;
use super::regimes::{RegimeEntry, RegimeError};
use super::search::{Field, SearchTexts};
use super::site::{Reported, SiteState};
use super::sources::SourceState;
use super::store::{Store, StoreError};
use crate::config::{Configuration, Positions};
use crate::journal::{self, Due, Format, JournalError, Record};
use rustc_hash::{FxHashMap, FxHashSet};
use shared::alarm::condition::{ConditionKey, ConditionState};
use shared::alarm::delay::milliseconds;
use shared::alarm::lifecycle::{AlarmRecord, PersonAction};
use shared::alarm::stands::StandIndex;
use shared::call::{CallBook, VoyageKey};
use shared::container::ContainerNumber;
use shared::event::versions::{Arrival, Versions};
use shared::event::{Event, Node, json};
use shared::rules::RuleBook;
use shared::time::Time;
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What an event turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// `None` for a new identity.
    pub arrival: Option<Arrival>,
    /// Whether another version has the same `updated_at`.
    pub conflict: bool,
}

impl Outcome {
    /// Whether it is written to the journal: all but the same content again.
    pub fn is_kept(self) -> bool {
        self.arrival != Some(Arrival::Duplicate)
    }
}

/// Why the state can't be had.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The store of the state failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Everything that follows from the journal.
#[derive(Debug)]
pub struct State {
    /// The journal's epoch.
    pub epoch: String,
    /// The last line that was applied.
    pub sequence: u64,
    /// The line to which what changes now belongs.
    pub(super) line: u64,
    /// Containers that lines of the present commit touched, with the last of those lines. They are folded
    /// when the commit is applied as a whole: what one message says of a box in two events is one truth, and
    /// no alarm rings between them.
    pub(super) touched: BTreeMap<ContainerNumber, u64>,
    /// Containers of which passing time alone changes the alarms, with the line that says so.
    pub(super) due: BTreeMap<ContainerNumber, u64>,
    /// Alarms that changed in the present commit, each with its line: told when the commit is applied as a whole.
    pub(super) untold: Vec<(u64, Arc<AlarmRecord>)>,
    /// The engine's clock at that line.
    pub now: Time,
    /// The sites, in the order of the configuration.
    pub sites: Vec<SiteState>,
    /// Rules of each site as the journal has them, oldest first.
    pub regimes: Vec<(Time, RegimeEntry)>,
    /// The calls of all sites.
    pub calls: CallBook,
    /// Containers in memory: all that are open, and some that are not.
    pub containers: FxHashMap<ContainerNumber, Entry>,
    /// Versions of identities that speak of no container.
    pub loose: FxHashMap<Fingerprint, Versions>,
    /// All alarms.
    pub alarms: AlarmIndex,
    /// Declarations, each with all of its boxes.
    pub declarations: Declarations,
    /// What boxes are known by, for searching.
    pub search: SearchTexts,
    /// Who sends.
    pub sources: BTreeMap<String, SourceState>,
    /// What was not understood, by the sequence at which it was written.
    pub problems: BTreeMap<u64, ProblemState>,
    /// When passing time changes the alarms of a container.
    pub(super) deadlines: BTreeSet<(Time, ContainerNumber)>,
    /// Containers in memory whose stays depend on a voyage, or on what was reported on a day.
    pub(super) dependents: FxHashMap<SmolStr, FxHashSet<ContainerNumber>>,
    /// Which boxes stand where, and stood.
    pub(super) stands: StandIndex,
    /// Every container whose stands ended before this moment may have left [`State::stands`].
    pub(super) stands_forgotten: Time,
    /// Loads of containers in memory: the voyage's term, when, and the container.
    pub(super) loads: BTreeSet<(SmolStr, Time, ContainerNumber)>,
    /// Senders that spoke in the present commit in a way that can change the alarms about them.
    pub(super) heard: BTreeSet<SmolStr>,
    /// What other books said of themselves.
    pub(super) conditions: BTreeMap<ConditionKey, ConditionState>,
    /// Who answers which alarms.
    pub(super) positions: Positions,
    pub(super) recent: RecentIdentities,
    pub(super) filter: BloomFilter,
    /// Containers that changed since the store was last written, with the sequence of the change.
    pub(super) changed: FxHashMap<ContainerNumber, u64>,
    pub(super) changed_loose: FxHashSet<Fingerprint>,
    pub(super) changed_problems: BTreeSet<u64>,
    /// Whether any figure changed since this was last cleared.
    pub figures_changed: bool,
    /// Sources that spoke since this was last cleared.
    pub sources_changed: BTreeSet<String>,
    pub(super) store: Arc<Store>,
}

/// The name under which a stay depends on a voyage, of the vessel that it states or of none: many vessels use
/// the same voyage numbers.
pub(super) fn voyage_term(key: &VoyageKey, imo: Option<&SmolStr>) -> SmolStr {
    format_smolstr!(
        "V:{}:{}:{}",
        key.site,
        key.voyage,
        imo.map_or("", SmolStr::as_str)
    )
}

/// The name under which a stay depends on what was reported on a day.
pub(super) fn day_term(site: &str, (what, day): (Reported, i64)) -> SmolStr {
    format_smolstr!("{}:{site}:{day}", what.letter())
}

impl State {
    /// The state before the first line.
    pub fn new(configuration: &Configuration, epoch: &str, store: Arc<Store>) -> State {
        let sites = configuration
            .sites
            .iter()
            .map(|site| {
                let first = shared::rules::Regime {
                    valid_from: Time(i64::MIN),
                    rules: Arc::new(configuration.rules.clone()),
                    layout: Arc::clone(&site.layout),
                };
                let mut state = SiteState::new(
                    site.clone(),
                    RuleBook::new(first),
                    configuration.clearance.target_seconds,
                );
                state.closes_before = milliseconds(configuration.release_desk.closes_before);
                state
            })
            .collect();
        State {
            epoch: epoch.to_owned(),
            sequence: 0,
            line: 0,
            touched: BTreeMap::new(),
            due: BTreeMap::new(),
            untold: Vec::new(),
            now: Time(0),
            sites,
            regimes: Vec::new(),
            calls: CallBook::default(),
            containers: FxHashMap::default(),
            loose: FxHashMap::default(),
            alarms: AlarmIndex::default(),
            declarations: Declarations::default(),
            search: SearchTexts::default(),
            sources: BTreeMap::new(),
            problems: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            dependents: FxHashMap::default(),
            stands: StandIndex::default(),
            stands_forgotten: Time(i64::MIN),
            loads: BTreeSet::new(),
            heard: BTreeSet::new(),
            conditions: BTreeMap::new(),
            positions: configuration.positions.clone(),
            recent: RecentIdentities::default(),
            filter: BloomFilter::with_capacity(1 << 20),
            changed: FxHashMap::default(),
            changed_loose: FxHashSet::default(),
            changed_problems: BTreeSet::new(),
            figures_changed: false,
            sources_changed: BTreeSet::new(),
            store,
        }
    }

    /// A site by its code.
    pub fn site(&self, code: &str) -> Option<&SiteState> {
        self.sites.iter().find(|site| site.site.code == code)
    }

    pub(super) fn site_index(&self, code: &str) -> Option<usize> {
        self.sites.iter().position(|site| site.site.code == code)
    }

    /// Applies a line of the journal. What it does to containers follows with [`State::settle`], once all lines
    /// of its commit are applied.
    pub fn apply(&mut self, record: Record) -> Result<(), StateError> {
        let Record {
            sequence, at, entry, ..
        } = record;
        // A clock that was set back does not undo what was raised: state never looks before its last line.
        self.now = self.now.max(at);
        let now = self.now;
        self.begin_line(sequence);
        match entry {
            journal::Entry::Event(format, text) => match json::read(&text) {
                Ok(read) => self.apply_event(read.event, format, now)?,
                Err(error) => {
                    return Err(JournalError::Line {
                        sequence,
                        reason: error.to_string(),
                    }
                    .into());
                }
            },
            journal::Entry::Problem(text) => {
                let entry: ProblemEntry =
                    serde_json::from_str(&text).map_err(|error| JournalError::Line {
                        sequence,
                        reason: error.to_string(),
                    })?;
                self.apply_problem(entry, now);
            }
            journal::Entry::ProblemState { problem, state } => {
                if let (Some(stored), Some(standing)) = (
                    self.problems.get_mut(&problem),
                    ProblemStanding::from_name(&state),
                ) {
                    stored.standing = standing;
                    self.changed_problems.insert(problem);
                }
            }
            journal::Entry::Action { alarm, action } => self.apply_action(&alarm, &action)?,
            journal::Entry::Deadline(due) => match due {
                Due::Container(container) => {
                    self.end_shelves(&container);
                    self.due.insert(container, sequence);
                }
                Due::Source(source) => self.judge_source(&source),
                Due::Alarm(alarm) => self.end_shelf(&alarm),
                Due::Condition(key) => self.judge_condition(&key),
            },
            journal::Entry::Condition(said) => {
                self.conditions.entry(said.key.clone()).or_default().tell(&said);
                self.judge_condition(&said.key);
            }
            journal::Entry::Regime(text) => {
                let entry: RegimeEntry = serde_json::from_str(&text).map_err(|error| JournalError::Line {
                    sequence,
                    reason: error.to_string(),
                })?;
                self.apply_regime(at, entry, sequence)?;
                self.put_all_aside();
                // What is told to happen at this moment or later is judged by these rules.
                let later = self
                    .containers
                    .iter()
                    .filter(|(_, entry)| entry.digest.newest >= at);
                self.touched
                    .extend(later.map(|(container, _)| (container.clone(), sequence)));
            }
        }
        Ok(())
    }

    /// Says to which line belongs what is applied next.
    pub(super) fn begin_line(&mut self, sequence: u64) {
        self.sequence = sequence;
        self.line = sequence;
    }

    /// Folds what the lines of a commit touched, each container once, then judges them and all that stand around them,
    /// and adds what changed, in order of lines.
    pub fn settle(&mut self, changes: &mut Vec<Change>) -> Result<(), StateError> {
        let touched = std::mem::take(&mut self.touched);
        let mut round = Round::default();
        for (container, line) in touched {
            self.line = line;
            self.changed.insert(container.clone(), self.sequence);
            self.refold(&container, &mut round)?;
        }
        for (container, line) in std::mem::take(&mut self.due) {
            round.concern(container, line);
        }
        self.judge_round(round, changes)?;
        self.line = self.sequence;
        self.judge_heard();
        self.tell_alarms(changes);
        changes.sort_by_key(|change| change.sequence);
        Ok(())
    }

    /// What an event would turn out to be, with those before it in the same commit; `place` is where it will
    /// stand among `lines` if it is kept.
    pub(super) fn classify(
        &mut self,
        event: &Event,
        earlier: &mut Earlier,
        line: impl Fn(usize) -> Option<Event>,
        place: usize,
    ) -> Result<Outcome, StateError> {
        let fingerprint = Fingerprint::of(&event.identity);
        let mut versions = match earlier.0.remove(&fingerprint) {
            Some(Seen::Versions(versions)) => versions,
            Some(Seen::Line(first)) => match line(first) {
                Some(first) => Versions::new(first, self.now),
                None => Versions::new(event.clone(), self.now),
            },
            None => {
                let subject = self.subject_of(fingerprint)?;
                let known = match subject {
                    None => None,
                    Some(subject) => self.versions_of(&subject, fingerprint, event)?.cloned(),
                };
                match known {
                    Some(versions) => versions,
                    None => {
                        // Nearly every event is new: it is not copied in case the same identity comes again.
                        earlier.0.insert(fingerprint, Seen::Line(place));
                        return Ok(Outcome {
                            arrival: None,
                            conflict: false,
                        });
                    }
                }
            }
        };
        let arrival = versions.add(event.clone(), self.now);
        let conflict = versions.has_conflict();
        earlier.0.insert(fingerprint, Seen::Versions(versions));
        Ok(Outcome {
            arrival: Some(arrival),
            conflict,
        })
    }

    /// Applies an event that is kept.
    pub(super) fn apply_event(&mut self, event: Event, format: Format, now: Time) -> Result<(), StateError> {
        let source = self.sources.entry(event.identity.source.to_string()).or_default();
        source.count(&event, format, now);
        self.hear(&event, now);
        if !self.sources_changed.contains(event.identity.source.as_str()) {
            self.sources_changed.insert(event.identity.source.to_string());
        }
        let fingerprint = Fingerprint::of(&event.identity);
        let before_subject = self.subject_of(fingerprint)?;
        let (versions, before) = match before_subject.as_ref() {
            None => (Versions::new(event, now), None),
            Some(subject) => match self.take_versions(subject, fingerprint, &event)? {
                None => (Versions::new(event, now), None),
                Some(mut versions) => {
                    let before = versions.holding().event.clone();
                    versions.add(event, now);
                    (versions, Some(before))
                }
            },
        };
        let holds = versions.holding().event.clone();
        let subject = subject_of_versions(&versions);
        let mut affected = BTreeSet::new();
        if let Some(Ok(container)) = before_subject
            .as_deref()
            .filter(|s| !s.is_empty())
            .map(ContainerNumber::parse)
        {
            affected.insert(container);
        }
        if before_subject.as_ref() != Some(&subject) {
            if before_subject.as_deref() == Some("") {
                self.changed_loose.insert(fingerprint);
            }
            self.recent.set(fingerprint, subject.clone());
        }
        match ContainerNumber::parse(&subject) {
            Ok(container) => {
                let entry = self.load(&container)?;
                Arc::make_mut(&mut entry.record).identities.push(versions);
                affected.insert(container);
            }
            Err(_) => {
                self.loose.insert(fingerprint, versions);
                self.changed_loose.insert(fingerprint);
            }
        }
        self.effects(before.as_ref(), &holds, &mut affected)?;
        for container in affected {
            self.touched.insert(container, self.line);
        }
        Ok(())
    }

    /// What an event changes beyond its own container: calls, and the days on which something was reported.
    fn effects(
        &mut self,
        before: Option<&Event>,
        holds: &Event,
        affected: &mut BTreeSet<ContainerNumber>,
    ) -> Result<(), StateError> {
        if before == Some(holds) {
            return Ok(());
        }
        let mut dependents = BTreeSet::new();
        let mut terms: Vec<SmolStr> = Vec::new();
        for changed in before.into_iter().chain([holds]).filter_map(CallBook::concerned) {
            match &changed.imo {
                Some(imo) => {
                    terms.push(voyage_term(&changed.voyage, Some(imo)));
                    terms.push(voyage_term(&changed.voyage, None));
                }
                None => dependents.extend(self.all_of_voyage(&changed.voyage)?),
            }
        }
        let mut days: BTreeMap<(usize, (Reported, i64)), i32> = BTreeMap::new();
        for (event, step) in [(before, -1), (Some(holds), 1)] {
            if let Some(day) = event.and_then(|event| self.reported_on(event)) {
                *days.entry(day).or_default() += step;
            }
        }
        for ((site, day), step) in &days {
            let site = &self.sites[*site];
            let count = site.reported_days.get(day).copied().unwrap_or(0);
            if (count == 0) != (count.saturating_add_signed(*step) == 0) {
                terms.push(day_term(&site.site.code, *day));
            }
        }
        terms.sort_unstable();
        terms.dedup();
        for term in terms {
            dependents.extend(self.dependents_of(&term)?);
        }
        // Those that had left memory come back as they are now: what they add to the figures is taken back by
        // what they were folded to, before anything around them changed.
        for container in &dependents {
            self.load(container)?;
        }
        affected.append(&mut dependents);

        if let Some(before) = before {
            self.calls.remove(before);
        }
        self.calls.insert(holds);
        for ((site, day), step) in days {
            let days = &mut self.sites[site].reported_days;
            let count = days.entry(day).or_default();
            *count = count.saturating_add_signed(step);
            if *count == 0 {
                days.remove(&day);
            }
        }
        Ok(())
    }

    /// The site and day on which an event says that something was stacked or plugged in.
    fn reported_on(&self, event: &Event) -> Option<(usize, (Reported, i64))> {
        let content = event.content.as_ref()?;
        // What the desk itself brought about says nothing of what feeds report.
        let by_feed = event.identity.source != shared::release_desk::SOURCE;
        let counts = content.is_actual() && !event.retracted && by_feed;
        let what = Reported::by(content.node).filter(|_| counts)?;
        let site = self.site_index(content.site()?)?;
        Some((site, (what, self.sites[site].day_of(content.at))))
    }

    /// Containers, in memory or in the store, whose stays depend on a voyage or a day.
    pub(super) fn dependents_of(&self, term: &SmolStr) -> Result<Vec<ContainerNumber>, StateError> {
        let mut found: BTreeSet<ContainerNumber> =
            self.dependents.get(term).into_iter().flatten().cloned().collect();
        for number in self.store.containers_of_term(term)? {
            if let Ok(container) = ContainerNumber::parse(&number)
                && !self.containers.contains_key(&container)
            {
                found.insert(container);
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Every container with a stay of a voyage, whatever vessel it states: for a report that names no IMO number.
    fn all_of_voyage(&self, voyage: &VoyageKey) -> Result<Vec<ContainerNumber>, StateError> {
        self.of_voyage(&voyage_term(voyage, None))
    }

    pub(super) fn of_voyage(&self, prefix: &SmolStr) -> Result<Vec<ContainerNumber>, StateError> {
        let in_memory = self
            .dependents
            .iter()
            .filter(|(term, _)| term.starts_with(prefix.as_str()));
        let mut found: BTreeSet<ContainerNumber> =
            in_memory.flat_map(|(_, own)| own.iter().cloned()).collect();
        for (_, number) in self.store.terms_from(prefix, usize::MAX >> 1)? {
            if let Ok(container) = ContainerNumber::parse(&number)
                && !self.containers.contains_key(&container)
            {
                found.insert(container);
            }
        }
        Ok(found.into_iter().collect())
    }

    fn apply_problem(&mut self, entry: ProblemEntry, now: Time) {
        let source = entry
            .source
            .clone()
            .unwrap_or_else(|| entry.format.name().to_owned());
        let state = self.sources.entry(source.clone()).or_default();
        state.problems += 1;
        state.formats.insert(entry.format);
        state.received_at = state.received_at.max(Some(now));
        self.sources_changed.insert(source);
        let problem = ProblemState {
            received_at: now,
            entry,
            standing: ProblemStanding::Open,
        };
        self.problems.insert(self.sequence, problem);
        self.changed_problems.insert(self.sequence);
    }

    fn apply_action(&mut self, alarm: &str, action: &PersonAction) -> Result<(), StateError> {
        let Some(record) = self.alarms.get(alarm) else {
            return Ok(());
        };
        let mut record = (**record).clone();
        // The engine has checked the action against this very state before it wrote the line.
        if record.act(action, self.now, self.line).is_ok() {
            self.put_alarm(record);
        }
        Ok(())
    }

    fn end_shelves(&mut self, container: &ContainerNumber) {
        let over: Vec<SmolStr> = self
            .alarms
            .of(container)
            .filter(|record| record.shelved_until.is_some_and(|until| until <= self.now))
            .map(|record| record.occurrence.id.clone())
            .collect();
        for alarm in over {
            self.end_shelf(&alarm);
        }
    }

    fn end_shelf(&mut self, alarm: &str) {
        let Some(mut record) = self.alarms.get(alarm).map(|record| (**record).clone()) else {
            return;
        };
        if record.shelf_ends(self.now, self.line) {
            self.put_alarm(record);
        }
    }

    /// Puts an alarm in place of what it was, to be told with the others of the commit.
    pub(super) fn put_alarm(&mut self, record: AlarmRecord) {
        let record = self.alarms.put(record);
        self.untold.push((self.line, record));
        self.figures_changed = true;
    }

    /// Tells the alarms that changed in the commit: of many every processor writes its share.
    fn tell_alarms(&mut self, changes: &mut Vec<Change>) {
        let untold = std::mem::take(&mut self.untold);
        let state = &*self;
        changes.extend(in_parallel(&untold, |(sequence, record)| {
            let site = state.site_index(&record.occurrence.about.site).unwrap_or(0);
            let alarm = super::view::alarm(record, &state.sites[site].site, &state.positions);
            Change {
                sequence: *sequence,
                topic: Topic::Alarm,
                of: alarm.site.as_str().into(),
                // A plain struct of texts and numbers always serialises.
                json: serde_json::to_string(&alarm).unwrap_or_default(),
            }
        }));
    }

    fn apply_regime(&mut self, at: Time, entry: RegimeEntry, sequence: u64) -> Result<(), StateError> {
        let first = !self.regimes.iter().any(|(_, other)| other.site == entry.site);
        let valid_from = if first { Time(i64::MIN) } else { at };
        self.restore_regime(valid_from, entry)
            .map_err(|error| JournalError::Line {
                sequence,
                reason: error.to_string(),
            })?;
        Ok(())
    }

    /// Puts a version of the rules in force.
    pub(super) fn restore_regime(&mut self, valid_from: Time, entry: RegimeEntry) -> Result<(), RegimeError> {
        if let Some(index) = self.site_index(&entry.site) {
            let before = self
                .regimes
                .iter()
                .rev()
                .find(|(_, other)| other.site == entry.site);
            let site = &mut self.sites[index];
            let newest = &site.rules.newest().layout;
            let regime = entry.regime(valid_from, before.map(|(_, other)| (other, newest)))?;
            let same_layout = Arc::ptr_eq(newest, &regime.layout);
            if before.is_none() {
                site.rules = RuleBook::new(regime);
            } else {
                site.rules.add(regime);
            }
            if !same_layout {
                self.lay_out_yard(index);
            }
        }
        self.regimes.push((valid_from, entry));
        Ok(())
    }

    /// The moment at which passing time next changes something, and whose.
    pub fn next_deadline(&self) -> Option<(Time, Due)> {
        let clock = self.deadlines.first();
        let clock = clock.map(|(at, container)| (*at, Due::Container(container.clone())));
        let shelf = self.alarms.next_shelf().map(|(until, id)| {
            let record = self.alarms.get(id);
            let container = record.and_then(|record| record.occurrence.about.container.clone());
            (
                *until,
                container.map_or_else(|| Due::Alarm(id.clone()), Due::Container),
            )
        });
        [clock, shelf, self.next_source(), self.next_condition()]
            .into_iter()
            .flatten()
            .min()
    }

    /// The first moment at which passing time alone changes the alarms of a container.
    pub fn next_clock(&self) -> Option<&(Time, ContainerNumber)> {
        self.deadlines.first()
    }

    /// Up to so many of those that are due at a moment, the first in front.
    pub(super) fn due(&self, now: Time, most: usize) -> Vec<Due> {
        let passed = self.deadlines.iter().take_while(|(at, _)| *at <= now);
        let mut due: Vec<Due> = passed
            .take(most)
            .map(|(_, container)| Due::Container(container.clone()))
            .collect();
        // One container has one deadline, and may have a shelf that ends as well: one line does for both.
        due.extend(
            self.next_deadline()
                .filter(|(at, _)| *at <= now)
                .map(|(_, due)| due),
        );
        due.sort();
        due.dedup();
        due
    }

    /// Where the versions of an identity are.
    pub(super) fn subject_of(&self, fingerprint: Fingerprint) -> Result<Option<Subject>, StateError> {
        if let Some(subject) = self.recent.get(fingerprint) {
            return Ok(Some(subject.clone()));
        }
        if !self.filter.may_contain(fingerprint) {
            return Ok(None);
        }
        Ok(self.store.subject_of(fingerprint)?)
    }

    /// The site that an event states as it is on record; none when it was never told, or states none.
    pub fn site_on_record(&self, identity: &shared::event::Identity) -> Result<Option<SmolStr>, StateError> {
        let fingerprint = Fingerprint::of(identity);
        let Some(subject) = self.subject_of(fingerprint)? else {
            return Ok(None);
        };
        let stated = |versions: &Versions| {
            let mut contents = versions.all().iter().rev();
            contents.find_map(|version| version.event.content.as_ref()?.site().cloned())
        };
        let Ok(container) = ContainerNumber::parse(&subject) else {
            return Ok(self.loose.get(&fingerprint).and_then(stated));
        };
        let own = |record: &ContainerRecord| {
            let mut all = record.identities.iter();
            all.find(|versions| versions.holding().event.identity == *identity)
                .and_then(stated)
        };
        match self.containers.get(&container) {
            Some(entry) => Ok(own(&entry.record)),
            None => Ok(self.stored_container(&container)?.as_ref().and_then(own)),
        }
    }

    fn versions_of(
        &mut self,
        subject: &Subject,
        fingerprint: Fingerprint,
        event: &Event,
    ) -> Result<Option<&Versions>, StateError> {
        match ContainerNumber::parse(subject) {
            Err(_) => Ok(self.loose.get(&fingerprint)),
            Ok(container) => {
                let record = &self.load(&container)?.record;
                Ok(record
                    .identities
                    .iter()
                    .find(|v| v.holding().event.identity == event.identity))
            }
        }
    }

    fn take_versions(
        &mut self,
        subject: &Subject,
        fingerprint: Fingerprint,
        event: &Event,
    ) -> Result<Option<Versions>, StateError> {
        match ContainerNumber::parse(subject) {
            Err(_) => Ok(self.loose.remove(&fingerprint)),
            Ok(container) => {
                let record = Arc::make_mut(&mut self.load(&container)?.record);
                let place = record
                    .identities
                    .iter()
                    .position(|v| v.holding().event.identity == event.identity);
                Ok(place.map(|place| record.identities.remove(place)))
            }
        }
    }

    /// The container in memory, from the store or new.
    pub(super) fn load(&mut self, container: &ContainerNumber) -> Result<&mut Entry, StateError> {
        if !self.containers.contains_key(container) {
            let known = self
                .filter
                .may_contain(Fingerprint::of_container(container.as_str()));
            let record = match known {
                true => self.store.container(container)?,
                false => None,
            };
            let (record, digest) = match record {
                None => {
                    self.search.add(Field::Container, container.as_str());
                    (
                        ContainerRecord::new(container.clone()),
                        super::container::Digest::default(),
                    )
                }
                Some(record) => {
                    let (Folded { digest, stands }, _) = self.fold(&record);
                    if self.stands.of(container).is_none() {
                        self.stands.put(container, stands);
                    }
                    (record, digest)
                }
            };
            self.depend(container, &digest, true);
            for (term, at) in digest.stays.iter().filter_map(|stay| stay.loaded.clone()) {
                self.loads.insert((term, at, container.clone()));
            }
            // One that comes back from the store waits for what it waited for.
            if let Some(at) = digest.next_deadline {
                self.deadlines.insert((at, container.clone()));
            }
            self.containers.insert(
                container.clone(),
                Entry {
                    record: Arc::new(record),
                    digest,
                },
            );
        }
        match self.containers.get_mut(container) {
            Some(entry) => Ok(entry),
            // Put in three lines above.
            None => Err(StoreError::Gone(container.clone()).into()),
        }
    }
}

impl State {
    /// A container's events from the store.
    pub fn stored_container(&self, number: &ContainerNumber) -> Result<Option<ContainerRecord>, StoreError> {
        if !self
            .filter
            .may_contain(Fingerprint::of_container(number.as_str()))
        {
            return Ok(None);
        }
        self.store.container(number)
    }

    /// The containers of which memory knows better than the store.
    pub fn changed_containers(&self) -> impl Iterator<Item = (&ContainerNumber, &Entry)> {
        let changed = self.changed.keys();
        changed.filter_map(|number| self.containers.get_key_value(number))
    }

    /// Containers in the store under a term.
    pub fn stored_of_term(&self, term: &str) -> Result<Vec<String>, StoreError> {
        self.store.containers_of_term(term)
    }

    /// The store.
    pub fn store(&self) -> Arc<Store> {
        Arc::clone(&self.store)
    }

    /// The containers of which memory knows better than the store, with their stays.
    pub(super) fn changed_stays(&self) -> impl Iterator<Item = (&ContainerNumber, &[StayDigest])> {
        let changed = self.changed.keys();
        let entries = changed.filter_map(|number| self.containers.get_key_value(number));
        entries.map(|(number, entry)| (number, entry.digest.stays.as_slice()))
    }

    /// What is kept for trials of the containers of which memory knows better than the store.
    pub(super) fn kept_of_changed(&self) -> Vec<(ContainerNumber, Arc<[u8]>)> {
        let entries = self
            .changed
            .keys()
            .filter_map(|number| self.containers.get_key_value(number));
        entries
            .map(|(number, entry)| (number.clone(), Arc::clone(&entry.digest.kept)))
            .collect()
    }

    /// Who answers which alarms.
    pub fn positions(&self) -> &Positions {
        &self.positions
    }

    /// The code of the operator position that answers an alarm.
    pub fn position_of(&self, record: &AlarmRecord) -> &str {
        self.positions.of(&record.occurrence)
    }

    /// What a container's stays add up to.
    pub fn digest_of(&self, record: &ContainerRecord) -> super::container::Digest {
        match self.containers.get(&record.number) {
            Some(entry) => entry.digest.clone(),
            None => self.fold(record).0.digest,
        }
    }
}

/// The identities of one commit, so that the same one twice in it is seen.
#[derive(Debug, Default)]
pub(super) struct Earlier(FxHashMap<Fingerprint, Seen>);

/// What a commit has of an identity so far.
#[derive(Debug)]
enum Seen {
    /// One new event, at this place among the lines.
    Line(usize),
    /// Several, or one of an identity that was known.
    Versions(Versions),
}

/// Where versions are kept: with the container of the version that holds; a retraction that names none stays
/// where the last version that names one is. Empty when none does, or when it is about a vessel.
fn subject_of_versions(versions: &Versions) -> Subject {
    versions
        .all()
        .iter()
        .rev()
        .filter_map(|version| {
            version
                .event
                .content
                .as_ref()
                .map(|content| (content, &version.event))
        })
        .find_map(|(content, event)| match content.node {
            Node::VesselArrival | Node::VesselDeparture => Some(SmolStr::default()),
            _ => event.container().map(|number| number.text()),
        })
        .unwrap_or_default()
}
