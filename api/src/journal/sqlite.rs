//! The journal in a SQLite file: append-only, the sequence is the row id, and nothing else is indexed, since
//! random keys cost most of a store's speed.

use super::mover::Mover;
use super::{Entry, Journal, JournalError, Line, Record, line, migrate};
use rusqlite::{Connection, OpenFlags, params};
use shared::time::Time;
use std::fs::File;
use std::io::Write as _;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

/// The file that SQLite writes before it writes the journal itself shrinks to this size after a backup held it.
const LARGEST_WAL: i64 = 67_108_864;
/// When that file has so many pages a commit moves them itself: a file of the largest size.
const MOST_PAGES: i64 = LARGEST_WAL / 4_096;

/// So much has to fit on the disk before a journal that could not be written is taken for one that can: 4 MiB.
const ROOM: usize = 4_194_304;

/// The journal of the port in a file.
pub type SqliteJournal = SqliteBook<Entry>;

/// The journal of a book in a file, whose entries are `E`.
#[derive(Debug)]
pub struct SqliteBook<E> {
    path: PathBuf,
    connection: Connection,
    format: i64,
    head: u64,
    epoch: String,
    /// The first line that has to have a checksum.
    sums_since: u64,
    mover: Mover,
    entries: PhantomData<fn() -> E>,
}

impl<E: Line> SqliteBook<E> {
    /// Opens the file, or makes it; one of an older format is brought forward.
    pub fn open(path: &Path) -> Result<SqliteBook<E>, JournalError> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        // Before anything is written into it.
        migrate::format(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "journal_size_limit", LARGEST_WAL)?;
        connection.pragma_update(None, "wal_autocheckpoint", MOST_PAGES)?;
        migrate::bring_forward(&mut connection)?;
        SqliteBook::opened(path, connection)
    }

    /// Opens the file to read it, as it is: a server may have it open.
    pub fn open_to_read(path: &Path) -> Result<SqliteBook<E>, JournalError> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        SqliteBook::opened(path, connection)
    }

    fn opened(path: &Path, connection: Connection) -> Result<SqliteBook<E>, JournalError> {
        let format = migrate::format(&connection)?;
        let sums_since: i64 = match format {
            ..3 => i64::MAX,
            _ => connection.query_row("SELECT since FROM journal_sums", [], |row| row.get(0))?,
        };
        let epoch = connection.query_row("SELECT epoch FROM journal_epoch", [], |row| row.get(0))?;
        let head: Option<i64> =
            connection.query_row("SELECT max(sequence) FROM journal", [], |row| row.get(0))?;
        let journal = SqliteBook {
            path: path.to_owned(),
            connection,
            format,
            head: head.unwrap_or(0).unsigned_abs(),
            epoch,
            sums_since: sums_since.unsigned_abs(),
            mover: Mover::default(),
            entries: PhantomData,
        };
        // The newest line is the one that a fault while it was written would hit.
        journal.replay(journal.head.saturating_sub(1), &mut |_| {})?;
        Ok(journal)
    }

    /// The format of the file.
    pub fn format(&self) -> i64 {
        self.format
    }

    /// Gives the journal a new name: whoever knows the old one's changes has to read everything anew.
    pub fn renew_epoch(&mut self) -> Result<(), JournalError> {
        self.connection
            .execute("UPDATE journal_epoch SET epoch = lower(hex(randomblob(6)))", [])?;
        self.epoch = self
            .connection
            .query_row("SELECT epoch FROM journal_epoch", [], |row| row.get(0))?;
        Ok(())
    }
}

/// Whether the folder of a file has room for some commits: a file of that size can be written, and is deleted again.
fn has_room(path: &Path) -> Result<(), JournalError> {
    let file = path.with_extension("room");
    let written = File::create(&file).and_then(|mut room| {
        let bytes = [0; 65_536];
        for _ in 0..ROOM / bytes.len() {
            room.write_all(&bytes)?;
        }
        room.sync_all()
    });
    let deleted = match std::fs::remove_file(&file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    written.and(deleted).map_err(JournalError::Room)
}

impl<E: Line> Journal<E> for SqliteBook<E> {
    fn append(&mut self, records: &[Record<E>]) -> Result<(), JournalError> {
        let transaction = self.connection.transaction()?;
        let mut bytes = 0;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO journal(sequence, first, at, kind, body, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for record in records {
                let (kind, body) = record.entry.write().map_err(|reason| JournalError::Line {
                    sequence: record.sequence,
                    reason,
                })?;
                bytes += body.len();
                insert.execute(params![
                    record.sequence.cast_signed(),
                    record.commit.cast_signed(),
                    record.at.0,
                    kind,
                    &*body,
                    line::sum(record, kind, &body)
                ])?;
            }
        }
        transaction.commit()?;
        if let Some(last) = records.last() {
            self.head = last.sequence;
        }
        self.mover.wrote(&self.path, bytes);
        Ok(())
    }

    fn replay(&self, after: u64, each: &mut dyn FnMut(Record<E>)) -> Result<(), JournalError> {
        let columns = match self.format {
            1 => "sequence, sequence, at, kind, body, NULL",
            2 => "sequence, first, at, kind, body, NULL",
            _ => "sequence, first, at, kind, body, sum",
        };
        let mut read = after;
        let damaged = |after: u64| {
            move |error: rusqlite::Error| match JournalError::from(error) {
                JournalError::Damaged { reason, .. } => JournalError::Damaged { after, reason },
                other => other,
            }
        };
        let select = format!("SELECT {columns} FROM journal WHERE sequence > ?1 ORDER BY sequence");
        let mut select = self.connection.prepare(&select).map_err(damaged(read))?;
        let mut rows = select.query([after.cast_signed()])?;
        while let Some(row) = rows.next().map_err(damaged(read))? {
            let sequence = row.get::<_, i64>(0)?.unsigned_abs();
            if sequence != read + 1 {
                return Err(JournalError::Gap {
                    after: read,
                    found: sequence,
                });
            }
            let broken = |reason: String| JournalError::Line { sequence, reason };
            // A damaged row may hold anything in any column.
            let number = |column| {
                row.get::<_, i64>(column)
                    .map_err(|error| broken(error.to_string()))
            };
            let kind = number(3)?;
            let body: String = row.get(4).map_err(|error| broken(error.to_string()))?;
            let sum: Option<i64> = row.get(5).map_err(|error| broken(error.to_string()))?;
            let record = Record {
                sequence,
                commit: number(1)?.unsigned_abs(),
                at: Time(number(2)?),
                entry: (),
            };
            let fits = match sum {
                Some(sum) => sum == line::sum(&record, kind, &body),
                None => sequence < self.sums_since,
            };
            if !fits {
                return Err(broken(
                    "its checksum does not fit, so it is not what was written".to_owned(),
                ));
            }
            each(Record {
                sequence,
                commit: record.commit,
                at: record.at,
                entry: E::read(kind, body).map_err(broken)?,
            });
            read = sequence;
        }
        Ok(())
    }

    fn recover(&mut self) -> Result<(), JournalError> {
        has_room(&self.path)?;
        // The old connections go first: what they believe of the file is no longer certain.
        self.mover.stop();
        self.connection = Connection::open_in_memory()?;
        let opened = SqliteBook::open(&self.path)?;
        // A commit that changes nothing shows that there is room, and that the disk writes again.
        opened
            .connection
            .pragma_update(None, "user_version", opened.format)?;
        *self = opened;
        Ok(())
    }

    fn head(&self) -> u64 {
        self.head
    }

    fn epoch(&self) -> &str {
        &self.epoch
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Due, Entry, Format};
    use super::*;

    #[test]
    fn what_was_appended_is_replayed_after_opening_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let records: Vec<Record> = [
            Entry::Event(Format::Edifact, "{}".into()),
            Entry::Deadline(Due::read("A1").unwrap()),
            Entry::Deadline(Due::read("source:tos a").unwrap()),
            Entry::Deadline(Due::read("alarm:x").unwrap()),
            Entry::ProblemState {
                problem: 1,
                state: "dismissed".into(),
            },
        ]
        .into_iter()
        .zip(1..)
        .map(|(entry, sequence)| Record {
            sequence,
            commit: 1,
            at: Time(5),
            entry,
        })
        .collect();
        let epoch = {
            let mut journal = SqliteJournal::open(&path).unwrap();
            journal.append(&records).unwrap();
            journal.epoch().to_owned()
        };
        let journal = SqliteJournal::open(&path).unwrap();
        assert_eq!((journal.head(), journal.epoch()), (5, epoch.as_str()));
        let mut replayed = Vec::new();
        journal.replay(1, &mut |record| replayed.push(record)).unwrap();
        assert_eq!(replayed, records[1..]);
    }

    #[test]
    fn a_gap_that_a_second_writer_made_is_refused_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = SqliteJournal::open(&folder.path().join("journal.db")).unwrap();
        let record = |sequence| Record {
            sequence,
            commit: sequence,
            at: Time(0),
            entry: Entry::Deadline(Due::read("A").unwrap()),
        };
        journal.append(&[record(1)]).unwrap();
        assert!(journal.append(&[record(2), record(1)]).is_err());
        assert_eq!(journal.head(), 1);
    }

    #[test]
    fn what_was_written_gets_into_the_file_while_the_journal_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let mut journal = SqliteJournal::open(&path).unwrap();
        let line = format!("{{\"id\":\"{}\"}}", "x".repeat(1_000_000));
        let mut written = 0;
        let mut write = |journal: &mut SqliteJournal| {
            written += 1;
            let record = Record {
                sequence: written,
                commit: written,
                at: Time(5),
                entry: Entry::Event(Format::Events, line.clone()),
            };
            journal.append(&[record]).unwrap();
        };
        for _ in 0..5 {
            write(&mut journal);
        }
        // A commit moves nothing itself before the log has 64 MiB.
        let begun = std::time::Instant::now();
        while std::fs::metadata(&path).unwrap().len() < 4_000_000 {
            assert!(begun.elapsed().as_secs() < 60, "nothing is in the file");
            std::thread::yield_now();
        }
        write(&mut journal);
        drop(journal);
        assert!(!path.with_extension("db-wal").exists(), "somebody has it open");
        assert_eq!(SqliteJournal::open(&path).unwrap().head(), 6);
    }

    fn with_lines(path: &Path, lines: u64) {
        let mut journal = SqliteJournal::open(path).unwrap();
        let records: Vec<Record> = (1..=lines)
            .map(|sequence| Record {
                sequence,
                commit: 1,
                at: Time(5),
                entry: Entry::Event(Format::Events, format!("{{\"id\":\"{sequence}\"}}")),
            })
            .collect();
        journal.append(&records).unwrap();
    }

    fn changed(path: &Path, sql: &str) -> JournalError {
        Connection::open(path).unwrap().execute_batch(sql).unwrap();
        let read = SqliteJournal::open(path).and_then(|journal| journal.replay(0, &mut |_| {}));
        read.unwrap_err()
    }

    #[test]
    fn a_line_that_is_not_what_was_written_is_refused_whatever_was_changed_in_it() {
        for change in [
            "body = replace(body, '7', '8')",
            "at = at + 1",
            "kind = 2",
            "first = 2",
            "sum = sum + 1",
            "sum = NULL",
            "body = x'00'",
            "kind = 'x'",
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("journal.db");
            with_lines(&path, 20);
            let error = changed(&path, &format!("UPDATE journal SET {change} WHERE sequence = 7"));
            assert!(
                matches!(error, JournalError::Line { sequence: 7, .. }),
                "{change}: {error}"
            );
        }
    }

    #[test]
    fn a_line_that_is_missing_or_moved_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        with_lines(&path, 20);
        let error = changed(&path, "DELETE FROM journal WHERE sequence = 7");
        assert!(
            matches!(error, JournalError::Gap { after: 6, found: 8 }),
            "{error}"
        );
        let error = changed(&path, "UPDATE journal SET sequence = 7 WHERE sequence = 20");
        assert!(matches!(error, JournalError::Line { sequence: 7, .. }), "{error}");
    }

    #[test]
    fn a_restored_journal_has_another_epoch() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let mut journal = SqliteJournal::open(&path).unwrap();
        let before = journal.epoch().to_owned();
        journal.renew_epoch().unwrap();
        assert_ne!(journal.epoch(), before);
        assert_eq!(SqliteJournal::open(&path).unwrap().epoch(), journal.epoch());
    }
}
