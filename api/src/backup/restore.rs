//! Brings a backup back into an empty data directory.

use super::{
    BackupError, DATABASES, DERIVED, JOURNAL, Progress, Said, check, copy, file_error, parent, sync,
};
use crate::engine::lock;
use crate::journal::Journal as _;
use crate::journal::sqlite::SqliteJournal;
use std::path::Path;

/// Copies a backup into a data directory that holds nothing. The backup is checked whole before. The journal gets a new
/// epoch, so that every page that knew another future takes a new snapshot; it comes last, so that what broke off is no
/// data directory.
pub fn restore(from: &Path, data: &Path, progress: &mut Progress<'_>) -> Result<Said, BackupError> {
    let manifest = check::backup(from, progress)?;
    std::fs::create_dir_all(data).map_err(file_error(data))?;
    // A server that runs on it has it locked, and none starts meanwhile.
    let _lock = lock(data)?;
    if DATABASES
        .iter()
        .chain([&DERIVED])
        .any(|name| data.join(name).exists())
    {
        return Err(BackupError::HoldsData(data.to_owned()));
    }
    let files = manifest.files.iter().filter(|file| file.name != JOURNAL);
    for file in files {
        copy(&from.join(&file.name), &data.join(&file.name))?;
    }
    let (unfinished, journal) = (data.join("journal.restoring"), data.join(JOURNAL));
    copy(&from.join(JOURNAL), &unfinished)?;
    let wal = data.join("journal.restoring-wal");
    if wal.exists() {
        // Of a restore that broke off.
        std::fs::remove_file(&wal).map_err(file_error(&wal))?;
    }
    let fail = |reason| BackupError::Journal {
        path: unfinished.clone(),
        reason,
    };
    let said = {
        let mut restored = SqliteJournal::open(&unfinished).map_err(fail)?;
        restored.renew_epoch().map_err(fail)?;
        Said {
            what: format!("{} is restored from {}", data.display(), from.display()),
            lines: restored.head(),
            epoch: restored.epoch().to_owned(),
        }
    };
    if wal.exists() {
        // The last connection moves everything into the file; what could not be moved would be lost with the name.
        return Err(BackupError::File {
            path: wal,
            reason: std::io::Error::other("not all of it reached the journal"),
        });
    }
    sync(&unfinished)?;
    std::fs::rename(&unfinished, &journal).map_err(file_error(&journal))?;
    sync(data)?;
    sync(parent(data))?;
    Ok(said)
}
