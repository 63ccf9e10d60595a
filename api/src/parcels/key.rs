//! The key with which identity numbers are hashed. It lies in a file of its own that only this user reads; whoever has
//! the other files and not this one can't try numbers.

use ring::hmac;
use shared::parcels::HashedIdentity;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Bytes of a key that is made here: as many as its hash has (RFC 2104 §3).
const LENGTH: usize = 32;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It can't be read or made.
    #[error(
        "the key of identity numbers {path} can't be read or made: {reason}; give this user the right to"
    )]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// Others can read it.
    #[error("the key of identity numbers {0} can be read by others; take that right away (chmod 600)")]
    Open(PathBuf),
    /// It is too short to keep anything secret.
    #[error("the key of identity numbers {path} has {found} bytes; it has to have at least {LENGTH}")]
    Short {
        /// Where.
        path: PathBuf,
        /// How many.
        found: usize,
    },
}

/// Hashes identity numbers: HMAC-SHA-256 (RFC 2104, FIPS 180-4), of which the first 16 bytes are kept.
pub struct IdentityKey(hmac::Key);

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityKey")
    }
}

impl IdentityKey {
    /// The key of these bytes.
    pub fn new(bytes: &[u8]) -> IdentityKey {
        IdentityKey(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The key in a file, which is made when it is not there.
    pub fn load(path: &Path) -> Result<IdentityKey, KeyError> {
        let fail = |reason| KeyError::File {
            path: path.to_owned(),
            reason,
        };
        match std::fs::File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(path).map_err(fail),
            Err(error) => Err(fail(error)),
            Ok(mut file) => {
                let mode = file.metadata().map_err(fail)?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(KeyError::Open(path.to_owned()));
                }
                let mut bytes = Vec::with_capacity(LENGTH);
                file.read_to_end(&mut bytes).map_err(fail)?;
                if bytes.len() < LENGTH {
                    return Err(KeyError::Short {
                        path: path.to_owned(),
                        found: bytes.len(),
                    });
                }
                Ok(IdentityKey::new(&bytes))
            }
        }
    }

    /// What it makes of a fixed text, by which another key is known. No identity number is such a text.
    pub fn proof(&self) -> HashedIdentity {
        self.hash("the key of identity numbers")
    }

    /// The hash of a number in its normalised form.
    pub fn hash(&self, normalised: &str) -> HashedIdentity {
        let tag = hmac::sign(&self.0, normalised.as_bytes());
        let mut hash = [0; 16];
        // The tag of SHA-256 has 32 bytes.
        hash.copy_from_slice(&tag.as_ref()[..16]);
        HashedIdentity(hash)
    }
}

/// Makes a key and waits until it is on disk: what is hashed with it is worth nothing without it. It is written beside its
/// place, so that whatever interrupts that leaves no half a key there.
fn make(path: &Path) -> io::Result<IdentityKey> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    // What an interrupted start left behind.
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(IdentityKey::new(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_this_user_alone_and_gives_the_same_hash_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parcels.key");
        let made = IdentityKey::load(&path).unwrap().hash("11010519491231002X");
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(IdentityKey::load(&path).unwrap().hash("11010519491231002X"), made);
        // Half a key that a crash left beside its place hinders nobody.
        std::fs::write(folder.path().join("other.key.new"), "half").unwrap();
        let other = IdentityKey::load(&folder.path().join("other.key")).unwrap();
        assert_ne!(other.hash("11010519491231002X"), made);
        assert!(!folder.path().join("other.key.new").exists());
    }

    #[test]
    fn a_key_that_others_can_read_or_guess_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parcels.key");
        IdentityKey::load(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(IdentityKey::load(&path), Err(KeyError::Open(_))));
        let short = folder.path().join("short.key");
        std::fs::write(&short, "secret").unwrap();
        std::fs::set_permissions(&short, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            IdentityKey::load(&short),
            Err(KeyError::Short { found: 6, .. })
        ));
    }

    #[test]
    fn the_hash_is_the_beginning_of_hmac_sha_256() {
        // RFC 4231, test case 1.
        let key = IdentityKey::new(&[0x0b; 20]);
        assert_eq!(
            key.hash("Hi There").to_string(),
            "b0344c61d8db38535ca8afceaf0bf12b"
        );
    }
}
