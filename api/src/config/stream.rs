//! How much of the past the stream remembers.

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
