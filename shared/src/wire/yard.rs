//! The yard now.

use crate::event::Direction;
use crate::stay::{Cargo, Status};
use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

/// `GET /yard`: one state byte a slot, see [`SlotState`](crate::yard::SlotState). Blocks in the order of the
/// layout; within a block by bay (1, 3, 5 …), then row, then tier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct YardNow {
    /// The site.
    pub site: String,
    /// Where each block's bytes begin.
    pub blocks: Vec<BlockStates>,
    /// The state bytes of all blocks, base64 with padding.
    pub states: String,
    /// Boxes that stand in the yard in no slot of the layout.
    pub elsewhere: u64,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// Where one block's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockStates {
    /// The block.
    pub block: String,
    /// First byte.
    pub offset: usize,
    /// Number of 20 ft bays.
    pub bays: u16,
    /// Rows.
    pub rows: u16,
    /// Tiers.
    pub tiers: u16,
}

/// `GET /yard/blocks/{block}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockNow {
    /// The site.
    pub site: String,
    /// The block.
    pub block: String,
    /// Its boxes, by slot.
    pub boxes: Vec<StandingBox>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// A box in a slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandingBox {
    /// The container.
    pub container: String,
    /// Its stay.
    pub stay: String,
    /// Slot address.
    pub slot: String,
    /// Bay as written; an even bay is a 40 ft position.
    pub bay: u16,
    /// Row, from 1.
    pub row: u16,
    /// Tier, from 1.
    pub tier: u16,
    /// State byte.
    pub state: u8,
    /// ISO size type.
    pub size_type: Option<String>,
    /// Cargo class.
    pub cargo: Cargo,
    /// Direction.
    pub direction: Option<Direction>,
    /// Where it is in its passage.
    pub status: Status,
    /// When it was put there.
    pub since: Option<LocalTime>,
    /// Ids of its active alarms.
    pub alarms: Vec<String>,
}

/// The stream's `yard` message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct YardChange {
    /// The site.
    pub site: String,
    /// Boxes that now stand in a slot, or whose state changed there.
    pub placed: Vec<Placed>,
    /// Slots that are empty now. Apply before `placed`.
    pub gone: Vec<String>,
}

/// A box that now stands in a slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// The container.
    pub container: String,
    /// Its stay.
    pub stay: String,
    /// Slot address.
    pub slot: String,
    /// State byte.
    pub state: u8,
}
