//! What `q` looks for.

/// The beginning of a container number, bill of lading, voyage, vessel's name or number, or declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// In capitals.
    pub(crate) capitals: String,
    /// Letters and digits alone, as container numbers are compared.
    pub(crate) plain: String,
}

impl Text {
    /// What a person typed; `None` when that is nothing.
    pub fn new(typed: &str) -> Option<Text> {
        let capitals = typed.trim().to_uppercase();
        let plain = capitals.chars().filter(char::is_ascii_alphanumeric).collect();
        Some(Text { capitals, plain }).filter(|text| !text.capitals.is_empty())
    }

    /// Whether a container number begins so.
    pub fn begins_container(&self, container: &str) -> bool {
        !self.plain.is_empty() && container.starts_with(&self.plain)
    }

    /// Whether a text begins so, in capitals or not.
    pub fn begins(&self, text: &str) -> bool {
        let mut capitals = text.chars().flat_map(char::to_uppercase);
        self.capitals.chars().all(|c| capitals.next() == Some(c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_blanks_and_hyphens_make_no_difference() {
        let text = Text::new(" csu-609 ").unwrap();
        assert!(text.begins_container("CSU6097384"));
        assert!(!text.begins_container("XCSU6097384"));
        let text = Text::new("Cosco p").unwrap();
        assert!(text.begins("COSCO PACIFIC") && text.begins("Cosco Pacific"));
        assert!(!text.begins("COSCO") && !text.begins("OLD COSCO PACIFIC"));
        assert_eq!(Text::new("  "), None);
    }
}
