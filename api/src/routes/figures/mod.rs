//! Clearance, throughput, patterns and the overview (`semantics.md` §5).

/// What a call asks for.
mod asked;
/// `GET /figures/clearance`.
pub mod clearance;
/// What an answer says of itself, and what it is compared with.
mod envelope;
/// Rows with the fields that were asked for, as JSON or CSV.
mod fields;
/// Addresses of the lists behind rows.
mod href;
/// `GET /figures/patterns`.
pub mod patterns;
/// `GET /figures/throughput`.
pub mod throughput;

pub use clearance::clearance;
pub use envelope::wants_csv;
pub use patterns::patterns;
pub use throughput::throughput;

use super::App;
use super::error::ApiError;
use super::params::Params;
use crate::engine::overview;
use axum::Json;
use axum::extract::State;
use shared::wire::figures::Overview;

/// `GET /figures/overview`.
pub async fn overview(State(app): State<App>, params: Params) -> Result<Json<Overview>, ApiError> {
    params.only(&["site"])?;
    let state = app.engine.state();
    let site = params.site(&state)?;
    let now = app.engine.clock.now();
    Ok(Json(overview::overview(
        &state,
        site,
        &app.engine.configuration.clearance,
        now,
    )))
}
