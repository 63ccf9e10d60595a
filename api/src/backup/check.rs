//! What is wrong with a journal or a file.

use super::manifest::describe;
use super::{
    BackupError, DATABASES, DERIVED, DESK, DESK_FILES, JOURNAL, MANIFEST, Manifest, PARCELS, Progress, Said,
    desk_files,
};
use crate::journal::sqlite::SqliteBook;
use crate::journal::{Entry, Line};
use crate::journal::{Journal as _, JournalError};
use crate::parcels;
use crate::release_desk::book::{Book, Misfit};
use rusqlite::{Connection, OpenFlags};
use smol_str::SmolStr;
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

/// Holds the journal of the release desk against its checksums and its applications, each of its files against its name,
/// and the files that applications have against those that are there.
fn desk(folder: &Path, progress: &mut Progress<'_>) -> Result<(), BackupError> {
    if let Some(missing) = missing_proof(folder, progress)? {
        // A server that runs may have taken it out and swept it since the journal was read.
        let still = missing_proof(folder, progress)?.filter(|still| *still == missing);
        if let Some(name) = still {
            return Err(BackupError::Changed {
                path: folder.join(DESK_FILES).join(&name),
                reason: "an application has it as proof, and it is not there".to_owned(),
            });
        }
    }
    let names = desk_files(folder)?;
    for (name, done) in names.iter().zip(0..) {
        progress("checking the desk's files", done, names.len() as u64);
        let found = match describe(folder, name, &mut |_| {}) {
            // Swept meanwhile; no application has it.
            Err(_) if !folder.join(name).exists() => continue,
            described => described?,
        };
        if !name.ends_with(&found.sha256) {
            return Err(BackupError::Changed {
                path: folder.join(name),
                reason: "its content is another than when it was kept".to_owned(),
            });
        }
    }
    Ok(())
}

/// Reads the desk's journal. Answers a file that an application has and that is not there.
fn missing_proof(folder: &Path, progress: &mut Progress<'_>) -> Result<Option<SmolStr>, BackupError> {
    let path = folder.join(DESK);
    if !path.exists() {
        return Ok(None);
    }
    let fail = |reason| BackupError::Journal {
        path: path.clone(),
        reason,
    };
    let journal = SqliteBook::<shared::release_desk::Entry>::open_to_read(&path).map_err(fail)?;
    let head = journal.head();
    let mut book = Book::new(journal.epoch());
    let mut misfit = None;
    journal
        .replay(0, &mut |record| {
            if misfit.is_none() {
                misfit = book.apply(&record.entry, record.at, record.sequence).err();
            }
            if record.sequence % 4_096 == 0 {
                progress("checking lines", record.sequence, head.max(record.sequence));
            }
        })
        .map_err(fail)?;
    if let Some(Misfit { sequence, reason }) = misfit {
        return Err(fail(JournalError::Line { sequence, reason }));
    }
    let proofs = folder.join(DESK_FILES);
    let missing = book.proofs().find(|id| !proofs.join(id.as_str()).exists());
    Ok(missing.cloned())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::make;
    use crate::journal::Record;
    use crate::journal::sqlite::SqliteJournal;
    use crate::release_desk::files::Files;
    use shared::release_desk::{Entry as Line, File};
    use shared::time::Time;
    use shared::wire::release_desk::ApplicationForm;

    const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

    fn quiet(folder: &Path) -> Result<Said, BackupError> {
        verify(folder, &mut |_, _, _| {})
    }

    #[test]
    fn a_proof_that_an_application_has_and_that_is_not_there_is_found_in_a_directory_and_keeps_it_from_a_backup()
     {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let proofs = data.join(DESK_FILES);
        std::fs::create_dir_all(&data).unwrap();
        drop(SqliteJournal::open(&data.join(JOURNAL)).unwrap());
        let (id, media_type) = Files::open(&proofs).unwrap().keep(PDF).unwrap();
        let file = File {
            id: id.as_str().into(),
            name: "a.pdf".into(),
            media_type: media_type.into(),
            size: PDF.len() as u64,
            at: Time(0),
            by: "acme".into(),
        };
        // A file that was sent and never went with an application may be swept.
        let sent = File {
            id: "0".repeat(64).into(),
            ..file.clone()
        };
        let made = Line::Made {
            id: "RD-20220223-0001".into(),
            enterprise: "acme".into(),
            by: "acme".into(),
            form: ApplicationForm::default(),
            request: None,
        };
        let filed = Line::Filed {
            id: "RD-20220223-0001".into(),
            by: "acme".into(),
            added: true,
            file,
        };
        let lines = [made, Line::Uploaded { file: sent }, filed];
        let records = (1..).zip(lines).map(|(sequence, entry)| Record {
            sequence,
            commit: 1,
            at: Time(1),
            entry,
        });
        let records: Vec<Record<Line>> = records.collect();
        SqliteBook::open(&data.join(DESK))
            .unwrap()
            .append(&records)
            .unwrap();
        quiet(&data).unwrap();
        let backup = folder.path().join("backup");
        make(&data, &backup, &mut |_, _, _| {}).unwrap();
        quiet(&backup).unwrap();
        assert!(backup.join(DESK_FILES).join(&id).exists());

        std::fs::remove_file(proofs.join(&id)).unwrap();
        let found = quiet(&data).unwrap_err().to_string();
        assert!(found.contains(&id) && found.contains("is not there"), "{found}");
        let refused = make(&data, &folder.path().join("second"), &mut |_, _, _| {});
        assert!(refused.is_err());
    }
}
