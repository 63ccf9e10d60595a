//! Declarations: clearance counted once for each declaration number and site, from its first `declare` to its
//! last `release`, over all boxes that it covers (`semantics.md` §5).

use super::change::{CellChange, Count, Unit, What};
use super::dimensions::Dimensions;
use super::hour::Hour;
use crate::container::ContainerNumber;
use crate::stay::{Cargo, Channel, Mode};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// What one stay says of one of its declarations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclarationPart {
    /// The container.
    pub container: ContainerNumber,
    /// Its stay.
    pub stay: SmolStr,
    /// What the stay is grouped and filtered by.
    pub dimensions: Dimensions,
    /// Its first `declare`.
    pub declared: Option<Time>,
    /// Its last `release` that holds.
    pub released: Option<Time>,
}

/// One declaration of one site, with what each of its stays says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclarationRecord {
    parts: Vec<DeclarationPart>,
}

impl DeclarationRecord {
    /// What its stays say, by container and stay.
    pub fn parts(&self) -> &[DeclarationPart] {
        &self.parts
    }

    /// Puts what a container's stays say in place of what they said before.
    pub fn replace(&mut self, container: &ContainerNumber, parts: impl IntoIterator<Item = DeclarationPart>) {
        self.parts.retain(|part| part.container != *container);
        self.parts.extend(parts);
        self.parts
            .sort_by(|a, b| (&a.container, &a.stay).cmp(&(&b.container, &b.stay)));
    }

    /// Its first `declare`.
    pub fn declared_at(&self) -> Option<Time> {
        self.parts.iter().filter_map(|part| part.declared).min()
    }

    /// Its last `release`.
    pub fn released_at(&self) -> Option<Time> {
        self.parts.iter().filter_map(|part| part.released).max()
    }

    /// Whole seconds between the two; what would be negative counts as 0.
    pub fn clearance_seconds(&self) -> Option<u64> {
        let seconds = self.released_at()?.seconds_since(self.declared_at()?);
        Some(u64::try_from(seconds).unwrap_or(0))
    }

    /// What it is grouped and filtered by: direction and mode where its boxes agree, the first cargo class that
    /// fits any of them, and the deepest channel of any.
    pub fn dimensions(&self) -> Dimensions {
        let first = self.parts.first().map(|part| part.dimensions).unwrap_or_default();
        let all = || self.parts.iter().map(|part| part.dimensions);
        Dimensions {
            direction: first
                .direction
                .filter(|_| all().all(|other| other.direction == first.direction)),
            cargo: cargo_of(all().map(|own| own.cargo)),
            mode: if all().all(|other| other.mode == first.mode) {
                first.mode
            } else {
                Mode::Unknown
            },
            channel: all().map(|own| own.channel).max().unwrap_or(Channel::None),
        }
    }

    /// What it adds to the figures of its site; nothing before it is declared.
    pub fn changes(&self, hour_of: &dyn Fn(Time) -> Hour) -> Vec<CellChange> {
        let mut changes = Vec::new();
        let Some(declared) = self.declared_at() else {
            return changes;
        };
        let dimensions = self.dimensions().code();
        let mut add = |hour, what| {
            changes.push(CellChange {
                hour,
                dimensions,
                what,
            });
        };
        let began = hour_of(declared);
        let released = self.released_at();
        add(began, What::Clock(Unit::Declaration, released.map(hour_of)));
        add(began, What::Count(Count::DeclarationClocks, 1));
        if let (Some(released), Some(seconds)) = (released, self.clearance_seconds()) {
            let hour = hour_of(released);
            add(hour, What::Count(Count::DeclarationsReleased, 1));
            add(hour, What::Duration(Unit::Declaration.overall(), seconds));
            if released < declared {
                add(hour, What::Count(Count::DeclarationsAdvance, 1));
            }
        }
        changes
    }
}

/// The first class that fits any box; empty only where all boxes are.
fn cargo_of(all: impl Iterator<Item = Cargo>) -> Cargo {
    let mut found = None;
    for cargo in all {
        found = match (found, cargo) {
            (None, cargo) => Some(cargo),
            (Some(Cargo::Empty), Cargo::General) | (Some(Cargo::General), Cargo::Empty) => {
                Some(Cargo::General)
            }
            (Some(known), cargo) => Some(known.min(cargo)),
        };
    }
    found.unwrap_or_default()
}
