//! The outbox: gathers reports, holds back what is late, and sends batches as real senders do.

use super::container::Key;
use super::durations::CARRIER_REPORT;
use super::report::{Damage, Report, Subject, Way};
use super::settings::Sending;
use super::writer::{dcsa, edifact, native};
use super::{Action, Format, Message, Port};
use serde::{Deserialize, Serialize};
use shared::event::Node;
use shared::time::{MINUTE, SECOND, Time};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// So many reports are kept from before the start until those of boxes that have left are dropped.
const OLDEST: usize = 400_000;

/// Gathers what is to be sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Outbox {
    native: Vec<Report>,
    edifact: Vec<Report>,
    dcsa: Vec<Report>,
    held_back: BinaryHeap<Reverse<HeldBack>>,
    held_back_so_far: u64,
    /// Messages that are sent once more with the next batch.
    again: Vec<Message>,
    batches: u32,
    interchanges: u64,
    /// When the next interchange is sent.
    next_edifact: Time,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct HeldBack {
    until: Time,
    order: u64,
    way: Way,
    report: Report,
}

impl PartialEq for HeldBack {
    fn eq(&self, other: &HeldBack) -> bool {
        self.order == other.order
    }
}

impl Eq for HeldBack {}

impl PartialOrd for HeldBack {
    fn partial_cmp(&self, other: &HeldBack) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for HeldBack {
    fn cmp(&self, other: &HeldBack) -> std::cmp::Ordering {
        (self.until, self.order).cmp(&(other.until, other.order))
    }
}

impl Outbox {
    /// Puts a report into the next batch.
    pub fn push(&mut self, way: Way, report: Report) {
        match way {
            Way::Native => self.native.push(report),
            Way::Edifact => self.edifact.push(report),
            Way::Dcsa => self.dcsa.push(report),
        }
    }

    /// Holds a report back.
    pub fn hold_back(&mut self, until: Time, way: Way, report: Report) {
        self.held_back_so_far += 1;
        self.held_back.push(Reverse(HeldBack {
            until,
            order: self.held_back_so_far,
            way,
            report,
        }));
    }

    /// Sends a message once more with the next batch.
    pub fn send_again(&mut self, message: Message) {
        self.again.push(message);
    }

    fn let_go(&mut self, now: Time) {
        while self
            .held_back
            .peek()
            .is_some_and(|Reverse(first)| first.until <= now)
        {
            if let Some(Reverse(HeldBack { way, report, .. })) = self.held_back.pop() {
                self.push(way, report);
            }
        }
    }
}

impl Port {
    /// Takes a report on its way.
    pub(super) fn post(&mut self, way: Way, report: Report) {
        if self.oldest.is_some() {
            return self.keep(way, report);
        }
        let Subject::Container(key, _) = &report.subject else {
            return self.outbox.push(way, report);
        };
        let key = *key;
        if is_a_move(report.node) {
            self.report_too(&report);
        }
        match way {
            Way::Edifact if matches!(report.node, Node::Discharge | Node::GateIn) => {
                let known_from = self.outbox.next_edifact.plus(1);
                if let Some(container) = self.containers.get_mut(key) {
                    container.known_from = known_from;
                }
                self.outbox.push(way, report);
            }
            Way::Native => {
                let known_from = self.containers.get(key).map(|container| container.known_from);
                match known_from {
                    Some(known_from) if known_from > self.now => {
                        self.outbox.hold_back(known_from, way, report);
                    }
                    _ => self.send_or_spoil(way, report),
                }
            }
            Way::Edifact | Way::Dcsa => self.send_or_spoil(way, report),
        }
    }

    /// A carrier reports some moves, too: later, and by its own clock.
    fn report_too(&mut self, report: &Report) {
        let Subject::Container(_, facts) = &report.subject else {
            return;
        };
        if facts.bill == 0 || !self.dice.chance(self.settings.carrier_reports) {
            return;
        }
        self.reports += 1;
        let seen = report.at.plus(self.dice.between(0, 4) * MINUTE);
        let report = Report {
            id: self.reports,
            at: seen,
            ..report.clone()
        };
        let wait = self.dice.lasting(&CARRIER_REPORT);
        self.outbox.hold_back(self.now.plus(wait), Way::Dcsa, report);
    }

    /// Before the start: keeps what happened to a box that may still be there at the start, and the calls.
    fn keep(&mut self, way: Way, report: Report) {
        // What a carrier says of a call the terminal says, too.
        if way == Way::Dcsa {
            return;
        }
        let expectation = report.classifier != shared::event::Classifier::Actual;
        let measured = report.node == Node::Measure;
        let Some(oldest) = &mut self.oldest else {
            return;
        };
        if !expectation && !measured {
            oldest.push(report);
        }
        if oldest.len() >= OLDEST {
            let containers = &self.containers;
            oldest.retain(|report| match report.subject {
                Subject::Container(key, _) => containers.get(key).is_some(),
                Subject::Vessel(_) => true,
            });
        }
    }

    /// The start: what happened so far to the boxes that are still there is made ready, and sending begins.
    pub(super) fn open_outbox(&mut self) {
        let containers = &self.containers;
        let still_there = |key: Key| containers.get(key).is_some();
        let mut oldest = self.oldest.take().unwrap_or_default();
        oldest.retain(|report| match report.subject {
            Subject::Container(key, _) => still_there(key),
            Subject::Vessel(_) => true,
        });
        let sending = self.sending().clone();
        self.send_native(oldest, &sending);
        self.outbox.next_edifact = self
            .now
            .plus(sending.every * i64::from(sending.edifact_every.max(1)));
        self.plan_in(sending.every.max(SECOND), Action::Send);
    }

    fn sending(&self) -> &Sending {
        if self.now < self.live_from() {
            &self.settings.past
        } else {
            &self.settings.live
        }
    }

    /// Sends what has gathered.
    pub(super) fn send(&mut self) {
        let sending = self.sending().clone();
        let every = sending.every.max(SECOND);
        self.outbox.let_go(self.now);
        for message in std::mem::take(&mut self.outbox.again) {
            self.ready.push_back(Message {
                at: self.now,
                ..message
            });
        }
        // Native events first: what they tell of stops clocks, and a box whose arrival is in the interchange
        // behind them is not in them yet.
        let native = std::mem::take(&mut self.outbox.native);
        self.send_native(native, &sending);
        self.outbox.batches = self.outbox.batches.wrapping_add(1);
        let edifact_every = sending.edifact_every.max(1);
        if self.now >= self.outbox.next_edifact {
            let reports = std::mem::take(&mut self.outbox.edifact);
            self.send_edifact(reports, &sending);
            self.outbox.next_edifact = self.now.plus(every * i64::from(edifact_every));
        }
        if self.outbox.batches.is_multiple_of(sending.dcsa_every.max(1)) {
            let reports = std::mem::take(&mut self.outbox.dcsa);
            for (source, body, events, broken) in dcsa::write(&reports) {
                self.ready.push_back(Message {
                    at: self.now,
                    format: Format::Dcsa,
                    source,
                    body,
                    events,
                    broken,
                });
            }
        }
        self.plan_in(every, Action::Send);
    }

    fn send_native(&mut self, reports: Vec<Report>, sending: &Sending) {
        let lines = sending.one_interchange;
        let (cut, whole): (Vec<Report>, Vec<Report>) = reports
            .into_iter()
            .partition(|report| report.damage == Some(Damage::Cut));
        for batch in whole.chunks(sending.most.max(1)) {
            let body = native::write(batch, &self.yard, lines);
            let broken = batch.iter().filter(|report| report.damage.is_some()).count();
            self.ready
                .push_back(self.native_message(body, batch.len(), broken));
        }
        for report in cut {
            let mut body = native::write(&[report], &self.yard, false);
            body.truncate(body.len() * 2 / 3);
            self.ready.push_back(self.native_message(body, 1, 1));
        }
    }

    fn native_message(&self, body: Vec<u8>, events: usize, broken: usize) -> Message {
        Message {
            at: self.now,
            format: Format::Events,
            source: None,
            body,
            events: events as u32,
            broken: broken as u32,
        }
    }

    fn send_edifact(&mut self, reports: Vec<Report>, sending: &Sending) {
        for group in edifact::interchanges(reports, sending.one_interchange) {
            self.outbox.interchanges += 1;
            let body = edifact::write(&group, self.now, self.outbox.interchanges);
            let message = Message {
                at: self.now,
                format: Format::Edifact,
                source: None,
                body,
                events: group.len() as u32,
                broken: 0,
            };
            self.send_interchange(message);
        }
    }
}

/// A move over the quay or through the gate, which carriers report, too.
fn is_a_move(node: Node) -> bool {
    matches!(node, Node::Discharge | Node::Load | Node::GateIn | Node::GateOut)
}
