//! Folding: from the events of one container at one site to its stays (`semantics.md` §3). Nothing here
//! depends on the order in which events arrived.

use super::nodes::{self, NodeAt};
use super::passage::{self, Passage};
use super::release::Declared;
use super::statements::Statements;
use super::{Cargo, Channel, Mode, SegmentName, Status, StayFlag};
use crate::call::{Call, Vessel};
use crate::container::ContainerNumber;
use crate::event::{Content, DangerousGoods, Direction, Identity, Node};
use crate::size_type::SizeType;
use crate::time::{HOUR, Time};
use crate::yard::Layout;
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeSet;

/// An import box that left within this time of its discharge was picked up directly.
const DIRECT_PICKUP_WITHIN: i64 = 2 * HOUR;

/// An event that holds.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// Who says it, and under which name.
    pub identity: &'a Identity,
    /// What happened.
    pub content: &'a Content,
    /// Whether another version has the same `updated_at`.
    pub conflict: bool,
}

impl Held<'_> {
    /// The order of `semantics.md` §3: time, the node's place in the list, source, id.
    pub fn order(&self, other: &Held<'_>) -> std::cmp::Ordering {
        let key = |held: &Held<'_>| (held.content.at, held.content.node);
        key(self)
            .cmp(&key(other))
            .then_with(|| self.identity.cmp(other.identity))
    }
}

/// What a stay depends on beside its own events.
pub trait Surroundings {
    /// Whose time counts for a node that several report, best first.
    fn sources(&self) -> &[SmolStr];
    /// The call that a stay with this voyage and vessel means.
    fn call(&self, voyage: &str, vessel: Vessel<'_>, near: Time) -> Option<Call>;
    /// Whether a missing stacking node says something of a stay that began then: the site's feeds report
    /// stacking, and something was stacked on that day.
    fn stacking_tells(&self, began_at: Time) -> bool;
    /// The layout in force at that time.
    fn layout(&self, at: Time) -> &Layout;
}

/// Where a box was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Slot address as sent.
    pub slot: SmolStr,
    /// When it was put there.
    pub since: Time,
}

/// The overall clearance of a stay (`semantics.md` §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clearance {
    /// When its clock began.
    pub from: Time,
    /// When the box was released; `None` while the clock runs.
    pub released: Option<Time>,
    /// Whole seconds, never below 0.
    pub seconds: Option<u64>,
}

/// One segment with both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which one.
    pub name: SegmentName,
    /// Its beginning.
    pub from: Time,
    /// Its end.
    pub to: Time,
    /// Whole seconds, never below 0.
    pub seconds: u64,
}

/// One passage of one container through the port.
#[derive(Clone, Debug, PartialEq)]
pub struct Stay {
    /// Its address, derived from site, container, and the event that began it.
    pub id: SmolStr,
    /// Site code.
    pub site: SmolStr,
    /// The container.
    pub container: ContainerNumber,
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// Cargo class.
    pub cargo: Cargo,
    /// Whether it was stacked.
    pub mode: Mode,
    /// How deeply customs looked.
    pub channel: Channel,
    /// ISO size type.
    pub size_type: Option<SmolStr>,
    /// Whether it is empty; `None` when nobody said.
    pub empty: Option<bool>,
    /// Bill of lading.
    pub bill_of_lading: Option<SmolStr>,
    /// Voyage.
    pub voyage: Option<SmolStr>,
    /// IMO number of the vessel.
    pub vessel_imo: Option<SmolStr>,
    /// Name of the vessel.
    pub vessel_name: Option<SmolStr>,
    /// Declarations, in the order in which they were first named.
    pub declarations: Vec<SmolStr>,
    /// Dangerous goods.
    pub dangerous: Vec<DangerousGoods>,
    /// Whether it needs cooling.
    pub refrigerated: bool,
    /// Where it is in its passage.
    pub status: Status,
    /// Where it stands.
    pub slot: Option<Placement>,
    /// When it began.
    pub began_at: Option<Time>,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// When it first stood in the yard (`semantics.md` §4, `entered_at`).
    pub entered_at: Option<Time>,
    /// How far customs are with each of its declarations.
    pub declared: Declared,
    /// When it was released, all declarations together.
    pub released_at: Option<Time>,
    /// Overall clearance; `None` for a stay that is in no clearance figure.
    pub clearance: Option<Clearance>,
    /// The segments with both ends.
    pub segments: Vec<Segment>,
    /// What is odd.
    pub flags: BTreeSet<StayFlag>,
    /// What happened, in order.
    pub nodes: Vec<NodeAt>,
    /// What is expected, as indices into the expectations given to [`fold`].
    pub expectations: Vec<usize>,
}

impl Stay {
    /// Whether figures count it (`semantics.md` §3.4 and §3.7).
    pub fn is_counted(&self) -> bool {
        !self.flags.contains(&StayFlag::OutOfOrder) && !self.flags.contains(&StayFlag::PapersOnly)
    }

    /// TEU in halves.
    pub fn half_teu(&self) -> Option<u8> {
        SizeType(self.size_type.as_deref()?).half_teu()
    }

    /// The first node of these kinds at a known time of day.
    pub fn first(&self, wanted: &[Node]) -> Option<&NodeAt> {
        self.nodes
            .iter()
            .find(|node| wanted.contains(&node.node) && !node.date_only)
    }
}

/// Folds the events of one container at one site. `events` are the actual ones that are no notes,
/// `expectations` the estimated and planned ones; both in [`Held::order`].
pub fn fold(
    site: &str,
    container: &ContainerNumber,
    events: &[Held<'_>],
    expectations: &[Held<'_>],
    around: &dyn Surroundings,
) -> Vec<Stay> {
    let mut stays: Vec<Stay> = passage::split(events)
        .iter()
        .map(|passage| fold_passage(site, container, passage, events, around))
        .collect();
    for (index, expectation) in expectations.iter().enumerate() {
        if let Some(stay) = expected_by(&stays, expectation.content.at) {
            stays[stay].expectations.push(index);
        }
    }
    stays
}

/// An expectation belongs to the stay nearest to it, within 30 days.
fn expected_by(stays: &[Stay], at: Time) -> Option<usize> {
    let distance = |stay: &Stay| {
        let began = stay.began_at.unwrap_or(at).0;
        let ended = stay.ended_at.map_or(i64::MAX, |ended| ended.0);
        (began - at.0).max(at.0.saturating_sub(ended)).max(0)
    };
    (0..stays.len())
        .map(|index| (distance(&stays[index]), index))
        .filter(|(distance, _)| *distance <= passage::PAPERS_WITHIN)
        .min()
        .map(|(_, index)| index)
}

/// The address of a stay: the container and a hash of the event that began it, so that the container can be
/// found from any address that was ever given out.
pub fn stay_id(site: &str, container: &ContainerNumber, began_by: &Identity) -> SmolStr {
    let hash = fnv1a(&[site, container.as_str(), &began_by.source, &began_by.id]);
    format_smolstr!("{container}-{hash:016x}")
}

/// FNV-1a, 64 bit, over texts with a separator: stable for ever, since addresses are made of it.
pub fn fnv1a(texts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for text in texts {
        for byte in text.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

fn fold_passage(
    site: &str,
    container: &ContainerNumber,
    passage: &Passage,
    events: &[Held<'_>],
    around: &dyn Surroundings,
) -> Stay {
    let (nodes, repeated) = nodes::gather(&passage.members, events, around.sources());
    let stated = Statements::of(&passage.members, events);
    let mut flags = stated.flags.clone();
    let mut flag = |on: bool, name: StayFlag| {
        if on {
            flags.insert(name);
        }
    };
    flag(repeated, StayFlag::Repeated);
    flag(passage.papers_only, StayFlag::PapersOnly);
    flag(
        passage.begin.is_none() && !passage.papers_only,
        StayFlag::BeginMissing,
    );
    flag(passage.end_missing_at.is_some(), StayFlag::EndMissing);
    flag(
        passage.members.iter().any(|member| events[*member].conflict),
        StayFlag::Conflict,
    );
    flag(!container.is_verified(), StayFlag::Unverified);
    flag(is_out_of_order(&nodes), StayFlag::OutOfOrder);
    let no_size = stated
        .size_type
        .as_deref()
        .is_none_or(|size| SizeType(size).half_teu().is_none());
    flag(no_size && !passage.papers_only, StayFlag::SizeMissing);

    let began_by = passage.begin.or(passage.members.first().copied());
    let end_node = nodes
        .iter()
        .rev()
        .find(|node| node.node.part() == crate::event::node::Part::End);
    let ended_at = end_node.map(|node| node.at).or(passage.end_missing_at);
    let began_at = match passage.begin {
        Some(begin) => nodes
            .iter()
            .find(|node| node.reports.contains(&begin))
            .map(|node| node.at),
        None => nodes.first().map(|node| node.at),
    };
    let placed = nodes
        .iter()
        .rev()
        .find(|node| node.node.is_stacking() && node.slot.is_some());
    let slot = placed.filter(|_| ended_at.is_none()).and_then(|node| {
        let slot = node.slot.clone()?;
        // Put down again in the same slot, it has stood there since the first time.
        let since = nodes
            .iter()
            .rev()
            .filter(|node| node.node.is_stacking() && node.slot.is_some())
            .take_while(|node| node.slot.as_ref() == Some(&slot))
            .last()
            .map_or(node.at, |node| node.at);
        Some(Placement { slot, since })
    });
    flag(
        slot.as_ref()
            .is_some_and(|slot| around.layout(slot.since).find(&slot.slot).is_none()),
        StayFlag::UnknownSlot,
    );
    let entered_at = nodes
        .iter()
        .find(|node| node.node.is_stacking())
        .or_else(|| {
            nodes
                .iter()
                .find(|node| matches!(node.node, Node::GateIn | Node::RailIn | Node::Discharge))
        })
        .map(|node| node.at);

    let id = began_by.map_or_else(SmolStr::default, |index| {
        stay_id(site, container, events[index].identity)
    });
    let mut stay = Stay {
        id,
        site: site.into(),
        container: container.clone(),
        direction: stated.direction.or_else(|| derived_direction(&nodes)),
        cargo: stated.cargo(),
        mode: Mode::Unknown,
        channel: channel(&nodes),
        refrigerated: stated.is_refrigerated(),
        size_type: stated.size_type,
        empty: stated.empty,
        bill_of_lading: stated.bill_of_lading,
        voyage: stated.voyage,
        vessel_imo: stated.vessel_imo,
        vessel_name: stated.vessel_name,
        declarations: stated.declarations,
        dangerous: stated.dangerous,
        status: Status::Expected,
        slot,
        began_at,
        ended_at,
        entered_at,
        declared: Declared::default(),
        released_at: None,
        clearance: None,
        segments: Vec::new(),
        flags,
        nodes,
        expectations: Vec::new(),
    };
    stay.declared = super::release::declared(&stay.nodes, events);
    stay.released_at = stay.declared.released_at();
    stay.mode = mode(&stay, passage, around);
    stay.status = match (passage.papers_only, stay.ended_at, stay.released_at) {
        (true, _, _) => Status::Expected,
        (false, Some(_), _) => Status::Left,
        (false, None, Some(_)) => Status::Released,
        (false, None, None) => Status::InYard,
    };
    super::clearance::measure(&mut stay, around);
    stay
}

/// Nothing may happen to a box in the yard, and nothing take it away, before what brought it.
fn is_out_of_order(nodes: &[NodeAt]) -> bool {
    use crate::event::node::Part;
    let brought = nodes
        .iter()
        .find(|node| node.node.part() == Part::Begin && !node.date_only);
    let moved =
        |node: &&NodeAt| (node.node.is_stacking() || node.node.part() == Part::End) && !node.date_only;
    brought.is_some_and(|brought| nodes.iter().filter(moved).any(|node| node.at < brought.at))
}

fn derived_direction(nodes: &[NodeAt]) -> Option<Direction> {
    let has = |wanted: Node| nodes.iter().any(|node| node.node == wanted);
    match (has(Node::Discharge), has(Node::Load)) {
        (true, true) => Some(Direction::Transshipment),
        (true, false) => Some(Direction::Import),
        (false, _) if has(Node::GateIn) || has(Node::RailIn) => Some(Direction::Export),
        _ => None,
    }
}

fn channel(nodes: &[NodeAt]) -> Channel {
    let deepest = nodes.iter().map(|node| match node.node {
        Node::InspectionStart | Node::InspectionEnd => Channel::Inspection,
        Node::Scan => Channel::Scan,
        _ => Channel::None,
    });
    deepest.max().unwrap_or_default()
}

/// `semantics.md` §3, Mode. A stay whose beginning nobody saw may have been stacked unseen: unknown.
fn mode(stay: &Stay, passage: &Passage, around: &dyn Surroundings) -> Mode {
    if stay.nodes.iter().any(|node| node.node.is_stacking()) {
        return Mode::Stacked;
    }
    let left = stay
        .nodes
        .iter()
        .any(|node| node.node.part() == crate::event::node::Part::End);
    let (Some(began_at), true, Some(_)) = (stay.began_at, left, passage.begin) else {
        return Mode::Unknown;
    };
    let discharged = stay.first(&[Node::Discharge]);
    let gated_out = stay.first(&[Node::GateOut, Node::RailOut]);
    let quick = match (discharged, gated_out) {
        (Some(from), Some(to)) => (0..=DIRECT_PICKUP_WITHIN).contains(&(to.at.0 - from.at.0)),
        _ => false,
    };
    if quick || around.stacking_tells(began_at) {
        Mode::Direct
    } else {
        Mode::Unknown
    }
}
