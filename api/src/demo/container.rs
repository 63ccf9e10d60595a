//! The containers: what is known of each, and where it is on its way.

use super::fleet::Voyage;
use super::yard::Place;
use serde::{Deserialize, Serialize};
use shared::stay::Channel;
use shared::time::Time;
use smol_str::SmolStr;

/// A size type with its weights.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    /// ISO size type.
    pub code: &'static str,
    /// Stands in an even bay over two odd ones.
    pub long: bool,
    /// Weight empty, in kilograms.
    pub tare: u32,
}

const fn size(code: &'static str, long: bool, tare: u32) -> Size {
    Size { code, long, tare }
}

/// The size types that come by.
pub(super) const SIZES: [Size; 9] = [
    size("22G1", false, 2_200),
    size("25G1", false, 2_350),
    size("22U1", false, 2_400),
    size("22T6", false, 3_700),
    size("22R1", false, 3_000),
    size("42G1", true, 3_700),
    size("45G1", true, 3_900),
    size("L5G1", true, 4_700),
    size("45R1", true, 4_600),
];

/// Dangerous goods that come by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goods {
    /// IMDG class.
    pub class: &'static str,
    /// UN number.
    pub un: &'static str,
    /// Goods of one group stand in one block, so that no classes that must be apart are neighbours.
    pub group: u8,
    /// How high they may be stacked.
    pub most: u8,
    /// They need cooling.
    pub cooled: bool,
    /// They may stand for 48 hours, or must not stand at all.
    pub urgent: bool,
    /// How many of a thousand dangerous boxes hold them.
    pub share: usize,
}

const fn goods(class: &'static str, un: &'static str, group: u8, most: u8, share: usize) -> Goods {
    Goods {
        class,
        un,
        group,
        most,
        cooled: false,
        urgent: false,
        share,
    }
}

/// The dangerous goods that come by. Heights and times are those of the default storage rules.
pub(super) const GOODS: [Goods; 13] = [
    goods("3", "1993", 0, 2, 110),
    goods("3", "1263", 0, 2, 90),
    goods("3", "1170", 0, 2, 50),
    goods("8", "1789", 1, 3, 130),
    goods("8", "2796", 1, 3, 80),
    goods("6.1", "2811", 1, 3, 90),
    goods("9", "3082", 1, 3, 120),
    goods("9", "3480", 1, 3, 130),
    Goods {
        urgent: true,
        ..goods("2.2", "1066", 2, 2, 50)
    },
    goods("5.1", "1479", 3, 2, 60),
    // Ammonium nitrate may not stand at all; now and then somebody stacks it.
    Goods {
        urgent: true,
        ..goods("5.1", "1942", 3, 2, 4)
    },
    goods("4.1", "1325", 4, 2, 70),
    Goods {
        cooled: true,
        ..goods("5.2", "3112", 0, 2, 16)
    },
];

/// Which way a box passes through the port. An empty one has no papers, and none at first knows its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Passage {
    /// Off a vessel, out by land.
    Import,
    /// In by land, onto a vessel.
    Export,
    /// Off one vessel, onto another.
    Transshipment,
    /// Empty.
    Empty,
}

/// What messages say of a container.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Facts {
    /// Container number as sent.
    pub number: SmolStr,
    /// Number of its size type in [`SIZES`].
    pub size: u8,
    /// Which way it passes.
    pub passage: Passage,
    /// Number of its dangerous goods in [`GOODS`].
    pub goods: Option<u8>,
    /// Set temperature in tenths of a degree; then it needs cooling.
    pub temperature: Option<i16>,
    /// Gross weight.
    pub kilograms: u32,
    /// Number of the carrier.
    pub carrier: u8,
    /// Number of the bill of lading.
    pub bill: u32,
    /// Number of the declaration, with its year.
    pub declaration: (u16, u32),
    /// The voyage that brought it.
    pub inbound: Option<Voyage>,
    /// The voyage that takes it.
    pub outbound: Option<Voyage>,
}

impl Facts {
    /// Its size type.
    pub fn size(&self) -> Size {
        SIZES[usize::from(self.size)]
    }

    /// Its dangerous goods.
    pub fn goods(&self) -> Option<Goods> {
        self.goods.map(|number| GOODS[usize::from(number)])
    }

    /// Boxes with one group belong together: they came or go with one vessel.
    pub fn group(&self) -> u32 {
        self.outbound.or(self.inbound).map_or(0, Voyage::group)
    }
}

/// A container in the port, or known to be coming.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Container {
    /// What messages say of it.
    pub facts: Facts,
    /// Where it stands.
    pub place: Option<Place>,
    /// How deeply customs is going to look.
    pub channel: Channel,
    /// From declaration to release where only papers are looked at, in milliseconds.
    pub clearance: i64,
    /// It has been declared.
    pub declared: bool,
    /// Customs let it go.
    pub released: bool,
    /// The terminal may load it.
    pub instructed: bool,
    /// It is plugged in.
    pub plugged: bool,
    /// It is going to pass without being stacked.
    pub direct: bool,
    /// It must not stand long.
    pub urgent: bool,
    /// Something was found in it.
    pub suspect: bool,
    /// It stands where it must not.
    pub misplaced: bool,
    /// The terminal tells of its gate moves through EDIFACT.
    pub by_edifact: bool,
    /// The call that is going to take it.
    pub call: Option<u32>,
    /// When it was last moved or unplugged. A minute must pass before it leaves: EDIFACT gives no seconds.
    pub moved_at: Time,
    /// Until then its arrival is under way in an interchange, and the terminal's yard system waits with what
    /// it has to say.
    pub known_from: Time,
}

impl Container {
    /// A container that is going to come.
    pub fn expected(facts: Facts) -> Container {
        Container {
            facts,
            place: None,
            channel: Channel::None,
            clearance: 0,
            declared: false,
            released: false,
            instructed: false,
            plugged: false,
            direct: false,
            urgent: false,
            suspect: false,
            misplaced: false,
            by_edifact: false,
            call: None,
            moved_at: Time(i64::MIN),
            known_from: Time(i64::MIN),
        }
    }
}

/// Names one container for as long as it is in the port or known to be coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Key {
    index: u32,
    serial: u32,
}

/// All containers in the port or known to be coming.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Containers {
    entries: Vec<(u32, Option<Container>)>,
    free: Vec<u32>,
    added: u32,
}

impl Containers {
    /// A further container.
    pub fn add(&mut self, container: Container) -> Key {
        self.added += 1;
        let serial = self.added;
        let index = match self.free.pop() {
            Some(index) => {
                self.entries[index as usize] = (serial, Some(container));
                index
            }
            None => {
                self.entries.push((serial, Some(container)));
                (self.entries.len() - 1) as u32
            }
        };
        Key { index, serial }
    }

    /// A container that has not left.
    pub fn get(&self, key: Key) -> Option<&Container> {
        match self.entries.get(key.index as usize) {
            Some((serial, container)) if *serial == key.serial => container.as_ref(),
            _ => None,
        }
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut Container> {
        match self.entries.get_mut(key.index as usize) {
            Some((serial, container)) if *serial == key.serial => container.as_mut(),
            _ => None,
        }
    }

    /// Takes out a container that leaves.
    pub fn remove(&mut self, key: Key) -> Option<Container> {
        let container = match self.entries.get_mut(key.index as usize) {
            Some((serial, container)) if *serial == key.serial => container.take(),
            _ => None,
        };
        if container.is_some() {
            self.free.push(key.index);
        }
        container
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_dangerous_boxes_are_shared_out() {
        assert_eq!(GOODS.iter().map(|goods| goods.share).sum::<usize>(), 1_000);
    }
}
