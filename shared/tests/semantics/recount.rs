//! §5 held against the plainest recount: whatever was told, late, corrected or retracted, in whatever order, every
//! quantity of every figure equals the one that a list of the same stays gives. Equal, not close.

use crate::port::{China, Port, SITE, declared, told};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::event::{Direction, Node};
use shared::figures::patterns::{PatternQuery, patterns};
use shared::figures::rows::{Bucket, Query, Row, minutes, peaks, rows};
use shared::figures::tally::PERCENTILES;
use shared::figures::{By, Cells, Count, Dimensions, Filter, Memo, Selection, Series, Summary, Unit};
use shared::stay::{Cargo, Channel, Mode, SegmentName, Stay, StayFlag};
use shared::time::{HOUR, MINUTE, Time};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// 2021-12-30 at the port: a New Year lies in the middle of what happens.
const START: Time = Time(1_640_793_600_000);
const HOURS: i64 = 72;
const TARGET: u64 = 6 * 3_600;

// What is told.

const NODES: [&str; 14] = [
    "gate_in",
    "discharge",
    "declare",
    "declare",
    "release",
    "release",
    "stack",
    "shift",
    "hold",
    "load",
    "gate_out",
    "select_for_inspection",
    "inspection_start",
    "rail_out",
];

prop_compose! {
    fn event()(
        source in prop::sample::select(vec!["tos", "gate", "customs"]),
        id in 0_u32..60,
        node in prop::sample::select(NODES.to_vec()),
        container in 0_u32..5,
        minute in 0..HOURS * 60,
        millisecond in prop_oneof![Just(0_i64), 0_i64..60_000],
        declaration in prop::option::of(0_u32..4),
        direction in prop::option::of(prop::sample::select(vec!["import", "export", "transshipment"])),
        size in prop::option::of(prop::sample::select(vec!["22G1", "45R1", "12G1"])),
        empty in prop::option::of(any::<bool>()),
        dangerous in prop::bool::weighted(0.1),
        updated in 0_i64..4,
        retracted in prop::bool::weighted(0.08),
    ) -> Value {
        let mut event = json!({
            "source": source, "id": id.to_string(), "node": node, "site": SITE,
            "at": START.plus(minute * MINUTE + millisecond).utc().to_string(),
            "container": format!("BOX{container}"), "voyage": "2018", "vessel_imo": "9321483",
            "updated_at": START.plus(updated * HOUR).utc().to_string(), "retracted": retracted,
        });
        if let Some(declaration) = declaration {
            event["declaration"] = format!("D{declaration}").into();
        }
        for (name, value) in [("direction", direction), ("size_type", size)] {
            if let Some(value) = value {
                event[name] = value.into();
            }
        }
        if let Some(empty) = empty {
            event["empty"] = empty.into();
        }
        if dangerous {
            event["dangerous"] = json!([{"class": "3"}]);
        }
        event
    }
}

prop_compose! {
    fn arrival()(minute in -600_i64..HOURS * 60, updated in 0_i64..9) -> Value {
        json!({
            "source": "port", "id": "call", "node": "vessel_arrival", "site": SITE,
            "at": START.plus(minute * MINUTE).utc().to_string(), "voyage": "2018", "vessel_imo": "9321483",
            "updated_at": START.plus(updated * HOUR).utc().to_string(),
        })
    }
}

prop_compose! {
    /// A box that passes as boxes do, so that most questions have an answer.
    fn passage()(
        container in 0_u32..12,
        export in any::<bool>(),
        begins in 0..(HOURS - 24) * 60,
        steps in prop::collection::vec(0_i64..400, 4),
        declaration in prop::option::weighted(0.7, 0_u32..6),
        size in prop::option::weighted(0.8, prop::sample::select(vec!["22G1", "45R1", "12G1"])),
        reaches in 1_usize..=5,
    ) -> Vec<Value> {
        let (begin, end) = if export { ("gate_in", "load") } else { ("discharge", "gate_out") };
        let mut minute = begins;
        let mut events = Vec::new();
        for (index, node) in [begin, "stack", "declare", "release", end].into_iter().take(reaches).enumerate() {
            let mut event = json!({
                "source": "tos", "id": format!("{container}-{begins}-{index}"), "node": node, "site": SITE,
                "at": START.plus(minute * MINUTE).utc().to_string(), "container": format!("BOX{container}"),
                "direction": if export { "export" } else { "import" }, "voyage": "2018", "vessel_imo": "9321483",
            });
            if let Some(declaration) = declaration.filter(|_| matches!(node, "declare" | "release")) {
                event["declaration"] = format!("D{declaration}").into();
            }
            if let Some(size) = size.filter(|_| index == 0) {
                event["size_type"] = size.into();
            }
            minute += steps.get(index).copied().unwrap_or(0);
            events.push(event);
        }
        events
    }
}

fn events() -> impl Strategy<Value = Vec<Value>> {
    let stray = prop_oneof![12 => event(), 1 => arrival()];
    let strays = prop::collection::vec(stray, 0..40);
    let passages = prop::collection::vec(passage(), 0..14);
    (strays, passages)
        .prop_map(|(strays, passages)| passages.into_iter().flatten().chain(strays).collect::<Vec<_>>())
        .prop_shuffle()
}

#[derive(Clone, Debug)]
struct Asked {
    from: Time,
    to: Time,
    bucket: Option<Bucket>,
    groups: Vec<By>,
    filter: Filter,
    unit: Unit,
}

prop_compose! {
    fn asked()(
        (from, to) in prop_oneof![
            Just((-24, HOURS + 24)),
            (-24..HOURS, 0..HOURS + 24).prop_map(|(a, b)| (a.min(b), a.max(b))),
        ],
        bucket in prop::option::of(prop::sample::select(Bucket::ALL.to_vec())),
        groups in prop::sample::subsequence(vec![By::Direction, By::Cargo, By::Mode, By::Channel], 0..3),
        direction in prop_oneof![
            Just(Vec::new()), Just(vec![Some(Direction::Import)]), Just(vec![Some(Direction::Export), None])
        ],
        cargo in prop_oneof![2 => Just(Vec::new()), 1 => Just(vec![Cargo::General, Cargo::Dangerous])],
        mode in prop_oneof![2 => Just(Vec::new()), 1 => Just(vec![Mode::Stacked])],
        channel in prop_oneof![2 => Just(Vec::new()), 1 => Just(vec![Channel::None])],
        unit in prop::sample::select(vec![Unit::Stay, Unit::Declaration]),
    ) -> Asked {
        Asked {
            from: START.plus(from * HOUR),
            to: START.plus(to * HOUR),
            bucket,
            groups,
            filter: Filter { direction, cargo, mode, channel },
            unit,
        }
    }
}

const SERIES: [Series; 8] = [
    Series::Overall,
    Series::Segment(SegmentName::Unloading),
    Series::Segment(SegmentName::Preparation),
    Series::Segment(SegmentName::Clearance),
    Series::Segment(SegmentName::PickUp),
    Series::Segment(SegmentName::AfterRelease),
    Series::Segment(SegmentName::Departure),
    Series::Dwell,
];

impl Asked {
    fn query<'a>(&'a self, series: &'a [Series]) -> Query<'a> {
        Query {
            from: self.from,
            to: self.to,
            bucket: self.bucket,
            groups: &self.groups,
            filter: &self.filter,
            unit: self.unit,
            series,
        }
    }

    fn holds(&self, at: Time) -> bool {
        self.from <= at && at < self.to
    }

    fn group(&self, dimensions: &Dimensions) -> Vec<&'static str> {
        self.groups.iter().map(|by| by.value(dimensions)).collect()
    }
}

// The plainest recount.

/// A wall-clock time at the port.
fn wall(at: Time) -> DateTime {
    let stamp = Timestamp::from_millisecond(at.0).unwrap();
    Offset::constant(8).to_datetime(stamp)
}

/// The bucket of a moment, as text.
fn label(bucket: Option<Bucket>, at: Time) -> String {
    let text = wall(at).to_string();
    match bucket {
        None => String::new(),
        Some(Bucket::Hour) => text[..13].to_owned(),
        Some(Bucket::Day) => text[..10].to_owned(),
        Some(Bucket::Month) => text[..7].to_owned(),
        Some(Bucket::Year) => text[..4].to_owned(),
    }
}

type Key = (String, Vec<&'static str>);

/// Everything of one row, as lists and counts.
#[derive(Clone, Debug, Default)]
struct Plain {
    durations: BTreeMap<usize, Vec<u64>>,
    counts: BTreeMap<&'static str, u64>,
    open: u64,
}

#[derive(Default)]
struct Recount(BTreeMap<Key, Plain>);

fn dimensions(stay: &Stay) -> Dimensions {
    Dimensions {
        direction: stay.direction,
        cargo: stay.cargo,
        mode: stay.mode,
        channel: stay.channel,
    }
}

impl Recount {
    fn row(&mut self, asked: &Asked, dimensions: &Dimensions, at: Time) -> &mut Plain {
        let key = (label(asked.bucket, at), asked.group(dimensions));
        self.0.entry(key).or_default()
    }

    fn count(&mut self, asked: &Asked, dimensions: &Dimensions, at: Time, name: &'static str, by: u64) {
        if asked.holds(at) && by > 0 {
            *self.row(asked, dimensions, at).counts.entry(name).or_default() += by;
        }
    }

    fn duration(&mut self, asked: &Asked, dimensions: &Dimensions, at: Time, series: Series, seconds: u64) {
        if asked.holds(at) {
            let row = self.row(asked, dimensions, at);
            row.durations.entry(series.code()).or_default().push(seconds);
        }
    }

    fn stays(asked: &Asked, stays: &[Stay]) -> Recount {
        let mut recount = Recount::default();
        for stay in stays.iter().filter(|stay| asked.filter.takes(&dimensions(stay))) {
            let own = dimensions(stay);
            if stay.is_counted() {
                recount.clearance(asked, &own, stay);
                recount.moves(asked, &own, stay);
            }
        }
        if asked.unit == Unit::Declaration {
            recount.declarations(asked, stays);
        }
        recount
    }

    fn clearance(&mut self, asked: &Asked, own: &Dimensions, stay: &Stay) {
        let Some(clearance) = &stay.clearance else { return };
        let still_open = clearance.released.is_none_or(|released| released >= asked.to);
        if asked.unit == Unit::Stay && asked.holds(clearance.from) && still_open {
            self.row(asked, own, clearance.from).open += 1;
        }
        let (Some(released), Some(seconds)) = (clearance.released, clearance.seconds) else {
            return;
        };
        self.duration(asked, own, released, Series::Overall, seconds);
        for segment in &stay.segments {
            self.duration(
                asked,
                own,
                released,
                Series::Segment(segment.name),
                segment.seconds,
            );
        }
        let flagged = |flag| u64::from(stay.flags.contains(&flag));
        self.count(asked, own, released, "advance", flagged(StayFlag::Advance));
        self.count(
            asked,
            own,
            released,
            "start_substituted",
            flagged(StayFlag::StartSubstituted),
        );
    }

    fn moves(&mut self, asked: &Asked, own: &Dimensions, stay: &Stay) {
        let halves = stay.half_teu().map(u64::from);
        for node in &stay.nodes {
            let name = match node.node {
                Node::Discharge => "discharged",
                Node::Load => "loaded",
                Node::GateIn => "gate_in",
                Node::GateOut => "gate_out",
                Node::RailIn => "rail_in",
                Node::RailOut => "rail_out",
                Node::Stack | Node::Shift => "yard_moves",
                _ => continue,
            };
            self.count(asked, own, node.at, name, 1);
            if !matches!(node.node, Node::Discharge | Node::Load) {
                continue;
            }
            let half_teu = if node.node == Node::Load {
                "loaded_halves"
            } else {
                "discharged_halves"
            };
            self.count(asked, own, node.at, half_teu, halves.unwrap_or(0));
            self.count(asked, own, node.at, "unsized", u64::from(halves.is_none()));
            self.count(asked, own, node.at, "empty", u64::from(stay.empty == Some(true)));
            if own.direction == Some(Direction::Transshipment) {
                self.count(asked, own, node.at, "transshipped", 1);
                self.count(asked, own, node.at, "transshipped_halves", halves.unwrap_or(0));
            }
        }
        if let Some(ended) = stay.ended_at {
            self.count(asked, own, ended, stay.mode.name(), 1);
            if let Some(entered) = stay.entered_at {
                let stood = ended.seconds_since(entered).max(0).unsigned_abs();
                self.duration(asked, own, ended, Series::Dwell, stood);
            }
        }
    }

    fn declarations(&mut self, asked: &Asked, stays: &[Stay]) {
        type Part = (Dimensions, Option<Time>, Option<Time>);
        let mut all: BTreeMap<String, Vec<Part>> = BTreeMap::new();
        for stay in stays {
            for (number, part) in declared(stay) {
                let parts = all.entry(number.to_string()).or_default();
                parts.push((dimensions(stay), part.declared, part.released));
            }
        }
        for parts in all.values() {
            let own = together(parts.iter().map(|part| part.0).collect());
            let Some(declared) = parts.iter().filter_map(|part| part.1).min() else {
                continue;
            };
            let released = parts.iter().filter_map(|part| part.2).max();
            if !asked.filter.takes(&own) {
                continue;
            }
            if asked.holds(declared) && released.is_none_or(|released| released >= asked.to) {
                self.row(asked, &own, declared).open += 1;
            }
            if let Some(released) = released {
                let seconds = released.seconds_since(declared).max(0).unsigned_abs();
                self.duration(asked, &own, released, Series::Declaration, seconds);
                self.count(
                    asked,
                    &own,
                    released,
                    "declarations_advance",
                    u64::from(released < declared),
                );
            }
        }
    }
}

/// What a declaration of several boxes counts under.
fn together(all: Vec<Dimensions>) -> Dimensions {
    let first = all[0];
    let has = |cargo| all.iter().any(|own| own.cargo == cargo);
    let cargo = if has(Cargo::Dangerous) {
        Cargo::Dangerous
    } else if has(Cargo::Reefer) {
        Cargo::Reefer
    } else if has(Cargo::General) {
        Cargo::General
    } else {
        Cargo::Empty
    };
    let has = |channel| all.iter().any(|own| own.channel == channel);
    let channel = if has(Channel::Inspection) {
        Channel::Inspection
    } else if has(Channel::Scan) {
        Channel::Scan
    } else {
        Channel::None
    };
    Dimensions {
        direction: first
            .direction
            .filter(|_| all.iter().all(|own| own.direction == first.direction)),
        cargo,
        mode: if all.iter().all(|own| own.mode == first.mode) {
            first.mode
        } else {
            Mode::Unknown
        },
        channel,
    }
}

/// What the plainest arithmetic says of a list of durations.
fn agrees(summary: &Summary, seconds: &[u64]) -> Result<(), TestCaseError> {
    let mut minutes: Vec<u64> = seconds.iter().map(|seconds| seconds / 60).collect();
    minutes.sort_unstable();
    let n = minutes.len() as u64;
    prop_assert_eq!(summary.count, n);
    if minutes.is_empty() {
        prop_assert_eq!(summary.mean_seconds(), None);
        prop_assert_eq!(summary.percentile_seconds(50), None);
        prop_assert_eq!(summary.within_target(), None);
        return Ok(());
    }
    let smallest = |percent: u64| {
        let enough = |m: &u64| minutes.iter().filter(|other| *other <= m).count() as u64 * 100 >= percent * n;
        minutes.iter().copied().find(enough).unwrap()
    };
    for percent in PERCENTILES {
        prop_assert_eq!(summary.percentile_seconds(percent), Some(smallest(percent) * 60));
    }
    prop_assert_eq!(summary.min_seconds(), Some(minutes[0] * 60));
    prop_assert_eq!(summary.max_seconds(), Some(minutes[minutes.len() - 1] * 60));
    let sum: u64 = seconds.iter().sum();
    let squares: u128 = seconds.iter().map(|s| u128::from(*s) * u128::from(*s)).sum();
    prop_assert_eq!(summary.mean_seconds(), Some(sum as f64 / n as f64));
    let spread = u128::from(n) * squares - u128::from(sum) * u128::from(sum);
    prop_assert_eq!(summary.sd_seconds(), Some((spread as f64).sqrt() / n as f64));
    let within = minutes.iter().filter(|m| **m <= TARGET / 60).count() as u64;
    prop_assert_eq!(summary.within_target(), Some(within as f64 / n as f64));
    let fence = smallest(75) + 3 * (smallest(75) - smallest(25));
    prop_assert_eq!(
        summary.outliers,
        minutes.iter().filter(|m| **m > fence).count() as u64
    );
    Ok(())
}

fn row_agrees(row: &Row, series: &[Series], plain: &Plain) -> Result<(), TestCaseError> {
    for (series, summary) in series.iter().zip(&row.summaries) {
        let none = Vec::new();
        agrees(summary, plain.durations.get(&series.code()).unwrap_or(&none))?;
    }
    prop_assert_eq!(row.open, plain.open);
    let counted = [
        ("advance", row.counts.of(Count::Advance)),
        ("start_substituted", row.counts.of(Count::StartSubstituted)),
        ("discharged", row.counts.of(Count::Discharged)),
        ("loaded", row.counts.of(Count::Loaded)),
        ("discharged_halves", row.counts.of(Count::DischargedHalfTeu)),
        ("loaded_halves", row.counts.of(Count::LoadedHalfTeu)),
        ("unsized", row.counts.of(Count::WithoutSize)),
        ("empty", row.counts.of(Count::Empty)),
        ("gate_in", row.counts.of(Count::GateIn)),
        ("gate_out", row.counts.of(Count::GateOut)),
        ("rail_in", row.counts.of(Count::RailIn)),
        ("rail_out", row.counts.of(Count::RailOut)),
        ("yard_moves", row.counts.of(Count::YardMoves)),
        ("direct", row.modes.direct),
        ("stacked", row.modes.stacked),
        ("unknown", row.modes.unknown),
        ("transshipped", row.transshipped.0),
        ("transshipped_halves", row.transshipped.1),
    ];
    for (name, count) in counted {
        prop_assert_eq!(
            (name, count),
            (name, plain.counts.get(name).copied().unwrap_or(0))
        );
    }
    Ok(())
}

/// Figures that follow what is told event by event, as the engine does.
struct Followed {
    port: Port,
    cells: Cells,
    memo: Mutex<Memo>,
}

impl Followed {
    fn hear(&mut self, event: Value) {
        let before = self.port.changes();
        self.port.hear(event);
        let memo = self.memo.get_mut().unwrap();
        self.cells.replace(&before, &self.port.changes(), memo);
    }

    fn agrees(&self, asked: &Asked) -> Result<(), TestCaseError> {
        let stays = self.port.stays();
        let mut series = SERIES.to_vec();
        if asked.unit == Unit::Declaration {
            series = vec![Series::Declaration];
        }
        let found = rows(&self.cells, &self.memo, &asked.query(&series), &China);
        let mut plain = Recount::stays(asked, &stays).0;
        for row in &found {
            let key = (
                row.bucket.map_or_else(String::new, |at| label(asked.bucket, at)),
                row.group.clone(),
            );
            row_agrees(row, &series, &plain.remove(&key).unwrap_or_default())?;
        }
        prop_assert!(plain.is_empty(), "no row for {plain:?}");
        self.patterns_agree(asked, &stays)?;
        self.peaks_and_minutes_agree(asked, &stays)
    }

    fn patterns_agree(&self, asked: &Asked, stays: &[Stay]) -> Result<(), TestCaseError> {
        let query = PatternQuery {
            from: asked.from,
            to: asked.to,
            weekdays: true,
            hours: true,
            groups: &asked.groups,
            filter: &asked.filter,
            unit: asked.unit,
            target_seconds: TARGET,
        };
        // By the hour, then put together by the name of the day and the hour of the clock.
        let by_hour = Asked {
            bucket: Some(Bucket::Hour),
            ..asked.clone()
        };
        let mut plain: BTreeMap<(i8, String, Vec<&'static str>), Plain> = BTreeMap::new();
        for ((hour, group), row) in Recount::stays(&by_hour, stays).0 {
            let date: jiff::civil::Date = hour[..10].parse().unwrap();
            let weekday = date.weekday().to_monday_one_offset();
            let sum = plain.entry((weekday, hour[11..].to_owned(), group)).or_default();
            for (series, seconds) in row.durations {
                sum.durations.entry(series).or_default().extend(seconds);
            }
            for (name, count) in row.counts {
                *sum.counts.entry(name).or_default() += count;
            }
        }
        for row in patterns(&self.cells, &query, &China) {
            let (weekday, hour) = (row.weekday.unwrap().cast_signed(), row.hour.unwrap());
            let own = plain
                .remove(&(weekday, format!("{hour:02}"), row.group.clone()))
                .unwrap_or_default();
            let none = Vec::new();
            let seconds = own.durations.get(&asked.unit.overall().code()).unwrap_or(&none);
            agrees(&row.clearance, seconds)?;
            for (name, count) in [
                ("discharged", Count::Discharged),
                ("gate_in", Count::GateIn),
                ("yard_moves", Count::YardMoves),
            ] {
                prop_assert_eq!(row.counts.of(count), own.counts.get(name).copied().unwrap_or(0));
            }
            let such = (0..(asked.to.0 - asked.from.0) / HOUR)
                .map(|hours| wall(asked.from.plus(hours * HOUR)))
                .filter(|wall| {
                    wall.date().weekday().to_monday_one_offset() == weekday
                        && wall.hour().unsigned_abs() == hour
                });
            prop_assert_eq!(row.hours, such.count() as u64);
        }
        plain.retain(|_, row| !row.durations.is_empty() || !row.counts.is_empty());
        prop_assert!(plain.is_empty(), "no row for {plain:?}");
        Ok(())
    }

    fn peaks_and_minutes_agree(&self, asked: &Asked, stays: &[Stay]) -> Result<(), TestCaseError> {
        for (bucket, found) in [Bucket::Hour, Bucket::Day].into_iter().zip(peaks(
            &self.cells,
            &self.memo,
            &asked.query(&[]),
            &China,
        )) {
            let asked = Asked {
                bucket: Some(bucket),
                groups: Vec::new(),
                ..asked.clone()
            };
            let mut best: Option<(String, u64)> = None;
            for ((label, _), row) in Recount::stays(&asked, stays).0 {
                let of = |name| row.counts.get(name).copied().unwrap_or(0);
                let moves = of("discharged") + of("loaded");
                if moves > best.as_ref().map_or(0, |(_, most)| *most) {
                    best = Some((label, moves));
                }
            }
            prop_assert_eq!(found.map(|(at, moves, _)| (label(Some(bucket), at), moves)), best);
        }
        let whole = Asked {
            bucket: None,
            groups: Vec::new(),
            ..asked.clone()
        };
        let selection = Selection::of(|dimensions| asked.filter.takes(dimensions));
        let series = asked.unit.overall();
        let found = minutes(&self.cells, (asked.from, asked.to), &selection, series, &China);
        let found: u64 = found.iter().map(|(_, count)| u64::from(*count)).sum();
        let plain = Recount::stays(&whole, stays).0;
        let released: usize = plain
            .values()
            .filter_map(|row| row.durations.get(&series.code()))
            .map(Vec::len)
            .sum();
        prop_assert_eq!(found, released as u64);
        Ok(())
    }
}

/// More cases with `QUAYLIGHT_LONG` in the environment.
fn cases() -> u32 {
    match std::env::var("QUAYLIGHT_LONG") {
        Ok(cases) => cases.parse().unwrap_or(20_000),
        Err(_) => 192,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_quantity_equals_the_plainest_recount_of_the_same_stays(
        events in events(), questions in prop::collection::vec(asked(), 1..6),
    ) {
        let mut followed = Followed {
            port: told(Vec::new()),
            cells: Cells::default(),
            memo: Mutex::new(Memo::new(TARGET)),
        };
        let half = events.len() / 2;
        for (index, event) in events.into_iter().enumerate() {
            followed.hear(event);
            if index == half {
                // What is kept of these answers must not stand in the way of later ones.
                for asked in &questions {
                    followed.agrees(asked)?;
                }
            }
        }
        for asked in &questions {
            followed.agrees(asked)?;
            // The second answer comes out of the memo.
            followed.agrees(asked)?;
        }
        prop_assert_eq!(followed.cells, followed.port.cells());
    }
}
