//! Which dangerous goods may not stand near each other: the general segregation table of the IMDG Code, 7.2.4. A
//! terminal yard keeps apart what the code segregates at all (`semantics.md` §4).

use super::StorageRules;
use crate::alarm::StorageReason;
use crate::event::DangerousGoods;
use crate::yard::layout::class_lies_within;

/// Classes and divisions in the order of the table.
const CLASSES: [&str; 17] = [
    "1.1", "1.3", "1.4", "2.1", "2.2", "2.3", "3", "4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "6.2", "7", "8",
    "9",
];

/// 1 away from, 2 separated from, 3 separated by a complete compartment, 4 separated longitudinally by one; 0 where the
/// table has no general rule. Explosives among each other follow their compatibility groups, which messages seldom
/// carry: 0.
const TABLE: [[u8; 17]; 17] = [
    [0, 0, 0, 4, 2, 2, 4, 4, 4, 4, 4, 4, 2, 4, 2, 4, 0],
    [0, 0, 0, 4, 2, 2, 4, 3, 3, 4, 4, 4, 2, 4, 2, 2, 0],
    [0, 0, 0, 2, 1, 1, 2, 2, 2, 2, 2, 2, 0, 4, 2, 2, 0],
    [4, 4, 2, 0, 0, 0, 2, 1, 2, 0, 2, 2, 0, 4, 2, 1, 0],
    [2, 2, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 2, 1, 0, 0],
    [2, 2, 1, 0, 0, 0, 2, 0, 2, 0, 0, 2, 0, 2, 1, 0, 0],
    [4, 4, 2, 2, 1, 2, 0, 0, 2, 1, 2, 2, 0, 3, 2, 0, 0],
    [4, 3, 2, 1, 0, 0, 0, 0, 1, 0, 1, 2, 0, 3, 2, 1, 0],
    [4, 3, 2, 2, 1, 2, 2, 1, 0, 1, 2, 2, 1, 3, 2, 1, 0],
    [4, 4, 2, 0, 0, 0, 1, 0, 1, 0, 2, 2, 0, 2, 2, 1, 0],
    [4, 4, 2, 2, 0, 0, 2, 1, 2, 2, 0, 2, 1, 3, 1, 2, 0],
    [4, 4, 2, 2, 1, 2, 2, 2, 2, 2, 2, 0, 1, 3, 2, 2, 0],
    [2, 2, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0],
    [4, 4, 4, 4, 2, 2, 3, 3, 3, 2, 3, 3, 1, 0, 3, 3, 0],
    [2, 2, 2, 2, 1, 1, 2, 2, 2, 2, 1, 2, 0, 3, 0, 2, 0],
    [4, 2, 2, 1, 0, 0, 0, 1, 1, 1, 2, 2, 0, 3, 2, 0, 0],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
];

/// Rows of the table that a class means: its own, or all its divisions when it names none of them.
fn rows(class: &str) -> impl Iterator<Item = usize> {
    // 1.2 and 1.5 share the row of 1.1, 1.6 that of 1.3.
    let row = match class.get(..3).unwrap_or(class) {
        "1.2" | "1.5" => "1.1",
        "1.6" => "1.3",
        _ => class,
    };
    CLASSES
        .iter()
        .enumerate()
        .filter(move |(_, own)| class_lies_within(row, own) || class_lies_within(own, row))
        .map(|(index, _)| index)
}

/// How strongly the code keeps two classes apart, 0 to 4. A class without its division is taken as the division that is
/// kept apart least: what nobody said raises no alarm.
pub fn level(a: &str, b: &str) -> u8 {
    rows(a)
        .flat_map(|a| rows(b).map(move |b| TABLE[a][b]))
        .min()
        .unwrap_or(0)
}

/// Why two boxes may not stand in the same or in neighbouring bays.
pub fn apart(rules: &StorageRules, a: &[DangerousGoods], b: &[DangerousGoods]) -> Vec<StorageReason> {
    let mut reasons = Vec::new();
    let segregated = rules.segregation_level > 0
        && pairs(a, b).any(|(a, b)| match (&a.class, &b.class) {
            (Some(a), Some(b)) => level(a, b) >= rules.segregation_level,
            _ => false,
        });
    if segregated {
        reasons.push(StorageReason::Segregated);
    }
    let lithium = |a: &DangerousGoods, b: &DangerousGoods| {
        let is_lithium = a.un.as_ref().is_some_and(|un| rules.lithium_un.contains(un));
        is_lithium
            && b.class.as_ref().is_some_and(|class| {
                let mut named = rules.lithium_apart_from.iter();
                named.any(|named| class_lies_within(class, named))
            })
    };
    if pairs(a, b).any(|(a, b)| lithium(a, b) || lithium(b, a)) {
        reasons.push(StorageReason::LithiumNearFlammables);
    }
    reasons
}

fn pairs<'a>(
    a: &'a [DangerousGoods],
    b: &'a [DangerousGoods],
) -> impl Iterator<Item = (&'a DangerousGoods, &'a DangerousGoods)> {
    a.iter().flat_map(move |a| b.iter().map(move |b| (a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_same_from_both_sides() {
        for (i, row) in TABLE.iter().enumerate() {
            for (j, level) in row.iter().enumerate() {
                assert_eq!(*level, TABLE[j][i], "{} and {}", CLASSES[i], CLASSES[j]);
            }
        }
    }

    #[test]
    fn flammable_liquids_are_kept_from_oxidisers_and_not_from_corrosives() {
        assert_eq!((level("3", "5.1"), level("5.1", "3")), (2, 2));
        assert_eq!(level("3", "8"), 0);
        assert_eq!(level("3", "9"), 0);
        assert_eq!(level("1.2G", "2.1"), 4);
        assert_eq!(level("4.2", "4.3"), 1);
    }

    #[test]
    fn a_class_without_its_division_is_kept_apart_only_where_all_of_its_divisions_are() {
        assert_eq!(level("5", "3"), 2);
        assert_eq!(level("2", "3"), 1);
        assert_eq!(level("2", "8"), 0);
    }

    #[test]
    fn lithium_batteries_stand_apart_from_flammables() {
        let goods = |class: &str, un: &str| {
            vec![DangerousGoods {
                class: Some(class.into()),
                un: Some(un.into()),
            }]
        };
        let rules = StorageRules::default();
        assert_eq!(
            apart(&rules, &goods("9", "3480"), &goods("3", "1993")),
            [StorageReason::LithiumNearFlammables]
        );
        assert_eq!(apart(&rules, &goods("9", "3480"), &goods("8", "2735")), []);
        assert_eq!(
            apart(&rules, &goods("3", "1993"), &goods("5.1", "1479")),
            [StorageReason::Segregated]
        );
    }
}
