//! The store of the state: what the journal added up to at some line, so that a start needs only the lines
//! behind it, and containers that are done need no memory. It can be deleted: the journal makes it anew.

use super::alarms::AlarmIndex;
use super::changes::{Message, Topic};
use super::container::{ContainerRecord, StayDigest};
use super::declarations::DeclarationKey;
use super::identity::{BloomFilter, Fingerprint, Subject};
use super::problems::ProblemState;
use super::regimes::RegimeEntry;
use super::sources::SourceState;
use rusqlite::{Connection, OptionalExtension, params};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use shared::alarm::lifecycle::AlarmRecord;
use shared::call::CallBook;
use shared::container::ContainerNumber;
use shared::event::versions::Versions;
use shared::figures::DeclarationRecord;
use shared::figures::Dimensions;
use shared::figures::cells::HourCells;
use shared::stay::Status;
use shared::time::Time;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The shape of the store; another one is thrown away and made anew from the journal.
const SHAPE: &str = "6";

/// Why the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("the store of the state can't be written or read: {0}; check that the disk is not full")]
    Sqlite(#[from] rusqlite::Error),
    /// Something in it can't be read.
    #[error("the store of the state is damaged ({0}); delete state.db, and the journal makes it anew")]
    Damaged(#[from] postcard::Error),
    /// A container that was just put into memory is not there.
    #[error("the container {0} is gone from memory")]
    Gone(ContainerNumber),
}

/// A row by which stays are listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StayRow {
    /// The stay's address.
    pub id: SmolStr,
    /// The container.
    pub container: ContainerNumber,
    /// Site code.
    pub site: SmolStr,
    /// What it is grouped and filtered by.
    pub dimensions: Dimensions,
    /// Where it is in its passage.
    pub status: Status,
    /// When it began; for papers only, the first paper.
    pub began_at: Time,
    /// When it left.
    pub ended_at: Option<Time>,
    /// When its clearance clock began.
    pub clock_from: Option<Time>,
    /// When it was released, if clearance counts it.
    pub released_at: Option<Time>,
    /// When it was discharged and loaded, if throughput counts it.
    pub moved_at: [Option<Time>; 2],
    /// Clearance in seconds.
    pub clearance_seconds: Option<u64>,
    /// What `q` looks in, in capitals.
    pub texts: Vec<SmolStr>,
}

impl StayRow {
    /// The row of a stay.
    pub fn of(container: &ContainerNumber, site: &SmolStr, stay: &StayDigest) -> StayRow {
        let one = [
            &stay.bill_of_lading,
            &stay.voyage,
            &stay.vessel_imo,
            &stay.vessel_name,
        ];
        let texts = one.into_iter().flatten().chain(&stay.declarations);
        StayRow {
            id: stay.id.clone(),
            container: container.clone(),
            site: site.clone(),
            dimensions: stay.contribution.dimensions,
            status: stay.status,
            began_at: stay.began_at.unwrap_or(Time(0)),
            ended_at: stay.ended_at,
            clock_from: stay.clock_from,
            released_at: stay.released_at,
            moved_at: stay.moved_at,
            clearance_seconds: stay.clearance_seconds,
            texts: texts.map(|text| text.to_uppercase().into()).collect(),
        }
    }
}

/// One container as a checkpoint writes it.
#[derive(Debug)]
pub struct ContainerToWrite {
    /// Its events.
    pub record: Arc<ContainerRecord>,
    /// Whether anything is still to come.
    pub open: bool,
    /// Its stays.
    pub rows: Vec<StayRow>,
    /// On what it depends, and by what it is found.
    pub terms: Vec<SmolStr>,
}

/// The site and the minute of an hour, with its cells; without, when everything in it was taken back.
pub type CellsToWrite = (usize, i32, Option<HourCells>);

/// What a checkpoint writes.
#[derive(Debug)]
pub struct Checkpoint {
    /// The line up to which it holds.
    pub sequence: u64,
    /// Small things that are written as a whole.
    pub whole: Whole,
    /// Containers that changed.
    pub containers: Vec<ContainerToWrite>,
    /// New identities.
    pub identities: Arc<FxHashMap<Fingerprint, Subject>>,
    /// Identities without a container that changed, or (none) went to a container.
    pub loose: Vec<(Fingerprint, Option<Versions>)>,
    /// Cells that changed.
    pub cells: Vec<CellsToWrite>,
    /// Declarations that changed.
    pub declarations: Vec<(DeclarationKey, DeclarationRecord)>,
    /// Alarms that changed.
    pub alarms: Vec<Arc<AlarmRecord>>,
    /// Problems that changed.
    pub problems: Vec<(u64, ProblemState)>,
    /// Messages that are not in the store yet.
    pub messages: Vec<Message>,
    /// The sequence up to which messages are no longer held.
    pub forgotten: u64,
}

/// Small things that are written as a whole.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Whole {
    /// The engine's clock.
    pub now: Time,
    /// The calls of all sites.
    pub calls: CallBook,
    /// Stacking events by day, of each site.
    pub stacked_days: Vec<FxHashMap<i64, u32>>,
    /// Who sends.
    pub sources: BTreeMap<String, SourceState>,
    /// Rules and layouts, as JSON.
    pub regimes: String,
}

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
    /// All alarms.
    pub alarms: AlarmIndex,
    /// All problems.
    pub problems: BTreeMap<u64, ProblemState>,
    /// The messages that were held.
    pub messages: Vec<(u64, Topic, String)>,
    /// The sequence up to which messages are no longer held.
    pub forgotten: u64,
    /// Every identity and container in the store.
    pub filter: BloomFilter,
}

/// The store. Answers look-ups from many threads; a checkpoint writes through a connection of its own.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    read: Mutex<Connection>,
}

fn open(path: &Path) -> Result<Connection, StoreError> {
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

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS containers(
        id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, open INTEGER NOT NULL, record BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS containers_open ON containers(id) WHERE open = 1;
    CREATE TABLE IF NOT EXISTS identities(
        fingerprint BLOB PRIMARY KEY, subject TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS loose(fingerprint BLOB PRIMARY KEY, versions BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS stays(
        row INTEGER PRIMARY KEY, container TEXT NOT NULL, began INTEGER NOT NULL, released INTEGER,
        clock INTEGER, ended INTEGER, discharged INTEGER, loaded INTEGER, id TEXT NOT NULL, digest BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS stays_container ON stays(container);
    CREATE INDEX IF NOT EXISTS stays_began ON stays(began DESC, id);
    CREATE INDEX IF NOT EXISTS stays_released ON stays(released) WHERE released IS NOT NULL;
    CREATE INDEX IF NOT EXISTS stays_clock ON stays(clock) WHERE clock IS NOT NULL;
    CREATE INDEX IF NOT EXISTS stays_ended ON stays(ended) WHERE ended IS NOT NULL;
    CREATE INDEX IF NOT EXISTS stays_discharged ON stays(discharged) WHERE discharged IS NOT NULL;
    CREATE INDEX IF NOT EXISTS stays_loaded ON stays(loaded) WHERE loaded IS NOT NULL;
    CREATE TABLE IF NOT EXISTS terms(
        term TEXT NOT NULL, container TEXT NOT NULL, PRIMARY KEY(term, container)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS cells(
        site INTEGER NOT NULL, hour INTEGER NOT NULL, cells BLOB NOT NULL, PRIMARY KEY(site, hour)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS declarations(
        site INTEGER NOT NULL, number TEXT NOT NULL, declared INTEGER, released INTEGER, dimensions INTEGER NOT NULL,
        record BLOB NOT NULL, PRIMARY KEY(site, number)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS declarations_released
        ON declarations(site, released DESC, number, dimensions) WHERE released IS NOT NULL;
    CREATE INDEX IF NOT EXISTS declarations_declared
        ON declarations(site, declared DESC, number, dimensions) WHERE declared IS NOT NULL;
    CREATE TABLE IF NOT EXISTS alarms(id TEXT PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS problems(sequence INTEGER PRIMARY KEY, problem TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS messages(
        row INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, topic BLOB NOT NULL, frame TEXT NOT NULL);
";

impl Store {
    /// Opens the store for a journal's epoch and a configuration; one of another shape, epoch or
    /// configuration is emptied.
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
            for table in [
                "meta",
                "containers",
                "identities",
                "loose",
                "stays",
                "terms",
                "cells",
                "declarations",
                "alarms",
                "problems",
                "messages",
            ] {
                connection.execute_batch(&format!("DROP TABLE IF EXISTS {table}"))?;
            }
            connection.execute_batch(TABLES)?;
            connection.execute("INSERT INTO meta VALUES ('made_for', ?1)", [wanted])?;
        }
        Ok(Store {
            path: path.to_owned(),
            read: Mutex::new(connection),
        })
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
        Ok(record.map(|record| postcard::from_bytes(&record)).transpose()?)
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

    /// A declaration.
    pub fn declaration(
        &self,
        (site, number): &DeclarationKey,
    ) -> Result<Option<DeclarationRecord>, StoreError> {
        let connection = self.reading();
        let mut select =
            connection.prepare_cached("SELECT record FROM declarations WHERE site = ?1 AND number = ?2")?;
        let record: Option<Vec<u8>> = select
            .query_row(params![*site as i64, number.as_str()], |row| row.get(0))
            .optional()?;
        Ok(record.map(|record| postcard::from_bytes(&record)).transpose()?)
    }

    /// Declarations of a site in a period, the newest first, then by number, behind one of them, until told to stop.
    /// `dimensions` are the numbers of the combinations that count; all when empty.
    pub fn declarations(
        &self,
        site: usize,
        column: DeclarationColumn,
        (from, to): (Time, Time),
        dimensions: &[u8],
        behind: Option<&(Time, SmolStr)>,
        each: &mut dyn FnMut(SmolStr, DeclarationRecord) -> bool,
    ) -> Result<(), StoreError> {
        let connection = self.reading();
        let column = match column {
            DeclarationColumn::Released => "released",
            DeclarationColumn::Declared => "declared",
        };
        let counts = match dimensions {
            [] => String::new(),
            some => {
                let numbers: Vec<String> = some.iter().map(u8::to_string).collect();
                format!("AND dimensions IN ({})", numbers.join(","))
            }
        };
        // The period ends at the one that the list goes on behind, so that nothing before it is read again.
        let (last, number) = match behind {
            Some((at, number)) => (at.0.min(to.0.saturating_sub(1)), Some(number.as_str())),
            None => (to.0.saturating_sub(1), None),
        };
        let mut select = connection.prepare_cached(&format!(
            "SELECT number, record FROM declarations
             WHERE site = ?1 AND {column} >= ?2 AND {column} <= ?3 {counts}
               AND (?4 IS NULL OR {column} < ?5 OR number > ?4)
             ORDER BY {column} DESC, number"
        ))?;
        let behind_at = behind.map_or(0, |(at, _)| at.0);
        let mut rows = select.query(params![site as i64, from.0, last, number, behind_at])?;
        while let Some(row) = rows.next()? {
            let number = SmolStr::new(row.get_ref(0)?.as_str().unwrap_or_default());
            let record = postcard::from_bytes(row.get_ref(1)?.as_blob().unwrap_or_default())?;
            if !each(number, record) {
                break;
            }
        }
        Ok(())
    }

    /// The containers under a term, of a few thousand at most.
    pub fn containers_of_term(&self, term: &str) -> Result<Vec<String>, StoreError> {
        let connection = self.reading();
        let mut select = connection.prepare_cached("SELECT container FROM terms WHERE term = ?1")?;
        let rows = select.query_map([term], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Terms that begin with a text, with their containers.
    pub fn terms_from(&self, prefix: &str, most: usize) -> Result<Vec<(String, String)>, StoreError> {
        let connection = self.reading();
        let mut select = connection.prepare_cached(
            "SELECT term, container FROM terms WHERE term >= ?1 AND term < ?2 ORDER BY term LIMIT ?3",
        )?;
        let end = format!("{prefix}\u{10ffff}");
        let rows = select.query_map(params![prefix, end, most as i64], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Container numbers that begin with a text.
    pub fn numbers_from(&self, prefix: &str, most: usize) -> Result<Vec<String>, StoreError> {
        let connection = self.reading();
        let mut select = connection.prepare_cached(
            "SELECT number FROM containers WHERE number >= ?1 AND number < ?2 ORDER BY number LIMIT ?3",
        )?;
        let end = format!("{prefix}\u{10ffff}");
        let rows = select.query_map(params![prefix, end, most as i64], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Gives the rows of stays whose column lies in a period, newest beginning first, until told to stop.
    pub fn stays(
        &self,
        column: StayColumn,
        period: (Time, Time),
        each: &mut dyn FnMut(StayRow) -> bool,
    ) -> Result<(), StoreError> {
        let connection = self.reading();
        let condition = match column {
            StayColumn::Any => "?1 <= ?2",
            StayColumn::Released => "released >= ?1 AND released < ?2",
            StayColumn::Clock => "clock >= ?1 AND clock < ?2",
            StayColumn::Ended => "ended >= ?1 AND ended < ?2",
            StayColumn::Began => "began >= ?1 AND began < ?2",
            StayColumn::Moved => {
                "row IN (SELECT row FROM stays WHERE discharged >= ?1 AND discharged < ?2
                         UNION SELECT row FROM stays WHERE loaded >= ?1 AND loaded < ?2)"
            }
        };
        let mut select = connection.prepare_cached(&format!(
            "SELECT digest FROM stays WHERE {condition} ORDER BY began DESC, id"
        ))?;
        let mut rows = select.query(params![period.0.0, period.1.0])?;
        while let Some(row) = rows.next()? {
            let digest = row.get_ref(0)?.as_blob().unwrap_or_default();
            if !each(postcard::from_bytes(digest)?) {
                break;
            }
        }
        Ok(())
    }

    /// Writes a checkpoint in one commit.
    pub fn write(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let mut connection = open(&self.path)?;
        let transaction = connection.transaction()?;
        write_containers(&transaction, &checkpoint.containers)?;
        {
            let mut identities: Vec<_> = checkpoint.identities.iter().collect();
            identities.sort_unstable_by_key(|(fingerprint, _)| **fingerprint);
            let mut insert = transaction.prepare("INSERT OR REPLACE INTO identities VALUES (?1, ?2)")?;
            for (fingerprint, subject) in identities {
                insert.execute(params![fingerprint.0.to_be_bytes(), subject.as_str()])?;
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO loose VALUES (?1, ?2)")?;
            let mut drop = transaction.prepare("DELETE FROM loose WHERE fingerprint = ?1")?;
            for (fingerprint, versions) in &checkpoint.loose {
                let key = fingerprint.0.to_be_bytes();
                match versions {
                    Some(versions) => put.execute(params![key, postcard::to_stdvec(versions)?])?,
                    None => drop.execute([key])?,
                };
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO cells VALUES (?1, ?2, ?3)")?;
            let mut drop = transaction.prepare("DELETE FROM cells WHERE site = ?1 AND hour = ?2")?;
            for (site, hour, cells) in &checkpoint.cells {
                match cells {
                    Some(cells) => put.execute(params![*site as i64, hour, postcard::to_stdvec(cells)?])?,
                    None => drop.execute(params![*site as i64, hour])?,
                };
            }
            let mut put =
                transaction.prepare("INSERT OR REPLACE INTO declarations VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
            for ((site, number), record) in &checkpoint.declarations {
                let time = |at: Option<Time>| at.map(|at| at.0);
                put.execute(params![
                    *site as i64,
                    number.as_str(),
                    time(record.declared_at()),
                    time(record.released_at().filter(|_| record.declared_at().is_some())),
                    record.dimensions().code(),
                    postcard::to_stdvec(record)?
                ])?;
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO alarms VALUES (?1, ?2)")?;
            for record in &checkpoint.alarms {
                put.execute(params![
                    record.occurrence.id.as_str(),
                    postcard::to_stdvec(&**record)?
                ])?;
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO problems VALUES (?1, ?2)")?;
            for (sequence, problem) in &checkpoint.problems {
                let json = serde_json::to_string(problem).unwrap_or_default();
                put.execute(params![sequence.cast_signed(), json])?;
            }
            let mut put =
                transaction.prepare("INSERT INTO messages(sequence, topic, frame) VALUES (?1, ?2, ?3)")?;
            for message in &checkpoint.messages {
                let frame = std::str::from_utf8(&message.frame).unwrap_or_default();
                let topic = postcard::to_stdvec(&message.topic)?;
                put.execute(params![message.sequence.cast_signed(), topic, frame])?;
            }
            transaction.execute(
                "DELETE FROM messages WHERE sequence <= ?1",
                [checkpoint.forgotten.cast_signed()],
            )?;
            let mut put = transaction.prepare("INSERT OR REPLACE INTO meta VALUES (?1, ?2)")?;
            put.execute(params!["whole", postcard::to_stdvec(&checkpoint.whole)?])?;
            put.execute(params!["sequence", checkpoint.sequence.cast_signed()])?;
            put.execute(params!["forgotten", checkpoint.forgotten.cast_signed()])?;
        }
        transaction.commit()?;
        Ok(())
    }

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
            .map(|bytes| postcard::from_bytes(&bytes))
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
                open.push(postcard::from_bytes(
                    row.get_ref(0)?.as_blob().unwrap_or_default(),
                )?);
                Ok(())
            },
        )?;
        let mut loose = Vec::new();
        read(&connection, "SELECT fingerprint, versions FROM loose", |row| {
            let versions = postcard::from_bytes(row.get_ref(1)?.as_blob().unwrap_or_default())?;
            loose.push((
                fingerprint(row.get_ref(0)?.as_blob().unwrap_or_default()),
                versions,
            ));
            Ok(())
        })?;
        let mut cells: Vec<Vec<(i32, HourCells)>> = Vec::new();
        read(&connection, "SELECT site, hour, cells FROM cells", |row| {
            let site = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
            let of_hour = postcard::from_bytes(row.get_ref(2)?.as_blob().unwrap_or_default())?;
            if cells.len() <= site {
                cells.resize_with(site + 1, Vec::new);
            }
            cells[site].push((row.get(1)?, of_hour));
            Ok(())
        })?;
        let mut alarms = AlarmIndex::default();
        read(&connection, "SELECT record FROM alarms", |row| {
            alarms.put(postcard::from_bytes(
                row.get_ref(0)?.as_blob().unwrap_or_default(),
            )?);
            Ok(())
        })?;
        alarms.take_changed();
        let mut problems = BTreeMap::new();
        read(&connection, "SELECT sequence, problem FROM problems", |row| {
            if let Ok(problem) = serde_json::from_str(row.get_ref(1)?.as_str().unwrap_or_default()) {
                problems.insert(row.get::<_, i64>(0)?.unsigned_abs(), problem);
            }
            Ok(())
        })?;
        let mut messages = Vec::new();
        read(
            &connection,
            "SELECT sequence, topic, frame FROM messages ORDER BY row",
            |row| {
                let topic = postcard::from_bytes(row.get_ref(1)?.as_blob().unwrap_or_default())?;
                messages.push((row.get::<_, i64>(0)?.unsigned_abs(), topic, row.get(2)?));
                Ok(())
            },
        )?;
        let filter = filter(&connection)?;
        Ok(Some(Loaded {
            sequence,
            whole,
            regimes,
            open,
            loose,
            cells,
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

/// Which of a stay's times a list goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StayColumn {
    /// Every stay.
    Any,
    /// Release, of those that clearance counts.
    Released,
    /// The beginning of the clearance clock.
    Clock,
    /// When it left.
    Ended,
    /// When it began.
    Began,
    /// Discharge or load.
    Moved,
}

/// Which of a declaration's times a list goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclarationColumn {
    /// Its last release.
    Released,
    /// Its first `declare`.
    Declared,
}

fn filter(connection: &Connection) -> Result<BloomFilter, StoreError> {
    let count: i64 = connection.query_row(
        "SELECT (SELECT count(*) FROM identities) + (SELECT count(*) FROM containers)
            + (SELECT count(*) FROM declarations)",
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

fn write_containers(
    transaction: &rusqlite::Transaction<'_>,
    containers: &[ContainerToWrite],
) -> Result<(), StoreError> {
    let mut put = transaction.prepare(
        "INSERT INTO containers(number, open, record) VALUES (?1, ?2, ?3)
         ON CONFLICT(number) DO UPDATE SET open = excluded.open, record = excluded.record",
    )?;
    let mut drop = transaction.prepare("DELETE FROM stays WHERE container = ?1")?;
    let mut stay = transaction.prepare(
        "INSERT INTO stays(container, began, released, clock, ended, discharged, loaded, id, digest)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut term = transaction.prepare("INSERT OR IGNORE INTO terms VALUES (?1, ?2)")?;
    for container in containers {
        let number = container.record.number.as_str();
        put.execute(params![
            number,
            container.open,
            postcard::to_stdvec(&*container.record)?
        ])?;
        drop.execute([number])?;
        for row in &container.rows {
            let time = |at: Option<Time>| at.map(|at| at.0);
            stay.execute(params![
                number,
                row.began_at.0,
                time(row.released_at),
                time(row.clock_from),
                time(row.ended_at),
                time(row.moved_at[0]),
                time(row.moved_at[1]),
                row.id.as_str(),
                postcard::to_stdvec(row)?
            ])?;
        }
        for text in &container.terms {
            term.execute(params![text.as_str(), number])?;
        }
    }
    Ok(())
}
