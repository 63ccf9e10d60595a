//! Limits between two nodes (`semantics.md` §4, default limits).

use crate::alarm::Priority;
use crate::event::{Direction, Node};
use crate::stay::{Cargo, Mode};
use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

/// A limit for the time between two nodes of a stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OvertimeRule {
    /// The node that begins the clock.
    pub from: Node,
    /// The node that ends it.
    pub to: Node,
    /// Only for this direction.
    #[serde(default)]
    pub direction: Option<Direction>,
    /// Only for this cargo class.
    #[serde(default)]
    pub cargo: Option<Cargo>,
    /// Only for this mode.
    #[serde(default)]
    pub mode: Option<Mode>,
    /// Whole seconds; exactly the limit raises nothing.
    pub limit_seconds: u64,
    /// How urgent its alarm is.
    pub priority: Priority,
    /// Whether it rings. Out of service its alarms are still found and kept, and ring nowhere.
    #[serde(default = "yes")]
    pub in_service: bool,
}

fn yes() -> bool {
    true
}

impl OvertimeRule {
    /// The rule's own name: it stays the same when only the limit changes.
    pub fn name(&self) -> SmolStr {
        let mut name = format_smolstr!("overtime:{}:{}", self.from, self.to);
        let narrowed = [
            self.direction.map(Direction::name),
            self.cargo.map(Cargo::name),
            self.mode.map(Mode::name),
        ];
        for part in narrowed.into_iter().flatten() {
            name = format_smolstr!("{name}:{part}");
        }
        name
    }

    /// Whether it speaks of such a stay.
    pub fn applies_to(&self, direction: Option<Direction>, cargo: Cargo, mode: Mode) -> bool {
        self.direction.is_none_or(|own| direction == Some(own))
            && self.cargo.is_none_or(|own| cargo == own)
            && self.mode.is_none_or(|own| mode == own)
    }

    /// Whether a node ends its clock. A shift puts a box into a slot as a stacking does, and rail takes it
    /// away as the gate does.
    pub fn ends_with(&self, node: Node) -> bool {
        node == self.to
            || match self.to {
                Node::Stack => node == Node::Shift,
                Node::GateOut => node == Node::RailOut,
                _ => false,
            }
    }
}

/// The limits that hold without configuration.
pub fn defaults() -> Vec<OvertimeRule> {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let rule = |from, to, direction, limit_seconds, priority| OvertimeRule {
        from,
        to,
        direction,
        cargo: None,
        mode: None,
        limit_seconds,
        priority,
        in_service: true,
    };
    vec![
        rule(Node::Discharge, Node::Stack, None, 60 * MINUTE, Priority::Low),
        rule(Node::GateIn, Node::Stack, None, 60 * MINUTE, Priority::Low),
        rule(Node::Declare, Node::Release, None, 24 * HOUR, Priority::Low),
        rule(Node::SelectForScan, Node::Scan, None, 12 * HOUR, Priority::Medium),
        rule(
            Node::SelectForInspection,
            Node::InspectionStart,
            None,
            24 * HOUR,
            Priority::Medium,
        ),
        rule(
            Node::InspectionStart,
            Node::InspectionEnd,
            None,
            8 * HOUR,
            Priority::Medium,
        ),
        rule(
            Node::Release,
            Node::GateOut,
            Some(Direction::Import),
            7 * DAY,
            Priority::Low,
        ),
        rule(
            Node::Release,
            Node::Load,
            Some(Direction::Export),
            7 * DAY,
            Priority::Low,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_without_a_direction_speaks_of_every_stay() {
        let rules = defaults();
        assert!(rules[0].applies_to(None, Cargo::General, Mode::Unknown));
        assert!(rules[6].applies_to(Some(Direction::Import), Cargo::General, Mode::Unknown));
        assert!(!rules[6].applies_to(None, Cargo::General, Mode::Unknown));
        assert_eq!(rules[6].name(), "overtime:release:gate_out:import");
    }
}
