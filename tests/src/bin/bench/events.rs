//! Native events of a plausible port: every container passes through with ten events.

use shared::event::json::canonical;
use shared::event::{Attribute, Direction, Event, Node};
use shared::time::Time;
use smol_str::format_smolstr;

/// Events that one container has.
pub const PER_CONTAINER: u64 = 10;

/// The container of a number, with a right check digit.
fn container(number: u64) -> String {
    let owners = ["CSQ", "MSK", "TGH", "OOL", "COS", "HLX", "TCN", "FSC"];
    let owner = owners[(number / 1_000_000) as usize % owners.len()];
    let body = format!("{owner}U{:06}", number % 1_000_000);
    let wrong = shared::container::ContainerNumber::parse(&format!("{body}0"));
    let digit = match wrong.map(|number| number.check()) {
        Ok(shared::container::Check::WrongDigit { expected }) => expected,
        _ => 0,
    };
    format!("{body}{digit}")
}

/// How the events of a bench lie in time.
#[derive(Clone, Copy)]
pub struct Course {
    /// When the first container comes.
    pub from: Time,
    /// Containers in the port at once.
    pub abreast: u64,
    /// Milliseconds between two events of a container.
    pub step: i64,
}

/// The n-th event: containers come one after another in time.
pub fn event(n: u64, course: Course) -> Event {
    let Course {
        from,
        abreast,
        step: pace,
    } = course;
    let round = n / (abreast * PER_CONTAINER);
    let step = n / abreast % PER_CONTAINER;
    let number = round * abreast + n % abreast;
    let began =
        from.plus((round * PER_CONTAINER) as i64 * pace + (n % abreast) as i64 * pace / abreast as i64);
    // Stacked within the hour, however slow the rest goes.
    let at = began.plus(if step == 1 { pace / 3 } else { step as i64 * pace });
    let node = [
        Node::Discharge,
        Node::Stack,
        Node::Declare,
        Node::SelectForScan,
        Node::Shift,
        Node::Scan,
        Node::Verdict,
        Node::Release,
        Node::Shift,
        Node::GateOut,
    ][step as usize];
    let number_text = container(number);
    let mut event = Event::actual("tos-pacific", &format!("{n:012}"), node, at, Some(&number_text))
        .stating(Attribute::Site("CNTXG-TPCT".into()));
    match node {
        Node::Discharge => {
            event = event
                .stating(Attribute::Direction(Some(Direction::Import)))
                .stating(Attribute::BillOfLading(Some(format_smolstr!(
                    "BL{:08}",
                    number / 3
                ))))
                .stating(Attribute::Voyage(Some(format_smolstr!(
                    "{:04}E",
                    number / 2_000 % 10_000
                ))))
                .stating(Attribute::VesselImo(Some(format_smolstr!(
                    "93{:05}",
                    number / 2_000 % 100_000
                ))))
                .stating(Attribute::SizeType(Some(
                    if number.is_multiple_of(3) { "22G1" } else { "45G1" }.into(),
                )))
                .stating(Attribute::Empty(false));
        }
        Node::Stack | Node::Shift => {
            let place = number * 31 + step * 7_919;
            let (block, bay, row, tier) = (
                place % 99 + 1,
                place / 99 % 39 * 2 + 1,
                place / 7 % 6 + 1,
                place % 5 + 1,
            );
            event = event.stating(Attribute::Slot(Some(format_smolstr!(
                "G{block:02}{bay:02}{row:02}.{tier}"
            ))));
        }
        Node::Declare | Node::Release => {
            event = event.stating(Attribute::Declaration(Some(format_smolstr!(
                "0202{:012}",
                number
            ))));
        }
        _ => {}
    }
    event
}

/// A batch of events as a sender sends it.
pub fn batch(events: std::ops::Range<u64>, course: Course) -> Vec<u8> {
    let texts: Vec<String> = events.map(|n| canonical(&event(n, course))).collect();
    format!("[{}]", texts.join(",")).into_bytes()
}
