//! Amounts of money, which travel as whole fen.

use super::{Language, format};

/// An amount in whole yuan, as sums are looked at.
pub fn yuan(language: Language, fen: u64) -> String {
    in_yuan(language, format::whole(fen / 100))
}

/// An amount to the fen.
pub fn exact(language: Language, fen: u64) -> String {
    in_yuan(language, plain(fen))
}

/// The same where its column says the currency.
pub fn plain(fen: u64) -> String {
    [&format::whole(fen / 100), ".", &cents(fen)].concat()
}

fn cents(fen: u64) -> String {
    [(fen / 10 % 10).to_string(), (fen % 10).to_string()].concat()
}

fn in_yuan(language: Language, amount: String) -> String {
    match language {
        Language::English => ["CNY ", &amount].concat(),
        Language::Chinese => [&amount, " 元"].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_in_yuan_and_lose_no_fen() {
        assert_eq!(yuan(Language::English, 9_019_000_099), "CNY 90,190,000");
        assert_eq!(exact(Language::Chinese, 129_905), "1,299.05 元");
        assert_eq!(exact(Language::English, 1_205), "CNY 12.05");
    }
}
