//! How the desk does: applications by state and reason, time in each step, what came before the vessel closed, who waits
//! for whom. Counted from the applications themselves, so a figure and the list behind it can't differ.

use super::application::Application;
use super::machine::{is_open, turn};
use crate::time::Time;
use crate::wire::release_desk::{ApplicationReason, ApplicationState as State, DeskParty};
use std::collections::BTreeMap;

/// States in which an application waits for somebody, in the order of the way.
pub const STEPS: [State; 5] = [
    State::Proofreading,
    State::Returned,
    State::Reviewing,
    State::Asked,
    State::Approved,
];

/// Whole seconds of some lengths of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lengths(Vec<u64>);

impl Lengths {
    /// Takes one up.
    pub fn add(&mut self, from: Time, to: Time) {
        self.0.push(u64::try_from(to.seconds_since(from)).unwrap_or(0));
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// Mean of the seconds; none without any.
    pub fn mean(&self) -> Option<f64> {
        let sum: u64 = self.0.iter().sum();
        (!self.0.is_empty()).then(|| sum as f64 / self.0.len() as f64)
    }

    /// The least that at least `percent` of them do not exceed.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() as u64 * percent).div_ceil(100).max(1);
        let place = usize::try_from(rank - 1).ok()?;
        sorted.get(place).copied()
    }
}

/// What some applications add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Handed in.
    pub applications: u64,
    /// How many are in each state now.
    pub states: BTreeMap<State, u64>,
    /// By reason.
    pub reasons: BTreeMap<ApplicationReason, u64>,
    /// From handing in to confirmation.
    pub to_confirmation: Lengths,
    /// Time in each step that was left.
    pub steps: BTreeMap<State, Lengths>,
    /// Confirmed with a known closing time.
    pub with_closing: u64,
    /// Of these before it.
    pub before_closing: u64,
    /// Of these loaded on their vessel.
    pub saved: u64,
    /// Approved by a rule.
    pub by_rule: u64,
}

impl Totals {
    /// Takes an application up that was handed in.
    pub fn add(&mut self, application: &Application) {
        let Some(applied) = application.applied_at else {
            return;
        };
        self.applications += 1;
        *self.states.entry(application.state).or_default() += 1;
        if let Some(reason) = application.form.reason {
            *self.reasons.entry(reason).or_default() += 1;
        }
        for (state, from, to) in application.visits() {
            if is_open(state) {
                self.steps.entry(state).or_default().add(from, to);
            }
        }
        self.by_rule += u64::from(application.is_by_rule());
        let Some(confirmed) = application.confirmed_at() else {
            return;
        };
        self.to_confirmation.add(applied, confirmed);
        if let Some(before) = application.is_in_time() {
            self.with_closing += 1;
            self.before_closing += u64::from(before);
            self.saved += u64::from(application.is_saved());
        }
    }
}

/// How many wait in one state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// How many.
    pub applications: u64,
    /// Since when the longest waits.
    pub oldest: Option<Time>,
    /// When the first of their vessels closes.
    pub closing: Option<Time>,
}

/// Who waits for whom: whose turn it is, in which state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting(pub BTreeMap<(DeskParty, State), Queue>);

impl Waiting {
    /// Takes an open application up, with the closing time as it is known now.
    pub fn add(&mut self, application: &Application, closing_at: Option<Time>) {
        let Some(party) = turn(application.state).filter(|_| is_open(application.state)) else {
            return;
        };
        let queue = self.0.entry((party, application.state)).or_default();
        queue.applications += 1;
        queue.oldest = queue.oldest.into_iter().chain([application.since]).min();
        queue.closing = queue.closing.into_iter().chain(closing_at).min();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_least_that_its_share_does_not_exceed() {
        let mut lengths = Lengths::default();
        assert_eq!((lengths.mean(), lengths.percentile(50)), (None, None));
        for seconds in [40, 10, 30, 20] {
            lengths.add(Time(0), Time(seconds * 1_000 + 999));
        }
        assert_eq!(lengths.mean(), Some(25.0));
        assert_eq!(
            [50, 51, 90, 100].map(|percent| lengths.percentile(percent)),
            [Some(20), Some(30), Some(40), Some(40)]
        );
    }
}
