//! Blocks, what may stand in them, and where their slots are in the state vector.

use super::slot::{SlotAddress, SlotPattern};
use crate::event::{DangerousGoods, Direction};
use crate::stay::Cargo;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// A point of the plan, in metres east and north of its origin (or degrees, for WGS 84).
pub type Point = (f64, f64);

/// What may stand in a block. Absent says: anything but dangerous and reefer (`interface.md` §2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Designation {
    /// Cargo classes: `general reefer dangerous empty`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cargo: Vec<Cargo>,
    /// IMDG classes; none named means every class, where dangerous goods may stand at all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<SmolStr>,
    /// Sockets for reefers.
    pub power: bool,
    /// Directions; none named means any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub direction: Vec<Direction>,
    /// Whether it is an inspection area.
    pub inspection: bool,
}

impl Designation {
    /// Whether it is designated for these dangerous goods: dangerous cargo is named, and every class of the
    /// box is named or lies within a named class (`2.1` within `2`).
    pub fn takes_dangerous(&self, goods: &[DangerousGoods]) -> bool {
        self.cargo.contains(&Cargo::Dangerous)
            && (self.classes.is_empty()
                || goods.iter().all(|goods| match &goods.class {
                    Some(class) => self.classes.iter().any(|named| class_lies_within(class, named)),
                    None => false,
                }))
    }

    /// Whether it is designated for refrigerated boxes: it has sockets (`domain.md` §4: temperature-controlled
    /// ones only where there is power).
    pub fn takes_reefers(&self) -> bool {
        self.power
    }
}

/// Whether an IMDG class or division lies within another: `1.1` within `1`, `5.1` within `5.1`.
pub fn class_lies_within(class: &str, named: &str) -> bool {
    class
        .strip_prefix(named)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || letter(rest))
}

/// Compatibility groups of class 1 are written behind the division: `1.4S` lies within `1.4`.
fn letter(rest: &str) -> bool {
    rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_alphabetic())
}

/// Whether a text is an IMDG class or division, for class 1 with or without its compatibility group: `3`,
/// `5.1`, `1.4S`.
pub fn is_imdg_class(text: &str) -> bool {
    const DIVISIONS: [u8; 9] = [6, 3, 0, 3, 2, 2, 0, 0, 0];
    let bytes = text.as_bytes();
    let Some(class @ b'1'..=b'9') = bytes.first() else {
        return false;
    };
    let divisions = DIVISIONS[usize::from(class - b'1')];
    match &bytes[1..] {
        [] => true,
        [b'.', division] => (b'1'..=b'0' + divisions).contains(division),
        [b'.', b'1'..=b'6', b'A'..=b'L' | b'N' | b'S'] => *class == b'1',
        _ => false,
    }
}

/// One block of the yard.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its name.
    pub name: SmolStr,
    /// Number of 20 ft bays, numbered 1, 3, 5 …
    pub bays: u16,
    /// Rows, numbered from 1.
    pub rows: u16,
    /// Tiers, numbered from 1.
    pub tiers: u16,
    /// What may stand in it.
    pub designation: Designation,
    /// Its outline; the first edge runs along the bays.
    pub outline: Vec<Point>,
}

impl Block {
    /// How many slots it has.
    pub fn slots(&self) -> usize {
        usize::from(self.bays) * usize::from(self.rows) * usize::from(self.tiers)
    }
}

/// A further feature of the plan: berth, gate, water, road.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// `berth gate water road building quay`.
    pub kind: SmolStr,
    /// Its name.
    pub name: SmolStr,
    /// Outline or line.
    pub points: Vec<Point>,
    /// Whether the points close to an area.
    pub area: bool,
}

/// The layout of a site's yard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// How slot addresses are written.
    pub pattern: SlotPattern,
    blocks: Vec<Block>,
    offsets: Vec<usize>,
    by_name: FxHashMap<SmolStr, usize>,
    /// Berths, gates, water and roads.
    pub features: Vec<Feature>,
}

/// A slot's place in the state vector: one byte, or two for a 40 ft box in an even bay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotIndex {
    /// The byte, or the one of the lower odd bay.
    pub near: usize,
    /// The byte of the higher odd bay, for an even bay.
    pub far: Option<usize>,
}

impl SlotIndex {
    /// The bytes that it takes.
    pub fn places(self) -> impl Iterator<Item = usize> {
        [Some(self.near), self.far].into_iter().flatten()
    }
}

impl Layout {
    /// A layout of these blocks. Of two blocks with one name the first counts.
    pub fn new(pattern: SlotPattern, blocks: Vec<Block>, features: Vec<Feature>) -> Layout {
        let mut by_name = FxHashMap::default();
        let mut offsets = Vec::with_capacity(blocks.len());
        let mut offset = 0;
        for (index, block) in blocks.iter().enumerate() {
            by_name.entry(block.name.clone()).or_insert(index);
            offsets.push(offset);
            offset += block.slots();
        }
        offsets.push(offset);
        Layout {
            pattern,
            blocks,
            offsets,
            by_name,
            features,
        }
    }

    /// Its blocks, in order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// A block by name.
    pub fn block(&self, name: &str) -> Option<&Block> {
        self.by_name.get(name).map(|index| &self.blocks[*index])
    }

    /// Where a block's bytes begin in the state vector.
    pub fn offset(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).map(|index| self.offsets[*index])
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.offsets.last().copied().unwrap_or(0)
    }

    /// Reads an address and finds the block that covers it.
    pub fn find(&self, address: &str) -> Option<(&Block, SlotAddress)> {
        let slot = self.pattern.read(address)?;
        let block = self.block(&slot.block)?;
        covers(block, &slot).then_some((block, slot))
    }

    /// A slot's place in the state vector; `None` when no block covers it.
    pub fn index(&self, slot: &SlotAddress) -> Option<SlotIndex> {
        let number = *self.by_name.get(&slot.block)?;
        let block = &self.blocks[number];
        if !covers(block, slot) {
            return None;
        }
        let column = usize::from(block.rows) * usize::from(block.tiers);
        let in_bay = usize::from(slot.row - 1) * usize::from(block.tiers) + usize::from(slot.tier - 1);
        let at = |bay: usize| self.offsets[number] + bay * column + in_bay;
        let near = usize::from(slot.bay - 1) / 2;
        Some(match slot.bay % 2 {
            1 => SlotIndex {
                near: at(near),
                far: None,
            },
            _ => SlotIndex {
                near: at(near),
                far: Some(at(near + 1)),
            },
        })
    }
}

/// Odd bays 1 … 2·bays−1 stand for themselves, even bays between two of them.
fn covers(block: &Block, slot: &SlotAddress) -> bool {
    let highest = block.bays.saturating_mul(2).saturating_sub(1);
    let bay = (1..=highest).contains(&slot.bay);
    bay && (1..=block.rows).contains(&slot.row) && (1..=block.tiers).contains(&slot.tier)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        let block = |name: &str| Block {
            name: name.into(),
            bays: 40,
            rows: 6,
            tiers: 5,
            designation: Designation::default(),
            outline: Vec::new(),
        };
        Layout::new(
            SlotPattern::default(),
            vec![block("G11"), block("G12")],
            Vec::new(),
        )
    }

    #[test]
    fn an_odd_bay_is_one_byte_and_an_even_bay_both_its_neighbours() {
        let layout = layout();
        assert_eq!(layout.slots(), 2 * 1200);
        let index = |address| layout.index(&layout.pattern.read(address).unwrap());
        assert_eq!(index("G110101.1"), Some(SlotIndex { near: 0, far: None }));
        assert_eq!(index("G110301.1"), Some(SlotIndex { near: 30, far: None }));
        assert_eq!(
            index("G110201.1"),
            Some(SlotIndex {
                near: 0,
                far: Some(30)
            })
        );
        assert_eq!(
            index("G127906.5"),
            Some(SlotIndex {
                near: 2399,
                far: None
            })
        );
    }

    #[test]
    fn no_block_covers_what_lies_outside_of_it() {
        let layout = layout();
        for address in ["G118001.1", "G110107.1", "G110101.6", "Z010101.1", "nowhere"] {
            assert!(layout.find(address).is_none(), "{address}");
        }
    }

    #[test]
    fn a_division_lies_within_its_class() {
        assert!(class_lies_within("2.1", "2"));
        assert!(class_lies_within("1.4S", "1.4"));
        assert!(!class_lies_within("2", "2.1"));
        assert!(!class_lies_within("11", "1"));
    }

    #[test]
    fn classes_are_those_of_the_code() {
        for class in ["1", "1.4", "1.4S", "2.1", "3", "5.1", "9"] {
            assert!(is_imdg_class(class), "{class}");
        }
        for class in ["", "0", "1.7", "3.1", "5.1S", "12", "1.4s", "1.", "三"] {
            assert!(!is_imdg_class(class), "{class}");
        }
    }

    #[test]
    fn a_block_for_one_class_takes_no_other_and_none_unnamed() {
        let goods = |class: Option<&str>| {
            vec![DangerousGoods {
                class: class.map(Into::into),
                un: None,
            }]
        };
        let designation = Designation {
            cargo: vec![Cargo::Dangerous],
            classes: vec!["3".into()],
            ..Designation::default()
        };
        assert!(designation.takes_dangerous(&goods(Some("3"))));
        assert!(!designation.takes_dangerous(&goods(Some("8"))));
        assert!(!designation.takes_dangerous(&goods(None)));
        assert!(!Designation::default().takes_dangerous(&goods(Some("3"))));
    }
}
