//! How long to wait before the next try.

/// The first wait is at most this long.
const FIRST_MS: f64 = 500.0;
/// No wait is longer.
const LONGEST_MS: f64 = 15_000.0;
/// No wait is shorter, so that a server that refuses at once is not asked in a tight loop.
const SHORTEST_MS: f64 = 150.0;

/// Exponential with full jitter: `random` from 0 to 1 chooses within the range, so that a thousand pages that
/// lost the same server do not come back in the same moment.
pub fn wait_ms(failures: u32, random: f64) -> f64 {
    let ceiling = (FIRST_MS * f64::from(1_u32 << failures.min(10))).min(LONGEST_MS);
    SHORTEST_MS + random.clamp(0.0, 1.0) * (ceiling - SHORTEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_to_a_limit_and_stays_within_it() {
        assert_eq!(wait_ms(0, 1.0), 500.0);
        assert_eq!(wait_ms(3, 1.0), 4_000.0);
        assert_eq!(wait_ms(5, 1.0), 15_000.0);
        assert_eq!(wait_ms(u32::MAX, 1.0), 15_000.0);
        assert_eq!(wait_ms(u32::MAX, 0.0), 150.0);
    }
}
