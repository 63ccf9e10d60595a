//! The states of an application and what leads from one to another: one table, and nothing beside it.

use crate::wire::release_desk::{ApplicationAction as Action, ApplicationState as State, DeskParty as Party};

/// An action of a party, in each of some states.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Where it may begin.
    pub from: &'static [State],
    /// Whose action it is.
    pub party: Party,
    /// The action.
    pub action: Action,
    /// Where it leads; `None` leaves the state as it is.
    pub to: Option<State>,
}

const OPEN: &[State] = &[
    State::Proofreading,
    State::Returned,
    State::Reviewing,
    State::Asked,
    State::Approved,
];

const fn way(from: &'static [State], party: Party, action: Action, to: Option<State>) -> Way {
    Way {
        from,
        party,
        action,
        to,
    }
}

/// All that can happen to an application. A draft can be deleted besides, and is gone then.
pub const WAYS: [Way; 19] = {
    use Action::*;
    use Party::{Customs, Enterprise, System, Terminal};
    use State::*;
    [
        way(&[Draft, Returned], Enterprise, Save, None),
        way(&[Draft, Returned, Asked], Enterprise, Attach, None),
        way(&[Draft, Returned], Enterprise, Detach, None),
        way(&[Draft, Returned], Enterprise, Apply, Some(Proofreading)),
        way(&[Proofreading], Terminal, Agree, Some(Reviewing)),
        way(&[Proofreading], Terminal, Correct, Some(Reviewing)),
        way(&[Proofreading], Terminal, Return, Some(Returned)),
        way(&[Reviewing], Customs, Approve, Some(Approved)),
        way(&[Reviewing], System, ApproveByRule, Some(Approved)),
        way(&[Reviewing], Customs, Ask, Some(Asked)),
        way(&[Reviewing], Customs, Return, Some(Returned)),
        way(&[Reviewing], Customs, Refuse, Some(Refused)),
        way(&[Asked], Enterprise, Answer, Some(Reviewing)),
        way(&[Approved], Terminal, Confirm, Some(Confirmed)),
        way(&[Approved], Terminal, Reject, Some(Reviewing)),
        way(OPEN, Enterprise, Withdraw, Some(Withdrawn)),
        way(OPEN, System, TimeOut, Some(TimedOut)),
        way(OPEN, System, Sail, Some(Sailed)),
        way(OPEN, System, Settle, Some(Settled)),
    ]
};

/// An action does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{action}` by {} does not fit an application that is `{state}`; {}", in_words(*.party), names(.fits))]
pub struct Unfit {
    /// Where the application is.
    pub state: State,
    /// Who wanted to act.
    pub party: Party,
    /// What was wanted.
    pub action: Action,
    /// What that party can do there.
    pub fits: Vec<Action>,
}

fn in_words(party: Party) -> &'static str {
    match party {
        Party::Enterprise => "the enterprise",
        Party::Terminal => "the terminal",
        Party::Customs => "customs",
        Party::System => "this server",
    }
}

fn names(actions: &[Action]) -> String {
    if actions.is_empty() {
        return "there is nothing that it can do now".to_owned();
    }
    let names: Vec<String> = actions.iter().map(|action| format!("`{action}`")).collect();
    format!("what fits is {}", names.join(", "))
}

/// Where an action of a party leads.
pub fn next(state: State, party: Party, action: Action) -> Result<State, Unfit> {
    let mut ways = WAYS.iter();
    let way = ways.find(|way| way.party == party && way.action == action && way.from.contains(&state));
    match way {
        Some(way) => Ok(way.to.unwrap_or(state)),
        None => Err(Unfit {
            state,
            party,
            action,
            fits: actions(state, party),
        }),
    }
}

/// What a party can do with an application, in the order of the table.
pub fn actions(state: State, party: Party) -> Vec<Action> {
    let mut found: Vec<Action> = Vec::new();
    for way in WAYS {
        if way.party == party && way.from.contains(&state) && !found.contains(&way.action) {
            found.push(way.action);
        }
    }
    found
}

/// Whose turn it is; none when it has ended.
pub fn turn(state: State) -> Option<Party> {
    match state {
        State::Draft | State::Returned | State::Asked => Some(Party::Enterprise),
        State::Proofreading | State::Approved => Some(Party::Terminal),
        State::Reviewing => Some(Party::Customs),
        State::Confirmed
        | State::Refused
        | State::Withdrawn
        | State::TimedOut
        | State::Sailed
        | State::Settled => None,
    }
}

/// Whether it was handed in and has not ended.
pub fn is_open(state: State) -> bool {
    OPEN.contains(&state)
}

/// Whether nothing can happen to it any more.
pub fn has_ended(state: State) -> bool {
    state != State::Draft && !is_open(state)
}

/// Whether an action wants to be explained.
pub fn needs_remark(action: Action) -> bool {
    matches!(
        action,
        Action::Correct | Action::Return | Action::Ask | Action::Answer | Action::Refuse | Action::Reject
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// The picture in `ARCHITECTURE.md`: which state leads to which, whoever acts.
    const DRAWN: [(State, &[State]); 6] = [
        (State::Draft, &[State::Proofreading]),
        (State::Proofreading, &[State::Reviewing, State::Returned]),
        (State::Returned, &[State::Proofreading]),
        (
            State::Reviewing,
            &[State::Approved, State::Asked, State::Returned, State::Refused],
        ),
        (State::Asked, &[State::Reviewing]),
        (State::Approved, &[State::Confirmed, State::Reviewing]),
    ];
    /// Besides, whatever was handed in and has not ended can end in these.
    const ENDS: [State; 4] = [State::Withdrawn, State::TimedOut, State::Sailed, State::Settled];

    fn drawn(from: State, to: State) -> bool {
        let ways = DRAWN.iter().find(|(own, _)| *own == from);
        from == to
            || ways.is_some_and(|(_, ways)| ways.contains(&to))
            || (is_open(from) && ENDS.contains(&to))
    }

    fn any_action() -> impl Strategy<Value = (Party, Action)> {
        (
            prop::sample::select(Party::ALL.to_vec()),
            prop::sample::select(Action::ALL.to_vec()),
        )
    }

    proptest! {
        #[test]
        fn no_sequence_of_actions_by_any_parties_reaches_a_state_outside_the_drawn_one(
            acts in prop::collection::vec(any_action(), 0..200),
        ) {
            let mut state = State::Draft;
            let mut reached = vec![state];
            for (party, action) in acts {
                match next(state, party, action) {
                    Ok(after) => {
                        prop_assert!(drawn(state, after), "{state} -{action}-> {after}");
                        prop_assert!(!has_ended(state), "{state} had ended and {action} was taken");
                        state = after;
                    }
                    Err(unfit) => {
                        prop_assert_eq!(&unfit.fits, &actions(state, party));
                        prop_assert!(!unfit.fits.contains(&action));
                    }
                }
                reached.push(state);
            }
            let first_end = reached.iter().position(|state| has_ended(*state));
            if let Some(end) = first_end {
                prop_assert!(reached[end..].iter().all(|state| *state == reached[end]));
            }
        }
    }

    #[test]
    fn every_state_can_be_reached_and_every_action_does_something() {
        let mut reached = BTreeSet::from([State::Draft]);
        let mut used = BTreeSet::new();
        loop {
            let before = reached.len();
            for state in reached.clone() {
                for party in Party::ALL {
                    for action in actions(state, *party) {
                        used.insert(action);
                        reached.insert(next(state, *party, action).unwrap());
                    }
                }
            }
            if reached.len() == before {
                break;
            }
        }
        assert_eq!(reached, State::ALL.iter().copied().collect());
        assert_eq!(used, Action::ALL.iter().copied().collect());
    }

    #[test]
    fn whoever_has_the_turn_can_do_something_and_what_has_ended_is_nobodys_turn() {
        for state in State::ALL {
            match turn(*state) {
                Some(party) => assert!(!actions(*state, party).is_empty(), "{state}"),
                None => assert!(Party::ALL.iter().all(|party| actions(*state, *party).is_empty())),
            }
        }
    }

    #[test]
    fn what_does_not_fit_says_what_does() {
        let unfit = next(State::Reviewing, Party::Customs, Action::Confirm).unwrap_err();
        assert_eq!(
            unfit.to_string(),
            "`confirm` by customs does not fit an application that is `reviewing`; what fits is `approve`, `ask`, \
             `return`, `refuse`"
        );
        let ended = next(State::Sailed, Party::Enterprise, Action::Withdraw).unwrap_err();
        assert!(ended.to_string().ends_with("there is nothing that it can do now"));
    }
}
