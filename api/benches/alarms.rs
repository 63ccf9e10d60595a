//! `cargo bench -p api --bench alarms`: what an alarm centre has to reach. Deciding on a changed stay, beside none and
//! beside 100,000 open alarms; 100,000 deadlines that fall into one second; a flood of 10,000; rules tried on a million
//! stays. `-- --quick` runs it with a twentieth of everything, to see that it runs.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

use api::clock::Clock;
use api::config::Configuration;
use api::engine::container::ContainerRecord;
use api::engine::store::{Checkpoint, ContainerToWrite, Store, Whole};
use api::engine::{Engine, Submission, Taken};
use api::journal::Format;
use api::routes::{App, app};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng as _;
use shared::alarm::judge::judge;
use shared::alarm::kept::Kept;
use shared::alarm::watched::{Around as Besides, Watched};
use shared::call::{Call, Vessel};
use shared::container::ContainerNumber;
use shared::event::versions::Versions;
use shared::event::{Event, json};
use shared::rules::{Regime, RuleBook, Rules};
use shared::stay::fold::{Held, Surroundings, fold};
use shared::time::{DAY, HOUR, MINUTE, SECOND, Time};
use shared::yard::{Layout, builtin};
use smol_str::SmolStr;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

type Done<T> = Result<T, Box<dyn Error>>;

const SITE: &str = "CNTXG-TPCT";
/// 2024-01-01 at the port.
const START: i64 = 1_704_038_400_000;
/// As many as a checkpoint writes at most.
const AT_ONCE: usize = 60_000;
const ROUNDS: usize = 9;

fn main() -> Done<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let part = if quick { 20 } else { 1 };
    let runtime = tokio::runtime::Runtime::new()?;
    deciding(2_000 / part);
    runtime.block_on(beside_others(100_000 / part))?;
    runtime.block_on(deadlines(100_000 / part))?;
    runtime.block_on(flood(10_000 / part))?;
    runtime.block_on(trial(1_000_000 / part))
}

fn ms(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}

fn start(folder: &Path, at: i64) -> Done<Engine> {
    let configuration = Arc::new(Configuration::default());
    let clock = Clock::simulated(Time(at));
    Ok(Engine::start(folder, configuration, clock, true, &mut |_, _| {})?)
}

fn calls(engine: &Arc<Engine>) -> Router {
    let engine = Arc::clone(engine);
    app(App::open(engine), Router::new())
}

fn number(n: usize) -> String {
    format!(
        "{}U{:07}",
        ["AAA", "CSQ", "MSC", "TOL"][n / 10_000_000 % 4],
        n % 10_000_000
    )
}

/// An event as it is taken in.
fn event(number: &str, id: &str, node: &str, at: i64, more: &str) -> Done<Event> {
    let at = Time(at).utc();
    let text = format!(
        r#"{{"id":"{number}-{id}","source":"tos","site":"{SITE}","at":"{at}","node":"{node}","container":"{number}"{more}}}"#
    );
    Ok(json::read(&text)?.event)
}

async fn submit(engine: &Engine, events: Vec<Event>, at: i64) -> Done<()> {
    for part in events.chunks(4_000) {
        let taken = part.iter().map(|event| Taken {
            json: json::canonical(event),
            event: event.clone(),
            format: Format::Events,
        });
        let submission = Submission {
            events: taken.collect(),
            clock: Some(Time(at)),
            ..Submission::default()
        };
        engine.submit(submission).await?;
    }
    Ok(())
}

/// Lets time pass.
async fn advance(engine: &Engine, at: i64) -> Done<()> {
    let submission = Submission {
        clock: Some(Time(at)),
        ..Submission::default()
    };
    engine.submit(submission).await?;
    Ok(())
}

/// Seven events of a passage, some of it slow, some of it dangerous.
fn passage(number: &str, began: i64, dice: &mut Pcg64) -> Done<Vec<Event>> {
    let mut roll = |sides: u64| dice.next_u64() % sides;
    let minutes = |n: u64| i64::try_from(n).unwrap_or(0) * MINUTE;
    let goods = if roll(25) == 0 {
        r#","dangerous":[{"class":"3","un":"1993"}]"#
    } else {
        ""
    };
    let block = if goods.is_empty() { "G" } else { "D0" };
    let slot = match block {
        "G" => format!(
            "G{:02}{:02}{:02}.{}",
            1 + roll(90),
            1 + 2 * roll(39),
            1 + roll(6),
            1 + roll(5)
        ),
        _ => format!("D0{}{:02}{:02}.1", 1 + roll(6), 1 + 2 * roll(9), 1 + roll(6)),
    };
    // One in fifty is slow in one way or another.
    let mut some = |least: u64, sides: u64, slow: u64| {
        let slow = if roll(50) == 0 { slow } else { 0 };
        minutes(least + roll(sides) + slow)
    };
    let discharged = began;
    let stacked = discharged + some(15, 40, 60);
    let declared = stacked + some(0, 2_000, 0);
    let released = declared + some(30, 1_300, 2_000);
    let left = released + some(60, 9_000, 6_000);
    let scanned = declared + some(5, 600, 900);
    let more = format!(
        r#","direction":"import","voyage":"{}E","size_type":"22G1"{goods}"#,
        roll(9_999)
    );
    let slot = format!(r#","slot":"{slot}""#);
    let declaration = format!(r#","declaration":"D{number}""#);
    Ok(vec![
        event(number, "1", "discharge", discharged, &more)?,
        event(number, "2", "stack", stacked, &slot)?,
        event(number, "3", "declare", declared, &declaration)?,
        event(number, "4", "select_for_scan", declared + minutes(5), "")?,
        event(number, "5", "scan", scanned, "")?,
        event(number, "6", "release", released, &declaration)?,
        event(number, "7", "gate_out", left, "")?,
    ])
}

struct Around(Layout);

impl Surroundings for Around {
    fn sources(&self) -> &[SmolStr] {
        &[]
    }
    fn call(&self, _: &str, _: Vessel<'_>, _: Time) -> Option<Call> {
        None
    }
    fn stacking_tells(&self, _: Time) -> bool {
        true
    }
    fn layout(&self, _: Time) -> &Layout {
        &self.0
    }
}

fn held(events: &[Event]) -> Vec<Held<'_>> {
    let mut held: Vec<Held<'_>> = events
        .iter()
        .filter_map(|event| {
            Some(Held {
                identity: &event.identity,
                content: event.content.as_ref()?,
                conflict: false,
            })
        })
        .collect();
    held.sort_by(Held::order);
    held
}

/// From a folded stay to its alarms.
fn deciding(stays: usize) {
    let mut dice = Pcg64::new(1, 2);
    let around = Around(builtin::layout());
    let rules = RuleBook::new(Regime {
        valid_from: Time(i64::MIN),
        rules: Arc::new(Rules::default()),
        layout: Arc::new(builtin::layout()),
    });
    let passages: Vec<(ContainerNumber, Vec<Event>)> = (0..stays)
        .filter_map(|n| {
            let number = number(n);
            let events = passage(&number, START, &mut dice).ok()?;
            Some((ContainerNumber::parse(&number).ok()?, events))
        })
        .collect();
    let mut took = Vec::new();
    let mut alarms = 0;
    for _ in 0..ROUNDS {
        let mut spent = Duration::ZERO;
        for (number, events) in &passages {
            let held = held(events);
            for stay in fold(SITE, number, &held, &[], &around) {
                let begun = Instant::now();
                let watched = Watched::of(&stay, &held, Besides::default());
                let judgement = black_box(judge(&watched, &rules, Time(START + 300 * DAY)));
                spent += begun.elapsed();
                alarms += judgement.occurrences.len();
            }
        }
        took.push(spent.as_secs_f64() * 1e6 / passages.len() as f64);
    }
    took.sort_by(f64::total_cmp);
    println!(
        "deciding on a changed stay: median {:.2} µs, slowest round {:.2} (aim 20); {:.2} alarms a stay",
        took[ROUNDS / 2],
        took[ROUNDS - 1],
        alarms as f64 / (ROUNDS * passages.len()) as f64
    );
}

/// What one more event costs the engine beside no alarm and beside many open ones: journal, fold, figures and all.
async fn beside_others(open: usize) -> Done<()> {
    let mut medians = Vec::new();
    for others in [0, open] {
        let folder = tempfile::tempdir()?;
        let engine = start(folder.path(), START)?;
        let discharged = |from: usize, count: usize| -> Done<Vec<Event>> {
            (from..from + count)
                .map(|n| event(&number(n), "1", "discharge", START, r#","direction":"import""#))
                .collect()
        };
        submit(&engine, discharged(0, others)?, START).await?;
        advance(&engine, START + 2 * HOUR).await?;
        until(&engine, |engine| engine.state().alarms.len() >= others).await;
        let mut took = Vec::new();
        for round in 0..ROUNDS {
            let first = others + 10_000_000 + round * 4_000;
            // Late from the beginning: each has an alarm.
            let events = discharged(first, 4_000)?;
            let begun = Instant::now();
            submit(&engine, events, START + 2 * HOUR).await?;
            took.push(begun.elapsed().as_secs_f64() * 1e6 / 4_000.0);
        }
        took.sort_by(f64::total_cmp);
        medians.push(took[ROUNDS / 2]);
        engine.stop();
    }
    println!(
        "an event that raises an alarm, durable and told: {:.1} µs beside none, {:.1} µs beside {open} open ones (ratio {:.2})",
        medians[0],
        medians[1],
        medians[1] / medians[0]
    );
    Ok(())
}

async fn until(engine: &Engine, holds: impl Fn(&Engine) -> bool) {
    let mut head = engine.head();
    while !holds(engine) {
        if head.changed().await.is_err() {
            return;
        }
    }
}

/// Limits that all pass within one second.
async fn deadlines(count: usize) -> Done<()> {
    let folder = tempfile::tempdir()?;
    let engine = start(folder.path(), START)?;
    let events: Vec<Event> = (0..count)
        .map(|n| {
            let at = START + i64::try_from(n).unwrap_or(0) * SECOND / i64::try_from(count).unwrap_or(1);
            event(&number(n), "1", "discharge", at, r#","direction":"import""#)
        })
        .collect::<Done<_>>()?;
    submit(&engine, events, START + 2 * SECOND).await?;
    let begun = Instant::now();
    advance(&engine, START + HOUR + 2 * SECOND).await?;
    until(&engine, |engine| engine.state().alarms.len() >= count).await;
    println!(
        "{count} deadlines within one second: all raised, durable and told after {:.2} s (aim 1)",
        begun.elapsed().as_secs_f64()
    );
    engine.stop();
    Ok(())
}

async fn answer(
    router: &Router,
    method: &str,
    path: &str,
    body: String,
) -> Done<(Duration, serde_json::Value)> {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .body(Body::from(body))?;
    let begun = Instant::now();
    let response = router.clone().oneshot(request).await?;
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
    let took = begun.elapsed();
    if !status.is_success() {
        return Err(format!("{path}: {status} {}", String::from_utf8_lossy(&body)).into());
    }
    Ok((took, serde_json::from_slice(&body)?))
}

/// The calls of the page while and after a flood, and with 100,000 alarms.
async fn flood(count: usize) -> Done<()> {
    let folder = tempfile::tempdir()?;
    let engine = Arc::new(start(folder.path(), START)?);
    let router = calls(&engine);
    for (alarms, name) in [(count, "a flood"), (count * 10, "ten times as many")] {
        let have = engine.state().alarms.len();
        let events: Vec<Event> = (have..alarms)
            .map(|n| {
                let more = format!(
                    r#","direction":"import","vessel_name":"VESSEL {}","voyage":"{}E""#,
                    n % 37,
                    n % 37
                );
                event(&number(n), "1", "discharge", START + (n % 60_000) as i64, &more)
            })
            .collect::<Done<_>>()?;
        submit(&engine, events, START + 2 * HOUR).await?;
        until(&engine, |engine| engine.state().alarms.len() >= alarms).await;
        println!("{name} of {alarms} alarms within a minute:");
        for path in [
            "/alarms?open=true&limit=100",
            "/alarms?open=true&limit=100&offset=5000",
            "/alarms?open=true&limit=100&sort=vessel",
            "/alarms/summary?open=true",
            "/alarms/summary?open=true&group=vessel,kind",
            "/alarms/performance?from=2024-01-01&to=2024-01-02",
        ] {
            let mut took = Vec::new();
            let mut groups = None;
            for _ in 0..ROUNDS {
                let (spent, found) = answer(&router, "GET", path, String::new()).await?;
                took.push(ms(spent));
                groups = found["group_count"].as_u64();
            }
            took.sort_by(f64::total_cmp);
            let groups = groups
                .map(|groups| format!(", {groups} groups"))
                .unwrap_or_default();
            println!(
                "  {path:<52} median {:>7.2} ms, slowest {:>7.2} (aim 100){groups}",
                took[ROUNDS / 2],
                took[ROUNDS - 1]
            );
        }
    }
    engine.stop();
    Ok(())
}

/// Rules tried on many stays of a year.
async fn trial(stays: usize) -> Done<()> {
    let folder = tempfile::tempdir()?;
    let engine = start(folder.path(), START + 400 * DAY)?;
    let (store, sequence) = (engine.state().store(), engine.state().sequence);
    fill(&store, sequence, stays)?;
    engine.stop();
    drop((engine, store));
    let engine = Arc::new(start(folder.path(), START + 400 * DAY)?);
    let router = calls(&engine);
    let (_, today) = answer(&router, "GET", "/rules", String::new()).await?;
    let mut changes = Vec::new();
    let mut limit = today["rules"].clone();
    limit["overtime"][0]["limit_seconds"] = 1_800.into();
    changes.push(("another limit", limit));
    let mut tiers = today["rules"].clone();
    tiers["storage"]["low_tiers"] = 1.into();
    changes.push(("another storage rule", tiers));
    let mut near = today["rules"].clone();
    near["storage"]["segregation_level"] = 3.into();
    changes.push(("another segregation", near));
    for (name, rules) in changes {
        for (period, from) in [
            ("a year", "2023-12-31T00:00:00+08:00"),
            ("a month", "2024-11-01T00:00:00+08:00"),
        ] {
            let body = serde_json::json!({"rules": rules, "from": from, "to": "2025-01-01T00:00:00+08:00"})
                .to_string();
            let mut took = Vec::new();
            let mut last = serde_json::Value::Null;
            for _ in 0..5 {
                let (spent, found) = answer(&router, "POST", "/rules/try", body.clone()).await?;
                took.push(ms(spent));
                last = found;
            }
            took.sort_by(f64::total_cmp);
            println!(
                "{name} tried on {} stays of {period}: median {:.0} ms, slowest {:.0} (aim 2,000); {} alarms instead of {}",
                last["stays"], took[2], took[4], last["tried"]["alarms"], last["today"]["alarms"]
            );
        }
    }
    engine.stop();
    Ok(())
}

/// Writes stays that are over as a checkpoint does.
fn fill(store: &Store, sequence: u64, stays: usize) -> Done<()> {
    let mut dice = Pcg64::new(3, 4);
    let around = Around(builtin::layout());
    let mut containers = Vec::new();
    for n in 0..stays {
        let text = number(n);
        let number = ContainerNumber::parse(&text)?;
        let began = START + (n as f64 / stays as f64 * 360.0 * DAY as f64) as i64;
        let events = passage(&text, began, &mut dice)?;
        let held = held(&events);
        let kept: Vec<Kept> = fold(SITE, &number, &held, &[], &around)
            .iter()
            .map(|stay| Kept::of(0, &Watched::of(stay, &held, Besides::default())))
            .collect();
        let last = kept.iter().filter_map(Kept::last).max().unwrap_or(Time(i64::MAX));
        let body: Vec<u8> = postcard::to_stdvec(&kept)?;
        drop(held);
        containers.push(ContainerToWrite {
            record: Arc::new(ContainerRecord {
                number,
                identities: events
                    .into_iter()
                    .map(|event| Versions::new(event, Time(began)))
                    .collect(),
            }),
            open: false,
            rows: Vec::new(),
            spells: Vec::new(),
            terms: Vec::new(),
            kept: (body.into(), last),
        });
        if containers.len() == AT_ONCE || n + 1 == stays {
            store.write(&Checkpoint {
                sequence,
                whole: Whole {
                    now: Time(START + 400 * DAY),
                    ..Whole::default()
                },
                containers: std::mem::take(&mut containers),
                identities: Arc::default(),
                loose: Vec::new(),
                cells: Vec::new(),
                course: Vec::new(),
                declarations: Vec::new(),
                alarms: Vec::new(),
                problems: Vec::new(),
                messages: Vec::new(),
                forgotten: 0,
            })?;
        }
    }
    Ok(())
}
