//! The engine: the one writer of state. It takes what feeds and people send, writes it to the journal in shared
//! commits, applies it, calls deadlines at the right moment, and tells the stream what changed.

/// Alarms by when they were active.
mod active;
/// All alarms, newest first, and those of each container.
pub mod alarms;
/// The calendar of a site.
pub mod calendar;
/// Changes as the stream tells them.
pub mod changes;
/// What changed goes to the store.
pub mod checkpoint;
/// What the engine keeps of a container.
pub mod container;
/// How much stood in the yard over time.
pub mod course;
/// Declarations, each with all of its boxes.
pub mod declarations;
/// What each report said in each of its versions.
mod histories;
/// Which container an identity speaks of.
pub mod identity;
/// Judging what a commit folded.
mod judging;
/// Lists of stays.
pub mod lists;
/// Offsets of a zone as a table.
mod offsets;
/// The overview of the first page.
pub mod overview;
/// What was not understood.
pub mod problems;
/// Folding a container afresh.
pub mod refold;
/// Rules and layouts as the journal keeps them.
pub mod regimes;
/// The yard as it was.
pub mod replay;
/// The engine's own thread.
mod run;
/// What people type, found among what boxes are known by.
pub mod search;
/// One site as the engine keeps it.
pub mod site;
/// Who sends, how much and how lately.
pub mod sources;
/// Whether anything is taken.
pub mod standing;
/// What the journal adds up to.
pub mod state;
/// The store of the state.
pub mod store;
/// What a stay depends on beside its own events.
pub mod surroundings;
/// Trying rules before they ring.
pub mod trial;
/// How the state looks from outside.
pub mod view;
/// Alarms of the system itself.
mod watching;
/// The yard now.
pub mod yard;

use crate::clock::Clock;
use crate::config::Configuration;
use crate::journal::sqlite::SqliteJournal;
use crate::journal::{Format, Journal, JournalError};
use changes::{Change, ChangeLog, Topic};
use problems::ProblemEntry;
use prometheus_client::metrics::histogram::Histogram;
use regimes::ByPerson;
use shared::alarm::condition::Condition;
use shared::alarm::lifecycle::{ActionError, AlarmRecord, PersonAction};
use shared::event::Event;
use shared::rules::Rules;
use shared::time::Time;
use smol_str::SmolStr;
use standing::{Standing, StandingCell};
use state::{Outcome, State, StateError};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use store::{Store, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

/// How many calls may wait for the engine at once; more wait before they are read.
const WAITING: usize = 64;

/// Seconds by which commits are counted.
const COMMIT_SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// How many messages may be read at once: reading them never takes all of a larger machine.
fn reading_at_once() -> usize {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    (cores / 2).max(2)
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory can't be made or written.
    #[error(
        "the data directory {path} can't be written: {reason}; choose another with --data, or give this user the right to write there"
    )]
    Folder {
        /// The directory.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// Another server has it.
    #[error(
        "the data directory {0} is in use by another server; stop that one, or choose another with --data"
    )]
    InUse(PathBuf),
    /// A restore into it broke off.
    #[error(
        "the data directory {0} was not restored to the end; empty it and restore the backup again, or choose another with --data"
    )]
    Unrestored(PathBuf),
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state failed.
    #[error(transparent)]
    State(#[from] StateError),
    /// A thread can't be started.
    #[error("a thread can't be started: {0}")]
    Thread(std::io::Error),
    /// The book of the parcels did not start.
    #[error("{0}")]
    Book(String),
}

/// What the engine did with what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// For each event, in order.
    pub outcomes: Vec<Outcome>,
    /// The change up to which everything is applied and durable.
    pub sequence: u64,
}

/// Why the engine did not do something.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The journal could not be written; nothing was taken.
    #[error("{0}")]
    Journal(String),
    /// Nothing is taken at present.
    #[error("{}", .0.text())]
    Standing(Standing),
    /// The engine has stopped.
    #[error("the server is stopping; send again when it is back")]
    Stopped,
    /// There is no such thing.
    #[error("there is no {0}")]
    NotFound(&'static str),
    /// It changed meanwhile, or what is asked does not fit it.
    #[error("{reason}")]
    Conflict {
        /// Why.
        reason: String,
        /// The alarm as it is now.
        present: Box<Arc<AlarmRecord>>,
    },
    /// The rules changed meanwhile.
    #[error("the rules changed meanwhile: version {present} is in force; look at it before you change it")]
    RulesChanged {
        /// The version in force.
        present: u64,
    },
    /// The request itself is wrong.
    #[error("{0}")]
    Request(&'static str),
}

/// An event that was taken in.
#[derive(Debug)]
pub struct Taken {
    /// The event.
    pub event: Event,
    /// Its canonical JSON.
    pub json: String,
    /// The format in which it came.
    pub format: Format,
}

/// What a feed hands over.
#[derive(Debug, Default)]
pub struct Submission {
    /// Events that were taken in.
    pub events: Vec<Taken>,
    /// What was not understood.
    pub problems: Vec<ProblemEntry>,
    /// By source: how many flags its events have.
    pub flags: Vec<(String, u64)>,
    /// In a demo: the simulated moment.
    pub clock: Option<Time>,
}

enum Command {
    Submit(Submission, oneshot::Sender<Result<Receipt, EngineError>>),
    Act(Vec<Act>, oneshot::Sender<Acted>),
    Rules {
        site: SmolStr,
        rules: Box<Rules>,
        changed: ByPerson,
        if_version: Option<u64>,
        reply: oneshot::Sender<Result<(), EngineError>>,
    },
    Problem {
        problem: u64,
        state: &'static str,
        reply: oneshot::Sender<Result<(), EngineError>>,
    },
    Condition(Condition, oneshot::Sender<Result<(), EngineError>>),
    Stop,
}

/// A command on its way to the engine, with what is free again when it is done, whoever waits for it or not: its
/// place, and what its sender holds.
struct Queued {
    command: Command,
    held: Box<dyn Send>,
}

/// What a person does with one alarm.
#[derive(Clone, Debug)]
pub struct Act {
    /// The alarm.
    pub alarm: SmolStr,
    /// What.
    pub action: PersonAction,
    /// The sequence of the alarm that the person saw.
    pub if_sequence: Option<u64>,
}

/// What became of each of some acts, in their order.
pub type Acted = Vec<Result<Arc<AlarmRecord>, EngineError>>;

/// The engine as the rest of the server sees it.
#[derive(Debug)]
pub struct Engine {
    /// What the program was told.
    pub configuration: Arc<Configuration>,
    /// The engine's clock.
    pub clock: Clock,
    /// Whether the data is simulated.
    pub simulated: bool,
    /// How far the simulated history is, in thousandths; 1000 when it is made, or when there is none.
    pub history: AtomicU32,
    state: Arc<RwLock<State>>,
    log: Arc<RwLock<ChangeLog>>,
    head: watch::Receiver<u64>,
    announce: watch::Sender<u64>,
    commands: Mutex<Sender<Queued>>,
    waiting: Arc<Semaphore>,
    standing: Arc<StandingCell>,
    reading: Arc<Semaphore>,
    /// How long commits to the journal take, in seconds.
    pub commits: Histogram,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl StartError {
    /// Whether the store is damaged, which the journal makes anew.
    fn is_damage_of_the_store(&self) -> bool {
        match self {
            StartError::Store(error) | StartError::State(StateError::Store(error)) => error.is_damage(),
            _ => false,
        }
    }
}

/// The state that the journal adds up to, with the help of the store as far as that reaches.
fn recall(
    folder: &Path,
    journal: &SqliteJournal,
    configuration: &Arc<Configuration>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(State, ChangeLog, Arc<Store>), StartError> {
    let store = Arc::new(Store::open(
        &folder.join("state.db"),
        journal.epoch(),
        &fingerprint(configuration),
    )?);
    let mut state = State::new(configuration, journal.epoch(), Arc::clone(&store));
    let keep = usize::try_from(configuration.stream.keep).unwrap_or(usize::MAX);
    let log = run::rebuild(&mut state, journal, &store, keep, progress)?;
    Ok((state, log, store))
}

impl Engine {
    /// Opens the data directory, rebuilds the state, and starts the engine's thread. Answers when state is
    /// rebuilt; `progress` hears of the lines that were applied, and how many there are.
    pub fn start(
        folder: &Path,
        configuration: Arc<Configuration>,
        clock: Clock,
        simulated: bool,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Engine, StartError> {
        std::fs::create_dir_all(folder).map_err(|reason| StartError::Folder {
            path: folder.to_owned(),
            reason,
        })?;
        let lock = lock(folder)?;
        refuse_unrestored(folder)?;
        let journal = SqliteJournal::open(&folder.join("journal.db"))?;
        // Where the journal is new, its place in the folder has to last as well.
        std::fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|reason| StartError::Folder {
                path: folder.to_owned(),
                reason,
            })?;
        let (state, log, store) = match recall(folder, &journal, &configuration, progress) {
            Err(error) if error.is_damage_of_the_store() => {
                tracing::warn!(%error, "the store of the state is made anew from the journal");
                Store::remove(&folder.join("state.db")).map_err(|reason| StartError::Folder {
                    path: folder.to_owned(),
                    reason,
                })?;
                recall(folder, &journal, &configuration, progress)?
            }
            recalled => recalled?,
        };
        clock.advance_to(state.now);

        let state = Arc::new(RwLock::new(state));
        let log = Arc::new(RwLock::new(log));
        let end = log.read().unwrap_or_else(PoisonError::into_inner).end();
        let (announce, head) = watch::channel(end);
        let (commands, receiver) = std::sync::mpsc::channel();
        let standing = Arc::<StandingCell>::default();
        let commits = Histogram::new(COMMIT_SECONDS);
        let mut runner = run::Runner::new(run::Parts {
            state: Arc::clone(&state),
            log: Arc::clone(&log),
            journal: Box::new(journal),
            store,
            clock: clock.clone(),
            configuration: Arc::clone(&configuration),
            announce: announce.clone(),
            standing: Arc::clone(&standing),
            commits: commits.clone(),
            lock,
        })?;
        // Before anybody is answered, so that the first answer's sequence holds until something happens.
        runner.write_regimes()?;
        let thread = std::thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || runner.run(&receiver))
            .map_err(StartError::Thread)?;
        Ok(Engine {
            configuration,
            clock,
            simulated,
            history: AtomicU32::new(1_000),
            state,
            log,
            head,
            announce,
            commands: Mutex::new(commands),
            waiting: Arc::new(Semaphore::new(WAITING)),
            reading: Arc::new(Semaphore::new(reading_at_once())),
            standing,
            commits,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// The state, for reading.
    pub fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log of changes, for reading.
    pub fn log(&self) -> RwLockReadGuard<'_, ChangeLog> {
        self.log.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells when the log grows: the position behind its newest message.
    pub fn head(&self) -> watch::Receiver<u64> {
        self.head.clone()
    }

    /// Whether the engine can take anything.
    pub fn is_ready(&self) -> bool {
        self.standing() == Standing::Ready
    }

    /// Whether the engine takes anything, and why not.
    pub fn standing(&self) -> Standing {
        self.standing.get()
    }

    fn send(&self, command: Command, held: impl Send + 'static) -> Result<(), EngineError> {
        let commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        let held = Box::new(held);
        commands
            .send(Queued { command, held })
            .map_err(|_| EngineError::Stopped)
    }

    /// A place among those that wait for the engine.
    async fn place(&self) -> Result<OwnedSemaphorePermit, EngineError> {
        let place = Arc::clone(&self.waiting).acquire_owned().await;
        place.map_err(|_| EngineError::Stopped)
    }

    /// A place for reading a message before it is handed over. It goes where the work is done, since whoever waits for
    /// that may go away.
    pub async fn reading(&self) -> Result<OwnedSemaphorePermit, EngineError> {
        let place = Arc::clone(&self.reading).acquire_owned().await;
        place.map_err(|_| EngineError::Stopped)
    }

    /// Takes what a feed hands over. Answers when it is durable and applied.
    pub async fn submit(&self, submission: Submission) -> Result<Receipt, EngineError> {
        self.submit_holding(submission, ()).await
    }

    /// The same, and drops `held` when it is done with it, whether somebody still waits or not.
    pub async fn submit_holding(
        &self,
        submission: Submission,
        held: impl Send + 'static,
    ) -> Result<Receipt, EngineError> {
        let place = self.place().await?;
        let (reply, receipt) = oneshot::channel();
        self.send(Command::Submit(submission, reply), (place, held))?;
        receipt.await.map_err(|_| EngineError::Stopped)?
    }

    /// The same for a sender that keeps several on the way and their order; it bounds them itself.
    pub fn enqueue(
        &self,
        submission: Submission,
    ) -> Result<oneshot::Receiver<Result<Receipt, EngineError>>, EngineError> {
        let (reply, receipt) = oneshot::channel();
        self.send(Command::Submit(submission, reply), ())?;
        Ok(receipt)
    }

    /// A person acts on alarms, each of which is answered for itself.
    pub async fn act(&self, acts: Vec<Act>) -> Result<Acted, EngineError> {
        let place = self.place().await?;
        let (reply, done) = oneshot::channel();
        self.send(Command::Act(acts, reply), place)?;
        done.await.map_err(|_| EngineError::Stopped)
    }

    /// A person changes the rules of a site; `if_version` is the version that the person saw.
    pub async fn change_rules(
        &self,
        site: &SmolStr,
        rules: Rules,
        changed: ByPerson,
        if_version: Option<u64>,
    ) -> Result<(), EngineError> {
        let place = self.place().await?;
        let (reply, done) = oneshot::channel();
        let rules = Command::Rules {
            site: site.clone(),
            rules: Box::new(rules),
            changed,
            if_version,
            reply,
        };
        self.send(rules, place)?;
        done.await.map_err(|_| EngineError::Stopped)?
    }

    /// A problem was dismissed or resolved.
    pub async fn settle_problem(&self, problem: u64, state: &'static str) -> Result<(), EngineError> {
        let (reply, done) = oneshot::channel();
        let settled = Command::Problem {
            problem,
            state,
            reply,
        };
        self.send(settled, ())?;
        done.await.map_err(|_| EngineError::Stopped)?
    }

    /// Another book says that something is wrong, or right again. What is known already is not written again. The answer
    /// is for whoever waits for it.
    pub fn say(&self, said: Condition) -> Result<oneshot::Receiver<Result<(), EngineError>>, EngineError> {
        let (reply, done) = oneshot::channel();
        self.send(Command::Condition(said, reply), ())?;
        Ok(done)
    }

    /// Tells the stream what changed in another book, as of the port's newest change. `of` is the site, or whatever else
    /// decides who is told.
    pub fn tell(&self, told: Vec<(Topic, SmolStr, String)>) {
        let mut log = self.log.write().unwrap_or_else(PoisonError::into_inner);
        let sequence = log.head();
        let changes = told.into_iter().map(|(topic, of, json)| Change {
            sequence,
            topic,
            of,
            json,
        });
        log.push(changes.collect(), sequence);
        self.announce.send_replace(log.end());
    }

    /// Writes a last checkpoint and ends the engine's thread.
    pub fn stop(&self) {
        // An engine that has stopped already needs no telling.
        let _ = self.send(Command::Stop, ());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

fn refused(error: ActionError, present: Arc<AlarmRecord>) -> EngineError {
    match error {
        ActionError::Request(reason) => EngineError::Request(reason),
        other => EngineError::Conflict {
            reason: other.to_string(),
            present: Box::new(present),
        },
    }
}

/// What the state depends on beside the journal: when it changes, the state is made anew.
fn fingerprint(configuration: &Configuration) -> String {
    let sites = configuration.sites.iter().map(|site| {
        format!(
            "{}|{}|{}|{}",
            site.code,
            site.zone_name,
            site.stacking_reported,
            site.sources.join(",")
        )
    });
    let closes = format!("{}", configuration.release_desk.closes_before);
    let text: Vec<String> = sites.chain([closes]).collect();
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(text.join(";").as_bytes()))
}

/// What the names of files end in while a backup is brought back.
pub(crate) const RESTORING: &str = ".restoring";

/// A directory in which a restore broke off is not begun anew: what is there may be the half of somebody's data.
fn refuse_unrestored(folder: &Path) -> Result<(), StartError> {
    let look = || -> std::io::Result<bool> {
        for entry in std::fs::read_dir(folder)? {
            if entry?.file_name().to_string_lossy().contains(RESTORING) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    match look() {
        Ok(false) => Ok(()),
        Ok(true) => Err(StartError::Unrestored(folder.to_owned())),
        Err(reason) => Err(StartError::Folder {
            path: folder.to_owned(),
            reason,
        }),
    }
}

/// Keeps a second server out of a data directory, for as long as it lives.
pub(crate) fn lock(folder: &Path) -> Result<std::fs::File, StartError> {
    let refuse = |reason| StartError::Folder {
        path: folder.to_owned(),
        reason,
    };
    let file = std::fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"))
        .map_err(refuse)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::InUse(folder.to_owned())),
        Err(std::fs::TryLockError::Error(reason)) => Err(refuse(reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[test]
    fn what_a_sender_holds_is_free_when_the_work_is_done_and_not_when_it_hangs_up() {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Arc::new(Configuration::default());
        let engine = Engine::start(folder.path(), configuration, Clock::Wall, false, &mut |_, _| {}).unwrap();
        let held = Arc::new(());
        {
            // The engine can't apply anything meanwhile.
            let _state = engine.state();
            let sent = engine.submit_holding(Submission::default(), Arc::clone(&held));
            assert!(sent.now_or_never().is_none());
            assert_eq!(Arc::strong_count(&held), 2);
            assert_eq!(engine.waiting.available_permits(), WAITING - 1);
        }
        engine.stop();
        assert_eq!(Arc::strong_count(&held), 1);
        assert_eq!(engine.waiting.available_permits(), WAITING);
    }
}
