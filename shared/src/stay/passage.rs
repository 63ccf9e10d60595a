//! Which events of a container belong to one passage through the port (`semantics.md` §3.2 to §3.4).

use super::fold::Held;
use crate::event::node::Part;
use crate::event::{Content, Node};
use crate::time::{DAY, HOUR, Time};
use smol_str::SmolStr;

/// Reports of the same node by several sources, and two beginnings of one passage, lie within this time.
pub const SAME_NODE_WITHIN: i64 = 12 * HOUR;
/// Papers belong to a passage that begins or ended within this time.
pub const PAPERS_WITHIN: i64 = 30 * DAY;

/// One passage, as indices into the events in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// Its events, in order.
    pub members: Vec<usize>,
    /// The first event that brings a box; none when the beginning is missing.
    pub begin: Option<usize>,
    /// The event that ended it.
    pub end: Option<usize>,
    /// When the next beginning ended it, because its own end is missing.
    pub end_missing_at: Option<Time>,
    /// Papers without a box.
    pub papers_only: bool,
}

impl Passage {
    fn is_open(&self) -> bool {
        self.end.is_none() && self.end_missing_at.is_none() && !self.papers_only
    }

    fn starting_with(member: usize) -> Passage {
        Passage {
            members: vec![member],
            ..Passage::default()
        }
    }

    fn began_at(&self, events: &[Held<'_>]) -> Time {
        let first = self.begin.or(self.members.first().copied());
        first.map_or(Time(i64::MIN), |index| events[index].content.at)
    }

    fn ended_at(&self, events: &[Held<'_>]) -> Option<Time> {
        self.end
            .map(|index| events[index].content.at)
            .or(self.end_missing_at)
    }

    /// Whether another source told of the same node at about this time, and this source did not.
    fn has_same_node(&self, event: &Held<'_>, events: &[Held<'_>]) -> bool {
        let same = |index: &&usize| {
            let other = &events[**index];
            other.content.node == event.content.node
                && (event.content.at.0 - other.content.at.0).abs() <= SAME_NODE_WITHIN
        };
        let mut told = self.members.iter().filter(same).peekable();
        told.peek().is_some() && told.all(|index| events[*index].identity.source != event.identity.source)
    }
}

/// Splits the actual events of one container at one site, in order, into passages in order of beginning.
pub fn split(events: &[Held<'_>]) -> Vec<Passage> {
    let mut passages = Vec::new();
    for (index, event) in events.iter().enumerate() {
        match event.content.node.part() {
            Part::Begin => begin(&mut passages, index, events),
            Part::End => end(&mut passages, index, events),
            Part::Yard => stand(&mut passages, index, events),
            Part::Paper | Part::Vessel | Part::Note => {}
        }
    }
    assign_papers(&mut passages, events);
    for passage in &mut passages {
        passage.members.sort_unstable();
    }
    passages.sort_by_key(|passage| (passage.began_at(events), passage.members.first().copied()));
    passages
}

fn begin(passages: &mut Vec<Passage>, index: usize, events: &[Held<'_>]) {
    let event = &events[index];
    if let Some(last) = passages.last_mut() {
        let joins = if last.is_open() {
            let late = event.content.at.0 - last.began_at(events).0 > SAME_NODE_WITHIN;
            if late {
                last.end_missing_at = Some(event.content.at);
            }
            !late
        } else {
            last.has_same_node(event, events) || cannot_have_left_before(last, event, events)
        };
        if joins {
            last.members.push(index);
            last.begin.get_or_insert(index);
            return;
        }
    }
    passages.push(Passage {
        begin: Some(index),
        ..Passage::starting_with(index)
    });
}

/// A box that left before anything brought it, and is then brought the way it must have come, did not pass
/// twice: it is one passage in an impossible order (`semantics.md` §3.7).
fn cannot_have_left_before(last: &Passage, event: &Held<'_>, events: &[Held<'_>]) -> bool {
    let (None, Some(end)) = (last.begin, last.end) else {
        return false;
    };
    let end = &events[end];
    let pair = matches!(
        (end.content.node, event.content.node),
        (Node::GateOut | Node::RailOut, Node::Discharge) | (Node::Load, Node::GateIn | Node::RailIn)
    );
    pair && event.content.at.0 - end.content.at.0 <= SAME_NODE_WITHIN
}

fn end(passages: &mut Vec<Passage>, index: usize, events: &[Held<'_>]) {
    let event = &events[index];
    if let Some(last) = passages.last_mut() {
        if last.is_open() {
            last.members.push(index);
            last.end = Some(index);
            return;
        }
        let again = last.end.is_some_and(|end| {
            let end = &events[end].content;
            end.node == event.content.node && event.content.at.0 - end.at.0 <= SAME_NODE_WITHIN
        });
        if again {
            last.members.push(index);
            return;
        }
    }
    passages.push(Passage {
        end: Some(index),
        ..Passage::starting_with(index)
    });
}

fn stand(passages: &mut Vec<Passage>, index: usize, events: &[Held<'_>]) {
    match passages.last_mut() {
        Some(last) if last.is_open() || last.has_same_node(&events[index], events) => {
            last.members.push(index);
        }
        _ => passages.push(Passage::starting_with(index)),
    }
}

/// The bills and declarations by which papers find their passage.
fn keys(content: &Content) -> (Option<&SmolStr>, Option<&SmolStr>) {
    (
        content.declaration().flatten(),
        content.bill_of_lading().flatten(),
    )
}

fn assign_papers(passages: &mut Vec<Passage>, events: &[Held<'_>]) {
    let mut waiting: Vec<usize> = (0..events.len())
        .filter(|index| events[*index].content.node.part() == Part::Paper)
        .collect();
    while !waiting.is_empty() {
        if assign_by_key(passages, &mut waiting, events) {
            continue;
        }
        // Nothing left agrees with a passage by number: the earliest goes by time, and may bring its numbers
        // along for the others.
        let paper = waiting.remove(0);
        let by_time = by_time(passages, events[paper].content.at, events);
        match by_time.or_else(|| other_papers(passages, paper, events)) {
            Some(passage) => passages[passage].members.push(paper),
            None => passages.push(Passage {
                papers_only: true,
                ..Passage::starting_with(paper)
            }),
        }
    }
}

fn assign_by_key(passages: &mut [Passage], waiting: &mut Vec<usize>, events: &[Held<'_>]) -> bool {
    for place in 0..waiting.len() {
        let paper = waiting[place];
        let (declaration, bill) = keys(events[paper].content);
        let with = |wanted: Option<&SmolStr>, of: fn(&Content) -> Option<&SmolStr>| -> Vec<usize> {
            let Some(wanted) = wanted else { return Vec::new() };
            let has = |passage: &Passage| {
                passage
                    .members
                    .iter()
                    .any(|member| of(events[*member].content) == Some(wanted))
            };
            (0..passages.len())
                .filter(|index| has(&passages[*index]))
                .collect()
        };
        let mut found = with(declaration, |content| keys(content).0);
        if found.is_empty() {
            found = with(bill, |content| keys(content).1);
        }
        if let Some(passage) = nearest(&found, passages, events[paper].content.at, events) {
            passages[passage].members.push(paper);
            waiting.remove(place);
            return true;
        }
    }
    false
}

/// Of several passages with the same number: the one open then, else the next, else the last before.
fn nearest(found: &[usize], passages: &[Passage], at: Time, events: &[Held<'_>]) -> Option<usize> {
    found.iter().copied().min_by_key(|index| {
        let passage = &passages[*index];
        let (began, ended) = (passage.began_at(events), passage.ended_at(events));
        if began <= at && ended.is_none_or(|ended| at <= ended) {
            (0, at.0 - began.0)
        } else if began > at {
            (1, began.0 - at.0)
        } else {
            (2, at.0 - ended.unwrap_or(began).0)
        }
    })
}

/// The passage open at that time, else the next that begins within 30 days, else the last that ended within
/// 30 days.
fn by_time(passages: &[Passage], at: Time, events: &[Held<'_>]) -> Option<usize> {
    let near = |passage: &Passage| {
        let (began, ended) = (passage.began_at(events), passage.ended_at(events));
        began.0 - at.0 <= PAPERS_WITHIN && ended.is_none_or(|ended| at.0 - ended.0 <= PAPERS_WITHIN)
    };
    let boxes: Vec<usize> = (0..passages.len())
        .filter(|index| !passages[*index].papers_only && near(&passages[*index]))
        .collect();
    nearest(&boxes, passages, at, events)
}

/// Papers without a box and without a number in common stand together when they are near in time and do not
/// contradict each other.
fn other_papers(passages: &[Passage], paper: usize, events: &[Held<'_>]) -> Option<usize> {
    let (declaration, bill) = keys(events[paper].content);
    (0..passages.len()).find(|index| {
        let passage = &passages[*index];
        passage.papers_only
            && passage.members.iter().all(|member| {
                let other = events[*member].content;
                let (other_declaration, other_bill) = keys(other);
                let differ =
                    |a: Option<&SmolStr>, b: Option<&SmolStr>| matches!((a, b), (Some(a), Some(b)) if a != b);
                (events[paper].content.at.0 - other.at.0).abs() <= PAPERS_WITHIN
                    && !differ(declaration, other_declaration)
                    && !differ(bill, other_bill)
            })
    })
}
