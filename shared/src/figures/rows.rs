//! Rows: cells put together by bucket and group.

use super::cells::{Cells, Clocks, Piece, Span};
use super::change::{Count, Counts, Series, Unit};
use super::dimensions::{By, Dimensions, Filter, Selection};
use super::hour::{Calendar, begins, first_day, minute_of, month_of};
use super::memo::{Busiest, Memo, Of};
use super::tally::{Summary, Tally};
use crate::event::Direction;
use crate::stay::Mode;
use crate::time::Time;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How wide a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// An hour of the site.
    Hour,
    /// A day of the site.
    Day,
    /// A month of the site.
    Month,
    /// A year of the site.
    Year,
}

impl Bucket {
    /// Every width, the finest first.
    pub const ALL: [Bucket; 4] = [Bucket::Hour, Bucket::Day, Bucket::Month, Bucket::Year];

    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            Bucket::Hour => "hour",
            Bucket::Day => "day",
            Bucket::Month => "month",
            Bucket::Year => "year",
        }
    }

    /// The width of a name that travels.
    pub fn from_name(name: &str) -> Option<Bucket> {
        Bucket::ALL.into_iter().find(|bucket| bucket.name() == name)
    }

    /// The beginning of the bucket in which a moment lies, and of the one behind it. An hour is looked up by its
    /// beginning.
    pub fn around(self, at: Time, calendar: &dyn Calendar) -> (Time, Time) {
        let day = calendar.day_of(at);
        let (first, next) = match self {
            Bucket::Hour => return (at, calendar.next_hour(at)),
            Bucket::Day => (day, day + 1),
            Bucket::Month => {
                let month = month_of(day);
                (first_day(month), first_day(month + 1))
            }
            Bucket::Year => {
                let year = month_of(day).div_euclid(12);
                (first_day(year * 12), first_day(year * 12 + 12))
            }
        };
        (calendar.day_begins(first), calendar.day_begins(next))
    }
}

/// What rows are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// First moment that counts, at the beginning of an hour.
    pub from: Time,
    /// First moment that no longer counts.
    pub to: Time,
    /// `None` for one row a group.
    pub bucket: Option<Bucket>,
    /// What the rows group by.
    pub groups: &'a [By],
    /// Which stays count.
    pub filter: &'a Filter,
    /// What clearance counts.
    pub unit: Unit,
    /// The durations that are summarised.
    pub series: &'a [Series],
}

/// One row before it travels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// When its bucket begins.
    pub bucket: Option<Time>,
    /// The values of its groups.
    pub group: Vec<&'static str>,
    /// The combinations that it counts.
    pub selection: Selection,
    /// Everything that is counted.
    pub counts: Counts,
    /// Of the stays that left: direct, stacked, and of which neither is known.
    pub modes: Modes,
    /// Boxes over the quay on their way from vessel to vessel, and their TEU in halves.
    pub transshipped: (u64, u64),
    /// Clocks that began here and still ran at the end of the period.
    pub open: u64,
    /// The asked-for durations, in the order in which they were asked for.
    pub summaries: Vec<Summary>,
}

/// Stays that left, by whether they had been stacked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    /// Never stacked.
    pub direct: u64,
    /// Stacked.
    pub stacked: u64,
    /// Neither is known.
    pub unknown: u64,
}

impl Modes {
    /// Direct ÷ (direct + stacked).
    pub fn direct_share(self) -> Option<f64> {
        let known = self.direct + self.stacked;
        (known > 0).then(|| self.direct as f64 / known as f64)
    }
}

impl Row {
    fn new(bucket: Option<Time>, slot: &Slot) -> Row {
        Row {
            bucket,
            group: slot.group.clone(),
            selection: slot.selection,
            counts: Counts::default(),
            modes: Modes::default(),
            transshipped: (0, 0),
            open: 0,
            summaries: Vec::new(),
        }
    }

    fn add(&mut self, dimensions: &Dimensions, counts: &Counts) {
        self.counts.merge(counts);
        let left = counts.of(Count::Left);
        match dimensions.mode {
            Mode::Direct => self.modes.direct += left,
            Mode::Stacked => self.modes.stacked += left,
            Mode::Unknown => self.modes.unknown += left,
        }
        if dimensions.direction == Some(Direction::Transshipment) {
            self.transshipped.0 += counts.of(Count::Discharged) + counts.of(Count::Loaded);
            self.transshipped.1 += counts.of(Count::DischargedHalfTeu) + counts.of(Count::LoadedHalfTeu);
        }
    }
}

/// The combinations of one group.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) group: Vec<&'static str>,
    pub(super) selection: Selection,
}

/// The groups that a filter lets through, in order, and the one of each combination.
pub(super) fn slots(groups: &[By], filter: &Filter) -> (Vec<Slot>, Vec<Option<usize>>) {
    let group_of = |dimensions: &Dimensions| groups.iter().map(|by| by.value(dimensions)).collect();
    let mut found: BTreeMap<Vec<&'static str>, Selection> = BTreeMap::new();
    let taken = || Dimensions::all().filter(|dimensions| filter.takes(dimensions));
    for dimensions in taken() {
        let selection: &mut Selection = found.entry(group_of(&dimensions)).or_default();
        selection.insert(dimensions.code());
    }
    let slots: Vec<Slot> = found
        .into_iter()
        .map(|(group, selection)| Slot { group, selection })
        .collect();
    let slot_of = Dimensions::all()
        .map(|dimensions| {
            slots
                .iter()
                .position(|slot| slot.selection.contains(dimensions.code()))
        })
        .collect();
    (slots, slot_of)
}

/// The cells of one bucket.
struct OfBucket<'a> {
    begins: Option<Time>,
    from: Time,
    to: Time,
    pieces: Vec<(Span, Piece<'a>)>,
}

/// The rows of a period, by bucket, then by group, without those in which nothing is counted. Durations are held
/// against the target of the memo.
pub fn rows(cells: &Cells, memo: &Mutex<Memo>, query: &Query<'_>, calendar: &dyn Calendar) -> Vec<Row> {
    let (slots, slot_of) = slots(query.groups, query.filter);
    let mut tally = Tally::default();
    let mut rows = Vec::new();
    let asking = Asking {
        cells,
        memo,
        query,
        calendar,
    };
    for bucket in buckets(cells, query, calendar) {
        let mut of_slots: Vec<Row> = slots.iter().map(|slot| Row::new(bucket.begins, slot)).collect();
        for (_, piece) in &bucket.pieces {
            for (code, counts) in piece.counts() {
                let slot = slot_of.get(usize::from(*code)).copied().flatten();
                if let Some(row) = slot.and_then(|slot| of_slots.get_mut(slot)) {
                    row.add(&Dimensions::of_code(*code), counts);
                }
            }
        }
        for mut row in of_slots.into_iter().filter(|row| !row.counts.is_empty()) {
            row.open = open(&asking, &bucket, &row);
            for series in query.series {
                row.summaries
                    .push(summary(&bucket, *series, row.selection, memo, &mut tally));
            }
            rows.push(row);
        }
    }
    rows
}

/// Every duration of a series of a period, as minutes with their counts, the shortest first.
pub fn minutes(
    cells: &Cells,
    (from, to): (Time, Time),
    selection: &Selection,
    series: Series,
    calendar: &dyn Calendar,
) -> Vec<(u32, u32)> {
    let mut tally = Tally::default();
    for (_, piece) in pieces(cells, from, to, calendar) {
        piece.tell(series, selection, &mut tally);
    }
    tally.take_minutes()
}

/// The first hour and the first day with the most moves over the quay, with moves and half TEU.
pub fn peaks(
    cells: &Cells,
    memo: &Mutex<Memo>,
    query: &Query<'_>,
    calendar: &dyn Calendar,
) -> [Option<(Time, u64, u64)>; 2] {
    let selection = Selection::of(|dimensions| query.filter.takes(dimensions));
    let of_days = Query {
        bucket: Some(Bucket::Day),
        ..*query
    };
    let (mut best_hour, mut best_day) = (None, None);
    for bucket in buckets(cells, &of_days, calendar) {
        let busiest = busiest(cells, memo, &bucket, selection);
        let (hour, moves, halves) = busiest.hour;
        better(&mut best_hour, (begins(hour), moves, halves));
        let first = bucket.begins.unwrap_or(bucket.from);
        better(&mut best_day, (first, busiest.day.0, busiest.day.1));
    }
    [best_hour, best_day]
}

/// Takes what has more moves than the best before.
fn better(best: &mut Option<(Time, u64, u64)>, other: (Time, u64, u64)) {
    if other.1 > best.map_or(0, |(_, most, _)| most) {
        *best = Some(other);
    }
}

/// The moves of a day, or of a part of one at the end of a period.
fn busiest(cells: &Cells, memo: &Mutex<Memo>, bucket: &OfBucket<'_>, selection: Selection) -> Busiest {
    // A memo holds nothing that a panic could leave half done.
    let lock = || memo.lock().unwrap_or_else(PoisonError::into_inner);
    let day = match bucket.pieces.as_slice() {
        [(Span::Day(day), _)] => Some(*day),
        _ => None,
    };
    if let Some(known) = day.and_then(|day| lock().busiest(day, selection)) {
        return known;
    }
    let mut busiest = Busiest::default();
    for (hour, cells) in cells.hours(minute_of(bucket.from), minute_of(bucket.to)) {
        let (mut moves, mut halves) = (0, 0);
        for (code, counts) in Piece::Hour(cells).counts() {
            if selection.contains(*code) {
                moves += counts.of(Count::Discharged) + counts.of(Count::Loaded);
                halves += counts.of(Count::DischargedHalfTeu) + counts.of(Count::LoadedHalfTeu);
            }
        }
        busiest.day.0 += moves;
        busiest.day.1 += halves;
        if moves > busiest.hour.1 {
            busiest.hour = (hour.minute, moves, halves);
        }
    }
    if let Some(day) = day {
        lock().keep_busiest(day, selection, busiest);
    }
    busiest
}

fn buckets<'a>(cells: &'a Cells, query: &Query<'_>, calendar: &dyn Calendar) -> Vec<OfBucket<'a>> {
    let (from, to) = (query.from, query.to);
    if from >= to {
        return Vec::new();
    }
    let begins: Vec<Time> = match query.bucket {
        None => {
            let pieces = pieces(cells, from, to, calendar);
            return vec![OfBucket {
                begins: None,
                from,
                to,
                pieces,
            }];
        }
        Some(Bucket::Hour) => {
            let hours = cells.hours(minute_of(from), minute_of(to));
            return hours
                .map(|(hour, cells)| OfBucket {
                    begins: Some(hour.begins()),
                    from: hour.begins(),
                    to: hour.begins(),
                    pieces: vec![(Span::Hour(hour.minute), Piece::Hour(cells))],
                })
                .collect();
        }
        Some(Bucket::Day) => {
            let (first, last) = days_of(from, to, calendar);
            let days = cells.days(first, last + 1);
            days.map(|(day, _)| calendar.day_begins(day)).collect()
        }
        Some(Bucket::Month) => {
            let (first, last) = days_of(from, to, calendar);
            let months = cells.months(month_of(first), month_of(last) + 1);
            months
                .map(|(month, _)| calendar.day_begins(first_day(month)))
                .collect()
        }
        Some(Bucket::Year) => {
            let (first, last) = days_of(from, to, calendar);
            let year_of = |day| month_of(day).div_euclid(12);
            let years = cells.years(year_of(first), year_of(last) + 1);
            years
                .map(|(year, _)| calendar.day_begins(first_day(year * 12)))
                .collect()
        }
    };
    let bucket = query.bucket.unwrap_or(Bucket::Day);
    begins
        .into_iter()
        .map(|begins| {
            let (start, next) = bucket.around(begins, calendar);
            let (from, to) = (from.max(start), to.min(next));
            OfBucket {
                begins: Some(begins),
                from,
                to,
                pieces: pieces(cells, from, to, calendar),
            }
        })
        .collect()
}

/// The days of the first and the last moment of a period.
fn days_of(from: Time, to: Time, calendar: &dyn Calendar) -> (i32, i32) {
    (calendar.day_of(from), calendar.day_of(Time(to.0 - 1)))
}

/// The fewest cells that make up a period: its hours at both ends, its days, months and years between them.
fn pieces<'a>(cells: &'a Cells, from: Time, to: Time, calendar: &dyn Calendar) -> Vec<(Span, Piece<'a>)> {
    let mut pieces = Vec::new();
    if from >= to {
        return pieces;
    }
    let hours = |from: Time, to: Time| {
        cells
            .hours(minute_of(from), minute_of(to))
            .map(|(hour, cells)| (Span::Hour(hour.minute), Piece::Hour(cells)))
    };
    let first = calendar.day_of(from);
    let first = if calendar.day_begins(first) < from {
        first + 1
    } else {
        first
    };
    let behind = calendar.day_of(to);
    if first >= behind {
        pieces.extend(hours(from, to));
        return pieces;
    }
    pieces.extend(hours(from, calendar.day_begins(first)));
    add_days(cells, first, behind, &mut pieces);
    pieces.extend(hours(calendar.day_begins(behind), to));
    pieces
}

fn add_days<'a>(cells: &'a Cells, first: i32, behind: i32, pieces: &mut Vec<(Span, Piece<'a>)>) {
    let days = |from, to| cells.days(from, to).map(|(day, piece)| (Span::Day(day), piece));
    let month = month_of(first);
    let month = if first_day(month) < first {
        month + 1
    } else {
        month
    };
    let behind_month = month_of(behind);
    if month >= behind_month {
        pieces.extend(days(first, behind));
        return;
    }
    pieces.extend(days(first, first_day(month)));
    add_months(cells, month, behind_month, pieces);
    pieces.extend(days(first_day(behind_month), behind));
}

fn add_months<'a>(cells: &'a Cells, first: i32, behind: i32, pieces: &mut Vec<(Span, Piece<'a>)>) {
    let months = |from, to| {
        cells
            .months(from, to)
            .map(|(month, piece)| (Span::Month(month), piece))
    };
    // The first year of which every month is there: rounded up.
    let year = (first + 11).div_euclid(12);
    let behind_year = behind.div_euclid(12);
    if year >= behind_year {
        pieces.extend(months(first, behind));
        return;
    }
    pieces.extend(months(first, year * 12));
    pieces.extend(
        cells
            .years(year, behind_year)
            .map(|(year, piece)| (Span::Year(year), piece)),
    );
    pieces.extend(months(behind_year * 12, behind));
}

fn of(bucket: &OfBucket<'_>) -> Of {
    match bucket.pieces.as_slice() {
        [(span, _)] => Of::Span(*span),
        _ => Of::Period(bucket.from, bucket.to),
    }
}

fn summary(
    bucket: &OfBucket<'_>,
    series: Series,
    selection: Selection,
    memo: &Mutex<Memo>,
    tally: &mut Tally,
) -> Summary {
    // A memo holds nothing that a panic could leave half done.
    let lock = || memo.lock().unwrap_or_else(PoisonError::into_inner);
    let of = of(bucket);
    if let Some(known) = lock().summary(of, series, selection, tally) {
        return known;
    }
    for (_, piece) in &bucket.pieces {
        piece.tell(series, &selection, tally);
    }
    lock().keep(of, series, selection, tally)
}

/// What open clocks are asked of.
struct Asking<'a> {
    cells: &'a Cells,
    memo: &'a Mutex<Memo>,
    query: &'a Query<'a>,
    calendar: &'a dyn Calendar,
}

fn open(asking: &Asking<'_>, bucket: &OfBucket<'_>, row: &Row) -> u64 {
    let clocks = match asking.query.unit {
        Unit::Stay => Count::Clocks,
        Unit::Declaration => Count::DeclarationClocks,
    };
    if row.counts.of(clocks) == 0 {
        return 0;
    }
    let pieces = bucket.pieces.iter();
    pieces.map(|(span, _)| asking.open_of(*span, row.selection)).sum()
}

impl Asking<'_> {
    /// Clocks that began in a span and still ran at the end of the period.
    fn open_of(&self, span: Span, selection: Selection) -> u64 {
        let clocks = self.clocks(span, selection);
        if clocks.latest < minute_of(self.query.to) {
            return clocks.running;
        }
        // Something of it was released later: its parts know more.
        match span {
            Span::Hour(minute) => {
                let mut hours = self.cells.hours(minute, minute + 1);
                hours.next().map_or(0, |(_, hour)| {
                    hour.running_at(self.query.unit, &selection, self.query.to)
                })
            }
            longer => self
                .parts(longer)
                .into_iter()
                .map(|part| self.open_of(part, selection))
                .sum(),
        }
    }

    fn clocks(&self, span: Span, selection: Selection) -> Clocks {
        let unit = self.query.unit;
        // A memo holds nothing that a panic could leave half done.
        let lock = || self.memo.lock().unwrap_or_else(PoisonError::into_inner);
        if let Span::Hour(minute) = span {
            // Looked at faster than looked up.
            let mut hours = self.cells.hours(minute, minute + 1);
            let hour = hours.next();
            return hour.map_or(Clocks::default(), |(_, hour)| hour.clocks(unit, &selection));
        }
        if let Some(known) = lock().clocks(span, unit, selection) {
            return known;
        }
        let parts = self.parts(span).into_iter();
        let clocks = parts
            .map(|part| self.clocks(part, selection))
            .fold(Clocks::default(), Clocks::with);
        lock().keep_clocks(span, unit, selection, clocks);
        clocks
    }

    /// The spans that a longer one is made of, of those that have cells.
    fn parts(&self, span: Span) -> Vec<Span> {
        match span {
            Span::Hour(_) => Vec::new(),
            Span::Day(day) => {
                let begins = |day| minute_of(self.calendar.day_begins(day));
                let hours = self.cells.hours(begins(day), begins(day + 1));
                hours.map(|(hour, _)| Span::Hour(hour.minute)).collect()
            }
            Span::Month(month) => {
                let days = self.cells.days(first_day(month), first_day(month + 1));
                days.map(|(day, _)| Span::Day(day)).collect()
            }
            Span::Year(year) => {
                let months = self.cells.months(year * 12, year * 12 + 12);
                months.map(|(month, _)| Span::Month(month)).collect()
            }
        }
    }
}
