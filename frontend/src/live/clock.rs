//! The engine's clock in the page: the latest `tick`, carried on by a clock of the browser that never jumps.
//! The browser's own time of day is never asked: it may be wrong, and a demo's clock runs at its own speed.

use shared::time::Time;

/// Below this difference a measured speed is jitter, and the speed is one.
const JITTER: f64 = 0.1;
/// Ticks that come closer together than this measure nothing.
const SHORTEST_MS: f64 = 4_000.0;

/// A clock that is set by ticks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    server: Time,
    here_ms: f64,
    speed: f64,
}

impl Clock {
    /// A clock that shows `server` at `here_ms`.
    pub fn new(server: Time, here_ms: f64) -> Clock {
        Clock {
            server,
            here_ms,
            speed: 1.0,
        }
    }

    /// Sets it by a later tick, and measures how fast it runs.
    #[must_use]
    pub fn set(self, server: Time, here_ms: f64) -> Clock {
        let passed = here_ms - self.here_ms;
        let measured = (server.0 - self.server.0) as f64 / passed;
        let speed = if passed < SHORTEST_MS || measured <= 0.0 {
            self.speed
        } else if (measured - 1.0).abs() < JITTER {
            1.0
        } else {
            measured
        };
        Clock {
            server,
            here_ms,
            speed,
        }
    }

    /// What it shows.
    pub fn at(self, here_ms: f64) -> Time {
        let passed = (here_ms - self.here_ms).max(0.0) * self.speed;
        self.server.plus(passed as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_from_the_latest_tick() {
        let clock = Clock::new(Time(1_000_000), 500.0);
        assert_eq!(clock.at(3_500.0), Time(1_003_000));
        let clock = clock.set(Time(1_010_200), 10_500.0);
        assert_eq!(clock.at(11_500.0), Time(1_011_200));
    }

    #[test]
    fn it_runs_as_fast_as_a_demo_does() {
        let clock = Clock::new(Time(0), 0.0).set(Time(600_000), 10_000.0);
        assert_eq!(clock.at(11_000.0), Time(660_000));
    }

    #[test]
    fn two_ticks_at_once_measure_nothing() {
        let clock = Clock::new(Time(0), 0.0).set(Time(5_000), 10.0);
        assert_eq!(clock.at(1_010.0), Time(6_000));
    }
}
