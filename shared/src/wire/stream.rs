//! Messages of the stream. Each is an event of Server-Sent Events with `id: epoch:sequence`.

use super::figures::Overview;
use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

/// `figures`: which calls changed, and the new overview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FiguresChange {
    /// The calls whose answers changed, such as `/figures/clearance`.
    pub changed: Vec<String>,
    /// The new overview.
    pub overview: Overview,
}

/// `feed`: a source spoke.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedChange {
    /// The sender.
    pub source: String,
    /// Events taken so far.
    pub events: u64,
    /// Problems so far.
    pub problems: u64,
    /// Time of the latest actual event that it told of.
    pub last_at: Option<LocalTime>,
}

/// `tick`: every 10 s.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tick {
    /// The engine's clock, in UTC.
    pub now: LocalTime,
    /// The epoch of the change log.
    pub epoch: String,
    /// The newest change.
    pub sequence: u64,
    /// How many messages, without ticks and resets, this connection has carried: a reader that counted others has lost
    /// some on the way.
    #[serde(default)]
    pub messages: u64,
}

/// `reset`: take a new snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reset {
    /// `epoch`, `too_old`, or `lagged`.
    pub reason: String,
}
