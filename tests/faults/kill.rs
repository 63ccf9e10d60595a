//! Signal 9 in the middle of sending.

use serde_json::json;
use std::env;
use std::thread::{self, JoinHandle};
use tests::http::Client;
use tests::messages::container;
use tests::program::Server;
use tests::senders::{Senders, check};

/// Rounds of the suite, and of a long run.
const ROUNDS: [u32; 2] = [10, 200];

/// The two formats that are not our own, with the first number of their boxes.
const FORMATS: [(&str, u32); 2] = [("dcsa", 800_000), ("edifact", 900_000)];

/// One message of a box in a format that is not our own.
fn foreign(feed: &str, n: u32) -> String {
    let number = container(n);
    match feed {
        "dcsa" => json!([{"eventID": format!("5e51e72c-d872-11ea-811c-0f8f10{n:06}"), "eventType": "EQUIPMENT",
            "eventCreatedDateTime": "2022-02-23T14:00:00+08:00", "eventClassifierCode": "ACT",
            "eventDateTime": "2022-02-23T13:14:15+08:00", "equipmentEventTypeCode": "GTIN",
            "equipmentReference": number, "ISOEquipmentCode": "22G1", "emptyIndicatorCode": "LADEN",
            "transportCall": {"modeOfTransport": "TRUCK", "UNLocationCode": "CNTXG", "facilityCode": "TPCT"}}])
        .to_string(),
        _ => format!(
            "UNB+UNOA:2+QUAYGATE+PORT+220224:0900+{n}'UNH+1+CODECO:D:95B:UN:ITG14'BGM+34+IN{n}+9'\
             EQD+CN+{number}+22G1:102:5++3+5'DTM+7:202202240845:203'LOC+165+CNTXG:139:6+TPCT:TER:ZZZ'TDT+1++3'\
             CNT+16:1'UNT+8+1'UNZ+1+{n}'"
        ),
    }
}

/// Sends a message in a format. Answers whether the server said that it has it.
fn send_foreign(client: &Client, feed: &str, n: u32) -> bool {
    let path = format!("/api/v1/feeds/{feed}");
    match client.call("POST", &path, &[], foreign(feed, n).as_bytes()) {
        Err(_) => false,
        Ok(answer) => {
            assert_eq!(answer.status, 200, "{}", answer.text());
            true
        }
    }
}

/// Sends in a format until the server dies. Answers the numbers of the boxes, and whether each was acknowledged.
fn send_until_killed(server: &Server, feed: &'static str, first: u32) -> JoinHandle<Vec<(u32, bool)>> {
    let client = Client::new(server.authority());
    thread::spawn(move || {
        let mut sent = Vec::new();
        for n in first.. {
            let has = send_foreign(&client, feed, n);
            sent.push((n, has));
            if !has {
                break;
            }
        }
        sent
    })
}

/// Holds what the server has of a format against what was sent in it, before and after it is sent again.
fn check_foreign(server: &Server, feed: &str, sent: &[(u32, bool)]) {
    for again in [false, true] {
        for (n, acknowledged) in sent {
            if again {
                assert!(send_foreign(server, feed, *n));
            }
            let answer = server.get(&format!("/api/v1/containers/{}", container(*n)));
            let reports = match answer.status {
                404 => 0,
                _ => {
                    let found: shared::wire::container::Container = answer.ok();
                    let nodes = found.stays.iter().flat_map(|stay| &stay.nodes);
                    nodes.map(|node| node.reports.len()).sum()
                }
            };
            assert!(reports <= 1, "{feed} message {n} is there {reports} times");
            assert!(
                reports == 1 || !(again || *acknowledged),
                "{feed} message {n} was acknowledged and is lost"
            );
        }
    }
}

#[test]
fn a_server_that_is_killed_while_messages_come_loses_nothing_acknowledged_and_has_nothing_twice() {
    let rounds = ROUNDS[usize::from(env::var_os("QUAYLIGHT_LONG").is_some())];
    let mut server = Server::start();
    let mut sent = Vec::new();
    let mut foreign_acknowledged = 0;
    let mut epoch = None;
    for round in 0..rounds {
        let senders = Senders::start(&server, round);
        let foreign = FORMATS.map(|(feed, first)| send_until_killed(&server, feed, first + round * 400));
        // Every round dies at another place.
        senders.wait_for(u64::from(10 + round * 7 % 40));
        server.kill();
        let sent_now = senders.end();
        server.start_again();
        check(&server, &sent_now);
        for ((feed, _), sent) in FORMATS.iter().zip(foreign) {
            let sent = sent.join().unwrap_or_else(|_| panic!("a sender died"));
            check_foreign(&server, feed, &sent);
            foreign_acknowledged += sent.iter().filter(|(_, acknowledged)| *acknowledged).count();
        }
        sent.extend(sent_now);
        let now = server.value("/api/v1/alarms")["epoch"].clone();
        assert_eq!(
            *epoch.get_or_insert_with(|| now.clone()),
            now,
            "the change log was lost"
        );
    }
    println!("{rounds} kills, {foreign_acknowledged} messages in other formats acknowledged");
    assert!(foreign_acknowledged > 0);
    // Nothing of what was killed stands in the way of an orderly end.
    assert!(server.stop().success(), "{}", server.log());
    server.start_again();
    check(&server, &sent);
}

#[test]
fn a_server_that_is_told_to_stop_while_messages_come_loses_nothing_acknowledged() {
    let mut server = Server::start();
    let senders = Senders::start(&server, 0);
    senders.wait_for(20);
    assert!(server.stop().success(), "{}", server.log());
    let sent = senders.end();
    server.start_again();
    check(&server, &sent);
}

#[test]
fn a_server_that_is_killed_while_it_starts_starts_again() {
    let mut server = Server::start();
    let senders = Senders::start(&server, 0);
    senders.wait_for(40);
    let sent = senders.end();
    for _ in 0..3 {
        server.kill();
        server.start_and_kill();
        server.start_again();
    }
    check(&server, &sent);
}
