//! The journal: what happened, durable and in order, each once. It is the only thing that several machines
//! would have to share, so everything behind it knows this trait and no store. What people do and what the
//! clock does stands in it beside the events, so that state is a function of the journal alone. Beside the port's there
//! are books with entries of their own, each a journal in a file of its own with one writer of its own.

/// A line as it lies in a file.
mod line;
/// From older formats of the file to the newest.
mod migrate;
/// What was written goes from SQLite's log into the file.
mod mover;
/// The journal in a SQLite file.
pub mod sqlite;

use shared::alarm::condition::{Condition, ConditionKey};
use shared::alarm::lifecycle::PersonAction;
use shared::container::ContainerNumber;
use shared::time::Time;
use smol_str::SmolStr;
use std::borrow::Cow;

/// The format in which an event came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Native events.
    Events,
    /// DCSA Track & Trace.
    Dcsa,
    /// EDIFACT.
    Edifact,
    /// Documents of parcels: only what could not be understood of them stands in the port's journal.
    Parcels,
}

impl Format {
    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            Format::Events => "events",
            Format::Dcsa => "dcsa",
            Format::Edifact => "edifact",
            Format::Parcels => "parcels",
        }
    }
}

/// What an entry of a book is as a line of its file. Every book has numbers of its own, so that the file of another
/// one is refused and not misread.
pub trait Line: Sized + Send + 'static {
    /// The number of its kind, and its text.
    ///
    /// # Errors
    ///
    /// Why it can't be written.
    fn write(&self) -> Result<(i64, Cow<'_, str>), String>;

    /// What a number and a text say.
    ///
    /// # Errors
    ///
    /// Why they say nothing.
    fn read(kind: i64, body: String) -> Result<Self, String>;
}

/// One line of the journal of the port, or of a book whose entries are `E`.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<E = Entry> {
    /// Its place; counts up by one.
    pub sequence: u64,
    /// The place of the first line of its commit: lines of one commit are applied together.
    pub commit: u64,
    /// The engine's clock when it was written.
    pub at: Time,
    /// What it says.
    pub entry: E,
}

/// What a line of the journal says.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A version of an event, as canonical JSON.
    Event(Format, String),
    /// Something that was not understood, as JSON of [`crate::engine::problems::ProblemEntry`].
    Problem(String),
    /// A problem was dismissed, or resolved by a retry.
    ProblemState {
        /// The problem, by the sequence at which it was written.
        problem: u64,
        /// `dismissed` or `resolved`.
        state: SmolStr,
    },
    /// A person did something with an alarm.
    Action {
        /// The alarm.
        alarm: SmolStr,
        /// What.
        action: PersonAction,
    },
    /// A moment passed that changes alarms.
    Deadline(Due),
    /// Rules and layouts from now on, as JSON of [`crate::engine::regimes::RegimeEntry`].
    Regime(String),
    /// Another book says that something is wrong, or right again.
    Condition(Condition),
}

/// Whose alarms a passed moment changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// Those of a container.
    Container(ContainerNumber),
    /// Those of the system itself about a sender.
    Source(SmolStr),
    /// One that was put aside and is about no container.
    Alarm(SmolStr),
    /// Those about what another book said.
    Condition(ConditionKey),
}

impl Due {
    /// As it stands in a journal: a container number has neither colon nor blank.
    pub fn text(&self) -> String {
        match self {
            Due::Container(container) => container.text().to_string(),
            Due::Source(source) => format!("source:{source}"),
            Due::Alarm(alarm) => format!("alarm:{alarm}"),
            // A plain struct of texts always serialises.
            Due::Condition(key) => {
                format!("condition:{}", serde_json::to_string(key).unwrap_or_default())
            }
        }
    }

    /// What stands in a journal; `None` when it is nothing that could be due.
    pub fn read(text: &str) -> Option<Due> {
        if let Some(source) = text.strip_prefix("source:") {
            return Some(Due::Source(source.into()));
        }
        if let Some(key) = text.strip_prefix("condition:") {
            return serde_json::from_str(key).ok().map(Due::Condition);
        }
        if let Some(alarm) = text.strip_prefix("alarm:") {
            return Some(Due::Alarm(alarm.into()));
        }
        ContainerNumber::parse(text).ok().map(Due::Container)
    }
}

/// Why the journal could not do something.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The store failed.
    #[error(
        "the journal can't be written or read: {0}; check that the disk is not full and can be written to"
    )]
    Store(rusqlite::Error),
    /// Its disk has no room, or can't be written.
    #[error(
        "the disk of the journal can't be written: {0}; make room on it, or give this user the right to write there"
    )]
    Room(std::io::Error),
    /// The file is damaged.
    #[error(
        "the journal is damaged behind line {after}: {reason}; put the data directory aside and bring back a backup with `quaylight restore`"
    )]
    Damaged {
        /// The last line that could be read.
        after: u64,
        /// What SQLite says.
        reason: String,
    },
    /// Lines are missing.
    #[error(
        "the journal is damaged: line {found} follows line {after}; put the data directory aside and bring back a backup with `quaylight restore`"
    )]
    Gap {
        /// The last line before the gap.
        after: u64,
        /// The line behind it.
        found: u64,
    },
    /// A line can't be read.
    #[error(
        "line {sequence} of the journal can't be read: {reason}; put the data directory aside and bring back a backup with `quaylight restore`"
    )]
    Line {
        /// Its place.
        sequence: u64,
        /// Why.
        reason: String,
    },
    /// The file is of a newer program.
    #[error("the journal has format {found} and this program knows up to {known}; start the newer program")]
    Newer {
        /// Format of the file.
        found: i64,
        /// Newest format known.
        known: i64,
    },
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> JournalError {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => JournalError::Damaged {
                after: 0,
                reason: error.to_string(),
            },
            _ => JournalError::Store(error),
        }
    }
}

/// Where the journal is kept. Appending is one commit: when it answers, every line is on disk, or none.
pub trait Journal<E = Entry>: Send {
    /// Writes lines behind the head; their sequences go on from it without a gap.
    fn append(&mut self, records: &[Record<E>]) -> Result<(), JournalError>;

    /// Gives every line behind `after`, in order.
    fn replay(&self, after: u64, each: &mut dyn FnMut(Record<E>)) -> Result<(), JournalError>;

    /// Opens the place anew after lines could not be written, and shows that it can be written again. The head is then
    /// what is really there: lines whose writing failed may be on disk all the same.
    fn recover(&mut self) -> Result<(), JournalError>;

    /// The last line's place; 0 when there is none.
    fn head(&self) -> u64;

    /// Named when the journal was made, and anew when it is restored.
    fn epoch(&self) -> &str;
}
