//! A box judged by those around it: a slot that is taken twice, dangerous goods too near to each other, and more boxes
//! of a class than may stand at once. The box that came later has the alarm.

use super::delay::{Delays, Wrong};
use super::judge::{Finding, Judge, Judgement, because};
use super::occurrence::{Detail, OtherBox};
use super::stands::{Stand, StandKey};
use super::watched::Watched;
use super::{Kind, StorageReason};
use crate::rules::{RuleBook, segregation};
use crate::time::Time;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Finds the stands under a key.
pub trait Stands {
    /// Hands out every stand under a key that there is at some moment from `from` on; further ones may be among them.
    fn each(&self, key: &StandKey, from: Time, take: &mut dyn FnMut(&Stand));
}

/// What is wrong with a stand by those around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Boxes in the same slot, with the moment at which the last of them is gone.
    taken_by: Vec<Stand>,
    /// Boxes that are too near, and why.
    too_near: Vec<(Stand, Vec<StorageReason>)>,
    /// For the first stand of a stay: when no longer too many came before it.
    too_many_until: Option<Option<Time>>,
}

impl Trouble {
    /// Whether nothing is wrong.
    pub fn is_none(&self) -> bool {
        *self == Trouble::default()
    }
}

/// Looks around a stand. `is_first` says that it is the first of its stay.
pub fn look_around(stand: &Stand, is_first: bool, rules: &RuleBook, stands: &dyn Stands) -> Trouble {
    let mut trouble = Trouble::default();
    let storage = &rules.at(stand.from).rules.storage;
    let mut seen = BTreeSet::new();
    let mut earlier = |key: &StandKey, take: &mut dyn FnMut(&Stand)| {
        stands.each(key, stand.from, &mut |other| {
            // Of two boxes each is seen once a kind of trouble, whatever number of places they share.
            let kind = key.0.as_bytes().first().copied();
            if other.container != stand.container
                && other.overlaps(stand)
                && other.came_before(stand)
                && seen.insert((kind, other.container.clone(), other.from))
            {
                take(other);
            }
        });
    };
    for key in stand.same_slot() {
        earlier(&key, &mut |other| trouble.taken_by.push(other.clone()));
    }
    if !stand.goods.is_empty() {
        for key in stand.near() {
            earlier(&key, &mut |other| {
                let reasons = segregation::apart(storage, &stand.goods, &other.goods);
                if !reasons.is_empty() {
                    trouble.too_near.push((other.clone(), reasons));
                }
            });
        }
    }
    if stand.limited && is_first {
        trouble.too_many_until = too_many(stand, storage.limited_boxes, stands);
    }
    let order = |a: &Stand, b: &Stand| (a.from, &a.container).cmp(&(b.from, &b.container));
    trouble.taken_by.sort_by(order);
    trouble.too_near.sort_by(|(a, _), (b, _)| order(a, b));
    trouble
}

/// Until when so many boxes that entered before it stand that it is one too many; `None` when it is not.
fn too_many(stand: &Stand, limit: u32, stands: &dyn Stands) -> Option<Option<Time>> {
    let mut leave: Vec<Time> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut count = |other: &Stand| {
        let before =
            (other.entered, &other.container, &other.stay) < (stand.entered, &stand.container, &stand.stay);
        let there = other.left.is_none_or(|left| left > stand.entered);
        if before && there && seen.insert((other.container.clone(), other.stay.clone())) {
            leave.push(other.left.unwrap_or(Time(i64::MAX)));
        }
    };
    for key in stand.there_when_it_entered() {
        stands.each(&key, stand.entered, &mut count);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if leave.len() < limit || limit == 0 {
        return (limit == 0).then_some(None);
    }
    leave.sort_unstable_by(|a, b| b.cmp(a));
    // While the last `limit` of them all stand, it is one too many.
    let until = leave[limit - 1];
    Some((until.0 != i64::MAX).then_some(until))
}

/// Judges a stay by what is wrong around its stands.
pub fn judge_among(
    stay: &Watched<'_>,
    troubles: &[(Stand, Trouble)],
    rules: &RuleBook,
    now: Time,
) -> Judgement {
    let mut judge = Judge::new(stay, rules, now);
    for (stand, trouble) in troubles {
        let began_by = stay.steps.iter().position(|step| {
            step.node.is_stacking() && step.at == stand.from && step.slot == Some(&stand.slot)
        });
        let Some(began_by) = began_by else { continue };
        let regime = rules.at(stand.from);
        if !trouble.taken_by.is_empty() {
            let rule = regime.rules.kind(Kind::SlotTaken);
            let wrong = until_gone(stand, trouble.taken_by.iter());
            judge.raise(wrong, Delays::of(&rule), || Finding {
                rule: SmolStr::new_static("slot_taken"),
                kind: Kind::SlotTaken,
                priority: rule.priority,
                began_by: &stay.steps[began_by],
                current: None,
                limit_seconds: None,
                slot: stay.steps[began_by].slot,
                detail: Detail {
                    others: trouble.taken_by.iter().map(other_box).collect(),
                    ..Detail::default()
                },
            });
        }
        let rule = regime.rules.kind(Kind::IllegalStorage);
        if !trouble.too_near.is_empty() {
            let wrong = until_gone(stand, trouble.too_near.iter().map(|(other, _)| other));
            let reasons: BTreeSet<StorageReason> = trouble
                .too_near
                .iter()
                .flat_map(|(_, reasons)| reasons.iter().copied())
                .collect();
            judge.raise(wrong, Delays::of(&rule), || Finding {
                rule: SmolStr::new_static("storage:apart"),
                kind: Kind::IllegalStorage,
                priority: rule.priority,
                began_by: &stay.steps[began_by],
                current: None,
                limit_seconds: None,
                slot: stay.steps[began_by].slot,
                detail: Detail {
                    others: trouble
                        .too_near
                        .iter()
                        .map(|(other, _)| other_box(other))
                        .collect(),
                    ..because(reasons.into_iter().collect())
                },
            });
        }
        if let Some(until) = trouble.too_many_until {
            let wrong = Wrong {
                from: stand.entered,
                until: earliest(until, stand.left),
            };
            judge.raise(wrong, Delays::of(&rule), || Finding {
                rule: SmolStr::new_static("storage:number"),
                kind: Kind::IllegalStorage,
                priority: rule.priority,
                began_by: &stay.steps[began_by],
                current: None,
                limit_seconds: None,
                slot: stay.steps[began_by].slot,
                detail: because(vec![StorageReason::TooMany]),
            });
        }
    }
    judge.judgement
}

/// From the later one's coming until it goes, or the last of the others.
fn until_gone<'a>(stand: &Stand, others: impl Iterator<Item = &'a Stand>) -> Wrong {
    let last = others.map(|other| other.until.unwrap_or(Time(i64::MAX))).max();
    let last = last.filter(|last| last.0 != i64::MAX);
    Wrong {
        from: stand.from,
        until: earliest(last, stand.until),
    }
}

fn earliest(a: Option<Time>, b: Option<Time>) -> Option<Time> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn other_box(stand: &Stand) -> OtherBox {
    OtherBox {
        container: stand.container.clone(),
        stay: stand.stay.clone(),
        site: None,
        slot: Some(stand.slot.clone()),
        source: None,
    }
}
