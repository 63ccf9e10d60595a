//! Time as an argument. The domain never reads a clock.

/// Dates in plain arithmetic.
pub mod civil;
/// RFC 3339 as it travels, in plain arithmetic.
mod rfc3339;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimeParser;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// One second in milliseconds.
pub const SECOND: i64 = 1_000;
/// One minute in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day of 24 hours in milliseconds.
pub const DAY: i64 = 24 * HOUR;

/// A moment, in whole milliseconds since 1970-01-01T00:00Z (`semantics.md` §1: times are kept to the
/// millisecond). Inside the server it has no zone; [`LocalTime`] is the form that travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

/// Why a text is no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no RFC 3339 time with an offset, such as 2022-02-23T13:14:15+08:00")]
pub struct TimeError {
    /// The text as it was.
    pub text: String,
}

impl Time {
    /// Reads an RFC 3339 time; finer than a millisecond is cut off.
    pub fn parse(text: &str) -> Result<Time, TimeError> {
        text.parse::<Timestamp>()
            .map(|stamp| Time(stamp.as_millisecond()))
            .map_err(|_| TimeError {
                text: text.chars().take(64).collect(),
            })
    }

    /// Whether a text is an RFC 3339 time outside the years that can be held: a moment, but none of ours.
    pub fn is_beyond(text: &str) -> bool {
        let has_offset = |text| {
            DateTimeParser::new()
                .parse_pieces(text)
                .is_ok_and(|pieces| pieces.time().is_some() && pieces.to_numeric_offset().is_some())
        };
        has_offset(text) && text.parse::<Timestamp>().is_err()
    }

    /// The moment `milliseconds` later.
    pub fn plus(self, milliseconds: i64) -> Time {
        Time(self.0.saturating_add(milliseconds))
    }

    /// Whole seconds from `earlier` to here, rounded down; negative when `earlier` is later
    /// (`semantics.md` §5: a duration is whole seconds, rounded down).
    pub fn seconds_since(self, earlier: Time) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(SECOND)
    }

    /// Whole hours since 1970, rounded down: the finest cell of the figures.
    pub fn hour(self) -> i64 {
        self.0.div_euclid(HOUR)
    }

    /// In UTC.
    pub fn utc(self) -> LocalTime {
        LocalTime {
            at: self,
            offset_seconds: 0,
        }
    }
}

/// A moment with the offset of the zone in which it is shown. Travels as RFC 3339 without a fraction when
/// that is zero (`interface.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LocalTime {
    /// The moment.
    pub at: Time,
    /// Seconds east of UTC at that moment.
    pub offset_seconds: i32,
}

impl LocalTime {
    /// Reads an RFC 3339 time and keeps its offset.
    pub fn parse(text: &str) -> Result<LocalTime, TimeError> {
        rfc3339::read(text).ok_or_else(|| TimeError {
            text: text.chars().take(64).collect(),
        })
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        rfc3339::write(self, f)
    }
}

impl Serialize for LocalTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<LocalTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        LocalTime::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_travels_with_its_offset_and_without_a_zero_fraction() {
        let time = LocalTime::parse("2022-02-23T13:14:15+08:00").unwrap();
        assert_eq!(time.to_string(), "2022-02-23T13:14:15+08:00");
        let time = LocalTime::parse("2022-02-23T13:14:15.250Z").unwrap();
        assert_eq!(time.to_string(), "2022-02-23T13:14:15.25+00:00");
    }

    #[test]
    fn finer_than_a_millisecond_is_cut_off() {
        assert_eq!(Time::parse("1970-01-01T00:00:00.0019999Z").unwrap(), Time(1));
    }

    #[test]
    fn a_time_without_an_offset_is_refused() {
        assert!(Time::parse("2022-02-23T13:14:15").is_err());
        assert!(Time::parse("").is_err());
    }

    #[test]
    fn a_time_beyond_what_can_be_held_is_told_from_what_is_no_time() {
        assert!(Time::is_beyond("9999-12-31T23:59:59Z"));
        assert!(!Time::is_beyond("9999-12-30T00:00:00Z"));
        for text in [
            "",
            "soon",
            "9999-12-31",
            "9999-12-31T23:59:59",
            "2022-02-30T00:00:00Z",
        ] {
            assert!(!Time::is_beyond(text), "{text}");
        }
    }

    #[test]
    fn durations_are_whole_seconds_rounded_down() {
        assert_eq!(Time(1_999).seconds_since(Time(0)), 1);
        assert_eq!(Time(0).seconds_since(Time(1)), -1);
    }
}
