//! The lists behind figures: which stays stand in them, in what order, and as CSV.

use serde_json::{Value, json};
use shared::wire::stay::Stay;
use shared::wire::{List, Problem};
use tests::messages::{container, event};
use tests::program::Server;

fn at(n: u32, node: &str, at: &str, more: Value) -> Value {
    let id = format!("{n}-{node}-{at}");
    event(&id, node, &container(n), &format!("{at}+08:00"), more)
}

/// An import box that came on 22 February 2022, a Tuesday, and left after its release.
fn import(n: u32, released: &str, left: Option<&str>) -> Vec<Value> {
    let more = json!({"direction": "import", "bill_of_lading": format!("BL{n}"), "declaration": format!("D{n}"),
        "vessel_name": "Example Star", "voyage": "118E"});
    let mut events = vec![
        at(n, "discharge", "2022-02-22T08:00:00", more),
        at(n, "stack", "2022-02-22T09:00:00", Value::Null),
        at(n, "release", released, Value::Null),
    ];
    events.extend(left.map(|time| at(n, "gate_out", time, Value::Null)));
    events
}

fn server(events: &[Vec<Value>]) -> Server {
    let server = Server::start();
    server.send(&events.concat());
    server
}

/// The boxes of a list in order, read in pages of two.
#[track_caller]
fn listed(server: &Server, query: &str) -> Vec<String> {
    let stays: Vec<Stay> = server.list("/api/v1/stays", &format!("{query}&limit=2"));
    stays.into_iter().map(|stay| stay.container).collect()
}

fn boxes(numbers: &[u32]) -> Vec<String> {
    numbers.iter().copied().map(container).collect()
}

#[track_caller]
fn refused(server: &Server, query: &str) -> Problem {
    server.get(&format!("/api/v1/stays?{query}")).problem(400)
}

fn csv(server: &Server, query: &str) -> Vec<String> {
    let answer = server
        .call(
            "GET",
            &format!("/api/v1/stays?{query}"),
            &[("accept", "text/csv")],
            b"",
        )
        .unwrap();
    assert_eq!(answer.field("content-type"), Some("text/csv; charset=utf-8"));
    answer
        .text()
        .split_terminator("\r\n")
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_list_stands_in_the_order_of_its_own_time_newest_first() {
    let server = server(&[
        import(1, "2022-02-23T10:00:00", Some("2022-02-28T10:00:00")),
        import(2, "2022-02-24T10:00:00", Some("2022-02-25T10:00:00")),
        import(3, "2022-02-25T10:00:00", Some("2022-02-26T10:00:00")),
        import(4, "2022-02-26T10:00:00", None),
    ]);
    assert_eq!(listed(&server, "by=released"), boxes(&[4, 3, 2, 1]));
    assert_eq!(listed(&server, "by=left"), boxes(&[1, 3, 2]));
    assert_eq!(listed(&server, "by=gate_out"), boxes(&[1, 3, 2]));
    let middle = "by=left&from=2022-02-25&to=2022-02-27";
    assert_eq!(listed(&server, middle), boxes(&[3, 2]));
}

#[test]
fn stays_at_the_same_moment_stand_by_id() {
    let events: Vec<_> = (1..=7).map(|n| import(n, "2022-02-23T10:00:00", None)).collect();
    let server = server(&events);
    let stays: Vec<Stay> = server.list("/api/v1/stays", "by=released&limit=3");
    let ids: Vec<&String> = stays.iter().map(|stay| &stay.id).collect();
    assert!(ids.len() == 7 && ids.is_sorted(), "{ids:?}");
}

#[test]
fn each_kind_of_move_has_its_list() {
    let mut events = import(1, "2022-02-23T10:00:00", Some("2022-02-24T10:00:00"));
    for (node, time) in [("gate_in", "20T10"), ("shift", "21T10"), ("load", "22T10")] {
        events.push(at(2, node, &format!("2022-02-{time}:00:00"), Value::Null));
    }
    for (node, time) in [("rail_in", "20T12"), ("rail_out", "23T12")] {
        events.push(at(3, node, &format!("2022-02-{time}:00:00"), Value::Null));
    }
    let server = server(&[events]);
    for (by, numbers) in [
        ("moved", &[2, 1][..]),
        ("discharged", &[1]),
        ("loaded", &[2]),
        ("gate_in", &[2]),
        ("gate_out", &[1]),
        ("rail_in", &[3]),
        ("rail_out", &[3]),
        ("yard", &[1, 2]),
        ("left", &[1, 3, 2]),
        ("began", &[1, 3, 2]),
        ("released", &[1]),
    ] {
        assert_eq!(listed(&server, &format!("by={by}")), boxes(numbers), "by={by}");
    }
}

#[test]
fn a_stay_with_several_moves_stands_once_at_the_newest_that_fits() {
    let mut events = import(1, "2022-02-24T10:00:00", None);
    events.push(at(1, "shift", "2022-02-26T09:00:00", Value::Null));
    events.push(at(2, "gate_in", "2022-02-23T08:00:00", Value::Null));
    events.push(at(2, "stack", "2022-02-23T09:00:00", Value::Null));
    let server = server(&[events]);
    assert_eq!(listed(&server, "by=yard"), boxes(&[1, 2]));
    // Before the 26th only its first move counts.
    assert_eq!(listed(&server, "by=yard&to=2022-02-26"), boxes(&[2, 1]));
    assert_eq!(listed(&server, "by=yard&weekday=2"), boxes(&[1]));
}

#[test]
fn stays_that_no_figure_counts_are_listed_by_their_beginning_only() {
    // Out through the gate before it was discharged.
    let server = server(&[vec![
        at(1, "gate_out", "2022-02-22T08:00:00", Value::Null),
        at(1, "discharge", "2022-02-22T09:00:00", Value::Null),
    ]]);
    for by in ["discharged", "moved", "gate_out", "left", "released"] {
        assert_eq!(listed(&server, &format!("by={by}")), boxes(&[]), "by={by}");
    }
    assert_eq!(listed(&server, "by=began"), boxes(&[1]));
    assert_eq!(listed(&server, ""), boxes(&[1]));
}

#[test]
fn days_of_the_week_and_hours_are_those_of_the_site() {
    let server = server(&[
        import(1, "2022-03-01T14:00:00", None), // a Tuesday
        import(2, "2022-03-01T14:59:59", None),
        import(3, "2022-03-01T15:00:00", None),
        import(4, "2022-03-02T14:30:00", None),
        // Still Monday in Greenwich.
        import(5, "2022-03-08T06:00:00", None),
    ]);
    assert_eq!(listed(&server, "by=released&weekday=2&hour=14"), boxes(&[2, 1]));
    assert_eq!(listed(&server, "weekday=2"), boxes(&[5, 3, 2, 1]));
    assert_eq!(listed(&server, "by=released&hour=14,6"), boxes(&[5, 4, 2, 1]));
    assert_eq!(
        listed(&server, "by=released&weekday=2,3&hour=14&to=2022-03-02"),
        boxes(&[2, 1])
    );
    assert_eq!(listed(&server, "by=released&weekday=7"), boxes(&[]));
}

#[test]
fn the_same_move_lies_in_the_period_on_the_day_and_in_the_hour() {
    let mut events = import(1, "2022-02-24T10:00:00", None); // stacked on Tuesday at nine
    events.push(at(1, "shift", "2022-02-23T15:00:00", Value::Null)); // shifted on Wednesday at three
    let server = server(&[events]);
    assert_eq!(listed(&server, "by=yard&weekday=2&hour=9"), boxes(&[1]));
    assert_eq!(listed(&server, "by=yard&weekday=3&hour=15"), boxes(&[1]));
    assert_eq!(listed(&server, "by=yard&weekday=2&hour=15"), boxes(&[]));
    assert_eq!(
        listed(&server, "by=yard&weekday=2&hour=9&from=2022-02-23"),
        boxes(&[])
    );
}

#[test]
fn a_segment_is_held_against_its_own_seconds() {
    let server = server(&[
        import(1, "2022-02-23T10:00:00", Some("2022-02-23T12:00:00")),
        import(2, "2022-02-23T09:00:00", Some("2022-02-25T09:00:00")),
        import(3, "2022-02-23T11:00:00", Some("2022-02-23T11:30:00")),
        import(4, "2022-02-23T12:00:00", None),
    ]);
    let pick_up = "by=released&segment=pick_up";
    assert_eq!(listed(&server, pick_up), boxes(&[3, 1, 2]));
    assert_eq!(
        listed(&server, &format!("{pick_up}&min_seconds=1801")),
        boxes(&[1, 2])
    );
    assert_eq!(
        listed(&server, &format!("{pick_up}&min_seconds=7200&max_seconds=7200")),
        boxes(&[1])
    );
    assert_eq!(
        listed(&server, &format!("{pick_up}&sort=longest")),
        boxes(&[2, 1, 3])
    );
    // Without a segment it is the overall clearance, here from discharge.
    assert_eq!(listed(&server, "by=released&sort=longest"), boxes(&[4, 3, 1, 2]));
    assert_eq!(listed(&server, "by=released&min_seconds=97200"), boxes(&[4, 3]));
}

#[test]
fn the_longest_stand_within_the_period() {
    let server = server(&[
        import(1, "2022-02-23T10:00:00", None),
        import(2, "2022-02-24T10:00:00", None),
        import(3, "2022-02-25T10:00:00", None),
    ]);
    let query = "by=released&sort=longest&to=2022-02-25";
    assert_eq!(listed(&server, query), boxes(&[2, 1]));
}

#[test]
fn what_is_open_began_in_the_period_and_was_not_released_at_its_end() {
    let export = |n: u32, declared: &str| {
        vec![
            at(
                n,
                "gate_in",
                "2022-02-20T08:00:00",
                json!({"direction": "export"}),
            ),
            at(n, "declare", declared, Value::Null),
        ]
    };
    let mut third = export(3, "2022-02-22T10:00:00");
    third.push(at(3, "release", "2022-02-24T10:00:00", Value::Null));
    let mut server = server(&[
        export(1, "2022-02-21T10:00:00"),
        export(2, "2022-02-23T10:00:00"),
        third,
    ]);
    // From memory, and from the store.
    for _ in 0..2 {
        assert_eq!(listed(&server, "open=true"), boxes(&[2, 1]));
        assert_eq!(
            listed(&server, "open=true&by=released&to=2022-02-24"),
            boxes(&[2, 3, 1])
        );
        assert_eq!(
            listed(&server, "open=true&from=2022-02-22&to=2022-02-23"),
            boxes(&[3])
        );
        assert_eq!(listed(&server, "open=true&to=2022-02-25"), boxes(&[2, 1]));
        server.stop();
        server.start_again();
    }
}

#[test]
fn a_text_is_the_beginning_of_what_is_known_of_a_stay() {
    let server = server(&[
        import(1, "2022-02-23T10:00:00", None),
        import(12, "2022-02-23T11:00:00", None),
    ]);
    for (text, numbers) in [
        ("BL12", &[12][..]),
        ("bl1", &[12, 1]),
        ("D12", &[12]),
        ("example%20s", &[12, 1]),
        ("118E", &[12, 1]),
        ("QLTU%20000012", &[12]),
        ("nothing", &[]),
    ] {
        assert_eq!(
            listed(&server, &format!("by=released&q={text}")),
            boxes(numbers),
            "{text}"
        );
    }
}

#[test]
fn a_cursor_holds_while_stays_change() {
    let events: Vec<_> = (1..=4)
        .map(|n| import(n, &format!("2022-02-23T1{n}:00:00"), None))
        .collect();
    let server = server(&events);
    let page: List<Stay> = server.get("/api/v1/stays?by=released&limit=2").ok();
    let next = page.next.unwrap();
    // The last of the page goes to another time, a new one comes before it, and a new one behind it.
    let mut corrected = import(3, "2022-02-25T10:00:00", None).remove(2);
    corrected["id"] = json!("3-release-2022-02-23T13:00:00");
    tests::messages::with(&mut corrected, json!({"updated_at": "2022-02-26T00:00:00Z"}));
    server.send(&[corrected]);
    server.send(&import(5, "2022-02-24T10:00:00", None));
    server.send(&import(6, "2022-02-23T11:30:00", None));
    let rest = listed(&server, &format!("by=released&cursor={next}"));
    assert_eq!(rest, boxes(&[2, 6, 1]));
}

#[test]
fn a_list_is_the_same_from_memory_and_from_the_store() {
    let mut events: Vec<_> = (1..=5)
        .map(|n| import(n, &format!("2022-02-23T1{n}:00:00"), Some("2022-02-26T10:00:00")))
        .collect();
    events.push(vec![at(6, "gate_in", "2022-02-23T08:00:00", Value::Null)]);
    let mut server = server(&events);
    let queries = [
        "by=released",
        "by=yard",
        "by=left",
        "by=began&status=in_yard",
        "by=released&sort=longest",
        "q=BL3",
    ];
    let before = queries.map(|query| listed(&server, query));
    server.stop();
    server.start_again();
    assert_eq!(queries.map(|query| listed(&server, query)), before);
    // What is told afterwards takes the place of what is stored.
    server.send(&[at(1, "shift", "2022-02-24T10:00:00", Value::Null)]);
    assert_eq!(listed(&server, "by=yard")[0], container(1));
    assert_eq!(listed(&server, "by=yard").len(), 5);
}

#[test]
fn a_csv_has_all_stays_of_the_list_in_its_order() {
    let events: Vec<_> = (1..=450)
        .map(|n| import(n, &format!("2022-02-23T{:02}:{:02}:00", n / 60, n % 60), None))
        .collect();
    let server = server(&events);
    let lines = csv(&server, "by=released&limit=1");
    assert!(lines[0].starts_with("id,site,container,"), "{}", lines[0]);
    let found: Vec<&str> = lines[1..]
        .iter()
        .map(|line| line.split(',').nth(2).unwrap())
        .collect();
    let expected: Vec<String> = (1..=450).rev().map(container).collect();
    assert_eq!(found, expected);
    let longest = csv(&server, "by=released&sort=longest&to=2022-02-23T00:10:00%2B08:00");
    assert_eq!(longest.len(), 1 + 9);
}

#[test]
fn no_field_of_a_csv_is_a_formula() {
    let names = ["=1+1", "+1", "-1", "@A1"];
    let boxes = names.iter().zip(1..).map(|(name, n)| {
        let mut events = import(n, "2022-02-23T10:00:00", None);
        tests::messages::with(&mut events[0], json!({"vessel_name": name}));
        events
    });
    let server = server(&boxes.collect::<Vec<_>>());
    let body = csv(&server, "by=released").join("\n");
    for name in names {
        assert!(body.contains(&format!(",'{name},")), "{name}: {body}");
    }
}

#[test]
fn whatever_is_wrong_in_a_query_is_named_with_what_is_allowed() {
    let server = Server::start();
    for (query, parameter, allowed) in [
        ("by=landed", "by", "gate_in"),
        ("by=clock", "by", "released"),
        ("weekday=0", "weekday", "1 to 7"),
        ("weekday=8", "weekday", "1 to 7"),
        ("hour=24", "hour", "0 to 23"),
        ("hour=noon", "hour", "0 to 23"),
        ("segment=lunch", "segment", "pick_up"),
        ("sort=shortest", "sort", "longest"),
        ("status=lost", "status", "in_yard"),
        ("direction=up", "direction", "transshipment"),
        ("cargo=soup", "cargo", "reefer"),
        ("mode=fast", "mode", "stacked"),
        ("channel=red", "channel", "scan"),
        ("unit=box", "unit", "stay"),
        ("open=maybe", "open", "true"),
        ("min_seconds=-1", "min_seconds", "whole number"),
        ("cursor=7", "cursor", "next"),
        ("limit=0", "limit", "1000"),
        ("colour=red", "colour", "weekday"),
    ] {
        let problem = refused(&server, query);
        assert_eq!(problem.parameter.as_deref(), Some(parameter), "{query}");
        assert!(problem.detail.contains(allowed), "{query}: {}", problem.detail);
    }
}
