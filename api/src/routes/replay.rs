//! The yard as it was.

use super::App;
use super::error::ApiError;
use super::params::Params;
use super::yard::yard_of;
use crate::config::Site;
use crate::engine::course::{QUARTER, quarter_end, quarter_of};
use crate::engine::replay::{Past, Stood, resolved};
use crate::engine::site::SiteState;
use crate::engine::state::State as EngineState;
use crate::engine::yard::YardState;
use axum::Json;
use axum::extract::State;
use rustc_hash::FxHashMap;
use shared::figures::Calendar;
use shared::stay::Status;
use shared::time::{DAY, HOUR, Time};
use shared::wire::replay::{BlockThen, CourseRow, YardChanges, YardCourse, YardMoment, YardMoves, YardThen};
use shared::wire::yard::StandingBox;
use smol_str::SmolStr;
use std::sync::RwLockReadGuard;

/// So many buckets of a course at most: more than a slider has pixels.
const MOST_BUCKETS: usize = 1_000;
/// Moments of one page of changes at most, and when nothing is said.
const MOST_MOMENTS: u64 = 10_000;
const USUAL_MOMENTS: u64 = 1_000;

/// A period of one site's past that is being looked at, with what the answer says of itself.
struct Look<'a> {
    past: Past<'a>,
    site: Site,
    from: Time,
    to: Time,
    now: Time,
    epoch: String,
}

/// Does work that takes long away from the threads that answer others.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    crate::serving::apart(work)
        .await
        .map_err(|_| ApiError::internal())?
}

/// Begins a look; the state is locked only while `with` is shown it, and while memory is looked through.
fn look<'a, T>(
    app: &App,
    reader: crate::engine::store::ListReader<'a>,
    params: &Params,
    period: impl FnOnce(&SiteState, Time) -> Result<(Time, Time), ApiError>,
    with: impl FnOnce(&RwLockReadGuard<'_, EngineState>, &SiteState, Time) -> Result<T, ApiError>,
) -> Result<(Look<'a>, T), ApiError> {
    let state = app.engine.state();
    let site = params.site(&state)?;
    let now = app.engine.clock.now();
    let (from, to) = period(site, now)?;
    let (from, to) = (from.min(now), to.min(now));
    let code = &site.site.code;
    let shown = with(&state, site, resolved(from, now))?;
    let past = Past::new(&state, reader, code, (resolved(from, now), resolved(to, now)))?;
    let look = Look {
        past,
        site: site.site.clone(),
        from,
        to,
        now,
        epoch: state.epoch.clone(),
    };
    Ok((look, shown))
}

/// The moment that is asked for.
fn moment(params: &Params) -> impl FnOnce(&SiteState, Time) -> Result<(Time, Time), ApiError> {
    |site, now| {
        let at = params.time("at", site)?.unwrap_or(now);
        Ok((at, at))
    }
}

/// `GET /yard?at=`.
pub(super) async fn yard(app: App, params: Params) -> Result<YardThen, ApiError> {
    aside(move || {
        let store = app.engine.state().store();
        let reader = store.list_reader()?;
        let (look, ()) = look(&app, reader, &params, moment(&params), |_, _, _| Ok(()))?;
        let past = &look.past;
        let yard = past.yard_at(resolved(look.from, look.now))?;
        let at = look.site.local(look.from);
        Ok(YardThen {
            site: look.site.code.to_string(),
            epoch: look.epoch,
            sequence: past.sequence,
            ..yard_of(&yard, &past.layout, past.alarms, Some(at))
        })
    })
    .await
}

/// `GET /yard/blocks/{block}?at=`.
pub(super) async fn block(app: App, name: String, params: Params) -> Result<BlockThen, ApiError> {
    aside(move || {
        let store = app.engine.state().store();
        let reader = store.list_reader()?;
        let alarms = |state: &RwLockReadGuard<'_, EngineState>, site: &SiteState, at: Time| {
            Ok(state.alarms.active_at(&site.site.code, at))
        };
        let (look, alarms) = look(&app, reader, &params, moment(&params), alarms)?;
        let layout = &look.past.layout;
        let (Some(block), Some(offset)) = (layout.block(&name), layout.offset(&name)) else {
            return Err(ApiError::not_found(format!("the yard has no block `{name}`")));
        };
        let places = offset..offset + block.slots();
        let mut yard = YardState::new(layout.slots());
        let mut of_block: FxHashMap<SmolStr, Stood> = FxHashMap::default();
        look.past.each_at(resolved(look.from, look.now), &mut |stood| {
            let near = stood.standing.index.map(|index| index.near);
            if near.is_some_and(|near| places.contains(&near)) {
                yard.put(&stood.container, &stood.stay, &stood.standing);
                of_block.insert(stood.stay.clone(), stood);
            }
        })?;
        let shown = places.filter_map(|place| {
            let shown = yard.shown(place);
            shown.filter(|occupant| occupant.index.near == place)
        });
        let mut boxes: Vec<StandingBox> = shown
            .filter_map(|occupant| of_block.get(&occupant.stay))
            .filter_map(|stood| standing_box(stood, &look, &alarms))
            .collect();
        boxes.sort_by_key(|a| (a.bay, a.row, a.tier));
        Ok(BlockThen {
            site: look.site.code.to_string(),
            block: name,
            at: Some(look.site.local(look.from)),
            boxes,
            epoch: look.epoch,
            sequence: look.past.sequence,
        })
    })
    .await
}

fn standing_box(
    stood: &Stood,
    look: &Look<'_>,
    alarms: &FxHashMap<SmolStr, Vec<SmolStr>>,
) -> Option<StandingBox> {
    let standing = &stood.standing;
    let slot = look.past.layout.pattern.read(&standing.slot)?;
    let mut alarms = alarms.get(&stood.stay).cloned().unwrap_or_default();
    alarms.sort();
    Some(StandingBox {
        container: stood.container.to_string(),
        stay: stood.stay.to_string(),
        slot: standing.slot.to_string(),
        bay: slot.bay,
        row: slot.row,
        tier: slot.tier,
        state: standing.state.0,
        size_type: stood.size_type.as_ref().map(ToString::to_string),
        cargo: standing.state.cargo(),
        direction: stood.direction,
        status: match standing.state.is_released() {
            true => Status::Released,
            false => Status::InYard,
        },
        since: Some(look.site.local(standing.since)),
        alarms: alarms.iter().map(ToString::to_string).collect(),
    })
}

/// `GET /yard/changes`.
pub async fn changes(State(app): State<App>, params: Params) -> Result<Json<YardChanges>, ApiError> {
    params.only(&["site", "from", "to", "limit", "cursor"])?;
    let most = match params.number("limit")?.unwrap_or(USUAL_MOMENTS) {
        most @ 1..=MOST_MOMENTS => usize::try_from(most).map_err(|_| ApiError::internal())?,
        most => {
            let detail = format!("{most} is not between 1 and {MOST_MOMENTS}");
            return Err(ApiError::parameter("limit", detail));
        }
    };
    let behind = params.one("cursor").map(cursor).transpose()?;
    aside(move || page_of_changes(&app, &params, behind, most))
        .await
        .map(Json)
}

fn page_of_changes(
    app: &App,
    params: &Params,
    behind: Option<Time>,
    most: usize,
) -> Result<YardChanges, ApiError> {
    let store = app.engine.state().store();
    let reader = store.list_reader()?;
    let mut asked = None;
    let period = |site: &SiteState, now: Time| {
        let missing = || ApiError::parameter("from", "`from` must say behind which moment");
        let from = params.time("from", site)?.ok_or_else(missing)?;
        let to = params.time("to", site)?.unwrap_or(now);
        if to < from {
            return Err(ApiError::parameter("to", "`to` lies before `from`"));
        }
        asked = Some((from.min(now), to.min(now)));
        Ok((behind.unwrap_or(from).max(from), to))
    };
    let (look, ()) = look(app, reader, params, period, |_, _, _| Ok(()))?;
    let (from, to) = (resolved(look.from, look.now), resolved(look.to, look.now));
    let (moments, more) = look.past.changes((from, to), look.now, most)?;
    let next = moments.last().filter(|_| more).map(|last| last.at.0.to_string());
    let (from, to) = asked.unwrap_or((look.from, look.to));
    let items = moments.into_iter().map(|moment| YardMoment {
        at: look.site.local(moment.at),
        placed: moment.placed,
        gone: moment.gone,
        elsewhere: moment.outside,
        counts: moment.counts,
    });
    Ok(YardChanges {
        site: look.site.code.to_string(),
        from: look.site.local(from),
        to: look.site.local(to),
        items: items.collect(),
        next,
        epoch: look.epoch,
        sequence: look.past.sequence,
    })
}

fn cursor(text: &str) -> Result<Time, ApiError> {
    text.parse().map(Time).map_err(|_| {
        let detail = format!("`{text}` is no cursor; `next` of the page before is one");
        ApiError::parameter("cursor", detail)
    })
}

/// How long the buckets of a course are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bucket {
    Quarter,
    Hour,
    Day,
}

impl Bucket {
    const ALL: [Bucket; 3] = [Bucket::Quarter, Bucket::Hour, Bucket::Day];

    fn name(self) -> &'static str {
        match self {
            Bucket::Quarter => "quarter",
            Bucket::Hour => "hour",
            Bucket::Day => "day",
        }
    }

    /// The beginning of the bucket of a moment.
    fn begins(self, site: &SiteState, at: Time) -> Time {
        match self {
            Bucket::Quarter => quarter_of(at),
            Bucket::Hour => site.hour_of(at),
            Bucket::Day => site.day_begins(Calendar::day_of(site, at)),
        }
    }

    /// The beginning of the next one.
    fn next(self, site: &SiteState, begins: Time) -> Time {
        match self {
            Bucket::Quarter => begins.plus(QUARTER),
            Bucket::Hour => site.next_hour(begins),
            Bucket::Day => site.day_begins(Calendar::day_of(site, begins).saturating_add(1)),
        }
    }

    /// The borders of the buckets of a period; `None` when they are too many.
    fn borders(self, site: &SiteState, from: Time, to: Time) -> Option<Vec<Time>> {
        let mut borders = vec![self.begins(site, from)];
        while let Some(last) = borders.last().filter(|last| **last < to) {
            let next = self.next(site, *last);
            if borders.len() > MOST_BUCKETS || next <= *last {
                return None;
            }
            borders.push(next);
        }
        Some(borders)
    }
}

/// `GET /yard/course`.
pub async fn course(State(app): State<App>, params: Params) -> Result<Json<YardCourse>, ApiError> {
    params.only(&["site", "from", "to", "bucket"])?;
    let bucket = params.one_of("bucket", &Bucket::ALL, Bucket::name)?;
    let state = app.engine.state();
    let site = params.site(&state)?;
    let now = app.engine.clock.now();
    let first = site.course.first();
    let to = params.time("to", site)?.unwrap_or(now);
    let from = match params.time("from", site)? {
        Some(from) if from > to => return Err(ApiError::parameter("to", "`to` lies before `from`")),
        Some(from) => from,
        // However long ago some sender says it was, no answer has more days.
        None => first
            .unwrap_or(to)
            .min(to)
            .max(to.plus(-(MOST_BUCKETS as i64 - 1) * DAY)),
    };
    let wanted: &[Bucket] = bucket.as_slice();
    let wanted = if wanted.is_empty() { &Bucket::ALL } else { wanted };
    let found = wanted
        .iter()
        .find_map(|bucket| Some((*bucket, bucket.borders(site, from, to)?)));
    let Some((bucket, borders)) = found else {
        let detail =
            format!("these are more than {MOST_BUCKETS} buckets; longer ones, or a shorter period, fit");
        return Err(ApiError::parameter("bucket", detail));
    };
    let (begin, end) = (borders[0], borders[borders.len() - 1]);
    let (mut boxes, quarters) = site.course.between(begin, end);
    let alarms = state.alarms.course(&site.site.code, &borders[1..]);
    let mut quarters = quarters.into_iter().peekable();
    let mut rows = Vec::with_capacity(alarms.len());
    for (pair, alarms) in borders.windows(2).zip(alarms) {
        let mut moves = 0;
        while let Some((_, quarter)) = quarters.next_if(|(begins, _)| *begins < pair[1]) {
            boxes += quarter.boxes;
            moves += quarter.moves;
        }
        rows.push(CourseRow {
            at: site.local(pair[0]),
            boxes: u64::try_from(boxes).unwrap_or(0),
            alarms,
            moves: u64::try_from(moves).unwrap_or(0),
        });
    }
    Ok(Json(YardCourse {
        site: site.site.code.to_string(),
        from: site.local(begin),
        to: site.local(end),
        bucket: bucket.name().to_owned(),
        first: first.map(|first| site.local(first)),
        rows,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }))
}

/// `GET /yard/moves`.
pub async fn moves(State(app): State<App>, params: Params) -> Result<Json<YardMoves>, ApiError> {
    params.only(&["site", "from", "to"])?;
    let state = app.engine.state();
    let site = params.site(&state)?;
    let to = params.time("to", site)?.unwrap_or_else(|| app.engine.clock.now());
    let from = params.time("from", site)?.unwrap_or(to.plus(-HOUR));
    if to < from {
        return Err(ApiError::parameter("to", "`to` lies before `from`"));
    }
    let (from, to) = (quarter_of(from), quarter_end(to));
    Ok(Json(YardMoves {
        site: site.site.code.to_string(),
        from: site.local(from),
        to: site.local(to),
        rows: site.course.moves(from, to),
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }))
}
