//! What is kept of accounts, sessions, keys and one-time links.

use super::secret::Digest;
use serde::{Deserialize, Serialize};
use shared::access::{Role, Scene};
use shared::time::Time;
use smol_str::SmolStr;

/// An account of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its address.
    pub id: SmolStr,
    /// The name by which one signs in; it never changes and is never given again, since it stands in histories.
    pub name: String,
    /// The name that others know.
    pub full_name: String,
    /// What it is for.
    pub role: Role,
    /// The sites that it sees; none: all.
    pub sites: Option<Vec<SmolStr>>,
    /// What is kept of its password, in the PHC string format; none: it has none here.
    pub password: Option<String>,
    /// Issuer and subject by which an identity provider knows it.
    pub provider: Option<(String, String)>,
    /// Whether it is shut.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it was used last, to some minutes.
    pub used_at: Option<Time>,
    /// Wrong passwords.
    #[serde(default)]
    pub tries: Tries,
}

/// Wrong passwords for a name, whether it is somebody's or nobody's: nobody shall learn which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// How many since the last right one, within some time.
    pub wrong: u32,
    /// When the first of them was.
    pub since: Option<Time>,
    /// Until when no password is taken.
    pub locked_until: Option<Time>,
}

impl Tries {
    /// Until when no password is taken, if that is so now.
    pub fn locked(&self, now: Time) -> Option<Time> {
        self.locked_until.filter(|until| now < *until)
    }

    /// One more wrong password; so many within `within` lock for `lock_for`. Says whether that locked it.
    pub fn count(&mut self, most: u32, within: i64, lock_for: i64, now: Time) -> bool {
        // One that was on its way when the lock fell does not open it again.
        if self.locked(now).is_some() {
            return false;
        }
        if self.since.is_none_or(|since| now.0 - since.0 >= within) {
            *self = Tries {
                wrong: 0,
                since: Some(now),
                locked_until: None,
            };
        }
        self.wrong += 1;
        let locks = self.wrong >= most;
        if locks {
            *self = Tries {
                locked_until: Some(now.plus(lock_for)),
                ..Tries::default()
            };
        }
        locks
    }
}

/// For whom a session stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Holder {
    /// A person.
    Account(SmolStr),
    /// A wall, by its key.
    Key(SmolStr),
}

/// A session of a browser. It is kept by the hash of its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// A name that stays when the secret changes.
    pub id: SmolStr,
    /// For whom.
    pub holder: Holder,
    /// When it began.
    pub created_at: Time,
    /// When it got its present secret.
    pub rotated_at: Time,
    /// When it was used last, to some minutes.
    pub used_at: Time,
    /// The hash of the secret before, and until when it is taken: requests may be on the way with it.
    pub before: Option<([u8; 32], Time)>,
    /// Whether a request came with the present secret. Until then the one before is taken, too: the answer that
    /// carried the present one may have been lost.
    #[serde(default)]
    pub confirmed: bool,
}

/// A key of a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its address.
    pub id: SmolStr,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Hash of its secret.
    pub hash: [u8; 32],
    /// The sites that it sees or sends for; none: all.
    pub sites: Option<Vec<SmolStr>>,
    /// Of a sender: the sources that it speaks for.
    pub sources: Option<Vec<SmolStr>>,
    /// Of a display: what it shows.
    pub scenes: Option<Vec<Scene>>,
    /// When it was made.
    pub created_at: Time,
    /// By whom.
    pub created_by: String,
    /// When it was used last, to some minutes.
    pub used_at: Option<Time>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
}

/// A one-time link: kept by the hash of its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The account that gets a password; none: the first administrator is made.
    pub account: Option<SmolStr>,
    /// When it ends.
    pub until: Time,
}

impl Account {
    /// An account that nobody can use yet.
    pub fn new(
        id: String,
        name: &str,
        full_name: String,
        role: Role,
        sites: Option<Vec<SmolStr>>,
        now: Time,
    ) -> Account {
        Account {
            id: id.into(),
            name: name.trim().to_owned(),
            full_name,
            role,
            sites,
            password: None,
            provider: None,
            disabled: false,
            created_at: now,
            used_at: None,
            tries: Tries::default(),
        }
    }

    /// Whether it can sign in at all.
    pub fn can_sign_in(&self) -> bool {
        !self.disabled && (self.password.is_some() || self.provider.is_some())
    }
}

impl Key {
    /// Hash of its secret.
    pub fn digest(&self) -> Digest {
        Digest(self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_holds_its_time_whatever_comes_meanwhile_and_old_mistakes_are_forgotten() {
        let mut tries = Tries::default();
        let mut wrong = |at: i64| tries.count(3, 100, 50, Time(at));
        assert!(!wrong(0) && !wrong(1) && wrong(2));
        assert!(!wrong(3));
        assert_eq!(tries.locked(Time(51)), Some(Time(52)));
        assert_eq!(tries.locked(Time(52)), None);
        let mut wrong = |at: i64| tries.count(3, 100, 50, Time(at));
        assert!(!wrong(60) && !wrong(61));
        // The first two lie too far back.
        assert!(!wrong(160) && !wrong(161) && wrong(162));
    }
}
