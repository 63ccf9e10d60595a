//! `/metrics`, and whether the server says that it is ready when it is not.

use std::collections::BTreeMap;
use tests::messages::{container, event};
use tests::program::Server;
use tests::stream::Stream;
use tests::wait::until;

/// Names with their types, and samples with their values. Every line has to be one of the format.
fn read(text: &str) -> (BTreeMap<String, String>, BTreeMap<String, f64>) {
    let (mut types, mut samples) = (BTreeMap::new(), BTreeMap::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            let before = types.insert(name.to_owned(), kind.to_owned());
            assert_eq!(before, None, "{name} is told twice");
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let before = samples.insert(name.to_owned(), value.parse().unwrap());
            assert_eq!(before, None, "{name} has two values");
        }
    }
    (types, samples)
}

#[test]
fn figures_have_names_and_units_of_the_field_and_are_right() {
    let server = Server::start();
    let mut stream = Stream::open(&server, "topics=yard");
    let stacked = |n: u32| {
        let slot = format!("G01{:02}01.1", n * 2 + 1);
        event(
            &n.to_string(),
            "stack",
            &container(n),
            "2022-02-23T10:00:00+08:00",
            serde_json::json!({"slot": slot}),
        )
    };
    for n in 0..3 {
        server.send(&[stacked(n)]);
        stream.until("the box", |message| (message.event == "yard").then_some(()));
    }
    server.get("/api/v1/stays/one");
    server.get("/api/v1/stays/other");
    server.get("/no/page?of=MSKU1234565");
    let (types, samples) = read(&server.get("/metrics").text());
    for (name, kind) in &types {
        let says_total = name.ends_with("_total");
        assert_eq!(kind == "counter", says_total, "{name} is a {kind}");
        assert!(!name.ends_with("_ms") && !name.ends_with("_kb"), "{name}");
    }
    for (name, value) in [
        (
            r#"http_requests_total{method="POST",route="/api/v1/feeds/events",status="200"}"#,
            3.0,
        ),
        (
            r#"http_requests_total{method="GET",route="/api/v1/stays/{id}",status="404"}"#,
            2.0,
        ),
        (
            r#"http_request_duration_seconds_count{method="GET",route="/api/v1/stays/{id}"}"#,
            2.0,
        ),
        ("quaylight_stream_readers", 1.0),
        ("quaylight_stream_messages_sent_total", 3.0),
        (r#"quaylight_events_total{source="tos-pacific"}"#, 3.0),
        ("quaylight_boxes", 3.0),
        ("quaylight_ready", 1.0),
        ("quaylight_body_memory_limit_bytes", 268_435_456.0),
    ] {
        assert_eq!(samples.get(name), Some(&value), "{name} in {samples:#?}");
    }
    for name in [
        "process_resident_memory_bytes",
        "process_cpu_seconds_total",
        "process_open_fds",
        "process_max_fds",
        "process_start_time_seconds",
        "quaylight_change_log_bytes",
        "quaylight_stream_sent_bytes_total",
        "quaylight_journal_commit_duration_seconds_count",
        "http_connections",
    ] {
        assert!(
            samples.get(name).is_some_and(|value| *value > 0.0),
            "{name} in {samples:#?}"
        );
    }
    let raw: Vec<&String> = samples
        .keys()
        .filter(|name| name.contains("MSKU") || name.contains("no/page"))
        .collect();
    assert!(raw.is_empty(), "{raw:?}");
}

#[test]
fn a_server_that_can_not_write_says_so_and_is_ready_again_when_it_can() {
    let server = Server::start();
    let journal = rusqlite::Connection::open(server.folder().join("data/journal.db")).unwrap();
    journal.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = server.post("/api/v1/feeds/events", &[], b"nonsense");
    refused.problem(503);
    assert!(refused.field("retry-after").is_some());
    let ready = server.get("/readyz");
    assert_eq!(ready.status, 503);
    assert!(
        ready.text().contains("journal") && ready.text().contains("disk"),
        "{}",
        ready.text()
    );
    assert!(ready.field("retry-after").is_some());
    assert!(server.get("/metrics").text().contains("\nquaylight_ready 0\n"));
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.get("/api/v1/alarms").status, 200, "readers are served");
    journal.execute_batch("ROLLBACK").unwrap();
    // Nobody sends anything meanwhile.
    until("the server to be ready", || {
        (server.get("/readyz").status == 200).then_some(())
    });
    assert_eq!(server.feed("events", "nonsense").0, 422);
}
