//! State is a function of the set of events, not of the order in which they came (`design.md` rule 1): late,
//! repeated, corrected and retracted events, in any batches and with restarts between them, lead to the same
//! state as the same events in perfect order. And what the engine does beside: a corrected call folds its
//! stays again, a deadline rings without any message, and a start goes on where the last one stopped.
//!
//! `QUAYLIGHT_LONG` in the environment runs many more cases, or as many as it says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says by failing what was not there"
)]

mod feeding;

use api::clock::Clock;
use api::config::{Configuration, Site};
use api::engine::changes::Resume;
use api::engine::container::ContainerRecord;
use api::engine::site::SiteState;
use api::engine::state::State;
use api::engine::{Engine, Submission};
use feeding::taken;
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::container::ContainerNumber;
use shared::event::json as native;
use shared::figures::{Selection, Series, Tally};
use shared::time::{DAY, HOUR, MINUTE, Time};
use shared::yard::{Block, Layout, SlotPattern, builtin};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const SITE: &str = "CNTXG-TPCT";
const OTHER_SITE: &str = "INNSA-1";
const CONTAINERS: [&str; 3] = ["CSQU3054383", "TOLU4734787", "BOX3"];
/// 2022-02-20, midnight at the port.
const START: Time = Time(1_645_286_400_000);
/// Nothing that is waited for takes as long as this, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

fn after(milliseconds: i64) -> Time {
    START.plus(milliseconds)
}

fn text(at: Time) -> String {
    at.utc().to_string()
}

/// Two sites with small yards: one far from the other's clock, whose feeds do not report stacking.
fn configured(sources: &[&str]) -> Arc<Configuration> {
    let built_in = builtin::layout();
    let wanted = |block: &&Block| ["G01", "D01", "R01"].contains(&block.name.as_str());
    let blocks = built_in.blocks().iter().filter(wanted).cloned().collect();
    let layout = Arc::new(Layout::new(SlotPattern::default(), blocks, Vec::new()));
    let first = Site {
        layout,
        sources: sources.iter().map(|source| (*source).into()).collect(),
        ..Site::default()
    };
    let second = Site {
        code: OTHER_SITE.into(),
        locations: vec!["INNSA".into()],
        zone: jiff::tz::TimeZone::get("Asia/Kolkata").unwrap(),
        zone_name: "Asia/Kolkata".to_owned(),
        stacking_reported: false,
        ..first.clone()
    };
    Arc::new(Configuration {
        sites: vec![first, second],
        ..Configuration::default()
    })
}

fn start(folder: &Path, configuration: &Arc<Configuration>, at: Time) -> Engine {
    Engine::start(
        folder,
        Arc::clone(configuration),
        Clock::simulated(at),
        true,
        &mut |_, _| {},
    )
    .unwrap()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(work)
}

/// Hands events over at a moment, and answers when they are durable and applied.
async fn submit(engine: &Engine, events: &[Value], at: Time) -> u64 {
    let events = taken(events.iter().cloned());
    let submission = Submission {
        events,
        clock: Some(at),
        ..Submission::default()
    };
    engine.submit(submission).await.unwrap().sequence
}

/// Waits until the state is so; looks whenever the log of changes has grown.
async fn until(engine: &Engine, holds: impl Fn(&State) -> bool) {
    let mut head = engine.head();
    let wait = async {
        while !holds(&engine.state()) {
            head.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, wait)
        .await
        .expect("the state never came to be so");
}

/// Waits until every deadline before a moment has rung.
async fn rung(engine: &Engine, now: Time) {
    until(engine, |state| {
        state.next_deadline().is_none_or(|(next, _)| next > now)
    })
    .await;
}

// What is compared.

/// All of the state that follows from the events, and nothing that depends on when they came.
#[derive(Debug, PartialEq)]
struct Seen {
    /// Stays, and what was told outside any stay.
    containers: BTreeMap<&'static str, Value>,
    digests: String,
    alarms: String,
    sites: Vec<SeenSite>,
    loose: Vec<String>,
    next_clock: Option<(Time, ContainerNumber)>,
}

/// The same of one site.
#[derive(Debug, PartialEq)]
struct SeenSite {
    figures: String,
    span: Option<(Time, Time)>,
    /// Places that are taken, with their byte.
    slots: Vec<(usize, u8)>,
    outside: u64,
    boxes: u64,
}

fn without_arrival(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("recorded_at");
            fields.values_mut().for_each(without_arrival);
        }
        Value::Array(items) => items.iter_mut().for_each(without_arrival),
        _ => {}
    }
}

fn record_of(state: &State, number: &ContainerNumber) -> ContainerRecord {
    let in_memory = state.containers.get(number).map(|entry| (*entry.record).clone());
    in_memory
        .or_else(|| state.stored_container(number).unwrap())
        .unwrap_or_else(|| ContainerRecord::new(number.clone()))
}

fn seen(engine: &Engine) -> Seen {
    let state = engine.state();
    let mut containers = BTreeMap::new();
    let mut digests = String::new();
    for name in CONTAINERS {
        let record = record_of(&state, &ContainerNumber::parse(name).unwrap());
        let mut value =
            json!({"stays": state.stays_of(&record), "mentions": state.mentions_of(&record, &|_| true)});
        without_arrival(&mut value);
        containers.insert(name, value);
        writeln!(digests, "{:#?}", state.digest_of(&record)).unwrap();
    }
    let mut alarms = String::new();
    for record in state
        .alarms
        .newest(None)
        // Alarms of the system itself are about when messages arrive.
        .filter(|record| record.withdrawn_at.is_none() && !record.occurrence.kind.is_of_the_system())
    {
        writeln!(alarms, "{:?} {:#?}", record.is_open(), record.occurrence).unwrap();
    }
    let mut loose: Vec<String> = state
        .loose
        .values()
        .map(|versions| {
            versions
                .all()
                .iter()
                .map(|version| native::canonical(&version.event))
                .collect()
        })
        .collect();
    loose.sort();
    Seen {
        containers,
        digests,
        alarms,
        sites: state.sites.iter().map(of_site).collect(),
        loose,
        next_clock: state.next_clock().cloned(),
    }
}

fn of_site(site: &SiteState) -> SeenSite {
    let places = site.yard.states().iter().enumerate();
    SeenSite {
        figures: format!("{:#?}", site.cells),
        span: site.cells.span(),
        slots: places
            .filter(|(_, byte)| **byte != 0)
            .map(|(place, byte)| (place, *byte))
            .collect(),
        outside: site.yard.outside(),
        boxes: site.boxes,
    }
}

/// The first lines that differ, expected before found.
fn difference(expected: &Seen, found: &Seen) -> Option<String> {
    if expected == found {
        return None;
    }
    let (expected, found) = (format!("{expected:#?}"), format!("{found:#?}"));
    let lines = |text: &str| {
        text.replace("\\n", "\n")
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (expected, found) = (lines(&expected), lines(&found));
    let same = expected.iter().zip(&found).take_while(|(a, b)| a == b).count();
    let around = |lines: &[String]| lines[same.saturating_sub(12)..(same + 6).min(lines.len())].join("\n");
    Some(format!(
        "expected\n{}\nfound\n{}",
        around(&expected),
        around(&found)
    ))
}

// What is told.

fn any_event() -> impl Strategy<Value = Value> {
    let node = prop_oneof![
        5 => prop::sample::select(vec!["discharge", "gate_in", "gate_out", "load", "rail_out"]),
        4 => prop::sample::select(vec!["stack", "shift"]),
        4 => prop::sample::select(vec!["declare", "release", "hold", "arrival_report", "select_for_scan"]),
        2 => prop::sample::select(vec!["scan", "inspection_start", "inspection_end", "plug_in", "measure"]),
        3 => prop::sample::select(vec!["vessel_arrival", "vessel_departure"]),
        1 => Just("note"),
    ];
    let identity = (prop::sample::select(vec!["tos", "port"]), 0..14u8);
    // Few days, and few hours in them, so that much falls together.
    let at = (
        0..9i64,
        prop::sample::select(vec![0i64, 6 * 60, 7 * 60, 7 * 60 + 30, 8 * 60, 20 * 60]),
    );
    let version = (
        prop::option::weighted(0.5, 0..3i64),
        prop::bool::weighted(0.12),
        any::<bool>(),
    );
    let whom = (
        prop::sample::select(CONTAINERS.to_vec()),
        prop::sample::select(vec![
            Some(SITE),
            Some(SITE),
            Some(SITE),
            Some(SITE),
            Some(SITE),
            Some(OTHER_SITE),
            None,
        ]),
        prop::bool::weighted(0.08),
    );
    (identity, node, at, version, whom, attributes()).prop_map(
        |(
            (source, id),
            node,
            (day, minute),
            (updated_at, retracted, bare),
            (container, site, expected),
            stated,
        )| {
            let mut event = json!({"source": source, "id": id.to_string()});
            if let Some(updated_at) = updated_at {
                event["updated_at"] = text(after(20 * DAY + updated_at * HOUR)).into();
            }
            if retracted {
                event["retracted"] = true.into();
                if bare {
                    return event;
                }
            }
            event["at"] = text(after(day * DAY + minute * MINUTE)).into();
            event["node"] = node.into();
            if expected {
                event["classifier"] = "planned".into();
            }
            if let Some(site) = site {
                event["site"] = site.into();
            } else {
                event["location"] = "SGSIN".into();
            }
            for (field, value) in stated {
                event[field] = value;
            }
            if node.starts_with("vessel") {
                if event.get("vessel_imo").is_none() && event.get("vessel_name").is_none() {
                    event["vessel_imo"] = "9321483".into();
                }
                if event.get("voyage").is_none() {
                    event["voyage"] = "V1".into();
                }
            } else {
                event["container"] = container.into();
            }
            event
        },
    )
}

fn attributes() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let field = prop::sample::select(vec![
        ("voyage", json!("V1")),
        ("voyage", json!("V1")),
        ("voyage", json!("V2")),
        ("vessel_imo", json!("9321483")),
        ("vessel_imo", json!("1234567")),
        ("vessel_name", json!("COSCO TIANJIN")),
        ("vessel_name", json!("EVER GIVEN")),
        ("slot", json!("G010101.1")),
        ("slot", json!("G010101.1")),
        ("slot", json!("G010201.1")),
        ("slot", json!("G010301.2")),
        ("slot", json!("D010101.1")),
        ("slot", json!("R010101.3")),
        ("slot", json!("quay")),
        ("slot", json!(null)),
        ("dangerous", json!([{"class": "3", "un": "1993"}])),
        ("dangerous", json!([{"class": "1.4"}])),
        ("dangerous", json!([])),
        ("refrigerated", json!(true)),
        ("refrigerated", json!(false)),
        ("temperature_celsius", json!(-18)),
        ("size_type", json!("22G1")),
        ("size_type", json!("45R1")),
        ("empty", json!(true)),
        ("empty", json!(false)),
        ("direction", json!("import")),
        ("direction", json!("import")),
        ("direction", json!("export")),
        ("direction", json!("transshipment")),
        ("declaration", json!("D1")),
        ("declaration", json!("D2")),
        ("bill_of_lading", json!("A")),
        ("bill_of_lading", json!("B")),
        ("date_only", json!(true)),
    ]);
    prop::collection::vec(field, 0..6)
}

#[derive(Clone, Copy, Debug)]
enum Restart {
    /// Stopped and started.
    Plain,
    /// Started from the journal alone.
    WithoutStore,
    /// Started from the store of an earlier stop and the journal behind it, as after a crash.
    WithOldStore,
}

#[derive(Clone, Debug)]
struct Batch {
    events: usize,
    /// How much of the time to the end passes before it, in hundredths.
    passes: i64,
    before: Option<Restart>,
}

/// An event, when it comes, and when it comes again.
#[derive(Clone, Debug)]
struct Coming {
    event: Value,
    at: u16,
    again: Option<u16>,
}

/// Events, and how they come.
#[derive(Clone)]
struct Told {
    events: Vec<Coming>,
    batches: Vec<Batch>,
    sources: Vec<&'static str>,
    /// When the state is looked at.
    end: Time,
}

impl Told {
    /// The events as they come.
    fn order(&self) -> Vec<Value> {
        let first = self.events.iter().map(|coming| (coming.at, &coming.event));
        let again = self
            .events
            .iter()
            .filter_map(|coming| Some((coming.again?, &coming.event)));
        let mut order: Vec<_> = first.chain(again).collect();
        order.sort_by_key(|(at, _)| *at);
        order.into_iter().map(|(_, event)| event.clone()).collect()
    }
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "looked at {}, sources {:?}; in this order:",
            text(self.end),
            self.sources
        )?;
        let mut come = self.order().into_iter();
        for batch in &self.batches {
            writeln!(f, "  {:?}, after {} %", batch.before, batch.passes)?;
            for event in come.by_ref().take(batch.events) {
                writeln!(f, "    {event}")?;
            }
        }
        writeln!(f, "  the rest")?;
        come.try_for_each(|event| writeln!(f, "    {event}"))
    }
}

fn any_told() -> impl Strategy<Value = Told> {
    let restart = prop::option::weighted(
        0.4,
        prop::sample::select(vec![
            Restart::Plain,
            Restart::Plain,
            Restart::WithoutStore,
            Restart::WithOldStore,
        ]),
    );
    let batch = (1..9usize, 0..60i64, restart).prop_map(|(events, passes, before)| Batch {
        events,
        passes,
        before,
    });
    let sources = prop::sample::select(vec![vec![], vec!["port"], vec!["port", "tos"]]);
    let end = (prop::sample::select(vec![2i64, 8, 9, 40]), 0..24 * 60i64);
    let coming = (
        any_event(),
        any::<u16>(),
        prop::option::weighted(0.15, any::<u16>()),
    )
        .prop_map(|(event, at, again)| Coming { event, at, again });
    let batches = prop::collection::vec(batch, 0..5);
    (prop::collection::vec(coming, 1..30), batches, sources, end).prop_map(
        |(events, batches, sources, (day, minute))| Told {
            events,
            batches,
            sources,
            end: after(day * DAY + minute * MINUTE),
        },
    )
}

/// In perfect order: by version, then by time; each once, all at once.
fn in_order(told: &Told) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    let engine = start(folder.path(), &configured(&told.sources), START);
    let mut events: Vec<Value> = told.events.iter().map(|coming| coming.event.clone()).collect();
    let field = |event: &Value, name: &str| event.get(name).map(ToString::to_string);
    events.sort_by_key(|event| (field(event, "updated_at"), field(event, "at"), event.to_string()));
    events.dedup();
    run(async {
        submit(&engine, &events, told.end).await;
        rung(&engine, told.end).await;
    });
    let seen = seen(&engine);
    engine.stop();
    seen
}

/// As they come.
fn as_they_come(told: &Told) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    let configuration = configured(&told.sources);
    let (store, earlier) = (folder.path().join("state.db"), folder.path().join("earlier.db"));
    let mut now = START;
    let mut engine = start(folder.path(), &configuration, now);
    let mut order = told.order();
    for batch in &told.batches {
        if let Some(restart) = batch.before {
            engine.stop();
            drop(engine);
            let had_earlier = earlier.exists();
            let kept = std::fs::read(&store).unwrap();
            match restart {
                Restart::WithoutStore => std::fs::remove_file(&store).unwrap(),
                Restart::WithOldStore if had_earlier => {
                    std::fs::copy(&earlier, &store).unwrap();
                }
                Restart::Plain | Restart::WithOldStore => {}
            }
            std::fs::write(&earlier, kept).unwrap();
            engine = start(folder.path(), &configuration, now);
        }
        now = now.plus((told.end.0 - now.0) * batch.passes / 100);
        let rest = order.split_off(batch.events.min(order.len()));
        run(submit(&engine, &order, now));
        order = rest;
    }
    run(async {
        submit(&engine, &order, told.end).await;
        rung(&engine, told.end).await;
    });
    assert!(engine.is_ready());
    let seen = seen(&engine);
    engine.stop();
    seen
}

fn cases(suite: u32, long: u32) -> ProptestConfig {
    let cases = match std::env::var("QUAYLIGHT_LONG") {
        Ok(wanted) => wanted.parse().unwrap_or(long),
        Err(_) => suite,
    };
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_time: 30_000,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(64, 20_000))]

    #[test]
    fn any_order_any_repetition_and_any_batches_lead_to_the_state_of_perfect_order(told in any_told()) {
        let (expected, found) = (in_order(&told), as_they_come(&told));
        if let Some(difference) = difference(&expected, &found) {
            return Err(TestCaseError::fail(difference));
        }
    }
}

// What the engine does beside.

/// A box that came off the vessel of voyage V1 an hour after it arrived, and left released.
fn passage(container: &str) -> Vec<Value> {
    let event = |id: &str, node: &str, hours: i64, more: Value| {
        let mut event = json!({"source": "tos", "id": format!("{container}{id}"), "node": node, "site": SITE,
            "container": container, "at": text(after(hours * HOUR))});
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        event
    };
    vec![
        event(
            "1",
            "discharge",
            2,
            json!({"voyage": "V1", "vessel_imo": "9321483", "size_type": "22G1"}),
        ),
        event("2", "release", 3, json!({})),
        event("3", "gate_out", 4, json!({})),
    ]
}

fn arrival(hours: i64, updated: i64) -> Value {
    json!({"source": "port", "id": "arrival", "node": "vessel_arrival", "site": SITE, "voyage": "V1",
        "vessel_imo": "9321483", "at": text(after(hours * HOUR)), "updated_at": text(after(updated * HOUR))})
}

/// Clearance of every stay, in hours, as stays and figures tell it.
fn clearance(engine: &Engine, containers: &[String]) -> (Vec<u64>, f64) {
    let state = engine.state();
    let hours = |container: &String| {
        let record = record_of(&state, &ContainerNumber::parse(container).unwrap());
        state.stays_of(&record)[0].clearance_seconds.unwrap() / 3_600
    };
    let every = Selection::of(|_| true);
    let mut tally = Tally::default();
    for (_, year) in state.sites[0].cells.years(i32::MIN, i32::MAX) {
        year.tell(Series::Overall, &every, &mut tally);
    }
    let all = tally.take_summary(0);
    assert_eq!(all.count, containers.len() as u64);
    (
        containers.iter().map(hours).collect(),
        all.mean_seconds().unwrap() / 3_600.0,
    )
}

#[test]
fn a_corrected_arrival_folds_its_stays_again_in_the_same_commit() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = configured(&[]);
    let containers: Vec<String> = (0..200).map(|number| format!("BOX{number}")).collect();
    let engine = start(folder.path(), &configuration, after(DAY));
    let mut events = vec![arrival(1, 1)];
    events.extend(containers.iter().flat_map(|container| passage(container)));
    let before = run(submit(&engine, &events, after(DAY)));
    assert_eq!(clearance(&engine, &containers), (vec![2; 200], 2.0));
    let sequence = run(submit(&engine, &[arrival(0, 2)], after(DAY)));
    assert_eq!(sequence, before + 1);
    assert_eq!(clearance(&engine, &containers), (vec![3; 200], 3.0));
    engine.stop();
    drop(engine);

    // The boxes have left, and so they are not in memory after a start.
    let engine = start(folder.path(), &configuration, after(DAY));
    assert!(engine.state().containers.is_empty());
    run(submit(&engine, &[arrival(-3, 3)], after(DAY)));
    assert_eq!(clearance(&engine, &containers), (vec![6; 200], 6.0));
    let retraction =
        json!({"source": "port", "id": "arrival", "retracted": true, "updated_at": text(after(4 * HOUR))});
    run(submit(&engine, &[retraction], after(DAY)));
    assert_eq!(clearance(&engine, &containers), (vec![1; 200], 1.0));
    engine.stop();
}

#[test]
fn a_deadline_rings_without_any_message() {
    let folder = tempfile::tempdir().unwrap();
    let engine = start(folder.path(), &configured(&[]), after(2 * HOUR));
    let discharge = passage("BOX1").remove(0);
    run(async {
        let sequence = submit(&engine, &[discharge], after(3 * HOUR)).await;
        assert!(
            engine.state().alarms.is_empty(),
            "exactly at its limit it does not ring"
        );
        engine.clock.advance_to(after(3 * HOUR + 1));
        until(&engine, |state| !state.alarms.is_empty()).await;
        let state = engine.state();
        let alarm = state.alarms.newest(None).next().unwrap();
        assert_eq!(
            (alarm.occurrence.raised_at, alarm.recorded_at),
            (after(3 * HOUR), after(3 * HOUR + 1))
        );
        assert!(alarm.is_open() && alarm.sequence > sequence);
    });
    let said = {
        let log = engine.log();
        let frames = log.from(0, usize::MAX).unwrap();
        frames
            .filter(|message| message.frame.starts_with(b"event: alarm\n"))
            .count()
    };
    assert_eq!(said, 1);
    engine.stop();
}

#[test]
fn a_start_from_disk_gives_the_same_state_and_the_log_of_changes_resumes() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = configured(&[]);
    let engine = start(folder.path(), &configuration, after(2 * HOUR));
    let stacked = |id: &str, slot: &str, hours: i64| {
        json!({"source": "tos", "id": id, "node": "stack", "site": SITE, "container": CONTAINERS[0],
            "at": text(after(hours * HOUR)), "slot": slot, "dangerous": [{"class": "3"}]})
    };
    let first = run(submit(&engine, &[stacked("1", "G010101.1", 3)], after(3 * HOUR)));
    let mut events = passage(CONTAINERS[1]);
    events.push(stacked("2", "G020101.1", 4));
    let last = run(submit(&engine, &events, after(5 * HOUR)));
    let before = seen(&engine);
    let behind = |engine: &Engine, sequence: u64| -> Vec<String> {
        let log = engine.log();
        let Resume::At(position) = log.resume(log.epoch(), sequence) else {
            panic!("the log does not go back to {sequence}");
        };
        let frames = log.from(position, usize::MAX).unwrap();
        // Figures and sources are told when there is time, and each time as a whole.
        let frames = frames.map(|message| String::from_utf8(message.frame.to_vec()).unwrap());
        frames
            .filter(|frame| frame.starts_with("event: alarm\n") || frame.starts_with("event: yard\n"))
            .collect()
    };
    let (epoch, all, missed) = (
        engine.log().epoch().to_owned(),
        behind(&engine, 0),
        behind(&engine, first),
    );
    assert!(!missed.is_empty() && missed.len() < all.len());
    engine.stop();
    drop(engine);
    let bare = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("journal.db"), bare.path().join("journal.db")).unwrap();

    for (folder, from) in [(&folder, "the store"), (&bare, "the journal alone")] {
        let engine = start(folder.path(), &configuration, START);
        assert_eq!(difference(&before, &seen(&engine)), None, "from {from}");
        assert_eq!(engine.state().sequence, last, "from {from}");
        assert_eq!(engine.clock.now(), after(5 * HOUR), "from {from}");
        assert_eq!(engine.log().epoch(), epoch, "from {from}");
        assert_eq!(behind(&engine, 0), all, "from {from}");
        assert_eq!(behind(&engine, first), missed, "from {from}");
        assert_eq!(engine.log().resume(&epoch, last + 1), Resume::OtherEpoch);
        assert_eq!(engine.log().resume("another", last), Resume::OtherEpoch);
        let next = run(submit(&engine, &passage("NEXT"), after(5 * HOUR)));
        assert_eq!(next, last + 3, "from {from}");
        assert!(behind(&engine, 0).starts_with(&all), "from {from}");
        engine.stop();
    }
}
