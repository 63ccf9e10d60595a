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
    /// All places that it takes.
    pub index: SlotIndex,
    /// Since when.
    pub since: Time,
    /// The byte for this place.
    pub state: SlotState,
}

impl Occupant {
    /// The order in which boxes of one place came.
    fn order(&self) -> (Time, &ContainerNumber, &SmolStr) {
        (self.since, &self.container, &self.stay)
    }
}

/// One site's yard. Messages can put two boxes into one slot; the one that came last is shown, and the other
/// again when it leaves.
#[derive(Debug, Default)]
pub struct YardState {
    states: Vec<u8>,
    occupants: FxHashMap<usize, Vec<Occupant>>,
    outside: u64,
    boxes: u64,
    half_teu: i64,
    without_size: u64,
}

impl YardState {
    /// An empty yard of so many slots.
    pub fn new(slots: usize) -> YardState {
        YardState {
            states: vec![0; slots],
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
        self.occupants.len()
    }

    /// How many boxes there are, beside so many active alarms.
    pub fn counts(&self, alarms: AlarmCounts) -> YardCounts {
        YardCounts {
            boxes: self.boxes,
            teu: teu(self.half_teu),
            without_size: self.without_size,
            alarms,
        }
    }

    /// Who is shown on a place.
    pub fn shown(&self, index: usize) -> Option<&Occupant> {
        self.occupants
            .get(&index)?
            .iter()
            .max_by(|a, b| a.order().cmp(&b.order()))
    }

    /// Every box, in the slots of the layout.
    pub fn standing(&self) -> impl Iterator<Item = &Occupant> {
        let all = self.occupants.values().flatten();
        all.filter(|occupant| !occupant.state.is_far_half())
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
                state: occupant.state.0 & !SlotState::FAR_HALF,
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
        for place in index.places() {
            let state = match index.near == place {
                true => standing.state,
                false => standing.state.far_half(),
            };
            self.occupants.entry(place).or_default().push(Occupant {
                container: container.clone(),
                stay: stay.clone(),
                slot: standing.slot.clone(),
                index,
                since: standing.since,
                state,
            });
            self.repaint(place);
        }
    }

    /// Takes a box away.
    pub fn take(&mut self, container: &ContainerNumber, stay: &SmolStr, standing: &Standing) {
        self.count(standing, -1);
        let Some(index) = standing.index else {
            self.outside = self.outside.saturating_sub(1);
            return;
        };
        for place in index.places() {
            if let Some(occupants) = self.occupants.get_mut(&place) {
                occupants.retain(|other| other.container != *container || other.stay != *stay);
                if occupants.is_empty() {
                    self.occupants.remove(&place);
                }
            }
            self.repaint(place);
        }
    }

    fn count(&mut self, standing: &Standing, step: i64) {
        self.boxes = self.boxes.saturating_add_signed(step);
        match standing.half_teu {
            Some(halves) => self.half_teu += step * i64::from(halves),
            None => self.without_size = self.without_size.saturating_add_signed(step),
        }
    }

    fn repaint(&mut self, place: usize) {
        let state = self
            .shown(place)
            .map_or(SlotState::EMPTY, |occupant| occupant.state);
        if let Some(byte) = self.states.get_mut(place) {
            *byte = state.0;
        }
    }
}
