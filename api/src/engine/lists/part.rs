//! Where the store keeps an entry of a list: one number for site, time, status and dimensions, so that a list reads
//! only what it filters for.

use super::{By, Facts};
use shared::event::Node;
use shared::figures::Dimensions;
use shared::stay::Status;
use shared::time::Time;

/// The shortest waits for release are in the first of these kinds, each next one holds those eight times as long:
/// what was open at a moment is then found close before that moment.
const CLEARED: u8 = 16;
/// Bits of the milliseconds from one kind of wait to the next.
const LEVEL_BITS: u32 = 3;
const LEVELS: u8 = 22;
/// Releases lie apart by overall clearance, from here on, each next kind for four times as long: the longest are few,
/// and asked for most.
const RELEASED: u8 = 40;
/// Bits of the seconds from one kind of release to the next.
const LENGTH_BITS: u32 = 2;
const LENGTHS: u8 = 24;

const STATUSES: [Status; 4] = [Status::Expected, Status::InYard, Status::Released, Status::Left];

/// Which of a stay's times an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(u8);

impl Kind {
    const BEGAN: Kind = Kind(0);
    const LEFT: Kind = Kind(2);
    /// The beginning of a clock that still runs.
    const WAITING: Kind = Kind(3);
    const DISCHARGED: Kind = Kind(4);
    const LOADED: Kind = Kind(5);
    const GATE_IN: Kind = Kind(6);
    const GATE_OUT: Kind = Kind(7);
    const RAIL_IN: Kind = Kind(8);
    const RAIL_OUT: Kind = Kind(9);
    const YARD: Kind = Kind(10);

    /// The beginning of a clock that ran so long, in milliseconds.
    fn cleared(length: i64) -> Kind {
        let bits = i64::BITS - length.leading_zeros();
        // At most 64 bits by three.
        Kind(CLEARED + u8::try_from(bits / LEVEL_BITS).unwrap_or(LEVELS - 1))
    }

    /// For clocks that ended: no clock of this kind ran so long, in milliseconds.
    fn longest(self) -> Option<i64> {
        let level = self.0.checked_sub(CLEARED).filter(|level| *level < LEVELS)?;
        let bits = u32::from(level) * LEVEL_BITS + LEVEL_BITS - 1;
        Some(
            1i64.checked_shl(bits)
                .filter(|longest| *longest > 0)
                .unwrap_or(i64::MAX),
        )
    }

    /// A release after so many seconds of overall clearance.
    fn released(seconds: u64) -> Kind {
        let bits = u64::BITS - seconds.leading_zeros();
        let length = u8::try_from(bits / LENGTH_BITS).unwrap_or(u8::MAX);
        Kind(RELEASED + length.min(LENGTHS - 1))
    }

    /// For releases: the least and the most seconds of this kind.
    fn seconds(self) -> Option<(i64, i64)> {
        let length = self.0.checked_sub(RELEASED)?;
        let bits = u32::from(length) * LENGTH_BITS;
        let least = if bits == 0 { 0 } else { 1 << (bits - 1) };
        let most = if length + 1 < LENGTHS {
            (1 << (bits + LENGTH_BITS - 1)) - 1
        } else {
            i64::MAX
        };
        Some((least, most))
    }

    fn of(node: Node) -> Option<Kind> {
        match node {
            Node::Discharge => Some(Kind::DISCHARGED),
            Node::Load => Some(Kind::LOADED),
            Node::GateIn => Some(Kind::GATE_IN),
            Node::GateOut => Some(Kind::GATE_OUT),
            Node::RailIn => Some(Kind::RAIL_IN),
            Node::RailOut => Some(Kind::RAIL_OUT),
            Node::Stack | Node::Shift => Some(Kind::YARD),
            _ => None,
        }
    }

    /// The list in which a move must stand once however often it happened.
    fn list_of_moves(self) -> By {
        match self {
            Kind::DISCHARGED | Kind::LOADED => By::Moved,
            Kind::GATE_IN => By::GateIn,
            Kind::GATE_OUT => By::GateOut,
            Kind::RAIL_IN => By::RailIn,
            Kind::RAIL_OUT => By::RailOut,
            _ => By::Yard,
        }
    }
}

/// Ranges of kinds of which a list is made.
pub fn kinds(by: By) -> Vec<(Kind, Kind)> {
    let one = |kind: Kind| vec![(kind, kind)];
    match by {
        By::Released => vec![(Kind(RELEASED), Kind(RELEASED + LENGTHS - 1))],
        By::Moved => vec![(Kind::DISCHARGED, Kind::LOADED)],
        By::Discharged => one(Kind::DISCHARGED),
        By::Loaded => one(Kind::LOADED),
        By::GateIn => one(Kind::GATE_IN),
        By::GateOut => one(Kind::GATE_OUT),
        By::RailIn => one(Kind::RAIL_IN),
        By::RailOut => one(Kind::RAIL_OUT),
        By::Yard => one(Kind::YARD),
        By::Left => one(Kind::LEFT),
        By::Began => one(Kind::BEGAN),
        By::Clock => vec![
            (Kind::WAITING, Kind::WAITING),
            (Kind(CLEARED), Kind(CLEARED + LEVELS - 1)),
        ],
    }
}

/// Entries of one kind, of stays with the same site, status and dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part(pub i64);

impl Part {
    /// The part of an entry.
    pub fn new(kind: Kind, facts: &Facts<'_>) -> Part {
        let status: i64 = match facts.status {
            Status::Expected => 0,
            Status::InYard => 1,
            Status::Released => 2,
            Status::Left => 3,
        };
        let code = status << 8 | i64::from(facts.dimensions.code());
        Part(Part::first(facts.site, kind).0 + code)
    }

    /// The first part of a kind at a site.
    pub fn first(site: usize, kind: Kind) -> Part {
        let site = i64::try_from(site).unwrap_or(i64::MAX >> 17);
        Part((site << 6 | i64::from(kind.0)) << 10)
    }

    /// The first part behind those of a kind at a site.
    pub fn end(site: usize, kind: Kind) -> Part {
        Part(Part::first(site, kind).0 + (1 << 10))
    }

    /// The status of its stays.
    pub fn status(self) -> Status {
        STATUSES[usize::from(self.bits(8, 3))]
    }

    /// The dimensions of its stays.
    pub fn dimensions(self) -> Dimensions {
        Dimensions::of_code(self.bits(0, 0xff))
    }

    /// For clocks that ended: how long none of them ran, in milliseconds.
    pub fn longest(self) -> Option<i64> {
        Kind(self.bits(10, 0x3f)).longest()
    }

    /// For releases: the least and the most seconds of overall clearance of its stays.
    pub fn seconds(self) -> Option<(i64, i64)> {
        Kind(self.bits(10, 0x3f)).seconds()
    }

    fn bits(self, shift: u32, mask: u8) -> u8 {
        u8::try_from(self.0 >> shift & i64::from(mask)).unwrap_or(0)
    }
}

/// A stay in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Where it is kept.
    pub part: Part,
    /// The time that the list goes by.
    pub at: Time,
    /// From here on something newer takes its place: the stay's next move of the same list or, for a clock, its
    /// release. An end of the period that is not later lets the entry stand.
    pub later: Option<Time>,
}

/// Every entry of a stay.
pub fn entries(facts: &Facts<'_>) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(facts.moves.len() + 4);
    let mut put = |kind: Kind, at: Time, later: Option<Time>| {
        let part = Part::new(kind, facts);
        entries.push(Entry { part, at, later });
    };
    put(Kind::BEGAN, facts.began_at, None);
    if let Some(at) = facts.released_at {
        put(Kind::released(facts.seconds[0].unwrap_or(0)), at, None);
    }
    if let Some(at) = facts.ended_at {
        put(Kind::LEFT, at, None);
    }
    match (facts.clock_from, facts.released_at) {
        (Some(from), None) => put(Kind::WAITING, from, None),
        // Released ahead, it was open at no moment behind the beginning of its clock.
        (Some(from), Some(to)) if to > from => {
            put(Kind::cleared(to.0.saturating_sub(from.0)), from, Some(to));
        }
        _ => {}
    }
    for (index, (node, at)) in facts.moves.iter().enumerate() {
        let Some(kind) = Kind::of(*node) else { continue };
        let nodes = kind.list_of_moves().nodes();
        let mut behind = facts.moves[index + 1..].iter();
        let later = behind.find(|(node, _)| nodes.contains(node));
        // Of two at the same moment in one part the last stands for both.
        if later.is_none_or(|(next, then)| then != at || Kind::of(*next) != Some(kind)) {
            put(kind, *at, later.map(|(_, at)| *at));
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::event::Direction;
    use shared::stay::{Cargo, Channel, Mode};

    #[test]
    fn a_part_tells_what_it_holds() {
        let dimensions = Dimensions {
            direction: Some(Direction::Export),
            cargo: Cargo::Reefer,
            mode: Mode::Stacked,
            channel: Channel::Scan,
        };
        let facts = Facts {
            site: 3,
            dimensions,
            status: Status::Released,
            began_at: Time(0),
            ended_at: None,
            clock_from: None,
            released_at: None,
            moves: &[],
            seconds: &[None; 7],
        };
        let part = Part::new(Kind::YARD, &facts);
        assert_eq!((part.dimensions(), part.status()), (dimensions, Status::Released));
        assert!(Part::first(3, Kind::YARD) <= part && part < Part::end(3, Kind::YARD));
        assert_eq!(part.longest(), None);
    }

    #[test]
    fn no_clock_runs_longer_than_its_kind_says() {
        for length in [1, 7, 8, 63, 64, 3_600_000, 86_400_000 * 40, i64::MAX] {
            let kind = Kind::cleared(length);
            let (first, last) = kinds(By::Clock)[1];
            assert!((first.0..=last.0).contains(&kind.0), "{length}");
            let longest = kind.longest().unwrap();
            assert!(length < longest || longest == i64::MAX, "{length} {longest}");
            assert!(
                longest == i64::MAX || longest <= length.saturating_mul(8),
                "{length} {longest}"
            );
        }
    }

    #[test]
    fn a_release_lies_among_those_that_took_about_as_long() {
        for seconds in [
            0,
            1,
            2,
            7,
            8,
            3_599,
            86_400,
            1_048_575,
            1_048_576,
            1 << 46,
            u64::MAX >> 1,
        ] {
            let kind = Kind::released(seconds);
            let (first, last) = kinds(By::Released)[0];
            assert!((first.0..=last.0).contains(&kind.0), "{seconds}");
            let (least, most) = kind.seconds().unwrap();
            let seconds = i64::try_from(seconds).unwrap();
            assert!(least <= seconds && seconds <= most, "{least} {seconds} {most}");
            assert!(most == i64::MAX || most <= 4 * least.max(1), "{least} {most}");
        }
        assert_eq!((Kind::YARD.seconds(), Kind::cleared(5).seconds()), (None, None));
        assert_eq!(Kind::released(1 << 20).longest(), None);
    }

    #[test]
    fn a_move_knows_the_next_one_of_its_list() {
        let moves = [
            (Node::Discharge, Time(1)),
            (Node::Stack, Time(2)),
            (Node::Shift, Time(5)),
            (Node::Shift, Time(5)),
            (Node::Load, Time(9)),
        ];
        let facts = Facts {
            site: 0,
            dimensions: Dimensions::default(),
            status: Status::Left,
            began_at: Time(1),
            ended_at: Some(Time(9)),
            clock_from: None,
            released_at: None,
            moves: &moves,
            seconds: &[None; 7],
        };
        let of = |kind: Kind| -> Vec<(i64, Option<i64>)> {
            let part = Part::new(kind, &facts);
            let own = entries(&facts).into_iter().filter(|entry| entry.part == part);
            own.map(|entry| (entry.at.0, entry.later.map(|at| at.0)))
                .collect()
        };
        assert_eq!(of(Kind::YARD), [(2, Some(5)), (5, None)]);
        assert_eq!(of(Kind::DISCHARGED), [(1, Some(9))]);
        assert_eq!(of(Kind::LOADED), [(9, None)]);
        assert_eq!((of(Kind::LEFT), of(Kind::WAITING)), (vec![(9, None)], vec![]));
    }
}
