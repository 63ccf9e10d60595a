//! Makes a backup while a server may run: one moment of each database, checked before it counts as a backup.

use super::manifest::describe;
use super::{
    BackupError, DATABASES, DESK_FILES, JOURNAL, MANIFEST, Manifest, PLAIN, Progress, Said, check, copy,
    desk_files, file_error, parent, sync,
};
use crate::clock::Clock;
use crate::journal::sqlite::SqliteJournal;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pages that are copied at once: 4 MiB.
const PAGES: i32 = 1_024;

/// Copies what counts of a data directory into a new one. It is written under another name, checked whole, and gets its
/// name when everything is on disk; whatever has the name is a good backup.
pub fn make(data: &Path, to: &Path, progress: &mut Progress<'_>) -> Result<Said, BackupError> {
    if !data.join(JOURNAL).exists() {
        return Err(BackupError::NoJournal(data.to_owned()));
    }
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let partial = partial(to);
    std::fs::create_dir_all(&partial).map_err(file_error(&partial))?;
    let made = fill(data, &partial, progress).and_then(|said| {
        // A folder does not replace one that is not empty, whoever made it meanwhile.
        std::fs::rename(&partial, to).map_err(file_error(to))?;
        sync(parent(to))?;
        Ok(said)
    });
    if made.is_err() {
        // What is left of it is worth nothing, and the error says more than another would.
        let _ = std::fs::remove_dir_all(&partial);
    }
    made.map(|said| Said {
        what: format!("{} is a good backup of {}", to.display(), data.display()),
        ..said
    })
}

fn partial(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(format!(".partial-{}", std::process::id()));
    PathBuf::from(name)
}

fn fill(data: &Path, to: &Path, progress: &mut Progress<'_>) -> Result<Said, BackupError> {
    let mut names = Vec::new();
    for name in PLAIN.into_iter().filter(|name| data.join(name).exists()) {
        copy(&data.join(name), &to.join(name))?;
        names.push(name.to_owned());
    }
    let mut proofs = BTreeSet::new();
    copy_proofs(data, to, &mut proofs)?;
    for name in DATABASES.into_iter().filter(|name| data.join(name).exists()) {
        let path = data.join(name);
        database(&path, &to.join(name), progress).map_err(|reason| BackupError::Database { path, reason })?;
        sync(&to.join(name))?;
        names.push(name.to_owned());
    }
    copy_proofs(data, to, &mut proofs)?;
    names.extend(proofs);
    let said = check::databases(to, progress)?;
    let path = to.join(JOURNAL);
    let format = SqliteJournal::open_to_read(&path)
        .map_err(|reason| BackupError::Journal { path, reason })?
        .format();
    let mut files = Vec::new();
    for name in names {
        let size = std::fs::metadata(to.join(&name)).map_or(0, |data| data.len());
        files.push(describe(to, &name, &mut |read| {
            progress("summing files", read, size);
        })?);
    }
    let manifest = Manifest {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: Clock::Wall.now().utc().to_string(),
        simulated: files.iter().any(|file| file.name == PLAIN[0]),
        epoch: said.epoch.clone(),
        head: said.lines,
        journal_format: format,
        files,
    };
    let path = to.join(MANIFEST);
    // A plain struct of texts and numbers always serialises.
    let json = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    std::fs::File::create(&path)
        .and_then(|mut file| {
            file.write_all(&json)?;
            file.sync_all()
        })
        .map_err(file_error(&path))?;
    sync(to)?;
    Ok(said)
}

/// Copies the files of the release desk that are not among `copied` yet. One that nothing needs may go meanwhile.
fn copy_proofs(data: &Path, to: &Path, copied: &mut BTreeSet<String>) -> Result<(), BackupError> {
    let folder = to.join(DESK_FILES);
    let before = copied.len();
    for name in desk_files(data)? {
        if copied.contains(&name) {
            continue;
        }
        std::fs::create_dir_all(&folder).map_err(file_error(&folder))?;
        match copy(&data.join(&name), &to.join(&name)) {
            Ok(()) => drop(copied.insert(name)),
            Err(_) if !data.join(&name).exists() => {
                let _ = std::fs::remove_file(to.join(&name));
            }
            Err(error) => return Err(error),
        }
    }
    if copied.len() > before {
        sync(&folder)?;
    }
    Ok(())
}

/// Copies a database as it is at one moment. Whoever writes into it is not held up.
fn database(from: &Path, to: &Path, progress: &mut Progress<'_>) -> rusqlite::Result<()> {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    source.busy_timeout(Duration::from_secs(30))?;
    // The moment is that of the first look, and all pages are of it: without this the copy would begin again with every
    // commit of a server.
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    let mut copy = Connection::open(to)?;
    {
        let backup = Backup::new(&source, &mut copy)?;
        while backup.step(PAGES)? != StepResult::Done {
            let pages = backup.progress();
            let (of, left) = (pages.pagecount.unsigned_abs(), pages.remaining.unsigned_abs());
            progress("copying", u64::from(of - left), u64::from(of));
        }
    }
    // One file, that can be read where nothing can be written.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(())
}
