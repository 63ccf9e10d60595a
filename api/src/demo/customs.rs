//! What customs does: takes declarations, selects, looks, judges and releases.

use super::container::{Container, Key, Passage};
use super::durations::{
    AFTER_VERDICT, DETENTION, INSPECTION, INSPECTION_QUEUE, INSTRUCTION, PRESENTATION, RETURN, SCAN_QUEUE,
    VERDICT,
};
use super::{Action, Port, hours};
use shared::event::{Finding, Node};
use shared::stay::Channel;
use shared::time::MINUTE;

/// Share of the scans and inspections that find something.
const SUSPECT: f64 = 0.03;
/// Share of the declarations that take hours because a document is missing.
const DOCUMENTS: f64 = 0.06;

impl Port {
    /// A declaration comes in.
    pub(super) fn declare(&mut self, key: Key) {
        let Some(container) = self.containers.get_mut(key) else {
            return;
        };
        container.declared = true;
        let (channel, clearance) = (container.channel, container.clearance);
        let stacked = container.place.is_some();
        self.tell(key, Node::Declare);
        match channel {
            Channel::None => {
                self.plan_in(clearance, Action::Release(key));
                if clearance > hours(3) && self.dice.chance(DOCUMENTS) {
                    let wait = self.dice.between(20, 90) * MINUTE;
                    self.plan_in(wait, Action::AskForDocuments(key));
                }
            }
            Channel::Scan | Channel::Inspection if stacked => {
                let wait = self.dice.between(5, 40) * MINUTE;
                self.plan_in(wait, Action::Select(key));
            }
            // Selected when it stands in the yard.
            Channel::Scan | Channel::Inspection => {}
        }
    }

    /// Customs selects a box.
    pub(super) fn select(&mut self, key: Key) {
        let Some(container) = self.containers.get(key) else {
            return;
        };
        let node = match container.channel {
            Channel::Inspection => Node::SelectForInspection,
            Channel::Scan | Channel::None => Node::SelectForScan,
        };
        self.tell(key, node);
        let wait = self.dice.lasting(&PRESENTATION);
        self.plan_in(wait, Action::Present(key));
    }

    /// The terminal brings a selected box to the inspection area.
    pub(super) fn present(&mut self, key: Key) {
        let Some(&Container {
            place: Some(place), ..
        }) = self.containers.get(key)
        else {
            return;
        };
        if !self.reach(place) || self.unplug(key) {
            return self.retry(Action::Present(key));
        }
        let Some(to) = self.place_for_inspection(key) else {
            return self.plan_in(40 * MINUTE, Action::Present(key));
        };
        if let Some(container) = self.containers.get_mut(key) {
            container.misplaced = false;
        }
        self.shift(key, to);
        self.plan_plug(key);
        let inspection = self.is_for_inspection(key);
        let (queue, next) = if inspection {
            (&INSPECTION_QUEUE, Action::Inspect(key))
        } else {
            (&SCAN_QUEUE, Action::Scan(key))
        };
        let wait = self.dice.lasting(queue);
        self.plan_in(wait, next);
    }

    fn is_for_inspection(&self, key: Key) -> bool {
        self.containers
            .get(key)
            .is_some_and(|container| container.channel == Channel::Inspection)
    }

    /// The box goes through the scanner.
    pub(super) fn scan(&mut self, key: Key) {
        let finding = self.find_out(key);
        self.tell_more(key, Node::Scan, |report, _| report.finding = Some(finding));
        let wait = self.dice.lasting(&VERDICT);
        self.plan_in(wait, Action::Judge(key));
    }

    /// An inspection begins.
    pub(super) fn inspect(&mut self, key: Key) {
        self.tell(key, Node::InspectionStart);
        let wait = self.dice.lasting(&INSPECTION);
        self.plan_in(wait, Action::EndInspection(key));
    }

    /// An inspection ends.
    pub(super) fn end_inspection(&mut self, key: Key) {
        let finding = self.find_out(key);
        self.tell_more(key, Node::InspectionEnd, |report, _| {
            report.finding = Some(finding);
        });
        let wait = self.dice.lasting(&VERDICT);
        self.plan_in(wait, Action::Judge(key));
    }

    fn find_out(&mut self, key: Key) -> Finding {
        let suspect = self.dice.chance(SUSPECT);
        if let Some(container) = self.containers.get_mut(key) {
            container.suspect = suspect;
        }
        finding(suspect)
    }

    /// The verdict; a box in which something was found is detained for a while.
    pub(super) fn judge(&mut self, key: Key) {
        let Some(suspect) = self.containers.get(key).map(|container| container.suspect) else {
            return;
        };
        self.tell_more(key, Node::Verdict, |report, _| {
            report.finding = Some(finding(suspect));
        });
        if suspect {
            self.tell(key, Node::Hold);
        }
        let wait = self
            .dice
            .lasting(if suspect { &DETENTION } else { &AFTER_VERDICT });
        self.plan_in(wait, Action::Release(key));
        let wait = self.dice.lasting(&RETURN);
        self.plan_in(wait, Action::Return(key));
    }

    /// The box goes back from the inspection area into the yard.
    pub(super) fn return_from_inspection(&mut self, key: Key) {
        if self
            .containers
            .get(key)
            .is_none_or(|container| container.place.is_none())
        {
            return;
        }
        if self.unplug(key) {
            return self.retry(Action::Return(key));
        }
        let Some(to) = self.place_for(key, None) else {
            return self.plan_in(hours(1), Action::Return(key));
        };
        self.shift(key, to);
        self.plan_plug(key);
    }

    /// Customs lets a box go.
    pub(super) fn release(&mut self, key: Key) {
        let Some(container) = self.containers.get_mut(key) else {
            return;
        };
        container.released = true;
        let (passage, stands) = (container.facts.passage, container.place.is_some());
        self.tell(key, Node::Release);
        match passage {
            // One that does not stand in the yard yet is fetched after it does.
            Passage::Import if stands => self.plan_pick_up(key, false),
            Passage::Export => {
                let wait = self.dice.lasting(&INSTRUCTION);
                self.plan_in(wait, Action::Instruct(key));
            }
            Passage::Import | Passage::Transshipment | Passage::Empty => {}
        }
    }

    /// The terminal may load a box.
    pub(super) fn instruct(&mut self, key: Key) {
        if let Some(container) = self.containers.get_mut(key) {
            container.instructed = true;
            self.tell(key, Node::LoadingInstruction);
        }
    }
}

fn finding(suspect: bool) -> Finding {
    if suspect { Finding::Suspect } else { Finding::Clear }
}
