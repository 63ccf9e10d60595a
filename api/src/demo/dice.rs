//! Chance that comes out the same everywhere. Only whole numbers are drawn from: no sine, logarithm or power
//! of a platform's mathematics library decides anything, and no sampling code of another crate can change
//! what a seed means.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};
use shared::time::MINUTE;

/// A seeded source of chance that can be stored and goes on where it was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Dice(Pcg64Mcg);

impl Dice {
    /// The same seed gives the same throws.
    pub fn new(seed: u64) -> Dice {
        Dice(Pcg64Mcg::seed_from_u64(seed))
    }

    /// 64 even bits.
    pub fn roll(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number from 0 to `n` − 1; 0 for an `n` of 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.roll()) * n as u128) >> 64) as usize
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        ((self.roll() >> 11) as f64) < probability * (1u64 << 53) as f64
    }

    /// One of several, which must not be none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// The number of one of several, by weight.
    pub fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (number, weight) in weights.iter().enumerate() {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return number,
            }
        }
        0
    }

    /// A duration in milliseconds, in whole seconds.
    pub fn lasting(&mut self, duration: &Quantiles) -> i64 {
        duration.at(self.below(10_000) as i64) * MINUTE + self.between(0, 59) * 1_000
    }
}

/// How long something takes, as (share in ten thousandths, minutes) with straight lines between: what share
/// is done within which time can be read off and set directly. Begins with share 0 and ends with 10,000.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quantiles(pub &'static [(i64, i64)]);

impl Quantiles {
    /// Minutes that this share does not exceed.
    fn at(&self, share: i64) -> i64 {
        let mut before = (0, 0);
        for &(upper, minutes) in self.0 {
            if share < upper {
                let width = (upper - before.0).max(1);
                return before.1 + (minutes - before.1) * (share - before.0) / width;
            }
            before = (upper, minutes);
        }
        before.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_for_ever() {
        let mut dice = Dice::new(7);
        let throws: Vec<usize> = (0..6).map(|_| dice.below(1_000)).collect();
        assert_eq!(throws, FIRST_THROWS_OF_SEVEN);
    }

    const FIRST_THROWS_OF_SEVEN: [usize; 6] = [689, 476, 270, 930, 291, 217];

    #[test]
    fn quantiles_are_read_between_their_points() {
        let durations = Quantiles(&[(0, 10), (5_000, 20), (10_000, 120)]);
        assert_eq!(
            (durations.at(0), durations.at(2_500), durations.at(5_000)),
            (10, 15, 20)
        );
        assert_eq!((durations.at(7_500), durations.at(9_999)), (70, 119));
    }

    #[test]
    fn weights_and_bounds_hold() {
        let mut dice = Dice::new(1);
        for _ in 0..1_000 {
            assert!((3..=5).contains(&dice.between(3, 5)));
            assert_ne!(dice.weighted(&[1, 0, 3]), 1);
            assert!(!dice.chance(0.0) && dice.chance(1.0));
        }
        assert_eq!(dice.below(0), 0);
    }
}
