//! Handing in, and what is known of a box.

use super::super::App;
use super::super::alarms::read_body;
use super::super::error::ApiError;
use super::super::guard::log;
use super::super::params::Params;
use super::act::{missing, note};
use super::{actor, eye_of};
use crate::access::Caller;
use crate::access::audit::Deed;
use crate::release_desk::look::look;
use crate::release_desk::view::Eye;
use crate::release_desk::{DeskError, Handed, HandedIn};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::release_desk::form::{container_misfit, tidied, wrong_at};
use shared::wire::release_desk::{
    Application, ApplicationAnswer, ApplicationForm, ApplicationRequest, DeskAct, DeskFill, DeskParty,
};

type Answer = Result<(StatusCode, Json<ApplicationAnswer>), ApiError>;

/// `POST /release-desk/applications`: an application for each box, or a draft.
pub async fn hand_in(State(app): State<App>, caller: Caller, body: Bytes) -> Answer {
    let request: ApplicationRequest = read_body(&body)?;
    take(&app, &caller, request, None).await
}

/// `PUT /release-desk/applications/{id}`: a draft, or one that was returned.
pub async fn change(State(app): State<App>, Path(id): Path<String>, caller: Caller, body: Bytes) -> Answer {
    let request: ApplicationRequest = read_body(&body)?;
    let eye = eye_of(&caller)?;
    if !app.desk()?.book().get(&id).is_some_and(|found| eye.sees(&found)) {
        return Err(missing(&id));
    }
    take(&app, &caller, request, Some(id)).await
}

async fn take(app: &App, caller: &Caller, mut request: ApplicationRequest, id: Option<String>) -> Answer {
    let eye = eye_of(caller)?;
    let party = eye.party.is_none().then_some(DeskParty::Enterprise);
    let (by, _) = actor(caller, &eye, request.by.take(), party)?;
    if request
        .request
        .as_ref()
        .is_some_and(|name| name.is_empty() || name.len() > 100)
    {
        return Err(ApiError::parameter(
            "request",
            "the name of a request has 1 to 100 bytes",
        ));
    }
    let deed = if request.apply { "apply" } else { "save" };
    let subject = id.clone().unwrap_or_else(|| request.form.containers.join(" "));
    let subject: String = subject.chars().take(200).collect();
    note(app, caller, &subject, deed).await?;
    let handed = Handed {
        request,
        eye: eye.clone(),
        enterprise: by.as_str().into(),
        id,
        all_or_none: false,
    };
    let answer = app.desk()?.write(move |desk| desk.hand_in(&handed)).await;
    let answer = answer.map_err(|error| app.desk_error(&eye, error))?;
    let status = match (answer.taken.is_empty(), answer.errors.is_empty()) {
        (_, true) => StatusCode::OK,
        (false, false) => StatusCode::MULTI_STATUS,
        (true, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, Json(shown(app, answer)?)))
}

fn shown(app: &App, answer: HandedIn) -> Result<ApplicationAnswer, ApiError> {
    let book = app.desk()?.book();
    let lens = app.lens();
    let items = answer
        .taken
        .iter()
        .map(|taken| lens.item(taken, book.seen.get(&taken.id)));
    Ok(ApplicationAnswer {
        items: items.collect(),
        errors: answer.errors,
        epoch: book.epoch.clone(),
        sequence: book.sequence,
    })
}

/// `POST /release-desk/applications/{id}/apply`: hands in what stands there, all of it or nothing.
pub(super) async fn apply_again(
    app: &App,
    eye: &Eye,
    id: &str,
    by: String,
    party: DeskParty,
    act: &DeskAct,
) -> Result<Application, ApiError> {
    let (own, number, if_version) = (eye.clone(), id.to_owned(), act.if_version);
    let handed = app.desk()?.write(move |desk| {
        let present = desk
            .book()
            .get(&number)
            .ok_or(DeskError::NotFound("such application"))?;
        shared::release_desk::next(
            present.state,
            party,
            shared::wire::release_desk::ApplicationAction::Apply,
        )
        .map_err(|unfit| DeskError::Unfit(unfit, Box::new(present.clone())))?;
        desk.hand_in(&Handed {
            request: ApplicationRequest {
                form: present.form.clone(),
                apply: true,
                if_version,
                ..ApplicationRequest::default()
            },
            eye: own,
            enterprise: by.as_str().into(),
            id: Some(number),
            // The answer is one application or one error, so an error means that nothing was done.
            all_or_none: true,
        })
    });
    let handed = handed.await.map_err(|error| app.desk_error(eye, error))?;
    if let Some(wrong) = handed.errors.first() {
        let detail = format!("`{}`: {}", wrong.field, wrong.message);
        return Err(ApiError::parameter(&wrong.field, detail));
    }
    let found = app.desk()?.book().get(id);
    let application = found.ok_or_else(|| missing(id))?;
    app.application(eye, &application)
}

/// `GET /release-desk/fill`: what this server knows of a box, for the form.
pub async fn fill(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<DeskFill>, ApiError> {
    params.only(&["container", "site", "kind", "bill_of_lading", "declaration"])?;
    let eye = eye_of(&caller)?;
    let container = params
        .one("container")
        .ok_or_else(|| ApiError::parameter("container", "name a container"))?;
    let kinds = shared::wire::release_desk::ApplicationKind::ALL;
    let text = |name: &str| params.one(name).unwrap_or_default().to_owned();
    let asked = tidied(&ApplicationForm {
        kind: params.one_of("kind", kinds, shared::wire::release_desk::ApplicationKind::name)?,
        containers: vec![container.to_owned()],
        bill_of_lading: text("bill_of_lading"),
        declaration: text("declaration"),
        ..ApplicationForm::default()
    });
    // Whoever types a number sees where a box is.
    if app.access.settings.audit_reads {
        let number = asked.containers.first().map_or("", String::as_str);
        log(&app.access, &caller, Deed::TrailViewed, number, None).await?;
    }
    let now = app.engine.clock.now();
    let (looked, site) = {
        let state = app.engine.state();
        let site = params.site(&state)?;
        (look(&state, site, (&asked, None), now)?, site.site.clone())
    };
    let looked = match eye.sees_papers() {
        true => looked,
        false => looked.guarded(&asked),
    };
    let number = asked.containers.first().cloned().unwrap_or_default();
    let mut errors = match container_misfit(0, &number, looked.seen) {
        Ok(_) => looked.against(&asked, 0, now),
        Err(wrong) => vec![wrong],
    };
    let other = {
        let book = app.desk()?.book();
        book.of_box(&site.code, &number).cloned()
    };
    if other.is_some() {
        errors.push(wrong_at(
            0,
            "already_applied",
            "an application for this box is on its way already",
        ));
    }
    let mut form = ApplicationForm {
        site: site.code.to_string(),
        ..asked
    };
    looked.fill(&mut form);
    Ok(Json(DeskFill {
        container: number,
        form,
        errors,
        closing_at: looked.closing_at.map(|at| site.local(at)),
        checks: looked.checks,
    }))
}
