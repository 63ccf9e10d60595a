//! Each rule by an example of ours.

use super::*;
use crate::feeds::EdifactSettings;
use proptest::prelude::*;
use serde_json::json;
use shared::event::{Attribute, Direction, Node, Transport};
use shared::wire::feeds::FlagCode;

fn read_text(body: &str) -> Reading {
    read_with(body.as_bytes(), None)
}

fn read_with(body: &[u8], source: Option<&str>) -> Reading {
    let edifact = EdifactSettings::default();
    let context = Context {
        source,
        sites: &[],
        edifact: &edifact,
    };
    read(body, &context)
}

fn read_json(body: &Value) -> Reading {
    read_text(&body.to_string())
}

/// The only event of a reading without problems.
fn only(reading: Reading) -> ReadEvent {
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    assert_eq!(reading.events.len(), 1);
    reading.events.into_iter().next().unwrap()
}

fn content(reading: Reading) -> Content {
    only(reading).event.content.unwrap()
}

fn problem(reading: &Reading) -> (ProblemCode, &str) {
    assert!(
        reading.events.is_empty() && reading.problems.len() == 1,
        "{reading:?}"
    );
    let remark = &reading.problems[0].remark;
    (remark.code, remark.pointer.as_deref().unwrap_or("none"))
}

fn flat() -> Value {
    json!({
        "eventID": "e-1", "eventType": "EQUIPMENT", "eventCreatedDateTime": "2022-02-23T14:00:00+08:00",
        "eventClassifierCode": "ACT", "eventDateTime": "2022-02-23T13:14:15+08:00",
        "equipmentEventTypeCode": "DISC", "equipmentReference": "CSQU3054383", "ISOEquipmentCode": "22G1",
        "emptyIndicatorCode": "LADEN",
        "transportCall": {
            "modeOfTransport": "VESSEL", "importVoyageNumber": "2018W", "exportVoyageNumber": "2018E",
            "UNLocationCode": "CNTXG", "facilityCode": "TPCT",
            "vessel": {"vesselIMONumber": "9321483", "vesselName": "SEA OF TEST"}
        },
        "documentReferences": [
            {"documentReferenceType": "BKG", "documentReferenceValue": "B1"},
            {"documentReferenceType": "TRD", "documentReferenceValue": "MDXU714336"}
        ],
        "seals": [{"sealNumber": "S1", "sealSource": "CUS"}]
    })
}

fn beta() -> Value {
    json!({
        "metadata": {
            "eventID": "b-1", "eventType": "EQUIPMENT", "eventCreatedDateTime": "2022-02-23T06:00:00Z",
            "publisher": {"partyName": "A line", "carrierCode": "ALN", "carrierCodeListProvider": "SMDG"},
            "publisherRole": "CA"
        },
        "payload": {
            "eventClassifierCode": "ACT", "eventDateTime": "2022-02-23T05:14:15Z",
            "equipmentEventTypeCode": "LOAD", "equipmentReference": "CSQU3054383", "isTransshipmentMove": true,
            "transportCall": {
                "modeOfTransport": "VESSEL", "carrierExportVoyageNumber": "2018E", "carrierImportVoyageNumber": "2018W",
                "location": {"UNLocationCode": "CNTXG", "facility": {"facilityCode": "TPCT"}},
                "vessel": {"vesselIMONumber": "9321483", "name": "SEA OF TEST"}
            },
            "relatedDocumentReferences": [{"type": "TRD", "value": "MDXU714336"}],
            "seals": [{"number": "S1"}, {"number": "S2"}]
        }
    })
}

fn three() -> Value {
    json!({
        "eventRouting": {"originatingParty": {"partyCode": "EXCO", "codeListProvider": "SMDG"}},
        "eventID": "t-1", "eventDateTime": "2026-01-20T14:15:00Z", "eventUpdatedDateTime": "2026-01-20T14:20:00Z",
        "eventLocation": {"UNLocationCode": "CNTXG", "facility": {"facilityCode": "TPCT"}, "locationName": "A yard"},
        "eventClassification": {"eventTypeCode": "EQUIPMENT", "eventClassifierCode": "ACT", "equipmentEventTypeCode": "GTOT"},
        "equipmentDetails": {
            "equipmentReference": "CSQU3054383", "ISOEquipmentCode": "45R1", "emptyIndicatorCode": "EMPTY", "movementType": "IMPORT"
        }
    })
}

fn with(mut event: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    event.pointer_mut(parent).unwrap()[key] = value;
    event
}

fn without(mut event: Value, pointer: &str) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    event
        .pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(key);
    event
}

fn shipment(kind: &str, code: &str) -> Value {
    json!({
        "eventID": "s-1", "eventType": "SHIPMENT", "eventClassifierCode": "ACT",
        "eventDateTime": "2022-02-23T13:14:15+08:00", "shipmentEventTypeCode": code, "documentTypeCode": kind,
        "documentID": "021820220000000001", "references": [{"referenceType": "EQ", "referenceValue": "CSQU3054383"}]
    })
}

fn transport(mode: &str, code: &str) -> Value {
    json!({
        "eventID": "v-1", "eventType": "TRANSPORT", "eventClassifierCode": "EST",
        "eventDateTime": "2022-02-23T13:14:15+08:00", "transportEventTypeCode": code,
        "references": [{"referenceType": "EQ", "referenceValue": "CSQU3054383"}],
        "transportCall": {"modeOfTransport": mode, "importVoyageNumber": "2018W", "exportVoyageNumber": "2018E",
            "UNLocationCode": "CNTXG", "vessel": {"vesselIMONumber": 9321483, "vesselName": "SEA OF TEST"}}
    })
}

fn reefer(code: &str, details: Value) -> Value {
    let event = with(three(), "/eventClassification/eventTypeCode", json!("REEFER"));
    let event = with(event, "/eventClassification/reeferEventTypeCode", json!(code));
    with(event, "/reeferDetails", details)
}

#[test]
fn a_flat_event_of_2_2_is_read_with_all_that_it_states() {
    let ReadEvent { event, flags, .. } = only(read_json(&json!([flat()])));
    assert!(flags.is_empty());
    assert_eq!(
        (event.identity.source.as_str(), event.identity.id.as_str()),
        ("dcsa", "e-1")
    );
    assert_eq!(
        event.updated_at,
        Some(Time::parse("2022-02-23T06:00:00Z").unwrap())
    );
    let content = event.content.unwrap();
    assert_eq!(content.at, Time::parse("2022-02-23T05:14:15Z").unwrap());
    assert_eq!(
        (content.node, content.classifier),
        (Node::Discharge, Classifier::Actual)
    );
    assert_eq!(content.container.as_deref(), Some("CSQU3054383"));
    let some = |text: &str| Some(SmolStr::new(text));
    assert_eq!(
        content.attributes[..9],
        [
            Attribute::Location(some("CNTXG")),
            Attribute::Facility(some("TPCT")),
            Attribute::BillOfLading(some("MDXU714336")),
            Attribute::Voyage(some("2018W")),
            Attribute::VesselImo(some("9321483")),
            Attribute::VesselName(some("SEA OF TEST")),
            Attribute::SizeType(some("22G1")),
            Attribute::Empty(false),
            Attribute::Seal(some("S1")),
        ]
    );
    let Attribute::Detail(detail) = &content.attributes[9] else {
        panic!()
    };
    assert_eq!(
        detail.as_ref(),
        r#"{"documentReferences":[{"documentReferenceType":"BKG","documentReferenceValue":"B1"},{"documentReferenceType":"TRD","documentReferenceValue":"MDXU714336"}],"eventType":"EQUIPMENT","seals":[{"sealNumber":"S1","sealSource":"CUS"}],"transportCall":{"exportVoyageNumber":"2018E","modeOfTransport":"VESSEL"}}"#
    );
}

#[test]
fn an_event_of_beta_1_has_its_publisher_as_source_and_its_pointers_lead_into_the_payload() {
    let read = only(read_json(&json!([beta()])));
    assert_eq!(read.event.identity.source, "ALN");
    let content = read.event.content.unwrap();
    assert_eq!(content.node, Node::Load);
    assert_eq!(content.voyage(), Some(Some(&SmolStr::new("2018E"))));
    assert!(
        content
            .attributes
            .contains(&Attribute::Direction(Some(Direction::Transshipment)))
    );
    let reading = read_json(&json!([
        flat(),
        with(beta(), "/payload/eventDateTime", json!("yesterday"))
    ]));
    assert_eq!(reading.events.len(), 1);
    assert_eq!(
        reading.problems[0].remark.pointer.as_deref(),
        Some("/1/payload/eventDateTime")
    );
    assert_eq!(reading.problems[0].remark.code, ProblemCode::Time);
    assert_eq!(reading.problems[0].source.as_deref(), Some("ALN"));
    assert_eq!(reading.problems[0].remark.segment, None);
}

#[test]
fn an_event_of_3_0_0_has_its_originating_party_as_source() {
    let read = only(read_json(&json!({"events": [three()]})));
    assert_eq!(read.event.identity.source, "EXCO");
    assert_eq!(
        read.event.updated_at,
        Some(Time::parse("2026-01-20T14:20:00Z").unwrap())
    );
    assert_eq!(read.position.path.as_deref(), Some("/events/0"));
    let content = read.event.content.unwrap();
    assert_eq!(content.node, Node::GateOut);
    assert!(
        content
            .attributes
            .contains(&Attribute::Direction(Some(Direction::Import)))
    );
    assert!(content.attributes.contains(&Attribute::Empty(true)));
}

#[test]
fn words_of_later_drafts_of_3_0_0_mean_the_same_as_codes() {
    let event = json!({
        "eventRouting": {"originatingParties": [{"partyCode": "ZZ"}, {"partyCode": "AA"}]},
        "eventID": "w-1", "eventDateTime": "2026-01-20T14:15:00Z",
        "eventClassification": {"eventType": "EQUIPMENT", "eventClassifier": "ACTUAL", "equipmentEventType": "CUSTOMS_RELEASED"},
        "equipmentDetails": {"equipmentReference": "CSQU3054383", "emptyIndicator": "LADEN", "transportPhase": "EXPORT"}
    });
    let read = only(read_json(&event));
    assert_eq!(read.event.identity.source, "AA+ZZ");
    assert_eq!(read.event.content.unwrap().node, Node::Release);
}

#[test]
fn one_body_may_mix_shapes_and_good_events_beside_bad_ones_are_taken() {
    let reading = read_json(&json!([flat(), beta(), 7, three(), {"hello": 1}]));
    assert_eq!(reading.events.len(), 3);
    let told: Vec<_> = reading
        .problems
        .iter()
        .map(|p| (p.remark.code, p.remark.index))
        .collect();
    assert_eq!(
        told,
        [
            (ProblemCode::UnknownShape, Some(2)),
            (ProblemCode::UnknownShape, Some(4))
        ]
    );
    assert_eq!(reading.events[2].position.index, 3);
}

#[test]
fn the_source_is_party_then_publisher_then_call_then_dcsa() {
    let source = |event: &Value, call| {
        only(read_with(event.to_string().as_bytes(), call))
            .event
            .identity
            .source
    };
    assert_eq!(source(&three(), Some("call")), "EXCO");
    assert_eq!(source(&beta(), Some("call")), "ALN");
    assert_eq!(source(&flat(), Some("call")), "call");
    assert_eq!(source(&flat(), None), "dcsa");
}

#[test]
fn an_event_without_an_id_gets_a_hash_of_its_content_and_a_flag() {
    let event = without(flat(), "/eventID");
    let read = only(read_json(&event));
    assert_eq!(read.event.identity.id.len(), 32);
    assert_eq!(read.flags[0].code, FlagCode::IdMissing);
    assert_eq!(read.flags[0].pointer.as_deref(), Some("/eventID"));
    let again = only(read_text(&format!(
        " {} ",
        serde_json::to_string_pretty(&event).unwrap()
    )));
    assert_eq!(read.event, again.event);
    let other = only(read_json(&with(
        event,
        "/equipmentReference",
        json!("TOLU4734787"),
    )));
    assert_ne!(read.event.identity, other.event.identity);
}

#[test]
fn beta_1_voids_the_event_that_it_names_and_3_0_0_voids_itself() {
    let void = json!({"metadata": {"eventID": "b-2", "eventType": "TRANSPORT", "retractedEventID": "b-1",
        "eventCreatedDateTime": "2022-02-24T00:00:00Z", "publisher": {"carrierCode": "ALN"}}});
    let event = only(read_json(&void)).event;
    assert_eq!(
        (event.identity.source.as_str(), event.identity.id.as_str()),
        ("ALN", "b-1")
    );
    assert!(event.retracted && event.content.is_none() && event.updated_at.is_some());
    let void = json!({"eventID": "t-1", "isRetracted": true});
    let event = only(read_json(&void)).event;
    assert!(event.retracted && event.identity.id == "t-1");
    let unnamed = read_json(&json!({"isRetracted": true}));
    assert_eq!(problem(&unnamed), (ProblemCode::Missing, "/eventID"));
    assert!(
        !only(read_json(&with(three(), "/isRetracted", json!(false))))
            .event
            .retracted
    );
}

#[test]
fn only_actual_codes_count_as_actual_and_a_missing_one_is_a_problem() {
    for (code, classifier) in [
        ("ACT", Classifier::Actual),
        ("EST", Classifier::Estimated),
        ("PLN", Classifier::Planned),
        ("REQ", Classifier::Planned),
    ] {
        let event = with(flat(), "/eventClassifierCode", json!(code));
        assert_eq!(content(read_json(&event)).classifier, classifier);
    }
    let wrong = read_json(&with(flat(), "/eventClassifierCode", json!("MAYBE")));
    assert_eq!(
        problem(&wrong),
        (ProblemCode::UnknownCode, "/eventClassifierCode")
    );
    let missing = read_json(&without(flat(), "/eventClassifierCode"));
    assert_eq!(problem(&missing), (ProblemCode::Missing, "/eventClassifierCode"));
}

#[test]
fn equipment_codes_become_nodes_and_what_moves_nothing_becomes_a_note() {
    for (code, node) in [
        ("DISC", Node::Discharge),
        ("LOAD", Node::Load),
        ("GTIN", Node::GateIn),
        ("GTOT", Node::GateOut),
        ("CUSS", Node::SelectForScan),
        ("CUSI", Node::SelectForInspection),
        ("CUSR", Node::Release),
        ("INSP", Node::Note),
        ("STUF", Node::Note),
    ] {
        let event = with(flat(), "/equipmentEventTypeCode", json!(code));
        assert_eq!(content(read_json(&event)).node, node, "{code}");
    }
}

#[test]
fn an_unknown_equipment_code_is_a_problem_that_lists_the_known_ones() {
    let reading = read_json(&json!([with(flat(), "/equipmentEventTypeCode", json!("FLEW"))]));
    assert_eq!(
        problem(&reading),
        (ProblemCode::UnknownCode, "/0/equipmentEventTypeCode")
    );
    let message = &reading.problems[0].remark.message;
    assert!(message.contains("`FLEW`") && message.contains("GTOT"));
}

#[test]
fn an_unknown_code_that_decides_nothing_is_a_flag() {
    let read = only(read_json(&with(flat(), "/emptyIndicatorCode", json!("HALF"))));
    assert_eq!(read.flags[0].code, FlagCode::UnknownCode);
    assert_eq!(read.flags[0].pointer.as_deref(), Some("/emptyIndicatorCode"));
    let read = only(read_json(&with(
        three(),
        "/equipmentDetails/movementType",
        json!("SIDEWAYS"),
    )));
    assert_eq!(
        read.flags[0].pointer.as_deref(),
        Some("/equipmentDetails/movementType")
    );
    let read = only(read_json(&shipment("TRD", "FOLD")));
    assert_eq!(read.event.content.unwrap().node, Node::Note);
    assert_eq!(read.flags[0].code, FlagCode::UnknownCode);
}

#[test]
fn on_and_off_a_train_is_rail_and_on_and_off_a_truck_is_a_note() {
    let lifted = |code, mode| {
        let event = with(flat(), "/equipmentEventTypeCode", json!(code));
        content(read_json(&with(
            event,
            "/transportCall/modeOfTransport",
            json!(mode),
        )))
    };
    assert_eq!(lifted("DISC", "RAIL").node, Node::RailIn);
    assert_eq!(lifted("LOAD", "RAIL").node, Node::RailOut);
    assert_eq!(lifted("LOAD", "TRUCK").node, Node::Note);
    assert_eq!(lifted("DISC", "BARGE").node, Node::Discharge);
    let gate = lifted("GTOT", "TRUCK");
    assert_eq!(gate.node, Node::GateOut);
    assert!(
        gate.attributes
            .contains(&Attribute::Transport(Some(Transport::Truck)))
    );
    let unknown = read_json(&with(flat(), "/transportCall/modeOfTransport", json!("CAMEL")));
    assert_eq!(
        problem(&unknown),
        (ProblemCode::UnknownCode, "/transportCall/modeOfTransport")
    );
}

#[test]
fn a_vessel_arrives_and_departs_and_other_transports_are_notes() {
    let arrival = content(read_json(&transport("VESSEL", "ARRI")));
    assert_eq!(
        (arrival.node, arrival.classifier),
        (Node::VesselArrival, Classifier::Estimated)
    );
    assert_eq!(arrival.container, None);
    assert_eq!(arrival.voyage(), Some(Some(&SmolStr::new("2018W"))));
    assert_eq!(arrival.vessel_imo(), Some(Some(&SmolStr::new("9321483"))));
    let departure = content(read_json(&transport("VESSEL", "DEPA")));
    assert_eq!(departure.node, Node::VesselDeparture);
    assert_eq!(departure.voyage(), Some(Some(&SmolStr::new("2018E"))));
    let train = content(read_json(&transport("RAIL", "ARRI")));
    assert_eq!(
        (train.node, train.container.as_deref()),
        (Node::Note, Some("CSQU3054383"))
    );
    let anchorage = with(
        transport("VESSEL", "ARRI"),
        "/transportCall/facilityTypeCode",
        json!("ANCH"),
    );
    assert_eq!(content(read_json(&anchorage)).node, Node::Note);
    let unnamed = without(transport("VESSEL", "ARRI"), "/transportCall/vessel");
    assert_eq!(
        problem(&read_json(&unnamed)),
        (ProblemCode::Missing, "/transportCall/vessel")
    );
}

#[test]
fn customs_documents_become_papers_and_other_documents_notes() {
    for (kind, code, node) in [
        ("CUC", "RECE", Node::Declare),
        ("CUC", "SUBM", Node::Declare),
        ("CUC", "REQS", Node::DocumentsRequired),
        ("CUC", "PENU", Node::DocumentsRequired),
        ("CUC", "HOLD", Node::Hold),
        ("CUC", "RELS", Node::Release),
        ("CUC", "CMPL", Node::Note),
        ("CUC", "APPR", Node::Note),
        ("CUS", "REQS", Node::SelectForInspection),
        ("CUS", "RECE", Node::Note),
        ("TRD", "RELS", Node::Note),
        ("BKG", "HOLD", Node::Note),
    ] {
        let content = content(read_json(&shipment(kind, code)));
        assert_eq!(content.node, node, "{kind} {code}");
        let declared = kind.starts_with("CU").then(|| SmolStr::new("021820220000000001"));
        assert_eq!(content.declaration().flatten(), declared.as_ref());
    }
    let unknown = read_json(&shipment("CUC", "FOLD"));
    assert_eq!(
        problem(&unknown),
        (ProblemCode::UnknownCode, "/shipmentEventTypeCode")
    );
}

#[test]
fn an_event_without_a_document_of_its_own_is_about_the_customs_document_that_it_names() {
    let event = json!({
        "eventID": "c-1", "eventDateTime": "2026-01-20T14:15:00Z",
        "eventClassification": {"eventTypeCode": "SHIPMENT", "eventClassifierCode": "ACT", "shipmentEventTypeCode": "RELS"},
        "documentReferences": [{"typeCode": "BKG", "reference": "B1"}, {"typeCode": "CUC", "reference": "D1"}],
        "shipmentReferences": [{"typeCode": "EQ", "reference": "CSQU3054383"}]
    });
    let content = content(read_json(&event));
    assert_eq!(content.node, Node::Release);
    assert_eq!(content.declaration(), Some(Some(&SmolStr::new("D1"))));
}

#[test]
fn an_event_that_names_several_containers_is_one_event_for_each() {
    let event = with(
        shipment("CUC", "RELS"),
        "/references",
        json!([
            {"referenceType": "EQ", "referenceValue": "CSQU3054383"},
            {"referenceType": "EQ", "referenceValue": "csqu 305438-3"},
            {"referenceType": "EQ", "referenceValue": "tolu 473478-7"},
            {"referenceType": "FF", "referenceValue": "F1"}
        ]),
    );
    let reading = read_json(&json!([event]));
    let ids: Vec<_> = reading
        .events
        .iter()
        .map(|read| read.event.identity.id.as_str())
        .collect();
    assert_eq!(ids, ["s-1#CSQU3054383", "s-1#TOLU4734787"]);
    let sent: Vec<_> = reading
        .events
        .iter()
        .map(|read| read.event.content.as_ref().unwrap().container.as_deref())
        .collect();
    assert_eq!(sent, [Some("CSQU3054383"), Some("tolu 473478-7")]);
}

#[test]
fn a_note_needs_no_container_and_a_release_does() {
    let note = content(read_json(&without(shipment("TRD", "ISSU"), "/references")));
    assert_eq!((note.node, note.container.as_ref()), (Node::Note, None));
    assert_eq!(
        note.bill_of_lading(),
        Some(Some(&SmolStr::new("021820220000000001")))
    );
    let release = read_json(&without(shipment("CUC", "RELS"), "/references"));
    assert_eq!(problem(&release), (ProblemCode::Container, "/equipmentReference"));
    let nonsense = read_json(&with(flat(), "/equipmentReference", json!("???")));
    assert_eq!(
        problem(&nonsense),
        (ProblemCode::Container, "/equipmentReference")
    );
}

#[test]
fn a_note_keeps_what_it_is_about_under_detail() {
    let note = content(read_json(&shipment("TRD", "ISSU")));
    let Some(Attribute::Detail(detail)) = note.attributes.last() else {
        panic!()
    };
    assert!(
        detail.contains(r#""documentTypeCode":"TRD""#)
            && detail.contains(r#""shipmentEventTypeCode":"ISSU""#)
    );
}

#[test]
fn a_reefer_is_measured_and_an_adjustment_is_a_note() {
    let details = json!({"temperatureUnit": "CEL", "internalSetpointTemperature": -18.5,
        "temperatureProbeMeasurements": [{"measuredTemperatureValue": -18.7}, {"measuredTemperatureValue": -18.2}]});
    let measured = content(read_json(&reefer("MEAS", details.clone())));
    assert_eq!(measured.node, Node::Measure);
    assert!(
        measured
            .attributes
            .contains(&Attribute::TemperatureMillicelsius(Some(-18_200)))
    );
    let adjusted = content(read_json(&reefer("ADJU", details)));
    assert_eq!(adjusted.node, Node::Note);
    assert!(
        adjusted
            .attributes
            .contains(&Attribute::TemperatureMillicelsius(Some(-18_500)))
    );
    let air = json!({"temperatureUnit": "FAH", "returnAirTemperatureMeasurement": {"temperatureValue": 41}});
    let measured = content(read_json(&reefer("MEAS", air)));
    assert!(
        measured
            .attributes
            .contains(&Attribute::TemperatureMillicelsius(Some(5_000)))
    );
    let no_unit = only(read_json(&reefer(
        "MEAS",
        json!({"internalSetpointTemperature": 3}),
    )));
    assert_eq!(no_unit.flags[0].code, FlagCode::FieldIgnored);
}

#[test]
fn absent_says_nothing_and_null_says_no() {
    let event = with(flat(), "/ISOEquipmentCode", Value::Null);
    let event = with(event, "/transportCall/facilityCode", Value::Null);
    let event = with(event, "/seals", json!([]));
    let content = content(read_json(&without(event, "/documentReferences")));
    assert_eq!(content.size_type(), Some(None));
    assert_eq!(content.facility(), Some(None));
    assert!(content.attributes.contains(&Attribute::Seal(None)));
    assert_eq!(content.bill_of_lading(), None);
}

#[test]
fn an_unusable_field_is_left_out_with_a_flag() {
    let read = only(read_json(&with(
        flat(),
        "/transportCall/vessel/vesselIMONumber",
        json!("12"),
    )));
    assert_eq!(read.event.content.as_ref().unwrap().vessel_imo(), None);
    assert_eq!(
        read.flags[0].pointer.as_deref(),
        Some("/transportCall/vessel/vesselIMONumber")
    );
    let read = only(read_json(&with(flat(), "/ISOEquipmentCode", json!(["22G1"]))));
    assert_eq!(read.flags[0].code, FlagCode::FieldIgnored);
    let read = only(read_json(&with(flat(), "/eventCreatedDateTime", json!("then"))));
    assert_eq!(
        (read.flags[0].code, read.event.updated_at),
        (FlagCode::FieldIgnored, None)
    );
}

#[test]
fn a_missing_or_wrong_time_is_a_problem() {
    let missing = read_json(&without(flat(), "/eventDateTime"));
    assert_eq!(problem(&missing), (ProblemCode::Missing, "/eventDateTime"));
    let no_offset = read_json(&with(flat(), "/eventDateTime", json!("2022-02-23T13:14:15")));
    assert_eq!(problem(&no_offset), (ProblemCode::Time, "/eventDateTime"));
}

#[test]
fn a_truncated_body_gives_the_events_before_the_break_and_one_problem() {
    let whole = json!({"events": [three(), three(), three()]}).to_string();
    let cut = &whole[..whole.len() - 20];
    let reading = read_text(cut);
    assert_eq!(reading.events.len(), 2);
    assert_eq!(reading.problems.len(), 1);
    let problem = &reading.problems[0];
    assert_eq!(problem.remark.code, ProblemCode::Truncated);
    assert_eq!(problem.remark.offset, Some(cut.len() as u64));
    assert!(cut[problem.raw.clone()].starts_with('{'));
    let single = read_text(&flat().to_string()[..50]);
    assert_eq!(single.problems[0].remark.code, ProblemCode::Truncated);
}

#[test]
fn what_is_no_json_gives_one_problem_with_the_first_wrong_byte() {
    for (body, code, offset) in [
        ("hello", ProblemCode::NotJson, 0),
        ("  <xml/>", ProblemCode::NotJson, 2),
        ("", ProblemCode::NotJson, 0),
        (r#"{"a":x}"#, ProblemCode::NotJson, 5),
        ("{\"a\":1,\n \"b\" 2}", ProblemCode::NotJson, 13),
        ("\"text\"", ProblemCode::UnknownShape, 0),
        ("[] []", ProblemCode::NotJson, 3),
    ] {
        let reading = read_text(body);
        assert_eq!(reading.problems.len(), 1, "{body}");
        let remark = &reading.problems[0].remark;
        assert_eq!((remark.code, remark.offset), (code, Some(offset)), "{body}");
    }
}

#[test]
fn what_is_around_no_event_has_to_be_json_too() {
    for (body, offset) in [
        (r#"{"x":zzz,"events":[]}"#, 5),
        ("\u{feff}{\"x\":zzz,\"events\":[]}", 8),
        ("{\"x\":[},\n\"events\":[]}", 6),
    ] {
        let reading = read_text(body);
        assert_eq!(reading.problems.len(), 1, "{body}");
        let remark = &reading.problems[0].remark;
        assert_eq!(
            (remark.code, remark.offset),
            (ProblemCode::NotJson, Some(offset)),
            "{body}"
        );
    }
    for body in ["[]", "\u{feff} []\n", r#"{"next":null,"events":[]}"#] {
        assert!(read_text(body).problems.is_empty(), "{body}");
    }
}

#[test]
fn a_broken_event_leaves_its_neighbours_whole() {
    let body = format!("[{},{{\"eventType\":tru}},{}]", flat(), three());
    let reading = read_text(&body);
    assert_eq!(reading.events.len(), 2);
    let remark = &reading.problems[0].remark;
    assert_eq!(remark.code, ProblemCode::NotJson);
    let at = body.find("tru}").unwrap() as u64;
    assert!((at..at + 4).contains(&remark.offset.unwrap()));
    assert_eq!(&body[reading.problems[0].raw.clone()], "{\"eventType\":tru}");
}

#[test]
fn depth_and_size_are_bounded() {
    let deep = format!("[{{\"eventType\":{}1{}}}]", "[".repeat(100), "]".repeat(100));
    assert_eq!(problem(&read_text(&deep)).0, ProblemCode::TooLarge);
    let large = with(flat(), "/more", json!("x".repeat(MAX_EVENT)));
    assert_eq!(problem(&read_json(&large)).0, ProblemCode::TooLarge);
    let wide = with(flat(), "/more", json!("x".repeat(20_000)));
    let read = only(read_json(&wide));
    assert_eq!(read.flags[0].code, FlagCode::FieldIgnored);
    let many = format!("[{}1]", "1,".repeat(MAX_PROBLEMS + 10));
    let reading = read_text(&many);
    assert_eq!(reading.problems.len(), MAX_PROBLEMS + 1);
}

fn valid_body() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0usize..7, 1..5).prop_map(|kinds| {
        let events: Vec<Value> = kinds
            .into_iter()
            .map(|kind| match kind {
                0 => flat(),
                1 => beta(),
                2 => three(),
                3 => shipment("CUC", "RELS"),
                4 => transport("VESSEL", "ARRI"),
                5 => reefer(
                    "MEAS",
                    json!({"temperatureUnit": "CEL", "internalSetpointTemperature": -18.5}),
                ),
                _ => json!({"eventID": "t-1", "isRetracted": true}),
            })
            .collect();
        json!({"events": events}).to_string().into_bytes()
    })
}

fn is_bounded(body: &[u8], reading: &Reading) {
    assert!(reading.problems.len() <= MAX_PROBLEMS + 1);
    for problem in &reading.problems {
        assert!(problem.raw.start <= problem.raw.end && problem.raw.end <= body.len());
        assert!(problem.remark.offset.unwrap() <= body.len() as u64);
        assert!(problem.remark.message.len() < 2_000);
    }
    for read in &reading.events {
        assert!(read.position.end <= body.len() && !read.event.identity.source.is_empty());
        if let Some(content) = &read.event.content {
            let kinds: Vec<u8> = content.attributes.iter().map(Attribute::kind).collect();
            assert!(kinds.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic_and_bounded(body in prop::collection::vec(any::<u8>(), 0..400)) {
        is_bounded(&body, &read_with(&body, None));
    }

    #[test]
    fn mutated_messages_are_read_without_a_panic_and_bounded(
        body in valid_body(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..6),
    ) {
        let mut body = body;
        for (index, byte, kind) in changes {
            let at = index.index(body.len());
            match kind {
                0 => body[at] = byte,
                1 => body.truncate(at + 1),
                _ => body.insert(at, byte),
            }
        }
        is_bounded(&body, &read_with(&body, None));
    }

    #[test]
    fn valid_messages_are_read_whole_and_the_same_every_time(body in valid_body()) {
        let (first, second) = (read_with(&body, None), read_with(&body, None));
        prop_assert!(first.problems.is_empty());
        prop_assert_eq!(
            first.events.iter().map(|e| &e.event).collect::<Vec<_>>(),
            second.events.iter().map(|e| &e.event).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_body_cut_anywhere_gives_a_beginning_of_its_events(body in valid_body(), at in any::<prop::sample::Index>()) {
        let whole = read_with(&body, None);
        let cut = &body[..at.index(body.len())];
        let reading = read_with(cut, None);
        is_bounded(cut, &reading);
        prop_assert_eq!(reading.problems.len(), 1);
        for (cut, whole) in reading.events.iter().zip(&whole.events) {
            prop_assert_eq!(&cut.event, &whole.event);
        }
    }
}
