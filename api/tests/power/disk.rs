//! A disk that loses its power: what was synced is there afterwards; of the rest any part may be, in any order, torn
//! within a page. It can also be full, be read-only, and fail.
//!
//! What it supposes of a disk, as SQLite does: a sync that succeeded holds, and bytes beside those that were written do not
//! change. A file is in its folder for good with its first sync, and out of it with the next sync of the folder, which
//! SQLite's own VFS does with the first sync of each file that it writes before the database.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng as _;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What reaches a disk as a whole, or not at all.
const SECTOR: usize = 512;

/// Why the disk did not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It can't be written: broken, or without power.
    Write,
    /// What was written did not reach it.
    Sync,
    /// There is no room.
    Full,
    /// Nothing may be written.
    ReadOnly,
}

/// How the disk behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Good,
    /// Files can't grow.
    Full,
    /// Every write fails.
    Broken,
    /// Every sync fails, and what was written since the last one never gets there: the system thinks that it did.
    ForgetsUnsynced,
    /// Nothing may be written.
    ReadOnly,
    /// A sync succeeds and does nothing.
    Lies,
}

/// A disk behind a folder.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    files: BTreeMap<String, Tracked>,
    mood: Mood,
    /// Writes, syncs, truncations and deletions so far.
    steps: u64,
    /// At this step the power goes.
    cut_at: Option<u64>,
    random: Pcg64Mcg,
    /// What is there after the power went.
    after: Option<BTreeMap<String, Vec<u8>>>,
}

#[derive(Debug, Default)]
struct Tracked {
    /// What a loss of power leaves for sure; without, not even the file.
    durable: Option<Vec<u8>>,
    pending: Vec<Change>,
    size: usize,
}

#[derive(Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
    Delete,
}

impl Change {
    fn apply(&self, file: &mut Option<Vec<u8>>) {
        match self {
            Change::Write(at, bytes) => {
                let file = file.get_or_insert_default();
                if file.len() < at + bytes.len() {
                    file.resize(at + bytes.len(), 0);
                }
                file[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Change::Truncate(size) => file.get_or_insert_default().truncate(*size),
            Change::Delete => *file = None,
        }
    }
}

impl Disk {
    /// A disk behind a folder, with the files that lie in it.
    pub fn new(folder: &Path, seed: u64) -> Disk {
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let bytes = std::fs::read(entry.path()).unwrap();
            let tracked = Tracked {
                size: bytes.len(),
                durable: Some(bytes),
                pending: Vec::new(),
            };
            files.insert(entry.file_name().into_string().unwrap(), tracked);
        }
        Disk {
            folder: folder.to_owned(),
            inner: Mutex::new(Inner {
                files,
                mood: Mood::Good,
                steps: 0,
                cut_at: None,
                random: Pcg64Mcg::new(u128::from(seed)),
                after: None,
            }),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the disk is so.
    pub fn set(&self, mood: Mood) {
        self.inner().mood = mood;
    }

    /// Lets the power go so many steps from now.
    pub fn cut_in(&self, steps: u64) {
        let mut inner = self.inner();
        inner.cut_at = Some(inner.steps + steps);
    }

    /// Lets the power go now, if it is still there.
    pub fn cut(&self) {
        self.inner().lose();
    }

    /// Whether the power went.
    pub fn is_dead(&self) -> bool {
        self.inner().after.is_some()
    }

    /// Writes what was left into a folder.
    pub fn leave(&self, folder: &Path) {
        for (name, bytes) in self.inner().after.as_ref().unwrap() {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }

    /// A file is opened.
    pub fn may_open(&self) -> Result<(), Fault> {
        match self.inner().after {
            Some(_) => Err(Fault::Write),
            None => Ok(()),
        }
    }

    /// Bytes are written.
    pub fn write(&self, name: &str, at: usize, bytes: &[u8]) -> Result<(), Fault> {
        let mut inner = self.inner();
        let grows = at + bytes.len() > inner.file(name).size;
        match inner.mood {
            Mood::Full if grows => return Err(Fault::Full),
            Mood::Broken => return Err(Fault::Write),
            Mood::ReadOnly => return Err(Fault::ReadOnly),
            _ => {}
        }
        inner.change(name, Change::Write(at, bytes.to_vec()))?;
        let file = inner.file(name);
        file.size = file.size.max(at + bytes.len());
        Ok(())
    }

    /// A file is cut.
    pub fn truncate(&self, name: &str, size: usize) -> Result<(), Fault> {
        let mut inner = self.inner();
        inner.may_change()?;
        inner.change(name, Change::Truncate(size))?;
        inner.file(name).size = size;
        Ok(())
    }

    /// A file is deleted.
    pub fn delete(&self, name: &str, synced: bool) -> Result<(), Fault> {
        let mut inner = self.inner();
        inner.may_change()?;
        inner.change(name, Change::Delete)?;
        inner.file(name).size = 0;
        if synced {
            inner.file(name).settle();
        }
        Ok(())
    }

    /// What was written to a file reaches the disk; with the folder, what was deleted from it does, too.
    pub fn sync(&self, name: &str, with_folder: bool) -> Result<(), Fault> {
        let mut inner = self.inner();
        inner.step()?;
        match inner.mood {
            Mood::Lies => {}
            Mood::ForgetsUnsynced => {
                inner.file(name).pending.clear();
                return Err(Fault::Sync);
            }
            Mood::Broken => return Err(Fault::Sync),
            _ => {
                inner.file(name).settle();
                if with_folder {
                    inner.files.values_mut().for_each(Tracked::forget);
                }
            }
        }
        Ok(())
    }
}

impl Inner {
    fn file(&mut self, name: &str) -> &mut Tracked {
        self.files.entry(name.to_owned()).or_default()
    }

    fn may_change(&self) -> Result<(), Fault> {
        match self.mood {
            Mood::Broken => Err(Fault::Write),
            Mood::ReadOnly => Err(Fault::ReadOnly),
            _ => Ok(()),
        }
    }

    fn step(&mut self) -> Result<(), Fault> {
        if self.after.is_some() {
            return Err(Fault::Write);
        }
        self.steps += 1;
        if self.cut_at.is_some_and(|at| self.steps >= at) {
            self.lose();
            return Err(Fault::Write);
        }
        Ok(())
    }

    /// A change, which is among those that may get lost also when the power goes with it.
    fn change(&mut self, name: &str, change: Change) -> Result<(), Fault> {
        if self.after.is_none() {
            self.file(name).pending.push(change);
        }
        self.step()
    }

    fn lose(&mut self) {
        if self.after.is_some() {
            return;
        }
        let mut after = BTreeMap::new();
        for (name, file) in &self.files {
            // Shared memory is no file of the disk.
            if let Some(left) = file.left(&mut self.random).filter(|_| !name.ends_with("-shm")) {
                after.insert(name.clone(), left);
            }
        }
        self.after = Some(after);
    }
}

impl Tracked {
    fn settle(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// The folder no longer has what was deleted.
    fn forget(&mut self) {
        let deleted = |change: &Change| matches!(change, Change::Delete);
        if let Some(last) = self.pending.iter().rposition(deleted) {
            self.pending.drain(..=last);
            self.durable = None;
        }
    }

    /// What a loss of power leaves: of what was not synced nothing, all, a beginning, or any part of any sector.
    fn left(&self, random: &mut Pcg64Mcg) -> Option<Vec<u8>> {
        let mut left = self.durable.clone();
        let whole = match random.next_u32() % 5 {
            0 => Some(0),
            1 => Some(self.pending.len()),
            2 => Some(random.next_u64() as usize % (self.pending.len() + 1)),
            _ => None,
        };
        let keep = 1 + random.next_u32() % 99;
        for (place, change) in self.pending.iter().enumerate() {
            match (whole, change) {
                (Some(whole), _) if place < whole => change.apply(&mut left),
                (Some(_), _) => {}
                (None, Change::Write(at, bytes)) => {
                    let (mut at, mut rest) = (*at, &bytes[..]);
                    while !rest.is_empty() {
                        let (sector, more) = rest.split_at((SECTOR - at % SECTOR).min(rest.len()));
                        if random.next_u32() % 100 < keep {
                            Change::Write(at, sector.to_vec()).apply(&mut left);
                        }
                        at += sector.len();
                        rest = more;
                    }
                }
                (None, change) => {
                    if random.next_u32() % 100 < keep {
                        change.apply(&mut left);
                    }
                }
            }
        }
        left
    }
}
