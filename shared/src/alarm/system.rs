//! Alarms of the system itself: a feed that is silent, and a sender's clock that is wrong. They are about when messages
//! arrive, and the only ones that depend on it.

use super::Kind;
use super::delay::{Delays, Wrong, join, stand};
use super::judge::Judgement;
use super::occurrence::{About, Detail, Occurrence};
use crate::rules::Rules;
use crate::stay::fold::fnv1a;
use crate::time::{SECOND, Time};
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

/// So many silences are kept to be looked at again; those before them no longer change.
const KEPT: usize = 4;

/// What is known of the punctuality of a sender.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Punctuality {
    /// When it was heard last.
    heard_at: Option<Time>,
    /// The last times in which it was silent for longer than is allowed.
    silences: Vec<(Time, Time)>,
    /// The last times in which its clock was ahead: since when, when last, until when, and how far at most, in
    /// milliseconds.
    ahead: Vec<Ahead>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Ahead {
    from: Time,
    last: Time,
    until: Option<Time>,
    most: i64,
}

impl Punctuality {
    /// A message came at `now` that speaks of a moment `ahead` milliseconds in the future; negative of one in the past.
    /// Answers whether that can change an alarm.
    pub fn hear(&mut self, rules: &Rules, now: Time, ahead: i64) -> bool {
        let first = self.heard_at.is_none();
        let mut changes = first;
        let silent = Delays::behind_limit(&rules.kind(Kind::FeedSilent));
        if let Some(last) = self.heard_at
            && now.0 - last.0 > silent.on
        {
            changes = true;
            self.silences.push((last, now));
            keep_last(&mut self.silences);
        }
        self.heard_at = self.heard_at.max(Some(now));
        let allowed = super::delay::milliseconds(rules.kind(Kind::ClockWrong).limit_seconds);
        let open = self.ahead.last_mut().filter(|ahead| ahead.until.is_none());
        match (open, ahead > allowed) {
            (Some(open), true) => {
                changes |= ahead > open.most;
                open.last = now;
                open.most = open.most.max(ahead);
            }
            // A good message beside a wrong one of the same moment proves nothing.
            (Some(open), false) if now > open.last => {
                changes = true;
                open.until = Some(now);
            }
            (None, true) => {
                changes = true;
                self.ahead.push(Ahead {
                    from: now,
                    last: now,
                    until: None,
                    most: ahead,
                });
                keep_last(&mut self.ahead);
            }
            _ => {}
        }
        changes
    }

    /// The alarms about a sender. `watched` says whether its silence matters.
    pub fn judge(&self, source: &str, site: &SmolStr, watched: bool, rules: &Rules, now: Time) -> Judgement {
        let mut judgement = Judgement::default();
        let mut raise = |wrong: Wrong, delays: Delays, kind: Kind, ahead: Option<i64>| {
            let standing = stand(wrong, delays, None, now);
            judgement.look_at(standing.look_at);
            let Some((raised_at, cleared_at)) = standing.raised else {
                return;
            };
            let rule = rules.kind(kind);
            let name = format_smolstr!("{}:{source}", kind.name());
            let hash = fnv1a(&["alarm", site, &name, &wrong.from.0.to_string()]);
            judgement.occurrences.push(Occurrence {
                id: format_smolstr!("{}-{hash:016x}", kind.name()),
                rule: name,
                kind,
                priority: rule.priority,
                previous: None,
                current: None,
                limit_seconds: Some(rule.limit_seconds),
                detail: Detail {
                    source: Some(source.into()),
                    ahead_seconds: ahead.map(|ahead| (ahead / SECOND).unsigned_abs()),
                    ..Detail::default()
                },
                slot: None,
                block: None,
                about: About::system(site.clone()),
                raised_at,
                cleared_at,
            });
        };
        if watched {
            let delays = Delays::behind_limit(&rules.kind(Kind::FeedSilent));
            let ended = self.silences.iter().map(|(from, until)| Wrong {
                from: *from,
                until: Some(*until),
            });
            let running = self.heard_at.map(|from| Wrong { from, until: None });
            let silences = ended.chain(running).map(|wrong| (wrong, ())).collect();
            for (wrong, ()) in join(silences, delays) {
                raise(wrong, delays, Kind::FeedSilent, None);
            }
        }
        let delays = Delays::of(&rules.kind(Kind::ClockWrong));
        let ahead = self.ahead.iter().map(|ahead| {
            let wrong = Wrong {
                from: ahead.from,
                until: ahead.until,
            };
            (wrong, ahead.most)
        });
        for (wrong, most) in join(ahead.collect(), delays) {
            raise(wrong, delays, Kind::ClockWrong, Some(most));
        }
        judgement
    }
}

fn keep_last<T>(all: &mut Vec<T>) {
    if all.len() > KEPT {
        all.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, MINUTE};

    fn kinds(punctuality: &Punctuality, now: i64) -> Vec<(Kind, i64, Option<i64>)> {
        let rules = Rules::default();
        let judgement = punctuality.judge("tos", &"S".into(), true, &rules, Time(now));
        let occurrences = judgement.occurrences.into_iter();
        occurrences
            .map(|o| (o.kind, o.raised_at.0, o.cleared_at.map(|at| at.0)))
            .collect()
    }

    #[test]
    fn a_feed_is_silent_when_its_limit_has_passed_and_until_it_speaks_again() {
        let rules = Rules::default();
        let mut tos = Punctuality::default();
        assert_eq!(kinds(&tos, 9 * HOUR), []);
        tos.hear(&rules, Time(0), -MINUTE);
        assert_eq!(kinds(&tos, HOUR), []);
        assert_eq!(kinds(&tos, HOUR + 1), [(Kind::FeedSilent, HOUR, None)]);
        tos.hear(&rules, Time(2 * HOUR), -MINUTE);
        assert_eq!(kinds(&tos, 2 * HOUR), [(Kind::FeedSilent, HOUR, Some(2 * HOUR))]);
        tos.hear(&rules, Time(2 * HOUR + MINUTE), -MINUTE);
        assert_eq!(kinds(&tos, 3 * HOUR), [(Kind::FeedSilent, HOUR, Some(2 * HOUR))]);
    }

    #[test]
    fn a_clock_is_wrong_from_the_message_that_is_ahead_to_the_next_that_is_not() {
        let rules = Rules::default();
        let mut tos = Punctuality::default();
        tos.hear(&rules, Time(0), 5 * MINUTE);
        assert_eq!(kinds(&tos, 0), []);
        tos.hear(&rules, Time(MINUTE), 5 * MINUTE + 1);
        tos.hear(&rules, Time(MINUTE), 0);
        assert_eq!(kinds(&tos, MINUTE), [(Kind::ClockWrong, MINUTE, None)]);
        tos.hear(&rules, Time(2 * MINUTE), 0);
        assert_eq!(
            kinds(&tos, 2 * MINUTE),
            [(Kind::ClockWrong, MINUTE, Some(2 * MINUTE))]
        );
    }
}
