//! Consignments: boxes that come and go on one bill of lading and one declaration.

use super::container::{Container, Facts, GOODS, Key, Passage, SIZES};
use super::durations::{
    ADVANCE, EXPORT_CLEARANCE, EXPORT_LEAD, EXPORT_PREPARATION, IMPORT_CLEARANCE, IMPORT_PREPARATION, OFFSET,
    PROMPT_EXPORT_LEAD, URGENT_EXPORT_LEAD, gate_hours, office_hours,
};
use super::fleet::Voyage;
use super::{Action, Port, hours};
use shared::stay::Channel;
use shared::time::{DAY, MINUTE, Time};
use smol_str::SmolStr;

/// How often a consignment has one, two, three … boxes.
const BOXES: [usize; 5] = [58, 22, 10, 6, 4];
/// How often a consignment needs cooling, or is dangerous, in thousandths.
const REEFER: usize = 50;
const DANGEROUS: usize = 16;
/// Share of full boxes of each size type, by the kind of cargo.
pub(super) const GENERAL_SIZES: [usize; 9] = [35, 1, 1, 0, 0, 21, 40, 2, 0];
const REEFER_SIZES: [usize; 9] = [0, 0, 0, 0, 14, 0, 0, 0, 86];
const DANGEROUS_SIZES: [usize; 9] = [45, 0, 0, 22, 0, 15, 18, 0, 0];
/// Temperatures to which reefers are set, in tenths of a degree.
const TEMPERATURES: [i16; 6] = [-180, -200, -250, 40, 20, 130];
/// Share of the boxes with which an exporter fills an empty box fetched here before.
const FILLED_HERE: f64 = 0.6;
/// Share of the full boxes of whose gate moves the terminal tells through EDIFACT.
const GATE_BY_EDIFACT: f64 = 0.4;
/// From release to gate-out, an export box that was declared long before its vessel would wait too long.
const EARLIEST_DECLARATION: i64 = 6 * DAY;

/// What the boxes of a consignment hold.
#[derive(Clone, Copy, Debug)]
struct Cargo {
    goods: Option<u8>,
    temperature: Option<i16>,
    urgent: bool,
}

impl Cargo {
    fn is_general(self) -> bool {
        self.goods.is_none() && self.temperature.is_none()
    }
}

impl Port {
    /// A consignment of at most so many boxes that a call is going to discharge.
    pub(super) fn expect_imports(&mut self, voyage: Voyage, arrival: Time, most: usize) -> Vec<Key> {
        let cargo = self.cargo();
        let advance = cargo.urgent || self.dice.chance(self.settings.advance);
        let declared_at = if advance {
            arrival.plus(-self.dice.lasting(&ADVANCE))
        } else {
            let wait = self.dice.lasting(&IMPORT_PREPARATION);
            // What spoils or is dangerous is not left waiting.
            let wait = if cargo.is_general() { wait } else { wait / 3 };
            office_hours(&mut self.dice, arrival.plus(wait))
        };
        let declared_at = declared_at.max(self.now);
        let mut clearance = self.dice.lasting(&IMPORT_CLEARANCE);
        if cargo.urgent {
            clearance = clearance.min(hours(1));
        }
        let ahead = advance && declared_at.plus(clearance) < arrival;
        let direct = ahead && self.dice.chance(self.settings.direct_pickup);
        let papers = self.papers(Passage::Import, Some(voyage), None);
        let mut keys = Vec::new();
        for _ in 0..self.boxes(most) {
            let facts = self.fill(&papers, cargo);
            let channel = if cargo.urgent || direct {
                Channel::None
            } else if advance {
                // Who declares in advance is known to customs and seldom looked at.
                self.channel(self.settings.import_selected.map(|share| share / 6.0))
            } else {
                self.channel(self.settings.import_selected)
            };
            let key = self.containers.add(Container {
                clearance,
                direct,
                channel,
                urgent: cargo.urgent,
                by_edifact: self.dice.chance(GATE_BY_EDIFACT),
                ..Container::expected(facts)
            });
            self.agenda.plan(declared_at, Action::Declare(key));
            keys.push(key);
        }
        keys
    }

    /// A consignment of at most so many boxes that a call is going to load; `alongside` is how long the vessel
    /// is going to stay. Returns those that are loaded from the yard, and how many there are in all.
    pub(super) fn expect_exports(
        &mut self,
        call: u32,
        voyage: Voyage,
        arrival: Time,
        alongside: i64,
        most: usize,
    ) -> (Vec<Key>, usize) {
        let cargo = self.cargo();
        let direct = cargo.temperature.is_none() && self.dice.chance(self.settings.direct_loading);
        let first_in = if direct {
            arrival.plus(self.dice.between(alongside / 10, alongside * 6 / 10))
        } else {
            let lead = self.dice.lasting(match (cargo.urgent, cargo.is_general()) {
                (true, _) => &URGENT_EXPORT_LEAD,
                (false, false) => &PROMPT_EXPORT_LEAD,
                (false, true) => &EXPORT_LEAD,
            });
            arrival.plus(-lead)
        };
        let boxes = self.boxes(most);
        let gate_ins: Vec<Time> = (0..boxes)
            .map(|_| {
                let at = first_in.plus(self.dice.between(0, 90) * MINUTE);
                if direct {
                    at
                } else {
                    gate_hours(&mut self.dice, at)
                }
            })
            .collect();
        let last_in = gate_ins.iter().copied().max().unwrap_or(first_in);
        let mut clearance = self.dice.lasting(&EXPORT_CLEARANCE);
        if cargo.urgent {
            clearance = clearance.min(hours(2));
        }
        let declared_at = if direct {
            clearance = clearance.min(150 * MINUTE);
            first_in.plus(-self.dice.between(200, 1_100) * MINUTE)
        } else {
            let preparation = self.dice.lasting(&EXPORT_PREPARATION);
            let at = office_hours(&mut self.dice, last_in.plus(preparation));
            at.min(arrival.plus(-hours(5)))
                .max(arrival.plus(-EARLIEST_DECLARATION))
                .max(last_in.plus(40 * MINUTE))
        };
        if first_in < self.now || declared_at < self.now {
            // Planned too late for this one to come: only while the port is being filled.
            return (Vec::new(), boxes);
        }
        let papers = self.papers(Passage::Export, None, Some(voyage));
        let mut keys = Vec::new();
        for gate_in in gate_ins {
            let facts = self.fill(&papers, cargo);
            let channel = if cargo.urgent || direct {
                Channel::None
            } else {
                self.channel(self.settings.export_selected)
            };
            let key = self.containers.add(Container {
                clearance,
                direct,
                channel,
                urgent: cargo.urgent,
                by_edifact: self.dice.chance(GATE_BY_EDIFACT),
                call: Some(call),
                ..Container::expected(facts)
            });
            self.agenda.plan(gate_in, Action::GateIn(key));
            self.agenda.plan(declared_at, Action::Declare(key));
            keys.push(key);
        }
        (keys, boxes)
    }

    /// A box that a call is going to discharge for another vessel.
    pub(super) fn expect_transshipment(&mut self, voyage: Voyage) -> Key {
        let papers = self.papers(Passage::Transshipment, Some(voyage), None);
        let cargo = Cargo {
            goods: None,
            temperature: None,
            urgent: false,
        };
        let facts = self.fill(&papers, cargo);
        self.containers.add(Container::expected(facts))
    }

    /// A container number nobody has had.
    pub(super) fn number(&mut self) -> SmolStr {
        if self.dice.chance(self.settings.unverified) {
            self.numbers.next_unverified(&mut self.dice)
        } else {
            self.numbers.next()
        }
    }

    /// Some size type of general cargo.
    pub(super) fn general_size(&mut self) -> u8 {
        self.dice.weighted(&GENERAL_SIZES) as u8
    }

    fn boxes(&mut self, most: usize) -> usize {
        (self.dice.weighted(&BOXES) + 1).min(most)
    }

    fn cargo(&mut self) -> Cargo {
        match self
            .dice
            .weighted(&[REEFER, DANGEROUS, 1_000 - REEFER - DANGEROUS])
        {
            0 => Cargo {
                goods: None,
                temperature: Some(*self.dice.pick(&TEMPERATURES)),
                urgent: false,
            },
            1 => {
                let number = self.dice.weighted(&GOODS.map(|goods| goods.share));
                Cargo {
                    goods: Some(number as u8),
                    temperature: GOODS[number].cooled.then_some(-50),
                    urgent: GOODS[number].urgent,
                }
            }
            _ => Cargo {
                goods: None,
                temperature: None,
                urgent: false,
            },
        }
    }

    fn channel(&mut self, [scan, inspection]: [f64; 2]) -> Channel {
        if self.dice.chance(inspection) {
            Channel::Inspection
        } else if self.dice.chance(scan) {
            Channel::Scan
        } else {
            Channel::None
        }
    }

    /// The papers of a consignment, without a box.
    fn papers(&mut self, passage: Passage, inbound: Option<Voyage>, outbound: Option<Voyage>) -> Facts {
        self.consignments += 1;
        Facts {
            number: SmolStr::default(),
            size: 0,
            passage,
            goods: None,
            temperature: None,
            kilograms: 0,
            carrier: inbound.or(outbound).map_or(0, Voyage::carrier),
            bill: self.consignments,
            declaration: (year(self.now), self.consignments),
            inbound,
            outbound,
        }
    }

    /// One box of a consignment.
    fn fill(&mut self, papers: &Facts, cargo: Cargo) -> Facts {
        let fetched = papers.passage == Passage::Export
            && cargo.is_general()
            && self.dice.chance(FILLED_HERE)
            && !self.with_exporters.is_empty();
        let here_before = if fetched {
            self.with_exporters.pop_front()
        } else {
            None
        };
        let (number, size) = match here_before {
            Some((number, size, _)) => (number, size),
            None => {
                let size = match (cargo.goods, cargo.temperature) {
                    (_, Some(_)) => self.dice.weighted(&REEFER_SIZES) as u8,
                    (Some(_), None) => self.dice.weighted(&DANGEROUS_SIZES) as u8,
                    (None, None) => self.general_size(),
                };
                (self.number(), size)
            }
        };
        let size_type = SIZES[usize::from(size)];
        let most = if size_type.long { 24_500 } else { 21_500 };
        Facts {
            number,
            size,
            goods: cargo.goods,
            temperature: cargo.temperature,
            kilograms: size_type.tare + self.dice.between(300, most / 10) as u32 * 10,
            ..papers.clone()
        }
    }
}

/// The year at the port.
fn year(at: Time) -> u16 {
    super::writer::text::Wall::of(at.plus(OFFSET)).year as u16
}
