//! Rules and layouts as the journal keeps them: a changed configuration is a new version from its start on
//! (`semantics.md` §4, Rules change).

use crate::config::{Configuration, Site};
use serde::{Deserialize, Serialize};
use shared::rules::{OvertimeRule, Regime, StorageRules};
use shared::time::Time;
use shared::yard::{Layout, SlotPattern, geojson};
use smol_str::SmolStr;
use std::sync::Arc;

/// One site's rules and layout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegimeEntry {
    /// The site.
    pub site: SmolStr,
    /// Limits between two nodes.
    pub overtime: Vec<OvertimeRule>,
    /// What may stand where.
    pub storage: StorageRules,
    /// How slot addresses are written.
    pub slot_pattern: String,
    /// The layout as GeoJSON.
    pub layout: serde_json::Value,
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
            overtime: configuration.overtime.clone(),
            storage: configuration.storage.clone(),
            slot_pattern: site.layout.pattern.as_str().to_owned(),
            layout: geojson::write(&site.layout),
        }
    }

    /// The regime that it means.
    pub fn regime(&self, valid_from: Time) -> Result<Regime, RegimeError> {
        let pattern =
            SlotPattern::parse(&self.slot_pattern).map_err(|error| RegimeError(error.to_string()))?;
        let layout: Layout = geojson::read(&self.layout.to_string(), pattern)
            .map_err(|error| RegimeError(error.to_string()))?;
        Ok(Regime {
            valid_from,
            overtime: self.overtime.clone(),
            storage: self.storage.clone(),
            layout: Arc::new(layout),
        })
    }
}
