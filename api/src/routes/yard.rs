//! The yard.

use super::App;
use super::containers::record_of;
use super::error::ApiError;
use super::params::Params;
use super::replay;
use crate::engine::yard::YardState;
use axum::Json;
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shared::time::{LocalTime, Time};
use shared::wire::replay::{AlarmCounts, BlockThen, YardThen};
use shared::wire::yard::{BlockStates, StandingBox};
use shared::yard::Layout;
use shared::yard::geojson;

/// `GET /yard`: now, or at a moment.
pub async fn now(State(app): State<App>, params: Params) -> Result<Json<YardThen>, ApiError> {
    params.only(&["site", "at"])?;
    if params.one("at").is_some() {
        return replay::yard(app, params).await.map(Json);
    }
    let state = app.engine.state();
    let site = params.site(&state)?;
    let alarms = state.alarms.counts_at(&site.site.code, Time(i64::MAX));
    Ok(Json(YardThen {
        site: site.site.code.to_string(),
        epoch: state.epoch.clone(),
        sequence: state.sequence,
        ..yard_of(&site.yard, &site.rules.newest().layout, alarms, None)
    }))
}

/// A yard as it travels, without what the answer says of itself.
pub(super) fn yard_of(
    yard: &YardState,
    layout: &Layout,
    alarms: AlarmCounts,
    at: Option<LocalTime>,
) -> YardThen {
    let blocks = layout.blocks().iter().map(|block| BlockStates {
        block: block.name.to_string(),
        offset: layout.offset(&block.name).unwrap_or(0),
        bays: block.bays,
        rows: block.rows,
        tiers: block.tiers,
    });
    YardThen {
        site: String::new(),
        at,
        blocks: blocks.collect(),
        states: STANDARD.encode(yard.states()),
        elsewhere: yard.outside(),
        counts: yard.counts(alarms),
        epoch: String::new(),
        sequence: 0,
    }
}

/// `GET /yard/layout`.
pub async fn layout(State(app): State<App>, params: Params) -> Result<Json<serde_json::Value>, ApiError> {
    params.only(&["site"])?;
    let state = app.engine.state();
    let site = params.site(&state)?;
    Ok(Json(geojson::write(&site.rules.newest().layout)))
}

/// `GET /yard/blocks/{block}`: now, or at a moment.
pub async fn block(
    State(app): State<App>,
    Path(name): Path<String>,
    params: Params,
) -> Result<Json<BlockThen>, ApiError> {
    params.only(&["site", "at"])?;
    if params.one("at").is_some() {
        return replay::block(app, name, params).await.map(Json);
    }
    let state = app.engine.state();
    let site = params.site(&state)?;
    let layout = &site.rules.newest().layout;
    let (Some(block), Some(offset)) = (layout.block(&name), layout.offset(&name)) else {
        return Err(ApiError::not_found(format!("the yard has no block `{name}`")));
    };
    let mut boxes = Vec::new();
    for index in offset..offset + block.slots() {
        let Some(occupant) = site
            .yard
            .shown(index)
            .filter(|occupant| occupant.index.near == index)
        else {
            continue;
        };
        let record = record_of(&state, &occupant.container)?;
        let stays = record.map(|record| state.stays_of(&record)).unwrap_or_default();
        let stay = stays.into_iter().find(|stay| stay.id == occupant.stay.as_str());
        let (Some(stay), Some(slot)) = (stay, layout.pattern.read(&occupant.slot)) else {
            continue;
        };
        let active = |id: &String| state.alarms.get(id).is_some_and(|alarm| alarm.is_active());
        boxes.push(StandingBox {
            container: occupant.container.to_string(),
            stay: occupant.stay.to_string(),
            slot: occupant.slot.to_string(),
            bay: slot.bay,
            row: slot.row,
            tier: slot.tier,
            state: occupant.state.0,
            size_type: stay.size_type,
            cargo: stay.cargo,
            direction: stay.direction,
            status: stay.status,
            since: Some(site.site.local(occupant.since)),
            alarms: stay.alarms.into_iter().filter(active).collect(),
        });
    }
    boxes.sort_by_key(|a| (a.bay, a.row, a.tier));
    Ok(Json(BlockThen {
        site: site.site.code.to_string(),
        block: name,
        at: None,
        boxes,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }))
}
