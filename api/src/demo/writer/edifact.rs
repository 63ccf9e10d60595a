//! EDIFACT interchanges with CODECO for gate moves and COARRI for vessel moves, in the directory D.95B and
//! as container terminals write them.

use super::super::container::{Facts, Passage};
use super::super::fleet::{CARRIERS, Voyage};
use super::super::report::{Report, Subject};
use super::super::{EDIFACT_SENDER, LOCATION};
use super::text::Text;
use shared::event::Node;
use shared::time::Time;
use std::collections::BTreeMap;

/// Who receives them.
const RECEIVER: &str = "CNTXGCUS";

/// What one message tells of: moves of one kind for one voyage.
type Kind = (Move, Option<Voyage>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Move {
    Discharge,
    GateIn,
    Load,
    GateOut,
}

fn kind(report: &Report) -> Option<Kind> {
    let Subject::Container(_, facts) = &report.subject else {
        return None;
    };
    let moved = match report.node {
        Node::Discharge => Move::Discharge,
        Node::GateIn => Move::GateIn,
        Node::Load => Move::Load,
        Node::GateOut => Move::GateOut,
        _ => return None,
    };
    let voyage = match moved {
        Move::Discharge | Move::GateOut => facts.inbound,
        Move::GateIn | Move::Load => facts.outbound,
    };
    Some((moved, voyage))
}

/// Parts reports into those of one interchange each.
pub(in super::super) fn interchanges(reports: Vec<Report>, one: bool) -> Vec<Vec<Report>> {
    if one {
        return if reports.is_empty() {
            Vec::new()
        } else {
            vec![reports]
        };
    }
    let mut parts: BTreeMap<Option<Kind>, Vec<Report>> = BTreeMap::new();
    for report in reports {
        let part = match kind(&report) {
            // A gate sends what went through it, whatever vessel it was for.
            Some((moved @ (Move::GateIn | Move::GateOut), _)) => Some((moved, None)),
            other => other,
        };
        parts.entry(part).or_default().push(report);
    }
    parts.into_values().collect()
}

/// One interchange.
pub(in super::super) fn write(reports: &[Report], sent: Time, reference: u64) -> Vec<u8> {
    let mut messages: BTreeMap<Kind, Vec<(&Report, &Facts)>> = BTreeMap::new();
    for report in reports {
        if let (Some(kind), Subject::Container(_, facts)) = (kind(report), &report.subject) {
            messages.entry(kind).or_default().push((report, facts));
        }
    }
    let mut text = Text::with_room(reports.len() * 330 + messages.len() * 420 + 128);
    text.put("UNA:+.? '\nUNB+UNOA:2+")
        .put(EDIFACT_SENDER)
        .put("+")
        .put(RECEIVER)
        .put("+");
    text.interchange_time(sent)
        .put("+")
        .digits(reference, 9)
        .put("'\n");
    let count = messages.len() as u64;
    for (number, (kind, moves)) in messages.into_iter().enumerate() {
        let reference = reference * 1_000 + number as u64 + 1;
        message(&mut text, kind, &moves, sent, reference);
    }
    text.put("UNZ+")
        .digits(count, 1)
        .put("+")
        .digits(reference, 9)
        .put("'\n");
    text.0
}

fn message(text: &mut Text, (moved, voyage): Kind, moves: &[(&Report, &Facts)], sent: Time, reference: u64) {
    let begin = text.0.len();
    let quay = matches!(moved, Move::Discharge | Move::Load);
    text.put("UNH+").digits(reference, 12).put(if quay {
        "+COARRI:D:95B:UN:ITG13'\n"
    } else {
        "+CODECO:D:95B:UN:ITG12'\n"
    });
    let code = match moved {
        Move::Discharge => "44",
        Move::Load => "46",
        Move::GateIn => "34",
        Move::GateOut => "36",
    };
    text.put("BGM+")
        .put(code)
        .put("+")
        .put(EDIFACT_SENDER)
        .digits(reference, 12)
        .put("+9'\n");
    text.put("DTM+137:").minutes(sent).put(":203'\n");
    let carrier = voyage.map_or(0, Voyage::carrier);
    if let Some(voyage) = voyage {
        text.put("TDT+20+").voyage(voyage).put("+1+13+");
        text.put(CARRIERS[usize::from(carrier)].code).put(":172:20+++");
        text.digits(u64::from(voyage.imo()), 7)
            .put(":146::")
            .vessel(voyage)
            .put("'\n");
    }
    if quay {
        text.put(if moved == Move::Discharge {
            "LOC+11+"
        } else {
            "LOC+9+"
        });
        text.put(LOCATION)
            .put(":139:6+")
            .put(EDIFACT_SENDER)
            .put(":TER:ZZZ'\n");
    }
    text.put("NAD+CF+")
        .put(CARRIERS[usize::from(carrier)].code)
        .put(":172:20'\n");
    for (report, facts) in moves {
        equipment(text, moved, voyage, report, facts);
    }
    text.put("CNT+16:").digits(moves.len() as u64, 1).put("'\n");
    let segments = text.0[begin..].iter().filter(|byte| **byte == b'\'').count() as u64 + 1;
    text.put("UNT+")
        .digits(segments, 1)
        .put("+")
        .digits(reference, 12)
        .put("'\n");
}

fn equipment(text: &mut Text, moved: Move, voyage: Option<Voyage>, report: &Report, facts: &Facts) {
    let quay = matches!(moved, Move::Discharge | Move::Load);
    text.put("EQD+CN+")
        .put(&facts.number)
        .put("+")
        .put(facts.size().code)
        .put(":102:5++");
    text.put(match facts.passage {
        Passage::Export => "2+5'\n",
        Passage::Import => "3+5'\n",
        Passage::Transshipment => "6+5'\n",
        Passage::Empty => "+4'\n",
    });
    if facts.bill != 0 {
        text.put("RFF+BM:").bill(facts.carrier, facts.bill).put("'\n");
    }
    text.put(if quay { "DTM+203:" } else { "DTM+7:" })
        .minutes(report.at)
        .put(":203'\n");
    match (moved, voyage) {
        (Move::Discharge, Some(voyage)) => {
            text.put("LOC+9+").put(voyage.other_port()).put(":139:6'\n");
        }
        (Move::Load, Some(voyage)) => {
            text.put("LOC+11+").put(voyage.other_port()).put(":139:6'\n");
        }
        _ => {
            text.put("LOC+165+")
                .put(LOCATION)
                .put(":139:6+")
                .put(EDIFACT_SENDER)
                .put(":TER:ZZZ'\n");
        }
    }
    if quay {
        // A cell of the vessel: bay, row and tier.
        let cell = facts.bill.wrapping_mul(7_919) ^ facts.kilograms;
        text.put("LOC+147+")
            .digits(u64::from(cell % 38 + 1), 3)
            .digits(u64::from(cell / 38 % 13), 2);
        text.digits(u64::from(cell / 494 % 8) * 2 + 82, 2).put("::5'\n");
    }
    text.put("MEA+AAE+G+KGM:")
        .digits(u64::from(facts.kilograms), 1)
        .put("'\n");
    if let Some(set) = facts.temperature {
        text.put("TMP+2+").tenths(set).put(":CEL'\n");
    }
    if facts.bill != 0 {
        text.put("SEL+S")
            .digits(u64::from(facts.bill) * 7 % 9_999_991, 7)
            .put("+CA'\n");
    }
    if let Some(goods) = facts.goods() {
        text.put("DGS+IMD+")
            .put(goods.class)
            .put("+")
            .put(goods.un)
            .put("'\n");
    }
    if !quay {
        text.put("TDT+1++3'\n");
    }
}
