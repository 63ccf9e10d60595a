//! The engine's own thread: gather what waits, classify, write one commit, apply, tell.

/// When lines can't be written.
mod interrupted;

use super::changes::{Change, ChangeLog, Message, Topic};
use super::overview::overview;
use super::regimes::{ByPerson, RegimeEntry};
use super::standing::{Standing, StandingCell};
use super::state::{Earlier, Outcome, State, StateError};
use super::store::{Checkpoint, Store, StoreError};
use super::{Act, Acted, Command, EngineError, Queued, Receipt, StartError, Submission, Taken, refused};
use crate::clock::Clock;
use crate::config::Configuration;
use crate::journal::{Entry, Format, Journal, JournalError, Record};
use bytes::Bytes;
use prometheus_client::metrics::histogram::Histogram;
use shared::alarm::condition::Condition;
use shared::event::Event;
use shared::rules::Rules;
use shared::time::Time;
use shared::wire::stream::{FeedChange, FiguresChange};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant};
use tokio::sync::{oneshot, watch};

/// So many events share one commit at most, so that readers and deadlines get their turn.
const EVENTS_IN_COMMIT: usize = 4_000;
/// The calls whose answers follow from the stays.
const FIGURE_CALLS: [&str; 4] = [
    "/figures/overview",
    "/figures/clearance",
    "/figures/throughput",
    "/figures/patterns",
];
/// A checkpoint is due after so many changed containers …
const CHECKPOINT_CONTAINERS: usize = 60_000;
/// … or so many lines …
const CHECKPOINT_LINES: u64 = 250_000;
/// … or after this time.
const CHECKPOINT_AFTER: Duration = Duration::from_secs(60);
/// Figures and sources are told at most this often: a reader wants the newest, not each.
const TELL_EVERY: Duration = Duration::from_millis(400);
/// The longest sleep without looking at the clock.
const LONGEST_SLEEP: Duration = Duration::from_millis(500);
/// So many passed deadlines share one commit.
const DEADLINES_IN_COMMIT: usize = 5_000;

type Reply = oneshot::Sender<Result<Receipt, EngineError>>;

/// What the thread works with.
pub(super) struct Parts {
    pub state: Arc<RwLock<State>>,
    pub log: Arc<RwLock<ChangeLog>>,
    pub journal: Box<dyn Journal>,
    pub store: Arc<Store>,
    pub clock: Clock,
    pub configuration: Arc<Configuration>,
    pub announce: watch::Sender<u64>,
    pub standing: Arc<StandingCell>,
    /// How long commits take, in seconds.
    pub commits: Histogram,
    /// Held until the thread ends.
    pub lock: std::fs::File,
}

/// The engine's thread.
pub(super) struct Runner {
    parts: Parts,
    told: Instant,
    checkpointed: Instant,
    last_checkpoint: u64,
    to_writer: Option<Sender<Checkpoint>>,
    from_writer: Receiver<Written>,
    writing: bool,
    /// A checkpoint that could not be written, which is tried again.
    held: Option<Checkpoint>,
    /// When writing is tried again.
    try_at: Instant,
    writer: Option<std::thread::JoinHandle<()>>,
}

/// A checkpoint that was written, or not.
type Written = Result<Checkpoint, (Checkpoint, StoreError)>;

/// A line to be written, with the event that it holds.
struct Line {
    record: Record,
    event: Option<(Event, Format)>,
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// Rebuilds the state from the store and the lines behind it.
pub(super) fn rebuild(
    state: &mut State,
    journal: &dyn Journal,
    store: &Store,
    keep: usize,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<ChangeLog, StartError> {
    let head = journal.head();
    let mut log = ChangeLog::new(journal.epoch(), keep, 0);
    if let Some(known) = store.sequence()?
        && known > head
    {
        return Err(StoreError::Ahead {
            store: known,
            journal: head,
        }
        .into());
    }
    if let Some(loaded) = store.load()? {
        log = ChangeLog::new(journal.epoch(), keep, loaded.sequence);
        for (sequence, topic, of, frame) in &loaded.messages {
            log.restore(Message {
                sequence: *sequence,
                topic: *topic,
                of: of.clone(),
                frame: Bytes::from(frame.clone()),
            });
        }
        log.remember_from(loaded.forgotten);
        state.restore(loaded).map_err(|error| {
            StateError::from(JournalError::Line {
                sequence: state.sequence,
                reason: error.to_string(),
            })
        })?;
    }
    let mut rebuild = Rebuild {
        state,
        log: &mut log,
        store,
        changes: Vec::new(),
        commit: 0,
        last: 0,
    };
    rebuild.last = rebuild.state.sequence;
    let mut failure = None;
    journal.replay(rebuild.state.sequence, &mut |record| {
        let sequence = record.sequence;
        if failure.is_none()
            && let Err(error) = rebuild.line(record)
        {
            failure = Some(error);
        }
        if sequence % 10_000 == 0 {
            progress(sequence, head);
        }
    })?;
    if let Some(error) = failure {
        return Err(error);
    }
    rebuild.settle()?;
    // A server that dies again and again soon after its start would otherwise take longer for each.
    if rebuild.state.sequence - rebuild.last >= CHECKPOINT_LINES / 25 {
        rebuild.checkpoint()?;
    }
    Ok(log)
}

/// Lines of the journal on their way into the state, commit by commit, as they were applied the first time.
struct Rebuild<'a> {
    state: &'a mut State,
    log: &'a mut ChangeLog,
    store: &'a Store,
    changes: Vec<Change>,
    commit: u64,
    last: u64,
}

impl Rebuild<'_> {
    fn line(&mut self, record: Record) -> Result<(), StartError> {
        if record.commit != self.commit {
            self.settle()?;
            self.commit = record.commit;
            if self.state.sequence - self.last >= CHECKPOINT_LINES {
                self.checkpoint()?;
            }
        }
        Ok(self.state.apply(record)?)
    }

    fn settle(&mut self) -> Result<(), StartError> {
        self.state.settle(&mut self.changes)?;
        self.log
            .push(std::mem::take(&mut self.changes), self.state.sequence);
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<(), StartError> {
        let checkpoint = self.state.checkpoint(self.log, self.last);
        self.store.write(&checkpoint)?;
        self.state.checkpoint_written(&checkpoint)?;
        self.last = checkpoint.sequence;
        Ok(())
    }
}

impl Runner {
    /// A runner with the thread that writes checkpoints.
    pub(super) fn new(parts: Parts) -> Result<Runner, StartError> {
        let (to_writer, checkpoints) = channel::<Checkpoint>();
        let (done, from_writer) = channel();
        let store = Arc::clone(&parts.store);
        let writer = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || {
                for checkpoint in checkpoints {
                    let written = match store.write(&checkpoint) {
                        Ok(()) => Ok(checkpoint),
                        Err(error) => Err((checkpoint, error)),
                    };
                    if done.send(written).is_err() {
                        return;
                    }
                }
            })
            .map_err(StartError::Thread)?;
        let last_checkpoint = parts.store.sequence()?.unwrap_or(0);
        Ok(Runner {
            parts,
            told: Instant::now(),
            checkpointed: Instant::now(),
            last_checkpoint,
            to_writer: Some(to_writer),
            from_writer,
            writing: false,
            held: None,
            try_at: Instant::now(),
            writer: Some(writer),
        })
    }

    /// Runs until it is told to stop.
    pub(super) fn run(mut self, commands: &Receiver<Queued>) {
        loop {
            let first = match commands.recv_timeout(self.sleep()) {
                Ok(command) => Some(command),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if let Some(command) = first
                && !self.take(command, commands)
            {
                break;
            }
            self.after_work();
        }
        self.finish();
    }

    fn after_work(&mut self) {
        self.try_again();
        if !self.is_ready() {
            return;
        }
        if let Err(error) = self.fire_deadlines() {
            self.stands_with(&error);
        }
        self.tell_figures(false);
        self.checkpoint_if_due();
    }

    /// Until the next deadline, or until figures may be told.
    fn sleep(&self) -> Duration {
        let state = self.parts.state.read().unwrap_or_else(PoisonError::into_inner);
        let mut sleep = LONGEST_SLEEP;
        if let (Clock::Wall, Some((at, _))) = (&self.parts.clock, state.next_deadline()) {
            let wait =
                at.0.saturating_sub(self.parts.clock.now().0)
                    .max(0)
                    .unsigned_abs();
            sleep = sleep.min(Duration::from_millis(wait));
        }
        if state.figures_changed || !state.sources_changed.is_empty() {
            sleep = sleep.min(TELL_EVERY.saturating_sub(self.told.elapsed()));
        }
        sleep
    }

    fn is_ready(&self) -> bool {
        self.parts.standing.get() == Standing::Ready
    }

    /// The engine's clock, which never goes back: what comes later in the journal is not earlier.
    fn now(&self) -> Time {
        let state = self.parts.state.read().unwrap_or_else(PoisonError::into_inner);
        self.parts.clock.now().max(state.now)
    }

    /// Takes a command and those that wait behind it. False when it is time to stop.
    fn take(&mut self, first: Queued, commands: &Receiver<Queued>) -> bool {
        let mut submissions: Vec<(Submission, Reply)> = Vec::new();
        let mut events = 0;
        let mut next = Some(first);
        let mut go_on = true;
        // What is held for a command is free when all of them are done.
        let mut held = Vec::new();
        while let Some(queued) = next.take() {
            let command = queued.command;
            held.push(queued.held);
            if !self.is_ready() && !matches!(command, Command::Stop) {
                refuse(command, self.parts.standing.get());
                continue;
            }
            match command {
                Command::Submit(submission, reply) => {
                    events += submission.events.len();
                    // A submission that moves the clock is a batch of its own, so that deadlines before it
                    // fall before it.
                    let alone = submission.clock.is_some();
                    submissions.push((submission, reply));
                    if !alone && events < EVENTS_IN_COMMIT {
                        next = commands.try_recv().ok();
                    }
                }
                Command::Act(acts, reply) => {
                    self.submit(std::mem::take(&mut submissions));
                    // A person who went away needs no answer.
                    let _ = reply.send(self.act(&acts));
                }
                Command::Rules {
                    site,
                    rules,
                    changed,
                    if_version,
                    reply,
                } => {
                    self.submit(std::mem::take(&mut submissions));
                    let _ = reply.send(self.change_rules(&site, *rules, changed, if_version));
                }
                Command::Problem {
                    problem,
                    state,
                    reply,
                } => {
                    self.submit(std::mem::take(&mut submissions));
                    let _ = reply.send(self.settle(problem, state));
                }
                Command::Condition(said, reply) => {
                    self.submit(std::mem::take(&mut submissions));
                    let _ = reply.send(self.take_condition(said));
                }
                Command::Stop => go_on = false,
            }
        }
        self.submit(submissions);
        go_on
    }

    fn submit(&mut self, submissions: Vec<(Submission, Reply)>) {
        if submissions.is_empty() {
            return;
        }
        if let Some(clock) = submissions
            .iter()
            .filter_map(|(submission, _)| submission.clock)
            .max()
        {
            self.parts.clock.advance_to(clock);
        }
        if !self.is_ready() {
            let standing = self.parts.standing.get();
            for (_, reply) in submissions {
                let _ = reply.send(Err(EngineError::Standing(standing)));
            }
            return;
        }
        let (mut lines, mut receipts, mut replies) = (Vec::new(), Vec::new(), Vec::new());
        let mut counted = Counted::default();
        let mut failure = None;
        {
            let mut state = write(&self.parts.state);
            let mut sequence = state.sequence;
            let at = self.parts.clock.now().max(state.now);
            let mut earlier = Earlier::default();
            for (submission, reply) in submissions {
                match classify(
                    submission,
                    &mut state,
                    &mut earlier,
                    &mut sequence,
                    at,
                    &mut lines,
                    &mut counted,
                ) {
                    Ok(outcomes) => receipts.push(outcomes),
                    Err(error) => {
                        failure = Some(error.to_string());
                        receipts.push(Vec::new());
                    }
                }
                replies.push(reply);
            }
        }
        let result = match failure {
            Some(failure) => Err(failure),
            None => self.commit(lines).map_err(|error| error.to_string()),
        };
        let sequence = {
            let mut state = write(&self.parts.state);
            // What was not taken was not known either: its sender sends it again.
            if result.is_ok() {
                counted.count(&mut state);
            }
            state.sequence
        };
        for (outcomes, reply) in receipts.into_iter().zip(replies) {
            let answer = match &result {
                Ok(()) => Ok(Receipt { outcomes, sequence }),
                Err(failure) => Err(EngineError::Journal(failure.clone())),
            };
            // A sender that went away needs no answer; what it sent is taken.
            let _ = reply.send(answer);
        }
    }

    /// Writes lines in one commit, applies them, and tells what changed.
    fn commit(&mut self, lines: Vec<Line>) -> Result<(), StateError> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut events = Vec::with_capacity(lines.len());
        let mut records = Vec::with_capacity(lines.len());
        for line in lines {
            records.push(line.record);
            events.push(line.event);
        }
        let begun = Instant::now();
        let written = self.parts.journal.append(&records);
        self.parts.commits.observe(begun.elapsed().as_secs_f64());
        if let Err(error) = written {
            self.interrupted(&error);
            return Err(error.into());
        }
        self.apply(records.into_iter().zip(events))
    }

    /// Applies lines of one commit that are in the journal, and tells what changed.
    fn apply(
        &mut self,
        lines: impl Iterator<Item = (Record, Option<(Event, Format)>)>,
    ) -> Result<(), StateError> {
        let mut changes = Vec::new();
        let applied = {
            let mut state = write(&self.parts.state);
            let apply = || -> Result<(), StateError> {
                for (record, event) in lines {
                    match event {
                        Some((event, format)) => {
                            state.now = state.now.max(record.at);
                            state.begin_line(record.sequence);
                            let now = state.now;
                            state.apply_event(event, format, now)?;
                        }
                        None => state.apply(record)?,
                    }
                }
                state.settle(&mut changes)
            };
            let applied = apply();
            if applied.is_ok() {
                let head = state.sequence;
                let mut log = write(&self.parts.log);
                log.push(changes, head);
                self.parts.announce.send_replace(log.end());
            }
            applied
        };
        if let Err(error) = &applied {
            // The lines are in the journal and the state is not: only a new start brings them together.
            self.fail(error);
        }
        applied
    }

    fn fail(&self, error: &StateError) {
        tracing::error!(%error, "the engine has stopped taking anything; restart the server when the cause is mended");
        self.parts.standing.set(Standing::Broken);
    }

    /// An error that was not met while lines were appended: whoever appends has judged that already.
    fn stands_with(&self, error: &StateError) {
        if !matches!(error, StateError::Journal(_)) {
            self.fail(error);
        }
    }

    fn append_one(&mut self, entry: Entry) -> Result<(), StateError> {
        let sequence = self
            .parts
            .state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .sequence
            + 1;
        let at = self.now();
        self.commit(vec![Line {
            record: Record {
                sequence,
                commit: sequence,
                at,
                entry,
            },
            event: None,
        }])
    }

    /// The configuration's rules become a new version when they differ from those that it had last.
    pub(super) fn write_regimes(&mut self) -> Result<(), StateError> {
        let configuration = Arc::clone(&self.parts.configuration);
        for site in &configuration.sites {
            let configured = RegimeEntry::configured(&configuration, site);
            let same = {
                let state = self.parts.state.read().unwrap_or_else(PoisonError::into_inner);
                // What people changed since then goes on as long as the configuration stays what it was.
                state
                    .regimes
                    .iter()
                    .rev()
                    .find(|(_, entry)| entry.site == site.code && entry.changed.is_none())
                    .map(|(_, e)| *e == configured)
            };
            if same != Some(true) {
                // A plain struct of texts and numbers always serialises.
                let json = serde_json::to_string(&configured).unwrap_or_default();
                self.append_one(Entry::Regime(json))?;
            }
        }
        Ok(())
    }

    /// Writes what fits in shared commits, each alarm at most once in each, so that what is done second is held against
    /// what was done first.
    fn act(&mut self, acts: &[Act]) -> Acted {
        let mut answers: Acted = Vec::with_capacity(acts.len());
        let mut rest = acts;
        while !rest.is_empty() {
            let mut seen = BTreeSet::new();
            let together = rest.iter().take_while(|act| seen.insert(&act.alarm)).count();
            let (now_done, later) = rest.split_at(together);
            answers.extend(self.act_together(now_done));
            rest = later;
        }
        answers
    }

    fn act_together(&mut self, acts: &[Act]) -> Acted {
        let now = self.now();
        let mut lines = Vec::new();
        let checks: Vec<Result<(), EngineError>> = {
            let state = self.parts.state.read().unwrap_or_else(PoisonError::into_inner);
            let commit = state.sequence + 1;
            let checks = acts.iter().map(|act| {
                check(&state, act, now)?;
                let sequence = commit + lines.len() as u64;
                let entry = Entry::Action {
                    alarm: act.alarm.clone(),
                    action: act.action.clone(),
                };
                lines.push(Line {
                    record: Record {
                        sequence,
                        commit,
                        at: now,
                        entry,
                    },
                    event: None,
                });
                Ok(())
            });
            checks.collect()
        };
        let written = self.commit(lines).map_err(|error| error.to_string());
        let state = self.parts.state.read().unwrap_or_else(PoisonError::into_inner);
        let answers = acts.iter().zip(checks).map(|(act, check)| {
            check?;
            if let Err(reason) = &written {
                return Err(EngineError::Journal(reason.clone()));
            }
            let record = state.alarms.get(&act.alarm).cloned();
            record.ok_or(EngineError::NotFound("such alarm"))
        });
        answers.collect()
    }

    /// A person's rules become a new version.
    fn change_rules(
        &mut self,
        site: &SmolStr,
        rules: Rules,
        changed: ByPerson,
        if_version: Option<u64>,
    ) -> Result<(), EngineError> {
        let entry = {
            let state = self.parts.state.read().unwrap_or_else(PoisonError::into_inner);
            let own: Vec<_> = state
                .regimes
                .iter()
                .filter(|(_, entry)| entry.site == *site)
                .collect();
            let present = own.len() as u64;
            if if_version.is_some_and(|seen| seen != present) {
                return Err(EngineError::RulesChanged { present });
            }
            let (_, newest) = own.last().ok_or(EngineError::NotFound("such site"))?;
            newest.clone().with(rules, changed)
        };
        // A plain struct of texts and numbers always serialises.
        let json = serde_json::to_string(&entry).unwrap_or_default();
        self.append_one(Entry::Regime(json))
            .map_err(|error| EngineError::Journal(error.to_string()))
    }

    fn settle(&mut self, problem: u64, standing: &'static str) -> Result<(), EngineError> {
        {
            let state = self.parts.state.read().unwrap_or_else(PoisonError::into_inner);
            if !state.problems.contains_key(&problem) {
                return Err(EngineError::NotFound("such problem"));
            }
        }
        self.append_one(Entry::ProblemState {
            problem,
            state: standing.into(),
        })
        .map_err(|error| EngineError::Journal(error.to_string()))
    }

    fn take_condition(&mut self, said: Condition) -> Result<(), EngineError> {
        let is_new = {
            let state = self.parts.state.read().unwrap_or_else(PoisonError::into_inner);
            let known = state.conditions.get(&said.key).cloned();
            // What was right all the time needs no line that says so.
            match (known, said.until) {
                (None, Some(_)) => false,
                (known, _) => known.unwrap_or_default().tell(&said),
            }
        };
        if !is_new {
            return Ok(());
        }
        self.append_one(Entry::Condition(said))
            .map_err(|error| EngineError::Journal(error.to_string()))
    }

    /// Judges every container anew whose deadline has passed: an alarm rings without any message.
    fn fire_deadlines(&mut self) -> Result<(), StateError> {
        let now = self.now();
        loop {
            let lines = {
                let state = self.parts.state.read().unwrap_or_else(PoisonError::into_inner);
                let commit = state.sequence + 1;
                let due = state.due(now, DEADLINES_IN_COMMIT);
                due.into_iter()
                    .zip(commit..)
                    .map(|(due, sequence)| Line {
                        record: Record {
                            sequence,
                            commit,
                            at: now,
                            entry: Entry::Deadline(due),
                        },
                        event: None,
                    })
                    .collect::<Vec<_>>()
            };
            let full = lines.len() >= DEADLINES_IN_COMMIT;
            if lines.is_empty() {
                return Ok(());
            }
            self.commit(lines)?;
            if !full {
                return Ok(());
            }
        }
    }

    /// Tells the newest figures and who spoke, if anything changed and enough time has passed.
    fn tell_figures(&mut self, now: bool) {
        if !now && self.told.elapsed() < TELL_EVERY {
            return;
        }
        let mut state = write(&self.parts.state);
        if !state.figures_changed && state.sources_changed.is_empty() {
            return;
        }
        let mut changes = Vec::new();
        let sequence = state.sequence;
        let mut tell = |topic: Topic, of: SmolStr, json: serde_json::Result<String>| {
            // Plain structs of texts and numbers always serialise.
            changes.push(Change {
                sequence,
                topic,
                of,
                json: json.unwrap_or_default(),
            });
        };
        let spoke = std::mem::take(&mut state.sources_changed);
        let site = state.sites.first().map(|site| site.site.clone());
        for name in spoke {
            if let (Some(source), Some(site)) = (state.sources.get(&name), &site) {
                let change = FeedChange {
                    source: name,
                    events: source.events,
                    problems: source.problems,
                    last_at: source.last_at.map(|at| site.local(at)),
                };
                tell(
                    Topic::Feed,
                    change.source.as_str().into(),
                    serde_json::to_string(&change),
                );
            }
        }
        if std::mem::take(&mut state.figures_changed) {
            let today = self.parts.clock.now();
            for site in &state.sites {
                let change = FiguresChange {
                    changed: FIGURE_CALLS.map(str::to_owned).to_vec(),
                    overview: overview(&state, site, &self.parts.configuration.clearance, today),
                };
                tell(
                    Topic::Figures,
                    site.site.code.clone(),
                    serde_json::to_string(&change),
                );
            }
        }
        let mut log = write(&self.parts.log);
        log.push(changes, sequence);
        self.parts.announce.send_replace(log.end());
        self.told = Instant::now();
    }

    fn checkpoint_if_due(&mut self) {
        if self.writing
            && let Ok(written) = self.from_writer.try_recv()
        {
            self.written(written);
        }
        if self.writing || self.held.is_some() {
            return;
        }
        let due = {
            let state = self.parts.state.read().unwrap_or_else(PoisonError::into_inner);
            let lines = state.sequence - self.last_checkpoint.min(state.sequence);
            state.changed.len() >= CHECKPOINT_CONTAINERS
                || lines >= CHECKPOINT_LINES
                || (lines > 0 && self.checkpointed.elapsed() >= CHECKPOINT_AFTER)
        };
        if due {
            self.checkpoint();
        }
    }

    fn checkpoint(&mut self) {
        let checkpoint = {
            let mut state = write(&self.parts.state);
            let log = self.parts.log.read().unwrap_or_else(PoisonError::into_inner);
            state.checkpoint(&log, self.last_checkpoint)
        };
        self.last_checkpoint = checkpoint.sequence;
        self.checkpointed = Instant::now();
        self.write_checkpoint(checkpoint);
    }

    fn write_checkpoint(&mut self, checkpoint: Checkpoint) {
        self.writing = self
            .to_writer
            .as_ref()
            .is_some_and(|writer| writer.send(checkpoint).is_ok());
    }

    fn written(&mut self, written: Written) {
        self.writing = false;
        match written {
            Ok(checkpoint) => {
                if let Err(error) = write(&self.parts.state).checkpoint_written(&checkpoint) {
                    self.fail(&error.into());
                }
            }
            Err((_, error)) if error.is_damage() => self.fail(&error.into()),
            // Until it is written, this server answers from memory what it holds; the journal has it all.
            Err((checkpoint, error)) => {
                tracing::error!(%error, "a checkpoint could not be written; it is tried again");
                self.held = Some(checkpoint);
                self.try_at = Instant::now() + interrupted::TRY_EVERY;
            }
        }
    }

    /// The last checkpoint, and the end of the thread that writes them.
    fn finish(mut self) {
        self.tell_figures(true);
        if self.writing
            && let Ok(written) = self.from_writer.recv()
        {
            self.written(written);
        }
        if let Some(held) = self.held.take() {
            self.write_checkpoint(held);
            if let Ok(written) = self.from_writer.recv() {
                self.written(written);
            }
        }
        if self.is_ready() && self.held.is_none() {
            self.checkpoint();
            if self.writing
                && let Ok(written) = self.from_writer.recv()
            {
                self.written(written);
            }
        }
        self.to_writer = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
        let _ = self.parts.lock.unlock();
    }
}

/// What is counted of senders beside the lines, once those are written.
#[derive(Default)]
struct Counted {
    duplicates: Vec<String>,
    flags: Vec<(String, u64)>,
}

impl Counted {
    fn count(self, state: &mut State) {
        for source in self.duplicates {
            state.sources.entry(source).or_default().duplicates += 1;
        }
        for (source, flags) in self.flags {
            state.sources.entry(source).or_default().flags += flags;
        }
    }
}

/// Answers a command that is not taken. Whoever went away needs no answer.
fn refuse(command: Command, standing: Standing) {
    let refused = || EngineError::Standing(standing);
    match command {
        Command::Submit(_, reply) => drop(reply.send(Err(refused()))),
        Command::Act(acts, reply) => drop(reply.send(acts.iter().map(|_| Err(refused())).collect())),
        Command::Rules { reply, .. } | Command::Problem { reply, .. } | Command::Condition(_, reply) => {
            drop(reply.send(Err(refused())));
        }
        Command::Stop => {}
    }
}

/// Whether an act fits its alarm as it is now.
fn check(state: &State, act: &Act, now: Time) -> Result<(), EngineError> {
    let present = state
        .alarms
        .get(&act.alarm)
        .ok_or(EngineError::NotFound("such alarm"))?;
    if act.if_sequence.is_some_and(|seen| seen != present.sequence) {
        return Err(EngineError::Conflict {
            reason: "the alarm changed meanwhile; here is how it is now".to_owned(),
            present: Box::new(Arc::clone(present)),
        });
    }
    present
        .check(&act.action, now)
        .map_err(|error| refused(error, Arc::clone(present)))
}

fn classify(
    submission: Submission,
    state: &mut State,
    earlier: &mut Earlier,
    sequence: &mut u64,
    at: Time,
    lines: &mut Vec<Line>,
    counted: &mut Counted,
) -> Result<Vec<Outcome>, StateError> {
    let mut outcomes = Vec::with_capacity(submission.events.len());
    let commit = lines.first().map_or(*sequence + 1, |line| line.record.commit);
    for Taken { event, json, format } in submission.events {
        let outcome = {
            let line = |place: usize| {
                lines
                    .get(place)
                    .and_then(|line| Some(line.event.as_ref()?.0.clone()))
            };
            state.classify(&event, earlier, line, lines.len())?
        };
        if outcome.is_kept() {
            *sequence += 1;
            let entry = Entry::Event(format, json);
            let record = Record {
                sequence: *sequence,
                commit,
                at,
                entry,
            };
            lines.push(Line {
                record,
                event: Some((event, format)),
            });
        } else {
            counted.duplicates.push(event.identity.source.to_string());
        }
        outcomes.push(outcome);
    }
    for problem in submission.problems {
        *sequence += 1;
        // A plain struct of texts and numbers always serialises.
        let entry = Entry::Problem(serde_json::to_string(&problem).unwrap_or_default());
        lines.push(Line {
            record: Record {
                sequence: *sequence,
                commit,
                at,
                entry,
            },
            event: None,
        });
    }
    counted.flags.extend(submission.flags);
    Ok(outcomes)
}
