//! Dates and times of DTM and UNB (`domain.md` §3): local to the site unless they carry an offset, and now and
//! then a date without a time, or nothing at all.

use super::scan::Parts;
use crate::config::Site;
use edifact_rs::Segment;
use jiff::civil::{Date, DateTime};
use shared::time::{MINUTE, Time};

/// A date or a time as a sender wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    wall: DateTime,
    /// Minutes east of UTC, where the sender says.
    offset_minutes: Option<i64>,
    /// There is no time of day.
    pub date_only: bool,
}

impl Moment {
    /// As a moment: on the site's clock, or on UTC's where there is no site. A date alone is its first moment.
    pub fn at(&self, site: Option<&Site>) -> Option<Time> {
        let in_utc = || {
            let zoned = self.wall.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
            Some(Time(zoned.timestamp().as_millisecond()))
        };
        match (self.offset_minutes, site) {
            (Some(minutes), _) => Some(in_utc()?.plus(-minutes * MINUTE)),
            (None, Some(site)) => site.at_wall_clock(self.wall),
            (None, None) => in_utc(),
        }
    }

    /// As part of an id: as the sender wrote it, so that it does not hang on a zone.
    pub fn text(&self) -> String {
        match (self.date_only, self.offset_minutes) {
            (true, _) => self.wall.date().to_string(),
            (false, None) => self.wall.to_string(),
            (false, Some(minutes)) => format!("{}{minutes:+}", self.wall),
        }
    }
}

/// How a format of UN/EDIFACT 2379 is laid out.
struct Format {
    code: &'static str,
    digits: usize,
    century: bool,
    zone: Zone,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Zone {
    None,
    /// A sign, hours and minutes.
    Offset,
    /// Three letters, of which only UTC and GMT are clear.
    Letters,
}

const fn format(code: &'static str, digits: usize, century: bool, zone: Zone) -> Format {
    Format {
        code,
        digits,
        century,
        zone,
    }
}

const FORMATS: &[Format] = &[
    format("101", 6, false, Zone::None),
    format("102", 8, true, Zone::None),
    format("201", 10, false, Zone::None),
    format("202", 12, false, Zone::None),
    format("203", 12, true, Zone::None),
    format("204", 14, true, Zone::None),
    format("205", 12, true, Zone::Offset),
    format("301", 10, false, Zone::Letters),
    format("303", 12, true, Zone::Letters),
    format("304", 14, true, Zone::Letters),
];

/// The moment of a DTM segment; nothing when its value is empty, and a sentence when it is no time.
pub fn of_dtm(segment: &Segment<'_>) -> Result<Option<Moment>, String> {
    match segment.part(0, 1) {
        None => Ok(None),
        Some(value) => parse(value, segment.part(0, 2)).map(Some),
    }
}

/// Date and time of UNB, which have no format code.
pub fn of_unb(segment: &Segment<'_>) -> Option<Moment> {
    let date = segment.part(3, 0)?;
    let time = segment.part(3, 1).unwrap_or_default();
    let format = match date.len() {
        6 => "201",
        8 => "203",
        _ => return None,
    };
    parse(&format!("{date}{time:0>4}"), Some(format)).ok()
}

fn parse(value: &str, code: Option<&str>) -> Result<Moment, String> {
    let shown: String = value.chars().take(40).collect();
    let format = match code {
        Some(code) => FORMATS.iter().find(|format| format.code == code).ok_or_else(|| {
            let known: Vec<_> = FORMATS.iter().map(|format| format.code).collect();
            format!(
                "the format `{code}` of the time `{shown}` is not read; read are {}",
                known.join(", ")
            )
        })?,
        None => {
            by_length(value).ok_or_else(|| format!("`{shown}` is no date or time, and names no format"))?
        }
    };
    let (digits, zone) = value.split_at_checked(format.digits).unwrap_or((value, ""));
    let wall = wall(digits, format).ok_or_else(|| {
        format!(
            "`{shown}` is no time of format {}, which has {} digits",
            format.code, format.digits
        )
    })?;
    let offset_minutes = offset(zone, format.zone)
        .ok_or_else(|| format!("the zone of the time `{shown}` is not read; give an offset, UTC or GMT"))?;
    Ok(Moment {
        wall,
        offset_minutes,
        date_only: format.digits == if format.century { 8 } else { 6 },
    })
}

/// Without a format code the length tells; of two with twelve digits it is the one with a century.
fn by_length(value: &str) -> Option<&'static Format> {
    FORMATS
        .iter()
        .filter(|format| format.zone == Zone::None && format.digits == value.len())
        .max_by_key(|format| format.century)
}

fn wall(digits: &str, format: &Format) -> Option<DateTime> {
    if digits.len() != format.digits || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let (year, rest) = if format.century {
        (number(0, 4)?, 4)
    } else {
        // Two digits: no port spoke EDIFACT before 1970.
        let short = number(0, 2)?;
        (if short < 70 { 2000 + short } else { 1900 + short }, 2)
    };
    let pair = |index: usize| i8::try_from(number(rest + 2 * index, rest + 2 * index + 2)?).ok();
    let date = Date::new(year, pair(0)?, pair(1)?).ok()?;
    let present = (digits.len() - rest) / 2;
    let hour = if present > 2 { pair(2)? } else { 0 };
    let minute = if present > 3 { pair(3)? } else { 0 };
    let second = if present > 4 { pair(4)? } else { 0 };
    // The end of a day is the beginning of the next.
    if (hour, minute, second) == (24, 0, 0) {
        return Some(date.tomorrow().ok()?.at(0, 0, 0, 0));
    }
    let in_range = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    in_range.then(|| date.at(hour, minute, second, 0))
}

fn offset(text: &str, zone: Zone) -> Option<Option<i64>> {
    match zone {
        Zone::None => text.is_empty().then_some(None),
        Zone::Letters => matches!(text, "UTC" | "GMT").then_some(Some(0)),
        Zone::Offset => {
            let (sign, digits) = match text.split_at_checked(1)? {
                ("+", digits) => (1, digits),
                ("-", digits) => (-1, digits),
                _ => return None,
            };
            if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let hours: i64 = digits.get(..2)?.parse().ok()?;
            let minutes: i64 = digits.get(2..)?.parse().ok()?;
            (hours <= 14 && minutes < 60).then_some(Some(sign * (hours * 60 + minutes)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(value: &str, code: &str) -> String {
        parse(value, Some(code).filter(|code| !code.is_empty()))
            .unwrap()
            .text()
    }

    #[test]
    fn every_format_is_read() {
        assert_eq!(text("220223", "101"), "2022-02-23");
        assert_eq!(text("20220223", "102"), "2022-02-23");
        assert_eq!(text("2202231314", "201"), "2022-02-23T13:14:00");
        assert_eq!(text("220223131415", "202"), "2022-02-23T13:14:15");
        assert_eq!(text("202202231314", "203"), "2022-02-23T13:14:00");
        assert_eq!(text("20220223131415", "204"), "2022-02-23T13:14:15");
        assert_eq!(text("202202231314UTC", "303"), "2022-02-23T13:14:00+0");
        assert_eq!(text("202202231314+0800", "205"), "2022-02-23T13:14:00+480");
        assert_eq!(text("990223", "101"), "1999-02-23");
        assert_eq!(text("202202232400", "203"), "2022-02-24T00:00:00");
    }

    #[test]
    fn without_a_format_the_length_tells() {
        assert_eq!(text("20220223", ""), "2022-02-23");
        assert_eq!(text("202202231314", ""), "2022-02-23T13:14:00");
        assert!(parse("2022", None).is_err());
    }

    #[test]
    fn what_is_no_time_is_refused_with_a_sentence() {
        for (value, code) in [
            ("202213011314", "203"),
            ("20220223", "203"),
            ("2022022313:4", "203"),
            ("202202232500", "203"),
            ("202202231314EST", "303"),
            ("202202231314", "718"),
        ] {
            assert!(parse(value, Some(code)).is_err(), "{value}");
        }
    }

    #[test]
    fn a_date_alone_says_so_and_an_offset_counts() {
        assert!(parse("20220223", Some("102")).unwrap().date_only);
        let moment = parse("202202231314+0800", Some("205")).unwrap();
        assert_eq!(
            moment.at(None),
            Some(Time::parse("2022-02-23T05:14:00Z").unwrap())
        );
        let moment = parse("202202231314", Some("203")).unwrap();
        assert_eq!(
            moment.at(None),
            Some(Time::parse("2022-02-23T13:14:00Z").unwrap())
        );
    }

    proptest! {
        #[test]
        fn any_text_gives_a_time_or_a_sentence(value in "[0-9]{0,16}|\\PC{0,20}", code in prop::option::of("[0-9]{3}")) {
            if let Ok(moment) = parse(&value, code.as_deref()) {
                let _ = (moment.at(None), moment.text());
            }
        }
    }
}
