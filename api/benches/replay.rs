//! `cargo bench -p api --bench replay`: how long the yard of any moment takes, what changed behind it, one block, the
//! course and the moves, through the router, from the query to the last byte of JSON, with a month of a yard in which
//! 54,000 boxes stand at once; and with a year of it. `-- --quick` runs it with a tenth of a month.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use api::clock::Clock;
use api::config::Configuration;
use api::engine::Engine;
use api::engine::container::ContainerRecord;
use api::engine::course::Course;
use api::engine::store::{Checkpoint, ContainerToWrite, StaySpells, Store, Whole};
use api::routes::{App, app};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng as _;
use shared::container::ContainerNumber;
use shared::event::Direction;
use shared::stay::Cargo;
use shared::stay::fold::stay_id;
use shared::time::{DAY, HOUR, Time};
use shared::yard::{SlotState, Spell};
use smol_str::{SmolStr, format_smolstr};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

type Done<T> = Result<T, Box<dyn Error>>;

const SITE: &str = "CNTXG-TPCT";
/// The stays end before this moment, 2024-01-01 at the port.
const END: i64 = 1_704_038_400_000;
/// A box stands for so long on average …
const DWELL: i64 = 9 * DAY;
/// … and as many come every day as makes up the yard.
const A_DAY: u64 = 6_000;
const AT_ONCE: usize = 60_000;
const ROUNDS: usize = 9;

fn main() -> Done<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let runtime = tokio::runtime::Runtime::new()?;
    let sizes: &[(i64, u64)] = if quick {
        &[(30, A_DAY / 10)]
    } else {
        &[(30, A_DAY), (365, A_DAY)]
    };
    for (days, a_day) in sizes {
        runtime.block_on(bench(*days, *a_day))?;
    }
    Ok(())
}

async fn bench(days: i64, a_day: u64) -> Done<()> {
    let folder = tempfile::tempdir()?;
    let engine = start(folder.path())?;
    let store = engine.state().store();
    fill(&store, engine.state().sequence, days, a_day)?;
    engine.stop();
    drop((engine, store));
    let size = std::fs::metadata(folder.path().join("state.db"))?.len();
    println!(
        "== {days} days, {a_day} boxes a day: the store has {:.2} GB",
        size as f64 / 1e9
    );
    let engine = Arc::new(start(folder.path())?);
    let state = App::open(Arc::clone(&engine));
    let router = app(state, Router::new());
    println!(
        "{:<44} {:>9} {:>9} {:>9} {:>9}",
        "", "bytes", "first ms", "median ms", "worst ms"
    );
    let at = |before: i64| Time(END - before).utc().to_string().replace('+', "%2B");
    let middle = days * DAY / 2;
    let hour = format!("from={}&to={}", at(middle), at(middle - HOUR));
    let day = format!("from={}&to={}", at(middle), at(middle - DAY));
    let all = format!("from={}&to={}", at(days * DAY), at(0));
    for path in [
        String::new(),
        format!("?at={}", at(0)),
        format!("?at={}", at(HOUR)),
        format!("?at={}", at(middle)),
        format!("?at={}", at(days * DAY - DAY)),
        format!("/blocks/G12?at={}", at(middle)),
        format!("/changes?{hour}"),
        format!("/changes?{day}"),
        format!("/changes?{day}&limit=10000"),
        format!("/changes?{all}"),
        format!("/course?{day}"),
        format!("/course?{all}"),
        format!("/moves?{hour}"),
        format!("/moves?{all}"),
    ] {
        measure(&router, &path).await?;
    }
    engine.stop();
    Ok(())
}

fn start(folder: &Path) -> Done<Engine> {
    let configuration = Arc::new(Configuration::default());
    let clock = Clock::simulated(Time(END + HOUR));
    Ok(Engine::start(folder, configuration, clock, true, &mut |_, _| {})?)
}

async fn measure(router: &Router, path: &str) -> Done<()> {
    let mut took = Vec::with_capacity(ROUNDS);
    let mut size = 0;
    for _ in 0..ROUNDS {
        let request = Request::get(format!("/api/v1/yard{path}")).body(Body::empty())?;
        let begun = Instant::now();
        let response = router.clone().oneshot(request).await?;
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
        took.push(begun.elapsed());
        if !status.is_success() {
            return Err(String::from_utf8_lossy(&body).into());
        }
        size = body.len();
    }
    let first = took[0];
    took.sort();
    let ms = |took: Duration| took.as_secs_f64() * 1e3;
    let name = path.replace("%2B00:00", "Z").replace(":00:00Z", "h");
    println!(
        "{name:<44} {size:>9} {:>9.2} {:>9.2} {:>9.2}",
        ms(first),
        ms(took[ROUNDS / 2]),
        ms(took[ROUNDS - 1])
    );
    Ok(())
}

/// Writes the stays, oldest first, and tells what one costs a checkpoint.
fn fill(store: &Store, sequence: u64, days: i64, a_day: u64) -> Done<()> {
    let mut dice = Pcg64::new(1, 2);
    let mut course = Course::default();
    let stays = days.unsigned_abs() * a_day;
    let mut containers = Vec::with_capacity(AT_ONCE);
    let mut took = Duration::ZERO;
    for n in 0..stays {
        let came = END - days * DAY + (n as f64 / a_day as f64 * DAY as f64) as i64;
        let container = synthetic(n, came, &mut dice)?;
        for of in &container.spells {
            course.count(&of.spells, |spell| Some(SmolStr::new(&spell.slot[..3])), 1);
        }
        containers.push(container);
        if containers.len() == AT_ONCE || n + 1 == stays {
            let checkpoint = Checkpoint {
                sequence,
                whole: Whole {
                    now: Time(END),
                    course_blocks: vec![course.blocks().to_vec()],
                    ..Whole::default()
                },
                containers: std::mem::take(&mut containers),
                identities: Arc::default(),
                loose: Vec::new(),
                cells: Vec::new(),
                course: course
                    .take_changed()
                    .into_iter()
                    .map(|(hour, of_hour)| (0, hour, of_hour))
                    .collect(),
                declarations: Vec::new(),
                alarms: Vec::new(),
                problems: Vec::new(),
                messages: Vec::new(),
                forgotten: 0,
            };
            let begun = Instant::now();
            store.write(&checkpoint)?;
            took += begun.elapsed();
        }
    }
    println!(
        "a checkpoint takes {:.1} µs a stay with its spells",
        took.as_secs_f64() * 1e6 / stays as f64
    );
    Ok(())
}

/// A box that is put down, moved once in three times, released, and leaves unless it still stands.
fn synthetic(n: u64, came: i64, dice: &mut Pcg64) -> Done<ContainerToWrite> {
    let number = ContainerNumber::parse(&format!("AAAU{n:07}"))?;
    let mut below = |end: u64| dice.next_u64() % end;
    let long = below(2) == 0;
    let mut slot = || -> SmolStr {
        let block = ["G", "H"][usize::from(below(2) == 0)];
        let bay = if long {
            2 + 4 * below(19)
        } else {
            1 + 2 * below(40)
        };
        format_smolstr!(
            "{block}{:02}{bay:02}{:02}.{}",
            1 + below(80),
            1 + below(6),
            1 + below(5)
        )
    };
    let places = [slot(), slot()];
    let lasting = |part: u64| (part as f64 / 1e6 * 2.0 * DWELL as f64) as i64;
    let left = came + lasting(below(1_000_000));
    let released = came + (left - came) / 2;
    let moved = (below(3) == 0).then_some(came + (left - came) / 4);
    let direction = [Direction::Import, Direction::Export][usize::from(below(2) == 0)];
    let state = SlotState::of(Cargo::General, false, Some(direction), false);
    let mut ends = vec![(came, &places[0], came, state)];
    let last = moved.unwrap_or(came);
    ends.extend(moved.map(|at| (at, &places[1], at, state)));
    let place = if moved.is_some() { &places[1] } else { &places[0] };
    ends.push((released, place, last, state.with_release(true)));
    let spells = ends
        .iter()
        .enumerate()
        .map(|(index, (from, slot, since, state))| {
            let until = ends.get(index + 1).map_or(left, |next| next.0);
            Spell {
                slot: (*slot).clone(),
                since: Time(*since),
                from: Time(*from),
                until: (until < END).then_some(Time(until)),
                state: *state,
            }
        });
    let began_by = shared::event::Identity {
        source: "tos-pacific".into(),
        id: format_smolstr!("{n}"),
    };
    let spells = StaySpells {
        site: 0,
        stay: stay_id(SITE, &number, &began_by),
        size_type: Some(if long { "45G1" } else { "22G1" }.into()),
        direction: Some(direction),
        spells: spells.filter(|spell| spell.from.0 < END).collect(),
    };
    Ok(ContainerToWrite {
        record: Arc::new(ContainerRecord::new(number)),
        open: false,
        rows: Vec::new(),
        spells: vec![spells],
        terms: Vec::new(),
        kept: (Arc::from([0]), Time(END)),
    })
}
