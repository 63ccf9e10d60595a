//! The state of every slot, as one snapshot and the changes behind it.

use super::base64;
use crate::live::{Message, Position, Snapshot};
use shared::time::LocalTime;
use shared::wire::replay::{YardCounts, YardMoment, YardThen};
use shared::wire::yard::{Placed, YardChange};
use shared::yard::layout::SlotIndex;
use shared::yard::{Layout, SlotState};
use std::cell::RefCell;
use std::sync::Arc;

/// As many changed slots are remembered until they are drawn; more at once is a snapshot, not a change.
const FRESH: usize = 4_000;

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
    /// The moment of the past that it shows; `None` is now.
    pub at: Option<LocalTime>,
    /// What there is in all, as the server counts it. Now it holds for the moment of the snapshot.
    pub counts: YardCounts,
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
    // Slots that messages changed since somebody asked.
    fresh: RefCell<Vec<u32>>,
}

/// A ground slot of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Index of the block.
    pub block: usize,
    /// Its bays from the first, from 0.
    pub bay: u16,
    /// Row, from 0.
    pub row: u16,
}

impl Yard {
    /// The yard of an answer. Bytes of blocks that the layout does not have, or has in another size, are left
    /// out: the layout has just changed, and the next snapshot will fit.
    pub fn new(layout: Arc<Layout>, now: &YardThen) -> Option<Yard> {
        let bytes = base64::decode(&now.states)?;
        let position = Position {
            epoch: now.epoch.clone(),
            sequence: now.sequence,
        };
        let mut yard = Yard::empty(layout, position);
        yard.elsewhere = now.elsewhere;
        yard.at = now.at;
        yard.counts = now.counts;
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
            at: None,
            counts: YardCounts::default(),
            fresh: RefCell::default(),
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
        self.go_and_come(&change.gone, &change.placed);
    }

    /// Goes on to the next moment of the past.
    pub fn moment(&mut self, moment: &YardMoment) {
        self.go_and_come(&moment.gone, &moment.placed);
        self.elsewhere = moment.elsewhere;
        self.counts = moment.counts;
    }

    fn go_and_come(&mut self, gone: &[String], placed: &[Placed]) {
        let layout = self.layout.clone();
        let find = |slot: &str| {
            layout
                .pattern
                .read(slot)
                .and_then(|address| layout.index(&address))
        };
        for slot in gone {
            if let Some(index) = find(slot) {
                self.put(index, SlotState::EMPTY, SlotState::EMPTY);
            }
        }
        for placed in placed {
            if let Some(index) = find(&placed.slot) {
                self.put(index, SlotState(placed.state), SlotState(placed.state).far_half());
            }
        }
    }

    fn put(&mut self, SlotIndex { near, far }: SlotIndex, state: SlotState, of_far: SlotState) {
        let before = self.states.get(near).copied();
        self.set(near, state);
        if let Some(far) = far {
            self.set(far, of_far);
        }
        let fresh = self.fresh.get_mut();
        // A box that was released or has an alarm now stands where it stood.
        let moved = before.is_some_and(|before| SlotState(before).is_taken() != state.is_taken());
        if moved
            && fresh.len() < FRESH
            && let Ok(near) = u32::try_from(near)
        {
            fresh.push(near);
        }
    }

    /// The slots that boxes came to or left since this was last asked.
    pub fn take_fresh(&self) -> Vec<u32> {
        self.fresh.take()
    }

    /// Where a slot of the state vector is on the ground.
    pub fn ground(&self, index: usize) -> Option<Ground> {
        let block = usize::from(*self.block_of.get(index)?);
        let of = self.layout.blocks().get(block)?;
        let stack = (index - self.layout.offset(&of.name)?) / usize::from(of.tiers.max(1));
        let rows = usize::from(of.rows.max(1));
        Some(Ground {
            block,
            bay: u16::try_from(stack / rows).ok()?,
            row: u16::try_from(stack % rows).ok()?,
        })
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
        if let (Message::Yard(change), None) = (message, self.at) {
            self.change(change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::stay::Cargo;
    use shared::wire::yard::BlockStates;
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
        assert_eq!(yard.take_fresh(), [16]);
        assert_eq!(
            yard.ground(16),
            Some(Ground {
                block: 1,
                bay: 0,
                row: 0
            })
        );
    }

    #[test]
    fn a_moment_of_the_past_is_left_as_it_is_by_what_happens_now() {
        let mut yard = Yard::empty(layout(), at(1));
        yard.at = Some(LocalTime {
            at: shared::time::Time::default(),
            offset_seconds: 0,
        });
        let state = SlotState::of(Cargo::General, false, None, false);
        yard.apply(&Message::Yard(YardChange {
            site: String::new(),
            placed: vec![placed("G010101.1", state)],
            gone: Vec::new(),
        }));
        assert_eq!(yard.tallies[0].boxes, 0);
    }

    #[test]
    fn a_release_changes_a_state_and_is_no_move() {
        let mut yard = Yard::empty(layout(), at(1));
        for released in [false, true] {
            let state = SlotState::of(Cargo::General, released, None, false);
            yard.change(&YardChange {
                site: String::new(),
                placed: vec![placed("G010101.1", state)],
                gone: Vec::new(),
            });
        }
        assert_eq!(yard.take_fresh(), [0]);
        assert!(yard.take_fresh().is_empty());
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
        let now = YardThen {
            site: String::new(),
            at: None,
            counts: YardCounts::default(),
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
