//! Numbers, durations and times as people read them. Times are shown in the site's zone: the server sends
//! them with its offset, so what is shown is what was sent, without any zone arithmetic in the browser.

use super::Language;
use shared::time::LocalTime;

/// `2022-02-23 13:14:15`, in the zone of the time itself.
pub fn stamp(time: LocalTime) -> String {
    let text = time.to_string();
    match (text.get(..10), text.get(11..19)) {
        (Some(date), Some(clock)) => format!("{date} {clock}"),
        _ => text,
    }
}

/// `2022-02-23`, in the zone of the time itself.
pub fn date(time: LocalTime) -> String {
    time.to_string().chars().take(10).collect()
}

/// `13:14`, in the zone of the time itself.
pub fn hour_minute(time: LocalTime) -> String {
    time.to_string().get(11..16).unwrap_or_default().to_owned()
}

/// A time, or a dash.
pub fn stamp_or_dash(time: Option<LocalTime>) -> String {
    time.map_or_else(|| "—".to_owned(), stamp)
}

/// `+08:00`.
pub fn offset(offset_seconds: i32) -> String {
    let sign = if offset_seconds < 0 { '-' } else { '+' };
    let minutes = offset_seconds.abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A duration in the two largest units that say something: `45 s`, `12 min`, `27 h 23 min`, `5 d 3 h`.
/// Hours go up to five days, for that is how clearance times are published.
pub fn duration(language: Language, seconds: i64) -> String {
    let [day, hour, minute, second] =
        language.choose([" d", " h", " min", " s"], [" 天", " 小时", " 分", " 秒"]);
    let sign = if seconds < 0 { "−" } else { "" };
    let seconds = seconds.unsigned_abs();
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let text = match seconds {
        0..60 => format!("{seconds}{second}"),
        60..3_600 => format!("{minutes}{minute}"),
        3_600..432_000 if minutes % 60 == 0 => format!("{hours}{hour}"),
        3_600..432_000 => format!("{hours}{hour} {}{minute}", minutes % 60),
        _ if hours.is_multiple_of(24) => format!("{}{day}", hours / 24),
        _ => format!("{}{day} {}{hour}", hours / 24, hours % 24),
    };
    format!("{sign}{text}")
}

/// A duration, or a dash.
pub fn duration_or_dash(language: Language, seconds: Option<u64>) -> String {
    seconds.map_or_else(
        || "—".to_owned(),
        |seconds| duration(language, i64::try_from(seconds).unwrap_or(i64::MAX)),
    )
}

/// A whole number in groups of three. Both languages of the page write it the same way.
pub fn whole(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with at most one digit behind the point, such as TEU with its halves.
pub fn decimal(number: f64) -> String {
    let tenths = (number.abs() * 10.0).round() as u64;
    let sign = if number < 0.0 && tenths > 0 { "−" } else { "" };
    let text = whole(tenths / 10);
    match tenths % 10 {
        0 => format!("{sign}{text}"),
        tenth => format!("{sign}{text}.{tenth}"),
    }
}

/// A number with at most three digits behind the point, as sensors send them.
pub fn thousandths(number: f64) -> String {
    let all = (number.abs() * 1000.0).round() as u64;
    let sign = if number < 0.0 && all > 0 { "−" } else { "" };
    let text = format!("{sign}{}.{:03}", all / 1000, all % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A share from 0 to 1 as percent with one digit. It is cut, not rounded: 99.96 % of anything is not all.
pub fn percent(share: f64) -> String {
    // The small addition undoes what binary fractions lose: 0.982 × 1000 is 981.9999….
    let tenths = (share * 1000.0 + 1e-9) as u64;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// A share, or a dash.
pub fn percent_or_dash(share: Option<f64>) -> String {
    share.map_or_else(|| "—".to_owned(), percent)
}

/// What a figure is, and so how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Duration,
    /// A number, whole or with halves.
    Count,
    /// A share from 0 to 1.
    Share,
}

impl Unit {
    /// A figure in words.
    pub fn words(self, language: Language, value: f64) -> String {
        match self {
            Unit::Duration => duration(language, value as i64),
            Unit::Count => decimal(value),
            Unit::Share => percent(value),
        }
    }

    /// A figure, or a dash.
    pub fn words_or_dash(self, language: Language, value: Option<f64>) -> String {
        value.map_or_else(|| "—".to_owned(), |value| self.words(language, value))
    }

    /// How far a figure is from another, with its sign.
    pub fn difference(self, language: Language, from: f64, to: f64) -> String {
        let difference = to - from;
        let words = self.words(language, difference.abs());
        // Percent of percent would be another figure: a difference of shares is in points.
        let words = match self {
            Unit::Share => words.replace('%', language.choose("points", "个百分点")),
            _ => words,
        };
        // What rounds to nothing has no sign.
        let sign = match words.chars().any(|letter| matches!(letter, '1'..='9')) {
            false => "±",
            true if difference < 0.0 => "−",
            true => "+",
        };
        format!("{sign}{words}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_as_the_alarm_screen_shows_it() {
        let time = LocalTime::parse("2022-02-23T13:14:15.25+08:00").unwrap();
        assert_eq!(stamp(time), "2022-02-23 13:14:15");
        assert_eq!(date(time), "2022-02-23");
        assert_eq!(hour_minute(time), "13:14");
        assert_eq!(offset(time.offset_seconds), "+08:00");
        assert_eq!(offset(-12_600), "-03:30");
    }

    #[test]
    fn a_duration_has_the_two_units_that_say_something() {
        let english = |seconds| duration(Language::English, seconds);
        assert_eq!(english(0), "0 s");
        assert_eq!(english(59), "59 s");
        assert_eq!(english(3_599), "59 min");
        assert_eq!(english(86_400), "24 h");
        assert_eq!(english(97 * 3600 + 23 * 60), "97 h 23 min");
        assert_eq!(english(5 * 86_400 + 3 * 3600), "5 d 3 h");
        assert_eq!(english(12 * 3600 + 17 * 60), "12 h 17 min");
        assert_eq!(english(-90), "−1 min");
        assert_eq!(duration(Language::Chinese, 83 * 60 + 28), "1 小时 23 分");
    }

    #[test]
    fn numbers_are_in_groups_of_three() {
        assert_eq!(whole(0), "0");
        assert_eq!(whole(200_689), "200,689");
        assert_eq!(whole(1_234_567), "1,234,567");
        assert_eq!(decimal(1_234.5), "1,234.5");
        assert_eq!(decimal(0.96), "1");
        assert_eq!(thousandths(-18.25), "−18.25");
        assert_eq!(thousandths(100.0), "100");
    }

    #[test]
    fn a_share_is_never_rounded_up_to_all() {
        assert_eq!(percent(0.982), "98.2 %");
        assert_eq!(percent(0.9996), "99.9 %");
        assert_eq!(percent(1.0), "100.0 %");
    }

    #[test]
    fn a_difference_has_a_sign_and_its_unit() {
        let english = |unit: Unit, from, to| unit.difference(Language::English, from, to);
        assert_eq!(english(Unit::Duration, 7_200.0, 3_600.0), "−1 h");
        assert_eq!(english(Unit::Count, 1.0, 3.5), "+2.5");
        assert_eq!(english(Unit::Share, 0.9, 0.95), "+5.0 points");
        assert_eq!(english(Unit::Count, 2.0, 2.0), "±0");
    }
}
