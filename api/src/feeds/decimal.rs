//! Decimal numbers as messages write them: with a point or a comma, and never through binary floating point.

/// `text` times 10 to the power of `places`, what is finer cut off. Nothing when it is no plain decimal
/// number, or too large.
pub fn scaled(text: &str, places: u32) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let cut = fraction.get(..fraction.len().min(places as usize))?;
    let mut value: i64 = 0;
    for digit in whole.chars().chain(cut.chars()) {
        value = push(value, digit)?;
    }
    if !fraction.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let missing = places.checked_sub(u32::try_from(cut.len()).ok()?)?;
    let value = value.checked_mul(10_i64.checked_pow(missing)?)?;
    Some(if negative { -value } else { value })
}

fn push(value: i64, digit: char) -> Option<i64> {
    value.checked_mul(10)?.checked_add(i64::from(digit.to_digit(10)?))
}

/// A temperature in thousandths of a degree Celsius, from thousandths of a degree of `unit` (`CEL` or `FAH`).
/// Nothing for another unit, or below absolute zero.
pub fn millicelsius(thousandths: i64, unit: &str) -> Option<i64> {
    let celsius = match unit {
        "CEL" => thousandths,
        "FAH" => thousandths.checked_sub(32_000)?.checked_mul(5)? / 9,
        _ => return None,
    };
    (-273_150..=1_000_000).contains(&celsius).then_some(celsius)
}

/// A weight in grams, from its text and unit: kilograms, tonnes, grams or pounds. Nothing for another unit,
/// or below zero.
pub fn grams(text: &str, unit: &str) -> Option<i64> {
    let grams = match unit {
        "KGM" | "KG" => scaled(text, 3)?,
        "TNE" | "T" => scaled(text, 6)?,
        "GRM" => scaled(text, 0)?,
        // One pound is 453.59237 g.
        "LBR" | "LBS" => {
            let micropounds = i128::from(scaled(text, 6)?);
            i64::try_from(micropounds * 45_359_237 / 100_000_000_000).ok()?
        }
        _ => return None,
    };
    (0..=1_000_000_000).contains(&grams).then_some(grams)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_decimal_may_have_a_point_or_a_comma() {
        assert_eq!(scaled("27000.0", 3), Some(27_000_000));
        assert_eq!(scaled("13,8", 3), Some(13_800));
        assert_eq!(scaled("-18.55559", 3), Some(-18_555));
        assert_eq!(scaled(".5", 1), Some(5));
        assert_eq!(scaled("7", 0), Some(7));
    }

    #[test]
    fn what_is_no_plain_decimal_is_none() {
        for text in [
            "",
            "-",
            ".",
            "1.2.3",
            "1.234,5",
            "1e3",
            "abc",
            "١",
            "99999999999999999999",
        ] {
            assert_eq!(scaled(text, 3), None, "{text}");
        }
    }

    #[test]
    fn temperatures_come_in_celsius_or_fahrenheit() {
        assert_eq!(millicelsius(-18_500, "CEL"), Some(-18_500));
        assert_eq!(millicelsius(32_000, "FAH"), Some(0));
        assert_eq!(millicelsius(212_000, "FAH"), Some(100_000));
        assert_eq!(millicelsius(1_000, "KEL"), None);
        assert_eq!(millicelsius(-300_000, "CEL"), None);
    }

    #[test]
    fn weights_come_in_kilograms_tonnes_grams_and_pounds() {
        assert_eq!(grams("21500", "KGM"), Some(21_500_000));
        assert_eq!(grams("21,5", "TNE"), Some(21_500_000));
        assert_eq!(grams("100", "LBR"), Some(45_359));
        assert_eq!(grams("5", "GRM"), Some(5));
        assert_eq!(grams("-5", "KGM"), None);
        assert_eq!(grams("5", "STN"), None);
    }

    proptest! {
        #[test]
        fn any_text_gives_a_number_or_none(text in "\\PC{0,40}", places in 0u32..19) {
            let _ = scaled(&text, places);
            let _ = grams(&text, "LBR");
        }
    }
}
