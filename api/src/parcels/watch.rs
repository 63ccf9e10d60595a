//! What raises an alarm about parcels, and what is told of them: looked at once a second.

use super::now::{self, Limits};
use super::site::SiteParcels;
use super::state::State;
use crate::config::Configuration;
use crate::engine::changes::Topic;
use crate::engine::{Engine, EngineError};
use shared::alarm::Kind;
use shared::alarm::condition::{Condition, ConditionKey};
use shared::time::{DAY, SECOND, Time};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(1);
/// A share of fewer parcels says nothing.
const LEAST_JUDGED: u64 = 100;
/// A party that was not heard for longer sends no more, and its silence says nothing.
const FORGOTTEN: i64 = DAY;

/// What is told of a condition.
type Answer = oneshot::Receiver<Result<(), EngineError>>;

/// What holds now of one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wrong {
    from: Time,
    parcels: Option<u64>,
    mismatches: Option<(u32, u32)>,
}

/// What was told of one condition.
#[derive(Debug)]
struct Told {
    from: Time,
    parcels: u64,
    ended: Option<Time>,
    answer: Option<Answer>,
    /// Whether the engine took what was said last.
    taken: bool,
}

/// Looks at the parcels once a second.
#[derive(Debug)]
pub(super) struct Watch {
    looked: Option<Instant>,
    limits: Limits,
    mismatch_over: u32,
    mismatch_least: u32,
    told: BTreeMap<ConditionKey, Told>,
    /// When each was right again that was wrong.
    ended: BTreeMap<ConditionKey, Time>,
    /// Since when it is looked: nobody was heard before.
    started: Time,
    /// Of each site, what was told last, without its clock.
    last: Vec<u64>,
}

impl Watch {
    /// Goes on with what the engine knows.
    pub fn new(engine: &Engine, configuration: &Configuration, started: Time) -> Watch {
        let state = engine.state();
        let open = state
            .open_conditions()
            .filter(|(key, _)| key.kind.is_of_parcels());
        let told = open.map(|(key, from)| {
            let told = Told {
                from,
                parcels: 0,
                ended: None,
                answer: None,
                taken: true,
            };
            (key.clone(), told)
        });
        let parcels = &configuration.parcels;
        Watch {
            looked: None,
            limits: Limits::of(parcels),
            mismatch_over: parcels.mismatch_over,
            mismatch_least: parcels.mismatch_least,
            told: told.collect(),
            ended: BTreeMap::new(),
            started,
            last: vec![0; configuration.sites.len()],
        }
    }

    /// Whether it is time to look again.
    pub fn is_due(&self) -> bool {
        self.looked.is_none_or(|looked| looked.elapsed() >= EVERY)
    }

    /// Looks, and tells what changed.
    pub fn look(&mut self, state: &mut State, engine: &Engine, now: Time) {
        self.looked = Some(Instant::now());
        let now = now.max(state.now);
        let mut wrong = BTreeMap::new();
        let mut told = Vec::new();
        let (epoch, sequence) = (state.epoch.clone(), state.sequence);
        for (place, site) in state.sites.iter_mut().enumerate() {
            site.turn(now);
            self.look_at(site, now, &mut wrong);
            let fresh = std::mem::take(&mut site.changed);
            // Time alone changes the rates until an hour is over, and silences.
            let moves = site.pace.within(now, 3_602) > 0 || !site.queue.is_empty();
            if !fresh && !moves && self.last[place] != 0 {
                continue;
            }
            let mut message = now::now(site, &self.limits, now, &epoch, sequence);
            let at = std::mem::replace(&mut message.at, message.since);
            // A plain struct of texts and numbers always serialises.
            let same = xxhash_rust::xxh3::xxh3_64(&serde_json::to_vec(&message).unwrap_or_default());
            if std::mem::replace(&mut self.last[place], same) != same && (fresh || moves) {
                message.at = at;
                let json = serde_json::to_string(&message).unwrap_or_default();
                told.push((Topic::Parcels, site.site.code.clone(), json));
            }
        }
        if !told.is_empty() {
            engine.tell(told);
        }
        self.say(wrong, engine, now);
    }

    fn look_at(&self, site: &SiteParcels, now: Time, wrong: &mut BTreeMap<ConditionKey, Wrong>) {
        let code = &site.site.code;
        let key = |kind: Kind, subject: &SmolStr| ConditionKey {
            site: code.clone(),
            kind,
            subject: subject.clone(),
        };
        let (late, incomplete) = (self.limits.target, self.limits.incomplete_after);
        for overdue in site.queue.overdue(now.plus(-late), now.plus(-incomplete)) {
            let park = overdue.park.unwrap_or(SmolStr::new_static("none"));
            let limit = if overdue.late > 0 { late } else { incomplete };
            let found = Wrong {
                from: overdue.oldest.plus(limit).min(now),
                parcels: Some(overdue.late + overdue.incomplete),
                mismatches: None,
            };
            wrong.insert(key(Kind::ParcelOvertime, &park), found);
        }
        for (source, party) in &site.parties {
            let silence = key(Kind::ParcelPartySilent, source);
            // Who was silent before a stop is so behind it; of others nothing could be heard meanwhile.
            let heard = match self.told.get(&silence) {
                Some(told) if told.ended.is_none() => party.heard_at,
                _ => party.heard_at.max(self.started),
            };
            let is_known = now.0 - party.heard_at.0 <= FORGOTTEN;
            if now.0 - heard.0 > self.limits.silent_after && is_known {
                let found = Wrong {
                    from: heard.plus(self.limits.silent_after),
                    parcels: None,
                    mismatches: None,
                };
                wrong.insert(silence, found);
            }
            let share = site.shares.last_hour(source, now);
            let usual = site.shares.usual(source, site.pace.begins());
            if share.judged < LEAST_JUDGED || usual.judged < LEAST_JUDGED {
                continue;
            }
            // Compared as whole numbers, so that nothing is rounded: held ÷ judged against the limits.
            let (held, judged) = (u128::from(share.held), u128::from(share.judged));
            let least = held * 1_000 >= u128::from(self.mismatch_least) * judged;
            let over = held * 1_000 * u128::from(usual.judged)
                > u128::from(self.mismatch_over) * u128::from(usual.held) * judged;
            if least && over {
                let thousandths = |part: u64, of: u64| u32::try_from(part * 1_000 / of).unwrap_or(1_000);
                let found = Wrong {
                    from: Time(now.0 - now.0.rem_euclid(SECOND)),
                    parcels: Some(share.held),
                    mismatches: Some((
                        thousandths(share.held, share.judged),
                        thousandths(usual.held, usual.judged),
                    )),
                };
                wrong.insert(key(Kind::ParcelMismatchRate, source), found);
            }
        }
    }

    /// Says what is wrong now and was not, and what is right again.
    fn say(&mut self, wrong: BTreeMap<ConditionKey, Wrong>, engine: &Engine, now: Time) {
        for told in self.told.values_mut() {
            told.hear();
        }
        self.told.retain(|_, told| !told.is_over());
        for (key, found) in &wrong {
            let parcels = found.parcels.unwrap_or(0);
            // What was right meanwhile has come back now, however long its oldest parcel is open.
            let was_right = self.ended.get(key).is_some_and(|ended| found.from <= *ended);
            let told = self.told.entry(key.clone()).or_insert(Told {
                from: if was_right { now } else { found.from },
                parcels,
                ended: None,
                answer: None,
                taken: false,
            });
            // A number that grows is told when it has doubled, and not each second.
            let grown = parcels > told.parcels && parcels >= told.parcels * 2;
            if told.ended.is_none() && told.answer.is_none() && (!told.taken || grown) {
                told.parcels = parcels;
                told.say(key, found.parcels, found.mismatches, engine);
            }
        }
        for (key, told) in &mut self.told {
            let again = told.ended.is_some() && !told.taken;
            let ends = told.ended.is_none() && !wrong.contains_key(key);
            if told.answer.is_none() && (again || ends) {
                let ended = *told.ended.get_or_insert(now);
                self.ended.insert(key.clone(), ended);
                told.say(key, None, None, engine);
            }
        }
    }
}

impl Told {
    /// Looks whether the engine has answered. What it did not take is said again.
    fn hear(&mut self) {
        match self.answer.as_mut().map(oneshot::Receiver::try_recv) {
            None | Some(Err(oneshot::error::TryRecvError::Empty)) => return,
            Some(answer) => self.taken = matches!(answer, Ok(Ok(()))),
        }
        self.answer = None;
    }

    /// Whether nothing of it has to be said any more.
    fn is_over(&self) -> bool {
        self.ended.is_some() && self.taken && self.answer.is_none()
    }

    fn say(
        &mut self,
        key: &ConditionKey,
        parcels: Option<u64>,
        mismatches: Option<(u32, u32)>,
        engine: &Engine,
    ) {
        self.taken = false;
        let said = Condition {
            key: key.clone(),
            from: self.from,
            until: self.ended.map(|ended| ended.max(self.from)),
            parcels,
            mismatches,
        };
        self.answer = engine.say(said).ok();
    }
}
