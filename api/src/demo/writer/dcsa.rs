//! DCSA Track & Trace as carriers send it: 2.2, an array of flat events, each carrier for itself; 3.0.0, one
//! hub for all carriers that speak it, each event naming the one with which it originated.

use super::super::LOCATION;
use super::super::container::{Facts, Passage};
use super::super::fleet::{CARRIERS, Carrier, Voyage};
use super::super::report::{Damage, Report, Subject};
use super::text::Text;
use shared::event::{Classifier, Node};
use std::collections::BTreeMap;

/// A message: `?source=`, body, events, and how many of them nobody can read.
type Written = (Option<String>, Vec<u8>, u32, u32);

/// The messages that tell of these reports.
pub(in super::super) fn write(reports: &[Report]) -> Vec<Written> {
    let mut hub: Vec<&Report> = Vec::new();
    let mut alone: BTreeMap<&str, Vec<&Report>> = BTreeMap::new();
    for report in reports {
        let carrier = carrier(report);
        if carrier.third {
            hub.push(report);
        } else {
            alone.entry(carrier.code).or_default().push(report);
        }
    }
    let mut written = Vec::new();
    if !hub.is_empty() {
        let body = message("{\"events\":[", &hub, third, "]}\n");
        written.push(count(None, body, &hub));
    }
    for (code, reports) in alone {
        let body = message("[", &reports, second, "]\n");
        written.push(count(Some(code.to_owned()), body, &reports));
    }
    written
}

fn count(source: Option<String>, body: Vec<u8>, reports: &[&Report]) -> Written {
    let broken = reports.iter().filter(|report| report.damage.is_some()).count();
    (source, body, reports.len() as u32, broken as u32)
}

fn message(open: &str, reports: &[&Report], event: fn(&mut Text, &Report), close: &str) -> Vec<u8> {
    let mut text = Text::with_room(reports.len() * 900 + 32);
    text.put(open);
    for (number, report) in reports.iter().enumerate() {
        text.put(if number == 0 { "" } else { ",\n" });
        event(&mut text, report);
    }
    text.put(close);
    text.0
}

fn carrier(report: &Report) -> Carrier {
    let number = match &report.subject {
        Subject::Container(_, facts) => facts.carrier,
        Subject::Vessel(voyage) => voyage.carrier(),
    };
    CARRIERS[usize::from(number)]
}

fn classifier(report: &Report) -> &'static str {
    match report.classifier {
        Classifier::Actual => "ACT",
        Classifier::Estimated => "EST",
        Classifier::Planned => "PLN",
    }
}

fn code(node: Node) -> &'static str {
    match node {
        Node::VesselArrival => "ARRI",
        Node::VesselDeparture => "DEPA",
        Node::Discharge => "DISC",
        Node::Load => "LOAD",
        Node::GateIn => "GTIN",
        _ => "GTOT",
    }
}

/// The voyage that an event at this node belongs to.
fn voyage(report: &Report) -> Option<Voyage> {
    match &report.subject {
        Subject::Vessel(voyage) => Some(*voyage),
        Subject::Container(_, facts) => match report.node {
            Node::Discharge => facts.inbound,
            Node::Load => facts.outbound,
            _ => None,
        },
    }
}

/// When the sender made or changed it: an estimate carries its own moment, a report comes a little later.
fn updated(report: &Report) -> shared::time::Time {
    report.updated_at.unwrap_or(report.at)
}

/// One event of 3.0.0.
fn third(text: &mut Text, report: &Report) {
    let carrier = carrier(report);
    text.put("{\"eventRouting\":{\"originatingParty\":{\"partyCode\":\"")
        .put(carrier.code);
    text.put("\",\"codeListProvider\":\"SMDG\",\"codeListName\":\"LCL\",\"partyFunction\":\"CA\"}},");
    text.put("\"eventID\":\"")
        .put(carrier.code)
        .put("-")
        .digits(report.id, 9)
        .put("\",");
    if report.damage != Some(Damage::NoTime) {
        text.put("\"eventDateTime\":\"").utc(report.at).put("\",");
    }
    text.put("\"eventUpdatedDateTime\":\"")
        .utc(updated(report))
        .put("\",");
    text.put("\"eventLocation\":{\"UNLocationCode\":\"")
        .put(LOCATION)
        .put("\",\"facilityTypeCode\":\"POTE\"},");
    text.put("\"eventClassification\":{\"eventTypeCode\":\"");
    match &report.subject {
        Subject::Vessel(_) => text.put("TRANSPORT\",\"transportEventTypeCode\":\""),
        Subject::Container(..) => text.put("EQUIPMENT\",\"equipmentEventTypeCode\":\""),
    };
    text.put(code(report.node))
        .put("\",\"eventClassifierCode\":\"")
        .put(classifier(report))
        .put("\"}");
    if let Subject::Container(_, facts) = &report.subject {
        text.put(",\"equipmentDetails\":{\"equipmentReference\":\"")
            .put(&facts.number);
        text.put("\",\"ISOEquipmentCode\":\"").put(facts.size().code);
        text.put("\",\"emptyIndicatorCode\":\"LADEN\",\"movementType\":\"")
            .put(phase(facts))
            .put("\"},");
        text.put(
            "\"shipmentDetails\":{\"documentReference\":{\"type\":\"TRANSPORT_DOCUMENT\",\"reference\":\"",
        );
        text.bill(facts.carrier, facts.bill).put("\"}}");
    }
    if let Some(voyage) = voyage(report) {
        text.put(",\"transportDetails\":{\"transportCall\":{\"transportCallReference\":\"")
            .put(LOCATION);
        text.put("-")
            .digits(u64::from(voyage.imo()), 7)
            .put("-")
            .voyage(voyage);
        text.put(
            "\",\"modeOfTransport\":\"VESSEL\",\"importVoyageNumberOrReference\":{\"carrierVoyageNumber\":\"",
        );
        text.voyage(voyage)
            .put("\"},\"exportVoyageNumberOrReference\":{\"carrierVoyageNumber\":\"")
            .voyage(voyage);
        text.put("\"},\"vesselTransport\":{\"vesselIMONumber\":\"")
            .digits(u64::from(voyage.imo()), 7);
        text.put("\",\"vesselName\":\"").vessel(voyage);
        text.put("\",\"operatorCarrierCode\":\"").put(carrier.code);
        text.put("\",\"operatorCarrierCodeListProvider\":\"SMDG\"}}}");
    }
    text.put("}");
}

fn phase(facts: &Facts) -> &'static str {
    match facts.passage {
        Passage::Export => "EXPORT",
        Passage::Transshipment => "TRANSSHIPMENT",
        Passage::Import | Passage::Empty => "IMPORT",
    }
}

/// One event of 2.2.
fn second(text: &mut Text, report: &Report) {
    let carrier = carrier(report);
    text.put("{\"eventID\":\"")
        .uuid(report.id)
        .put("\",\"eventType\":\"");
    text.put(match &report.subject {
        Subject::Vessel(_) => "TRANSPORT",
        Subject::Container(..) => "EQUIPMENT",
    });
    text.put("\",\"eventCreatedDateTime\":\"").time(updated(report));
    text.put("\",\"eventClassifierCode\":\"").put(classifier(report));
    if report.damage != Some(Damage::NoTime) {
        text.put("\",\"eventDateTime\":\"").time(report.at);
    }
    match &report.subject {
        Subject::Vessel(_) => {
            text.put("\",\"transportEventTypeCode\":\"")
                .put(code(report.node))
                .put("\"");
        }
        Subject::Container(_, facts) => {
            text.put("\",\"equipmentEventTypeCode\":\"")
                .put(code(report.node));
            text.put("\",\"equipmentReference\":\"").put(&facts.number);
            text.put("\",\"ISOEquipmentCode\":\"").put(facts.size().code);
            text.put("\",\"emptyIndicatorCode\":\"LADEN\"");
            text.put(
                ",\"documentReferences\":[{\"documentReferenceType\":\"TRD\",\"documentReferenceValue\":\"",
            );
            text.bill(facts.carrier, facts.bill).put("\"}]");
        }
    }
    text.put(",\"transportCall\":{\"transportCallID\":\"")
        .uuid(report.id ^ 1 << 40);
    text.put("\",\"UNLocationCode\":\"")
        .put(LOCATION)
        .put("\",\"facilityTypeCode\":\"POTE\",\"modeOfTransport\":\"");
    match voyage(report) {
        Some(voyage) => {
            text.put("VESSEL\",\"importVoyageNumber\":\"").voyage(voyage);
            text.put("\",\"exportVoyageNumber\":\"").voyage(voyage);
            text.put("\",\"vessel\":{\"vesselIMONumber\":\"")
                .digits(u64::from(voyage.imo()), 7);
            text.put("\",\"vesselName\":\"").vessel(voyage);
            text.put("\",\"vesselOperatorCarrierCode\":\"").put(carrier.code);
            text.put("\",\"vesselOperatorCarrierCodeListProvider\":\"SMDG\"}}}");
        }
        None => {
            text.put("TRUCK\"}}");
        }
    }
}
