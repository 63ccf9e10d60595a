//! §2: vessel calls.

use crate::port::{at, event, is_flagged, seconds, segment, told};
use serde_json::{Value, json};
use shared::stay::{SegmentName, StayFlag};

/// A box off a vessel, stating this of the vessel.
fn discharged(vessel: Value) -> Value {
    event("tos", "d", "discharge", "13:00", vessel)
}

fn arrival(id: &str, clock: &str, vessel: Value) -> Value {
    event("port", id, "vessel_arrival", clock, vessel)
}

fn unloading(events: Vec<Value>) -> Option<u64> {
    segment(&told(events).stay(), SegmentName::Unloading)
}

#[test]
fn a_stay_refers_to_its_call_by_voyage_and_imo_number() {
    let events = vec![
        arrival("1", "08:00", json!({"vessel_imo": "9321483", "voyage": "2018"})),
        arrival("2", "10:00", json!({"vessel_imo": "1234567", "voyage": "2018"})),
        arrival("3", "11:00", json!({"vessel_imo": "9321483", "voyage": "2019"})),
        discharged(json!({"vessel_imo": "9321483", "voyage": "2018"})),
    ];
    assert_eq!(unloading(events), Some(seconds(5, 0)));
}

#[test]
fn a_stay_refers_to_its_call_by_voyage_and_name_where_no_imo_number_is_known() {
    let events = vec![
        arrival(
            "1",
            "08:00",
            json!({"vessel_name": "COSCO TIANJIN", "voyage": "2018"}),
        ),
        arrival(
            "2",
            "10:00",
            json!({"vessel_name": "EVER GIVEN", "voyage": "2018"}),
        ),
        discharged(json!({"vessel_name": "Cosco Tianjin", "voyage": "2018"})),
    ];
    assert_eq!(unloading(events), Some(seconds(5, 0)));
}

#[test]
fn a_stay_refers_to_its_call_by_voyage_alone_when_only_one_call_fits() {
    let events = vec![
        arrival("1", "08:00", json!({"vessel_imo": "9321483", "voyage": "2018"})),
        discharged(json!({"voyage": "2018"})),
    ];
    assert_eq!(unloading(events), Some(seconds(5, 0)));
}

#[test]
fn a_voyage_alone_says_nothing_when_two_calls_fit() {
    let events = vec![
        arrival("1", "08:00", json!({"vessel_imo": "9321483", "voyage": "2018"})),
        arrival("2", "10:00", json!({"vessel_imo": "1234567", "voyage": "2018"})),
        discharged(json!({"voyage": "2018"})),
    ];
    assert_eq!(unloading(events), None);
}

#[test]
fn a_voyage_alone_means_no_call_that_is_over_fourteen_days_away() {
    let with_arrival = |clock: &str| {
        unloading(vec![
            arrival("1", clock, json!({"vessel_imo": "9321483", "voyage": "2018"})),
            discharged(json!({"voyage": "2018"})),
        ])
    };
    assert_eq!(with_arrival("-14d 13:00"), Some(seconds(14 * 24, 0)));
    assert_eq!(with_arrival("-14d 12:59"), None);
}

#[test]
fn a_voyage_alone_means_the_one_call_within_fourteen_days_when_another_is_further_away() {
    let events = vec![
        arrival(
            "1",
            "-30d 08:00",
            json!({"vessel_imo": "1234567", "voyage": "2018"}),
        ),
        arrival("2", "08:00", json!({"vessel_imo": "9321483", "voyage": "2018"})),
        discharged(json!({"voyage": "2018"})),
    ];
    assert_eq!(unloading(events), Some(seconds(5, 0)));
}

#[test]
fn another_vessel_of_the_same_voyage_is_another_call() {
    let events = vec![
        arrival("1", "08:00", json!({"vessel_imo": "1234567", "voyage": "2018"})),
        discharged(json!({"vessel_imo": "9321483", "voyage": "2018"})),
    ];
    assert_eq!(unloading(events), None);
}

#[test]
fn a_call_of_another_site_is_another_call() {
    let events = vec![
        arrival(
            "1",
            "08:00",
            json!({"vessel_imo": "9321483", "voyage": "2018", "site": "CNDLC"}),
        ),
        discharged(json!({"vessel_imo": "9321483", "voyage": "2018"})),
    ];
    assert_eq!(unloading(events), None);
}

#[test]
fn a_call_has_its_departure_behind_its_arrival() {
    let vessel = json!({"vessel_imo": "9321483", "voyage": "2018"});
    let port = told(vec![
        arrival("1", "08:00", vessel.clone()),
        event("port", "2", "vessel_departure", "20:00", vessel.clone()),
        event(
            "gate",
            "3",
            "gate_in",
            "-1d 08:00",
            json!({"direction": "export"}),
        ),
        event("tos", "4", "load", "15:00", vessel),
    ]);
    assert_eq!(segment(&port.stay(), SegmentName::Departure), Some(seconds(5, 0)));
}

#[test]
fn an_arrival_that_is_only_expected_is_none() {
    let vessel = json!({"vessel_imo": "9321483", "voyage": "2018"});
    let mut expected = arrival("1", "08:00", vessel.clone());
    expected["classifier"] = "estimated".into();
    assert_eq!(unloading(vec![expected, discharged(vessel)]), None);
}

#[test]
fn a_corrected_arrival_moves_the_beginning_of_clearance() {
    let vessel = json!({"vessel_imo": "9321483", "voyage": "2018"});
    let mut port = told(vec![
        arrival("1", "08:00", vessel.clone()),
        discharged(vessel.clone()),
        event("customs", "r", "release", "18:00", json!({})),
    ]);
    assert_eq!(port.stay().clearance.unwrap().seconds, Some(seconds(10, 0)));
    let mut corrected = arrival("1", "09:00", vessel);
    corrected["updated_at"] = "2022-02-23T03:00:00Z".into();
    port.hear(corrected);
    assert_eq!(port.stay().clearance.unwrap().seconds, Some(seconds(9, 0)));
    port.hear(json!({"source": "port", "id": "1", "retracted": true, "updated_at": "2022-02-23T04:00:00Z"}));
    let stay = port.stay();
    assert_eq!(stay.clearance.unwrap().from, at("13:00"));
    assert!(is_flagged(&stay, StayFlag::StartSubstituted));
}

#[test]
fn which_reports_speak_of_one_vessel_does_not_depend_on_the_order_in_which_they_came() {
    let by_imo = arrival("1", "08:00", json!({"vessel_imo": "9321483", "voyage": "2018"}));
    let by_name = event(
        "agent",
        "2",
        "vessel_arrival",
        "08:30",
        json!({"vessel_name": "COSCO TIANJIN", "voyage": "2018"}),
    );
    let by_both = event(
        "harbour",
        "3",
        "vessel_arrival",
        "09:00",
        json!({"vessel_imo": "9321483", "vessel_name": "COSCO TIANJIN", "voyage": "2018"}),
    );
    let reports = [by_imo, by_name, by_both];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        use shared::call::{CallBook, Vessel};
        let mut book = CallBook::default();
        for index in order {
            book.insert(
                &shared::event::json::read(&reports[index].to_string())
                    .unwrap()
                    .event,
            );
        }
        // All three are one vessel, and so a voyage alone is enough.
        let call = book.find(crate::port::SITE, "2018", Vessel::default(), at("13:00"), &[]);
        assert_eq!(call.and_then(|call| call.arrival), Some(at("08:00")), "{order:?}");
    }
}
