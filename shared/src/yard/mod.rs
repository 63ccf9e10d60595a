//! The yard: slots, blocks, designations, and the state byte of a slot.

/// The built-in layout.
pub mod builtin;
/// Reading and writing a layout as GeoJSON.
pub mod geojson;
/// Blocks, what may stand in them, and where their slots are in the state vector.
pub mod layout;
/// Slot addresses and their pattern.
pub mod slot;
/// Where a box stood, and in what state.
pub mod spell;

use crate::event::Direction;
use crate::stay::Cargo;
pub use layout::{Block, Designation, Layout};
use serde::{Deserialize, Serialize};
pub use slot::{SlotAddress, SlotPattern};
pub use spell::Spell;

/// What stands in one slot, in one byte; 0 is an empty slot. One byte a slot keeps a whole port in one small
/// image on the page and 200 KB on the wire.
///
/// Bit 0: taken. Bits 1–2: cargo. Bit 3: released. Bits 4–5: direction. Bit 6: an alarm is active. Bit 7:
/// the far half of a 40 ft box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlotState(pub u8);

impl SlotState {
    /// Nothing stands here.
    pub const EMPTY: SlotState = SlotState(0);
    /// Bit of the far half of a 40 ft box.
    pub const FAR_HALF: u8 = 0b1000_0000;

    /// The state of a box.
    pub fn of(cargo: Cargo, released: bool, direction: Option<Direction>, alarm: bool) -> SlotState {
        let cargo = match cargo {
            Cargo::General => 0,
            Cargo::Reefer => 1,
            Cargo::Dangerous => 2,
            Cargo::Empty => 3,
        };
        let direction = match direction {
            None | Some(Direction::Domestic) => 0,
            Some(Direction::Import) => 1,
            Some(Direction::Export) => 2,
            Some(Direction::Transshipment) => 3,
        };
        SlotState(1 | cargo << 1 | u8::from(released) << 3 | direction << 4 | u8::from(alarm) << 6)
    }

    /// The same as the far half of a 40 ft box.
    pub fn far_half(self) -> SlotState {
        SlotState(self.0 | SlotState::FAR_HALF)
    }

    /// Whether a box stands here.
    pub fn is_taken(self) -> bool {
        self.0 & 1 != 0
    }

    /// Its cargo class.
    pub fn cargo(self) -> Cargo {
        match self.0 >> 1 & 3 {
            0 => Cargo::General,
            1 => Cargo::Reefer,
            2 => Cargo::Dangerous,
            _ => Cargo::Empty,
        }
    }

    /// Whether customs released it.
    pub fn is_released(self) -> bool {
        self.0 & 0b1000 != 0
    }

    /// Its direction; domestic and unknown share a value.
    pub fn direction(self) -> Option<Direction> {
        match self.0 >> 4 & 3 {
            1 => Some(Direction::Import),
            2 => Some(Direction::Export),
            3 => Some(Direction::Transshipment),
            _ => None,
        }
    }

    /// Whether an alarm on it is active.
    pub fn has_alarm(self) -> bool {
        self.0 & 0b100_0000 != 0
    }

    /// The same with or without an alarm.
    #[must_use]
    pub fn with_alarm(self, alarm: bool) -> SlotState {
        SlotState(self.0 & !0b100_0000 | u8::from(alarm) << 6)
    }

    /// The same released or not.
    #[must_use]
    pub fn with_release(self, released: bool) -> SlotState {
        SlotState(self.0 & !0b1000 | u8::from(released) << 3)
    }

    /// Whether it is the far half of a 40 ft box, whose number stands in the near half.
    pub fn is_far_half(self) -> bool {
        self.0 & SlotState::FAR_HALF != 0
    }
}
