//! The real readers and the real intake understand what the port says, and refuse exactly what is broken.

use super::super::{Format, Message, Port};
use super::{small, start};
use crate::config::Site;
use crate::feeds::{Context, EdifactSettings, dcsa, edifact, native};
use crate::intake::{Sender, admit};
use shared::event::{Classifier, Node};
use shared::time::DAY;
use shared::wire::feeds::FlagCode;
use shared::yard::builtin;
use std::collections::BTreeMap;

/// What the feeds make of a message: events as (node, actual), problems and flags.
fn take(message: &Message, sites: &[Site]) -> (Vec<(Node, bool)>, Vec<String>, Vec<FlagCode>) {
    let context = Context {
        source: message.source.as_deref(),
        sites,
        edifact: &EdifactSettings::default(),
    };
    let reading = match message.format {
        Format::Events => native::read(&message.body, &context),
        Format::Dcsa => dcsa::read(&message.body, &context),
        Format::Edifact => edifact::read(&message.body, &context),
    };
    let mut problems: Vec<String> = reading
        .problems
        .iter()
        .map(|problem| format!("{:?}", problem.remark))
        .collect();
    let (mut nodes, mut flags) = (Vec::new(), reading.flags);
    for read in reading.events {
        match admit(read, sites, &Sender::anybody(), message.at, &mut flags) {
            Ok(event) => nodes.extend(
                event
                    .content
                    .map(|content| (content.node, content.classifier == Classifier::Actual)),
            ),
            Err(problem) => problems.push(format!("{:?}", problem.remark)),
        }
    }
    (nodes, problems, flags.iter().map(|flag| flag.code).collect())
}

#[test]
fn the_real_feeds_take_what_is_right_and_refuse_what_is_broken() {
    let sites = [Site::default()];
    let mut port = Port::with_settings(9, start(), &builtin::layout(), small());
    let mut seen: BTreeMap<(Format, Node, bool), usize> = BTreeMap::new();
    let mut flagged: BTreeMap<FlagCode, usize> = BTreeMap::new();
    let (mut broken, mut events) = (0, 0);
    let mut check = |message: Message| {
        events += message.events;
        let (nodes, problems, flags) = take(&message, &sites);
        if message.broken == 0 {
            assert!(problems.is_empty(), "{problems:?}");
        } else {
            broken += 1;
            assert!(
                problems.len() >= message.broken as usize,
                "{problems:?} of {}",
                message.broken
            );
        }
        for (node, actual) in nodes {
            *seen.entry((message.format, node, actual)).or_default() += 1;
        }
        for flag in flags {
            *flagged.entry(flag).or_default() += 1;
        }
    };
    port.advance_to(start().plus(6 * DAY), &mut check);
    println!("{events} events, {broken} broken messages, {seen:?}, {flagged:?}");
    assert!(broken > 0);
    for format in [Format::Edifact, Format::Dcsa, Format::Events] {
        for node in [Node::Discharge, Node::Load, Node::GateIn, Node::GateOut] {
            assert!(seen.contains_key(&(format, node, true)), "{format:?} {node}");
        }
    }
    for node in [Node::VesselArrival, Node::VesselDeparture] {
        assert!(seen.contains_key(&(Format::Dcsa, node, true)), "{node}");
        assert!(seen.contains_key(&(Format::Dcsa, node, false)), "{node}");
        assert!(seen.contains_key(&(Format::Events, node, true)), "{node}");
    }
    // The only oddity of a simulated message is a number that is none.
    for (flag, count) in flagged {
        assert_eq!(flag, FlagCode::CheckDigit, "{count}");
    }
}
