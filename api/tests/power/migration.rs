//! Losses of power while an older journal is brought forward.

use crate::disk::Disk;
use crate::shim;
use api::journal::sqlite::SqliteJournal;
use api::journal::{Journal as _, Record};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Lines of the older journal, on many pages.
const LINES: u64 = 400;
/// The power goes at each of the first steps, and as often with other luck.
const SEEDS: u64 = 4;

/// A journal as a program of an older format left it.
fn older(format: i64, folder: &Path) {
    let file = Connection::open(folder.join("journal.db")).unwrap();
    file.pragma_update(None, "journal_mode", "WAL").unwrap();
    let (column, value) = if format == 1 {
        ("", "")
    } else {
        (" first INTEGER NOT NULL,", " n,")
    };
    file.execute_batch(&format!(
        "CREATE TABLE journal(
             sequence INTEGER PRIMARY KEY,{column} at INTEGER NOT NULL, kind INTEGER NOT NULL, body TEXT NOT NULL);
         CREATE TABLE journal_epoch(epoch TEXT NOT NULL);
         INSERT INTO journal_epoch VALUES ('5685951517e5');
         WITH RECURSIVE lines(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM lines WHERE n < {LINES})
         INSERT INTO journal SELECT n,{value} 1645593600000 + n, 6, 'source:' || hex(zeroblob(20)) || n FROM lines;
         PRAGMA user_version = {format};"
    ))
    .unwrap();
}

fn lines(journal: &SqliteJournal) -> Vec<Record> {
    let mut lines = Vec::new();
    journal.replay(0, &mut |record| lines.push(record)).unwrap();
    lines
}

/// Brings a journal of a format forward on a disk whose power goes after so many steps. Answers the format that is left,
/// which the next start brings forward with all its lines; none when the power stayed.
fn lose(format: i64, steps: u64, seed: u64) -> Option<i64> {
    let temporary = || tempfile::tempdir_in(std::env::temp_dir().canonicalize().unwrap()).unwrap();
    let (folder, left) = (temporary(), temporary());
    older(format, folder.path());
    let path = folder.path().join("journal.db");
    let before = lines(&SqliteJournal::open_to_read(&path).unwrap());
    assert_eq!(before.len() as u64, LINES);
    let disk = Arc::new(Disk::new(folder.path(), seed));
    disk.cut_in(steps);
    shim::mount(&disk);
    let opened = SqliteJournal::open(&path).map(|journal| journal.format());
    shim::unmount(&disk);
    if !disk.is_dead() {
        opened.unwrap();
        return None;
    }
    disk.leave(left.path());
    let path = left.path().join("journal.db");
    let found: i64 = Connection::open(&path)
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    let journal = SqliteJournal::open(&path).unwrap();
    let what = format!("format {format}, {steps} steps, seed {seed}");
    assert_eq!(lines(&journal), before, "{what}");
    assert_eq!(journal.epoch(), "5685951517e5", "{what}");
    Some(found)
}

#[test]
fn a_journal_that_is_brought_forward_has_one_format_or_the_other_and_all_its_lines_whenever_the_power_goes() {
    for format in [1, 2] {
        let mut left: BTreeMap<i64, u32> = BTreeMap::new();
        for seed in 0..SEEDS {
            let mut steps = 1;
            while let Some(found) = lose(format, steps, seed) {
                assert!((format..=3).contains(&found), "{found}");
                *left.entry(found).or_default() += 1;
                steps += 1;
            }
        }
        println!("from format {format}, losses by the format that was left: {left:?}");
        assert!(left.contains_key(&format), "{left:?}");
    }
}
