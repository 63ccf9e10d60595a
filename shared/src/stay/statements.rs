//! What the events of a stay state of it: an attribute is that of the latest actual event that states it
//! (`semantics.md` §1).

use super::fold::Held;
use super::{Cargo, StayFlag};
use crate::event::{Attribute, DangerousGoods, Direction};
use crate::size_type::SizeType;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// The statements of a stay, the latest of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statements {
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// Bill of lading.
    pub bill_of_lading: Option<SmolStr>,
    /// Voyage.
    pub voyage: Option<SmolStr>,
    /// IMO number of the vessel.
    pub vessel_imo: Option<SmolStr>,
    /// Name of the vessel.
    pub vessel_name: Option<SmolStr>,
    /// ISO size type.
    pub size_type: Option<SmolStr>,
    /// Whether it is empty.
    pub empty: Option<bool>,
    /// Dangerous goods: the union, from the last event on that states there are none.
    pub dangerous: Vec<DangerousGoods>,
    /// Whether it needs cooling, as stated.
    pub refrigerated: Option<bool>,
    /// Whether a temperature is set.
    pub has_temperature: bool,
    /// Every declaration, in the order in which they were first named.
    pub declarations: Vec<SmolStr>,
    /// Sizes, directions or bills that differ.
    pub flags: BTreeSet<StayFlag>,
}

impl Statements {
    /// Gathers what these events state; they are in order.
    pub fn of(members: &[usize], events: &[Held<'_>]) -> Statements {
        let mut stated = Statements::default();
        for member in members {
            for attribute in &events[*member].content.attributes {
                stated.take(attribute);
            }
        }
        stated
    }

    fn take(&mut self, attribute: &Attribute) {
        match attribute {
            Attribute::Direction(value) => {
                let before = std::mem::replace(&mut self.direction, *value);
                self.differs(before, *value, StayFlag::DirectionDiffers);
            }
            Attribute::BillOfLading(value) => {
                let before = std::mem::replace(&mut self.bill_of_lading, value.clone());
                self.differs(before, value.clone(), StayFlag::BillDiffers);
            }
            Attribute::SizeType(value) => {
                let before = std::mem::replace(&mut self.size_type, value.clone());
                self.differs(before, value.clone(), StayFlag::SizeDiffers);
            }
            Attribute::Voyage(value) => self.voyage.clone_from(value),
            Attribute::VesselImo(value) => self.vessel_imo.clone_from(value),
            Attribute::VesselName(value) => self.vessel_name.clone_from(value),
            Attribute::Empty(value) => self.empty = Some(*value),
            Attribute::Refrigerated(value) => self.refrigerated = Some(*value),
            Attribute::TemperatureMillicelsius(value) => self.has_temperature = value.is_some(),
            Attribute::Dangerous(goods) if goods.is_empty() => self.dangerous.clear(),
            Attribute::Dangerous(goods) => {
                for goods in goods {
                    if !self.dangerous.contains(goods) {
                        self.dangerous.push(goods.clone());
                    }
                }
            }
            Attribute::Declaration(Some(declaration)) if !self.declarations.contains(declaration) => {
                self.declarations.push(declaration.clone());
            }
            _ => {}
        }
    }

    fn differs<T: PartialEq>(&mut self, before: Option<T>, now: Option<T>, flag: StayFlag) {
        if before.is_some() && now.is_some() && before != now {
            self.flags.insert(flag);
        }
    }

    /// As stated; else whether it has a set temperature; else whether its type is temperature-controlled and
    /// it is full: an empty reefer, or one used as a dry box, needs no power.
    pub fn is_refrigerated(&self) -> bool {
        self.refrigerated.unwrap_or_else(|| {
            let type_cools = self
                .size_type
                .as_deref()
                .is_some_and(|size| SizeType(size).is_temperature_controlled());
            self.has_temperature || (type_cools && self.empty == Some(false))
        })
    }

    /// Cargo class, the first that fits: dangerous, reefer, empty, general.
    pub fn cargo(&self) -> Cargo {
        if !self.dangerous.is_empty() {
            Cargo::Dangerous
        } else if self.is_refrigerated() {
            Cargo::Reefer
        } else if self.empty == Some(true) {
            Cargo::Empty
        } else {
            Cargo::General
        }
    }
}
