//! One container in two places: two senders put it into different slots by one node, or it is at two sites at once.

use super::{Finding, Judge, Judgement};
use crate::alarm::Kind;
use crate::alarm::delay::{Delays, Wrong};
use crate::alarm::occurrence::{Detail, OtherBox};
use crate::alarm::watched::Watched;
use crate::rules::RuleBook;
use crate::time::Time;
use smol_str::SmolStr;

impl Judge<'_> {
    /// Two senders name different slots for one node: until the box is put down again, or leaves.
    pub(super) fn contradictions(&mut self) {
        let stay = self.stay;
        for (index, step) in stay.steps.iter().enumerate() {
            let Some(other) = step.contradicted.filter(|_| !step.date_only) else {
                continue;
            };
            let from = step.at.max(other.at);
            let mut later = stay.steps[index + 1..].iter();
            let moved = later.find(|later| later.node.is_stacking() && !later.date_only);
            let until = moved.map(|moved| moved.at).or(stay.ended_at);
            let rule = self.rules.at(from).rules.kind(Kind::TwoPlaces);
            let wrong = Wrong { from, until };
            self.raise(wrong, Delays::of(&rule), || Finding {
                rule: SmolStr::new_static("two_places:slot"),
                kind: Kind::TwoPlaces,
                priority: rule.priority,
                began_by: step,
                current: None,
                limit_seconds: None,
                slot: step.slot,
                detail: Detail {
                    others: vec![OtherBox {
                        container: stay.container.clone(),
                        stay: stay.id.clone(),
                        site: None,
                        slot: Some(other.slot.clone()),
                        source: Some(other.source.clone()),
                    }],
                    ..Detail::default()
                },
            });
        }
    }
}

/// Where else a container was, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Site code.
    pub site: SmolStr,
    /// The stay there.
    pub stay: SmolStr,
    /// When it began.
    pub began_at: Time,
    /// When it ended; `None` while it is there.
    pub ended_at: Option<Time>,
    /// Where it stands there.
    pub slot: Option<SmolStr>,
}

/// A stay that began while the container was at other sites: until it has left one of them. `elsewhere` holds the stays
/// of the same container at other sites.
pub fn two_sites(stay: &Watched<'_>, elsewhere: &[Sighting], rules: &RuleBook, now: Time) -> Judgement {
    let mut judge = Judge::new(stay, rules, now);
    let Some(began) = stay.began_at else {
        return judge.judgement;
    };
    let there = |other: &&Sighting| {
        // Of two that began at one moment one has the alarm.
        (other.began_at, &other.site) < (began, stay.site) && other.ended_at.is_none_or(|ended| ended > began)
    };
    let mut others: Vec<&Sighting> = elsewhere.iter().filter(there).collect();
    others.sort_by(|a, b| (a.began_at, &a.site).cmp(&(b.began_at, &b.site)));
    if others.is_empty() {
        return judge.judgement;
    }
    let last = others
        .iter()
        .map(|other| other.ended_at.unwrap_or(Time(i64::MAX)))
        .max()
        .filter(|last| last.0 != i64::MAX);
    let until = match (last, stay.ended_at) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let Some(step) = stay
        .steps
        .iter()
        .position(|step| step.at >= began && !step.date_only)
    else {
        return judge.judgement;
    };
    let rule = rules.at(began).rules.kind(Kind::TwoPlaces);
    let slot = judge.slot_at(stay.steps.len() - 1);
    let wrong = Wrong { from: began, until };
    judge.raise(wrong, Delays::of(&rule), || Finding {
        rule: SmolStr::new_static("two_places:site"),
        kind: Kind::TwoPlaces,
        priority: rule.priority,
        began_by: &stay.steps[step],
        current: None,
        limit_seconds: None,
        slot,
        detail: Detail {
            others: others
                .iter()
                .map(|other| OtherBox {
                    container: stay.container.clone(),
                    stay: other.stay.clone(),
                    site: Some(other.site.clone()),
                    slot: other.slot.clone(),
                    source: None,
                })
                .collect(),
            ..Detail::default()
        },
    });
    judge.judgement
}
