//! Many readers of the stream: nothing is lost, and nobody waits for another.

use serde_json::{Value, json};
use std::time::Duration;
use tests::messages::{container, event};
use tests::program::Server;
use tests::readers::{Reader, Readers};
use tests::stream::Stream;
use tests::wait::{PATIENCE, until};

/// The box of a number comes to stand in the yard: one message of the stream.
pub fn stacked(n: u32) -> Value {
    let slot = format!(
        "G{:02}{:02}{:02}.{}",
        n / 240 % 99 + 1,
        n % 40 * 2 + 1,
        n / 40 % 6 + 1,
        n / 23_760 % 5 + 1
    );
    event(
        &format!("stack-{n}"),
        "stack",
        &container(n),
        "2022-02-23T10:00:00+08:00",
        json!({"slot": slot}),
    )
}

fn has_all(reader: &Reader, count: u32) -> bool {
    reader.numbers.len() >= count as usize
}

#[track_caller]
fn has_each_once_and_in_order(reader: &Reader, count: u32) {
    let expected: Vec<u32> = (0..count).collect();
    assert_eq!(reader.numbers, expected);
    assert_eq!((reader.backwards, reader.resets), (0, 0));
}

#[test]
fn of_300_readers_each_sees_everything_once_and_one_that_never_reads_is_closed_and_misses_nothing() {
    const READERS: usize = 300;
    const STALLED: usize = 7;
    // The time is short so that the test is; a reader that reads at all is far from it.
    let server = Server::configured("[server]\nwrite_timeout = \"3s\"\n");
    let mut readers = Readers::new(server.authority()).unwrap();
    for _ in 0..READERS {
        readers.add().unwrap();
    }
    let greeted = readers.read_until(PATIENCE, |all| all.iter().all(Reader::is_greeted));
    assert!(greeted.unwrap(), "somebody was not told a tick");
    readers.stall(STALLED).unwrap();
    // A reader that takes one message a turn.
    let mut slow = Stream::open(&server, "topics=yard");

    // What nobody takes has to fill what lies between the server and a reader, which takes megabytes.
    let mut sent = 0;
    let cut_off = r#"http_connections_cut_off_total{reason="write"} 1"#;
    while !server.get("/metrics").text().contains(cut_off) {
        assert!(sent < 60_000, "a reader that never reads is not closed");
        let events: Vec<Value> = (sent..sent + 500).map(stacked).collect();
        server.send(&events);
        sent += 500;
        let others_have_it = readers.read_until(PATIENCE, |all| {
            all.iter()
                .enumerate()
                .all(|(index, reader)| index == STALLED || has_all(reader, sent))
        });
        assert!(others_have_it.unwrap(), "one that never reads holds others up");
        slow.next_within(PATIENCE).unwrap();
    }
    // It reads what was on its way, finds its end, and goes on behind what it has.
    readers.wake(STALLED).unwrap();
    let closed = readers.read_until(PATIENCE, |all| !all[STALLED].is_open());
    assert!(closed.unwrap());
    assert!(!has_all(&readers.all[STALLED], sent), "it was not behind");
    readers.connect(STALLED).unwrap();
    let caught_up = readers.read_until(PATIENCE, |all| has_all(&all[STALLED], sent));
    assert!(caught_up.unwrap());
    for reader in &readers.all {
        has_each_once_and_in_order(reader, sent);
    }
}

#[test]
fn a_storm_of_reconnects_after_a_restart_loses_nothing() {
    const READERS: usize = 300;
    let mut server = Server::start();
    let mut readers = Readers::new(server.authority()).unwrap();
    for _ in 0..READERS {
        readers.add().unwrap();
    }
    let greeted = readers.read_until(PATIENCE, |all| all.iter().all(Reader::is_greeted));
    assert!(greeted.unwrap());
    let mut sent = 0;
    for round in 0..3 {
        for _ in 0..20 {
            server.send(&[stacked(sent)]);
            sent += 1;
        }
        // Not everybody has everything when it ends.
        readers.read(Duration::from_millis(20), |_, _| {}).unwrap();
        match round {
            0 => assert!(server.stop().success()),
            _ => server.kill(),
        }
        let ended = readers.read_until(PATIENCE, |all| all.iter().all(|reader| !reader.is_open()));
        assert!(ended.unwrap(), "a stream outlives its server");
        server.start_again();
        server.send(&[stacked(sent)]);
        sent += 1;
        for index in 0..READERS {
            readers.connect(index).unwrap();
        }
        let resumed = readers.read_until(PATIENCE, |all| all.iter().all(|reader| has_all(reader, sent)));
        assert!(resumed.unwrap(), "somebody missed something in round {round}");
    }
    for reader in &readers.all {
        has_each_once_and_in_order(reader, sent);
    }
}

#[test]
fn readers_too_many_are_told_when_to_come_again_and_others_are_served() {
    let server = Server::configured("[server]\nreaders = 3\n");
    let open: Vec<Stream> = (0..3).map(|_| Stream::open(&server, "")).collect();
    let refused = server.get("/api/v1/stream");
    refused.problem(503);
    let wait: u64 = refused.field("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    server.send(&[stacked(1)]);
    let metrics = server.get("/metrics").text();
    assert!(metrics.contains("\nquaylight_stream_readers 3\n"), "{metrics}");
    assert!(
        metrics.contains("quaylight_refused_total{reason=\"readers\"} 1\n"),
        "{metrics}"
    );
    // One that goes leaves its place.
    drop(open);
    until("a place to be free", || Stream::try_open(&server, "").ok());
}
