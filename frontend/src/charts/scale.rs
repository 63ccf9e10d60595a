//! Where the lines of a scale stand, and which places of an axis are named.

use super::slots::Bucket;
use crate::i18n::format::Unit;

/// Steps of a scale of time, in seconds.
const DURATIONS: [f64; 11] = [
    60.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0, 21_600.0, 43_200.0, 86_400.0, 172_800.0,
];
const DAY: f64 = 86_400.0;

/// The step between two lines, so that at most five reach over the highest value.
pub fn step(highest: f64, unit: Unit) -> f64 {
    let wanted = highest / 5.0;
    match unit {
        Unit::Share => 0.25,
        Unit::Count => round(wanted),
        Unit::Duration => DURATIONS
            .into_iter()
            .find(|step| wanted <= *step)
            .unwrap_or_else(|| DAY * round(wanted / DAY)),
    }
}

/// The next of 1, 2, 5, 10, 20, 50 …
fn round(wanted: f64) -> f64 {
    let mut base = 1.0;
    loop {
        for digit in [1.0, 2.0, 5.0] {
            // Past all that is counted, so that it ends whatever it is given.
            if wanted <= base * digit || base > 1e12 {
                return base * digit;
            }
        }
        base *= 10.0;
    }
}

/// Every how many places one is named, when there is room for so many names.
pub fn every(bucket: Option<Bucket>, count: usize, room: usize) -> usize {
    let steps: &[usize] = match bucket {
        Some(Bucket::Hour) => &[1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 1_440, 2_880],
        // Hours and days of ten minutes.
        Some(Bucket::Seconds(_)) => &[1, 3, 6, 18, 36, 72, 144, 288, 1_008, 2_016, 4_320, 8_640],
        Some(Bucket::Month) => &[1, 2, 3, 6, 12, 24, 60, 120],
        _ => &[1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
    };
    let wanted = count.div_ceil(room.max(1));
    let fits = steps.iter().copied().find(|step| wanted <= *step);
    fits.unwrap_or(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_round_steps_and_not_too_many() {
        assert_eq!(step(237.5, Unit::Count), 50.0);
        assert_eq!(step(0.0, Unit::Count), 1.0);
        assert_eq!(step(36.0 * 3_600.0, Unit::Duration), 43_200.0);
        assert_eq!(step(40.0 * DAY, Unit::Duration), 10.0 * DAY);
        assert_eq!(step(1.0, Unit::Share), 0.25);
    }

    #[test]
    fn names_of_hours_fall_on_the_same_hours_of_each_day() {
        assert_eq!(every(Some(Bucket::Hour), 48, 10), 6);
        assert_eq!(every(Some(Bucket::Day), 30, 30), 1);
        assert_eq!(every(Some(Bucket::Month), 24, 5), 6);
        assert_eq!(every(None, 7, 0), 10);
        assert_eq!(every(None, 70_000, 10), 7_000);
    }
}
