//! `GET /alarms/performance`: how well alarms serve those who answer them (`domain.md` §7), over any period.

use super::filter::{NONE, named};
use crate::access::Sites;
use crate::access::caller::sees;
use crate::engine::overview::encode;
use crate::engine::site::SiteState;
use crate::engine::state::State as EngineState;
use crate::routes::App;
use crate::routes::error::ApiError;
use crate::routes::params::Params;
use axum::Json;
use axum::extract::State;
use rustc_hash::FxHashMap;
use shared::alarm::lifecycle::AlarmRecord;
use shared::alarm::performance::{self as measures, WINDOW, Windows};
use shared::alarm::{Action, Kind, Priority};
use shared::time::{DAY, MINUTE, SECOND, Time};
use shared::wire::performance::{
    Answered, ByName, Chattering, Flood, Frequent, Limits, Performance, PriorityShare, Stale,
};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far back it looks when nobody says.
const PERIOD: i64 = 7 * DAY;
/// So many steps of the course are told at most.
const STEPS: u64 = 5_000;
/// So many of each list are told at most.
const LISTED: usize = 100;
/// So many of the most frequent.
const FREQUENT: usize = 10;

/// `GET /alarms/performance`.
pub async fn performance(State(app): State<App>, params: Params) -> Result<Json<Performance>, ApiError> {
    params.only(&["from", "to", "site", "position", "kind", "block", "priority"])?;
    let state = app.engine.state();
    let now = app.engine.clock.now().max(state.now);
    Ok(Json(Report::of(&params, &state, now)?.performance()))
}

/// What is measured, and over what.
struct Report<'s> {
    state: &'s EngineState,
    site: &'s SiteState,
    asked_site: Option<String>,
    from: Time,
    to: Time,
    now: Time,
    raised: Vec<&'s Arc<AlarmRecord>>,
    active: Vec<&'s Arc<AlarmRecord>>,
    /// The filters, for the addresses of lists.
    asked: Params,
}

impl<'s> Report<'s> {
    fn of(params: &Params, state: &'s EngineState, now: Time) -> Result<Report<'s>, ApiError> {
        let site = params.site(state)?;
        let only_sites: Sites = match params.one("site") {
            Some(_) => Some(Arc::from([site.site.code.clone()])),
            None => params.sites().clone(),
        };
        // Windows are aligned to the wall clock; no zone is off by less than ten minutes from a whole quarter.
        let floor = |at: Time| {
            let offset = i64::from(site.local(at).offset_seconds) * SECOND;
            Time(at.0 - (at.0 + offset).rem_euclid(WINDOW))
        };
        let ceiling = |at: Time| {
            let below = floor(at);
            if below == at { at } else { below.plus(WINDOW) }
        };
        let to = ceiling(params.time("to", site)?.unwrap_or(now));
        let from = floor(params.time("from", site)?.unwrap_or(to.plus(-PERIOD)));
        if from >= to {
            return Err(ApiError::parameter("from", "the period ends before it begins"));
        }
        let positions: Vec<&str> = params.all("position").collect();
        let kinds: Vec<Kind> = params.each("kind", Kind::from_name)?;
        let priorities: Vec<Priority> = params.each("priority", named)?;
        let blocks: Vec<&str> = params.all("block").collect();
        let takes = |record: &AlarmRecord| {
            let occurrence = &record.occurrence;
            record.withdrawn_at.is_none()
                && !record.suppressed
                && !record.out_of_service
                && sees(&only_sites, &occurrence.about.site)
                && (kinds.is_empty() || kinds.contains(&occurrence.kind))
                && (priorities.is_empty() || priorities.contains(&occurrence.priority))
                && (blocks.is_empty() || blocks.contains(&occurrence.block.as_deref().unwrap_or(NONE)))
                && (positions.is_empty() || positions.contains(&state.position_of(record)))
        };
        let period = (Some(from), Some(to));
        let raised = state
            .alarms
            .raised_between(None, period)
            .filter(|record| takes(record));
        let before = state.alarms.raised_between(None, (None, Some(to)));
        let is_stale = |record: &AlarmRecord| {
            let occurrence = &record.occurrence;
            measures::is_stale(occurrence.raised_at, occurrence.cleared_at, (from, to), now)
        };
        Ok(Report {
            raised: raised.collect(),
            active: before
                .filter(|record| is_stale(record) && takes(record))
                .collect(),
            state,
            site,
            from,
            to,
            now,
            asked_site: params.one("site").map(str::to_owned),
            asked: params.without(&["from", "to"]),
        })
    }

    fn windows<'r>(&self, records: impl Iterator<Item = &'r Arc<AlarmRecord>>) -> Windows {
        let mut windows = Windows::new(self.from, self.to);
        records.for_each(|record| windows.add(record.occurrence.raised_at));
        windows
    }

    /// The list of the alarms that were raised in a period.
    fn href(&self, from: Time, to: Time, more: &[(&str, &str)]) -> String {
        let mut query = self.asked.clone();
        for (name, value) in more {
            query.set(name, value);
        }
        let period = format!(
            "raised_from={}&raised_to={}",
            encode(self.site, from),
            encode(self.site, to)
        );
        match query.text() {
            text if text.is_empty() => format!("/api/v1/alarms?{period}"),
            text => format!("/api/v1/alarms{text}&{period}"),
        }
    }

    fn performance(&self) -> Performance {
        let windows = self.windows(self.raised.iter().copied());
        let (course, step_seconds) = self.course(&windows);
        let local = |at: Time| self.site.local(at);
        let (chattering, chattering_tags) = self.chattering();
        let floods = windows.floods().into_iter().map(|flood| Flood {
            from: local(flood.from),
            to: local(flood.to),
            alarms: flood.alarms,
            most_in_ten_minutes: flood.most,
            href: self.href(flood.from, flood.to, &[]),
        });
        Performance {
            site: self.asked_site.clone(),
            from: local(self.from),
            to: local(self.to),
            alarms: windows.alarms(),
            windows: windows.len(),
            average_in_ten_minutes: windows.average(),
            most_in_ten_minutes: windows.most(),
            windows_over_ten: windows.over_ten(),
            time_in_flood: windows.time_in_flood(),
            course,
            step_seconds,
            floods: floods.collect(),
            priorities: self.priorities(),
            most_frequent: self.most_frequent(),
            chattering,
            chattering_tags,
            stale: self.active.len() as u64,
            stale_alarms: self.stale(),
            kinds: self.by("kind", |record| {
                Some(SmolStr::new_static(record.occurrence.kind.name()))
            }),
            blocks: self.by("block", |record| record.occurrence.block.clone()),
            positions: self.by("position", |record| Some(self.state.position_of(record).into())),
            acknowledged: self.acknowledged(),
            limits: Limits {
                acceptable_in_ten_minutes: measures::ACCEPTABLE,
                most_in_ten_minutes: measures::MOST,
                flood_above: measures::FLOOD_ABOVE,
                flood_below: measures::FLOOD_BELOW,
                time_in_flood: measures::TIME_IN_FLOOD,
                chattering_in_a_minute: measures::CHATTERING as u64,
                stale_seconds: (measures::STALE / SECOND).unsigned_abs(),
                stale_alarms: measures::STALE_ALARMS,
            },
            epoch: self.state.epoch.clone(),
            sequence: self.state.sequence,
        }
    }

    /// Windows that have any, or the fullest window of longer steps.
    fn course(&self, windows: &Windows) -> (Vec<(shared::time::LocalTime, u64)>, u64) {
        let together = windows.len().div_ceil(STEPS).max(1);
        let step = WINDOW * i64::try_from(together).unwrap_or(1);
        let mut steps: BTreeMap<i64, u64> = BTreeMap::new();
        for (at, count) in windows.raised() {
            let most = steps.entry((at.0 - self.from.0) / step).or_default();
            *most = (*most).max(count);
        }
        let course = steps
            .into_iter()
            .map(|(place, count)| (self.site.local(self.from.plus(place * step)), count));
        (course.collect(), (step / SECOND).unsigned_abs())
    }

    fn priorities(&self) -> Vec<PriorityShare> {
        let all = self.raised.len() as u64;
        [Priority::High, Priority::Medium, Priority::Low]
            .into_iter()
            .map(|priority| {
                let own = self
                    .raised
                    .iter()
                    .filter(|record| record.occurrence.priority == priority);
                let alarms = own.count() as u64;
                PriorityShare {
                    priority,
                    alarms,
                    share: (all > 0).then(|| alarms as f64 / all as f64),
                    recommended: measures::recommended(priority),
                }
            })
            .collect()
    }

    fn most_frequent(&self) -> Vec<Frequent> {
        let mut rules: BTreeMap<(&SmolStr, Kind), u64> = BTreeMap::new();
        for record in &self.raised {
            let key = (&record.occurrence.rule, record.occurrence.kind);
            *rules.entry(key).or_default() += 1;
        }
        let mut rules: Vec<_> = rules.into_iter().collect();
        rules.sort_by(|(a_key, a), (b_key, b)| b.cmp(a).then_with(|| a_key.cmp(b_key)));
        let all = self.raised.len().max(1) as f64;
        rules
            .into_iter()
            .take(FREQUENT)
            .map(|((rule, kind), alarms)| Frequent {
                rule: rule.to_string(),
                kind,
                alarms,
                share: alarms as f64 / all,
                href: self.href(self.from, self.to, &[("rule", rule.as_str())]),
            })
            .collect()
    }

    fn chattering(&self) -> (u64, Vec<Chattering>) {
        let mut tags: FxHashMap<SmolStr, Vec<&Arc<AlarmRecord>>> = FxHashMap::default();
        for record in &self.raised {
            tags.entry(record.tag()).or_default().push(record);
        }
        let mut found: Vec<Chattering> = tags
            .into_iter()
            .filter(|(_, records)| records.len() >= measures::CHATTERING)
            .filter_map(|(tag, records)| {
                let mut raised: Vec<Time> =
                    records.iter().map(|record| record.occurrence.raised_at).collect();
                raised.sort_unstable();
                let most = measures::most_in_a_minute(&raised);
                let occurrence = &records.first()?.occurrence;
                (most >= measures::CHATTERING).then(|| Chattering {
                    tag: tag.to_string(),
                    rule: occurrence.rule.to_string(),
                    kind: occurrence.kind,
                    container: occurrence.about.container.as_ref().map(ToString::to_string),
                    most_in_a_minute: most as u64,
                    alarms: records.len() as u64,
                })
            })
            .collect();
        found.sort_by(|a, b| {
            (b.most_in_a_minute, b.alarms, &a.tag).cmp(&(a.most_in_a_minute, a.alarms, &b.tag))
        });
        let count = found.len() as u64;
        found.truncate(LISTED);
        (count, found)
    }

    fn stale(&self) -> Vec<Stale> {
        let lasted = |record: &AlarmRecord| {
            let occurrence = &record.occurrence;
            occurrence.cleared_at.unwrap_or(self.now).0 - occurrence.raised_at.0
        };
        let mut longest = self.active.clone();
        longest.sort_by(|a, b| (lasted(b), &a.occurrence.id).cmp(&(lasted(a), &b.occurrence.id)));
        longest
            .into_iter()
            .take(LISTED)
            .map(|record| {
                let occurrence = &record.occurrence;
                Stale {
                    id: occurrence.id.to_string(),
                    kind: occurrence.kind,
                    priority: occurrence.priority,
                    container: occurrence.about.container.as_ref().map(ToString::to_string),
                    block: occurrence.block.as_ref().map(ToString::to_string),
                    raised_at: self.site.local(occurrence.raised_at),
                    cleared_at: occurrence.cleared_at.map(|at| self.site.local(at)),
                }
            })
            .collect()
    }

    /// The measures apart by what alarms have in common; those without it are left out.
    fn by(&self, name: &str, of: impl Fn(&AlarmRecord) -> Option<SmolStr>) -> Vec<ByName> {
        let mut parts: BTreeMap<SmolStr, Vec<&Arc<AlarmRecord>>> = BTreeMap::new();
        for record in &self.raised {
            if let Some(value) = of(record) {
                parts.entry(value).or_default().push(record);
            }
        }
        let mut parts: Vec<ByName> = parts
            .into_iter()
            .map(|(value, records)| {
                let windows = self.windows(records.into_iter());
                ByName {
                    alarms: windows.alarms(),
                    average_in_ten_minutes: windows.average(),
                    most_in_ten_minutes: windows.most(),
                    time_in_flood: windows.time_in_flood(),
                    href: self.href(self.from, self.to, &[(name, value.as_str())]),
                    name: value.to_string(),
                }
            })
            .collect();
        parts.sort_by(|a, b| (b.alarms, &a.name).cmp(&(a.alarms, &b.name)));
        parts
    }

    /// From when the server knew to the first acknowledgement.
    fn acknowledged(&self) -> Answered {
        let mut seconds: Vec<u64> = self
            .raised
            .iter()
            .filter_map(|record| {
                let mut lines = record.history.iter();
                let done = lines.find(|line| matches!(line.action, Action::Acknowledge | Action::Close))?;
                Some(((done.at.0 - record.recorded_at.0).max(0) / SECOND).unsigned_abs())
            })
            .collect();
        seconds.sort_unstable();
        let percentile = |percent: usize| {
            let place = (seconds.len() * percent).div_ceil(100).max(1) - 1;
            seconds.get(place).copied()
        };
        Answered {
            alarms: seconds.len() as u64,
            open: (self.raised.len() - seconds.len()) as u64,
            median_seconds: percentile(50),
            p90_seconds: percentile(90),
        }
    }
}

/// Ten minutes divide an hour, so that windows begin where hours begin.
const _: () = assert!(WINDOW % (10 * MINUTE) == 0);
