//! What of the simulated port can be set.

use serde::{Deserialize, Serialize};
use shared::time::{DAY, MINUTE, SECOND};

/// What of the simulated port can be set. With the same seed, start and settings it sends the same messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// How long after the start messages are sent in the large batches of [`Settings::past`], in milliseconds.
    pub history: i64,
    /// How long before the start the port was empty, in milliseconds. What still stands there at the start is
    /// sent first.
    pub warm_up: i64,
    /// Vessel calls a day. Everything else follows from them: 5 are four million TEU a year.
    pub calls_per_day: f64,
    /// How messages are sent during the history.
    pub past: Sending,
    /// How messages are sent after it.
    pub live: Sending,
    /// How often something goes wrong with a message.
    pub mishaps: Mishaps,
    /// Share of the moves of full boxes over quay and gate that their carrier reports, too.
    pub carrier_reports: f64,
    /// Share of boxes whose number is no ISO 6346 number.
    pub unverified: f64,
    /// Share of the dangerous and refrigerated boxes that are stored where they must not be.
    pub illegal: f64,
    /// Share of import boxes that customs selects for a scan, and for an inspection.
    pub import_selected: [f64; 2],
    /// The same for export.
    pub export_selected: [f64; 2],
    /// Share of imports that are declared in advance.
    pub advance: f64,
    /// Share of the imports released before discharge that go straight onto a truck.
    pub direct_pickup: f64,
    /// Share of exports that are loaded without being stacked.
    pub direct_loading: f64,
}

/// How messages are sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sending {
    /// From one batch of native events to the next, in milliseconds.
    pub every: i64,
    /// Every how many native batches an EDIFACT interchange is sent.
    pub edifact_every: u32,
    /// Every how many native batches the carriers send.
    pub dcsa_every: u32,
    /// The most events in one batch.
    pub most: usize,
    /// Whether an interchange holds everything, or one vessel's or one gate's moves.
    pub one_interchange: bool,
}

/// How often something goes wrong with a message: shares of the events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mishaps {
    /// Sent minutes to hours late.
    pub late: f64,
    /// Sent twice.
    pub repeated: f64,
    /// Sent with a mistake, then again under the same id with a later `updated_at`.
    pub corrected: f64,
    /// Told of something that never happened, and retracted afterwards.
    pub retracted: f64,
    /// Sent in a form that nobody can read, and in a readable one afterwards.
    pub broken: f64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            history: 30 * DAY,
            warm_up: 40 * DAY,
            calls_per_day: 5.0,
            past: Sending {
                every: 30 * MINUTE,
                edifact_every: 1,
                dcsa_every: 6,
                most: 5_000,
                one_interchange: true,
            },
            live: Sending {
                every: 30 * SECOND,
                edifact_every: 4,
                dcsa_every: 10,
                most: 500,
                one_interchange: false,
            },
            mishaps: Mishaps::default(),
            carrier_reports: 0.12,
            unverified: 0.01,
            illegal: 0.02,
            import_selected: [0.060, 0.018],
            export_selected: [0.015, 0.006],
            advance: 0.30,
            direct_pickup: 0.35,
            direct_loading: 0.05,
        }
    }
}

impl Default for Mishaps {
    fn default() -> Mishaps {
        Mishaps {
            late: 0.01,
            repeated: 0.005,
            corrected: 0.003,
            retracted: 0.001,
            broken: 0.0002,
        }
    }
}

impl Mishaps {
    /// Everything arrives once, at once and right.
    pub const NONE: Mishaps = Mishaps {
        late: 0.0,
        repeated: 0.0,
        corrected: 0.0,
        retracted: 0.0,
        broken: 0.0,
    };
}

impl Settings {
    /// The same port with a fraction of its traffic.
    pub fn scaled(fraction: f64) -> Settings {
        let whole = Settings::default();
        Settings {
            calls_per_day: whole.calls_per_day * fraction,
            ..whole
        }
    }

    /// Something that happens so many times a day at full traffic: milliseconds from one to the next.
    pub(super) fn interval(&self, per_day: f64) -> i64 {
        (DAY as f64 / (per_day * self.calls_per_day / 5.0).max(0.01)) as i64
    }

    /// A number of boxes at full traffic, at this one.
    pub(super) fn at_this_traffic(&self, boxes: f64) -> f64 {
        boxes * self.calls_per_day / 5.0
    }
}
