//! Containers with their stays.

use super::App;
use super::error::ApiError;
use super::params::Params;
use crate::engine::container::ContainerRecord;
use crate::engine::state::State as EngineState;
use axum::Json;
use axum::extract::{Path, State};
use shared::container::ContainerNumber;
use shared::wire::container::Container;
use shared::wire::replay::ContainerThen;
use std::sync::Arc;

/// The events of a container, from memory or from the store; `None` when it was never seen.
pub fn record_of(
    state: &EngineState,
    number: &ContainerNumber,
) -> Result<Option<Arc<ContainerRecord>>, ApiError> {
    match state.containers.get(number) {
        Some(entry) => Ok(Some(Arc::clone(&entry.record))),
        None => Ok(state.stored_container(number)?.map(Arc::new)),
    }
}

/// `GET /containers/{number}`: as it is known now, or as it was known at a moment.
pub async fn container(
    State(app): State<App>,
    Path(number): Path<String>,
    params: Params,
) -> Result<Json<ContainerThen>, ApiError> {
    params.only(&["known"])?;
    let number = ContainerNumber::parse(&number)
        .map_err(|error| ApiError::not_found(format!("`{number}` is no container number: {error}")))?;
    let state = app.engine.state();
    let record = record_of(&state, &number)?.filter(|record| !record.identities.is_empty());
    let missing = || ApiError::not_found(format!("the container {number} was never seen"));
    let record = record.ok_or_else(missing)?;
    let site = params.site(&state)?;
    let known = params.time("known", site)?;
    let known_at = known.map(|at| site.local(at));
    let now = Arc::clone(&record);
    let record = known.map_or_else(|| record.clone(), |at| Arc::new(record.known_at(at)));
    let mut stays = state.stays_of(&record);
    stays.retain(|stay| params.sees(&stay.site));
    if params.sites().is_some() && stays.is_empty() {
        return Err(missing());
    }
    if let Some(at) = known {
        state.alarms_known_at(&now, &mut stays, at);
    }
    let (elsewhere, notes) = state.mentions_of(&record, &|site| params.sees(site));
    let container = Container {
        container: number.to_string(),
        verified: number.is_verified(),
        stays,
        elsewhere,
        notes,
        events: state.events_of(&record, &|site| params.sees(site)),
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    };
    Ok(Json(ContainerThen {
        known: known_at,
        container,
    }))
}
