//! What a line of the parcels' journal says.

use crate::journal::Line;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use shared::parcels::fields::Fields;
use shared::parcels::{ActKind, Document, Fen, HashedIdentity, ParcelRules};
use smol_str::SmolStr;
use std::borrow::Cow;

/// What a line of the parcels' journal says.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// Documents that came together: a JSON array of their canonical forms.
    Documents(String),
    /// An officer did something with a parcel.
    Act(Act),
    /// Rules from now on.
    Rules(RulesEntry),
}

/// What an officer does with a parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Its order's number.
    pub order: SmolStr,
    /// What.
    pub kind: ActKind,
    /// Who.
    pub by: SmolStr,
    /// Why.
    pub remark: SmolStr,
}

/// Rules as the journal keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesEntry {
    tolerance_millionths: u32,
    tolerance_fen: u64,
    order_limit_fen: u64,
    year_limit_fen: u64,
    enterprises: Option<Vec<SmolStr>>,
    /// What the key of identity numbers makes of a fixed text ([`super::key::IdentityKey::proof`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_proof: Option<HashedIdentity>,
}

impl RulesEntry {
    /// The entry of rules, and of the key of identity numbers.
    pub fn of(rules: &ParcelRules, key_proof: Option<HashedIdentity>) -> RulesEntry {
        let sorted = |register: &FxHashSet<SmolStr>| {
            let mut all: Vec<SmolStr> = register.iter().cloned().collect();
            all.sort_unstable();
            all
        };
        RulesEntry {
            tolerance_millionths: rules.tolerance_millionths,
            tolerance_fen: rules.tolerance.0,
            order_limit_fen: rules.order_limit.0,
            year_limit_fen: rules.year_limit.0,
            enterprises: rules.enterprises.as_ref().map(sorted),
            key_proof,
        }
    }

    /// By which key identity numbers are hashed; none in a line of a server that did not say.
    pub fn key_proof(&self) -> Option<HashedIdentity> {
        self.key_proof
    }

    /// The rules.
    pub fn rules(&self) -> ParcelRules {
        ParcelRules {
            tolerance_millionths: self.tolerance_millionths,
            tolerance: Fen(self.tolerance_fen),
            order_limit: Fen(self.order_limit_fen),
            year_limit: Fen(self.year_limit_fen),
            enterprises: self.enterprises.as_ref().map(|all| all.iter().cloned().collect()),
        }
    }
}

/// The documents of a line.
pub fn documents(json: &str) -> Result<Vec<Document>, String> {
    let all: Vec<Fields> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let read = all.into_iter().map(Fields::into_document);
    read.collect::<Result<_, _>>().map_err(|error| error.to_string())
}

impl Line for Entry {
    fn write(&self) -> Result<(i64, Cow<'_, str>), String> {
        let json = |value: serde_json::Result<String>| value.map_err(|error| error.to_string());
        Ok(match self {
            Entry::Documents(documents) => (101, documents.into()),
            Entry::Act(act) => (102, json(serde_json::to_string(act))?.into()),
            Entry::Rules(rules) => (103, json(serde_json::to_string(rules))?.into()),
        })
    }

    fn read(kind: i64, body: String) -> Result<Entry, String> {
        Ok(match kind {
            101 => Entry::Documents(body),
            102 => Entry::Act(serde_json::from_str(&body).map_err(|error| error.to_string())?),
            103 => Entry::Rules(serde_json::from_str(&body).map_err(|error| error.to_string())?),
            other => return Err(format!("kind {other} is unknown")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_the_same_when_they_are_read_again() {
        let rules = ParcelRules {
            enterprises: Some(["B".into(), "A".into()].into_iter().collect()),
            ..ParcelRules::default()
        };
        let entry = Entry::Rules(RulesEntry::of(&rules, Some(HashedIdentity([7; 16]))));
        let (kind, body) = entry.write().unwrap();
        let read = Entry::read(kind, body.clone().into_owned()).unwrap();
        assert_eq!(read, entry);
        assert!(matches!(read, Entry::Rules(read) if read.rules() == rules));
        assert!(
            Entry::read(1, body.into_owned()).is_err(),
            "a line of the port's journal is none of this"
        );
    }
}
