//! All parcels of a site now: what `GET /parcels/now` answers and the stream tells.

use super::site::SiteParcels;
use crate::config;
use shared::figures::Calendar;
use shared::parcels::cells::{Cell, Names, ParcelCells, Span};
use shared::parcels::rows::{Durations, NONE};
use shared::parcels::{DocumentKind, ParcelMode};
use shared::time::{SECOND, Time, civil};
use shared::wire::parcels::{ParcelParty, ParcelShare, ParcelsNow, PeakDay};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// The most platforms that are told.
const PLATFORMS: usize = 12;

/// What parcels are held against, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From receipt to release.
    pub target: i64,
    /// Until the last document is there.
    pub incomplete_after: i64,
    /// Until a party is silent.
    pub silent_after: i64,
}

impl Limits {
    /// Those of a configuration.
    pub fn of(parcels: &config::Parcels) -> Limits {
        let milliseconds = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX / SECOND) * SECOND;
        Limits {
            target: milliseconds(parcels.target_seconds),
            incomplete_after: milliseconds(parcels.incomplete_after_seconds),
            silent_after: milliseconds(parcels.silent_after_seconds),
        }
    }

    fn target_seconds(&self) -> u64 {
        (self.target / SECOND).unsigned_abs()
    }
}

/// Releases of a day put together.
#[derive(Default)]
struct Sum {
    received: u64,
    released: u64,
    returned: u64,
    value: u64,
    seconds: BTreeMap<u64, u64>,
}

impl Sum {
    fn add(&mut self, cell: &Cell) {
        self.received += cell.received;
        self.released += cell.released;
        self.returned += cell.returned;
        self.value += cell.value;
        for (seconds, count) in &cell.seconds {
            *self.seconds.entry(*seconds).or_default() += count;
        }
    }

    fn durations(&self, target: u64) -> Durations {
        let sorted = self.seconds.iter().map(|(seconds, count)| (*seconds, *count));
        Durations::of(sorted, target)
    }
}

/// What one value of a dimension has of the day, the most released first.
fn shares<K: Ord + Clone>(
    spans: &[&Span],
    key: impl Fn(&shared::parcels::cells::Dimensions) -> K,
    name: impl Fn(&K) -> String,
    queue: impl Fn(&K) -> u64,
    target: u64,
) -> Vec<ParcelShare> {
    let mut sums: BTreeMap<K, Sum> = BTreeMap::new();
    for span in spans {
        for (dimensions, cell) in span.iter() {
            sums.entry(key(dimensions)).or_default().add(cell);
        }
    }
    let share = |(key, sum): (&K, &Sum)| ParcelShare {
        name: name(key),
        released: sum.released,
        released_fen: sum.value,
        queue: queue(key),
        within_target: sum.durations(target).within_target(),
    };
    let mut shares: Vec<ParcelShare> = sums.iter().map(share).collect();
    shares.retain(|share| share.released + share.queue > 0);
    shares.sort_by(|a, b| (b.released, &a.name).cmp(&(a.released, &b.name)));
    shares
}

fn named(names: &Names, number: u32) -> Option<SmolStr> {
    names.name(number).cloned()
}

/// All parcels of a site at a moment of the engine's clock.
pub fn now(site: &SiteParcels, limits: &Limits, at: Time, epoch: &str, sequence: u64) -> ParcelsNow {
    let calendar = &site.calendar;
    let day = Calendar::day_of(calendar, at);
    let since = calendar.day_begins(day);
    let target = limits.target_seconds();
    let spans: Vec<&Span> = site.cells.days(day, day + 1).map(|(_, span)| span).collect();
    let mut sum = Sum::default();
    for cell in spans.iter().flat_map(|span| span.values()) {
        sum.add(cell);
    }
    let durations = sum.durations(target);
    let names = site.cells.names();
    let (pace, queue) = (&site.pace, &site.queue);
    let same_day = pace.begins() == since;
    let peak = same_day.then(|| pace.peak()).flatten();
    // Whole seconds: the one that runs is not over.
    let second = Time(at.0 - at.0.rem_euclid(SECOND));
    let text = |name: &Option<SmolStr>| name.as_ref().map_or(NONE, SmolStr::as_str).to_owned();
    let mut platforms = shares(
        &spans,
        |own| named(names, own.platform),
        text,
        |name| queue.of_platform(name),
        target,
    );
    platforms.truncate(PLATFORMS);
    let modes = shares(
        &spans,
        |own| own.mode.map(|mode| mode as u8),
        |mode| of_mode(*mode).map_or(NONE, ParcelMode::name).to_owned(),
        |mode| queue.of_mode(of_mode(*mode)),
        target,
    );
    let parks = shares(
        &spans,
        |own| named(names, own.park),
        text,
        |name| queue.of_park(name),
        target,
    );
    let local = |at: Time| calendar.local(at);
    ParcelsNow {
        site: site.site.code.to_string(),
        at: local(at),
        since: local(since),
        received: sum.received,
        released: sum.released,
        returned: sum.returned,
        released_fen: sum.value,
        rate_second: pace.within(second, 1),
        rate_minute: pace.within(second, 60),
        rate_hour: pace.within(second, 3_600),
        peak_second: peak.map_or(0, |peak| peak.0),
        peak_at: peak.map(|peak| local(peak.1)),
        within_target: durations.within_target(),
        target_seconds: target,
        median_seconds: durations.known(durations.median),
        p95_seconds: durations.known(durations.p95),
        p99_seconds: durations.known(durations.p99),
        queue: queue.len() as u64,
        oldest_at: queue.oldest_at().map(local),
        late: queue.received_before(at.plus(-limits.target)),
        missing: queue.missing(),
        held: queue.held(),
        held_parcels: queue.held_parcels(),
        platforms,
        modes,
        parks,
        parties: parties(site, limits, at),
        course: site.course.cumulative(since, at),
        against: against(site, day, at),
        epoch: epoch.to_owned(),
        sequence,
    }
}

fn of_mode(mode: Option<u8>) -> Option<ParcelMode> {
    ParcelMode::ALL.get(usize::from(mode?)).copied()
}

fn parties(site: &SiteParcels, limits: &Limits, at: Time) -> Vec<ParcelParty> {
    let day = site.calendar.day(at);
    let begins = site.day_begins(at);
    let mut parties: Vec<_> = site.parties.iter().collect();
    parties.sort_by(|a, b| (a.1.heard_at, a.0).cmp(&(b.1.heard_at, b.0)));
    let party = |(source, party): (&SmolStr, &super::party::Party)| ParcelParty {
        source: source.to_string(),
        kinds: DocumentKind::ALL
            .iter()
            .copied()
            .filter(|kind| party.kinds.contains(*kind))
            .collect(),
        documents: party.on_day(day),
        mismatch_rate: site.shares.last_hour(source, at).rate(),
        usual_rate: site.shares.usual(source, begins).rate(),
        heard_at: site.calendar.local(party.heard_at),
        silent: at.0 - party.heard_at.0 > limits.silent_after,
    };
    parties.into_iter().map(party).collect()
}

/// The day before today on which most were released.
fn against(site: &SiteParcels, day: i32, at: Time) -> Option<PeakDay> {
    let (busiest, released) = ParcelCells::busiest_day(&site.cells, day)?;
    let calendar = &site.calendar;
    let (begins, ends) = (calendar.day_begins(busiest), calendar.day_begins(busiest + 1));
    let of_day = at.0 - calendar.day_begins(day).0;
    let course = site.course.cumulative(begins, ends);
    let by_now = site.course.cumulative(begins, begins.plus(of_day).min(ends));
    let (year, month, of_month) = civil::date(i64::from(busiest));
    Some(PeakDay {
        date: format!("{year:04}-{month:02}-{of_month:02}"),
        by_now: by_now.last().copied().unwrap_or(0),
        course,
        released,
    })
}
