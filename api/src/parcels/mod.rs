//! The book of the parcels: a journal, a writer and a state of its own beside the port's engine, so that forty thousand
//! documents a second push nothing out of the port's log and delay no alarm of the yard. What was answered is durable.

/// What changed goes to the store.
mod checkpoint;
/// What a line of the journal says.
pub mod entry;
/// What filters look at.
pub mod facts;
/// The key of identity numbers.
pub mod key;
/// Which parcels a number speaks of.
pub mod keys;
/// Lists of parcels.
pub mod list;
/// All parcels of a site now.
pub mod now;
/// Who sends documents.
pub mod party;
/// One site.
pub mod site;
/// What the journal adds up to.
pub mod state;
/// The store of the state.
pub mod store;
/// What raises an alarm.
mod watch;
/// The book's own thread.
mod writer;
/// Buyers' years.
mod years;

use crate::clock::Clock;
use crate::config::Configuration;
use crate::engine::standing::{Standing, StandingCell};
use crate::engine::store::{Store as EngineStore, StoreError};
use crate::engine::{Engine, EngineError, StartError};
use crate::journal::Journal as _;
use crate::journal::sqlite::SqliteBook;
use entry::{Act, Entry};
use key::{IdentityKey, KeyError};
use prometheus_client::metrics::histogram::Histogram;
use shared::parcels::Document;
use shared::time::Time;
use smol_str::SmolStr;
use state::{Arrival, State, StateError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use store::Store;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// The journal's file in the data directory.
pub const JOURNAL: &str = "parcels.db";
/// The store's file.
pub const STORE: &str = "parcels-state.db";
/// The key's file.
pub const KEY: &str = "parcels.key";

/// A commit takes no further submission once it has so many documents, so that readers get their turn.
pub const DOCUMENTS_IN_COMMIT: usize = 4_000;
/// How many calls may wait for the writer at once; more wait before they are read.
const WAITING: usize = 64;
/// Seconds by which commits are counted.
const COMMIT_SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Why the book did not start.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The key failed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Journal or store failed.
    #[error(transparent)]
    State(#[from] StateError),
    /// A thread can't be started.
    #[error("a thread can't be started: {0}")]
    Thread(std::io::Error),
    /// A store that is damaged can't be deleted.
    #[error(
        "parcels-state.db is damaged and can't be deleted: {0}; delete it, and the journal makes it anew"
    )]
    Remove(std::io::Error),
    /// The journal has documents whose key is gone.
    #[error(
        "parcels.key is missing, with which the identity numbers of the documents in parcels.db are hashed; bring it back from a backup, or every buyer's year begins anew: to accept that, move parcels.db away"
    )]
    KeyMissing,
    /// The journal's documents are hashed with another key.
    #[error(
        "{0} is another key than the one with which the identity numbers of the documents in parcels.db are hashed; bring that one back from a backup, or every buyer's year begins anew: to accept that, move parcels.db away"
    )]
    KeyOther(PathBuf),
}

/// One document that was taken in.
#[derive(Debug)]
pub struct Taken {
    /// The document.
    pub document: Document,
    /// Its canonical JSON.
    pub json: String,
}

/// What a feed hands over.
#[derive(Debug, Default)]
pub struct Submission {
    /// Documents, in their order.
    pub documents: Vec<Taken>,
    /// In a demo: the simulated moment.
    pub clock: Option<Time>,
}

/// What a document turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// `None` for a new identity.
    pub arrival: Option<Arrival>,
    /// Whether another version has the same `updated_at`.
    pub conflict: bool,
}

/// What the book did with what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// For each document, in order.
    pub outcomes: Vec<Outcome>,
    /// The change up to which everything is applied and durable.
    pub sequence: u64,
}

/// Why the book did not do something.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// Nothing is taken at present.
    #[error("{0}")]
    Engine(#[from] EngineError),
    /// There is no such parcel.
    #[error("there is no such parcel")]
    NotFound,
    /// It changed meanwhile, or what is asked does not fit it.
    #[error("{0}")]
    Conflict(String),
}

enum Command {
    Submit(Submission, oneshot::Sender<Result<Receipt, EngineError>>),
    Act(Act, Option<u64>, oneshot::Sender<Result<u64, ActError>>),
    Stop,
}

struct Queued {
    command: Command,
    held: Box<dyn Send>,
}

/// The book as the rest of the server sees it.
#[derive(Debug)]
pub struct Book {
    /// What the program was told.
    pub configuration: Arc<Configuration>,
    /// Hashes identity numbers.
    pub key: IdentityKey,
    clock: Clock,
    state: Arc<RwLock<State>>,
    commands: Mutex<Sender<Queued>>,
    waiting: Arc<Semaphore>,
    standing: Arc<StandingCell>,
    /// How long commits to the journal take, in seconds.
    pub commits: Histogram,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

/// What the state depends on beside the journal: when it changes, the state is made anew.
fn fingerprint(configuration: &Configuration) -> String {
    let sites = configuration.sites.iter();
    let sites: Vec<String> = sites
        .map(|site| format!("{}|{}", site.code, site.zone_name))
        .collect();
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(sites.join(";").as_bytes()))
}

fn is_damage(error: &StateError) -> bool {
    matches!(error, StateError::Store(error) if error.is_damage())
}

fn recall(
    folder: &Path,
    journal: &SqliteBook<Entry>,
    configuration: &Configuration,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(State, Arc<Store>), StateError> {
    let store = Arc::new(Store::open(
        &folder.join(STORE),
        journal.epoch(),
        &fingerprint(configuration),
    )?);
    let mut state = State::new(configuration, journal.epoch(), Arc::clone(&store));
    writer::rebuild(&mut state, journal, &store, configuration.parcels.cache, progress)?;
    Ok((state, store))
}

impl Book {
    /// Opens the book beside an engine that has started: the engine keeps others out of the data directory. Answers when
    /// the state is rebuilt.
    pub fn start(
        folder: &Path,
        engine: &Arc<Engine>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Book, BookError> {
        let configuration = Arc::clone(&engine.configuration);
        let journal = SqliteBook::<Entry>::open(&folder.join(JOURNAL)).map_err(StateError::from)?;
        let key_file = match &configuration.parcels.key_file {
            Some(file) => file.clone(),
            None => folder.join(KEY),
        };
        // The first line says the rules, so that a journal of one line has no documents.
        if journal.head() > 1 && !key_file.exists() {
            return Err(BookError::KeyMissing);
        }
        let key = IdentityKey::load(&key_file)?;
        if !folder.join(STORE).exists() {
            // SQLite would take what is left beside a store that was deleted for a part of the new one.
            EngineStore::remove(&folder.join(STORE)).map_err(BookError::Remove)?;
        }
        let (state, store) = match recall(folder, &journal, &configuration, progress) {
            Err(error) if is_damage(&error) => {
                tracing::warn!(%error, "the store of the parcels is made anew from the journal");
                EngineStore::remove(&folder.join(STORE)).map_err(BookError::Remove)?;
                recall(folder, &journal, &configuration, progress)?
            }
            recalled => recalled?,
        };
        // As above: a journal of one line has no documents.
        if journal.head() > 1 && state.key_proof.is_some_and(|proof| proof != key.proof()) {
            return Err(BookError::KeyOther(key_file));
        }
        let state = Arc::new(RwLock::new(state));
        let (commands, receiver) = std::sync::mpsc::channel();
        let standing = Arc::<StandingCell>::default();
        let commits = Histogram::new(COMMIT_SECONDS);
        let mut runner = writer::Runner::new(writer::Parts {
            state: Arc::clone(&state),
            journal: Box::new(journal),
            store,
            clock: engine.clock.clone(),
            configuration: Arc::clone(&configuration),
            key_proof: key.proof(),
            engine: Arc::clone(engine),
            standing: Arc::clone(&standing),
            commits: commits.clone(),
        })?;
        // Before anybody is answered, so that the first answer's sequence holds until something happens.
        runner.write_rules()?;
        let thread = std::thread::Builder::new()
            .name("parcels".to_owned())
            .spawn(move || runner.run(&receiver))
            .map_err(BookError::Thread)?;
        Ok(Book {
            configuration,
            key,
            clock: engine.clock.clone(),
            state,
            commands: Mutex::new(commands),
            waiting: Arc::new(Semaphore::new(WAITING)),
            standing,
            commits,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// The state, for reading.
    pub fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine's clock.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Whether the book takes anything, and why not.
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

    async fn place(&self) -> Result<OwnedSemaphorePermit, EngineError> {
        let place = Arc::clone(&self.waiting).acquire_owned().await;
        place.map_err(|_| EngineError::Stopped)
    }

    /// Takes what a feed hands over. Answers when it is durable and applied, and drops `held` when it is done with it,
    /// whether somebody still waits or not.
    pub async fn submit(
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

    /// An officer does something with a parcel; `if_sequence` is that of the answer that he saw. Answers the change.
    pub async fn act(&self, act: Act, if_sequence: Option<u64>) -> Result<u64, ActError> {
        let place = self.place().await?;
        let (reply, done) = oneshot::channel();
        self.send(Command::Act(act, if_sequence, reply), place)?;
        done.await.map_err(|_| EngineError::Stopped)?
    }

    /// Writes a last checkpoint and ends the book's thread.
    pub fn stop(&self) {
        // A book that has stopped already needs no telling.
        let _ = self.send(Command::Stop, ());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }

    /// The sites on which a document would change something, as they are on record.
    pub fn sites_on_record(&self, document: &Document) -> Result<Vec<SmolStr>, StateError> {
        self.state().sites_on_record(document)
    }
}

impl From<BookError> for StartError {
    fn from(error: BookError) -> StartError {
        StartError::Book(error.to_string())
    }
}

impl From<StoreError> for BookError {
    fn from(error: StoreError) -> BookError {
        BookError::State(error.into())
    }
}
