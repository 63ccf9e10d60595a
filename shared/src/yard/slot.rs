//! Slot addresses and their pattern (`domain.md` §4).

use smol_str::SmolStr;
use std::fmt;

/// A slot address taken apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotAddress {
    /// Block.
    pub block: SmolStr,
    /// Bay as written: odd bays hold 20 ft boxes, an even bay is the 40 ft position over its odd neighbours.
    pub bay: u16,
    /// Row, from 1.
    pub row: u16,
    /// Tier, from 1 at the ground.
    pub tier: u16,
}

/// How a terminal writes slot addresses: `B` block, `b` bay, `r` row, `t` tier, any other character stands
/// for itself. `BBBbbrr.t` reads `G124405.1` as block G12, bay 44, row 5, tier 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotPattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Block(usize),
    Bay(usize),
    Row(usize),
    Tier(usize),
    Literal(char),
}

/// Why a text is no slot pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlotPatternError {
    /// A letter that must be there is not.
    #[error(
        "the slot pattern `{pattern}` has no `{letter}`; it needs B (block), b (bay), r (row) and t (tier)"
    )]
    Missing {
        /// The pattern.
        pattern: String,
        /// The letter that is missing.
        letter: char,
    },
    /// A letter stands in two places.
    #[error("the slot pattern `{pattern}` has `{letter}` in two places; each must stand together")]
    Twice {
        /// The pattern.
        pattern: String,
        /// The letter that stands in two places.
        letter: char,
    },
}

impl SlotPattern {
    /// Reads a pattern.
    pub fn parse(pattern: &str) -> Result<SlotPattern, SlotPatternError> {
        let mut parts: Vec<Part> = Vec::new();
        for letter in pattern.chars() {
            match (parts.last_mut(), letter) {
                (Some(Part::Block(n)), 'B')
                | (Some(Part::Bay(n)), 'b')
                | (Some(Part::Row(n)), 'r')
                | (Some(Part::Tier(n)), 't') => *n += 1,
                (_, 'B') => parts.push(Part::Block(1)),
                (_, 'b') => parts.push(Part::Bay(1)),
                (_, 'r') => parts.push(Part::Row(1)),
                (_, 't') => parts.push(Part::Tier(1)),
                (_, other) => parts.push(Part::Literal(other)),
            }
        }
        let count = |letter: char| {
            parts
                .iter()
                .filter(|part| {
                    matches!(
                        (part, letter),
                        (Part::Block(_), 'B')
                            | (Part::Bay(_), 'b')
                            | (Part::Row(_), 'r')
                            | (Part::Tier(_), 't')
                    )
                })
                .count()
        };
        for letter in ['B', 'b', 'r', 't'] {
            let pattern = || pattern.to_owned();
            match count(letter) {
                0 => {
                    return Err(SlotPatternError::Missing {
                        pattern: pattern(),
                        letter,
                    });
                }
                1 => {}
                _ => {
                    return Err(SlotPatternError::Twice {
                        pattern: pattern(),
                        letter,
                    });
                }
            }
        }
        Ok(SlotPattern {
            text: pattern.to_owned(),
            parts,
        })
    }

    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Takes an address apart; `None` when it does not follow the pattern to its end.
    pub fn read(&self, address: &str) -> Option<SlotAddress> {
        let mut rest = address.trim();
        let (mut block, mut bay, mut row, mut tier) = ("", 0, 0, 0);
        for part in &self.parts {
            match *part {
                Part::Literal(c) => rest = rest.strip_prefix(c)?,
                Part::Block(n) => {
                    block = rest.get(..n)?;
                    rest = rest.get(n..)?;
                }
                Part::Bay(n) => bay = digits(&mut rest, n)?,
                Part::Row(n) => row = digits(&mut rest, n)?,
                Part::Tier(n) => tier = digits(&mut rest, n)?,
            }
        }
        let whole = rest.is_empty() && bay > 0 && row > 0 && tier > 0;
        whole.then(|| SlotAddress {
            block: SmolStr::new(block),
            bay,
            row,
            tier,
        })
    }

    /// Writes an address.
    pub fn write(&self, address: &SlotAddress) -> String {
        use fmt::Write as _;
        let mut text = String::with_capacity(self.text.len());
        for part in &self.parts {
            // Writing to a String cannot fail.
            let _ = match *part {
                Part::Literal(c) => write!(text, "{c}"),
                Part::Block(_) => write!(text, "{}", address.block),
                Part::Bay(n) => write!(text, "{:0n$}", address.bay),
                Part::Row(n) => write!(text, "{:0n$}", address.row),
                Part::Tier(n) => write!(text, "{:0n$}", address.tier),
            };
        }
        text
    }
}

impl Default for SlotPattern {
    /// The pattern of the Pacific terminal, `BBBbbrr.t`.
    fn default() -> SlotPattern {
        SlotPattern {
            text: "BBBbbrr.t".to_owned(),
            parts: vec![
                Part::Block(3),
                Part::Bay(2),
                Part::Row(2),
                Part::Literal('.'),
                Part::Tier(1),
            ],
        }
    }
}

fn digits(rest: &mut &str, n: usize) -> Option<u16> {
    let text = rest.get(..n)?;
    *rest = rest.get(n..)?;
    if text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_slots_of_the_real_alarm_screen_are_read() {
        let pattern = SlotPattern::parse("BBBbbrr.t").unwrap();
        assert_eq!(pattern, SlotPattern::default());
        let slot = pattern.read("G124405.1").unwrap();
        assert_eq!(
            (slot.block.as_str(), slot.bay, slot.row, slot.tier),
            ("G12", 44, 5, 1)
        );
        let slot = pattern.read("G155701.5").unwrap();
        assert_eq!(
            (slot.block.as_str(), slot.bay, slot.row, slot.tier),
            ("G15", 57, 1, 5)
        );
    }

    #[test]
    fn another_terminal_writes_another_pattern() {
        let slot = SlotPattern::parse("BBBbbbbrrt")
            .unwrap()
            .read("*1A0010203")
            .unwrap();
        assert_eq!(
            (slot.block.as_str(), slot.bay, slot.row, slot.tier),
            ("*1A", 10, 20, 3)
        );
    }

    #[test]
    fn what_does_not_follow_the_pattern_is_no_address() {
        for address in [
            "",
            "G12",
            "G124405",
            "G124405.12",
            "G12440x.1",
            "G120005.1",
            "箱区124405.1",
        ] {
            assert_eq!(SlotPattern::default().read(address), None, "{address}");
        }
    }

    #[test]
    fn a_pattern_without_a_tier_is_refused() {
        let error = SlotPattern::parse("BBbbrr").unwrap_err();
        assert_eq!(
            error,
            SlotPatternError::Missing {
                pattern: "BBbbrr".into(),
                letter: 't'
            }
        );
        assert!(SlotPattern::parse("BbBrrt").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(block in "[A-Z][0-9]{2}", bay in 1u16..100, row in 1u16..100, tier in 1u16..10) {
            let address = SlotAddress { block: block.into(), bay, row, tier };
            let pattern = SlotPattern::default();
            prop_assert_eq!(pattern.read(&pattern.write(&address)), Some(address));
        }
    }
}
