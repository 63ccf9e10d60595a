//! The store of the parcels: what their journal added up to at some line, so that a start needs only the lines behind it,
//! and parcels that are done need no memory. It can be deleted: the journal makes it anew.

/// Lists of parcels.
mod lists;
/// What a start reads.
mod load;
/// What a checkpoint writes.
mod write;

pub use lists::{BY, By, ListReader, Listed, Scan};
pub use load::Loaded;
pub use write::{Checkpoint, ParcelToWrite, Whole};

use super::keys::{Key, ParcelId};
use crate::engine::store::sealed::unseal;
use crate::engine::store::{StoreError, open};
use rusqlite::{Connection, OptionalExtension as _};
use shared::parcels::{Parcel, YearEntry, YearKey};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The shape of the store; another one is thrown away and made anew from the journal.
const SHAPE: &str = "1";

/// `listed` has an entry for each time by which a parcel is listed; `part` packs site and time ([`lists::part`]). With
/// the facts beside them a filter reads nothing else.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS parcels(id INTEGER PRIMARY KEY, open INTEGER NOT NULL, listed BLOB NOT NULL, record BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS parcels_open ON parcels(id) WHERE open = 1;
    CREATE TABLE IF NOT EXISTS keys(key INTEGER NOT NULL, parcel INTEGER NOT NULL, PRIMARY KEY(key, parcel)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS years(key BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS loose(identity BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS cells(site INTEGER NOT NULL, hour INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(site, hour)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS steps(site INTEGER NOT NULL, step INTEGER NOT NULL, released INTEGER NOT NULL, PRIMARY KEY(site, step)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS listed(
        part INTEGER NOT NULL, at INTEGER NOT NULL, parcel INTEGER NOT NULL, facts INTEGER NOT NULL, platform INTEGER NOT NULL,
        park INTEGER NOT NULL, seconds INTEGER, PRIMARY KEY(part, at DESC, parcel)) WITHOUT ROWID;
";

const NAMES: [&str; 9] = [
    "meta", "parcels", "keys", "years", "loose", "cells", "steps", "listed", "whole",
];

/// The store. Answers look-ups from many threads; a checkpoint writes through a connection of its own.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    read: Mutex<Connection>,
    /// Connections for lists.
    lists: Mutex<Vec<Connection>>,
}

/// The key of a buyer's year as bytes.
pub fn year_bytes(key: &YearKey) -> [u8; 20] {
    let mut bytes = [0; 20];
    bytes[..16].copy_from_slice(&key.buyer.0);
    bytes[16..].copy_from_slice(&key.year.to_be_bytes());
    bytes
}

impl Store {
    /// Opens the store for a journal's epoch and the configured sites; one of another shape, epoch or other sites is
    /// emptied.
    pub fn open(path: &Path, epoch: &str, configured: &str) -> Result<Store, StoreError> {
        let connection = open(path)?;
        connection.execute_batch(TABLES)?;
        let wanted = format!("{SHAPE} {epoch} {configured}");
        let found: Option<String> = connection
            .query_row("SELECT value FROM meta WHERE name = 'made_for'", [], |row| {
                row.get(0)
            })
            .optional()?;
        if found.as_deref() != Some(wanted.as_str()) {
            for table in NAMES {
                connection.execute_batch(&format!("DROP TABLE IF EXISTS {table}"))?;
            }
            connection.execute_batch(TABLES)?;
            connection.execute("INSERT INTO meta VALUES ('made_for', ?1)", [wanted])?;
        }
        Ok(Store {
            path: path.to_owned(),
            read: Mutex::new(connection),
            lists: Mutex::default(),
        })
    }

    fn reading(&self) -> MutexGuard<'_, Connection> {
        // A reader that panicked has changed nothing.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A parcel, with the line that changed it last.
    pub fn parcel(&self, id: ParcelId) -> Result<Option<(u64, Parcel)>, StoreError> {
        let connection = self.reading();
        let mut select = connection.prepare_cached("SELECT record FROM parcels WHERE id = ?1")?;
        let record: Option<Vec<u8>> = select
            .query_row([id.cast_signed()], |row| row.get(0))
            .optional()?;
        record.map(|record| read_parcel(id, &record)).transpose()
    }

    /// The parcels of a key.
    pub fn of_key(&self, key: Key) -> Result<Vec<ParcelId>, StoreError> {
        let connection = self.reading();
        let mut select = connection.prepare_cached("SELECT parcel FROM keys WHERE key = ?1")?;
        let rows = select.query_map([key.0], |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The orders of a buyer's year.
    pub fn year(&self, key: &YearKey) -> Result<Option<Vec<YearEntry>>, StoreError> {
        let connection = self.reading();
        let mut select = connection.prepare_cached("SELECT body FROM years WHERE key = ?1")?;
        let body: Option<Vec<u8>> = select.query_row([year_bytes(key)], |row| row.get(0)).optional()?;
        let Some(body) = body else { return Ok(None) };
        let (own, entries): (YearKey, Vec<YearEntry>) = unseal(&body)?;
        match own == *key {
            true => Ok(Some(entries)),
            false => Err(StoreError::Sum),
        }
    }
}

/// A parcel as it lies in the store, with its number, so that one that was moved is found.
fn read_parcel(id: ParcelId, record: &[u8]) -> Result<(u64, Parcel), StoreError> {
    let (own, changed, parcel): (ParcelId, u64, Parcel) = unseal(record)?;
    match own == id {
        true => Ok((changed, parcel)),
        false => Err(StoreError::Sum),
    }
}
