//! Why a text is no layout.

use super::MOST_SLOTS;
use std::fmt;

/// Why a text is no layout.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// It is no JSON.
    #[error("it is no JSON: {reason}")]
    Json {
        /// What the reader met, with line and column.
        reason: String,
    },
    /// The collection as a whole is wrong.
    #[error("`{member}` {reason}")]
    Collection {
        /// The member of the collection.
        member: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Some features are wrong.
    #[error("{}", lines(.0))]
    Features(Vec<Misfit>),
    /// There is no block.
    #[error("no feature has a property `block`, so there is no block")]
    NoBlock,
    /// The blocks are too large together.
    #[error("the blocks have {slots} slots together; at most {MOST_SLOTS} are possible")]
    TooManySlots {
        /// How many there would be.
        slots: u64,
    },
    /// No address can mean any of the blocks.
    #[error(
        "no block fits the slot pattern `{pattern}`: its block names have {width} characters, and `{block}` has \
         {}",
        .block.len()
    )]
    Pattern {
        /// The pattern.
        pattern: String,
        /// How long its block names are.
        width: usize,
        /// The first block.
        block: String,
    },
}

/// What is wrong with one feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Which feature, from 0.
    pub feature: usize,
    /// The property or member, such as `properties.bays`.
    pub property: String,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "features[{}].{} {}", self.feature, self.property, self.reason)
    }
}

fn lines(misfits: &[Misfit]) -> String {
    let lines: Vec<String> = misfits.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
