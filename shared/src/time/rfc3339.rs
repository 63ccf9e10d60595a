//! RFC 3339 as it travels between server and page, in plain arithmetic.
//!
//! What feeds send is read by jiff, which knows more forms. This one is what every answer holds many thousand
//! times, and what the page carries with it: jiff would be a sixth of the page's whole size.

use super::civil::{date, days, days_in};
use super::{DAY, HOUR, LocalTime, MINUTE, SECOND, Time};
use std::fmt;

/// Reads `2022-02-23T13:14:15.25+08:00`; finer than a millisecond is cut off.
pub fn read(text: &str) -> Option<LocalTime> {
    let bytes = text.as_bytes();
    let (date, time) = (bytes.get(..10)?, bytes.get(11..19)?);
    let marks = [date[4], date[7], time[2], time[5]] == *b"--::" && matches!(bytes[10], b'T' | b't' | b' ');
    let (year, month, day) = (number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?);
    let (hour, minute, second) = (number(&time[..2])?, number(&time[3..5])?, number(&time[6..])?);
    let real = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    // A leap second is the second before it once more, as jiff has it.
    if !marks || !real || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let rest = bytes.get(19..)?;
    let (millisecond, rest) = fraction(rest)?;
    let offset_seconds = offset(rest)?;
    let local = days(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second.min(59) * SECOND;
    Some(LocalTime {
        at: Time(local + millisecond - i64::from(offset_seconds) * SECOND),
        offset_seconds,
    })
}

/// Writes it, without a fraction when that is zero, and without zeros at its end.
pub fn write(time: &LocalTime, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let local = time.at.0 + i64::from(time.offset_seconds) * SECOND;
    let (year, month, day) = date(local.div_euclid(DAY));
    let within = local.rem_euclid(DAY);
    let (hour, minute, second) = (within / HOUR, within / MINUTE % 60, within / SECOND % 60);
    write!(
        f,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
    )?;
    match within % SECOND {
        0 => {}
        all if all % 10 != 0 => write!(f, ".{all:03}")?,
        tens if tens % 100 != 0 => write!(f, ".{:02}", tens / 10)?,
        hundreds => write!(f, ".{}", hundreds / 100)?,
    }
    let sign = if time.offset_seconds < 0 { '-' } else { '+' };
    let minutes = time.offset_seconds.unsigned_abs() / 60;
    write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| {
        let value = digit.is_ascii_digit().then(|| i64::from(digit - b'0'))?;
        Some(number * 10 + value)
    })
}

/// Milliseconds of a fraction, where there is one, and what stands behind it.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.' | b',', digits)) = rest.split_first() else {
        return Some((0, rest));
    };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at(length);
    let cut = &digits[..length.min(3)];
    let scale = [0, 100, 10, 1][cut.len()];
    (1..=9).contains(&length).then_some((number(cut)? * scale, rest))
}

fn offset(rest: &[u8]) -> Option<i32> {
    let (sign, rest) = match rest {
        [b'Z' | b'z'] => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let [_, _, b':', _, _] = rest else {
        return None;
    };
    let (hours, minutes) = (number(&rest[..2])?, number(&rest[3..])?);
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    (hours <= 25 && minutes <= 59).then_some(sign * seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jiff::tz::Offset;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_time_is_refused() {
        let texts = [
            "",
            "soon",
            "2022-02-23",
            "2022-02-23T13:14:15",
            "2022-02-30T00:00:00Z",
            "2022-13-01T00:00:00Z",
            "2022-02-23T24:00:00Z",
            "2022-02-23T13:14:15.+08:00",
            "2022-02-23T13:14:15+08",
            "2022-02-23T13:14:15+08:60",
            "2022-02-23T13:14:15Z ",
            "2022/02/23T13:14:15Z",
            "２０２２-02-23T13:14:15Z",
        ];
        for text in texts {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn it_writes_and_reads_what_jiff_does(
            at in -62_135_596_800_000_i64..253_402_200_000_000,
            minutes in -720_i32..=840,
        ) {
            let time = LocalTime { at: Time(at), offset_seconds: minutes * 60 };
            let text = time.to_string();
            let offset = Offset::from_seconds(minutes * 60).unwrap();
            let theirs = Timestamp::from_millisecond(at).unwrap().display_with_offset(offset).to_string();
            prop_assert_eq!(&text, &theirs);
            prop_assert_eq!(read(&text), Some(time));
            prop_assert_eq!(Time::parse(&text), Ok(time.at));
        }

        #[test]
        fn what_it_reads_jiff_reads_as_the_same_moment(
            text in "20[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{1,9})?(Z|z|[+-][01][0-9]:[0-5][0-9])"
        ) {
            if let Some(time) = read(&text) {
                prop_assert_eq!(Time::parse(&text), Ok(time.at));
            }
        }
    }
}
