//! The journal in a SQLite file: append-only, the sequence is the row id, and nothing else is indexed, since
//! random keys cost most of a store's speed.

use super::{Due, Entry, Format, Journal, JournalError, Record};
use rusqlite::{Connection, OptionalExtension, params};
use shared::time::Time;
use smol_str::SmolStr;
use std::path::Path;

/// Newest format of the file.
const FORMAT: i64 = 2;

/// A journal in a file.
#[derive(Debug)]
pub struct SqliteJournal {
    connection: Connection,
    head: u64,
    epoch: String,
}

impl SqliteJournal {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> Result<SqliteJournal, JournalError> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found > FORMAT {
            return Err(JournalError::Newer { found, known: FORMAT });
        }
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS journal(
                 sequence INTEGER PRIMARY KEY, first INTEGER NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL,
                 body TEXT NOT NULL);
             CREATE TABLE IF NOT EXISTS journal_epoch(epoch TEXT NOT NULL);",
        )?;
        connection.pragma_update(None, "user_version", FORMAT)?;
        let epoch = epoch(&connection)?;
        let head: Option<i64> =
            connection.query_row("SELECT max(sequence) FROM journal", [], |row| row.get(0))?;
        Ok(SqliteJournal {
            connection,
            head: head.unwrap_or(0).unsigned_abs(),
            epoch,
        })
    }
}

fn epoch(connection: &Connection) -> Result<String, JournalError> {
    let found = connection
        .query_row("SELECT epoch FROM journal_epoch", [], |row| row.get(0))
        .optional()?;
    if let Some(epoch) = found {
        return Ok(epoch);
    }
    let epoch: String = connection.query_row("SELECT lower(hex(randomblob(6)))", [], |row| row.get(0))?;
    connection.execute("INSERT INTO journal_epoch VALUES (?1)", [&epoch])?;
    Ok(epoch)
}

impl Journal for SqliteJournal {
    fn append(&mut self, records: &[Record]) -> Result<(), JournalError> {
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO journal(sequence, first, at, kind, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for record in records {
                let body;
                let (kind, text) = match &record.entry {
                    Entry::Event(Format::Events, json) => (1, json.as_str()),
                    Entry::Event(Format::Dcsa, json) => (2, json.as_str()),
                    Entry::Event(Format::Edifact, json) => (3, json.as_str()),
                    Entry::Problem(json) => (4, json.as_str()),
                    Entry::Regime(json) => (5, json.as_str()),
                    Entry::Deadline(due) => {
                        body = due.text();
                        (6, body.as_str())
                    }
                    Entry::ProblemState { problem, state } => {
                        body = format!("{problem} {state}");
                        (7, body.as_str())
                    }
                    Entry::Action { alarm, action } => {
                        body =
                            serde_json::to_string(&(alarm, action)).map_err(|error| JournalError::Line {
                                sequence: record.sequence,
                                reason: error.to_string(),
                            })?;
                        (8, body.as_str())
                    }
                };
                insert.execute(params![
                    record.sequence.cast_signed(),
                    record.commit.cast_signed(),
                    record.at.0,
                    kind,
                    text
                ])?;
            }
        }
        transaction.commit()?;
        if let Some(last) = records.last() {
            self.head = last.sequence;
        }
        Ok(())
    }

    fn replay(&self, after: u64, each: &mut dyn FnMut(Record)) -> Result<(), JournalError> {
        let mut select = self.connection.prepare(
            "SELECT sequence, first, at, kind, body FROM journal WHERE sequence > ?1 ORDER BY sequence",
        )?;
        let mut rows = select.query([after.cast_signed()])?;
        while let Some(row) = rows.next()? {
            let sequence = row.get::<_, i64>(0)?.unsigned_abs();
            let entry =
                entry(row.get(3)?, row.get(4)?).map_err(|reason| JournalError::Line { sequence, reason })?;
            let commit = row.get::<_, i64>(1)?.unsigned_abs();
            each(Record {
                sequence,
                commit,
                at: Time(row.get(2)?),
                entry,
            });
        }
        Ok(())
    }

    fn head(&self) -> u64 {
        self.head
    }

    fn epoch(&self) -> &str {
        &self.epoch
    }
}

fn entry(kind: i64, body: String) -> Result<Entry, String> {
    Ok(match kind {
        1 => Entry::Event(Format::Events, body),
        2 => Entry::Event(Format::Dcsa, body),
        3 => Entry::Event(Format::Edifact, body),
        4 => Entry::Problem(body),
        5 => Entry::Regime(body),
        6 => Entry::Deadline(Due::read(&body).ok_or("no container, source or alarm")?),
        7 => {
            let (problem, state) = body.split_once(' ').ok_or("no state")?;
            let problem = problem.parse().map_err(|_| "no number".to_owned())?;
            Entry::ProblemState {
                problem,
                state: state.into(),
            }
        }
        8 => {
            let (alarm, action): (SmolStr, _) =
                serde_json::from_str(&body).map_err(|error| error.to_string())?;
            Entry::Action { alarm, action }
        }
        other => return Err(format!("kind {other} is unknown")),
    })
}

#[cfg(test)]
mod tests {
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
}
