//! The configuration file, checked with line and reason (`interface.md` §2). Every setting has a default.

/// Who may call the server.
pub mod access;
/// What clearance times are held against.
pub mod clearance;
/// Durations as people write them.
pub mod duration;
/// `[edifact.senders."NAME"]`: what senders of EDIFACT mean.
mod edifact;
/// From the file to the configuration.
mod load;
/// `[parcels]`: how documents of parcels are held against each other.
pub mod parcels;
/// Operator positions: who answers which alarms.
pub mod positions;
/// What is wrong with a configuration, and where.
pub mod problem;
/// The release desk.
pub mod release_desk;
/// `[[overtime]]`, `[alarm]`, `[storage]` and `[[suppress]]`: what raises an alarm.
mod rules;
/// How much the server takes on, how long it waits, and its certificate.
pub mod server;
/// Sites: where they are, in which zone, and how their yard is laid out.
pub mod site;
/// `[[site]]`: the sites and their yards.
mod sites;
/// How much of the past the stream remembers.
pub mod stream;
/// Years of throughput that were not counted here.
pub mod throughput;
/// Values of a TOML document with their place.
mod toml_value;

#[cfg(test)]
mod tests;

pub use access::Access;
pub use clearance::Clearance;
pub use parcels::Parcels;
pub use positions::Positions;
pub use problem::{ConfigurationError, Position, Problem};
pub use release_desk::ReleaseDesk;
pub use server::Server;
pub use site::Site;
pub use stream::Stream;
pub use throughput::Throughput;

use crate::feeds::EdifactSettings;
use shared::rules::Rules;

/// What the program was told.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The sites, at least one, each with its yard.
    pub sites: Vec<Site>,
    /// What raises an alarm.
    pub rules: Rules,
    /// Who answers which alarms.
    pub positions: Positions,
    /// What clearance times are held against.
    pub clearance: Clearance,
    /// What throughput is shown beside.
    pub throughput: Throughput,
    /// Who may call.
    pub access: Access,
    /// What senders of EDIFACT mean.
    pub edifact: EdifactSettings,
    /// How much of the past the stream remembers.
    pub stream: Stream,
    /// How much the server takes on; `server.tls` says whether it speaks TLS.
    pub server: Server,
    /// How documents of parcels are held against each other.
    pub parcels: Parcels,
    /// How the release desk works.
    pub release_desk: ReleaseDesk,
    /// What is accepted and odd: sentences to print at start.
    pub warnings: Vec<String>,
}

impl Default for Configuration {
    /// What holds without a configuration: one site with the built-in layout, open on loopback.
    fn default() -> Configuration {
        Configuration {
            sites: vec![Site::default()],
            rules: Rules::default(),
            positions: Positions::default(),
            clearance: Clearance::default(),
            throughput: Throughput::default(),
            access: Access::default(),
            edifact: EdifactSettings::default(),
            stream: Stream::default(),
            server: Server::default(),
            parcels: Parcels::default(),
            release_desk: ReleaseDesk::default(),
            warnings: Vec::new(),
        }
    }
}
