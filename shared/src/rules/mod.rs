//! Rules: overtime limits and storage rules, in versions with a beginning (`semantics.md` §4).

/// Limits between two nodes.
pub mod overtime;
/// What may stand where, how high and how long.
pub mod storage;

use crate::time::Time;
use crate::yard::Layout;
pub use overtime::OvertimeRule;
use std::sync::Arc;
pub use storage::StorageRules;

/// The rules and the layout that hold from a moment on.
#[derive(Clone, Debug)]
pub struct Regime {
    /// From when they hold.
    pub valid_from: Time,
    /// Limits between two nodes.
    pub overtime: Vec<OvertimeRule>,
    /// What may stand where.
    pub storage: StorageRules,
    /// The yard.
    pub layout: Arc<Layout>,
}

/// All versions of a site's rules. A clock is judged by the version in force when it began, a placement by
/// that at its time.
#[derive(Clone, Debug)]
pub struct RuleBook {
    regimes: Vec<Regime>,
}

impl RuleBook {
    /// A book whose first version holds for all time before the second.
    pub fn new(first: Regime) -> RuleBook {
        RuleBook { regimes: vec![first] }
    }

    /// Adds a version; versions come in the order of their beginning.
    pub fn add(&mut self, regime: Regime) {
        let at = self
            .regimes
            .partition_point(|other| other.valid_from <= regime.valid_from);
        self.regimes.insert(at, regime);
    }

    /// The version in force at a time. What happened before the first version is judged by the first.
    pub fn at(&self, time: Time) -> &Regime {
        let after = self.regimes.partition_point(|regime| regime.valid_from <= time);
        // Never empty: `new` puts one in and nothing takes one out.
        &self.regimes[after.saturating_sub(1)]
    }

    /// The newest version.
    pub fn newest(&self) -> &Regime {
        &self.regimes[self.regimes.len() - 1]
    }

    /// All versions, oldest first.
    pub fn all(&self) -> &[Regime] {
        &self.regimes
    }
}
