//! §4: when a clock was too long, and who is meant.

use crate::port::{Port, at, event, regime, told};
use serde_json::json;
use shared::alarm::{Kind, Priority};
use shared::event::{Direction, Node};
use shared::rules::OvertimeRule;
use shared::rules::overtime::defaults;
use shared::time::Time;

fn rule(from: Node, to: Node, minutes: u64) -> OvertimeRule {
    OvertimeRule {
        from,
        to,
        direction: None,
        cargo: None,
        mode: None,
        limit_seconds: minutes * 60,
        priority: Priority::High,
        in_service: true,
    }
}

fn stacked_at(clock: &str) -> Port {
    told(vec![
        event(
            "tos",
            "1",
            "discharge",
            "13:14:15",
            json!({"container": "CSU6097384", "direction": "import",
            "bill_of_lading": "MDXU714336", "voyage": "2018"}),
        ),
        event(
            "tos",
            "2",
            "stack",
            clock,
            json!({"container": "CSU6097384", "slot": "G010101.1"}),
        ),
    ])
}

#[test]
fn the_row_of_the_real_screen_rings_when_its_limit_passes_and_not_after_the_fact() {
    let alarm = stacked_at("14:37:43").alarm("14:39:43");
    assert_eq!(
        (alarm.kind, alarm.rule.as_str()),
        (Kind::Overtime, "overtime:discharge:stack")
    );
    assert_eq!(alarm.previous, Some((Node::Discharge, at("13:14:15"))));
    assert_eq!(alarm.current, Some((Node::Stack, Some(at("14:37:43")))));
    assert_eq!(alarm.limit_seconds, Some(3_600));
    assert_eq!(
        (alarm.raised_at, alarm.cleared_at),
        (at("14:14:15"), Some(at("14:37:43")))
    );
    assert_eq!(alarm.about.bill_of_lading.as_deref(), Some("MDXU714336"));
    assert_eq!(alarm.about.voyage.as_deref(), Some("2018"));
    assert_eq!(alarm.about.direction, Some(Direction::Import));
    assert_eq!(alarm.about.container.unwrap().as_str(), "CSU6097384");
}

#[test]
fn overtime_is_raised_when_now_is_strictly_later_than_previous_node_plus_limit() {
    let port = told(events! { tos 1 discharge "13:00"; });
    assert_eq!(port.alarms("14:00"), []);
    let moment_later = at("14:00").plus(1);
    assert_eq!(port.judged(at("14:00")).next_deadline, Some(moment_later));
    let alarms = port.judged(moment_later).occurrences;
    assert_eq!(
        (alarms.len(), alarms[0].raised_at, alarms[0].cleared_at),
        (1, at("14:00"), None)
    );
    assert_eq!(alarms[0].current, Some((Node::Stack, None)));
}

#[test]
fn a_next_node_at_exactly_the_limit_raises_nothing() {
    assert_eq!(stacked_at("14:14:15").alarms("9d 00:00"), []);
    assert_eq!(stacked_at("14:14:16").alarms("9d 00:00").len(), 1);
}

#[test]
fn an_event_of_long_ago_is_judged_like_any_other_at_once() {
    let port = told(vec![event(
        "tos",
        "1",
        "discharge",
        "13:00",
        json!({"at": "2009-01-01T00:00:00Z"}),
    )]);
    assert_eq!(port.alarm("13:00").raised_at, at("2009-01-01T01:00:00Z"));
}

#[test]
fn cleared_at_is_the_event_that_ended_it() {
    assert_eq!(stacked_at("18:00").alarm("20:00").cleared_at, Some(at("18:00")));
}

#[test]
fn the_end_of_the_stay_stops_every_clock() {
    let port = told(events! {
        tos 1 discharge "08:00" {"direction": "import"};
        customs 1 declare "08:10";
        customs 2 select_for_scan "08:20";
        customs 3 select_for_inspection "08:20";
        gate 1 gate_out "08:30";
    });
    assert_eq!(port.alarms_of(Kind::Overtime, "99d 00:00"), []);
    assert_eq!(port.alarms_of(Kind::InspectionLate, "99d 00:00"), []);
}

#[test]
fn what_happens_after_the_end_of_the_stay_ends_no_clock_and_begins_none() {
    let port = told(events! {
        tos 1 discharge "08:00" {"direction": "import"};
        customs 1 declare "08:10";
        gate 1 gate_out "08:30";
        customs 2 release "3d 08:00";
        customs 3 declare "4d 08:00" {"declaration": "D2"};
        customs 4 release "9d 08:00" {"declaration": "D2"};
    });
    assert_eq!(port.alarms_of(Kind::Overtime, "99d 00:00"), []);
}

#[test]
fn the_end_of_the_stay_clears_an_alarm_that_rings() {
    let port = told(events! { tos 1 discharge "08:00"; gate 1 gate_out "10:30"; });
    let alarms = port.alarms_of(Kind::Overtime, "99d 00:00");
    assert_eq!(
        (alarms[0].raised_at, alarms[0].cleared_at),
        (at("09:00"), Some(at("10:30")))
    );
}

#[test]
fn the_next_beginning_that_ends_a_stay_without_an_end_stops_its_clocks() {
    let port = told(events! { tos 1 discharge "08:00"; tos 2 discharge "1d 08:00"; });
    let alarms = port.alarms("1d 08:30");
    assert_eq!((alarms.len(), alarms[0].cleared_at), (1, Some(at("1d 08:00"))));
}

#[test]
fn the_default_limits_are_those_of_the_text() {
    use Direction::{Export, Import};
    const HOUR: u64 = 3_600;
    let expected = [
        (Node::Discharge, Node::Stack, None, HOUR),
        (Node::GateIn, Node::Stack, None, HOUR),
        (Node::Declare, Node::Release, None, 24 * HOUR),
        (Node::SelectForScan, Node::Scan, None, 12 * HOUR),
        (Node::SelectForInspection, Node::InspectionStart, None, 24 * HOUR),
        (Node::InspectionStart, Node::InspectionEnd, None, 8 * HOUR),
        (Node::Release, Node::GateOut, Some(Import), 7 * 24 * HOUR),
        (Node::Release, Node::Load, Some(Export), 7 * 24 * HOUR),
    ];
    let found: Vec<_> = defaults()
        .iter()
        .map(|r| (r.from, r.to, r.direction, r.limit_seconds))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn each_default_limit_rings_a_second_after_it() {
    for rule in defaults() {
        let export = rule.direction == Some(Direction::Export);
        let begin = if export || rule.from == Node::GateIn {
            "gate_in"
        } else {
            "discharge"
        };
        let mut events = vec![event("tos", "1", begin, "08:00", json!({}))];
        if rule.from.name() != begin {
            events.push(event("tos", "2", "stack", "08:00", json!({"slot": "G010101.1"})));
            events.push(event("customs", "3", rule.from.name(), "08:00", json!({})));
        }
        let port = told(events);
        let limit = at("08:00").plus(i64::try_from(rule.limit_seconds).unwrap() * 1_000);
        let names = |now: Time| -> Vec<String> {
            port.judged(now)
                .occurrences
                .iter()
                .map(|alarm| alarm.rule.to_string())
                .collect()
        };
        assert!(
            !names(limit).contains(&rule.name().to_string()),
            "{}",
            rule.name()
        );
        assert!(
            names(limit.plus(1_000)).contains(&rule.name().to_string()),
            "{}",
            rule.name()
        );
    }
}

#[test]
fn release_to_gate_out_speaks_of_imports_only() {
    let port = told(events! {
        gate 1 gate_in "08:00" {"direction": "export"};
        tos 2 stack "08:10" {"slot": "G010101.1"};
        customs 3 release "09:00";
    });
    let rules: Vec<_> = port
        .alarms("30d 00:00")
        .iter()
        .map(|alarm| alarm.rule.to_string())
        .collect();
    assert_eq!(rules, ["overtime:release:load:export"]);
}

#[test]
fn of_several_declarations_the_release_of_the_last_ends_the_clock() {
    let port = told(events! {
        tos 1 discharge "08:00" {"direction": "import"};
        tos 2 stack "08:10" {"slot": "G010101.1"};
        customs 1 declare "09:00" {"declaration": "D1"};
        customs 2 declare "09:10" {"declaration": "D2"};
        customs 3 release "10:00" {"declaration": "D1"};
        customs 4 release "1d 10:00" {"declaration": "D2"};
    });
    let alarm = port.alarm("2d 00:00");
    assert_eq!(
        (alarm.raised_at, alarm.cleared_at),
        (at("1d 09:00"), Some(at("1d 10:00")))
    );
}

#[test]
fn an_alarm_keeps_its_address_when_its_stay_gets_another_beginning() {
    let mut port = told(events! {
        tos 2 stack "08:30" {"slot": "G010101.1"};
        customs 3 select_for_scan "09:00";
    });
    let before = port.alarm("1d 00:00");
    port.hear(event("tos", "1", "discharge", "08:00", json!({})));
    let after = port.alarm("1d 00:00");
    assert_eq!(after.id, before.id);
    assert_ne!(after.about.stay, before.about.stay);
}

#[test]
fn what_an_alarm_says_follows_from_events_and_rules_and_not_from_now() {
    let port = told(events! { tos 1 discharge "13:00"; tos 2 stack "15:00" {"slot": "G010101.1"}; });
    assert_eq!(port.alarms("15:00"), port.alarms("900d 15:00"));
}

#[test]
fn a_clock_is_judged_by_the_version_of_the_rules_in_force_when_it_began() {
    let longer = regime(at("13:30"), vec![rule(Node::Discharge, Node::Stack, 600)]);
    let began_before = told(events! { tos 1 discharge "13:00"; })
        .under(vec![rule(Node::Discharge, Node::Stack, 60)])
        .under_from(longer.clone());
    let alarm = began_before.alarm("15:00");
    assert_eq!((alarm.raised_at, alarm.limit_seconds), (at("14:00"), Some(3_600)));
    let began_after = told(events! { tos 1 discharge "13:30"; })
        .under(vec![rule(Node::Discharge, Node::Stack, 60)])
        .under_from(longer);
    assert_eq!(began_after.alarms("15:00"), []);
    assert_eq!(began_after.alarm("23:31").limit_seconds, Some(36_000));
}

#[test]
fn a_rule_that_a_version_no_longer_has_still_judges_the_clocks_that_began_before() {
    let without = regime(at("13:30"), vec![]);
    let port = told(events! { tos 1 discharge "13:00"; }).under_from(without.clone());
    assert_eq!(port.alarms("15:00").len(), 1);
    let port = told(events! { tos 1 discharge "13:31"; }).under_from(without);
    assert_eq!(port.alarms("15:00"), []);
}

#[test]
fn a_rule_may_be_narrowed_to_a_direction_a_cargo_class_and_a_mode() {
    let mut narrow = rule(Node::Discharge, Node::Stack, 30);
    narrow.cargo = Some(shared::stay::Cargo::Reefer);
    let port = told(events! { tos 1 discharge "13:00"; }).under(vec![narrow.clone()]);
    assert_eq!(port.alarms("20:00"), []);
    let port = told(events! { tos 1 discharge "13:00" {"refrigerated": true}; }).under(vec![narrow]);
    assert_eq!(port.alarm("20:00").priority, Priority::High);
}

#[test]
fn entered_at_is_the_first_stack_or_shift_of_the_stay() {
    let port = told(events! {
        tos 1 discharge "13:00" {"refrigerated": true};
        tos 2 shift "14:30" {"slot": "R010101.1"};
        tos 3 stack "16:00" {"slot": "G010101.1"};
    });
    assert!(
        port.alarms("20:00")
            .iter()
            .all(|alarm| alarm.about.entered_at == Some(at("14:30")))
    );
    assert_eq!(port.alarms("20:00").len(), 2);
}

#[test]
fn entered_at_is_gate_in_or_discharge_where_it_was_never_stacked() {
    assert_eq!(
        told(events! { tos 1 discharge "13:00"; })
            .alarm("20:00")
            .about
            .entered_at,
        Some(at("13:00"))
    );
    assert_eq!(
        told(events! { gate 1 gate_in "13:00"; })
            .alarm("20:00")
            .about
            .entered_at,
        Some(at("13:00"))
    );
}
