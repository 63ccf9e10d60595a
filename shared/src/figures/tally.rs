//! Durations put together for one figure, and every quantity that follows from them (`semantics.md` §5).

use super::histogram::Histogram;

/// Minutes that are counted in place; longer ones are few and kept as a list.
const DENSE: usize = 1 << 16;
/// So few are sorted faster than counted.
const FEW: usize = 256;

/// Durations of one figure. Made once and used for many: counting in place needs room that is worth keeping.
#[derive(Debug, Default)]
pub struct Tally {
    few: Vec<(u32, u32)>,
    many: bool,
    counts: Vec<u32>,
    touched: Vec<u64>,
    /// The first and the last of the words of `touched` that say something.
    words: Option<(usize, usize)>,
    long: Vec<(u32, u32)>,
    count: u64,
    seconds: u64,
    squares: u128,
}

/// Every quantity of one figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many durations.
    pub count: u64,
    /// Their exact seconds together.
    pub seconds: u64,
    /// The squares of their exact seconds together.
    pub squares: u128,
    /// How many have whole minutes that do not exceed the target's.
    pub within: u64,
    /// How many lie over the third quartile plus three times the interquartile range.
    pub outliers: u64,
    /// Minimum, the percentiles of [`PERCENTILES`], and maximum, in whole minutes.
    minutes: [u32; PERCENTILES.len() + 2],
}

/// The percentiles that a summary holds.
pub const PERCENTILES: [u64; 6] = [25, 50, 75, 90, 95, 99];

impl Summary {
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

    /// The smallest minute that at least `percent` of a hundred of the durations do not exceed, in seconds;
    /// `percent` is one of [`PERCENTILES`].
    pub fn percentile_seconds(&self, percent: u64) -> Option<u64> {
        let place = PERCENTILES.iter().position(|own| *own == percent)?;
        self.at(place + 1)
    }

    /// Shortest, of whole minutes.
    pub fn min_seconds(&self) -> Option<u64> {
        self.at(0)
    }

    /// Longest, of whole minutes.
    pub fn max_seconds(&self) -> Option<u64> {
        self.at(PERCENTILES.len() + 1)
    }

    /// Share that took no longer than the target, from 0 to 1.
    pub fn within_target(&self) -> Option<f64> {
        (self.count > 0).then(|| self.within as f64 / self.count as f64)
    }

    fn at(&self, place: usize) -> Option<u64> {
        let minute = self.minutes.get(place).filter(|_| self.count > 0)?;
        Some(u64::from(*minute) * 60)
    }
}

impl Tally {
    /// Counts a duration of so many whole seconds.
    pub fn add(&mut self, seconds: u64) {
        self.add_sums(1, seconds, super::histogram::square(seconds));
        self.add_minute(super::histogram::minute_of(seconds), 1);
    }

    /// Adds exact sums, of durations whose minutes are added with [`Tally::add_minute`].
    pub fn add_sums(&mut self, count: u64, seconds: u64, squares: u128) {
        self.count += count;
        self.seconds += seconds;
        self.squares += squares;
    }

    /// Adds so many durations of a whole minute.
    pub fn add_minute(&mut self, minute: u32, count: u32) {
        if self.many {
            self.count_in_place(minute, count);
            return;
        }
        self.few.push((minute, count));
        if self.few.len() > FEW {
            self.many = true;
            self.counts.resize(DENSE, 0);
            self.touched.resize(DENSE / 64, 0);
            let mut few = std::mem::take(&mut self.few);
            for (minute, count) in few.drain(..) {
                self.count_in_place(minute, count);
            }
            // Its room is used again.
            self.few = few;
        }
    }

    fn count_in_place(&mut self, minute: u32, count: u32) {
        let place = minute as usize;
        match (self.counts.get_mut(place), self.touched.get_mut(place / 64)) {
            (Some(counted), Some(touched)) => {
                *counted += count;
                *touched |= 1 << (place % 64);
                let word = place / 64;
                let (first, last) = self.words.unwrap_or((word, word));
                self.words = Some((first.min(word), last.max(word)));
            }
            _ => self.long.push((minute, count)),
        }
    }

    /// Minutes with their counts, the shortest first, and the tally empty again.
    pub fn take_minutes(&mut self) -> Vec<(u32, u32)> {
        let mut minutes = std::mem::take(&mut self.few);
        if self.many {
            let (first, last) = self.words.take().unwrap_or((0, 0));
            for (word, touched) in self.touched.iter_mut().enumerate().take(last + 1).skip(first) {
                let mut bits = std::mem::take(touched);
                while bits != 0 {
                    let place = word * 64 + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    // Touched only where there is a place.
                    let count = std::mem::take(&mut self.counts[place]);
                    minutes.push((place as u32, count));
                }
            }
            self.long.sort_unstable();
            minutes.append(&mut self.long);
        } else {
            minutes.sort_unstable();
        }
        self.many = false;
        self.count = 0;
        self.seconds = 0;
        self.squares = 0;
        minutes
    }

    /// The durations themselves beside every quantity, and the tally empty again.
    pub fn take_both(&mut self, target_seconds: u64) -> (Histogram, Summary) {
        let (minutes, summary) = self.take(target_seconds);
        let sums = (summary.count, summary.seconds, summary.squares);
        (Histogram::of_minutes(&minutes, sums), summary)
    }

    /// Every quantity, held against a target in seconds, and the tally empty again.
    pub fn take_summary(&mut self, target_seconds: u64) -> Summary {
        let (minutes, summary) = self.take(target_seconds);
        // Its room is used again.
        self.few = minutes;
        self.few.clear();
        summary
    }

    fn take(&mut self, target_seconds: u64) -> (Vec<(u32, u32)>, Summary) {
        let mut summary = Summary {
            count: self.count,
            seconds: self.seconds,
            squares: self.squares,
            ..Summary::default()
        };
        let minutes = self.take_minutes();
        summary.fill(&minutes, target_seconds / 60);
        (minutes, summary)
    }
}

impl Summary {
    fn fill(&mut self, minutes: &[(u32, u32)], target: u64) {
        let (Some(first), Some(last)) = (minutes.first(), minutes.last()) else {
            return;
        };
        self.minutes[0] = first.0;
        self.minutes[PERCENTILES.len() + 1] = last.0;
        let mut below = 0u64;
        let mut next = 0;
        for (minute, count) in minutes {
            below += u64::from(*count);
            if u64::from(*minute) <= target {
                self.within = below;
            }
            while next < PERCENTILES.len() && below * 100 >= PERCENTILES[next] * self.count {
                next += 1;
                self.minutes[next] = *minute;
            }
        }
        let (first_quartile, third_quartile) = (u64::from(self.minutes[1]), u64::from(self.minutes[3]));
        let limit = third_quartile + 3 * (third_quartile - first_quartile);
        let over = minutes
            .iter()
            .rev()
            .take_while(|(minute, _)| u64::from(*minute) > limit);
        self.outliers = over.map(|(_, count)| u64::from(*count)).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(seconds: &[u64], target: u64) -> Summary {
        let mut tally = Tally::default();
        seconds.iter().for_each(|seconds| tally.add(*seconds));
        tally.take_summary(target)
    }

    #[test]
    fn nothing_counted_gives_nothing() {
        let empty = of(&[], 60);
        assert_eq!(
            (empty.mean_seconds(), empty.sd_seconds(), empty.min_seconds()),
            (None, None, None)
        );
        assert_eq!(
            (empty.percentile_seconds(50), empty.within_target()),
            (None, None)
        );
        assert_eq!(empty.outliers, 0);
    }

    #[test]
    fn percentiles_are_whole_minutes_that_enough_do_not_exceed() {
        let summary = of(&[59, 60, 119, 120], 0);
        assert_eq!(summary.min_seconds(), Some(0));
        assert_eq!(summary.percentile_seconds(25), Some(0));
        assert_eq!(summary.percentile_seconds(50), Some(60));
        assert_eq!(summary.percentile_seconds(75), Some(60));
        assert_eq!(summary.percentile_seconds(90), Some(120));
        assert_eq!(summary.max_seconds(), Some(120));
        assert_eq!(summary.mean_seconds(), Some(89.5));
    }

    #[test]
    fn exactly_the_target_is_within_it() {
        assert_eq!(of(&[86_400, 86_459, 86_460], 86_400).within, 2);
    }

    #[test]
    fn one_stay_is_its_own_every_percentile() {
        let summary = of(&[3_661], 3_600);
        for percent in PERCENTILES {
            assert_eq!(summary.percentile_seconds(percent), Some(3_660));
        }
        assert_eq!((summary.sd_seconds(), summary.outliers), (Some(0.0), 0));
        assert_eq!(summary.within_target(), Some(0.0));
    }

    proptest! {
        #[test]
        fn every_quantity_equals_the_plainest_recount(
            seconds in prop::collection::vec(prop_oneof![0u64..20_000, 0u64..8_000_000], 1..500),
            target in 0u64..200_000,
        ) {
            let mut tally = Tally::default();
            // What was counted before is gone.
            (0..700).for_each(|seconds| tally.add(seconds * 977));
            tally.take_summary(0);
            seconds.iter().for_each(|seconds| tally.add(*seconds));
            let summary = tally.take_summary(target);

            let mut minutes: Vec<u64> = seconds.iter().map(|s| s / 60).collect();
            minutes.sort_unstable();
            let percentile = |percent: u64| {
                let share = |m: u64| minutes.iter().filter(|x| **x <= m).count() as u64 * 100;
                *minutes.iter().find(|m| share(**m) >= percent * minutes.len() as u64).unwrap()
            };
            for percent in PERCENTILES {
                prop_assert_eq!(summary.percentile_seconds(percent), Some(percentile(percent) * 60));
            }
            prop_assert_eq!(summary.min_seconds(), Some(minutes[0] * 60));
            prop_assert_eq!(summary.max_seconds(), Some(minutes[minutes.len() - 1] * 60));
            let n = seconds.len() as u128;
            let sum = seconds.iter().map(|s| u128::from(*s)).sum::<u128>();
            let squares = seconds.iter().map(|s| u128::from(*s).pow(2)).sum::<u128>();
            prop_assert_eq!(summary.mean_seconds(), Some(sum as f64 / n as f64));
            prop_assert_eq!(summary.sd_seconds(), Some(((n * squares - sum * sum) as f64).sqrt() / n as f64));
            let within = minutes.iter().filter(|m| **m <= target / 60).count() as u64;
            prop_assert_eq!(summary.within, within);
            let limit = percentile(75) + 3 * (percentile(75) - percentile(25));
            prop_assert_eq!(summary.outliers, minutes.iter().filter(|m| **m > limit).count() as u64);
        }
    }
}
