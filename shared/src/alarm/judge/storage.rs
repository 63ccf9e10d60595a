//! Where a box stands, judged by itself (非法存储箱报警): designation, class, height, power, and how long.

use super::{Finding, Judge};
use crate::alarm::delay::{Delays, Wrong, milliseconds};
use crate::alarm::occurrence::Detail;
use crate::alarm::{Kind, Priority, StorageReason};
use crate::rules::Rules;
use smol_str::SmolStr;

impl Judge<'_> {
    pub(super) fn storage(&mut self) {
        let stay = self.stay;
        if stay.dangerous.is_empty() && !stay.refrigerated {
            return;
        }
        for placement in stay.placements() {
            let regime = self.rules.at(placement.from);
            let rules = &regime.rules;
            let reasons =
                rules
                    .storage
                    .reasons(stay.dangerous, stay.refrigerated, placement.slot, &regime.layout);
            if reasons.is_empty() {
                continue;
            }
            let wrong = Wrong {
                from: placement.from,
                until: placement.until,
            };
            self.raise(wrong, Delays::of(&rules.kind(Kind::IllegalStorage)), || Finding {
                rule: SmolStr::new_static("storage:place"),
                kind: Kind::IllegalStorage,
                priority: priority(rules, stay.dangerous.is_empty()),
                began_by: &stay.steps[placement.step],
                current: None,
                limit_seconds: None,
                slot: Some(placement.slot),
                detail: because(reasons),
            });
        }
        self.time_in_yard();
    }

    /// Some goods may stand for a limited time, whatever the slot.
    fn time_in_yard(&mut self) {
        let stay = self.stay;
        let stacked = |step: &&super::Step<'_>| step.node.is_stacking() && !step.date_only;
        let Some(first) = stay.steps.iter().find(stacked) else {
            return;
        };
        let rules = &self.rules.at(first.at).rules;
        let Some(seconds) = rules.storage.limit_seconds(stay.dangerous) else {
            return;
        };
        let kind = rules.kind(Kind::IllegalStorage);
        let delays = Delays {
            on: milliseconds(seconds).saturating_add(milliseconds(kind.on_delay_seconds)),
            strict: true,
            ..Delays::of(&kind)
        };
        let wrong = Wrong {
            from: first.at,
            until: stay.ended_at,
        };
        self.raise(wrong, delays, || Finding {
            rule: SmolStr::new_static("storage:time"),
            kind: Kind::IllegalStorage,
            priority: kind.priority,
            began_by: first,
            current: None,
            limit_seconds: Some(seconds),
            slot: first.slot,
            detail: because(vec![StorageReason::TooLong]),
        });
    }
}

fn priority(rules: &Rules, only_refrigerated: bool) -> Priority {
    match only_refrigerated {
        true => rules.storage.reefer_priority,
        false => rules.kind(Kind::IllegalStorage).priority,
    }
}

/// Why storage is illegal.
pub(in crate::alarm) fn because(reasons: Vec<StorageReason>) -> Detail {
    Detail {
        reasons,
        ..Detail::default()
    }
}
