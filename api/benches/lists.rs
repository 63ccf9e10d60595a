//! `cargo bench -p api --bench lists`: how long the first page of each list of stays takes with a store of one and
//! of ten million stays, through the router, from the query to the last byte of JSON; and what a stay costs a
//! checkpoint. `-- --quick` runs it with few stays, to see that everything runs; `-- 3000000` with so many.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use api::clock::Clock;
use api::config::Configuration;
use api::engine::lists::{MEASURES, Measure, Seconds};
use api::engine::store::{Checkpoint, ContainerToWrite, StayRow, Store, Whole};
use api::engine::{Engine, Submission, Taken};
use api::journal::Format;
use api::routes::{App, app};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use futures_util::StreamExt as _;
use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng as _;
use shared::container::ContainerNumber;
use shared::event::versions::Versions;
use shared::event::{Direction, Event, Node, json};
use shared::figures::Dimensions;
use shared::stay::fold::stay_id;
use shared::stay::{Cargo, Channel, Mode, SegmentName, Status};
use shared::time::{DAY, HOUR, MINUTE, Time};
use smol_str::{SmolStr, format_smolstr};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

type Done<T> = Result<T, Box<dyn Error>>;

const SITE: &str = "CNTXG-TPCT";
/// The stays are spread over a year before this moment, 2024-01-01 at the port.
const END: i64 = 1_704_038_400_000;
const SPAN: i64 = 365 * DAY;
/// As many as a checkpoint writes at most.
const AT_ONCE: u64 = 60_000;
/// So many boxes that only memory knows.
const IN_MEMORY: u64 = 2_000;
const ROUNDS: usize = 9;

fn main() -> Done<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let named: Vec<u64> = arguments.iter().filter_map(|text| text.parse().ok()).collect();
    let sizes = match arguments.iter().any(|argument| argument == "--quick") {
        true => vec![20_000],
        false if named.is_empty() => vec![1_000_000, 10_000_000],
        false => named,
    };
    let runtime = tokio::runtime::Runtime::new()?;
    for stays in sizes {
        runtime.block_on(bench(stays))?;
    }
    Ok(())
}

async fn bench(stays: u64) -> Done<()> {
    let folder = tempfile::tempdir()?;
    let engine = start(folder.path())?;
    let store = engine.state().store();
    println!("== {stays} stays");
    fill(&store, engine.state().sequence, stays)?;
    engine.stop();
    drop((engine, store));
    let size = std::fs::metadata(folder.path().join("state.db"))?.len();
    println!("the store has {:.2} GB", size as f64 / 1e9);

    let engine = Arc::new(start(folder.path())?);
    only_in_memory(&engine).await?;
    let router = app(App::open(Arc::clone(&engine)), Router::new());
    println!(
        "{:<66} {:>6} {:>9} {:>9} {:>9}",
        "", "items", "first ms", "median ms", "worst ms"
    );
    let deep = format!("by=released&cursor={}.A", SPAN / 2 - END);
    for query in queries(stays).iter().chain([&deep]) {
        measure(&router, query).await?;
    }
    first_rows(&router, "by=released").await?;
    engine.stop();
    Ok(())
}

fn start(folder: &Path) -> Done<Engine> {
    let configuration = Arc::new(Configuration::default());
    let clock = Clock::simulated(Time(END));
    Ok(Engine::start(folder, configuration, clock, true, &mut |_, _| {})?)
}

/// What is asked.
fn queries(stays: u64) -> Vec<String> {
    let month = "from=2023-06-01&to=2023-07-01";
    let mut queries: Vec<String> = [
        "released",
        "moved",
        "discharged",
        "loaded",
        "gate_in",
        "gate_out",
        "rail_in",
        "rail_out",
        "yard",
        "left",
        "began",
    ]
    .iter()
    .flat_map(|by| {
        let rare = "cargo=dangerous&channel=inspection";
        [
            format!("by={by}"),
            format!("by={by}&{month}"),
            format!("by={by}&{month}&weekday=2&hour=14"),
            format!("by={by}&{rare}"),
        ]
    })
    .collect();
    let others = [
        "by=released&min_seconds=1000000".to_owned(),
        "by=released&min_seconds=100000000".to_owned(),
        format!("by=released&{month}&min_seconds=3600&max_seconds=7199"),
        format!("by=released&{month}&segment=pick_up&min_seconds=600000"),
        "by=released&limit=1000".to_owned(),
        "by=yard&weekday=7&hour=3".to_owned(),
        "by=began&status=expected".to_owned(),
        "by=began&status=in_yard".to_owned(),
        "open=true".to_owned(),
        format!("open=true&{month}"),
        format!("open=true&{month}&cargo=dangerous&channel=inspection"),
        format!("by=released&{month}&sort=longest"),
        format!("by=released&{month}&segment=pick_up&sort=longest"),
        format!("by=released&{month}&direction=import&segment=pick_up&sort=longest"),
        "by=released&segment=pick_up&sort=longest".to_owned(),
        format!("by=released&q=D{:09}", stays / 3),
        format!("by=released&q={}", &number(stays / 2).as_str()[..8]),
        "by=released&q=V0123".to_owned(),
        "by=released&q=VESSEL%2012".to_owned(),
        "by=released&q=nothing".to_owned(),
    ];
    queries.extend(others);
    queries
}

async fn call(router: &Router, query: &str, accept: &str) -> Done<axum::response::Response> {
    let request = Request::get(format!("/api/v1/stays?{query}"))
        .header(header::ACCEPT, accept)
        .body(Body::empty())?;
    Ok(router.clone().oneshot(request).await?)
}

async fn measure(router: &Router, query: &str) -> Done<()> {
    let mut took = Vec::with_capacity(ROUNDS);
    let mut items = 0;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let response = call(router, query, "application/json").await?;
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
        took.push(begun.elapsed());
        let list: serde_json::Value = serde_json::from_slice(&body)?;
        items = list["items"].as_array().map_or(0, Vec::len);
    }
    let first = took[0];
    took.sort();
    println!(
        "{query:<66} {items:>6} {:>9.2} {:>9.2} {:>9.2}",
        ms(first),
        ms(took[ROUNDS / 2]),
        ms(took[ROUNDS - 1])
    );
    Ok(())
}

/// The first byte, and the first stay, of a CSV of everything.
async fn first_rows(router: &Router, query: &str) -> Done<()> {
    let begun = Instant::now();
    let mut body = call(router, query, "text/csv")
        .await?
        .into_body()
        .into_data_stream();
    let mut pieces = Vec::new();
    while pieces.len() < 2
        && let Some(piece) = body.next().await
    {
        piece?;
        pieces.push(ms(begun.elapsed()));
    }
    println!(
        "CSV, {query}: the head after {:.2} ms, the first stays after {:.2} ms",
        pieces[0], pieces[1]
    );
    let (begun, mut bytes) = (Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(5)
        && let Some(piece) = body.next().await
    {
        bytes += piece?.len();
    }
    let rate = bytes as f64 / begun.elapsed().as_secs_f64() / 1e6;
    println!("CSV, {query}: then {rate:.1} MB/s");
    Ok(())
}

fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}

/// Boxes that changed since the last checkpoint.
async fn only_in_memory(engine: &Engine) -> Done<()> {
    let mut events = Vec::new();
    for n in 0..IN_MEMORY {
        for event in passage(&format!("MEMU{n:07}"), END - DAY)? {
            let json = json::canonical(&event);
            events.push(Taken {
                event,
                json,
                format: Format::Events,
            });
        }
    }
    let submission = Submission {
        events,
        clock: Some(Time(END)),
        ..Submission::default()
    };
    engine.submit(submission).await?;
    Ok(())
}

/// Three events of a box.
fn passage(number: &str, from: i64) -> Done<Vec<Event>> {
    let steps = [("discharge", 0), ("release", 20 * HOUR), ("gate_out", 23 * HOUR)];
    let events = steps.iter().map(|(node, after)| {
        let at = Time(from + after).utc();
        let text = format!(
            r#"{{"id":"{number}-{node}","source":"tos-pacific","site":"{SITE}","at":"{at}","node":"{node}","container":"{number}","size_type":"22G1","voyage":"0123E"}}"#
        );
        Ok(json::read(&text)?.event)
    });
    events.collect()
}

fn number(n: u64) -> ContainerNumber {
    let owner = ["AAAU", "CSQU", "MSCU", "TOLU", "ZZZU"][(n / 10_000_000 % 5) as usize];
    let text = format!("{owner}{:07}", n % 10_000_000);
    // Four letters and seven digits are a number.
    ContainerNumber::parse(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// Writes stays, oldest first, and tells what one costs with its entries in the lists and without.
fn fill(store: &Store, sequence: u64, stays: u64) -> Done<()> {
    let mut dice = Pcg64::new(1, 2);
    let template = passage("AAAU0000000", END - SPAN)?;
    let (mut with, mut without) = (Vec::new(), Duration::ZERO);
    let bare: Vec<u64> = (0..AT_ONCE.min(stays)).map(|n| 40_000_000 + n).collect();
    let mut bare: Vec<ContainerToWrite> = bare
        .iter()
        .map(|n| synthetic(*n, stays, &template, &mut dice))
        .collect();
    bare.iter_mut().for_each(|container| container.rows.clear());
    for first in (0..stays).step_by(AT_ONCE as usize) {
        let last = (first + AT_ONCE).min(stays);
        let containers = (first..last)
            .map(|n| synthetic(n, stays, &template, &mut dice))
            .collect();
        let begun = Instant::now();
        store.write(&checkpoint(sequence, containers))?;
        with.push(begun.elapsed().as_secs_f64() * 1e6 / (last - first) as f64);
    }
    let count = bare.len() as f64;
    let begun = Instant::now();
    store.write(&checkpoint(sequence, bare))?;
    without += begun.elapsed();
    with.sort_by(f64::total_cmp);
    println!(
        "a checkpoint takes {:.1} µs a stay (median; worst {:.1}), {:.1} µs without its entries in lists",
        with[with.len() / 2],
        with[with.len() - 1],
        without.as_secs_f64() * 1e6 / count
    );
    Ok(())
}

fn checkpoint(sequence: u64, containers: Vec<ContainerToWrite>) -> Checkpoint {
    Checkpoint {
        sequence,
        whole: Whole::default(),
        containers,
        identities: Arc::default(),
        loose: Vec::new(),
        cells: Vec::new(),
        course: Vec::new(),
        declarations: Vec::new(),
        alarms: Vec::new(),
        problems: Vec::new(),
        messages: Vec::new(),
        forgotten: 0,
    }
}

/// One box with one stay.
fn synthetic(n: u64, stays: u64, template: &[Event], dice: &mut Pcg64) -> ContainerToWrite {
    let number = number(n);
    let mut roll = |sides: u64| dice.next_u64() % sides;
    let hours = |sides: u64| i64::try_from(sides).unwrap_or(0) * MINUTE;
    let share = n.min(stays) as f64 / stays as f64;
    let began = END - SPAN + (share * SPAN as f64) as i64;
    let direction = match roll(100) {
        0..60 => Direction::Import,
        60..95 => Direction::Export,
        _ => Direction::Transshipment,
    };
    let dimensions = Dimensions {
        direction: Some(direction),
        // One of 25, and of these one of 40 is inspected: a thousandth.
        cargo: match roll(100) {
            0..4 => Cargo::Dangerous,
            4..10 => Cargo::Reefer,
            10..35 => Cargo::Empty,
            _ => Cargo::General,
        },
        mode: if roll(100) < 15 {
            Mode::Direct
        } else {
            Mode::Stacked
        },
        channel: match roll(40) {
            0 => Channel::Inspection,
            1..4 => Channel::Scan,
            _ => Channel::None,
        },
    };
    let clock = began + hours(roll(300));
    // One of a thousand takes twelve days.
    let length = if roll(1_000) == 0 {
        17_280
    } else {
        60 + roll(4_000)
    };
    let released = clock + hours(length);
    let left = released + hours(30 + roll(9_000));
    let (released_at, ended_at) = (
        Some(released).filter(|at| *at < END),
        Some(left).filter(|at| *at < END),
    );
    let is_import = direction != Direction::Export;
    let by_rail = roll(20) == 0;
    let ends = match (is_import, by_rail) {
        (true, false) => (Node::Discharge, Node::GateOut),
        (true, true) => (Node::Discharge, Node::RailOut),
        (false, false) => (Node::GateIn, Node::Load),
        (false, true) => (Node::RailIn, Node::Load),
    };
    let mut moves = vec![(ends.0, Time(began))];
    if dimensions.mode == Mode::Stacked {
        moves.push((Node::Stack, Time(began + 30 * MINUTE)));
        if roll(3) == 0 {
            moves.push((Node::Shift, Time(began + 30 * MINUTE + hours(roll(3_000)))));
        }
    }
    moves.extend(ended_at.map(|at| (ends.1, Time(at))));
    moves.sort_by_key(|(_, at)| *at);
    let status = match (released_at, ended_at) {
        (_, Some(_)) => Status::Left,
        (Some(_), None) => Status::Released,
        (None, None) => Status::InYard,
    };
    let segment = |name| Measure::Segment(name).place();
    let mut seconds: Seconds = [None; MEASURES];
    let whole = |from: i64, to: i64| u64::try_from((to - from) / 1_000).ok();
    seconds[0] = released_at.and_then(|at| whole(clock, at));
    seconds[segment(SegmentName::Preparation)] = whole(began, clock);
    seconds[segment(SegmentName::Clearance)] = seconds[0];
    let last = if is_import {
        SegmentName::PickUp
    } else {
        SegmentName::AfterRelease
    };
    seconds[segment(last)] = ended_at.and_then(|at| whole(released, at));
    let texts: Vec<SmolStr> = vec![
        format_smolstr!("BL{:09}", n / 2),
        format_smolstr!("V{:04}", n / 2_000 % 10_000),
        format_smolstr!("{}", 9_000_000 + n / 2_000 % 300),
        format_smolstr!("VESSEL {}", n / 2_000 % 300),
        format_smolstr!("D{n:09}"),
    ];
    let terms = ['b', 'v', 'i', 'n', 'd'].iter().zip(&texts);
    let terms = terms
        .map(|(field, text)| format_smolstr!("{field}:{text}"))
        .collect();
    let row = StayRow {
        id: stay_id(SITE, &number, &template[0].identity),
        site: 0,
        dimensions,
        status,
        began_at: Time(began),
        ended_at: ended_at.map(Time),
        clock_from: Some(Time(clock)),
        released_at: released_at.map(Time),
        moves,
        seconds,
        loaded: None,
        texts,
    };
    let identities = template
        .iter()
        .map(|event| Versions::new(event.clone(), Time(began)));
    ContainerToWrite {
        record: Arc::new(api::engine::container::ContainerRecord {
            number,
            identities: identities.collect(),
        }),
        open: false,
        rows: vec![row],
        spells: Vec::new(),
        terms,
        kept: (Arc::from([0]), Time(END)),
    }
}
