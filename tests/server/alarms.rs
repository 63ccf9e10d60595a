//! Alarms: when they come, how they are listed, and what people do with them.

use serde_json::{Value, json};
use shared::alarm::{Action, Explanation, Kind, Priority, StorageReason};
use shared::event::Node;
use shared::time::{DAY, HOUR, MINUTE, SECOND};
use shared::wire::alarm::Alarm;
use shared::wire::stay::Stay;
use std::collections::BTreeSet;
use tests::messages::{at_site, container, event, now};
use tests::program::Server;
use tests::stream::Stream;

const DISCHARGED: &str = "2022-02-23T13:14:15+08:00";

/// A box that was discharged and stacked too late.
fn late(n: u32, discharged: &str, stacked: &str) -> [Value; 2] {
    let number = container(n);
    let more = json!({"bill_of_lading": format!("BILL{n}"), "voyage": "2018"});
    [
        event(&format!("{n}-discharge"), "discharge", &number, discharged, more),
        event(
            &format!("{n}-stack"),
            "stack",
            &number,
            stacked,
            // No two in one slot.
            json!({"slot": format!("G12{:02}01.1", 1 + 2 * (n % 40))}),
        ),
    ]
}

/// A server with a dangerous box that was put among general ones.
fn illegal() -> (Server, Alarm) {
    let server = Server::start();
    let more = json!({"dangerous": [{"class": "3", "un": "1993"}], "slot": "G124405.1"});
    server.send(&[event("1", "stack", &container(1), DISCHARGED, more)]);
    let alarm = only(&server, "");
    (server, alarm)
}

#[track_caller]
fn only(server: &Server, query: &str) -> Alarm {
    let mut alarms = server.alarms(query);
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    alarms.remove(0)
}

#[track_caller]
fn act(server: &Server, alarm: &Alarm, action: &str, body: Value) -> Alarm {
    server.act(&alarm.id, action, &body).ok()
}

#[test]
fn a_box_that_was_stacked_too_late_has_an_alarm_from_the_moment_of_the_limit() {
    let server = Server::start();
    server.send(&late(1, DISCHARGED, "2022-02-23T14:37:43+08:00"));
    let alarm = only(&server, "");
    assert_eq!((alarm.kind, alarm.limit_seconds), (Kind::Overtime, Some(3_600)));
    assert_eq!(alarm.raised_at.to_string(), "2022-02-23T14:14:15+08:00");
    assert_eq!(alarm.cleared_at.unwrap().to_string(), "2022-02-23T14:37:43+08:00");
    let (previous, current) = (alarm.previous.unwrap(), alarm.current.unwrap());
    assert_eq!(
        (previous.node, previous.at.unwrap().to_string().as_str()),
        (Node::Discharge, DISCHARGED)
    );
    assert_eq!(
        (current.node, current.at.unwrap().to_string().as_str()),
        (Node::Stack, "2022-02-23T14:37:43+08:00")
    );
    assert_eq!(
        (alarm.active, alarm.acknowledged, alarm.closed),
        (false, false, false)
    );
    assert_eq!(alarm.bill_of_lading.as_deref(), Some("BILL1"));
    let stay: Stay = server.get(&format!("/api/v1/stays/{}", alarm.stay.unwrap())).ok();
    assert_eq!(stay.alarms, [alarm.id]);
}

#[test]
fn a_next_node_at_exactly_the_limit_raises_nothing() {
    let server = Server::start();
    server.send(&late(1, DISCHARGED, "2022-02-23T14:14:15+08:00"));
    assert!(server.alarms("").is_empty());
    server.send(&late(2, DISCHARGED, "2022-02-23T14:14:15.001+08:00"));
    assert_eq!(only(&server, "").container, Some(container(2)));
}

#[test]
fn an_alarm_rings_when_its_limit_passes_without_any_message() {
    let server = Server::start();
    let mut stream = Stream::open(&server, "topics=alarms");
    let discharged = now().plus(4 * SECOND - 60 * MINUTE);
    let number = container(1);
    server.send(&[event(
        "1",
        "discharge",
        &number,
        &at_site(discharged),
        Value::Null,
    )]);
    assert!(server.alarms("").is_empty(), "the limit has not passed yet");
    let alarm: Alarm = stream.until("the alarm", |message| {
        (message.event == "alarm").then(|| message.json())
    });
    assert_eq!(
        (alarm.container, alarm.active, alarm.kind),
        (Some(number), true, Kind::Overtime)
    );
    assert_eq!(alarm.raised_at.at, discharged.plus(HOUR));
    let behind = alarm.recorded_at.at.0 - alarm.raised_at.at.0;
    assert!(
        (1..5 * SECOND).contains(&behind),
        "it was noticed {behind} ms after its limit"
    );
    let awaited = alarm.current.unwrap();
    assert_eq!((awaited.node, awaited.at), (Node::Stack, None));
    assert_eq!(only(&server, "state=active").id, alarm.id);
}

#[test]
fn a_limit_that_passes_while_the_server_is_down_rings_when_it_is_back() {
    let mut server = Server::start();
    let discharged = now().plus(SECOND - 60 * MINUTE);
    server.send(&[event(
        "1",
        "discharge",
        &container(1),
        &at_site(discharged),
        Value::Null,
    )]);
    server.kill();
    tests::wait::until("the limit to pass", || {
        (now() > discharged.plus(HOUR)).then_some(())
    });
    server.start_again();
    tests::wait::until("the alarm", || {
        (!server.alarms("state=active").is_empty()).then_some(())
    });
}

#[test]
fn a_dangerous_box_among_general_ones_has_an_alarm_from_the_moment_of_stacking() {
    let (_, alarm) = illegal();
    assert_eq!((alarm.kind, alarm.active), (Kind::IllegalStorage, true));
    assert_eq!((alarm.dangerous, alarm.refrigerated), (true, false));
    assert_eq!(alarm.raised_at.to_string(), DISCHARGED);
    assert_eq!(alarm.entered_at.unwrap().to_string(), DISCHARGED);
    assert_eq!(
        (alarm.slot.as_deref(), alarm.block.as_deref()),
        (Some("G124405.1"), Some("G12"))
    );
    assert!(
        alarm.reasons.contains(&StorageReason::NotForDangerous),
        "{:?}",
        alarm.reasons
    );
    assert_eq!(alarm.explanation, None);
}

#[test]
fn where_it_may_stand_there_is_no_alarm_and_moving_there_clears_it() {
    let (server, alarm) = illegal();
    let number = container(1);
    server.send(&[event(
        "2",
        "shift",
        &number,
        "2022-02-23T18:00:00+08:00",
        json!({"slot": "D010301.1"}),
    )]);
    let cleared: Alarm = server.get(&format!("/api/v1/alarms/{}", alarm.id)).ok();
    assert_eq!(
        cleared.cleared_at.unwrap().to_string(),
        "2022-02-23T18:00:00+08:00"
    );
    // A return is a new occurrence of the same tag.
    server.send(&[event(
        "3",
        "shift",
        &number,
        "2022-02-23T20:00:00+08:00",
        json!({"slot": "G124405.1"}),
    )]);
    let alarms = server.alarms("");
    assert_eq!(alarms.len(), 2, "{alarms:?}");
    assert_eq!(
        (alarms[0].tag == alarms[1].tag, alarms[0].id == alarms[1].id),
        (true, false)
    );
    assert_eq!((alarms[0].active, alarms[1].active), (true, false));
}

#[test]
fn alarms_are_listed_newest_first_and_each_once_over_pages() {
    let server = Server::start();
    // Some at the same moment, so that the id decides.
    let events: Vec<Value> = (0..40)
        .flat_map(|n| {
            late(
                n,
                &format!("2022-02-23T13:{:02}:00+08:00", n / 4),
                "2022-02-23T20:00:00+08:00",
            )
        })
        .collect();
    server.send(&events);
    let listed = server.alarms("limit=7");
    assert_eq!(listed.len(), 40);
    let order: Vec<_> = listed
        .iter()
        .map(|alarm| (std::cmp::Reverse(alarm.raised_at.at), alarm.id.clone()))
        .collect();
    assert!(order.is_sorted(), "{order:?}");
    let boxes: BTreeSet<_> = listed
        .iter()
        .filter_map(|alarm| alarm.container.clone())
        .collect();
    assert_eq!(boxes.len(), 40);
    assert_eq!(server.alarms("limit=1000"), listed);
    server.get("/api/v1/alarms?cursor=nonsense").problem(400);
}

#[test]
fn alarms_are_found_by_state_kind_priority_block_text_and_period() {
    let (server, illegal) = illegal();
    server.send(&late(2, DISCHARGED, "2022-02-23T14:37:43+08:00"));
    let kinds = |query: &str| -> Vec<Kind> { server.alarms(query).iter().map(|alarm| alarm.kind).collect() };
    let (overtime, storage) = (vec![Kind::Overtime], vec![Kind::IllegalStorage]);
    let both = vec![Kind::Overtime, Kind::IllegalStorage];
    for (query, expected) in [
        ("", &both),
        ("kind=overtime", &overtime),
        ("kind=illegal_storage", &storage),
        ("kind=overtime,illegal_storage", &both),
        ("kind=overtime&kind=illegal_storage", &both),
        ("state=active", &storage),
        ("state=cleared", &overtime),
        ("state=active,cleared", &both),
        ("state=unacknowledged", &both),
        ("state=acknowledged", &vec![]),
        ("state=awaiting_explanation", &storage),
        ("state=withdrawn", &vec![]),
        ("priority=low", &overtime),
        ("priority=medium", &vec![]),
        ("priority=high,low", &both),
        ("site=CNTXG-TPCT", &both),
        ("block=G12", &both),
        ("block=D01", &vec![]),
        ("q=bill2", &overtime),
        ("q=G1244", &storage),
        ("q=QLTU", &both),
        // Active at some time in the period.
        ("from=2022-02-23T14:37:43%2B08:00", &storage),
        ("from=2022-02-23T14:37:42%2B08:00", &both),
        ("to=2022-02-23T14:14:15%2B08:00", &storage),
        ("to=2022-02-23", &vec![]),
        ("from=2022-02-24", &storage),
    ] {
        assert_eq!(kinds(query), **expected, "{query}");
    }
    assert_eq!(only(&server, "state=active").id, illegal.id);
    for (query, parameter) in [
        ("state=angry", "state"),
        ("kind=x", "kind"),
        ("site=X", "site"),
        ("from=soon", "from"),
        ("sort=x", "sort"),
    ] {
        let problem = server.get(&format!("/api/v1/alarms?{query}")).problem(400);
        assert_eq!(problem.parameter.as_deref(), Some(parameter), "{query}");
    }
}

#[test]
fn an_alarm_goes_from_the_terminal_to_the_officer_and_back_and_is_closed() {
    let (server, alarm) = illegal();
    let alarm = act(
        &server,
        &alarm,
        "acknowledge",
        json!({"by": "an officer", "if_sequence": alarm.sequence}),
    );
    assert!(alarm.acknowledged);
    server.act(&alarm.id, "explain", &json!({})).problem(400);
    let alarm = act(
        &server,
        &alarm,
        "explain",
        json!({"by": "the terminal", "remark": "the dangerous block is full"}),
    );
    let explained = alarm.explanation.clone().unwrap();
    assert_eq!(
        (explained.text.as_str(), explained.state),
        ("the dangerous block is full", Explanation::Given)
    );
    assert_eq!(server.alarms("state=explained").len(), 1);
    let alarm = act(
        &server,
        &alarm,
        "return",
        json!({"by": "an officer", "remark": "it is not"}),
    );
    assert_eq!(alarm.explanation.clone().unwrap().state, Explanation::Returned);
    assert_eq!(server.alarms("state=awaiting_explanation").len(), 1);
    let alarm = act(&server, &alarm, "explain", json!({"remark": "it was"}));
    let alarm = act(
        &server,
        &alarm,
        "close",
        json!({"by": "an officer", "remark": "moved tomorrow"}),
    );
    assert_eq!(
        (alarm.closed, alarm.active),
        (true, true),
        "the condition still holds"
    );
    let told: Vec<_> = alarm.history.iter().map(|line| line.action).collect();
    assert_eq!(
        told,
        [
            Action::Raise,
            Action::Acknowledge,
            Action::Explain,
            Action::Return,
            Action::Explain,
            Action::Close
        ]
    );
    assert_eq!(alarm.history[1].by.as_deref(), Some("an officer"));
    server.act(&alarm.id, "acknowledge", &json!({})).problem(409);
}

#[test]
fn an_action_on_an_alarm_that_changed_meanwhile_is_answered_with_how_it_is_now() {
    let (server, seen) = illegal();
    act(&server, &seen, "acknowledge", json!({}));
    let refused = server.act(&seen.id, "close", &json!({"if_sequence": seen.sequence}));
    refused.problem(409);
    let present: Alarm = serde_json::from_value(refused.value()["alarm"].clone()).unwrap();
    assert_eq!(
        (present.id.as_str(), present.acknowledged, present.closed),
        (seen.id.as_str(), true, false)
    );
    assert!(present.sequence > seen.sequence);
    act(&server, &seen, "close", json!({"if_sequence": present.sequence}));
}

#[test]
fn an_alarm_is_shelved_until_a_time_with_a_reason() {
    let (server, alarm) = illegal();
    let until = at_site(now().plus(DAY));
    server
        .act(&alarm.id, "shelve", &json!({"until": until}))
        .problem(400);
    server
        .act(
            &alarm.id,
            "shelve",
            &json!({"remark": "works", "until": at_site(now().plus(-DAY))}),
        )
        .problem(400);
    let shelved = act(
        &server,
        &alarm,
        "shelve",
        json!({"remark": "works", "until": until}),
    );
    assert!(shelved.shelved_until.is_some());
    assert_eq!(server.alarms("state=shelved").len(), 1);
    assert_eq!(act(&server, &alarm, "unshelve", json!({})).shelved_until, None);
    server.act(&alarm.id, "unshelve", &json!({})).problem(409);
    // It comes back by itself, too.
    let mut stream = Stream::open(&server, "topics=alarms");
    act(
        &server,
        &alarm,
        "shelve",
        json!({"remark": "works", "until": at_site(now().plus(SECOND))}),
    );
    stream.until("the end of shelving", |message| {
        (message.event == "alarm" && message.data["shelved_until"].is_null()).then_some(())
    });
}

#[test]
fn actions_on_nothing_or_of_another_kind_are_refused() {
    let (server, alarm) = illegal();
    server.act("nothing", "acknowledge", &json!({})).problem(404);
    server.act(&alarm.id, "applaud", &json!({})).problem(404);
    server.act(&alarm.id, "withdraw", &json!({})).problem(404);
    server
        .act(&alarm.id, "acknowledge", &json!({"colour": "red"}))
        .problem(400);
    server.get("/api/v1/alarms/nothing").problem(404);
}

#[test]
fn an_alarm_that_should_not_have_been_leaves_every_list_and_keeps_its_address() {
    let server = Server::start();
    server.send(&late(1, DISCHARGED, "2022-02-23T14:37:43+08:00"));
    let alarm = only(&server, "");
    act(&server, &alarm, "acknowledge", json!({"by": "an officer"}));
    let mut stream = Stream::open(&server, "topics=alarms");
    let [_, mut stacked] = late(1, DISCHARGED, "2022-02-23T13:30:00+08:00");
    tests::messages::with(&mut stacked, json!({"updated_at": "2022-02-24T00:00:00Z"}));
    assert_eq!(server.send(&[stacked]).replaced, 1);
    assert!(server.alarms("").is_empty());
    assert!(
        server
            .alarms("state=cleared,active,acknowledged,unacknowledged")
            .is_empty()
    );
    let withdrawn = only(&server, "state=withdrawn");
    assert_eq!(withdrawn.id, alarm.id);
    assert!(withdrawn.withdrawn_at.is_some() && !withdrawn.active);
    let told: Vec<_> = withdrawn.history.iter().map(|line| line.action).collect();
    assert!(
        told.contains(&Action::Acknowledge) && told.ends_with(&[Action::Withdraw]),
        "{told:?}"
    );
    assert_eq!(
        server.get(&format!("/api/v1/alarms/{}", alarm.id)).ok::<Alarm>(),
        withdrawn
    );
    let streamed: Alarm = stream.until("the withdrawal", |message| {
        (message.event == "alarm").then(|| message.json())
    });
    assert_eq!(streamed, withdrawn);
    assert!(server.container(&container(1)).stays[0].alarms.is_empty());
    server.act(&alarm.id, "close", &json!({})).problem(409);
}

#[test]
fn limits_are_those_of_the_configuration() {
    let server = Server::configured(
        "[[overtime]]\nfrom = \"gate_in\"\nto = \"load\"\nlimit = \"2h\"\npriority = \"low\"\n",
    );
    server.send(&late(1, DISCHARGED, "2022-02-23T20:00:00+08:00"));
    assert!(
        server.alarms("").is_empty(),
        "a rule of its own replaces all defaults"
    );
    server.send(&[event("g", "gate_in", &container(2), DISCHARGED, Value::Null)]);
    let alarm = only(&server, "");
    assert_eq!(
        (alarm.limit_seconds, alarm.priority),
        (Some(7_200), Priority::Low)
    );
}
