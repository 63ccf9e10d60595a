//! Decimal numbers as they are sent, read digit by digit: an amount never passes through a float.

use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::ops::AddAssign;

/// An amount of money in fen (CNY 0.01).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub u64);

/// A quantity or a weight in thousandths (of a piece, of a kilogram).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thousandths(pub u64);

/// The most that a number may be, in its smallest unit: CNY 1,000 million, or 100,000 tonnes. Sums of millions of them
/// stay in 64 bits.
pub const MOST: u64 = 100_000_000_000;

/// Why a text is no number that can be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not a number at all.
    #[error("`{0}` is no decimal number such as 128.50")]
    NoNumber(String),
    /// Below zero.
    #[error("`{0}` is below zero; give what is taken off as `discount`, without a sign")]
    Negative(String),
    /// More decimals than the unit has.
    #[error("`{text}` has more than {places} decimals")]
    TooFine {
        /// The number as it was.
        text: String,
        /// How many decimals it may have.
        places: u32,
    },
    /// More than [`MOST`].
    #[error("`{0}` is larger than anything that is taken here")]
    TooLarge(String),
}

/// Reads a decimal number, as JSON writes one or as the text in its quotes, in units of 10⁻`places`. Zeros behind the
/// last decimal that counts are no decimals: `12.500` has one.
pub fn decimal(text: &str, places: u32) -> Result<u64, DecimalError> {
    let sent = || text.chars().take(64).collect::<String>();
    let (negative, unsigned) = match text.trim().strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.trim()),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let exponent = exponent.parse::<i32>().ok().filter(|_| plain && digits.len() < 5);
            (mantissa, exponent.ok_or_else(|| DecimalError::NoNumber(sent()))?)
        }
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let dot_alone = mantissa.contains('.') && fraction.is_empty();
    if whole.is_empty() || dot_alone || !digits(whole) || !digits(fraction) || mantissa.len() > 64 {
        return Err(DecimalError::NoNumber(sent()));
    }
    // So many digits stand behind the last of the unit; below zero, so many zeros are missing.
    let mut excess =
        i64::try_from(fraction.len()).unwrap_or(i64::MAX) - i64::from(exponent) - i64::from(places);
    let mut value: u128 = 0;
    let all = whole.bytes().chain(fraction.bytes());
    for digit in all {
        value = value * 10 + u128::from(digit - b'0');
        // 10³⁸ fits; what is larger is too large unless zeros behind the dot make it so.
        if value > 10_u128.pow(36) {
            return Err(DecimalError::TooLarge(sent()));
        }
    }
    while excess > 0 && value != 0 {
        if !value.is_multiple_of(10) {
            return Err(DecimalError::TooFine { text: sent(), places });
        }
        value /= 10;
        excess -= 1;
    }
    while excess < 0 && value != 0 {
        value *= 10;
        excess += 1;
        if value > u128::from(MOST) {
            return Err(DecimalError::TooLarge(sent()));
        }
    }
    if negative && value != 0 {
        return Err(DecimalError::Negative(sent()));
    }
    let value = u64::try_from(value).ok().filter(|value| *value <= MOST);
    value.ok_or_else(|| DecimalError::TooLarge(sent()))
}

/// Writes it without zeros behind the last decimal that counts.
fn write(value: u64, places: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let unit = 10_u64.pow(places);
    let (whole, mut fraction) = (value / unit, value % unit);
    write!(f, "{whole}")?;
    if fraction == 0 {
        return Ok(());
    }
    let mut width = places as usize;
    while fraction % 10 == 0 {
        fraction /= 10;
        width -= 1;
    }
    write!(f, ".{fraction:0width$}")
}

macro_rules! decimal {
    ($name:ident, $places:literal, $what:literal) => {
        impl $name {
            /// Reads the text of a number.
            pub fn parse(text: &str) -> Result<$name, DecimalError> {
                decimal(text, $places).map($name)
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: $name) {
                self.0 += other.0;
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(self.0, $places, f)
            }
        }

        /// A text where people read it, its smallest unit in compact forms.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_u64(self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                if !deserializer.is_human_readable() {
                    return u64::deserialize(deserializer).map($name);
                }
                struct Text;
                impl<'de> Visitor<'de> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($what)
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::parse(text).map_err(E::custom)
                    }
                    // A whole number is exact; one with decimals would come as a float, and is not taken here.
                    fn visit_u64<E: serde::de::Error>(self, whole: u64) -> Result<$name, E> {
                        $name::parse(&whole.to_string()).map_err(E::custom)
                    }
                    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<$name, A::Error> {
                        Err(A::Error::custom(concat!("expected ", $what)))
                    }
                }
                deserializer.deserialize_any(Text)
            }
        }
    };
}

decimal!(Fen, 2, "an amount in quotes");
decimal!(Thousandths, 3, "a number in quotes");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_amount_is_read_to_the_fen_however_it_is_written() {
        for (text, fen) in [
            ("0", 0),
            ("-0.00", 0),
            ("128.5", 12_850),
            ("128.50", 12_850),
            ("128.500", 12_850),
            ("1.285e2", 12_850),
            ("12850E-2", 12_850),
            (" 19.99 ", 1_999),
            // The next float below is 1.1499999…
            ("1.15", 115),
            ("0e99", 0),
            ("1000000000", MOST),
        ] {
            assert_eq!(Fen::parse(text), Ok(Fen(fen)), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_told_apart() {
        for text in [
            "", ".", "1.", ".5", "1,000.00", "12a", "1e", "1e1.5", "1e+-2", "--1", "¥12", "1e99999",
        ] {
            assert!(
                matches!(Fen::parse(text), Err(DecimalError::NoNumber(_))),
                "{text}"
            );
        }
        assert!(matches!(Fen::parse("-0.01"), Err(DecimalError::Negative(_))));
        assert!(matches!(Fen::parse("1.005"), Err(DecimalError::TooFine { .. })));
        assert!(matches!(Fen::parse("1e-3"), Err(DecimalError::TooFine { .. })));
        for text in [
            "1000000000.01",
            "1e30",
            "9e9999",
            "99999999999999999999999999999999999999999",
        ] {
            assert!(
                matches!(Fen::parse(text), Err(DecimalError::TooLarge(_))),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in 0..=MOST) {
            prop_assert_eq!(Fen::parse(&Fen(value).to_string()), Ok(Fen(value)));
            prop_assert_eq!(Thousandths::parse(&Thousandths(value).to_string()), Ok(Thousandths(value)));
            let json = serde_json::to_string(&Fen(value)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Fen>(&json).unwrap(), Fen(value));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-+0-9.eE ]{0,30}|.{0,12}") {
            let _ = Fen::parse(&text);
        }
    }
}
