//! What administrators do with accounts and keys.

use super::audit::{Deed, Entry};
use super::caller::Caller;
use super::records::{Account, Holder, Key, Link, Tries};
use super::secret::{digest, new_name, new_secret};
use super::{Access, AccessError, Book};
use shared::access::{Role, Scene};
use shared::time::Time;
use smol_str::SmolStr;

/// Characters of a name at most.
pub(super) const LONGEST_NAME: usize = 64;

/// What an account shall be.
#[derive(Clone, Debug)]
pub struct AccountWish {
    /// The name by which one signs in.
    pub name: String,
    /// The name that others know.
    pub full_name: String,
    /// What it is for.
    pub role: Role,
    /// The sites that it sees; none: all.
    pub sites: Option<Vec<SmolStr>>,
    /// Whether it is shut.
    pub disabled: bool,
}

/// What a key shall be.
#[derive(Clone, Debug)]
pub struct KeyWish {
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The sites that it sees or sends for; none: all.
    pub sites: Option<Vec<SmolStr>>,
    /// Of a sender: the sources that it speaks for.
    pub sources: Option<Vec<SmolStr>>,
    /// Of a display: what it shows.
    pub scenes: Option<Vec<Scene>>,
}

/// What a name by which one signs in is made of.
pub(super) fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || "._-@".contains(c)
}

/// Refuses a name that is none, or somebody's.
pub(super) fn check_name(book: &Book, name: &str) -> Result<(), AccessError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(is_plain) {
        let reason = format!("a name has 1 to {LONGEST_NAME} letters, digits and . _ - @");
        return Err(AccessError::Refused("name", reason));
    }
    if book.by_name(name).is_some() {
        let reason =
            format!("`{name}` is or was somebody's name: it stands in histories, and is not given again");
        return Err(AccessError::Refused("name", reason));
    }
    Ok(())
}

/// The name that others know; without one the name by which one signs in.
pub(super) fn checked_full_name(full_name: &str, name: &str) -> Result<String, AccessError> {
    let full_name = full_name.trim();
    if full_name.chars().count() > LONGEST_NAME || full_name.chars().any(char::is_control) {
        let reason = format!("a name has at most {LONGEST_NAME} characters, in one line");
        return Err(AccessError::Refused("full_name", reason));
    }
    Ok(match full_name {
        "" => name.trim().to_owned(),
        full_name => full_name.to_owned(),
    })
}

fn check_person(role: Role) -> Result<(), AccessError> {
    match Role::OF_PEOPLE.contains(&role) {
        true => Ok(()),
        false => Err(AccessError::Refused(
            "role",
            "this role is for keys, not for people".to_owned(),
        )),
    }
}

fn check_sites(role: Role, sites: Option<&[SmolStr]>) -> Result<(), AccessError> {
    match sites {
        Some([]) => Err(AccessError::Refused(
            "sites",
            "name at least one site, or leave it out for all".to_owned(),
        )),
        None if role.needs_sites() => {
            let reason = format!("`{}` is for some sites: name them", role.name());
            Err(AccessError::Refused("sites", reason))
        }
        _ => Ok(()),
    }
}

impl Access {
    /// Every account, by name, with how many sessions it has.
    pub fn accounts(&self) -> Result<Vec<(Account, usize)>, AccessError> {
        let book = self.kept()?.book();
        let sessions = |account: &Account| self.sessions_of(&book, account, super::now());
        let mut all: Vec<_> = book
            .accounts
            .values()
            .map(|own| (own.clone(), sessions(own)))
            .collect();
        all.sort_by_key(|(account, _)| super::folded(&account.name));
        Ok(all)
    }

    fn sessions_of(&self, book: &Book, account: &Account, now: Time) -> usize {
        let holder = Holder::Account(account.id.clone());
        let open = book.sessions_where(|session| session.holder == holder && !self.has_ended(session, now));
        open.len()
    }

    /// One account, with how many sessions it has.
    pub fn account(&self, id: &str) -> Result<(Account, usize), AccessError> {
        let book = self.kept()?.book();
        let account = book
            .accounts
            .get(id)
            .ok_or(AccessError::NotFound("such account"))?;
        Ok((account.clone(), self.sessions_of(&book, account, super::now())))
    }

    /// Makes an account without a password, and the link by which its person gives it one.
    pub fn make_account(
        &self,
        by: &Caller,
        wish: AccountWish,
        now: Time,
    ) -> Result<(Account, String, Link), AccessError> {
        let kept = self.kept()?;
        check_person(wish.role)?;
        check_sites(wish.role, wish.sites.as_deref())?;
        let mut book = kept.book_to_write();
        check_name(&book, &wish.name)?;
        let full_name = checked_full_name(&wish.full_name, &wish.name)?;
        let account = Account {
            disabled: wish.disabled,
            ..Account::new(new_name()?, &wish.name, full_name, wish.role, wish.sites, now)
        };
        let (secret, link) = self.new_link(&account, now)?;
        let doer = by.doer();
        let detail = described(account.role, account.sites.as_deref());
        kept.write(|writing| {
            writing.account(&account)?;
            writing.link(&digest(&secret), &link)?;
            let entry = Entry {
                doer: &doer,
                deed: Deed::AccountMade,
                subject: &account.name,
                detail: Some(&detail),
            };
            writing.audit(entry, now)
        })?;
        book.put_account(account.clone());
        Ok((account, secret, link))
    }

    /// Changes an account. Its sessions go on with what it may now, or end.
    pub fn change_account(
        &self,
        by: &Caller,
        id: &str,
        wish: AccountWish,
        now: Time,
    ) -> Result<Account, AccessError> {
        let kept = self.kept()?;
        let mut book = kept.book_to_write();
        let present = book
            .accounts
            .get(id)
            .cloned()
            .ok_or(AccessError::NotFound("such account"))?;
        if wish.name != present.name {
            let reason =
                "the name never changes, since it stands in histories; make another account".to_owned();
            return Err(AccessError::Refused("name", reason));
        }
        let from_provider = present.provider.is_some();
        if from_provider && (wish.role != present.role || wish.sites != present.sites) {
            let reason = "role and sites of this account come from the identity provider".to_owned();
            return Err(AccessError::Refused("role", reason));
        }
        check_person(wish.role)?;
        // Sites that are as they were may have been taken out of the configuration since.
        if wish.sites != present.sites || wish.role != present.role {
            check_sites(wish.role, wish.sites.as_deref())?;
        }
        let account = Account {
            full_name: checked_full_name(&wish.full_name, &present.name)?,
            role: wish.role,
            sites: wish.sites,
            disabled: wish.disabled,
            // An administrator who looks at it lets it try again.
            tries: Tries::default(),
            ..present.clone()
        };
        let stays = |own: &Account| own.role == Role::Administrator && own.can_sign_in();
        let others = book
            .accounts
            .values()
            .any(|own| own.id != account.id && stays(own));
        if stays(&present) && !stays(&account) && !others {
            let reason = "this is the last administrator; make another one first".to_owned();
            return Err(AccessError::Refused("role", reason));
        }
        let holder = Holder::Account(account.id.clone());
        let ended = match account.disabled {
            true => book.sessions_where(|session| session.holder == holder),
            false => Vec::new(),
        };
        let doer = by.doer();
        let shut = if account.disabled { ", shut" } else { "" };
        let detail = format!("{}{shut}", described(account.role, account.sites.as_deref()));
        let entry = Entry {
            doer: &doer,
            deed: Deed::AccountChanged,
            subject: &account.name,
            detail: Some(&detail),
        };
        kept.write_and_end(&mut book, &ended, entry, now, |writing| writing.account(&account))?;
        book.put_account(account.clone());
        drop(book);
        kept.tell();
        Ok(account)
    }

    /// Makes a link by which an account gets a new password; those made before end.
    pub fn make_link(
        &self,
        by: &Caller,
        id: &str,
        now: Time,
    ) -> Result<(Account, String, Link), AccessError> {
        let kept = self.kept()?;
        let (account, _) = self.account(id)?;
        if account.provider.is_some() {
            let reason = "the identity provider speaks for this account; it has no password here".to_owned();
            return Err(AccessError::Refused("account", reason));
        }
        let (secret, link) = self.new_link(&account, now)?;
        let doer = by.doer();
        kept.write(|writing| {
            writing.link(&digest(&secret), &link)?;
            let entry = Entry {
                doer: &doer,
                deed: Deed::LinkMade,
                subject: &account.name,
                detail: None,
            };
            writing.audit(entry, now)
        })?;
        Ok((account, secret, link))
    }

    /// Ends every session of an account.
    pub fn end_sessions(&self, by: &Caller, id: &str, now: Time) -> Result<Account, AccessError> {
        let kept = self.kept()?;
        let mut book = kept.book_to_write();
        let account = book
            .accounts
            .get(id)
            .cloned()
            .ok_or(AccessError::NotFound("such account"))?;
        let holder = Holder::Account(account.id.clone());
        let ended = book.sessions_where(|session| session.holder == holder);
        let doer = by.doer();
        let entry = Entry {
            doer: &doer,
            deed: Deed::SessionsEnded,
            subject: &account.name,
            detail: None,
        };
        kept.write_and_end(&mut book, &ended, entry, now, |_| Ok(()))?;
        drop(book);
        kept.tell();
        Ok(account)
    }

    /// Every key, those in use first, by name.
    pub fn keys(&self) -> Result<Vec<Key>, AccessError> {
        let book = self.kept()?.book();
        let mut all: Vec<Key> = book.keys.values().cloned().collect();
        all.sort_by_key(|key| (key.revoked_at.is_some(), super::folded(&key.name), key.id.clone()));
        Ok(all)
    }

    /// Makes a key; its secret is told this once.
    pub fn make_key(&self, by: &Caller, wish: KeyWish, now: Time) -> Result<(Key, String), AccessError> {
        let kept = self.kept()?;
        if !Role::OF_KEYS.contains(&wish.role) {
            return Err(AccessError::Refused(
                "role",
                "this role is for people, not for keys".to_owned(),
            ));
        }
        check_sites(wish.role, wish.sites.as_deref())?;
        let full_name = checked_full_name(&wish.name, "")?;
        if full_name.is_empty() {
            return Err(AccessError::Refused("name", "say what the key is for".to_owned()));
        }
        let some = |list: Option<usize>| list.is_some_and(|length| length > 0);
        let (sources, scenes) = (
            wish.sources.as_ref().map(Vec::len),
            wish.scenes.as_ref().map(Vec::len),
        );
        match wish.role {
            Role::Sender if !some(sources) => {
                let reason = "name the sources that it speaks for".to_owned();
                return Err(AccessError::Refused("sources", reason));
            }
            Role::Display if !some(scenes) => {
                let reason = "name the scenes that it shows".to_owned();
                return Err(AccessError::Refused("scenes", reason));
            }
            _ => {}
        }
        if wish.role != Role::Sender && sources.is_some() {
            return Err(AccessError::Refused(
                "sources",
                "only a sender has sources".to_owned(),
            ));
        }
        if wish.role != Role::Display && scenes.is_some() {
            return Err(AccessError::Refused(
                "scenes",
                "only a display has scenes".to_owned(),
            ));
        }
        let secret = format!("ql_{}_{}", wish.role.name(), new_secret()?);
        let key = Key {
            id: new_name()?.into(),
            name: full_name,
            role: wish.role,
            hash: digest(&secret).0,
            sites: wish.sites,
            sources: wish.sources,
            scenes: wish.scenes,
            created_at: now,
            created_by: by.doer().who.unwrap_or_default(),
            used_at: None,
            revoked_at: None,
        };
        let doer = by.doer();
        let detail = described(key.role, key.sites.as_deref());
        let mut book = kept.book_to_write();
        kept.write(|writing| {
            writing.key(&key)?;
            let entry = Entry {
                doer: &doer,
                deed: Deed::KeyMade,
                subject: &key.name,
                detail: Some(&detail),
            };
            writing.audit(entry, now)
        })?;
        book.put_key(key.clone());
        Ok((key, secret))
    }

    /// Revokes a key: what it opened ends at once.
    pub fn revoke_key(&self, by: &Caller, id: &str, now: Time) -> Result<Key, AccessError> {
        let kept = self.kept()?;
        let mut book = kept.book_to_write();
        let present = book
            .keys
            .get(id)
            .cloned()
            .ok_or(AccessError::NotFound("such key"))?;
        let key = Key {
            revoked_at: present.revoked_at.or(Some(now)),
            ..present
        };
        let holder = Holder::Key(key.id.clone());
        let ended = book.sessions_where(|session| session.holder == holder);
        let doer = by.doer();
        let entry = Entry {
            doer: &doer,
            deed: Deed::KeyRevoked,
            subject: &key.name,
            detail: None,
        };
        kept.write_and_end(&mut book, &ended, entry, now, |writing| writing.key(&key))?;
        book.put_key(key.clone());
        drop(book);
        kept.tell();
        Ok(key)
    }
}

/// A role and its sites, for the audit log.
pub(super) fn described(role: Role, sites: Option<&[SmolStr]>) -> String {
    match sites {
        None => format!("{}, all sites", role.name()),
        Some(sites) => format!("{}, {}", role.name(), sites.join(" ")),
    }
}
