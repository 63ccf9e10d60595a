//! The buckets of a time axis, numbered: hour, day, month or year since 1970 at the site. An empty bucket has
//! a number too, so that a gap in the data is a gap in the chart.

use shared::time::civil::{date, days};
use shared::time::{DAY, HOUR, LocalTime, SECOND, Time};

/// How wide a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A month.
    Month,
    /// A year.
    Year,
    /// So many seconds, from local midnight of 1970 on.
    Seconds(u32),
}

/// The width of a bucket of some seconds; none has no width.
fn width(step: u32) -> i64 {
    i64::from(step.max(1)) * SECOND
}

impl Bucket {
    /// By its name in a call.
    pub fn of(name: Option<&str>) -> Bucket {
        match name {
            Some("hour") => Bucket::Hour,
            Some("month") => Bucket::Month,
            Some("year") => Bucket::Year,
            _ => Bucket::Day,
        }
    }

    /// The number of the bucket that a moment lies in.
    pub fn slot(self, time: LocalTime) -> i64 {
        let local = time.at.0 + i64::from(time.offset_seconds) * SECOND;
        let (year, month, _) = date(local.div_euclid(DAY));
        match self {
            Bucket::Hour => local.div_euclid(HOUR),
            Bucket::Day => local.div_euclid(DAY),
            Bucket::Month => year * 12 + month - 1,
            Bucket::Year => year,
            Bucket::Seconds(step) => local.div_euclid(width(step)),
        }
    }

    /// When a bucket begins, on the site's wall clock.
    fn begin(self, slot: i64) -> LocalTime {
        let local = match self {
            Bucket::Hour => slot * HOUR,
            Bucket::Day => slot * DAY,
            Bucket::Month => days(slot.div_euclid(12), slot.rem_euclid(12) + 1, 1) * DAY,
            Bucket::Year => days(slot, 1, 1) * DAY,
            Bucket::Seconds(step) => slot * width(step),
        };
        Time(local).utc()
    }

    /// As fine as it is: `2022-02-23 13:00`, `2022-02-23`, `2022-02`, `2022`.
    pub fn words(self, slot: i64) -> String {
        let letters = match self {
            Bucket::Hour | Bucket::Seconds(_) => 16,
            Bucket::Day => 10,
            Bucket::Month => 7,
            Bucket::Year => 4,
        };
        let mut words = self.begin(slot).to_string().replace('T', " ");
        words.truncate(letters);
        words
    }

    /// Its beginning as a call takes it: a date at the site, or a moment for an hour.
    pub fn parameter(self, slot: i64, offset_seconds: i32) -> String {
        let begin = self.begin(slot);
        if matches!(self, Bucket::Hour | Bucket::Seconds(_)) {
            let at = begin.at.plus(-i64::from(offset_seconds) * SECOND);
            return LocalTime { at, offset_seconds }.to_string();
        }
        begin.to_string().chars().take(10).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_lies_in_the_bucket_of_the_site() {
        let time = LocalTime::parse("2022-03-01T00:30:00+08:00").unwrap();
        for (bucket, words, parameter) in [
            (Bucket::Hour, "2022-03-01 00:00", "2022-03-01T00:00:00+08:00"),
            (
                Bucket::Seconds(600),
                "2022-03-01 00:30",
                "2022-03-01T00:30:00+08:00",
            ),
            (Bucket::Day, "2022-03-01", "2022-03-01"),
            (Bucket::Month, "2022-03", "2022-03-01"),
            (Bucket::Year, "2022", "2022-01-01"),
        ] {
            let slot = bucket.slot(time);
            assert_eq!(bucket.words(slot), words);
            assert_eq!(bucket.parameter(slot, time.offset_seconds), parameter);
        }
        let month = Bucket::Month.slot(time);
        assert_eq!(Bucket::Month.words(month - 3), "2021-12");
    }
}
