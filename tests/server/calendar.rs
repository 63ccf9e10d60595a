//! Figures at the edges of the calendar and of what may happen, and what every answer says of itself.

use serde_json::{Value, json};
use shared::wire::List;
use shared::wire::figures::{ClearanceRow, Declaration, Figures, Group, ThroughputRow, Usual};
use shared::wire::stay::Stay;
use std::collections::BTreeSet;
use tests::messages::{container, event};
use tests::program::Server;

/// An export box that was declared and, where a time is given, released.
fn export(n: u32, declared: &str, released: &str, more: &Value) -> Vec<Value> {
    let number = container(n);
    let id = |node: &str| format!("{n}-{node}");
    let papers = json!({"declaration": format!("D{n}")});
    vec![
        event(&id("gate_in"), "gate_in", &number, declared, more.clone()),
        event(&id("declare"), "declare", &number, declared, papers.clone()),
        event(&id("release"), "release", &number, released, papers),
    ]
}

fn clearance(server: &Server, query: &str) -> Figures<ClearanceRow> {
    server.get(&format!("/api/v1/figures/clearance?{query}")).ok()
}

fn throughput(server: &Server, query: &str) -> Figures<ThroughputRow> {
    server.get(&format!("/api/v1/figures/throughput?{query}")).ok()
}

/// Each row's bucket with how many stays it counts; the list behind it holds as many.
#[track_caller]
fn buckets(server: &Server, query: &str) -> Vec<(String, u64)> {
    let figures = clearance(server, query);
    let row = |row: &ClearanceRow| {
        let (path, query) = row.href.split_once('?').unwrap();
        let behind: Vec<Value> = server.list(path, query);
        assert_eq!(behind.len() as u64, row.stays, "{}", row.href);
        (
            row.bucket.map_or_else(String::new, |at| at.to_string()),
            row.stays,
        )
    };
    let released = figures.rows.iter().filter(|row| row.stays > 0);
    released.map(row).collect()
}

fn pairs(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    let pair = |(bucket, stays): &(&str, u64)| ((*bucket).to_owned(), *stays);
    expected.iter().map(pair).collect()
}

#[test]
fn the_last_second_of_a_leap_day_is_february_and_the_next_is_march() {
    let server = Server::start();
    let mut events = export(
        1,
        "2024-02-28T08:00:00+08:00",
        "2024-02-29T23:59:59.999+08:00",
        &Value::Null,
    );
    events.extend(export(
        2,
        "2024-02-28T08:00:00+08:00",
        "2024-03-01T00:00:00+08:00",
        &Value::Null,
    ));
    events.extend(export(
        3,
        "2024-02-28T08:00:00+08:00",
        "2024-03-31T12:00:00+08:00",
        &Value::Null,
    ));
    server.send(&events);
    assert_eq!(
        buckets(&server, "bucket=month"),
        pairs(&[("2024-02-01T00:00:00+08:00", 1), ("2024-03-01T00:00:00+08:00", 2)])
    );
    assert_eq!(
        buckets(&server, "bucket=day&from=2024-02-29&to=2024-03-02"),
        pairs(&[("2024-02-29T00:00:00+08:00", 1), ("2024-03-01T00:00:00+08:00", 1)])
    );
    // A whole month is compared with the whole month before, however long the two are.
    let compared = clearance(&server, "from=2024-03-01&to=2024-04-01&compare=before")
        .comparison
        .unwrap();
    assert_eq!(
        (compared.from.to_string().as_str(), compared.rows[0].stays),
        ("2024-02-01T00:00:00+08:00", 1)
    );
    // A year earlier there is no 29 February.
    let compared = clearance(&server, "from=2024-02-29&to=2024-03-01&compare=year")
        .comparison
        .unwrap();
    assert_eq!(
        (
            compared.from.to_string().as_str(),
            compared.to.to_string().as_str()
        ),
        ("2023-02-28T00:00:00+08:00", "2023-03-01T00:00:00+08:00")
    );
}

#[test]
fn a_stay_over_midnight_and_new_year_counts_where_it_was_released() {
    let server = Server::start();
    server.send(&export(
        1,
        "2023-12-31T22:30:00+08:00",
        "2024-01-01T01:15:00+08:00",
        &Value::Null,
    ));
    assert_eq!(
        buckets(&server, "bucket=year"),
        pairs(&[("2024-01-01T00:00:00+08:00", 1)])
    );
    let row = &clearance(&server, "from=2024-01-01&to=2025-01-01").rows[0];
    assert_eq!((row.stays, row.open, row.mean_seconds), (1, 0, Some(9_900.0)));
    // In the old year its clock ran.
    let row = &clearance(&server, "from=2023-01-01&to=2024-01-01").rows[0];
    assert_eq!((row.stays, row.open), (0, 1));
    let (path, query) = row.open_href.split_once('?').unwrap();
    let open: Vec<Stay> = server.list(path, query);
    assert_eq!(open.len(), 1);
}

#[test]
fn the_open_stays_of_each_bucket_are_those_of_its_list() {
    let server = Server::start();
    let mut events = Vec::new();
    for (n, released) in [
        (1, "2024-03-01T20:00:00+08:00"),
        (2, "2024-03-02T10:00:00+08:00"),
        (3, "2024-03-09T10:00:00+08:00"),
    ] {
        events.extend(export(n, "2024-03-01T08:00:00+08:00", released, &Value::Null));
    }
    events.extend(export(
        4,
        "2024-03-02T08:00:00+08:00",
        "2024-03-09T11:00:00+08:00",
        &Value::Null,
    ));
    server.send(&events);
    for unit in ["stay", "declaration"] {
        // At the end of the period two are open; the second was only at the end of its bucket.
        let query = format!("from=2024-03-01&to=2024-03-05&bucket=day&unit={unit}");
        let rows = clearance(&server, &query).rows;
        let open: Vec<u64> = rows.iter().map(|row| row.open).collect();
        assert_eq!(open, [1, 1], "{unit}");
        for row in &rows {
            let (path, query) = row.open_href.split_once('?').unwrap();
            let behind: Vec<Value> = server.list(path, query);
            assert_eq!(behind.len() as u64, row.open, "{}", row.open_href);
        }
    }
}

#[test]
fn the_hour_that_a_clock_set_back_runs_through_twice_is_two_buckets() {
    let server = Server::configured(
        "[[site]]\ncode = \"DEHAM-1\"\nzone = \"Europe/Berlin\"\nlocations = [\"DEHAM\"]\n",
    );
    let mut events = Vec::new();
    for (n, released) in [
        (1, "2024-10-27T02:30:00+02:00"),
        (2, "2024-10-27T02:30:00+01:00"),
        (3, "2024-10-27T23:59:59+01:00"),
        (4, "2024-10-28T00:00:00+01:00"),
        (5, "2024-03-31T01:59:59+01:00"),
        (6, "2024-03-31T03:00:00+02:00"),
    ] {
        events.extend(export(n, "2024-03-01T08:00:00+01:00", released, &Value::Null));
    }
    server.send(&events);
    assert_eq!(
        buckets(&server, "bucket=hour&from=2024-10-27&to=2024-10-28"),
        pairs(&[
            ("2024-10-27T02:00:00+02:00", 1),
            ("2024-10-27T02:00:00+01:00", 1),
            ("2024-10-27T23:00:00+01:00", 1)
        ])
    );
    // That day has 25 hours, and the one in spring 23.
    assert_eq!(
        buckets(&server, "bucket=day"),
        pairs(&[
            ("2024-03-31T00:00:00+01:00", 2),
            ("2024-10-27T00:00:00+02:00", 3),
            ("2024-10-28T00:00:00+01:00", 1)
        ])
    );
    assert_eq!(
        buckets(&server, "bucket=hour&from=2024-03-31&to=2024-04-01"),
        pairs(&[("2024-03-31T01:00:00+01:00", 1), ("2024-03-31T03:00:00+02:00", 1)])
    );
    let patterns = server.value("/api/v1/figures/patterns?pattern=hour&from=2024-10-27&to=2024-10-28");
    let of_two = patterns["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["hour"] == 2)
        .unwrap();
    assert_eq!((&of_two["hours"], &of_two["stays"]), (&json!(2), &json!(2)));
}

#[test]
fn of_one_stay_every_percentile_is_its_own() {
    let server = Server::start();
    server.send(&export(
        1,
        "2024-03-01T08:00:00+08:00",
        "2024-03-01T10:30:45+08:00",
        &Value::Null,
    ));
    let row = &clearance(&server, "").rows[0];
    let minutes = Some(150 * 60);
    for percentile in [
        row.min_seconds,
        row.median_seconds,
        row.p75_seconds,
        row.p90_seconds,
        row.p95_seconds,
        row.p99_seconds,
        row.max_seconds,
    ] {
        assert_eq!(percentile, minutes);
    }
    assert_eq!(
        (row.mean_seconds, row.sd_seconds, row.outliers),
        (Some(9_045.0), Some(0.0), 0)
    );
}

#[test]
fn a_period_with_nothing_in_it_has_no_rows_but_the_one_that_says_so() {
    let server = Server::start();
    server.send(&export(
        1,
        "2024-03-01T08:00:00+08:00",
        "2024-03-01T10:00:00+08:00",
        &Value::Null,
    ));
    let empty = "from=2023-01-01&to=2023-02-01";
    assert!(clearance(&server, &format!("{empty}&bucket=day")).rows.is_empty());
    assert!(
        clearance(&server, &format!("{empty}&group=direction"))
            .rows
            .is_empty()
    );
    let row = &clearance(&server, empty).rows[0];
    assert_eq!((row.stays, row.open, row.mean_seconds), (0, 0, None));
    assert!(buckets(&server, &format!("{empty}&bucket=hour")).is_empty());
    let nothing = throughput(&server, empty);
    assert_eq!((nothing.rows[0].moves, nothing.rows[0].direct_share), (0, None));
    assert_eq!(nothing.peaks.unwrap().hour, None);
}

#[test]
fn a_gate_out_before_its_discharge_counts_nowhere() {
    let server = Server::start();
    let number = container(1);
    server.send(&[
        event(
            "1",
            "gate_out",
            &number,
            "2024-03-01T08:00:00+08:00",
            json!({"direction": "import"}),
        ),
        event(
            "2",
            "discharge",
            &number,
            "2024-03-01T09:00:00+08:00",
            json!({"size_type": "22G1"}),
        ),
        event(
            "3",
            "declare",
            &number,
            "2024-03-01T07:00:00+08:00",
            json!({"declaration": "D1"}),
        ),
        event(
            "4",
            "release",
            &number,
            "2024-03-01T07:30:00+08:00",
            json!({"declaration": "D1"}),
        ),
    ]);
    let row = &clearance(&server, "").rows[0];
    assert_eq!((row.stays, row.open), (0, 0));
    let row = &clearance(&server, "unit=declaration").rows[0];
    assert_eq!((row.stays, row.open), (0, 0));
    let row = &throughput(&server, "").rows[0];
    assert_eq!(
        (row.moves, row.gate_out, row.mode_unknown + row.direct),
        (0, 0, 0)
    );
}

#[test]
fn a_declaration_counts_once_however_many_boxes_it_covers() {
    let server = Server::start();
    let papers = |n: u32, declaration: &str, declared: &str, released: Option<&str>| {
        let of = json!({"declaration": declaration});
        let number = container(n);
        let mut events = vec![event(
            &format!("{n}-{declaration}-d"),
            "declare",
            &number,
            declared,
            of.clone(),
        )];
        events.extend(released.map(|at| event(&format!("{n}-{declaration}-r"), "release", &number, at, of)));
        events
    };
    let mut events: Vec<Value> = (1..=3)
        .map(|n| {
            let more = json!({"direction": "export", "dangerous": if n == 2 { json!([{"class": "3"}]) } else { json!([]) }});
            event(&format!("{n}"), "gate_in", &container(n), "2024-03-01T06:00:00+08:00", more)
        })
        .collect();
    // One declaration for two boxes: from its first declare to its last release.
    events.extend(papers(
        1,
        "SHARED",
        "2024-03-01T08:00:00+08:00",
        Some("2024-03-01T10:00:00+08:00"),
    ));
    events.extend(papers(
        2,
        "SHARED",
        "2024-03-01T09:00:00+08:00",
        Some("2024-03-01T12:00:00+08:00"),
    ));
    // Two declarations for one box.
    events.extend(papers(
        3,
        "FIRST",
        "2024-03-01T08:00:00+08:00",
        Some("2024-03-01T09:00:00+08:00"),
    ));
    events.extend(papers(3, "SECOND", "2024-03-01T08:00:00+08:00", None));
    server.send(&events);

    let figures = clearance(&server, "unit=declaration");
    assert_eq!(
        (figures.unit.as_str(), figures.definition.name.as_str()),
        ("declaration", "declaration_clearance")
    );
    let row = &figures.rows[0];
    assert_eq!((row.stays, row.open, row.mean_seconds), (2, 1, Some(9_000.0)));
    assert!(row.segments.is_empty());
    let declarations = |href: &str| -> BTreeSet<String> {
        let (path, query) = href.split_once('?').unwrap();
        let list: Vec<Declaration> = server.list(path, &format!("{query}&limit=1"));
        list.into_iter()
            .map(|declaration| declaration.declaration)
            .collect()
    };
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(declarations(&row.href), names(&["SHARED", "FIRST"]));
    assert_eq!(declarations(&row.open_href), names(&["SECOND"]));
    // By stay, the box with two declarations is not released.
    let row = &clearance(&server, "").rows[0];
    assert_eq!((row.stays, row.open), (2, 1));
    // The declaration of a dangerous and another box is one of dangerous goods.
    let groups = clearance(&server, "unit=declaration&group=cargo");
    let shared = groups
        .rows
        .iter()
        .find(|row| row.group == Some(Group::One("dangerous".to_owned())));
    assert_eq!(shared.unwrap().stays, 1);

    let list: List<Declaration> = server.get("/api/v1/stays?unit=declaration&q=shared").ok();
    assert_eq!(list.items[0].containers, [container(1), container(2)]);
    assert_eq!(list.items[0].clearance_seconds, Some(4 * 3_600));

    // A release that is taken back opens its declaration again.
    server.send(&[json!({"id": "2-SHARED-r", "source": "tos-pacific", "retracted": true})]);
    let row = &clearance(&server, "unit=declaration").rows[0];
    assert_eq!((row.stays, row.mean_seconds), (2, Some(5_400.0)));
}

#[test]
fn a_feed_that_never_reports_stacking_makes_nothing_direct_but_quick_pickups() {
    let server = Server::configured("[[site]]\ncode = \"A\"\nstacking_reported = false\n");
    let mut events = Vec::new();
    for (n, out) in [(1, "2024-03-01T09:59:00+08:00"), (2, "2024-03-01T20:00:00+08:00")] {
        let number = container(n);
        let id = |node: &str| format!("{n}-{node}");
        let import = json!({"direction": "import", "site": "A"});
        events.push(event(
            &id("d"),
            "discharge",
            &number,
            "2024-03-01T08:00:00+08:00",
            import,
        ));
        events.push(event(&id("o"), "gate_out", &number, out, json!({"site": "A"})));
    }
    server.send(&events);
    let row = &throughput(&server, "").rows[0];
    assert_eq!(
        (row.direct, row.stacked, row.mode_unknown, row.direct_share),
        (1, 0, 1, Some(1.0))
    );
    assert_eq!((row.dwell.stays, row.gate_out), (2, 2));
}

#[test]
fn more_buckets_than_an_answer_holds_are_refused_with_the_bucket_that_fits() {
    let server = Server::start();
    let year = "from=2024-01-01&to=2025-01-01&bucket=hour";
    let problem = server
        .get(&format!("/api/v1/figures/clearance?{year}"))
        .problem(400);
    assert_eq!(problem.parameter.as_deref(), Some("bucket"));
    assert!(problem.detail.contains("`bucket=day` fits"), "{}", problem.detail);
    assert!(clearance_value(&server, &format!("{year}&fields=median_seconds"))["rows"].is_array());
    let century = "from=2000-01-01&to=2025-01-01&bucket=hour&fields=median_seconds";
    let problem = server
        .get(&format!("/api/v1/figures/clearance?{century}"))
        .problem(400);
    assert!(problem.detail.contains("`bucket=day` fits"), "{}", problem.detail);
    // A year by day and a month by hour are answered in full.
    for query in [
        "from=2024-01-01&to=2025-01-01&bucket=day",
        "from=2024-01-01&to=2024-02-01&bucket=hour",
    ] {
        clearance(&server, query);
    }
}

fn clearance_value(server: &Server, query: &str) -> Value {
    server.value(&format!("/api/v1/figures/clearance?{query}"))
}

#[test]
fn a_distribution_counts_every_stay_once_and_each_bin_opens() {
    let server = Server::start();
    let mut events = Vec::new();
    for n in 1..=9 {
        let released = format!("2024-03-0{n}T08:00:00+08:00");
        events.extend(export(n, "2024-03-01T07:30:00+08:00", &released, &Value::Null));
    }
    server.send(&events);
    let figures = clearance_value(&server, "fields=stays,distribution");
    let bins = figures["rows"][0]["distribution"].as_array().unwrap();
    let mut counted = 0;
    for bin in bins.iter().filter(|bin| bin["stays"] != 0) {
        let (path, query) = bin["href"].as_str().unwrap().split_once('?').unwrap();
        let behind: Vec<Stay> = server.list(path, query);
        assert_eq!(json!(behind.len()), bin["stays"], "{bin}");
        counted += behind.len();
    }
    assert_eq!(counted, 9);
    // It is long, and only there for whoever asks.
    assert_eq!(clearance_value(&server, "")["rows"][0].get("distribution"), None);
}

#[test]
fn published_figures_stand_beside_the_rows_and_a_configuration_replaces_them() {
    let server = Server::start();
    let figures = clearance(&server, "direction=import");
    assert_eq!(figures.baselines.len(), 5);
    let nation = &figures.baselines[0];
    assert_eq!(
        (nation.import_seconds, nation.export_seconds),
        (Some(350_604), Some(44_244))
    );
    assert!(nation.published && nation.source.is_some());
    assert_eq!(figures.rows[0].baseline_seconds, Some(350_604));
    let annual = throughput(&server, "").annual;
    assert_eq!(
        (annual[0].year, annual[0].teu, annual[0].published),
        (2018, 16_000_000.0, true)
    );
    assert_eq!(throughput(&server, "").rows[0].teu, 0.0);

    let server = Server::configured(
        "[[clearance.baseline]]\nname = \"2017\"\nimport = \"97h23m\"\nexport = \"12h17m\"\nsource = \"our own\"\n\
         [[throughput.annual]]\nyear = 2021\nteu = 4120000\n",
    );
    let figures = clearance(&server, "direction=export");
    assert_eq!(
        (figures.baselines.len(), figures.baselines[0].published),
        (1, false)
    );
    assert_eq!(figures.rows[0].baseline_seconds, Some(44_220));
    let annual = throughput(&server, "").annual;
    assert_eq!(
        (annual.len(), annual[0].teu, annual[0].published),
        (1, 4_120_000.0, false)
    );
}

#[test]
fn every_figure_comes_as_csv_with_what_it_is() {
    let server = Server::start();
    server.send(&export(
        1,
        "2024-03-01T08:00:00+08:00",
        "2024-03-01T10:00:00+08:00",
        &Value::Null,
    ));
    for (call, column) in [
        ("clearance", "median_seconds"),
        ("throughput", "gate_in"),
        ("patterns", "hours"),
    ] {
        let fields = if call == "throughput" {
            "&fields=moves,gate_in"
        } else {
            ""
        };
        let path = format!("/api/v1/figures/{call}?group=direction,cargo{fields}");
        let answer = server.call("GET", &path, &[("accept", "text/csv")], b"").unwrap();
        assert_eq!(
            answer.field("content-type"),
            Some("text/csv; charset=utf-8"),
            "{call}"
        );
        let text = answer.text();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        let place = |name: &str| lines[0].iter().position(|column| *column == name).unwrap();
        assert!(lines.len() >= 2, "{text}");
        assert_eq!(lines[1][place("group_direction")], "export");
        assert_eq!(lines[1][place("group_cargo")], "general");
        assert!(!lines[1][place("definition")].is_empty());
        assert!(!lines[1][place(column)].is_empty(), "{text}");
        assert_eq!(lines[0].len(), lines[1].len());
    }
}

#[test]
fn a_stay_stands_at_its_percentile_among_those_of_its_kind() {
    let server = Server::start();
    let mut events = Vec::new();
    for n in 1..=10 {
        let released = format!("2024-03-01T{:02}:00:00+08:00", 8 + n);
        events.extend(export(n, "2024-03-01T08:00:00+08:00", &released, &Value::Null));
    }
    server.send(&events);
    let stay = server.container(&container(7)).stays.remove(0).id;
    let usual: Usual = server.get(&format!("/api/v1/stays/{stay}/usual")).ok();
    let overall = &usual.segments[0];
    assert_eq!((overall.name.as_str(), overall.stays), ("overall", 10));
    assert_eq!(
        (overall.seconds, overall.percentile),
        (Some(7 * 3_600), Some(0.7))
    );
    assert_eq!(overall.median_seconds, Some(5 * 3_600));
    let after = usual
        .segments
        .iter()
        .find(|segment| segment.name == "after_release")
        .unwrap();
    assert_eq!((after.seconds, after.percentile), (None, None));
    assert_eq!(after.began_at.unwrap().to_string(), "2024-03-01T15:00:00+08:00");
}

#[test]
fn patterns_tell_hours_of_the_day_and_days_of_the_week_apart() {
    let server = Server::start();
    let mut events = Vec::new();
    // 4 March 2024 was a Monday.
    for (n, released) in [
        (1, "2024-03-04T10:05:00+08:00"),
        (2, "2024-03-11T10:55:00+08:00"),
        (3, "2024-03-12T10:00:00+08:00"),
        (4, "2024-03-12T11:00:00+08:00"),
    ] {
        events.extend(export(n, "2024-03-04T08:00:00+08:00", released, &Value::Null));
    }
    server.send(&events);
    let path = "/api/v1/figures/patterns?from=2024-03-04&to=2024-03-18";
    let patterns = server.value(path);
    let released: Vec<(u64, u64, u64, u64)> = patterns["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["stays"] != 0)
        .map(|row| {
            let of = |name: &str| row[name].as_u64().unwrap();
            (of("weekday"), of("hour"), of("hours"), of("stays"))
        })
        .collect();
    assert_eq!(released, [(1, 10, 2, 2), (2, 10, 2, 1), (2, 11, 2, 1)]);
    for row in patterns["rows"].as_array().unwrap() {
        let (path, query) = row["href"].as_str().unwrap().split_once('?').unwrap();
        let behind: Vec<Stay> = server.list(path, query);
        assert_eq!(json!(behind.len()), row["stays"], "{row}");
    }
}
