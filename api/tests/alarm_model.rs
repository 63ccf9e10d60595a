//! The alarm centre against a small model of it: random events (late, corrected, retracted), changes of rules, actions of
//! people and steps of the clock lead to the same alarms in the same states with the same history, also after a start
//! from the store, and from the journal alone.
//!
//! The model is written from `semantics.md` §4 and knows nothing of the engine: it looks at everything anew after each
//! step. `QUAYLIGHT_LONG` in the environment runs many more cases, or as many as it says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says by failing what was not there"
)]

use api::clock::Clock;
use api::config::{Configuration, Site};
use api::engine::regimes::ByPerson;
use api::engine::{Act, Engine, EngineError, Submission, Taken};
use api::journal::Format;
use proptest::prelude::*;
use serde_json::json;
use shared::alarm::lifecycle::PersonAction;
use shared::alarm::{Action, Kind};
use shared::event::json as native;
use shared::rules::{KindRule, OvertimeRule, Rules, Suppression, kind, overtime};
use shared::stay::fold::fnv1a;
use shared::time::{MINUTE, SECOND, Time};
use shared::yard::{Block, Layout, SlotPattern, builtin};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const SITE: &str = "CNTXG-TPCT";
/// The first holds dangerous goods, the others general cargo.
const BOXES: [&str; 3] = ["CSQU3054383", "TOLU4734787", "BOX3"];
/// The third lies over the first two.
const SLOTS: [&str; 4] = ["G010101.1", "G010301.1", "G010201.1", "D010101.1"];
/// 2022-02-20, midnight at the port.
const START: Time = Time(1_645_286_400_000);
/// Each box is discharged so long behind the one before.
const APART: i64 = 120 * MINUTE;
const RELEASE: u8 = 4;
const GATE_OUT: u8 = 5;
/// Nothing that is waited for takes as long as this, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

// What happens.

#[derive(Clone, Debug)]
enum Step {
    /// An event of a box: 0 to 3 put it into a slot, then its release, then its gate-out.
    Tell {
        whose: usize,
        id: u8,
        minute: i64,
        slot: usize,
        version: i64,
        retracted: bool,
    },
    Clock(i64),
    Rules(Wanted),
    Act {
        which: usize,
        action: Action,
        remark: bool,
        minutes: i64,
        stale: bool,
    },
}

#[derive(Clone, Debug)]
struct Wanted {
    limit_minutes: i64,
    on_delay_minutes: i64,
    off_delay_minutes: i64,
    suppress: u8,
    overtime_in_service: bool,
    taken_in_service: bool,
}

fn wanted() -> impl Strategy<Value = Wanted> {
    (
        prop::sample::select(vec![30i64, 60, 240]),
        prop::sample::select(vec![0i64, 30, 90]),
        prop::sample::select(vec![0i64, 20, 200]),
        0..4u8,
        prop::bool::weighted(0.7),
        prop::bool::weighted(0.7),
    )
        .prop_map(
            |(limit_minutes, on_delay_minutes, off_delay_minutes, suppress, overtime, taken)| Wanted {
                limit_minutes,
                on_delay_minutes,
                off_delay_minutes,
                suppress,
                overtime_in_service: overtime,
                taken_in_service: taken,
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    let tell = (
        0..BOXES.len(),
        0..=GATE_OUT,
        0..450i64,
        0..SLOTS.len(),
        0..4i64,
        prop::bool::weighted(0.12),
    )
        .prop_map(|(whose, id, minute, slot, version, retracted)| Step::Tell {
            whose,
            id,
            minute,
            slot,
            version,
            retracted,
        });
    let action = prop::sample::select(vec![
        Action::Acknowledge,
        Action::Explain,
        Action::Return,
        Action::Close,
        Action::Shelve,
        Action::Unshelve,
        Action::Raise,
    ]);
    let act = (
        any::<usize>(),
        action,
        prop::bool::weighted(0.85),
        -10..300i64,
        prop::bool::weighted(0.1),
    )
        .prop_map(|(which, action, remark, minutes, stale)| Step::Act {
            which,
            action,
            remark,
            minutes,
            stale,
        });
    prop_oneof![
        6 => tell,
        4 => (1..150i64).prop_map(Step::Clock),
        1 => wanted().prop_map(Step::Rules),
        4 => act,
    ]
}

impl Wanted {
    fn rules(&self) -> Rules {
        let seconds = |minutes: i64| (minutes * 60).unsigned_abs();
        let delayed = |kind: Kind, on: i64, off: i64, in_service: bool| KindRule {
            in_service,
            on_delay_seconds: seconds(on),
            off_delay_seconds: seconds(off),
            ..kind::default_of(kind)
        };
        let suppression = |rule: &str, during| Suppression {
            rule: rule.into(),
            during,
        };
        let mut rules = Rules {
            overtime: vec![OvertimeRule {
                limit_seconds: seconds(self.limit_minutes),
                in_service: self.overtime_in_service,
                ..overtime::defaults()[0].clone()
            }],
            suppress: match self.suppress {
                0 => Vec::new(),
                1 => vec![suppression("slot_taken", Kind::IllegalStorage)],
                2 => vec![suppression("overtime", Kind::SlotTaken)],
                _ => vec![suppression("storage", Kind::UnreleasedDeparture)],
            },
            ..Rules::default()
        };
        let storage = delayed(Kind::IllegalStorage, self.on_delay_minutes, 0, true);
        let taken = delayed(Kind::SlotTaken, 0, self.off_delay_minutes, self.taken_in_service);
        rules.kinds.insert(Kind::IllegalStorage, storage);
        rules.kinds.insert(Kind::SlotTaken, taken);
        rules
    }
}

fn discharged(whose: usize) -> Time {
    START.plus(whose as i64 * APART)
}

/// When an event says it happened: no two at the same time, put into slots before gone.
fn told_at(whose: usize, id: u8, minute: i64) -> Time {
    let behind = match id {
        GATE_OUT => 500 + minute / 4,
        RELEASE => minute * 2,
        _ => minute,
    };
    discharged(whose).plus((behind + 1) * MINUTE + (whose as i64 * 10 + i64::from(id)) * SECOND)
}

// The model.

/// A version of an event.
#[derive(Clone, Debug, PartialEq)]
struct Version {
    updated: i64,
    at: Time,
    slot: usize,
    retracted: bool,
}

/// What an alarm is, as far as it can be compared.
#[derive(Clone, Debug, PartialEq)]
struct Life {
    kind: Kind,
    raised_at: Time,
    cleared_at: Option<Time>,
    withdrawn: bool,
    acknowledged: bool,
    shelved_until: Option<Time>,
    explanation: Option<bool>,
    closed: bool,
    suppressed: bool,
    out_of_service: bool,
    history: Vec<(Time, Action, bool)>,
}

#[derive(Debug, Default)]
struct Model {
    now: Time,
    versions: Vec<(Time, Wanted)>,
    told: BTreeMap<(usize, u8), Vec<Version>>,
    /// By container and address.
    alarms: BTreeMap<(usize, String), Life>,
}

/// A box in a slot.
#[derive(Clone, Debug)]
struct Run {
    whose: usize,
    id: u8,
    slot: usize,
    from: Time,
    until: Option<Time>,
    ended: Option<Time>,
}

/// What should ring: address, kind, raised, cleared.
type Rings = BTreeMap<(usize, String), (Kind, Time, Option<Time>)>;

fn earliest(a: Option<Time>, b: Option<Time>) -> Option<Time> {
    [a, b].into_iter().flatten().min()
}

impl Model {
    fn rules_at(&self, at: Time) -> &Wanted {
        let holding = self.versions.iter().rev().find(|(from, _)| *from <= at);
        &holding.unwrap_or(&self.versions[0]).1
    }

    fn newest(&self) -> &Wanted {
        &self.versions[self.versions.len() - 1].1
    }

    /// The version of an event that holds, unless it is retracted.
    fn holding(&self, whose: usize, id: u8) -> Option<&Version> {
        let versions = self.told.get(&(whose, id))?;
        // Of the same update the one whose text sorts last holds; a retraction holds over others.
        let last = versions
            .iter()
            .max_by_key(|version| (version.updated, version.retracted, text_of(whose, id, version)))?;
        (!last.retracted).then_some(last)
    }

    fn runs(&self, whose: usize) -> Vec<Run> {
        let ended = self.holding(whose, GATE_OUT).map(|version| version.at);
        let mut puts: Vec<(Time, u8, usize)> = (0..RELEASE)
            .filter_map(|id| {
                self.holding(whose, id)
                    .map(|version| (version.at, id, version.slot))
            })
            .collect();
        puts.sort_unstable();
        let mut runs: Vec<Run> = Vec::new();
        for (at, id, slot) in puts {
            match runs.last_mut() {
                Some(last) if last.slot == slot => continue,
                Some(last) => last.until = Some(at),
                None => {}
            }
            runs.push(Run {
                whose,
                id,
                slot,
                from: at,
                until: ended,
                ended,
            });
        }
        runs
    }

    /// The address of an alarm: container and a hash of site, rule and event.
    fn address(whose: usize, rule: &str, id: &str) -> (usize, String) {
        let hash = fnv1a(&["alarm", SITE, rule, "tos", id]);
        (whose, format!("{}-{hash:016x}", BOXES[whose]))
    }

    /// Everything that should ring now.
    fn rings(&self) -> Rings {
        let mut rings = Rings::new();
        let all: Vec<Run> = (0..BOXES.len()).flat_map(|whose| self.runs(whose)).collect();
        for whose in 0..BOXES.len() {
            let ended = self.holding(whose, GATE_OUT).map(|version| version.at);
            let own: Vec<&Run> = all.iter().filter(|run| run.whose == whose).collect();
            // Overtime: strictly later than the limit.
            let began = discharged(whose);
            let limit = began.plus(self.rules_at(began).limit_minutes * MINUTE);
            let until = earliest(own.first().map(|run| run.from), ended);
            let passed = match until {
                Some(until) => until > limit,
                None => true,
            };
            if passed && self.now > limit {
                let key = Model::address(whose, "overtime:discharge:stack", &format!("{whose}-d"));
                rings.insert(key, (Kind::Overtime, limit, until));
            }
            // Gone without release.
            if let Some(left) = ended {
                let release = self.holding(whose, RELEASE).map(|version| version.at);
                if release.is_none_or(|release| release > left) && self.now >= left {
                    let key = Model::address(whose, "unreleased_departure", &format!("{whose}-{GATE_OUT}"));
                    rings.insert(key, (Kind::UnreleasedDeparture, left, release));
                }
            }
            for run in own {
                let rules = self.rules_at(run.from);
                if whose == 0 && SLOTS[run.slot].starts_with('G') {
                    let raised = run.from.plus(rules.on_delay_minutes * MINUTE);
                    if self.now >= raised && run.until.is_none_or(|until| until > raised) {
                        let key = Model::address(whose, "storage:place", &format!("{whose}-{}", run.id));
                        rings.insert(key, (Kind::IllegalStorage, raised, run.until));
                    }
                }
                let places = |slot: usize| match slot {
                    2 => vec![0, 1],
                    other => vec![other],
                };
                let there: Vec<&Run> = all
                    .iter()
                    .filter(|other| other.whose != whose && other.from < run.from)
                    .filter(|other| other.until.is_none_or(|until| until > run.from))
                    .filter(|other| {
                        places(other.slot)
                            .iter()
                            .any(|place| places(run.slot).contains(place))
                    })
                    .collect();
                if there.is_empty() || self.now < run.from {
                    continue;
                }
                let last = there
                    .iter()
                    .map(|other| other.until.unwrap_or(Time(i64::MAX)))
                    .max();
                let wrong_until = earliest(last.filter(|last| last.0 != i64::MAX), run.until);
                let cleared = wrong_until.map(|until| {
                    let right = until.plus(rules.off_delay_minutes * MINUTE);
                    run.ended
                        .filter(|ended| *ended >= until)
                        .map_or(right, |ended| right.min(ended))
                });
                let waits = cleared
                    .zip(wrong_until)
                    .is_some_and(|(cleared, until)| cleared > until && self.now < cleared);
                let key = Model::address(whose, "slot_taken", &format!("{whose}-{}", run.id));
                rings.insert(key, (Kind::SlotTaken, run.from, cleared.filter(|_| !waits)));
            }
        }
        rings
    }

    /// Brings the alarms in line with what should ring.
    fn settle(&mut self) {
        let now = self.now;
        let rings = self.rings();
        for (key, (kind, raised_at, cleared_at)) in &rings {
            let known = self.alarms.contains_key(key);
            let life = self.alarms.entry(key.clone()).or_insert_with(|| Life {
                kind: *kind,
                raised_at: *raised_at,
                cleared_at: *cleared_at,
                withdrawn: false,
                acknowledged: false,
                shelved_until: None,
                explanation: None,
                closed: false,
                suppressed: false,
                out_of_service: false,
                history: vec![(now, Action::Raise, false)],
            });
            if !known {
                if cleared_at.is_some() {
                    life.history.push((now, Action::Clear, false));
                }
                continue;
            }
            if std::mem::take(&mut life.withdrawn) {
                life.history.push((now, Action::Reinstate, false));
            }
            match (life.cleared_at, cleared_at) {
                (None, Some(_)) => life.history.push((now, Action::Clear, false)),
                (Some(_), None) => life.history.push((now, Action::Resume, false)),
                _ => {}
            }
            (life.raised_at, life.cleared_at) = (*raised_at, *cleared_at);
        }
        for (key, life) in &mut self.alarms {
            if !rings.contains_key(key) && !life.withdrawn {
                life.withdrawn = true;
                life.history.push((now, Action::Withdraw, false));
            }
        }
        self.set_aside();
    }

    fn set_aside(&mut self) {
        let now = self.now;
        let rules = self.newest().clone();
        let holding: Vec<(usize, Kind, Time, Option<Time>)> = self
            .alarms
            .iter()
            .filter(|(_, life)| !life.withdrawn)
            .map(|((whose, _), life)| (*whose, life.kind, life.raised_at, life.cleared_at))
            .collect();
        for ((whose, _), life) in &mut self.alarms {
            let during = match (rules.suppress, life.kind) {
                (1, Kind::SlotTaken) => Some(Kind::IllegalStorage),
                (2, Kind::Overtime) => Some(Kind::SlotTaken),
                (3, Kind::IllegalStorage) => Some(Kind::UnreleasedDeparture),
                _ => None,
            };
            // At the last moment at which it was active, the other one was as well.
            let said = holding.iter().any(|(own, kind, raised, cleared)| {
                let together = match life.cleared_at {
                    None => cleared.is_none(),
                    Some(end) => *raised <= end && cleared.is_none_or(|cleared| cleared >= end),
                };
                own == whose && Some(*kind) == during && together
            });
            let suppressed = !life.withdrawn && said;
            let in_service = match life.kind {
                Kind::Overtime => rules.overtime_in_service,
                Kind::SlotTaken => rules.taken_in_service,
                _ => true,
            };
            let out_of_service = !life.withdrawn && !in_service;
            if suppressed != life.suppressed {
                let action = if suppressed {
                    Action::Suppress
                } else {
                    Action::Unsuppress
                };
                life.history.push((now, action, false));
            }
            if out_of_service != life.out_of_service {
                let action = if out_of_service {
                    Action::TakeOutOfService
                } else {
                    Action::ReturnToService
                };
                life.history.push((now, action, false));
            }
            (life.suppressed, life.out_of_service) = (suppressed, out_of_service);
        }
    }

    fn end_shelves(&mut self) {
        for life in self.alarms.values_mut() {
            if life.shelved_until.is_some_and(|until| until <= self.now) {
                life.shelved_until = None;
                life.history.push((self.now, Action::Unshelve, false));
            }
        }
    }

    /// What a person does: whether it is done, or does not fit, or is asked wrongly.
    fn act(&mut self, key: &(usize, String), action: Action, remark: bool, until: Time) -> Answer {
        let now = self.now;
        let life = self.alarms.get_mut(key).unwrap();
        if life.withdrawn || life.closed {
            return Answer::Conflict;
        }
        match action {
            Action::Acknowledge if life.acknowledged => return Answer::Conflict,
            Action::Acknowledge => life.acknowledged = true,
            Action::Explain if !remark => return Answer::Request,
            Action::Explain => life.explanation = Some(true),
            Action::Return if life.explanation != Some(true) => return Answer::Conflict,
            Action::Return => life.explanation = Some(false),
            Action::Close => {
                life.closed = true;
                life.acknowledged = true;
                life.shelved_until = None;
            }
            Action::Shelve if until <= now || !remark => return Answer::Request,
            Action::Shelve => life.shelved_until = Some(until),
            Action::Unshelve if life.shelved_until.is_none() => return Answer::Conflict,
            Action::Unshelve => life.shelved_until = None,
            _ => return Answer::Request,
        }
        life.history.push((now, action, true));
        Answer::Done
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Answer {
    Done,
    Conflict,
    Request,
}

// The engine beside it.

fn text_of(whose: usize, id: u8, version: &Version) -> String {
    let mut event = json!({"source": "tos", "id": format!("{whose}-{id}")});
    event["updated_at"] = START.plus(version.updated * MINUTE).utc().to_string().into();
    if version.retracted {
        event["retracted"] = true.into();
    } else {
        event["at"] = version.at.utc().to_string().into();
        event["site"] = SITE.into();
        event["container"] = BOXES[whose].into();
        event["node"] = match id {
            RELEASE => "release",
            GATE_OUT => "gate_out",
            0 => "stack",
            _ => "shift",
        }
        .into();
        if id < RELEASE {
            event["slot"] = SLOTS[version.slot].into();
        }
    }
    let event = native::read(&event.to_string()).unwrap().event;
    native::canonical(&event)
}

fn start(folder: &Path, at: Time) -> Engine {
    let built_in = builtin::layout();
    let wanted = |block: &&Block| ["G01", "D01"].contains(&block.name.as_str());
    let blocks = built_in.blocks().iter().filter(wanted).cloned().collect();
    let site = Site {
        layout: Arc::new(Layout::new(SlotPattern::default(), blocks, Vec::new())),
        sources: Vec::new(),
        ..Site::default()
    };
    let configuration = Configuration {
        sites: vec![site],
        rules: first().rules(),
        ..Configuration::default()
    };
    Engine::start(
        folder,
        Arc::new(configuration),
        Clock::simulated(at),
        true,
        &mut |_, _| {},
    )
    .unwrap()
}

fn first() -> Wanted {
    Wanted {
        limit_minutes: 60,
        on_delay_minutes: 0,
        off_delay_minutes: 0,
        suppress: 0,
        overtime_in_service: true,
        taken_in_service: true,
    }
}

/// Hands events over at a moment, and waits until everything that is due by then has rung.
async fn submit(engine: &Engine, events: &[String], at: Time) {
    let events = events.iter().map(|json| Taken {
        event: native::read(json).unwrap().event,
        json: json.clone(),
        format: Format::Events,
    });
    let submission = Submission {
        events: events.collect(),
        clock: Some(at),
        ..Submission::default()
    };
    engine.submit(submission).await.unwrap();
    let mut head = engine.head();
    let rung = async {
        while engine.state().next_deadline().is_some_and(|(next, _)| next <= at) {
            head.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, rung)
        .await
        .expect("a deadline never rang");
}

fn seen(engine: &Engine) -> BTreeMap<(usize, String), Life> {
    let state = engine.state();
    let records = state
        .alarms
        .newest(None)
        .filter(|record| !record.occurrence.kind.is_of_the_system());
    let lives = records.map(|record| {
        let occurrence = &record.occurrence;
        let container = occurrence.about.container.as_ref().unwrap();
        let whose = BOXES.iter().position(|name| *name == container.as_str()).unwrap();
        let history = record
            .history
            .iter()
            .map(|line| (line.at, line.action, line.by.is_some()));
        let life = Life {
            kind: occurrence.kind,
            raised_at: occurrence.raised_at,
            cleared_at: occurrence.cleared_at,
            withdrawn: record.withdrawn_at.is_some(),
            acknowledged: record.acknowledged,
            shelved_until: record.shelved_until,
            explanation: record
                .explanation
                .as_ref()
                .map(|explanation| explanation.state == shared::alarm::Explanation::Given),
            closed: record.closed,
            suppressed: record.suppressed,
            out_of_service: record.out_of_service,
            history: history.collect(),
        };
        ((whose, occurrence.id.to_string()), life)
    });
    lives.collect()
}

async fn drive(steps: &[Step]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = start(folder.path(), START);
    let mut model = Model {
        now: START,
        versions: vec![(Time(i64::MIN), first())],
        ..Model::default()
    };
    let boxes: Vec<String> = (0..BOXES.len())
        .map(|whose| {
            let goods = if whose == 0 { json!([{"class": "3", "un": "1993"}]) } else { json!([]) };
            let event = json!({"source": "tos", "id": format!("{whose}-d"), "at": discharged(whose).utc().to_string(),
                "site": SITE, "node": "discharge", "container": BOXES[whose], "dangerous": goods});
            native::canonical(&native::read(&event.to_string()).unwrap().event)
        })
        .collect();
    submit(&engine, &boxes, START).await;
    model.settle();
    for (place, step) in steps.iter().enumerate() {
        match step {
            Step::Tell {
                whose,
                id,
                minute,
                slot,
                version,
                retracted,
            } => {
                let version = Version {
                    updated: *version,
                    at: told_at(*whose, *id, *minute),
                    slot: *slot,
                    retracted: *retracted,
                };
                let text = text_of(*whose, *id, &version);
                let told = model.told.entry((*whose, *id)).or_default();
                if !told.contains(&version) {
                    told.push(version);
                }
                submit(&engine, &[text], model.now).await;
            }
            Step::Clock(minutes) => {
                model.now = model.now.plus(minutes * MINUTE);
                model.end_shelves();
                submit(&engine, &[], model.now).await;
            }
            Step::Rules(wanted) => {
                let changed = ByPerson {
                    by: Some("an officer".to_owned()),
                    remark: None,
                };
                engine
                    .change_rules(&SITE.into(), wanted.rules(), changed, None)
                    .await
                    .unwrap();
                model.versions.push((model.now, wanted.clone()));
                model.set_aside();
                // What was judged before under the old version is judged alike.
                prop_assert_eq!(seen(&engine), model.alarms.clone(), "rules, step {}", place);
            }
            Step::Act {
                which,
                action,
                remark,
                minutes,
                stale,
            } => {
                let keys: Vec<(usize, String)> = model.alarms.keys().cloned().collect();
                if keys.is_empty() {
                    continue;
                }
                let key = &keys[which % keys.len()];
                let sequence = engine.state().alarms.get(&key.1).unwrap().sequence;
                let until = model.now.plus(minutes * MINUTE);
                let act = Act {
                    alarm: key.1.as_str().into(),
                    action: PersonAction {
                        action: *action,
                        by: Some("an officer".to_owned()),
                        remark: remark.then(|| "because".to_owned()),
                        until: Some(until),
                    },
                    if_sequence: Some(if *stale { sequence + 1 } else { sequence }),
                };
                let answer = match engine.act(vec![act]).await.unwrap().pop().unwrap() {
                    Ok(record) => {
                        prop_assert!(record.sequence > sequence);
                        Answer::Done
                    }
                    Err(EngineError::Conflict { .. }) => Answer::Conflict,
                    Err(EngineError::Request(_)) => Answer::Request,
                    Err(other) => panic!("{other}"),
                };
                let expected = match stale {
                    true => Answer::Conflict,
                    false => model.act(key, *action, *remark, until),
                };
                prop_assert_eq!(answer, expected, "step {}", place);
            }
        }
        model.settle();
        prop_assert_eq!(seen(&engine), model.alarms.clone(), "step {}: {:?}", place, step);
    }
    let open: u64 = engine.state().alarms.open().0;
    for without_store in [false, true] {
        engine.stop();
        drop(engine);
        if without_store {
            for file in ["state.db", "state.db-wal", "state.db-shm"] {
                // Whatever of it is there.
                let _ = std::fs::remove_file(folder.path().join(file));
            }
        }
        engine = start(folder.path(), model.now);
        prop_assert_eq!(seen(&engine), model.alarms.clone(), "after a start");
        prop_assert_eq!(engine.state().alarms.open().0, open);
    }
    engine.stop();
    Ok(())
}

fn cases() -> u32 {
    match std::env::var("QUAYLIGHT_LONG") {
        Err(_) => 96,
        Ok(text) => text.parse().ok().filter(|cases| *cases > 1).unwrap_or(3_000),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_has_the_alarms_of_the_model_in_the_same_states_with_the_same_history(
        steps in prop::collection::vec(step(), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(drive(&steps))?;
    }
}
