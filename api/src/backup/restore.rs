//! Brings a backup back into an empty data directory.

use super::{
    BackupError, DESK, DESK_FILES, JOURNAL, PARCELS, Progress, Said, check, copy, file_error, parent, sync,
};
use crate::engine::{RESTORING, lock};
use crate::journal::Journal as _;
use crate::journal::sqlite::SqliteBook;
use crate::journal::{Entry, Line};
use crate::parcels;
use std::path::{Path, PathBuf};

/// What may lie in a directory that holds nothing: what keeps a second server out, and what a file system has of its own
/// where a disk begins.
const NOTHING: [&str; 2] = ["lock", "lost+found"];

/// Copies a backup into a data directory that holds nothing. The backup is checked whole before. The journal gets a new
/// epoch, so that every page that knew another future takes a new snapshot. Every file gets its name at the end, and the
/// journal last: what broke off is no data directory, and may be restored into again until then.
pub fn restore(from: &Path, data: &Path, progress: &mut Progress<'_>) -> Result<Said, BackupError> {
    let manifest = check::backup(from, progress)?;
    std::fs::create_dir_all(data).map_err(file_error(data))?;
    // A server that runs on it has it locked, and none starts meanwhile.
    let _lock = lock(data)?;
    // The journal first: as long as it has not its name, no server starts.
    let (proofs, files): (Vec<&str>, Vec<&str>) = manifest
        .files
        .iter()
        .map(|file| file.name.as_str())
        .partition(|name| name.contains('/'));
    let mut files: Vec<&str> = files.into_iter().filter(|name| *name != JOURNAL).collect();
    files.insert(0, JOURNAL);
    for left in left_of_another(data)? {
        let removed = match left.is_dir() {
            true => std::fs::remove_dir_all(&left),
            false => std::fs::remove_file(&left),
        };
        removed.map_err(file_error(&left))?;
    }
    for name in &files {
        copy(&from.join(name), &unfinished(data, name))?;
    }
    if !proofs.is_empty() {
        // A folder of its own until the end, as the files are.
        let folder = unfinished(data, DESK_FILES);
        std::fs::create_dir_all(&folder).map_err(file_error(&folder))?;
        for name in proofs {
            let file = name.rsplit('/').next().unwrap_or_default();
            copy(&from.join(name), &folder.join(file))?;
        }
        sync(&folder)?;
        files.insert(1, DESK_FILES);
    }
    let said = renew::<Entry>(from, data, JOURNAL)?;
    if files.contains(&PARCELS) {
        renew::<parcels::entry::Entry>(from, data, PARCELS)?;
    }
    if files.contains(&DESK) {
        renew::<shared::release_desk::Entry>(from, data, DESK)?;
    }
    sync(data)?;
    for name in files.iter().rev() {
        if *name == JOURNAL {
            // The others have their names before it.
            sync(data)?;
        }
        let (unfinished, name) = (unfinished(data, name), data.join(name));
        std::fs::rename(&unfinished, &name).map_err(file_error(&name))?;
    }
    sync(data)?;
    sync(parent(data))?;
    Ok(said)
}

/// A file until the restore is done.
fn unfinished(data: &Path, name: &str) -> PathBuf {
    data.join(format!("{name}{RESTORING}"))
}

/// What a restore that broke off left. Anything else is somebody's, and SQLite would take some of it for its own.
fn left_of_another(data: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let mut left = Vec::new();
    for entry in std::fs::read_dir(data).map_err(file_error(data))? {
        let entry = entry.map_err(file_error(data))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains(RESTORING) {
            left.push(entry.path());
        } else if !NOTHING.contains(&name.as_str()) {
            let path = data.to_owned();
            return Err(BackupError::HoldsData { path, name });
        }
    }
    Ok(left)
}

/// Gives a journal that is restored another epoch.
fn renew<E: Line>(from: &Path, data: &Path, name: &str) -> Result<Said, BackupError> {
    let journal = unfinished(data, name);
    let fail = |reason| BackupError::Journal {
        path: journal.clone(),
        reason,
    };
    let said = {
        let mut restored = SqliteBook::<E>::open(&journal).map_err(fail)?;
        restored.renew_epoch().map_err(fail)?;
        Said {
            what: format!("{} is restored from {}", data.display(), from.display()),
            lines: restored.head(),
            epoch: restored.epoch().to_owned(),
        }
    };
    let wal = data.join(format!("{name}{RESTORING}-wal"));
    if wal.exists() {
        // The last connection moves everything into the file; what could not be moved would be lost with the name.
        return Err(BackupError::File {
            path: wal,
            reason: std::io::Error::other("not all of it reached the journal"),
        });
    }
    sync(&journal)?;
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::{StartError, make};
    use crate::clock::Clock;
    use crate::config::Configuration;
    use crate::engine::Engine;
    use std::sync::Arc;

    fn start(data: &Path) -> Result<Engine, StartError> {
        Engine::start(
            data,
            Arc::new(Configuration::default()),
            Clock::Wall,
            false,
            &mut |_, _| {},
        )
    }

    fn backup(folder: &Path) -> PathBuf {
        let (data, backup) = (folder.join("before"), folder.join("backup"));
        start(&data).unwrap().stop();
        make(&data, &backup, &mut |_, _, _| {}).unwrap();
        backup
    }

    fn quiet(from: &Path, data: &Path) -> Result<Said, BackupError> {
        restore(from, data, &mut |_, _, _| {})
    }

    #[test]
    fn a_directory_with_anything_that_sqlite_would_take_for_its_own_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (backup, data) = (backup(folder.path()), folder.path().join("data"));
        for name in ["journal.db-wal", "access.db-journal", "state.db", "notes.txt"] {
            std::fs::create_dir_all(&data).unwrap();
            std::fs::write(data.join(name), "left").unwrap();
            let refused = quiet(&backup, &data).unwrap_err().to_string();
            assert!(
                refused.contains("holds data already") && refused.contains(name),
                "{refused}"
            );
            assert_eq!(std::fs::read(data.join(name)).unwrap(), b"left");
            std::fs::remove_dir_all(&data).unwrap();
        }
    }

    #[test]
    fn what_broke_off_is_no_data_directory_and_is_restored_into_again() {
        let folder = tempfile::tempdir().unwrap();
        let (backup, data) = (backup(folder.path()), folder.path().join("data"));
        std::fs::create_dir_all(&data).unwrap();
        for left in [
            "journal.db.restoring",
            "journal.db.restoring-wal",
            "access.db.restoring",
        ] {
            std::fs::write(data.join(left), "half").unwrap();
        }
        let refused = start(&data).unwrap_err().to_string();
        assert!(refused.contains("was not restored to the end"), "{refused}");
        quiet(&backup, &data).unwrap();
        let names = std::fs::read_dir(&data)
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["journal.db", "lock"]);
        start(&data).unwrap().stop();
    }
}
