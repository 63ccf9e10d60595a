//! Sparse histograms of whole minutes with exact sums beside them (`semantics.md` §5; `design.md` rule 4).

use super::tally::Tally;
use serde::{Deserialize, Serialize};

/// Durations counted by whole minute. Adds, subtracts and merges without error.
///
/// An entry is a minute (24 bits, 31 years) with a count of 1 to 256 (8 bits, less one); a minute that more
/// share has several, all but the last of them full. So equal durations give equal entries, and the usual
/// cell, in which few share a minute, takes four bytes for each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    entries: Vec<u32>,
    count: u64,
    seconds: u64,
    squares: u128,
}

/// The longest that is told apart; what is longer counts as this in percentiles, and exactly in the sums.
const LONGEST: u64 = (1 << 24) - 1;
const FULL: u32 = 255;

impl Histogram {
    /// Counts a duration of so many whole seconds.
    pub fn add(&mut self, seconds: u64) {
        let minute = minute_of(seconds);
        let behind = self.entries.partition_point(|entry| entry >> 8 <= minute);
        match behind.checked_sub(1) {
            Some(last) if self.entries[last] >> 8 == minute && self.entries[last] & FULL < FULL => {
                self.entries[last] += 1;
            }
            _ => {
                super::cells::grow(&mut self.entries);
                self.entries.insert(behind, minute << 8);
            }
        }
        self.count += 1;
        self.seconds += seconds;
        self.squares += square(seconds);
    }

    /// Takes back what [`Histogram::add`] counted; what was never added is left alone.
    pub fn subtract(&mut self, seconds: u64) {
        let minute = minute_of(seconds);
        let behind = self.entries.partition_point(|entry| entry >> 8 <= minute);
        let Some(last) = behind
            .checked_sub(1)
            .filter(|last| self.entries[*last] >> 8 == minute)
        else {
            return;
        };
        if self.entries[last] & FULL == 0 {
            self.entries.remove(last);
        } else {
            self.entries[last] -= 1;
        }
        self.count -= 1;
        self.seconds = self.seconds.saturating_sub(seconds);
        self.squares = self.squares.saturating_sub(square(seconds));
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Histogram) {
        let mut minutes: Vec<(u32, u32)> = self.minutes().chain(other.minutes()).collect();
        minutes.sort_unstable();
        let sums = (
            self.count + other.count,
            self.seconds + other.seconds,
            self.squares + other.squares,
        );
        *self = Histogram::of_minutes(&minutes, sums);
    }

    /// The histogram of some minutes with their counts, the shortest first, and of their exact sums: how many, their
    /// seconds, and the squares of these.
    pub fn of_minutes(minutes: &[(u32, u32)], (count, seconds, squares): (u64, u64, u128)) -> Histogram {
        let mut entries = Vec::with_capacity(minutes.len());
        for of_minute in minutes.chunk_by(|a, b| a.0 == b.0) {
            let minute = of_minute.first().map_or(0, |(minute, _)| *minute);
            let mut left: u32 = of_minute.iter().map(|(_, count)| count).sum();
            while left > 0 {
                let count = left.min(FULL + 1);
                entries.push(minute << 8 | (count - 1));
                left -= count;
            }
        }
        Histogram {
            entries,
            count,
            seconds,
            squares,
        }
    }

    /// Minutes with their counts, the shortest first; a minute may come several times.
    pub fn minutes(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.entries.iter().map(|entry| (entry >> 8, (entry & FULL) + 1))
    }

    /// Puts all durations into a tally.
    pub fn tell(&self, tally: &mut Tally) {
        tally.add_sums(self.count, self.seconds, self.squares);
        for (minute, count) in self.minutes() {
            tally.add_minute(minute, count);
        }
    }

    /// How many durations.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Bytes that it takes beside itself.
    pub fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<u32>()
    }
}

/// The whole minute of a duration.
pub fn minute_of(seconds: u64) -> u32 {
    // Cut to 24 bits just now.
    u32::try_from((seconds / 60).min(LONGEST)).unwrap_or(u32::MAX)
}

/// The square of a duration.
pub fn square(seconds: u64) -> u128 {
    u128::from(seconds) * u128::from(seconds)
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
    fn a_minute_that_thousands_share_is_counted_to_the_last() {
        let mut histogram = of(&[61; 1_000]);
        assert_eq!(histogram.minutes().map(|(_, count)| count).sum::<u32>(), 1_000);
        for _ in 0..999 {
            histogram.subtract(61);
        }
        assert_eq!(histogram, of(&[61]));
    }

    #[test]
    fn what_was_never_added_is_left_alone() {
        let mut histogram = of(&[60]);
        histogram.subtract(7_200);
        assert_eq!(histogram, of(&[60]));
    }

    #[test]
    fn longer_than_thirty_one_years_is_still_counted() {
        let mut histogram = of(&[u64::from(u32::MAX) * 60]);
        histogram.subtract(u64::from(u32::MAX) * 60);
        assert_eq!(histogram, Histogram::default());
    }

    proptest! {
        #[test]
        fn subtracting_undoes_adding_and_merging_adds(
            a in prop::collection::vec(0u64..10_000, 0..300), b in prop::collection::vec(0u64..400, 0..600),
        ) {
            let mut both = of(&a);
            both.merge(&of(&b));
            prop_assert_eq!(&both, &of(&[a.clone(), b.clone()].concat()));
            b.iter().for_each(|seconds| both.subtract(*seconds));
            prop_assert_eq!(both, of(&a));
        }
    }
}
