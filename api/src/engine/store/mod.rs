//! The store of the state: what the journal added up to at some line, so that a start needs only the lines
//! behind it, and containers that are done need no memory. It can be deleted: the journal makes it anew.

/// What begins with a text.
mod begins_with;
/// What a checkpoint writes.
mod checkpoint;
/// Declarations, and lists of them.
mod declarations;
/// What is kept of stays for trials of rules.
mod kept;
/// Lists of stays.
mod lists;
/// What a start reads.
mod load;
/// Records with checksums.
pub(crate) mod sealed;
/// Who stood where.
mod spells;
/// What the store holds of stays.
mod stays;
/// Its tables.
mod tables;

pub use checkpoint::{CellsToWrite, Checkpoint, ContainerToWrite, Whole};
pub use declarations::DeclarationColumn;
pub use kept::KeptReader;
pub use lists::{ListReader, Scan, Scanned};
pub use load::Loaded;
pub use spells::{StaySpells, StoodRow};
pub use stays::StayRow;

use super::container::ContainerRecord;
use super::identity::{Fingerprint, Subject};
use rusqlite::{Connection, OptionalExtension};
use sealed::unseal;
use shared::container::ContainerNumber;
use shared::time::Time;
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Why the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("the store of the state can't be written or read: {0}; check that the disk is not full")]
    Sqlite(rusqlite::Error),
    /// A page of it is not what was written.
    #[error(
        "the store of the state is damaged ({0}); stop the server, delete state.db, and the journal makes it anew"
    )]
    Malformed(rusqlite::Error),
    /// Something in it can't be read.
    #[error(
        "the store of the state is damaged ({0}); stop the server, delete state.db, and the journal makes it anew"
    )]
    Damaged(#[from] postcard::Error),
    /// Something in it is not what was written.
    #[error(
        "the store of the state is damaged (a checksum does not fit); stop the server, delete state.db, and the journal makes it anew"
    )]
    Sum,
    /// Records are missing.
    #[error(
        "the store of the state is damaged (records are missing); stop the server, delete state.db, and the journal makes it anew"
    )]
    Missing,
    /// It knows of lines that the journal does not have.
    #[error(
        "the store of the state knows {store} lines and the journal has {journal}; delete state.db, and the journal makes it anew"
    )]
    Ahead {
        /// Lines that the store knows.
        store: u64,
        /// Lines of the journal.
        journal: u64,
    },
    /// A container that was just put into memory is not there.
    #[error("the container {0} is gone from memory")]
    Gone(ContainerNumber),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        use rusqlite::Error::{
            FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error,
        };
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        let code = error.sqlite_error_code();
        match &error {
            // A damaged row may hold anything in any column.
            InvalidColumnType(..)
            | IntegralValueOutOfRange(..)
            | Utf8Error(..)
            | FromSqlConversionFailure(..) => StoreError::Malformed(error),
            _ if matches!(code, Some(DatabaseCorrupt | NotADatabase)) => StoreError::Malformed(error),
            _ => StoreError::Sqlite(error),
        }
    }
}

impl StoreError {
    /// Whether the store has to be made anew from the journal.
    pub fn is_damage(&self) -> bool {
        !matches!(self, StoreError::Sqlite(_) | StoreError::Gone(_))
    }
}

/// The store. Answers look-ups from many threads; a checkpoint writes through a connection of its own.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    read: Mutex<Connection>,
    /// Connections for lists.
    lists: Mutex<Vec<Connection>>,
}

/// Opens a store, which its journal can always make again.
pub(crate) fn open(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // The journal is the truth: a checkpoint lost to a power cut only makes the next start longer.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection.pragma_update(None, "journal_size_limit", 67_108_864)?;
    connection.busy_timeout(std::time::Duration::from_secs(30))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

impl Store {
    /// Opens the store for a journal's epoch and a configuration; one of another shape, epoch or
    /// configuration is emptied.
    pub fn open(path: &Path, epoch: &str, configured: &str) -> Result<Store, StoreError> {
        let connection = open(path)?;
        connection.execute_batch(tables::TABLES)?;
        let wanted = format!("{} {epoch} {configured}", tables::SHAPE);
        let found: Option<String> = connection
            .query_row("SELECT value FROM meta WHERE name = 'made_for'", [], |row| {
                row.get(0)
            })
            .optional()?;
        if found.as_deref() != Some(wanted.as_str()) {
            for table in [
                "meta",
                "containers",
                "identities",
                "loose",
                "stays",
                "listed",
                "stood",
                "course",
                "loads",
                "kept",
                "terms",
                "cells",
                "declarations",
                "alarms",
                "problems",
                "messages",
            ] {
                connection.execute_batch(&format!("DROP TABLE IF EXISTS {table}"))?;
            }
            connection.execute_batch(tables::TABLES)?;
            connection.execute("INSERT INTO meta VALUES ('made_for', ?1)", [wanted])?;
        }
        Ok(Store {
            path: path.to_owned(),
            read: Mutex::new(connection),
            lists: Mutex::default(),
        })
    }

    /// Takes the store out of the way when it is damaged, so that the next one is made anew. Nobody may have it open.
    pub fn remove(path: &Path) -> std::io::Result<()> {
        for end in ["", "-wal", "-shm", "-journal"] {
            let mut file = path.as_os_str().to_owned();
            file.push(end);
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn reading(&self) -> MutexGuard<'_, Connection> {
        // A reader that panicked has changed nothing.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The events of a container.
    pub fn container(&self, number: &ContainerNumber) -> Result<Option<ContainerRecord>, StoreError> {
        let connection = self.reading();
        let mut select = connection.prepare_cached("SELECT record FROM containers WHERE number = ?1")?;
        let record: Option<Vec<u8>> = select.query_row([number.as_str()], |row| row.get(0)).optional()?;
        record.map(|record| unseal(&record)).transpose()
    }

    /// Where the versions of an identity are.
    pub fn subject_of(&self, fingerprint: Fingerprint) -> Result<Option<Subject>, StoreError> {
        let connection = self.reading();
        let mut select =
            connection.prepare_cached("SELECT subject FROM identities WHERE fingerprint = ?1")?;
        let subject: Option<String> = select
            .query_row([fingerprint.0.to_be_bytes()], |row| row.get(0))
            .optional()?;
        Ok(subject.map(SmolStr::from))
    }

    /// The containers under a term, of a few thousand at most.
    pub fn containers_of_term(&self, term: &str) -> Result<Vec<String>, StoreError> {
        let connection = self.reading();
        let mut select = connection.prepare_cached("SELECT container FROM terms WHERE term = ?1")?;
        let rows = select.query_map([term], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When a vessel on a voyage was first loaded in a period, of containers that are taken.
    pub fn loads(
        &self,
        term: &str,
        from: Time,
        before: Time,
        takes: &mut dyn FnMut(&str) -> bool,
    ) -> Result<Option<Time>, StoreError> {
        let connection = self.reading();
        let mut select = connection.prepare_cached(
            "SELECT at, container FROM loads WHERE term = ?1 AND at >= ?2 AND at < ?3 ORDER BY at",
        )?;
        let mut rows = select.query((term, from.0, before.0))?;
        while let Some(row) = rows.next()? {
            if takes(row.get_ref(1)?.as_str().unwrap_or_default()) {
                return Ok(Some(Time(row.get(0)?)));
            }
        }
        Ok(None)
    }

    /// The terms of the vessels that were loaded on a voyage.
    pub fn voyages_loaded(&self, prefix: &str) -> Result<BTreeSet<SmolStr>, StoreError> {
        begins_with::loads(&self.reading(), prefix)
    }

    /// Terms that begin with a text, with their containers.
    pub fn terms_from(&self, prefix: &str, most: usize) -> Result<Vec<(String, String)>, StoreError> {
        begins_with::terms(&self.reading(), prefix, most)
    }

    /// Container numbers that begin with a text.
    pub fn numbers_from(&self, prefix: &str, most: usize) -> Result<Vec<String>, StoreError> {
        begins_with::numbers(&self.reading(), prefix, most)
    }
}
