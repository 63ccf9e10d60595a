//! Stays: one, and lists by the same filters as the figures.

/// All stays of a list as CSV.
pub mod csv;
/// What a list is asked for.
mod wanted;

use super::App;
use super::containers::record_of;
use super::declarations;
use super::error::ApiError;
use super::figures::wants_csv;
use super::guard::log;
use super::params::Params;
use crate::access::Caller;
use crate::access::audit::Deed;
use crate::engine::lists::{Begun, Key, Page, Wanted};
use crate::engine::state::State as EngineState;
use crate::engine::view::has_been;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::access::Right;
use shared::container::ContainerNumber;
use shared::figures::Unit;
use shared::time::Time;
use shared::wire::List;
use shared::wire::stay::Stay;

/// What an address of a stay leads to.
pub enum Found {
    /// The stay, with the beginning of its clearance clock and its release, if clearance counts it.
    Stay(Box<(Stay, Option<Time>, Option<Time>)>),
    /// The present address of a stay that had another beginning before.
    Moved(String),
}

/// Looks a stay up by an address that it has or had.
pub fn find_one(state: &EngineState, caller: &Caller, id: &str) -> Result<Found, ApiError> {
    let missing = || ApiError::not_found(format!("there is no stay `{id}`"));
    let (number, _) = id.rsplit_once('-').ok_or_else(missing)?;
    let number = ContainerNumber::parse(number).map_err(|_| missing())?;
    let record = record_of(state, &number)?.ok_or_else(missing)?;
    let mut stays = state.stays_of(&record);
    stays.retain(|stay| caller.sees(&stay.site));
    if let Some(stay) = stays.iter().find(|stay| stay.id == id) {
        let digest = state.digest_of(&record);
        let digest = digest.stays.iter().find(|own| own.id == id);
        let clock_from = digest.and_then(|own| own.clock_from);
        let released_at = digest.and_then(|own| own.released_at);
        return Ok(Found::Stay(Box::new((stay.clone(), clock_from, released_at))));
    }
    let stay = stays
        .iter()
        .find(|stay| has_been(stay, id, &number))
        .ok_or_else(missing)?;
    Ok(Found::Moved(stay.id.clone()))
}

/// Leads on to another address for good.
pub fn moved(location: &str) -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response()
}

/// `GET /stays/{id}`. An address that a stay had before a late event gave it another beginning leads to the
/// present one (308).
pub async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, ApiError> {
    Ok(match find_one(&app.engine.state(), &caller, &id)? {
        Found::Stay(found) => Json(found.0).into_response(),
        Found::Moved(id) => moved(&format!("/api/v1/stays/{id}")),
    })
}

/// So many stays are folded before others get their turn at the state.
const AT_ONCE: usize = 100;

/// `GET /stays`: a page of a list as JSON, or all of it as CSV.
///
/// Whoever has no right to trails gets the lists behind figures without the steps of each stay, and can't look for one.
pub async fn list(
    State(app): State<App>,
    params: Params,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let csv = wants_csv(&headers);
    let follows = caller.has(Right::Trails);
    if let Some(text) = params.one("q") {
        if !follows {
            return Err(ApiError::forbidden(
                "to look for a box takes the right to `trails`",
            ));
        }
        if app.access.settings.audit_reads && !csv {
            log(
                &app.access,
                &caller,
                Deed::TrailViewed,
                text,
                Some("list of stays".to_owned()),
            )
            .await?;
        }
    }
    if params.one("unit") == Some(Unit::Declaration.name()) {
        return declarations::list(&app.engine.state(), &params, csv);
    }
    let wanted = wanted::read(&params, &app.engine.state())?;
    let limit = params.limit()?;
    let behind = params.one("cursor").map(cursor).transpose()?;
    if csv {
        return Ok(csv::answer(app, wanted, behind));
    }
    let page = crate::serving::apart(move || json(&app, &wanted, behind, limit, follows));
    Ok(Json(page.await.map_err(|_| ApiError::internal())??).into_response())
}

fn json(
    app: &App,
    wanted: &Wanted,
    behind: Option<Key>,
    limit: usize,
    follows: bool,
) -> Result<List<Stay>, ApiError> {
    let page = page(app, wanted, behind, limit)?;
    let next = page.keys.last().filter(|_| page.more).map(Key::to_string);
    let mut items = stays(app, &page.keys)?;
    if !follows {
        for stay in &mut items {
            stay.nodes.clear();
            stay.segments.clear();
        }
    }
    Ok(List {
        items,
        next,
        epoch: app.engine.state().epoch.clone(),
        sequence: page.sequence,
    })
}

/// The stays of a page. The state is locked only while memory is looked through.
fn page(app: &App, wanted: &Wanted, behind: Option<Key>, most: usize) -> Result<Page, ApiError> {
    let store = app.engine.state().store();
    let reader = store.list_reader()?;
    let begun = Begun::new(&app.engine.state(), reader, wanted, behind, most)?;
    Ok(begun.finish()?)
}

/// Stays as they travel, those that are still there.
fn stays(app: &App, keys: &[Key]) -> Result<Vec<Stay>, ApiError> {
    let mut stays = Vec::with_capacity(keys.len());
    for keys in keys.chunks(AT_ONCE) {
        let state = app.engine.state();
        for key in keys {
            let number = ContainerNumber::parse(key.container()).map_err(|_| ApiError::internal())?;
            let record = record_of(&state, &number)?.ok_or_else(ApiError::internal)?;
            let of_container = state.stays_of(&record).into_iter();
            stays.extend(of_container.filter(|stay| stay.id == key.id.as_str()));
        }
    }
    Ok(stays)
}

fn cursor(text: &str) -> Result<Key, ApiError> {
    Key::parse(text).ok_or_else(|| {
        ApiError::parameter(
            "cursor",
            format!("`{text}` is no cursor; `next` of the page before is one"),
        )
    })
}
