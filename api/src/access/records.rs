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
    /// Wrong passwords since the last right one.
    pub failures: u32,
    /// Until when no password is taken.
    pub locked_until: Option<Time>,
}

/// For whom a session stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Whether a password is refused unseen.
    pub fn is_locked(&self, now: Time) -> bool {
        self.locked_until.is_some_and(|until| now < until)
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
