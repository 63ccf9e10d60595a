//! Alarms, and what people do with them.

/// Alarms as CSV.
mod csv;
/// Which alarms a call speaks of.
pub mod filter;
/// In which order alarms are listed.
mod order;
/// How well alarms serve those who answer them.
mod performance;
/// How many alarms there are.
mod summary;

pub use performance::performance;

use super::App;
use super::error::ApiError;
use super::figures::wants_csv;
use super::guard::log;
use super::params::Params;
use crate::access::audit::Deed;
use crate::access::caller::sees;
use crate::access::{Caller, Sites};
use crate::engine::state::State as EngineState;
use crate::engine::{Act, EngineError, view};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use filter::{AlarmFilter, NAMES};
use order::{Order, Place};
use serde::de::DeserializeOwned;
use shared::access::Right;
use shared::alarm::Action;
use shared::alarm::lifecycle::{AlarmRecord, PersonAction};
use shared::wire::List;
use shared::wire::alarm::{ActionRequest, ActionResult, ActionsAnswer, ActionsRequest, Alarm, AlarmSummary};
use std::sync::Arc;

/// So many alarms are acted on in one call at most.
const MOST_AT_ONCE: usize = 1_000;

/// What a person can do with an alarm.
const ACTIONS: [(&str, Action); 6] = [
    ("acknowledge", Action::Acknowledge),
    ("explain", Action::Explain),
    ("return", Action::Return),
    ("close", Action::Close),
    ("shelve", Action::Shelve),
    ("unshelve", Action::Unshelve),
];

fn name_of(action: Action) -> &'static str {
    let found = ACTIONS.into_iter().find(|(_, own)| *own == action);
    found.map_or("", |(name, _)| name)
}

/// An alarm as it travels to somebody who sees some sites.
pub fn shown(state: &EngineState, sites: &Sites, record: &AlarmRecord) -> Result<Alarm, ApiError> {
    let own = state
        .site(&record.occurrence.about.site)
        .or_else(|| state.sites.first());
    let site = &own.ok_or_else(ApiError::internal)?.site;
    let mut alarm = view::alarm(record, site, state.positions());
    alarm.hide_elsewhere(|site| sees(sites, site));
    Ok(alarm)
}

/// `GET /alarms`: all that are not withdrawn, newest first, or in another order.
pub async fn list(State(app): State<App>, headers: HeaderMap, params: Params) -> Result<Response, ApiError> {
    let known: Vec<&str> = NAMES
        .into_iter()
        .chain(["limit", "offset", "cursor", "sort", "order"])
        .collect();
    params.only(&known)?;
    let state = app.engine.state();
    let filter = AlarmFilter::of(&params, &state)?;
    let order = Order::of(&params)?;
    let behind = params.one("cursor").map(Place::of_cursor).transpose()?;
    if wants_csv(&headers) {
        let found = page(&state, &filter, order, None, 0, usize::MAX - 1).0;
        let mut text = csv::HEAD.to_owned();
        for record in found {
            text.push_str(&csv::line(&shown(&state, params.sites(), record)?));
        }
        let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
        return Ok((kind, text).into_response());
    }
    let (found, more) = page(&state, &filter, order, behind, params.offset()?, params.limit()?);
    let next = found
        .last()
        .filter(|_| more)
        .map(|record| order.place(record).cursor());
    let items: Vec<Alarm> = found
        .into_iter()
        .map(|record| shown(&state, params.sites(), record))
        .collect::<Result<_, _>>()?;
    Ok(Json(List {
        items,
        next,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    })
    .into_response())
}

/// Some alarms in an order, behind a place, and whether there are more.
fn page<'s>(
    state: &'s EngineState,
    filter: &AlarmFilter,
    order: Order,
    behind: Option<Place>,
    offset: usize,
    limit: usize,
) -> (Vec<&'s Arc<AlarmRecord>>, bool) {
    if order.is_kept() {
        let all = state
            .alarms
            .raised_between(behind.map(Place::kept), filter.raised_period());
        let mut rest = all.filter(|record| filter.takes(record, state)).skip(offset);
        let found: Vec<_> = rest.by_ref().take(limit).collect();
        let more = rest.next().is_some();
        return (found, more);
    }
    let all = state
        .alarms
        .newest(None)
        .filter(|record| filter.takes(record, state));
    let mut placed: Vec<(Place, &Arc<AlarmRecord>)> = all
        .map(|record| (order.place(record), record))
        .filter(|(place, _)| {
            let behind = behind.as_ref();
            behind.is_none_or(|behind| order.compare(behind, place).is_lt())
        })
        .collect();
    let compare = |(a, _): &(Place, _), (b, _): &(Place, _)| order.compare(a, b);
    let end = offset.saturating_add(limit);
    let more = placed.len() > end;
    if more {
        // Only what is shown has to be sorted.
        placed.select_nth_unstable_by(end, compare);
        placed.truncate(end);
    }
    placed.sort_unstable_by(compare);
    let found = placed.into_iter().skip(offset).map(|(_, record)| record);
    (found.collect(), more)
}

/// `GET /alarms/summary`: how many there are, by kind and priority, and in groups.
pub async fn summary(State(app): State<App>, params: Params) -> Result<Json<AlarmSummary>, ApiError> {
    let known: Vec<&str> = NAMES.into_iter().chain(["group"]).collect();
    params.only(&known)?;
    let state = app.engine.state();
    let filter = AlarmFilter::of(&params, &state)?;
    Ok(Json(summary::summary(&params, &filter, &state)?))
}

fn missing(id: &str) -> ApiError {
    ApiError::not_found(format!("there is no alarm `{id}`"))
}

/// `GET /alarms/{id}`, withdrawn ones too.
pub async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Json<Alarm>, ApiError> {
    let state = app.engine.state();
    let record = seen(&state, &caller, &id).ok_or_else(|| missing(&id))?;
    Ok(Json(shown(&state, &caller.sites(), record)?))
}

/// An alarm that the caller sees.
fn seen<'s>(state: &'s EngineState, caller: &Caller, id: &str) -> Option<&'s Arc<AlarmRecord>> {
    let record = state.alarms.get(id)?;
    caller.sees(&record.occurrence.about.site).then_some(record)
}

/// A terminal explains, and does nothing else with an alarm.
fn check_right(caller: &Caller, action: Action) -> Result<(), ApiError> {
    if caller.has(Right::Act) || action == Action::Explain {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "you may explain alarms, and do nothing else with them",
    ))
}

/// A body as JSON, which may be left out altogether.
pub fn body_of<T: DeserializeOwned + Default>(body: &Bytes) -> Result<T, ApiError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(T::default());
    }
    read_body(body)
}

/// A body as a JSON object.
pub fn read_body<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    // A list would be read as the values of the fields, in the order in which the code has them.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(ApiError::bad_request(
            "the body: a JSON object is expected, `{` at its beginning",
        ));
    }
    serde_json::from_slice(body).map_err(|error| ApiError::bad_request(format!("the body: {error}")))
}

/// `POST /alarms/{id}/acknowledge`, `/explain`, `/return`, `/close`, `/shelve`, `/unshelve`.
pub async fn act(
    State(app): State<App>,
    Path((id, action)): Path<(String, String)>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Alarm>, ApiError> {
    let Some((_, action)) = ACTIONS.into_iter().find(|(name, _)| *name == action) else {
        return Err(ApiError::not_found(format!(
            "`{action}` is nothing that can be done with an alarm"
        )));
    };
    let request: ActionRequest = body_of(&body)?;
    check_right(&caller, action)?;
    if seen(&app.engine.state(), &caller, &id).is_none() {
        return Err(missing(&id));
    }
    let by = caller.acts_as(request.by)?;
    log(
        &app.access,
        &caller,
        Deed::AlarmAction,
        &id,
        Some(name_of(action).to_owned()),
    )
    .await?;
    let act = Act {
        alarm: id.as_str().into(),
        action: PersonAction {
            action,
            by,
            remark: request.remark,
            until: request.until.map(|until| until.at),
        },
        if_sequence: request.if_sequence,
    };
    let answer = app.engine.act(vec![act]).await?.pop();
    match answer.ok_or_else(ApiError::internal)? {
        Ok(record) => Ok(Json(shown(&app.engine.state(), &caller.sites(), &record)?)),
        Err(EngineError::Conflict { reason, present }) => {
            let present = shown(&app.engine.state(), &caller.sites(), &present)?;
            Err(ApiError::conflict(reason, present))
        }
        Err(EngineError::NotFound(_)) => Err(missing(&id)),
        Err(other) => Err(other.into()),
    }
}

/// `POST /alarms/actions`: one action on many alarms, each answered for itself.
pub async fn act_on_many(
    State(app): State<App>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<ActionsAnswer>), ApiError> {
    let request: ActionsRequest = read_body(&body)?;
    if !ACTIONS.iter().any(|(_, action)| *action == request.action) {
        let names: Vec<&str> = ACTIONS.iter().map(|(name, _)| *name).collect();
        let detail = format!("only the system does this; people do one of {}", names.join(", "));
        return Err(ApiError::parameter("action", detail));
    }
    if request.alarms.is_empty() || request.alarms.len() > MOST_AT_ONCE {
        let detail = format!(
            "there are {}; from 1 to {MOST_AT_ONCE} are taken at once",
            request.alarms.len()
        );
        return Err(ApiError::parameter("alarms", detail));
    }
    check_right(&caller, request.action)?;
    let by = caller.acts_as(request.by)?;
    // Alarms of other sites are as good as none.
    let hidden: Vec<bool> = {
        let state = app.engine.state();
        let alarms = request.alarms.iter();
        alarms
            .map(|acted| caller.sites().is_some() && seen(&state, &caller, &acted.id).is_none())
            .collect()
    };
    let alarms: Vec<_> = request
        .alarms
        .iter()
        .zip(&hidden)
        .filter(|(_, hidden)| !**hidden)
        .map(|(acted, _)| acted)
        .collect();
    let ids: Vec<&str> = alarms.iter().map(|acted| acted.id.as_str()).collect();
    let detail = format!("{}: {}", name_of(request.action), ids.join(" "));
    let subject = format!("{} alarms", ids.len());
    log(&app.access, &caller, Deed::AlarmAction, &subject, Some(detail)).await?;
    let action = PersonAction {
        action: request.action,
        by,
        remark: request.remark,
        until: request.until.map(|until| until.at),
    };
    let acts = alarms.iter().map(|acted| Act {
        alarm: acted.id.as_str().into(),
        action: action.clone(),
        if_sequence: acted.if_sequence,
    });
    let acts: Vec<Act> = acts.collect();
    let answers = match acts.is_empty() {
        true => Vec::new(),
        false => app.engine.act(acts).await?,
    };
    let state = app.engine.state();
    let mut results = Vec::with_capacity(answers.len());
    let mut answers = answers.into_iter();
    for (acted, hidden) in request.alarms.iter().zip(&hidden) {
        let answer = match hidden {
            true => Err(EngineError::NotFound("alarm")),
            false => answers.next().unwrap_or(Err(EngineError::Stopped)),
        };
        let (status, detail, record) = match answer {
            Ok(record) => (200, None, Some(record)),
            Err(EngineError::Conflict { reason, present }) => (409, Some(reason), Some(*present)),
            Err(EngineError::NotFound(_)) => (404, Some(format!("there is no alarm `{}`", acted.id)), None),
            Err(EngineError::Request(reason)) => {
                (400, Some(reason.to_owned()), state.alarms.get(&acted.id).cloned())
            }
            Err(other) => return Err(other.into()),
        };
        results.push(ActionResult {
            alarm: record
                .map(|record| shown(&state, &caller.sites(), &record))
                .transpose()?,
            id: acted.id.clone(),
            status,
            detail,
        });
    }
    let status = match results.iter().all(|result| result.status == 200) {
        true => StatusCode::OK,
        false => StatusCode::MULTI_STATUS,
    };
    let answer = ActionsAnswer {
        results,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    };
    Ok((status, Json(answer)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says by failing what was not there")]

    use super::*;

    #[test]
    fn a_list_of_values_is_no_body() {
        let read = |body: &'static str| body_of::<ActionRequest>(&Bytes::from_static(body.as_bytes()));
        assert!(read("[null, null]").is_err());
        assert!(read(r#"[{"by": "Duty officer"}]"#).is_err());
        assert_eq!(read(" \n{\"by\": \"A\"}").unwrap().by.as_deref(), Some("A"));
        assert_eq!(read("").unwrap(), ActionRequest::default());
    }
}
