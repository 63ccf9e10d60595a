//! Containers, stays and the search.

use serde_json::{Value, json};
use shared::event::{Direction, Node};
use shared::stay::{Cargo, Mode, Status, StayFlag};
use shared::wire::container::Found;
use shared::wire::replay::ContainerThen;
use shared::wire::stay::Stay;
use tests::messages::{container, event};
use tests::program::Server;

const DISCHARGED: &str = "2022-02-23T13:14:15+08:00";
const STACKED: &str = "2022-02-23T13:40:00+08:00";

#[test]
fn a_container_that_was_never_seen_is_not_found() {
    let server = Server::start();
    assert!(
        server
            .get("/api/v1/containers/CSQU3054383")
            .problem(404)
            .detail
            .contains("CSQU3054383")
    );
    server.get("/api/v1/containers/no%2Fnumber").problem(404);
    server.get("/api/v1/stays/CSQU3054383-0").problem(404);
    server.get("/api/v1/stays/nothing").problem(404);
}

#[test]
fn a_passage_is_one_stay_with_its_nodes_in_order() {
    let server = Server::start();
    let number = container(1);
    let more = json!({"size_type": "45R1", "voyage": "2018", "bill_of_lading": "MDXU714336", "temperature_celsius": -18.0});
    // In any order.
    server.send(&[
        event("4", "gate_out", &number, "2022-02-24T09:00:00+08:00", Value::Null),
        event("2", "stack", &number, STACKED, json!({"slot": "R010201.1"})),
    ]);
    server.send(&[
        event("3", "release", &number, "2022-02-24T08:00:00+08:00", Value::Null),
        event("1", "discharge", &number, DISCHARGED, more),
    ]);
    let seen = server.container(&number);
    let [stay] = seen.stays.as_slice() else {
        panic!("{seen:?}")
    };
    let nodes: Vec<Node> = stay.nodes.iter().map(|node| node.node).collect();
    assert_eq!(
        nodes,
        [Node::Discharge, Node::Stack, Node::Release, Node::GateOut]
    );
    assert_eq!(
        (stay.direction, stay.cargo, stay.mode),
        (Some(Direction::Import), Cargo::Reefer, Mode::Stacked)
    );
    assert_eq!(
        (stay.status, stay.slot.as_deref(), stay.teu),
        (Status::Left, None, Some(2.0))
    );
    assert_eq!(stay.began_at.unwrap().to_string(), DISCHARGED);
    assert_eq!(stay.ended_at.unwrap().to_string(), "2022-02-24T09:00:00+08:00");
    assert_eq!(
        server.get(&format!("/api/v1/stays/{}", stay.id)).ok::<Stay>(),
        *stay
    );
}

#[test]
fn passages_of_one_container_are_stays_of_their_own_newest_first() {
    let server = Server::start();
    let number = container(1);
    for (n, month) in ["01", "02", "03"].into_iter().enumerate() {
        let at = |hour: &str| format!("2022-{month}-10T{hour}:00:00+08:00");
        server.send(&[
            event(&format!("{n}a"), "discharge", &number, &at("01"), Value::Null),
            event(&format!("{n}b"), "gate_out", &number, &at("02"), Value::Null),
        ]);
    }
    let months: Vec<String> = server
        .container(&number)
        .stays
        .iter()
        .map(|stay| stay.began_at.unwrap().to_string()[5..7].to_owned())
        .collect();
    assert_eq!(months, ["03", "02", "01"]);
}

#[test]
fn two_senders_that_tell_of_one_node_are_two_reports_of_it() {
    let server = Server::start();
    let number = container(1);
    let other = json!({"source": "line"});
    server.send(&[
        event("1", "discharge", &number, DISCHARGED, Value::Null),
        event("1", "discharge", &number, "2022-02-23T13:10:00+08:00", other),
    ]);
    let stay = server.container(&number).stays.remove(0);
    let [node] = stay.nodes.as_slice() else {
        panic!("{stay:?}")
    };
    assert_eq!(node.reports.len(), 2);
    // The source that the site trusts first gives the time.
    assert_eq!(
        (node.source.as_str(), node.at.to_string().as_str()),
        ("tos-pacific", DISCHARGED)
    );
}

#[test]
fn a_late_event_that_gives_a_stay_another_beginning_moves_its_address() {
    let server = Server::start();
    let number = container(1);
    server.send(&[event("2", "stack", &number, STACKED, Value::Null)]);
    let before = server.container(&number).stays.remove(0);
    assert!(before.flags.contains(&StayFlag::BeginMissing));
    server.send(&[event("1", "discharge", &number, DISCHARGED, Value::Null)]);
    let after = server.container(&number).stays.remove(0);
    assert_ne!(before.id, after.id);
    let moved = server.get(&format!("/api/v1/stays/{}", before.id));
    assert_eq!(moved.status, 308, "{}", moved.text());
    let location = moved.field("location").unwrap();
    assert_eq!(server.get(location).ok::<Stay>().id, after.id);
}

#[test]
fn a_box_is_found_by_all_that_people_know_of_it() {
    let server = Server::start();
    let number = container(1);
    server.send(&[
        event(
            "1",
            "discharge",
            &number,
            DISCHARGED,
            json!({"bill_of_lading": "MDXU714336", "voyage": "2018W", "vessel_name": "SEA OF TEST", "vessel_imo": "9321483"}),
        ),
        event("2", "declare", &number, STACKED, json!({"declaration": "021820220000000001"})),
        event("3", "discharge", &container(2), DISCHARGED, json!({"bill_of_lading": "OTHER"})),
    ]);
    for (text, field) in [
        ("QLTU0000", "container"),
        ("mdxu7", "bill_of_lading"),
        ("2018w", "voyage"),
        ("sea%20of", "vessel"),
        ("9321483", "vessel"),
        ("0218202200", "declaration"),
    ] {
        let found: Vec<Found> = server.list("/api/v1/containers", &format!("q={text}"));
        let hit = found
            .iter()
            .find(|found| found.container == number)
            .unwrap_or_else(|| panic!("{text}: {found:?}"));
        assert_eq!(hit.field, field, "{text}");
        assert_eq!(
            found.len(),
            if field == "container" { 2 } else { 1 },
            "{text}: {found:?}"
        );
    }
    server.get("/api/v1/containers").problem(400);
    let nothing: Vec<Found> = server.list("/api/v1/containers", "q=nowhere");
    assert!(nothing.is_empty());
}

#[test]
fn stays_are_listed_over_pages_each_once_and_as_a_table_all_at_once() {
    let server = Server::start();
    let events: Vec<Value> = (0..25)
        .map(|n| {
            event(
                &n.to_string(),
                "discharge",
                &container(n),
                &format!("2022-02-23T13:14:{:02}+08:00", n / 3),
                Value::Null,
            )
        })
        .collect();
    server.send(&events);
    let mut listed: Vec<String> = server
        .list::<Stay>("/api/v1/stays", "limit=7")
        .into_iter()
        .map(|stay| stay.container)
        .collect();
    assert_eq!(listed.len(), 25);
    listed.sort_unstable();
    assert_eq!(listed, (0..25).map(container).collect::<Vec<_>>());
    let table = server
        .call("GET", "/api/v1/stays", &[("accept", "text/csv")], b"")
        .unwrap();
    assert_eq!(table.field("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(table.text().lines().count(), 26);
    server.get("/api/v1/stays?limit=0").problem(400);
    server.get("/api/v1/stays?limit=1001").problem(400);
    let unknown = server.get("/api/v1/stays?colour=red").problem(400);
    assert_eq!(unknown.parameter.as_deref(), Some("colour"));
}

#[test]
fn a_box_stands_where_it_was_put_last_until_it_leaves() {
    let server = Server::start();
    let number = container(1);
    let boxes = |block: &str| -> Vec<shared::wire::yard::StandingBox> {
        let now: shared::wire::yard::BlockNow = server.get(&format!("/api/v1/yard/blocks/{block}")).ok();
        now.boxes
    };
    server.send(&[
        event(
            "1",
            "discharge",
            &number,
            DISCHARGED,
            json!({"size_type": "45G1"}),
        ),
        event("2", "stack", &number, STACKED, json!({"slot": "G120201.1"})),
    ]);
    let [standing] = boxes("G12").try_into().unwrap();
    assert_eq!(
        (
            standing.container.as_str(),
            standing.bay,
            standing.row,
            standing.tier
        ),
        (number.as_str(), 2, 1, 1)
    );
    server.send(&[event(
        "3",
        "shift",
        &number,
        "2022-02-23T15:00:00+08:00",
        json!({"slot": "G130201.1"}),
    )]);
    assert_eq!((boxes("G12").len(), boxes("G13").len()), (0, 1));
    server.send(&[event(
        "4",
        "gate_out",
        &number,
        "2022-02-23T16:00:00+08:00",
        Value::Null,
    )]);
    assert_eq!(boxes("G13").len(), 0);
    server.get("/api/v1/yard/blocks/Z99").problem(404);
    let layout = server.value("/api/v1/yard/layout");
    assert!(layout["features"].as_array().unwrap().len() >= 180);
}

#[test]
fn what_is_exact_comes_first_then_beginnings_parts_and_numbers_with_one_wrong_character() {
    let server = Server::start();
    let bill = |text: &str| json!({"bill_of_lading": text});
    server.send(&[
        event("1", "discharge", "CSQU3054383", DISCHARGED, bill("BOX777")),
        event("2", "discharge", "BOX77", DISCHARGED, bill("X")),
        event("3", "discharge", "BOX7701", DISCHARGED, bill("X")),
        event("4", "discharge", "ABOX77", DISCHARGED, bill("X")),
        event("5", "discharge", "BOY77", DISCHARGED, bill("X")),
    ]);
    let found = |text: &str| -> Vec<(String, String, bool)> {
        let found: Vec<Found> = server.list("/api/v1/containers", &format!("q={text}&limit=2"));
        let found = found.into_iter();
        found.map(|own| (own.container, own.field, own.near)).collect()
    };
    let told = |container: &str, field: &str, near: bool| (container.to_owned(), field.to_owned(), near);
    assert_eq!(
        found("box77"),
        [
            told("BOX77", "container", false),
            told("BOX7701", "container", false),
            told("CSQU3054383", "bill_of_lading", false),
            told("ABOX77", "container", false),
            told("BOY77", "container", true),
        ]
    );
    // Another character, one too few, one too many, two that changed places.
    for text in ["CSQU3054393", "CSQU305483", "CSQU30544383", "CSQU3504383"] {
        assert_eq!(found(text), [told("CSQU3054383", "container", true)], "{text}");
    }
    assert_eq!(
        found("csqu%20305438-3"),
        [told("CSQU3054383", "container", false)]
    );
    assert_eq!(found("SQU3054"), [told("CSQU3054383", "container", false)]);
    assert!(found("CSQU3054").iter().all(|own| !own.2));
    assert!(found("CSUQ3504383").is_empty());
}

#[test]
fn a_slot_leads_to_who_stands_there_and_who_stood_there_last() {
    let server = Server::start();
    let slot = json!({"slot": "G120101.1"});
    server.send(&[
        event(
            "1",
            "stack",
            &container(1),
            "2022-02-23T10:00:00+08:00",
            slot.clone(),
        ),
        event(
            "2",
            "shift",
            &container(1),
            "2022-02-23T11:00:00+08:00",
            json!({"slot": "G130101.1"}),
        ),
        event(
            "3",
            "stack",
            &container(2),
            "2022-02-23T12:00:00+08:00",
            slot.clone(),
        ),
        event(
            "4",
            "gate_out",
            &container(2),
            "2022-02-23T13:00:00+08:00",
            Value::Null,
        ),
        event("5", "stack", &container(3), "2022-02-23T14:00:00+08:00", slot),
    ]);
    let found: Vec<Found> = server.list("/api/v1/containers", "q=g120101.1");
    let found: Vec<_> = found
        .into_iter()
        .map(|own| (own.container, own.field, own.until.map(|until| until.to_string())))
        .collect();
    let until = "2022-02-23T13:00:00+08:00".to_owned();
    assert_eq!(
        found,
        [
            (container(3), "slot".to_owned(), None),
            (container(2), "slot".to_owned(), Some(until))
        ]
    );
    let block: Vec<Found> = server.list("/api/v1/containers", "q=G12");
    assert_eq!(
        (block[0].field.as_str(), block[0].text.as_str()),
        ("block", "G12")
    );
    assert_eq!(block[1].container, container(3));
}

#[test]
fn a_text_that_was_corrected_leads_nowhere_any_more() {
    let server = Server::start();
    let stating = |bill: &str, version: &str| {
        event(
            "1",
            "discharge",
            "CSQU3054383",
            DISCHARGED,
            json!({"bill_of_lading": bill, "updated_at": version}),
        )
    };
    server.send(&[stating("WRONG1", "2022-02-23T14:00:00+08:00")]);
    server.send(&[stating("RIGHT1", "2022-02-23T15:00:00+08:00")]);
    assert!(server.list::<Found>("/api/v1/containers", "q=WRONG1").is_empty());
    assert_eq!(server.list::<Found>("/api/v1/containers", "q=RIGHT1").len(), 1);
}

#[test]
fn a_trail_is_told_as_it_was_known() {
    let server = Server::start();
    let stack = |slot: &str, version: &str| {
        event(
            "2",
            "stack",
            "CSQU3054383",
            "2022-02-23T16:00:00+08:00",
            json!({"slot": slot, "updated_at": version}),
        )
    };
    let before = tests::messages::now();
    server.send(&[
        event("1", "discharge", "CSQU3054383", DISCHARGED, Value::Null),
        stack("G120101.1", "2022-02-23T17:00:00+08:00"),
    ]);
    let first = tests::messages::now();
    // The server's clock is in milliseconds: what comes next is recorded later than this.
    while tests::messages::now() <= first {
        std::hint::spin_loop();
    }
    server.send(&[
        stack("G130101.1", "2022-02-23T18:00:00+08:00"),
        event(
            "3",
            "gate_out",
            "CSQU3054383",
            "2022-02-23T19:00:00+08:00",
            Value::Null,
        ),
    ]);
    let known = |at: shared::time::Time| -> ContainerThen {
        let at = at.utc().to_string().replace('+', "%2B");
        server
            .get(&format!("/api/v1/containers/CSQU3054383?known={at}"))
            .ok()
    };
    let then = known(first);
    assert_eq!(then.known.unwrap().at, first);
    let [stay] = then.container.stays.as_slice() else {
        panic!("{then:?}")
    };
    assert_eq!((stay.slot.as_deref(), stay.ended_at), (Some("G120101.1"), None));
    assert_eq!(stay.nodes[1].versions.len(), 1);
    // It took longer than an hour from the ship to the stack, which was known from the first message on.
    assert!(!stay.alarms.is_empty());
    assert!(known(before.plus(-1)).container.stays.is_empty());
    let now = server.container("CSQU3054383");
    assert_eq!(known(tests::messages::now()).container.stays, now.stays);
    assert_eq!(now.stays[0].nodes[1].versions.len(), 2);
}
