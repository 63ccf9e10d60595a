//! Sites as they travel.

use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// One site of `GET /sites`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// Its code, such as `CNTXG-TPCT`.
    pub code: String,
    /// Its name.
    pub name: Name,
    /// IANA zone.
    pub zone: String,
    /// The engine's clock, in the site's zone.
    pub now: LocalTime,
    /// When the last message was taken; the page computes the age.
    pub data_at: Option<LocalTime>,
    /// Whether the data is simulated; every page says so.
    pub simulated: bool,
    /// How far the simulated history is, from 0 to 1, while it is being made.
    pub history: Option<f64>,
    /// Access mode: `open` or `accounts`.
    pub access: String,
}
