//! Identity numbers are personal data: what is kept and compared is a keyed hash (`domain.md` §6).

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// The keyed hash of an identity number: the first 16 bytes of its HMAC-SHA-256. In JSON 32 hexadecimal digits, else
/// its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HashedIdentity(pub [u8; 16]);

/// A text that is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an identity's hash has 32 hexadecimal digits")]
pub struct HashError;

impl HashedIdentity {
    /// Reads its 32 digits.
    pub fn parse(text: &str) -> Result<HashedIdentity, HashError> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return Err(HashError);
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |digit: u8| char::from(digit).to_digit(16).ok_or(HashError);
            *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
        }
        Ok(HashedIdentity(bytes))
    }

    /// Its first eight letters: enough to see that two differ.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(8);
        text
    }
}

impl fmt::Display for HashedIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 32];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
            pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
        }
        f.write_str(str::from_utf8(&digits).unwrap_or_default())
    }
}

impl fmt::Debug for HashedIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for HashedIdentity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for HashedIdentity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HashedIdentity, D::Error> {
        if !deserializer.is_human_readable() {
            return <[u8; 16]>::deserialize(deserializer).map(HashedIdentity);
        }
        let text = smol_str::SmolStr::deserialize(deserializer)?;
        HashedIdentity::parse(&text).map_err(D::Error::custom)
    }
}

/// An identity number in the form that is hashed: without blanks, and letters as capitals, so that `…x` and `…X` are
/// one person.
pub fn normalised(number: &str) -> String {
    let kept = number.chars().filter(|letter| !letter.is_whitespace());
    kept.map(|letter| letter.to_ascii_uppercase()).collect()
}

/// What is wrong with the form of an 18-digit identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its check digit should be {expected}")]
pub struct CheckDigit {
    /// What the check digit should be.
    pub expected: char,
}

/// Looks at the check digit of a number in its [`normalised`] form (GB 11643-1999, 公民身份号码: ISO 7064 MOD 11-2
/// over 17 digits). A number that does not have 18 places is of another kind, and nothing is said of it.
pub fn check(normalised: &str) -> Result<(), CheckDigit> {
    let digits = normalised.as_bytes();
    let last = match digits {
        [first @ .., last] if digits.len() == 18 && first.iter().all(u8::is_ascii_digit) => *last,
        _ => return Ok(()),
    };
    // Weights are powers of two from the right, modulo 11; this is Horner's rule for them.
    let sum = digits[..17]
        .iter()
        .fold(0_u32, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    let expected = b"10X98765432"[sum as usize];
    // The table is indexed by Σ mod 11, as the standard has it.
    if expected == last {
        Ok(())
    } else {
        Err(CheckDigit {
            expected: char::from(expected),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_that_of_the_standard() {
        // The standard's own examples (GB 11643-1999, annex A).
        assert_eq!(check("11010519491231002X"), Ok(()));
        assert_eq!(check("440524188001010014"), Ok(()));
        assert_eq!(check("440524188001010015"), Err(CheckDigit { expected: '4' }));
        // Fifteen digits are the old form, others are passports.
        assert_eq!(check("130503670401001"), Ok(()));
        assert_eq!(check("E12345678"), Ok(()));
    }

    #[test]
    fn blanks_and_a_small_x_make_no_other_person() {
        assert_eq!(normalised(" 110105 19491231 002x "), "11010519491231002X");
    }

    #[test]
    fn a_hash_travels_as_hexadecimal_digits() {
        let hash = HashedIdentity([0xab; 16]);
        assert_eq!(hash.to_string(), "ab".repeat(16));
        assert_eq!(HashedIdentity::parse(&hash.to_string()), Ok(hash));
        assert_eq!(hash.short(), "abababab");
        assert_eq!(HashedIdentity::parse("ab"), Err(HashError));
        assert_eq!(HashedIdentity::parse(&"g".repeat(32)), Err(HashError));
    }
}
