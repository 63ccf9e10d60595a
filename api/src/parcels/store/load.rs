//! What a start reads of the store.

use super::super::keys::{Filter, Key, ParcelId};
use super::lists::{By, part};
use super::{Store, Whole, read_parcel};
use crate::engine::store::StoreError;
use crate::engine::store::sealed::unseal;
use rusqlite::{Connection, OptionalExtension as _};
use shared::parcels::cells::HourCells;
use shared::parcels::{Parcel, Versions};
use shared::time::Time;

/// What a start reads from the store.
#[derive(Debug)]
pub struct Loaded {
    /// The line up to which it holds.
    pub sequence: u64,
    /// Small things.
    pub whole: Whole,
    /// Open parcels, each with the line that changed it last.
    pub open: Vec<(ParcelId, u64, Parcel)>,
    /// Withdrawals without a document.
    pub loose: Vec<Versions>,
    /// Cells of each site.
    pub cells: Vec<(usize, i32, HourCells)>,
    /// Steps of the course.
    pub steps: Vec<(usize, i64, u64)>,
    /// Every key in the store.
    pub filter: Filter,
}

type Row<'r> = &'r rusqlite::Row<'r>;

fn each(
    connection: &Connection,
    select: &str,
    take: &mut dyn FnMut(Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut select = connection.prepare(select)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

fn bytes(row: Row<'_>, column: usize) -> Result<Vec<u8>, StoreError> {
    Ok(row.get(column)?)
}

impl Store {
    /// The line up to which the store holds; `None` for an empty store.
    pub fn sequence(&self) -> Result<Option<u64>, StoreError> {
        let select = "SELECT value FROM meta WHERE name = 'sequence'";
        let found: Option<i64> = self
            .reading()
            .query_row(select, [], |row| row.get(0))
            .optional()?;
        Ok(found.map(i64::unsigned_abs))
    }

    /// A filter with every key in the store. It takes its time, and holds nobody up.
    pub fn filter(&self) -> Result<Filter, StoreError> {
        filter(&super::open(&self.path)?)
    }

    /// When parcels of a site were released since a moment.
    pub fn released_since(&self, site: usize, from: Time) -> Result<Vec<Time>, StoreError> {
        let connection = self.reading();
        let mut select = connection.prepare("SELECT at FROM listed WHERE part = ?1 AND at >= ?2")?;
        let rows = select.query_map((part(site, By::Release), from.0), |row| Ok(Time(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Reads everything that a start needs.
    pub fn load(&self) -> Result<Option<Loaded>, StoreError> {
        let Some(sequence) = self.sequence()? else {
            return Ok(None);
        };
        let connection = self.reading();
        let whole: Vec<u8> =
            connection.query_row("SELECT value FROM meta WHERE name = 'whole'", [], |row| {
                row.get(0)
            })?;
        let whole: Whole = unseal(&whole)?;
        let mut open = Vec::new();
        each(
            &connection,
            "SELECT id, record FROM parcels WHERE open = 1",
            &mut |row| {
                let id = row.get::<_, i64>(0)?.cast_unsigned();
                let (changed, parcel) = read_parcel(id, &bytes(row, 1)?)?;
                open.push((id, changed, parcel));
                Ok(())
            },
        )?;
        if open.len() as u64 != whole.open {
            return Err(StoreError::Missing);
        }
        let mut loose = Vec::new();
        each(&connection, "SELECT body FROM loose", &mut |row| {
            loose.push(unseal(&bytes(row, 0)?)?);
            Ok(())
        })?;
        let mut cells = Vec::new();
        each(&connection, "SELECT site, hour, body FROM cells", &mut |row| {
            let own: (usize, i32, HourCells) = unseal(&bytes(row, 2)?)?;
            if (own.0 as i64, own.1) != (row.get(0)?, row.get(1)?) {
                return Err(StoreError::Sum);
            }
            cells.push(own);
            Ok(())
        })?;
        let mut steps = Vec::new();
        each(
            &connection,
            "SELECT site, step, released FROM steps",
            &mut |row| {
                let site = usize::try_from(row.get::<_, i64>(0)?).map_err(|_| StoreError::Sum)?;
                steps.push((site, row.get(1)?, row.get::<_, i64>(2)?.unsigned_abs()));
                Ok(())
            },
        )?;
        let filter = filter(&connection)?;
        Ok(Some(Loaded {
            sequence,
            whole,
            open,
            loose,
            cells,
            steps,
            filter,
        }))
    }
}

fn filter(connection: &Connection) -> Result<Filter, StoreError> {
    let count = |table: &str| -> Result<u64, StoreError> {
        let select = format!("SELECT count(*) FROM {table}");
        let count: i64 = connection.query_row(&select, [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    };
    let mut filter = Filter::with_room_behind(count("keys")? + count("years")?);
    each(connection, "SELECT key FROM keys", &mut |row| {
        filter.insert(Key(row.get(0)?));
        Ok(())
    })?;
    each(connection, "SELECT key FROM years", &mut |row| {
        filter.insert(Key::of_year(&bytes(row, 0)?));
        Ok(())
    })?;
    Ok(filter)
}
