//! DCSA Track & Trace and EDIFACT from the bytes to the stay. The messages are ours.

use serde_json::Value;
use shared::event::{Classifier, Direction, Node};
use shared::stay::Status;
use shared::wire::feeds::{FlagCode, ProblemCode};
use tests::program::Server;

const COARRI: &str = include_str!("fixtures/coarri.edi");
const CODECO: &str = include_str!("fixtures/codeco.edi");
const FLAT: &str = include_str!("fixtures/dcsa-2.2.json");
const BETA: &str = include_str!("fixtures/dcsa-beta.json");
const THREE: &str = include_str!("fixtures/dcsa-3.json");

const BOX: &str = "CSQU3054383";

#[test]
fn an_edifact_interchange_becomes_stays() {
    let server = Server::start();
    let (status, answer) = server.feed("edifact", COARRI);
    assert_eq!((status, answer.accepted), (200, 3), "{answer:?}");
    // One of the numbers is none of ISO 6346; nothing else is odd.
    let codes: Vec<_> = answer.flags.iter().map(|flag| (flag.code, flag.index)).collect();
    assert_eq!(codes, [(FlagCode::CheckDigit, Some(1))], "{answer:?}");
    let stay = server.container(BOX).stays.remove(0);
    assert_eq!(stay.nodes[0].node, Node::Discharge);
    assert_eq!(stay.nodes[0].at.to_string(), "2022-02-23T13:14:00+08:00");
    assert_eq!((stay.direction, stay.teu), (Some(Direction::Import), Some(1.0)));
    assert_eq!(
        (stay.bill_of_lading.as_deref(), stay.voyage.as_deref()),
        (Some("MDXU714336"), Some("031W"))
    );
    assert_eq!(
        (stay.vessel_imo.as_deref(), stay.vessel_name.as_deref()),
        (Some("9321483"), Some("SEA OF TEST"))
    );
    assert_eq!(stay.nodes[0].source, "QUAYTOS");
    let reefer = server.container("CSU6097384").stays.remove(0);
    assert!(reefer.refrigerated);
    let loaded = server.container("MSKU6011672").stays.remove(0);
    assert_eq!(
        (loaded.nodes[0].node, loaded.empty, loaded.status),
        (Node::Load, Some(true), Status::Left)
    );

    let (status, answer) = server.feed("edifact", CODECO);
    assert_eq!((status, answer.accepted), (200, 1), "{answer:?}");
    let stay = server.container(BOX).stays.remove(0);
    assert_eq!(
        (stay.status, stay.ended_at.unwrap().to_string().as_str()),
        (Status::Left, "2022-02-24T08:45:00+08:00")
    );
    // The same interchange again is nothing new.
    let (status, again) = server.feed("edifact", COARRI);
    assert_eq!((status, again.accepted, again.duplicate), (200, 0, 3));
}

#[test]
fn a_wrong_segment_count_is_flagged_and_nothing_more() {
    let server = Server::start();
    let (status, answer) = server.feed("edifact", CODECO.replace("UNT+8+1'", "UNT+99+1'"));
    assert_eq!((status, answer.accepted), (200, 1), "{answer:?}");
    let [flag] = answer.flags.as_slice() else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (flag.code, flag.segment.as_deref()),
        (FlagCode::SegmentCount, Some("UNT"))
    );
    let (status, answer) = server.feed("edifact", CODECO.replace("UNZ+1+42'", "UNZ+7+42'"));
    assert_eq!((status, answer.duplicate), (200, 1), "{answer:?}");
    assert_eq!(
        answer.flags.iter().map(|flag| flag.code).collect::<Vec<_>>(),
        [FlagCode::MessageCount]
    );
}

#[test]
fn slipped_qualifiers_are_refused_with_the_place() {
    let server = Server::start();
    // Everything stands one element too far to the left.
    let slipped = CODECO
        .replace(
            "EQD+CN+CSQU3054383+22G1:102:5++3+5'",
            "EQD+CSQU3054383+22G1:102:5++3+5'",
        )
        .replace("DTM+7:202202240845:203'", "DTM+202202240845:203'");
    let (status, answer) = server.feed("edifact", &slipped);
    assert_eq!((status, answer.accepted), (422, 0), "{answer:?}");
    assert!(
        answer
            .problems
            .iter()
            .any(|problem| problem.code == ProblemCode::Slipped),
        "{answer:?}"
    );
    assert!(answer.problems.iter().all(|problem| {
        problem
            .pointer
            .as_deref()
            .is_some_and(|at| at.starts_with("UNH[1]"))
    }));
    let kept = server.value("/api/v1/feeds/problems");
    assert!(kept["items"][0]["raw"].as_str().unwrap().contains(BOX), "{kept}");
}

#[test]
fn an_equipment_without_a_number_is_refused_beside_the_others() {
    let server = Server::start();
    let (status, answer) = server.feed("edifact", COARRI.replace("EQD+CN+CSU6097384+", "EQD+CN++"));
    assert_eq!(
        (status, answer.accepted, answer.problems.len()),
        (207, 2, 1),
        "{answer:?}"
    );
    let problem = &answer.problems[0];
    assert_eq!(
        (problem.code, problem.index, problem.segment.as_deref()),
        (ProblemCode::Container, Some(1), Some("EQD"))
    );
    assert_eq!(problem.pointer.as_deref(), Some("UNH[1]/EQD[2]/EQD"));
    assert!(
        COARRI[problem.offset.unwrap() as usize..].starts_with("EQD+CN+CSU"),
        "{problem:?}"
    );
}

#[test]
fn what_is_no_edifact_is_answered_in_the_same_shape() {
    let server = Server::start();
    for body in ["", "[]", "hello", "UNB", "ISA*00*"] {
        let (status, answer) = server.feed("edifact", body);
        assert_eq!(
            (status, answer.accepted, answer.problems.len()),
            (422, 0, 1),
            "`{body}`: {answer:?}"
        );
        assert!(answer.problems[0].offset.is_some(), "`{body}`: {answer:?}");
    }
    // An interchange that breaks off gives what was whole.
    let cut = COARRI.find("CSU6097384").unwrap();
    let (status, answer) = server.feed("edifact", &COARRI[..cut]);
    assert_eq!((status, answer.accepted), (207, 1), "{answer:?}");
    assert!(
        answer
            .problems
            .iter()
            .any(|problem| problem.code == ProblemCode::Truncated),
        "{answer:?}"
    );
}

#[test]
fn a_replacing_document_voids_what_it_no_longer_says() {
    let server = Server::start();
    server.feed("edifact", CODECO);
    let corrected = CODECO
        .replace("BGM+36+OUT9+9'", "BGM+36+OUT9+5'")
        .replace("202202240845", "202202240830")
        .replace("220224:0900", "220224:1000");
    let (status, answer) = server.feed("edifact", &corrected);
    assert_eq!(status, 200, "{answer:?}");
    let nodes: Vec<_> = server
        .container(BOX)
        .stays
        .iter()
        .flat_map(|stay| stay.nodes.clone())
        .collect();
    assert_eq!(
        nodes.iter().map(|node| node.at.to_string()).collect::<Vec<_>>(),
        ["2022-02-24T08:30:00+08:00"]
    );
    let retracted = corrected
        .replace("+OUT9+5'", "+OUT9+1'")
        .replace("220224:1000", "220224:1100");
    let (status, answer) = server.feed("edifact", &retracted);
    assert_eq!(status, 200, "{answer:?}");
    assert!(
        server
            .container(BOX)
            .stays
            .iter()
            .all(|stay| stay.nodes.is_empty())
    );
}

#[test]
fn flat_events_of_dcsa_become_a_stay_with_its_expectations_and_what_happened_elsewhere() {
    let server = Server::start();
    let (status, answer) = server.feed("dcsa", FLAT);
    assert_eq!(
        (status, answer.accepted, answer.problems.len()),
        (200, 3, 0),
        "{answer:?}"
    );
    let seen = server.container(BOX);
    let stay = &seen.stays[0];
    let nodes: Vec<_> = stay
        .nodes
        .iter()
        .map(|node| (node.node, node.classifier))
        .collect();
    assert_eq!(
        nodes,
        [
            (Node::Discharge, Classifier::Actual),
            (Node::GateOut, Classifier::Estimated)
        ]
    );
    assert_eq!(
        (stay.status, stay.ended_at),
        (Status::InYard, None),
        "an estimate moves nothing"
    );
    assert_eq!(
        (stay.voyage.as_deref(), stay.bill_of_lading.as_deref()),
        (Some("2018W"), Some("MDXU714336"))
    );
    assert_eq!(stay.nodes[0].source, "dcsa");
    assert_eq!(
        seen.elsewhere
            .iter()
            .map(|mention| mention.node)
            .collect::<Vec<_>>(),
        [Node::Load]
    );
}

#[test]
fn the_three_shapes_of_dcsa_are_told_apart_and_meet_in_one_stay() {
    let server = Server::start();
    for body in [BETA, THREE, FLAT] {
        let (status, answer) = server.feed("dcsa", body);
        assert_eq!((status, answer.problems.len()), (200, 0), "{answer:?}");
    }
    let seen = server.container(BOX);
    let [stay] = seen.stays.as_slice() else {
        panic!("{seen:?}")
    };
    let actual: Vec<_> = stay
        .nodes
        .iter()
        .filter(|node| node.classifier == Classifier::Actual)
        .collect();
    assert_eq!(
        actual.iter().map(|node| node.node).collect::<Vec<_>>(),
        [Node::Discharge, Node::GateOut]
    );
    let mut senders: Vec<_> = actual[0]
        .reports
        .iter()
        .map(|report| report.source.as_str())
        .collect();
    senders.sort_unstable();
    assert_eq!(senders, ["ALN", "dcsa"]);
    assert_eq!(actual[1].source, "EXCO");
    assert_eq!(stay.status, Status::Left);
}

#[test]
fn a_later_dcsa_version_overrides_and_a_retraction_voids() {
    let server = Server::start();
    server.feed("dcsa", THREE);
    let later = THREE
        .replace("2022-02-24T08:45:00", "2022-02-24T08:30:00")
        .replace("08:46:00", "09:00:00");
    let (_, answer) = server.feed("dcsa", &later);
    assert_eq!((answer.accepted, answer.replaced), (0, 1), "{answer:?}");
    assert_eq!(
        server.container(BOX).stays[0].nodes[0].at.to_string(),
        "2022-02-24T08:30:00+08:00"
    );
    let mut retracted: Value = serde_json::from_str(&later).unwrap();
    retracted["events"][0]["isRetracted"] = true.into();
    retracted["events"][0]["eventUpdatedDateTime"] = "2022-02-24T10:00:00+08:00".into();
    let (status, answer) = server.feed("dcsa", retracted.to_string());
    assert_eq!((status, answer.replaced), (200, 1), "{answer:?}");
    assert!(
        server
            .container(BOX)
            .stays
            .iter()
            .all(|stay| stay.nodes.is_empty())
    );
}

#[test]
fn a_dcsa_event_without_an_id_is_taken_once() {
    let server = Server::start();
    let mut events: Value = serde_json::from_str(FLAT).unwrap();
    events[0].as_object_mut().unwrap().remove("eventID");
    let body = Value::from(vec![events[0].clone()]).to_string();
    let (status, answer) = server.feed("dcsa", &body);
    assert_eq!((status, answer.accepted), (200, 1), "{answer:?}");
    assert!(answer.flags.iter().any(|flag| flag.code == FlagCode::IdMissing));
    let (_, again) = server.feed("dcsa", &body);
    assert_eq!((again.accepted, again.duplicate), (0, 1));
}

#[test]
fn the_sender_of_dcsa_events_without_one_is_that_of_the_call() {
    let server = Server::start();
    let answer = server.post("/api/v1/feeds/dcsa?source=a-line", &[], FLAT.as_bytes());
    assert_eq!(answer.status, 200);
    assert_eq!(server.container(BOX).stays[0].nodes[0].source, "a-line");
    let (status, answer) = server.feed("dcsa", "{\"hello\": 1}");
    assert_eq!((status, answer.problems.len()), (422, 1), "{answer:?}");
}
