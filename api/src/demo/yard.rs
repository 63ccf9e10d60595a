//! The yard: which slot is free, what stands above what, and where a box goes.
//!
//! Two odd bays and the even bay between them make a **pair**; a pair in one row is a **cell**. An empty cell
//! takes either two stacks of 20 ft boxes or one stack of long ones, so a 40 ft box in an even bay always
//! stands over both its odd neighbours and shares them with nobody.

use super::container::Key;
use super::dice::Dice;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use shared::stay::Cargo;
use shared::yard::{Layout, SlotAddress, SlotPattern};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A slot that a box stands in or may be put into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Place {
    /// Number of the block.
    pub block: u16,
    /// Bay as written.
    pub bay: u16,
    /// Row from 1.
    pub row: u16,
    /// Tier from 1.
    pub tier: u16,
}

impl Place {
    fn cell(self, rows: u16) -> usize {
        usize::from((self.bay - 1) / 4) * usize::from(rows) + usize::from(self.row - 1)
    }

    /// Over two odd bays.
    fn is_long(self) -> bool {
        self.bay.is_multiple_of(2)
    }

    /// The second stack of a cell is that of the higher odd bay.
    fn half(self) -> usize {
        usize::from(self.bay % 4 == 3)
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    /// For a 40 or 45 ft box.
    pub long: bool,
    /// Boxes of one group would stand on each other.
    pub group: u32,
    /// No higher than this.
    pub most: usize,
    /// The group is fetched together: it fills one cell after the other.
    pub tall: bool,
    /// Only in cells that are far from each other.
    pub spaced: bool,
    /// Not where this slot is: something there is to be reached.
    pub away_from: Option<Place>,
}

/// Blocks by what may stand in them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Zones {
    /// General cargo.
    pub general: Vec<u16>,
    /// Reefers.
    pub reefer: Vec<u16>,
    /// Empty boxes.
    pub empty: Vec<u16>,
    /// Dangerous goods, without sockets.
    pub dangerous: Vec<u16>,
    /// Dangerous goods that need cooling.
    pub dangerous_powered: Vec<u16>,
    /// Inspection, of what is not dangerous.
    pub inspection: Vec<u16>,
    /// Inspection of dangerous goods.
    pub inspection_dangerous: Vec<u16>,
}

/// The yard.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Yard {
    pattern: Pattern,
    blocks: Vec<Block>,
    /// Blocks by what may stand in them.
    pub zones: Zones,
    /// The cells in which groups that are fetched together are being built up, by group and length.
    growing: BTreeMap<u64, (u16, u32)>,
    /// How many boxes stand in it.
    pub standing: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Block {
    name: SmolStr,
    rows: u16,
    tiers: u16,
    cells: Vec<Cell>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Cell {
    long: bool,
    group: u32,
    stacks: [Vec<Key>; 2],
}

impl Cell {
    fn is_empty(&self) -> bool {
        self.stacks.iter().all(Vec::is_empty)
    }
}

fn growing(group: u32, long: bool) -> u64 {
    u64::from(group) << 1 | u64::from(long)
}

/// How often chance is tried before all cells are gone through.
const TRIES: usize = 8;

impl Yard {
    /// An empty yard.
    pub fn new(layout: &Layout) -> Yard {
        let mut zones = Zones::default();
        let mut blocks = Vec::with_capacity(layout.blocks().len());
        for (number, block) in layout.blocks().iter().enumerate() {
            let number = number as u16;
            let designation = &block.designation;
            if designation.inspection {
                zones.inspection.push(number);
            } else if designation.cargo.contains(&Cargo::Dangerous) {
                if designation.power {
                    zones.dangerous_powered.push(number);
                } else {
                    zones.dangerous.push(number);
                }
            } else if designation.power {
                zones.reefer.push(number);
            } else if designation.cargo == [Cargo::Empty] {
                zones.empty.push(number);
            } else {
                zones.general.push(number);
            }
            blocks.push(Block {
                name: block.name.clone(),
                rows: block.rows,
                tiers: block.tiers,
                cells: vec![Cell::default(); usize::from(block.bays / 2) * usize::from(block.rows)],
            });
        }
        if zones.inspection.len() > 1 {
            zones.inspection_dangerous.extend(zones.inspection.pop());
        }
        Yard {
            pattern: Pattern(layout.pattern.clone()),
            blocks,
            zones,
            growing: BTreeMap::new(),
            standing: 0,
        }
    }

    /// A free slot in one of these blocks that fits the wish: usually a good one of a few that chance offers,
    /// else the first there is.
    pub fn find(&self, blocks: &[u16], wish: Wish, dice: &mut Dice) -> Option<Place> {
        if wish.tall
            && let Some((block, cell)) = self.growing.get(&growing(wish.group, wish.long))
            && let Some((_, place)) = self.offer(*block, *cell as usize, wish)
        {
            return Some(place);
        }
        if blocks.is_empty() {
            return None;
        }
        let mut best: Option<(i32, Place)> = None;
        for _ in 0..TRIES {
            let block = *dice.pick(blocks);
            let cell = dice.below(self.blocks[usize::from(block)].cells.len());
            if let Some((worth, place)) = self.offer(block, cell, wish)
                && best.is_none_or(|(other, _)| worth > other)
            {
                best = Some((worth, place));
            }
        }
        let first = dice.below(blocks.len());
        best.map(|(_, place)| place).or_else(|| {
            blocks[first..].iter().chain(&blocks[..first]).find_map(|block| {
                let cells = 0..self.blocks[usize::from(*block)].cells.len();
                cells
                    .into_iter()
                    .find_map(|cell| self.offer(*block, cell, wish).map(|(_, place)| place))
            })
        })
    }

    /// Has a group that is fetched together go on in the cell of this slot.
    pub fn grow(&mut self, group: u32, place: Place) {
        let rows = self.blocks[usize::from(place.block)].rows;
        let cell = place.cell(rows) as u32;
        self.growing
            .insert(growing(group, place.is_long()), (place.block, cell));
    }

    /// Forgets a group that is gone.
    pub fn forget(&mut self, group: u32) {
        for long in [false, true] {
            self.growing.remove(&growing(group, long));
        }
    }

    /// The slot that a cell offers for a wish, and what it is worth.
    fn offer(&self, number: u16, cell: usize, wish: Wish) -> Option<(i32, Place)> {
        let block = self.blocks.get(usize::from(number))?;
        let state = block.cells.get(cell)?;
        let (pair, row) = (cell / usize::from(block.rows), cell % usize::from(block.rows));
        if wish.spaced && (pair % 3 != 0 || row != 0 || !state.is_empty()) {
            return None;
        }
        let wanted = |other: Place| other.block == number && other.cell(block.rows) == cell;
        if wish.away_from.is_some_and(wanted) {
            return None;
        }
        let empty = state.is_empty();
        if !empty && state.long != wish.long {
            return None;
        }
        let half = usize::from(!wish.long && state.stacks[1].len() < state.stacks[0].len());
        let height = state.stacks[half].len();
        if height >= wish.most.min(usize::from(block.tiers)) {
            return None;
        }
        let worth = match (empty, state.group == wish.group) {
            (true, _) => 50,
            (false, true) => 60 - 15 * height as i32,
            (false, false) => 40 - 10 * height as i32,
        };
        let bay = pair as u16 * 4 + if wish.long { 2 } else { half as u16 * 2 + 1 };
        Some((
            worth,
            Place {
                block: number,
                bay,
                row: row as u16 + 1,
                tier: height as u16 + 1,
            },
        ))
    }

    fn cell_mut(&mut self, place: Place) -> &mut Cell {
        let block = &mut self.blocks[usize::from(place.block)];
        &mut block.cells[place.cell(block.rows)]
    }

    fn stack(&self, place: Place) -> &[Key] {
        let block = &self.blocks[usize::from(place.block)];
        &block.cells[place.cell(block.rows)].stacks[place.half()]
    }

    /// Puts a box into a slot that [`Yard::find`] gave and nobody has taken since.
    pub fn put(&mut self, place: Place, key: Key, group: u32) {
        let cell = self.cell_mut(place);
        if cell.is_empty() {
            cell.long = place.is_long();
            cell.group = group;
        }
        cell.stacks[place.half()].push(key);
        debug_assert_eq!(cell.stacks[place.half()].len(), usize::from(place.tier));
        self.standing += 1;
    }

    /// Takes the box on top of a stack out of its slot.
    pub fn take(&mut self, place: Place) -> Option<Key> {
        debug_assert_eq!(self.stack(place).len(), usize::from(place.tier));
        let taken = self.cell_mut(place).stacks[place.half()].pop();
        self.standing -= usize::from(taken.is_some());
        taken
    }

    /// The box that must be moved first when this slot is wanted: the one on top, unless that is it.
    pub fn above(&self, place: Place) -> Option<Key> {
        let stack = self.stack(place);
        stack
            .last()
            .filter(|_| stack.len() > usize::from(place.tier))
            .copied()
    }

    /// The box on top of some stack in these blocks, if chance finds one.
    pub fn some_top(&self, blocks: &[u16], dice: &mut Dice) -> Option<Key> {
        if blocks.is_empty() {
            return None;
        }
        (0..TRIES * 4).find_map(|_| {
            let block = &self.blocks[usize::from(*dice.pick(blocks))];
            let cell = block.cells.get(dice.below(block.cells.len()))?;
            let half = dice.below(2);
            cell.stacks[half].last().or(cell.stacks[1 - half].last()).copied()
        })
    }

    /// The few blocks in which a group's boxes are kept together.
    pub fn blocks_of(&self, blocks: &[u16], group: u32) -> Vec<u16> {
        let spread = group.wrapping_mul(2_654_435_761) as usize >> 7;
        let count = blocks.len().min(8);
        (0..count)
            .map(|n| blocks[(spread + n * 17) % blocks.len()])
            .collect()
    }

    /// A slot's address as the terminal writes it.
    pub fn address(&self, place: Place) -> String {
        self.pattern.0.write(&SlotAddress {
            block: self.blocks[usize::from(place.block)].name.clone(),
            bay: place.bay,
            row: place.row,
            tier: place.tier,
        })
    }
}

/// A slot pattern that is stored as its text.
#[derive(Clone, Debug)]
struct Pattern(SlotPattern);

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pattern, D::Error> {
        let text = String::deserialize(deserializer)?;
        SlotPattern::parse(&text)
            .map(Pattern)
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::super::container::{Container, Containers, Facts, Passage};
    use super::*;

    fn facts() -> Facts {
        Facts {
            number: "QLKU0000000".into(),
            size: 0,
            passage: Passage::Empty,
            goods: None,
            temperature: None,
            kilograms: 0,
            carrier: 0,
            bill: 0,
            declaration: (2026, 0),
            inbound: None,
            outbound: None,
        }
    }

    #[test]
    fn a_group_that_is_fetched_together_stands_together() {
        let layout = shared::yard::builtin::layout();
        let (mut yard, mut dice, mut containers) = (Yard::new(&layout), Dice::new(3), Containers::default());
        let blocks = yard.zones.general.clone();
        let mut cells = std::collections::BTreeSet::new();
        for number in 0..100 {
            let wish = Wish {
                long: true,
                group: 1 + number % 2,
                most: 5,
                tall: true,
                spaced: false,
                away_from: None,
            };
            let place = yard.find(&blocks, wish, &mut dice).unwrap();
            let key = containers.add(Container::expected(facts()));
            yard.grow(wish.group, place);
            yard.put(place, key, wish.group);
            cells.insert((wish.group, place.block, place.bay, place.row));
        }
        assert_eq!(cells.len(), 20);
    }

    #[test]
    fn zones_follow_from_the_designations_of_the_built_in_layout() {
        let layout = shared::yard::builtin::layout();
        let zones = Yard::new(&layout).zones;
        assert_eq!(
            (zones.general.len(), zones.reefer.len(), zones.empty.len()),
            (120, 16, 34)
        );
        assert_eq!((zones.dangerous.len(), zones.dangerous_powered.len()), (5, 1));
        assert_eq!((zones.inspection.len(), zones.inspection_dangerous.len()), (3, 1));
    }

    #[test]
    fn a_block_fills_to_its_last_slot_from_the_ground_and_no_slot_is_given_twice() {
        let layout = shared::yard::builtin::layout();
        let (mut yard, mut dice, mut containers) = (Yard::new(&layout), Dice::new(3), Containers::default());
        let block = yard.zones.general[..1].to_vec();
        let mut taken = vec![false; layout.slots()];
        for number in 0.. {
            let wish = Wish {
                long: number % 3 == 0,
                group: 1,
                most: 9,
                tall: false,
                spaced: false,
                away_from: None,
            };
            let other = Wish {
                long: !wish.long,
                ..wish
            };
            let found = yard.find(&block, wish, &mut dice);
            let Some(place) = found.or_else(|| yard.find(&block, other, &mut dice)) else {
                break;
            };
            let key = containers.add(Container::expected(facts()));
            yard.put(place, key, 1);
            let (_, slot) = layout.find(&yard.address(place)).unwrap();
            let index = layout.index(&slot).unwrap();
            for byte in [Some(index.near), index.far].into_iter().flatten() {
                assert!(!taken[byte]);
                assert!(slot.tier == 1 || taken[byte - 1], "nothing floats");
                taken[byte] = true;
            }
        }
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 40 * 6 * 5);
    }
}
