//! What may stand where, how high and how long (`semantics.md` §4, default storage rules).

use crate::alarm::{Priority, StorageReason};
use crate::event::DangerousGoods;
use crate::yard::Layout;
use crate::yard::layout::class_lies_within;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// The rules for dangerous and refrigerated boxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StorageRules {
    /// IMDG classes that may not stand at all: direct pickup or direct loading only.
    pub forbidden_classes: Vec<SmolStr>,
    /// UN numbers that may not stand at all.
    pub forbidden_un: Vec<SmolStr>,
    /// Classes that may stand for a limited time.
    pub limited_classes: Vec<SmolStr>,
    /// How long those may stand, in seconds.
    pub limited_seconds: u64,
    /// How many boxes with those may stand at a site at once.
    pub limited_boxes: u32,
    /// Classes that may stand at most `low_tiers` high.
    pub low_classes: Vec<SmolStr>,
    /// Highest tier for those.
    pub low_tiers: u16,
    /// Highest tier for every other dangerous box.
    pub dangerous_tiers: u16,
    /// Whether solids of class 8 and 9 may stand among general boxes. Events do not tell solids from
    /// liquids, so switching it on excepts both classes as a whole.
    pub except_class_8_and_9: bool,
    /// Classes that the IMDG Code segregates by at least this level (7.2.4, 1 to 4) may not stand in the same or in
    /// neighbouring bays; 0: that is not looked at.
    pub segregation_level: u8,
    /// UN numbers of lithium batteries …
    pub lithium_un: Vec<SmolStr>,
    /// … and the classes from which they stand apart.
    pub lithium_apart_from: Vec<SmolStr>,
    /// How urgent it is when nothing but a refrigerated box stands wrong; the kind's own priority is for dangerous ones.
    pub reefer_priority: Priority,
}

impl Default for StorageRules {
    fn default() -> StorageRules {
        let classes = |names: &[&str]| names.iter().map(SmolStr::new).collect();
        StorageRules {
            forbidden_classes: classes(&["1.1", "1.2"]),
            forbidden_un: classes(&["1942", "2067"]),
            limited_classes: classes(&["1", "2", "7"]),
            limited_seconds: 48 * 3_600,
            limited_boxes: 20,
            low_classes: classes(&["2.1", "3", "4", "5.1", "5.2"]),
            low_tiers: 2,
            dangerous_tiers: 3,
            except_class_8_and_9: false,
            segregation_level: 1,
            lithium_un: classes(&["3090", "3091", "3480", "3481"]),
            lithium_apart_from: classes(&["2.1", "3", "4"]),
            reefer_priority: Priority::Medium,
        }
    }
}

impl StorageRules {
    /// Why a box may not stand in a slot; empty when it may. The time that it stands is judged apart, by
    /// [`StorageRules::limit_seconds`].
    pub fn reasons(
        &self,
        dangerous: &[DangerousGoods],
        refrigerated: bool,
        slot: &str,
        layout: &Layout,
    ) -> Vec<StorageReason> {
        let mut reasons = Vec::new();
        if dangerous.is_empty() && !refrigerated {
            return reasons;
        }
        let found = layout.find(slot);
        match &found {
            None => reasons.push(StorageReason::NoBlock),
            Some((block, _)) => {
                let excepted = self.except_class_8_and_9
                    && !dangerous.is_empty()
                    && dangerous
                        .iter()
                        .all(|goods| self.is_within(goods, &["8".into(), "9".into()]));
                if !dangerous.is_empty() && !excepted && !block.designation.takes_dangerous(dangerous) {
                    reasons.push(StorageReason::NotForDangerous);
                }
                if refrigerated && !block.designation.takes_reefers() {
                    reasons.push(StorageReason::NotForReefers);
                }
            }
        }
        if dangerous.iter().any(|goods| self.is_forbidden(goods)) {
            reasons.push(StorageReason::MayNotStand);
        }
        if let (Some((_, slot)), false) = (&found, dangerous.is_empty()) {
            let low = dangerous
                .iter()
                .any(|goods| self.is_within(goods, &self.low_classes));
            let highest = if low { self.low_tiers } else { self.dangerous_tiers };
            if slot.tier > highest {
                reasons.push(StorageReason::TooHigh);
            }
        }
        reasons
    }

    /// How long such goods may stand; `None` for as long as they like.
    pub fn limit_seconds(&self, dangerous: &[DangerousGoods]) -> Option<u64> {
        self.is_limited(dangerous).then_some(self.limited_seconds)
    }

    /// Whether such goods may stand only for a limited time and in a limited number.
    pub fn is_limited(&self, dangerous: &[DangerousGoods]) -> bool {
        let mut goods = dangerous.iter();
        goods.any(|goods| self.is_within(goods, &self.limited_classes) && !self.is_forbidden(goods))
    }

    fn is_forbidden(&self, goods: &DangerousGoods) -> bool {
        self.is_within(goods, &self.forbidden_classes)
            || goods.un.as_ref().is_some_and(|un| self.forbidden_un.contains(un))
    }

    fn is_within(&self, goods: &DangerousGoods, classes: &[SmolStr]) -> bool {
        goods
            .class
            .as_ref()
            .is_some_and(|class| classes.iter().any(|named| class_lies_within(class, named)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yard::builtin;

    fn reasons(class: &str, un: &str, refrigerated: bool, slot: &str) -> Vec<StorageReason> {
        let goods = match class {
            "" => Vec::new(),
            class => vec![DangerousGoods {
                class: Some(class.into()),
                un: Some(un.into()),
            }],
        };
        StorageRules::default().reasons(&goods, refrigerated, slot, &builtin::layout())
    }

    #[test]
    fn the_boxes_of_the_real_alarm_screen_stand_illegally() {
        use StorageReason::{NotForDangerous, NotForReefers, TooHigh};
        assert_eq!(
            reasons("3", "1993", true, "G124405.1"),
            [NotForDangerous, NotForReefers]
        );
        assert_eq!(
            reasons("3", "1993", false, "G155701.5"),
            [NotForDangerous, TooHigh]
        );
    }

    #[test]
    fn designated_blocks_take_what_they_are_designated_for() {
        assert_eq!(reasons("3", "1993", false, "D010101.2"), []);
        assert_eq!(reasons("", "", true, "R010101.5"), []);
        assert_eq!(reasons("", "", false, "G010101.5"), []);
        assert_eq!(reasons("3", "1993", true, "D060101.1"), []);
        assert_eq!(
            reasons("3", "1993", true, "D010101.1"),
            [StorageReason::NotForReefers]
        );
    }

    #[test]
    fn a_slot_that_no_block_covers_is_none() {
        assert_eq!(reasons("", "", true, "behind the shed"), [StorageReason::NoBlock]);
        assert_eq!(reasons("8", "2735", false, "Z990101.1"), [StorageReason::NoBlock]);
        assert_eq!(reasons("", "", false, "Z990101.1"), []);
    }

    #[test]
    fn explosives_and_ammonium_nitrate_may_not_stand_at_all() {
        assert_eq!(
            reasons("1.1D", "0081", false, "D010101.1"),
            [StorageReason::MayNotStand]
        );
        assert_eq!(
            reasons("5.1", "1942", false, "D010101.1"),
            [StorageReason::MayNotStand]
        );
    }

    #[test]
    fn flammables_stand_two_high_and_others_three() {
        assert_eq!(
            reasons("2.1", "1978", false, "D010101.3"),
            [StorageReason::TooHigh]
        );
        assert_eq!(reasons("8", "2735", false, "D010101.3"), []);
    }

    #[test]
    fn gases_may_stand_for_two_days() {
        let rules = StorageRules::default();
        let goods = |class: &str| {
            vec![DangerousGoods {
                class: Some(class.into()),
                un: None,
            }]
        };
        assert_eq!(rules.limit_seconds(&goods("2.2")), Some(172_800));
        assert_eq!(rules.limit_seconds(&goods("3")), None);
        assert_eq!(rules.limit_seconds(&goods("1.1")), None);
    }
}
