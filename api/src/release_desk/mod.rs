//! The release desk: a book of its own beside the port's engine, with one thread that writes, a journal in a file of its
//! own, and what that adds up to in memory. Whatever is answered is durable.

/// What the journal adds up to.
pub mod book;
/// Files as proof.
pub mod files;
/// What enterprises hand in.
mod hand_in;
/// A line of the journal.
mod line;
/// What the port's events say of an application.
pub mod look;
/// What passes without anybody acting.
mod passing;
/// How applications travel.
pub mod view;
/// Where instructions go.
mod webhook;
/// The thread that writes.
mod writer;

pub use hand_in::{Handed, HandedIn};
pub use writer::Writer;

use crate::engine::standing::{Standing, StandingCell};
use crate::engine::{Engine, EngineError, changes::Topic};
use crate::journal::JournalError;
use crate::journal::sqlite::SqliteBook;
use book::{Book, MOST_WAITING, Misfit};
use files::{FileError, Files};
use shared::release_desk::{Application, Entry, Unfit, is_open};
use shared::wire::release_desk::ApplicationState;
use smol_str::SmolStr;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use tokio::sync::{oneshot, watch};

/// The desk's journal in the data directory.
pub const JOURNAL: &str = "desk.db";
/// The folder of its files there.
pub const FILES: &str = "desk-files";

/// Why the desk does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its journal failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Its journal does not add up.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// The folder of its files failed.
    #[error(transparent)]
    Files(#[from] FileError),
    /// A thread can't be started.
    #[error("a thread can't be started: {0}")]
    Thread(std::io::Error),
}

/// Why the desk did not do something.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The journal could not be written. What should have been may be on disk all the same.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// What could not be written before is on disk after all, so this was decided on what no longer holds. Nothing was
    /// done.
    #[error(
        "nothing was done: the desk has just found what it could not write before; look again, and send again"
    )]
    Again,
    /// Nothing is written now.
    #[error("{}", .0.text())]
    Standing(Standing),
    /// The journal does not add up.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// The desk has stopped.
    #[error("the server is stopping; send again when it is back")]
    Stopped,
    /// There is no such thing.
    #[error("there is no {0}")]
    NotFound(&'static str),
    /// The action does not fit.
    #[error("{0}")]
    Unfit(Unfit, Box<Arc<Application>>),
    /// It changed meanwhile.
    #[error("the application changed meanwhile; here is how it is now")]
    Changed(Box<Arc<Application>>),
    /// Only drafts can be deleted.
    #[error("only a draft can be deleted, and this application is `{}`{}", .0.state, instead(.0.state))]
    NoDraft(Box<Arc<Application>>),
    /// Somebody has sent as many files as may wait.
    #[error(
        "{MOST_WAITING} files that you sent go with no application yet; take them along first, or come again when the oldest \
         has waited a week"
    )]
    TooManyFiles,
    /// A field of the request is wrong.
    #[error("{1}")]
    Request(&'static str, String),
    /// The port's engine could not be asked.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The port's store could not be asked.
    #[error(transparent)]
    Store(#[from] crate::engine::store::StoreError),
    /// A file can't be kept.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What its enterprise can do with an application that it can't delete.
fn instead(state: ApplicationState) -> &'static str {
    match is_open(state) {
        true => "; `withdraw` it",
        false => "",
    }
}

type Job = Box<dyn FnOnce(&mut Writer) + Send>;

/// The desk as the rest of the server sees it.
#[derive(Debug)]
pub struct Desk {
    /// Files as proof.
    pub files: Files,
    book: Arc<RwLock<Book>>,
    news: watch::Receiver<u64>,
    standing: Arc<StandingCell>,
    jobs: Mutex<Option<Sender<Job>>>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Desk {
    /// Opens the desk's journal in the data directory, adds it up, and starts the thread that writes.
    pub fn start(folder: &Path, engine: &Arc<Engine>) -> Result<Desk, StartError> {
        let files = Files::open(&folder.join(FILES))?;
        let journal = SqliteBook::<Entry>::open(&folder.join(JOURNAL))?;
        let (news, seen) = watch::channel(0);
        let writer = Writer::new(journal, Arc::clone(engine), files.clone(), news)?;
        let (book, standing) = (writer.shared_book(), writer.shared_standing());
        let (jobs, waiting) = channel::<Job>();
        let thread = std::thread::Builder::new()
            .name("release desk".to_owned())
            .spawn(move || writer.run(&waiting))
            .map_err(StartError::Thread)?;
        Ok(Desk {
            files,
            book,
            news: seen,
            standing,
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// The applications, for reading.
    pub fn book(&self) -> RwLockReadGuard<'_, Book> {
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the desk takes anything, and why not.
    pub fn standing(&self) -> Standing {
        self.standing.get()
    }

    /// Tells when anything was written: the line.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.clone()
    }

    /// Has the thread that writes do something; answers when it is durable.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Writer) -> Result<T, DeskError> + Send + 'static,
    ) -> Result<T, DeskError> {
        let (reply, done) = oneshot::channel();
        let job: Job = Box::new(move |writer| {
            // Whoever went away needs no answer; what was asked is done.
            let _ = reply.send(job(writer));
        });
        let sent = {
            let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
            jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok())
        };
        if !sent {
            return Err(DeskError::Stopped);
        }
        done.await.map_err(|_| DeskError::Stopped)?
    }

    /// Ends the thread that writes, before the engine's.
    pub fn stop(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

/// Who is told of a change of an application: its site, its enterprise, and whether others see it.
pub fn told_to(application: &Application) -> SmolStr {
    let draft = if application.applied_at.is_some() {
        ""
    } else {
        "draft"
    };
    smol_str::format_smolstr!("{}\n{}\n{draft}", application.form.site, application.enterprise)
}

/// The topic of the stream.
pub const TOPIC: Topic = Topic::ReleaseDesk;
