//! Reports become nodes: one node, many reports (`semantics.md` §3.1).

use super::fold::Held;
use super::passage::SAME_NODE_WITHIN;
use crate::event::Node;
use crate::event::node::Part;
use crate::time::Time;
use smol_str::SmolStr;

/// One node of a stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeAt {
    /// What happened.
    pub node: Node,
    /// When, by the report that counts.
    pub at: Time,
    /// Only the date is known: it neither begins nor ends a segment or a limit.
    pub date_only: bool,
    /// The slot that it speaks of.
    pub slot: Option<SmolStr>,
    /// The report that counts, as an index into the events.
    pub told_by: usize,
    /// Every report, in order.
    pub reports: Vec<usize>,
}

/// Gathers the reports of a passage into nodes, in order of time. Answers also whether a node that exists
/// once was told of again by the same source.
pub fn gather(members: &[usize], events: &[Held<'_>], sources: &[SmolStr]) -> (Vec<NodeAt>, bool) {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut repeated = false;
    for &member in members {
        let event = &events[member];
        if event.content.node.exists_once()
            && let Some(group) = groups
                .iter_mut()
                .find(|group| same_source_told(group, event, events))
        {
            group.push(member);
            repeated = true;
            continue;
        }
        match groups
            .iter_mut()
            .rev()
            .find(|group| is_same_node(group, event, events))
        {
            Some(group) => group.push(member),
            None => groups.push(vec![member]),
        }
    }
    let mut nodes: Vec<NodeAt> = groups
        .into_iter()
        .map(|group| node_of(group, events, sources))
        .collect();
    nodes.sort_by_key(|node| (node.at, node.node, node.told_by));
    (nodes, repeated)
}

fn same_source_told(group: &[usize], event: &Held<'_>, events: &[Held<'_>]) -> bool {
    group.iter().any(|other| {
        let other = &events[*other];
        other.content.node == event.content.node && other.identity.source == event.identity.source
    })
}

fn is_same_node(group: &[usize], event: &Held<'_>, events: &[Held<'_>]) -> bool {
    let Some(first) = group.first().map(|first| &events[*first]) else {
        return false;
    };
    first.content.node == event.content.node
        && !same_source_told(group, event, events)
        && event.content.at.0 - first.content.at.0 <= SAME_NODE_WITHIN
        && !(event.content.node.part() == Part::Paper && declarations_differ(first, event))
}

fn declarations_differ(a: &Held<'_>, b: &Held<'_>) -> bool {
    match (
        a.content.declaration().flatten(),
        b.content.declaration().flatten(),
    ) {
        (Some(a), Some(b)) => a != b,
        _ => false,
    }
}

/// The time is that of the first source in the setting, else the earliest; of one source's reports the last.
fn node_of(reports: Vec<usize>, events: &[Held<'_>], sources: &[SmolStr]) -> NodeAt {
    let last_of_its_source = |report: &&usize| {
        let source = &events[**report].identity.source;
        reports
            .iter()
            .filter(|other| events[**other].identity.source == *source)
            .all(|other| other <= *report)
    };
    let rank = |report: &&usize| {
        let event = &events[**report];
        let source = sources.iter().position(|source| *source == event.identity.source);
        (event.content.date_only, source.unwrap_or(usize::MAX), **report)
    };
    // A group is made with its first report, so there is always one.
    let told_by = reports
        .iter()
        .filter(last_of_its_source)
        .min_by_key(rank)
        .copied()
        .unwrap_or(reports[0]);
    let slot = |report: usize| events[report].content.slot().flatten().cloned();
    let content = events[told_by].content;
    NodeAt {
        node: content.node,
        at: content.at,
        date_only: content.date_only,
        slot: slot(told_by).or_else(|| reports.iter().find_map(|report| slot(*report))),
        told_by,
        reports,
    }
}
