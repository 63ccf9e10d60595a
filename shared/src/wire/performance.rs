//! How well alarms serve those who answer them (`domain.md` §7; ISA-18.2 / IEC 62682 / EEMUA 191), as it travels.

use crate::alarm::{Kind, Priority};
use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

/// The measures over a period, for the alarms that a filter selects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Performance {
    /// The site; `null` for all.
    pub site: Option<String>,
    /// The beginning of the period, at a window of ten minutes.
    pub from: LocalTime,
    /// Its end.
    pub to: LocalTime,
    /// Alarms raised in it: not withdrawn, suppressed or out of service.
    pub alarms: u64,
    /// Windows of ten minutes, aligned to the site's wall clock, empty ones included.
    pub windows: u64,
    /// Alarms in a window, on average; about 1 is acceptable and 2 the most.
    pub average_in_ten_minutes: f64,
    /// The most in one window.
    pub most_in_ten_minutes: u64,
    /// Share of the windows with over ten, from 0 to 1; under 0.01 is acceptable.
    pub windows_over_ten: f64,
    /// Share of the time in flood, from 0 to 1; under 0.01 is acceptable.
    pub time_in_flood: f64,
    /// How many were raised in each window that has any: its beginning and the number.
    pub course: Vec<(LocalTime, u64)>,
    /// How long a step of the course is, in seconds: 600, or longer where the period has over 5,000 windows. The number
    /// is then that of the fullest window of the step.
    pub step_seconds: u64,
    /// Floods: from the first window above ten to the first below five.
    pub floods: Vec<Flood>,
    /// How many are high, medium and low.
    pub priorities: Vec<PriorityShare>,
    /// The ten most frequent rules.
    pub most_frequent: Vec<Frequent>,
    /// How many tags chattered: raised three times or more within 60 seconds; none is acceptable.
    pub chattering: u64,
    /// Those that chattered most, at most 100.
    pub chattering_tags: Vec<Chattering>,
    /// How many were active for over 24 hours in the period; fewer than 5 is acceptable.
    pub stale: u64,
    /// The longest of them, at most 100.
    pub stale_alarms: Vec<Stale>,
    /// By kind.
    pub kinds: Vec<ByName>,
    /// By block; those without one are left out.
    pub blocks: Vec<ByName>,
    /// By operator position.
    pub positions: Vec<ByName>,
    /// How long until somebody acknowledged, of those that somebody did.
    pub acknowledged: Answered,
    /// The limits of the standard, to be drawn beside the figures.
    pub limits: Limits,
    /// The epoch.
    pub epoch: String,
    /// The change for which it holds.
    pub sequence: u64,
}

/// A flood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flood {
    /// The beginning of its first window.
    pub from: LocalTime,
    /// The end of its last window.
    pub to: LocalTime,
    /// Alarms raised in it.
    pub alarms: u64,
    /// The most in one of its windows.
    pub most_in_ten_minutes: u64,
    /// The list of them.
    pub href: String,
}

/// How many are of one priority.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriorityShare {
    /// The priority.
    pub priority: Priority,
    /// How many.
    pub alarms: u64,
    /// Their share, from 0 to 1; `null` without any.
    pub share: Option<f64>,
    /// What the standard recommends: 0.8 low, 0.15 medium, 0.05 high.
    pub recommended: f64,
}

/// A rule that is frequent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frequent {
    /// The rule.
    pub rule: String,
    /// What it is about.
    pub kind: Kind,
    /// How many it raised.
    pub alarms: u64,
    /// Their share of all, from 0 to 1.
    pub share: f64,
    /// The list of them.
    pub href: String,
}

/// A tag that chattered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chattering {
    /// The tag: stay and rule.
    pub tag: String,
    /// The rule.
    pub rule: String,
    /// What it is about.
    pub kind: Kind,
    /// The container.
    pub container: Option<String>,
    /// The most within 60 seconds.
    pub most_in_a_minute: u64,
    /// How many in the period.
    pub alarms: u64,
}

/// An alarm that was active for over 24 hours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stale {
    /// The alarm.
    pub id: String,
    /// What is wrong.
    pub kind: Kind,
    /// How urgent.
    pub priority: Priority,
    /// The container.
    pub container: Option<String>,
    /// The block.
    pub block: Option<String>,
    /// When it was raised.
    pub raised_at: LocalTime,
    /// When it ended; `null` when it is still active.
    pub cleared_at: Option<LocalTime>,
}

/// The measures of a part of the alarms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ByName {
    /// The kind, block or position.
    pub name: String,
    /// Alarms.
    pub alarms: u64,
    /// In a window, on average.
    pub average_in_ten_minutes: f64,
    /// The most in one window.
    pub most_in_ten_minutes: u64,
    /// Share of the time in flood.
    pub time_in_flood: f64,
    /// The list of them.
    pub href: String,
}

/// How long people took, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// How many were acknowledged.
    pub alarms: u64,
    /// How many nobody has acknowledged.
    pub open: u64,
    /// From when the server knew to the acknowledgement, median.
    pub median_seconds: Option<u64>,
    /// The same, 90th percentile.
    pub p90_seconds: Option<u64>,
}

/// The limits of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Alarms in ten minutes that are acceptable.
    pub acceptable_in_ten_minutes: u64,
    /// Alarms in ten minutes that are the most.
    pub most_in_ten_minutes: u64,
    /// A flood begins above so many in ten minutes …
    pub flood_above: u64,
    /// … and ends below so many.
    pub flood_below: u64,
    /// Highest acceptable share of the time in flood.
    pub time_in_flood: f64,
    /// So many of one tag within a minute chatter.
    pub chattering_in_a_minute: u64,
    /// Active for longer than so many seconds is stale.
    pub stale_seconds: u64,
    /// So many stale ones are no longer acceptable.
    pub stale_alarms: u64,
}
