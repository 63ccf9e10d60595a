//! The engine's clock: the wall clock, or the simulated one of a demo (`semantics.md` §1, Clock).

use shared::time::Time;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where `now` comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    Wall,
    /// A clock that the demo moves; never back.
    Simulated(Arc<AtomicI64>),
    /// A machine's clock that somebody sets, forth and back: for tests of what a wrong clock does.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A simulated clock that begins at a time.
    pub fn simulated(start: Time) -> Clock {
        Clock::Simulated(Arc::new(AtomicI64::new(start.0)))
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        match self {
            Clock::Wall => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Clock::Simulated(at) | Clock::Set(at) => Time(at.load(Ordering::Relaxed)),
        }
    }

    /// Moves a simulated clock forward; the wall clock moves by itself.
    pub fn advance_to(&self, to: Time) {
        if let Clock::Simulated(at) = self {
            at.fetch_max(to.0, Ordering::Relaxed);
        }
    }
}
