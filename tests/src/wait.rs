use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take that takes a moment on an idle machine. Tests also run on busy ones.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How often a condition is looked at.
const BEAT: Duration = Duration::from_millis(20);

/// Looks until something is there, and panics when it is not there in time. `what` completes "waited for".
#[track_caller]
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_within(PATIENCE.as_secs(), what, look)
}

/// The same for what takes longer than a moment: so many seconds.
#[track_caller]
pub fn until_within<T>(seconds: u64, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        let waited = started.elapsed();
        assert!(
            waited < Duration::from_secs(seconds),
            "waited {} s in vain for {what}",
            waited.as_secs()
        );
        thread::sleep(BEAT);
    }
}
