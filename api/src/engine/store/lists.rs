//! Reading lists: through connections of their own, so that a long list keeps nobody from looking anything up, and
//! as the store was at one moment.

use super::super::lists::part::{Entry, Part, entries};
use super::super::lists::{Measure, Seconds, Text};
use super::sealed::unseal;
use super::{StayRow, Store, StoreError, begins_with, open};
use crate::engine::checkpoint::search_term;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Transaction, params};
use shared::time::Time;
use smol_str::SmolStr;
use std::sync::PoisonError;

/// Connections that wait for the next list; more are closed.
const KEPT: usize = 4;

/// Reads lists. What a checkpoint writes after [`ListReader::hold`] is not seen.
#[derive(Debug)]
pub struct ListReader<'s> {
    store: &'s Store,
    /// Always there until it is dropped.
    connection: Option<Connection>,
}

/// Which entries of a part are read, newest first.
#[derive(Clone, Copy, Debug)]
pub struct Scan {
    /// The part.
    pub part: Part,
    /// The first moment that counts, in milliseconds.
    pub from: i64,
    /// The first that no longer does.
    pub to: i64,
    /// Entries that something newer takes the place of before this moment are left out.
    pub until: i64,
    /// The length that is told of each.
    pub measure: Measure,
    /// Only those with so many seconds of it.
    pub seconds: Option<(i64, i64)>,
}

/// An entry as it is read.
#[derive(Clone, Copy, Debug)]
pub struct Scanned<'r> {
    /// The time that the list goes by, in milliseconds.
    pub at: i64,
    /// The stay.
    pub id: &'r str,
    /// From here on something newer takes its place.
    pub later: Option<i64>,
    /// The length that was asked for.
    pub seconds: Option<i64>,
}

impl Store {
    /// A reader of lists.
    pub fn list_reader(&self) -> Result<ListReader<'_>, StoreError> {
        let kept = self.lists.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => open(&self.path)?,
        };
        Ok(ListReader {
            store: self,
            connection: Some(connection),
        })
    }
}

impl Drop for ListReader<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        // One that can't let go of its moment is closed instead.
        if connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok() {
            let mut kept = self.store.lists.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() < KEPT {
                kept.push(connection);
            }
        }
    }
}

impl ListReader<'_> {
    pub(super) fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>, StoreError> {
        match &self.connection {
            Some(connection) => Ok(connection.prepare_cached(sql)?),
            None => Err(rusqlite::Error::InvalidQuery.into()),
        }
    }

    /// Reads the store as it is now until the reader is dropped.
    pub fn hold(&self) -> Result<(), StoreError> {
        self.prepare("BEGIN")?.execute([])?;
        // The moment is that of the first look at a table.
        self.prepare("SELECT 1 FROM listed LIMIT 1")?
            .query_row([], |_| Ok(()))
            .optional()?;
        Ok(())
    }

    /// The parts in a range that hold anything, with the newest time in each.
    pub fn parts(&self, first: Part, end: Part) -> Result<Vec<(Part, i64)>, StoreError> {
        let mut select = self.prepare(
            "SELECT part, at FROM listed WHERE part >= ?1 AND part < ?2 ORDER BY part, at DESC LIMIT 1",
        )?;
        let mut parts = Vec::new();
        let mut from = first;
        while let Some((part, newest)) = select
            .query_row([from.0, end.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?
        {
            parts.push((Part(part), newest));
            from = Part(part + 1);
        }
        Ok(parts)
    }

    /// The newest time of a part in a period.
    pub fn newest(&self, part: Part, from: i64, to: i64) -> Result<Option<i64>, StoreError> {
        let mut select = self.prepare(
            "SELECT at FROM listed WHERE part = ?1 AND at >= ?2 AND at < ?3 ORDER BY at DESC LIMIT 1",
        )?;
        Ok(select
            .query_row([part.0, from, to], |row| row.get(0))
            .optional()?)
    }

    /// Gives entries of a part, newest first, then by id, until told to stop. Answers whether there were any.
    pub fn scan(&self, scan: &Scan, each: &mut dyn FnMut(Scanned<'_>) -> bool) -> Result<bool, StoreError> {
        let column = scan.measure.column();
        let seconds = match scan.seconds {
            Some(_) => format!("AND {column} >= ?5 AND {column} <= ?6"),
            None => String::new(),
        };
        let mut select = self.prepare(&format!(
            "SELECT at, id, later, {column} FROM listed
             WHERE part = ?1 AND at >= ?2 AND at < ?3 AND (later IS NULL OR later >= ?4) {seconds}
             ORDER BY at DESC, id"
        ))?;
        let mut rows = match scan.seconds {
            Some((least, most)) => {
                select.query([scan.part.0, scan.from, scan.to, scan.until, least, most])?
            }
            None => select.query([scan.part.0, scan.from, scan.to, scan.until])?,
        };
        let mut any = false;
        while let Some(row) = rows.next()? {
            any = true;
            let scanned = Scanned {
                at: row.get(0)?,
                id: row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?,
                later: row.get(2)?,
                seconds: row.get(3)?,
            };
            if !each(scanned) {
                break;
            }
        }
        Ok(any)
    }

    /// The stays of a container.
    pub fn rows_of(&self, container: &str) -> Result<Vec<StayRow>, StoreError> {
        let mut select = self.prepare("SELECT stays FROM containers WHERE number = ?1")?;
        rows_of(&mut select, container)
    }

    /// In order, the containers with a number, bill of lading, voyage, vessel or declaration that begins so;
    /// `None` when they are more than so many.
    pub fn containers_of(&self, text: &Text, most: usize) -> Result<Option<Vec<String>>, StoreError> {
        let Some(connection) = &self.connection else {
            return Ok(None);
        };
        let mut found = Vec::new();
        if !text.plain.is_empty() {
            found.extend(begins_with::numbers(connection, &text.plain, most + 1)?);
        }
        for field in ['b', 'v', 'n', 'i', 'd'] {
            let term = search_term(field, &text.capitals);
            let terms = begins_with::terms(connection, &term, most + 1)?;
            found.extend(terms.into_iter().map(|(_, container)| container));
        }
        // So many numbers or terms can be fewer containers, but then others are left out.
        if found.len() > most {
            return Ok(None);
        }
        found.sort_unstable();
        found.dedup();
        Ok(Some(found))
    }
}

fn rows_of(select: &mut CachedStatement<'_>, container: &str) -> Result<Vec<StayRow>, StoreError> {
    let rows = select
        .query_row([container], |row| Ok(row.get_ref(0)?.as_blob().map(unseal)))
        .optional()?;
    match rows {
        Some(Ok(rows)) => Ok(rows?),
        _ => Ok(Vec::new()),
    }
}

/// Writes the entries of containers, of each only what changed.
pub(super) struct ListWriter<'t> {
    before: CachedStatement<'t>,
    put: CachedStatement<'t>,
    drop: CachedStatement<'t>,
    put_load: CachedStatement<'t>,
    drop_load: CachedStatement<'t>,
    changes: Vec<Change>,
}

/// An entry that comes or goes.
struct Change {
    entry: Entry,
    id: SmolStr,
    /// The lengths of one that comes; one that goes has none.
    comes: Option<Seconds>,
}

impl<'t> ListWriter<'t> {
    /// A writer within a commit.
    pub fn new(transaction: &'t Transaction<'_>) -> Result<ListWriter<'t>, StoreError> {
        Ok(ListWriter {
            before: transaction.prepare_cached("SELECT stays FROM containers WHERE number = ?1")?,
            put: transaction.prepare_cached(
                "INSERT OR REPLACE INTO listed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?,
            drop: transaction.prepare_cached("DELETE FROM listed WHERE part = ?1 AND at = ?2 AND id = ?3")?,
            put_load: transaction.prepare_cached("INSERT OR IGNORE INTO loads VALUES (?1, ?2, ?3)")?,
            drop_load: transaction
                .prepare_cached("DELETE FROM loads WHERE term = ?1 AND at = ?2 AND container = ?3")?,
            changes: Vec::new(),
        })
    }

    /// Brings the entries of a container from the stays that the store still has of it to those that it will have.
    pub fn change(&mut self, container: &str, after: &[StayRow]) -> Result<(), StoreError> {
        let before = rows_of(&mut self.before, container)?;
        for (term, at) in before.iter().filter_map(|row| row.loaded.as_ref()) {
            self.drop_load.execute(params![term.as_str(), at.0, container])?;
        }
        for (term, at) in after.iter().filter_map(|row| row.loaded.as_ref()) {
            self.put_load.execute(params![term.as_str(), at.0, container])?;
        }
        for row in &before {
            let now = after.iter().find(|now| now.id == row.id);
            let kept: Vec<Entry> = now.map(|now| entries(&now.facts())).unwrap_or_default();
            for entry in entries(&row.facts()) {
                if !kept
                    .iter()
                    .any(|kept| (kept.part, kept.at) == (entry.part, entry.at))
                {
                    self.changes.push(Change {
                        entry,
                        id: row.id.clone(),
                        comes: None,
                    });
                }
            }
        }
        for row in after {
            let was = before.iter().find(|was| was.id == row.id);
            // An entry also holds the lengths, so that it is the same only if they are.
            let was = was.filter(|was| was.seconds == row.seconds);
            let written: Vec<Entry> = was.map(|was| entries(&was.facts())).unwrap_or_default();
            for entry in entries(&row.facts()) {
                if !written.contains(&entry) {
                    self.changes.push(Change {
                        entry,
                        id: row.id.clone(),
                        comes: Some(row.seconds),
                    });
                }
            }
        }
        Ok(())
    }

    /// Writes the changes, in the order in which the entries lie.
    pub fn write(mut self) -> Result<(), StoreError> {
        // Newest first within a part.
        self.changes.sort_unstable_by(|a, b| {
            (a.entry.part, b.entry.at, &a.id).cmp(&(b.entry.part, a.entry.at, &b.id))
        });
        for Change { entry, id, comes } in &self.changes {
            let (part, at, id) = (entry.part.0, entry.at.0, id.as_str());
            let Some(seconds) = comes else {
                self.drop.execute(params![part, at, id])?;
                continue;
            };
            let later = entry.later.map(|Time(at)| at);
            let seconds = seconds.map(|seconds| seconds.map(u64::cast_signed));
            let [
                overall,
                unloading,
                preparation,
                clearance,
                pick_up,
                after_release,
                departure,
            ] = seconds;
            self.put.execute(params![
                part,
                at,
                id,
                later,
                overall,
                unloading,
                preparation,
                clearance,
                pick_up,
                after_release,
                departure
            ])?;
        }
        Ok(())
    }
}
