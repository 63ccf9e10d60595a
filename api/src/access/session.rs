//! Signing in, sessions, and their end.

use super::audit::{Deed, Doer, Entry};
use super::caller::{Caller, Known};
use super::records::{Account, Holder, Key, Link, Session};
use super::secret::{Digest, digest, new_name, new_secret};
use super::{Access, AccessError, Book, Kept, folded, password};
use shared::access::Role;
use shared::time::{DAY, MINUTE, SECOND, Time};
use smol_str::SmolStr;
use std::net::IpAddr;

/// A session gets another secret after so long, so that one that was overheard is soon worth nothing.
const ROTATED_EVERY: i64 = 15 * MINUTE;
/// The secret before is taken a little longer: requests are on the way with it.
const ROTATED_GRACE: i64 = MINUTE;
/// That a session was used is written down so often at most.
const USED_EVERY: i64 = 5 * MINUTE;
/// Wrong sign-ins from one address, or for one name that is nobody's, within a time.
const WRONG_FROM_AN_ADDRESS: u32 = 50;
const WRONG_WITHIN: i64 = 15 * MINUTE;
/// So many names and addresses are remembered at most.
const REMEMBERED: usize = 10_000;
/// How long a link to the first administrator holds, and one to a new password.
const FIRST_LINK: i64 = DAY;
const LINK: i64 = 3 * DAY;

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
        let current = session.before.map(|(before, _)| Digest(before)) != Some(digest);
        let stale = is_stale(Some(session.used_at), now) || now.0 - session.rotated_at.0 >= ROTATED_EVERY;
        Identified {
            caller: Caller::somebody(known, address),
            stale: (stale && current).then_some(digest),
        }
    }

    fn find_session<'b>(&self, book: &'b Book, secret: &str, now: Time) -> Option<(Digest, &'b Session)> {
        let digest = digest(secret);
        let session = match book.sessions.get(&digest) {
            Some(session) => session,
            None => {
                let session = book.sessions.get(book.rotated.get(&digest)?)?;
                let (_, until) = session.before.filter(|(before, _)| *before == digest.0)?;
                Some(session).filter(|_| now < until)?
            }
        };
        (!self.has_ended(session, now)).then_some((digest, session))
    }

    fn has_ended(&self, session: &Session, now: Time) -> bool {
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

    /// Writes down that a session or a key is used; a session whose secret is old gets another one.
    pub fn renew(&self, stale: Digest, now: Time) -> Result<Option<SignedIn>, AccessError> {
        let kept = self.kept()?;
        let mut book = kept.book_to_write();
        if let Some(id) = book.of_secret.get(&stale).cloned() {
            if let Some(key) = book.keys.get_mut(&id) {
                key.used_at = Some(now);
                let key = key.clone();
                kept.write(|writing| writing.key(&key))?;
            }
            return Ok(None);
        }
        // Another request may have been first.
        let Some(session) = book.sessions.get(&stale).cloned() else {
            return Ok(None);
        };
        let mut renewed = Session {
            used_at: now,
            ..session.clone()
        };
        let account = match &session.holder {
            Holder::Account(id) => book.accounts.get(id).cloned(),
            Holder::Key(_) => None,
        };
        let account = account.map(|account| Account {
            used_at: Some(now),
            ..account
        });
        let rotates = now.0 - session.rotated_at.0 >= ROTATED_EVERY;
        let secret = match rotates {
            true => Some(new_secret()?),
            false => None,
        };
        let digest = secret.as_deref().map_or(stale, digest);
        if rotates {
            renewed.rotated_at = now;
            renewed.before = Some((stale.0, now.plus(ROTATED_GRACE)));
        }
        kept.write(|writing| {
            if rotates {
                writing.end_session(&stale)?;
            }
            if let Some(account) = &account {
                writing.account(account)?;
            }
            writing.session(&digest, &renewed)
        })?;
        if rotates {
            book.sessions.remove(&stale);
            if let Some((before, _)) = session.before {
                book.rotated.remove(&Digest(before));
            }
            book.rotated.insert(stale, digest);
        }
        if let Some(account) = account {
            book.put_account(account);
        }
        book.put_session(digest, renewed.clone());
        let known = known(&book, &renewed);
        let lasting = matches!(renewed.holder, Holder::Key(_));
        Ok(secret.zip(known).map(|(secret, known)| SignedIn {
            secret,
            lasting,
            known,
        }))
    }

    /// Signs a person in by name and password. What was wrong is not said.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        address: Option<IpAddr>,
        now: Time,
    ) -> Result<SignedIn, AccessError> {
        let kept = self.kept()?;
        let from = address.map_or_else(|| "an unknown address".to_owned(), |address| address.to_string());
        let (id, hash) = {
            let mut book = kept.book_to_write();
            if let Some(wait) = book.wait_of(&format!("address {from}"), WRONG_FROM_AN_ADDRESS, now) {
                return Err(AccessError::TooMany(wait));
            }
            let account = book.by_name(name);
            let locked = account.and_then(|account| account.locked_until.filter(|until| now < *until));
            if let Some(until) = locked {
                return Err(AccessError::TooMany(seconds(until.0 - now.0)));
            }
            let usable = account.filter(|account| !account.disabled);
            let found = (
                account.map(|account| account.id.clone()),
                usable.and_then(|own| own.password.clone()),
            );
            if found.0.is_none()
                && let Some(wait) =
                    book.wait_of(&format!("name {}", folded(name)), self.settings.lock_after, now)
            {
                return Err(AccessError::TooMany(wait));
            }
            found
        };
        let right = {
            // A permit is never refused: the semaphore is not closed.
            let _place = kept.hashing.acquire().await.ok();
            let password = password.to_owned();
            tokio::task::spawn_blocking(move || password::verify(&password, hash.as_deref()))
                .await
                .map_err(|_| AccessError::Wrong)??
        };
        let doer = Doer {
            who: None,
            role: None,
            address: address.map(|address| address.to_string()),
        };
        if !right {
            self.wrong(kept, id.as_ref(), name, &from, &doer, now)?;
            return Err(AccessError::Wrong);
        }
        let id = id.ok_or(AccessError::Wrong)?;
        self.begin(kept, &id, "password", &doer, now)
    }

    fn wrong(
        &self,
        kept: &Kept,
        id: Option<&SmolStr>,
        name: &str,
        from: &str,
        doer: &Doer,
        now: Time,
    ) -> Result<(), AccessError> {
        let mut book = kept.book_to_write();
        book.count(format!("address {from}"), now);
        let mut account = id.and_then(|id| book.accounts.get(id)).cloned();
        if account.is_none() {
            book.count(format!("name {}", folded(name)), now);
        }
        let mut locked = false;
        if let Some(account) = &mut account {
            account.failures += 1;
            if account.failures >= self.settings.lock_after {
                account.failures = 0;
                account.locked_until = Some(now.plus(self.settings.lock_for));
                locked = true;
            }
        }
        // What nobody is called may be a password that was typed into the wrong field.
        let subject = account
            .as_ref()
            .map_or("a name that is nobody's", |account| account.name.as_str());
        kept.write(|writing| {
            let entry = |deed| Entry {
                doer,
                deed,
                subject,
                detail: None,
            };
            writing.audit(entry(Deed::SignInRefused), now)?;
            if let Some(account) = &account {
                writing.account(account)?;
            }
            match locked {
                true => writing.audit(entry(Deed::Locked), now),
                false => Ok(()),
            }
        })?;
        if let Some(account) = account {
            book.put_account(account);
        }
        Ok(())
    }

    /// Begins a session of an account.
    fn begin(
        &self,
        kept: &Kept,
        id: &SmolStr,
        way: &str,
        doer: &Doer,
        now: Time,
    ) -> Result<SignedIn, AccessError> {
        let mut book = kept.book_to_write();
        let account = book.accounts.get(id).filter(|account| !account.disabled).cloned();
        let account = Account {
            failures: 0,
            locked_until: None,
            used_at: Some(now),
            ..account.ok_or(AccessError::Wrong)?
        };
        let doer = Doer {
            who: Some(account.name.clone()),
            role: Some(account.role),
            ..doer.clone()
        };
        let (secret, session) = new_session(Holder::Account(id.clone()), now)?;
        let ended: Vec<Digest> = book
            .sessions
            .iter()
            .filter(|(_, session)| self.has_ended(session, now))
            .map(|(digest, _)| *digest)
            .collect();
        kept.write(|writing| {
            for digest in &ended {
                writing.end_session(digest)?;
            }
            writing.account(&account)?;
            writing.session(&digest(&secret), &session)?;
            let entry = Entry {
                doer: &doer,
                deed: Deed::SignIn,
                subject: &account.name,
                detail: Some(way),
            };
            writing.audit(entry, now)
        })?;
        for digest in ended {
            book.end(&digest);
        }
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
        let doer = Doer {
            who: None,
            role: None,
            address: address.map(|address| address.to_string()),
        };
        let id = {
            let mut book = kept.book_to_write();
            let identity = (person.issuer.clone(), person.subject.clone());
            let found = book
                .accounts
                .values()
                .find(|account| account.provider.as_ref() == Some(&identity))
                .cloned();
            let account = match found {
                Some(account) => Account {
                    role: person.role,
                    sites: person.sites.clone(),
                    full_name: person.full_name.clone(),
                    ..account
                },
                None => Account {
                    id: new_name()?.into(),
                    name: free_name(&book, &person.name),
                    full_name: person.full_name.clone(),
                    role: person.role,
                    sites: person.sites.clone(),
                    password: None,
                    provider: Some(identity),
                    disabled: false,
                    created_at: now,
                    used_at: None,
                    failures: 0,
                    locked_until: None,
                },
            };
            kept.write(|writing| writing.account(&account))?;
            let id = account.id.clone();
            book.put_account(account);
            id
        };
        kept.tell();
        self.begin(kept, &id, "identity provider", &doer, now)
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
        let (secret, session) = new_session(Holder::Key(key.id.clone()), now)?;
        let doer = Doer {
            who: Some(key.name.clone()),
            role: Some(key.role),
            address: address.map(|address| address.to_string()),
        };
        // A wall that opens a new session with each start would leave the old ones behind for ever.
        let mut older: Vec<(Time, Digest)> = book
            .sessions
            .iter()
            .filter(|(_, session)| session.holder == Holder::Key(key.id.clone()))
            .map(|(digest, session)| (session.used_at, *digest))
            .collect();
        older.sort_unstable_by_key(|(used_at, _)| std::cmp::Reverse(*used_at));
        let ended: Vec<Digest> = older
            .into_iter()
            .skip(SESSIONS_OF_A_WALL - 1)
            .map(|(_, digest)| digest)
            .collect();
        kept.write(|writing| {
            for digest in &ended {
                writing.end_session(digest)?;
            }
            writing.key(&key)?;
            writing.session(&digest(&secret), &session)?;
            let entry = Entry {
                doer: &doer,
                deed: Deed::SignIn,
                subject: &key.name,
                detail: Some("display token"),
            };
            writing.audit(entry, now)
        })?;
        for digest in ended {
            book.end(&digest);
        }
        let known = of_key(&key, Some(session.id.clone()));
        book.put_key(key);
        book.put_session(digest(&secret), session);
        Ok(SignedIn {
            secret,
            lasting: true,
            known,
        })
    }

    /// Ends the session of a caller.
    pub fn sign_out(&self, caller: &Caller, now: Time) -> Result<(), AccessError> {
        let kept = self.kept()?;
        let Some(id) = caller.known.as_ref().and_then(|known| known.session.as_ref()) else {
            return Ok(());
        };
        let mut book = kept.book_to_write();
        let digests = book.sessions_where(|session| session.id == *id);
        let doer = caller.doer();
        kept.write(|writing| {
            for digest in &digests {
                writing.end_session(digest)?;
            }
            let entry = Entry {
                doer: &doer,
                deed: Deed::SignOut,
                subject: doer.who.as_deref().unwrap_or_default(),
                detail: None,
            };
            writing.audit(entry, now)
        })?;
        digests.iter().for_each(|digest| book.end(digest));
        drop(book);
        kept.tell();
        Ok(())
    }

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
            kept.write(|writing| writing.drop_first_links())?;
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

    /// What a link is for: the name of its account, or none for the first administrator; and when it ends.
    pub fn look_at_link(&self, secret: &str, now: Time) -> Result<(Option<String>, Time), AccessError> {
        let kept = self.kept()?;
        let link = kept.store().link(&digest(secret))?;
        let link = link.filter(|link| now < link.until).ok_or(AccessError::Link)?;
        let Some(id) = &link.account else {
            return Ok((None, link.until));
        };
        let book = kept.book();
        let account = book.accounts.get(id).filter(|account| !account.disabled);
        Ok((Some(account.ok_or(AccessError::Link)?.name.clone()), link.until))
    }

    /// Uses a link: its account gets a password, or the first administrator is made; then signs in.
    pub async fn use_link(
        &self,
        secret: &str,
        password: &str,
        first: Option<(&str, &str)>,
        address: Option<IpAddr>,
        now: Time,
    ) -> Result<SignedIn, AccessError> {
        let kept = self.kept()?;
        let link = kept.store().link(&digest(secret))?;
        let link = link.filter(|link| now < link.until).ok_or(AccessError::Link)?;
        let account = match (&link.account, first) {
            (Some(id), None) => {
                let book = kept.book();
                let account = book.accounts.get(id).filter(|account| !account.disabled).cloned();
                account.ok_or(AccessError::Link)?
            }
            (Some(_), Some(_)) => {
                return Err(AccessError::Refused(
                    "name",
                    "the link is for an account that has a name".to_owned(),
                ));
            }
            (None, None) => {
                return Err(AccessError::Refused(
                    "name",
                    "choose the name by which you will sign in".to_owned(),
                ));
            }
            (None, Some((name, full_name))) => {
                let book = kept.book();
                super::manage::check_name(&book, name)?;
                Account {
                    id: new_name()?.into(),
                    name: name.trim().to_owned(),
                    full_name: super::manage::checked_full_name(full_name, name)?,
                    role: Role::Administrator,
                    sites: None,
                    password: None,
                    provider: None,
                    disabled: false,
                    created_at: now,
                    used_at: None,
                    failures: 0,
                    locked_until: None,
                }
            }
        };
        let hash = self.hashed(kept, password, &account).await?;
        let account = Account {
            password: Some(hash),
            failures: 0,
            locked_until: None,
            ..account
        };
        let doer = Doer {
            who: Some(account.name.clone()),
            role: Some(account.role),
            address: address.map(|address| address.to_string()),
        };
        {
            let mut book = kept.book_to_write();
            if link.account.is_none() {
                super::manage::check_name(&book, &account.name)?;
            }
            // Whoever had the password before is signed out.
            let holder = Holder::Account(account.id.clone());
            let ended = book.sessions_where(|session| session.holder == holder);
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
        }
        kept.tell();
        self.begin(kept, &account.id, "link", &doer, now)
    }

    /// Gives the caller's own account another password; every other session of it ends, and this one gets another
    /// secret.
    pub async fn change_password(
        &self,
        caller: &Caller,
        present: &str,
        new: &str,
        now: Time,
    ) -> Result<SignedIn, AccessError> {
        let kept = self.kept()?;
        let known = caller.known.as_ref().ok_or(AccessError::Wrong)?;
        // The present one is asked for like at a sign-in, with the same lock against guessing.
        let signed_in = self.sign_in(&known.name, present, caller.address, now).await?;
        let Holder::Account(id) = &signed_in.known.holder else {
            return Err(AccessError::Wrong);
        };
        let account = kept.book().accounts.get(id).cloned().ok_or(AccessError::Wrong)?;
        let hash = self.hashed(kept, new, &account).await?;
        let mut book = kept.book_to_write();
        let account = Account {
            password: Some(hash),
            ..book.accounts.get(id).cloned().ok_or(AccessError::Wrong)?
        };
        let kept_session = signed_in.known.session.clone();
        let holder = Holder::Account(id.clone());
        let ended = book
            .sessions_where(|session| session.holder == holder && Some(&session.id) != kept_session.as_ref());
        let doer = caller.doer();
        kept.write(|writing| {
            for digest in &ended {
                writing.end_session(digest)?;
            }
            writing.account(&account)?;
            let entry = Entry {
                doer: &doer,
                deed: Deed::PasswordChanged,
                subject: &account.name,
                detail: None,
            };
            writing.audit(entry, now)
        })?;
        ended.iter().for_each(|digest| book.end(digest));
        book.put_account(account);
        drop(book);
        kept.tell();
        Ok(signed_in)
    }

    async fn hashed(&self, kept: &Kept, password: &str, account: &Account) -> Result<String, AccessError> {
        password::check(
            password,
            self.settings.password_least,
            &[&account.name, &account.full_name],
        )?;
        let password = password.to_owned();
        let _place = kept.hashing.acquire().await.ok();
        let hash = tokio::task::spawn_blocking(move || password::hash(&password));
        Ok(hash.await.map_err(|_| AccessError::Wrong)??)
    }

    /// Makes a link by which an account gets a new password.
    pub(super) fn new_link(&self, account: &Account, now: Time) -> Result<(String, Link), AccessError> {
        let link = Link {
            account: Some(account.id.clone()),
            until: now.plus(LINK),
        };
        Ok((new_secret()?, link))
    }
}

/// Sessions that one token may have at once: the screens that show it.
const SESSIONS_OF_A_WALL: usize = 32;

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

    /// How many seconds to wait, when there were too many.
    fn wait_of(&mut self, of: &str, most: u32, now: Time) -> Option<u64> {
        let (count, since) = *self.attempts.get(of)?;
        let left = since.0 + WRONG_WITHIN - now.0;
        if left <= 0 {
            self.attempts.remove(of);
            return None;
        }
        (count >= most).then(|| seconds(left))
    }

    fn count(&mut self, of: String, now: Time) {
        if self.attempts.len() >= REMEMBERED {
            self.attempts
                .retain(|_, (_, since)| now.0 - since.0 < WRONG_WITHIN);
        }
        if self.attempts.len() >= REMEMBERED {
            // Whoever has so many addresses is not kept out by remembering them; the rate limit is.
            self.attempts.clear();
        }
        let entry = self.attempts.entry(of).or_insert((0, now));
        if now.0 - entry.1.0 >= WRONG_WITHIN {
            *entry = (0, now);
        }
        entry.0 += 1;
    }
}

fn seconds(milliseconds: i64) -> u64 {
    u64::try_from((milliseconds + SECOND - 1) / SECOND)
        .unwrap_or(0)
        .max(1)
}

fn is_stale(used_at: Option<Time>, now: Time) -> bool {
    used_at.is_none_or(|used_at| now.0 - used_at.0 >= USED_EVERY)
}

fn same(kept: &Option<Vec<SmolStr>>, known: &super::Sites) -> bool {
    kept.as_deref() == known.as_deref()
}

fn new_session(holder: Holder, now: Time) -> Result<(String, Session), AccessError> {
    let session = Session {
        id: new_name()?.into(),
        holder,
        created_at: now,
        rotated_at: now,
        used_at: now,
        before: None,
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

fn of_account(account: &Account, session: Option<SmolStr>) -> Known {
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

fn of_key(key: &Key, session: Option<SmolStr>) -> Known {
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

/// The name that a provider gives, or one like it that nobody has.
fn free_name(book: &Book, wanted: &str) -> String {
    let wanted = match wanted.trim() {
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
