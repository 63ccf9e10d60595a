//! When parcels are placed in the course of a day.

use super::super::dice::Dice;
use shared::time::{DAY, SECOND, Time};

/// What a day is like: (second of the day, how many were placed up to it), with straight lines between.
#[derive(Debug)]
pub(super) struct Shape {
    knots: &'static [(i64, i64)],
    /// Up to which second so many count as the number of the day.
    counted_to: i64,
}

/// A shopping festival: everybody buys in the first minute, half of the night follows within the hour, and the day
/// comes back at noon. Held against the number that is to be released by 16:30, a little more is placed by then.
pub(super) const PEAK: Shape = Shape {
    knots: &[
        (0, 0),
        (10, 9_500),
        (60, 31_000),
        (300, 64_000),
        (900, 98_000),
        (3_600, 153_000),
        (7_200, 188_000),
        (10_800, 201_000),
        (14_400, 208_000),
        (18_000, 213_000),
        (21_600, 219_000),
        (25_200, 231_000),
        (28_800, 255_000),
        (32_400, 299_000),
        (36_000, 360_000),
        (39_600, 430_000),
        (43_200, 490_000),
        (46_800, 537_000),
        (50_400, 584_000),
        (54_000, 622_000),
        (57_600, 653_000),
        (59_400, 668_000),
        (64_800, 708_000),
        (72_000, 775_000),
        (79_200, 868_000),
        (86_400, 960_000),
    ],
    counted_to: 59_400,
};

/// An ordinary day: a quiet night, a busy noon and a busier evening.
pub(super) const ORDINARY: Shape = Shape {
    knots: &[
        (0, 0),
        (3_600, 30),
        (7_200, 44),
        (18_000, 62),
        (25_200, 90),
        (32_400, 170),
        (36_000, 228),
        (43_200, 352),
        (57_600, 556),
        (68_400, 708),
        (72_000, 770),
        (79_200, 920),
        (86_400, 1_000),
    ],
    counted_to: 86_400,
};

/// The day before: nobody buys what is cheaper tomorrow, and in the last hour everybody fills a basket.
pub(super) const EVE: Shape = Shape {
    knots: &[(0, 0), (28_800, 3), (79_200, 18), (82_800, 22), (86_400, 68)],
    counted_to: 86_400,
};

impl Shape {
    /// How many are placed in a whole day of which so many count.
    pub fn placed(&self, counted: u64) -> u64 {
        let up_to = self.knots.iter().find(|knot| knot.0 == self.counted_to);
        let (all, up_to) = (self.all(), up_to.map_or(1, |knot| knot.1.max(1)));
        // Of a peak day's 668 thousand up to half past four, 650 thousand are to be released by then.
        let share = if self.counted_to < 86_400 {
            (650_000, 668_000)
        } else {
            (1, 1)
        };
        let placed = u128::from(counted) * all as u128 * share.1 / (up_to as u128 * share.0);
        u64::try_from(placed).unwrap_or(u64::MAX)
    }

    fn all(&self) -> i64 {
        self.knots.last().map_or(1, |knot| knot.1)
    }

    /// When the parcel with a number is placed, of so many in a day that begins at a moment: never before the one with
    /// a smaller number.
    pub fn when(&self, number: u64, of: u64, begins: Time, dice: &mut Dice) -> Time {
        // In thousandths of a parcel, so that those of one step lie at even distances, and a little off.
        let place = i128::from(number) * 1_000 + i128::from(dice.between(0, 999));
        let place = place * i128::from(self.all());
        let of = i128::from(of.max(1)) * 1_000;
        let milliseconds = self.knots.windows(2).find_map(|pair| {
            let [(from, low), (to, high)] = pair else {
                return None;
            };
            let (low, high) = (i128::from(*low) * of, i128::from(*high) * of);
            (place < high).then(|| {
                let width = i128::from((to - from) * SECOND);
                i128::from(from * SECOND) + (place - low) * width / (high - low).max(1)
            })
        });
        let milliseconds = milliseconds.and_then(|own| i64::try_from(own).ok());
        begins.plus(milliseconds.unwrap_or(DAY - 1))
    }
}
