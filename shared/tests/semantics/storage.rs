//! §4: illegal storage, its occurrences, and the default storage rules.

use crate::port::{Port, at, event, regime, told};
use serde_json::{Value, json};
use shared::alarm::occurrence::Occurrence;
use shared::alarm::{Kind, Priority, StorageReason};
use shared::rules::overtime::defaults;
use shared::rules::{Regime, Rules, StorageRules};
use shared::time::Time;
use std::sync::Arc;

/// A box of these goods, put into slots one after the other.
fn put(goods: &Value, placements: &[(&str, &str)]) -> Port {
    let mut events = vec![event("tos", "d", "discharge", "08:00", goods.clone())];
    for (index, (clock, slot)) in placements.iter().enumerate() {
        let node = if index == 0 { "stack" } else { "shift" };
        events.push(event(
            "tos",
            &index.to_string(),
            node,
            clock,
            json!({"slot": slot}),
        ));
    }
    told(events)
}

fn class(class: &str) -> Value {
    json!({"dangerous": [{"class": class}]})
}

/// Illegal storage only, half an hour after the first of the day.
fn illegal(port: &Port, clock: &str) -> Vec<Occurrence> {
    let mut alarms = port.alarms(clock);
    alarms.retain(|alarm| alarm.kind == Kind::IllegalStorage);
    alarms
}

fn reasons(goods: Value, slot: &str) -> Vec<StorageReason> {
    let port = put(&goods, &[("08:10", slot)]);
    illegal(&port, "09:00")
        .into_iter()
        .flat_map(|alarm| alarm.detail.reasons)
        .collect()
}

#[test]
fn the_rows_of_the_real_screen_ring_at_the_moment_of_the_placement() {
    let goods = json!({"dangerous": [{"class": "3"}], "refrigerated": true});
    let alarms = illegal(&put(&goods, &[("12:40:11", "G124405.1")]), "12:40:11");
    assert_eq!(alarms.len(), 1);
    let alarm = &alarms[0];
    assert_eq!((alarm.raised_at, alarm.cleared_at), (at("12:40:11"), None));
    assert_eq!(alarm.about.entered_at, Some(at("12:40:11")));
    assert_eq!(
        (alarm.slot.as_deref(), alarm.block.as_deref()),
        (Some("G124405.1"), Some("G12"))
    );
    assert!(alarm.about.dangerous && alarm.about.refrigerated);
    assert_eq!(alarm.priority, Priority::High);
}

#[test]
fn the_same_slot_reported_again_refreshes_the_occurrence() {
    let port = put(
        &class("3"),
        &[
            ("08:10", "G010101.1"),
            ("09:00", "G010101.1"),
            ("10:00", "G010101.1"),
        ],
    );
    let alarms = illegal(&port, "11:00");
    assert_eq!(
        (alarms.len(), alarms[0].raised_at, alarms[0].cleared_at),
        (1, at("08:10"), None)
    );
}

#[test]
fn a_move_to_another_forbidden_slot_is_a_new_occurrence_and_clears_the_old() {
    let port = put(&class("3"), &[("08:10", "G010101.1"), ("09:00", "G020101.1")]);
    let alarms = illegal(&port, "11:00");
    let times: Vec<_> = alarms
        .iter()
        .map(|alarm| (alarm.raised_at, alarm.cleared_at))
        .collect();
    assert_eq!(times, [(at("08:10"), Some(at("09:00"))), (at("09:00"), None)]);
    assert_ne!(alarms[0].id, alarms[1].id);
    assert_eq!(alarms[0].rule, alarms[1].rule);
    assert_eq!(alarms[0].about.stay, alarms[1].about.stay);
}

#[test]
fn a_return_after_clearing_is_a_new_occurrence() {
    let port = put(
        &class("3"),
        &[
            ("08:10", "G010101.1"),
            ("09:00", "D010101.1"),
            ("10:00", "G010101.1"),
        ],
    );
    let alarms = illegal(&port, "11:00");
    let times: Vec<_> = alarms
        .iter()
        .map(|alarm| (alarm.raised_at, alarm.cleared_at))
        .collect();
    assert_eq!(times, [(at("08:10"), Some(at("09:00"))), (at("10:00"), None)]);
}

#[test]
fn a_placement_that_names_no_slot_says_nothing_and_clears_nothing() {
    let mut port = put(&class("3"), &[("08:10", "G010101.1")]);
    port.hear(event("tos", "later", "shift", "09:00", json!({})));
    let alarms = illegal(&port, "11:00");
    assert_eq!((alarms.len(), alarms[0].cleared_at), (1, None));
    assert_eq!(port.stay().slot.unwrap().slot, "G010101.1");
}

#[test]
fn the_end_of_the_stay_clears_it() {
    let mut port = put(&class("3"), &[("08:10", "G010101.1")]);
    port.hear(event("gate", "1", "gate_out", "10:00", json!({})));
    assert_eq!(illegal(&port, "11:00")[0].cleared_at, Some(at("10:00")));
}

#[test]
fn what_turns_out_to_be_dangerous_later_stood_illegally_from_its_placement() {
    let mut port = put(&json!({}), &[("08:10", "G010101.1")]);
    assert_eq!(illegal(&port, "09:00"), []);
    port.hear(event("customs", "1", "declare", "12:00", class("3")));
    assert_eq!(illegal(&port, "13:00")[0].raised_at, at("08:10"));
}

#[test]
fn a_general_box_may_stand_anywhere() {
    assert_eq!(reasons(json!({}), "G010101.1"), []);
    assert_eq!(reasons(json!({}), "D010101.1"), []);
    assert_eq!(reasons(json!({}), "behind the shed"), []);
}

#[test]
fn a_dangerous_box_stands_legally_only_in_a_block_designated_for_it() {
    assert_eq!(reasons(class("8"), "D010101.1"), []);
    for slot in ["G010101.1", "R010101.1", "E010101.1"] {
        assert_eq!(
            reasons(class("8"), slot),
            [StorageReason::NotForDangerous],
            "{slot}"
        );
    }
}

#[test]
fn a_refrigerated_box_stands_legally_only_where_there_is_power() {
    let reefer = json!({"refrigerated": true});
    assert_eq!(reasons(reefer.clone(), "R010101.1"), []);
    assert_eq!(reasons(reefer, "G010101.1"), [StorageReason::NotForReefers]);
}

#[test]
fn a_slot_that_no_block_covers_is_none() {
    for slot in ["Z990101.1", "G019901.1", "G010109.1", "G010101.9", "quay"] {
        assert_eq!(reasons(class("8"), slot), [StorageReason::NoBlock], "{slot}");
        assert_eq!(
            reasons(json!({"refrigerated": true}), slot),
            [StorageReason::NoBlock],
            "{slot}"
        );
    }
}

#[test]
fn classes_1_1_and_1_2_and_ammonium_nitrate_may_not_stand_at_all() {
    assert_eq!(reasons(class("1.1"), "D010101.1"), [StorageReason::MayNotStand]);
    assert_eq!(reasons(class("1.2"), "D010101.1"), [StorageReason::MayNotStand]);
    for un in ["1942", "2067"] {
        let goods = json!({"dangerous": [{"class": "5.1", "un": un}]});
        assert_eq!(reasons(goods, "D010101.1"), [StorageReason::MayNotStand]);
    }
}

#[test]
fn other_class_1_and_classes_2_and_7_may_stand_for_48_hours() {
    for limited in ["1.4", "2.1", "2.2", "2.3", "7"] {
        let port = put(&class(limited), &[("08:10", "D010101.1")]);
        assert_eq!(illegal(&port, "2d 08:10"), [], "{limited}");
        let alarms = illegal(&port, "2d 08:10:01");
        assert_eq!(alarms.len(), 1, "{limited}");
        assert_eq!(alarms[0].detail.reasons, [StorageReason::TooLong]);
        assert_eq!(
            (alarms[0].raised_at, alarms[0].limit_seconds),
            (at("2d 08:10"), Some(172_800))
        );
    }
    let port = put(&class("3"), &[("08:10", "D010101.1")]);
    assert_eq!(illegal(&port, "30d 08:10"), []);
}

#[test]
fn a_shift_within_the_port_does_not_begin_the_48_hours_anew() {
    let port = put(
        &class("2.1"),
        &[("08:10", "D010101.1"), ("1d 08:10", "D010301.1")],
    );
    assert_eq!(illegal(&port, "2d 09:00")[0].raised_at, at("2d 08:10"));
}

#[test]
fn flammables_and_oxidisers_stand_at_most_2_high_and_other_dangerous_boxes_3_high() {
    for low in ["2.1", "3", "4.1", "4.2", "4.3", "5.1", "5.2"] {
        assert_eq!(reasons(class(low), "D010101.2"), [], "{low}");
        assert_eq!(
            reasons(class(low), "D010101.3"),
            [StorageReason::TooHigh],
            "{low}"
        );
    }
    for high in ["2.2", "6.1", "8", "9"] {
        assert_eq!(reasons(class(high), "D010101.3"), [], "{high}");
    }
}

#[test]
fn of_several_goods_in_a_box_the_strictest_counts() {
    let both = json!({"dangerous": [{"class": "8"}, {"class": "3"}]});
    assert_eq!(reasons(both, "D010101.3"), [StorageReason::TooHigh]);
    let both = json!({"dangerous": [{"class": "8"}, {"class": "1.1"}]});
    assert_eq!(reasons(both, "D010101.1"), [StorageReason::MayNotStand]);
}

/// Rules with the exception, from a moment on.
fn excepting(valid_from: Time) -> Regime {
    let storage = StorageRules {
        except_class_8_and_9: true,
        ..StorageRules::default()
    };
    let rules = Rules {
        storage,
        ..Rules::default()
    };
    Regime {
        rules: Arc::new(rules),
        ..regime(valid_from, defaults())
    }
}

#[test]
fn the_exception_for_classes_8_and_9_among_general_boxes_is_there_and_off() {
    assert_eq!(reasons(class("9"), "G010101.1"), [StorageReason::NotForDangerous]);
    let excepted = excepting(at("-1d 00:00"));
    let port = put(&class("9"), &[("08:10", "G010101.1")]).under_from(excepted);
    assert_eq!(illegal(&port, "09:00"), []);
}

#[test]
fn a_placement_is_judged_by_the_version_of_the_rules_in_force_at_its_time() {
    let excepted = excepting(at("09:00"));
    let port = put(&class("9"), &[("08:10", "G010101.1")]).under_from(excepted.clone());
    assert_eq!(illegal(&port, "12:00").len(), 1);
    let port = put(&class("9"), &[("09:00", "G010101.1")]).under_from(excepted);
    assert_eq!(illegal(&port, "12:00"), []);
}
