//! What happens at the quay: calls, discharging and loading.

use super::container::{Container, Key, Passage};
use super::dice::Quantiles;
use super::durations::{STACKING, STRAIGHT_THROUGH};
use super::fleet::{VESSELS, Voyage};
use super::report::{Report, Subject, Way};
use super::yard::Place;
use super::{Action, Port, hours};
use serde::{Deserialize, Serialize};
use shared::event::{Classifier, Node};
use shared::time::{DAY, HOUR, MINUTE, Time};

/// Berths along the quay.
const BERTHS: u8 = 6;
/// Moves of a call.
const MOVES: Quantiles = Quantiles(&[
    (0, 600),
    (3_000, 900),
    (6_000, 1_400),
    (9_000, 2_200),
    (10_000, 3_000),
]);
/// Moves of a quay crane an hour.
const CRANE_RATE: i64 = 28;
/// How long before its arrival a call is planned.
const HORIZON: i64 = 15 * DAY;
/// How long before the arrival the carrier estimates it, each time anew.
const ESTIMATES: [i64; 5] = [7 * DAY, 4 * DAY, 2 * DAY, DAY, 8 * HOUR];
/// How long before the arrival the manifest comes.
const MANIFEST: i64 = 2 * DAY;
/// Of a hundred discharged boxes so many are for transshipment, and so many empty.
const DISCHARGED: (usize, usize) = (12, 21);
/// The same of the loaded ones.
const LOADED: (usize, usize) = (12, 15);

/// A berth.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Berth {
    /// When the next vessel is due.
    next: Time,
}

/// A vessel's call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Call {
    /// The vessel and its voyage.
    pub voyage: Voyage,
    /// When it arrives.
    arrival: Time,
    /// Moves that are going to be made, and from one to the next in milliseconds.
    moves: usize,
    pace: i64,
    /// The carrier's name for its estimate of the arrival.
    estimate: u64,
    to_discharge: Vec<Key>,
    discharges: usize,
    /// Boxes that are meant for it.
    to_load: Vec<Key>,
    /// Those of them that can be loaded, the next one last.
    loading: Vec<Key>,
    empties_to_load: usize,
    rounds: u8,
    /// Boxes that are loaded as they come in and have not come yet.
    direct: u32,
}

impl Port {
    /// Gives every berth its first vessel.
    pub(super) fn open_berths(&mut self) {
        self.vessels = (0..VESSELS)
            .map(|vessel| Voyage {
                vessel,
                number: 2_600,
            })
            .collect();
        for berth in 0..BERTHS {
            let next = self.now.plus(self.dice.between(hours(1), hours(30)));
            self.berths.push(Berth { next });
            self.agenda.plan(self.now, Action::PlanCall(berth));
        }
    }

    /// Plans the next call at a berth, and when the one after it is planned.
    pub(super) fn plan_call(&mut self, berth: u8) {
        let number = usize::from(berth);
        // Among the first few vessels that are due, so that the order is not always the same.
        let due = self.dice.below(6.min(self.vessels.len()));
        let (Some(last), Some(arrival)) = (
            self.vessels.remove(due),
            self.berths.get(number).map(|berth| berth.next),
        ) else {
            return;
        };
        let voyage = Voyage {
            number: last.number + 1,
            ..last
        };
        self.vessels.push_back(voyage);

        let moves = self.dice.lasting(&MOVES) / MINUTE;
        let cranes = (2 + moves / 600).clamp(3, 6);
        let pace = HOUR / (cranes * CRANE_RATE);
        let alongside = moves * pace + hours(3);
        let cycle = (DAY as f64 * f64::from(BERTHS) / self.settings.calls_per_day.max(0.1)) as i64;
        let idle = (cycle - alongside - hours(2)).max(hours(1));
        let next = arrival.plus(alongside + hours(2) + self.dice.between(idle / 2, idle * 3 / 2));
        if let Some(berth) = self.berths.get_mut(number) {
            berth.next = next;
        }
        self.agenda
            .plan(next.plus(-HORIZON).max(self.now), Action::PlanCall(berth));

        self.calls_planned += 1;
        let id = self.calls_planned;
        self.reports += 1;
        let loads = moves as usize / 2;
        let exports = loads - loads * (LOADED.0 + LOADED.1) / 100;
        self.calls.insert(
            id,
            Call {
                voyage,
                arrival,
                moves: moves as usize,
                pace,
                estimate: self.reports,
                to_discharge: Vec::new(),
                discharges: 0,
                to_load: Vec::new(),
                loading: Vec::new(),
                empties_to_load: loads * LOADED.1 / 100,
                rounds: 0,
                direct: 0,
            },
        );
        self.expect_loads(id, exports, moves * pace);
        for before in ESTIMATES {
            let at = arrival.plus(-before);
            if at > self.now {
                self.agenda.plan(at, Action::Estimate(id));
            }
        }
        self.agenda
            .plan(arrival.plus(-MANIFEST).max(self.now), Action::Manifest(id));
        self.agenda.plan(arrival, Action::Arrive(id));
    }

    /// Export boxes that are going to be brought for a call.
    fn expect_loads(&mut self, id: u32, exports: usize, alongside: i64) {
        let Some((voyage, arrival)) = self.calls.get(&id).map(|call| (call.voyage, call.arrival)) else {
            return;
        };
        let mut left = exports;
        while left > 0 {
            let (keys, boxes) = self.expect_exports(id, voyage, arrival, alongside, left);
            left -= boxes.clamp(1, left);
            for key in keys {
                let direct = self.containers.get(key).is_some_and(|container| container.direct);
                if let Some(call) = self.calls.get_mut(&id) {
                    if direct {
                        call.direct += 1;
                    } else {
                        call.to_load.push(key);
                    }
                }
            }
        }
    }

    /// The manifest of a call comes: what it is going to discharge becomes known.
    pub(super) fn take_manifest(&mut self, id: u32) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let (voyage, arrival, discharges) = (call.voyage, call.arrival, call.moves / 2);
        let transshipped = discharges * DISCHARGED.0 / 100;
        let empties = discharges * DISCHARGED.1 / 100;
        let mut keys: Vec<Key> = Vec::with_capacity(discharges);
        while keys.len() + transshipped + empties < discharges {
            let left = discharges - transshipped - empties - keys.len();
            keys.extend(self.expect_imports(voyage, arrival, left));
        }
        for _ in 0..transshipped {
            let key = self.expect_transshipment(voyage);
            keys.push(key);
        }
        for _ in 0..empties {
            let (number, size) = (self.number(), self.general_size());
            let key = self.expect_empty(number, size, Some(id));
            keys.push(key);
        }
        for place in (1..keys.len()).rev() {
            let other = self.dice.below(place + 1);
            keys.swap(place, other);
        }
        if let Some(call) = self.calls.get_mut(&id) {
            call.discharges = keys.len();
            call.to_discharge = keys;
        }
    }

    /// The carrier estimates the arrival; the nearer it is, the better.
    pub(super) fn estimate(&mut self, id: u32) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let (voyage, arrival, estimate) = (call.voyage, call.arrival, call.estimate);
        let error = (arrival.0 - self.now.0) / 24;
        let at = arrival.plus(self.dice.between(-error, error));
        let mut report = self.vessel_report(voyage, Node::VesselArrival, Classifier::Estimated, at);
        report.id = estimate;
        report.updated_at = Some(self.now);
        self.post(Way::Dcsa, report);
        if (DAY / 2..DAY * 3 / 2).contains(&(arrival.0 - self.now.0)) {
            let report = self.vessel_report(voyage, Node::VesselArrival, Classifier::Planned, at);
            self.post(Way::Native, report);
        }
    }

    /// The vessel berths, and the cranes begin.
    pub(super) fn arrive(&mut self, id: u32) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let (voyage, leaves) = (
            call.voyage,
            self.now.plus(call.moves as i64 * call.pace + hours(3)),
        );
        self.tell_of_vessel(voyage, Node::VesselArrival);
        let report = self.vessel_report(voyage, Node::VesselDeparture, Classifier::Estimated, leaves);
        self.post(Way::Dcsa, report);
        let wait = self.dice.between(35, 80) * MINUTE;
        self.plan_in(wait, Action::Work(id));
    }

    /// The vessel leaves; what it could not take waits for another.
    pub(super) fn depart(&mut self, id: u32) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        if call.direct > 0 {
            return self.plan_in(10 * MINUTE, Action::Depart(id));
        }
        let voyage = call.voyage;
        self.tell_of_vessel(voyage, Node::VesselDeparture);
        let Some(call) = self.calls.remove(&id) else {
            return;
        };
        self.yard.forget(voyage.group());
        for key in call.to_load {
            self.assign(key, self.now.plus(DAY));
        }
    }

    fn tell_of_vessel(&mut self, voyage: Voyage, node: Node) {
        let report = self.vessel_report(voyage, node, Classifier::Actual, self.now);
        let as_the_carrier_saw_it = self.now.plus(self.dice.between(0, 4) * MINUTE);
        let told_too = self.vessel_report(voyage, node, Classifier::Actual, as_the_carrier_saw_it);
        self.post(Way::Native, report);
        self.post(Way::Dcsa, told_too);
    }

    fn vessel_report(&mut self, voyage: Voyage, node: Node, classifier: Classifier, at: Time) -> Report {
        self.reports += 1;
        Report {
            id: self.reports,
            at: Time(at.0.div_euclid(MINUTE) * MINUTE),
            node,
            classifier,
            updated_at: None,
            retracted: false,
            subject: Subject::Vessel(voyage),
            slot: None,
            measured: None,
            finding: None,
            damage: None,
        }
    }

    /// Finds a vessel for a box that is not going by land: one that arrives after `from`.
    fn assign(&mut self, key: Key, from: Time) {
        let until = from.plus(10 * DAY);
        let fitting: Vec<u32> = self
            .calls
            .iter()
            .filter(|(_, call)| call.arrival > from && call.arrival < until)
            .map(|(id, _)| *id)
            .collect();
        if fitting.is_empty() {
            return;
        }
        let id = *self.dice.pick(&fitting);
        if let Some(call) = self.calls.get_mut(&id)
            && let Some(container) = self.containers.get_mut(key)
        {
            call.to_load.push(key);
            container.call = Some(id);
            container.facts.outbound = Some(call.voyage);
        }
    }

    /// The quay cranes make a move, or find that all is done.
    pub(super) fn work(&mut self, id: u32) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let pace = call.pace;
        // Loading begins when three quarters are off.
        let loads_too = call.to_discharge.len() * 4 < call.discharges;
        let discharged = if loads_too && self.dice.chance(0.5) {
            None
        } else {
            call.to_discharge.pop()
        };
        let busy = match discharged {
            Some(key) => {
                self.discharge(key);
                true
            }
            None => {
                self.load_next(id)
                    || self
                        .calls
                        .get(&id)
                        .is_some_and(|call| !call.to_discharge.is_empty())
            }
        };
        if busy {
            let wait = self.dice.between(pace / 2, pace * 3 / 2);
            self.plan_in(wait, Action::Work(id));
        } else {
            let wait = self.dice.between(50, 140) * MINUTE;
            self.plan_in(wait, Action::Depart(id));
        }
    }

    /// A box comes off the vessel.
    fn discharge(&mut self, key: Key) {
        let Some(container) = self.containers.get(key) else {
            return;
        };
        let straight_out = container.direct && container.released;
        let transshipment = container.facts.passage == Passage::Transshipment;
        self.tell(key, Node::Discharge);
        if straight_out {
            let wait = self.dice.lasting(&STRAIGHT_THROUGH);
            self.plan_in(wait, Action::PickUp(key));
        } else {
            let wait = self.dice.lasting(&STACKING);
            self.plan_in(wait, Action::Stack(key));
        }
        if transshipment {
            self.assign(key, self.now.plus(7 * DAY));
        }
    }

    /// Loads the next box, or works towards it; whether anything is left to be loaded.
    fn load_next(&mut self, id: u32) -> bool {
        loop {
            let Some(call) = self.calls.get_mut(&id) else {
                return false;
            };
            if let Some(key) = call.loading.pop() {
                if self.load_from_yard(id, key) {
                    return true;
                }
            } else if call.empties_to_load > 0 {
                call.empties_to_load -= 1;
                self.load_empty(id);
                return true;
            } else if call.rounds < 2 {
                call.rounds += 1;
                self.line_up(id);
            } else {
                return false;
            }
        }
    }

    /// Puts the boxes that may be loaded into the order in which they are: from the tops of the stacks down.
    fn line_up(&mut self, id: u32) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let mut ready: Vec<(Place, Key)> = Vec::new();
        let containers = &self.containers;
        call.to_load.retain(|key| match containers.get(*key) {
            Some(container) => match container.place {
                Some(place) if may_be_loaded(container) => {
                    ready.push((place, *key));
                    false
                }
                _ => true,
            },
            None => false,
        });
        ready.sort_unstable();
        call.loading = ready.into_iter().map(|(_, key)| key).collect();
    }

    /// Loads a box, or moves what stands above it; whether a crane was busy.
    fn load_from_yard(&mut self, id: u32, key: Key) -> bool {
        let Some(&Container {
            place: Some(place), ..
        }) = self.containers.get(key)
        else {
            return false;
        };
        if !self.can_leave(key, place) {
            if let Some(call) = self.calls.get_mut(&id) {
                let after_a_few = call.loading.len().saturating_sub(8);
                call.loading.insert(after_a_few, key);
            }
            return true;
        }
        self.load(id, key);
        true
    }

    /// An empty box goes onto the vessel: any one that is on top of its stack.
    fn load_empty(&mut self, id: u32) {
        if let Some(key) = self.yard.some_top(&self.yard.zones.empty, &mut self.dice) {
            self.load(id, key);
        }
    }

    /// A box goes onto the vessel.
    fn load(&mut self, id: u32, key: Key) {
        let voyage = self.calls.get(&id).map(|call| call.voyage);
        if let Some(container) = self.containers.get_mut(key) {
            container.facts.outbound = voyage;
        }
        self.tell(key, Node::Load);
        self.leave(key);
    }

    /// A box that has just come in goes onto the vessel without having been stacked.
    pub(super) fn load_directly(&mut self, key: Key, id: u32) {
        let Some(container) = self.containers.get(key) else {
            return;
        };
        if !container.released {
            return self.plan_in(15 * MINUTE, Action::LoadDirectly(key, id));
        }
        match self.calls.get_mut(&id) {
            Some(call) => {
                call.direct = call.direct.saturating_sub(1);
                self.load(id, key);
            }
            None => {
                self.plan_in(20 * MINUTE, Action::Stack(key));
                self.assign(key, self.now.plus(12 * HOUR));
            }
        }
    }
}

fn may_be_loaded(container: &Container) -> bool {
    match container.facts.passage {
        Passage::Export => container.released && container.instructed,
        Passage::Transshipment | Passage::Empty => true,
        Passage::Import => false,
    }
}
