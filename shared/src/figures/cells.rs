//! Cells: one for each hour and combination of dimensions (`semantics.md` §5: hours are the finest cell), and
//! what they add up to for each day, month and year.
//!
//! An hour keeps its durations to the second, eight bytes each: a histogram of the few that share an hour and all
//! dimensions would be larger than they are. Days, months and years keep histograms of whole minutes. Clocks are kept
//! by the hour alone: which of them still run depends on the moment that is asked for.

use super::Selection;
use super::change::{CellChange, Counts, Series, Unit, What};
use super::histogram::Histogram;
use super::hour::{self, Hour, month_of};
use super::memo::Memo;
use super::tally::Tally;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One hour of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourCells {
    /// The site's day that it belongs to.
    day: i32,
    /// Durations by series, sorted: dimensions, whole seconds.
    durations: [Vec<u64>; Series::COUNT],
    /// Counts by dimensions, sorted.
    counts: Vec<(u8, Counts)>,
    /// Clocks that began, sorted: unit, dimensions, hour of release.
    clocks: Vec<u64>,
}

/// A day, a month or a year of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollUp {
    /// Durations by series and dimensions, sorted.
    durations: Vec<((u8, u8), Histogram)>,
    counts: Vec<(u8, Counts)>,
}

/// All cells of one site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    hours: BTreeMap<i32, HourCells>,
    days: BTreeMap<i32, RollUp>,
    months: BTreeMap<i32, RollUp>,
    years: BTreeMap<i32, RollUp>,
}

/// An hour, a day, a month or a year that has cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// By its minute, see [`Hour::minute`].
    Hour(i32),
    /// By its day since 1970.
    Day(i32),
    /// By its month since the year 0.
    Month(i32),
    /// By its year.
    Year(i32),
}

impl Span {
    /// The spans that an hour belongs to, the finest first.
    pub fn around(hour: Hour) -> [Span; 4] {
        let month = month_of(hour.day);
        [
            Span::Hour(hour.minute),
            Span::Day(hour.day),
            Span::Month(month),
            Span::Year(month.div_euclid(12)),
        ]
    }
}

/// The cells of one span.
#[derive(Clone, Copy, Debug)]
pub enum Piece<'a> {
    /// Of an hour.
    Hour(&'a HourCells),
    /// Of anything longer.
    RollUp(&'a RollUp),
}

#[derive(Clone, Copy)]
enum Sign {
    Plus,
    Minus,
}

impl Cells {
    /// Adds what stays and declarations add.
    pub fn add(&mut self, changes: &[CellChange]) {
        self.apply(changes, Sign::Plus);
    }

    /// Takes back what was added.
    pub fn subtract(&mut self, changes: &[CellChange]) {
        self.apply(changes, Sign::Minus);
    }

    /// Takes back what was added before, and adds what is added now; what is in both is left alone, for most events
    /// change little of what their stay adds. Brings a memo in line with it, and answers the hours in which something
    /// changed.
    pub fn replace(&mut self, before: &[CellChange], after: &[CellChange], memo: &mut Memo) -> Vec<Hour> {
        let mut added = after.to_vec();
        let mut taken = Vec::with_capacity(before.len());
        for change in before {
            match added.iter().position(|other| other == change) {
                Some(place) => {
                    added.swap_remove(place);
                }
                None => taken.push(*change),
            }
        }
        added.sort_unstable_by_key(|change| change.hour);
        taken.sort_unstable_by_key(|change| change.hour);
        self.add(&added);
        self.subtract(&taken);
        memo.follow(&added, &taken);
        let mut hours: Vec<Hour> = added.iter().chain(&taken).map(|change| change.hour).collect();
        hours.sort_unstable();
        hours.dedup();
        hours
    }

    /// The hours from one minute to before another that have cells, with them.
    pub fn hours(&self, from: i32, to: i32) -> impl Iterator<Item = (Hour, &HourCells)> {
        range(&self.hours, from, to).map(|(minute, cells)| {
            let hour = Hour {
                minute: *minute,
                day: cells.day,
            };
            (hour, cells)
        })
    }

    /// Days from one to before another, of those that have cells.
    pub fn days(&self, from: i32, to: i32) -> impl Iterator<Item = (i32, Piece<'_>)> {
        range(&self.days, from, to).map(|(day, cells)| (*day, Piece::RollUp(cells)))
    }

    /// Months from one to before another, of those that have cells.
    pub fn months(&self, from: i32, to: i32) -> impl Iterator<Item = (i32, Piece<'_>)> {
        range(&self.months, from, to).map(|(month, cells)| (*month, Piece::RollUp(cells)))
    }

    /// Years from one to before another, of those that have cells.
    pub fn years(&self, from: i32, to: i32) -> impl Iterator<Item = (i32, Piece<'_>)> {
        range(&self.years, from, to).map(|(year, cells)| (*year, Piece::RollUp(cells)))
    }

    /// The cells of one hour, to be kept; none for an hour of which everything was taken back.
    pub fn of_hour(&self, minute: i32) -> Option<&HourCells> {
        self.hours.get(&minute)
    }

    /// All cells from those of the hours that were kept.
    pub fn from_hours(hours: impl IntoIterator<Item = (i32, HourCells)>) -> Cells {
        let mut cells = Cells {
            hours: hours.into_iter().collect(),
            ..Cells::default()
        };
        let mut of_day: Vec<&HourCells> = Vec::new();
        let mut hours = cells.hours.values().peekable();
        while let Some(hour) = hours.next() {
            of_day.push(hour);
            if hours.peek().is_none_or(|next| next.day != hour.day) {
                cells.days.insert(hour.day, RollUp::of_hours(&of_day));
                of_day.clear();
            }
        }
        for (day, roll_up) in &cells.days {
            cells.months.entry(month_of(*day)).or_default().merge(roll_up);
        }
        for (month, roll_up) in &cells.months {
            cells
                .years
                .entry(month.div_euclid(12))
                .or_default()
                .merge(roll_up);
        }
        cells
    }

    /// First and last hour with anything in it.
    pub fn span(&self) -> Option<(Time, Time)> {
        let (first, last) = (self.hours.first_key_value()?.0, self.hours.last_key_value()?.0);
        Some((hour::begins(*first), hour::begins(*last)))
    }

    /// Bytes that all cells take.
    pub fn bytes(&self) -> usize {
        let hours: usize = self.hours.values().map(HourCells::bytes).sum();
        let rolled: usize = [&self.days, &self.months, &self.years]
            .into_iter()
            .flat_map(BTreeMap::values)
            .map(RollUp::bytes)
            .sum();
        hours + rolled
    }

    /// Applies changes, of which those of one hour best stand together: each hour is looked up once for them.
    fn apply(&mut self, changes: &[CellChange], sign: Sign) {
        for of_hour in changes.chunk_by(|a, b| a.hour == b.hour) {
            let Some(hour) = of_hour.first().map(|change| change.hour) else {
                continue;
            };
            let cells = self.hours.entry(hour.minute).or_default();
            cells.day = hour.day;
            of_hour.iter().for_each(|change| cells.apply(change, sign));
            if cells.is_empty() {
                self.hours.remove(&hour.minute);
            }
            let month = month_of(hour.day);
            let levels = [
                (&mut self.days, hour.day),
                (&mut self.months, month),
                (&mut self.years, month.div_euclid(12)),
            ];
            for (spans, key) in levels {
                let roll_up = spans.entry(key).or_default();
                of_hour.iter().for_each(|change| roll_up.apply(change, sign));
                // One that became empty is taken out, so that equal stays give equal cells.
                if roll_up.is_empty() {
                    spans.remove(&key);
                }
            }
        }
    }
}

fn range<T>(spans: &BTreeMap<i32, T>, from: i32, to: i32) -> impl Iterator<Item = (&i32, &T)> {
    spans.range(if from < to { from..to } else { from..from })
}

impl HourCells {
    fn apply(&mut self, change: &CellChange, sign: Sign) {
        match change.what {
            What::Count(count, by) => {
                apply_count(&mut self.counts, change.dimensions, sign, |own| match sign {
                    Sign::Plus => own.add(count, by),
                    Sign::Minus => own.subtract(count, by),
                });
            }
            What::Duration(series, seconds) => {
                let durations = &mut self.durations[series.code()];
                put(durations, duration(change.dimensions, seconds), sign);
            }
            What::Clock(unit, released) => {
                put(&mut self.clocks, clock(unit, change.dimensions, released), sign);
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.durations.iter().all(Vec::is_empty) && self.counts.is_empty() && self.clocks.is_empty()
    }

    fn bytes(&self) -> usize {
        let durations: usize = self.durations.iter().map(Vec::capacity).sum();
        size_of::<HourCells>()
            + (durations + self.clocks.capacity()) * size_of::<u64>()
            + self.counts.capacity() * size_of::<(u8, Counts)>()
    }
}

/// Puts a number into a sorted list, or takes one out.
fn put(sorted: &mut Vec<u64>, number: u64, sign: Sign) {
    let place = sorted.partition_point(|own| *own < number);
    match sign {
        Sign::Plus => {
            grow(sorted);
            sorted.insert(place, number);
        }
        // Only what was added is ever taken back.
        Sign::Minus if sorted.get(place) == Some(&number) => {
            sorted.remove(place);
        }
        Sign::Minus => {}
    }
}

/// Makes room by a quarter: there are many short lists, and to double each would leave much of the memory unused.
pub(super) fn grow<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 4).max(2));
    }
}

fn apply_count(counts: &mut Vec<(u8, Counts)>, dimensions: u8, sign: Sign, change: impl FnOnce(&mut Counts)) {
    match (counts.binary_search_by_key(&dimensions, |own| own.0), sign) {
        (Ok(place), _) => {
            change(&mut counts[place].1);
            if counts[place].1.is_empty() {
                counts.remove(place);
            }
        }
        (Err(place), Sign::Plus) => {
            let mut own = Counts::default();
            change(&mut own);
            grow(counts);
            counts.insert(place, (dimensions, own));
        }
        (Err(_), Sign::Minus) => {}
    }
}

/// Dimensions and whole seconds in one number that sorts in this order.
fn duration(dimensions: u8, seconds: u64) -> u64 {
    u64::from(dimensions) << 48 | seconds.min(SECONDS)
}

/// Nine million years.
const SECONDS: u64 = (1 << 48) - 1;

/// Unit, dimensions and hour of release in one number that sorts in this order; what runs comes last.
fn clock(unit: Unit, dimensions: u8, released: Option<Hour>) -> u64 {
    // Times before 1970 are refused, so the sign bit is free to say that there is none.
    let released = released.map_or(u32::MAX, |hour| hour.minute.cast_unsigned());
    (unit as u64) << 40 | u64::from(dimensions) << 32 | u64::from(released)
}

const RUNS: u32 = u32::MAX;

impl RollUp {
    fn of_hours(hours: &[&HourCells]) -> RollUp {
        let mut roll_up = RollUp::default();
        for (series, code) in (0..Series::COUNT).zip(0_u8..) {
            let of_series = hours.iter().flat_map(|hour| &hour.durations[series]);
            let mut durations: Vec<u64> = of_series.copied().collect();
            durations.sort_unstable();
            for alike in durations.chunk_by(|a, b| a >> 48 == b >> 48) {
                let mut histogram = Histogram::default();
                alike.iter().for_each(|own| histogram.add(own & SECONDS));
                let dimensions = alike.first().map_or(0, |own| (own >> 48) as u8);
                roll_up.durations.push(((code, dimensions), histogram));
            }
        }
        for (dimensions, counts) in hours.iter().flat_map(|hour| &hour.counts) {
            apply_count(&mut roll_up.counts, *dimensions, Sign::Plus, |own| {
                own.merge(counts);
            });
        }
        roll_up
    }

    /// Adds all of another.
    fn merge(&mut self, other: &RollUp) {
        for (key, histogram) in &other.durations {
            match self.durations.binary_search_by_key(key, |own| own.0) {
                Ok(place) => self.durations[place].1.merge(histogram),
                Err(place) => self.durations.insert(place, (*key, histogram.clone())),
            }
        }
        for (dimensions, counts) in &other.counts {
            apply_count(&mut self.counts, *dimensions, Sign::Plus, |own| own.merge(counts));
        }
    }

    fn apply(&mut self, change: &CellChange, sign: Sign) {
        match change.what {
            What::Count(count, by) => {
                apply_count(&mut self.counts, change.dimensions, sign, |own| match sign {
                    Sign::Plus => own.add(count, by),
                    Sign::Minus => own.subtract(count, by),
                });
            }
            What::Duration(series, seconds) => {
                self.apply_duration((series.code() as u8, change.dimensions), seconds, sign);
            }
            What::Clock(..) => {}
        }
    }

    fn apply_duration(&mut self, key: (u8, u8), seconds: u64, sign: Sign) {
        match (self.durations.binary_search_by_key(&key, |own| own.0), sign) {
            (Ok(place), Sign::Plus) => self.durations[place].1.add(seconds),
            (Ok(place), Sign::Minus) => {
                self.durations[place].1.subtract(seconds);
                if self.durations[place].1.count() == 0 {
                    self.durations.remove(place);
                }
            }
            (Err(place), Sign::Plus) => {
                let mut histogram = Histogram::default();
                histogram.add(seconds);
                self.durations.insert(place, (key, histogram));
            }
            (Err(_), Sign::Minus) => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.durations.is_empty() && self.counts.is_empty()
    }

    fn bytes(&self) -> usize {
        let histograms: usize = self
            .durations
            .iter()
            .map(|(_, histogram)| histogram.bytes())
            .sum();
        size_of::<RollUp>()
            + histograms
            + self.durations.capacity() * size_of::<((u8, u8), Histogram)>()
            + self.counts.capacity() * size_of::<(u8, Counts)>()
    }
}

/// The range of a sorted list in which a key lies.
fn keyed<T>(sorted: &[T], key: impl Fn(&T) -> u64, wanted: u64) -> &[T] {
    let from = sorted.partition_point(|own| key(own) < wanted);
    let length = sorted[from..].partition_point(|own| key(own) == wanted);
    &sorted[from..from + length]
}

impl<'a> Piece<'a> {
    /// Counts by dimensions.
    pub fn counts(self) -> &'a [(u8, Counts)] {
        match self {
            Piece::Hour(hour) => &hour.counts,
            Piece::RollUp(roll_up) => &roll_up.counts,
        }
    }

    /// Puts the durations of a series into a tally, of the selected dimensions.
    pub fn tell(self, series: Series, selection: &Selection, tally: &mut Tally) {
        match self {
            Piece::Hour(hour) => {
                for own in &hour.durations[series.code()] {
                    if selection.contains((own >> 48) as u8) {
                        tally.add(own & SECONDS);
                    }
                }
            }
            Piece::RollUp(roll_up) => {
                let of_series = keyed(&roll_up.durations, |own| u64::from(own.0.0), series.code() as u64);
                for ((_, dimensions), histogram) in of_series {
                    if selection.contains(*dimensions) {
                        histogram.tell(tally);
                    }
                }
            }
        }
    }
}

impl HourCells {
    /// How many clocks that began here, of the selected dimensions, still ran at a moment.
    pub fn running_at(&self, unit: Unit, selection: &Selection, at: Time) -> u64 {
        let least = hour::minute_of(at).max(0).cast_unsigned();
        let clocks = keyed(&self.clocks, |own| own >> 40, unit as u64);
        let running = clocks.iter().filter(|clock| {
            let released = **clock as u32;
            (released == RUNS || released >= least) && selection.contains((**clock >> 32) as u8)
        });
        running.count() as u64
    }

    /// How many clocks never ended, and the latest hour of release of the others: what decides at once how many
    /// run after it.
    pub fn clocks(&self, unit: Unit, selection: &Selection) -> Clocks {
        let mut clocks = Clocks::default();
        for clock in keyed(&self.clocks, |own| own >> 40, unit as u64) {
            if selection.contains((clock >> 32) as u8) {
                match *clock as u32 {
                    RUNS => clocks.running += 1,
                    released => clocks.latest = clocks.latest.max(released.cast_signed()),
                }
            }
        }
        clocks
    }
}

/// Clocks that began in a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    /// How many never ended.
    pub running: u64,
    /// The latest hour of release of the others, see [`Hour::minute`].
    pub latest: i32,
}

impl Clocks {
    /// With those of another span.
    #[must_use]
    pub fn with(self, other: Clocks) -> Clocks {
        Clocks {
            running: self.running + other.running,
            latest: self.latest.max(other.latest),
        }
    }
}
