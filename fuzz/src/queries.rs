//! Addresses with any query, asked of a server that has some events: whatever is asked, no call fails.

use crate::path::{Port, get};
use api::routes::CALLS;
use std::sync::OnceLock;

const EVENTS: &[u8] = include_bytes!("../../api/tests/openapi/events.ndjson");

/// The first byte says which call, the rest is its query, or the part of the path that it leaves open.
pub fn queries(data: &[u8]) {
    static PORT: OnceLock<Port> = OnceLock::new();
    let port = PORT.get_or_init(|| {
        let port = Port::start();
        port.post("/api/v1/feeds/events", false, EVENTS);
        port
    });
    let Some((which, rest)) = data.split_first() else {
        return;
    };
    let reads: Vec<&str> = CALLS
        .iter()
        .filter(|(method, path, _)| *method == "get" && *path != "/stream")
        .map(|(_, path, _)| *path)
        .collect();
    let path = reads[usize::from(*which) % reads.len()];
    let (part, query) = match rest.iter().position(|byte| *byte == b'?') {
        Some(at) if path.contains('{') => (&rest[..at], &rest[at + 1..]),
        _ if path.contains('{') => (rest, &b""[..]),
        _ => (&b""[..], rest),
    };
    let begin = path.find('{').unwrap_or(path.len());
    let end = path.find('}').map_or(path.len(), |end| end + 1);
    let address = [
        b"/api/v1",
        path[..begin].as_bytes(),
        part,
        path[end..].as_bytes(),
        b"?",
        query,
    ]
    .concat();
    if let Ok(address) = axum::http::Uri::try_from(address.as_slice()) {
        get(port, address);
    }
}
