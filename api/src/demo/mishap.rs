//! What goes wrong with messages: late, twice, with a mistake, of what never happened, or not readable.

use super::durations::LATENESS;
use super::fleet::CARRIERS;
use super::report::{Damage, Report, Subject, Way};
use super::{Message, Port};
use shared::event::Node;
use shared::time::MINUTE;

const DAMAGES: [Damage; 6] = [
    Damage::UnknownNode,
    Damage::NoContainer,
    Damage::NoSuchTime,
    Damage::NoTime,
    Damage::FarFuture,
    Damage::Cut,
];

impl Port {
    /// Sends a report, and now and then something goes wrong with it.
    pub(super) fn send_or_spoil(&mut self, way: Way, report: Report) {
        let mishaps = &self.settings.mishaps;
        let shares = [
            mishaps.late,
            mishaps.repeated,
            mishaps.corrected,
            mishaps.retracted,
            mishaps.broken,
        ];
        if !self.dice.chance(shares.iter().sum()) {
            return self.outbox.push(way, report);
        }
        let mishap = self.dice.weighted(&shares.map(|share| (share * 1e9) as usize));
        match (mishap, way) {
            (0, _) => {
                let until = self.now.plus(self.dice.lasting(&LATENESS));
                self.outbox.hold_back(until, way, report);
            }
            (1, Way::Native | Way::Dcsa) => {
                let until = self.now.plus(self.dice.between(1, 60) * MINUTE);
                self.outbox.hold_back(until, way, report.clone());
                self.outbox.push(way, report);
            }
            (2, Way::Native) => self.correct(way, report),
            (2, Way::Dcsa) if speaks_third(&report) => self.correct(way, report),
            (3, Way::Native) => {
                self.imagine(&report);
                self.outbox.push(way, report);
            }
            (4, Way::Native | Way::Dcsa) => {
                let damage = match way {
                    Way::Native => *self.dice.pick(&DAMAGES),
                    Way::Edifact | Way::Dcsa => Damage::NoTime,
                };
                let until = self.now.plus(self.dice.between(5, 60) * MINUTE);
                self.outbox.push(
                    way,
                    Report {
                        damage: Some(damage),
                        ..report.clone()
                    },
                );
                self.outbox.hold_back(until, way, report);
            }
            // What goes wrong with EDIFACT goes wrong with a whole interchange.
            _ => self.outbox.push(way, report),
        }
    }

    /// Sends a report with a mistake, and the right one later.
    fn correct(&mut self, way: Way, right: Report) {
        let later = self.now.plus(self.dice.between(10, 240) * MINUTE);
        let mut wrong = right.clone();
        wrong.updated_at = Some(super::whole_seconds(self.now));
        match &mut wrong.subject {
            Subject::Container(_, facts) if right.node == Node::Discharge || right.node == Node::GateIn => {
                facts.kilograms += 1_000;
            }
            _ => wrong.at = wrong.at.plus(-self.dice.between(1, 4) * MINUTE),
        }
        self.outbox.push(way, wrong);
        self.outbox.hold_back(
            later,
            way,
            Report {
                updated_at: Some(super::whole_seconds(later)),
                ..right
            },
        );
    }

    /// Tells of something that never happened to a box, and takes it back afterwards.
    fn imagine(&mut self, about: &Report) {
        let Subject::Container(key, _) = about.subject else {
            return;
        };
        if self
            .containers
            .get(key)
            .is_none_or(|container| container.place.is_none())
        {
            return;
        }
        self.reports += 1;
        let imagined = Report {
            id: self.reports,
            node: if self.dice.chance(0.7) {
                Node::SelectForInspection
            } else {
                Node::GateOut
            },
            slot: None,
            measured: None,
            finding: None,
            ..about.clone()
        };
        let later = self.now.plus(self.dice.between(10, 120) * MINUTE);
        self.outbox.push(Way::Native, imagined.clone());
        self.outbox.hold_back(
            later,
            Way::Native,
            Report {
                retracted: true,
                updated_at: Some(super::whole_seconds(later)),
                ..imagined
            },
        );
    }

    /// Sends an interchange: now and then twice, or cut off in the middle and whole afterwards.
    pub(super) fn send_interchange(&mut self, message: Message) {
        let broken = self.settings.mishaps.broken * f64::from(message.events);
        if self.dice.chance(broken.min(0.05)) {
            let mut cut = message.clone();
            cut.body.truncate(message.body.len() * 3 / 5);
            cut.broken = 1;
            self.ready.push_back(cut);
            self.outbox.send_again(message);
            return;
        }
        if self.dice.chance(self.settings.mishaps.repeated) {
            self.outbox.send_again(message.clone());
        }
        self.ready.push_back(message);
    }
}

fn speaks_third(report: &Report) -> bool {
    match &report.subject {
        Subject::Container(_, facts) => CARRIERS[usize::from(facts.carrier)].third,
        Subject::Vessel(voyage) => CARRIERS[usize::from(voyage.carrier())].third,
    }
}
