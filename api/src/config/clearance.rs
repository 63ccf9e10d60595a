//! What clearance times are held against.

use shared::event::Direction;
use smol_str::SmolStr;

/// The target and the baselines of overall clearance (`semantics.md` §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearance {
    /// A stay within this many seconds is within target.
    pub target_seconds: u64,
    /// Earlier figures to compare with; the first is the one that figures name.
    pub baselines: Vec<Baseline>,
}

/// Overall clearance as it once was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// Its name, such as the year.
    pub name: SmolStr,
    /// Import, in seconds.
    pub import_seconds: Option<u64>,
    /// Export, in seconds.
    pub export_seconds: Option<u64>,
}

impl Default for Clearance {
    fn default() -> Clearance {
        Clearance {
            target_seconds: 24 * 3_600,
            baselines: Vec::new(),
        }
    }
}

impl Clearance {
    /// What the first baseline says of a direction.
    pub fn baseline_seconds(&self, direction: Direction) -> Option<u64> {
        let first = self.baselines.first()?;
        match direction {
            Direction::Import => first.import_seconds,
            Direction::Export => first.export_seconds,
            Direction::Transshipment | Direction::Domestic => None,
        }
    }
}
