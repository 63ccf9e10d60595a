//! Peers that begin and do not go on.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};
use tests::program::Server;
use tests::wait::{PATIENCE, until};

const SHORT: &str = "[server]\nheader_timeout = \"2s\"\nidle_timeout = \"3s\"\nbody_timeout = \"2s\"\n";

/// Sends these bytes and what `more` gives every 100 ms, until the server closes. Answers what it said.
fn drip(server: &Server, head: &str, more: &str) -> (String, Duration) {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(server.authority()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut said = Vec::new();
    let mut bytes = [0; 4_096];
    while begun.elapsed() < PATIENCE {
        match stream.read(&mut bytes) {
            Ok(0) => return (String::from_utf8_lossy(&said).into_owned(), begun.elapsed()),
            Ok(length) => said.extend_from_slice(&bytes[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                // One that was cut off finds out by its next byte.
                let _ = stream.write_all(more.as_bytes());
            }
            Err(_) => return (String::from_utf8_lossy(&said).into_owned(), begun.elapsed()),
        }
    }
    panic!(
        "the server waits for ever; it said {}",
        String::from_utf8_lossy(&said)
    );
}

#[test]
fn a_sender_of_a_few_bytes_a_second_is_cut_with_408() {
    let server = Server::configured(SHORT);
    for (head, byte) in [
        ("Content-Length: 100000", " "),
        ("Transfer-Encoding: chunked", "1\r\n \r\n"),
    ] {
        for call in ["POST /api/v1/feeds/events", "PUT /api/v1/rules"] {
            let head = format!(
                "{call} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n{head}\r\n\r\n",
                server.authority()
            );
            let (said, _) = drip(&server, &head, byte);
            assert!(said.starts_with("HTTP/1.1 408 "), "{call}: {said}");
            assert!(
                said.contains("application/problem+json") && said.contains("too-slow"),
                "{said}"
            );
        }
    }
}

#[test]
fn a_header_that_does_not_end_and_a_connection_without_one_are_closed() {
    let server = Server::configured(SHORT);
    let head = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-Slow: ", server.authority());
    drip(&server, &head, "a");
    drip(&server, "", "");
    until("both to be counted", || {
        let metrics = server.get("/metrics").text();
        metrics
            .contains("http_connections_cut_off_total{reason=\"header\"} 2\n")
            .then_some(())
    });
}

#[test]
fn a_connection_that_has_nothing_more_to_ask_is_closed_later_than_a_header_that_does_not_end() {
    let server = Server::configured("[server]\nheader_timeout = \"1s\"\nidle_timeout = \"4s\"\n");
    let head = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.authority());
    let (said, after) = drip(&server, &head, "");
    assert!(said.ends_with("ok\n"), "{said}");
    assert!(after >= Duration::from_secs(4), "{after:?}");
    let metrics = server.get("/metrics").text();
    assert!(
        metrics.contains("http_connections_cut_off_total{reason=\"idle\"} "),
        "{metrics}"
    );
}

#[test]
fn a_half_open_connection_takes_no_place_for_long() {
    let server = Server::configured("[server]\nconnections = 16\nheader_timeout = \"2s\"\n");
    // Peers that have said that they will send no more, and others that say nothing.
    let half: Vec<TcpStream> = (0..14)
        .map(|n| {
            let stream = TcpStream::connect(server.authority()).unwrap();
            if n % 2 == 0 {
                stream.shutdown(Shutdown::Write).unwrap();
            }
            stream
        })
        .collect();
    until("their places to be free", || {
        let open: Vec<_> = (0..14).map(|_| server.get("/healthz").status).collect();
        let metrics = server.get("/metrics").text();
        let connections = metrics
            .lines()
            .find_map(|line| line.strip_prefix("http_connections "));
        (open.iter().all(|status| *status == 200) && connections?.parse::<u32>().ok()? < 4).then_some(())
    });
    drop(half);
}
