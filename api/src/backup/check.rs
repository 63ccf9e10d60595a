//! What is wrong with a journal or a file.

use super::manifest::describe;
use super::{
    BackupError, DATABASES, DERIVED, DESK, JOURNAL, MANIFEST, Manifest, PARCELS, Progress, Said, desk_files,
};
use crate::journal::Journal as _;
use crate::journal::sqlite::SqliteBook;
use crate::journal::{Entry, Line};
use crate::parcels;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Holds a data directory, on which a server may run, or a backup against its checksums: the structure of every database,
/// every line of the journal with its checksum and without a gap, and what a backup says of its files.
pub fn verify(folder: &Path, progress: &mut Progress<'_>) -> Result<Said, BackupError> {
    if folder.join(MANIFEST).exists() {
        return backup(folder, progress).map(|manifest| Said {
            what: format!("{} is a good backup of {}", folder.display(), manifest.made_at),
            lines: manifest.head,
            epoch: manifest.epoch,
        });
    }
    if !folder.join(JOURNAL).exists() {
        return Err(BackupError::NoJournal(folder.to_owned()));
    }
    let said = databases(folder, progress)?;
    for name in DERIVED {
        let store = folder.join(name);
        if store.exists() {
            sound(&store, progress).map_err(|error| match error {
                BackupError::Damaged { path, reason } => BackupError::Store { path, reason },
                other => other,
            })?;
        }
    }
    Ok(said)
}

/// Holds a backup against what it says of itself.
pub(super) fn backup(folder: &Path, progress: &mut Progress<'_>) -> Result<Manifest, BackupError> {
    let manifest = Manifest::read(folder)?;
    for said in &manifest.files {
        let path = folder.join(&said.name);
        let found = describe(folder, &said.name, &mut |read| {
            progress("checking the files", read, said.bytes);
        })?;
        let changed = |reason: String| BackupError::Changed {
            path: path.clone(),
            reason,
        };
        if found.bytes != said.bytes {
            let reason = format!("it has {} bytes and had {}", found.bytes, said.bytes);
            return Err(changed(reason));
        }
        if found.sha256 != said.sha256 {
            return Err(changed("its SHA-256 is another than when it was made".to_owned()));
        }
    }
    let said = databases(folder, progress)?;
    if (said.lines, &said.epoch) != (manifest.head, &manifest.epoch) {
        return Err(BackupError::NoBackup {
            path: folder.to_owned(),
            reason: format!(
                "its journal has {} lines and epoch {}, and its {MANIFEST} says {} and {}",
                said.lines, said.epoch, manifest.head, manifest.epoch
            ),
        });
    }
    Ok(manifest)
}

/// Holds every database that counts against its structure, and the journal against its checksums.
pub(super) fn databases(folder: &Path, progress: &mut Progress<'_>) -> Result<Said, BackupError> {
    // Lines first: they say more than SQLite does.
    let (lines, epoch) = all_lines::<Entry>(&folder.join(JOURNAL), progress)?;
    let said = Said {
        what: format!("{} is good", folder.display()),
        lines,
        epoch,
    };
    let parcels = folder.join(PARCELS);
    if parcels.exists() {
        all_lines::<parcels::entry::Entry>(&parcels, progress)?;
    }
    desk(folder, progress)?;
    for name in DATABASES {
        let path = folder.join(name);
        if path.exists() {
            sound(&path, progress)?;
        }
    }
    Ok(said)
}

/// Holds every line of a journal against its checksum. Answers how many there are, and the epoch.
fn all_lines<E: Line>(path: &Path, progress: &mut Progress<'_>) -> Result<(u64, String), BackupError> {
    let fail = |reason| BackupError::Journal {
        path: path.to_owned(),
        reason,
    };
    let journal = SqliteBook::<E>::open_to_read(path).map_err(fail)?;
    let head = journal.head();
    let mut lines = 0;
    journal
        .replay(0, &mut |record| {
            lines = record.sequence;
            if lines % 4_096 == 0 {
                progress("checking lines", lines, head.max(lines));
            }
        })
        .map_err(fail)?;
    Ok((lines, journal.epoch().to_owned()))
}

/// Holds the journal of the release desk against its checksums, and each of its files against its name.
fn desk(folder: &Path, progress: &mut Progress<'_>) -> Result<(), BackupError> {
    let path = folder.join(DESK);
    if path.exists() {
        all_lines::<shared::release_desk::Entry>(&path, progress)?;
    }
    let names = desk_files(folder)?;
    for (name, done) in names.iter().zip(0..) {
        progress("checking the desk's files", done, names.len() as u64);
        let found = describe(folder, name, &mut |_| {})?;
        if !name.ends_with(&found.sha256) {
            return Err(BackupError::Changed {
                path: folder.join(name),
                reason: "its content is another than when it was kept".to_owned(),
            });
        }
    }
    Ok(())
}

/// Holds the structure of a database against itself.
fn sound(path: &Path, progress: &mut Progress<'_>) -> Result<(), BackupError> {
    progress("checking pages", 0, 1);
    let damaged = |reason: String| BackupError::Damaged {
        path: path.to_owned(),
        reason,
    };
    let read = || -> rusqlite::Result<String> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(std::time::Duration::from_secs(30))?;
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
    };
    match read() {
        Ok(said) if said == "ok" => Ok(()),
        Ok(said) => Err(damaged(said)),
        Err(error) => Err(damaged(error.to_string())),
    }
}
