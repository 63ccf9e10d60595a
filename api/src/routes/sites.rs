//! Sites.

use super::App;
use super::error::ApiError;
use super::params::Params;
use axum::Json;
use axum::extract::State;
use shared::wire::List;
use shared::wire::site::Site;
use std::sync::atomic::Ordering;

/// `GET /sites`.
pub async fn sites(State(app): State<App>, params: Params) -> Result<Json<List<Site>>, ApiError> {
    params.only(&["limit", "cursor"])?;
    let limit = params.limit()?;
    let skip = match params.number("cursor")? {
        None => 0,
        Some(skip) => usize::try_from(skip).unwrap_or(usize::MAX),
    };
    let state = app.engine.state();
    let data_at = state
        .sources
        .values()
        .filter_map(|source| source.received_at)
        .max();
    let history = app.engine.history.load(Ordering::Relaxed);
    let next = skip
        .checked_add(limit)
        .filter(|next| *next < params.sites_of(&state).count())
        .map(|next| next.to_string());
    let items = params
        .sites_of(&state)
        .skip(skip)
        .take(limit)
        .map(|site| Site {
            code: site.site.code.to_string(),
            name: site.site.name.clone(),
            zone: site.site.zone_name.clone(),
            now: site.site.local(app.engine.clock.now()),
            data_at: data_at.map(|at| site.site.local(at)),
            simulated: app.engine.simulated,
            history: (history < 1_000).then(|| f64::from(history) / 1_000.0),
            access: app.engine.configuration.access.name().to_owned(),
        })
        .collect();
    Ok(Json(List {
        items,
        next,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }))
}
