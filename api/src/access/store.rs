//! `access.db`: accounts, sessions, keys, one-time links and the audit log in a SQLite file of their own. What can be
//! known again from the journal does not stand there, and nothing of it stands in the journal but the names of those
//! who acted.

use super::audit::{self, AuditRecord};
use super::records::{Account, Key, Link, Session};
use super::secret::Digest;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::time::Time;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Newest format of the file.
const FORMAT: i64 = 1;

/// The file's name in the data directory.
pub const FILE: &str = "access.db";

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("access.db can't be read or written: {0}; check that the disk is not full and can be written to")]
    Sqlite(#[from] rusqlite::Error),
    /// The file can't be made.
    #[error("{path} can't be written: {reason}; give this user the right to write there")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// A row can't be read.
    #[error("access.db has {what} that can't be read: {reason}; restore it from a backup")]
    Row {
        /// What.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The file is of a newer program.
    #[error("access.db has format {found} and this program knows up to {known}; start the newer program")]
    Newer {
        /// Format of the file.
        found: i64,
        /// Newest format known.
        known: i64,
    },
    /// The audit log was changed.
    #[error(transparent)]
    Audit(#[from] audit::Broken),
}

/// The open file.
#[derive(Debug)]
pub struct AccessStore {
    connection: Connection,
}

// Nothing of the audit log is changed or taken away, not by a mistake in this program either.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS accounts(id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS sessions(hash BLOB PRIMARY KEY, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS keys(id TEXT PRIMARY KEY, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS links(hash BLOB PRIMARY KEY, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS audit(sequence INTEGER PRIMARY KEY, body TEXT NOT NULL, hash BLOB NOT NULL);
    CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    CREATE TRIGGER IF NOT EXISTS audit_is_not_deleted BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;";

impl AccessStore {
    /// Opens the file of a data directory, or makes it.
    pub fn open(folder: &Path) -> Result<AccessStore, StoreError> {
        let path = folder.join(FILE);
        // For its owner alone: there are hashes of passwords in it. What SQLite puts beside it takes the same rights.
        let made = std::fs::File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path);
        made.map_err(|reason| StoreError::File {
            path: path.clone(),
            reason,
        })?;
        let connection = Connection::open(path)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found > FORMAT {
            return Err(StoreError::Newer { found, known: FORMAT });
        }
        connection.execute_batch(TABLES)?;
        connection.pragma_update(None, "user_version", FORMAT)?;
        Ok(AccessStore { connection })
    }

    /// Opens the file to read it and nothing else; a server may have it open.
    pub fn open_to_read(folder: &Path) -> Result<AccessStore, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(folder.join(FILE), flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found > FORMAT {
            return Err(StoreError::Newer { found, known: FORMAT });
        }
        Ok(AccessStore { connection })
    }

    fn all<T: DeserializeOwned>(&self, what: &'static str, table: &str) -> Result<Vec<T>, StoreError> {
        let mut select = self.connection.prepare(&format!("SELECT body FROM {table}"))?;
        let mut rows = select.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(what, &row.get::<_, String>(0)?)?);
        }
        Ok(found)
    }

    /// Every account.
    pub fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.all("an account", "accounts")
    }

    /// Every key, revoked ones too.
    pub fn keys(&self) -> Result<Vec<Key>, StoreError> {
        self.all("a key", "keys")
    }

    /// Every session with the hash of its secret.
    pub fn sessions(&self) -> Result<Vec<(Digest, Session)>, StoreError> {
        let mut select = self.connection.prepare("SELECT hash, body FROM sessions")?;
        let mut rows = select.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((Digest(row.get(0)?), read("a session", &row.get::<_, String>(1)?)?));
        }
        Ok(found)
    }

    /// A one-time link by the hash of its secret.
    pub fn link(&self, digest: &Digest) -> Result<Option<Link>, StoreError> {
        let body: Option<String> = self
            .connection
            .query_row("SELECT body FROM links WHERE hash = ?1", [digest.0], |row| {
                row.get(0)
            })
            .optional()?;
        body.map(|body| read("a link", &body)).transpose()
    }

    /// Does several things in one commit; when it answers, all of them are on disk, or none.
    pub fn write<T>(
        &mut self,
        work: impl FnOnce(&Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // Another program may write: a command that makes a link, for one.
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let done = work(&Writing(&transaction))?;
        transaction.commit()?;
        Ok(done)
    }

    /// Entries of the audit log below a place, the newest first.
    pub fn audit_below(
        &self,
        below: u64,
        limit: usize,
        takes: &dyn Fn(&AuditRecord) -> bool,
    ) -> Result<Vec<(AuditRecord, Digest)>, StoreError> {
        let mut select = self
            .connection
            .prepare("SELECT body, hash FROM audit WHERE sequence < ?1 ORDER BY sequence DESC")?;
        let mut rows = select.query([i64::try_from(below).unwrap_or(i64::MAX)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            if found.len() == limit {
                break;
            }
            let record: AuditRecord = read("an entry of the audit log", &row.get::<_, String>(0)?)?;
            if takes(&record) {
                found.push((record, Digest(row.get(1)?)));
            }
        }
        Ok(found)
    }

    /// Gives every entry of the audit log as it stands there, in order, with the hash that stands beside it.
    pub fn each_audit(
        &self,
        each: &mut dyn FnMut(u64, &str, Digest) -> Result<(), audit::Broken>,
    ) -> Result<(), StoreError> {
        let mut select = self
            .connection
            .prepare("SELECT sequence, body, hash FROM audit ORDER BY sequence")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let body: String = row.get(1)?;
            each(row.get::<_, i64>(0)?.unsigned_abs(), &body, Digest(row.get(2)?))?;
        }
        Ok(())
    }
}

/// Writing in one commit.
#[derive(Debug)]
pub struct Writing<'t>(&'t Transaction<'t>);

impl Writing<'_> {
    /// Puts an account.
    pub fn account(&self, account: &Account) -> Result<(), StoreError> {
        self.0.execute(
            "INSERT INTO accounts VALUES (?1, ?2, ?3) ON CONFLICT(id) DO UPDATE SET body = excluded.body",
            params![account.id.as_str(), account.name, written(account)?],
        )?;
        Ok(())
    }

    /// Puts a key.
    pub fn key(&self, key: &Key) -> Result<(), StoreError> {
        self.0.execute(
            "INSERT OR REPLACE INTO keys VALUES (?1, ?2)",
            params![key.id.as_str(), written(key)?],
        )?;
        Ok(())
    }

    /// Puts a session.
    pub fn session(&self, digest: &Digest, session: &Session) -> Result<(), StoreError> {
        self.0.execute(
            "INSERT OR REPLACE INTO sessions VALUES (?1, ?2)",
            params![digest.0, written(session)?],
        )?;
        Ok(())
    }

    /// Takes a session away.
    pub fn end_session(&self, digest: &Digest) -> Result<(), StoreError> {
        self.0
            .execute("DELETE FROM sessions WHERE hash = ?1", [digest.0])?;
        Ok(())
    }

    /// Puts a one-time link in the place of others for the same.
    pub fn link(&self, digest: &Digest, link: &Link) -> Result<(), StoreError> {
        let body = written(link)?;
        let account = link.account.as_deref();
        self.0
            .execute("DELETE FROM links WHERE body ->> 'account' IS ?1", [account])?;
        self.0
            .execute("INSERT INTO links VALUES (?1, ?2)", params![digest.0, body])?;
        Ok(())
    }

    /// Uses a one-time link up; says whether it was there.
    pub fn use_link(&self, digest: &Digest) -> Result<bool, StoreError> {
        Ok(self.0.execute("DELETE FROM links WHERE hash = ?1", [digest.0])? == 1)
    }

    /// Takes away all one-time links for the first administrator.
    pub fn drop_first_links(&self) -> Result<(), StoreError> {
        self.0
            .execute("DELETE FROM links WHERE body ->> 'account' IS NULL", [])?;
        Ok(())
    }

    /// Appends to the audit log.
    pub fn audit(&self, entry: audit::Entry<'_>, at: Time) -> Result<(), StoreError> {
        let last: Option<(i64, [u8; 32])> = self
            .0
            .query_row(
                "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let (sequence, before) = last.map_or((1, audit::BEGINNING), |(last, hash)| (last + 1, Digest(hash)));
        let body = written(&entry.record(sequence.unsigned_abs(), at))?;
        let hash = audit::chained(&before, &body);
        self.0.execute(
            "INSERT INTO audit VALUES (?1, ?2, ?3)",
            params![sequence, body, hash.0],
        )?;
        Ok(())
    }
}

fn written<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Row {
        what: "something",
        reason: error.to_string(),
    })
}

fn read<T: DeserializeOwned>(what: &'static str, body: &str) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|error| StoreError::Row {
        what,
        reason: error.to_string(),
    })
}
