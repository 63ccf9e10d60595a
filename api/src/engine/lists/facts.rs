//! What lists ask of a stay, whether memory or the store has it.

use super::By;
use shared::event::Node;
use shared::figures::{Dimensions, Series};
use shared::stay::{SegmentName, Status, Stay};
use shared::time::Time;

/// How many lengths a stay has: overall clearance, and its segments.
pub const MEASURES: usize = 1 + SegmentName::ALL.len();

/// The lengths of a stay in seconds: overall clearance, then the segments in the order of [`SegmentName::ALL`].
/// Those that figures do not count are `None` (`semantics.md` §3.4 and §3.7).
pub type Seconds = [Option<u64>; MEASURES];

/// By which length stays are filtered and sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Overall clearance.
    Overall,
    /// A segment.
    Segment(SegmentName),
}

impl Measure {
    /// Its place in [`Seconds`].
    pub fn place(self) -> usize {
        match self {
            Measure::Overall => 0,
            Measure::Segment(name) => Series::Segment(name).code(),
        }
    }

    /// The column of the store that holds it.
    pub(crate) fn column(self) -> &'static str {
        match self {
            Measure::Overall => "overall",
            Measure::Segment(name) => name.name(),
        }
    }
}

/// The lengths of a folded stay.
pub fn seconds_of(stay: &Stay) -> Seconds {
    let mut seconds = [None; MEASURES];
    if stay.is_counted() {
        seconds[0] = stay.clearance.and_then(|clearance| clearance.seconds);
        for segment in &stay.segments {
            seconds[Measure::Segment(segment.name).place()] = Some(segment.seconds);
        }
    }
    seconds
}

/// The moves of a folded stay by which it is listed, in order; none of one that no figure counts.
pub fn moves_of(stay: &Stay) -> Vec<(Node, Time)> {
    let listed = |node: Node| By::ALL.iter().any(|by| by.nodes().contains(&node));
    let nodes = stay.nodes.iter().filter(|node| listed(node.node));
    let moves = nodes.map(|node| (node.node, node.at));
    moves.filter(|_| stay.is_counted()).collect()
}

/// What lists ask of a stay.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Its site, as an index into the configured ones.
    pub site: usize,
    /// What it is grouped and filtered by.
    pub dimensions: Dimensions,
    /// Where it is in its passage.
    pub status: Status,
    /// When it began; for papers only, the first paper.
    pub began_at: Time,
    /// When it left, if figures count it.
    pub ended_at: Option<Time>,
    /// When its clearance clock began.
    pub clock_from: Option<Time>,
    /// When it was released, if clearance counts it.
    pub released_at: Option<Time>,
    /// Its moves, in order.
    pub moves: &'a [(Node, Time)],
    /// Its lengths.
    pub seconds: &'a Seconds,
}

impl Facts<'_> {
    /// The times by which a list has it, in no order.
    pub fn times(&self, by: By) -> impl Iterator<Item = Time> {
        let one = match by {
            By::Released => self.released_at,
            By::Left => self.ended_at,
            By::Began => Some(self.began_at),
            By::Clock => self.clock_from,
            _ => None,
        };
        let moves = self
            .moves
            .iter()
            .filter(move |(node, _)| by.nodes().contains(node));
        one.into_iter().chain(moves.map(|(_, at)| *at))
    }

    /// Whether its clearance clock had begun and it was not released at a moment (`semantics.md` §5).
    pub fn is_open_at(&self, to: Time) -> bool {
        self.clock_from.is_some() && self.released_at.is_none_or(|released| released >= to)
    }
}
