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
    /// Gathers what these events state. Of those of one moment the last by source and id counts, whatever
    /// their nodes.
    pub fn of(members: &[usize], events: &[Held<'_>]) -> Statements {
        let mut members = members.to_vec();
        members.sort_by_key(|member| (events[*member].content.at, events[*member].identity));
        let mut stated = Statements::default();
        let (mut direction, mut bill, mut size) = (None, None, None);
        for attribute in members
            .iter()
            .flat_map(|member| &events[*member].content.attributes)
        {
            stated.take(attribute);
            match attribute {
                Attribute::Direction(Some(value)) => {
                    stated.flag_other(&mut direction, value, StayFlag::DirectionDiffers);
                }
                Attribute::BillOfLading(Some(value)) => {
                    stated.flag_other(&mut bill, value, StayFlag::BillDiffers);
                }
                Attribute::SizeType(Some(value)) => {
                    stated.flag_other(&mut size, value, StayFlag::SizeDiffers);
                }
                _ => {}
            }
        }
        stated
    }

    /// Flags a value that is not the first that was stated of its kind.
    fn flag_other<'a, T: PartialEq>(&mut self, first: &mut Option<&'a T>, value: &'a T, flag: StayFlag) {
        if *first.get_or_insert(value) != value {
            self.flags.insert(flag);
        }
    }

    fn take(&mut self, attribute: &Attribute) {
        match attribute {
            Attribute::Direction(value) => self.direction = *value,
            Attribute::BillOfLading(value) => self.bill_of_lading.clone_from(value),
            Attribute::SizeType(value) => self.size_type.clone_from(value),
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
