//! A clock that jumps by hours, forth and back.

use crate::feeding::taken;
use crate::port::{configuration, until};
use api::clock::Clock;
use api::engine::{Engine, Submission};
use api::journal::Journal as _;
use api::journal::sqlite::SqliteJournal;
use serde_json::json;
use shared::time::{HOUR, MINUTE, Time};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// 2022-02-20, midnight at the port.
const START: Time = Time(1_645_286_400_000);

fn start(folder: &Path, clock: &Arc<AtomicI64>) -> Engine {
    let clock = Clock::Set(Arc::clone(clock));
    Engine::start(folder, configuration(), clock, false, &mut |_, _| {}).unwrap()
}

/// Tells of a box that came off its vessel at a moment. Stacking is late an hour afterwards.
fn discharge(engine: &Engine, container: &str, at: Time) {
    tell(engine, "discharge", container, at);
}

fn tell(engine: &Engine, node: &str, container: &str, at: Time) {
    let event = json!({"id": format!("{container} {node}"), "source": "tos", "node": node, "container": container, "site": "CNTXG-TPCT",
        "at": at.utc().to_string(), "direction": "import", "size_type": "22G1"});
    let submission = Submission {
        events: taken([event]),
        ..Submission::default()
    };
    let receipt = engine.enqueue(submission).unwrap();
    receipt.blocking_recv().unwrap().unwrap();
}

/// When alarms of a box were raised.
fn raised(engine: &Engine, container: &str) -> Vec<Time> {
    let state = engine.state();
    let of = state.alarms.newest(None).filter(|alarm| {
        let about = &alarm.occurrence.about;
        about
            .container
            .as_ref()
            .is_some_and(|number| number.text() == container)
    });
    of.map(|alarm| alarm.occurrence.raised_at).collect()
}

#[test]
fn a_clock_that_jumps_forth_and_back_by_hours_leaves_times_in_order_and_rings_each_alarm_once_at_its_moment()
{
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(AtomicI64::new(START.0));
    let set = |at: Time| clock.store(at.0, Ordering::Relaxed);
    let engine = start(folder.path(), &clock);
    // That a box was not stacked says something on a day on which stacking is told.
    tell(&engine, "stack", "BOX9", START);
    discharge(&engine, "BOX1", START);
    assert!(raised(&engine, "BOX1").is_empty());

    // Five hours forth: what would be due by then rings, with the moment at which its limit passes.
    set(START.plus(5 * HOUR));
    until("the alarm to ring", || !raised(&engine, "BOX1").is_empty());
    assert_eq!(raised(&engine, "BOX1"), [START.plus(HOUR)]);

    // And back: nothing that rang is taken back, and the engine's time stands until the clock is there again.
    set(START.plus(10 * MINUTE));
    discharge(&engine, "BOX2", START.plus(5 * MINUTE));
    discharge(&engine, "BOX3", START.plus(5 * HOUR));
    assert_eq!(raised(&engine, "BOX1"), [START.plus(HOUR)]);
    until("the alarm to ring", || !raised(&engine, "BOX2").is_empty());
    assert_eq!(raised(&engine, "BOX2"), [START.plus(HOUR + 5 * MINUTE)]);
    assert!(raised(&engine, "BOX3").is_empty());

    // A start in between, with the clock back, changes nothing of that.
    engine.stop();
    drop(engine);
    set(START);
    let engine = start(folder.path(), &clock);
    discharge(&engine, "BOX4", START.plus(5 * HOUR));
    assert!(raised(&engine, "BOX3").is_empty() && raised(&engine, "BOX4").is_empty());
    set(START.plus(6 * HOUR + MINUTE));
    until("the alarms to ring", || {
        !raised(&engine, "BOX3").is_empty() && !raised(&engine, "BOX4").is_empty()
    });
    for container in ["BOX3", "BOX4"] {
        assert_eq!(raised(&engine, container), [START.plus(6 * HOUR)]);
    }
    for container in ["BOX1", "BOX2"] {
        assert_eq!(raised(&engine, container).len(), 1);
    }
    engine.stop();

    let journal = SqliteJournal::open(&folder.path().join("journal.db")).unwrap();
    let mut times = Vec::new();
    journal.replay(0, &mut |record| times.push(record.at)).unwrap();
    assert!(times.len() >= 6 && times.is_sorted(), "{times:?}");
}
