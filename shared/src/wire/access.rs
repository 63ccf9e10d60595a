//! Sessions, accounts, keys, and the audit log as they travel.

use super::site::Name;
use crate::access::{Right, Role, Scene};
use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

/// `GET /session`: who asks, and what they may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// `open` or `accounts`.
    pub access: String,
    /// Who asks; none when nobody has signed in, or when access is open.
    pub account: Option<OwnAccount>,
    /// What they may do; with open access everything.
    pub rights: Vec<Right>,
    /// The sites that they see; none: all.
    pub sites: Option<Vec<String>>,
    /// The scenes of a wall's token.
    pub scenes: Option<Vec<Scene>>,
    /// The identity provider by which one may sign in, if one is configured.
    pub provider: Option<Name>,
    /// Characters that a password has at least.
    pub password_least: u32,
    /// When the session ends if nothing is asked any more.
    pub until: Option<LocalTime>,
}

/// The account of the one who asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnAccount {
    /// The name by which one signs in, or of a key.
    pub name: String,
    /// The name that others know.
    pub full_name: String,
    /// What it is for.
    pub role: Role,
    /// Whether it has a password here.
    pub has_password: bool,
}

/// `POST /session`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account's name.
    pub name: String,
    /// Its password.
    pub password: String,
}

/// `POST /session/display`: a wall shows its token.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisplaySignIn {
    /// The token.
    pub token: String,
}

/// `POST /session/link`: a one-time link is used.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkUse {
    /// What stands behind the `#` of the link.
    pub link: String,
    /// The password that one chooses.
    pub password: String,
    /// The name by which one will sign in; only for the first administrator, who has none yet.
    #[serde(default)]
    pub name: Option<String>,
    /// The name that others know; likewise.
    #[serde(default)]
    pub full_name: Option<String>,
}

/// `POST /session/link/look`: what a one-time link is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkLook {
    /// The account that gets a password; none: the link makes the first administrator.
    pub name: Option<String>,
    /// When it ends.
    pub until: LocalTime,
}

/// The body of `POST /session/link/look`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkQuestion {
    /// What stands behind the `#` of the link.
    pub link: String,
}

/// `PUT /session/password`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now.
    pub present: String,
    /// The one from now on.
    pub new: String,
}

/// One account of `GET /accounts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Its address.
    pub id: String,
    /// The name by which one signs in.
    pub name: String,
    /// The name that others know.
    pub full_name: String,
    /// What it is for.
    pub role: Role,
    /// The sites that it sees; none: all.
    pub sites: Option<Vec<String>>,
    /// Whether it is shut.
    pub disabled: bool,
    /// Whether it has a password here.
    pub has_password: bool,
    /// Whether the identity provider speaks for it; its role and sites come from there.
    pub provider: bool,
    /// Until when it is locked, after too many wrong passwords.
    pub locked_until: Option<LocalTime>,
    /// When it was made.
    pub created_at: LocalTime,
    /// When it was used last.
    pub used_at: Option<LocalTime>,
    /// Sessions that are open.
    pub sessions: u32,
}

/// `POST /accounts`, `PUT /accounts/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountRequest {
    /// The name by which one signs in; it never changes.
    pub name: String,
    /// The name that others know.
    pub full_name: String,
    /// What it is for.
    pub role: Role,
    /// The sites that it sees; none: all.
    #[serde(default)]
    pub sites: Option<Vec<String>>,
    /// Whether it is shut.
    #[serde(default)]
    pub disabled: bool,
}

/// An account, with the one-time link by which a person gives it a password.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountWithLink {
    /// The account.
    pub account: Account,
    /// The link, shown this once.
    pub link: String,
    /// When it ends.
    pub until: LocalTime,
}

/// One key of `GET /keys`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// Its address.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// `display`, `sender` or `monitor`.
    pub role: Role,
    /// The sites that it sees or sends for; none: all.
    pub sites: Option<Vec<String>>,
    /// Of a sender: the sources that it speaks for.
    pub sources: Option<Vec<String>>,
    /// Of a display: what it shows.
    pub scenes: Option<Vec<Scene>>,
    /// When it was made.
    pub created_at: LocalTime,
    /// By whom.
    pub created_by: String,
    /// When it was used last, to the minute.
    pub used_at: Option<LocalTime>,
    /// When it was revoked.
    pub revoked_at: Option<LocalTime>,
}

/// `POST /keys`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRequest {
    /// What people call it.
    pub name: String,
    /// `display`, `sender` or `monitor`.
    pub role: Role,
    /// The sites that it sees or sends for; none: all.
    #[serde(default)]
    pub sites: Option<Vec<String>>,
    /// Of a sender: the sources that it speaks for.
    #[serde(default)]
    pub sources: Option<Vec<String>>,
    /// Of a display: what it shows.
    #[serde(default)]
    pub scenes: Option<Vec<Scene>>,
}

/// A key with its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyWithSecret {
    /// The key.
    pub key: Key,
    /// The secret, shown this once.
    pub secret: String,
}

/// One entry of `GET /audit`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its place; counts up by one.
    pub sequence: u64,
    /// When.
    pub at: LocalTime,
    /// Who: an account's name, a key's, or none where nobody had signed in.
    pub who: Option<String>,
    /// In which role.
    pub role: Option<Role>,
    /// From which network address.
    pub address: Option<String>,
    /// What was done.
    pub action: String,
    /// With what.
    pub subject: String,
    /// More about it.
    pub detail: Option<String>,
    /// SHA-256 over the hash of the entry before and this entry, in hexadecimal.
    pub hash: String,
}
