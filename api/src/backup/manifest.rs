//! What a backup says of itself, in `manifest.json`.

use super::{BackupError, MANIFEST, file_error};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the program that made it.
    pub program: String,
    /// When it was made, in UTC.
    pub made_at: String,
    /// Whether the data is that of a simulated port.
    pub simulated: bool,
    /// Epoch of the journal.
    pub epoch: String,
    /// The last line of the journal.
    pub head: u64,
    /// Format of the journal.
    pub journal_format: i64,
    /// Its files.
    pub files: Vec<FileOfBackup>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOfBackup {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// Reads the manifest of a backup.
    pub fn read(folder: &Path) -> Result<Manifest, BackupError> {
        let fail = |reason: String| BackupError::NoBackup {
            path: folder.to_owned(),
            reason,
        };
        let json = std::fs::read(folder.join(MANIFEST))
            .map_err(|error| fail(format!("its {MANIFEST} can't be read ({error})")))?;
        let manifest: Manifest = serde_json::from_slice(&json)
            .map_err(|error| fail(format!("its {MANIFEST} is none ({error})")))?;
        // Names come from a file: none of them leads out of the folder.
        match manifest.files.iter().find(|file| !is_known(&file.name)) {
            Some(file) => Err(fail(format!("`{}` is no file of a backup", file.name))),
            None => Ok(manifest),
        }
    }
}

fn is_known(name: &str) -> bool {
    let of_desk = name
        .strip_prefix(super::DESK_FILES)
        .and_then(|rest| rest.strip_prefix('/'));
    if of_desk.is_some_and(super::is_sha256) {
        return true;
    }
    super::DATABASES.contains(&name) || super::PLAIN.contains(&name)
}

/// Length and SHA-256 of a file.
pub(super) fn describe(
    folder: &Path,
    name: &str,
    read: &mut dyn FnMut(u64),
) -> Result<FileOfBackup, BackupError> {
    let path = folder.join(name);
    let mut file = std::fs::File::open(&path).map_err(file_error(&path))?;
    let mut hash = Sha256::new();
    let mut bytes = 0;
    let mut part = vec![0; 1 << 20];
    loop {
        let length = file.read(&mut part).map_err(file_error(&path))?;
        if length == 0 {
            break;
        }
        hash.update(&part[..length]);
        bytes += length as u64;
        read(bytes);
    }
    let mut sha256 = String::with_capacity(64);
    for byte in hash.finalize() {
        // Writing to a String cannot fail.
        let _ = write!(sha256, "{byte:02x}");
    }
    Ok(FileOfBackup {
        name: name.to_owned(),
        bytes,
        sha256,
    })
}
