//! Versions of one document, and which of them holds: as for events (`semantics.md` §1, Identity).

use super::document::{Content, Document, DocumentIdentity};
pub use crate::event::versions::Arrival;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::cmp::Ordering;

/// One version as this server got it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The document as it stood in this version.
    pub document: Document,
    /// When this server got it. Depends on arrival, and nothing but the history shows it.
    pub recorded_at: Time,
}

/// All versions of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    holding: Version,
    /// The others, in the order in which they would hold. Nearly always none, and then without memory of its own.
    others: Vec<Version>,
}

impl Versions {
    /// The first version that arrived.
    pub fn new(document: Document, recorded_at: Time) -> Versions {
        Versions {
            holding: Version {
                document,
                recorded_at,
            },
            others: Vec::new(),
        }
    }

    /// Who says it, what it is, and under which number.
    pub fn identity(&self) -> &DocumentIdentity {
        &self.holding.document.identity
    }

    /// What a document of this identity would be, without keeping it.
    pub fn arrival(&self, document: &Document) -> Arrival {
        let known = |version: &Version| version.document == *document;
        if known(&self.holding) || self.others.iter().any(known) {
            return Arrival::Duplicate;
        }
        match order(document, &self.holding.document) {
            Ordering::Greater => Arrival::Replaced,
            _ => Arrival::Older,
        }
    }

    /// Keeps a version.
    pub fn add(&mut self, document: Document, recorded_at: Time) -> Arrival {
        let arrival = self.arrival(&document);
        let version = Version {
            document,
            recorded_at,
        };
        match arrival {
            Arrival::Duplicate => {}
            Arrival::Replaced => self.others.push(std::mem::replace(&mut self.holding, version)),
            Arrival::Older => {
                let before = |other: &Version| order(&other.document, &version.document) == Ordering::Less;
                let place = self.others.partition_point(before);
                self.others.insert(place, version);
            }
        }
        arrival
    }

    /// The version that holds: the latest `updated_at`, of equal ones a withdrawal, else the one whose canonical JSON
    /// sorts last.
    pub fn holding(&self) -> &Version {
        &self.holding
    }

    /// The other versions, in the order in which they would hold.
    pub fn others(&self) -> &[Version] {
        &self.others
    }

    /// Every version, the one that holds last.
    pub fn all(&self) -> impl Iterator<Item = &Version> {
        self.others.iter().chain(std::iter::once(&self.holding))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.others.len() + 1
    }

    /// Whether another version has the same `updated_at` as the one that holds.
    pub fn has_conflict(&self) -> bool {
        let before = self.others.last();
        before.is_some_and(|before| before.document.updated_at == self.holding.document.updated_at)
    }

    /// Whether it was taken back.
    pub fn is_withdrawn(&self) -> bool {
        self.holding.document.withdrawn
    }

    /// What it says, or said before it was taken back without a word; `None` as long as only the withdrawal is known.
    pub fn content(&self) -> Option<&Content> {
        let holding = self.holding.document.content.as_ref();
        holding.or_else(|| {
            self.others
                .iter()
                .rev()
                .find_map(|version| version.document.content.as_ref())
        })
    }

    /// The order that it belongs to, which a correction may change; `None` as long as only the withdrawal is known.
    pub fn order(&self) -> Option<&SmolStr> {
        self.content().map(|content| &content.order)
    }
}

fn order(a: &Document, b: &Document) -> Ordering {
    // A withdrawal goes behind what it takes back, also when neither says when.
    let key = |document: &Document| (document.updated_at, document.withdrawn);
    key(a).cmp(&key(b)).then_with(|| {
        if a == b {
            Ordering::Equal
        } else {
            a.canonical().cmp(&b.canonical())
        }
    })
}
