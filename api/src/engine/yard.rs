//! The yard now: one state byte a slot, and who stands in it.

use super::container::Standing;
use rustc_hash::FxHashMap;
use shared::container::ContainerNumber;
use shared::time::Time;
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
    /// Since when.
    pub since: Time,
    /// The byte for this place.
    pub state: SlotState,
}

/// One site's yard. Messages can put two boxes into one slot; the one that came last is shown, and the other
/// again when it leaves.
#[derive(Debug, Default)]
pub struct YardState {
    states: Vec<u8>,
    occupants: FxHashMap<usize, Vec<Occupant>>,
    outside: u64,
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

    /// Who is shown on a place.
    pub fn shown(&self, index: usize) -> Option<&Occupant> {
        self.occupants
            .get(&index)?
            .iter()
            .max_by(|a, b| (a.since, &a.container).cmp(&(b.since, &b.container)))
    }

    /// Puts a box down.
    pub fn put(&mut self, container: &ContainerNumber, stay: &SmolStr, standing: &Standing) {
        let Some(SlotIndex { near, far }) = standing.index else {
            self.outside += 1;
            return;
        };
        for (index, state) in [(Some(near), standing.state), (far, standing.state.far_half())] {
            if let Some(index) = index {
                self.occupants.entry(index).or_default().push(Occupant {
                    container: container.clone(),
                    stay: stay.clone(),
                    slot: standing.slot.clone(),
                    since: standing.since,
                    state,
                });
                self.repaint(index);
            }
        }
    }

    /// Takes a box away.
    pub fn take(&mut self, container: &ContainerNumber, stay: &SmolStr, standing: &Standing) {
        let Some(SlotIndex { near, far }) = standing.index else {
            self.outside = self.outside.saturating_sub(1);
            return;
        };
        for index in [Some(near), far].into_iter().flatten() {
            if let Some(occupants) = self.occupants.get_mut(&index) {
                occupants.retain(|other| other.container != *container || other.stay != *stay);
                if occupants.is_empty() {
                    self.occupants.remove(&index);
                }
            }
            self.repaint(index);
        }
    }

    fn repaint(&mut self, index: usize) {
        let state = self
            .shown(index)
            .map_or(SlotState::EMPTY, |occupant| occupant.state);
        if let Some(byte) = self.states.get_mut(index) {
            *byte = state.0;
        }
    }
}
