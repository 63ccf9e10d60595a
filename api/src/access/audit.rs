//! The audit log: who signed in, looked at single trails, took data out, acted, and changed rules. Each entry's hash
//! goes over the one before it, so that none can be changed, put in or taken out unseen. What a chain by itself can't
//! show is that its end was cut off; whoever noted an earlier head (the server logs it) can.

use super::secret::{Digest, hexadecimal};
use super::store::{AccessStore, StoreError};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shared::access::Role;
use shared::time::Time;

/// What stands for the entry before the first.
pub const BEGINNING: Digest = Digest([0; 32]);

/// What is done and logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Somebody signed in.
    SignIn,
    /// Somebody was not let in.
    SignInRefused,
    /// An account was locked after too many wrong passwords.
    Locked,
    /// Somebody signed out.
    SignOut,
    /// A person's sessions were ended by an administrator.
    SessionsEnded,
    /// A password was changed.
    PasswordChanged,
    /// A one-time link was made.
    LinkMade,
    /// A one-time link was used.
    LinkUsed,
    /// An account was made.
    AccountMade,
    /// An account was changed.
    AccountChanged,
    /// A key was made.
    KeyMade,
    /// A key was revoked.
    KeyRevoked,
    /// A single trail was looked at.
    TrailViewed,
    /// A list was taken out.
    Exported,
    /// Something was done with alarms.
    AlarmAction,
    /// Something was done at the release desk.
    DeskAction,
    /// The rules were changed.
    RulesChanged,
    /// A message that was not understood was sent again or dismissed.
    ProblemSettled,
    /// An officer decided about a parcel.
    ParcelDecided,
    /// The audit log was read.
    AuditRead,
}

impl Deed {
    /// The name that travels.
    pub fn name(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(name)) => name,
            _ => String::new(),
        }
    }

    /// The deed of a name.
    pub fn from_name(name: &str) -> Option<Deed> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }
}

/// Who does something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doer {
    /// An account's or a key's name.
    pub who: Option<String>,
    /// In which role.
    pub role: Option<Role>,
    /// From which network address.
    pub address: Option<String>,
}

impl Doer {
    /// Nobody that is known, at a network address.
    pub fn at(address: Option<std::net::IpAddr>) -> Doer {
        Doer {
            who: None,
            role: None,
            address: address.map(|address| address.to_string()),
        }
    }

    /// The same of somebody.
    #[must_use]
    pub fn being(self, name: &str, role: Role) -> Doer {
        Doer {
            who: Some(name.to_owned()),
            role: Some(role),
            ..self
        }
    }
}

/// An entry that is about to be written.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'e> {
    /// Who.
    pub doer: &'e Doer,
    /// What.
    pub deed: Deed,
    /// With what.
    pub subject: &'e str,
    /// More about it.
    pub detail: Option<&'e str>,
}

/// An entry as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Its place; counts up by one from 1.
    pub sequence: u64,
    /// When.
    pub at: Time,
    /// Who.
    pub who: Option<String>,
    /// In which role.
    pub role: Option<Role>,
    /// From which network address.
    pub address: Option<String>,
    /// What.
    pub deed: Deed,
    /// With what.
    pub subject: String,
    /// More about it.
    pub detail: Option<String>,
}

impl Entry<'_> {
    /// The entry at its place.
    pub fn record(&self, sequence: u64, at: Time) -> AuditRecord {
        AuditRecord {
            sequence,
            at,
            who: self.doer.who.clone(),
            role: self.doer.role,
            address: self.doer.address.clone(),
            deed: self.deed,
            subject: self.subject.to_owned(),
            detail: self.detail.map(str::to_owned),
        }
    }
}

/// The hash of an entry behind another.
pub fn chained(before: &Digest, body: &str) -> Digest {
    let mut hash = Sha256::new();
    hash.update(before.0);
    hash.update(body.as_bytes());
    Digest(hash.finalize().into())
}

/// The log is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry is missing.
    #[error("the audit log is broken: behind entry {0} comes entry {1}; what was between them is gone")]
    Gap(u64, u64),
    /// An entry or one before it was changed.
    #[error("the audit log is broken at entry {0}: its hash does not fit; it, or its hash, was changed")]
    Changed(u64),
    /// An entry that was noted is not the one that was noted, or is gone.
    #[error("the audit log is not the one that was noted: entry {0} has another hash, or is gone")]
    OtherHead(u64),
}

/// The end of a log that holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The place of the last entry; 0 when there is none.
    pub sequence: u64,
    /// Its hash.
    pub hash: Digest,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.sequence, hexadecimal(&self.hash.0))
    }
}

/// Goes through the whole log; `noted` is an earlier head, which must be in it.
pub fn verify(store: &AccessStore, noted: Option<(u64, &str)>) -> Result<Head, StoreError> {
    let mut head = Head {
        sequence: 0,
        hash: BEGINNING,
    };
    let mut found = noted.is_none_or(|(sequence, _)| sequence == 0);
    store.each_audit(&mut |sequence, body, hash| {
        if sequence != head.sequence + 1 {
            return Err(Broken::Gap(head.sequence, sequence));
        }
        let place = serde_json::from_str::<AuditRecord>(body).map(|record| record.sequence);
        if chained(&head.hash, body) != hash || place.ok() != Some(sequence) {
            return Err(Broken::Changed(sequence));
        }
        head = Head { sequence, hash };
        if let Some((wanted, text)) = noted
            && wanted == sequence
        {
            found = hexadecimal(&hash.0) == text;
        }
        Ok(())
    })?;
    match noted {
        Some((sequence, _)) if !found => Err(Broken::OtherHead(sequence).into()),
        _ => Ok(head),
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::FILE;
    use super::*;
    use rusqlite::Connection;
    use std::path::Path;

    fn filled(folder: &Path) -> AccessStore {
        let mut store = AccessStore::open(folder).unwrap();
        let doer = Doer {
            who: Some("wang".to_owned()),
            ..Doer::default()
        };
        for at in 1..=5 {
            let subject = format!("box {at}");
            let entry = Entry {
                doer: &doer,
                deed: Deed::TrailViewed,
                subject: &subject,
                detail: None,
            };
            store.write(|writing| writing.audit(entry, Time(at))).unwrap();
        }
        store
    }

    fn without_guards(folder: &Path) -> Connection {
        let connection = Connection::open(folder.join(FILE)).unwrap();
        connection
            .execute_batch("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted;")
            .unwrap();
        connection
    }

    #[test]
    fn a_log_that_nobody_touched_holds_together_and_contains_its_earlier_head() {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(folder.path());
        let head = verify(&store, None).unwrap();
        assert_eq!(head.sequence, 5);
        let text = hexadecimal(&head.hash.0);
        assert!(verify(&store, Some((5, &text))).is_ok());
        let error = verify(&store, Some((4, &text))).unwrap_err().to_string();
        assert!(error.contains("entry 4"), "{error}");
    }

    #[test]
    fn an_entry_can_neither_be_changed_nor_deleted_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        drop(filled(folder.path()));
        let connection = Connection::open(folder.path().join(FILE)).unwrap();
        for statement in [
            "UPDATE audit SET body = '{}'",
            "DELETE FROM audit WHERE sequence = 5",
        ] {
            let error = connection.execute(statement, []).unwrap_err().to_string();
            assert!(error.contains("append-only"), "{error}");
        }
    }

    #[test]
    fn whoever_gets_round_that_is_found() {
        for (statement, expected) in [
            (
                "UPDATE audit SET body = replace(body, 'box 3', 'box 9') WHERE sequence = 3",
                Broken::Changed(3),
            ),
            ("DELETE FROM audit WHERE sequence = 2", Broken::Gap(1, 3)),
            (
                "UPDATE audit SET body = (SELECT body FROM audit WHERE sequence = 4) WHERE sequence = 3",
                Broken::Changed(3),
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let store = filled(folder.path());
            without_guards(folder.path()).execute(statement, []).unwrap();
            let error = verify(&store, None).unwrap_err();
            assert_eq!(error.to_string(), expected.to_string());
        }
    }

    #[test]
    fn an_end_that_was_cut_off_is_found_by_the_head_that_was_noted() {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(folder.path());
        let noted = verify(&store, None).unwrap();
        without_guards(folder.path())
            .execute("DELETE FROM audit WHERE sequence >= 4", [])
            .unwrap();
        assert!(verify(&store, None).is_ok());
        let text = hexadecimal(&noted.hash.0);
        let error = verify(&store, Some((noted.sequence, &text))).unwrap_err();
        assert_eq!(error.to_string(), Broken::OtherHead(5).to_string());
    }
}
