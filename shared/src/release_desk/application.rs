//! One application with all its steps. Lines of the journal make and change it; nothing else does.

use super::entry::{Done, Entry};
use super::machine::{Unfit, has_ended, next};
use crate::time::Time;
use crate::wire::release_desk::{
    ApplicationAction as Action, ApplicationForm, ApplicationState as State, DeskParty as Party,
};
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

/// An application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// Its number.
    pub id: SmolStr,
    /// Whose it is.
    pub enterprise: SmolStr,
    /// What it says, with what the terminal corrected.
    pub form: ApplicationForm,
    /// Where it is.
    pub state: State,
    /// Since when.
    pub since: Time,
    /// When it was handed in first.
    pub applied_at: Option<Time>,
    /// When the vessel closes, as far as it was known at the last step.
    pub closing_at: Option<Time>,
    /// When the box was loaded on its vessel after all.
    pub loaded_at: Option<Time>,
    /// Whether the port's engine has the event of the confirmed instruction.
    pub told: bool,
    /// Its files.
    pub files: Vec<File>,
    /// Every step, oldest first.
    pub steps: Vec<Step>,
    /// Its instructions, oldest first: each approval makes one.
    pub orders: Vec<Order>,
    /// Counts its steps.
    pub version: u64,
}

/// A file as proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// SHA-256 of its content, in hexadecimal.
    pub id: SmolStr,
    /// Its name, without a path.
    pub name: SmolStr,
    /// Media type, told by its content.
    pub media_type: SmolStr,
    /// Bytes.
    pub size: u64,
    /// When it was added.
    pub at: Time,
    /// By whom.
    pub by: SmolStr,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub at: Time,
    /// Who.
    pub by: SmolStr,
    /// For whom.
    pub party: Party,
    /// What.
    pub action: Action,
    /// The state from then on.
    pub state: State,
    /// Why.
    pub remark: Option<String>,
    /// Which fields the terminal corrected: name, before, after.
    pub corrections: Vec<(String, String, String)>,
}

/// Where an instruction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Nobody has it yet.
    Waiting,
    /// The webhook took it.
    Delivered,
    /// The terminal acts on it.
    Confirmed,
    /// The terminal can't act on it.
    Rejected,
    /// It does not hold any more.
    Cancelled,
}

impl OrderState {
    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            OrderState::Waiting => "waiting",
            OrderState::Delivered => "delivered",
            OrderState::Confirmed => "confirmed",
            OrderState::Rejected => "rejected",
            OrderState::Cancelled => "cancelled",
        }
    }

    /// Whether the terminal has yet to answer.
    pub fn is_open(self) -> bool {
        matches!(self, OrderState::Waiting | OrderState::Delivered)
    }
}

/// An instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number: that of the application, and a count.
    pub id: SmolStr,
    /// When customs approved.
    pub approved_at: Time,
    /// Who approved, or the rule.
    pub approved_by: SmolStr,
    /// Whether a rule approved.
    pub by_rule: bool,
    /// Where it is.
    pub state: OrderState,
    /// How often it was sent to the webhook.
    pub attempts: u32,
    /// What the last of them met.
    pub last_error: Option<String>,
    /// When it is sent again.
    pub next_attempt_at: Option<Time>,
    /// When the terminal confirmed or rejected.
    pub answered_at: Option<Time>,
    /// The line of the journal in which its state changed last.
    pub sequence: u64,
}

/// The name of the rule that approves.
pub const RULE: &str = "approve_when_agreed";

impl Application {
    /// A draft.
    pub fn made(
        id: &SmolStr,
        enterprise: &SmolStr,
        by: &SmolStr,
        form: ApplicationForm,
        at: Time,
    ) -> Application {
        Application {
            id: id.clone(),
            enterprise: enterprise.clone(),
            form,
            state: State::Draft,
            since: at,
            applied_at: None,
            closing_at: None,
            loaded_at: None,
            told: false,
            files: Vec::new(),
            steps: vec![Step {
                at,
                by: by.clone(),
                party: Party::Enterprise,
                action: Action::Save,
                state: State::Draft,
                remark: None,
                corrections: Vec::new(),
            }],
            orders: Vec::new(),
            version: 1,
        }
    }

    /// The container that it is about; none in a draft without one.
    pub fn container(&self) -> &str {
        self.form.containers.first().map_or("", String::as_str)
    }

    /// The instruction that holds, or held last.
    pub fn order(&self) -> Option<&Order> {
        self.orders.last()
    }

    /// Whether a rule approved it.
    pub fn is_by_rule(&self) -> bool {
        self.order().is_some_and(|order| order.by_rule)
    }

    /// When the terminal confirmed.
    pub fn confirmed_at(&self) -> Option<Time> {
        self.order()
            .and_then(|order| order.answered_at.filter(|_| order.state == OrderState::Confirmed))
    }

    /// Applies a line that is about it.
    pub fn apply(&mut self, entry: &Entry, at: Time, sequence: u64) -> Result<(), Unfit> {
        match entry {
            Entry::Made { .. } | Entry::Deleted { .. } | Entry::Uploaded { .. } => {}
            Entry::Done(done) => self.act(done, at, sequence)?,
            Entry::Filed { by, added, file, .. } => {
                let action = if *added { Action::Attach } else { Action::Detach };
                let state = next(self.state, Party::Enterprise, action)?;
                self.files.retain(|own| own.id != file.id);
                if *added {
                    self.files.push(file.clone());
                }
                let done = Done::new(&self.id, Party::Enterprise, by, action);
                self.step(&done, Some(file.name.to_string()), state, at);
            }
            Entry::Sent {
                instruction,
                error,
                next_at,
                ..
            } => {
                if let Some(order) = self.orders.iter_mut().find(|order| order.id == *instruction) {
                    order.attempts += 1;
                    order.last_error.clone_from(error);
                    order.next_attempt_at = *next_at;
                    if error.is_none() && order.state == OrderState::Waiting {
                        order.state = OrderState::Delivered;
                        order.sequence = sequence;
                    }
                }
            }
            Entry::Told { .. } => self.told = true,
            Entry::Loaded { loaded_at, .. } => self.loaded_at = Some(*loaded_at),
        }
        Ok(())
    }

    fn act(&mut self, done: &Done, at: Time, sequence: u64) -> Result<(), Unfit> {
        let before = self.state;
        let after = next(before, done.party, done.action)?;
        if let Some(form) = &done.form {
            self.form = form.clone();
        }
        if done.closing_at.is_some() {
            self.closing_at = done.closing_at;
        }
        if done.action == Action::Apply {
            self.applied_at = self.applied_at.or(Some(at));
        }
        if before == State::Approved
            && after != State::Approved
            && let Some(order) = self.orders.last_mut()
        {
            order.state = match after {
                State::Confirmed => OrderState::Confirmed,
                State::Reviewing => OrderState::Rejected,
                _ => OrderState::Cancelled,
            };
            order.answered_at = Some(at).filter(|_| order.state != OrderState::Cancelled);
            order.next_attempt_at = None;
            order.sequence = sequence;
        }
        if after == State::Approved {
            self.orders.push(Order {
                id: format_smolstr!("{}-{}", self.id, self.orders.len() + 1),
                approved_at: at,
                approved_by: done.by.clone(),
                by_rule: done.action == Action::ApproveByRule,
                state: OrderState::Waiting,
                attempts: 0,
                last_error: None,
                next_attempt_at: None,
                answered_at: None,
                sequence,
            });
        }
        self.step(done, done.remark.clone(), after, at);
        Ok(())
    }

    fn step(&mut self, done: &Done, remark: Option<String>, state: State, at: Time) {
        if state != self.state {
            self.since = at;
        }
        self.state = state;
        self.version += 1;
        // A draft that is saved again and again needs no step for each.
        let saved_again = done.action == Action::Save
            && self
                .steps
                .last()
                .is_some_and(|last| last.action == Action::Save && last.by == done.by);
        if saved_again && let Some(last) = self.steps.last_mut() {
            last.at = at;
            return;
        }
        self.steps.push(Step {
            at,
            by: done.by.clone(),
            party: done.party,
            action: done.action,
            state,
            remark,
            corrections: done.corrections.clone(),
        });
    }

    /// Whether the terminal confirmed before the vessel closed; `None` where it did not, or where nobody knew when it
    /// closes.
    pub fn is_in_time(&self) -> Option<bool> {
        Some(self.confirmed_at()? <= self.closing_at?)
    }

    /// Whether the box was confirmed in time and loaded on its vessel.
    pub fn is_saved(&self) -> bool {
        self.is_in_time() == Some(true) && self.loaded_at.is_some()
    }

    /// Each time in a state that was left: the state, since when, and until when.
    pub fn visits(&self) -> Vec<(State, Time, Time)> {
        let mut visits = Vec::new();
        let mut now: Option<(State, Time)> = None;
        for step in &self.steps {
            match now {
                Some((state, _)) if state == step.state => {}
                Some((state, since)) => {
                    visits.push((state, since, step.at));
                    now = Some((step.state, step.at));
                }
                None => now = Some((step.state, step.at)),
            }
        }
        visits
    }

    /// Whether nothing more is to be done about it: it has ended, and the engine knows what it has to.
    pub fn is_done(&self) -> bool {
        has_ended(self.state) && (self.state != State::Confirmed || self.told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_follows_its_application_and_is_cancelled_with_it() {
        let id = SmolStr::new("RD-20220223-0001");
        let form = ApplicationForm::default();
        let mut application = Application::made(&id, &"acme".into(), &"li".into(), form, Time(0));
        let mut line = 1;
        let mut act = |application: &mut Application, party, action| {
            line += 1;
            let done = Entry::Done(Done::new(&id, party, "somebody", action));
            application.apply(&done, Time(line * 1_000), line.unsigned_abs())
        };
        act(&mut application, Party::Enterprise, Action::Apply).unwrap();
        act(&mut application, Party::Terminal, Action::Agree).unwrap();
        act(&mut application, Party::System, Action::ApproveByRule).unwrap();
        act(&mut application, Party::Terminal, Action::Reject).unwrap();
        act(&mut application, Party::Customs, Action::Approve).unwrap();
        assert!(!application.is_by_rule());
        act(&mut application, Party::System, Action::Sail).unwrap();
        assert!(act(&mut application, Party::Terminal, Action::Confirm).is_err());
        let orders: Vec<(&str, OrderState, u64)> = application
            .orders
            .iter()
            .map(|order| (order.id.as_str(), order.state, order.sequence))
            .collect();
        assert_eq!(
            orders,
            [
                ("RD-20220223-0001-1", OrderState::Rejected, 5),
                ("RD-20220223-0001-2", OrderState::Cancelled, 7)
            ]
        );
        assert_eq!(application.confirmed_at(), None);
        let visits = application.visits();
        assert_eq!(visits[1], (State::Proofreading, Time(2_000), Time(3_000)));
        assert_eq!(visits.len(), 6);
    }

    #[test]
    fn what_is_kept_reads_back_in_few_bytes() {
        let form = ApplicationForm {
            containers: vec!["CSQU3054383".into()],
            ..ApplicationForm::default()
        };
        let application = Application::made(&"RD-1".into(), &"acme".into(), &"li".into(), form, Time(0));
        let text = serde_json::to_string(&application).unwrap();
        assert_eq!(serde_json::from_str::<Application>(&text).unwrap(), application);
    }
}
