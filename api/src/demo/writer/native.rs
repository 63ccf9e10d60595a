//! Native events, as `interface.md` §3 has them: an array, or one a line.

use super::super::container::{Facts, Passage};
use super::super::fleet::Voyage;
use super::super::report::{Damage, Report, Subject};
use super::super::yard::Yard;
use super::super::{CUSTOMS, SITE, TERMINAL};
use super::text::{Text, Wall};
use shared::event::{Classifier, Finding, Node};

/// A batch of events.
pub(in super::super) fn write(reports: &[Report], yard: &Yard, lines: bool) -> Vec<u8> {
    let mut text = Text::with_room(reports.len() * 360 + 16);
    for (number, report) in reports.iter().enumerate() {
        text.put(match (number, lines) {
            (0, true) => "",
            (0, false) => "[",
            (_, true) => "\n",
            (_, false) => ",\n",
        });
        event(&mut text, report, yard);
    }
    text.put(if lines { "\n" } else { "]\n" });
    text.0
}

/// Who tells of a node.
fn source(node: Node) -> &'static str {
    match node {
        Node::Declare
        | Node::DocumentsRequired
        | Node::SelectForScan
        | Node::SelectForInspection
        | Node::Verdict
        | Node::Hold
        | Node::Release => CUSTOMS,
        _ => TERMINAL,
    }
}

fn event(text: &mut Text, report: &Report, yard: &Yard) {
    text.put("{\"id\":\"").digits(report.id, 9);
    text.put("\",\"source\":\"").put(source(report.node));
    if report.retracted {
        if let Some(updated) = report.updated_at {
            text.put("\",\"updated_at\":\"").time(updated);
        }
        text.put("\",\"retracted\":true}");
        return;
    }
    text.put("\",\"site\":\"").put(SITE);
    time(text, report);
    text.put("\",\"node\":\"").put(match report.damage {
        Some(Damage::UnknownNode) => "teleport",
        _ => report.node.name(),
    });
    text.put(match report.classifier {
        Classifier::Actual => "",
        Classifier::Estimated => "\",\"classifier\":\"estimated",
        Classifier::Planned => "\",\"classifier\":\"planned",
    });
    if let Some(updated) = report.updated_at {
        text.put("\",\"updated_at\":\"").time(updated);
    }
    match &report.subject {
        Subject::Container(_, facts) => {
            let damaged = report.damage == Some(Damage::NoContainer);
            text.put("\",\"container\":\"")
                .put(if damaged { "" } else { &facts.number })
                .put("\"");
            of_container(text, report, facts, yard);
        }
        Subject::Vessel(voyage) => {
            text.put("\"");
            of_voyage(text, *voyage, true);
        }
    }
    text.put("}");
}

fn time(text: &mut Text, report: &Report) {
    if report.damage == Some(Damage::NoTime) {
        return;
    }
    text.put("\",\"at\":\"");
    match report.damage {
        Some(Damage::NoSuchTime) => {
            let wall = Wall::at_the_port(report.at);
            text.digits(wall.year as u64, 4)
                .put("-13-")
                .digits(wall.day as u64, 2);
            text.put("T08:00:00+08:00")
        }
        Some(Damage::FarFuture) => text.put("9999-12-31T23:59:59+08:00"),
        _ => text.time(report.at),
    };
}

fn of_container(text: &mut Text, report: &Report, facts: &Facts, yard: &Yard) {
    match report.node {
        Node::Discharge => {
            cargo(text, facts, true);
            facts
                .inbound
                .into_iter()
                .for_each(|voyage| of_voyage(text, voyage, false));
        }
        Node::GateIn => {
            cargo(text, facts, true);
            facts
                .outbound
                .into_iter()
                .for_each(|voyage| of_voyage(text, voyage, false));
            text.put(",\"transport\":\"truck\"");
        }
        Node::Stack => cargo(text, facts, false),
        Node::Load => {
            bill(text, facts);
            facts
                .outbound
                .into_iter()
                .for_each(|voyage| of_voyage(text, voyage, false));
        }
        Node::GateOut => {
            bill(text, facts);
            text.put(",\"transport\":\"truck\"");
        }
        Node::ArrivalReport | Node::LoadingInstruction => {
            bill(text, facts);
            facts
                .outbound
                .into_iter()
                .for_each(|voyage| of_voyage(text, voyage, false));
        }
        Node::Declare
        | Node::DocumentsRequired
        | Node::SelectForScan
        | Node::SelectForInspection
        | Node::Hold
        | Node::Release => {
            direction(text, facts);
            bill(text, facts);
            text.put(",\"declaration\":\"")
                .declaration(facts.declaration, facts.passage == Passage::Import)
                .put("\"");
        }
        _ => {}
    }
    if let Some(slot) = report.slot {
        text.put(",\"slot\":\"").put(&yard.address(slot)).put("\"");
    }
    if let Some(measured) = report.measured {
        text.put(",\"temperature_celsius\":").tenths(measured);
    }
    text.put(match report.finding {
        Some(Finding::Clear) => ",\"result\":\"clear\"",
        Some(Finding::Suspect) => ",\"result\":\"suspect\"",
        None => "",
    });
}

/// What the box is and holds; `all` with weight and seal.
fn cargo(text: &mut Text, facts: &Facts, all: bool) {
    direction(text, facts);
    text.put(",\"size_type\":\"").put(facts.size().code).put("\"");
    if facts.passage == Passage::Empty {
        text.put(",\"empty\":true");
    } else {
        text.put(",\"empty\":false");
    }
    bill(text, facts);
    if let Some(goods) = facts.goods() {
        text.put(",\"dangerous\":[{\"class\":\"").put(goods.class);
        text.put("\",\"un\":\"").put(goods.un).put("\"}]");
    }
    if let Some(set) = facts.temperature {
        text.put(",\"refrigerated\":true,\"temperature_celsius\":")
            .tenths(set);
    }
    if all {
        text.put(",\"weight_kg\":").digits(u64::from(facts.kilograms), 1);
        if facts.bill != 0 {
            text.put(",\"seal\":\"S")
                .digits(u64::from(facts.bill) * 7 % 9_999_991, 7)
                .put("\"");
        }
    }
}

/// An empty box is going no way that anybody knows, which is said, so that nobody infers one.
fn direction(text: &mut Text, facts: &Facts) {
    text.put(match facts.passage {
        Passage::Import => ",\"direction\":\"import\"",
        Passage::Export => ",\"direction\":\"export\"",
        Passage::Transshipment => ",\"direction\":\"transshipment\"",
        Passage::Empty => ",\"direction\":null",
    });
}

fn bill(text: &mut Text, facts: &Facts) {
    if facts.bill != 0 {
        text.put(",\"bill_of_lading\":\"")
            .bill(facts.carrier, facts.bill)
            .put("\"");
    }
}

fn of_voyage(text: &mut Text, voyage: Voyage, name: bool) {
    text.put(",\"voyage\":\"").voyage(voyage);
    text.put("\",\"vessel_imo\":\"")
        .digits(u64::from(voyage.imo()), 7);
    if name {
        text.put("\",\"vessel_name\":\"").vessel(voyage);
    }
    text.put("\"");
}
