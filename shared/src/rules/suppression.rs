//! Alarms that say again what another one says (ISA-18.2 §12, suppression by design).

use crate::alarm::Kind;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// While an alarm of one kind is active on a stay, those of a rule on the same stay are suppressed: still found, kept
/// and listed under `state=suppressed`, but not in the open list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// A rule's name (`overtime:discharge:stack`), the beginning of one (`overtime`), or a kind.
    pub rule: SmolStr,
    /// The kind that says it already.
    pub during: Kind,
}

impl Suppression {
    /// Whether it speaks of a rule.
    pub fn means(&self, rule: &str) -> bool {
        rule.strip_prefix(self.rule.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    }
}

/// What holds without configuration: an inspection that is late need not ring a second time for its beginning or its
/// end.
pub fn defaults() -> Vec<Suppression> {
    [
        "select_for_inspection:inspection_start",
        "inspection_start:inspection_end",
    ]
    .into_iter()
    .map(|nodes| Suppression {
        rule: format!("overtime:{nodes}").into(),
        during: Kind::InspectionLate,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_means_every_rule_that_goes_on_behind_it() {
        let suppression = |rule: &str| Suppression {
            rule: rule.into(),
            during: Kind::InspectionLate,
        };
        assert!(suppression("overtime").means("overtime:discharge:stack"));
        assert!(suppression("overtime:discharge:stack").means("overtime:discharge:stack:import"));
        assert!(!suppression("overtime:discharge:sta").means("overtime:discharge:stack"));
        assert!(!suppression("slot_taken").means("overtime:discharge:stack"));
    }
}
