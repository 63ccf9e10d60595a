//! Who asks: signing in and out, one-time links, one's own password, and the way over an identity provider.

use super::App;
use super::alarms::read_body;
use super::error::ApiError;
use super::guard::{cookie, no_session_cookie, own_cookie, session_cookie};
use super::params::Params;
use crate::access::oidc::{Provider, ProviderError};
use crate::access::{AccessError, Caller, SignedIn, now};
use crate::engine::state::State as EngineState;
use crate::serving::apart;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cookie::time::Duration;
use shared::access::safe_path;
use shared::time::{LocalTime, Time};
use shared::wire::access::{
    DisplaySignIn, LinkLook, LinkQuestion, LinkUse, OwnAccount, PasswordChange, Session, SignIn,
};
use std::sync::Arc;

/// A time as people at the first site read it.
pub fn shown(state: &EngineState, at: Time) -> LocalTime {
    state
        .sites
        .first()
        .map_or_else(|| at.utc(), |site| site.local(at))
}

fn session_of(app: &App, caller: &Caller) -> Session {
    let settings = &app.access.settings;
    let until = app.access.ends_at(caller);
    let has_password = caller.known.as_ref().is_some_and(|known| {
        let crate::access::records::Holder::Account(id) = &known.holder else {
            return false;
        };
        app.access
            .account(id)
            .is_ok_and(|(account, _)| account.password.is_some())
    });
    Session {
        access: settings.name().to_owned(),
        account: caller.known.as_ref().map(|known| OwnAccount {
            name: known.name.clone(),
            full_name: known.full_name.clone(),
            role: known.role,
            has_password,
        }),
        rights: caller.rights(),
        sites: caller
            .sites()
            .map(|sites| sites.iter().map(ToString::to_string).collect()),
        scenes: caller
            .known
            .as_ref()
            .and_then(|known| known.scenes.as_ref())
            .map(|scenes| scenes.to_vec()),
        provider: app
            .access
            .provider()
            .map(|provider| provider.settings.name.clone()),
        password_least: settings.password_least,
        until: until.map(|until| shown(&app.engine.state(), until)),
    }
}

/// `GET /session`: who asks, and what they may do. Nobody is refused here.
pub async fn session(
    State(app): State<App>,
    params: Params,
    caller: Caller,
) -> Result<Json<Session>, ApiError> {
    params.only(&[])?;
    Ok(Json(session_of(&app, &caller)))
}

fn begun(app: &App, signed_in: SignedIn) -> Response {
    let cookie = session_cookie(&app.access, &signed_in.secret, signed_in.lasting);
    let caller = Caller::somebody(signed_in.known, None);
    let mut response = Json(session_of(app, &caller)).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// `POST /session`: signs in by name and password.
pub async fn sign_in(State(app): State<App>, caller: Caller, body: Bytes) -> Result<Response, ApiError> {
    let request: SignIn = read_body(&body)?;
    let _place = app.access.hashing_place().await?;
    let access = Arc::clone(&app.access);
    let signed_in =
        aside(move || access.sign_in(&request.name, &request.password, caller.address, now())).await?;
    Ok(begun(&app, signed_in))
}

/// `DELETE /session`: signs out.
pub async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, ApiError> {
    let access = Arc::clone(&app.access);
    aside(move || access.sign_out(&caller, now())).await?;
    let cookie = no_session_cookie(&app.access);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// `POST /session/display`: a wall shows its token.
pub async fn display(State(app): State<App>, caller: Caller, body: Bytes) -> Result<Response, ApiError> {
    let request: DisplaySignIn = read_body(&body)?;
    let access = Arc::clone(&app.access);
    let signed_in = aside(move || access.sign_in_display(&request.token, caller.address, now())).await?;
    Ok(begun(&app, signed_in))
}

/// `POST /session/link/look`: what a one-time link is for.
pub async fn look_at_link(State(app): State<App>, body: Bytes) -> Result<Json<LinkLook>, ApiError> {
    let request: LinkQuestion = read_body(&body)?;
    let access = Arc::clone(&app.access);
    let (name, until) = aside(move || access.look_at_link(&request.link, now())).await?;
    let until = shown(&app.engine.state(), until);
    Ok(Json(LinkLook { name, until }))
}

/// `POST /session/link`: uses a one-time link, and signs in.
pub async fn use_link(State(app): State<App>, caller: Caller, body: Bytes) -> Result<Response, ApiError> {
    let request: LinkUse = read_body(&body)?;
    let _place = app.access.hashing_place().await?;
    let access = Arc::clone(&app.access);
    let signed_in = aside(move || {
        let full_name = request.full_name.as_deref().unwrap_or_default();
        let first = request.name.as_deref().map(|name| (name, full_name));
        access.use_link(&request.link, &request.password, first, caller.address, now())
    })
    .await?;
    Ok(begun(&app, signed_in))
}

/// `PUT /session/password`: changes one's own password.
pub async fn change_password(
    State(app): State<App>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, ApiError> {
    let request: PasswordChange = read_body(&body)?;
    let _place = app.access.hashing_place().await?;
    let access = Arc::clone(&app.access);
    let signed_in =
        aside(move || access.change_password(&caller, &request.present, &request.new, now())).await?;
    Ok(begun(&app, signed_in))
}

/// Does what waits for a disk or for another server away from the threads that answer.
pub async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AccessError> + Send + 'static,
) -> Result<T, ApiError> {
    let done = apart(work).await;
    Ok(done.map_err(|_| ApiError::internal())??)
}

/// Where somebody is on the way; the identity provider's way back is to the same host.
fn flow_cookie(app: &App) -> &'static str {
    match app.access.settings.is_secure() {
        true => "__Host-quaylight-flow",
        false => "quaylight-flow",
    }
}

fn provider_of(app: &App) -> Result<&Provider, ApiError> {
    app.access
        .provider()
        .ok_or_else(|| ApiError::not_found("no identity provider is configured"))
}

/// Where the browser is sent back to: the configured origin, else the name under which it asked, which is this
/// machine's.
fn callback_of(app: &App, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin = match app.access.settings.origins.first() {
        Some(origin) => origin.clone(),
        None => format!("http://{}", host.unwrap_or("127.0.0.1")),
    };
    format!("{origin}/api/v1/session/provider/callback")
}

/// Leads the browser elsewhere (303), with a cookie.
fn see_other(to: &str, cookies: &[HeaderValue]) -> Response {
    let Ok(location) = HeaderValue::try_from(to) else {
        return ApiError::internal().into_response();
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// What the page is told of an error on this way; the log has the whole of it.
fn page_of(error: &AccessError) -> &'static str {
    match error {
        AccessError::Provider(error) => match error {
            ProviderError::Unknown => "/sign-in?problem=begin_again",
            ProviderError::Refused(_) => "/sign-in?problem=refused",
            ProviderError::NoRole => "/sign-in?problem=no_role",
            _ => "/sign-in?problem=provider",
        },
        AccessError::Wrong => "/sign-in?problem=shut",
        _ => "/sign-in?problem=provider",
    }
}

/// `GET /session/provider`: leads to the identity provider.
pub async fn to_provider(
    State(app): State<App>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&["to"])?;
    provider_of(&app)?;
    let (callback, to) = (
        callback_of(&app, &headers),
        safe_path(params.one("to")).to_owned(),
    );
    let access = Arc::clone(&app.access);
    let begun = apart(move || {
        let provider = access
            .provider()
            .ok_or(AccessError::NotFound("identity provider"))?;
        Ok::<_, AccessError>(provider.begin(&callback, &to, now())?)
    });
    match begun.await.map_err(|_| ApiError::internal())? {
        Ok(begun) => {
            let cookie = own_cookie(flow_cookie(&app), &begun.cookie, Some(Duration::minutes(10)));
            Ok(see_other(&begun.address, &[cookie]))
        }
        Err(error) => {
            tracing::warn!(%error, "a sign-in at the identity provider could not begin");
            Ok(see_other(page_of(&error), &[]))
        }
    }
}

/// `GET /session/provider/callback`: the identity provider sends the browser back.
pub async fn from_provider(
    State(app): State<App>,
    params: Params,
    headers: HeaderMap,
    caller: Caller,
) -> Result<Response, ApiError> {
    provider_of(&app)?;
    let text = |name: &str| params.one(name).map(str::to_owned);
    let flow = cookie(&headers, flow_cookie(&app)).unwrap_or_default();
    let state = text("state").unwrap_or_default();
    let code = text("code").ok_or_else(|| text("error").unwrap_or_else(|| "nothing was said".to_owned()));
    let access = Arc::clone(&app.access);
    let address = caller.address;
    let done = apart(move || {
        let provider = access
            .provider()
            .ok_or(AccessError::NotFound("identity provider"))?;
        let code = code.as_deref().map_err(String::as_str);
        let (person, to) = provider.finish(&flow, &state, code, now())?;
        Ok::<_, AccessError>((access.sign_in_by_provider(&person, address, now())?, to))
    });
    let gone = own_cookie(flow_cookie(&app), "", Some(Duration::ZERO));
    match done.await.map_err(|_| ApiError::internal())? {
        Ok((signed_in, to)) => {
            let cookie = session_cookie(&app.access, &signed_in.secret, false);
            Ok(see_other(&to, &[cookie, gone]))
        }
        Err(error) => {
            tracing::warn!(%error, "a sign-in at the identity provider failed");
            Ok(see_other(page_of(&error), &[gone]))
        }
    }
}
