//! What is pictured: the simulated port at one moment, the same behind a network that can be cut, and a server without
//! data.

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tests::desk::application;
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
        parcel: held(port),
        application: applied(port),
        slot,
    }
}

/// The parcel that is held longest.
fn held(port: &Server) -> String {
    let held = port.value("/api/v1/parcels?state=held&order=oldest&limit=1");
    held["items"][0]["order"].as_str().unwrap_or_default().to_owned()
}

/// An application for an export box of the port, or where none takes one a draft.
fn applied(port: &Server) -> String {
    let stays = port.value("/api/v1/stays?direction=export&limit=200");
    let stays = stays["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let form = |stay: &Value| {
        json!({"kind": "missing_instruction", "reason": "message_lost", "containers": [stay["container"]],
            "bill_of_lading": stay["bill_of_lading"].as_str().unwrap_or_default(),
            "vessel_name": stay["vessel_name"].as_str().unwrap_or_default(),
            "voyage": stay["voyage"].as_str().unwrap_or_default(),
            "declaration": stay["declarations"][0].as_str().unwrap_or_default()})
    };
    let standing = stays.iter().filter(|stay| stay["ended_at"].is_null());
    let taken = standing
        .take(20)
        .find_map(|stay| application(port, &form(stay), true));
    taken
        .or_else(|| application(port, &json!({"kind": "missing_instruction"}), false))
        .unwrap_or_else(|| panic!("the release desk keeps no draft"))
}
