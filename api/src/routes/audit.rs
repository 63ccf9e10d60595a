//! The audit log, for administrators.

use super::App;
use super::error::ApiError;
use super::guard::log;
use super::params::Params;
use super::session::{aside, shown};
use crate::access::Caller;
use crate::access::audit::Deed;
use crate::access::secret::hexadecimal;
use axum::Json;
use axum::extract::State;
use shared::wire::List;
use shared::wire::access::AuditEntry;
use std::sync::Arc;

/// `GET /audit`: the newest first, by `who`, `action`, `from` and `to`. That it was read stands in it, too.
pub async fn audit(
    State(app): State<App>,
    params: Params,
    caller: Caller,
) -> Result<Json<List<AuditEntry>>, ApiError> {
    params.only(&["limit", "cursor", "who", "action", "from", "to", "q"])?;
    let limit = params.limit()?;
    let below = params.number("cursor")?.unwrap_or(u64::MAX);
    let deeds = params.each("action", Deed::from_name)?;
    let (from, to) = {
        let state = app.engine.state();
        let site = params.site(&state)?;
        (params.time("from", site)?, params.time("to", site)?)
    };
    let text = |name: &str| params.one(name).map(str::to_lowercase);
    let (who, part) = (text("who"), text("q"));
    if !app.access.has_accounts() {
        return Err(ApiError::not_found(
            "access is open: nobody signs in, and there is no audit log",
        ));
    }
    if params.one("cursor").is_none() {
        log(&app.access, &caller, Deed::AuditRead, "audit log", None).await?;
    }
    let access = Arc::clone(&app.access);
    let mut found = aside(move || {
        let has = |own: Option<&str>| {
            let Some(part) = &part else { return true };
            own.is_some_and(|own| own.to_lowercase().contains(part.as_str()))
        };
        access.audit_below(below, limit + 1, &|record| {
            (deeds.is_empty() || deeds.contains(&record.deed))
                && from.is_none_or(|from| record.at >= from)
                && to.is_none_or(|to| record.at < to)
                && who
                    .as_ref()
                    .is_none_or(|who| record.who.as_ref().map(|own| own.to_lowercase()).as_ref() == Some(who))
                && (has(Some(&record.subject)) || has(record.detail.as_deref()) || has(record.who.as_deref()))
        })
    })
    .await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| more)
        .map(|(record, _)| record.sequence.to_string());
    let state = app.engine.state();
    let items = found
        .into_iter()
        .map(|(record, hash)| AuditEntry {
            sequence: record.sequence,
            at: shown(&state, record.at),
            who: record.who,
            role: record.role,
            address: record.address,
            action: record.deed.name(),
            subject: record.subject,
            detail: record.detail,
            hash: hexadecimal(&hash.0),
        })
        .collect();
    Ok(Json(List {
        items,
        next,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }))
}
