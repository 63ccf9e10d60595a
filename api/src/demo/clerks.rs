//! The people at the release desk of a simulated port: enterprises that apply for boxes whose instruction is missing, the
//! terminal, customs. Pure: what they see and a seed say what they do.

use super::dice::Dice;
use shared::release_desk::Application;
use shared::time::{MINUTE, Time};
use shared::wire::release_desk::{
    ApplicationAction as Action, ApplicationReason, ApplicationState, DeskParty,
};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How often enterprises look for what is missing.
const LOOK_EVERY: i64 = 10 * MINUTE;
/// How often they apply for what they find then.
const APPLIES: f64 = 0.3;

/// After how many minutes they take an application up, at the earliest and at the latest.
const FIRST: i64 = 2;
const LAST: i64 = 14;

/// Enterprises that exist nowhere else.
const ENTERPRISES: [&str; 4] = [
    "Jinmen Export Co.",
    "Bohai Light Industry",
    "Haihe Machinery",
    "Yanshan Foods",
];
const REASONS: [ApplicationReason; 5] = [
    ApplicationReason::MessageLost,
    ApplicationReason::MessageLost,
    ApplicationReason::ArrivalReportMissing,
    ApplicationReason::ImoDiffers,
    ApplicationReason::PreManifest,
];

/// What one of them does.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// An enterprise applies for a box.
    Apply {
        /// The box.
        container: SmolStr,
        /// The enterprise.
        enterprise: &'static str,
        /// Why.
        reason: ApplicationReason,
    },
    /// Somebody acts on an application.
    Act {
        /// Its number.
        id: SmolStr,
        /// For whom.
        party: DeskParty,
        /// Who.
        by: SmolStr,
        /// What.
        action: Action,
        /// Why.
        remark: &'static str,
    },
}

/// All of them.
#[derive(Debug)]
pub struct Clerks {
    dice: Dice,
    next_look: Time,
    /// Which application is taken up next, at which of its versions, and when.
    taken_up: BTreeMap<SmolStr, (u64, Time)>,
}

impl Clerks {
    /// People who come to work.
    pub fn new(seed: u64) -> Clerks {
        Clerks {
            dice: Dice::new(seed),
            next_look: Time(i64::MIN),
            taken_up: BTreeMap::new(),
        }
    }

    /// Whether enterprises look for what is missing now.
    pub fn look(&self, now: Time) -> bool {
        now >= self.next_look
    }

    /// When anybody does something next.
    pub fn next_at(&self) -> Time {
        let taken_up = self.taken_up.values().map(|(_, due)| *due);
        taken_up.fold(self.next_look, Time::min)
    }

    /// What they do at a moment, of these boxes whose instruction is missing, those that miss it longest in front, and
    /// these open applications.
    pub fn work(&mut self, now: Time, missing: &[SmolStr], open: &[Arc<Application>]) -> Vec<Deed> {
        let mut deeds = Vec::new();
        if self.look(now) {
            self.next_look = now.plus(LOOK_EVERY);
            let applied =
                |container: &&SmolStr| open.iter().any(|open| open.container() == container.as_str());
            if let Some(container) = missing.iter().find(|container| !applied(container))
                && self.dice.chance(APPLIES)
            {
                deeds.push(Deed::Apply {
                    container: container.clone(),
                    enterprise: self.dice.pick::<&'static str>(&ENTERPRISES),
                    reason: *self.dice.pick(&REASONS),
                });
            }
        }
        for (application, due) in self.see(now, open) {
            if due <= now {
                // Whoever came too late sees it when they look the next time.
                self.taken_up.remove(&application.id);
                deeds.extend(self.act(&application));
            }
        }
        deeds
    }

    /// Somebody takes up what is new or has changed. Answers what each of them waits for.
    pub fn see(&mut self, now: Time, open: &[Arc<Application>]) -> Vec<(Arc<Application>, Time)> {
        self.taken_up
            .retain(|id, _| open.iter().any(|open| open.id == *id));
        let mut waiting = Vec::with_capacity(open.len());
        for application in open {
            let known = self.taken_up.get(&application.id).copied();
            let due = match known {
                Some((version, due)) if version == application.version => due,
                _ => now.plus(self.dice.between(FIRST, LAST) * MINUTE),
            };
            self.taken_up
                .insert(application.id.clone(), (application.version, due));
            waiting.push((Arc::clone(application), due));
        }
        waiting
    }

    fn act(&mut self, application: &Application) -> Option<Deed> {
        let roll = self.dice.between(0, 99);
        let (party, action, remark) = match (application.state, roll) {
            (ApplicationState::Proofreading, 0..=87) => (DeskParty::Terminal, Action::Agree, ""),
            (ApplicationState::Proofreading, _) => (
                DeskParty::Terminal,
                Action::Return,
                "the bill of lading is not that of the list",
            ),
            (ApplicationState::Reviewing, 0..=79) => (DeskParty::Customs, Action::Approve, ""),
            (ApplicationState::Reviewing, 80..=92) => {
                (DeskParty::Customs, Action::Ask, "when was the report sent?")
            }
            (ApplicationState::Reviewing, _) => {
                (DeskParty::Customs, Action::Refuse, "the goods are not released")
            }
            (ApplicationState::Asked, _) => (
                DeskParty::Enterprise,
                Action::Answer,
                "this morning, by our agent",
            ),
            (ApplicationState::Returned, 0..=79) => (DeskParty::Enterprise, Action::Apply, ""),
            (ApplicationState::Returned, _) => (DeskParty::Enterprise, Action::Withdraw, ""),
            (ApplicationState::Approved, 0..=95) => (DeskParty::Terminal, Action::Confirm, ""),
            (ApplicationState::Approved, _) => {
                (DeskParty::Terminal, Action::Reject, "the box is being inspected")
            }
            _ => return None,
        };
        let by = match party {
            DeskParty::Terminal => "Terminal desk".into(),
            DeskParty::Customs => "Duty officer".into(),
            _ => application.enterprise.clone(),
        };
        Some(Deed::Act {
            id: application.id.clone(),
            party,
            by,
            action,
            remark,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::release_desk::{Done, Entry, has_ended, next};
    use shared::wire::release_desk::ApplicationForm;

    #[test]
    fn what_people_do_fits_and_leads_to_an_end_and_the_same_seed_does_the_same() {
        let run = |seed| {
            let mut clerks = Clerks::new(seed);
            let form = ApplicationForm {
                containers: vec!["CSQU3054383".into()],
                ..ApplicationForm::default()
            };
            let mut application =
                Application::made(&"RD-1".into(), &"acme".into(), &"acme".into(), form, Time(0));
            let apply = Done::new(&"RD-1".into(), DeskParty::Enterprise, "acme", Action::Apply);
            application.apply(&Entry::Done(apply), Time(0), 1).unwrap();
            let mut steps = Vec::new();
            for minute in 0..1_000 {
                let now = Time(minute * MINUTE);
                for deed in clerks.work(now, &["CSQU3054383".into()], &[Arc::new(application.clone())]) {
                    let Deed::Act { party, action, .. } = deed else {
                        panic!("this box is applied for already");
                    };
                    assert!(next(application.state, party, action).is_ok());
                    let done = Done::new(&"RD-1".into(), party, "somebody", action);
                    application.apply(&Entry::Done(done), now, 2).unwrap();
                    steps.push((now, action));
                }
                if has_ended(application.state) {
                    return steps;
                }
            }
            panic!("no end after {steps:?}");
        };
        for seed in 0..50 {
            assert_eq!(run(seed), run(seed));
        }
    }
}
