//! §3.4 and §3.5: to which stay papers belong, and when a box is released.

use crate::port::{at, counts_nothing, event, is_flagged, seconds, segment, told};
use serde_json::json;
use shared::event::Node;
use shared::stay::{SegmentName, Status, Stay, StayFlag};

fn papers(stay: &Stay) -> Vec<Node> {
    stay.nodes
        .iter()
        .map(|at| at.node)
        .filter(|node| *node != Node::Discharge && *node != Node::GateOut)
        .collect()
}

#[test]
fn papers_belong_to_the_stay_with_the_same_declaration() {
    let port = told(events! {
        tos 1 discharge "08:00" {"declaration": "D1"};
        gate 1 gate_out "10:00";
        tos 2 discharge "40d 08:00" {"declaration": "D2"};
        customs 1 release "41d 09:00" {"declaration": "D1"};
        customs 2 declare "-60d 09:00" {"declaration": "D2"};
    });
    let stays = port.stays();
    assert_eq!(stays.len(), 2);
    assert_eq!(
        (papers(&stays[0]), papers(&stays[1])),
        (vec![Node::Release], vec![Node::Declare])
    );
}

#[test]
fn papers_belong_to_the_stay_with_the_same_bill_of_lading() {
    let port = told(events! {
        tos 1 discharge "08:00" {"bill_of_lading": "A"};
        gate 1 gate_out "10:00";
        tos 2 discharge "5d 08:00" {"bill_of_lading": "B"};
        customs 1 declare "09:00" {"bill_of_lading": "B"};
    });
    let stays = port.stays();
    assert_eq!(
        (papers(&stays[0]), papers(&stays[1])),
        (vec![], vec![Node::Declare])
    );
}

#[test]
fn a_declaration_counts_before_a_bill_of_lading() {
    let port = told(events! {
        tos 1 discharge "08:00" {"bill_of_lading": "A", "declaration": "D1"};
        gate 1 gate_out "10:00";
        tos 2 discharge "5d 08:00" {"bill_of_lading": "B"};
        customs 1 release "5d 09:00" {"bill_of_lading": "B", "declaration": "D1"};
    });
    assert_eq!(papers(&port.stays()[0]), [Node::Release]);
}

#[test]
fn papers_without_a_number_in_common_belong_to_the_open_stay() {
    let port = told(events! {
        tos 1 discharge "08:00" {"bill_of_lading": "A"};
        customs 1 declare "09:00";
        customs 2 release "10:00" {"declaration": "D1"};
    });
    assert_eq!(papers(&port.stay()), [Node::Declare, Node::Release]);
}

#[test]
fn papers_belong_to_the_next_stay_that_begins_within_thirty_days() {
    let begins = |clock: &str| {
        told(vec![
            event("customs", "1", "declare", "08:00", json!({})),
            event("tos", "1", "discharge", clock, json!({})),
        ])
        .stays()
        .len()
    };
    assert_eq!(begins("30d 08:00"), 1);
    assert_eq!(begins("30d 08:01"), 2);
}

#[test]
fn papers_belong_to_the_last_stay_that_ended_within_thirty_days() {
    let told_at = |clock: &str| {
        told(vec![
            event("tos", "1", "discharge", "08:00", json!({})),
            event("gate", "1", "gate_out", "10:00", json!({})),
            event("customs", "1", "release", clock, json!({})),
        ])
        .stays()
        .len()
    };
    assert_eq!(told_at("30d 10:00"), 1);
    assert_eq!(told_at("30d 10:01"), 2);
}

#[test]
fn the_next_stay_within_thirty_days_goes_before_the_last_that_ended() {
    let port = told(events! {
        tos 1 discharge "08:00";
        gate 1 gate_out "10:00";
        customs 1 declare "11:00";
        tos 2 discharge "20d 08:00";
    });
    assert_eq!(papers(&port.stays()[1]), [Node::Declare]);
}

#[test]
fn a_next_stay_that_is_over_thirty_days_away_does_not_keep_papers_from_the_last_that_ended() {
    let port = told(events! {
        tos 1 discharge "08:00";
        gate 1 gate_out "10:00";
        customs 1 release "11:00";
        tos 2 discharge "60d 08:00";
    });
    let stays = port.stays();
    assert_eq!(stays.len(), 2, "{stays:#?}");
    assert_eq!(papers(&stays[0]), [Node::Release]);
}

#[test]
fn papers_without_any_stay_make_one_of_papers_only_that_is_flagged_and_in_no_figure() {
    let port = told(events! {
        customs 1 declare "08:00" {"direction": "export", "declaration": "D1"};
        customs 2 release "10:00" {"declaration": "D1"};
    });
    let stay = port.stay();
    assert!(is_flagged(&stay, StayFlag::PapersOnly));
    assert_eq!(stay.status, Status::Expected);
    assert!(counts_nothing(&port.figures()));
}

#[test]
fn every_paper_is_a_paper() {
    for paper in [
        "arrival_report",
        "declare",
        "documents_required",
        "select_for_scan",
        "select_for_inspection",
        "hold",
        "release",
        "loading_instruction",
    ] {
        let stay = told(vec![event("customs", "1", paper, "08:00", json!({}))]).stay();
        assert!(is_flagged(&stay, StayFlag::PapersOnly), "{paper}");
    }
}

#[test]
fn a_segment_runs_from_the_first_of_its_beginning_to_the_last_of_its_end() {
    let port = told(events! {
        tos 1 discharge "08:00" {"direction": "import"};
        customs 1 declare "09:00";
        customs 2 declare "10:00";
        customs 3 release "11:00";
        customs 4 release "13:00";
    });
    assert_eq!(segment(&port.stay(), SegmentName::Clearance), Some(seconds(4, 0)));
    assert_eq!(
        segment(&port.stay(), SegmentName::Preparation),
        Some(seconds(1, 0))
    );
}

#[test]
fn a_release_after_a_hold_is_the_release() {
    let mut port = told(events! {
        tos 1 discharge "08:00" {"direction": "import"};
        customs 1 declare "09:00";
        customs 2 release "10:00";
        customs 3 hold "11:00";
    });
    assert_eq!(
        (port.stay().released_at, port.stay().status),
        (None, Status::InYard)
    );
    port.hear(event("customs", "4", "release", "15:00", json!({})));
    assert_eq!(
        (port.stay().released_at, port.stay().status),
        (Some(at("15:00")), Status::Released)
    );
}

#[test]
fn a_box_with_several_declarations_is_released_when_each_has_been() {
    let mut port = told(events! {
        tos 1 discharge "08:00" {"direction": "import"};
        customs 1 declare "09:00" {"declaration": "D1"};
        customs 2 declare "09:30" {"declaration": "D2"};
        customs 3 release "10:00" {"declaration": "D1"};
    });
    assert_eq!(port.stay().declarations, ["D1", "D2"]);
    assert_eq!(port.stay().released_at, None);
    port.hear(event(
        "customs",
        "4",
        "release",
        "12:00",
        json!({"declaration": "D2"}),
    ));
    assert_eq!(port.stay().released_at, Some(at("12:00")));
}

#[test]
fn a_hold_of_a_further_declaration_holds_the_box_until_that_one_is_released() {
    let mut port = told(events! {
        tos 1 discharge "08:00" {"direction": "import"};
        customs 1 declare "09:00" {"declaration": "D1"};
        customs 2 release "10:00" {"declaration": "D1"};
        customs 3 hold "11:00" {"declaration": "D2"};
    });
    assert_eq!(port.stay().released_at, None);
    port.hear(event(
        "customs",
        "4",
        "release",
        "12:00",
        json!({"declaration": "D2"}),
    ));
    assert_eq!(port.stay().released_at, Some(at("12:00")));
}

#[test]
fn a_release_that_names_no_declaration_releases_the_box() {
    let port = told(events! {
        tos 1 discharge "08:00";
        customs 1 declare "09:00" {"declaration": "D1"};
        customs 2 release "10:00";
    });
    assert_eq!(port.stay().released_at, Some(at("10:00")));
}

#[test]
fn two_sources_that_tell_of_one_release_tell_of_one() {
    let port = told(events! {
        tos 1 discharge "08:00";
        customs 1 release "10:00" {"declaration": "D1"};
        agent 1 release "11:00" {"declaration": "D1"};
    });
    assert_eq!(port.stay().released_at, Some(at("10:00")));
}
