//! Lists of parcels: those in memory and those in the store as one, exact at one moment. What is in memory counts as it is
//! there, and its entry in the store is passed over.

use super::facts::{Test, Wanted};
use super::keys::{Key, ParcelId};
use super::state::{Held, State, StateError};
use super::store::{By, ListReader, Listed, Scan, Store};
use rustc_hash::FxHashSet;
use shared::parcels::{DocumentKind, Parcel};
use shared::time::Time;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// In which order a list stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By the time by which it is listed, the newest first.
    #[default]
    Newest,
    /// The oldest first.
    Oldest,
    /// By seconds from receipt to release, the longest first; the others behind them.
    Longest,
}

impl Order {
    /// All of them.
    pub const ALL: [Order; 3] = [Order::Newest, Order::Oldest, Order::Longest];

    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            Order::Newest => "newest",
            Order::Oldest => "oldest",
            Order::Longest => "longest",
        }
    }
}

/// A list.
#[derive(Clone, Debug)]
pub struct Query {
    /// The site, by its place in the configuration.
    pub site: usize,
    /// By which time.
    pub by: By,
    /// From (inclusive).
    pub from: Time,
    /// To (exclusive).
    pub to: Time,
    /// Which parcels.
    pub wanted: Wanted,
    /// A number: of an order, a payment, a waybill or a list.
    pub number: Option<String>,
    /// In which order.
    pub order: Order,
}

/// Where an entry stands in its list: what it is sorted by, then its parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// What it is sorted by, so that the first is the least.
    sort: (i64, i64),
    /// The parcel.
    pub parcel: ParcelId,
}

impl Place {
    fn of(order: Order, at: Time, seconds: Option<u64>, parcel: ParcelId) -> Place {
        let sort = match order {
            Order::Newest => (0, at.0.saturating_neg()),
            Order::Oldest => (0, at.0),
            Order::Longest => {
                let seconds = seconds.map_or(1, |seconds| {
                    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_neg()
                });
                (seconds, at.0.saturating_neg())
            }
        };
        Place { sort, parcel }
    }

    /// Reads a cursor.
    pub fn parse(text: &str) -> Option<Place> {
        let mut parts = text.split('.');
        let (first, second, parcel) = (parts.next()?, parts.next()?, parts.next()?);
        let place = Place {
            sort: (first.parse().ok()?, second.parse().ok()?),
            parcel: parcel.parse().ok()?,
        };
        parts.next().is_none().then_some(place)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.sort.0, self.sort.1, self.parcel)
    }
}

/// A page of a list.
#[derive(Debug)]
pub struct Page {
    /// Its parcels.
    pub parcels: Vec<Arc<Parcel>>,
    /// Where the next page begins; none behind the last.
    pub next: Option<Place>,
    /// The change up to which it holds.
    pub sequence: u64,
}

/// A list of which the part in memory is known.
struct Begun<'s> {
    query: Query,
    test: Test,
    behind: Option<Place>,
    most: usize,
    reader: ListReader<'s>,
    found: BTreeMap<Place, Option<Arc<Parcel>>>,
    in_memory: FxHashSet<ParcelId>,
    sequence: u64,
}

/// A page of a list, behind a place. The state is locked only while memory is looked through; `state` gives it.
pub fn page<'s>(
    state: impl FnOnce() -> std::sync::RwLockReadGuard<'s, State>,
    store: &Store,
    query: Query,
    behind: Option<Place>,
    most: usize,
) -> Result<Page, StateError> {
    let begun = {
        let state = state();
        // As of this very state: nothing is written while it is locked.
        let reader = store.list_reader()?;
        let test = Test::new(query.wanted.clone(), &state.names);
        let mut begun = Begun {
            test,
            behind,
            most,
            reader,
            found: BTreeMap::new(),
            in_memory: FxHashSet::default(),
            sequence: state.sequence,
            query,
        };
        match begun.query.number.clone() {
            Some(number) => begun.look_up(&state, &number)?,
            None => begun.remember(&state),
        }
        begun
    };
    Ok(begun.finish()?)
}

impl Begun<'_> {
    fn wants(&self, listed: &Listed) -> Option<Time> {
        let query = &self.query;
        let at = listed.at(query.by)?;
        let is_in = listed.site == query.site && at >= query.from && at < query.to;
        (is_in && self.test.takes(&listed.facts, listed.received_at.is_some())).then_some(at)
    }

    /// The period, without what stands in front of the cursor and need not be read again.
    fn period(&self) -> (Time, Time) {
        let (mut from, mut to) = (self.query.from, self.query.to);
        if let Some(behind) = self.behind {
            match self.query.order {
                Order::Newest => to = to.min(Time(behind.sort.1.saturating_neg().saturating_add(1))),
                Order::Oldest => from = from.max(Time(behind.sort.1)),
                Order::Longest => {}
            }
        }
        (from, to)
    }

    fn put(&mut self, place: Place, parcel: Option<Arc<Parcel>>) {
        if self.behind.is_some_and(|behind| place <= behind) {
            return;
        }
        self.found.insert(place, parcel);
        // One more than fits says that there is more.
        while self.found.len() > self.most + 1 {
            self.found.pop_last();
        }
    }

    /// Those of a number, wherever they are.
    fn look_up(&mut self, state: &State, number: &str) -> Result<(), StateError> {
        let mut keys = vec![Key::of_order(number)];
        keys.extend(
            DocumentKind::ALL
                .iter()
                .map(|kind| Key::of_document(*kind, number)),
        );
        for (id, parcel) in state.look_up(&keys)? {
            let has =
                parcel.order() == number || parcel.documents().iter().any(|own| own.identity().id == number);
            let listed = has.then(|| state.listing(id, &parcel)).flatten();
            let Some(listed) = listed else { continue };
            if let Some(at) = self.wants(&listed) {
                self.put(
                    Place::of(self.query.order, at, listed.facts.seconds, id),
                    Some(parcel),
                );
            }
        }
        Ok(())
    }

    fn remember(&mut self, state: &State) {
        self.in_memory = state.parcels.keys().copied().collect();
        let Some(all) = state.listed.get(&(self.query.site, self.query.by)) else {
            return;
        };
        let order = self.query.order;
        let (from, to) = self.period();
        if from >= to {
            return;
        }
        let within = all.range((from, 0)..(to, 0));
        let mut take = |(at, id): &(Time, ParcelId)| -> bool {
            let Some(Held { parcel, listed, .. }) = state.parcels.get(id) else {
                return true;
            };
            let wanted = listed
                .as_ref()
                .and_then(|listed| Some((self.wants(listed)?, listed)));
            if let Some((_, listed)) = wanted {
                let place = Place::of(order, *at, listed.facts.seconds, *id);
                self.put(place, Some(Arc::clone(parcel)));
            }
            // In the order of the index nothing behind a full page matters, but for those of the same moment.
            let last = self
                .found
                .last_key_value()
                .filter(|_| self.found.len() > self.most);
            last.is_none_or(|(last, _)| Place::of(order, *at, None, *id).sort.1 <= last.sort.1)
        };
        match order {
            Order::Newest => _ = within.rev().all(&mut take),
            Order::Oldest => _ = within.into_iter().all(&mut take),
            Order::Longest => within.for_each(|own| {
                take(own);
            }),
        }
    }

    fn finish(mut self) -> Result<Page, crate::engine::store::StoreError> {
        if self.query.number.is_none() {
            self.scan()?;
        }
        let more = self.found.len() > self.most;
        let next = match more {
            true => self.found.keys().nth(self.most - 1).copied(),
            false => None,
        };
        let found = std::mem::take(&mut self.found);
        let mut parcels = Vec::with_capacity(found.len());
        for (place, parcel) in found.into_iter().take(self.most) {
            match parcel {
                Some(parcel) => parcels.push(parcel),
                None => parcels.extend(self.reader.parcel(place.parcel)?.map(Arc::new)),
            }
        }
        Ok(Page {
            parcels,
            next,
            sequence: self.sequence,
        })
    }

    fn scan(&mut self) -> Result<(), crate::engine::store::StoreError> {
        let query = &self.query;
        let order = query.order;
        let (from, to) = self.period();
        let scan = Scan {
            site: query.site,
            by: query.by,
            from,
            to,
            newest: order != Order::Oldest,
        };
        let (mut taken, mut found) = (0, Vec::new());
        let mut last_at = None;
        let (test, in_memory, behind, most) = (&self.test, &self.in_memory, self.behind, self.most);
        let mut take = |at: Time, id: ParcelId, facts: super::facts::Facts| {
            // A page is full only when all of the same moment were seen: they stand by parcel.
            if order != Order::Longest && taken > most && last_at.is_some_and(|last| last != at) {
                return false;
            }
            // Of those that lie in the store and are open there is none outside of memory, so that whoever is asked for as
            // received and not decided is not among them.
            if in_memory.contains(&id) || !test.takes(&facts, true) {
                return true;
            }
            let place = Place::of(order, at, facts.seconds, id);
            if behind.is_none_or(|behind| place > behind) {
                found.push(place);
                taken += 1;
                last_at = Some(at);
            }
            true
        };
        self.reader.scan(scan, &mut take)?;
        for place in found {
            self.put(place, None);
        }
        Ok(())
    }
}

impl State {
    /// The store, for lists.
    pub fn store(&self) -> Arc<Store> {
        Arc::clone(&self.store)
    }
}
