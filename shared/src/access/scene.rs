//! What a wall's token shows.

use super::Right;
use serde::{Deserialize, Serialize};

/// A scene of the wall (`/wall?scenes=`), as a token names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scene {
    /// The map of the port.
    Yard,
    /// The alarms that wait.
    Alarms,
    /// How long clearance takes.
    Clearance,
    /// What goes over the quay.
    Throughput,
    /// One figure.
    Number,
    /// Who sends.
    Feeds,
    /// Cross-border parcels.
    Parcels,
    /// The release desk: what waits there, and for whom.
    ReleaseDesk,
}

impl Scene {
    /// All of them.
    pub const ALL: [Scene; 8] = [
        Scene::Yard,
        Scene::Alarms,
        Scene::Clearance,
        Scene::Throughput,
        Scene::Number,
        Scene::Feeds,
        Scene::Parcels,
        Scene::ReleaseDesk,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Scene::Yard => "yard",
            Scene::Alarms => "alarms",
            Scene::Clearance => "clearance",
            Scene::Throughput => "throughput",
            Scene::Number => "number",
            Scene::Feeds => "feeds",
            Scene::Parcels => "parcels",
            Scene::ReleaseDesk => "release_desk",
        }
    }

    /// The scene of a name.
    pub fn from_name(name: &str) -> Option<Scene> {
        Scene::ALL.into_iter().find(|scene| scene.name() == name)
    }

    /// The right that it shows something by.
    pub fn right(self) -> Right {
        match self {
            Scene::Yard => Right::Yard,
            Scene::Alarms => Right::Alarms,
            Scene::Clearance | Scene::Throughput | Scene::Number | Scene::Parcels | Scene::ReleaseDesk => {
                Right::Figures
            }
            Scene::Feeds => Right::Feeds,
        }
    }
}
