//! Clearance and throughput, and the stays behind them.

use serde_json::{Value, json};
use shared::wire::figures::{ClearanceRow, Figures, Group, Overview, ThroughputRow};
use shared::wire::stay::Stay;
use std::collections::BTreeSet;
use tests::messages::{container, event};
use tests::program::Server;

const ARRIVED: &str = "2022-02-23T08:00:00+08:00";

fn arrival(voyage: &str, at: &str) -> Value {
    json!({"id": format!("call-{voyage}"), "source": "port", "node": "vessel_arrival", "at": at,
        "vessel_imo": "9321483", "voyage": voyage})
}

/// An import box of a vessel call, released at a time of the same day, or not.
fn import(n: u32, voyage: &str, released: Option<&str>) -> Vec<Value> {
    let number = container(n);
    let id = |node: &str| format!("{n}-{node}");
    let more = json!({"vessel_imo": "9321483", "voyage": voyage, "size_type": if n.is_multiple_of(2) { "22G1" } else { "45G1" }});
    let mut events = vec![
        event(
            &id("discharge"),
            "discharge",
            &number,
            "2022-02-23T10:00:00+08:00",
            more,
        ),
        event(
            &id("stack"),
            "stack",
            &number,
            "2022-02-23T10:20:00+08:00",
            Value::Null,
        ),
        event(
            &id("declare"),
            "declare",
            &number,
            "2022-02-23T11:00:00+08:00",
            json!({"declaration": format!("D{n}")}),
        ),
    ];
    let release = |at| {
        event(
            &id("release"),
            "release",
            &number,
            at,
            json!({"declaration": format!("D{n}")}),
        )
    };
    events.extend(released.map(release));
    events
}

fn export(n: u32, declared: &str, released: Option<&str>, loaded: Option<&str>) -> Vec<Value> {
    let number = container(n);
    let id = |node: &str| format!("{n}-{node}");
    let mut events = vec![
        event(
            &id("gate_in"),
            "gate_in",
            &number,
            "2022-02-23T01:00:00+08:00",
            json!({"size_type": "42G1"}),
        ),
        event(
            &id("stack"),
            "stack",
            &number,
            "2022-02-23T01:20:00+08:00",
            Value::Null,
        ),
        event(&id("declare"), "declare", &number, declared, Value::Null),
    ];
    events.extend(released.map(|at| event(&id("release"), "release", &number, at, Value::Null)));
    events.extend(loaded.map(|at| event(&id("load"), "load", &number, at, Value::Null)));
    events
}

fn clearance(server: &Server, query: &str) -> Figures<ClearanceRow> {
    server.get(&format!("/api/v1/figures/clearance?{query}")).ok()
}

fn throughput(server: &Server, query: &str) -> Figures<ThroughputRow> {
    server.get(&format!("/api/v1/figures/throughput?{query}")).ok()
}

/// The boxes of the stays behind a figure.
#[track_caller]
fn behind(server: &Server, href: &str) -> BTreeSet<String> {
    let (path, query) = href.split_once('?').unwrap();
    let stays: Vec<Stay> = server.list(path, &format!("{query}&limit=3"));
    let count = stays.len();
    let boxes: BTreeSet<String> = stays.into_iter().map(|stay| stay.container).collect();
    assert_eq!(boxes.len(), count, "a stay stands in {href} twice");
    boxes
}

fn boxes(numbers: &[u32]) -> BTreeSet<String> {
    numbers.iter().copied().map(container).collect()
}

#[test]
fn import_clearance_runs_from_the_arrival_of_the_vessel_to_the_release_to_the_second() {
    let server = Server::start();
    server.send(&import(1, "2018", Some("2022-02-23T20:34:56+08:00")));
    let before = clearance(&server, "");
    // Without an arrival it runs from discharge, and says so.
    let row = &before.rows[0];
    assert_eq!(
        (row.stays, row.mean_seconds, row.start_substituted),
        (1, Some(38_096.0), 1)
    );
    // The arrival comes last and folds the stay again.
    server.send(&[arrival("2018", ARRIVED)]);
    let stay = server.container(&container(1)).stays.remove(0);
    assert_eq!(stay.clearance_seconds, Some(12 * 3_600 + 34 * 60 + 56));
    let figures = clearance(&server, "");
    assert_eq!(
        (figures.unit.as_str(), figures.target_seconds),
        ("stay", Some(86_400))
    );
    let [row] = figures.rows.as_slice() else {
        panic!("{figures:?}")
    };
    assert_eq!((row.stays, row.open, row.start_substituted), (1, 0, 0));
    assert_eq!((row.mean_seconds, row.sd_seconds), (Some(45_296.0), Some(0.0)));
    // Percentiles are whole minutes.
    assert_eq!(
        (row.min_seconds, row.median_seconds, row.max_seconds),
        (Some(45_240), Some(45_240), Some(45_240))
    );
    assert_eq!(row.within_target, Some(1.0));
    assert_eq!(behind(&server, &row.href), boxes(&[1]));
    assert!(figures.sequence > before.sequence);
}

#[test]
fn the_stays_behind_each_row_are_exactly_those_that_it_counts() {
    let server = Server::start();
    let mut events = vec![arrival("2018", ARRIVED)];
    for (n, released) in [
        (1, "2022-02-23T20:00:00+08:00"),
        (2, "2022-02-23T23:59:59.999+08:00"),
        (3, "2022-02-24T00:00:00+08:00"),
        (4, "2022-02-24T12:00:00+08:00"),
        (5, "2022-03-01T12:00:00+08:00"),
    ] {
        events.extend(import(n, "2018", Some(released)));
    }
    events.extend(import(6, "2018", None));
    events.extend(export(
        7,
        "2022-02-23T09:00:00+08:00",
        Some("2022-02-23T10:30:00+08:00"),
        None,
    ));
    server.send(&events);

    let figures = clearance(&server, "bucket=day&group=direction");
    let found: Vec<_> = figures
        .rows
        .iter()
        .filter(|row| row.stays > 0)
        .map(|row| {
            let Some(Group::One(group)) = &row.group else {
                panic!("{row:?}")
            };
            (
                row.bucket.unwrap().to_string(),
                group.clone(),
                row.stays,
                behind(&server, &row.href),
            )
        })
        .collect();
    let row = |day: &str, group: &str, numbers: &[u32]| {
        (
            format!("{day}T00:00:00+08:00"),
            group.to_owned(),
            numbers.len() as u64,
            boxes(numbers),
        )
    };
    assert_eq!(
        found,
        [
            row("2022-02-23", "export", &[7]),
            row("2022-02-23", "import", &[1, 2]),
            row("2022-02-24", "import", &[3, 4]),
            row("2022-03-01", "import", &[5]),
        ]
    );
    let row = &clearance(&server, "direction=import&from=2022-02-23&to=2022-02-25").rows[0];
    assert_eq!((row.stays, behind(&server, &row.href)), (4, boxes(&[1, 2, 3, 4])));
    assert_eq!(
        row.baseline_seconds,
        clearance(&server, "direction=import").rows[0].baseline_seconds
    );
    // 12 h, 15 h 59 min 59 s, 16 h and 28 h: three of four within a day.
    assert_eq!(row.within_target, Some(0.75));
    assert_eq!(row.median_seconds, Some((15 * 60 + 59) * 60));
    let months = clearance(&server, "bucket=month&group=direction,mode");
    let Some(Group::Several(group)) = &months.rows[0].group else {
        panic!("{months:?}")
    };
    assert_eq!(
        group.keys().map(String::as_str).collect::<Vec<_>>(),
        ["direction", "mode"]
    );
    for row in &months.rows {
        assert_eq!(behind(&server, &row.href).len() as u64, row.stays, "{row:?}");
    }
}

#[test]
fn stays_that_are_not_released_are_counted_apart_and_in_no_mean() {
    let server = Server::start();
    let mut events = vec![arrival("2018", ARRIVED)];
    events.extend(import(1, "2018", Some("2022-02-23T20:00:00+08:00")));
    events.extend(import(2, "2018", None));
    events.extend(export(3, "2022-02-23T09:00:00+08:00", None, None));
    server.send(&events);
    let row = clearance(&server, "").rows.remove(0);
    assert_eq!((row.stays, row.open, row.mean_seconds), (1, 2, Some(43_200.0)));
    let open: Vec<Stay> = server.list("/api/v1/stays", "open=true");
    assert_eq!(
        open.iter()
            .map(|stay| stay.container.clone())
            .collect::<BTreeSet<_>>(),
        boxes(&[2, 3])
    );
    // What was released later was open then.
    let row = clearance(&server, "from=2022-02-23&to=2022-02-23T19:00:00%2B08:00")
        .rows
        .remove(0);
    assert_eq!((row.stays, row.open), (0, 3));
    assert_eq!(
        (row.mean_seconds, row.median_seconds, row.within_target),
        (None, None, None)
    );
}

#[test]
fn released_before_the_start_counts_as_nothing_and_is_marked() {
    let server = Server::start();
    let number = container(1);
    server.send(&[
        arrival("2018", "2022-02-23T12:00:00+08:00"),
        event(
            "1",
            "discharge",
            &number,
            "2022-02-23T13:00:00+08:00",
            json!({"voyage": "2018", "vessel_imo": "9321483"}),
        ),
        event("2", "declare", &number, "2022-02-22T08:00:00+08:00", Value::Null),
        event("3", "release", &number, "2022-02-22T12:00:00+08:00", Value::Null),
    ]);
    let row = clearance(&server, "").rows.remove(0);
    assert_eq!((row.stays, row.mean_seconds, row.advance), (1, Some(0.0), 1));
}

#[test]
fn a_corrected_release_moves_the_figure_and_leaves_nothing_behind() {
    let server = Server::start();
    server.send(&[arrival("2018", ARRIVED)]);
    server.send(&import(1, "2018", Some("2022-02-23T20:00:00+08:00")));
    let mut corrected = import(1, "2018", Some("2022-02-25T20:00:00+08:00")).remove(3);
    tests::messages::with(&mut corrected, json!({"updated_at": "2022-02-26T00:00:00Z"}));
    server.send(&[corrected]);
    let figures = clearance(&server, "bucket=day&direction=import");
    let [row] = figures
        .rows
        .iter()
        .filter(|row| row.stays > 0)
        .collect::<Vec<_>>()[..]
    else {
        panic!("{figures:?}")
    };
    assert_eq!(
        (row.bucket.unwrap().to_string(), row.stays),
        ("2022-02-25T00:00:00+08:00".to_owned(), 1)
    );
    server.send(&[json!({"id": "1-release", "source": "tos-pacific", "retracted": true, "updated_at": "2022-02-27T00:00:00Z"})]);
    let row = clearance(&server, "").rows.remove(0);
    assert_eq!((row.stays, row.open, row.mean_seconds), (0, 1, None));
}

#[test]
fn throughput_counts_every_move_over_the_quay() {
    let server = Server::start();
    let mut events = Vec::new();
    events.extend(import(1, "2018", None)); // 2 TEU off
    events.extend(import(2, "2018", None)); // 1 TEU off
    events.extend(export(
        3,
        "2022-02-23T09:00:00+08:00",
        None,
        Some("2022-02-23T18:00:00+08:00"),
    )); // 2 TEU on
    let transshipped = container(4);
    events.push(event(
        "t1",
        "discharge",
        &transshipped,
        "2022-02-23T10:00:00+08:00",
        json!({"size_type": "22G1"}),
    ));
    events.push(event(
        "t2",
        "load",
        &transshipped,
        "2022-02-24T10:00:00+08:00",
        Value::Null,
    ));
    events.push(event(
        "u",
        "discharge",
        &container(5),
        "2022-02-23T10:00:00+08:00",
        Value::Null,
    ));
    server.send(&events);
    let row = throughput(&server, "").rows.remove(0);
    assert_eq!((row.moves, row.without_size), (6, 1));
    assert_eq!(
        (row.teu, row.discharged_teu, row.loaded_teu, row.transshipped_teu),
        (7.0, 4.0, 3.0, 2.0)
    );
    assert_eq!(behind(&server, &row.href), boxes(&[1, 2, 3, 4, 5]));
    let days = throughput(&server, "bucket=day");
    let found: Vec<_> = days
        .rows
        .iter()
        .map(|row| (row.moves, row.teu, behind(&server, &row.href)))
        .collect();
    assert_eq!(found, [(5, 6.0, boxes(&[1, 2, 3, 4, 5])), (1, 1.0, boxes(&[4]))]);
    let hours = throughput(&server, "bucket=hour&direction=export");
    assert_eq!(hours.rows.len(), 1);
    assert_eq!(
        hours.rows[0].bucket.unwrap().to_string(),
        "2022-02-23T18:00:00+08:00"
    );
}

#[test]
fn figures_name_what_is_wrong_with_a_query() {
    let server = Server::start();
    for (query, parameter) in [
        ("from=2022-02-23T10:30:00%2B08:00", "from"),
        ("to=2022-02-23T10:00:01%2B08:00", "to"),
        ("from=2022-02-24&to=2022-02-23", "to"),
        ("from=yesterday", "from"),
        ("bucket=week", "bucket"),
        ("group=colour", "group"),
        ("direction=up", "direction"),
        ("unit=box", "unit"),
        ("colour=red", "colour"),
        ("site=X", "site"),
        ("fields=colour", "fields"),
    ] {
        for call in ["clearance", "throughput"] {
            let answer = server.get(&format!("/api/v1/figures/{call}?{query}"));
            assert_eq!(
                answer.problem(400).parameter.as_deref(),
                Some(parameter),
                "{call}?{query}"
            );
        }
    }
    assert_eq!(
        server
            .get("/api/v1/figures/overview?from=2022-02-23")
            .problem(400)
            .parameter
            .as_deref(),
        Some("from")
    );
}

#[test]
fn only_the_wanted_fields_of_a_row_are_answered() {
    let server = Server::start();
    server.send(&import(1, "2018", Some("2022-02-23T20:00:00+08:00")));
    let answer = server.value("/api/v1/figures/clearance?fields=stays,mean_seconds");
    let names: Vec<&String> = answer["rows"][0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["bucket", "group", "href", "mean_seconds", "stays"]);
}

#[test]
fn an_empty_store_has_figures_without_numbers() {
    let server = Server::start();
    let row = clearance(&server, "").rows.remove(0);
    assert_eq!(
        (row.stays, row.open, row.mean_seconds, row.within_target),
        (0, 0, None, None)
    );
    assert!(behind(&server, &row.href).is_empty());
    assert!(clearance(&server, "bucket=day").rows.is_empty());
    assert_eq!(throughput(&server, "").rows[0].moves, 0);
    let overview: Overview = server.get("/api/v1/figures/overview").ok();
    assert_eq!(
        (overview.boxes_in_yard, overview.teu_today, overview.open_alarms),
        (0, 0.0, 0)
    );
    assert_eq!(overview.import.median_seconds, None);
    assert!(overview.slots > 150_000);
}

#[test]
fn the_overview_shows_today() {
    use tests::messages::{at_site, now};
    let server = Server::start();
    let at = at_site(now());
    server.send(&[
        event("1", "discharge", &container(1), &at, json!({"size_type": "45G1"})),
        event("2", "stack", &container(1), &at, json!({"slot": "G120201.1"})),
        event(
            "3",
            "discharge",
            &container(2),
            &at,
            json!({"size_type": "22G1", "dangerous": [{"class": "3"}]}),
        ),
        event("4", "stack", &container(2), &at, json!({"slot": "G120501.1"})),
    ]);
    let overview: Overview = server.get("/api/v1/figures/overview").ok();
    assert_eq!(
        (
            overview.boxes_in_yard,
            overview.slots_taken,
            overview.moves_today,
            overview.teu_today
        ),
        (2, 3, 2, 3.0)
    );
    assert_eq!((overview.open_alarms, overview.open_alarms_high), (1, 1));
}
