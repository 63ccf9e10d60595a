//! Cells of one site: one for each hour and combination of dimensions, and what they add up to for each day.
//!
//! Durations are kept to the second, as (second, how many): most parcels are released within minutes, so that a cell
//! of ten thousand has a few hundred of them. Every parcel counts in the hour of its receipt (received, and in which
//! hour it was decided) and in the hour of its decision (released or returned).

use super::amount::Fen;
use super::contribution::Contribution;
use super::reasons::Reasons;
use crate::figures::Hour;
use crate::time::Time;
use crate::wire::parcels::{ParcelMode, ParcelState};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// By what parcels are told apart. Platforms and parks are numbers of [`Names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dimensions {
    /// The platform.
    pub platform: u32,
    /// The park.
    pub park: u32,
    /// How it comes in.
    pub mode: Option<ParcelMode>,
    /// Reasons and marks as they are.
    pub reasons: Reasons,
    /// Every reason that ever held it.
    pub was_held: Reasons,
}

/// Names of platforms and parks, each with a number. 0 is no name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<SmolStr>", into = "Vec<SmolStr>")]
pub struct Names {
    names: Vec<SmolStr>,
    numbers: FxHashMap<SmolStr, u32>,
}

impl From<Vec<SmolStr>> for Names {
    fn from(names: Vec<SmolStr>) -> Names {
        let mut all = Names::default();
        for name in &names {
            all.number(Some(name));
        }
        all
    }
}

impl From<Names> for Vec<SmolStr> {
    fn from(names: Names) -> Vec<SmolStr> {
        names.names
    }
}

impl Names {
    /// The number of a name; a new one for a name that has none.
    pub fn number(&mut self, name: Option<&SmolStr>) -> u32 {
        let Some(name) = name else { return 0 };
        if let Some(known) = self.find(name) {
            return known;
        }
        self.names.push(name.clone());
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.clone(), number);
        number
    }

    /// The name of a number.
    pub fn name(&self, number: u32) -> Option<&SmolStr> {
        self.names.get((number as usize).checked_sub(1)?)
    }

    /// The number of a name, if it has one.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// What is counted of one combination of dimensions in one span.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Received here.
    pub received: u64,
    /// Of those received here: in which hour (its minute, see [`Hour`]) how many were decided, sorted. The others are
    /// not decided yet.
    pub decided: Vec<(i32, u64)>,
    /// Released here.
    pub released: u64,
    /// Their value.
    pub value: u64,
    /// Returned here.
    pub returned: u64,
    /// Seconds from receipt to release of those released here, with how many, sorted.
    pub seconds: Vec<(u64, u64)>,
}

/// The cells of one span, sorted by dimensions.
pub type Span = BTreeMap<Dimensions, Cell>;

/// An hour of a site, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourCells {
    /// The site's day that it belongs to.
    pub day: i32,
    /// Its cells.
    pub cells: Span,
}

/// All cells of one site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParcelCells {
    names: Names,
    hours: BTreeMap<i32, HourCells>,
    days: BTreeMap<i32, Span>,
}

impl ParcelCells {
    /// From what was kept.
    pub fn from_hours(names: Names, hours: impl IntoIterator<Item = (i32, HourCells)>) -> ParcelCells {
        let mut cells = ParcelCells {
            names,
            hours: hours.into_iter().collect(),
            days: BTreeMap::new(),
        };
        for hour in cells.hours.values() {
            let day = cells.days.entry(hour.day).or_default();
            for (dimensions, cell) in &hour.cells {
                day.entry(*dimensions).or_default().merge(cell);
            }
        }
        cells
    }

    /// The names of platforms and parks, to be kept with the hours.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// One hour, to be kept; none for an hour of which everything was taken back.
    pub fn of_hour(&self, minute: i32) -> Option<&HourCells> {
        self.hours.get(&minute)
    }

    /// Brings the cells in line with a change of one parcel; `hour_of` gives the hour of a moment at the site. Answers
    /// the hours that changed, each once.
    pub fn replace(
        &mut self,
        before: Option<&Contribution>,
        after: Option<&Contribution>,
        hour_of: &dyn Fn(Time) -> Hour,
    ) -> ChangedHours {
        let mut changed = ChangedHours::default();
        let before = before.and_then(|own| self.counted(own, hour_of));
        let after = after.and_then(|own| self.counted(own, hour_of));
        if before == after {
            return changed;
        }
        for (counted, add) in [(after, true), (before, false)] {
            if let Some(counted) = counted {
                self.change(&counted, add, &mut changed);
            }
        }
        changed
    }

    fn counted(&mut self, own: &Contribution, hour_of: &dyn Fn(Time) -> Hour) -> Option<Counted> {
        let decided = match own.state {
            ParcelState::Released | ParcelState::Returned => own.decided_at.map(hour_of),
            _ => None,
        };
        let received = own.received_at.map(hour_of);
        if decided.is_none() && received.is_none() {
            return None;
        }
        let dimensions = Dimensions {
            platform: self.names.number(own.platform.as_ref()),
            park: self.names.number(own.park.as_ref()),
            mode: own.mode,
            reasons: own.reasons,
            was_held: own.was_held,
        };
        Some(Counted {
            dimensions,
            received,
            decided,
            released: own.state == ParcelState::Released,
            value: own.value,
            seconds: own.seconds.unwrap_or(0),
        })
    }

    fn change(&mut self, own: &Counted, add: bool, changed: &mut ChangedHours) {
        if let Some(hour) = own.received {
            changed.note(hour);
            self.at(hour, own.dimensions, |cell| {
                step(&mut cell.received, 1, add);
                if let Some(decided) = own.decided {
                    put(&mut cell.decided, decided.minute, 1, add);
                }
            });
        }
        if let Some(hour) = own.decided {
            changed.note(hour);
            self.at(hour, own.dimensions, |cell| {
                if !own.released {
                    step(&mut cell.returned, 1, add);
                    return;
                }
                step(&mut cell.released, 1, add);
                step(&mut cell.value, own.value.0, add);
                put(&mut cell.seconds, own.seconds, 1, add);
            });
        }
    }

    /// Changes a cell of an hour and that of its day; what became empty is taken out, so that equal parcels give equal
    /// cells.
    fn at(&mut self, hour: Hour, dimensions: Dimensions, change: impl Fn(&mut Cell)) {
        let own = self.hours.entry(hour.minute).or_default();
        own.day = hour.day;
        at(&mut own.cells, dimensions, &change);
        if own.cells.is_empty() {
            self.hours.remove(&hour.minute);
        }
        let day = self.days.entry(hour.day).or_default();
        at(day, dimensions, &change);
        if day.is_empty() {
            self.days.remove(&hour.day);
        }
    }

    /// The hours from one minute to before another that have cells.
    pub fn hours(&self, from: i32, to: i32) -> impl Iterator<Item = (Hour, &Span)> {
        range(&self.hours, from, to).map(|(minute, hour)| {
            let own = Hour {
                minute: *minute,
                day: hour.day,
            };
            (own, &hour.cells)
        })
    }

    /// The days from one to before another that have cells.
    pub fn days(&self, from: i32, to: i32) -> impl Iterator<Item = (i32, &Span)> {
        range(&self.days, from, to).map(|(day, cells)| (*day, cells))
    }

    /// The first and the last hour (its minute) with anything in it.
    pub fn reach(&self) -> Option<(i32, i32)> {
        Some((*self.hours.first_key_value()?.0, *self.hours.last_key_value()?.0))
    }

    /// The day before another on which most were released, with how many; of equal ones the last.
    pub fn busiest_day(&self, before: i32) -> Option<(i32, u64)> {
        let released = |cells: &Span| cells.values().map(|cell| cell.released).sum::<u64>();
        let days = self
            .days
            .range(..before)
            .map(|(day, cells)| (*day, released(cells)));
        days.filter(|(_, released)| *released > 0)
            .max_by_key(|(day, released)| (*released, *day))
    }
}

/// One parcel as cells count it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Counted {
    dimensions: Dimensions,
    received: Option<Hour>,
    decided: Option<Hour>,
    released: bool,
    value: Fen,
    seconds: u64,
}

/// The hours that a change touched: at most four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangedHours {
    hours: [Option<i32>; 4],
}

impl ChangedHours {
    fn note(&mut self, hour: Hour) {
        if self.hours.contains(&Some(hour.minute)) {
            return;
        }
        // A parcel has two hours before and two behind a change.
        if let Some(free) = self.hours.iter_mut().find(|own| own.is_none()) {
            *free = Some(hour.minute);
        }
    }

    /// Each of them, by its minute.
    pub fn iter(self) -> impl Iterator<Item = i32> {
        self.hours.into_iter().flatten()
    }
}

fn range<T>(spans: &BTreeMap<i32, T>, from: i32, to: i32) -> impl Iterator<Item = (&i32, &T)> {
    spans.range(if from < to { from..to } else { from..from })
}

fn at(span: &mut Span, dimensions: Dimensions, change: &impl Fn(&mut Cell)) {
    let cell = span.entry(dimensions).or_default();
    change(cell);
    if cell.is_empty() {
        span.remove(&dimensions);
    }
}

/// Only what was added is ever taken back, so nothing falls below zero.
fn step(count: &mut u64, by: u64, add: bool) {
    *count = if add {
        *count + by
    } else {
        count.saturating_sub(by)
    };
}

/// Counts in a sorted list; what became zero is taken out.
fn put<K: Ord + Copy>(sorted: &mut Vec<(K, u64)>, key: K, by: u64, add: bool) {
    match sorted.binary_search_by(|own| own.0.cmp(&key)) {
        Ok(place) => {
            step(&mut sorted[place].1, by, add);
            if sorted[place].1 == 0 {
                sorted.remove(place);
            }
        }
        Err(place) if add => sorted.insert(place, (key, by)),
        Err(_) => {}
    }
}

impl Cell {
    fn is_empty(&self) -> bool {
        self.received == 0 && self.released == 0 && self.returned == 0
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Cell) {
        self.received += other.received;
        self.released += other.released;
        self.value += other.value;
        self.returned += other.returned;
        other
            .decided
            .iter()
            .for_each(|own| put(&mut self.decided, own.0, own.1, true));
        other
            .seconds
            .iter()
            .for_each(|own| put(&mut self.seconds, own.0, own.1, true));
    }

    /// Of those received here, how many were not decided before a minute; `None` asks for those that are not decided
    /// at all.
    pub fn open(&self, before: Option<i32>) -> u64 {
        let decided = self
            .decided
            .iter()
            .filter(|own| before.is_none_or(|minute| own.0 < minute));
        self.received - decided.map(|own| own.1).sum::<u64>().min(self.received)
    }
}
