//! Parcels: all of them now, as lists, one by one, and in figures.

/// All parcels of a list as CSV.
mod csv;
/// `GET /figures/parcels`.
mod figures;
/// What a list asks for.
mod wanted;

pub use figures::figures;

use super::App;
use super::alarms::read_body;
use super::error::ApiError;
use super::figures::wants_csv;
use super::guard::log;
use super::params::Params;
use crate::access::Caller;
use crate::access::audit::Deed;
use crate::engine::calendar::LocalCalendar;
use crate::engine::state::State as EngineState;
use crate::feeds::parcels::redact::people;
use crate::parcels::entry::Act;
use crate::parcels::list::{self, Page, Place, Query};
use crate::parcels::now::Limits;
use crate::parcels::site::SiteParcels;
use crate::parcels::state::{State as ParcelsState, StateError};
use crate::parcels::{ActError, Book};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use shared::access::Right;
use shared::parcels::view::{What, compared, history};
use shared::parcels::{ActKind, DocumentKind, Parcel};
use shared::wire::List;
use shared::wire::parcels::{
    BuyersYear, Parcel as WireParcel, ParcelAct, ParcelDocument, ParcelItem, ParcelStep, ParcelsNow,
};
use std::sync::Arc;

/// The longest remark of an officer, in characters.
const LONGEST_REMARK: usize = 2_000;

/// The site that is asked for, by its code.
fn code_of(params: &Params, engine: &EngineState) -> Result<String, ApiError> {
    Ok(params.site(engine)?.site.code.to_string())
}

/// A site of the book.
fn site_of<'s>(state: &'s ParcelsState, code: &str) -> Result<(usize, &'s SiteParcels), ApiError> {
    let place = state.site_index(code).ok_or_else(ApiError::internal)?;
    Ok((place, &state.sites[place]))
}

fn failed(error: StateError) -> ApiError {
    tracing::error!(%error, "a look-up of parcels failed");
    ApiError::internal()
}

/// `GET /parcels/now`.
pub async fn now(State(app): State<App>, params: Params) -> Result<Json<ParcelsNow>, ApiError> {
    params.only(&["site"])?;
    let code = code_of(&params, &app.engine.state())?;
    let book = app.book()?;
    let limits = Limits::of(&book.configuration.parcels);
    let at = book.now();
    let state = book.state();
    let (_, site) = site_of(&state, &code)?;
    let at = at.max(state.now);
    Ok(Json(crate::parcels::now::now(
        site,
        &limits,
        at,
        &state.epoch,
        state.sequence,
    )))
}

/// `GET /parcels`: a page of a list as JSON, or all of it as CSV.
pub async fn list(
    State(app): State<App>,
    params: Params,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let csv = wants_csv(&headers);
    if csv && !caller.has(Right::Export) {
        return Err(ApiError::forbidden(
            "to take lists out takes the right to `export`",
        ));
    }
    if let Some(number) = params.one("q") {
        if !caller.has(Right::Trails) {
            return Err(ApiError::forbidden(
                "to look for a parcel takes the right to `trails`",
            ));
        }
        if app.access.settings.audit_reads && !csv {
            let what = Some("list of parcels".to_owned());
            let number = people(number, &app.book()?.key);
            log(&app.access, &caller, Deed::TrailViewed, &number, what).await?;
        }
    }
    let query = wanted::read(&app, &params)?;
    let limit = params.limit()?;
    let behind = params.one("cursor").map(cursor).transpose()?;
    if csv {
        return Ok(csv::answer(app, query, behind));
    }
    let page = crate::serving::apart(move || -> Result<List<ParcelItem>, ApiError> {
        let book = app.book()?;
        let page = page(book, query, behind, limit)?;
        let state = book.state();
        Ok(List {
            items: page.parcels.iter().filter_map(|own| item(own, &state)).collect(),
            next: page.next.map(|place| place.to_string()),
            epoch: state.epoch.clone(),
            sequence: page.sequence,
        })
    });
    Ok(Json(page.await.map_err(|_| ApiError::internal())??).into_response())
}

fn cursor(text: &str) -> Result<Place, ApiError> {
    Place::parse(text).ok_or_else(|| {
        let detail = format!("`{text}` is no cursor; `next` of the page before is one");
        ApiError::parameter("cursor", detail)
    })
}

fn page(book: &Book, query: Query, behind: Option<Place>, most: usize) -> Result<Page, ApiError> {
    let store = book.state().store();
    list::page(|| book.state(), &store, query, behind, most).map_err(failed)
}

/// A parcel as lists have it; nothing before it was decided for the first time, or where its site is no longer configured.
fn item(parcel: &Parcel, state: &ParcelsState) -> Option<ParcelItem> {
    let verdict = parcel.verdict()?;
    let place = state.site_index(&verdict.site)?;
    let calendar = &state.sites.get(place)?.calendar;
    let text = |text: &Option<smol_str::SmolStr>| text.as_ref().map(ToString::to_string);
    Some(ParcelItem {
        order: parcel.order().to_string(),
        site: verdict.site.to_string(),
        state: verdict.state,
        reasons: verdict.reasons.iter().collect(),
        missing: verdict.missing.iter().collect(),
        platform: text(&verdict.platform),
        mode: verdict.mode,
        park: text(&verdict.park),
        waybill: text(&verdict.waybill),
        value_fen: verdict.value.map(|value| value.0),
        first_at: calendar.local(verdict.first_at),
        received_at: verdict.received_at.map(|at| calendar.local(at)),
        decided_at: parcel.decided_at().map(|at| calendar.local(at)),
        seconds: parcel.seconds(),
    })
}

fn missing(order: &str) -> ApiError {
    ApiError::not_found(format!("there is no parcel of the order `{order}`"))
}

/// `GET /parcels/{order}`.
pub async fn one(
    State(app): State<App>,
    Path(order): Path<String>,
    caller: Caller,
) -> Result<Json<WireParcel>, ApiError> {
    if app.access.settings.audit_reads {
        let what = Some("parcel".to_owned());
        let subject = people(&order, &app.book()?.key);
        log(&app.access, &caller, Deed::TrailViewed, &subject, what).await?;
    }
    Ok(Json(looked_up(app, caller, order).await?))
}

/// A parcel, looked up away from the threads that answer.
async fn looked_up(app: App, caller: Caller, order: String) -> Result<WireParcel, ApiError> {
    let look = crate::serving::apart(move || look(&app, &caller, &order));
    look.await.map_err(|_| ApiError::internal())?
}

fn look(app: &App, caller: &Caller, order: &str) -> Result<WireParcel, ApiError> {
    let state = app.book()?.state();
    let (_, parcel) = state
        .look_up_order(order)
        .map_err(failed)?
        .filter(|(_, parcel)| parcel.verdict().is_some_and(|own| caller.sees(&own.site)))
        .ok_or_else(|| missing(order))?;
    let item = item(&parcel, &state).ok_or_else(|| missing(order))?;
    let (_, site) = site_of(&state, &item.site)?;
    let calendar = &site.calendar;
    let year = state.year_of(&parcel).map_err(failed)?;
    let year = year.and_then(|(key, entry, year)| {
        let standing = year.standing(&entry)?;
        Some(BuyersYear {
            year: key.year,
            with_this_fen: standing.with_this.0,
            total_fen: year.total().0,
            limit_fen: state.rules.year_limit.0,
            orders: year.counted() as u64,
        })
    });
    Ok(WireParcel {
        item,
        documents: documents(&parcel, calendar),
        fields: compared(&parcel),
        year,
        history: steps(&parcel, calendar),
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    })
}

fn documents(parcel: &Parcel, calendar: &LocalCalendar) -> Vec<ParcelDocument> {
    let mut documents: Vec<(DocumentKind, ParcelDocument)> = Vec::new();
    for versions in parcel.documents() {
        let holding = versions.holding();
        let identity = versions.identity();
        let content = versions.content();
        let document = ParcelDocument {
            kind: identity.kind,
            source: identity.source.to_string(),
            id: identity.id.to_string(),
            at: calendar.local(content.map_or(holding.recorded_at, |content| content.at)),
            updated_at: holding.document.updated_at.map(|at| calendar.local(at)),
            recorded_at: calendar.local(holding.recorded_at),
            versions: u32::try_from(versions.count()).unwrap_or(u32::MAX),
            withdrawn: versions.is_withdrawn(),
            enterprise: content.and_then(|content| content.enterprise.as_ref().map(ToString::to_string)),
        };
        documents.push((identity.kind, document));
    }
    documents.sort_by(|a, b| (a.0, &a.1.source, &a.1.id).cmp(&(b.0, &b.1.source, &b.1.id)));
    documents.into_iter().map(|(_, document)| document).collect()
}

fn steps(parcel: &Parcel, calendar: &LocalCalendar) -> Vec<ParcelStep> {
    let step = |happened: shared::parcels::view::Happened| {
        let mut step = ParcelStep {
            at: calendar.local(happened.at),
            what: happened.what.name().to_owned(),
            document: None,
            state: None,
            reasons: Vec::new(),
            by: None,
            remark: None,
        };
        match happened.what {
            What::Document(kind) | What::Correction(kind) | What::Withdrawal(kind) => {
                step.document = Some(kind);
            }
            What::State(state, reasons) => {
                step.state = Some(state);
                step.reasons = reasons.iter().collect();
            }
            What::Act { by, remark, .. } => {
                step.by = Some(by.to_string());
                step.remark = Some(remark.to_string());
            }
        }
        step
    };
    history(parcel).into_iter().map(step).collect()
}

/// `POST /parcels/{order}/release`: an officer lets it go although something does not agree.
pub async fn release(
    app: State<App>,
    order: Path<String>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<WireParcel>, ApiError> {
    act(app, order, caller, body, ActKind::Release).await
}

/// `POST /parcels/{order}/return`: an officer sends it back.
pub async fn send_back(
    app: State<App>,
    order: Path<String>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<WireParcel>, ApiError> {
    act(app, order, caller, body, ActKind::Return).await
}

async fn act(
    State(app): State<App>,
    Path(order): Path<String>,
    caller: Caller,
    body: Bytes,
    kind: ActKind,
) -> Result<Json<WireParcel>, ApiError> {
    let request: ParcelAct = read_body(&body)?;
    let book = Arc::clone(app.book()?);
    let remark = request.remark.trim();
    if remark.is_empty() || remark.chars().count() > LONGEST_REMARK {
        let detail = format!("say why, in 1 to {LONGEST_REMARK} characters");
        return Err(ApiError::parameter("remark", detail));
    }
    // An identity number has no place in it.
    let remark = people(remark, &book.key);
    // Whatever the caller does not see is not there.
    looked_up(app.clone(), caller.clone(), order.clone()).await?;
    let by = caller
        .acts_as(request.by)?
        .filter(|by| !by.trim().is_empty())
        .ok_or_else(|| ApiError::parameter("by", "say who you are"))?;
    log(
        &app.access,
        &caller,
        Deed::ParcelDecided,
        &people(&order, &book.key),
        Some(kind.name().to_owned()),
    )
    .await?;
    let act = Act {
        order: order.as_str().into(),
        kind,
        by: by.into(),
        remark: remark.into(),
    };
    match book.act(act, request.if_sequence).await {
        Ok(_) => Ok(Json(looked_up(app, caller, order).await?)),
        Err(ActError::NotFound) => Err(missing(&order)),
        Err(ActError::Conflict(reason)) => Err(ApiError::changed(reason)),
        Err(ActError::Engine(error)) => Err(error.into()),
    }
}
