//! §1: identity, versions and retraction.

use crate::port::{at, event, is_flagged, told};
use serde_json::json;
use shared::event::json as native;
use shared::event::versions::Arrival;
use shared::event::{Attribute, Node};
use shared::stay::StayFlag;
use shared::time::Time;

#[test]
fn of_several_versions_the_latest_updated_at_holds() {
    let port = told(events! {
        tos 1 discharge "13:00" {"updated_at": "2022-02-23T05:01:00Z"};
        tos 1 discharge "13:20" {"updated_at": "2022-02-23T05:30:00Z"};
        tos 1 discharge "13:10" {"updated_at": "2022-02-23T05:10:00Z"};
    });
    assert_eq!(port.stay().began_at, Some(at("13:20")));
}

#[test]
fn a_version_without_updated_at_counts_as_earliest() {
    let port = told(events! {
        tos 1 discharge "13:20" {"updated_at": "2022-02-23T05:30:00Z"};
        tos 1 discharge "13:00";
    });
    assert_eq!(port.stay().began_at, Some(at("13:20")));
}

#[test]
fn a_retraction_holds_when_it_is_the_latest() {
    let port = told(events! {
        tos 1 discharge "13:00" {"updated_at": "2022-02-23T05:01:00Z"};
        tos 1 discharge "13:00" {"updated_at": "2022-02-23T05:02:00Z", "retracted": true};
    });
    assert_eq!(port.stays(), []);
}

#[test]
fn a_version_later_than_the_retraction_holds_again() {
    let port = told(events! {
        tos 1 discharge "13:00" {"updated_at": "2022-02-23T05:02:00Z", "retracted": true};
        tos 1 discharge "13:05" {"updated_at": "2022-02-23T05:03:00Z"};
    });
    assert_eq!(port.stay().began_at, Some(at("13:05")));
}

#[test]
fn a_retraction_needs_only_source_and_id() {
    let read = native::read(r#"{"source":"tos","id":"1","retracted":true}"#).unwrap();
    assert!(read.event.retracted && read.event.content.is_none());
}

#[test]
fn a_bare_retraction_voids_whether_it_comes_before_or_after() {
    let sent = event("tos", "1", "discharge", "13:00", json!({}));
    let void = json!({"source": "tos", "id": "1", "retracted": true});
    assert_eq!(told(vec![sent.clone(), void.clone()]).stays(), []);
    assert_eq!(told(vec![void, sent]).stays(), []);
}

#[test]
fn the_same_event_sent_again_as_retracted_is_void_whatever_else_it_says() {
    for more in [
        json!({}),
        json!({"slot": "G010101.1", "voyage": "9"}),
        json!({"empty": true}),
    ] {
        let sent = event("tos", "1", "stack", "13:00", more);
        let mut void = sent.clone();
        void["retracted"] = true.into();
        assert_eq!(told(vec![sent.clone(), void.clone()]).stays(), [], "{sent}");
        assert_eq!(told(vec![void, sent.clone()]).stays(), [], "{sent}");
    }
}

#[test]
fn of_equal_updates_the_one_whose_canonical_json_sorts_last_holds_whatever_came_first() {
    let first = event("tos", "1", "discharge", "13:00", json!({"bill_of_lading": "A"}));
    let last = event("tos", "1", "discharge", "13:00", json!({"bill_of_lading": "B"}));
    for order in [[&first, &last], [&last, &first]] {
        let port = told(order.into_iter().cloned().collect());
        assert_eq!(port.stay().bill_of_lading.as_deref(), Some("B"));
        assert!(is_flagged(&port.stay(), StayFlag::Conflict));
    }
}

#[test]
fn versions_with_different_updates_are_no_conflict() {
    let port = told(events! {
        tos 1 discharge "13:00";
        tos 1 discharge "13:20" {"updated_at": "2022-02-23T05:30:00Z"};
    });
    assert!(!is_flagged(&port.stay(), StayFlag::Conflict));
}

#[test]
fn the_same_content_again_is_a_duplicate_also_when_it_is_written_otherwise() {
    let mut port = told(events! { tos 1 discharge "13:00" {"weight_kg": 11100}; });
    let again = event(
        "tos",
        "1",
        "discharge",
        "13:00",
        json!({"weight_kg": 11100.0, "at": "2022-02-23T05:00:00.000Z"}),
    );
    assert_eq!(port.hear(again), Some(Arrival::Duplicate));
}

#[test]
fn an_older_version_is_kept_and_a_later_one_replaces() {
    let version = |clock: &str, updated_at: &str| {
        event("tos", "1", "discharge", clock, json!({"updated_at": updated_at}))
    };
    let mut port = told(vec![version("13:00", "2022-02-23T05:05:00Z")]);
    assert_eq!(
        port.hear(version("12:00", "2022-02-23T05:01:00Z")),
        Some(Arrival::Older)
    );
    assert_eq!(
        port.hear(version("14:00", "2022-02-23T06:00:00Z")),
        Some(Arrival::Replaced)
    );
    assert_eq!(port.versions("tos", "1").all().len(), 3);
}

#[test]
fn identity_is_source_and_id_together() {
    let port = told(events! {
        tos 1 discharge "13:00";
        tos 2 stack "13:20";
        gate 1 gate_out "15:00";
    });
    assert_eq!(port.stay().nodes.len(), 3);
}

#[test]
fn times_are_kept_to_the_millisecond() {
    let port = told(vec![event(
        "tos",
        "1",
        "discharge",
        "13:00",
        json!({"at": "2022-02-23T05:00:00.1234567Z"}),
    )]);
    assert_eq!(port.stay().began_at, Some(Time(at("13:00").0 + 123)));
}

#[test]
fn only_actual_events_move_anything() {
    let port = told(events! {
        tos 1 discharge "13:00";
        tos 2 stack "13:20" {"classifier": "planned", "slot": "G010101.1", "bill_of_lading": "X"};
        tos 3 gate_out "15:00" {"classifier": "estimated"};
    });
    let stay = port.stay();
    assert_eq!(
        (stay.ended_at, &stay.slot, &stay.bill_of_lading),
        (None, &None, &None)
    );
    assert_eq!(stay.nodes.len(), 1);
    assert_eq!(
        port.expectations(),
        [(Node::Stack, at("13:20")), (Node::GateOut, at("15:00"))]
    );
}

#[test]
fn container_numbers_are_compared_in_capitals_without_blanks_and_hyphens() {
    let port = told(events! {
        tos 1 discharge "13:00" {"container": "CSQU 305438-3"};
        tos 2 stack "13:20" {"container": "csqu3054383"};
    });
    assert_eq!(port.stay().container.as_str(), "CSQU3054383");
    let sent = port
        .holding("tos", "1")
        .content
        .as_ref()
        .unwrap()
        .container
        .as_deref();
    assert_eq!(sent, Some("CSQU 305438-3"));
}

#[test]
fn a_number_that_is_not_of_iso_6346_is_accepted_and_not_verified() {
    for number in ["CSU6097384", "TJBM76733660", "7", "ABCDEFGHIJ0123456789"] {
        let stay = told(vec![event(
            "tos",
            "1",
            "discharge",
            "13:00",
            json!({"container": number}),
        )])
        .stay();
        assert!(is_flagged(&stay, StayFlag::Unverified), "{number}");
    }
    let stay = told(events! { tos 1 discharge "13:00"; }).stay();
    assert!(!is_flagged(&stay, StayFlag::Unverified));
}

#[test]
fn a_number_of_more_than_twenty_characters_or_of_none_is_a_problem() {
    for number in ["ABCDEFGHIJ01234567890", "", " - ", "CSQU/305438"] {
        let event = event("tos", "1", "discharge", "13:00", json!({"container": number}));
        assert_eq!(
            native::read(&event.to_string()).unwrap_err().field,
            "container",
            "{number}"
        );
    }
}

#[test]
fn a_note_moves_nothing_needs_no_container_and_keeps_its_fields() {
    let port = told(events! {
        tos 1 discharge "13:00";
        dcsa 2 note "13:30" {"container": "CSQU3054383", "bill_of_lading": "X", "detail": {"sensor": 4}};
        dcsa 3 note "13:40" {"bill_of_lading": "X"};
    });
    let stay = port.stay();
    assert_eq!((stay.nodes.len(), stay.bill_of_lading), (1, None));
    let note = port.holding("dcsa", "2").content.as_ref().unwrap();
    assert!(
        note.attributes
            .contains(&Attribute::Detail(r#"{"sensor":4}"#.into()))
    );
}

#[test]
fn a_date_without_a_time_shows_in_the_trail_and_neither_begins_nor_ends_a_segment_or_a_limit() {
    let port = told(events! {
        tos 1 discharge "13:00" {"direction": "import"};
        customs 2 declare "00:00" {"date_only": true};
        customs 3 release "1d 00:00" {"date_only": true};
        tos 4 gate_out "2d 00:00" {"date_only": true};
    });
    let stay = port.stay();
    assert_eq!(stay.nodes.len(), 4);
    assert_eq!(stay.segments, []);
    assert_eq!(stay.released_at, None);
    let limits = port.alarms("9d 00:00");
    assert!(
        limits
            .iter()
            .all(|alarm| alarm.previous.map(|(node, _)| node) == Some(Node::Discharge)),
        "{limits:#?}"
    );
}
