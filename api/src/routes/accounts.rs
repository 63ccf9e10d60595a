//! Accounts and keys, for administrators.

use super::App;
use super::alarms::read_body;
use super::error::ApiError;
use super::params::Params;
use super::session::{aside, shown};
use crate::access::records::{Account as Kept, Key as KeptKey, Link};
use crate::access::{AccountWish, Caller, KeyWish, now};
use crate::engine::state::State as EngineState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use shared::wire::List;
use shared::wire::access::{Account, AccountRequest, AccountWithLink, Key, KeyRequest, KeyWithSecret};
use smol_str::SmolStr;
use std::sync::Arc;

fn account_of(state: &EngineState, account: &Kept, sessions: usize) -> Account {
    Account {
        id: account.id.to_string(),
        name: account.name.clone(),
        full_name: account.full_name.clone(),
        role: account.role,
        sites: account.sites.as_deref().map(texts),
        disabled: account.disabled,
        has_password: account.password.is_some(),
        provider: account.provider.is_some(),
        locked_until: account.tries.locked(now()).map(|until| shown(state, until)),
        created_at: shown(state, account.created_at),
        used_at: account.used_at.map(|at| shown(state, at)),
        sessions: u32::try_from(sessions).unwrap_or(u32::MAX),
    }
}

fn texts(list: &[SmolStr]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

/// Sites that are configured; another one is refused.
fn sites_of(state: &EngineState, sites: Option<Vec<String>>) -> Result<Option<Vec<SmolStr>>, ApiError> {
    let Some(sites) = sites else { return Ok(None) };
    for code in &sites {
        if state.site(code).is_none() {
            let known: Vec<&str> = state.sites.iter().map(|site| site.site.code.as_str()).collect();
            let detail = format!("`{code}` is not configured; configured are {}", known.join(", "));
            return Err(ApiError::parameter("sites", detail));
        }
    }
    Ok(Some(sites.iter().map(SmolStr::from).collect()))
}

/// A page of a list that is in memory as a whole; the cursor is how many came before.
fn page<T>(app: &App, params: &Params, all: Vec<T>) -> Result<List<T>, ApiError> {
    let limit = params.limit()?;
    let skip = params.number("cursor")?.unwrap_or(0);
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let end = skip.saturating_add(limit);
    let next = (end < all.len()).then(|| end.to_string());
    let state = app.engine.state();
    Ok(List {
        items: all.into_iter().skip(skip).take(limit).collect(),
        next,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    })
}

/// `GET /accounts`.
pub async fn accounts(State(app): State<App>, params: Params) -> Result<Json<List<Account>>, ApiError> {
    params.only(&["limit", "cursor"])?;
    let all = app.access.accounts()?;
    let all = {
        let state = app.engine.state();
        all.iter()
            .map(|(account, sessions)| account_of(&state, account, *sessions))
            .collect()
    };
    Ok(Json(page(&app, &params, all)?))
}

fn wish(state: &EngineState, request: AccountRequest) -> Result<AccountWish, ApiError> {
    Ok(AccountWish {
        sites: sites_of(state, request.sites)?,
        name: request.name,
        full_name: request.full_name,
        role: request.role,
        disabled: request.disabled,
    })
}

/// Where a one-time link leads. Its secret stands behind the `#`, which no browser sends and no log holds.
pub fn link_address(origin: Option<&str>, secret: &str) -> String {
    format!("{}/welcome#{secret}", origin.unwrap_or_default())
}

fn with_link(app: &App, account: &Kept, sessions: usize, secret: &str, link: &Link) -> AccountWithLink {
    let state = app.engine.state();
    let origin = app.access.settings.origins.first().map(String::as_str);
    AccountWithLink {
        account: account_of(&state, account, sessions),
        link: link_address(origin, secret),
        until: shown(&state, link.until),
    }
}

/// `POST /accounts`: an account without a password, and the link by which its person gives it one.
pub async fn make(
    State(app): State<App>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<AccountWithLink>), ApiError> {
    let request: AccountRequest = read_body(&body)?;
    let wish = wish(&app.engine.state(), request)?;
    let access = Arc::clone(&app.access);
    let (account, secret, link) = aside(move || access.make_account(&caller, wish, now())).await?;
    Ok((
        StatusCode::CREATED,
        Json(with_link(&app, &account, 0, &secret, &link)),
    ))
}

/// `PUT /accounts/{id}`: changes all of an account but its name.
pub async fn change(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Account>, ApiError> {
    let request: AccountRequest = read_body(&body)?;
    let (present, _) = app.access.account(&id)?;
    // Sites that are as they were may have been taken out of the configuration since.
    let as_before = present.sites.as_deref().map(texts) == request.sites;
    let wish = match as_before {
        true => AccountWish {
            sites: present.sites,
            name: request.name,
            full_name: request.full_name,
            role: request.role,
            disabled: request.disabled,
        },
        false => wish(&app.engine.state(), request)?,
    };
    let access = Arc::clone(&app.access);
    let account = aside(move || access.change_account(&caller, &id, wish, now())).await?;
    let (account, sessions) = app.access.account(&account.id)?;
    Ok(Json(account_of(&app.engine.state(), &account, sessions)))
}

/// `POST /accounts/{id}/link`: a link by which an account gets a new password.
pub async fn link(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<(StatusCode, Json<AccountWithLink>), ApiError> {
    let access = Arc::clone(&app.access);
    let (account, secret, link) = aside(move || access.make_link(&caller, &id, now())).await?;
    let (account, sessions) = app.access.account(&account.id)?;
    Ok((
        StatusCode::CREATED,
        Json(with_link(&app, &account, sessions, &secret, &link)),
    ))
}

/// `DELETE /accounts/{id}/sessions`: signs somebody out everywhere.
pub async fn end_sessions(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Json<Account>, ApiError> {
    let access = Arc::clone(&app.access);
    let account = aside(move || access.end_sessions(&caller, &id, now())).await?;
    Ok(Json(account_of(&app.engine.state(), &account, 0)))
}

fn key_of(state: &EngineState, key: &KeptKey) -> Key {
    Key {
        id: key.id.to_string(),
        name: key.name.clone(),
        role: key.role,
        sites: key.sites.as_deref().map(texts),
        sources: key.sources.as_deref().map(texts),
        scenes: key.scenes.clone(),
        created_at: shown(state, key.created_at),
        created_by: key.created_by.clone(),
        used_at: key.used_at.map(|at| shown(state, at)),
        revoked_at: key.revoked_at.map(|at| shown(state, at)),
    }
}

/// `GET /keys`.
pub async fn keys(State(app): State<App>, params: Params) -> Result<Json<List<Key>>, ApiError> {
    params.only(&["limit", "cursor"])?;
    let all = app.access.keys()?;
    let all = {
        let state = app.engine.state();
        all.iter().map(|key| key_of(&state, key)).collect()
    };
    Ok(Json(page(&app, &params, all)?))
}

/// `POST /keys`: a key, with its secret this once.
pub async fn make_key(
    State(app): State<App>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<KeyWithSecret>), ApiError> {
    let request: KeyRequest = read_body(&body)?;
    let wish = KeyWish {
        sites: sites_of(&app.engine.state(), request.sites)?,
        name: request.name,
        role: request.role,
        sources: request
            .sources
            .map(|sources| sources.iter().map(SmolStr::from).collect()),
        scenes: request.scenes,
    };
    let access = Arc::clone(&app.access);
    let (key, secret) = aside(move || access.make_key(&caller, wish, now())).await?;
    let key = key_of(&app.engine.state(), &key);
    Ok((StatusCode::CREATED, Json(KeyWithSecret { key, secret })))
}

/// `DELETE /keys/{id}`: revokes a key.
pub async fn revoke_key(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Json<Key>, ApiError> {
    let access = Arc::clone(&app.access);
    let key = aside(move || access.revoke_key(&caller, &id, now())).await?;
    Ok(Json(key_of(&app.engine.state(), &key)))
}
