//! The vessels that call and the carriers that run them. All are made up.

use serde::{Deserialize, Serialize};

/// A carrier: its code, and which DCSA Track & Trace it speaks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Carrier {
    /// Code, in the form of the SMDG's list.
    pub code: &'static str,
    /// Whether it speaks 3.0.0; the others speak 2.2.
    pub third: bool,
}

const fn carrier(code: &'static str, third: bool) -> Carrier {
    Carrier { code, third }
}

/// The carriers.
pub(super) const CARRIERS: [Carrier; 10] = [
    carrier("QLK", true),
    carrier("DJP", true),
    carrier("BHW", true),
    carrier("TJO", true),
    carrier("HXQ", true),
    carrier("YQN", true),
    carrier("LGZ", false),
    carrier("NWD", false),
    carrier("PJL", false),
    carrier("ZHQ", false),
];

const FIRST_NAMES: [&str; 11] = [
    "Amber", "Boreal", "Cedar", "Dawn", "Ember", "Fjord", "Garnet", "Harbour", "Indigo", "Jade", "Kelp",
];
const LAST_NAMES: [&str; 10] = [
    "Crane", "Heron", "Lantern", "Meridian", "Passage", "Tide", "Sparrow", "Voyager", "Willow", "Zenith",
];

/// Ports at the other end of a voyage.
pub(super) const OTHER_PORTS: [&str; 10] = [
    "KRPUS", "JPYOK", "SGSIN", "NLRTM", "DEHAM", "USLAX", "VNHPH", "THLCH", "MYPKG", "AUSYD",
];

/// How many vessels there are: so many that none is due twice within the days for which calls are planned.
pub(super) const VESSELS: u8 = (FIRST_NAMES.len() * LAST_NAMES.len()) as u8;

/// One voyage of one vessel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Voyage {
    /// The vessel, below [`VESSELS`].
    pub vessel: u8,
    /// Number of the voyage.
    pub number: u16,
}

impl Voyage {
    /// Words of the vessel's name.
    pub fn vessel_name(self) -> (&'static str, &'static str) {
        let vessel = usize::from(self.vessel);
        (
            FIRST_NAMES[vessel % FIRST_NAMES.len()],
            LAST_NAMES[vessel / FIRST_NAMES.len() % LAST_NAMES.len()],
        )
    }

    /// IMO number: six digits and a check digit.
    pub fn imo(self) -> u32 {
        let digits = 978_000 + u32::from(self.vessel) * 113;
        let sum: u32 = (0..6)
            .map(|place| digits / 10u32.pow(place) % 10 * (place + 2))
            .sum();
        digits * 10 + sum % 10
    }

    /// Number of the carrier in [`CARRIERS`].
    pub fn carrier(self) -> u8 {
        self.vessel % CARRIERS.len() as u8
    }

    /// The letter behind the voyage number.
    pub fn bound(self) -> char {
        if self.vessel.is_multiple_of(2) { 'W' } else { 'E' }
    }

    /// Tells voyages apart where boxes are grouped.
    pub fn group(self) -> u32 {
        u32::from(self.vessel) << 16 | u32::from(self.number)
    }

    /// The port at the other end.
    pub fn other_port(self) -> &'static str {
        OTHER_PORTS[usize::from(self.vessel) * 7 % OTHER_PORTS.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imo_numbers_have_their_check_digit() {
        for vessel in 0..VESSELS {
            let imo = Voyage { vessel, number: 1 }.imo();
            let digits: Vec<u32> = imo.to_string().bytes().map(|b| u32::from(b - b'0')).collect();
            let sum: u32 = digits[..6].iter().zip((2..=7).rev()).map(|(d, w)| d * w).sum();
            assert_eq!(sum % 10, digits[6], "{imo}");
        }
    }
}
