//! Limits and tolerances (`domain.md` §6), each of them a setting.

use super::amount::Fen;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// What one order may be worth: CNY 5,000, 财政部 海关总署 税务总局 财关税〔2018〕49号, clause 1.
pub const ORDER_LIMIT: Fen = Fen(500_000);
/// What a person may buy in a year: CNY 26,000, the same clause.
pub const YEAR_LIMIT: Fen = Fen(2_600_000);
/// What paid and due may differ by, as a share of what is due, in millionths: 5 %.
pub const TOLERANCE_MILLIONTHS: u32 = 50_000;
/// What they may differ by in any case: CNY 1.
pub const TOLERANCE: Fen = Fen(100);

/// By which rules documents are held against each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelRules {
    /// What paid and due may differ by, as a share of what is due, in millionths.
    pub tolerance_millionths: u32,
    /// What they may differ by in any case. The larger of the two counts.
    pub tolerance: Fen,
    /// What one order may be worth.
    pub order_limit: Fen,
    /// What a buyer may buy in a calendar year of the site.
    pub year_limit: Fen,
    /// The customs codes of registered enterprises; `None` where nobody keeps a register, and nothing is checked.
    pub enterprises: Option<FxHashSet<SmolStr>>,
}

impl Default for ParcelRules {
    fn default() -> ParcelRules {
        ParcelRules {
            tolerance_millionths: TOLERANCE_MILLIONTHS,
            tolerance: TOLERANCE,
            order_limit: ORDER_LIMIT,
            year_limit: YEAR_LIMIT,
            enterprises: None,
        }
    }
}

impl ParcelRules {
    /// Whether what was paid is what was due, within the tolerance. `due` is below zero when the discount is more than
    /// everything else.
    pub fn is_paid(&self, paid: Fen, due: i64) -> bool {
        let difference = u128::from((i128::from(paid.0) - i128::from(due)).unsigned_abs() as u64);
        let share = u128::from(self.tolerance_millionths) * u128::from(due.max(0).unsigned_abs());
        // Compared in millionths of a fen, so that nothing is rounded.
        difference * 1_000_000 <= share.max(u128::from(self.tolerance.0) * 1_000_000)
    }

    /// Whether an enterprise may send parcels.
    pub fn is_registered(&self, enterprise: Option<&str>) -> bool {
        match (&self.enterprises, enterprise) {
            (None, _) => true,
            (Some(register), Some(enterprise)) => register.contains(enterprise),
            (Some(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tolerance_is_the_larger_of_share_and_amount_and_includes_its_border() {
        let rules = ParcelRules::default();
        // 5 % of 100.01 yuan is 5.0005 yuan: 5.00 is within, 5.01 is not.
        assert!(rules.is_paid(Fen(10_501), 10_001) && !rules.is_paid(Fen(10_502), 10_001));
        assert!(rules.is_paid(Fen(9_501), 10_001) && !rules.is_paid(Fen(9_500), 10_001));
        // Of 10 yuan 5 % would be half a yuan: one yuan counts.
        assert!(rules.is_paid(Fen(1_100), 1_000) && !rules.is_paid(Fen(1_101), 1_000));
        let exact = ParcelRules {
            tolerance_millionths: 0,
            tolerance: Fen(0),
            ..rules
        };
        assert!(exact.is_paid(Fen(1_000), 1_000) && !exact.is_paid(Fen(1_001), 1_000));
        assert!(!exact.is_paid(Fen(0), -1));
    }

    #[test]
    fn without_a_register_nobody_is_unregistered() {
        let mut rules = ParcelRules::default();
        assert!(rules.is_registered(None) && rules.is_registered(Some("3301")));
        rules.enterprises = Some(FxHashSet::from_iter([SmolStr::new("3301")]));
        assert!(rules.is_registered(Some("3301")) && !rules.is_registered(Some("3302")));
        assert!(!rules.is_registered(None));
    }
}
