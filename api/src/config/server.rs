//! `[server]`: how much the server takes on, how long it waits, and its certificate.

use super::toml_value::{Complaints, Entry, Section};
use crate::serving::tls::Certificate;
use std::path::Path;
use std::time::Duration;

const NAMES: [&str; 18] = [
    "connections",
    "connections_per_address",
    "readers",
    "waiting_feeds",
    "body_memory_mib",
    "header_kib",
    "headers",
    "header_timeout",
    "idle_timeout",
    "body_timeout",
    "body_rate",
    "write_timeout",
    "stop_timeout",
    "reads_per_second",
    "sends_per_second",
    "limit_loopback",
    "certificate",
    "key",
];

/// Limits and time-outs of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address (IPv6: one /64).
    pub connections_per_address: usize,
    /// Readers of the stream at once.
    pub readers: usize,
    /// Messages of feeds that are read or wait at once.
    pub waiting_feeds: usize,
    /// Memory of all bodies on their way in, in MiB; at least one of the largest fits.
    pub body_memory_mib: usize,
    /// The header of a request, in KiB.
    pub header_kib: usize,
    /// Fields of the header of a request.
    pub headers: usize,
    /// In which the header of a request must have come, and a TLS handshake be done.
    pub header_timeout: Duration,
    /// After which a connection without a request is closed.
    pub idle_timeout: Duration,
    /// In which a body must have come, beside the time that its bytes may take by `body_rate`.
    pub body_timeout: Duration,
    /// The slowest sender that is waited for, in bytes a second.
    pub body_rate: u64,
    /// After which a peer that takes nothing is cut off.
    pub write_timeout: Duration,
    /// How long requests on their way may still take when the server is told to stop.
    pub stop_timeout: Duration,
    /// Calls that only read, from one address.
    pub reads_per_second: u32,
    /// Calls that send, from one address.
    pub sends_per_second: u32,
    /// Whether the limits by address also hold for addresses of this machine, one of which a reverse proxy is.
    pub limit_loopback: bool,
    /// With a certificate the server speaks TLS only.
    pub tls: Option<Certificate>,
}

impl Default for Server {
    fn default() -> Server {
        Server {
            connections: 16_384,
            connections_per_address: 1_024,
            readers: 12_000,
            waiting_feeds: 256,
            body_memory_mib: 256,
            header_kib: 32,
            headers: 100,
            header_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(30),
            body_rate: 16_384,
            write_timeout: Duration::from_secs(60),
            stop_timeout: Duration::from_secs(10),
            reads_per_second: 500,
            sends_per_second: 200,
            limit_loopback: false,
            tls: None,
        }
    }
}

/// Reads `[server]`. Certificate and key lie relative to `folder`.
pub fn read(entry: &Entry<'_, '_>, folder: &Path, complaints: &mut Complaints) -> Server {
    let mut server = Server::default();
    let Some(section) = entry.section(&NAMES, complaints) else {
        return server;
    };
    let mut number = |name: &str, value: &mut usize, least: u64, most: u64| {
        let read = section
            .get(name)
            .and_then(|entry| entry.whole(least..=most, complaints));
        if let Some(read) = read {
            *value = usize::try_from(read).unwrap_or(usize::MAX);
        }
    };
    number("connections", &mut server.connections, 16, 1_000_000);
    number(
        "connections_per_address",
        &mut server.connections_per_address,
        1,
        1_000_000,
    );
    number("readers", &mut server.readers, 0, 1_000_000);
    number("waiting_feeds", &mut server.waiting_feeds, 1, 100_000);
    number("body_memory_mib", &mut server.body_memory_mib, 64, 1_000_000);
    number("header_kib", &mut server.header_kib, 8, 1_024);
    number("headers", &mut server.headers, 16, 1_000);
    let mut time = |name: &str, value: &mut Duration| {
        let read = section.get(name).and_then(|entry| entry.duration(complaints));
        if let Some(seconds) = read {
            *value = Duration::from_secs(seconds);
        }
    };
    time("header_timeout", &mut server.header_timeout);
    time("idle_timeout", &mut server.idle_timeout);
    time("body_timeout", &mut server.body_timeout);
    time("write_timeout", &mut server.write_timeout);
    time("stop_timeout", &mut server.stop_timeout);
    let mut rate = |name: &str, most: u64| {
        section
            .get(name)
            .and_then(|entry| entry.whole(1..=most, complaints))
    };
    if let Some(bytes) = rate("body_rate", 1 << 30) {
        server.body_rate = bytes;
    }
    let calls = |rate: Option<u64>, default: u32| rate.and_then(|n| n.try_into().ok()).unwrap_or(default);
    server.reads_per_second = calls(rate("reads_per_second", 1_000_000), server.reads_per_second);
    server.sends_per_second = calls(rate("sends_per_second", 1_000_000), server.sends_per_second);
    if let Some(entry) = section.get("limit_loopback") {
        server.limit_loopback = entry.boolean(complaints).unwrap_or_default();
    }
    server.tls = certificate(&section, folder, complaints);
    server
}

fn certificate(section: &Section<'_, '_>, folder: &Path, complaints: &mut Complaints) -> Option<Certificate> {
    let (chain, key) = match (section.get("certificate"), section.get("key")) {
        (None, None) => return None,
        (Some(chain), Some(key)) => (chain, key),
        (Some(only), None) => {
            only.refuse("needs `server.key` beside it", complaints);
            return None;
        }
        (None, Some(only)) => {
            only.refuse("needs `server.certificate` beside it", complaints);
            return None;
        }
    };
    let certificate = Certificate {
        chain: folder.join(chain.text(complaints)?),
        key: folder.join(key.text(complaints)?),
    };
    if let Err(error) = certificate.load() {
        chain.refuse(&format!("can't be used: {error}"), complaints);
    }
    Some(certificate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Configuration, ConfigurationError};

    fn read(text: &str) -> Result<Server, ConfigurationError> {
        Configuration::read(text, "quaylight.toml", Path::new("no/such/folder"))
            .map(|configuration| configuration.server)
    }

    #[test]
    fn what_is_set_is_taken_and_the_rest_is_as_without_a_configuration() {
        let server =
            read("[server]\nconnections = 500\nwrite_timeout = \"5s\"\nsends_per_second = 7\n").unwrap();
        let expected = Server {
            connections: 500,
            write_timeout: Duration::from_secs(5),
            sends_per_second: 7,
            ..Server::default()
        };
        assert_eq!(server, expected);
        assert_eq!(read("").unwrap(), Server::default());
    }

    #[test]
    fn what_can_not_be_is_refused_with_line_and_reason() {
        for (setting, words) in [
            ("connections = 3", "from 16 to"),
            ("body_memory_mib = 1", "from 64 to"),
            ("header_timeout = 15", "a duration in quotes"),
            ("idle_timeout = \"0s\"", "longer than nothing"),
            ("limit_loopback = 1", "true or false"),
            ("port = 80", "is unknown"),
            ("certificate = \"a.pem\"", "needs `server.key`"),
            ("certificate = \"a.pem\"\nkey = \"k.pem\"", "a.pem can't be read"),
        ] {
            let said = read(&format!("[server]\n{setting}\n")).unwrap_err().to_string();
            assert!(
                said.contains("quaylight.toml:2:") && said.contains(words),
                "{said}"
            );
        }
    }
}
