//! Rules: what raises an alarm, in versions with a beginning (`semantics.md` §4).

/// What is wrong with rules that somebody sends.
mod check;
/// What every kind of alarm has: priority, limit, delays, and whether it is in service.
pub mod kind;
/// Limits between two nodes.
pub mod overtime;
/// Which dangerous goods may not stand near each other.
pub mod segregation;
/// What may stand where, how high and how long.
pub mod storage;
/// Alarms that say again what another one says.
pub mod suppression;

use crate::alarm::Kind;
use crate::time::Time;
use crate::yard::Layout;
pub use check::RuleProblem;
pub use kind::KindRule;
pub use overtime::OvertimeRule;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
pub use storage::StorageRules;
pub use suppression::Suppression;

/// The rules of a site. What is left out keeps its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Limits between two nodes.
    pub overtime: Vec<OvertimeRule>,
    /// The other kinds; one that is not named has its default.
    pub kinds: BTreeMap<Kind, KindRule>,
    /// What may stand where.
    pub storage: StorageRules,
    /// How far from what it is set to a reefer may be, in thousandths of a degree Celsius.
    pub reefer_band_millicelsius: u32,
    /// Which alarms are suppressed while another one says the same.
    pub suppress: Vec<Suppression>,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            overtime: overtime::defaults(),
            kinds: kind::defaults(),
            storage: StorageRules::default(),
            reefer_band_millicelsius: 3_000,
            suppress: suppression::defaults(),
        }
    }
}

impl Rules {
    /// What holds for a kind. Overtime has a rule for each pair of nodes; its own entry is never asked for.
    pub fn kind(&self, kind: Kind) -> KindRule {
        self.kinds
            .get(&kind)
            .copied()
            .unwrap_or_else(|| kind::default_of(kind))
    }

    /// Whether the rule of an alarm is in service. What a rule raised that is gone since is still to be answered.
    pub fn in_service(&self, kind: Kind, rule: &str) -> bool {
        match kind {
            Kind::Overtime => self
                .overtime
                .iter()
                .all(|own| own.in_service || own.name() != rule),
            other => self.kind(other).in_service,
        }
    }
}

/// The rules and the layout that hold from a moment on.
#[derive(Clone, Debug)]
pub struct Regime {
    /// From when they hold.
    pub valid_from: Time,
    /// The rules.
    pub rules: Arc<Rules>,
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
