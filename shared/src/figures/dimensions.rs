//! What figures group and filter by.

use crate::event::Direction;
use crate::stay::{Cargo, Channel, Mode};
use serde::{Deserialize, Serialize};

/// What a stay is grouped and filtered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dimensions {
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// Cargo class.
    pub cargo: Cargo,
    /// Whether it was stacked.
    pub mode: Mode,
    /// How deeply customs looked.
    pub channel: Channel,
}

/// Every direction; `None` where nothing tells.
pub const DIRECTIONS: [Option<Direction>; 5] = [
    Some(Direction::Import),
    Some(Direction::Export),
    Some(Direction::Transshipment),
    Some(Direction::Domestic),
    None,
];
/// Every cargo class.
pub const CARGOES: [Cargo; 4] = [Cargo::Dangerous, Cargo::Reefer, Cargo::Empty, Cargo::General];
/// Every mode.
pub const MODES: [Mode; 3] = [Mode::Direct, Mode::Stacked, Mode::Unknown];
/// Every channel.
pub const CHANNELS: [Channel; 3] = [Channel::None, Channel::Scan, Channel::Inspection];

impl Dimensions {
    /// How many combinations there are.
    pub const COUNT: usize = DIRECTIONS.len() * CARGOES.len() * MODES.len() * CHANNELS.len();

    /// The combination as one small number, below [`Dimensions::COUNT`]. It is kept in stores: the order of
    /// the values never changes.
    pub fn code(self) -> u8 {
        let direction = match self.direction {
            Some(Direction::Import) => 0,
            Some(Direction::Export) => 1,
            Some(Direction::Transshipment) => 2,
            Some(Direction::Domestic) => 3,
            None => 4,
        };
        let cargo = match self.cargo {
            Cargo::Dangerous => 0,
            Cargo::Reefer => 1,
            Cargo::Empty => 2,
            Cargo::General => 3,
        };
        let mode = match self.mode {
            Mode::Direct => 0,
            Mode::Stacked => 1,
            Mode::Unknown => 2,
        };
        let channel = match self.channel {
            Channel::None => 0,
            Channel::Scan => 1,
            Channel::Inspection => 2,
        };
        ((direction * 4 + cargo) * 3 + mode) * 3 + channel
    }

    /// The combination of a number; every number gives one, those that [`Dimensions::code`] makes their own.
    pub fn of_code(code: u8) -> Dimensions {
        let code = usize::from(code);
        Dimensions {
            direction: DIRECTIONS[code / 36 % 5],
            cargo: CARGOES[code / 9 % 4],
            mode: MODES[code / 3 % 3],
            channel: CHANNELS[code % 3],
        }
    }

    /// Every combination, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Dimensions> {
        (0..=u8::MAX).take(Dimensions::COUNT).map(Dimensions::of_code)
    }
}

/// A set of combinations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selection([u64; 3]);

impl Selection {
    /// The combinations for which something holds.
    pub fn of(takes: impl Fn(&Dimensions) -> bool) -> Selection {
        let mut selection = Selection::default();
        Dimensions::all()
            .filter(|dimensions| takes(dimensions))
            .for_each(|dimensions| selection.insert(dimensions.code()));
        selection
    }

    /// Puts a combination in.
    pub fn insert(&mut self, code: u8) {
        self.0[usize::from(code / 64)] |= 1 << (code % 64);
    }

    /// Whether a combination is in.
    pub fn contains(&self, code: u8) -> bool {
        self.0[usize::from(code / 64)] & (1 << (code % 64)) != 0
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_has_a_number_of_its_own() {
        let all: Vec<Dimensions> = Dimensions::all().collect();
        assert_eq!(all.len(), Dimensions::COUNT);
        for (code, dimensions) in all.iter().enumerate() {
            assert_eq!(usize::from(dimensions.code()), code);
        }
    }

    #[test]
    fn a_selection_holds_what_the_filter_takes() {
        let filter = Filter {
            direction: vec![Some(Direction::Import), None],
            mode: vec![Mode::Direct],
            ..Filter::default()
        };
        let selection = Selection::of(|dimensions| filter.takes(dimensions));
        for dimensions in Dimensions::all() {
            assert_eq!(selection.contains(dimensions.code()), filter.takes(&dimensions));
        }
    }
}
