//! How much of the past the stream remembers.

use super::toml_value::{Complaints, Entry};

/// A log of ten million changes is a few gigabytes.
const MOST: u64 = 10_000_000;

/// Settings of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// How many changes the log keeps, so that a page that was away can resume (`interface.md` §3).
    pub keep: u64,
}

impl Default for Stream {
    fn default() -> Stream {
        Stream { keep: 100_000 }
    }
}

/// Reads `[stream]`.
pub fn read(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> Option<Stream> {
    let keep = entry.section(&["keep"], complaints)?.get("keep")?;
    keep.whole(1..=MOST, complaints).map(|keep| Stream { keep })
}
