//! Rows: cells merged by bucket and group.

use super::cells::{Cell, Cells};
use super::contribution::Dimensions;
use super::histogram::Histogram;
use crate::event::Direction;
use crate::stay::{Cargo, Channel, Mode};
use crate::time::Time;
use std::collections::BTreeMap;

/// What rows group by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// Which way it passes.
    Direction,
    /// Cargo class.
    Cargo,
    /// Whether it was stacked.
    Mode,
    /// How deeply customs looked.
    Channel,
}

impl By {
    /// The name that travels.
    pub fn name(self) -> &'static str {
        match self {
            By::Direction => "direction",
            By::Cargo => "cargo",
            By::Mode => "mode",
            By::Channel => "channel",
        }
    }

    /// The grouping of a name that travels.
    pub fn from_name(name: &str) -> Option<By> {
        [By::Direction, By::Cargo, By::Mode, By::Channel]
            .into_iter()
            .find(|by| by.name() == name)
    }

    /// The value of some dimensions under this grouping.
    pub fn value(self, dimensions: &Dimensions) -> &'static str {
        match self {
            By::Direction => dimensions.direction.map_or("unknown", Direction::name),
            By::Cargo => dimensions.cargo.name(),
            By::Mode => dimensions.mode.name(),
            By::Channel => dimensions.channel.name(),
        }
    }
}

/// Which stays count: of each list any value; an empty list lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Directions; `None` among them lets stays of unknown direction through.
    pub direction: Vec<Option<Direction>>,
    /// Cargo classes.
    pub cargo: Vec<Cargo>,
    /// Modes.
    pub mode: Vec<Mode>,
    /// Channels.
    pub channel: Vec<Channel>,
}

impl Filter {
    /// Whether a stay of these dimensions counts.
    pub fn takes(&self, dimensions: &Dimensions) -> bool {
        fn any<T: PartialEq>(wanted: &[T], value: &T) -> bool {
            wanted.is_empty() || wanted.contains(value)
        }
        any(&self.direction, &dimensions.direction)
            && any(&self.cargo, &dimensions.cargo)
            && any(&self.mode, &dimensions.mode)
            && any(&self.channel, &dimensions.channel)
    }
}

/// One row before it travels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// All cells of the row, merged.
    pub sum: Cell,
    /// TEU of transshipped boxes, in halves.
    pub transshipped_half_teu: u64,
    /// Stays whose clock began in the row and that are not released at the end of the period.
    pub open: u64,
}

impl Row {
    fn add(&mut self, dimensions: &Dimensions, cell: &Cell, to: Time) {
        merge(&mut self.sum, cell);
        if dimensions.direction == Some(Direction::Transshipment) {
            self.transshipped_half_teu += cell.discharged_half_teu + cell.loaded_half_teu;
        }
        let open = cell
            .began
            .iter()
            .filter(|(released, _)| released.is_none_or(|released| released >= to));
        self.open += open.map(|(_, count)| count).sum::<u64>();
    }
}

fn merge(sum: &mut Cell, cell: &Cell) {
    sum.clearance.merge(&cell.clearance);
    for (sum, segment) in sum.segments.iter_mut().zip(&cell.segments) {
        Histogram::merge(sum, segment);
    }
    sum.advance += cell.advance;
    sum.start_substituted += cell.start_substituted;
    sum.discharged += cell.discharged;
    sum.loaded += cell.loaded;
    sum.discharged_half_teu += cell.discharged_half_teu;
    sum.loaded_half_teu += cell.loaded_half_teu;
    sum.without_size += cell.without_size;
    sum.direct += cell.direct;
    sum.stacked += cell.stacked;
    sum.mode_unknown += cell.mode_unknown;
}

/// The key of a row: when its bucket begins, and the values of its groups.
pub type RowKey = (Option<Time>, Vec<&'static str>);

/// The rows of a period, by bucket, then by group. `bucket_of` gives the beginning of the bucket of an hour,
/// or `None` when no buckets were asked for.
pub fn rows(
    cells: &Cells,
    (from, to): (Time, Time),
    bucket_of: &dyn Fn(Time) -> Option<Time>,
    groups: &[By],
    filter: &Filter,
) -> BTreeMap<RowKey, Row> {
    let mut rows: BTreeMap<RowKey, Row> = BTreeMap::new();
    for (hour, dimensions, cell) in cells.between(from, to) {
        if filter.takes(&dimensions) {
            let group = groups.iter().map(|by| by.value(&dimensions)).collect();
            rows.entry((bucket_of(hour), group))
                .or_default()
                .add(&dimensions, cell, to);
        }
    }
    rows
}
