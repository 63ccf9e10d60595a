//! Files as proof: kept under the SHA-256 of their content, on disk before the answer.

use crate::access::secret::hexadecimal;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// The largest file: 10 MiB.
pub const LARGEST: usize = 10 << 20;
/// A file that nothing needs is left alone for so long.
const LEFT_ALONE: Duration = Duration::from_secs(8 * 86_400);

/// Why a file can't be kept.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is empty, or of another kind.
    #[error("this is no PDF, PNG or JPEG by its content; those are taken as proof")]
    Kind,
    /// It is too large.
    #[error("a file may have 10 MiB at most")]
    Size,
    /// The disk.
    #[error(
        "{path} can't be read or written: {reason}; check that the disk is not full and that this user may"
    )]
    Disk {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
}

/// The folder of files.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

/// What a file is, told by its first bytes and its last: neither its name nor what its sender says of it counts.
pub fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let tail = &bytes[bytes.len().saturating_sub(1_024)..];
    let ends_with = |end: &[u8]| tail.windows(end.len()).any(|part| part == end);
    if bytes.starts_with(b"%PDF-") && ends_with(b"%%EOF") {
        return Some("application/pdf");
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") && ends_with(b"IEND") {
        return Some("image/png");
    }
    (bytes.starts_with(b"\xff\xd8\xff") && ends_with(b"\xff\xd9")).then_some("image/jpeg")
}

/// A name without a path, without what no file system or header takes, and not too long.
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !"\"<>|:*?".contains(*c))
        .take(120)
        .collect();
    match plain.trim().trim_matches('.') {
        "" => "file".to_owned(),
        plain => plain.to_owned(),
    }
}

impl Files {
    /// Opens the folder, or makes it.
    pub fn open(folder: &Path) -> Result<Files, FileError> {
        let files = Files {
            folder: folder.to_owned(),
        };
        std::fs::create_dir_all(folder).map_err(files.failed(folder))?;
        Ok(files)
    }

    fn failed(&self, path: &Path) -> impl Fn(io::Error) -> FileError + use<> {
        let path = path.to_owned();
        move |reason| FileError::Disk {
            path: path.clone(),
            reason,
        }
    }

    /// Keeps a file. Answers its address and media type when it is on disk.
    pub fn keep(&self, bytes: &[u8]) -> Result<(String, &'static str), FileError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        if bytes.len() > LARGEST {
            return Err(FileError::Size);
        }
        let media_type = media_type(bytes).ok_or(FileError::Kind)?;
        let id = hexadecimal(&Sha256::digest(bytes));
        let path = self.folder.join(&id);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let fresh = self
            .folder
            .join(format!("{id}.{}-{number}.new", std::process::id()));
        let failed = self.failed(&path);
        let write = || -> io::Result<()> {
            let mut file = File::create(&fresh)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            // The same content again is the same file, with a new date.
            std::fs::rename(&fresh, &path)?;
            File::open(&self.folder)?.sync_all()
        };
        let written = write();
        if written.is_err() {
            let _ = std::fs::remove_file(&fresh);
        }
        written.map_err(failed)?;
        Ok((id, media_type))
    }

    /// The content of a file, which is what it was.
    pub fn read(&self, id: &str) -> Result<Vec<u8>, FileError> {
        let path = self.folder.join(id);
        let bytes = std::fs::read(&path).map_err(self.failed(&path))?;
        if hexadecimal(&Sha256::digest(&bytes)) != id {
            let damaged = io::Error::new(
                io::ErrorKind::InvalidData,
                "its content is another than when it was kept",
            );
            return Err(self.failed(&path)(damaged));
        }
        Ok(bytes)
    }

    /// Removes files that nothing needs any more. Answers how many.
    pub fn sweep(&self, needed: impl Fn(&str) -> bool) -> Result<usize, FileError> {
        let failed = self.failed(&self.folder);
        let mut gone = HashSet::new();
        for entry in std::fs::read_dir(&self.folder).map_err(&failed)? {
            let entry = entry.map_err(&failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let written = entry
                .metadata()
                .and_then(|data| data.modified())
                .map_err(&failed)?;
            let old = SystemTime::now()
                .duration_since(written)
                .is_ok_and(|age| age > LEFT_ALONE);
            if old && !needed(&name) {
                std::fs::remove_file(entry.path()).map_err(&failed)?;
                gone.insert(name);
            }
        }
        Ok(gone.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

    #[test]
    fn what_a_file_is_its_content_says() {
        assert_eq!(media_type(PDF), Some("application/pdf"));
        assert_eq!(
            media_type(b"\x89PNG\r\n\x1a\n....IEND\xae\x42\x60\x82"),
            Some("image/png")
        );
        assert_eq!(media_type(b"\xff\xd8\xff\xe0 ... \xff\xd9"), Some("image/jpeg"));
        for other in [
            &b"<svg onload=alert(1)>"[..],
            b"",
            b"%PDF-1.4 cut off",
            b"MZ\x90",
            b"<html>%PDF-",
        ] {
            assert_eq!(media_type(other), None);
        }
    }

    #[test]
    fn a_name_leads_nowhere() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("C:\\papers\\运抵报告.pdf"), "运抵报告.pdf");
        assert_eq!(plain_name("a\r\nb\".pdf"), "ab.pdf");
        assert_eq!(plain_name(".."), "file");
    }

    #[test]
    fn a_file_that_is_no_longer_what_it_was_is_not_handed_out() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        let (id, media) = files.keep(PDF).unwrap();
        assert_eq!(
            (files.keep(PDF).unwrap().0, media),
            (id.clone(), "application/pdf")
        );
        assert_eq!(files.read(&id).unwrap(), PDF);
        assert_eq!(files.sweep(|_| false).unwrap(), 0, "it is not old yet");
        std::fs::write(folder.path().join(&id), b"%PDF-1.4 forged %%EOF").unwrap();
        assert!(
            files
                .read(&id)
                .unwrap_err()
                .to_string()
                .contains("another than when")
        );
        assert!(matches!(files.keep(&vec![0; LARGEST + 1]), Err(FileError::Size)));
    }
}
