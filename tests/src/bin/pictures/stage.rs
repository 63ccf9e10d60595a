//! What is pictured: the simulated port at one moment, the same behind a network that can be cut, and a server without
//! data.

use serde_json::Value;
use std::fs;
use std::path::Path;
use tests::pages::Named;
use tests::program::Server;
use tests::proxy::Proxy;
use tests::wait::until_within;

/// The moment. Its history goes back thirty days before it.
const START: &str = "2024-05-01T08:00:00+08:00";
/// So slowly does it go on: a picture takes seconds, and they are to be no time at all.
const SPEED: &str = "0.001";
/// Making a history takes a minute or two, on a busy machine several.
const MINUTES: u64 = 20;

/// The servers.
pub struct Stage {
    /// The simulated port.
    pub port: Server,
    /// The way to it that can be cut.
    pub proxy: Proxy,
    /// A server to which nobody ever told anything.
    pub empty: Server,
    /// What the port has.
    pub named: Named,
}

impl Stage {
    /// Starts the servers. The port is kept in the folder, so that its history is made once.
    pub fn set(folder: &Path) -> Stage {
        fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let demo = ["--demo", "--demo-start", START, "--demo-speed", SPEED];
        let port = Server::on_data_with(folder, &demo);
        until_within(MINUTES * 60, "the simulated port to have its history", || {
            let sites = port.value("/api/v1/sites");
            let history = sites["items"][0]["history"].as_f64();
            history.is_none_or(|done| done >= 1.0).then_some(())
        });
        let named = named(&port);
        Stage {
            proxy: Proxy::before(port.authority()),
            empty: Server::start(),
            named,
            port,
        }
    }
}

/// The box with most to tell among those that ring: with an alarm, a place in the yard, and the longest trail.
fn named(port: &Server) -> Named {
    let alarms = port.value("/api/v1/alarms?kind=illegal_storage&state=active&limit=50");
    let alarms = alarms["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let nodes = |alarm: &Value| {
        let number = alarm["container"].as_str().unwrap_or_default();
        let container = port.value(&format!("/api/v1/containers/{number}"));
        container["stays"][0]["nodes"].as_array().map_or(0, Vec::len)
    };
    // The first of those that are equal, so that it is always the same one.
    let most = alarms
        .iter()
        .filter(|alarm| alarm["slot"].is_string())
        .rev()
        .max_by_key(|alarm| nodes(alarm));
    let most = most.unwrap_or_else(|| panic!("no box of the simulated port stands where it may not"));
    let text = |name: &str| most[name].as_str().unwrap_or_default().to_owned();
    let slot = text("slot");
    Named {
        container: text("container"),
        block: slot.get(..3).unwrap_or_default().to_owned(),
        bay: slot
            .get(3..5)
            .and_then(|bay| bay.parse::<u32>().ok())
            .unwrap_or(1)
            .to_string(),
        alarm: text("id"),
        slot,
    }
}
