//! The period of a page of figures, from its address: a name that moves on with the day, or two dates. What was
//! zoomed into stands in `from` and `to` beside it, so that there is a way back.

use super::Query;
use crate::i18n::format;
use shared::time::civil;
use shared::time::{DAY, LocalTime, Time};

/// The names, and what an address without any means.
pub const DEFAULT: &str = "30";

/// From when to when, as a call takes it.
pub type Period = (String, String);

/// The period of an address on a day.
pub fn of(query: &Query, today: &str) -> Period {
    let named = named(query.get("period").unwrap_or(DEFAULT), today);
    match (query.get("from"), query.get("to")) {
        (None, None) => named,
        (Some(from), Some(to)) => (from.to_owned(), to.to_owned()),
        // One end alone: on to today, or as long as the usual period before the other.
        (Some(from), None) => (from.to_owned(), named.1),
        (None, Some(to)) => (date(day(to) - 30), to.to_owned()),
    }
}

/// The period of a name: `today`, `yesterday`, a number of days, `month`, `year`, or `from..to`.
fn named(name: &str, today: &str) -> Period {
    if let Some((from, to)) = name.split_once("..") {
        return (from.to_owned(), to.to_owned());
    }
    let today = day(today);
    let (year, month, _) = civil::date(today);
    let (from, to) = match name {
        "today" => (today, today + 1),
        "yesterday" => (today - 1, today),
        "month" => (civil::days(year, month, 1), today + 1),
        "year" => (civil::days(year, 1, 1), today + 1),
        days => (today + 1 - days.parse::<u16>().map_or(30, i64::from), today + 1),
    };
    (date(from), date(to))
}

/// What `period` has to say so that taking `from` and `to` away leads back to what is shown now.
pub fn way_back(query: &Query) -> String {
    match (query.get("period"), query.get("from"), query.get("to")) {
        (Some(period), ..) => period.to_owned(),
        (None, Some(from), Some(to)) => [from, to].join(".."),
        _ => DEFAULT.to_owned(),
    }
}

/// The bucket that suits a period.
pub fn bucket((from, to): &Period) -> &'static str {
    match day(to) - day(from) {
        ..=2 => "hour",
        3..=186 => "day",
        187..=3_700 => "month",
        _ => "year",
    }
}

/// A date, or the date that a time begins with, in days since 1970.
pub fn day(text: &str) -> i64 {
    let date = text.get(..10).unwrap_or_default();
    let time = LocalTime::parse(&[date, "T00:00:00Z"].concat());
    time.map_or(0, |time| time.at.0.div_euclid(DAY))
}

/// The other way round.
pub fn date(day: i64) -> String {
    format::date(Time(day * DAY).utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(query: &str) -> (String, String) {
        of(&Query::parse(query), "2022-03-01")
    }

    fn dates(from: &str, to: &str) -> (String, String) {
        (from.to_owned(), to.to_owned())
    }

    #[test]
    fn a_name_moves_on_with_the_day() {
        assert_eq!(period(""), dates("2022-01-31", "2022-03-02"));
        assert_eq!(period("period=today"), dates("2022-03-01", "2022-03-02"));
        assert_eq!(period("period=yesterday"), dates("2022-02-28", "2022-03-01"));
        assert_eq!(period("period=7"), dates("2022-02-23", "2022-03-02"));
        assert_eq!(period("period=month"), dates("2022-03-01", "2022-03-02"));
        assert_eq!(period("period=year"), dates("2022-01-01", "2022-03-02"));
        assert_eq!(period("period=nonsense"), period(""));
    }

    #[test]
    fn two_dates_stand_for_themselves_and_there_is_a_way_back() {
        let both = "from=2021-01-01&to=2021-02-01";
        assert_eq!(period(both), dates("2021-01-01", "2021-02-01"));
        assert_eq!(way_back(&Query::parse(both)), "2021-01-01..2021-02-01");
        assert_eq!(period("period=2021-01-01..2021-02-01"), period(both));
        assert_eq!(way_back(&Query::parse(&format!("period=7&{both}"))), "7");
        assert_eq!(way_back(&Query::default()), "30");
        assert_eq!(period("from=2022-02-01"), dates("2022-02-01", "2022-03-02"));
        assert_eq!(period("to=2022-02-01"), dates("2022-01-02", "2022-02-01"));
    }

    #[test]
    fn a_period_has_a_bucket_that_suits_it() {
        let suits = |from: &str, to: &str| bucket(&dates(from, to));
        assert_eq!(suits("2022-03-01", "2022-03-02"), "hour");
        assert_eq!(suits("2022-01-31", "2022-03-02"), "day");
        assert_eq!(
            suits("2022-03-01T05:00:00+08:00", "2022-03-01T09:00:00+08:00"),
            "hour"
        );
        assert_eq!(suits("2021-01-01", "2022-01-01"), "month");
        assert_eq!(suits("2001-01-01", "2022-01-01"), "year");
    }
}
