//! What a start reads of the store.

use super::super::alarms::AlarmIndex;
use super::super::changes::Topic;
use super::super::container::ContainerRecord;
use super::super::course::CourseHour;
use super::super::identity::{BloomFilter, Fingerprint};
use super::super::problems::ProblemState;
use super::super::regimes::RegimeEntry;
use super::super::search::{Field, SearchTexts};
use super::sealed::{unseal, without_sum};
use super::{Store, StoreError, Whole};
use rusqlite::{Connection, OptionalExtension};
use shared::event::versions::Versions;
use shared::figures::cells::HourCells;
use shared::time::Time;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// What a start reads from the store.
#[derive(Debug)]
pub struct Loaded {
    /// The line up to which it holds.
    pub sequence: u64,
    /// Small things.
    pub whole: Whole,
    /// Rules and layouts.
    pub regimes: Vec<(Time, RegimeEntry)>,
    /// Open containers.
    pub open: Vec<ContainerRecord>,
    /// Identities without a container.
    pub loose: Vec<(Fingerprint, Versions)>,
    /// All cells of each site, by the minute of their hour.
    pub cells: Vec<Vec<(i32, HourCells)>>,
    /// What boxes are known by.
    pub search: SearchTexts,
    /// The course of each site's yard, by hour.
    pub course: Vec<Vec<(i64, CourseHour)>>,
    /// All alarms.
    pub alarms: AlarmIndex,
    /// All problems.
    pub problems: BTreeMap<u64, ProblemState>,
    /// The messages that were held.
    pub messages: Vec<(u64, Topic, SmolStr, String)>,
    /// The sequence up to which messages are no longer held.
    pub forgotten: u64,
    /// Every identity and container in the store.
    pub filter: BloomFilter,
}

impl Store {
    /// The line up to which the store holds; `None` for an empty store.
    pub fn sequence(&self) -> Result<Option<u64>, StoreError> {
        let found: Option<i64> = self
            .reading()
            .query_row("SELECT value FROM meta WHERE name = 'sequence'", [], |row| {
                row.get(0)
            })
            .optional()?;
        Ok(found.map(i64::unsigned_abs))
    }

    /// Reads everything that a start needs.
    pub fn load(&self) -> Result<Option<Loaded>, StoreError> {
        let Some(sequence) = self.sequence()? else {
            return Ok(None);
        };
        let connection = self.reading();
        let meta = |name: &str| -> Result<Option<Vec<u8>>, StoreError> {
            let value = connection.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| {
                Ok(match row.get_ref(0)? {
                    rusqlite::types::ValueRef::Blob(bytes) | rusqlite::types::ValueRef::Text(bytes) => {
                        bytes.to_vec()
                    }
                    rusqlite::types::ValueRef::Integer(number) => number.to_string().into_bytes(),
                    _ => Vec::new(),
                })
            });
            Ok(value.optional()?)
        };
        let whole: Whole = meta("whole")?
            .map(|bytes| unseal(&bytes))
            .transpose()?
            .unwrap_or_default();
        let regimes = serde_json::from_str(&whole.regimes).unwrap_or_default();
        let forgotten = meta("forgotten")?
            .and_then(|text| String::from_utf8(text).ok()?.parse().ok())
            .unwrap_or(0);
        let mut open = Vec::new();
        read(
            &connection,
            "SELECT record FROM containers WHERE open = 1",
            |row| {
                open.push(unseal(row.get_ref(0)?.as_blob().unwrap_or_default())?);
                Ok(())
            },
        )?;
        let mut loose = Vec::new();
        read(&connection, "SELECT fingerprint, versions FROM loose", |row| {
            let versions = unseal(row.get_ref(1)?.as_blob().unwrap_or_default())?;
            loose.push((
                fingerprint(row.get_ref(0)?.as_blob().unwrap_or_default()),
                versions,
            ));
            Ok(())
        })?;
        let mut cells: Vec<Vec<(i32, HourCells)>> = Vec::new();
        read(&connection, "SELECT site, hour, cells FROM cells", |row| {
            let site = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
            let (key_site, key_hour, of_hour): (usize, i32, _) =
                unseal(row.get_ref(2)?.as_blob().unwrap_or_default())?;
            if key_site != site || key_hour != row.get::<_, i32>(1)? {
                return Err(StoreError::Sum);
            }
            if cells.len() <= site {
                cells.resize_with(site + 1, Vec::new);
            }
            cells[site].push((row.get(1)?, of_hour));
            Ok(())
        })?;
        let mut course: Vec<Vec<(i64, CourseHour)>> = Vec::new();
        read(&connection, "SELECT site, hour, body FROM course", |row| {
            let site = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
            let (key_site, key_hour, of_hour): (usize, i64, _) =
                unseal(row.get_ref(2)?.as_blob().unwrap_or_default())?;
            if key_site != site || key_hour != row.get::<_, i64>(1)? {
                return Err(StoreError::Sum);
            }
            if course.len() <= site {
                course.resize_with(site + 1, Vec::new);
            }
            course[site].push((row.get(1)?, of_hour));
            Ok(())
        })?;
        let mut alarms = AlarmIndex::default();
        read(&connection, "SELECT record FROM alarms", |row| {
            alarms.put(unseal(row.get_ref(0)?.as_blob().unwrap_or_default())?);
            Ok(())
        })?;
        alarms.take_changed();
        let mut problems = BTreeMap::new();
        read(&connection, "SELECT sequence, problem FROM problems", |row| {
            let json = without_sum(row.get_ref(1)?.as_blob().unwrap_or_default())?;
            let problem = serde_json::from_slice(json).map_err(|_| StoreError::Sum)?;
            problems.insert(row.get::<_, i64>(0)?.unsigned_abs(), problem);
            Ok(())
        })?;
        let mut messages = Vec::new();
        read(
            &connection,
            "SELECT sequence, about, frame FROM messages ORDER BY row",
            |row| {
                let (topic, of) = unseal(row.get_ref(1)?.as_blob().unwrap_or_default())?;
                let frame = without_sum(row.get_ref(2)?.as_blob().unwrap_or_default())?;
                let frame = String::from_utf8(frame.to_vec()).map_err(|_| StoreError::Sum)?;
                messages.push((row.get::<_, i64>(0)?.unsigned_abs(), topic, of, frame));
                Ok(())
            },
        )?;
        for table in ["cells", "course", "meta", "loose"] {
            sound(&connection, table)?;
        }
        if [open.len(), alarms.len(), problems.len()].map(|count| count as u64) != whole.counts {
            return Err(StoreError::Missing);
        }
        let filter = filter(&connection)?;
        Ok(Some(Loaded {
            sequence,
            whole,
            regimes,
            open,
            loose,
            cells,
            course,
            search: search_texts(&connection)?,
            alarms,
            problems,
            messages,
            forgotten,
            filter,
        }))
    }

    /// The filter of every identity and container in the store.
    pub fn filter(&self) -> Result<BloomFilter, StoreError> {
        filter(&self.reading())
    }
}

fn search_texts(connection: &Connection) -> Result<SearchTexts, StoreError> {
    let mut texts = SearchTexts::default();
    read(connection, "SELECT number FROM containers", |row| {
        texts.add(Field::Container, row.get_ref(0)?.as_str().unwrap_or_default());
        Ok(())
    })?;
    for field in Field::ALL {
        let Some(letter) = field.letter() else { continue };
        // Letters of terms stand before a colon, and a semicolon is the character behind it.
        let select =
            format!("SELECT DISTINCT term FROM terms WHERE term >= '{letter}:' AND term < '{letter};'");
        read(connection, &select, |row| {
            let term = row.get_ref(0)?.as_str().unwrap_or_default();
            texts.add(field, term.get(2..).unwrap_or_default());
            Ok(())
        })?;
    }
    Ok(texts)
}

fn filter(connection: &Connection) -> Result<BloomFilter, StoreError> {
    let count: i64 = connection.query_row(
        "SELECT (SELECT count(*) FROM identities) + (SELECT count(*) FROM containers)
            + (SELECT count(*) FROM declarations) + (SELECT count(DISTINCT term) FROM loads)",
        [],
        |row| row.get(0),
    )?;
    // Room to double before it is made anew.
    let mut filter = BloomFilter::with_capacity(count.unsigned_abs() * 2);
    read(connection, "SELECT fingerprint FROM identities", |row| {
        filter.insert(fingerprint(row.get_ref(0)?.as_blob().unwrap_or_default()));
        Ok(())
    })?;
    read(connection, "SELECT number FROM containers", |row| {
        filter.insert(Fingerprint::of_container(
            row.get_ref(0)?.as_str().unwrap_or_default(),
        ));
        Ok(())
    })?;
    read(connection, "SELECT DISTINCT term FROM loads", |row| {
        let term = row.get_ref(0)?.as_str().unwrap_or_default();
        filter.insert(Fingerprint::of_voyage(term));
        Ok(())
    })?;
    read(connection, "SELECT site, number FROM declarations", |row| {
        let site = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
        let number = row.get_ref(1)?.as_str().unwrap_or_default();
        filter.insert(Fingerprint::of_declaration(site, number));
        Ok(())
    })?;
    Ok(filter)
}

fn fingerprint(bytes: &[u8]) -> Fingerprint {
    Fingerprint(bytes.try_into().map_or(0, u128::from_be_bytes))
}

/// Holds the pages of a table that a start reads whole against each other: a damaged one may lose rows.
fn sound(connection: &Connection, table: &str) -> Result<(), StoreError> {
    let check = format!("PRAGMA quick_check('{table}')");
    let said: String = connection.query_row(&check, [], |row| row.get(0))?;
    match said.as_str() {
        "ok" => Ok(()),
        _ => Err(StoreError::Missing),
    }
}

fn read(
    connection: &Connection,
    sql: &str,
    mut each: impl FnMut(&rusqlite::Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut select = connection.prepare(sql)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        each(row)?;
    }
    Ok(())
}
