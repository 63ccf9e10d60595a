//! Older files become newer ones by themselves: one step from each format to the next, each in one transaction, so
//! that a power cut leaves either format and never something between. From format 2 on, the first that a release wrote, a
//! step adds and never rewrites lines: it takes a moment, however long the journal is.

use super::JournalError;
use rusqlite::{Connection, Transaction};

/// Newest format of the file. A change that an older program would misread is a new format with a step below, and
/// with a file of the format before it in this file's tests.
pub(super) const FORMAT: i64 = 3;

/// Tables of a new file.
const TABLES: &str = "
    CREATE TABLE journal(
        sequence INTEGER PRIMARY KEY, first INTEGER NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL,
        body TEXT NOT NULL, sum INTEGER);
    CREATE TABLE journal_epoch(epoch TEXT NOT NULL);
    CREATE TABLE journal_sums(since INTEGER NOT NULL);
    INSERT INTO journal_sums VALUES (1);
    INSERT INTO journal_epoch VALUES (lower(hex(randomblob(6))));";

/// The step from a format to the next.
type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// The first is the step from format 1 to 2, and so on.
const STEPS: [Step; (FORMAT - 1) as usize] = [commits_and_other_deadlines, sums];

/// Format 2: a deadline may be a sender's or an alarm's, and every line names its commit. Before, each was its own.
fn commits_and_other_deadlines(file: &Transaction<'_>) -> rusqlite::Result<()> {
    if has_column(file, "first")? {
        return Ok(());
    }
    file.execute_batch(
        "ALTER TABLE journal RENAME TO journal_before;
         CREATE TABLE journal(
             sequence INTEGER PRIMARY KEY, first INTEGER NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL,
             body TEXT NOT NULL);
         INSERT INTO journal SELECT sequence, sequence, at, kind, body FROM journal_before ORDER BY sequence;
         DROP TABLE journal_before;",
    )
}

/// Format 3: a checksum for each line from now on.
fn sums(file: &Transaction<'_>) -> rusqlite::Result<()> {
    file.execute_batch(
        "ALTER TABLE journal ADD COLUMN sum INTEGER;
         CREATE TABLE journal_sums(since INTEGER NOT NULL);
         INSERT INTO journal_sums SELECT coalesce(max(sequence), 0) + 1 FROM journal;",
    )
}

fn has_column(file: &Connection, column: &str) -> rusqlite::Result<bool> {
    let select = "SELECT count(*) FROM pragma_table_info('journal') WHERE name = ?1";
    file.query_row(select, [column], |row| Ok(row.get::<_, i64>(0)? > 0))
}

/// The format of a file; 0 for one that is new.
pub(super) fn format(file: &Connection) -> Result<i64, JournalError> {
    let found = file.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        0..=FORMAT => Ok(found),
        _ => Err(JournalError::Newer { found, known: FORMAT }),
    }
}

/// Makes the tables of a new file, and brings an older one forward.
pub(super) fn bring_forward(file: &mut Connection) -> Result<(), JournalError> {
    let found = format(file)?;
    if found == 0 {
        let made = file.transaction()?;
        made.execute_batch(TABLES)?;
        made.pragma_update(None, "user_version", FORMAT)?;
        return Ok(made.commit()?);
    }
    for (step, from) in STEPS.iter().zip(1..).skip_while(|(_, from)| *from < found) {
        let moved = file.transaction()?;
        step(&moved)?;
        moved.pragma_update(None, "user_version", from + 1)?;
        moved.commit()?;
        tracing::info!(from, to = from + 1, "the journal has a newer format now");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sqlite::SqliteJournal;
    use super::super::{Due, Entry, Format, Journal, Record};
    use super::*;
    use shared::time::Time;
    use std::path::Path;

    /// A file as the program of the first release left it.
    const SECOND: &str = r#"
        CREATE TABLE journal(
            sequence INTEGER PRIMARY KEY, first INTEGER NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL,
            body TEXT NOT NULL);
        CREATE TABLE journal_epoch(epoch TEXT NOT NULL);
        INSERT INTO journal_epoch VALUES ('5685951517e5');
        INSERT INTO journal VALUES
            (1, 1, 1645593600000, 1, '{"id":"1","source":"tos","at":"2022-02-23T13:14:15+08:00","node":"discharge","container":"QLTU0000011"}'),
            (2, 1, 1645593600000, 4, '{"format":"events","received_at":1645593600000,"source":"tos","pointer":"/1/at","offset":0,"segment":null,"code":"time","message":"no time","raw":"{}","fragment":"{}"}'),
            (3, 3, 1645593700000, 6, 'source:tos'),
            (4, 4, 1645593800000, 7, '2 dismissed'),
            (5, 5, 1645597455000, 6, 'QLTU0000011');
        PRAGMA user_version = 2;"#;

    /// One of the format before, which no release wrote: no commits.
    const FIRST: &str = "
        CREATE TABLE journal(
            sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind INTEGER NOT NULL, body TEXT NOT NULL);
        CREATE TABLE journal_epoch(epoch TEXT NOT NULL);
        INSERT INTO journal_epoch VALUES ('0123456789ab');
        INSERT INTO journal VALUES (1, 1645593600000, 6, 'QLTU0000011'), (2, 1645593700000, 7, '1 resolved');
        PRAGMA user_version = 1;";

    fn file(sql: &str, path: &Path) {
        let file = Connection::open(path).unwrap();
        file.pragma_update(None, "journal_mode", "WAL").unwrap();
        file.execute_batch(sql).unwrap();
    }

    fn lines(journal: &SqliteJournal) -> Vec<Record> {
        let mut lines = Vec::new();
        journal.replay(0, &mut |record| lines.push(record)).unwrap();
        lines
    }

    #[test]
    fn a_file_of_the_first_release_goes_on_with_all_its_lines_and_its_epoch() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        file(SECOND, &path);
        let before = lines(&SqliteJournal::open_to_read(&path).unwrap());
        let mut journal = SqliteJournal::open(&path).unwrap();
        assert_eq!((journal.head(), journal.epoch()), (5, "5685951517e5"));
        let after = lines(&journal);
        assert_eq!(before, after);
        let commits: Vec<u64> = after.iter().map(|record| record.commit).collect();
        assert_eq!(commits, [1, 1, 3, 4, 5]);
        assert!(matches!(&after[0].entry, Entry::Event(Format::Events, json) if json.contains("discharge")));
        assert_eq!(after[2].entry, Entry::Deadline(Due::Source("tos".into())));
        let next = Record {
            sequence: 6,
            commit: 6,
            at: Time(1_645_597_500_000),
            entry: Entry::Deadline(Due::Source("tos".into())),
        };
        journal.append(std::slice::from_ref(&next)).unwrap();
        drop(journal);
        // Brought forward once, it is a file like any other.
        let journal = SqliteJournal::open(&path).unwrap();
        assert_eq!(lines(&journal), [&after[..], &[next]].concat());
    }

    #[test]
    fn a_file_of_the_first_format_goes_on_with_every_line_as_a_commit_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        file(FIRST, &path);
        let before = lines(&SqliteJournal::open_to_read(&path).unwrap());
        let journal = SqliteJournal::open(&path).unwrap();
        assert_eq!((journal.head(), journal.epoch()), (2, "0123456789ab"));
        let after = lines(&journal);
        assert_eq!(before, after);
        let commits: Vec<u64> = after.iter().map(|record| record.commit).collect();
        assert_eq!(commits, [1, 2]);
    }

    #[test]
    fn a_file_of_a_newer_program_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        drop(SqliteJournal::open(&path).unwrap());
        let newer = FORMAT + 1;
        {
            let file = Connection::open(&path).unwrap();
            file.pragma_update(None, "user_version", newer).unwrap();
        }
        let bytes = std::fs::read(&path).unwrap();
        let error = SqliteJournal::open(&path).unwrap_err();
        assert!(
            matches!(error, JournalError::Newer { found, .. } if found == newer),
            "{error}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
}
