//! ISO 6346 size types, and TEU counted in halves so that sums stay exact.

/// A size type as sent, such as `22G1`, `45R1`, or an old numeric one such as `4532`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeType<'a>(pub &'a str);

impl SizeType<'_> {
    /// Length in half TEU: 1 for 10 ft, 2 for 20 ft, 4 for 40 and 45 ft; `None` when the first character is
    /// no known length (`domain.md` §3).
    pub fn half_teu(self) -> Option<u8> {
        match self.0.as_bytes() {
            [b'1', _, ..] => Some(1),
            [b'2', _, ..] => Some(2),
            [b'4' | b'L' | b'M' | b'9', _, ..] => Some(4),
            _ => None,
        }
    }

    /// Whether the box is longer than one 20 ft bay, and so stands in an even bay over two odd ones.
    pub fn is_long(self) -> bool {
        self.half_teu() == Some(4)
    }

    /// Whether the type itself is temperature-controlled: third character R or H, or 3 or 4 in the old
    /// numeric types of ISO 6346:1984.
    pub fn is_temperature_controlled(self) -> bool {
        let bytes = self.0.as_bytes();
        match bytes.get(2) {
            Some(b'R' | b'H' | b'r' | b'h') => true,
            Some(b'3' | b'4') => bytes.len() == 4 && bytes.iter().all(u8::is_ascii_digit),
            _ => false,
        }
    }

    /// Whether it is a tank: third character T, or 7 in the old numeric types.
    pub fn is_tank(self) -> bool {
        let bytes = self.0.as_bytes();
        match bytes.get(2) {
            Some(b'T' | b't') => true,
            Some(b'7') => bytes.len() == 4 && bytes.iter().all(u8::is_ascii_digit),
            _ => false,
        }
    }
}

/// A number of TEU in halves, so that adding and subtracting stays exact.
pub type HalfTeu = i64;

/// Halves as TEU.
pub fn teu(halves: HalfTeu) -> f64 {
    halves as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_gives_teu() {
        for (code, halves) in [
            ("22G1", Some(2)),
            ("45R1", Some(4)),
            ("L5G1", Some(4)),
            ("12G1", Some(1)),
            ("4532", Some(4)),
            ("2210", Some(2)),
            ("", None),
            ("X", None),
            ("ZZZZ", None),
        ] {
            assert_eq!(SizeType(code).half_teu(), halves, "{code}");
        }
    }

    #[test]
    fn the_third_character_tells_reefers_and_tanks() {
        assert!(SizeType("45R1").is_temperature_controlled());
        assert!(SizeType("22H0").is_temperature_controlled());
        assert!(SizeType("4532").is_temperature_controlled());
        assert!(!SizeType("22G1").is_temperature_controlled());
        assert!(SizeType("22T6").is_tank());
        assert!(SizeType("2270").is_tank());
    }
}
