//! What the segments of one equipment state. What has no field is kept as detail, and a segment that is not
//! known is kept as it was sent.

use super::equipment::Around;
use super::header::{compared, dangerous, mode, put, short};
use super::movement::MessageType;
use super::place::Place;
use super::scan::Parts;
use crate::feeds::decimal::{grams, millicelsius, scaled};
use crate::feeds::{Position, detail};
use edifact_rs::Segment;
use serde_json::{Map, Value};
use shared::event::{Attribute, DangerousGoods, Direction, Node, Transport};
use shared::wire::feeds::{FlagCode, Remark};
use smol_str::SmolStr;

/// Unknown segments that are kept as they were sent.
const MOST_OTHERS: usize = 100;

/// Everything that one equipment states.
pub struct Group<'m, 'a> {
    around: &'a Around<'m>,
    position: &'a Position,
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// Its own places.
    pub places: Vec<Place>,
    empty: Option<bool>,
    size_type: Option<SmolStr>,
    /// With its rank: of several the best holds.
    bill: Option<(u8, SmolStr)>,
    declaration: Option<SmolStr>,
    weight: Option<(u8, i64)>,
    temperature: Option<i64>,
    seal: Option<SmolStr>,
    goods: Vec<DangerousGoods>,
    transport: Option<Transport>,
    detail: Map<String, Value>,
    flags: Vec<Remark<FlagCode>>,
}

impl<'m, 'a> Group<'m, 'a> {
    /// Reads EQD and what follows it.
    pub fn of(
        segments: &[Segment<'_>],
        around: &'a Around<'m>,
        position: &'a Position,
        container: &str,
    ) -> Group<'m, 'a> {
        let header = around.header;
        let mut group = Group {
            around,
            position,
            direction: None,
            places: Vec::new(),
            empty: None,
            size_type: None,
            bill: None,
            declaration: None,
            weight: None,
            temperature: None,
            seal: None,
            goods: header
                .goods
                .get(&compared(container))
                .cloned()
                .unwrap_or_default(),
            transport: header.transport,
            detail: header.detail.clone(),
            flags: Vec::new(),
        };
        if let Some((eqd, others)) = segments.split_first() {
            group.size_type = eqd.part(2, 0).and_then(short);
            group.status(eqd);
            group.fullness(eqd);
            group.segments(others);
        }
        group.goods.sort();
        group.goods.dedup();
        group
    }

    fn flag(&mut self, code: FlagCode, tag: &str, segment: &Segment<'_>, message: impl Into<String>) {
        self.flag_at(code, tag, segment.starts(), message);
    }

    /// A flag on the segment at a byte.
    pub fn flag_at(&mut self, code: FlagCode, tag: &str, offset: usize, message: impl Into<String>) {
        let mut remark = self.position.remark(code, tag, message);
        remark.offset = Some(offset as u64);
        self.flags.push(remark);
    }

    /// UN/EDIFACT 8249.
    fn status(&mut self, eqd: &Segment<'_>) {
        match eqd.part(4, 0) {
            Some("2") => self.direction = Some(Direction::Export),
            Some("3") => self.direction = Some(Direction::Import),
            Some("6") => self.direction = Some(Direction::Transshipment),
            Some("9") => self.direction = Some(Direction::Domestic),
            Some(known @ ("1" | "4" | "5" | "7" | "8" | "10" | "11")) => {
                self.detail.insert("status".into(), known.into());
            }
            Some(other) => {
                let message = format!(
                    "the status `{}` (8249) is not known; known are 1 to 11",
                    shown(other)
                );
                self.flag(FlagCode::UnknownCode, "EQD", eqd, message);
            }
            None => {}
        }
    }

    /// UN/EDIFACT 8169.
    fn fullness(&mut self, eqd: &Segment<'_>) {
        match eqd.part(5, 0) {
            Some("4") => self.empty = Some(true),
            Some("5" | "7" | "8") => self.empty = Some(false),
            Some(known @ ("1" | "2" | "3" | "6")) => {
                self.detail.insert("fullness".into(), known.into());
            }
            Some(other) => {
                let message = format!("`{}` (8169) says neither empty (4) nor full (5)", shown(other));
                self.flag(FlagCode::UnknownCode, "EQD", eqd, message);
            }
            None => {}
        }
    }

    /// Behind a TDT places, dates and references are those of that transport, not of the equipment.
    fn segments(&mut self, segments: &[Segment<'_>]) {
        let mut in_transport = false;
        for segment in segments {
            match (segment.tag.as_ref(), in_transport) {
                ("TDT", _) => {
                    in_transport = true;
                    self.tdt(segment);
                }
                ("DGS", _) => self.dgs(segment),
                ("MEA", _) => self.mea(segment),
                ("TMP", _) => self.tmp(segment),
                ("SEL", _) => self.sel(segment),
                ("NAD", _) => put(
                    &mut self.detail,
                    "parties",
                    segment.part(0, 0),
                    segment.part(1, 0),
                ),
                ("FTX", _) => put(&mut self.detail, "texts", segment.part(0, 0), segment.part(3, 0)),
                ("LOC", false) => self.loc(segment),
                ("RFF", false) => self.rff(segment),
                // Read as the time of the event.
                ("DTM", false) if matches!(segment.part(0, 0), Some("7" | "203")) => {}
                _ => self.keep(segment),
            }
        }
    }

    /// How it comes to the gate or leaves it, and which vehicle that is.
    fn tdt(&mut self, segment: &Segment<'_>) {
        if let Some(transport) = mode(segment) {
            self.transport = Some(transport);
        }
        let stage = segment.part(0, 0);
        put(
            &mut self.detail,
            "transports",
            stage,
            segment.part(7, 0).or(segment.part(1, 0)),
        );
    }

    /// The stowage cell (147) is a place on the vessel, never a slot of the yard.
    fn loc(&mut self, segment: &Segment<'_>) {
        if segment.part(0, 0) == Some("147") {
            put(&mut self.detail, "places", Some("stowage"), segment.part(1, 0));
            return;
        }
        put(&mut self.detail, "places", segment.part(0, 0), segment.part(1, 0));
        self.places.extend(Place::of(segment));
    }

    /// A bill of lading (BM) goes before a master bill (MB); ABT and AAE are the goods declaration.
    fn rff(&mut self, segment: &Segment<'_>) {
        let value = segment.part(0, 1);
        let rank = match segment.part(0, 0) {
            Some("BM") => 0,
            Some("MB") => 1,
            Some("ABT" | "AAE") if self.declaration.is_none() => {
                self.declaration = value.and_then(short);
                return;
            }
            qualifier => return put(&mut self.detail, "references", qualifier, value),
        };
        let Some(value) = value.and_then(short) else {
            return;
        };
        if self.bill.as_ref().is_none_or(|(held, _)| rank < *held) {
            self.bill = Some((rank, value));
        } else {
            put(&mut self.detail, "references", segment.part(0, 0), Some(&value));
        }
    }

    /// The verified gross mass goes before any other gross weight; a tare is none.
    fn mea(&mut self, segment: &Segment<'_>) {
        let (purpose, dimension) = (segment.part(0, 0), segment.part(1, 0));
        let (Some(unit), Some(value)) = (segment.part(2, 0), segment.part(2, 1)) else {
            return;
        };
        let rank = match (purpose, dimension) {
            (Some("VGM"), _) | (_, Some("VGM")) => 0,
            (_, Some("EGW")) => 1,
            (_, Some("G" | "AAD" | "AET")) => 2,
            (Some("WT"), None) => 3,
            _ => {
                let kept = format!("{value} {unit}");
                return put(&mut self.detail, "measures", dimension.or(purpose), Some(&kept));
            }
        };
        match grams(value, unit) {
            Some(grams) if self.weight.is_none_or(|(held, _)| rank < held) => {
                self.weight = Some((rank, grams));
            }
            Some(_) => {}
            None => {
                let message = format!(
                    "left out: `{} {}` is no weight in KGM, TNE, GRM or LBR",
                    shown(value),
                    shown(unit)
                );
                self.flag(FlagCode::FieldIgnored, "MEA", segment, message);
            }
        }
    }

    fn tmp(&mut self, segment: &Segment<'_>) {
        let (Some(value), Some(unit)) = (segment.part(1, 0), segment.part(1, 1)) else {
            return;
        };
        match scaled(value, 3).and_then(|value| millicelsius(value, unit)) {
            Some(temperature) => self.temperature = self.temperature.or(Some(temperature)),
            None => {
                let message = format!(
                    "left out: `{} {}` is no temperature in CEL or FAH",
                    shown(value),
                    shown(unit)
                );
                self.flag(FlagCode::FieldIgnored, "TMP", segment, message);
            }
        }
    }

    /// The first seal has a field; all stay under detail, with who affixed them.
    fn sel(&mut self, segment: &Segment<'_>) {
        let Some(number) = segment.part(0, 0) else { return };
        self.seal = self.seal.take().or(short(number));
        put(&mut self.detail, "seals", segment.part(1, 0), Some(number));
    }

    fn dgs(&mut self, segment: &Segment<'_>) {
        if let Some(un) = segment.part(2, 0)
            && !(un.len() <= 4 && un.bytes().all(|b| b.is_ascii_digit()))
        {
            let message = format!("left out: `{}` is no UN number of four digits", shown(un));
            self.flag(FlagCode::FieldIgnored, "DGS", segment, message);
        }
        self.goods.extend(dangerous(segment));
    }

    fn keep(&mut self, segment: &Segment<'_>) {
        let others = self
            .detail
            .entry("segments")
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(others) = others
            && others.len() < MOST_OTHERS
        {
            let bytes = self
                .around
                .body
                .get(segment.starts()..segment.ends())
                .unwrap_or_default();
            let text = String::from_utf8_lossy(bytes);
            others.push(Value::from(text.trim_end_matches('\'').trim()));
        }
    }

    /// All of it as attributes, in their order, with what is odd.
    pub fn attributes(mut self, node: Node, place: Option<Place>) -> (Vec<Attribute>, Vec<Remark<FlagCode>>) {
        let header = self.around.header;
        let is_gate = self.around.kind == MessageType::Codeco && matches!(node, Node::GateIn | Node::GateOut);
        let (location, facility) = place.map_or((None, None), |place| (place.location, place.facility));
        let bill = self
            .bill
            .take()
            .map(|(_, bill)| bill)
            .or_else(|| header.bill.clone());
        let declaration = self.declaration.take().or_else(|| header.declaration.clone());
        let goods = std::mem::take(&mut self.goods);
        let (detail, left_out) = detail::compact(&self.detail, detail::LIMIT);
        if !left_out.is_empty() {
            let message = format!(
                "left out of the detail, which may have 16 KiB: {}",
                left_out.join(", ")
            );
            self.flags
                .push(self.position.remark(FlagCode::FieldIgnored, "", message));
        }
        let text = |text: Option<SmolStr>, attribute: fn(Option<SmolStr>) -> Attribute| {
            text.map(|t| attribute(Some(t)))
        };
        let stated = [
            text(location, Attribute::Location),
            text(facility, Attribute::Facility),
            self.direction
                .map(|direction| Attribute::Direction(Some(direction))),
            text(bill, Attribute::BillOfLading),
            text(header.voyage.clone(), Attribute::Voyage),
            text(header.imo.clone(), Attribute::VesselImo),
            text(header.vessel.clone(), Attribute::VesselName),
            text(self.size_type.take(), Attribute::SizeType),
            self.empty.map(Attribute::Empty),
            (!goods.is_empty()).then_some(Attribute::Dangerous(goods)),
            self.temperature
                .map(|value| Attribute::TemperatureMillicelsius(Some(value))),
            text(declaration, Attribute::Declaration),
            text(self.seal.take(), Attribute::Seal),
            self.weight.map(|(_, grams)| Attribute::WeightGrams(Some(grams))),
            self.transport
                .filter(|_| is_gate)
                .map(|transport| Attribute::Transport(Some(transport))),
            detail.map(Attribute::Detail),
        ];
        (stated.into_iter().flatten().collect(), self.flags)
    }
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
