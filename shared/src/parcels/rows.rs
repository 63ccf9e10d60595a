//! Rows of figures: cells put together by bucket and group (`semantics.md` §5, to the second here: a target of ten
//! minutes leaves no room for whole minutes).

use super::cells::{Cell, Dimensions, Names, ParcelCells, Span};
use super::reasons::Reasons;
use crate::figures::hour::minute_of;
use crate::figures::{Calendar, rows::Bucket};
use crate::time::{HOUR, Time};
use crate::wire::parcels::{ParcelMode, ParcelReason};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// What a parcel without a value has as the name of its group.
pub const NONE: &str = "none";

/// What rows group by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The platform.
    Platform,
    /// 1210 or 9610.
    Mode,
    /// The park.
    Park,
    /// Reasons: a parcel with several counts in the row of each, one with none under [`NONE`].
    Reason,
}

impl By {
    /// Every dimension.
    pub const ALL: [By; 4] = [By::Platform, By::Mode, By::Park, By::Reason];

    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            By::Platform => "platform",
            By::Mode => "mode",
            By::Park => "park",
            By::Reason => "reason",
        }
    }

    /// The dimension of a name that travels.
    pub fn from_name(name: &str) -> Option<By> {
        By::ALL.into_iter().find(|by| by.name() == name)
    }
}

/// Which parcels count; an empty list of a dimension lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Platforms; `None` stands for a parcel that names none.
    pub platforms: Vec<Option<SmolStr>>,
    /// Modes.
    pub modes: Vec<Option<ParcelMode>>,
    /// Parks.
    pub parks: Vec<Option<SmolStr>>,
    /// Reasons, of which a parcel has one now.
    pub reasons: Vec<ParcelReason>,
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
    /// Which parcels count.
    pub filter: &'a Filter,
    /// What durations are held against, in seconds.
    pub target_seconds: u64,
    /// The engine's clock: of a bucket that is not over, what is open is open now.
    pub now: Time,
}

/// Durations from receipt to release, to the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// How many.
    pub count: u64,
    /// Their seconds together.
    pub sum: u128,
    /// The smallest second that half of them do not exceed.
    pub median: u64,
    /// The same of 95 %.
    pub p95: u64,
    /// The same of 99 %.
    pub p99: u64,
    /// The longest.
    pub max: u64,
    /// How many are within the target.
    pub within: u64,
}

impl Durations {
    /// Of seconds with how many had them, the shortest first.
    pub fn of(sorted: impl IntoIterator<Item = (u64, u64)> + Clone, target_seconds: u64) -> Durations {
        let mut all = Durations::default();
        for (seconds, count) in sorted.clone() {
            all.count += count;
            all.sum += u128::from(seconds) * u128::from(count);
            all.max = seconds;
            if seconds <= target_seconds {
                all.within += count;
            }
        }
        const PERCENTS: [u64; 3] = [50, 95, 99];
        let mut found = [0; PERCENTS.len()];
        let (mut up_to, mut next) = (0, 0);
        for (seconds, count) in sorted {
            up_to += count;
            while next < PERCENTS.len() && up_to * 100 >= PERCENTS[next] * all.count {
                found[next] = seconds;
                next += 1;
            }
        }
        [all.median, all.p95, all.p99] = found;
        all
    }

    /// Mean.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// Share within the target, from 0 to 1.
    pub fn within_target(&self) -> Option<f64> {
        (self.count > 0).then(|| self.within as f64 / self.count as f64)
    }

    /// One of the quantities; `None` where nothing was released.
    pub fn known(&self, quantity: u64) -> Option<u64> {
        (self.count > 0).then_some(quantity)
    }
}

/// One row before it travels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// When its bucket begins.
    pub bucket: Option<Time>,
    /// The values of its groups, in their order.
    pub group: Vec<SmolStr>,
    /// Received.
    pub received: u64,
    /// Released.
    pub released: u64,
    /// Their value in fen.
    pub released_fen: u64,
    /// Returned.
    pub returned: u64,
    /// Of those received here, how many were ever held; in a row of a reason, for that reason.
    pub held: u64,
    /// Received here and not decided at the end, or now.
    pub open: u64,
    /// From receipt to release of those released here.
    pub durations: Durations,
}

/// A row while it is being put together.
#[derive(Default)]
struct Sum {
    row: Row,
    seconds: BTreeMap<u64, u64>,
}

impl Sum {
    fn add(&mut self, cell: &Cell, end: Option<i32>) {
        self.row.received += cell.received;
        self.row.released += cell.released;
        self.row.released_fen += cell.value;
        self.row.returned += cell.returned;
        self.row.open += cell.open(end);
        for (seconds, count) in &cell.seconds {
            *self.seconds.entry(*seconds).or_default() += count;
        }
    }

    fn finish(mut self, target_seconds: u64) -> Row {
        let seconds = self.seconds.iter().map(|(seconds, count)| (*seconds, *count));
        self.row.durations = Durations::of(seconds, target_seconds);
        self.row
    }
}

/// The rows of a period, by bucket, then by group, without those in which nothing is counted.
pub fn rows(cells: &ParcelCells, query: &Query<'_>, calendar: &dyn Calendar) -> Vec<Row> {
    let wanted = Wanted::new(query.filter, cells.names());
    let mut rows = Vec::new();
    for (begins, from, to) in buckets(cells, query, calendar) {
        let end = (to <= query.now).then(|| minute_of(to));
        let mut sums: BTreeMap<Vec<SmolStr>, Sum> = BTreeMap::new();
        for span in spans(cells, from, to, calendar) {
            for (dimensions, cell) in span.iter().filter(|(own, _)| wanted.takes(own)) {
                add(
                    &mut sums,
                    query.groups,
                    &wanted,
                    dimensions,
                    cell,
                    end,
                    cells.names(),
                );
            }
        }
        for (group, sum) in sums {
            let mut row = sum.finish(query.target_seconds);
            if row.received + row.released + row.returned + row.held > 0 {
                row.bucket = query.bucket.map(|_| begins);
                row.group = group;
                rows.push(row);
            }
        }
    }
    rows
}

/// Adds a cell to each row that counts it: of reasons, those that are asked for.
fn add(
    sums: &mut BTreeMap<Vec<SmolStr>, Sum>,
    groups: &[By],
    wanted: &Wanted,
    dimensions: &Dimensions,
    cell: &Cell,
    end: Option<i32>,
    names: &Names,
) {
    let name = |number: u32| names.name(number).cloned().unwrap_or(SmolStr::new_static(NONE));
    let value = |by: &By, reason: Option<ParcelReason>| match by {
        By::Platform => name(dimensions.platform),
        By::Park => name(dimensions.park),
        By::Mode => SmolStr::new_static(dimensions.mode.map_or(NONE, ParcelMode::name)),
        By::Reason => SmolStr::new_static(reason.map_or(NONE, ParcelReason::name)),
    };
    let of = |reason| groups.iter().map(|by| value(by, reason)).collect::<Vec<_>>();
    if !groups.contains(&By::Reason) {
        let sum = sums.entry(of(None)).or_default();
        sum.add(cell, end);
        if !dimensions.was_held.is_empty() {
            sum.row.held += cell.received;
        }
        return;
    }
    if dimensions.reasons.is_empty() {
        sums.entry(of(None)).or_default().add(cell, end);
    }
    for reason in wanted.of(dimensions.reasons).iter() {
        sums.entry(of(Some(reason))).or_default().add(cell, end);
    }
    for reason in wanted.of(dimensions.was_held).iter() {
        sums.entry(of(Some(reason))).or_default().row.held += cell.received;
    }
}

/// A filter in the numbers of the cells.
struct Wanted {
    platforms: Vec<u32>,
    parks: Vec<u32>,
    modes: Vec<Option<ParcelMode>>,
    reasons: Reasons,
    none: bool,
}

impl Wanted {
    fn new(filter: &Filter, names: &Names) -> Wanted {
        let numbers = |wanted: &[Option<SmolStr>]| {
            let number = |name: &Option<SmolStr>| match name {
                Some(name) => names.find(name),
                None => Some(0),
            };
            let numbers: Vec<u32> = wanted.iter().filter_map(number).collect();
            // Names that nobody ever had let nothing through.
            (numbers.is_empty() && !wanted.is_empty(), numbers)
        };
        let (no_platform, platforms) = numbers(&filter.platforms);
        let (no_park, parks) = numbers(&filter.parks);
        let reasons = filter.reasons.iter().map(|reason| Reasons::of(*reason));
        Wanted {
            platforms,
            parks,
            modes: filter.modes.clone(),
            reasons: reasons.fold(Reasons::NONE, Reasons::with),
            none: no_platform || no_park,
        }
    }

    /// Those of some reasons that are asked for; all of them where none are.
    fn of(&self, reasons: Reasons) -> Reasons {
        match self.reasons.is_empty() {
            true => reasons,
            false => reasons.both(self.reasons),
        }
    }

    fn takes(&self, own: &Dimensions) -> bool {
        let any = |wanted: &[u32], own: u32| wanted.is_empty() || wanted.contains(&own);
        !self.none
            && any(&self.platforms, own.platform)
            && any(&self.parks, own.park)
            && (self.modes.is_empty() || self.modes.contains(&own.mode))
            && (self.reasons.is_empty() || !own.reasons.both(self.reasons).is_empty())
    }
}

/// The buckets of a period that can have anything in them: where each begins, and what of the period lies in it.
fn buckets(cells: &ParcelCells, query: &Query<'_>, calendar: &dyn Calendar) -> Vec<(Time, Time, Time)> {
    let Some(bucket) = query.bucket else {
        return vec![(query.from, query.from, query.to)];
    };
    let mut buckets: Vec<(Time, Time, Time)> = Vec::new();
    let hours = cells.hours(minute_of(query.from), minute_of(query.to));
    for (hour, _) in hours {
        let at = hour.begins();
        if buckets.last().is_some_and(|(_, _, to)| at < *to) {
            continue;
        }
        let (begins, ends) = bucket.around(at, calendar);
        buckets.push((begins, begins.max(query.from), ends.min(query.to)));
    }
    buckets
}

/// The spans of a period: whole days as such, hours at its edges.
fn spans<'a>(cells: &'a ParcelCells, from: Time, to: Time, calendar: &dyn Calendar) -> Vec<&'a Span> {
    let mut spans = Vec::new();
    let hours = |spans: &mut Vec<&'a Span>, from: Time, to: Time| {
        spans.extend(cells.hours(minute_of(from), minute_of(to)).map(|(_, span)| span));
    };
    if to.0.saturating_sub(from.0) < 20 * HOUR {
        hours(&mut spans, from, to);
        return spans;
    }
    let day = calendar.day_of(from);
    let first = if calendar.day_begins(day) == from {
        day
    } else {
        day + 1
    };
    let last = calendar.day_of(to);
    if first >= last {
        hours(&mut spans, from, to);
        return spans;
    }
    hours(&mut spans, from, calendar.day_begins(first));
    spans.extend(cells.days(first, last).map(|(_, span)| span));
    hours(&mut spans, calendar.day_begins(last), to);
    spans
}
