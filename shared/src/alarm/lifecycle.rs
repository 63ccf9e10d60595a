//! How an alarm lives: what the system finds, and what people do (`semantics.md` §4; IEC 62682 §7). Active and
//! acknowledged are independent of each other; nothing is ever taken out of the history.

use super::occurrence::Occurrence;
use super::{Action, Explanation, Kind, State};
use crate::rules::Rules;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One alarm with everything that happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmRecord {
    /// What follows from events and rules.
    pub occurrence: Occurrence,
    /// When this server first knew.
    pub recorded_at: Time,
    /// When it turned out that it should not have been.
    pub withdrawn_at: Option<Time>,
    /// Whether a person has seen it.
    pub acknowledged: bool,
    /// Until when it is put aside.
    pub shelved_until: Option<Time>,
    /// Another alarm of the same stay says it already.
    pub suppressed: bool,
    /// Its rule is out of service.
    pub out_of_service: bool,
    /// What the terminal said.
    pub explanation: Option<ExplanationRecord>,
    /// Whether an officer ended the case.
    pub closed: bool,
    /// What people and the system did, oldest first.
    pub history: Vec<HistoryLine>,
    /// The change in which this last changed.
    pub sequence: u64,
}

/// What the terminal said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplanationRecord {
    /// In its own words.
    pub text: String,
    /// When.
    pub at: Time,
    /// Who.
    pub by: Option<String>,
    /// Whether it stands, or was sent back.
    pub state: Explanation,
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// When.
    pub at: Time,
    /// Who; `None` for the system.
    pub by: Option<String>,
    /// What was done.
    pub action: Action,
    /// Why.
    pub remark: Option<String>,
}

/// What a person does with an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonAction {
    /// Acknowledge, explain, return, close, shelve or unshelve.
    pub action: Action,
    /// Who.
    pub by: Option<String>,
    /// Why; the explanation itself for `explain`.
    pub remark: Option<String>,
    /// Until when, for `shelve`.
    pub until: Option<Time>,
}

/// Why an action does not fit the alarm as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// It was withdrawn.
    #[error("the alarm was withdrawn: a later message showed that it should not have been")]
    Withdrawn,
    /// It was closed.
    #[error("the alarm was closed already")]
    Closed,
    /// It was acknowledged.
    #[error("the alarm was acknowledged already")]
    Acknowledged,
    /// Nothing stands that could be sent back.
    #[error("there is no explanation to send back")]
    NothingToReturn,
    /// It is not shelved.
    #[error("the alarm is not shelved")]
    NotShelved,
    /// Something is missing in the request.
    #[error("{0}")]
    Request(&'static str),
}

impl AlarmRecord {
    /// A new alarm.
    pub fn raise(occurrence: Occurrence, now: Time, sequence: u64) -> AlarmRecord {
        let mut record = AlarmRecord {
            occurrence,
            recorded_at: now,
            withdrawn_at: None,
            acknowledged: false,
            shelved_until: None,
            suppressed: false,
            out_of_service: false,
            explanation: None,
            closed: false,
            history: Vec::new(),
            sequence,
        };
        record.note(now, Action::Raise);
        if record.occurrence.cleared_at.is_some() {
            record.note(now, Action::Clear);
        }
        record
    }

    /// Takes what events and rules say now. Answers whether anything changed.
    pub fn refresh(&mut self, occurrence: Occurrence, now: Time, sequence: u64) -> bool {
        let back = self.withdrawn_at.take().is_some();
        if back {
            self.note(now, Action::Reinstate);
        }
        if self.occurrence == occurrence && !back {
            return false;
        }
        match (self.occurrence.cleared_at, occurrence.cleared_at) {
            (None, Some(_)) => self.note(now, Action::Clear),
            (Some(_), None) => self.note(now, Action::Resume),
            _ => {}
        }
        self.occurrence = occurrence;
        self.sequence = sequence;
        true
    }

    /// Events and rules no longer say it. Answers whether that is new.
    pub fn withdraw(&mut self, now: Time, sequence: u64) -> bool {
        if self.withdrawn_at.is_some() {
            return false;
        }
        self.withdrawn_at = Some(now);
        self.sequence = sequence;
        self.note(now, Action::Withdraw);
        true
    }

    /// A person does something.
    pub fn act(&mut self, action: &PersonAction, now: Time, sequence: u64) -> Result<(), ActionError> {
        self.check(action, now)?;
        match action.action {
            Action::Acknowledge => self.acknowledged = true,
            Action::Explain => {
                self.explanation = Some(ExplanationRecord {
                    text: action.remark.clone().unwrap_or_default(),
                    at: now,
                    by: action.by.clone(),
                    state: Explanation::Given,
                });
            }
            Action::Return => {
                if let Some(explanation) = &mut self.explanation {
                    explanation.state = Explanation::Returned;
                }
            }
            Action::Close => {
                self.closed = true;
                self.acknowledged = true;
                self.shelved_until = None;
            }
            Action::Shelve => self.shelved_until = action.until,
            Action::Unshelve => self.shelved_until = None,
            // `check` refuses what only the system does.
            _ => {}
        }
        self.sequence = sequence;
        self.history.push(HistoryLine {
            at: now,
            by: action.by.clone(),
            action: action.action,
            remark: action.remark.clone(),
        });
        Ok(())
    }

    /// Whether an action fits the alarm as it is now.
    pub fn check(&self, action: &PersonAction, now: Time) -> Result<(), ActionError> {
        if self.withdrawn_at.is_some() {
            return Err(ActionError::Withdrawn);
        }
        if self.closed {
            return Err(ActionError::Closed);
        }
        let has_remark = action
            .remark
            .as_deref()
            .is_some_and(|remark| !remark.trim().is_empty());
        match action.action {
            Action::Acknowledge if self.acknowledged => Err(ActionError::Acknowledged),
            Action::Explain if !has_remark => {
                Err(ActionError::Request("an explanation needs its text in `remark`"))
            }
            Action::Return => match &self.explanation {
                Some(explanation) if explanation.state == Explanation::Given => Ok(()),
                _ => Err(ActionError::NothingToReturn),
            },
            Action::Shelve if action.until.is_none_or(|until| until <= now) => Err(ActionError::Request(
                "shelving needs an end in `until`, later than now",
            )),
            Action::Shelve if !has_remark => Err(ActionError::Request("shelving needs a reason in `remark`")),
            Action::Unshelve if self.shelved_until.is_none() => Err(ActionError::NotShelved),
            Action::Acknowledge | Action::Explain | Action::Close | Action::Shelve | Action::Unshelve => {
                Ok(())
            }
            _ => Err(ActionError::Request("only the system does this")),
        }
    }

    /// The time of shelving is over. Answers whether it was shelved.
    pub fn shelf_ends(&mut self, now: Time, sequence: u64) -> bool {
        if self.shelved_until.is_none_or(|until| until > now) {
            return false;
        }
        self.shelved_until = None;
        self.sequence = sequence;
        self.note(now, Action::Unshelve);
        true
    }

    /// Whether another alarm says it already, and whether its rule is out of service. Answers whether that is new.
    pub fn set_aside(&mut self, suppressed: bool, out_of_service: bool, now: Time, sequence: u64) -> bool {
        let before = (self.suppressed, self.out_of_service);
        if before == (suppressed, out_of_service) {
            return false;
        }
        if before.0 != suppressed {
            self.suppressed = suppressed;
            let action = if suppressed {
                Action::Suppress
            } else {
                Action::Unsuppress
            };
            self.note(now, action);
        }
        if before.1 != out_of_service {
            self.out_of_service = out_of_service;
            let action = match out_of_service {
                true => Action::TakeOutOfService,
                false => Action::ReturnToService,
            };
            self.note(now, action);
        }
        self.sequence = sequence;
        true
    }

    /// Stay and rule: what groups occurrences.
    pub fn tag(&self) -> SmolStr {
        let occurrence = &self.occurrence;
        match &occurrence.about.stay {
            Some(stay) => format_smolstr!("{stay}:{}", occurrence.rule),
            None => occurrence.rule.clone(),
        }
    }

    /// Whether the condition holds.
    pub fn is_active(&self) -> bool {
        self.occurrence.cleared_at.is_none() && self.withdrawn_at.is_none()
    }

    /// Whether it was withdrawn at a moment, by its history.
    pub fn was_withdrawn_at(&self, at: Time) -> bool {
        let of_it = |action: Action| matches!(action, Action::Withdraw | Action::Reinstate);
        let mut lines = self.history.iter();
        let last = lines.rfind(|line| line.at <= at && of_it(line.action));
        last.is_some_and(|line| line.action == Action::Withdraw)
    }

    /// Whether it is in the open list: active or unacknowledged, and not closed, put aside, suppressed or out of
    /// service.
    pub fn is_open(&self) -> bool {
        self.withdrawn_at.is_none()
            && !self.closed
            && self.shelved_until.is_none()
            && !self.suppressed
            && !self.out_of_service
            && (self.is_active() || !self.acknowledged)
    }

    /// Whether a state of the filter holds of it.
    pub fn is_in(&self, state: State) -> bool {
        if self.withdrawn_at.is_some() {
            return state == State::Withdrawn;
        }
        let given = self
            .explanation
            .as_ref()
            .is_some_and(|e| e.state == Explanation::Given);
        match state {
            State::Active => self.is_active(),
            State::Cleared => !self.is_active(),
            State::Unacknowledged => !self.acknowledged,
            State::Acknowledged => self.acknowledged,
            State::Shelved => self.shelved_until.is_some(),
            State::Suppressed => self.suppressed,
            State::OutOfService => self.out_of_service,
            State::AwaitingExplanation => {
                self.occurrence.kind == Kind::IllegalStorage && !given && !self.closed
            }
            State::Explained => given,
            State::Closed => self.closed,
            State::Withdrawn => false,
        }
    }

    fn note(&mut self, at: Time, action: Action) {
        self.history.push(HistoryLine {
            at,
            by: None,
            action,
            remark: None,
        });
    }
}

/// Brings the records of a container in line with a judgement: raises, refreshes and withdraws. Answers the places of
/// those that changed.
pub fn reconcile(
    records: &mut Vec<AlarmRecord>,
    occurrences: Vec<Occurrence>,
    now: Time,
    sequence: u64,
) -> BTreeSet<usize> {
    let known = records.len();
    let mut changed = BTreeSet::new();
    let mut seen = vec![false; known];
    for occurrence in occurrences {
        match records[..known]
            .iter()
            .position(|record| record.occurrence.id == occurrence.id)
        {
            Some(place) => {
                seen[place] = true;
                if records[place].refresh(occurrence, now, sequence) {
                    changed.insert(place);
                }
            }
            None => {
                changed.insert(records.len());
                records.push(AlarmRecord::raise(occurrence, now, sequence));
            }
        }
    }
    for (place, seen) in seen.into_iter().enumerate() {
        if !seen && records[place].withdraw(now, sequence) {
            changed.insert(place);
        }
    }
    changed
}

/// Whether another alarm of the same stay says it already: one of the kind that suppresses it is active while it is, or
/// was when it ended. So what was suppressed to its end never rings afterwards.
pub fn is_said_already(own: &Occurrence, others: &[Occurrence], rules: &Rules) -> bool {
    let together = |other: &Occurrence| match own.cleared_at {
        None => other.cleared_at.is_none(),
        Some(end) => other.raised_at <= end && other.cleared_at.is_none_or(|cleared| cleared >= end),
    };
    rules.suppress.iter().any(|suppression| {
        suppression.means(&own.rule)
            && suppression.during != own.kind
            && others.iter().any(|other| {
                other.kind == suppression.during && other.about.stay == own.about.stay && together(other)
            })
    })
}

/// Sets aside what other alarms of the same stay say already, and what is of a rule that is out of service. All records
/// are of one container or of one sender. Answers the places of those that changed.
pub fn set_aside(
    records: &mut [AlarmRecord],
    rules_of: impl Fn(&SmolStr) -> Option<Arc<Rules>>,
    now: Time,
    sequence: u64,
) -> BTreeSet<usize> {
    let holding: Vec<Occurrence> = records
        .iter()
        .filter(|record| record.withdrawn_at.is_none())
        .map(|record| record.occurrence.clone())
        .collect();
    let mut changed = BTreeSet::new();
    for (place, record) in records.iter_mut().enumerate() {
        let occurrence = &record.occurrence;
        let Some(rules) = rules_of(&occurrence.about.site) else {
            continue;
        };
        let holds = record.withdrawn_at.is_none();
        let suppressed = holds && is_said_already(occurrence, &holding, &rules);
        let out_of_service = holds && !rules.in_service(occurrence.kind, &occurrence.rule);
        if record.set_aside(suppressed, out_of_service, now, sequence) {
            changed.insert(place);
        }
    }
    changed
}
