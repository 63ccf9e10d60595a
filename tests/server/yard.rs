//! The yard as the map gets it: one byte a slot.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use shared::event::Direction;
use shared::stay::Cargo;
use shared::wire::replay::{BlockThen, YardChanges, YardCourse, YardMoves, YardThen};
use shared::wire::yard::{BlockNow, YardNow};
use shared::yard::{SlotState, builtin};
use tests::messages::{container, event};
use tests::program::Server;

/// The state bytes of the whole yard.
#[track_caller]
pub fn states(server: &Server) -> Vec<u8> {
    let yard: YardNow = server.get("/api/v1/yard").ok();
    STANDARD.decode(yard.states).unwrap()
}

/// The state bytes of a yard of the built-in layout in which these boxes stand and no others.
#[track_caller]
pub fn bytes<'a>(boxes: impl IntoIterator<Item = (&'a str, u8)>) -> Vec<u8> {
    let layout = builtin::layout();
    let mut states = vec![0; layout.slots()];
    for (slot, state) in boxes {
        let index = layout.index(&layout.pattern.read(slot).unwrap()).unwrap();
        states[index.near] = state;
        if let Some(far) = index.far {
            states[far] = SlotState(state).far_half().0;
        }
    }
    states
}

/// The state of the box in a slot, by the list of its block.
#[track_caller]
pub fn state(server: &Server, block: &str, slot: &str) -> u8 {
    let now: BlockNow = server.get(&format!("/api/v1/yard/blocks/{block}")).ok();
    let found = now.boxes.iter().find(|own| own.slot == slot);
    found
        .unwrap_or_else(|| panic!("nothing stands in {slot}: {now:?}"))
        .state
}

#[test]
fn every_box_is_a_byte_that_says_what_stands_there() {
    let server = Server::start();
    assert!(states(&server).iter().all(|state| *state == 0));
    let stack = |n: u32, slot: &str, more: Value| {
        let mut event = event(
            &n.to_string(),
            "stack",
            &container(n),
            "2022-02-23T13:14:15+08:00",
            json!({"slot": slot}),
        );
        tests::messages::with(&mut event, more);
        event
    };
    server.send(&[
        stack(
            1,
            "G120101.1",
            json!({"size_type": "22G1", "direction": "import"}),
        ),
        stack(
            2,
            "G120202.1",
            json!({"size_type": "45G1", "direction": "export"}),
        ),
        stack(
            3,
            "G120503.1",
            json!({"size_type": "22G1", "dangerous": [{"class": "3"}]}),
        ),
        stack(4, "R010101.1", json!({"size_type": "22R1", "refrigerated": true})),
        stack(5, "E010101.1", json!({"size_type": "22G1", "empty": true})),
        event(
            "6",
            "release",
            &container(1),
            "2022-02-23T14:00:00+08:00",
            Value::Null,
        ),
    ]);
    // The first was released and not picked up for longer than a week, the third stands among general boxes.
    let found = [
        (
            "G120101.1",
            SlotState::of(Cargo::General, true, Some(Direction::Import), true).0,
        ),
        (
            "G120202.1",
            SlotState::of(Cargo::General, false, Some(Direction::Export), false).0,
        ),
        ("G120503.1", SlotState::of(Cargo::Dangerous, false, None, true).0),
        ("R010101.1", SlotState::of(Cargo::Reefer, false, None, false).0),
        ("E010101.1", SlotState::of(Cargo::Empty, false, None, false).0),
    ];
    for (slot, byte) in found {
        assert_eq!(
            SlotState(state(&server, &slot[..3], slot)),
            SlotState(byte),
            "{slot}"
        );
    }
    assert!(
        states(&server) == bytes(found),
        "the map differs from the lists of its blocks"
    );
    // The bytes are where the blocks say.
    let yard: YardNow = server.get("/api/v1/yard").ok();
    let last = yard.blocks.last().unwrap();
    let slots = usize::from(last.bays) * usize::from(last.rows) * usize::from(last.tiers);
    assert_eq!(last.offset + slots, states(&server).len());
    server.send(&[event(
        "7",
        "gate_out",
        &container(2),
        "2022-02-23T15:00:00+08:00",
        Value::Null,
    )]);
    let left: Vec<_> = found
        .into_iter()
        .filter(|(slot, _)| *slot != "G120202.1")
        .collect();
    assert!(states(&server) == bytes(left), "a box that left is still shown");
}

#[test]
fn of_two_boxes_in_one_slot_the_last_is_shown_and_the_other_again_when_it_leaves() {
    let server = Server::start();
    let slot = json!({"slot": "G120101.1", "size_type": "22G1"});
    server.send(&[
        event(
            "1",
            "stack",
            &container(1),
            "2022-02-23T13:00:00+08:00",
            slot.clone(),
        ),
        event("2", "stack", &container(2), "2022-02-23T14:00:00+08:00", slot),
    ]);
    let shown = || -> Vec<String> {
        let now: BlockNow = server.get("/api/v1/yard/blocks/G12").ok();
        now.boxes.into_iter().map(|own| own.container).collect()
    };
    assert_eq!(shown(), [container(2)]);
    server.send(&[event(
        "3",
        "gate_out",
        &container(2),
        "2022-02-23T15:00:00+08:00",
        Value::Null,
    )]);
    assert_eq!(shown(), [container(1)]);
}

#[test]
fn the_yard_as_it_was_with_a_late_event_and_what_changed_since() {
    let server = Server::start();
    let number = container(1);
    let told = |id: &str, node: &str, hour: u32, more: Value| {
        event(id, node, &number, &format!("2022-02-23T{hour}:00:00+08:00"), more)
    };
    server.send(&[
        told(
            "1",
            "stack",
            10,
            json!({"slot": "G120202.1", "size_type": "45G1", "direction": "import"}),
        ),
        told("4", "gate_out", 16, Value::Null),
    ]);
    // Of both the server hears when the box is gone.
    server.send(&[
        told("2", "shift", 12, json!({"slot": "G130101.1"})),
        told("3", "release", 14, Value::Null),
    ]);
    let then = |time: &str| -> YardThen {
        server
            .get(&format!("/api/v1/yard?at=2022-02-23T{time}%2B08:00"))
            .ok()
    };
    let state = |released| SlotState::of(Cargo::General, released, Some(Direction::Import), false).0;
    for (time, boxes) in [
        ("09:59:59", vec![]),
        ("10:00:00", vec![("G120202.1", state(false))]),
        ("12:00:00", vec![("G130101.1", state(false))]),
        ("15:59:59", vec![("G130101.1", state(true))]),
        ("16:00:00", vec![]),
    ] {
        let yard = then(time);
        assert!(
            STANDARD.decode(&yard.states).unwrap() == bytes(boxes.clone()),
            "{time}"
        );
        assert_eq!(yard.counts.boxes, boxes.len() as u64, "{time}");
        assert_eq!(yard.counts.teu, 2.0 * boxes.len() as f64, "{time}");
    }
    let block: BlockThen = server
        .get("/api/v1/yard/blocks/G13?at=2022-02-23T15:00:00%2B08:00")
        .ok();
    assert_eq!(
        (block.boxes.len(), block.boxes[0].container.as_str()),
        (1, number.as_str())
    );
    let changes: YardChanges = server
        .get("/api/v1/yard/changes?from=2022-02-23T10:00:00%2B08:00&to=2022-02-23T16:00:00%2B08:00&limit=2")
        .ok();
    let items: Vec<_> = changes
        .items
        .iter()
        .map(|moment| (moment.placed.len(), moment.gone.clone(), moment.counts.boxes))
        .collect();
    assert_eq!(items, [(1, vec!["G120202.1".to_owned()], 1), (1, vec![], 1)]);
    let next = changes.next.unwrap();
    let rest: YardChanges = server
        .get(&format!(
            "/api/v1/yard/changes?from=2022-02-23T10:00:00%2B08:00&to=2022-02-23T16:00:00%2B08:00&cursor={next}"
        ))
        .ok();
    assert_eq!((rest.items.len(), rest.next), (1, None));
    assert_eq!(rest.items[0].gone, ["G130101.1"]);

    let course: YardCourse = server
        .get(
            "/api/v1/yard/course?from=2022-02-23T09:00:00%2B08:00&to=2022-02-23T17:00:00%2B08:00&bucket=hour",
        )
        .ok();
    let rows: Vec<_> = course.rows.iter().map(|row| (row.boxes, row.moves)).collect();
    assert_eq!(
        rows,
        [(0, 0), (1, 1), (1, 0), (1, 1), (1, 0), (1, 0), (1, 0), (0, 1)]
    );
    assert_eq!(course.first.unwrap().to_string(), "2022-02-23T10:00:00+08:00");
    let moves: YardMoves = server
        .get("/api/v1/yard/moves?from=2022-02-23&to=2022-02-24")
        .ok();
    let rows: Vec<_> = moves
        .rows
        .iter()
        .map(|row| (row.block.as_str(), row.came, row.went, row.shifts))
        .collect();
    assert_eq!(rows, [("G12", 1, 1, 0), ("G13", 1, 1, 0)]);
    for wrong in [
        "changes",
        "changes?from=2022-02-24&to=2022-02-23",
        "course?from=1990-01-01&bucket=quarter",
        "?at=soon",
    ] {
        let path = format!(
            "/api/v1/yard{}{wrong}",
            if wrong.starts_with('?') { "" } else { "/" }
        );
        server.get(&path).problem(400);
    }
}

#[test]
fn changes_are_told_over_decades_in_which_nothing_began() {
    let server = Server::start();
    let stack = |n: u32, at: &str, slot: &str| {
        event(&n.to_string(), "stack", &container(n), at, json!({"slot": slot}))
    };
    server.send(&[
        stack(1, "2001-02-23T13:14:15+08:00", "G010101.1"),
        stack(2, "2022-02-23T13:14:15+08:00", "G010301.1"),
    ]);
    let changes: YardChanges = server.get("/api/v1/yard/changes?from=0001-01-01").ok();
    let times: Vec<String> = changes.items.iter().map(|moment| moment.at.to_string()).collect();
    assert_eq!(times, ["2001-02-23T13:14:15+08:00", "2022-02-23T13:14:15+08:00"]);
    let changes: YardChanges = server
        .get("/api/v1/yard/changes?from=2001-02-23T13:14:15%2B08:00&to=2022-02-23")
        .ok();
    assert!(changes.items.is_empty(), "{:?}", changes.items);
}
