//! §4: how an alarm lives: withdrawn, acknowledged, explained, closed.

use crate::port::{Port, at, event, told};
use serde_json::json;
use shared::alarm::lifecycle::{ActionError, AlarmRecord, PersonAction, reconcile};
use shared::alarm::{Action, State};
use shared::time::Time;

/// The alarms as a server keeps them.
#[derive(Default)]
struct Desk {
    records: Vec<AlarmRecord>,
    sequence: u64,
}

impl Desk {
    /// Judges the port at a moment. Answers how many alarms changed.
    fn look(&mut self, port: &Port, clock: &str) -> usize {
        self.sequence += 1;
        let occurrences = port.judged(at(clock)).occurrences;
        reconcile(&mut self.records, occurrences, at(clock), self.sequence).len()
    }

    fn only(&mut self) -> &mut AlarmRecord {
        assert_eq!(self.records.len(), 1);
        &mut self.records[0]
    }

    fn act(&mut self, action: Action, remark: Option<&str>, until: Option<Time>) -> Result<(), ActionError> {
        self.sequence += 1;
        let sequence = self.sequence;
        let action = PersonAction {
            action,
            by: Some("officer".into()),
            remark: remark.map(Into::into),
            until,
        };
        self.only().act(&action, at("20:00"), sequence)
    }

    fn actions(&self) -> Vec<Action> {
        self.records[0].history.iter().map(|line| line.action).collect()
    }
}

/// A dangerous box in a general block since 08:10, seen at 09:00.
fn standing() -> (Port, Desk) {
    let port = told(events! {
        tos 1 discharge "08:00" {"dangerous": [{"class": "3"}]};
        tos 2 stack "08:10" {"slot": "G010101.1"};
    });
    let mut desk = Desk::default();
    desk.look(&port, "09:00");
    (port, desk)
}

#[test]
fn recorded_at_is_when_this_server_first_knew() {
    let (port, mut desk) = standing();
    desk.look(&port, "12:00");
    let alarm = desk.only();
    assert_eq!(
        (alarm.recorded_at, alarm.occurrence.raised_at),
        (at("09:00"), at("08:10"))
    );
}

#[test]
fn looking_again_changes_nothing_and_doubles_nothing() {
    let (port, mut desk) = standing();
    assert_eq!(desk.look(&port, "12:00"), 0);
    assert_eq!(desk.actions(), [Action::Raise]);
}

#[test]
fn a_corrected_event_that_shows_that_it_should_not_have_been_withdraws_it() {
    let (mut port, mut desk) = standing();
    let corrected = json!({"slot": "D010101.1", "updated_at": "2022-02-23T04:00:00Z"});
    port.hear(event("tos", "2", "stack", "08:10", corrected));
    assert_eq!(desk.look(&port, "13:00"), 1);
    assert_eq!(desk.actions(), [Action::Raise, Action::Withdraw]);
    let alarm = desk.only();
    assert_eq!(alarm.withdrawn_at, Some(at("13:00")));
    assert!(!alarm.is_open() && !alarm.is_active());
    let states = [
        State::Active,
        State::Cleared,
        State::Unacknowledged,
        State::Acknowledged,
        State::Closed,
    ];
    assert!(states.iter().all(|state| !alarm.is_in(*state)) && alarm.is_in(State::Withdrawn));
}

#[test]
fn a_retracted_event_withdraws_it_and_a_late_event_does_too() {
    let (mut port, mut desk) = standing();
    port.hear(json!({"source": "tos", "id": "2", "retracted": true, "updated_at": "2022-02-23T04:00:00Z"}));
    desk.look(&port, "08:30");
    assert!(desk.only().withdrawn_at.is_some());

    let mut port = told(events! { tos 1 discharge "08:00"; });
    let mut desk = Desk::default();
    desk.look(&port, "09:30");
    assert!(desk.only().is_active());
    port.hear(event("tos", "2", "stack", "08:20", json!({"slot": "G010101.1"})));
    desk.look(&port, "10:00");
    assert!(desk.only().withdrawn_at.is_some());
}

#[test]
fn a_withdrawn_alarm_that_should_have_been_after_all_is_the_same_alarm_again() {
    let (mut port, mut desk) = standing();
    port.hear(json!({"source": "tos", "id": "2", "retracted": true, "updated_at": "2022-02-23T04:00:00Z"}));
    desk.look(&port, "08:30");
    let again = json!({"slot": "G010101.1", "updated_at": "2022-02-23T05:00:00Z"});
    port.hear(event("tos", "2", "stack", "08:10", again));
    desk.look(&port, "08:40");
    assert!(desk.only().is_active());
    assert_eq!(
        desk.actions(),
        [Action::Raise, Action::Withdraw, Action::Reinstate]
    );
}

#[test]
fn active_and_acknowledged_are_independent() {
    let (mut port, mut desk) = standing();
    assert!(desk.only().is_in(State::Active) && desk.only().is_in(State::Unacknowledged));
    desk.act(Action::Acknowledge, None, None).unwrap();
    assert!(desk.only().is_in(State::Active) && desk.only().is_in(State::Acknowledged));
    port.hear(event("tos", "3", "shift", "11:00", json!({"slot": "D010101.1"})));
    desk.look(&port, "12:00");
    assert!(desk.only().is_in(State::Cleared) && desk.only().is_in(State::Acknowledged));
}

#[test]
fn the_open_list_holds_what_is_active_or_unacknowledged() {
    let (mut port, mut desk) = standing();
    assert!(desk.only().is_open());
    port.hear(event("tos", "3", "shift", "11:00", json!({"slot": "D010101.1"})));
    desk.look(&port, "12:00");
    assert!(desk.only().is_open(), "cleared, and nobody has seen it");
    desk.act(Action::Acknowledge, None, None).unwrap();
    assert!(!desk.only().is_open(), "cleared and acknowledged");
}

#[test]
fn the_terminal_explains_then_an_officer_returns_or_closes() {
    let (_, mut desk) = standing();
    assert!(desk.only().is_in(State::AwaitingExplanation));
    desk.act(Action::Explain, Some("the crane broke"), None).unwrap();
    assert!(desk.only().is_in(State::Explained) && !desk.only().is_in(State::AwaitingExplanation));
    desk.act(Action::Return, Some("which crane?"), None).unwrap();
    assert!(desk.only().is_in(State::AwaitingExplanation) && !desk.only().is_in(State::Explained));
    desk.act(Action::Explain, Some("crane 4"), None).unwrap();
    desk.act(Action::Close, Some("seen on site"), None).unwrap();
    assert!(desk.only().is_in(State::Closed));
    assert_eq!(desk.only().explanation.as_ref().unwrap().text, "crane 4");
}

#[test]
fn close_ends_the_case_while_active_stays_true_and_it_does_not_ring_again() {
    let (port, mut desk) = standing();
    desk.act(Action::Close, Some("may stay"), None).unwrap();
    let alarm = desk.only();
    assert!(alarm.is_active() && !alarm.is_open() && alarm.closed);
    assert_eq!(
        desk.look(&port, "2d 00:00"),
        0,
        "the condition still holds, and this occurrence is silent"
    );
    assert!(!desk.only().is_open());
}

#[test]
fn a_move_to_another_forbidden_slot_rings_although_the_first_was_closed() {
    let (mut port, mut desk) = standing();
    desk.act(Action::Close, None, None).unwrap();
    port.hear(event("tos", "3", "shift", "11:00", json!({"slot": "G020101.1"})));
    desk.look(&port, "12:00");
    let open = desk.records.iter().filter(|alarm| alarm.is_open()).count();
    assert_eq!((desk.records.len(), open), (2, 1));
}

#[test]
fn what_does_not_fit_the_alarm_as_it_is_now_is_refused_and_changes_nothing() {
    let (mut port, mut desk) = standing();
    assert_eq!(
        desk.act(Action::Return, Some("why"), None),
        Err(ActionError::NothingToReturn)
    );
    assert_eq!(
        desk.act(Action::Unshelve, None, None),
        Err(ActionError::NotShelved)
    );
    desk.act(Action::Acknowledge, None, None).unwrap();
    assert_eq!(
        desk.act(Action::Acknowledge, None, None),
        Err(ActionError::Acknowledged)
    );
    desk.act(Action::Explain, Some("a"), None).unwrap();
    desk.act(Action::Return, None, None).unwrap();
    assert_eq!(
        desk.act(Action::Return, None, None),
        Err(ActionError::NothingToReturn)
    );
    desk.act(Action::Close, None, None).unwrap();
    let before = desk.only().clone();
    for action in [
        Action::Acknowledge,
        Action::Explain,
        Action::Return,
        Action::Close,
        Action::Shelve,
    ] {
        assert_eq!(
            desk.act(action, Some("late"), None),
            Err(ActionError::Closed),
            "{action:?}"
        );
    }
    assert_eq!(*desk.only(), before);
    port.hear(json!({"source": "tos", "id": "2", "retracted": true, "updated_at": "2022-02-23T04:00:00Z"}));
    desk.look(&port, "08:30");
    assert_eq!(
        desk.act(Action::Acknowledge, None, None),
        Err(ActionError::Withdrawn)
    );
}

#[test]
fn an_explanation_needs_its_text() {
    let (_, mut desk) = standing();
    for remark in [None, Some(""), Some("  ")] {
        assert!(
            matches!(
                desk.act(Action::Explain, remark, None),
                Err(ActionError::Request(_))
            ),
            "{remark:?}"
        );
    }
}

#[test]
fn shelving_needs_a_reason_and_an_end_later_than_now() {
    let (_, mut desk) = standing();
    let later = Some(at("22:00"));
    assert!(matches!(
        desk.act(Action::Shelve, Some("works"), None),
        Err(ActionError::Request(_))
    ));
    assert!(matches!(
        desk.act(Action::Shelve, Some("works"), Some(at("20:00"))),
        Err(ActionError::Request(_))
    ));
    assert!(matches!(
        desk.act(Action::Shelve, None, later),
        Err(ActionError::Request(_))
    ));
    desk.act(Action::Shelve, Some("works"), later).unwrap();
    assert!(desk.only().is_in(State::Shelved) && !desk.only().is_open() && desk.only().is_active());
}

#[test]
fn shelving_ends_by_itself_or_by_a_person() {
    let (_, mut desk) = standing();
    desk.act(Action::Shelve, Some("works"), Some(at("22:00")))
        .unwrap();
    assert!(!desk.only().shelf_ends(at("21:59:59"), 9));
    assert!(desk.only().shelf_ends(at("22:00"), 9));
    assert!(desk.only().is_open());
    desk.act(Action::Shelve, Some("works"), Some(at("22:00")))
        .unwrap();
    desk.act(Action::Unshelve, None, None).unwrap();
    assert!(desk.only().is_open());
}

#[test]
fn every_action_keeps_who_when_and_why() {
    let (_, mut desk) = standing();
    desk.act(Action::Acknowledge, Some("on my way"), None).unwrap();
    let line = desk.only().history.last().unwrap().clone();
    assert_eq!((line.action, line.at), (Action::Acknowledge, at("20:00")));
    assert_eq!(
        (line.by.as_deref(), line.remark.as_deref()),
        (Some("officer"), Some("on my way"))
    );
}

#[test]
fn an_end_that_was_reported_and_is_gone_lets_the_alarm_hold_on() {
    let (mut port, mut desk) = standing();
    port.hear(event("tos", "3", "shift", "11:00", json!({"slot": "D010101.1"})));
    desk.look(&port, "12:00");
    port.hear(json!({"source": "tos", "id": "3", "retracted": true, "updated_at": "2022-02-23T05:00:00Z"}));
    desk.look(&port, "13:00");
    assert!(desk.only().is_active());
    assert_eq!(desk.actions(), [Action::Raise, Action::Clear, Action::Resume]);
}
