//! Disks that are full, broken, read-only or forget what was not synced, and what is damaged on them.

use crate::disk::{Disk, Mood};
use crate::port::{Sender, copy, lines, seen, start, until};
use crate::shim;
use api::engine::StartError;
use api::engine::standing::Standing;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// A folder by the name that SQLite knows it by.
fn folder() -> TempDir {
    tempfile::tempdir_in(std::env::temp_dir().canonicalize().unwrap()).unwrap()
}

/// A server whose disk is so for a while: nothing is acknowledged then, reads go on, and it goes on by itself. The disk
/// loses its power at the end, so that nothing counts that only the system believes to be on it.
fn goes_on_after(mood: Mood, seed: u64) {
    let (folder, left) = (folder(), folder());
    let disk = Arc::new(Disk::new(folder.path(), seed));
    shim::mount(&disk);
    let mut sender = Sender::new(seed);
    let engine = start(folder.path(), sender.now).unwrap();
    for _ in 0..6 {
        assert!(sender.send(&engine));
    }
    for _ in 0..3 {
        disk.set(mood);
        // What fits into pages that are there already may still be written to a full disk.
        until("a message to be refused", || !sender.send(&engine));
        assert_eq!(engine.standing(), Standing::Waiting);
        let before = seen(&engine);
        assert!(!sender.send(&engine), "what can't be written was acknowledged");
        assert_eq!(seen(&engine), before, "what was not acknowledged shows");
        disk.set(Mood::Good);
        until("the server to go on", || engine.is_ready());
        for _ in 0..4 {
            assert!(sender.send(&engine));
        }
    }
    disk.cut();
    engine.stop();
    drop(engine);
    shim::unmount(&disk);
    disk.leave(left.path());
    sender.check(left.path()).unwrap();
}

#[test]
fn a_full_disk_takes_nothing_and_goes_on_when_there_is_room() {
    goes_on_after(Mood::Full, 11);
}

#[test]
fn a_broken_disk_takes_nothing_and_goes_on_when_it_works() {
    goes_on_after(Mood::Broken, 12);
}

#[test]
fn a_disk_that_became_read_only_takes_nothing_and_goes_on_when_it_can_be_written() {
    goes_on_after(Mood::ReadOnly, 13);
}

#[test]
fn a_commit_whose_sync_failed_is_not_believed_although_the_system_forgot_what_was_not_synced() {
    for seed in 14..18 {
        goes_on_after(Mood::ForgetsUnsynced, seed);
    }
}

/// A directory after an orderly end, with what was sent to it.
fn stopped(seed: u64) -> (TempDir, Sender) {
    let folder = folder();
    let mut sender = Sender::new(seed);
    let engine = start(folder.path(), sender.now).unwrap();
    for _ in 0..30 {
        assert!(sender.send(&engine));
    }
    engine.stop();
    drop(engine);
    (folder, sender)
}

fn with_flipped_bit(folder: &Path, name: &str, byte: usize, bit: u32) -> TempDir {
    let damaged = self::folder();
    copy(folder, damaged.path(), "");
    let file = damaged.path().join(name);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[byte] ^= 1 << bit;
    std::fs::write(&file, bytes).unwrap();
    damaged
}

#[test]
fn whatever_bit_of_the_journal_flips_its_lines_are_as_they_were_or_refused() {
    let (folder, _) = stopped(31);
    let good = lines(folder.path()).unwrap();
    let size = std::fs::metadata(folder.path().join("journal.db")).unwrap().len() as usize;
    let (mut refused, mut untouched) = (0, 0);
    // A prime, so that every kind of place in a page has its turn.
    for byte in (0..size).step_by(211) {
        let damaged = with_flipped_bit(folder.path(), "journal.db", byte, byte as u32 % 8);
        match lines(damaged.path()) {
            Ok(lines) => {
                assert!(lines == good, "byte {byte} of the journal changed what it says");
                untouched += 1;
            }
            Err(_) => refused += 1,
        }
    }
    println!("{refused} flips refused, {untouched} in bytes that say nothing");
    assert!(refused > untouched);
}

#[test]
fn a_damaged_journal_stops_a_start_that_has_to_read_it_with_the_line_and_what_to_do() {
    let (folder, sender) = stopped(32);
    std::fs::remove_file(folder.path().join("state.db")).unwrap();
    let good = std::fs::read(folder.path().join("journal.db")).unwrap();
    let mut places = good
        .windows(9)
        .enumerate()
        .filter(|(_, bytes)| bytes == b"discharge");
    // Not every place is in a line: pages have bytes that are no longer in use.
    let error = places.find_map(|(place, _)| {
        let damaged = with_flipped_bit(folder.path(), "journal.db", place, 0);
        start(damaged.path(), sender.now).err()
    });
    let Some(StartError::Journal(error)) = error else {
        panic!("a damaged line was taken");
    };
    let text = error.to_string();
    assert!(
        text.contains("line ") && text.contains("quaylight restore"),
        "{text}"
    );
}

#[test]
fn whatever_bit_of_the_store_flips_the_state_is_what_the_lines_add_up_to_or_refused() {
    let (folder, sender) = stopped(33);
    let size = std::fs::metadata(folder.path().join("state.db")).unwrap().len() as usize;
    let mut right = 0;
    for byte in (0..size).step_by(size / 30 + 1) {
        let damaged = with_flipped_bit(folder.path(), "state.db", byte, byte as u32 % 8);
        match sender.check(damaged.path()) {
            Ok(()) => right += 1,
            // A box that has left is read when somebody asks for it.
            Err(refused) => assert!(
                refused.contains("the store of the state is damaged"),
                "byte {byte}: {refused}"
            ),
        }
    }
    assert!(right > 0);
}

#[test]
fn a_store_that_is_ahead_of_the_journal_is_made_anew() {
    let (folder, mut sender) = stopped(34);
    let earlier = self::folder();
    copy(folder.path(), earlier.path(), "journal");
    let engine = start(folder.path(), sender.now).unwrap();
    let before = engine.state().sequence;
    let mut forgotten = Sender::new(35);
    forgotten.now = sender.now;
    assert!(sender.send(&engine));
    engine.stop();
    drop(engine);
    copy(folder.path(), earlier.path(), "state");
    let engine = start(earlier.path(), sender.now).unwrap();
    assert_eq!(engine.state().sequence, before);
    assert!(forgotten.send(&engine));
}

#[test]
fn a_store_of_another_shape_is_made_anew() {
    let (folder, sender) = stopped(36);
    let store = rusqlite::Connection::open(folder.path().join("state.db")).unwrap();
    store
        .execute_batch(
            "UPDATE meta SET value = '1 older' WHERE name = 'made_for'; DROP TABLE cells;
             CREATE TABLE cells(of_another INTEGER)",
        )
        .unwrap();
    drop(store);
    sender.check(folder.path()).unwrap();
}
