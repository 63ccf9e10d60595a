//! What was not understood: kept with its raw text until a person dismisses it or a retry resolves it
//! (`design.md` rule 6).

use crate::journal::Format;
use serde::{Deserialize, Serialize};
use shared::time::Time;
use shared::wire::feeds::{ProblemCode, Remark};

/// The longest raw text that is kept of one problem, in bytes.
pub const LONGEST_RAW: usize = 64 * 1_024;

/// A problem as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProblemEntry {
    /// The format in which it came.
    pub format: Format,
    /// The sender, where known.
    pub source: Option<String>,
    /// What is wrong and where.
    pub remark: Remark<ProblemCode>,
    /// The raw text.
    pub raw: String,
}

/// Where a problem stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemStanding {
    /// Nobody has done anything.
    #[default]
    Open,
    /// A person put it aside.
    Dismissed,
    /// It was sent again and taken.
    Resolved,
}

impl ProblemStanding {
    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            ProblemStanding::Open => "open",
            ProblemStanding::Dismissed => "dismissed",
            ProblemStanding::Resolved => "resolved",
        }
    }

    /// The standing of a name that travels.
    pub fn from_name(name: &str) -> Option<ProblemStanding> {
        [
            ProblemStanding::Open,
            ProblemStanding::Dismissed,
            ProblemStanding::Resolved,
        ]
        .into_iter()
        .find(|standing| standing.name() == name)
    }
}

/// A problem in memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProblemState {
    /// When it came.
    pub received_at: Time,
    /// What it is.
    pub entry: ProblemEntry,
    /// Where it stands.
    pub standing: ProblemStanding,
}

/// The raw text of a part of a body, cut where it is too long; bytes that are no UTF-8 are replaced.
pub fn raw_text(body: &[u8], range: std::ops::Range<usize>) -> String {
    let end = range
        .end
        .min(body.len())
        .min(range.start.saturating_add(LONGEST_RAW));
    String::from_utf8_lossy(body.get(range.start..end).unwrap_or_default()).into_owned()
}
