//! One-time links, by which a person gives an account its password, and passwords that are changed.

use super::audit::{Deed, Doer, Entry};
use super::caller::Caller;
use super::manage::{check_name, checked_full_name};
use super::records::{Account, Holder, Link, Tries};
use super::secret::{digest, new_name, new_secret};
use super::{Access, AccessError, SignedIn, password};
use shared::access::Role;
use shared::time::{DAY, Time};
use std::net::IpAddr;

/// How long a link to the first administrator holds, and one to a new password.
const FIRST_LINK: i64 = DAY;
const LINK: i64 = 3 * DAY;

impl Access {
    /// Makes a link to the first administrator, if there is none; those made before end.
    pub fn first_link(&self, now: Time) -> Result<Option<String>, AccessError> {
        let Some(kept) = &self.kept else {
            return Ok(None);
        };
        let granted = self.settings.oidc.as_ref().is_some_and(|oidc| {
            let mut grants = oidc.grants.iter();
            grants.any(|grant| grant.role == Role::Administrator)
        });
        if kept.book().has_administrator() || granted {
            return Ok(None);
        }
        let secret = new_secret()?;
        let link = Link {
            account: None,
            until: now.plus(FIRST_LINK),
        };
        kept.write(|writing| writing.link(&digest(&secret), &link))?;
        Ok(Some(secret))
    }

    /// Makes a link by which an account gets a new password.
    pub(super) fn new_link(&self, account: &Account, now: Time) -> Result<(String, Link), AccessError> {
        let link = Link {
            account: Some(account.id.clone()),
            until: now.plus(LINK),
        };
        Ok((new_secret()?, link))
    }

    fn link(&self, secret: &str, now: Time) -> Result<Link, AccessError> {
        let link = self.kept()?.store().link(&digest(secret))?;
        link.filter(|link| now < link.until).ok_or(AccessError::Link)
    }

    /// What a link is for: the name of its account, or none for the first administrator; and when it ends.
    pub fn look_at_link(&self, secret: &str, now: Time) -> Result<(Option<String>, Time), AccessError> {
        let link = self.link(secret, now)?;
        let Some(id) = &link.account else {
            return Ok((None, link.until));
        };
        let book = self.kept()?.book();
        let account = book.accounts.get(id).filter(|account| !account.disabled);
        Ok((Some(account.ok_or(AccessError::Link)?.name.clone()), link.until))
    }

    /// Uses a link: its account gets a password, or the first administrator is made; then signs in. Hashes: call it
    /// with a [place](Access::hashing_place), on a thread that may block.
    pub fn use_link(
        &self,
        secret: &str,
        password: &str,
        first: Option<(&str, &str)>,
        address: Option<IpAddr>,
        now: Time,
    ) -> Result<SignedIn, AccessError> {
        let kept = self.kept()?;
        let link = self.link(secret, now)?;
        let new = match (&link.account, first) {
            (Some(_), None) => None,
            (Some(_), Some(_)) => {
                let reason = "the link is for an account that has a name".to_owned();
                return Err(AccessError::Refused("name", reason));
            }
            (None, None) => {
                let reason = "choose the name by which you will sign in".to_owned();
                return Err(AccessError::Refused("name", reason));
            }
            (None, Some((name, full_name))) => {
                check_name(&kept.book(), name)?;
                let full_name = checked_full_name(full_name, name)?;
                let role = Role::Administrator;
                Some(Account::new(new_name()?, name, full_name, role, None, now))
            }
        };
        let named = match (&new, &link.account) {
            (Some(account), _) => (account.name.clone(), account.full_name.clone()),
            (None, id) => {
                let book = kept.book();
                let account = id.as_ref().and_then(|id| book.accounts.get(id));
                let account = account.ok_or(AccessError::Link)?;
                (account.name.clone(), account.full_name.clone())
            }
        };
        password::check(password, self.settings.password_least, &[&named.0, &named.1])?;
        let hash = password::hash(password)?;
        let account = {
            let mut book = kept.book_to_write();
            // As it is now: an administrator may have changed or shut it meanwhile.
            let present = match (new, &link.account) {
                (Some(new), _) => {
                    check_name(&book, &new.name)?;
                    new
                }
                (None, id) => {
                    let present = id.as_ref().and_then(|id| book.accounts.get(id)).cloned();
                    present
                        .filter(|account| !account.disabled)
                        .ok_or(AccessError::Link)?
                }
            };
            let account = Account {
                password: Some(hash.clone()),
                tries: Tries::default(),
                ..present
            };
            // Whoever had the password before is signed out.
            let holder = Holder::Account(account.id.clone());
            let ended = book.sessions_where(|session| session.holder == holder);
            let doer = Doer::at(address).being(&account.name, account.role);
            let used = kept.write(|writing| {
                if !writing.use_link(&digest(secret))? {
                    return Ok(false);
                }
                if link.account.is_none() {
                    writing.drop_first_links()?;
                }
                for digest in &ended {
                    writing.end_session(digest)?;
                }
                writing.account(&account)?;
                let entry = Entry {
                    doer: &doer,
                    deed: Deed::LinkUsed,
                    subject: &account.name,
                    detail: None,
                };
                writing.audit(entry, now)?;
                Ok(true)
            })?;
            if !used {
                return Err(AccessError::Link);
            }
            ended.iter().for_each(|digest| book.end(digest));
            book.put_account(account.clone());
            account
        };
        kept.tell();
        self.begin(kept, &account.id, Some(&hash), "link", address, now)
    }

    /// Gives the caller's own account another password; every session of it ends, and a new one begins. Hashes: call
    /// it with a [place](Access::hashing_place), on a thread that may block.
    pub fn change_password(
        &self,
        caller: &Caller,
        present: &str,
        new: &str,
        now: Time,
    ) -> Result<SignedIn, AccessError> {
        let kept = self.kept()?;
        let known = caller.known.as_ref().ok_or(AccessError::Wrong)?;
        let Holder::Account(own) = &known.holder else {
            let reason = "a key has no password".to_owned();
            return Err(AccessError::Refused("present", reason));
        };
        let least = self.settings.password_least;
        password::check(new, least, &[&known.name, &known.full_name])?;
        // The present one is asked for like at a sign-in, with the same lock against guessing.
        let (id, checked) = self.check_password(&known.name, present, caller.address, now)?;
        if id != *own {
            return Err(AccessError::Wrong);
        }
        let hash = password::hash(new)?;
        {
            let mut book = kept.book_to_write();
            let account = book.accounts.get(&id).filter(|account| !account.disabled);
            let account = account.filter(|account| account.password.as_deref() == Some(checked.as_str()));
            let account = Account {
                password: Some(hash.clone()),
                ..account.cloned().ok_or(AccessError::Wrong)?
            };
            let holder = Holder::Account(id.clone());
            let ended = book.sessions_where(|session| session.holder == holder);
            let doer = caller.doer();
            let entry = Entry {
                doer: &doer,
                deed: Deed::PasswordChanged,
                subject: &account.name,
                detail: None,
            };
            kept.write_and_end(&mut book, &ended, entry, now, |writing| writing.account(&account))?;
            book.put_account(account);
        }
        kept.tell();
        self.begin(kept, &id, Some(&hash), "password", caller.address, now)
    }
}
