//! Signal 9 in the middle of sending.

use std::env;
use tests::program::Server;
use tests::senders::{Senders, check};

/// Rounds of the suite, and of a long run.
const ROUNDS: [u32; 2] = [3, 20];

#[test]
fn a_server_that_is_killed_while_messages_come_loses_nothing_acknowledged_and_has_nothing_twice() {
    let rounds = ROUNDS[usize::from(env::var_os("QUAYLIGHT_LONG").is_some())];
    let mut server = Server::start();
    let mut sent = Vec::new();
    let mut epoch = None;
    for round in 0..rounds {
        let senders = Senders::start(&server, round);
        // Every round dies at another place.
        senders.wait_for(u64::from(10 + round * 7 % 40));
        server.kill();
        let sent_now = senders.end();
        server.start_again();
        check(&server, &sent_now);
        sent.extend(sent_now);
        let now = server.value("/api/v1/alarms")["epoch"].clone();
        assert_eq!(
            *epoch.get_or_insert_with(|| now.clone()),
            now,
            "the change log was lost"
        );
    }
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
