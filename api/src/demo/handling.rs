//! What the yard cranes do: stack, shift, plug in and measure.

use super::container::{Container, Goods, Key, Passage};
use super::durations::MISPLACED;
use super::yard::{Place, Wish};
use super::{Action, Port};
use shared::event::Node;
use shared::stay::Channel;
use shared::time::{HOUR, MINUTE};

/// From one shift of a yard crane to the next.
const CRANE_CYCLE: i64 = 3 * MINUTE;

impl Port {
    /// Stacks a box that has come in.
    pub(super) fn stack(&mut self, key: Key) {
        let Some(container) = self.containers.get(key) else {
            return;
        };
        if container.place.is_some() {
            return;
        }
        let sensitive = container.facts.goods.is_some() || container.facts.temperature.is_some();
        let wrong = sensitive && self.dice.chance(self.settings.illegal);
        let place = if wrong {
            self.place_in_general(key)
        } else {
            self.place_for(key, None)
        };
        let Some(place) = place else {
            return self.plan_in(10 * MINUTE, Action::Stack(key));
        };
        self.put(key, place);
        self.tell(key, Node::Stack);
        if wrong {
            if let Some(container) = self.containers.get_mut(key) {
                container.misplaced = true;
            }
            let until = self.dice.lasting(&MISPLACED);
            self.plan_in(until, Action::Relocate(key));
        } else {
            self.plan_plug(key);
        }
        let Some(container) = self.containers.get(key) else {
            return;
        };
        let (passage, released) = (container.facts.passage, container.released);
        self.empties += usize::from(passage == Passage::Empty);
        let selected = container.declared && !released && container.channel != Channel::None;
        if selected {
            let wait = self.dice.between(5, 40) * MINUTE;
            self.plan_in(wait, Action::Select(key));
        }
        if passage == Passage::Import && released {
            self.plan_pick_up(key, true);
        }
    }

    /// Puts a box into a slot, without telling of it.
    fn put(&mut self, key: Key, place: Place) {
        if let Some(container) = self.containers.get_mut(key) {
            self.yard.put(place, key, container.facts.group());
            container.place = Some(place);
            container.moved_at = self.now;
        }
    }

    /// Moves a box that has nothing above it to another slot.
    pub(super) fn shift(&mut self, key: Key, to: Place) {
        let Some(from) = self.containers.get(key).and_then(|container| container.place) else {
            return;
        };
        self.yard.take(from);
        self.put(key, to);
        self.tell(key, Node::Shift);
    }

    /// Whether a slot can be reached. If not, the yard crane begins to move what stands above it: unplugs it
    /// or shifts it, and the caller asks again after [`Port::retry`].
    pub(super) fn reach(&mut self, place: Place) -> bool {
        let Some(above) = self.yard.above(place) else {
            return true;
        };
        if self.unplug(above) {
            return false;
        }
        if let Some(to) = self.place_for(above, Some(place)) {
            self.shift(above, to);
            if let Some(container) = self.containers.get_mut(above) {
                container.misplaced = false;
            }
            self.plan_plug(above);
        }
        false
    }

    /// Plans the same again after the crane's next move.
    pub(super) fn retry(&mut self, action: Action) {
        self.plan_in(CRANE_CYCLE, action);
    }

    /// A legal slot for a box, away from another that is to be reached.
    pub(super) fn place_for(&mut self, key: Key, away_from: Option<Place>) -> Option<Place> {
        let facts = &self.containers.get(key)?.facts;
        let wish = Wish {
            long: facts.size().long,
            group: facts.group(),
            most: 5,
            tall: false,
            spaced: false,
            away_from,
        };
        let (passage, goods, cooled) = (facts.passage, facts.goods(), facts.temperature.is_some());
        if let Some(goods) = goods {
            return self.place_for_dangerous(goods, wish);
        }
        let low = Wish { most: 3, ..wish };
        let (yard, dice) = (&self.yard, &mut self.dice);
        let zones = &yard.zones;
        if cooled {
            return yard
                .find(&zones.reefer, low, dice)
                .or_else(|| yard.find(&zones.reefer, wish, dice));
        }
        let own = yard.blocks_of(&zones.general, wish.group);
        let (first, then, wanted) = match passage {
            Passage::Import => (&own, &zones.general, low),
            Passage::Export | Passage::Transshipment => (&own, &zones.general, Wish { tall: true, ..wish }),
            Passage::Empty => {
                let any = Wish {
                    most: 9,
                    tall: true,
                    group: 0,
                    ..wish
                };
                (&zones.empty, &zones.empty, any)
            }
        };
        let place = yard
            .find(first, wanted, dice)
            .or_else(|| {
                yard.find(
                    then,
                    Wish {
                        tall: false,
                        ..wanted
                    },
                    dice,
                )
            })
            .or_else(|| yard.find(then, Wish { most: 9, ..wish }, dice))?;
        if wanted.tall {
            self.yard.grow(wanted.group, place);
        }
        Some(place)
    }

    fn place_for_dangerous(&mut self, goods: Goods, wish: Wish) -> Option<Place> {
        let zones = &self.yard.zones;
        let blocks: &[u16] = if goods.cooled {
            &zones.dangerous_powered
        } else {
            let number = usize::from(goods.group).checked_rem(zones.dangerous.len())?;
            &zones.dangerous[number..=number]
        };
        let wish = Wish {
            most: usize::from(goods.most),
            ..wish
        };
        self.yard.find(blocks, wish, &mut self.dice)
    }

    /// A slot among general cargo, whatever the box is.
    fn place_in_general(&mut self, key: Key) -> Option<Place> {
        let container = self.containers.get(key)?;
        let wish = Wish {
            long: container.facts.size().long,
            group: container.facts.group(),
            most: 4,
            tall: false,
            spaced: false,
            away_from: None,
        };
        self.yard.find(&self.yard.zones.general, wish, &mut self.dice)
    }

    /// A slot in the inspection area.
    pub(super) fn place_for_inspection(&mut self, key: Key) -> Option<Place> {
        let container = self.containers.get(key)?;
        let dangerous = container.facts.goods.is_some();
        let wish = Wish {
            long: container.facts.size().long,
            group: 0,
            most: 1,
            tall: false,
            spaced: dangerous,
            away_from: None,
        };
        let zones = &self.yard.zones;
        let blocks = if dangerous {
            &zones.inspection_dangerous
        } else {
            &zones.inspection
        };
        self.yard.find(blocks, wish, &mut self.dice)
    }

    /// Brings a box from where it must not stand to where it may.
    pub(super) fn relocate(&mut self, key: Key) {
        let Some(Container {
            place: Some(place),
            misplaced: true,
            ..
        }) = self.containers.get(key)
        else {
            return;
        };
        if !self.reach(*place) {
            return self.retry(Action::Relocate(key));
        }
        let Some(to) = self.place_for(key, None) else {
            return self.plan_in(HOUR, Action::Relocate(key));
        };
        if let Some(container) = self.containers.get_mut(key) {
            container.misplaced = false;
        }
        self.shift(key, to);
        self.plan_plug(key);
    }

    /// Plans to plug in a box that needs cooling.
    pub(super) fn plan_plug(&mut self, key: Key) {
        let needs = self.containers.get(key).is_some_and(|container| {
            container.facts.temperature.is_some() && !container.misplaced && !container.plugged
        });
        if needs {
            let wait = self.dice.between(4, 14) * MINUTE;
            self.plan_in(wait, Action::PlugIn(key));
        }
    }

    /// Plugs in a reefer.
    pub(super) fn plug_in(&mut self, key: Key) {
        let Some(container) = self.containers.get_mut(key) else {
            return;
        };
        if container.plugged || container.place.is_none() || container.misplaced {
            return;
        }
        container.plugged = true;
        self.tell(key, Node::PlugIn);
        let wait = self.dice.between(180, 300) * MINUTE;
        self.plan_in(wait, Action::Measure(key));
    }

    /// Unplugs a reefer; whether it was plugged in.
    pub(super) fn unplug(&mut self, key: Key) -> bool {
        let Some(container) = self.containers.get_mut(key) else {
            return false;
        };
        if !container.plugged {
            return false;
        }
        container.plugged = false;
        container.moved_at = self.now;
        self.tell(key, Node::PlugOut);
        true
    }

    /// Whether a box can be taken out of its slot now. If not, somebody has begun to make it so, and the caller
    /// asks again a little later.
    pub(super) fn can_leave(&mut self, key: Key, place: Place) -> bool {
        let just_moved = self
            .containers
            .get(key)
            .is_some_and(|container| self.now < container.moved_at.plus(2 * MINUTE));
        !just_moved && self.reach(place) && !self.unplug(key)
    }

    /// Measures a reefer, once a day.
    pub(super) fn measure(&mut self, key: Key) {
        let Some(set) = self
            .containers
            .get(key)
            .filter(|container| container.plugged)
            .and_then(|container| container.facts.temperature)
        else {
            return;
        };
        let measured = set + self.dice.between(-6, 9) as i16;
        self.tell_more(key, Node::Measure, |report, _| report.measured = Some(measured));
        let wait = self.dice.between(23 * 60, 25 * 60) * MINUTE;
        self.plan_in(wait, Action::Measure(key));
    }
}
