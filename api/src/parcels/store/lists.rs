//! Lists of parcels: an index for each time by which they are listed, with everything that a filter looks at.

use super::super::facts::Facts;
use super::super::keys::ParcelId;
use super::{Store, open};
use crate::engine::store::StoreError;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use shared::time::Time;
use std::sync::PoisonError;

/// By which time parcels are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum By {
    /// The first document: all of them.
    #[default]
    First,
    /// The receipt: those that were received.
    Receipt,
    /// The release: those that are released.
    Release,
    /// The return: those that are returned.
    Return,
}

/// All of them.
pub const BY: [By; 4] = [By::First, By::Receipt, By::Release, By::Return];

impl By {
    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            By::First => "first",
            By::Receipt => "receipt",
            By::Release => "release",
            By::Return => "return",
        }
    }
}

/// How a parcel is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The site, by its place in the configuration.
    pub site: usize,
    /// When its first document was issued.
    pub first_at: Time,
    /// When it was received.
    pub received_at: Option<Time>,
    /// When it was decided as it stands.
    pub decided_at: Option<Time>,
    /// What filters look at.
    pub facts: Facts,
}

impl Listed {
    /// The time by which it is listed; none where it is not.
    pub fn at(&self, by: By) -> Option<Time> {
        use shared::parcels::ParcelState::{Released, Returned};
        match by {
            By::First => Some(self.first_at),
            By::Receipt => self.received_at,
            By::Release => self.decided_at.filter(|_| self.facts.state == Released),
            By::Return => self.decided_at.filter(|_| self.facts.state == Returned),
        }
    }

    /// Every time by which it is listed.
    pub fn times(&self) -> impl Iterator<Item = (By, Time)> + '_ {
        BY.into_iter().filter_map(|by| Some((by, self.at(by)?)))
    }
}

/// Site and time in one number.
pub fn part(site: usize, by: By) -> i64 {
    (site as i64) << 2 | by as i64
}

/// Reads lists as the store was when the reader was made.
#[derive(Debug)]
pub struct ListReader<'s> {
    store: &'s Store,
    connection: Option<Connection>,
}

/// A walk through a list.
#[derive(Clone, Copy, Debug)]
pub struct Scan {
    /// The site.
    pub site: usize,
    /// By which time.
    pub by: By,
    /// From (inclusive).
    pub from: Time,
    /// To (exclusive).
    pub to: Time,
    /// The newest first.
    pub newest: bool,
}

/// What is done with an entry; false when no more is wanted.
pub type Take<'t> = dyn FnMut(Time, ParcelId, Facts) -> bool + 't;

impl Store {
    /// A reader of lists, as the store is now.
    pub fn list_reader(&self) -> Result<ListReader<'_>, StoreError> {
        let idle = self.lists.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open(&self.path)?,
        };
        connection.execute_batch("BEGIN")?;
        // The moment is that of the first look at a table.
        connection.query_row("SELECT count(*) FROM (SELECT 1 FROM listed LIMIT 1)", [], |_| {
            Ok(())
        })?;
        Ok(ListReader {
            store: self,
            connection: Some(connection),
        })
    }
}

impl ListReader<'_> {
    /// Hands out the entries of a list in its order.
    pub fn scan(&self, scan: Scan, take: &mut Take<'_>) -> Result<(), StoreError> {
        let Some(connection) = &self.connection else {
            return Ok(());
        };
        let order = if scan.newest {
            "at DESC, parcel"
        } else {
            "at, parcel DESC"
        };
        let select = format!(
            "SELECT at, parcel, facts, platform, park, seconds FROM listed
             WHERE part = ?1 AND at >= ?2 AND at < ?3 ORDER BY {order}"
        );
        let mut select = connection.prepare_cached(&select)?;
        let mut rows = select.query((part(scan.site, scan.by), scan.from.0, scan.to.0))?;
        while let Some(row) = rows.next()? {
            let seconds: Option<i64> = row.get(5)?;
            let facts = Facts::unpacked(
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                seconds.map(i64::unsigned_abs),
            );
            let facts = facts.ok_or(StoreError::Sum)?;
            if !take(Time(row.get(0)?), row.get::<_, i64>(1)?.cast_unsigned(), facts) {
                break;
            }
        }
        Ok(())
    }

    /// A parcel as it was at that moment.
    pub fn parcel(&self, id: ParcelId) -> Result<Option<shared::parcels::Parcel>, StoreError> {
        use rusqlite::OptionalExtension as _;
        let Some(connection) = &self.connection else {
            return Ok(None);
        };
        let mut select = connection.prepare_cached("SELECT record FROM parcels WHERE id = ?1")?;
        let record: Option<Vec<u8>> = select
            .query_row([id.cast_signed()], |row| row.get(0))
            .optional()?;
        let parcel = record.map(|record| super::read_parcel(id, &record)).transpose()?;
        Ok(parcel.map(|(_, parcel)| parcel))
    }
}

impl Drop for ListReader<'_> {
    fn drop(&mut self) {
        // A connection that can't end its look is closed.
        if let Some(connection) = self.connection.take()
            && connection.execute_batch("COMMIT").is_ok()
        {
            let mut idle = self.store.lists.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(connection);
        }
    }
}
