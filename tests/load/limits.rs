//! What is too much is refused with a time to come again, and what is within the limits goes on.

use super::readers::stacked;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;
use tests::access::{Somebody, server_with_accounts};
use tests::http::Answer;
use tests::program::Server;
use tests::stream::Stream;
use tests::wait::until;

#[track_caller]
fn is_refused_for_now(answer: &Answer, status: u16) {
    answer.problem(status);
    let wait: u64 = answer.field("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[test]
fn connections_too_many_are_told_when_to_come_again() {
    let server = Server::configured("[server]\nconnections = 16\n");
    let streams: Vec<Stream> = (0..15).map(|_| Stream::open(&server, "")).collect();
    // The last place is the keep-alive one of this client, or nobody's.
    let idle = TcpStream::connect(server.authority()).unwrap();
    let refused = until("a connection to be refused", || {
        let mut stream = TcpStream::connect(server.authority()).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
        // It may be refused before it has said anything.
        let _ = stream.write_all(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n");
        let mut said = String::new();
        stream.read_to_string(&mut said).ok()?;
        said.contains("503").then_some(said)
    });
    assert!(refused.contains("Retry-After: 5\r\n"), "{refused}");
    drop((streams, idle));
    until("a place to be free", || {
        server
            .call("GET", "/healthz", &[], b"")
            .ok()
            .filter(|answer| answer.status == 200)
    });
}

#[test]
fn an_address_that_calls_too_often_is_told_how_long_to_wait_and_may_go_on_reading() {
    let server = Server::configured(
        "[server]\nlimit_loopback = true\nsends_per_second = 1\nreads_per_second = 1000\n",
    );
    let refused = (0..1_000)
        .map(|n| {
            server.post(
                "/api/v1/feeds/events",
                &[],
                format!("[{}]", stacked(n)).as_bytes(),
            )
        })
        .find(|answer| answer.status != 200)
        .unwrap();
    is_refused_for_now(&refused, 429);
    assert_eq!(server.get("/api/v1/sites").status, 200);
    until("the wait to be over", || {
        let answer = server.post("/api/v1/feeds/events", &[], b"[]");
        (answer.status != 429).then_some(())
    });
}

#[test]
fn an_address_has_so_many_connections() {
    let server = Server::configured("[server]\nlimit_loopback = true\nconnections_per_address = 4\n");
    let streams: Vec<Stream> = (0..4).map_while(|_| Stream::try_open(&server, "").ok()).collect();
    assert!(streams.len() >= 3, "{}", streams.len());
    until("one to be refused", || {
        Stream::try_open(&server, "")
            .err()
            .filter(|said| said.contains("503"))
    });
    drop(streams);
    until("a place to be free", || Stream::try_open(&server, "").ok());
}

/// Begins a message of so many bytes and does not end it.
fn begin(server: &Server, length: usize) -> TcpStream {
    let mut stream = TcpStream::connect(server.authority()).unwrap();
    let head = format!(
        "POST /api/v1/feeds/events HTTP/1.1\r\nHost: {}\r\nContent-Length: {length}\r\n\r\n[",
        server.authority()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

#[test]
fn messages_too_many_wait_elsewhere_and_readers_are_served() {
    let server = Server::configured("[server]\nwaiting_feeds = 2\n");
    let waiting = [begin(&server, 1_000), begin(&server, 1_000)];
    until("both to wait", || {
        let metrics = server.get("/metrics").text();
        metrics
            .contains("\nquaylight_feed_messages_waiting 2\n")
            .then_some(())
    });
    let refused = server.post("/api/v1/feeds/events", &[], b"[]");
    is_refused_for_now(&refused, 503);
    assert_eq!(server.get("/api/v1/alarms").status, 200);
    drop(waiting);
    until("messages to be taken", || {
        (server.post("/api/v1/feeds/events", &[], b"[]").status != 503).then_some(())
    });
}

#[test]
fn bodies_take_no_more_memory_than_there_is_for_them_and_readers_are_served() {
    const MIB: usize = 1 << 20;
    let server = Server::configured("[server]\nbody_memory_mib = 64\n");
    let half = [begin(&server, 32 * MIB), begin(&server, 31 * MIB)];
    let reserved = || -> u64 {
        let metrics = server.get("/metrics").text();
        let value = metrics
            .lines()
            .find_map(|line| line.strip_prefix("quaylight_body_memory_reserved_bytes "));
        value.unwrap().parse().unwrap()
    };
    until("both to be reserved", || {
        (reserved() == 63 * MIB as u64).then_some(())
    });
    let large = vec![b' '; 2 * MIB];
    is_refused_for_now(&server.post("/api/v1/feeds/events", &[], &large), 503);
    assert_eq!(server.get("/api/v1/alarms").status, 200);
    // Small ones need none of it.
    server.send(&[stacked(1)]);
    // What unpacks to more than there is is refused as well.
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&large).unwrap();
    let packed = packed.finish().unwrap();
    is_refused_for_now(
        &server.post("/api/v1/feeds/events", &[("content-encoding", "gzip")], &packed),
        503,
    );
    drop(half);
    until("the memory to be free", || (reserved() == 0).then_some(()));
    assert_ne!(server.post("/api/v1/feeds/events", &[], &large).status, 503);
}

#[test]
fn who_may_not_send_reserves_no_memory_by_what_it_declares() {
    let (server, admin) = server_with_accounts("[server]\nbody_memory_mib = 64\n");
    let key = |wish: Value| Somebody::with_key(&server, &admin.make_key(&wish).1);
    let monitor = key(json!({"name": "m", "role": "monitor"}));
    let sender = key(json!({"name": "s", "role": "sender", "sources": ["tos"]}));
    // Twice as much as there is.
    let waiting: Vec<TcpStream> = (0..4).map(|_| begin(&server, 32 << 20)).collect();
    let metrics = until("all to be under way", || {
        let (name, value) = (&monitor.proof.0, &monitor.proof.1);
        let text = server.call("GET", "/metrics", &[(name, value)], b"").ok()?.text();
        let line = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.parse::<u64>().ok())
        };
        (line("http_requests_in_flight ")? > 4).then(|| line("quaylight_body_memory_reserved_bytes "))
    });
    assert_eq!(metrics, Some(0));
    let large = vec![b' '; 32 << 20];
    assert_eq!(sender.call_with("POST", "/feeds/events", &[], &large).status, 422);
    drop(waiting);
}

#[test]
fn a_header_that_is_too_large_is_refused() {
    let server = Server::configured("[server]\nheader_kib = 8\nheaders = 20\n");
    let large = "a".repeat(9_000);
    assert_eq!(
        server
            .call("GET", "/healthz", &[("x-large", &large)], b"")
            .unwrap()
            .status,
        431
    );
    let names: Vec<String> = (0..30).map(|n| format!("x-{n}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1")).collect();
    assert_eq!(server.call("GET", "/healthz", &many, b"").unwrap().status, 431);
    assert_eq!(server.get("/healthz").status, 200);
}
