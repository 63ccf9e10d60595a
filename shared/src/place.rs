//! Places: UN/LOCODEs (`semantics.md` §1).

/// Whether a text has the form of a UN/LOCODE: two letters of a country, then three letters or digits 2 to 9
/// (UNECE Recommendation 16, §5).
pub fn is_unlocode(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 5
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..]
            .iter()
            .all(|b| b.is_ascii_uppercase() || (b'2'..=b'9').contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locode_is_a_country_and_three_characters() {
        assert!(is_unlocode("CNTXG") && is_unlocode("USNYC") && is_unlocode("DE2AB"));
        assert!(!is_unlocode("CNTX") && !is_unlocode("cntxg") && !is_unlocode("CNTX1") && !is_unlocode(""));
    }
}
