//! §4: the kinds beside overtime and illegal storage, with their delays.

use crate::port::{Port, at, event, regime, told};
use serde_json::json;
use shared::alarm::delay::Wrong;
use shared::alarm::judge::{Sighting, judge, two_sites};
use shared::alarm::kept::Kept;
use shared::alarm::neighbours::{Stands, judge_among, look_around};
use shared::alarm::occurrence::Occurrence;
use shared::alarm::stands::{Stand, StandIndex, StandKey, stands_of};
use shared::alarm::watched::Around;
use shared::alarm::{Kind, Priority, StorageReason};
use shared::container::ContainerNumber;
use shared::event::Node;
use shared::rules::{KindRule, Regime, RuleBook, Rules, kind};
use shared::time::{HOUR, Time};
use std::sync::Arc;

fn times(alarms: &[Occurrence]) -> Vec<(Time, Option<Time>)> {
    alarms
        .iter()
        .map(|alarm| (alarm.raised_at, alarm.cleared_at))
        .collect()
}

/// The defaults with another rule for a kind, for all time.
fn ruled(kind: Kind, change: impl FnOnce(&mut KindRule)) -> Rules {
    let mut rules = Rules::default();
    let mut rule = kind::default_of(kind);
    change(&mut rule);
    rules.kinds.insert(kind, rule);
    rules
}

fn under(port: Port, rules: Rules) -> Port {
    port.under_from(Regime {
        rules: Arc::new(rules),
        ..regime(at("2000-01-01T00:00:00Z"), Vec::new())
    })
}

#[test]
fn an_import_box_that_is_gated_out_without_release_has_an_alarm_from_that_moment() {
    let port = told(
        events! { tos 1 discharge "08:00"; tos 2 stack "08:10" {"slot": "G010101.1"}; gate 1 gate_out "10:00"; },
    );
    let alarms = port.alarms_of(Kind::UnreleasedDeparture, "12:00");
    assert_eq!(times(&alarms), [(at("10:00"), None)]);
    assert_eq!(alarms[0].priority, Priority::High);
    assert_eq!(alarms[0].previous, Some((Node::GateOut, at("10:00"))));
    assert_eq!(alarms[0].current, Some((Node::Release, None)));
}

#[test]
fn a_release_of_the_same_moment_or_before_is_enough_and_a_later_one_clears() {
    let left = |release: &str| {
        let mut port = told(events! { tos 1 discharge "08:00"; gate 1 gate_out "10:00"; });
        port.hear(event("customs", "1", "release", release, json!({})));
        times(&port.alarms_of(Kind::UnreleasedDeparture, "20:00"))
    };
    assert_eq!(left("09:00"), []);
    assert_eq!(left("10:00"), []);
    assert_eq!(left("11:00"), [(at("10:00"), Some(at("11:00")))]);
}

#[test]
fn a_hold_after_the_release_takes_it_back() {
    let port = told(events! {
        tos 1 discharge "08:00"; customs 1 release "08:30"; customs 2 hold "09:00"; gate 1 gate_out "10:00";
    });
    assert_eq!(port.alarms_of(Kind::UnreleasedDeparture, "12:00").len(), 1);
}

#[test]
fn empties_transshipments_and_returned_export_boxes_need_no_release() {
    let empty = told(events! { tos 1 discharge "08:00" {"empty": true}; gate 1 gate_out "10:00"; });
    let transit = told(events! { tos 1 discharge "08:00"; tos 2 load "10:00"; });
    let returned = told(events! { gate 1 gate_in "08:00"; gate 2 gate_out "10:00"; });
    let loaded = told(events! { gate 1 gate_in "08:00"; tos 2 load "10:00"; });
    for (port, alarms) in [(empty, 0), (transit, 0), (returned, 0), (loaded, 1)] {
        assert_eq!(port.alarms_of(Kind::UnreleasedDeparture, "12:00").len(), alarms);
    }
}

/// Judges the only stay of a port with something around it.
fn around(port: &Port, around: Around, now: &str, kind: Kind) -> Vec<Occurrence> {
    let mut found = port.judged_around(around, at(now)).occurrences;
    found.retain(|alarm| alarm.kind == kind);
    found
}

#[test]
fn an_export_box_that_is_not_released_when_the_loading_begins_has_an_alarm_until_it_is() {
    let loading = Around {
        loading_began: Some(at("10:00")),
        ..Around::default()
    };
    let port = told(events! { gate 1 gate_in "08:00"; tos 2 stack "08:10" {"slot": "G010101.1"}; });
    assert_eq!(around(&port, loading, "09:59", Kind::ReleaseMissing), []);
    assert_eq!(
        times(&around(&port, loading, "12:00", Kind::ReleaseMissing)),
        [(at("10:00"), None)]
    );
    let released = told(events! { gate 1 gate_in "08:00"; customs 1 release "11:00"; });
    assert_eq!(
        times(&around(&released, loading, "12:00", Kind::ReleaseMissing)),
        [(at("10:00"), Some(at("11:00")))]
    );
    let before = told(events! { gate 1 gate_in "08:00"; customs 1 release "10:00"; });
    assert_eq!(around(&before, loading, "12:00", Kind::ReleaseMissing), []);
    let held = told(events! { gate 1 gate_in "08:00"; customs 1 release "09:00"; customs 2 hold "11:00"; });
    assert_eq!(
        times(&around(&held, loading, "12:00", Kind::ReleaseMissing)),
        [(at("11:00"), None)]
    );
    let late = told(events! { gate 1 gate_in "11:30"; });
    assert_eq!(
        times(&around(&late, loading, "12:00", Kind::ReleaseMissing)),
        [(at("11:30"), None)]
    );
}

#[test]
fn a_released_export_box_without_instruction_has_an_alarm_before_its_vessel_closes_until_it_comes() {
    let closing = Around {
        closes_at: Some(at("18:00")),
        instructions_tell: true,
        ..Around::default()
    };
    let missing = |port: &Port, closing, now| around(port, closing, now, Kind::InstructionMissing);
    // Six hours before closing, and an hour to come.
    let port = told(events! { gate 1 gate_in "08:00"; customs 1 release "09:00"; });
    assert_eq!(missing(&port, closing, "12:59"), []);
    let raised = missing(&port, closing, "13:00");
    assert_eq!(times(&raised), [(at("13:00"), None)]);
    assert_eq!(raised[0].limit_seconds, Some(6 * 3_600));
    assert_eq!(raised[0].current, Some((Node::LoadingInstruction, None)));
    // What nobody ever reports there is not missed.
    let silent = Around {
        instructions_tell: false,
        ..closing
    };
    assert_eq!(missing(&port, silent, "17:00"), []);
    let come = told(
        events! { gate 1 gate_in "08:00"; customs 1 release "09:00"; desk 1 loading_instruction "15:00"; },
    );
    assert_eq!(
        times(&missing(&come, closing, "17:00")),
        [(at("13:00"), Some(at("15:00")))]
    );
    let early = told(
        events! { gate 1 gate_in "08:00"; customs 1 release "09:00"; desk 1 loading_instruction "09:30"; },
    );
    assert_eq!(missing(&early, closing, "17:00"), []);
    for other in [
        told(events! { gate 1 gate_in "08:00"; }),
        told(events! { gate 1 gate_in "08:00" {"empty": true}; customs 1 release "09:00"; }),
        told(events! { tos 1 discharge "08:00"; customs 1 release "09:00"; }),
    ] {
        assert_eq!(missing(&other, closing, "17:00"), []);
    }
}

#[test]
fn the_beginning_of_the_loading_asks_for_the_instruction_too_and_a_hold_ends_the_asking() {
    let loading = Around {
        loading_began: Some(at("10:00")),
        instructions_tell: true,
        ..Around::default()
    };
    let port = told(events! { gate 1 gate_in "08:00"; customs 1 release "09:00"; customs 2 hold "14:00"; });
    let held = around(&port, loading, "16:00", Kind::InstructionMissing);
    assert_eq!(times(&held), [(at("11:00"), Some(at("14:00")))]);
    assert_eq!(held[0].limit_seconds, None);
    let again = told(events! {
        gate 1 gate_in "08:00"; customs 1 release "09:00"; customs 2 hold "14:00"; customs 3 release "15:00";
        tos 9 load "17:00";
    });
    assert_eq!(
        times(&around(&again, loading, "18:00", Kind::InstructionMissing)),
        [(at("11:00"), Some(at("14:00"))), (at("16:00"), Some(at("17:00")))]
    );
}

#[test]
fn an_inspection_that_is_not_done_within_32_hours_is_late_until_it_ends() {
    let port = told(events! {
        tos 1 discharge "08:00"; tos 2 stack "08:10" {"slot": "G010101.1"}; customs 1 select_for_inspection "09:00";
        customs 2 inspection_start "1d 08:00";
    });
    assert_eq!(port.alarms_of(Kind::InspectionLate, "1d 17:00"), []);
    let alarms = port.alarms_of(Kind::InspectionLate, "1d 17:01");
    assert_eq!(times(&alarms), [(at("1d 17:00"), None)]);
    assert_eq!(alarms[0].limit_seconds, Some(32 * 3_600));
    let mut done = port;
    done.hear(event("customs", "3", "inspection_end", "1d 20:00", json!({})));
    let alarms = done.alarms_of(Kind::InspectionLate, "9d 00:00");
    assert_eq!(times(&alarms), [(at("1d 17:00"), Some(at("1d 20:00")))]);
}

#[test]
fn a_reefer_that_is_unplugged_in_the_yard_for_an_hour_has_no_power_until_it_is_plugged_in() {
    let reefer = |more: Vec<serde_json::Value>| {
        let mut port = told(events! {
            tos 1 discharge "08:00" {"refrigerated": true}; tos 2 stack "08:10" {"slot": "R010101.1"}; tos 3 plug_in "08:20";
        });
        for event in more {
            port.hear(event);
        }
        port
    };
    assert_eq!(reefer(vec![]).alarms_of(Kind::ReeferPower, "9d 00:00"), []);
    let out = || event("tos", "4", "plug_out", "09:00", json!({}));
    assert_eq!(reefer(vec![out()]).alarms_of(Kind::ReeferPower, "10:00"), []);
    assert_eq!(
        times(&reefer(vec![out()]).alarms_of(Kind::ReeferPower, "10:01")),
        [(at("10:00"), None)]
    );
    let again = |clock| reefer(vec![out(), event("tos", "5", "plug_in", clock, json!({}))]);
    assert_eq!(again("10:00").alarms_of(Kind::ReeferPower, "12:00"), []);
    assert_eq!(
        times(&again("10:30").alarms_of(Kind::ReeferPower, "12:00")),
        [(at("10:00"), Some(at("10:30")))]
    );
    let left = reefer(vec![out(), event("gate", "1", "gate_out", "09:40", json!({}))]);
    assert_eq!(left.alarms_of(Kind::ReeferPower, "12:00"), []);
}

#[test]
fn a_reefer_that_was_never_plugged_in_has_an_alarm_where_plug_ins_are_reported() {
    let port = told(
        events! { tos 1 discharge "08:00" {"refrigerated": true}; tos 2 stack "08:10" {"slot": "R010101.1"}; },
    );
    let tells = Around {
        plugging_tells: true,
        ..Around::default()
    };
    assert_eq!(port.alarms_of(Kind::ReeferPower, "12:00"), []);
    assert_eq!(
        times(&around(&port, tells, "12:00", Kind::ReeferPower)),
        [(at("09:10"), None)]
    );
}

/// A reefer that is set to -18 °C, with measurements.
fn measured(measurements: &[(&str, f64)]) -> Port {
    let mut port = told(events! {
        tos 1 discharge "08:00" {"temperature_celsius": -18.0}; tos 2 stack "08:10" {"slot": "R010101.1"};
    });
    for (index, (clock, celsius)) in measurements.iter().enumerate() {
        let more = json!({"temperature_celsius": celsius});
        port.hear(event("reefer", &index.to_string(), "measure", clock, more));
    }
    port
}

#[test]
fn a_reefer_outside_its_band_for_an_hour_has_an_alarm_until_it_is_measured_within() {
    let port = measured(&[
        ("09:00", -15.0),
        ("10:00", -14.9),
        ("10:30", -12.0),
        ("11:30", -16.0),
    ]);
    let alarms = port.alarms_of(Kind::ReeferTemperature, "12:00");
    assert_eq!(times(&alarms), [(at("11:00"), Some(at("11:30")))]);
    let temperature = alarms[0].detail.temperature.unwrap();
    assert_eq!(
        (temperature.set, temperature.measured, temperature.band),
        (-18_000, -12_000, 3_000)
    );
    let short = measured(&[("10:00", -12.0), ("11:00", -18.0)]);
    assert_eq!(short.alarms_of(Kind::ReeferTemperature, "12:00"), []);
    let open = measured(&[("10:00", -12.0)]);
    assert_eq!(open.alarms_of(Kind::ReeferTemperature, "10:59"), []);
    assert_eq!(open.alarms_of(Kind::ReeferTemperature, "11:00").len(), 1);
}

#[test]
fn an_off_delay_keeps_an_alarm_that_comes_and_goes_one_alarm() {
    let swings = [
        ("10:00", -12.0),
        ("12:00", -18.0),
        ("12:20", -12.0),
        ("14:00", -18.0),
    ];
    let apart = measured(&swings).alarms_of(Kind::ReeferTemperature, "20:00");
    assert_eq!(apart.len(), 2);
    let patient = ruled(Kind::ReeferTemperature, |rule| rule.off_delay_seconds = 1_800);
    let port = under(measured(&swings), patient);
    let alarms = port.alarms_of(Kind::ReeferTemperature, "20:00");
    assert_eq!(times(&alarms), [(at("11:00"), Some(at("14:30")))]);
    assert_eq!(
        times(&port.alarms_of(Kind::ReeferTemperature, "14:10")),
        [(at("11:00"), None)]
    );
    assert_eq!(port.judged(at("14:10")).next_deadline, Some(at("14:30")));
}

#[test]
fn an_on_delay_leaves_out_what_is_soon_put_right() {
    let patient = || ruled(Kind::IllegalStorage, |rule| rule.on_delay_seconds = 1_800);
    let wrong = |moved: &str| {
        let port = told(vec![
            event(
                "tos",
                "1",
                "discharge",
                "08:00",
                json!({"dangerous": [{"class": "3"}]}),
            ),
            event("tos", "2", "stack", "08:10", json!({"slot": "G010101.1"})),
            event("tos", "3", "shift", moved, json!({"slot": "D010101.1"})),
        ]);
        times(&under(port, patient()).alarms_of(Kind::IllegalStorage, "12:00"))
    };
    assert_eq!(wrong("08:40"), []);
    assert_eq!(wrong("08:41"), [(at("08:40"), Some(at("08:41")))]);
}

#[test]
fn two_senders_that_put_one_box_into_two_slots_by_one_node_contradict_each_other() {
    let port = told(events! {
        tos 1 discharge "08:00"; tos 2 stack "08:10" {"slot": "G010101.1"}; rfid 1 stack "08:15" {"slot": "G020101.1"};
        tos 3 shift "10:00" {"slot": "G030101.1"};
    });
    let alarms = port.alarms_of(Kind::TwoPlaces, "12:00");
    assert_eq!(times(&alarms), [(at("08:15"), Some(at("10:00")))]);
    let other = &alarms[0].detail.others[0];
    assert_eq!(
        (
            alarms[0].slot.as_deref(),
            other.slot.as_deref(),
            other.source.as_deref()
        ),
        (Some("G010101.1"), Some("G020101.1"), Some("rfid"))
    );
    let agreeing = told(events! {
        tos 1 discharge "08:00"; tos 2 stack "08:10" {"slot": "G010101.1"}; rfid 1 stack "08:15" {"slot": "G010101.1"};
    });
    assert_eq!(agreeing.alarms_of(Kind::TwoPlaces, "12:00"), []);
}

#[test]
fn a_box_that_is_at_two_sites_at_once_has_an_alarm_at_the_second_until_it_has_left_one() {
    let port = told(events! { tos 1 discharge "08:00"; tos 2 stack "08:10" {"slot": "G010101.1"}; });
    let there = |began: &str, ended: Option<&str>| Sighting {
        site: "OTHER".into(),
        stay: "x".into(),
        began_at: at(began),
        ended_at: ended.map(at),
        slot: None,
    };
    let found = |sighting: Sighting| {
        port.with_watched(|stay, rules| {
            times(&two_sites(stay, std::slice::from_ref(&sighting), rules, at("12:00")).occurrences)
        })
    };
    assert_eq!(found(there("07:00", None)), [(at("08:00"), None)]);
    assert_eq!(
        found(there("07:00", Some("09:00"))),
        [(at("08:00"), Some(at("09:00")))]
    );
    assert_eq!(found(there("07:00", Some("08:00"))), []);
    assert_eq!(
        found(there("09:00", None)),
        [],
        "the other one came later and has the alarm"
    );
}

struct Indexed(StandIndex);

impl Stands for Indexed {
    fn each(&self, key: &StandKey, _: Time, take: &mut dyn FnMut(&Stand)) {
        self.0.under(key).for_each(take);
    }
}

/// A box of some class in a slot for a time, each under its own number.
fn boxes(placed: &[(&str, &str, &str, Option<&str>)]) -> Port {
    let mut port = told(Vec::new());
    for (index, (class, slot, from, until)) in placed.iter().enumerate() {
        let whom = json!({"container": format!("BOX{index}")});
        let mut tell = |id: &str, node: &str, clock: &str, more: serde_json::Value| {
            let mut event = event("tos", &format!("{index}-{id}"), node, clock, more);
            event["container"] = whom["container"].clone();
            port.hear(event);
        };
        let goods = match *class {
            "" => json!({}),
            class => {
                json!({"dangerous": [{"class": class, "un": if class == "9" { "3480" } else { "0000" }}]})
            }
        };
        tell("d", "discharge", "00:10", goods);
        tell("s", "stack", from, json!({"slot": slot}));
        if let Some(until) = until {
            tell("g", "gate_out", until, json!({}));
        }
    }
    port
}

/// What is wrong around a box: whose it is, which rule, why, with whom, from and until.
type Trouble = (
    String,
    String,
    Vec<StorageReason>,
    Vec<String>,
    Time,
    Option<Time>,
);

/// What is wrong around the boxes.
fn among(port: &Port, now: &str) -> Vec<Trouble> {
    let mut index = StandIndex::default();
    port.each_watched(|stay, rules| {
        let stands = stands_of(0, stay, rules);
        index.put(stay.container, stands);
    });
    let index = Indexed(index);
    let mut found = Vec::new();
    port.each_watched(|stay, rules| {
        let stands = index.0.of(stay.container).unwrap_or_default().to_vec();
        let looked = stands.into_iter().enumerate().map(|(place, stand)| {
            let trouble = look_around(&stand, place == 0, rules, &index);
            (stand, trouble)
        });
        let troubles: Vec<_> = looked.collect();
        for alarm in judge_among(stay, &troubles, rules, at(now)).occurrences {
            let others = alarm
                .detail
                .others
                .iter()
                .map(|other| other.container.to_string());
            found.push((
                stay.container.to_string(),
                alarm.rule.to_string(),
                alarm.detail.reasons.clone(),
                others.collect(),
                alarm.raised_at,
                alarm.cleared_at,
            ));
        }
    });
    found
}

#[test]
fn of_two_boxes_in_one_slot_the_later_has_the_alarm_until_one_of_them_goes() {
    let port = boxes(&[
        ("", "G010101.1", "08:00", Some("10:00")),
        ("", "G010101.1", "09:00", None),
    ]);
    let expected = (
        "BOX1".to_owned(),
        "slot_taken".to_owned(),
        vec![],
        vec!["BOX0".to_owned()],
        at("09:00"),
        Some(at("10:00")),
    );
    assert_eq!(among(&port, "12:00"), [expected]);
    let after = boxes(&[
        ("", "G010101.1", "08:00", Some("09:00")),
        ("", "G010101.1", "09:00", None),
    ]);
    assert_eq!(among(&after, "12:00"), []);
    let above = boxes(&[("", "G010101.1", "08:00", None), ("", "G010101.2", "09:00", None)]);
    assert_eq!(among(&above, "12:00"), []);
}

#[test]
fn a_40_ft_box_takes_both_odd_bays() {
    for (slot, taken) in [("G010101.1", true), ("G010301.1", true), ("G010501.1", false)] {
        let port = boxes(&[("", "G010201.1", "08:00", None), ("", slot, "09:00", None)]);
        assert_eq!(!among(&port, "12:00").is_empty(), taken, "{slot}");
    }
    let side_by_side = boxes(&[("", "G010201.1", "08:00", None), ("", "G010601.1", "09:00", None)]);
    assert_eq!(among(&side_by_side, "12:00"), []);
    let crossing = boxes(&[("", "G010201.1", "08:00", None), ("", "G010401.1", "09:00", None)]);
    assert_eq!(among(&crossing, "12:00").len(), 1);
}

#[test]
fn classes_that_imdg_segregates_may_not_stand_in_the_same_or_in_neighbouring_bays() {
    for (slot, near) in [
        ("D010102.1", true),
        ("D010301.1", true),
        ("D010501.1", false),
        ("D020101.1", false),
    ] {
        let port = boxes(&[("3", "D010101.1", "08:00", None), ("5.1", slot, "09:00", None)]);
        let found = among(&port, "12:00");
        assert_eq!(!found.is_empty(), near, "{slot}");
        if let Some((whose, rule, reasons, others, raised, _)) = found.first() {
            assert_eq!((whose.as_str(), rule.as_str()), ("BOX1", "storage:apart"));
            assert_eq!(
                (reasons.as_slice(), others.as_slice()),
                (&[StorageReason::Segregated][..], &["BOX0".to_owned()][..])
            );
            assert_eq!(*raised, at("09:00"));
        }
    }
    let friends = boxes(&[
        ("3", "D010101.1", "08:00", None),
        ("8", "D010102.1", "09:00", None),
    ]);
    assert_eq!(among(&friends, "12:00"), []);
}

#[test]
fn lithium_batteries_stand_apart_from_flammable_goods() {
    let port = boxes(&[
        ("9", "D010101.1", "08:00", None),
        ("3", "D010102.1", "09:00", None),
    ]);
    let found = among(&port, "12:00");
    assert_eq!(found[0].2, [StorageReason::LithiumNearFlammables]);
}

#[test]
fn the_21st_box_of_a_class_of_which_20_may_stand_has_an_alarm_until_one_goes() {
    let mut placed: Vec<(&str, &str, &str, Option<&str>)> = Vec::new();
    let slots: Vec<String> = (0..21)
        .map(|n| format!("D01{:02}{:02}.1", 1 + 4 * (n % 6), 1 + n / 6))
        .collect();
    for slot in &slots {
        placed.push(("7", slot, "08:00", None));
    }
    placed[20].2 = "09:00";
    placed[3].3 = Some("11:00");
    let found = among(&boxes(&placed), "12:00");
    let expected = (
        "BOX20".to_owned(),
        "storage:number".to_owned(),
        vec![StorageReason::TooMany],
        vec![],
        at("09:00"),
        Some(at("11:00")),
    );
    assert_eq!(found, [expected]);
    placed[20].2 = "11:00";
    assert_eq!(among(&boxes(&placed), "12:00"), []);
}

#[test]
fn what_a_store_keeps_of_a_stay_is_judged_as_the_stay_itself() {
    let port = told(events! {
        tos 1 discharge "08:00" {"temperature_celsius": -18.0, "dangerous": [{"class": "3", "un": "1993"}]};
        tos 2 stack "09:30" {"slot": "G010101.3"}; rfid 1 stack "09:35" {"slot": "G020101.1"};
        customs 1 declare "09:40" {"declaration": "D1"}; customs 2 declare "09:50" {"declaration": "D2"};
        customs 3 select_for_inspection "10:00"; customs 4 release "1d 11:00" {"declaration": "D1"};
        tos 3 plug_in "10:10"; tos 4 measure "11:00" {"temperature_celsius": -2.0}; tos 5 plug_out "12:00";
        tos 6 shift "2d 10:00" {"slot": "R010101.1"}; gate 1 gate_out "9d 10:00";
    });
    let comparable = |alarms: Vec<Occurrence>| -> Vec<_> {
        alarms
            .into_iter()
            .map(|alarm| {
                (
                    alarm.rule,
                    alarm.kind,
                    alarm.previous,
                    alarm.current,
                    alarm.slot,
                    alarm.raised_at,
                    alarm.cleared_at,
                    alarm.detail,
                )
            })
            .collect()
    };
    let mut kinds = std::collections::BTreeSet::new();
    port.each_watched(|stay, rules: &RuleBook| {
        let now = at("20d 00:00");
        let live = judge(stay, rules, now).occurrences;
        kinds.extend(live.iter().map(|alarm| alarm.kind));
        let kept = Kept::of(0, stay);
        let nobody = ContainerNumber::parse("X").unwrap();
        let name = "S".into();
        let tried = judge(&kept.watched(stay.site, &name, &nobody), rules, now).occurrences;
        // Who contradicts is asked of the live one alone.
        let without_names = |alarms: Vec<Occurrence>| {
            let mut alarms = alarms;
            alarms.iter_mut().for_each(|alarm| alarm.detail.others.clear());
            comparable(alarms)
        };
        assert_eq!(without_names(live), without_names(tried));
        assert_eq!(kept.last(), Some(at("9d 10:00")));
    });
    assert!(kinds.len() >= 6, "{kinds:?}");
}

#[test]
fn a_wrong_of_no_length_is_none() {
    let wrong = Wrong {
        from: Time(5 * HOUR),
        until: Some(Time(5 * HOUR)),
    };
    let standing = shared::alarm::delay::stand(wrong, Default::default(), None, Time(9 * HOUR));
    assert_eq!(standing.raised, None);
}
