//! Containers with their stays, and search.

use super::App;
use super::error::ApiError;
use super::params::Params;
use crate::engine::checkpoint::search_term;
use crate::engine::container::{ContainerRecord, StayDigest};
use crate::engine::state::State as EngineState;
use axum::Json;
use axum::extract::{Path, State};
use shared::container::ContainerNumber;
use shared::wire::List;
use shared::wire::container::{Container, Found};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Results of a search at most; a person narrows it down.
const MOST_FOUND: usize = 1_000;

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

/// `GET /containers/{number}`.
pub async fn container(
    State(app): State<App>,
    Path(number): Path<String>,
) -> Result<Json<Container>, ApiError> {
    let number = ContainerNumber::parse(&number)
        .map_err(|error| ApiError::not_found(format!("`{number}` is no container number: {error}")))?;
    let state = app.engine.state();
    let record = record_of(&state, &number)?.filter(|record| !record.identities.is_empty());
    let record =
        record.ok_or_else(|| ApiError::not_found(format!("the container {number} was never seen")))?;
    let stays = state.stays_of(&record);
    let (elsewhere, notes) = state.mentions_of(&record);
    Ok(Json(Container {
        container: number.to_string(),
        verified: number.is_verified(),
        stays,
        elsewhere,
        notes,
        events: state.events_of(&record),
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }))
}

/// `GET /containers?q=`: container, bill of lading, voyage, vessel or declaration that begins with the text.
pub async fn search(State(app): State<App>, params: Params) -> Result<Json<List<Found>>, ApiError> {
    params.only(&["q", "limit", "cursor"])?;
    let limit = params.limit()?;
    let skip = params.number("cursor")?.unwrap_or(0) as usize;
    let wanted = params.one("q").unwrap_or("").trim().to_uppercase();
    if wanted.is_empty() {
        return Err(ApiError::parameter("q", "`q` must say what to look for"));
    }
    let state = app.engine.state();
    let mut numbers: BTreeSet<ContainerNumber> = BTreeSet::new();
    let plain: String = wanted.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let mut stored: Vec<String> = Vec::new();
    if !plain.is_empty() {
        stored = state.stored_numbers(&plain, MOST_FOUND)?;
    }
    for field in ['b', 'v', 'n', 'i', 'd'] {
        let terms = state.stored_terms(&search_term(field, &wanted), MOST_FOUND)?;
        stored.extend(terms.into_iter().map(|(_, container)| container));
    }
    numbers.extend(
        stored
            .iter()
            .filter_map(|number| ContainerNumber::parse(number).ok()),
    );
    for (number, entry) in &state.containers {
        let of_number = !plain.is_empty() && number.as_str().starts_with(&plain);
        if of_number
            || entry
                .digest
                .stays
                .iter()
                .any(|stay| field_of(stay, &wanted).is_some())
        {
            numbers.insert(number.clone());
        }
        if numbers.len() >= 2 * MOST_FOUND {
            break;
        }
    }
    let mut found = Vec::new();
    for number in numbers {
        let Some(record) = record_of(&state, &number)? else {
            continue;
        };
        found.extend(found_in(&state, &number, &record, &wanted, &plain));
        if found.len() >= MOST_FOUND {
            break;
        }
    }
    let next = (found.len() > skip + limit).then(|| (skip + limit).to_string());
    let items = found.into_iter().skip(skip).take(limit).collect();
    Ok(Json(List {
        items,
        next,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }))
}

fn found_in(
    state: &EngineState,
    number: &ContainerNumber,
    record: &ContainerRecord,
    wanted: &str,
    plain: &str,
) -> Vec<Found> {
    let digest = state.digest_of(record);
    let local = |stay: &StayDigest| {
        let site = &state.sites[stay.site].site;
        stay.began_at.map(|at| site.local(at))
    };
    if !plain.is_empty() && number.as_str().starts_with(plain) {
        let newest = digest.stays.last();
        return vec![Found {
            container: number.to_string(),
            verified: number.is_verified(),
            stay: newest.map(|stay| stay.id.to_string()),
            field: "container".to_owned(),
            text: number.to_string(),
            status: newest.map(|stay| stay.status),
            began_at: newest.and_then(local),
        }];
    }
    let stays = digest.stays.iter().rev();
    stays
        .filter_map(|stay| {
            let (field, text) = field_of(stay, wanted)?;
            Some(Found {
                container: number.to_string(),
                verified: number.is_verified(),
                stay: Some(stay.id.to_string()),
                field: field.to_owned(),
                text,
                status: Some(stay.status),
                began_at: local(stay),
            })
        })
        .collect()
}

/// In which field of a stay a text begins.
fn field_of(stay: &StayDigest, wanted: &str) -> Option<(&'static str, String)> {
    let fields = [
        ("bill_of_lading", &stay.bill_of_lading),
        ("voyage", &stay.voyage),
        ("vessel", &stay.vessel_name),
        ("vessel", &stay.vessel_imo),
    ];
    let begins = |text: &str| text.to_uppercase().starts_with(wanted);
    fields
        .into_iter()
        .filter_map(|(field, text)| Some((field, text.as_ref()?)))
        .chain(stay.declarations.iter().map(|text| ("declaration", text)))
        .find(|(_, text)| begins(text))
        .map(|(field, text)| (field, text.to_string()))
}
