//! §1: what the events of a stay state of it.

use crate::port::{event, is_flagged, told};
use serde_json::{Value, json};
use shared::event::Direction;
use shared::stay::{Cargo, Stay, StayFlag};

/// A box that was discharged stating one thing, and then stacked stating another.
fn stating(first: Value, then: Value) -> Stay {
    let events = vec![
        event("tos", "1", "discharge", "13:00", first),
        event("tos", "2", "stack", "13:30", then),
    ];
    told(events).stay()
}

fn classes(stay: &Stay) -> Vec<&str> {
    stay.dangerous
        .iter()
        .filter_map(|goods| goods.class.as_deref())
        .collect()
}

#[test]
fn a_field_that_is_absent_says_nothing() {
    let stay = stating(
        json!({"bill_of_lading": "A", "voyage": "2018", "size_type": "22G1", "empty": true}),
        json!({}),
    );
    assert_eq!(stay.bill_of_lading.as_deref(), Some("A"));
    assert_eq!(stay.voyage.as_deref(), Some("2018"));
    assert_eq!(stay.size_type.as_deref(), Some("22G1"));
    assert_eq!(stay.empty, Some(true));
}

#[test]
fn null_says_no() {
    let stay = stating(
        json!({"bill_of_lading": "A", "voyage": "2018", "vessel_name": "V"}),
        json!({"bill_of_lading": null, "voyage": null, "vessel_name": null}),
    );
    assert_eq!(
        (stay.bill_of_lading, stay.voyage, stay.vessel_name),
        (None, None, None)
    );
}

#[test]
fn false_says_no() {
    let stay = stating(
        json!({"empty": true, "refrigerated": true}),
        json!({"empty": false, "refrigerated": false}),
    );
    assert_eq!((stay.empty, stay.refrigerated), (Some(false), false));
}

#[test]
fn an_attribute_is_that_of_the_latest_actual_event_that_states_it() {
    let port = told(events! {
        tos 3 stack "14:00" {"voyage": "later"};
        tos 1 discharge "13:00" {"voyage": "earlier"};
        tos 4 gate_out "15:00";
        tos 5 shift "14:30" {"voyage": "planned", "classifier": "planned"};
    });
    assert_eq!(port.stay().voyage.as_deref(), Some("later"));
}

#[test]
fn of_events_of_one_moment_the_last_source_counts_and_of_one_source_the_last_id() {
    let by_source = told(events! {
        b 1 discharge "13:00" {"voyage": "of b"};
        a 2 stack "13:00" {"voyage": "of a"};
    });
    assert_eq!(by_source.stay().voyage.as_deref(), Some("of b"));
    let by_id = told(events! {
        a 2 discharge "13:00" {"voyage": "of 2"};
        a 1 stack "13:00" {"voyage": "of 1"};
    });
    assert_eq!(by_id.stay().voyage.as_deref(), Some("of 2"));
}

#[test]
fn dangerous_goods_are_the_union_over_the_stay() {
    let stay = stating(
        json!({"dangerous": [{"class": "3", "un": "1993"}]}),
        json!({"dangerous": [{"class": "8", "un": "2735"}, {"class": "3", "un": "1993"}]}),
    );
    assert_eq!(classes(&stay), ["3", "8"]);
}

#[test]
fn a_later_event_that_states_an_empty_list_of_dangerous_goods_takes_them_away() {
    let stay = stating(json!({"dangerous": [{"class": "3"}]}), json!({"dangerous": []}));
    assert_eq!((classes(&stay), stay.cargo), (vec![], Cargo::General));
    let stay = stating(json!({"dangerous": []}), json!({"dangerous": [{"class": "3"}]}));
    assert_eq!(classes(&stay), ["3"]);
}

#[test]
fn an_event_that_says_nothing_of_dangerous_goods_takes_none_away() {
    let stay = stating(json!({"dangerous": [{"class": "3"}]}), json!({}));
    assert_eq!(stay.cargo, Cargo::Dangerous);
}

#[test]
fn sizes_directions_and_bills_that_differ_within_a_stay_are_flagged() {
    let stay = stating(
        json!({"size_type": "22G1", "direction": "import", "bill_of_lading": "A"}),
        json!({"size_type": "42G1", "direction": "transshipment", "bill_of_lading": "B"}),
    );
    for flag in [
        StayFlag::SizeDiffers,
        StayFlag::DirectionDiffers,
        StayFlag::BillDiffers,
    ] {
        assert!(is_flagged(&stay, flag), "{flag:?}");
    }
    let stated = json!({"size_type": "22G1", "direction": "import", "bill_of_lading": "A"});
    let stay = stating(stated.clone(), stated);
    for flag in [
        StayFlag::SizeDiffers,
        StayFlag::DirectionDiffers,
        StayFlag::BillDiffers,
    ] {
        assert!(!is_flagged(&stay, flag), "{flag:?}");
    }
}

#[test]
fn bills_differ_also_when_an_event_between_them_says_that_there_is_none() {
    let port = told(events! {
        tos 1 discharge "13:00" {"bill_of_lading": "A"};
        tos 2 stack "13:30" {"bill_of_lading": null};
        tos 3 shift "14:00" {"bill_of_lading": "B"};
    });
    assert!(is_flagged(&port.stay(), StayFlag::BillDiffers));
}

#[test]
fn a_box_that_only_came_off_a_vessel_is_import() {
    assert_eq!(
        told(events! { tos 1 discharge "13:00"; }).stay().direction,
        Some(Direction::Import)
    );
}

#[test]
fn a_box_that_came_through_the_gate_is_export() {
    let port = told(events! { gate 1 gate_in "13:00"; tos 2 load "1d 13:00"; });
    assert_eq!(port.stay().direction, Some(Direction::Export));
}

#[test]
fn a_box_that_is_discharged_and_loaded_is_transshipment() {
    let port = told(events! { tos 1 discharge "13:00"; tos 2 load "1d 13:00"; });
    assert_eq!(port.stay().direction, Some(Direction::Transshipment));
}

#[test]
fn of_a_box_that_only_stands_there_no_direction_is_known() {
    assert_eq!(told(events! { tos 1 stack "13:00"; }).stay().direction, None);
}

#[test]
fn a_stated_direction_goes_before_what_the_nodes_say() {
    let port = told(events! { tos 1 discharge "13:00" {"direction": "domestic"}; });
    assert_eq!(port.stay().direction, Some(Direction::Domestic));
}

#[test]
fn the_cargo_class_is_the_first_that_fits_of_dangerous_reefer_empty_general() {
    let cargo = |stated: Value| stating(stated, json!({})).cargo;
    let dangerous = json!([{"class": "3"}]);
    assert_eq!(
        cargo(json!({"dangerous": dangerous, "refrigerated": true, "empty": true})),
        Cargo::Dangerous
    );
    assert_eq!(cargo(json!({"refrigerated": true, "empty": true})), Cargo::Reefer);
    assert_eq!(cargo(json!({"empty": true})), Cargo::Empty);
    assert_eq!(cargo(json!({})), Cargo::General);
}

#[test]
fn a_box_is_refrigerated_as_stated_whatever_else_is_known() {
    assert!(stating(json!({"refrigerated": true, "size_type": "22G1"}), json!({})).refrigerated);
    let dry =
        json!({"refrigerated": false, "size_type": "45R1", "empty": false, "temperature_celsius": -18.0});
    assert!(!stating(dry, json!({})).refrigerated);
}

#[test]
fn a_box_with_a_set_temperature_is_refrigerated() {
    assert!(
        stating(
            json!({"temperature_celsius": -18.0, "size_type": "22G1"}),
            json!({})
        )
        .refrigerated
    );
    assert!(stating(json!({"temperature_celsius": 0}), json!({})).refrigerated);
}

#[test]
fn a_temperature_that_is_null_says_that_none_is_set() {
    let stay = stating(
        json!({"temperature_celsius": -18.0}),
        json!({"temperature_celsius": null}),
    );
    assert!(!stay.refrigerated);
}

#[test]
fn a_full_box_of_type_r_or_h_is_refrigerated() {
    assert!(stating(json!({"size_type": "45R1", "empty": false}), json!({})).refrigerated);
    assert!(stating(json!({"size_type": "22H0", "empty": false}), json!({})).refrigerated);
    assert!(!stating(json!({"size_type": "22G1", "empty": false}), json!({})).refrigerated);
}

#[test]
fn an_empty_reefer_needs_no_power() {
    let stay = stating(json!({"size_type": "45R1", "empty": true}), json!({}));
    assert_eq!((stay.refrigerated, stay.cargo), (false, Cargo::Empty));
}
