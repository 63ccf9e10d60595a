//! Hours of the day and days of the week, as the clock at the site shows them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use shared::time::{DAY, HOUR, Time};

/// Some days of the week and some hours of the day at a site.
#[derive(Clone, Debug)]
pub struct Hours {
    /// Bit 1 for Monday to bit 7 for Sunday.
    weekdays: u8,
    /// Bit 0 to bit 23.
    hours: u32,
    zone: TimeZone,
}

impl Hours {
    /// Days from 1 for Monday to 7, hours from 0 to 23; an empty list lets all through.
    pub fn new(weekdays: &[u8], hours: &[u8], zone: TimeZone) -> Hours {
        let weekdays = weekdays.iter().fold(0, |all, day| all | 1 << (day % 8));
        let hours = hours.iter().fold(0, |all, hour| all | 1 << (hour % 32));
        Hours {
            weekdays: if weekdays == 0 { !0 } else { weekdays },
            hours: if hours == 0 { !0 } else { hours },
            zone,
        }
    }

    /// The moment as the clock at the site shows it, as milliseconds since its 1970.
    fn local(&self, at: Time) -> i64 {
        let offset =
            Timestamp::from_millisecond(at.0).map_or(0, |stamp| self.zone.to_offset(stamp).seconds());
        at.0.saturating_add(i64::from(offset) * 1_000)
    }

    /// Whether a moment lies in them.
    pub fn take(&self, at: Time) -> bool {
        let local = self.local(at);
        // 1970 began on a Thursday.
        let weekday = (local.div_euclid(DAY) + 3).rem_euclid(7) + 1;
        let hour = local.rem_euclid(DAY) / HOUR;
        self.weekdays >> weekday & 1 == 1 && self.hours >> hour & 1 == 1
    }

    /// The beginning of the site's hour that ends at a moment or holds the moment before it.
    fn begin_of_last_hour(&self, end: i64) -> i64 {
        let last = end.saturating_sub(1);
        last.saturating_sub(self.local(Time(last)).rem_euclid(HOUR))
    }

    /// Whether an hour holds moments that may lie in them: its first and its last differ where the clock is set
    /// within it.
    fn may_take(&self, begin: i64, end: i64) -> bool {
        self.take(Time(begin)) || self.take(Time(end.saturating_sub(1)))
    }

    /// The last run of hours before `end` that may lie in them, not longer than `most` milliseconds by more than
    /// an hour; `None` when none ends behind `floor`.
    pub(super) fn last_run(&self, mut end: i64, floor: i64, most: i64) -> Option<(i64, i64)> {
        let mut begin = self.begin_of_last_hour(end);
        while !self.may_take(begin, end) {
            end = begin;
            if end <= floor {
                return None;
            }
            begin = self.begin_of_last_hour(end);
        }
        while begin > floor && end.saturating_sub(begin) < most {
            let earlier = self.begin_of_last_hour(begin);
            if !self.may_take(earlier, begin) {
                break;
            }
            begin = earlier;
        }
        Some((begin, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    fn shanghai(weekdays: &[u8], hours: &[u8]) -> Hours {
        Hours::new(weekdays, hours, TimeZone::get("Asia/Shanghai").unwrap())
    }

    #[test]
    fn days_and_hours_are_those_of_the_site() {
        // A Tuesday in Tianjin, a Monday in Greenwich.
        let tuesday = at("2022-02-22T06:59:59.999+08:00");
        assert!(shanghai(&[2], &[6]).take(tuesday));
        assert!(!shanghai(&[1], &[]).take(tuesday));
        assert!(!shanghai(&[2], &[7]).take(tuesday));
        assert!(shanghai(&[], &[5, 6]).take(tuesday));
    }

    #[test]
    fn the_hour_that_a_clock_runs_through_twice_counts_twice() {
        let berlin = Hours::new(&[7], &[2], TimeZone::get("Europe/Berlin").unwrap());
        assert!(berlin.take(at("2022-10-30T02:30:00+02:00")));
        assert!(berlin.take(at("2022-10-30T02:30:00+01:00")));
        assert!(!berlin.take(at("2022-10-30T03:00:00+01:00")));
        let end = at("2022-11-02T00:00:00+01:00").0;
        let run = berlin.last_run(end, 0, DAY).unwrap();
        assert_eq!(
            (Time(run.0), Time(run.1)),
            (at("2022-10-30T02:00:00+02:00"), at("2022-10-30T03:00:00+01:00"))
        );
    }

    #[test]
    fn a_run_ends_where_its_hours_do_or_where_it_is_long_enough() {
        let nights = shanghai(&[], &[0, 1, 2, 23]);
        let end = at("2022-02-22T12:00:00+08:00").0;
        let run = nights.last_run(end, 0, DAY).unwrap();
        assert_eq!(
            (Time(run.0), Time(run.1)),
            (at("2022-02-21T23:00:00+08:00"), at("2022-02-22T03:00:00+08:00"))
        );
        let run = nights.last_run(end, 0, 1).unwrap();
        assert_eq!(Time(run.0), at("2022-02-22T02:00:00+08:00"));
        assert_eq!(nights.last_run(end, end - HOUR, DAY), None);
    }
}
