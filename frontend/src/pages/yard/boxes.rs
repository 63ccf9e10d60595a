//! One block's boxes, as one snapshot and the changes behind it.

use crate::live::{Message, Position, Snapshot};
use shared::time::LocalTime;
use shared::wire::replay::BlockThen;
use shared::yard::{SlotAddress, SlotPattern, SlotState};

/// A box in a slot of the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where.
    pub address: SlotAddress,
    /// The same as it is written.
    pub slot: String,
    /// The container.
    pub container: String,
    /// Its state.
    pub state: SlotState,
    /// ISO size type, where the snapshot told it; changes do not.
    pub size_type: Option<String>,
    /// Since when, in the same case.
    pub since: Option<LocalTime>,
}

/// The boxes of a block, by bay, row and tier.
#[derive(Clone, Debug)]
pub struct Boxes {
    block: String,
    pattern: SlotPattern,
    /// By bay, row and tier.
    pub standing: Vec<Standing>,
    // The moment of the past; `None` is now.
    at: Option<LocalTime>,
    position: Position,
}

impl Boxes {
    /// The boxes of an answer.
    pub fn new(pattern: SlotPattern, now: BlockThen) -> Boxes {
        let mut boxes = Boxes {
            standing: Vec::with_capacity(now.boxes.len()),
            pattern,
            at: now.at,
            position: Position {
                epoch: now.epoch,
                sequence: now.sequence,
            },
            block: now.block,
        };
        for told in now.boxes {
            let address = SlotAddress {
                block: boxes.block.as_str().into(),
                bay: told.bay,
                row: told.row,
                tier: told.tier,
            };
            boxes.put(Standing {
                address,
                slot: told.slot,
                container: told.container,
                state: SlotState(told.state),
                size_type: told.size_type,
                since: told.since,
            });
        }
        boxes
    }

    /// Where the box of a bay, row and tier is, or would be.
    fn place(&self, bay: u16, row: u16, tier: u16) -> Result<usize, usize> {
        self.standing.binary_search_by_key(&(bay, row, tier), |standing| {
            let address = &standing.address;
            (address.bay, address.row, address.tier)
        })
    }

    /// Puts a box where it stands, in place of what stood there.
    fn put(&mut self, standing: Standing) {
        let address = &standing.address;
        match self.place(address.bay, address.row, address.tier) {
            Ok(place) => self.standing[place] = standing,
            Err(place) => self.standing.insert(place, standing),
        }
    }

    fn read(&self, slot: &str) -> Option<SlotAddress> {
        self.pattern
            .read(slot)
            .filter(|address| address.block == self.block)
    }

    /// The box in a bay, row and tier, also when it is a long one that reaches there.
    pub fn at(&self, bay: u16, row: u16, tier: u16) -> Vec<&Standing> {
        let mut found = Vec::new();
        for other in [bay, bay.saturating_sub(1), bay.saturating_add(1)] {
            // A long box lies over both odd neighbours of its even bay; a short one only in its own.
            if (other == bay || other % 2 != bay % 2)
                && let Ok(place) = self.place(other, row, tier)
            {
                found.push(&self.standing[place]);
            }
        }
        found
    }
}

impl Snapshot for Boxes {
    fn position(&self) -> Position {
        self.position.clone()
    }

    fn apply(&mut self, message: &Message) {
        let (Message::Yard(change), None) = (message, self.at) else {
            return;
        };
        for slot in &change.gone {
            if let Some(address) = self.read(slot)
                && let Ok(place) = self.place(address.bay, address.row, address.tier)
            {
                self.standing.remove(place);
            }
        }
        for placed in &change.placed {
            let Some(address) = self.read(&placed.slot) else {
                continue;
            };
            let known = self.place(address.bay, address.row, address.tier).ok();
            let known = known.map(|place| &self.standing[place]);
            let known = known.filter(|known| known.container == placed.container);
            let (size_type, since) =
                known.map_or((None, None), |known| (known.size_type.clone(), known.since));
            let standing = Standing {
                address,
                slot: placed.slot.clone(),
                container: placed.container.clone(),
                state: SlotState(placed.state),
                size_type,
                since,
            };
            self.put(standing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::wire::yard::{Placed, YardChange};

    fn boxes() -> Boxes {
        Boxes::new(
            SlotPattern::default(),
            BlockThen {
                site: String::new(),
                at: None,
                block: "G12".to_owned(),
                boxes: Vec::new(),
                epoch: "e".to_owned(),
                sequence: 1,
            },
        )
    }

    fn placed(slot: &str) -> Message {
        Message::Yard(YardChange {
            site: String::new(),
            placed: vec![Placed {
                container: "C".to_owned(),
                stay: "s".to_owned(),
                slot: slot.to_owned(),
                state: 1,
            }],
            gone: Vec::new(),
        })
    }

    #[test]
    fn a_long_box_is_met_in_both_odd_bays() {
        let mut boxes = boxes();
        boxes.apply(&placed("G124405.1"));
        boxes.apply(&placed("G134405.1"));
        assert_eq!(boxes.standing.len(), 1);
        for bay in [43, 44, 45] {
            assert_eq!(boxes.at(bay, 5, 1).len(), 1, "{bay}");
        }
        assert_eq!(boxes.at(42, 5, 1).len() + boxes.at(46, 5, 1).len(), 0);
    }

    #[test]
    fn a_box_that_goes_is_gone() {
        let mut boxes = boxes();
        boxes.apply(&placed("G124305.1"));
        assert_eq!(boxes.at(44, 5, 1).len(), 1);
        assert_eq!(boxes.at(45, 5, 1).len(), 0);
        boxes.apply(&Message::Yard(YardChange {
            site: String::new(),
            placed: Vec::new(),
            gone: vec!["G124305.1".to_owned()],
        }));
        assert!(boxes.standing.is_empty());
    }
}
