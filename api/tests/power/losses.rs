//! Losses of power.

use crate::disk::{Disk, Mood};
use crate::port::{Sender, below, start};
use crate::shim;
use std::sync::Arc;
use tempfile::TempDir;

/// Losses of the suite, and of a long run.
const LOSSES: [u64; 2] = [60, 3_000];
/// So many losses follow each other in one directory.
const LIVES: u64 = 4;

fn losses() -> u64 {
    match std::env::var("QUAYLIGHT_LONG") {
        Ok(wanted) => wanted.parse().unwrap_or(LOSSES[1]),
        Err(_) => LOSSES[0],
    }
}

fn first_seed() -> u64 {
    std::env::var("QUAYLIGHT_SEED").map_or(1, |seed| seed.parse().unwrap())
}

/// What a directory went through.
#[derive(Debug, Default)]
struct Course {
    losses: u64,
    acknowledged: usize,
    /// Losses while a server started or stopped.
    beside_work: u64,
}

/// A directory whose server loses its power again and again. Answers what is wrong afterwards.
fn live(seed: u64, mood: Mood, course: &mut Course) -> Result<(), String> {
    let mut sender = Sender::new(seed);
    let mut folder = folder();
    for life in 0..LIVES {
        let disk = Arc::new(Disk::new(folder.path(), seed * 100 + life));
        disk.set(mood);
        // As often among the first steps as among many.
        let longest = 4 << below(&mut sender.random, 9);
        disk.cut_in(1 + below(&mut sender.random, longest));
        shim::mount(&disk);
        let mut working = false;
        while !disk.is_dead() {
            let Ok(engine) = start(folder.path(), sender.now) else {
                // Only a disk without power stands in the way.
                assert!(disk.is_dead(), "it did not start on a good disk");
                break;
            };
            // An orderly end now and then brings everything to the store.
            for _ in 0..2 + below(&mut sender.random, 12) {
                working = sender.send(&engine);
                if !working {
                    break;
                }
            }
            engine.stop();
        }
        shim::unmount(&disk);
        course.losses += 1;
        course.beside_work += u64::from(working);
        let left = self::folder();
        disk.leave(left.path());
        folder = left;
        sender
            .check(folder.path())
            .map_err(|wrong| format!("seed {seed}, loss {}: {wrong}", life + 1))?;
    }
    course.acknowledged += sender.acknowledged();
    Ok(())
}

/// A folder by the name that SQLite knows it by.
fn folder() -> TempDir {
    tempfile::tempdir_in(std::env::temp_dir().canonicalize().unwrap()).unwrap()
}

#[test]
fn after_any_loss_of_power_every_acknowledged_line_is_there_once_and_the_state_is_what_the_lines_add_up_to() {
    let mut course = Course::default();
    let first = first_seed();
    for seed in first..first + losses() / LIVES {
        if let Err(wrong) = live(seed, Mood::Good, &mut course) {
            panic!("{wrong}");
        }
    }
    println!("from seed {first}: {course:?}");
    assert!(course.acknowledged > 100 && course.beside_work > 0, "{course:?}");
}

#[test]
fn a_disk_that_lies_about_syncs_is_found_out_by_the_same_test() {
    let found = (1..200).find_map(|seed| live(seed, Mood::Lies, &mut Course::default()).err());
    let wrong = found.expect("nothing was lost although nothing was synced");
    println!("{wrong}");
}
