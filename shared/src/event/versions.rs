//! Versions of one identity, and which of them holds (`semantics.md` §1, Identity).

use super::{Event, json};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// One version as this server got it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The event as it stood in this version.
    pub event: Event,
    /// When this server got it. Depends on arrival, and nothing but the trail shows it.
    pub recorded_at: Time,
}

/// All versions of one identity, in the order in which they hold; never empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Versions {
    versions: Vec<Version>,
}

/// What a version that arrives turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Same content again: nothing to keep.
    Duplicate,
    /// An older version: kept, changes nothing that holds.
    Older,
    /// A later version, which holds now.
    Replaced,
}

impl Versions {
    /// The first version that arrived.
    pub fn new(event: Event, recorded_at: Time) -> Versions {
        Versions {
            versions: vec![Version { event, recorded_at }],
        }
    }

    /// What an event of this identity would be, without keeping it.
    pub fn arrival(&self, event: &Event) -> Arrival {
        if self.versions.iter().any(|version| version.event == *event) {
            return Arrival::Duplicate;
        }
        match order(event, &self.holding().event) {
            Ordering::Greater => Arrival::Replaced,
            _ => Arrival::Older,
        }
    }

    /// Keeps a version.
    pub fn add(&mut self, event: Event, recorded_at: Time) -> Arrival {
        let arrival = self.arrival(&event);
        if arrival != Arrival::Duplicate {
            let at = self
                .versions
                .partition_point(|version| order(&version.event, &event) == Ordering::Less);
            self.versions.insert(at, Version { event, recorded_at });
        }
        arrival
    }

    /// The version that holds: the latest `updated_at`, of equal ones the one whose canonical JSON sorts last.
    pub fn holding(&self) -> &Version {
        // Never empty: `new` puts one in and nothing takes one out.
        &self.versions[self.versions.len() - 1]
    }

    /// All versions, the one that holds last.
    pub fn all(&self) -> &[Version] {
        &self.versions
    }

    /// As it was known at a moment: without the versions that this server got later; `None` when that is all of them.
    pub fn known_at(&self, at: Time) -> Option<Versions> {
        let known = self.versions.iter().filter(|version| version.recorded_at <= at);
        let versions: Vec<Version> = known.cloned().collect();
        (!versions.is_empty()).then_some(Versions { versions })
    }

    /// Whether another version has the same `updated_at` as the one that holds.
    pub fn has_conflict(&self) -> bool {
        match self.versions.as_slice() {
            [.., before, holding] => before.event.updated_at == holding.event.updated_at,
            _ => false,
        }
    }
}

fn order(a: &Event, b: &Event) -> Ordering {
    // A retraction goes behind what it voids, also when both say the same and neither says when.
    let key = |event: &Event| (event.updated_at, event.retracted);
    key(a).cmp(&key(b)).then_with(|| {
        if a == b {
            Ordering::Equal
        } else {
            json::canonical(a).cmp(&json::canonical(b))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Attribute, Node};
    use proptest::prelude::*;

    fn version(updated_at: Option<i64>, remark: &str) -> Event {
        let mut event = Event::actual("s", "1", Node::Stack, Time(0), Some("A1"))
            .stating(Attribute::Remark(Some(remark.into())));
        event.updated_at = updated_at.map(Time);
        event
    }

    #[test]
    fn the_latest_update_holds_whenever_it_comes() {
        let mut versions = Versions::new(version(Some(2), "later"), Time(0));
        assert_eq!(versions.add(version(Some(1), "earlier"), Time(1)), Arrival::Older);
        assert_eq!(versions.add(version(None, "earliest"), Time(2)), Arrival::Older);
        assert_eq!(
            versions.add(version(Some(3), "latest"), Time(3)),
            Arrival::Replaced
        );
        assert_eq!(versions.holding().event, version(Some(3), "latest"));
        assert_eq!(versions.all().len(), 4);
    }

    #[test]
    fn of_equal_updates_the_one_that_sorts_last_holds_and_is_a_conflict() {
        let mut versions = Versions::new(version(Some(1), "b"), Time(0));
        assert_eq!(versions.add(version(Some(1), "a"), Time(1)), Arrival::Older);
        assert!(versions.has_conflict());
        assert_eq!(versions.holding().event, version(Some(1), "b"));
    }

    #[test]
    fn the_same_again_is_a_duplicate() {
        let mut versions = Versions::new(version(None, "a"), Time(0));
        assert_eq!(versions.add(version(None, "a"), Time(1)), Arrival::Duplicate);
        assert_eq!(versions.all().len(), 1);
        assert!(!versions.has_conflict());
    }

    #[test]
    fn a_retraction_may_come_before_what_it_voids() {
        let retraction = Event {
            updated_at: Some(Time(5)),
            retracted: true,
            content: None,
            ..version(None, "")
        };
        let mut versions = Versions::new(retraction.clone(), Time(0));
        assert_eq!(versions.add(version(Some(1), "a"), Time(1)), Arrival::Older);
        assert_eq!(versions.holding().event, retraction);
    }

    proptest! {
        #[test]
        fn what_holds_does_not_depend_on_the_order_of_arrival(
            mut all in prop::collection::vec((prop::option::of(0i64..3), "[ab]"), 1..6), seed: u64,
        ) {
            let hold = |all: &[(Option<i64>, String)]| {
                let mut versions: Option<Versions> = None;
                for (updated_at, remark) in all {
                    let event = version(*updated_at, remark);
                    match &mut versions {
                        None => versions = Some(Versions::new(event, Time(0))),
                        Some(versions) => { versions.add(event, Time(0)); }
                    }
                }
                let versions = versions.unwrap();
                (versions.holding().event.clone(), versions.has_conflict())
            };
            let first = hold(&all);
            let n = all.len();
            all.rotate_left(seed as usize % n);
            all.swap(0, (seed >> 8) as usize % n);
            prop_assert_eq!(hold(&all), first);
        }
    }
}
