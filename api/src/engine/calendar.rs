//! The calendar of a site, in its zone.

use super::offsets::Offsets;
use crate::config::Site;
use jiff::tz::TimeZone;
use shared::figures::{Calendar, Hour};
use shared::time::{DAY, HOUR, LocalTime, Time, civil};

/// The days and hours of a site.
#[derive(Clone, Debug)]
pub struct LocalCalendar {
    zone: TimeZone,
    offsets: Offsets,
}

impl LocalCalendar {
    /// That of a site.
    pub fn of(site: &Site) -> LocalCalendar {
        LocalCalendar {
            zone: site.zone.clone(),
            offsets: Offsets::of(&site.zone),
        }
    }

    /// A moment at the site.
    pub fn local(&self, at: Time) -> LocalTime {
        LocalTime {
            at,
            offset_seconds: self.offsets.at(at),
        }
    }

    /// The site's day of a moment, counted from 1970.
    pub fn day(&self, at: Time) -> i64 {
        let offset = i64::from(self.offsets.at(at)) * 1_000;
        (at.0 + offset).div_euclid(DAY)
    }

    /// The site's hour of a moment.
    pub fn hour(&self, at: Time) -> Hour {
        let offset = i64::from(self.offsets.at(at)) * 1_000;
        let local = at.0 + offset;
        Hour::new(Time(at.0 - local.rem_euclid(HOUR)), local.div_euclid(DAY))
    }
}

impl Calendar for LocalCalendar {
    fn day_begins(&self, day: i32) -> Time {
        let (year, month, of_month) = civil::date(i64::from(day));
        let part = |number: i64| i8::try_from(number).unwrap_or(1);
        let date = i16::try_from(year)
            .ok()
            .and_then(|year| jiff::civil::Date::new(year, part(month), part(of_month)).ok());
        let midnight = date.map(|date| date.to_datetime(jiff::civil::Time::midnight()));
        let begins = midnight.and_then(|midnight| self.zone.to_ambiguous_zoned(midnight).compatible().ok());
        // Beyond the years of the calendar there are no figures.
        begins.map_or(Time(i64::from(day) * DAY), |zoned| {
            self.hour(Time(zoned.timestamp().as_millisecond())).begins()
        })
    }

    fn day_of(&self, at: Time) -> i32 {
        i32::try_from(self.day(at)).unwrap_or(i32::MAX)
    }

    fn hour_of_day(&self, at: Time) -> u8 {
        let offset = i64::from(self.offsets.at(at)) * 1_000;
        let of_day = (at.0 + offset).rem_euclid(DAY).div_euclid(HOUR);
        u8::try_from(of_day).unwrap_or(0)
    }

    fn next_hour(&self, at: Time) -> Time {
        let next = self.hour(Time(at.0 + HOUR)).begins();
        if next > at { next } else { Time(at.0 + HOUR) }
    }
}
