//! What was. The yard is told by the time of events, with what is known today; what is told ahead of the clock counts as
//! of the clock, as it does in the yard now. A trail is told as it was known.

use super::container::Container;
use super::yard::{BlockStates, Placed, StandingBox};
use crate::alarm::Priority;
use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

/// `GET /yard?at=`: the shape of [`YardNow`](super::yard::YardNow) with the counts of the moment. The blocks are those of
/// today's layout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct YardThen {
    /// The site.
    pub site: String,
    /// The moment; absent for the yard now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<LocalTime>,
    /// Where each block's bytes begin.
    pub blocks: Vec<BlockStates>,
    /// The state bytes of all blocks, base64 with padding.
    pub states: String,
    /// Boxes that stood in the yard in no slot of the layout.
    pub elsewhere: u64,
    /// What there was at that moment.
    pub counts: YardCounts,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// What there was in the yard at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct YardCounts {
    /// Boxes that had been put down and not left.
    pub boxes: u64,
    /// Their TEU.
    pub teu: f64,
    /// Those of no known size, which have no TEU.
    #[serde(rename = "unsized")]
    pub without_size: u64,
    /// Active alarms of the site.
    pub alarms: AlarmCounts,
}

/// Alarms that were active at a moment, without those that are suppressed or out of service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmCounts {
    /// Of high priority.
    pub high: u64,
    /// Of medium priority.
    pub medium: u64,
    /// Of low priority.
    pub low: u64,
}

impl AlarmCounts {
    /// The count of a priority.
    pub fn of(&mut self, priority: Priority) -> &mut u64 {
        match priority {
            Priority::High => &mut self.high,
            Priority::Medium => &mut self.medium,
            Priority::Low => &mut self.low,
        }
    }
}

/// `GET /yard/blocks/{block}?at=`: the shape of [`BlockNow`](super::yard::BlockNow).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockThen {
    /// The site.
    pub site: String,
    /// The block.
    pub block: String,
    /// The moment; absent for the block now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<LocalTime>,
    /// Its boxes, by slot.
    pub boxes: Vec<StandingBox>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// `GET /containers/{number}?known=`: the trail as this server knew it at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContainerThen {
    /// The moment of knowing; absent for what is known now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<LocalTime>,
    /// The trail, folded from what was recorded by then.
    #[serde(flatten)]
    pub container: Container,
}

/// `GET /yard/changes`: what changed in the yard behind `from` and up to `to`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct YardChanges {
    /// The site.
    pub site: String,
    /// Not in the answer any more.
    pub from: LocalTime,
    /// Still in the answer.
    pub to: LocalTime,
    /// The moments at which something changed, in order.
    pub items: Vec<YardMoment>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// What changed at one moment. Applied in its order, as a message of the stream is, the yard before becomes the yard at
/// that moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct YardMoment {
    /// When.
    pub at: LocalTime,
    /// Boxes that stand in a slot from here on, or whose state changed there; of two that share a place the later one
    /// holds.
    pub placed: Vec<Placed>,
    /// Slots that are empty from here on. Apply before `placed`.
    pub gone: Vec<String>,
    /// Boxes that stand in no slot of the layout from here on.
    pub elsewhere: u64,
    /// What there is from here on.
    pub counts: YardCounts,
}

/// `GET /yard/course`: how much there was in the yard over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct YardCourse {
    /// The site.
    pub site: String,
    /// Where the first bucket begins.
    pub from: LocalTime,
    /// Where the last one ends.
    pub to: LocalTime,
    /// `quarter hour day`.
    pub bucket: String,
    /// The quarter of an hour in which a box was first put down; `None` when there was none yet.
    pub first: Option<LocalTime>,
    /// Every bucket, in order.
    pub rows: Vec<CourseRow>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// One bucket of the course.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseRow {
    /// Where it begins.
    pub at: LocalTime,
    /// Boxes that stood in the yard at its end.
    pub boxes: u64,
    /// Alarms that were active at its end.
    pub alarms: AlarmCounts,
    /// Boxes that were put down, moved or taken away in it.
    pub moves: u64,
}

/// `GET /yard/moves`: how much was moved in each block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct YardMoves {
    /// The site.
    pub site: String,
    /// The beginning of the quarter of an hour in which the period begins.
    pub from: LocalTime,
    /// The end of the quarter of an hour in which it ends.
    pub to: LocalTime,
    /// Blocks in which something moved, most first, then by name.
    pub rows: Vec<BlockMoves>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// How much was moved in one block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockMoves {
    /// The block as slots are written.
    pub block: String,
    /// The sum of the others.
    pub moves: u64,
    /// Boxes that came, from outside or from another block.
    #[serde(rename = "in")]
    pub came: u64,
    /// Boxes that went, out of the yard or to another block.
    #[serde(rename = "out")]
    pub went: u64,
    /// Boxes that were put into another slot of the same block.
    pub shifts: u64,
}
