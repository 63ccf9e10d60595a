//! The limit of open files: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that the program has open beside connections.
const OWN: u64 = 256;

/// Raises the limit as far as it may be. Answers how many connections may be open, at most `wanted`.
pub fn connections(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    let most = current.map_or(u64::MAX, |files| files.saturating_sub(OWN).max(16));
    wanted.min(usize::try_from(most).unwrap_or(usize::MAX))
}
