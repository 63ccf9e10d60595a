//! How often the documents of a sender do not agree: of the parcels judged in an hour in which one of its documents
//! was, how many were held. Minutes of the last hours, hours of the last month.

use super::contribution::Contribution;
use crate::time::{DAY, HOUR, MINUTE, Time};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// How long minutes are kept.
const MINUTES: i64 = 2 * HOUR;
/// How long hours are kept: the 30 days that say what is usual, and the day that is not over.
const HOURS: i64 = 32 * DAY;

/// Parcels that were judged, and how many of them were held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Judged: their three papers were held against each other.
    pub judged: u64,
    /// Held at some time.
    pub held: u64,
}

impl Share {
    /// As a share from 0 to 1.
    pub fn rate(self) -> Option<f64> {
        (self.judged > 0).then(|| self.held as f64 / self.judged as f64)
    }

    fn change(&mut self, held: bool, add: bool) {
        let step = |count: &mut u64| *count = if add { *count + 1 } else { count.saturating_sub(1) };
        step(&mut self.judged);
        if held {
            step(&mut self.held);
        }
    }
}

/// The shares of every sender of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    parties: BTreeMap<SmolStr, Party>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Party {
    minutes: BTreeMap<i64, Share>,
    hours: BTreeMap<i64, Share>,
}

impl Shares {
    /// Brings them in line with a change of one parcel.
    pub fn replace(&mut self, before: Option<&Contribution>, after: Option<&Contribution>) {
        let said =
            |own: Option<&Contribution>| own.and_then(|own| Some((own.judged_at?, !own.was_held.is_empty())));
        let same = || before.map(|own| &own.sources) == after.map(|own| &own.sources);
        if said(before) == said(after) && same() {
            return;
        }
        for (own, add) in [(after, true), (before, false)] {
            let (Some(own), Some((at, held))) = (own, said(own)) else {
                continue;
            };
            for source in &own.sources {
                self.change(source, at, held, add);
            }
        }
    }

    fn change(&mut self, source: &SmolStr, at: Time, held: bool, add: bool) {
        if !self.parties.contains_key(source) {
            self.parties.insert(source.clone(), Party::default());
        }
        let Some(party) = self.parties.get_mut(source) else {
            return;
        };
        for (spans, length) in [(&mut party.minutes, MINUTE), (&mut party.hours, HOUR)] {
            let span = at.0.div_euclid(length);
            // What was forgotten is not taken back.
            if add || spans.contains_key(&span) {
                let share = spans.entry(span).or_default();
                share.change(held, add);
                if *share == Share::default() {
                    spans.remove(&span);
                }
            }
        }
    }

    /// Forgets what no question asks for any more.
    pub fn forget(&mut self, now: Time) {
        for party in self.parties.values_mut() {
            for (spans, length, kept) in [
                (&mut party.minutes, MINUTE, MINUTES),
                (&mut party.hours, HOUR, HOURS),
            ] {
                let since = now.plus(-kept).0.div_euclid(length);
                if spans.first_key_value().is_some_and(|first| *first.0 < since) {
                    *spans = spans.split_off(&since);
                }
            }
        }
    }

    /// The share of a sender in the 60 minutes up to the one of a moment, that one included.
    pub fn last_hour(&self, source: &str, now: Time) -> Share {
        let minute = now.0.div_euclid(MINUTE);
        let party = self.parties.get(source);
        sum(party.map(|party| party.minutes.range(minute - 59..=minute)))
    }

    /// What is usual: the share of a sender over the 30 days before the site's day that begins at a moment.
    pub fn usual(&self, source: &str, day_begins: Time) -> Share {
        let hour = day_begins.0.div_euclid(HOUR);
        let party = self.parties.get(source);
        sum(party.map(|party| party.hours.range(hour - 30 * 24..hour)))
    }
}

fn sum<'a>(shares: Option<impl Iterator<Item = (&'a i64, &'a Share)>>) -> Share {
    let mut sum = Share::default();
    for (_, share) in shares.into_iter().flatten() {
        sum.judged += share.judged;
        sum.held += share.held;
    }
    sum
}
