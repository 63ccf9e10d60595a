//! Container numbers for boxes that do not exist. The owner codes are made up.

use super::dice::Dice;
use serde::{Deserialize, Serialize};
use shared::container::{Check, ContainerNumber};
use smol_str::{SmolStr, format_smolstr};

/// Made-up owner codes with the category U. No two share their last three letters, so that a number which
/// lost its first letter still belongs to one box.
const OWNERS: [&str; 24] = [
    "QLKU", "DJPU", "BHWU", "TJOU", "HXQU", "YQNU", "LGZU", "NWDU", "PJLU", "ZHQU", "KDYU", "JWRU", "XGTU",
    "QDWU", "WZLU", "FQHU", "GJXU", "VQSU", "RZJU", "UQDU", "HZVU", "CQJU", "OWQU", "EZQU",
];

/// Gives out numbers, each once.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Numbers {
    given: u64,
}

impl Numbers {
    /// The next number, with the right check digit.
    pub fn next(&mut self) -> SmolStr {
        let given = self.given;
        self.given += 1;
        let owner = OWNERS[(given % OWNERS.len() as u64) as usize];
        // 7919 shares no factor with a million: an owner's serials run through all of them before one returns.
        let serial = (given / OWNERS.len() as u64 * 7_919 + 123_457) % 1_000_000;
        let mut text = [b'0'; 11];
        text[..4].copy_from_slice(owner.as_bytes());
        let mut rest = serial;
        for place in text[4..10].iter_mut().rev() {
            *place = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        text[10] = b'0' + check_digit(&text);
        SmolStr::new(text.iter().map(|byte| char::from(*byte)).collect::<String>())
    }

    /// The next number, such as real feeds carry although it is none: 10 or 12 characters, or a wrong digit.
    pub fn next_unverified(&mut self, dice: &mut Dice) -> SmolStr {
        let number = self.next();
        match dice.below(3) {
            // Three letters: CSU6097384.
            0 => SmolStr::new(&number[1..]),
            // Five letters: CPFLU6104739.
            1 => format_smolstr!("{}P{}", &number[..1], &number[1..]),
            _ => {
                let digit = number.bytes().last().map_or(0, |byte| byte - b'0');
                format_smolstr!("{}{}", &number[..10], (digit + 1) % 10)
            }
        }
    }
}

/// The digit that makes the number right, whatever its last character is now.
fn check_digit(number: &[u8; 11]) -> u8 {
    let text: String = number.iter().map(|byte| char::from(*byte)).collect();
    match ContainerNumber::parse(&text).map(|number| number.check()) {
        Ok(Check::WrongDigit { expected }) => expected,
        _ => number[10] - b'0',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn numbers_are_right_and_each_is_given_once() {
        let (mut numbers, mut dice, mut seen) = (Numbers::default(), Dice::new(1), HashSet::new());
        for n in 0..20_000 {
            let unverified = n % 10 == 0;
            let number = if unverified {
                numbers.next_unverified(&mut dice)
            } else {
                numbers.next()
            };
            let parsed = ContainerNumber::parse(&number).unwrap();
            assert_eq!(parsed.is_verified(), !unverified, "{number}");
            assert!(seen.insert(number));
        }
    }
}
