//! The book's own thread: gather what waits, classify, write one commit, apply, tell.

use super::entry::{Act, Entry, RulesEntry};
use super::keys::{Filter, ParcelId};
use super::state::{State, StateError};
use super::store::{Checkpoint, Store};
use super::watch::Watch;
use super::{ActError, BookError, Command, DOCUMENTS_IN_COMMIT, Outcome, Queued, Receipt, Submission, Taken};
use crate::clock::Clock;
use crate::config::Configuration;
use crate::engine::standing::{Standing, StandingCell};
use crate::engine::store::StoreError;
use crate::engine::{Engine, EngineError};
use crate::journal::{Journal, JournalError, Record};
use prometheus_client::metrics::histogram::Histogram;
use rustc_hash::FxHashMap;
use shared::parcels::{ActKind, Arrival, Document, DocumentIdentity, HashedIdentity, ParcelState, Versions};
use shared::time::Time;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// A line of the journal holds at most so many bytes of documents, unless one alone is more.
const BYTES_IN_LINE: usize = 1 << 20;
/// A checkpoint is due after so many changed parcels …
const CHECKPOINT_PARCELS: usize = 30_000;
/// … or after this time.
const CHECKPOINT_AFTER: Duration = Duration::from_secs(60);
/// After so many parcels that were looked up in the store, it is chosen which leave memory again.
const LOADED_PARCELS: usize = 30_000;
/// The longest sleep without looking at the clock.
const LONGEST_SLEEP: Duration = Duration::from_millis(250);
/// How long until writing is tried again.
const TRY_EVERY: Duration = Duration::from_secs(1);
/// So many parcels leave memory between two commits.
const LEAVE_AT_ONCE: usize = 2_000;

type Reply = oneshot::Sender<Result<Receipt, EngineError>>;

/// What the thread works with.
pub(super) struct Parts {
    pub state: Arc<RwLock<State>>,
    pub journal: Box<dyn Journal<Entry>>,
    pub store: Arc<Store>,
    pub clock: Clock,
    pub configuration: Arc<Configuration>,
    /// What the key of identity numbers makes of a fixed text.
    pub key_proof: HashedIdentity,
    pub engine: Arc<Engine>,
    pub standing: Arc<StandingCell>,
    /// How long commits take, in seconds.
    pub commits: Histogram,
}

/// A checkpoint that was written, or not.
type Written = Result<Stored, (Checkpoint, StoreError)>;

/// A checkpoint that was written.
struct Stored {
    checkpoint: Checkpoint,
    /// A filter with every key in the store, or why there is none, if one was wanted.
    filter: Option<Result<Filter, StoreError>>,
}

/// The book's thread.
pub(super) struct Runner {
    parts: Parts,
    watch: Watch,
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

/// What a commit does with a document.
enum Step {
    /// Documents of one line, each with the parcel that has it.
    Documents(Vec<(Document, Option<ParcelId>)>),
    /// Anything else, which the line says alone.
    Other,
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// Rebuilds the state from the store and the lines behind it.
pub(super) fn rebuild(
    state: &mut State,
    journal: &dyn Journal<Entry>,
    store: &Store,
    cache: usize,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StateError> {
    let head = journal.head();
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
        state.restore(loaded)?;
    }
    let mut failure = None;
    let mut commit = 0;
    journal.replay(state.sequence, &mut |record| {
        if failure.is_some() {
            return;
        }
        let sequence = record.sequence;
        let mut line = || -> Result<(), StateError> {
            if record.commit != commit {
                state.settle()?;
                commit = record.commit;
                if state.changed.len() >= CHECKPOINT_PARCELS {
                    let mut checkpoint = state.checkpoint();
                    store.write(&mut checkpoint)?;
                    let filter = checkpoint.wants_filter.then(|| store.filter()).transpose()?;
                    state.checkpoint_written(&checkpoint, filter, cache);
                    state.tidy(usize::MAX / 16);
                }
            }
            let at = record.at.max(state.now);
            for site in &mut state.sites {
                site.turn(at);
            }
            state.apply(record.clone())
        };
        if let Err(error) = line() {
            failure = Some(error);
        }
        if sequence % 1_000 == 0 {
            progress(sequence, head);
        }
    })?;
    if let Some(error) = failure {
        return Err(error);
    }
    state.settle()
}

impl Runner {
    /// A runner with the thread that writes checkpoints.
    pub(super) fn new(parts: Parts) -> Result<Runner, BookError> {
        let (to_writer, checkpoints) = channel::<Checkpoint>();
        let (done, from_writer) = channel();
        let store = Arc::clone(&parts.store);
        let writer = std::thread::Builder::new()
            .name("parcels-store".to_owned())
            .spawn(move || {
                for mut checkpoint in checkpoints {
                    let written = match store.write(&mut checkpoint) {
                        Ok(()) => Ok(Stored {
                            filter: checkpoint.wants_filter.then(|| store.filter()),
                            checkpoint,
                        }),
                        Err(error) => Err((checkpoint, error)),
                    };
                    if done.send(written).is_err() {
                        return;
                    }
                }
            })
            .map_err(BookError::Thread)?;
        let last_checkpoint = parts.store.sequence()?.unwrap_or(0);
        let watch = Watch::new(&parts.engine, &parts.configuration, parts.clock.now());
        Ok(Runner {
            parts,
            watch,
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

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.parts.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs until it is told to stop.
    pub(super) fn run(mut self, commands: &Receiver<Queued>) {
        loop {
            let first = match commands.recv_timeout(LONGEST_SLEEP) {
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
        if self.watch.is_due() {
            let now = self.parts.clock.now();
            let mut state = write(&self.parts.state);
            self.watch.look(&mut state, &self.parts.engine, now);
        }
        self.checkpoint_if_due();
        // Documents that come again change nothing, so that no checkpoint follows on what was looked up for them.
        if self.state().loaded >= LOADED_PARCELS {
            let cache = self.parts.configuration.parcels.cache;
            write(&self.parts.state).choose_leaving(cache);
        }
        if self.state().is_untidy() {
            write(&self.parts.state).tidy(LEAVE_AT_ONCE);
        }
    }

    fn is_ready(&self) -> bool {
        self.parts.standing.get() == Standing::Ready
    }

    /// Takes a command and those that wait behind it. False when it is time to stop.
    fn take(&mut self, first: Queued, commands: &Receiver<Queued>) -> bool {
        let mut submissions: Vec<(Submission, Reply)> = Vec::new();
        let mut documents = 0;
        let mut next = Some(first);
        let mut go_on = true;
        // What is held for a command is free when all of them are done.
        let mut held = Vec::new();
        while let Some(queued) = next.take() {
            held.push(queued.held);
            match queued.command {
                Command::Submit(submission, reply) => {
                    documents += submission.documents.len();
                    // One that moves the clock is a commit of its own.
                    let alone = submission.clock.is_some();
                    submissions.push((submission, reply));
                    if !alone && documents < DOCUMENTS_IN_COMMIT {
                        next = commands.try_recv().ok();
                    }
                }
                Command::Act(act, if_sequence, reply) => {
                    self.submit(std::mem::take(&mut submissions));
                    // A person who went away needs no answer.
                    let _ = reply.send(self.act(act, if_sequence));
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
        if !self.is_ready() {
            let standing = self.parts.standing.get();
            for (_, reply) in submissions {
                let _ = reply.send(Err(EngineError::Standing(standing)));
            }
            return;
        }
        let told = submissions.iter().filter_map(|(submission, _)| submission.clock);
        let clock = told.max().unwrap_or_else(|| self.parts.clock.now());
        let (mut receipts, mut replies) = (Vec::new(), Vec::new());
        let (mut records, mut steps) = (Vec::new(), Vec::new());
        let mut repeated = Vec::new();
        let mut failure = None;
        {
            let mut state = write(&self.parts.state);
            let at = clock.max(state.now);
            let mut batch = Batch {
                sequence: state.sequence,
                commit: state.sequence + 1,
                at,
                earlier: FxHashMap::default(),
                repeated: &mut repeated,
            };
            for (submission, reply) in submissions {
                match batch.classify(&mut state, submission, &mut records, &mut steps) {
                    Ok(outcomes) => receipts.push(outcomes),
                    Err(error) => {
                        failure = Some(error);
                        receipts.push(Vec::new());
                    }
                }
                replies.push(reply);
            }
        }
        let result = match failure {
            Some(error) => {
                self.stands_with(&error);
                Err(error.to_string())
            }
            None => self.commit(records, steps).map_err(|error| error.to_string()),
        };
        let sequence = {
            let mut state = write(&self.parts.state);
            if result.is_ok() {
                let now = state.now;
                for (site, source) in repeated {
                    let site = state.site_index(&site).and_then(|site| state.sites.get_mut(site));
                    if let Some(party) = site.and_then(|site| site.parties.get_mut(&source)) {
                        party.repeated(now.max(clock));
                    }
                }
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

    /// Writes lines in one commit and applies them.
    fn commit(&mut self, records: Vec<Record<Entry>>, steps: Vec<Step>) -> Result<(), StateError> {
        if records.is_empty() {
            return Ok(());
        }
        let begun = Instant::now();
        let written = self.parts.journal.append(&records);
        self.parts.commits.observe(begun.elapsed().as_secs_f64());
        if let Err(error) = written {
            self.interrupted(&error);
            return Err(error.into());
        }
        self.apply(records.into_iter().zip(steps))
    }

    /// Applies lines of one commit that are in the journal.
    fn apply(&mut self, lines: impl Iterator<Item = (Record<Entry>, Step)>) -> Result<(), StateError> {
        let mut state = write(&self.parts.state);
        let state = &mut *state;
        let apply = || -> Result<(), StateError> {
            for (record, step) in lines {
                let at = record.at.max(state.now);
                for site in &mut state.sites {
                    site.turn(at);
                }
                match step {
                    Step::Other => state.apply(record)?,
                    Step::Documents(documents) => {
                        state.begin_line(record.sequence, record.at);
                        for (document, owner) in documents {
                            state.receive(document, owner)?;
                        }
                    }
                }
            }
            state.settle()
        };
        let applied = apply();
        if let Err(error) = &applied {
            // The lines are in the journal and the state is not: only a new start brings them together.
            self.fail(error);
        }
        applied
    }

    fn fail(&self, error: &StateError) {
        tracing::error!(%error, "the book of the parcels has stopped taking anything; restart the server when the cause is mended");
        self.parts.standing.set(Standing::Broken);
    }

    /// An error that was not met while lines were appended: whoever appends has judged that already.
    fn stands_with(&self, error: &StateError) {
        if !matches!(error, StateError::Journal(_)) {
            self.fail(error);
        }
    }

    fn append_one(&mut self, entry: Entry) -> Result<u64, StateError> {
        let (sequence, now) = {
            let state = self.state();
            (state.sequence + 1, state.now)
        };
        let record = Record {
            sequence,
            commit: sequence,
            at: self.parts.clock.now().max(now),
            entry,
        };
        self.commit(vec![record], vec![Step::Other])?;
        Ok(sequence)
    }

    /// The configuration's rules become those in force when they differ from those that were.
    pub(super) fn write_rules(&mut self) -> Result<(), StateError> {
        let rules = &self.parts.configuration.parcels.rules;
        let configured = RulesEntry::of(rules, Some(self.parts.key_proof));
        let (known, first) = {
            let state = self.state();
            (RulesEntry::of(&state.rules, state.key_proof), state.sequence == 0)
        };
        // An empty journal says nothing until the first document comes; from then on its rules stand in front of it.
        if known != configured || first {
            self.append_one(Entry::Rules(configured))?;
        }
        Ok(())
    }

    fn act(&mut self, act: Act, if_sequence: Option<u64>) -> Result<u64, ActError> {
        if !self.is_ready() {
            return Err(EngineError::Standing(self.parts.standing.get()).into());
        }
        {
            let state = self.state();
            let look = state.look_up_order(&act.order);
            let (id, parcel) = look
                .map_err(|error| EngineError::Journal(error.to_string()))?
                .ok_or(ActError::NotFound)?;
            let changed = state
                .changed_by(id)
                .map_err(|error| EngineError::Journal(error.to_string()))?;
            let stood = parcel.verdict().map(|verdict| verdict.state);
            if if_sequence.is_some_and(|seen| seen < changed) {
                let reason = "the parcel changed meanwhile; look at it before you decide";
                return Err(ActError::Conflict(reason.to_owned()));
            }
            if act.kind == ActKind::Release
                && stood == Some(ParcelState::Returned)
                && parcel.is_list_withdrawn()
            {
                let reason = "its list was taken back, so that it stays returned until the list stands again";
                return Err(ActError::Conflict(reason.to_owned()));
            }
            let fits = match act.kind {
                ActKind::Release => matches!(stood, Some(ParcelState::Held | ParcelState::Returned)),
                ActKind::Return => {
                    !matches!(stood, None | Some(ParcelState::Returned | ParcelState::Withdrawn))
                }
            };
            if !fits {
                let stands = stood.map_or("unknown", ParcelState::name);
                let reason = format!("a parcel that is {stands} can't be given this decision");
                return Err(ActError::Conflict(reason));
            }
        }
        let written = self.append_one(Entry::Act(act));
        written.map_err(|error| EngineError::Journal(error.to_string()).into())
    }

    /// Lines could not be appended: as with the port's engine (`engine/run/interrupted.rs`).
    fn interrupted(&mut self, error: &JournalError) {
        match error {
            // Whatever is wrong with what should be written is wrong with that alone.
            JournalError::Line { .. } => {}
            JournalError::Store(_) | JournalError::Room(_) => {
                tracing::error!(%error, "no document is taken until the parcels' journal can be written; that is tried again");
                self.parts.standing.set(Standing::Waiting);
                self.try_at = Instant::now() + TRY_EVERY;
            }
            JournalError::Damaged { .. } | JournalError::Gap { .. } | JournalError::Newer { .. } => {
                tracing::error!(%error, "the book of the parcels has stopped taking anything");
                self.parts.standing.set(Standing::Broken);
            }
        }
    }

    /// Tries again what could not be written, when it is time.
    fn try_again(&mut self) {
        if Instant::now() < self.try_at {
            return;
        }
        if self.parts.standing.get() == Standing::Waiting {
            self.try_at = Instant::now() + TRY_EVERY;
            match self.reopen() {
                Ok(()) => {
                    tracing::info!("the parcels' journal can be written again");
                    self.parts.standing.set(Standing::Ready);
                }
                Err(StateError::Journal(error @ (JournalError::Store(_) | JournalError::Room(_)))) => {
                    tracing::debug!(%error, "the parcels' journal can still not be written");
                }
                Err(error) => self.fail(&error),
            }
        }
        if self.is_ready()
            && let Some(held) = self.held.take()
        {
            self.write_checkpoint(held);
        }
    }

    /// Opens the journal anew, and applies what is in it although its writing failed.
    fn reopen(&mut self) -> Result<(), StateError> {
        self.parts.journal.recover()?;
        let (epoch, sequence) = {
            let state = self.state();
            (state.epoch.clone(), state.sequence)
        };
        let head = self.parts.journal.head();
        if head < sequence || self.parts.journal.epoch() != epoch {
            return Err(JournalError::Gap {
                after: head,
                found: sequence,
            }
            .into());
        }
        let mut lines = Vec::new();
        self.parts
            .journal
            .replay(sequence, &mut |record| lines.push((record, Step::Other)))?;
        if lines.is_empty() {
            return Ok(());
        }
        self.apply(lines.into_iter())
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
            let state = self.state();
            state.changed.len() >= CHECKPOINT_PARCELS
                || (state.sequence > self.last_checkpoint && self.checkpointed.elapsed() >= CHECKPOINT_AFTER)
        };
        if due {
            self.checkpoint();
        }
    }

    fn checkpoint(&mut self) {
        let checkpoint = write(&self.parts.state).checkpoint();
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
            Ok(Stored { checkpoint, filter }) => {
                let filter = match filter.transpose() {
                    Ok(filter) => filter,
                    Err(error) if error.is_damage() => return self.fail(&error.into()),
                    // The full one still knows every key; it only asks the store in vain more often.
                    Err(error) => {
                        tracing::warn!(%error, "the filter of the parcels' keys could not be made anew; it is tried again");
                        None
                    }
                };
                let cache = self.parts.configuration.parcels.cache;
                write(&self.parts.state).checkpoint_written(&checkpoint, filter, cache);
            }
            Err((_, error)) if error.is_damage() => self.fail(&error.into()),
            // Until it is written, this server answers from memory what it holds; the journal has it all.
            Err((checkpoint, error)) => {
                tracing::error!(%error, "a checkpoint of the parcels could not be written; it is tried again");
                self.held = Some(checkpoint);
                self.try_at = Instant::now() + TRY_EVERY;
            }
        }
    }

    fn wait_for_writer(&mut self) {
        if self.writing
            && let Ok(written) = self.from_writer.recv()
        {
            self.written(written);
        }
    }

    /// The last checkpoint, and the end of the thread that writes them.
    fn finish(mut self) {
        self.wait_for_writer();
        if let Some(held) = self.held.take() {
            self.write_checkpoint(held);
            self.wait_for_writer();
        }
        if self.is_ready() && self.held.is_none() {
            self.checkpoint();
            self.wait_for_writer();
        }
        self.to_writer = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// Documents of one commit on their way into lines.
struct Batch<'b> {
    sequence: u64,
    commit: u64,
    at: Time,
    /// What documents of the commit are known as by those before them.
    earlier: FxHashMap<DocumentIdentity, Versions>,
    /// Documents that were known already: the site and who sent them.
    repeated: &'b mut Vec<(smol_str::SmolStr, smol_str::SmolStr)>,
}

impl Batch<'_> {
    /// Says of each document what it is, and puts those that are kept into lines.
    fn classify(
        &mut self,
        state: &mut State,
        submission: Submission,
        records: &mut Vec<Record<Entry>>,
        steps: &mut Vec<Step>,
    ) -> Result<Vec<Outcome>, StateError> {
        let mut outcomes = Vec::with_capacity(submission.documents.len());
        let mut line = String::new();
        let mut documents = Vec::new();
        for Taken { document, json } in submission.documents {
            let (outcome, owner) = self.outcome(state, &document)?;
            outcomes.push(outcome);
            if outcome.arrival == Some(Arrival::Duplicate) {
                if let Some(content) = &document.content {
                    let source = document.identity.source.clone();
                    self.repeated.push((content.site.clone(), source));
                }
                continue;
            }
            if line.len() + json.len() > BYTES_IN_LINE && !line.is_empty() {
                self.end_line(&mut line, &mut documents, records, steps);
            }
            line.push(if line.is_empty() { '[' } else { ',' });
            line.push_str(&json);
            documents.push((document, owner));
        }
        self.end_line(&mut line, &mut documents, records, steps);
        Ok(outcomes)
    }

    fn end_line(
        &mut self,
        line: &mut String,
        documents: &mut Vec<(Document, Option<ParcelId>)>,
        records: &mut Vec<Record<Entry>>,
        steps: &mut Vec<Step>,
    ) {
        if documents.is_empty() {
            return;
        }
        line.push(']');
        self.sequence += 1;
        records.push(Record {
            sequence: self.sequence,
            commit: self.commit,
            at: self.at,
            entry: Entry::Documents(std::mem::take(line)),
        });
        steps.push(Step::Documents(std::mem::take(documents)));
    }

    /// What a document would turn out to be, with those before it in the same commit, and the parcel that has it.
    fn outcome(
        &mut self,
        state: &mut State,
        document: &Document,
    ) -> Result<(Outcome, Option<ParcelId>), StateError> {
        let new = Outcome {
            arrival: None,
            conflict: false,
        };
        let identity = &document.identity;
        if let Some(versions) = self.earlier.get_mut(identity) {
            let arrival = versions.add(document.clone(), self.at);
            let conflict = versions.has_conflict();
            // Where it is then is known when the ones before it are applied.
            let outcome = Outcome {
                arrival: Some(arrival),
                conflict,
            };
            return Ok((outcome, None));
        }
        let known = match state.loose.get(identity) {
            Some(versions) => Some((versions.clone(), None)),
            None => {
                let owner = state.owner(identity)?;
                owner.and_then(|owner| {
                    let held = state.parcels.get(&owner)?;
                    Some((held.parcel.document(identity)?.clone(), Some(owner)))
                })
            }
        };
        let Some((mut versions, owner)) = known else {
            self.earlier
                .insert(identity.clone(), Versions::new(document.clone(), self.at));
            return Ok((new, None));
        };
        let arrival = versions.add(document.clone(), self.at);
        let conflict = versions.has_conflict();
        self.earlier.insert(identity.clone(), versions);
        let outcome = Outcome {
            arrival: Some(arrival),
            conflict,
        };
        Ok((outcome, owner))
    }
}
