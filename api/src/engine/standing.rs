//! Whether anything is taken. Reads go on whatever stands here.

use std::sync::atomic::{AtomicU8, Ordering};

/// Whether the engine takes anything, and why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    #[default]
    Ready,
    /// The journal can't be written. That is tried again by itself.
    Waiting,
    /// State and journal are no longer known to agree. Only a new start brings them together.
    Broken,
}

impl Standing {
    /// What is told to whoever sends, and by `/readyz`.
    pub fn text(self) -> &'static str {
        match self {
            Standing::Ready => "ready",
            Standing::Waiting => {
                "nothing is taken, because the journal can't be written (is the disk full?); it is tried again by itself: send again later"
            }
            Standing::Broken => "nothing is taken until the server is started again; its log says why",
        }
    }
}

/// A standing that others look at.
#[derive(Debug, Default)]
pub(crate) struct StandingCell(AtomicU8);

impl StandingCell {
    /// As it is now.
    pub fn get(&self) -> Standing {
        match self.0.load(Ordering::Relaxed) {
            0 => Standing::Ready,
            1 => Standing::Waiting,
            _ => Standing::Broken,
        }
    }

    /// As it is from now on; what is broken stays so.
    pub fn set(&self, standing: Standing) {
        if self.get() != Standing::Broken {
            self.0.store(standing as u8, Ordering::Relaxed);
        }
    }
}
