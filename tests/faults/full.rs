//! A disk without room, from outside: the system lets no file of the server grow.

use serde_json::Value;
use std::collections::BTreeSet;
use tests::messages::{container, event};
use tests::program::Server;
use tests::wait::until;

/// Sends a message of some boxes. Answers the status, with the field that says when to come again.
fn send(server: &Server, group: u32) -> (u16, Option<String>) {
    let events: Vec<Value> = boxes(group)
        .map(|n| {
            let at = "2022-02-23T10:00:00+08:00";
            event(&n.to_string(), "discharge", &container(n), at, Value::Null)
        })
        .collect();
    let answer = server.post(
        "/api/v1/feeds/events",
        &[],
        Value::from(events).to_string().as_bytes(),
    );
    (answer.status, answer.field("retry-after").map(str::to_owned))
}

fn boxes(group: u32) -> std::ops::Range<u32> {
    group * 50..(group + 1) * 50
}

#[test]
fn a_full_disk_is_answered_with_503_and_nothing_acknowledged_is_lost_and_the_server_goes_on_by_itself() {
    let mut server = Server::start();
    let mut acknowledged = BTreeSet::new();
    let mut group = 0;
    #[allow(clippy::explicit_counter_loop, reason = "the loop within counts on, too")]
    for _ in 0..2 {
        assert_eq!(send(&server, group).0, 200);
        acknowledged.insert(group);
        server.limit_files(Some(400_000));
        let again = until("a message to be refused", || {
            group += 1;
            match send(&server, group) {
                (200, _) => {
                    acknowledged.insert(group);
                    None
                }
                (503, again) => Some(again),
                other => panic!("{other:?}"),
            }
        });
        assert!(again.is_some(), "the sender is not told when to come again");
        let ready = server.get("/readyz");
        assert_eq!(ready.status, 503);
        assert!(
            ready.text().contains("journal can't be written"),
            "{}",
            ready.text()
        );
        assert_eq!(server.get("/healthz").status, 200);
        // Reads go on, and what was refused is not there.
        assert_eq!(
            server.get(&format!("/api/v1/containers/{}", container(0))).status,
            200
        );
        let refused = container(boxes(group).start);
        assert_eq!(server.get(&format!("/api/v1/containers/{refused}")).status, 404);
        assert_eq!(server.get("/api/v1/figures/overview").status, 200);
        server.limit_files(None);
        until("the server to be ready", || {
            (server.get("/readyz").status == 200).then_some(())
        });
        assert_eq!(send(&server, group).0, 200);
        acknowledged.insert(group);
        group += 1;
    }
    server.kill();
    server.start_again();
    for number in acknowledged.into_iter().flat_map(boxes).map(container) {
        let found = server.container(&number);
        let reports: usize = found
            .stays
            .iter()
            .flat_map(|stay| &stay.nodes)
            .map(|node| node.reports.len())
            .sum();
        assert_eq!(reports, 1, "{number}");
    }
}
