//! Sparse histograms of whole minutes with exact sums beside them (`semantics.md` §5; `design.md` rule 4).

use serde::{Deserialize, Serialize};

/// Durations counted by whole minute. Adds, subtracts and merges without error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    /// (minute, count), sorted by minute, no zero counts.
    minutes: Vec<(u32, u32)>,
    count: u64,
    seconds: u64,
    squares: u128,
}

impl Histogram {
    /// Counts a duration of so many whole seconds.
    pub fn add(&mut self, seconds: u64) {
        let minute = minute_of(seconds);
        match self.minutes.binary_search_by_key(&minute, |entry| entry.0) {
            Ok(at) => self.minutes[at].1 += 1,
            Err(at) => self.minutes.insert(at, (minute, 1)),
        }
        self.count += 1;
        self.seconds += seconds;
        self.squares += u128::from(seconds) * u128::from(seconds);
    }

    /// Takes back what [`Histogram::add`] counted; what was never added is left alone.
    pub fn subtract(&mut self, seconds: u64) {
        let minute = minute_of(seconds);
        let Ok(at) = self.minutes.binary_search_by_key(&minute, |entry| entry.0) else {
            return;
        };
        self.minutes[at].1 -= 1;
        if self.minutes[at].1 == 0 {
            self.minutes.remove(at);
        }
        self.count -= 1;
        self.seconds = self.seconds.saturating_sub(seconds);
        self.squares = self
            .squares
            .saturating_sub(u128::from(seconds) * u128::from(seconds));
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Histogram) {
        if other.count == 0 {
            return;
        }
        let mut merged = Vec::with_capacity(self.minutes.len() + other.minutes.len());
        let (mut mine, mut theirs) = (self.minutes.iter().peekable(), other.minutes.iter().peekable());
        loop {
            match (mine.peek(), theirs.peek()) {
                (Some(&&(a, n)), Some(&&(b, m))) if a == b => {
                    merged.push((a, n + m));
                    mine.next();
                    theirs.next();
                }
                (Some(&&(a, n)), Some(&&(b, _))) if a < b => {
                    merged.push((a, n));
                    mine.next();
                }
                (_, Some(&&entry)) => {
                    merged.push(entry);
                    theirs.next();
                }
                (Some(&&entry), None) => {
                    merged.push(entry);
                    mine.next();
                }
                (None, None) => break,
            }
        }
        self.minutes = merged;
        self.count += other.count;
        self.seconds += other.seconds;
        self.squares += other.squares;
    }

    /// How many durations.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Mean of the exact seconds.
    pub fn mean_seconds(&self) -> Option<f64> {
        (self.count > 0).then(|| self.seconds as f64 / self.count as f64)
    }

    /// Standard deviation of the population, of the exact seconds.
    pub fn sd_seconds(&self) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let (n, sum) = (u128::from(self.count), u128::from(self.seconds));
        let spread = (n * self.squares).saturating_sub(sum * sum);
        Some((spread as f64).sqrt() / self.count as f64)
    }

    /// The smallest minute that at least `percent` of a hundred of the durations do not exceed, in seconds.
    pub fn percentile_seconds(&self, percent: u64) -> Option<u64> {
        let mut below = 0u64;
        for (minute, count) in &self.minutes {
            below += u64::from(*count);
            if below * 100 >= percent * self.count {
                return Some(u64::from(*minute) * 60);
            }
        }
        None
    }

    /// Shortest, of whole minutes.
    pub fn min_seconds(&self) -> Option<u64> {
        self.minutes.first().map(|entry| u64::from(entry.0) * 60)
    }

    /// Longest, of whole minutes.
    pub fn max_seconds(&self) -> Option<u64> {
        self.minutes.last().map(|entry| u64::from(entry.0) * 60)
    }

    /// How many have whole minutes that do not exceed so many seconds.
    pub fn within(&self, seconds: u64) -> u64 {
        let limit = seconds / 60;
        let within = self
            .minutes
            .iter()
            .take_while(|entry| u64::from(entry.0) <= limit);
        within.map(|entry| u64::from(entry.1)).sum()
    }

    /// How many lie over the third quartile plus three times the interquartile range.
    pub fn outliers(&self) -> u64 {
        match (self.percentile_seconds(25), self.percentile_seconds(75)) {
            (Some(first), Some(third)) => self.count - self.within(third + 3 * (third - first)),
            _ => 0,
        }
    }
}

fn minute_of(seconds: u64) -> u32 {
    u32::try_from(seconds / 60).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(seconds: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        seconds.iter().for_each(|seconds| histogram.add(*seconds));
        histogram
    }

    #[test]
    fn nothing_counted_gives_nothing() {
        let empty = Histogram::default();
        assert_eq!(
            (
                empty.mean_seconds(),
                empty.sd_seconds(),
                empty.percentile_seconds(50)
            ),
            (None, None, None)
        );
        assert_eq!(empty.outliers(), 0);
    }

    #[test]
    fn percentiles_are_whole_minutes_that_enough_do_not_exceed() {
        let histogram = of(&[59, 60, 119, 120, 3_600]);
        assert_eq!(histogram.min_seconds(), Some(0));
        assert_eq!(histogram.percentile_seconds(20), Some(0));
        assert_eq!(histogram.percentile_seconds(50), Some(60));
        assert_eq!(histogram.percentile_seconds(80), Some(120));
        assert_eq!(histogram.max_seconds(), Some(3_600));
        assert_eq!(histogram.mean_seconds(), Some(791.6));
    }

    #[test]
    fn exactly_the_target_is_within_it() {
        assert_eq!(of(&[86_400, 86_459, 86_460]).within(86_400), 2);
    }

    proptest! {
        #[test]
        fn every_quantity_equals_the_plainest_recount(seconds in prop::collection::vec(0u64..100_000, 1..60)) {
            let histogram = of(&seconds);
            let mut minutes: Vec<u64> = seconds.iter().map(|s| s / 60).collect();
            minutes.sort_unstable();
            for percent in [1, 25, 50, 75, 90, 95, 99, 100] {
                let share = |m: u64| minutes.iter().filter(|x| **x <= m).count() as u64 * 100;
                let smallest = *minutes.iter().find(|m| share(**m) >= percent * minutes.len() as u64).unwrap();
                prop_assert_eq!(histogram.percentile_seconds(percent), Some(smallest * 60));
            }
            let n = seconds.len() as f64;
            let mean = seconds.iter().sum::<u64>() as f64 / n;
            prop_assert_eq!(histogram.mean_seconds(), Some(mean));
            let variance = seconds.iter().map(|s| (*s as f64 - mean).powi(2)).sum::<f64>() / n;
            prop_assert!((histogram.sd_seconds().unwrap() - variance.sqrt()).abs() < 1e-3);
        }

        #[test]
        fn subtracting_undoes_adding_and_merging_adds(
            a in prop::collection::vec(0u64..10_000, 0..30), b in prop::collection::vec(0u64..10_000, 0..30),
        ) {
            let mut both = of(&a);
            both.merge(&of(&b));
            prop_assert_eq!(&both, &of(&[a.clone(), b.clone()].concat()));
            b.iter().for_each(|seconds| both.subtract(*seconds));
            prop_assert_eq!(both, of(&a));
        }
    }
}
