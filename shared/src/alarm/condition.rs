//! What another book says of itself, such as that of the parcels: that something is wrong, and when it is right again. The
//! book says it, the port's journal keeps it, and delays, lists and people work on it as on every other alarm of the
//! system itself.

use super::Kind;
use super::delay::{Delays, Wrong, join, stand};
use super::judge::Judgement;
use super::occurrence::{About, Detail, Occurrence};
use crate::rules::Rules;
use crate::stay::fold::fnv1a;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

/// So many times in which it was wrong are kept to be looked at again; those before them no longer change.
const KEPT: usize = 4;

/// What a condition is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConditionKey {
    /// The site.
    pub site: SmolStr,
    /// What is wrong.
    pub kind: Kind,
    /// With whom or where: a party, a park.
    pub subject: SmolStr,
}

/// What is said of a condition: since when something is wrong, or that it is right again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What it is about.
    #[serde(flatten)]
    pub key: ConditionKey,
    /// Since when it is wrong.
    pub from: Time,
    /// Until when it was; none while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// How many parcels it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcels: Option<u64>,
    /// The share of mismatches and what is usual, in thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mismatches: Option<(u32, u32)>,
}

/// The last times in which a condition was wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConditionState {
    spells: Vec<Spell>,
    /// When passing time alone next changes the alarm.
    pub look_at: Option<Time>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Spell {
    from: Time,
    until: Option<Time>,
    parcels: Option<u64>,
    mismatches: Option<(u32, u32)>,
}

impl ConditionState {
    /// Takes in what is said. Answers whether that says anything new: the same may be said again. What ended and is said
    /// to go on since the same moment, as the oldest of some parcels may say, has begun again: the new time begins where
    /// the last one ended.
    pub fn tell(&mut self, said: &Condition) -> bool {
        let mut said = said.clone();
        match self.spells.last() {
            // It is about the time that goes on, which may have begun later than what was said.
            Some(last) if last.until.is_none() && said.from < last.from => said.from = last.from,
            Some(Spell {
                from,
                until: Some(until),
                ..
            }) if said.until.is_none() && self.spells.iter().any(|spell| spell.from == said.from) => {
                said.from = (*until).max(from.plus(1));
            }
            _ => {}
        }
        let known = self.spells.iter_mut().rev().find(|spell| spell.from == said.from);
        let Some(spell) = known else {
            // Whoever begins anew has missed the end of what went on.
            if let Some(last) = self.spells.last_mut().filter(|last| last.until.is_none()) {
                last.until = Some(said.from.max(last.from));
            }
            self.spells.push(Spell {
                from: said.from,
                until: said.until,
                parcels: said.parcels,
                mismatches: said.mismatches,
            });
            if self.spells.len() > KEPT {
                self.spells.remove(0);
            }
            return true;
        };
        let before = *spell;
        spell.until = said.until.or(spell.until);
        spell.parcels = spell.parcels.max(said.parcels);
        spell.mismatches = spell.mismatches.max(said.mismatches);
        *spell != before
    }

    /// Since when it is wrong; none while it is right.
    pub fn open(&self) -> Option<Time> {
        let last = self.spells.last()?;
        last.until.is_none().then_some(last.from)
    }

    /// The alarms that follow.
    pub fn judge(&self, key: &ConditionKey, rules: &Rules, now: Time) -> Judgement {
        let mut judgement = Judgement::default();
        let rule = rules.kind(key.kind);
        let delays = Delays::of(&rule);
        let wrongs = self.spells.iter().map(|spell| {
            let wrong = Wrong {
                from: spell.from,
                until: spell.until,
            };
            (wrong, *spell)
        });
        let name = format_smolstr!("{}:{}", key.kind.name(), key.subject);
        for (wrong, spell) in join(wrongs.collect(), delays) {
            let standing = stand(wrong, delays, None, now);
            judgement.look_at(standing.look_at);
            let Some((raised_at, cleared_at)) = standing.raised else {
                continue;
            };
            let hash = fnv1a(&["alarm", &key.site, &name, &wrong.from.0.to_string()]);
            let is_place = key.kind == Kind::ParcelOvertime;
            judgement.occurrences.push(Occurrence {
                id: format_smolstr!("{}-{hash:016x}", key.kind.name()),
                rule: name.clone(),
                kind: key.kind,
                priority: rule.priority,
                previous: None,
                current: None,
                limit_seconds: None,
                detail: Detail {
                    source: (!is_place).then(|| key.subject.clone()),
                    park: is_place.then(|| key.subject.clone()),
                    parcels: spell.parcels,
                    mismatches: spell.mismatches,
                    ..Detail::default()
                },
                slot: None,
                block: None,
                about: About::system(key.site.clone()),
                raised_at,
                cleared_at,
            });
        }
        judgement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;

    fn said(from: i64, until: Option<i64>) -> Condition {
        Condition {
            key: ConditionKey {
                site: "S".into(),
                kind: Kind::ParcelPartySilent,
                subject: "pay".into(),
            },
            from: Time(from),
            until: until.map(Time),
            parcels: None,
            mismatches: None,
        }
    }

    #[test]
    fn what_is_said_again_is_nothing_new_and_what_ends_is_cleared() {
        let mut state = ConditionState::default();
        assert!(state.tell(&said(0, None)) && !state.tell(&said(0, None)));
        assert_eq!(state.open(), Some(Time(0)));
        let key = said(0, None).key;
        let raised = |state: &ConditionState| {
            let all = state
                .judge(&key, &Rules::default(), Time(10 * MINUTE))
                .occurrences;
            all.into_iter()
                .map(|one| (one.raised_at, one.cleared_at))
                .collect::<Vec<_>>()
        };
        assert_eq!(raised(&state), [(Time(0), None)]);
        assert!(state.tell(&said(0, Some(MINUTE))));
        assert_eq!(state.open(), None);
        assert_eq!(raised(&state), [(Time(0), Some(Time(MINUTE)))]);
        assert!(state.tell(&said(2 * MINUTE, None)));
        assert_eq!(raised(&state).len(), 2);
    }

    #[test]
    fn what_comes_back_since_the_same_moment_is_another_time_and_ends_as_such() {
        let mut state = ConditionState::default();
        state.tell(&said(0, None));
        state.tell(&said(0, Some(MINUTE)));
        assert!(state.tell(&said(0, None)) && !state.tell(&said(0, None)));
        assert_eq!(state.open(), Some(Time(MINUTE)));
        assert!(state.tell(&said(0, Some(3 * MINUTE))));
        assert_eq!(state.open(), None);
        let occurrences = state
            .judge(&said(0, None).key, &Rules::default(), Time(4 * MINUTE))
            .occurrences;
        let times: Vec<_> = occurrences
            .iter()
            .map(|one| (one.raised_at, one.cleared_at))
            .collect();
        assert_eq!(
            times,
            [
                (Time(0), Some(Time(MINUTE))),
                (Time(MINUTE), Some(Time(3 * MINUTE)))
            ]
        );
        assert_ne!(occurrences[0].id, occurrences[1].id);
        // Ended without a length, it still is another one.
        let mut state = ConditionState::default();
        state.tell(&said(0, Some(0)));
        assert!(state.tell(&said(0, None)));
        assert_eq!(state.open(), Some(Time(1)));
    }

    #[test]
    fn what_begins_anew_without_an_end_ended_there() {
        let mut state = ConditionState::default();
        state.tell(&said(0, None));
        state.tell(&said(MINUTE, None));
        let occurrences = state
            .judge(&said(0, None).key, &Rules::default(), Time(MINUTE))
            .occurrences;
        assert_eq!(occurrences[0].cleared_at, Some(Time(MINUTE)));
        assert_eq!(occurrences[1].cleared_at, None);
    }
}
