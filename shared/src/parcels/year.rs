//! What a buyer bought in a calendar year: exact however late an order, a correction or a withdrawal comes.
//!
//! The orders of a year stand in the order in which they were placed. An order by which the total would pass the limit
//! is over, and does not count for later ones.

use super::amount::Fen;
use super::identity::HashedIdentity;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Whose year it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct YearKey {
    /// The buyer.
    pub buyer: HashedIdentity,
    /// The calendar year of the site.
    pub year: i32,
}

/// One order of a year. Sorted by time, then number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct YearEntry {
    /// When it was placed.
    pub at: Time,
    /// Its number.
    pub order: SmolStr,
    /// What it counts.
    pub value: Fen,
}

/// What one order means in its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearStanding {
    /// Whether it is over the limit.
    pub over: bool,
    /// The total up to it, with it also when it is over.
    pub with_this: Fen,
}

/// A buyer's year. Kept as its entries alone: which of them are over follows from the limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuyersYear {
    orders: Vec<Counted>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Counted {
    entry: YearEntry,
    over: bool,
    /// The total behind it.
    total: Fen,
}

impl BuyersYear {
    /// A year from its entries, in any order.
    pub fn new(entries: impl IntoIterator<Item = YearEntry>, limit: Fen) -> BuyersYear {
        let count = |entry| Counted {
            entry,
            over: false,
            total: Fen(u64::MAX),
        };
        let mut year = BuyersYear {
            orders: entries.into_iter().map(count).collect(),
        };
        year.orders.sort_by(|a, b| a.entry.cmp(&b.entry));
        let all = year.orders.len();
        year.count_from(0, all, limit);
        year
    }

    /// Its entries, as they were placed.
    pub fn entries(&self) -> impl Iterator<Item = &YearEntry> {
        self.orders.iter().map(|own| &own.entry)
    }

    /// Whether it has no orders.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// Puts an order in. Answers whether it is over, and the other orders that are over now and were not, or the other
    /// way round.
    pub fn insert(&mut self, entry: YearEntry, limit: Fen) -> (bool, Vec<SmolStr>) {
        let place = self.orders.partition_point(|own| own.entry < entry);
        self.orders.insert(
            place,
            Counted {
                entry,
                over: false,
                total: Fen(u64::MAX),
            },
        );
        let mut changed = self.count_from(place, place + 1, limit);
        let over = self.orders[place].over;
        changed.retain(|order| *order != self.orders[place].entry.order);
        (over, changed)
    }

    /// Takes an order out. Answers the other orders that are over now and were not, or the other way round.
    pub fn remove(&mut self, entry: &YearEntry, limit: Fen) -> Vec<SmolStr> {
        match self.orders.binary_search_by(|own| own.entry.cmp(entry)) {
            Ok(place) => {
                self.orders.remove(place);
                self.count_from(place, place, limit)
            }
            Err(_) => Vec::new(),
        }
    }

    /// What an order means; `None` for one that is not in it.
    pub fn standing(&self, entry: &YearEntry) -> Option<YearStanding> {
        let place = self.orders.binary_search_by(|own| own.entry.cmp(entry)).ok()?;
        let before = self.total_before(place);
        Some(YearStanding {
            over: self.orders[place].over,
            with_this: Fen(before.0 + entry.value.0),
        })
    }

    /// What counts of the whole year.
    pub fn total(&self) -> Fen {
        self.total_before(self.orders.len())
    }

    /// How many orders count.
    pub fn counted(&self) -> usize {
        self.orders.iter().filter(|own| !own.over).count()
    }

    fn total_before(&self, place: usize) -> Fen {
        let before = place.checked_sub(1).and_then(|place| self.orders.get(place));
        before.map_or(Fen(0), |own| own.total)
    }

    /// Counts from a place on, at least up to another and then until nothing is other than it was.
    fn count_from(&mut self, place: usize, at_least: usize, limit: Fen) -> Vec<SmolStr> {
        let mut total = self.total_before(place);
        let mut changed = Vec::new();
        for (place, own) in self.orders.iter_mut().enumerate().skip(place) {
            let with = Fen(total.0 + own.entry.value.0);
            let over = with > limit;
            if !over {
                total = with;
            }
            if over != own.over {
                changed.push(own.entry.order.clone());
            }
            let same = own.total == total && own.over == over;
            own.over = over;
            own.total = total;
            if same && place >= at_least {
                break;
            }
        }
        changed
    }
}
