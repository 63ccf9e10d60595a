//! The yard at a moment: one state byte a slot, and who stands in it.

use super::container::Standing;
use rustc_hash::{FxHashMap, FxHashSet};
use shared::container::ContainerNumber;
use shared::size_type::teu;
use shared::time::Time;
use shared::wire::replay::{AlarmCounts, YardCounts};
use shared::wire::yard::Placed;
use shared::yard::SlotState;
use shared::yard::layout::SlotIndex;
use smol_str::SmolStr;

/// A box that says it stands on a place of the state vector.
#[derive(Clone, Debug, PartialEq)]
pub struct Occupant {
    /// The container.
    pub container: ContainerNumber,
    /// Its stay.
    pub stay: SmolStr,
    /// Slot address as sent.
    pub slot: SmolStr,
    /// The places that it takes.
    pub index: SlotIndex,
    /// Since when.
    pub since: Time,
    /// Its state byte.
    pub state: SlotState,
}

impl Occupant {
    /// The order in which boxes of one place came.
    fn order(&self) -> (Time, &ContainerNumber, &SmolStr) {
        (self.since, &self.container, &self.stay)
    }

    /// Its byte for one of its places.
    fn byte(&self, place: usize) -> u8 {
        match place == self.index.near {
            true => self.state.0,
            false => self.state.far_half().0,
        }
    }
}

/// One site's yard. Messages can put two boxes into one slot; the one that came last is shown, and the other
/// again when it leaves.
///
/// Nearly every place has one box or none: boxes lie in one list, and places know them by their number there.
#[derive(Debug, Default)]
pub struct YardState {
    states: Vec<u8>,
    /// The number of the box that is shown on each place, counted from 1; 0 for none.
    shown: Vec<u32>,
    /// All boxes of places that have several.
    shared: FxHashMap<usize, Vec<u32>>,
    boxes: Vec<Option<Occupant>>,
    /// Numbers of boxes that left.
    free: Vec<u32>,
    taken: usize,
    outside: u64,
    count: u64,
    half_teu: i64,
    without_size: u64,
}

impl YardState {
    /// An empty yard of so many slots.
    pub fn new(slots: usize) -> YardState {
        YardState {
            states: vec![0; slots],
            shown: vec![0; slots],
            ..YardState::default()
        }
    }

    /// The state bytes.
    pub fn states(&self) -> &[u8] {
        &self.states
    }

    /// Boxes that stand in no slot of the layout.
    pub fn outside(&self) -> u64 {
        self.outside
    }

    /// Places of the state vector on which something stands.
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// How many boxes there are, beside so many active alarms.
    pub fn counts(&self, alarms: AlarmCounts) -> YardCounts {
        YardCounts {
            boxes: self.count,
            teu: teu(self.half_teu),
            without_size: self.without_size,
            alarms,
        }
    }

    /// Who is shown on a place.
    pub fn shown(&self, place: usize) -> Option<&Occupant> {
        self.numbered(*self.shown.get(place)?)
    }

    fn numbered(&self, number: u32) -> Option<&Occupant> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        self.boxes.get(place)?.as_ref()
    }

    /// Every box, in the slots of the layout.
    pub fn standing(&self) -> impl Iterator<Item = &Occupant> {
        self.boxes.iter().flatten()
    }

    /// What must be told of some places so that they look as they are once it is applied in order: a box of 40 ft is
    /// told with both its places, and whatever covers the other one behind it.
    pub fn showing(&self, places: impl IntoIterator<Item = usize>) -> Vec<Placed> {
        let mut open: Vec<usize> = places.into_iter().collect();
        let mut seen = FxHashSet::default();
        let mut told: Vec<&Occupant> = Vec::new();
        while let Some(place) = open.pop() {
            if !seen.insert(place) {
                continue;
            }
            if let Some(occupant) = self.shown(place) {
                open.extend(occupant.index.places());
                told.push(occupant);
            }
        }
        told.sort_by(|a, b| a.order().cmp(&b.order()));
        told.dedup_by(|a, b| a.order() == b.order());
        told.into_iter()
            .map(|occupant| Placed {
                container: occupant.container.to_string(),
                stay: occupant.stay.to_string(),
                slot: occupant.slot.to_string(),
                state: occupant.state.0,
            })
            .collect()
    }

    /// Puts a box down.
    pub fn put(&mut self, container: &ContainerNumber, stay: &SmolStr, standing: &Standing) {
        self.count(standing, 1);
        let Some(index) = standing.index else {
            self.outside += 1;
            return;
        };
        let occupant = Some(Occupant {
            container: container.clone(),
            stay: stay.clone(),
            slot: standing.slot.clone(),
            index,
            since: standing.since,
            state: standing.state,
        });
        let number = match self.free.pop() {
            Some(number) => {
                self.boxes[number as usize - 1] = occupant;
                number
            }
            None => {
                self.boxes.push(occupant);
                // No yard has as many slots as fit into the number.
                u32::try_from(self.boxes.len()).unwrap_or(u32::MAX)
            }
        };
        for place in index.places() {
            match self.shown.get(place) {
                None => {}
                Some(0) => self.show(place, number),
                Some(other) => {
                    let other = *other;
                    self.shared
                        .entry(place)
                        .or_insert_with(|| vec![other])
                        .push(number);
                    self.show_last(place);
                }
            }
        }
    }

    /// Takes a box away.
    pub fn take(&mut self, container: &ContainerNumber, stay: &SmolStr, standing: &Standing) {
        self.count(standing, -1);
        let Some(index) = standing.index else {
            self.outside = self.outside.saturating_sub(1);
            return;
        };
        let is_meant = |number: &&u32| {
            let occupant = self.numbered(**number);
            occupant.is_some_and(|occupant| occupant.container == *container && occupant.stay == *stay)
        };
        let one = self.shown.get(index.near).filter(is_meant);
        let among = || self.shared.get(&index.near)?.iter().find(is_meant);
        let Some(number) = one.or_else(among).copied() else {
            return;
        };
        for place in index.places() {
            if let Some(all) = self.shared.get_mut(&place) {
                all.retain(|other| *other != number);
                self.show_last(place);
            } else if self.shown.get(place) == Some(&number) {
                self.show(place, 0);
            }
        }
        if let Some(occupant) = self.boxes.get_mut(number as usize - 1) {
            *occupant = None;
            self.free.push(number);
        }
    }

    fn count(&mut self, standing: &Standing, step: i64) {
        self.count = self.count.saturating_add_signed(step);
        match standing.half_teu {
            Some(halves) => self.half_teu += step * i64::from(halves),
            None => self.without_size = self.without_size.saturating_add_signed(step),
        }
    }

    /// Shows the one of several boxes that came last; what is left alone needs no list.
    fn show_last(&mut self, place: usize) {
        let all = self.shared.get(&place).map_or(&[][..], Vec::as_slice);
        let boxes = all
            .iter()
            .filter_map(|number| Some((number, self.numbered(*number)?)));
        let last = boxes.max_by(|(_, a), (_, b)| a.order().cmp(&b.order()));
        let last = last.map_or(0, |(number, _)| *number);
        if all.len() < 2 {
            self.shared.remove(&place);
        }
        self.show(place, last);
    }

    fn show(&mut self, place: usize, number: u32) {
        let byte = self.numbered(number).map_or(0, |occupant| occupant.byte(place));
        let (Some(shown), Some(state)) = (self.shown.get_mut(place), self.states.get_mut(place)) else {
            return;
        };
        let was = std::mem::replace(shown, number);
        *state = byte;
        match (was, number) {
            (0, 1..) => self.taken += 1,
            (1.., 0) => self.taken -= 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use shared::event::Direction;
    use shared::stay::Cargo;

    fn standing(place: usize, far: Option<usize>, since: i64) -> Standing {
        Standing {
            slot: "G120101.1".into(),
            index: Some(SlotIndex { near: place, far }),
            since: Time(since),
            state: SlotState::of(Cargo::General, since % 2 == 0, Some(Direction::Import), false),
            half_teu: Some(2),
        }
    }

    proptest! {
        #[test]
        fn each_place_shows_the_box_that_came_last_of_those_that_are_there(
            steps in proptest::collection::vec((0..6u32, 0..4usize, any::<bool>(), 0..9i64), 0..60),
        ) {
            let mut yard = YardState::new(5);
            let mut there: Vec<(ContainerNumber, Standing)> = Vec::new();
            for (whose, place, long, since) in steps {
                let number = ContainerNumber::parse(&format!("BOX{whose}")).unwrap();
                let stay: SmolStr = number.text();
                match there.iter().position(|(other, _)| *other == number) {
                    Some(known) => {
                        let (_, before) = there.remove(known);
                        yard.take(&number, &stay, &before);
                    }
                    None => {
                        let standing = standing(place, long.then_some(place + 1), since);
                        yard.put(&number, &stay, &standing);
                        there.push((number, standing));
                    }
                }
                for place in 0..5 {
                    let mut here: Vec<_> = there
                        .iter()
                        .filter(|(_, at)| at.index.unwrap().places().any(|own| own == place))
                        .collect();
                    here.sort_by_key(|(number, at)| (at.since, number.clone()));
                    let last = here.last();
                    prop_assert_eq!(yard.shown(place).map(|shown| &shown.container), last.map(|(number, _)| number));
                    let byte = last.map_or(0, |(_, at)| match at.index.unwrap().near == place {
                        true => at.state.0,
                        false => at.state.far_half().0,
                    });
                    prop_assert_eq!(yard.states()[place], byte);
                }
                prop_assert_eq!(yard.standing().count(), there.len());
                prop_assert_eq!(yard.taken(), yard.states().iter().filter(|state| **state != 0).count());
            }
        }
    }
}
