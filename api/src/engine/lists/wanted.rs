//! What a list asks for.

use super::{Facts, Hours, Key, Measure, Sort, Text};
use shared::event::Node;
use shared::figures::Filter;
use shared::stay::Status;
use shared::time::Time;

/// By which of a stay's times a list goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Release, of those that clearance counts.
    Released,
    /// Discharge or load.
    Moved,
    /// Off the vessel.
    Discharged,
    /// Onto the vessel.
    Loaded,
    /// In through the gate.
    GateIn,
    /// Out through the gate.
    GateOut,
    /// In by rail.
    RailIn,
    /// Out by rail.
    RailOut,
    /// Put down in the yard, from outside it or from another slot.
    Yard,
    /// The end, of those that figures count.
    Left,
    /// The beginning, of every stay.
    Began,
    /// The beginning of the clearance clock, of those that are open.
    Clock,
}

impl By {
    /// Every time that can be asked for by name.
    pub const ALL: [By; 11] = [
        By::Released,
        By::Moved,
        By::Discharged,
        By::Loaded,
        By::GateIn,
        By::GateOut,
        By::RailIn,
        By::RailOut,
        By::Yard,
        By::Left,
        By::Began,
    ];

    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            By::Released => "released",
            By::Moved => "moved",
            By::Discharged => "discharged",
            By::Loaded => "loaded",
            By::GateIn => "gate_in",
            By::GateOut => "gate_out",
            By::RailIn => "rail_in",
            By::RailOut => "rail_out",
            By::Yard => "yard",
            By::Left => "left",
            By::Began => "began",
            By::Clock => "clock",
        }
    }

    /// The nodes by whose times it goes.
    pub(super) fn nodes(self) -> &'static [Node] {
        match self {
            By::Moved => &[Node::Discharge, Node::Load],
            By::Discharged => &[Node::Discharge],
            By::Loaded => &[Node::Load],
            By::GateIn => &[Node::GateIn],
            By::GateOut => &[Node::GateOut],
            By::RailIn => &[Node::RailIn],
            By::RailOut => &[Node::RailOut],
            By::Yard => &[Node::Stack, Node::Shift],
            By::Released | By::Left | By::Began | By::Clock => &[],
        }
    }
}

/// What a list asks for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The site, as an index into the configured ones.
    pub site: usize,
    /// By which time it goes.
    pub by: By,
    /// First moment that counts, and first that no longer does.
    pub period: (Time, Time),
    /// Local days of the week and hours of the day in which the time lies.
    pub hours: Option<Hours>,
    /// Direction, cargo, mode and channel.
    pub filter: Filter,
    /// Any of these; an empty list lets all through.
    pub status: Vec<Status>,
    /// `true`: only stays that are open at the moment below; `false`: only others.
    pub open: Option<bool>,
    /// When a stay is open or not: the end of the period, or that of the figure that the period is a part of.
    pub open_at: Time,
    /// The length that is filtered and sorted by; of a segment only stays that have it are listed.
    pub measure: Measure,
    /// The least and the most seconds of that length.
    pub seconds: (Option<u64>, Option<u64>),
    /// What the stay's numbers begin with.
    pub text: Option<Text>,
    /// The order.
    pub sort: Sort,
}

impl Wanted {
    /// Whether a moment fits period, day of the week and hour.
    pub fn takes_time(&self, at: Time) -> bool {
        self.period.0 <= at && at < self.period.1 && self.hours.as_ref().is_none_or(|hours| hours.take(at))
    }

    /// Whether a length is asked for that a stay may lack.
    pub(super) fn needs_seconds(&self) -> bool {
        self.measure != Measure::Overall || self.seconds != (None, None)
    }

    fn takes_seconds(&self, seconds: Option<u64>) -> bool {
        match seconds {
            None => !self.needs_seconds(),
            Some(seconds) => {
                self.seconds.0.is_none_or(|least| seconds >= least)
                    && self.seconds.1.is_none_or(|most| seconds <= most)
            }
        }
    }

    fn takes_open(&self, facts: &Facts<'_>) -> bool {
        let wanted = match self.by {
            By::Clock => Some(true),
            _ => self.open,
        };
        wanted.is_none_or(|wanted| wanted == facts.is_open_at(self.open_at))
    }

    /// The place of a stay in the list, if it stands there. Its text is not held against anything.
    pub fn key(&self, id: &str, facts: &Facts<'_>) -> Option<Key> {
        let seconds = facts.seconds[self.measure.place()];
        let fits = facts.site == self.site
            && (self.status.is_empty() || self.status.contains(&facts.status))
            && self.filter.takes(&facts.dimensions)
            && self.takes_seconds(seconds)
            && self.takes_open(facts);
        let newest = facts.times(self.by).filter(|at| self.takes_time(*at)).max();
        let at = newest.filter(|_| fits)?;
        Some(Key::new(self.sort, at, seconds, id))
    }
}
