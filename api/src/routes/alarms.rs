//! Alarms, and what people do with them.

use super::App;
use super::error::ApiError;
use super::params::Params;
use crate::engine::state::State as EngineState;
use crate::engine::{EngineError, view};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::de::DeserializeOwned;
use shared::alarm::lifecycle::{AlarmRecord, PersonAction};
use shared::alarm::{Action, Kind, Priority, State as AlarmState};
use shared::time::Time;
use shared::wire::List;
use shared::wire::alarm::{ActionRequest, Alarm};
use smol_str::SmolStr;

fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
}

fn shown(state: &EngineState, record: &AlarmRecord) -> Result<Alarm, ApiError> {
    let own = state
        .site(&record.occurrence.about.site)
        .or_else(|| state.sites.first());
    Ok(view::alarm(record, &own.ok_or_else(ApiError::internal)?.site))
}

/// `GET /alarms`: all that are not withdrawn, newest first.
pub async fn list(State(app): State<App>, params: Params) -> Result<Json<List<Alarm>>, ApiError> {
    params.only(&[
        "state", "kind", "priority", "site", "block", "from", "to", "q", "limit", "cursor",
    ])?;
    let state = app.engine.state();
    let limit = params.limit()?;
    let states: Vec<AlarmState> = params.each("state", named)?;
    let kinds: Vec<Kind> = params.each("kind", named)?;
    let priorities: Vec<Priority> = params.each("priority", named)?;
    let blocks: Vec<&str> = params.all("block").collect();
    let site = params.site(&state)?;
    let only_site = params.one("site").map(|_| site.site.code.clone());
    let (from, to) = (params.time("from", site)?, params.time("to", site)?);
    let text = params.one("q").map(str::to_uppercase);
    let behind = params.one("cursor").map(cursor).transpose()?;

    let takes = |record: &AlarmRecord| {
        let occurrence = &record.occurrence;
        let about = &occurrence.about;
        let in_state = match states.as_slice() {
            [] => record.withdrawn_at.is_none(),
            states => states.iter().any(|state| record.is_in(*state)),
        };
        // Active at some time in the period.
        let in_period = to.is_none_or(|to| occurrence.raised_at < to)
            && from.is_none_or(|from| occurrence.cleared_at.is_none_or(|cleared| cleared > from));
        let has_text = text.as_ref().is_none_or(|text| {
            let has = |own: Option<&str>| own.is_some_and(|own| own.to_uppercase().contains(text.as_str()));
            has(about.container.as_ref().map(|container| container.as_str()))
                || has(about.bill_of_lading.as_deref())
                || has(about.voyage.as_deref())
                || has(about.vessel_name.as_deref())
                || has(occurrence.slot.as_deref())
        });
        in_state
            && in_period
            && has_text
            && (kinds.is_empty() || kinds.contains(&occurrence.kind))
            && (priorities.is_empty() || priorities.contains(&occurrence.priority))
            && (blocks.is_empty()
                || occurrence
                    .block
                    .as_deref()
                    .is_some_and(|own| blocks.contains(&own)))
            && only_site.as_ref().is_none_or(|code| about.site == *code)
    };
    let mut rest = state.alarms.newest(behind).filter(|record| takes(record));
    let found: Vec<_> = rest.by_ref().take(limit).collect();
    let more = rest.next().is_some();
    let next = found
        .last()
        .filter(|_| more)
        .map(|record| format!("{}.{}", record.occurrence.raised_at.0, record.occurrence.id));
    let items = found
        .into_iter()
        .map(|record| shown(&state, record))
        .collect::<Result<_, _>>()?;
    Ok(Json(List {
        items,
        next,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }))
}

fn cursor(text: &str) -> Result<(Time, SmolStr), ApiError> {
    text.split_once('.')
        .and_then(|(at, id)| Some((Time(at.parse().ok()?), SmolStr::new(id))))
        .ok_or_else(|| ApiError::parameter("cursor", format!("`{text}` is no cursor")))
}

fn missing(id: &str) -> ApiError {
    ApiError::not_found(format!("there is no alarm `{id}`"))
}

/// `GET /alarms/{id}`, withdrawn ones too.
pub async fn one(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Alarm>, ApiError> {
    let state = app.engine.state();
    let record = state.alarms.get(&id).ok_or_else(|| missing(&id))?;
    Ok(Json(shown(&state, record)?))
}

/// `POST /alarms/{id}/acknowledge`, `/explain`, `/return`, `/close`, `/shelve`, `/unshelve`.
pub async fn act(
    State(app): State<App>,
    Path((id, action)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Alarm>, ApiError> {
    let action = match action.as_str() {
        "acknowledge" => Action::Acknowledge,
        "explain" => Action::Explain,
        "return" => Action::Return,
        "close" => Action::Close,
        "shelve" => Action::Shelve,
        "unshelve" => Action::Unshelve,
        other => {
            return Err(ApiError::not_found(format!(
                "`{other}` is nothing that can be done with an alarm"
            )));
        }
    };
    let request: ActionRequest = if body.iter().all(u8::is_ascii_whitespace) {
        ActionRequest::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| ApiError::bad_request(format!("the body: {error}")))?
    };
    let person = PersonAction {
        action,
        by: request.by,
        remark: request.remark,
        until: request.until.map(|until| until.at),
    };
    match app.engine.act(&id, person, request.if_sequence).await {
        Ok(record) => Ok(Json(shown(&app.engine.state(), &record)?)),
        Err(EngineError::Conflict { reason, present }) => {
            let present = shown(&app.engine.state(), &present)?;
            Err(ApiError::conflict(reason, present))
        }
        Err(EngineError::NotFound(_)) => Err(missing(&id)),
        Err(other) => Err(other.into()),
    }
}
