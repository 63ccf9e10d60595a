//! How fast figures are, and what they take, with one million and ten million stays that were released within one
//! year: the hardest that a port could be. `--quick` takes 100,000 and 300,000; numbers take so many.
//!
//! What is timed is the call as the server answers it, from the query to the bytes of the body. Questions are drawn
//! with a seed over periods, buckets, groups, filters and units, each of at most 400 rows, while stays go on changing
//! the present day, so that what was computed before does not answer everything.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a bench prints its figures, and fails by saying what was not there"
)]

use api::config::Configuration;
use api::engine::site::SiteState;
use api::engine::state::State;
use api::engine::store::Store;
use api::routes::error::ApiError;
use api::routes::figures::{clearance, patterns, throughput};
use api::routes::params::Params;
use axum::http::HeaderMap;
use axum::response::Response;
use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};
use shared::event::Direction;
use shared::figures::{CellChange, Count, Dimensions, Series, Unit, What};
use shared::stay::{Cargo, Channel, Mode, SegmentName};
use shared::time::{HOUR, MINUTE, Time};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// 2025-01-01 in Tianjin.
const START: Time = Time(1_735_660_800_000);
const YEAR_HOURS: i64 = 365 * 24;
const SEED: u64 = 20_260_223;

struct Dice(Pcg64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end
    }

    fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A duration with a long tail: so many hours in the middle.
    fn lasting(&mut self, middle_hours: f64) -> i64 {
        let normal: f64 = (0..6).map(|_| self.share()).sum::<f64>() - 3.0;
        (middle_hours * (normal * 1.1).exp() * HOUR as f64) as i64
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    fn dimensions(&mut self) -> Dimensions {
        let cargo = match self.below(100) {
            0..5 => Cargo::Dangerous,
            5..15 => Cargo::Reefer,
            15..30 => Cargo::Empty,
            _ => Cargo::General,
        };
        Dimensions {
            direction: Some(if self.below(2) == 0 {
                Direction::Import
            } else {
                Direction::Export
            }),
            cargo,
            mode: if self.below(10) < 2 {
                Mode::Direct
            } else {
                Mode::Stacked
            },
            channel: match self.below(20) {
                0 => Channel::Inspection,
                1 | 2 => Channel::Scan,
                _ => Channel::None,
            },
        }
    }
}

/// Everything that one finished stay adds.
fn stay(dice: &mut Dice, site: &SiteState, released: Time) -> Vec<CellChange> {
    let own = dice.dimensions();
    let dimensions = own.code();
    let mut changes = Vec::with_capacity(24);
    let mut add = |at: Time, what| {
        changes.push(CellChange {
            hour: site.hour(at),
            dimensions,
            what,
        });
    };
    let import = own.direction == Some(Direction::Import);
    let lasting = [
        dice.lasting(if import { 8.0 } else { 20.0 }),
        dice.lasting(if import { 30.0 } else { 20.0 }),
        dice.lasting(if import { 5.0 } else { 1.5 }),
        dice.lasting(30.0),
    ];
    let declared = Time(released.0 - lasting[2]);
    let began = Time(declared.0 - lasting[1]);
    let arrived = Time(began.0 - lasting[0]);
    let left = Time(released.0 + lasting[3]);
    let clock = if import { arrived } else { declared };
    let seconds = |length: i64| (length / 1_000).unsigned_abs();
    let names = if import {
        [
            SegmentName::Unloading,
            SegmentName::Preparation,
            SegmentName::Clearance,
            SegmentName::PickUp,
        ]
    } else {
        [
            SegmentName::Departure,
            SegmentName::Preparation,
            SegmentName::Clearance,
            SegmentName::AfterRelease,
        ]
    };
    add(clock, What::Clock(Unit::Stay, Some(site.hour(released))));
    add(clock, What::Count(Count::Clocks, 1));
    add(released, What::Count(Count::Released, 1));
    add(
        released,
        What::Duration(Series::Overall, released.seconds_since(clock).unsigned_abs()),
    );
    for (name, length) in names.into_iter().zip(lasting) {
        add(released, What::Duration(Series::Segment(name), seconds(length)));
    }
    add(
        declared,
        What::Clock(Unit::Declaration, Some(site.hour(released))),
    );
    add(declared, What::Count(Count::DeclarationClocks, 1));
    add(released, What::Count(Count::DeclarationsReleased, 1));
    add(released, What::Duration(Series::Declaration, seconds(lasting[2])));
    let (quay, quay_teu, gate, quay_at, gate_at) = if import {
        (
            Count::Discharged,
            Count::DischargedHalfTeu,
            Count::GateOut,
            began,
            left,
        )
    } else {
        (Count::Loaded, Count::LoadedHalfTeu, Count::GateIn, left, began)
    };
    add(quay_at, What::Count(quay, 1));
    add(quay_at, What::Count(quay_teu, 4));
    add(gate_at, What::Count(gate, 1));
    add(gate_at, What::Count(Count::LandHalfTeu, 4));
    add(began, What::Count(Count::Begun, 1));
    add(left, What::Count(Count::Gone, 1));
    if own.mode == Mode::Stacked {
        add(Time(began.0 + 30 * MINUTE), What::Count(Count::YardMoves, 1));
    }
    add(left, What::Count(Count::Left, 1));
    add(
        left,
        What::Duration(Series::Dwell, left.seconds_since(began).unsigned_abs()),
    );
    changes
}

fn released(dice: &mut Dice) -> Time {
    START.plus((dice.below(YEAR_HOURS as u64 * 3_600) * 1_000).cast_signed())
}

/// A state without stays.
fn empty(folder: &std::path::Path, configuration: &Configuration) -> State {
    let store = Store::open(&folder.join("state.db"), "bench", "bench").unwrap();
    State::new(configuration, "bench", Arc::new(store))
}

#[derive(Clone, Copy)]
enum Call {
    Clearance,
    Throughput,
    Patterns,
}

fn answer(state: &State, configuration: &Configuration, call: Call, query: &str) -> (Duration, usize) {
    let headers = HeaderMap::new();
    let begin = Instant::now();
    let params = Params::of(query).unwrap();
    let answer = match call {
        Call::Clearance => clearance::answer,
        Call::Throughput => throughput::answer,
        Call::Patterns => patterns::answer,
    };
    let response: Result<Response, ApiError> = answer(state, configuration, &params, &headers);
    let took = begin.elapsed();
    let body = response
        .unwrap_or_else(|error| panic!("{query}: {error:?}"))
        .into_body();
    let length = axum::body::HttpBody::size_hint(&body).exact().unwrap();
    (took, length as usize)
}

/// A question of at most 400 rows.
fn question(dice: &mut Dice) -> (Call, String) {
    let day = |day: u64| {
        let date = jiff::civil::date(2025, 1, 1) + jiff::Span::new().days(day.cast_signed());
        date.to_string()
    };
    let (period, rows) = match dice.below(6) {
        // A year by day, a month by hour, a quarter by day, a year by month, and two totals.
        0 => ("from=2025-01-01&to=2026-01-01&bucket=day".to_owned(), 365),
        1 => {
            let first = dice.below(350);
            (
                format!("from={}&to={}&bucket=hour", day(first), day(first + 15)),
                360,
            )
        }
        2 => {
            let first = dice.below(275);
            (
                format!("from={}&to={}&bucket=day", day(first), day(first + 90)),
                90,
            )
        }
        3 => ("from=2025-01-01&to=2026-01-01&bucket=month".to_owned(), 12),
        4 => {
            let first = dice.below(335);
            (format!("from={}&to={}", day(first), day(first + 30)), 1)
        }
        _ => ("from=2025-01-01&to=2026-01-01".to_owned(), 1),
    };
    let group = match rows {
        ..100 => dice.pick(&[
            "",
            "&group=direction",
            "&group=cargo",
            "&group=mode",
            "&group=channel",
        ]),
        100..200 => dice.pick(&["", "&group=direction"]),
        _ => "",
    };
    let filter = dice.pick(&[
        "",
        "",
        "&direction=import",
        "&direction=export",
        "&cargo=reefer",
        "&cargo=dangerous,reefer",
        "&mode=direct",
        "&channel=inspection",
        "&direction=import&cargo=general",
    ]);
    let call = if dice.below(3) == 0 {
        Call::Throughput
    } else {
        Call::Clearance
    };
    let unit = match call {
        Call::Clearance => dice.pick(&["", "", "&unit=declaration"]),
        _ => "",
    };
    (call, format!("{period}{group}{filter}{unit}"))
}

struct Times(Vec<Duration>);

impl Times {
    fn at(&self, share: f64) -> String {
        let mut times = self.0.clone();
        times.sort_unstable();
        let place = ((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1;
        milliseconds(times[place])
    }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1_000.0)
}

fn microseconds(duration: Duration, each: u64) -> String {
    format!("{:.2} µs", duration.as_secs_f64() * 1e6 / each as f64)
}

fn measure(stays: u64) {
    let folder = tempfile::tempdir().unwrap();
    let configuration = Configuration::default();
    let mut state = empty(folder.path(), &configuration);
    let mut dice = Dice(Pcg64::seed_from_u64(SEED));
    println!("-- {stays} stays released within one year, seed {SEED}");

    let mut adding = Duration::ZERO;
    let mut sample = Vec::new();
    for index in 0..stays {
        let at = released(&mut dice);
        let changes = stay(&mut dice, &state.sites[0], at);
        let begin = Instant::now();
        state.sites[0].recount(&[], &changes);
        adding += begin.elapsed();
        if index % (stays / 20_000) == 0 {
            sample.push(changes);
        }
    }
    println!("adding a stay            {}", microseconds(adding, stays));
    let site = &state.sites[0];
    let bytes = site.cells.bytes();
    println!(
        "memory                   {} MB a million stays ({} MB)",
        bytes as u64 * 1_000_000 / stays / 1_000_000,
        bytes / 1_000_000
    );

    let mut first = Times(Vec::new());
    let mut steady = Times(Vec::new());
    let mut changing = Duration::ZERO;
    let mut length = 0;
    let mut slowest: Vec<(Duration, String)> = Vec::new();
    let questions = 4_000;
    for index in 0..questions {
        // The present goes on: every question finds another stay released on the last day.
        let at = START.plus((YEAR_HOURS - 1 - dice.below(20).cast_signed()) * HOUR);
        let changes = stay(&mut dice, &state.sites[0], at);
        let begin = Instant::now();
        state.sites[0].recount(&[], &changes);
        changing += begin.elapsed();
        let (call, query) = question(&mut dice);
        let (took, bytes) = answer(&state, &configuration, call, &query);
        if index < questions / 2 {
            first.0.push(took);
        } else {
            steady.0.push(took);
            slowest.push((took, query));
        }
        length += bytes;
    }
    for (name, times) in [("from a cold start", &first), ("going on", &steady)] {
        println!(
            "any figure, 400 rows     median {}, 99th percentile {}, slowest {}  (2,000 questions {name})",
            times.at(0.5),
            times.at(0.99),
            times.at(1.0),
        );
    }
    slowest.sort_unstable_by_key(|(took, _)| std::cmp::Reverse(*took));
    for (took, query) in slowest.iter().take(3) {
        println!("  slowest going on: {} for {query}", milliseconds(*took));
    }
    println!(
        "  {} KB each; a stay between them, under what is kept for them: {}",
        length / questions / 1_000,
        microseconds(changing, questions as u64)
    );
    for (name, call, query) in [
        (
            "year by day, cold        ",
            Call::Clearance,
            "from=2025-01-01&to=2026-01-01&bucket=day",
        ),
        (
            "month by hour, cold      ",
            Call::Clearance,
            "from=2025-03-01&to=2025-04-01&bucket=hour",
        ),
        (
            "patterns of 90 days      ",
            Call::Patterns,
            "from=2025-03-01&to=2025-05-30",
        ),
        (
            "patterns of a year       ",
            Call::Patterns,
            "from=2025-01-01&to=2026-01-01",
        ),
        (
            "year by hour, one field, cold",
            Call::Clearance,
            "from=2025-01-01&to=2026-01-01&bucket=hour&fields=median_seconds",
        ),
    ] {
        state.sites[0].forget();
        let (cold, _) = answer(&state, &configuration, call, query);
        let (again, length) = answer(&state, &configuration, call, query);
        println!(
            "{name} {}, again {}  ({} KB)",
            milliseconds(cold),
            milliseconds(again),
            length / 1_000
        );
    }
    let refused = clearance::answer(
        &state,
        &configuration,
        &Params::of("from=2025-01-01&to=2026-01-01&bucket=hour").unwrap(),
        &HeaderMap::new(),
    );
    println!("year by hour, all fields refused: {}", refused.is_err());

    let each = sample.len() as u64;
    let begin = Instant::now();
    for (own, other) in sample.iter().zip(sample.iter().skip(1)) {
        state.sites[0].recount(own, other);
    }
    println!(
        "correcting a stay        {}",
        microseconds(begin.elapsed(), each - 1)
    );
    let last = &sample[sample.len() - 1];
    let begin = Instant::now();
    for _ in 1..each {
        state.sites[0].recount(last, &[]);
        state.sites[0].recount(&[], last);
    }
    println!(
        "retracting and adding    {}",
        microseconds(begin.elapsed(), each - 1)
    );
    println!();
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let named: Vec<u64> = arguments
        .iter()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let sizes = match (named.is_empty(), quick) {
        (false, _) => named,
        (true, true) => vec![100_000, 300_000],
        (true, false) => vec![1_000_000, 10_000_000],
    };
    sizes.into_iter().for_each(measure);
}
