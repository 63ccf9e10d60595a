//! What travels between server and page, in the shapes of `interface.md` §3. Plain serde types; times are
//! [`LocalTime`](crate::time::LocalTime) in the site's zone, durations seconds.

/// Codes by name.
#[macro_use]
mod codes;

/// Sessions, accounts, keys, and the audit log.
pub mod access;
/// An alarm, and what a person does with it.
pub mod alarm;
/// A container with its stays, and search results.
pub mod container;
/// Answers of the feeds, sources and problems.
pub mod feeds;
/// Rows of clearance and throughput, and the overview.
pub mod figures;
/// Cross-border parcels.
pub mod parcels;
/// How well alarms serve those who answer them.
pub mod performance;
/// Applications at the release desk.
pub mod release_desk;
/// The yard as it was, and trails as they were known.
pub mod replay;
/// The alarm rules, and what a change of them would have done.
pub mod rules;
/// Sites.
pub mod site;
/// A stay.
pub mod stay;
/// Messages of the stream.
pub mod stream;
/// The yard now.
pub mod yard;

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct List<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// An error of a call, RFC 9457.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable name of the kind of error.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is wrong here and what to do.
    pub detail: String,
    /// The query parameter or field that is meant, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
}
