//! What parties do with one application.

use super::super::App;
use super::super::alarms::body_of;
use super::super::error::ApiError;
use super::super::guard::log;
use super::super::params::Params;
use super::{actor, eye_of, form};
use crate::access::Caller;
use crate::access::audit::Deed;
use crate::release_desk::view::Eye;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::wire::release_desk::{Application, ApplicationAction, DeskAct};

/// What people do by name; the rest has calls of its own, or happens by itself.
const ACTIONS: [ApplicationAction; 11] = [
    ApplicationAction::Apply,
    ApplicationAction::Agree,
    ApplicationAction::Correct,
    ApplicationAction::Return,
    ApplicationAction::Approve,
    ApplicationAction::Ask,
    ApplicationAction::Answer,
    ApplicationAction::Refuse,
    ApplicationAction::Withdraw,
    ApplicationAction::Confirm,
    ApplicationAction::Reject,
];

/// `GET /release-desk/applications/{id}`.
pub async fn one(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    params: Params,
) -> Result<Json<Application>, ApiError> {
    params.only(&[])?;
    let eye = eye_of(&caller)?;
    let found = app.desk()?.book().get(&id).filter(|found| eye.sees(found));
    let application = found.ok_or_else(|| missing(&id))?;
    Ok(Json(app.application(&eye, &application)?))
}

/// `POST /release-desk/applications/{id}/{action}`.
pub async fn act(
    State(app): State<App>,
    Path((id, action)): Path<(String, String)>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Application>, ApiError> {
    let Some(action) = ACTIONS.into_iter().find(|own| own.name() == action) else {
        let names: Vec<&str> = ACTIONS.iter().map(|action| action.name()).collect();
        let detail = format!(
            "`{action}` is nothing that people do with an application; there are {}",
            names.join(", ")
        );
        return Err(ApiError::not_found(detail));
    };
    let request: DeskAct = body_of(&body)?;
    let eye = eye_of(&caller)?;
    // What somebody does not see is as good as none, whatever else is wrong with the request.
    seen(&app, &eye, &id)?;
    let (by, party) = actor(&caller, &eye, request.by.clone(), request.party)?;
    note(&app, &caller, &id, action.name()).await?;
    if action == ApplicationAction::Apply {
        return form::apply_again(&app, &eye, &id, by, party, &request)
            .await
            .map(Json);
    }
    let (own, number) = (eye.clone(), id.clone());
    let acted = app
        .desk()?
        .write(move |desk| desk.act(&own, &number, (party, &by), action, &request))
        .await;
    let application = acted.map_err(|error| app.desk_error(&eye, error))?;
    Ok(Json(app.application(&eye, &application)?))
}

/// `DELETE /release-desk/applications/{id}`: a draft.
pub async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    params: Params,
) -> Result<StatusCode, ApiError> {
    params.only(&["if_version"])?;
    let if_version = params.number("if_version")?;
    let eye = eye_of(&caller)?;
    seen(&app, &eye, &id)?;
    note(&app, &caller, &id, "delete").await?;
    let own = eye.clone();
    let deleted = app
        .desk()?
        .write(move |desk| desk.delete(&own, &id, if_version))
        .await;
    deleted.map_err(|error| app.desk_error(&eye, error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether somebody sees an application, before they are told anything else about it.
pub(super) fn seen(app: &App, eye: &Eye, id: &str) -> Result<(), ApiError> {
    let found = app.desk()?.book().get(id);
    match found.is_some_and(|found| eye.sees(&found)) {
        true => Ok(()),
        false => Err(missing(id)),
    }
}

/// Notes in the audit log what somebody is about to do at the desk.
pub(super) async fn note(app: &App, caller: &Caller, subject: &str, what: &str) -> Result<(), ApiError> {
    log(
        &app.access,
        caller,
        Deed::DeskAction,
        subject,
        Some(what.to_owned()),
    )
    .await
}

/// There is none that they see.
pub(super) fn missing(id: &str) -> ApiError {
    ApiError::not_found(format!("there is no application `{id}`"))
}
