//! Instructions for terminals that fetch them: a list behind a place, in the order in which they changed. Each comes again
//! when it is answered or cancelled, so whoever reads them knows what holds.

use super::super::App;
use super::super::alarms::body_of;
use super::super::error::ApiError;
use super::super::params::Params;
use super::act::note;
use super::{failure, named};
use crate::access::Caller;
use crate::release_desk::DeskError;
use crate::release_desk::view::Eye;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use shared::release_desk::Application;
use shared::wire::List;
use shared::wire::release_desk::{DeskAct, Instruction};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The longest wait for a new one, in seconds.
const LONGEST_WAIT: u64 = 60;

/// `GET /release-desk/instructions`.
pub async fn instructions(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<List<Instruction>>, ApiError> {
    params.only(&["after", "wait", "site", "limit", "cursor"])?;
    let after = match params.number("cursor")? {
        Some(cursor) => cursor,
        None => params.number("after")?.unwrap_or(0),
    };
    let wait = params.number("wait")?.unwrap_or(0);
    if wait > LONGEST_WAIT {
        let detail = format!("{wait} is more than {LONGEST_WAIT} seconds");
        return Err(ApiError::parameter("wait", detail));
    }
    let limit = params.limit()?;
    let site = params.one("site");
    if let Some(site) = site
        && !(params.sees(site) && app.engine.state().site(site).is_some())
    {
        return Err(ApiError::parameter("site", format!("`{site}` is not configured")));
    }
    let until = Instant::now() + Duration::from_secs(wait);
    let mut news = app.desk()?.news();
    loop {
        news.borrow_and_update();
        let list = page(&app, &caller, site, after, limit)?;
        if !list.items.is_empty() || Instant::now() >= until {
            return Ok(Json(list));
        }
        tokio::select! {
            () = app.stopping.cancelled() => return Ok(Json(list)),
            changed = timeout_at(until, news.changed()) => {
                if !matches!(changed, Ok(Ok(()))) {
                    return Ok(Json(list));
                }
            }
        }
    }
}

fn page(
    app: &App,
    caller: &Caller,
    site: Option<&str>,
    after: u64,
    limit: usize,
) -> Result<List<Instruction>, ApiError> {
    let book = app.desk()?.book();
    let lens = app.lens();
    let takes = |application: &Application| {
        sees(caller, application) && site.is_none_or(|site| application.form.site == site)
    };
    let mut found = book
        .orders_behind(after)
        .filter(|(application, _)| takes(application));
    let mut items: Vec<Instruction> = found
        .by_ref()
        .take(limit)
        .map(|(application, order)| lens.instruction(&application, &order))
        .collect();
    let more = found.next().is_some();
    items.sort_by_key(|item| item.sequence);
    Ok(List {
        next: items
            .last()
            .filter(|_| more)
            .map(|last| last.sequence.to_string()),
        items,
        epoch: book.epoch.clone(),
        sequence: book.sequence,
    })
}

/// Terminals and the keys of their systems see instructions of their sites, customs all that they see.
fn sees(caller: &Caller, application: &Application) -> bool {
    match Eye::of(caller) {
        Some(eye) => eye.sees(application),
        None => caller.sees(&application.form.site),
    }
}

/// `POST /release-desk/instructions/{id}/confirm`.
pub async fn confirm(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Instruction>, ApiError> {
    answer(app, id, caller, &body, true).await
}

/// `POST /release-desk/instructions/{id}/reject`.
pub async fn reject(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Instruction>, ApiError> {
    answer(app, id, caller, &body, false).await
}

/// An error for the system of a terminal, which sees instructions and nothing else of an application.
fn refused(error: DeskError) -> ApiError {
    match error {
        DeskError::Unfit(unfit, _) => ApiError::changed(unfit.to_string()),
        DeskError::Changed(_) | DeskError::NoDraft(_) => {
            ApiError::changed("this instruction was answered or cancelled meanwhile; ask for it again")
        }
        other => failure(other),
    }
}

async fn answer(
    app: App,
    id: String,
    caller: Caller,
    body: &Bytes,
    confirms: bool,
) -> Result<Json<Instruction>, ApiError> {
    let request: DeskAct = body_of(body)?;
    let missing = || ApiError::not_found(format!("there is no instruction `{id}`"));
    if !app
        .desk()?
        .book()
        .of_order(&id)
        .is_some_and(|found| sees(&caller, &found))
    {
        return Err(missing());
    }
    let by = named(&caller, request.by)?;
    let deed = if confirms { "confirm" } else { "reject" };
    note(&app, &caller, &id, deed).await?;
    let (asker, order, remark) = (caller.clone(), id.clone(), request.remark);
    let answered = app
        .desk()?
        .write(move |desk| desk.answer_order(&order, &by, confirms, &remark, |found| sees(&asker, found)));
    let application = match answered.await {
        Ok(application) => application,
        Err(error) => {
            return Err(match Eye::of(&caller) {
                Some(eye) => app.desk_error(&eye, error),
                None => refused(error),
            });
        }
    };
    let order = application
        .orders
        .iter()
        .find(|order| order.id == id)
        .ok_or_else(missing)?;
    Ok(Json(app.lens().instruction(&application, order)))
}
