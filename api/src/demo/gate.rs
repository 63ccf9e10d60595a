//! What happens at the gate.

use super::consignment::GENERAL_SIZES;
use super::container::{Container, Facts, Key, Passage};
use super::durations::{
    PICK_UP, PROMPT_PICK_UP, STACKING, STRAIGHT_THROUGH, URGENT_PICK_UP, gate_hours, gate_traffic,
    mean_gate_traffic,
};
use super::fleet::CARRIERS;
use super::{Action, Port, hours};
use shared::event::Node;
use shared::time::{DAY, MINUTE, Time};
use smol_str::SmolStr;
use std::collections::VecDeque;

/// Empty boxes that come back a day, at full traffic.
const EMPTIES_IN: f64 = 600.0;
/// Empty boxes that are fetched a day, at full traffic and with the usual number standing.
const EMPTIES_OUT: f64 = 870.0;
/// Empty boxes that usually stand, at full traffic.
const EMPTIES: f64 = 20_000.0;
/// How many numbers of boxes outside are remembered.
const REMEMBERED: usize = 20_000;

impl Port {
    /// A box comes in by truck.
    pub(super) fn gate_in(&mut self, key: Key) {
        let Some(container) = self.containers.get(key) else {
            return;
        };
        let (direct, call, empty) = (
            container.direct,
            container.call,
            container.facts.passage == Passage::Empty,
        );
        self.tell(key, Node::GateIn);
        if !empty {
            let wait = self.dice.between(4, 25) * MINUTE;
            self.plan_in(wait, Action::ReportArrival(key));
        }
        match call.filter(|_| direct) {
            Some(call) => {
                let wait = self.dice.lasting(&STRAIGHT_THROUGH);
                self.plan_in(wait, Action::LoadDirectly(key, call));
            }
            None => {
                let wait = self.dice.lasting(&STACKING);
                self.plan_in(wait, Action::Stack(key));
            }
        }
    }

    /// Plans when the truck for a released import box comes: sooner for one that was released ahead.
    pub(super) fn plan_pick_up(&mut self, key: Key, ahead: bool) {
        let Some(container) = self.containers.get(key) else {
            return;
        };
        let prompt = container.facts.goods.is_some() || container.facts.temperature.is_some();
        let wait = self.dice.lasting(match (container.urgent, prompt) {
            (true, _) => &URGENT_PICK_UP,
            (false, true) => &PROMPT_PICK_UP,
            (false, false) => &PICK_UP,
        });
        let wait = if ahead { wait * 6 / 10 } else { wait };
        let at = gate_hours(&mut self.dice, self.now.plus(wait));
        self.agenda.plan(at, Action::PickUp(key));
    }

    /// A truck fetches a box: from its slot, or straight from the quay.
    pub(super) fn pick_up(&mut self, key: Key) {
        let Some(container) = self.containers.get(key) else {
            return;
        };
        if let Some(place) = container.place
            && !self.can_leave(key, place)
        {
            return self.retry(Action::PickUp(key));
        }
        self.tell(key, Node::GateOut);
        self.leave(key);
    }

    /// A box has left: its slot is free, and its number may come back another day.
    pub(super) fn leave(&mut self, key: Key) {
        let Some(container) = self.containers.remove(key) else {
            return;
        };
        if let Some(place) = container.place {
            self.yard.take(place);
        }
        let left = (container.facts.number, container.facts.size, self.now);
        match container.facts.passage {
            Passage::Import => remember(&mut self.with_importers, left),
            Passage::Empty => self.empties = self.empties.saturating_sub(1),
            Passage::Export | Passage::Transshipment => {}
        }
    }

    /// An importer brings an empty box back.
    pub(super) fn empty_in(&mut self) {
        let next = self.gate_interval(EMPTIES_IN);
        self.plan_in(next, Action::EmptyIn);
        let yesterday = self.now.plus(-DAY);
        let returned = match self.with_importers.front() {
            Some((.., left)) if *left < yesterday => self.with_importers.pop_front(),
            _ => None,
        };
        let (number, size) = match returned {
            Some((number, size, _)) => (number, size),
            None => (self.number(), self.general_size()),
        };
        let key = self.expect_empty(number, size, None);
        self.gate_in(key);
    }

    /// An exporter fetches an empty box: the more stand, the more are fetched.
    pub(super) fn empty_out(&mut self) {
        let usual = self.settings.at_this_traffic(EMPTIES).max(1.0);
        let next = self.gate_interval(EMPTIES_OUT * (self.empties as f64 / usual).clamp(0.05, 2.0));
        self.plan_in(next, Action::EmptyOut);
        let Some(key) = self.yard.some_top(&self.yard.zones.empty, &mut self.dice) else {
            return;
        };
        let Some(Container { facts, .. }) = self.containers.get(key) else {
            return;
        };
        let fetched = (facts.number.clone(), facts.size, self.now);
        // A reefer is not filled with general cargo: it would need no power and seem to.
        if GENERAL_SIZES[usize::from(fetched.1)] > 0 {
            remember(&mut self.with_exporters, fetched);
        }
        self.tell(key, Node::GateOut);
        self.leave(key);
    }

    /// An empty box that is going to come.
    pub(super) fn expect_empty(&mut self, number: SmolStr, size: u8, call: Option<u32>) -> Key {
        let inbound = call
            .and_then(|call| self.calls.get(&call))
            .map(|call| call.voyage);
        let mut facts = Facts {
            number,
            size,
            passage: Passage::Empty,
            goods: None,
            temperature: None,
            kilograms: 0,
            carrier: self.dice.below(CARRIERS.len()) as u8,
            bill: 0,
            declaration: (0, 0),
            inbound,
            outbound: None,
        };
        facts.kilograms = facts.size().tare;
        self.containers.add(Container::expected(facts))
    }

    fn gate_interval(&mut self, per_day: f64) -> i64 {
        let mean = self.settings.interval(per_day) * mean_gate_traffic() / gate_traffic(self.now).max(1);
        self.dice.between(mean / 5, mean * 9 / 5).clamp(1_000, hours(6))
    }
}

/// A box outside: number, size type, and when it left.
type Outside = (SmolStr, u8, Time);

fn remember(boxes: &mut VecDeque<Outside>, left: Outside) {
    if boxes.len() < REMEMBERED {
        boxes.push_back(left);
    }
}
