//! Who may call: accounts, sessions, keys, sign-in, and the audit log (`[access]`).
//!
//! With `access.mode = "open"` there is nothing of this but [`Caller::anybody`]. With accounts everything that is
//! needed to know a caller is in memory, and every change of it is on disk before it holds.

/// The audit log.
pub mod audit;
/// Who asks.
pub mod caller;
/// One-time links and passwords.
mod links;
/// What administrators do with accounts and keys.
mod manage;
/// Sign-in at an identity provider.
pub mod oidc;
/// Passwords.
pub mod password;
/// What is kept.
pub mod records;
/// Secrets that the server hands out.
pub mod secret;
/// Sessions: who has one, its secret, its end.
mod session;
/// Signing in.
mod sign_in;
/// `access.db`.
pub mod store;

pub use caller::{Caller, Known, Sites};
pub use manage::{AccountWish, KeyWish};
pub use session::{Identified, SignedIn};

use crate::config;
use crate::config::access::Mode;
use audit::{Deed, Doer, Entry};
use records::{Account, Key, Session, Tries};
use rustc_hash::FxHashMap;
use secret::{Digest, NoChance};
use shared::access::Role;
use shared::time::Time;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use store::{AccessStore, StoreError, Writing};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

/// Passwords that are hashed at once: each takes 19 MiB and a core.
const HASHED_AT_ONCE: usize = 2;

/// Why access can't do something.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no chance to make a secret of.
    #[error(transparent)]
    Chance(#[from] NoChance),
    /// A password can't be hashed.
    #[error(transparent)]
    Hash(#[from] password::HashError),
    /// A password is not taken.
    #[error(transparent)]
    Weak(#[from] password::Weak),
    /// Name and password don't belong together, or the account is shut. It is not said which.
    #[error("name and password do not belong together")]
    Wrong,
    /// Too many wrong ones.
    #[error("there were too many wrong passwords; wait {0} seconds, or ask an administrator for a new link")]
    TooMany(u64),
    /// A link is used up, or too old, or never was.
    #[error("the link is used up or too old; ask an administrator for a new one")]
    Link,
    /// A token was revoked, or never was.
    #[error("the token is not known, or was revoked; an administrator makes a new one")]
    Token,
    /// What is asked for can't be.
    #[error("{1}")]
    Refused(&'static str, String),
    /// There is no such thing.
    #[error("there is no {0}")]
    NotFound(&'static str),
    /// The identity provider.
    #[error(transparent)]
    Provider(#[from] oidc::ProviderError),
}

/// Access to the server.
#[derive(Debug)]
pub struct Access {
    /// What was configured.
    pub settings: config::Access,
    kept: Option<Kept>,
}

/// What is there with accounts only.
#[derive(Debug)]
struct Kept {
    folder: PathBuf,
    store: Mutex<AccessStore>,
    book: RwLock<Book>,
    /// Counts what may end somebody's access.
    changed: watch::Sender<u64>,
    hashing: Semaphore,
    provider: Option<oidc::Provider>,
}

/// All that is needed to know a caller.
#[derive(Debug, Default)]
struct Book {
    accounts: BTreeMap<SmolStr, Account>,
    /// By the name in small letters.
    names: FxHashMap<String, SmolStr>,
    keys: BTreeMap<SmolStr, Key>,
    of_secret: FxHashMap<Digest, SmolStr>,
    sessions: FxHashMap<Digest, Session>,
    of_session: FxHashMap<SmolStr, Digest>,
    /// The secret before a rotation leads to the one after it.
    rotated: FxHashMap<Digest, Digest>,
    /// Wrong passwords for names that are nobody's, and from networks.
    tries: FxHashMap<String, Tries>,
}

impl Book {
    fn put_account(&mut self, account: Account) {
        self.names.insert(folded(&account.name), account.id.clone());
        self.accounts.insert(account.id.clone(), account);
    }

    fn put_key(&mut self, key: Key) {
        self.of_secret.insert(key.digest(), key.id.clone());
        self.keys.insert(key.id.clone(), key);
    }

    fn by_name(&self, name: &str) -> Option<&Account> {
        self.accounts.get(self.names.get(&folded(name))?)
    }

    fn has_administrator(&self) -> bool {
        let mut accounts = self.accounts.values();
        accounts.any(|account| account.role == Role::Administrator && account.can_sign_in())
    }
}

/// Names are the same whatever their case.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

impl Access {
    /// Access that is open to this machine.
    pub fn open_to_all() -> Arc<Access> {
        Arc::new(Access {
            settings: config::Access::default(),
            kept: None,
        })
    }

    /// Access as it was configured; accounts stand in the data directory.
    pub fn start(settings: &config::Access, folder: &Path, now: Time) -> Result<Access, AccessError> {
        let kept = match settings.mode {
            Mode::Open => None,
            Mode::Accounts => Some(Kept::start(settings, folder, now)?),
        };
        Ok(Access {
            settings: settings.clone(),
            kept,
        })
    }

    /// Whether everybody has to say who they are.
    pub fn has_accounts(&self) -> bool {
        self.kept.is_some()
    }

    /// Tells of changes that may end somebody's access; none with open access.
    pub fn changes(&self) -> Option<watch::Receiver<u64>> {
        self.kept.as_ref().map(|kept| kept.changed.subscribe())
    }

    /// The identity provider, if one is configured.
    pub fn provider(&self) -> Option<&oidc::Provider> {
        self.kept.as_ref()?.provider.as_ref()
    }

    /// Writes to the audit log; with open access nobody is known, and nothing is written.
    pub fn log(
        &self,
        doer: &Doer,
        deed: Deed,
        subject: &str,
        detail: Option<&str>,
    ) -> Result<(), AccessError> {
        let Some(kept) = &self.kept else {
            return Ok(());
        };
        kept.write(|writing| {
            let entry = Entry {
                doer,
                deed,
                subject,
                detail,
            };
            writing.audit(entry, now())
        })
    }

    /// Entries of the audit log below a place, the newest first.
    pub fn audit_below(
        &self,
        below: u64,
        limit: usize,
        takes: &dyn Fn(&audit::AuditRecord) -> bool,
    ) -> Result<Vec<(audit::AuditRecord, Digest)>, AccessError> {
        // By a connection of its own: a long look through the log keeps nobody from signing in.
        let store = AccessStore::open_to_read(&self.kept()?.folder)?;
        Ok(store.audit_below(below, limit, takes)?)
    }

    /// A place among the passwords that are hashed at once. Whoever signs in waits for one before anything is looked at.
    pub async fn hashing_place(&self) -> Result<SemaphorePermit<'_>, AccessError> {
        let place = self.kept()?.hashing.acquire().await;
        // It is closed with the server only.
        place.map_err(|_| AccessError::Wrong)
    }

    fn kept(&self) -> Result<&Kept, AccessError> {
        // Calls that manage access exist with accounts only.
        self.kept
            .as_ref()
            .ok_or(AccessError::NotFound("account: access is open"))
    }
}

impl Kept {
    fn start(settings: &config::Access, folder: &Path, now: Time) -> Result<Kept, AccessError> {
        let store = AccessStore::open(folder)?;
        let mut book = Book::default();
        store
            .accounts()?
            .into_iter()
            .for_each(|account| book.put_account(account));
        store.keys()?.into_iter().for_each(|key| book.put_key(key));
        for (digest, session) in store.sessions()? {
            if let Some((before, until)) = session.before
                && (now < until || !session.confirmed)
            {
                book.rotated.insert(Digest(before), digest);
            }
            book.put_session(digest, session);
        }
        let head = audit::verify(&store, None)?;
        tracing::info!(head = %head, "the audit log holds together up to here");
        Ok(Kept {
            folder: folder.to_owned(),
            store: Mutex::new(store),
            book: RwLock::new(book),
            changed: watch::Sender::new(0),
            hashing: Semaphore::new(HASHED_AT_ONCE),
            provider: settings.oidc.clone().map(oidc::Provider::new).transpose()?,
        })
    }

    fn store(&self) -> MutexGuard<'_, AccessStore> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn book(&self) -> RwLockReadGuard<'_, Book> {
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn book_to_write(&self) -> RwLockWriteGuard<'_, Book> {
        self.book.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(&self, work: impl FnOnce(&Writing<'_>) -> Result<T, StoreError>) -> Result<T, AccessError> {
        Ok(self.store().write(work)?)
    }

    /// Does something in one commit, ends sessions with it, and writes down what was done.
    fn write_and_end(
        &self,
        book: &mut Book,
        ended: &[Digest],
        entry: Entry<'_>,
        now: Time,
        more: impl FnOnce(&Writing<'_>) -> Result<(), StoreError>,
    ) -> Result<(), AccessError> {
        self.write(|writing| {
            for digest in ended {
                writing.end_session(digest)?;
            }
            more(writing)?;
            writing.audit(entry, now)
        })?;
        ended.iter().for_each(|digest| book.end(digest));
        Ok(())
    }

    /// What may end somebody's access happened: open streams look whether they still may.
    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }
}

/// Sessions go by the machine's clock, in a demo too.
pub fn now() -> Time {
    crate::clock::Clock::Wall.now()
}
