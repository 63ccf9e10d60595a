//! One block's boxes, as one snapshot and the changes behind it.

use crate::live::{Message, Position, Snapshot};
use shared::wire::yard::BlockNow;
use shared::yard::{SlotAddress, SlotPattern, SlotState};
use std::collections::BTreeMap;

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
    pub since: Option<shared::time::LocalTime>,
}

/// The boxes of a block, by bay, row and tier.
#[derive(Clone, Debug)]
pub struct Boxes {
    block: String,
    pattern: SlotPattern,
    /// By bay, row and tier.
    pub standing: BTreeMap<(u16, u16, u16), Standing>,
    position: Position,
}

impl Boxes {
    /// The boxes of an answer.
    pub fn new(pattern: SlotPattern, now: BlockNow) -> Boxes {
        let mut standing = BTreeMap::new();
        for told in now.boxes {
            let key = (told.bay, told.row, told.tier);
            let address = SlotAddress {
                block: now.block.as_str().into(),
                bay: told.bay,
                row: told.row,
                tier: told.tier,
            };
            let found = Standing {
                address,
                slot: told.slot,
                container: told.container,
                state: SlotState(told.state),
                size_type: told.size_type,
                since: told.since,
            };
            standing.insert(key, found);
        }
        Boxes {
            standing,
            pattern,
            position: Position {
                epoch: now.epoch,
                sequence: now.sequence,
            },
            block: now.block,
        }
    }

    fn read(&self, slot: &str) -> Option<SlotAddress> {
        self.pattern
            .read(slot)
            .filter(|address| address.block == self.block)
    }

    /// The box in a bay, row and tier, also when it is a long one that reaches there.
    pub fn at(&self, bay: u16, row: u16, tier: u16) -> impl Iterator<Item = &Standing> {
        let over = [bay, bay.saturating_sub(1), bay.saturating_add(1)].into_iter();
        // A long box lies over both odd neighbours of its even bay; a short one only in its own.
        over.filter(move |other| *other == bay || other % 2 != bay % 2)
            .filter_map(move |other| self.standing.get(&(other, row, tier)))
    }
}

impl Snapshot for Boxes {
    fn position(&self) -> Position {
        self.position.clone()
    }

    fn apply(&mut self, message: &Message) {
        let Message::Yard(change) = message else {
            return;
        };
        for slot in &change.gone {
            if let Some(address) = self.read(slot) {
                self.standing.remove(&(address.bay, address.row, address.tier));
            }
        }
        for placed in &change.placed {
            let Some(address) = self.read(&placed.slot) else {
                continue;
            };
            let key = (address.bay, address.row, address.tier);
            let known = self
                .standing
                .remove(&key)
                .filter(|known| known.container == placed.container);
            let standing = Standing {
                address,
                slot: placed.slot.clone(),
                container: placed.container.clone(),
                state: SlotState(placed.state),
                size_type: known.as_ref().and_then(|known| known.size_type.clone()),
                since: known.and_then(|known| known.since),
            };
            self.standing.insert(key, standing);
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
            BlockNow {
                site: String::new(),
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
            assert_eq!(boxes.at(bay, 5, 1).count(), 1, "{bay}");
        }
        assert_eq!(boxes.at(42, 5, 1).count() + boxes.at(46, 5, 1).count(), 0);
    }

    #[test]
    fn a_box_that_goes_is_gone() {
        let mut boxes = boxes();
        boxes.apply(&placed("G124305.1"));
        assert_eq!(boxes.at(44, 5, 1).count(), 1);
        assert_eq!(boxes.at(45, 5, 1).count(), 0);
        boxes.apply(&Message::Yard(YardChange {
            site: String::new(),
            placed: Vec::new(),
            gone: vec!["G124305.1".to_owned()],
        }));
        assert!(boxes.standing.is_empty());
    }
}
