//! Sessions: who has one, its secret, its end.

use super::audit::{Deed, Entry};
use super::caller::{Caller, Known};
use super::records::{Account, Holder, Key, Session};
use super::secret::{Digest, digest, new_name, new_secret};
use super::{Access, AccessError, Book};
use shared::access::Role;
use shared::time::{MINUTE, Time};
use smol_str::SmolStr;
use std::net::IpAddr;

/// A session gets another secret after so long, so that one that was overheard is soon worth nothing.
const ROTATED_EVERY: i64 = 15 * MINUTE;
/// The secret before is taken a little longer: requests are on the way with it.
const ROTATED_GRACE: i64 = MINUTE;
/// That a session was used is written down so often at most.
const USED_EVERY: i64 = 5 * MINUTE;
/// A caller who was known.
#[derive(Debug)]
pub struct Identified {
    /// Who.
    pub caller: Caller,
    /// Whether something is to be written: [`Access::renew`] does it, away from the threads that answer.
    pub stale: Option<Digest>,
}

/// A session that began or got another secret.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The secret, for the cookie.
    pub secret: String,
    /// Whether it is a wall's, whose cookie stays.
    pub lasting: bool,
    /// For the rest of the same request.
    pub known: Known,
}

impl Access {
    /// Who asks, by the secret of a session or by a key. Both absent or wrong: nobody.
    pub fn identify(
        &self,
        session: Option<&str>,
        key: Option<&str>,
        address: Option<IpAddr>,
        now: Time,
    ) -> Identified {
        let Some(kept) = &self.kept else {
            return Identified {
                caller: Caller::anybody(address),
                stale: None,
            };
        };
        let book = kept.book();
        let nobody = || Identified {
            caller: Caller::nobody(address),
            stale: None,
        };
        if let Some(secret) = key {
            let key = book
                .of_secret
                .get(&digest(secret))
                .and_then(|id| book.keys.get(id));
            // A display's token opens a session and nothing else: it stands in addresses.
            let Some(key) = key.filter(|key| key.revoked_at.is_none() && key.role != Role::Display) else {
                return nobody();
            };
            let stale = is_stale(key.used_at, now).then(|| key.digest());
            return Identified {
                caller: Caller::somebody(of_key(key, None), address),
                stale,
            };
        }
        let Some((digest, session)) = session.and_then(|secret| self.find_session(&book, secret, now)) else {
            return nobody();
        };
        let Some(known) = known(&book, session) else {
            return nobody();
        };
        let is_before = Some(digest) == session.before.map(|(before, _)| Digest(before));
        let stale = match is_before {
            // The one before, although the present one never came: its answer may have been lost.
            true => !session.confirmed && session.before.is_some_and(|(_, until)| now >= until),
            false => {
                !session.confirmed
                    || is_stale(Some(session.used_at), now)
                    || now.0 - session.rotated_at.0 >= ROTATED_EVERY
            }
        };
        Identified {
            caller: Caller::somebody(known, address),
            stale: stale.then_some(digest),
        }
    }

    fn find_session<'b>(&self, book: &'b Book, secret: &str, now: Time) -> Option<(Digest, &'b Session)> {
        let digest = digest(secret);
        let session = match book.sessions.get(&digest) {
            Some(session) => session,
            None => {
                let session = book.sessions.get(book.rotated.get(&digest)?)?;
                let (_, until) = session.before.filter(|(before, _)| *before == digest.0)?;
                Some(session).filter(|_| now < until || !session.confirmed)?
            }
        };
        (!self.has_ended(session, now)).then_some((digest, session))
    }

    pub(super) fn has_ended(&self, session: &Session, now: Time) -> bool {
        match session.holder {
            // A wall's ends with its token.
            Holder::Key(_) => false,
            Holder::Account(_) => {
                now.0 - session.used_at.0 > self.settings.session_idle + USED_EVERY
                    || now.0 - session.created_at.0 > self.settings.session_longest
            }
        }
    }

    /// When a session ends if nothing is asked any more; none for one that does not, and without one.
    pub fn ends_at(&self, caller: &Caller) -> Option<Time> {
        let kept = self.kept.as_ref()?;
        let known = caller.known.as_ref()?;
        let id = known.session.as_ref()?;
        let book = kept.book();
        let session = book.session_of(id)?;
        matches!(session.holder, Holder::Account(_)).then(|| {
            let idle = session.used_at.plus(self.settings.session_idle);
            idle.min(session.created_at.plus(self.settings.session_longest))
        })
    }

    /// Whether somebody who was known may still be: nobody is asked for a secret here.
    pub fn is_still(&self, caller: &Caller, now: Time) -> bool {
        let (Some(kept), Some(known)) = (&self.kept, &caller.known) else {
            return self.kept.is_none();
        };
        let book = kept.book();
        let holds = match &known.session {
            None => true,
            Some(id) => {
                let session = book.session_of(id);
                session.is_some_and(|session| !self.has_ended(session, now))
            }
        };
        holds
            && match &known.holder {
                Holder::Account(id) => book.accounts.get(id).is_some_and(|account| {
                    !account.disabled && account.role == known.role && same(&account.sites, &known.sites)
                }),
                Holder::Key(id) => book.keys.get(id).is_some_and(|key| key.revoked_at.is_none()),
            }
    }

    /// Writes down that a session or a key is used; a session whose secret is old, or whose new one never came, gets
    /// another one.
    pub fn renew(&self, stale: Digest, now: Time) -> Result<Option<SignedIn>, AccessError> {
        let kept = self.kept()?;
        let mut book = kept.book_to_write();
        if let Some(key) = book.of_secret.get(&stale).and_then(|id| book.keys.get(id)) {
            let key = Key {
                used_at: Some(now),
                ..key.clone()
            };
            kept.write(|writing| writing.key(&key))?;
            book.put_key(key);
            return Ok(None);
        }
        let present = book.rotated.get(&stale).copied().unwrap_or(stale);
        // Another request may have been first.
        let Some(session) = book.sessions.get(&present).cloned() else {
            return Ok(None);
        };
        let came_with_present = present == stale;
        let lost = session.before.is_some_and(|(_, until)| now >= until) && !session.confirmed;
        if !came_with_present && !lost {
            return Ok(None);
        }
        let rotates = !came_with_present || now.0 - session.rotated_at.0 >= ROTATED_EVERY;
        let secret = match rotates {
            true => Some(new_secret()?),
            false => None,
        };
        let next = secret.as_deref().map_or(present, digest);
        let renewed = Session {
            used_at: now,
            rotated_at: if rotates { now } else { session.rotated_at },
            before: match rotates {
                true => Some((stale.0, now.plus(ROTATED_GRACE))),
                false => session.before,
            },
            confirmed: !rotates,
            ..session.clone()
        };
        let account = match &session.holder {
            Holder::Account(id) => book.accounts.get(id),
            Holder::Key(_) => None,
        };
        let account = account.map(|account| Account {
            used_at: Some(now),
            ..account.clone()
        });
        kept.write(|writing| {
            if rotates {
                writing.end_session(&present)?;
            }
            if let Some(account) = &account {
                writing.account(account)?;
            }
            writing.session(&next, &renewed)
        })?;
        if rotates {
            book.end(&present);
            book.rotated.insert(stale, next);
        }
        if let Some(account) = account {
            book.put_account(account);
        }
        let lasting = matches!(renewed.holder, Holder::Key(_));
        let known = known(&book, &renewed);
        book.put_session(next, renewed);
        Ok(secret.zip(known).map(|(secret, known)| SignedIn {
            secret,
            lasting,
            known,
        }))
    }

    /// Ends the session of a caller.
    pub fn sign_out(&self, caller: &Caller, now: Time) -> Result<(), AccessError> {
        let kept = self.kept()?;
        let Some(id) = caller.known.as_ref().and_then(|known| known.session.as_ref()) else {
            return Ok(());
        };
        let mut book = kept.book_to_write();
        let ended = book.sessions_where(|session| session.id == *id);
        let doer = caller.doer();
        let entry = Entry {
            doer: &doer,
            deed: Deed::SignOut,
            subject: doer.who.as_deref().unwrap_or_default(),
            detail: None,
        };
        kept.write_and_end(&mut book, &ended, entry, now, |_| Ok(()))?;
        drop(book);
        kept.tell();
        Ok(())
    }
}

impl Book {
    pub(super) fn sessions_where(&self, takes: impl Fn(&Session) -> bool) -> Vec<Digest> {
        let found = self.sessions.iter().filter(|(_, session)| takes(session));
        found.map(|(digest, _)| *digest).collect()
    }

    pub(super) fn put_session(&mut self, digest: Digest, session: Session) {
        self.of_session.insert(session.id.clone(), digest);
        self.sessions.insert(digest, session);
    }

    fn session_of(&self, id: &str) -> Option<&Session> {
        self.sessions.get(self.of_session.get(id)?)
    }

    pub(super) fn end(&mut self, digest: &Digest) {
        if let Some(session) = self.sessions.remove(digest) {
            self.of_session.remove(&session.id);
            if let Some((before, _)) = session.before {
                self.rotated.remove(&Digest(before));
            }
        }
    }
}

fn is_stale(used_at: Option<Time>, now: Time) -> bool {
    used_at.is_none_or(|used_at| now.0 - used_at.0 >= USED_EVERY)
}

fn same(kept: &Option<Vec<SmolStr>>, known: &super::Sites) -> bool {
    kept.as_deref() == known.as_deref()
}

pub(super) fn new_session(holder: Holder, now: Time) -> Result<(String, Session), AccessError> {
    let session = Session {
        id: new_name()?.into(),
        holder,
        created_at: now,
        rotated_at: now,
        used_at: now,
        before: None,
        confirmed: true,
    };
    Ok((new_secret()?, session))
}

fn known(book: &Book, session: &Session) -> Option<Known> {
    match &session.holder {
        Holder::Account(id) => {
            let account = book.accounts.get(id).filter(|account| !account.disabled)?;
            Some(of_account(account, Some(session.id.clone())))
        }
        Holder::Key(id) => {
            let key = book.keys.get(id).filter(|key| key.revoked_at.is_none())?;
            Some(of_key(key, Some(session.id.clone())))
        }
    }
}

pub(super) fn of_account(account: &Account, session: Option<SmolStr>) -> Known {
    Known {
        name: account.name.clone(),
        full_name: account.full_name.clone(),
        role: account.role,
        sites: account.sites.as_deref().map(Into::into),
        scenes: None,
        sources: None,
        holder: Holder::Account(account.id.clone()),
        session,
    }
}

pub(super) fn of_key(key: &Key, session: Option<SmolStr>) -> Known {
    Known {
        name: key.name.clone(),
        full_name: key.name.clone(),
        role: key.role,
        sites: key.sites.as_deref().map(Into::into),
        scenes: key.scenes.as_deref().map(Into::into),
        sources: key.sources.as_deref().map(Into::into),
        holder: Holder::Key(key.id.clone()),
        session,
    }
}
