//! How much stood in a site's yard and how much was moved there, by quarters of an hour: no zone divides one.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use shared::time::{HOUR, MINUTE, Time};
use shared::wire::replay::BlockMoves;
use shared::yard::Spell;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A quarter of an hour in milliseconds.
pub const QUARTER: i64 = 15 * MINUTE;
const QUARTERS: i64 = HOUR / QUARTER;

/// The beginning of the quarter of a moment.
pub fn quarter_of(at: Time) -> Time {
    Time(at.0 - at.0.rem_euclid(QUARTER))
}

/// The end of the quarter of a moment, or the moment itself where one ends.
pub fn quarter_end(at: Time) -> Time {
    Time(at.0.saturating_add((-at.0).rem_euclid(QUARTER)))
}

/// The course of one site's yard.
#[derive(Debug, Default)]
pub struct Course {
    hours: BTreeMap<i64, CourseHour>,
    /// Names of blocks, each once: hours know them by their place here.
    blocks: Vec<SmolStr>,
    places: FxHashMap<SmolStr, u16>,
    changed: FxHashSet<i64>,
}

/// One hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseHour {
    quarters: [Quarter; QUARTERS as usize],
    /// By quarter and block.
    moved: Vec<Moved>,
}

/// One quarter of an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarter {
    /// Boxes that came into the yard, less those that left it.
    pub boxes: i64,
    /// Boxes that were put down, moved or taken away.
    pub moves: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Moved {
    quarter: u8,
    block: u16,
    came: i32,
    went: i32,
    shifts: i32,
}

impl Course {
    /// A course as the store holds it.
    pub fn restore(blocks: Vec<SmolStr>, hours: impl IntoIterator<Item = (i64, CourseHour)>) -> Course {
        let places = blocks
            .iter()
            .enumerate()
            .filter_map(|(place, block)| Some((block.clone(), u16::try_from(place).ok()?)))
            .collect();
        Course {
            hours: hours.into_iter().collect(),
            blocks,
            places,
            changed: FxHashSet::default(),
        }
    }

    /// Adds what a stay moved (`step` 1), or takes it back (−1). `block_of` says in which block a box stood.
    pub fn count(&mut self, spells: &[Spell], block_of: impl Fn(&Spell) -> Option<SmolStr>, step: i32) {
        // A box that was put down and never moved has one block, from beginning to end.
        let mut last: Option<Option<SmolStr>> = None;
        for spell in spells.iter().filter(|spell| spell.from == spell.since) {
            let block = block_of(spell);
            let at = spell.since;
            let quarter = self.quarter(at);
            quarter.moves += i64::from(step);
            quarter.boxes += i64::from(step) * i64::from(last.is_none());
            match last.take() {
                Some(before) if before == block => self.moved(at, block.as_ref(), (0, 0, step)),
                before => {
                    self.moved(at, before.flatten().as_ref(), (0, step, 0));
                    self.moved(at, block.as_ref(), (step, 0, 0));
                }
            }
            last = Some(block);
        }
        if let Some(left) = spells.last().and_then(|spell| spell.until) {
            let quarter = self.quarter(left);
            quarter.moves += i64::from(step);
            quarter.boxes -= i64::from(step);
            self.moved(left, last.flatten().as_ref(), (0, step, 0));
        }
    }

    fn quarter(&mut self, at: Time) -> &mut Quarter {
        let hour = at.0.div_euclid(HOUR);
        self.changed.insert(hour);
        let quarters = &mut self.hours.entry(hour).or_default().quarters;
        &mut quarters[quarter_of_hour(at)]
    }

    fn moved(&mut self, at: Time, block: Option<&SmolStr>, (came, went, shifts): (i32, i32, i32)) {
        let Some(block) = block.and_then(|block| self.place_of(block)) else {
            return;
        };
        let quarter = u8::try_from(quarter_of_hour(at)).unwrap_or(0);
        let hour = self.hours.entry(at.0.div_euclid(HOUR)).or_default();
        let key = |moved: &Moved| (moved.quarter, moved.block);
        let place = match hour.moved.binary_search_by_key(&(quarter, block), key) {
            Ok(place) => place,
            Err(place) => {
                let none = Moved {
                    quarter,
                    block,
                    came: 0,
                    went: 0,
                    shifts: 0,
                };
                hour.moved.insert(place, none);
                place
            }
        };
        let moved = &mut hour.moved[place];
        moved.came += came;
        moved.went += went;
        moved.shifts += shifts;
        if (moved.came, moved.went, moved.shifts) == (0, 0, 0) {
            hour.moved.remove(place);
        }
    }

    /// The place of a block's name; `None` when there are more names than any yard has blocks.
    fn place_of(&mut self, block: &SmolStr) -> Option<u16> {
        if let Some(place) = self.places.get(block) {
            return Some(*place);
        }
        let place = u16::try_from(self.blocks.len()).ok()?;
        self.blocks.push(block.clone());
        self.places.insert(block.clone(), place);
        Some(place)
    }

    /// The quarter in which a box was first put down.
    pub fn first(&self) -> Option<Time> {
        self.hours.iter().find_map(|(hour, of_hour)| {
            let place = of_hour.quarters.iter().position(|quarter| quarter.moves > 0)?;
            Some(Time(hour * HOUR + i64::try_from(place).unwrap_or(0) * QUARTER))
        })
    }

    /// The boxes that stood before a moment, and every quarter from there to another, with its beginning. Both moments
    /// lie between quarters.
    pub fn between(&self, from: Time, to: Time) -> (i64, Vec<(Time, Quarter)>) {
        let mut before = 0;
        let mut quarters = Vec::new();
        for (hour, of_hour) in self.hours.range(..=to.0.div_euclid(HOUR)) {
            for (place, quarter) in of_hour.quarters.iter().enumerate() {
                let begins = Time(hour * HOUR + i64::try_from(place).unwrap_or(0) * QUARTER);
                if begins < from {
                    before += quarter.boxes;
                } else if begins < to && *quarter != Quarter::default() {
                    quarters.push((begins, *quarter));
                }
            }
        }
        (before, quarters)
    }

    /// What was moved in each block from one moment to another, both between quarters: most first, then by name.
    pub fn moves(&self, from: Time, to: Time) -> Vec<BlockMoves> {
        let mut sums = vec![(0i64, 0i64, 0i64); self.blocks.len()];
        for (hour, of_hour) in self.hours.range(from.0.div_euclid(HOUR)..=to.0.div_euclid(HOUR)) {
            for moved in &of_hour.moved {
                let begins = Time(hour * HOUR + i64::from(moved.quarter) * QUARTER);
                if let Some(sum) = sums.get_mut(usize::from(moved.block))
                    && from <= begins
                    && begins < to
                {
                    sum.0 += i64::from(moved.came);
                    sum.1 += i64::from(moved.went);
                    sum.2 += i64::from(moved.shifts);
                }
            }
        }
        let whole = |count: i64| u64::try_from(count).unwrap_or(0);
        let mut rows: Vec<BlockMoves> = self
            .blocks
            .iter()
            .zip(sums)
            .map(|(block, (came, went, shifts))| BlockMoves {
                block: block.to_string(),
                moves: whole(came + went + shifts),
                came: whole(came),
                went: whole(went),
                shifts: whole(shifts),
            })
            .filter(|row| row.moves > 0)
            .collect();
        rows.sort_by(|a, b| b.moves.cmp(&a.moves).then_with(|| a.block.cmp(&b.block)));
        rows
    }

    /// The names of blocks, for a checkpoint.
    pub fn blocks(&self) -> &[SmolStr] {
        &self.blocks
    }

    /// The hours that changed since the last call, for a checkpoint.
    pub fn take_changed(&mut self) -> Vec<(i64, CourseHour)> {
        let changed = std::mem::take(&mut self.changed).into_iter();
        changed
            .map(|hour| (hour, self.hours.get(&hour).cloned().unwrap_or_default()))
            .collect()
    }
}

fn quarter_of_hour(at: Time) -> usize {
    usize::try_from(at.0.rem_euclid(HOUR) / QUARTER).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::yard::SlotState;

    fn spell(slot: &str, from: i64, until: Option<i64>) -> Spell {
        Spell {
            slot: slot.into(),
            since: Time(from),
            from: Time(from),
            until: until.map(Time),
            state: SlotState::EMPTY,
        }
    }

    #[test]
    fn what_is_counted_and_taken_back_leaves_nothing() {
        let block_of = |spell: &Spell| Some(SmolStr::new(&spell.slot[..3]));
        let spells = [
            spell("G120101.1", 0, Some(HOUR)),
            spell("G120301.1", HOUR, Some(2 * HOUR)),
            spell("G130301.1", 2 * HOUR, Some(3 * HOUR)),
        ];
        let mut course = Course::default();
        course.count(&spells, block_of, 1);
        let rows: Vec<_> = course
            .moves(Time(0), Time(4 * HOUR))
            .into_iter()
            .map(|row| (row.block, row.came, row.went, row.shifts))
            .collect();
        assert_eq!(rows, [("G12".to_owned(), 1, 1, 1), ("G13".to_owned(), 1, 1, 0)]);
        let (before, quarters) = course.between(Time(HOUR), Time(4 * HOUR));
        let moves: i64 = quarters.iter().map(|(_, quarter)| quarter.moves).sum();
        assert_eq!((before, moves, course.first()), (1, 3, Some(Time(0))));
        course.count(&spells, block_of, -1);
        assert!(course.moves(Time(0), Time(4 * HOUR)).is_empty());
        assert_eq!(course.between(Time(0), Time(4 * HOUR)), (0, Vec::new()));
        assert_eq!(course.first(), None);
    }
}
