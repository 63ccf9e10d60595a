//! Signing in: by name and password, over an identity provider, by the token of a wall. What waits for a disk or hashes
//! a password is for a thread that may.

use super::audit::{Deed, Doer, Entry};
use super::manage::{LONGEST_NAME, described, is_plain};
use super::records::{Account, Holder, Key, Tries};
use super::secret::{Digest, digest, new_name};
use super::session::{new_session, of_account, of_key};
use super::{Access, AccessError, Book, Kept, SignedIn, folded, password};
use crate::serving::network;
use shared::access::Role;
use shared::time::{MINUTE, SECOND, Time};
use smol_str::SmolStr;
use std::net::IpAddr;

/// Wrong passwords from one network, within a time.
const WRONG_FROM_A_NETWORK: u32 = 50;
pub(super) const WRONG_WITHIN: i64 = 15 * MINUTE;
/// So many names and networks are remembered at most.
const REMEMBERED: usize = 10_000;
/// Sessions that one token may have at once: the screens that show it.
const SESSIONS_OF_A_WALL: usize = 32;

/// Who wants to sign in, and with which hash the password has to fit.
struct Door {
    id: Option<SmolStr>,
    hash: Option<String>,
}

impl Access {
    /// Signs a person in by name and password. What was wrong is not said. Hashes: call it with a
    /// [place](Access::hashing_place), on a thread that may block.
    pub fn sign_in(
        &self,
        name: &str,
        password: &str,
        address: Option<IpAddr>,
        now: Time,
    ) -> Result<SignedIn, AccessError> {
        let (id, hash) = self.check_password(name, password, address, now)?;
        self.begin(self.kept()?, &id, Some(&hash), "password", address, now)
    }

    /// The account whose name and password these are, and what was kept of the password.
    pub(super) fn check_password(
        &self,
        name: &str,
        password: &str,
        address: Option<IpAddr>,
        now: Time,
    ) -> Result<(SmolStr, String), AccessError> {
        let kept = self.kept()?;
        let door = door(&kept.book(), name, address, now)?;
        if !password::verify(password, door.hash.as_deref())? {
            self.wrong(kept, door.id.as_ref(), name, address, now)?;
            return Err(AccessError::Wrong);
        }
        door.id.zip(door.hash).ok_or(AccessError::Wrong)
    }

    fn wrong(
        &self,
        kept: &Kept,
        id: Option<&SmolStr>,
        name: &str,
        address: Option<IpAddr>,
        now: Time,
    ) -> Result<(), AccessError> {
        let mut book = kept.book_to_write();
        if let Some(of) = of_network(address) {
            book.count(of, WRONG_FROM_A_NETWORK, WRONG_WITHIN, now);
        }
        let settings = &self.settings;
        let mut account = id.and_then(|id| book.accounts.get(id)).cloned();
        let locked = match &mut account {
            Some(account) => account
                .tries
                .count(settings.lock_after, WRONG_WITHIN, settings.lock_for, now),
            None => book.count(of_nobody(name), settings.lock_after, settings.lock_for, now),
        };
        let doer = Doer::at(address);
        // What nobody is called may be a password that was typed into the wrong field.
        let subject = account
            .as_ref()
            .map_or("a name that is nobody's", |account| account.name.as_str());
        kept.write(|writing| {
            let entry = |deed| Entry {
                doer: &doer,
                deed,
                subject,
                detail: None,
            };
            writing.audit(entry(Deed::SignInRefused), now)?;
            if let Some(account) = &account {
                writing.account(account)?;
            }
            match locked && account.is_some() {
                true => writing.audit(entry(Deed::Locked), now),
                false => Ok(()),
            }
        })?;
        if let Some(account) = account {
            book.put_account(account);
        }
        Ok(())
    }

    /// Begins a session of an account. One that was locked meanwhile, or whose password is no longer the one that was
    /// checked, gets none.
    pub(super) fn begin(
        &self,
        kept: &Kept,
        id: &SmolStr,
        checked: Option<&str>,
        way: &str,
        address: Option<IpAddr>,
        now: Time,
    ) -> Result<SignedIn, AccessError> {
        let mut book = kept.book_to_write();
        let account = book.accounts.get(id).filter(|account| !account.disabled).cloned();
        let account = account.ok_or(AccessError::Wrong)?;
        if let Some(hash) = checked {
            if let Some(until) = account.tries.locked(now) {
                return Err(AccessError::TooMany(seconds(until.0 - now.0)));
            }
            if account.password.as_deref() != Some(hash) {
                return Err(AccessError::Wrong);
            }
        }
        let account = Account {
            tries: Tries::default(),
            used_at: Some(now),
            ..account
        };
        let doer = Doer::at(address).being(&account.name, account.role);
        let (secret, session) = new_session(Holder::Account(id.clone()), now)?;
        let ended = book.sessions_where(|session| self.has_ended(session, now));
        let entry = Entry {
            doer: &doer,
            deed: Deed::SignIn,
            subject: &account.name,
            detail: Some(way),
        };
        kept.write_and_end(&mut book, &ended, entry, now, |writing| {
            writing.account(&account)?;
            writing.session(&digest(&secret), &session)
        })?;
        let known = of_account(&account, Some(session.id.clone()));
        book.put_account(account);
        book.put_session(digest(&secret), session);
        Ok(SignedIn {
            secret,
            lasting: false,
            known,
        })
    }

    /// Signs in somebody for whom an identity provider spoke. The account is made when it is new; its role and sites
    /// are what the provider says now.
    pub fn sign_in_by_provider(
        &self,
        person: &super::oidc::Person,
        address: Option<IpAddr>,
        now: Time,
    ) -> Result<SignedIn, AccessError> {
        let kept = self.kept()?;
        let identity = (person.issuer.clone(), person.subject.clone());
        let full_name = shortened(&person.full_name, |c| !c.is_control());
        let id = {
            let mut book = kept.book_to_write();
            let found = book
                .accounts
                .values()
                .find(|account| account.provider.as_ref() == Some(&identity))
                .cloned();
            let (account, deed) = match &found {
                Some(account) => {
                    let account = Account {
                        role: person.role,
                        sites: person.sites.clone(),
                        full_name,
                        ..account.clone()
                    };
                    (account, Deed::AccountChanged)
                }
                None => {
                    let name = free_name(&book, &shortened(&person.name, is_plain));
                    let new = Account::new(
                        new_name()?,
                        &name,
                        full_name,
                        person.role,
                        person.sites.clone(),
                        now,
                    );
                    let account = Account {
                        provider: Some(identity),
                        ..new
                    };
                    (account, Deed::AccountMade)
                }
            };
            let id = account.id.clone();
            if found.as_ref() != Some(&account) {
                let doer = Doer {
                    who: Some("the identity provider".to_owned()),
                    ..Doer::at(address)
                };
                let detail = described(account.role, account.sites.as_deref());
                let entry = Entry {
                    doer: &doer,
                    deed,
                    subject: &account.name,
                    detail: Some(&detail),
                };
                kept.write_and_end(&mut book, &[], entry, now, |writing| writing.account(&account))?;
                book.put_account(account);
            }
            id
        };
        kept.tell();
        self.begin(kept, &id, None, "identity provider", address, now)
    }

    /// Opens the session of a wall by its token.
    pub fn sign_in_display(
        &self,
        token: &str,
        address: Option<IpAddr>,
        now: Time,
    ) -> Result<SignedIn, AccessError> {
        let kept = self.kept()?;
        let mut book = kept.book_to_write();
        let key = book
            .of_secret
            .get(&digest(token))
            .and_then(|id| book.keys.get(id));
        let key = key.filter(|key| key.revoked_at.is_none() && key.role == Role::Display);
        let key = Key {
            used_at: Some(now),
            ..key.ok_or(AccessError::Token)?.clone()
        };
        let holder = Holder::Key(key.id.clone());
        let (secret, session) = new_session(holder.clone(), now)?;
        let doer = Doer::at(address).being(&key.name, key.role);
        // A wall that opens a new session with each start would leave the old ones behind for ever.
        let own = book
            .sessions
            .iter()
            .filter(|(_, session)| session.holder == holder);
        let mut older: Vec<(Time, Digest)> =
            own.map(|(digest, session)| (session.used_at, *digest)).collect();
        older.sort_unstable_by_key(|(used_at, _)| std::cmp::Reverse(*used_at));
        let older = older.into_iter().skip(SESSIONS_OF_A_WALL - 1);
        let ended: Vec<Digest> = older.map(|(_, digest)| digest).collect();
        let entry = Entry {
            doer: &doer,
            deed: Deed::SignIn,
            subject: &key.name,
            detail: Some("display token"),
        };
        kept.write_and_end(&mut book, &ended, entry, now, |writing| {
            writing.key(&key)?;
            writing.session(&digest(&secret), &session)
        })?;
        let known = of_key(&key, Some(session.id.clone()));
        book.put_key(key);
        book.put_session(digest(&secret), session);
        Ok(SignedIn {
            secret,
            lasting: true,
            known,
        })
    }
}

/// Whose name it is, if anybody's; refused while the name or the network is locked.
fn door(book: &Book, name: &str, address: Option<IpAddr>, now: Time) -> Result<Door, AccessError> {
    let account = book.by_name(name);
    let of_name = match account {
        Some(account) => Some(&account.tries),
        None => book.tries.get(&of_nobody(name)),
    };
    let of_network = of_network(address).and_then(|of| book.tries.get(&of));
    let locks = [of_network, of_name].into_iter().flatten();
    if let Some(until) = locks.filter_map(|tries| tries.locked(now)).max() {
        return Err(AccessError::TooMany(seconds(until.0 - now.0)));
    }
    let usable = account.filter(|account| !account.disabled);
    Ok(Door {
        id: account.map(|account| account.id.clone()),
        hash: usable.and_then(|account| account.password.clone()),
    })
}

/// From where somebody tries. Behind a loopback address a proxy may stand for everybody: none of its own.
fn of_network(address: Option<IpAddr>) -> Option<String> {
    let address = address.filter(|address| !address.to_canonical().is_loopback())?;
    Some(format!("network {}", network(address)))
}

fn of_nobody(name: &str) -> String {
    format!("name {}", folded(name))
}

impl Book {
    fn count(&mut self, of: String, most: u32, lock_for: i64, now: Time) -> bool {
        if self.tries.len() >= REMEMBERED {
            let recent = |tries: &Tries| tries.since.is_some_and(|since| now.0 - since.0 < WRONG_WITHIN);
            self.tries
                .retain(|_, tries| recent(tries) || tries.locked(now).is_some());
        }
        if self.tries.len() >= REMEMBERED {
            // Whoever has so many networks is not kept out by remembering them; the rate limit is.
            self.tries.clear();
        }
        let tries = self.tries.entry(of).or_default();
        tries.count(most, WRONG_WITHIN, lock_for, now)
    }
}

fn seconds(milliseconds: i64) -> u64 {
    u64::try_from((milliseconds + SECOND - 1) / SECOND)
        .unwrap_or(0)
        .max(1)
}

/// As much of a name from elsewhere as names here may have.
fn shortened(name: &str, takes: impl Fn(char) -> bool) -> String {
    let kept = name.trim().chars().filter(|c| takes(*c));
    kept.take(LONGEST_NAME).collect()
}

/// The name that a provider gives, or one like it that nobody has.
fn free_name(book: &Book, wanted: &str) -> String {
    let wanted = match wanted {
        "" => "person",
        name => name,
    };
    let mut name = wanted.to_owned();
    let mut number = 2;
    while book.by_name(&name).is_some() {
        name = format!("{wanted}-{number}");
        number += 1;
    }
    name
}
