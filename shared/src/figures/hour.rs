//! Hours of a site, and the days, months and years that they belong to at the site.

use crate::time::{MINUTE, Time, civil};
use serde::{Deserialize, Serialize};

/// An hour of a site: the finest cell (`semantics.md` §5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hour {
    /// When it begins, in minutes since 1970-01-01T00:00Z: at some sites hours do not begin with those of UTC.
    pub minute: i32,
    /// The site's day that it belongs to, counted from 1970-01-01.
    pub day: i32,
}

impl Hour {
    /// The hour that begins at a moment.
    pub fn new(begins: Time, day: i64) -> Hour {
        Hour {
            minute: minute_of(begins),
            day: i32::try_from(day).unwrap_or(i32::MAX),
        }
    }

    /// When it begins.
    pub fn begins(self) -> Time {
        begins(self.minute)
    }
}

/// The minute of a moment that is the beginning of one. Times reach from 2000 to 2 years ahead, so 32 bits
/// hold them until the year 6053; what lies beyond goes to the ends.
pub fn minute_of(at: Time) -> i32 {
    let minute = at.0.div_euclid(MINUTE);
    i32::try_from(minute).unwrap_or(if minute < 0 { i32::MIN } else { i32::MAX })
}

/// The moment of a minute.
pub fn begins(minute: i32) -> Time {
    Time(i64::from(minute) * MINUTE)
}

/// The month of a day, as months since the year 0.
pub fn month_of(day: i32) -> i32 {
    let (year, month, _) = civil::date(i64::from(day));
    i32::try_from(year * 12 + month - 1).unwrap_or(i32::MAX)
}

/// The first day of a month.
pub fn first_day(month: i32) -> i32 {
    let (year, of_year) = (month.div_euclid(12), month.rem_euclid(12));
    i32::try_from(civil::days(i64::from(year), i64::from(of_year) + 1, 1)).unwrap_or(i32::MAX)
}

/// The day of the week: 1 for Monday to 7 for Sunday.
pub fn weekday(day: i32) -> u8 {
    // 1970-01-01 was a Thursday.
    (day + 3).rem_euclid(7) as u8 + 1
}

/// The calendar of a site.
pub trait Calendar {
    /// The beginning of a day, counted from 1970-01-01. Days are 23 or 25 hours long when clocks change.
    fn day_begins(&self, day: i32) -> Time;
    /// The day of a moment.
    fn day_of(&self, at: Time) -> i32;
    /// The hour of the day, 0 to 23, of a moment.
    fn hour_of_day(&self, at: Time) -> u8;
    /// The beginning of the hour behind the one that begins at a moment. At most sites that is an hour later; where
    /// clocks change by half an hour it may be less.
    fn next_hour(&self, at: Time) -> Time;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_their_first_days_belong_together() {
        for day in -40_000..40_000 {
            let month = month_of(day);
            assert!(first_day(month) <= day && day < first_day(month + 1));
        }
    }

    #[test]
    fn the_week_begins_on_monday() {
        // 2022-02-23 was a Wednesday.
        let day = i32::try_from(civil::days(2022, 2, 23)).unwrap();
        assert_eq!([weekday(day), weekday(day - 2), weekday(day + 4)], [3, 1, 7]);
    }
}
