//! §3: folding stays, and what a stay says of itself.

use crate::port::{at, clearance, count, counts_nothing, event, is_flagged, times, told};
use serde_json::json;
use shared::event::Node;
use shared::figures::Count;
use shared::stay::{Channel, Mode, Status, StayFlag};

// 1. One node, many reports.

#[test]
fn the_same_node_from_another_source_within_twelve_hours_is_the_same_node() {
    let port = told(events! {
        tos 1 discharge "01:00";
        tos 2 stack "02:00";
        port 9 stack "14:00";
    });
    assert_eq!(times(&port.stay(), Node::Stack), [at("02:00")]);
    assert_eq!(
        port.reports(Node::Stack),
        [[("tos".to_owned(), at("02:00")), ("port".to_owned(), at("14:00"))]]
    );
}

#[test]
fn the_same_node_from_another_source_after_more_than_twelve_hours_is_a_second_node() {
    let port = told(events! {
        tos 1 discharge "01:00";
        tos 2 stack "02:00";
        port 9 stack "14:00:01";
    });
    assert_eq!(times(&port.stay(), Node::Stack), [at("02:00"), at("14:00:01")]);
}

#[test]
fn the_time_of_a_node_is_that_of_the_first_source_of_the_setting() {
    let events = || {
        events! {
            agent 1 discharge "13:00";
            tos 1 discharge "13:10";
            gate 1 discharge "13:20";
        }
    };
    assert_eq!(
        told(events()).sources(&["gate", "tos"]).stay().began_at,
        Some(at("13:20"))
    );
    assert_eq!(
        told(events())
            .sources(&["customs", "tos", "gate"])
            .stay()
            .began_at,
        Some(at("13:10"))
    );
}

#[test]
fn the_time_of_a_node_is_the_earliest_when_no_source_of_the_setting_tells_of_it() {
    let port = told(events! {
        agent 1 discharge "13:10";
        tos 1 discharge "13:00";
    });
    assert_eq!(port.sources(&["gate"]).stay().began_at, Some(at("13:00")));
}

#[test]
fn the_same_source_again_is_a_second_node() {
    let port = told(events! {
        tos 1 discharge "13:00";
        tos 2 stack "13:30" {"slot": "G010101.1"};
        tos 3 stack "13:40" {"slot": "G010301.1"};
    });
    assert_eq!(times(&port.stay(), Node::Stack), [at("13:30"), at("13:40")]);
}

#[test]
fn discharge_load_gate_in_and_gate_out_exist_once_in_a_stay_the_last_holds_and_is_flagged_repeated() {
    let imported = told(events! {
        tos 1 discharge "13:00";
        tos 2 discharge "13:20";
        gate 1 gate_out "15:00";
        gate 2 gate_out "15:10";
    })
    .stay();
    assert_eq!(times(&imported, Node::Discharge), [at("13:20")]);
    assert_eq!(
        (imported.began_at, imported.ended_at),
        (Some(at("13:20")), Some(at("15:10")))
    );
    assert!(is_flagged(&imported, StayFlag::Repeated));
    let exported = told(events! {
        gate 1 gate_in "13:00";
        gate 2 gate_in "13:20";
        tos 1 load "15:00";
        tos 2 load "15:10";
    })
    .stay();
    assert_eq!(
        (exported.began_at, exported.ended_at),
        (Some(at("13:20")), Some(at("15:10")))
    );
    assert!(is_flagged(&exported, StayFlag::Repeated));
}

#[test]
fn two_sources_of_one_discharge_are_no_repetition() {
    let port = told(events! { tos 1 discharge "13:00"; port 1 discharge "13:02"; });
    assert!(!is_flagged(&port.stay(), StayFlag::Repeated));
}

#[test]
fn figures_count_nodes_and_not_events() {
    let port = told(events! {
        tos 1 discharge "13:00" {"size_type": "22G1"};
        port 1 discharge "13:02" {"size_type": "22G1"};
        agent 1 discharge "13:05";
    });
    assert_eq!(
        (
            count(&port.figures(), Count::Discharged),
            count(&port.figures(), Count::DischargedHalfTeu)
        ),
        (1, 2)
    );
}

// 2. Begin.

#[test]
fn discharge_or_gate_in_begins_a_stay_when_none_is_open() {
    for node in ["discharge", "gate_in"] {
        let stay = told(vec![event("tos", "1", node, "13:00", json!({}))]).stay();
        assert_eq!(
            (stay.began_at, stay.status),
            (Some(at("13:00")), Status::InYard),
            "{node}"
        );
        assert!(!is_flagged(&stay, StayFlag::BeginMissing));
    }
}

#[test]
fn a_beginning_over_twelve_hours_after_that_of_the_open_stay_begins_another_and_ends_the_old_one() {
    let port = told(events! {
        tos 1 discharge "01:00";
        tos 2 stack "02:00";
        tos 3 discharge "13:00:01";
    });
    let stays = port.stays();
    assert_eq!(stays.len(), 2);
    assert_eq!(
        (stays[0].ended_at, stays[0].status),
        (Some(at("13:00:01")), Status::Left)
    );
    assert!(is_flagged(&stays[0], StayFlag::EndMissing) && !is_flagged(&stays[1], StayFlag::EndMissing));
    assert_eq!(
        (stays[1].began_at, stays[1].status),
        (Some(at("13:00:01")), Status::InYard)
    );
}

#[test]
fn a_beginning_within_twelve_hours_of_that_of_the_open_stay_belongs_to_it() {
    let port = told(events! {
        tos 1 discharge "01:00";
        gate 1 gate_in "13:00";
    });
    assert_eq!(port.stay().began_at, Some(at("01:00")));
}

#[test]
fn a_beginning_soon_after_the_end_begins_another_stay() {
    let port = told(events! {
        tos 1 discharge "01:00";
        gate 1 gate_out "02:00";
        gate 2 gate_in "03:00";
    });
    let stays = port.stays();
    assert_eq!(stays.len(), 2);
    assert_eq!(
        (stays[0].ended_at, stays[1].began_at),
        (Some(at("02:00")), Some(at("03:00")))
    );
}

#[test]
fn any_other_yard_node_with_no_stay_open_begins_one_and_is_flagged_begin_missing() {
    for node in [
        "stack",
        "shift",
        "plug_in",
        "measure",
        "scan",
        "inspection_start",
        "inspection_end",
        "plug_out",
        "load",
        "gate_out",
    ] {
        let stay = told(vec![event("tos", "1", node, "13:00", json!({}))]).stay();
        assert!(is_flagged(&stay, StayFlag::BeginMissing), "{node}");
        assert_eq!(stay.began_at, Some(at("13:00")), "{node}");
    }
}

// 3. End.

#[test]
fn gate_out_and_load_end_a_stay() {
    for node in ["gate_out", "load"] {
        let port = told(vec![
            event("tos", "1", "discharge", "13:00", json!({})),
            event("tos", "2", node, "15:00", json!({})),
        ]);
        assert_eq!(
            (port.stay().ended_at, port.stay().status),
            (Some(at("15:00")), Status::Left),
            "{node}"
        );
    }
}

#[test]
fn there_is_no_time_out() {
    let port =
        told(events! { tos 1 discharge "13:00"; tos 2 shift "400d 13:00"; gate 1 gate_out "900d 13:00"; });
    assert_eq!(port.stay().nodes.len(), 3);
}

#[test]
fn a_second_source_that_tells_of_the_end_later_belongs_to_the_same_stay() {
    let port = told(events! {
        tos 1 discharge "01:00";
        gate 1 gate_out "02:00";
        tos 2 gate_out "02:05";
    });
    assert_eq!(times(&port.stay(), Node::GateOut), [at("02:00")]);
}

// 6. Id.

#[test]
fn the_id_is_derived_from_site_container_and_the_event_that_began_the_stay() {
    let id = |events| told(events).stay().id;
    let first = id(events! { tos 1 discharge "13:00"; });
    assert_eq!(
        id(events! { tos 1 discharge "14:00" {"voyage": "X"}; tos 2 stack "15:00"; }),
        first
    );
    assert_ne!(id(events! { tos 2 discharge "13:00"; }), first);
    assert_ne!(id(events! { gate 1 discharge "13:00"; }), first);
    assert_ne!(
        id(events! { tos 1 discharge "13:00" {"container": "TOLU4734787"}; }),
        first
    );
}

#[test]
fn a_late_event_gives_the_stay_another_beginning_and_with_it_another_id() {
    let mut port = told(events! { tos 2 stack "15:00"; });
    let before = port.stay().id;
    port.hear(event("tos", "1", "discharge", "14:00", json!({})));
    let stay = port.stay();
    assert_ne!(stay.id, before);
    assert!(!is_flagged(&stay, StayFlag::BeginMissing));
    // The old address can be found: it is that of an event of the stay.
    let of_event = port.holding("tos", "2").identity.clone();
    assert_eq!(
        shared::stay::fold::stay_id(crate::port::SITE, &stay.container, &of_event),
        before
    );
}

// 7. Impossible order.

#[test]
fn gate_out_before_discharge_is_flagged_out_of_order_and_counted_in_no_figure() {
    let port = told(events! {
        gate 1 gate_out "12:00" {"direction": "import", "size_type": "22G1"};
        tos 1 discharge "13:00";
        customs 1 declare "09:00";
        customs 2 release "10:00";
    });
    assert!(is_flagged(&port.stay(), StayFlag::OutOfOrder));
    assert!(counts_nothing(&port.figures()));
}

#[test]
fn papers_before_the_box_are_normal() {
    let port = told(events! {
        customs 1 declare "-2d 09:00" {"bill_of_lading": "X"};
        customs 2 release "-1d 09:00" {"bill_of_lading": "X"};
        tos 1 discharge "13:00" {"bill_of_lading": "X"};
        gate 1 gate_out "14:00";
    });
    let stay = port.stay();
    assert!(!is_flagged(&stay, StayFlag::OutOfOrder));
    assert_eq!(stay.began_at, Some(at("13:00")));
    assert_eq!(clearance(&port.figures()).count, 1);
}

// Status.

#[test]
fn a_stay_is_expected_then_in_yard_then_released_then_left() {
    let mut port = told(events! { customs 1 declare "08:00"; });
    assert_eq!(port.stay().status, Status::Expected);
    port.hear(event("tos", "1", "discharge", "13:00", json!({})));
    assert_eq!(port.stay().status, Status::InYard);
    port.hear(event("customs", "2", "release", "14:00", json!({})));
    assert_eq!(port.stay().status, Status::Released);
    port.hear(event("gate", "1", "gate_out", "15:00", json!({})));
    assert_eq!(port.stay().status, Status::Left);
}

// Mode.

#[test]
fn a_finished_stay_without_stacking_is_direct_where_feeds_report_stacking() {
    let port = told(events! { tos 1 discharge "08:00"; gate 1 gate_out "13:00"; });
    assert_eq!(port.where_others_were_stacked("09:00").stay().mode, Mode::Direct);
}

#[test]
fn a_day_on_which_nothing_was_stacked_says_nothing() {
    let port = told(events! { tos 1 discharge "08:00"; gate 1 gate_out "13:00"; });
    assert_eq!(
        port.where_others_were_stacked("-1d 09:00").stay().mode,
        Mode::Unknown
    );
}

#[test]
fn a_site_whose_feeds_do_not_report_stacking_says_nothing() {
    let port = told(events! { tos 1 discharge "08:00"; gate 1 gate_out "13:00"; });
    let port = port.where_others_were_stacked("09:00").without_stacking_feeds();
    assert_eq!(port.stay().mode, Mode::Unknown);
}

#[test]
fn discharge_to_gate_out_in_at_most_two_hours_is_direct() {
    let left_at = |clock: &str| {
        let port = told(vec![
            event("tos", "1", "discharge", "08:00", json!({})),
            event("gate", "1", "gate_out", clock, json!({})),
        ]);
        port.without_stacking_feeds().stay().mode
    };
    assert_eq!(left_at("10:00"), Mode::Direct);
    assert_eq!(left_at("10:00:01"), Mode::Unknown);
}

#[test]
fn direct_loading_is_a_finished_export_without_stacking() {
    let port = told(events! { gate 1 gate_in "08:00"; tos 1 load "13:00"; });
    assert_eq!(port.where_others_were_stacked("09:00").stay().mode, Mode::Direct);
}

#[test]
fn a_stay_with_a_stacking_node_is_stacked_and_one_that_is_not_finished_is_unknown() {
    let port = told(events! { tos 1 discharge "08:00"; tos 2 stack "08:10"; gate 1 gate_out "09:00"; });
    assert_eq!(port.stay().mode, Mode::Stacked);
    let port = told(events! { tos 1 discharge "08:00"; }).where_others_were_stacked("09:00");
    assert_eq!(port.stay().mode, Mode::Unknown);
}

// Channel.

#[test]
fn the_channel_is_the_deepest_that_happened() {
    let channel = |nodes: &[&str]| {
        let mut events = events! { tos 1 discharge "08:00"; };
        for (index, node) in nodes.iter().enumerate() {
            events.push(event("customs", &index.to_string(), node, "09:00", json!({})));
        }
        told(events).stay().channel
    };
    assert_eq!(channel(&[]), Channel::None);
    assert_eq!(
        channel(&["select_for_inspection", "select_for_scan"]),
        Channel::None
    );
    assert_eq!(channel(&["scan"]), Channel::Scan);
    assert_eq!(
        channel(&["inspection_start", "inspection_end", "scan"]),
        Channel::Inspection
    );
}

// Slot.

#[test]
fn the_slot_is_where_the_last_stack_or_shift_put_it_until_it_leaves() {
    let mut port = told(events! {
        tos 1 discharge "08:00";
        tos 3 shift "11:00" {"slot": "G030101.1"};
        tos 2 stack "09:00" {"slot": "G010101.1"};
    });
    let slot = port.stay().slot.unwrap();
    assert_eq!((slot.slot.as_str(), slot.since), ("G030101.1", at("11:00")));
    port.hear(event("gate", "1", "gate_out", "12:00", json!({})));
    assert_eq!(port.stay().slot, None);
}

#[test]
fn only_stack_and_shift_put_a_box_into_a_slot() {
    let port = told(events! {
        tos 1 discharge "08:00" {"slot": "G020101.1"};
        tos 2 stack "09:00" {"slot": "G010101.1"};
        tos 3 plug_in "10:00" {"slot": "G030101.1"};
    });
    assert_eq!(port.stay().slot.unwrap().slot, "G010101.1");
}

// The order of events.

#[test]
fn events_of_one_moment_stand_in_the_order_of_the_list_of_nodes() {
    let port = told(events! {
        a 1 gate_out "13:00";
        a 2 stack "13:00" {"slot": "G010101.1"};
        a 3 discharge "13:00";
    });
    let stay = port.stay();
    assert_eq!(
        stay.nodes.iter().map(|at| at.node).collect::<Vec<_>>(),
        [Node::Discharge, Node::Stack, Node::GateOut]
    );
    assert_eq!(stay.status, Status::Left);
}
