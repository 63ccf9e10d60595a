//! Who sends documents of parcels, how much and how lately.

use serde::{Deserialize, Serialize};
use shared::parcels::{DocumentKind, Kinds};
use shared::time::{HOUR, MINUTE, Time};
use std::collections::BTreeMap;

/// One sender of documents at one site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// What it sends.
    pub kinds: Kinds,
    /// Documents so far.
    pub documents: u64,
    /// Of them, documents that were known already.
    pub duplicates: u64,
    /// The site's day of the last document, and how many came on it.
    day: i64,
    of_day: u64,
    /// Documents by minute of the engine's clock, of the last hour that had any.
    pub minutes: BTreeMap<Time, u64>,
    /// When it was heard last.
    pub heard_at: Time,
}

impl Party {
    /// Counts a document that came on a day of the site.
    pub fn count(&mut self, kind: DocumentKind, now: Time, day: i64) {
        self.kinds.insert(kind);
        self.documents += 1;
        if day != self.day {
            (self.day, self.of_day) = (day, 0);
        }
        self.of_day += 1;
        let minute = Time(now.0 - now.0.rem_euclid(MINUTE));
        *self.minutes.entry(minute).or_default() += 1;
        while self
            .minutes
            .first_key_value()
            .is_some_and(|(first, _)| first.0 <= minute.0 - HOUR)
        {
            self.minutes.pop_first();
        }
        self.heard_at = self.heard_at.max(now);
    }

    /// A document came again. It is not in the journal, so that a start forgets it.
    pub fn repeated(&mut self, now: Time) {
        self.duplicates += 1;
        self.heard_at = self.heard_at.max(now);
    }

    /// Documents on a day of the site.
    pub fn on_day(&self, day: i64) -> u64 {
        if day == self.day { self.of_day } else { 0 }
    }
}
