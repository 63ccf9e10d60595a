//! Container numbers: kept as sent, compared in capitals without blanks and hyphens.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::fmt;

/// A container number in the form in which numbers are compared: 1 to 20 capital letters and digits
/// (`semantics.md` §1). It need not be an ISO 6346 number; [`ContainerNumber::check`] tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContainerNumber(SmolStr);

/// Why a text is no container number at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContainerNumberError {
    /// Nothing is left after blanks and hyphens.
    #[error("the container number is empty; 1 to 20 letters and digits are expected")]
    Empty,
    /// More than 20 characters.
    #[error("the container number has {0} characters; at most 20 letters and digits are expected")]
    TooLong(usize),
    /// A character that is neither letter nor digit.
    #[error("the container number holds `{0}`; only letters and digits are expected")]
    Character(char),
}

/// What ISO 6346 says of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Four letters (the fourth U, J or Z, or R for a detachable power unit), seven digits, right check digit.
    Verified,
    /// The form is right and the check digit is not.
    WrongDigit {
        /// The digit that would be right.
        expected: u8,
    },
    /// Not the form of ISO 6346 at all.
    OtherForm,
}

impl ContainerNumber {
    /// Takes a number as sent into the form in which it is compared.
    pub fn parse(sent: &str) -> Result<ContainerNumber, ContainerNumberError> {
        let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        if !sent.is_empty() && sent.len() <= 20 && sent.chars().all(plain) {
            return Ok(ContainerNumber(SmolStr::new(sent)));
        }
        let mut number = String::with_capacity(sent.len());
        for c in sent.chars() {
            match c {
                c if c.is_whitespace() || c == '-' => {}
                c if c.is_ascii_alphanumeric() => number.push(c.to_ascii_uppercase()),
                c => return Err(ContainerNumberError::Character(c)),
            }
        }
        match number.len() {
            0 => Err(ContainerNumberError::Empty),
            1..=20 => Ok(ContainerNumber(SmolStr::new(number))),
            n => Err(ContainerNumberError::TooLong(n)),
        }
    }

    /// No number sorts before it: where a range of numbers begins.
    pub fn lowest() -> ContainerNumber {
        ContainerNumber(SmolStr::new_static("0"))
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as a cheaply cloned text.
    pub fn text(&self) -> SmolStr {
        self.0.clone()
    }

    /// Whether it is an ISO 6346 number with the right check digit.
    pub fn is_verified(&self) -> bool {
        self.check() == Check::Verified
    }

    /// ISO 6346: the sum of value·2^position modulo 11, modulo 10, is the check digit. Letters count from
    /// A = 10 and leave out the multiples of 11.
    pub fn check(&self) -> Check {
        let bytes = self.0.as_bytes();
        let form = bytes.len() == 11
            && bytes[..4].iter().all(u8::is_ascii_uppercase)
            && bytes[4..].iter().all(u8::is_ascii_digit)
            && matches!(bytes[3], b'U' | b'J' | b'Z' | b'R');
        if !form {
            return Check::OtherForm;
        }
        let sum: u32 = bytes[..10]
            .iter()
            .enumerate()
            .map(|(position, byte)| letter_or_digit(*byte) << position)
            .sum();
        let expected = (sum % 11 % 10) as u8;
        if bytes[10] - b'0' == expected {
            Check::Verified
        } else {
            Check::WrongDigit { expected }
        }
    }
}

fn letter_or_digit(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        letter => {
            let value = u32::from(letter - b'A') + 10;
            // 11, 22 and 33 are left out, so every letter past A, K and U moves up by one more.
            value + (value - 1) / 10
        }
    }
}

impl fmt::Display for ContainerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> ContainerNumber {
        ContainerNumber::parse(text).unwrap()
    }

    #[test]
    fn numbers_with_the_right_check_digit_are_verified() {
        for text in [
            "CSQU3054383",
            "csqu 305438-3",
            "TOLU4734787",
            "MSKU6011672",
            "HLXU2008419",
        ] {
            assert_eq!(number(text).check(), Check::Verified, "{text}");
        }
    }

    #[test]
    fn a_wrong_check_digit_names_the_right_one() {
        assert_eq!(number("CSQU3054384").check(), Check::WrongDigit { expected: 3 });
    }

    #[test]
    fn the_numbers_of_the_real_alarm_screens_are_accepted_and_not_verified() {
        for text in ["CSU6097384", "CPFLU6104739", "TJBM76733660", "CPFLU1911999"] {
            assert!(!number(text).is_verified(), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_reason() {
        assert_eq!(ContainerNumber::parse(" - "), Err(ContainerNumberError::Empty));
        assert_eq!(
            ContainerNumber::parse("AB?1"),
            Err(ContainerNumberError::Character('?'))
        );
        assert_eq!(
            ContainerNumber::parse("A1234567890123456789X"),
            Err(ContainerNumberError::TooLong(21))
        );
    }

    proptest! {
        #[test]
        fn the_form_that_is_compared_is_stable(sent in "[A-Za-z0-9 -]{0,30}") {
            if let Ok(once) = ContainerNumber::parse(&sent) {
                prop_assert_eq!(ContainerNumber::parse(once.as_str()), Ok(once));
            }
        }

        #[test]
        fn one_changed_digit_is_found(serial in 0u32..1_000_000, place in 4usize..10, other in 0u8..10) {
            let body = format!("CSQU{serial:06}");
            let digit = match number(&format!("{body}0")).check() {
                Check::Verified => 0,
                Check::WrongDigit { expected } => expected,
                Check::OtherForm => unreachable!(),
            };
            let mut wrong = body.into_bytes();
            prop_assume!(wrong[place] != b'0' + other);
            wrong[place] = b'0' + other;
            let wrong = String::from_utf8(wrong).unwrap() + &digit.to_string();
            // Remainder 10 gives 0 as well, so two bodies in eleven share a digit: only those may pass.
            if number(&wrong).is_verified() {
                prop_assert_eq!(digit, 0);
            }
        }
    }
}
