//! Which alarms a call speaks of.

use crate::access::Sites;
use crate::access::caller::sees;
use crate::engine::site::SiteState;
use crate::engine::state::State;
use crate::routes::error::ApiError;
use crate::routes::params::Params;
use serde::de::DeserializeOwned;
use shared::alarm::lifecycle::AlarmRecord;
use shared::alarm::{Kind, Priority, State as AlarmState};
use shared::time::Time;
use smol_str::SmolStr;
use std::sync::Arc;

/// The names of the parameters that choose alarms.
pub const NAMES: [&str; 14] = [
    "state",
    "kind",
    "priority",
    "site",
    "block",
    "vessel",
    "rule",
    "position",
    "from",
    "to",
    "raised_from",
    "raised_to",
    "q",
    "open",
];

/// The value that stands for alarms without a block, vessel or position.
pub const NONE: &str = "~";

/// Which alarms are meant.
#[derive(Clone, Debug, Default)]
pub struct AlarmFilter {
    states: Vec<AlarmState>,
    kinds: Vec<Kind>,
    priorities: Vec<Priority>,
    sites: Sites,
    blocks: Vec<SmolStr>,
    vessels: Vec<SmolStr>,
    rules: Vec<SmolStr>,
    positions: Vec<SmolStr>,
    from: Option<Time>,
    to: Option<Time>,
    raised_from: Option<Time>,
    raised_to: Option<Time>,
    text: Option<String>,
    open: Option<bool>,
}

/// A value by the name that travels.
pub fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
}

/// The vessel by which alarms are grouped: its name, or where nobody said it the voyage.
pub fn vessel_of(record: &AlarmRecord) -> Option<&SmolStr> {
    let about = &record.occurrence.about;
    about.vessel_name.as_ref().or(about.voyage.as_ref())
}

impl AlarmFilter {
    /// Reads the parameters.
    pub fn of(params: &Params, state: &State) -> Result<AlarmFilter, ApiError> {
        let site: &SiteState = params.site(state)?;
        let texts = |name: &str| params.all(name).map(SmolStr::from).collect();
        Ok(AlarmFilter {
            states: params.each("state", named)?,
            kinds: params.each("kind", Kind::from_name)?,
            priorities: params.each("priority", named)?,
            sites: match params.one("site") {
                Some(_) => Some(Arc::from([site.site.code.clone()])),
                None => params.sites().clone(),
            },
            blocks: texts("block"),
            vessels: params.whole("vessel").map(SmolStr::from).collect(),
            rules: texts("rule"),
            positions: texts("position"),
            from: params.time("from", site)?,
            to: params.time("to", site)?,
            raised_from: params.time("raised_from", site)?,
            raised_to: params.time("raised_to", site)?,
            text: params.one("q").map(str::to_uppercase),
            open: params.flag("open")?,
        })
    }

    /// The same for any kind and priority: what the counts by kind stand beside.
    #[must_use]
    pub fn of_any_kind(&self) -> AlarmFilter {
        AlarmFilter {
            kinds: Vec::new(),
            priorities: Vec::new(),
            ..self.clone()
        }
    }

    /// Whether its kinds and priorities take an alarm.
    pub fn takes_kind(&self, record: &AlarmRecord) -> bool {
        let occurrence = &record.occurrence;
        (self.kinds.is_empty() || self.kinds.contains(&occurrence.kind))
            && (self.priorities.is_empty() || self.priorities.contains(&occurrence.priority))
    }

    /// The first moment at which what it takes was raised, where it says so.
    pub fn raised_period(&self) -> (Option<Time>, Option<Time>) {
        (self.raised_from, self.raised_to)
    }

    /// Whether it takes an alarm. Several states mean any of them; without a state what is withdrawn is left out.
    pub fn takes(&self, record: &AlarmRecord, state: &State) -> bool {
        let occurrence = &record.occurrence;
        let in_state = match self.states.as_slice() {
            [] => record.withdrawn_at.is_none(),
            states => states.iter().any(|state| record.is_in(*state)),
        };
        let raised = occurrence.raised_at;
        in_state
            && self.takes_kind(record)
            && self.open.is_none_or(|open| record.is_open() == open)
            // Active at some time in the period.
            && self.to.is_none_or(|to| raised < to)
            && self
                .from
                .is_none_or(|from| occurrence.cleared_at.is_none_or(|cleared| cleared > from))
            && self.raised_from.is_none_or(|from| raised >= from)
            && self.raised_to.is_none_or(|to| raised < to)
            && is_one_of(&self.blocks, occurrence.block.as_deref())
            && is_one_of(&self.vessels, vessel_of(record).map(SmolStr::as_str))
            && (self.rules.is_empty() || self.rules.contains(&occurrence.rule))
            && (self.positions.is_empty() || is_one_of(&self.positions, Some(state.position_of(record))))
            && sees(&self.sites, &occurrence.about.site)
            && self.has_text(record)
    }

    fn has_text(&self, record: &AlarmRecord) -> bool {
        let Some(text) = &self.text else { return true };
        let occurrence = &record.occurrence;
        let about = &occurrence.about;
        let has = |own: Option<&str>| own.is_some_and(|own| own.to_uppercase().contains(text.as_str()));
        has(about.container.as_ref().map(|container| container.as_str()))
            || has(about.bill_of_lading.as_deref())
            || has(about.voyage.as_deref())
            || has(about.vessel_name.as_deref())
            || has(occurrence.slot.as_deref())
            || has(occurrence.detail.source.as_deref())
    }
}

fn is_one_of(wanted: &[SmolStr], own: Option<&str>) -> bool {
    wanted.is_empty() || wanted.iter().any(|wanted| wanted == own.unwrap_or(NONE))
}
