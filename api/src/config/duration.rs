//! Durations as people write them: `60m`, `24h`, `7d`, `97h23m`.

/// Days, hours, minutes and seconds, largest first, in seconds.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Ten years: nothing that is supervised here takes longer, and sums of times stay far from their limits.
pub const LONGEST: u64 = 3_650 * 86_400;

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// It is not made of numbers with units.
    #[error("`{0}` is no duration; write days, hours, minutes and seconds such as 60m, 24h, 7d or 97h23m")]
    Form(String),
    /// It is longer than [`LONGEST`].
    #[error("`{0}` is longer than ten years")]
    TooLong(String),
}

/// Reads a duration, in seconds. Every unit stands at most once, the larger before the smaller.
pub fn read(text: &str) -> Result<u64, DurationError> {
    let form = || DurationError::Form(text.chars().take(40).collect());
    let too_long = || DurationError::TooLong(text.chars().take(40).collect());
    let mut units = UNITS.iter();
    let mut seconds = 0u64;
    let mut rest = text;
    if rest.is_empty() {
        return Err(form());
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest.split_at(digits);
        let unit = behind.chars().next().ok_or_else(form)?;
        let (_, length) = units.find(|(name, _)| *name == unit).ok_or_else(form)?;
        if number.is_empty() {
            return Err(form());
        }
        let part = number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(*length));
        seconds = part
            .and_then(|part| seconds.checked_add(part))
            .ok_or_else(too_long)?;
        rest = &behind[unit.len_utf8()..];
    }
    if seconds > LONGEST {
        return Err(too_long());
    }
    Ok(seconds)
}

/// Writes seconds as a duration. Days only when they are whole: people say 24h, and 97h23m.
pub fn write(seconds: u64) -> String {
    let (mut text, mut rest) = (String::new(), seconds);
    for (name, length) in UNITS {
        let is_part = rest >= length && (name != 'd' || (rest % length == 0 && rest > length));
        if is_part {
            text.push_str(&format!("{}{name}", rest / length));
            rest %= length;
        }
    }
    if text.is_empty() {
        text.push_str("0s");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_written_as_people_do() {
        for (text, seconds) in [
            ("60m", 3_600),
            ("24h", 86_400),
            ("7d", 604_800),
            ("97h23m", 350_580),
            ("1d12h", 129_600),
            ("1m30s", 90),
            ("0s", 0),
        ] {
            assert_eq!(read(text), Ok(seconds), "{text}");
        }
        assert_eq!(write(86_400), "24h");
        assert_eq!(write(604_800), "7d");
        assert_eq!(write(350_580), "97h23m");
        assert_eq!(write(3_600), "1h");
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "", "60", "m", "60 m", "23m97h", "1h1h", "-1h", "1.5h", "1w", "６０m", "1h ", "60分",
        ] {
            assert!(matches!(read(text), Err(DurationError::Form(_))), "{text}");
        }
        for text in ["3651d", "99999999999999999999s", "18446744073709551615d"] {
            assert!(matches!(read(text), Err(DurationError::TooLong(_))), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(seconds in 0..=LONGEST) {
            prop_assert_eq!(read(&write(seconds)), Ok(seconds));
        }

        #[test]
        fn parts_add_up(days in 0u64..3_000, hours in 0u64..100, minutes in 0u64..100, seconds in 0u64..100) {
            let text = format!("{days}d{hours}h{minutes}m{seconds}s");
            prop_assert_eq!(read(&text), Ok(((days * 24 + hours) * 60 + minutes) * 60 + seconds));
        }

        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,12}") {
            let _ = read(&text);
        }
    }
}
