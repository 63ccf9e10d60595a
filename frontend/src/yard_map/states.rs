//! The state of every slot, as one snapshot and the changes behind it.

use super::base64;
use crate::live::{Message, Position, Snapshot};
use shared::wire::yard::{YardChange, YardNow};
use shared::yard::layout::SlotIndex;
use shared::yard::{Layout, SlotState};
use std::sync::Arc;

/// What stands in one block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Boxes.
    pub boxes: u32,
    /// Slots taken; a 40 ft box takes two.
    pub taken: u32,
    /// Boxes with an active alarm.
    pub alarms: u32,
}

/// The yard.
#[derive(Debug)]
pub struct Yard {
    /// Its layout.
    pub layout: Arc<Layout>,
    /// A byte for each slot.
    pub states: Vec<u8>,
    /// Boxes that stand in no slot of the layout.
    pub elsewhere: u64,
    /// How often each block changed; whoever draws remembers what it drew.
    pub versions: Vec<u32>,
    /// What stands in each block.
    pub tallies: Vec<Tally>,
    /// How many boxes there are of each state byte, far halves apart.
    pub histogram: Box<[u32; 256]>,
    block_of: Vec<u16>,
    position: Position,
}

impl Yard {
    /// The yard of an answer. Bytes of blocks that the layout does not have, or has in another size, are left
    /// out: the layout has just changed, and the next snapshot will fit.
    pub fn new(layout: Arc<Layout>, now: &YardNow) -> Option<Yard> {
        let bytes = base64::decode(&now.states)?;
        let position = Position {
            epoch: now.epoch.clone(),
            sequence: now.sequence,
        };
        let mut yard = Yard::empty(layout, position);
        yard.elsewhere = now.elsewhere;
        let layout = yard.layout.clone();
        for told in &now.blocks {
            let (Some(block), Some(offset)) = (layout.block(&told.block), layout.offset(&told.block)) else {
                continue;
            };
            let same = (block.bays, block.rows, block.tiers) == (told.bays, told.rows, told.tiers);
            let Some(theirs) = bytes
                .get(told.offset..told.offset + block.slots())
                .filter(|_| same)
            else {
                continue;
            };
            for (index, state) in theirs.iter().enumerate() {
                yard.set(offset + index, SlotState(*state));
            }
        }
        Some(yard)
    }

    /// A yard in which nothing stands.
    pub fn empty(layout: Arc<Layout>, position: Position) -> Yard {
        let mut block_of = Vec::with_capacity(layout.slots());
        for (index, block) in layout.blocks().iter().enumerate() {
            block_of.resize(block_of.len() + block.slots(), index as u16);
        }
        let mut histogram = Box::new([0; 256]);
        histogram[0] = layout.slots() as u32;
        Yard {
            states: vec![0; layout.slots()],
            elsewhere: 0,
            versions: vec![1; layout.blocks().len()],
            tallies: vec![Tally::default(); layout.blocks().len()],
            histogram,
            block_of,
            position,
            layout,
        }
    }

    /// Puts a state into a slot.
    pub fn set(&mut self, index: usize, state: SlotState) {
        let (Some(byte), Some(block)) = (self.states.get_mut(index), self.block_of.get(index)) else {
            return;
        };
        let before = SlotState(std::mem::replace(byte, state.0));
        if before == state {
            return;
        }
        let block = usize::from(*block);
        self.histogram[usize::from(before.0)] -= 1;
        self.histogram[usize::from(state.0)] += 1;
        let tally = &mut self.tallies[block];
        count(tally, before, u32::wrapping_sub);
        count(tally, state, u32::wrapping_add);
        self.versions[block] = self.versions[block].wrapping_add(1);
    }

    /// Applies what the stream says; what is gone goes first.
    pub fn change(&mut self, change: &YardChange) {
        let layout = self.layout.clone();
        let find = |slot: &str| {
            layout
                .pattern
                .read(slot)
                .and_then(|address| layout.index(&address))
        };
        for slot in &change.gone {
            if let Some(SlotIndex { near, far }) = find(slot) {
                self.set(near, SlotState::EMPTY);
                if let Some(far) = far {
                    self.set(far, SlotState::EMPTY);
                }
            }
        }
        for placed in &change.placed {
            if let Some(SlotIndex { near, far }) = find(&placed.slot) {
                self.set(near, SlotState(placed.state));
                if let Some(far) = far {
                    self.set(far, SlotState(placed.state).far_half());
                }
            }
        }
    }
}

fn count(tally: &mut Tally, state: SlotState, change: impl Fn(u32, u32) -> u32) {
    if state.is_taken() {
        tally.taken = change(tally.taken, 1);
        if !state.is_far_half() {
            tally.boxes = change(tally.boxes, 1);
            tally.alarms = change(tally.alarms, u32::from(state.has_alarm()));
        }
    }
}

impl Snapshot for Yard {
    fn position(&self) -> Position {
        self.position.clone()
    }

    fn apply(&mut self, message: &Message) {
        if let Message::Yard(change) = message {
            self.change(change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::stay::Cargo;
    use shared::wire::yard::{BlockStates, Placed};
    use shared::yard::{Block, Designation, SlotPattern};

    fn layout() -> Arc<Layout> {
        let block = |name: &str| Block {
            name: name.into(),
            bays: 4,
            rows: 2,
            tiers: 2,
            designation: Designation::default(),
            outline: Vec::new(),
        };
        Arc::new(Layout::new(
            SlotPattern::default(),
            vec![block("G01"), block("G02")],
            Vec::new(),
        ))
    }

    fn at(sequence: u64) -> Position {
        Position {
            epoch: "e".to_owned(),
            sequence,
        }
    }

    fn placed(slot: &str, state: SlotState) -> Placed {
        Placed {
            container: "C".to_owned(),
            stay: "s".to_owned(),
            slot: slot.to_owned(),
            state: state.0,
        }
    }

    #[test]
    fn a_long_box_takes_both_bays_and_counts_once() {
        let mut yard = Yard::empty(layout(), at(1));
        let state = SlotState::of(Cargo::Reefer, false, None, true);
        yard.change(&YardChange {
            site: String::new(),
            placed: vec![placed("G020201.1", state)],
            gone: Vec::new(),
        });
        assert_eq!(
            yard.tallies[1],
            Tally {
                boxes: 1,
                taken: 2,
                alarms: 1
            }
        );
        assert_eq!((yard.states[16], yard.states[20]), (state.0, state.far_half().0));
        assert_eq!(yard.versions[0], 1);
    }

    #[test]
    fn what_goes_goes_before_what_comes_to_the_same_slot() {
        let mut yard = Yard::empty(layout(), at(1));
        let state = SlotState::of(Cargo::General, false, None, false);
        for _ in 0..2 {
            yard.change(&YardChange {
                site: String::new(),
                placed: vec![placed("G010101.1", state)],
                gone: vec!["G010101.1".to_owned(), "nowhere".to_owned()],
            });
        }
        assert_eq!(yard.states[0], state.0);
        assert_eq!(yard.tallies[0].boxes, 1);
        assert_eq!(yard.histogram[usize::from(state.0)], 1);
    }

    #[test]
    fn the_snapshot_is_placed_by_the_names_of_its_blocks() {
        let mut bytes = [0_u8; 32];
        bytes[16] = 1;
        let now = YardNow {
            site: String::new(),
            blocks: vec![
                BlockStates {
                    block: "G02".to_owned(),
                    offset: 0,
                    bays: 4,
                    rows: 2,
                    tiers: 2,
                },
                BlockStates {
                    block: "G01".to_owned(),
                    offset: 16,
                    bays: 4,
                    rows: 2,
                    tiers: 2,
                },
            ],
            // Sixteen empty slots, one taken, fifteen empty.
            states: "AAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAA=".to_owned(),
            elsewhere: 3,
            epoch: "e".to_owned(),
            sequence: 9,
        };
        let yard = Yard::new(layout(), &now).unwrap();
        assert_eq!(yard.states[0], 1);
        assert_eq!((yard.tallies[0].boxes, yard.tallies[1].boxes), (1, 0));
    }
}
