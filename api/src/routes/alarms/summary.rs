//! How many alarms there are, by what they are and what they have in common: a flood is a few lines.

use super::filter::{AlarmFilter, NONE, vessel_of};
use crate::engine::state::State;
use crate::routes::error::ApiError;
use crate::routes::params::Params;
use rustc_hash::FxHashMap;
use shared::alarm::lifecycle::AlarmRecord;
use shared::alarm::{Kind, Priority};
use shared::time::Time;
use shared::wire::alarm::{AlarmGroup, AlarmSummary, KindCount};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// So many groups are told at most.
const MOST_GROUPS: usize = 1_000;

/// What alarms have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Kind,
    Priority,
    Vessel,
    Block,
    Rule,
    Container,
}

const ALL: [(By, &str); 6] = [
    (By::Kind, "kind"),
    (By::Priority, "priority"),
    (By::Vessel, "vessel"),
    (By::Block, "block"),
    (By::Rule, "rule"),
    (By::Container, "container"),
];

impl By {
    fn name(self) -> &'static str {
        ALL.iter()
            .find(|(own, _)| *own == self)
            .map_or("", |(_, name)| name)
    }

    /// The parameter that filters for it.
    fn parameter(self) -> &'static str {
        match self {
            By::Container => "q",
            other => other.name(),
        }
    }

    fn value(self, record: &AlarmRecord) -> Option<SmolStr> {
        let occurrence = &record.occurrence;
        match self {
            By::Kind => Some(SmolStr::new_static(occurrence.kind.name())),
            By::Priority => Some(SmolStr::new_static(match occurrence.priority {
                Priority::Low => "low",
                Priority::Medium => "medium",
                Priority::High => "high",
            })),
            By::Vessel => vessel_of(record).cloned(),
            By::Block => occurrence.block.clone(),
            By::Rule => Some(occurrence.rule.clone()),
            By::Container => occurrence
                .about
                .container
                .as_ref()
                .map(|container| container.text()),
        }
    }
}

#[derive(Default)]
struct Counted {
    count: u64,
    active: u64,
    unacknowledged: u64,
    high: u64,
    medium: u64,
    first: Option<Time>,
    last: Option<Time>,
}

impl Counted {
    fn add(&mut self, record: &AlarmRecord) {
        let raised = record.occurrence.raised_at;
        self.count += 1;
        self.active += u64::from(record.is_active());
        self.unacknowledged += u64::from(!record.acknowledged);
        match record.occurrence.priority {
            Priority::High => self.high += 1,
            Priority::Medium => self.medium += 1,
            Priority::Low => {}
        }
        self.first = Some(self.first.map_or(raised, |first| first.min(raised)));
        self.last = self.last.max(Some(raised));
    }
}

/// Counts what a filter selects.
pub fn summary(params: &Params, filter: &AlarmFilter, state: &State) -> Result<AlarmSummary, ApiError> {
    let by = params.each_of("group", &ALL.map(|(by, _)| by), By::name)?;
    let site = params.site(state)?;
    let any_kind = filter.of_any_kind();
    let mut kinds: BTreeMap<(Kind, Priority), (u64, u64)> = BTreeMap::new();
    let mut groups: FxHashMap<Vec<Option<SmolStr>>, Counted> = FxHashMap::default();
    let (mut total, mut open, mut unacknowledged) = (0, 0, 0);
    for record in state.alarms.newest(None) {
        if !any_kind.takes(record, state) {
            continue;
        }
        let occurrence = &record.occurrence;
        let of_kind = kinds.entry((occurrence.kind, occurrence.priority)).or_default();
        of_kind.0 += 1;
        of_kind.1 += u64::from(!record.acknowledged);
        if !filter.takes_kind(record) {
            continue;
        }
        total += 1;
        if record.is_open() {
            open += 1;
            unacknowledged += u64::from(!record.acknowledged);
        }
        if !by.is_empty() {
            let key = by.iter().map(|by| by.value(record)).collect();
            groups.entry(key).or_default().add(record);
        }
    }
    let group_count = groups.len() as u64;
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by(|(a_key, a), (b_key, b)| {
        let urgency =
            |counted: &Counted| (counted.high > 0, counted.high + counted.medium > 0, counted.count);
        urgency(b).cmp(&urgency(a)).then_with(|| a_key.cmp(b_key))
    });
    groups.truncate(MOST_GROUPS);
    let asked = params.without(&["group", "kind", "limit", "cursor", "sort", "order"]);
    let groups = groups.into_iter().map(|(key, counted)| {
        let mut query = asked.clone();
        for (by, value) in by.iter().zip(&key) {
            query.set(by.parameter(), value.as_deref().unwrap_or(NONE));
        }
        if !by.contains(&By::Kind) {
            params.all("kind").for_each(|kind| query.add("kind", kind));
        }
        let at = |time: Option<Time>| site.local(time.unwrap_or_default());
        AlarmGroup {
            key: key.into_iter().map(|value| value.map(String::from)).collect(),
            count: counted.count,
            active: counted.active,
            unacknowledged: counted.unacknowledged,
            high: counted.high,
            medium: counted.medium,
            first_raised_at: at(counted.first),
            last_raised_at: at(counted.last),
            href: format!("/api/v1/alarms{}", query.text()),
        }
    });
    let groups = groups.collect();
    Ok(AlarmSummary {
        total,
        open,
        unacknowledged,
        kinds: kinds
            .into_iter()
            .map(|((kind, priority), (count, unacknowledged))| KindCount {
                kind,
                priority,
                count,
                unacknowledged,
            })
            .collect(),
        groups: (!by.is_empty()).then_some(groups),
        group_count,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    })
}
