//! Rules and layouts as the journal keeps them: a changed configuration is a new version from its start on, and so is
//! what a person changes in the page (`semantics.md` §4, Rules change).

use crate::config::{Configuration, Site};
use serde::{Deserialize, Serialize};
use shared::rules::{OvertimeRule, Regime, Rules, StorageRules};
use shared::time::Time;
use shared::yard::{Layout, SlotPattern, geojson};
use smol_str::SmolStr;
use std::sync::Arc;

/// One site's rules and layout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct RegimeEntry {
    /// The site.
    pub site: SmolStr,
    /// What raises an alarm.
    pub rules: Rules,
    /// How slot addresses are written.
    pub slot_pattern: String,
    /// The layout as GeoJSON.
    pub layout: serde_json::Value,
    /// A person's change; without, it came from the configuration.
    pub changed: Option<ByPerson>,
}

/// Who changed the rules, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ByPerson {
    /// Who.
    pub by: Option<String>,
    /// Why.
    pub remark: Option<String>,
}

/// The form in a journal, of this and of earlier programs: the first had only limits and storage rules.
#[derive(Deserialize)]
struct Written {
    site: SmolStr,
    rules: Option<Rules>,
    overtime: Option<Vec<OvertimeRule>>,
    storage: Option<StorageRules>,
    slot_pattern: String,
    layout: serde_json::Value,
    changed: Option<ByPerson>,
}

impl From<Written> for RegimeEntry {
    fn from(written: Written) -> RegimeEntry {
        let mut rules = written.rules.unwrap_or_default();
        if let Some(overtime) = written.overtime {
            rules.overtime = overtime;
        }
        if let Some(storage) = written.storage {
            rules.storage = storage;
        }
        RegimeEntry {
            site: written.site,
            rules,
            slot_pattern: written.slot_pattern,
            layout: written.layout,
            changed: written.changed,
        }
    }
}

/// Why a version of the rules can't be read from the journal.
#[derive(Debug, thiserror::Error)]
#[error("the rules in the journal can't be read: {0}")]
pub struct RegimeError(String);

impl RegimeEntry {
    /// What is configured for a site.
    pub fn configured(configuration: &Configuration, site: &Site) -> RegimeEntry {
        RegimeEntry {
            site: site.code.clone(),
            rules: configuration.rules.clone(),
            slot_pattern: site.layout.pattern.as_str().to_owned(),
            layout: geojson::write(&site.layout),
            changed: None,
        }
    }

    /// The same with rules that a person wants.
    #[must_use]
    pub fn with(mut self, rules: Rules, changed: ByPerson) -> RegimeEntry {
        self.rules = rules;
        self.changed = Some(changed);
        self
    }

    /// The regime that it means. A layout that is the same as that of `before` is not read again.
    pub fn regime(
        &self,
        valid_from: Time,
        before: Option<(&RegimeEntry, &Arc<Layout>)>,
    ) -> Result<Regime, RegimeError> {
        let same = before
            .filter(|(entry, _)| entry.slot_pattern == self.slot_pattern && entry.layout == self.layout)
            .map(|(_, layout)| Arc::clone(layout));
        let layout = match same {
            Some(layout) => layout,
            None => {
                let pattern =
                    SlotPattern::parse(&self.slot_pattern).map_err(|error| RegimeError(error.to_string()))?;
                let layout = geojson::read(&self.layout.to_string(), pattern)
                    .map_err(|error| RegimeError(error.to_string()))?;
                Arc::new(layout)
            }
        };
        Ok(Regime {
            valid_from,
            rules: Arc::new(self.rules.clone()),
            layout,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::alarm::Priority;

    #[test]
    fn a_version_that_an_earlier_program_wrote_is_still_read() {
        let text = r#"{"site":"S","overtime":[{"from":"discharge","to":"stack","direction":null,"cargo":null,"mode":null,
            "limit_seconds":1800,"priority":"high"}],"storage":{"low_tiers":1},"slot_pattern":"BBBbbrr.t",
            "layout":{"type":"FeatureCollection","features":[]}}"#;
        let entry: RegimeEntry = serde_json::from_str(text).unwrap();
        let overtime = &entry.rules.overtime[0];
        assert_eq!(
            (overtime.limit_seconds, overtime.priority, overtime.in_service),
            (1_800, Priority::High, true)
        );
        assert_eq!(
            (entry.rules.storage.low_tiers, entry.changed.is_none()),
            (1, true)
        );
        assert_eq!(entry.rules.suppress, Rules::default().suppress);
        let again: RegimeEntry = serde_json::from_str(&serde_json::to_string(&entry).unwrap()).unwrap();
        assert_eq!(again, entry);
    }
}
