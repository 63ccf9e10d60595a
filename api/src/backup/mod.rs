//! Copies of a data directory: made while a server runs, checked, and brought back. A copy holds what counts and nothing
//! that follows from it: the store of the state is made anew from the journal.

/// What is wrong with a journal or a file.
mod check;
/// Makes a backup.
mod make;
/// What a backup says of itself.
mod manifest;
/// Brings a backup back.
mod restore;

pub use check::verify;
pub use make::make;
pub use manifest::{FileOfBackup, Manifest};
pub use restore::restore;

use crate::engine::StartError;
use crate::journal::JournalError;
use crate::parcels;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The journal, without which there is nothing to copy.
const JOURNAL: &str = "journal.db";
/// The journal of the parcels.
const PARCELS: &str = parcels::JOURNAL;
/// The journal of the release desk.
const DESK: &str = crate::release_desk::JOURNAL;
/// The folder of its files, each named by its SHA-256. They are copied before the desk's journal, since one that was in it
/// may be swept afterwards, and what came meanwhile after it: whatever that names is there.
const DESK_FILES: &str = crate::release_desk::FILES;
/// Every SQLite file that counts: the journals; accounts with their log. They are copied in this order: the desk notes that
/// the port has the event of a confirmed instruction, so the port's journal has to be the later of the two. A port that has
/// an event of which the desk knows nothing yet is told it again, and knows it.
const DATABASES: [&str; 4] = [DESK, PARCELS, JOURNAL, "access.db"];
/// Other files that count: the mark of a simulated port, and how far that is. They are copied first: a port that is
/// behind its journal says again what is known already. And the key of identity numbers, where it lies here.
const PLAIN: [&str; 4] = [
    "quaylight-demo",
    "port.postcard",
    "parcels.postcard",
    parcels::KEY,
];
/// What is made from the journals.
const DERIVED: [&str; 2] = ["state.db", parcels::STORE];
/// What a backup says of itself.
const MANIFEST: &str = "manifest.json";

/// Hears what is done, how far it is, and of how much.
pub type Progress<'p> = dyn FnMut(&'static str, u64, u64) + 'p;

/// Why a copy was not made, not brought back, or is not good.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is no journal.
    #[error(
        "{0} holds no journal; name the data directory of a server with --data (that of a demo is its folder `demo`)"
    )]
    NoJournal(PathBuf),
    /// There is something already.
    #[error("{0} exists already, and a backup never overwrites anything; choose another name")]
    Exists(PathBuf),
    /// Not an empty directory.
    #[error(
        "{path} holds data already ({name}); put it aside, or restore into another directory with --data"
    )]
    HoldsData {
        /// The directory.
        path: PathBuf,
        /// One of the things in it.
        name: String,
    },
    /// No backup.
    #[error("{path} is no backup: {reason}")]
    NoBackup {
        /// The directory.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file can't be read or written.
    #[error(
        "{path} can't be read or written: {reason}; check that the disk is not full and that this user may"
    )]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// A database can't be read or written.
    #[error("{path} can't be read or written: {reason}")]
    Database {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: rusqlite::Error,
    },
    /// A file is not what the backup says of it.
    #[error("{path} is damaged: {reason}; take another backup")]
    Changed {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// SQLite finds a database damaged.
    #[error("{path} is damaged: {reason}; bring back a backup with `quaylight restore`")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The store is damaged, which is not much.
    #[error(
        "{path} is damaged: {reason}; nothing is lost: stop the server, delete the file, start again, and the journal makes it anew"
    )]
    Store {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The journal is wrong.
    #[error("{path}: {reason}")]
    Journal {
        /// Which.
        path: PathBuf,
        /// Why, with the line.
        reason: JournalError,
    },
    /// The directory is in use, or can't be used.
    #[error(transparent)]
    Folder(#[from] StartError),
}

/// What was done, for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What.
    what: String,
    /// Lines of the journal.
    pub lines: u64,
    /// Its epoch.
    pub epoch: String,
}

impl fmt::Display for Said {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {} lines, epoch {}", self.what, self.lines, self.epoch)
    }
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> BackupError {
    let path = path.to_owned();
    move |reason| BackupError::File {
        path: path.clone(),
        reason,
    }
}

/// Copies a file and waits until it is on disk.
fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    std::fs::copy(from, to).map_err(file_error(to))?;
    sync(to)
}

/// Waits until a file, or the names in a folder, are on disk.
fn sync(path: &Path) -> Result<(), BackupError> {
    std::fs::File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(file_error(path))
}

/// The files of the release desk in a directory, as they stand in a backup: `desk-files/` and a SHA-256.
fn desk_files(folder: &Path) -> Result<Vec<String>, BackupError> {
    let path = folder.join(DESK_FILES);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&path).map_err(file_error(&path))? {
        let name = entry
            .map_err(file_error(&path))?
            .file_name()
            .to_string_lossy()
            .into_owned();
        // Anything else is one that is being written.
        if is_sha256(&name) {
            names.push(format!("{DESK_FILES}/{name}"));
        }
    }
    names.sort();
    Ok(names)
}

/// Whether a text is a SHA-256 in hexadecimal.
fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The folder that a path lies in.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
