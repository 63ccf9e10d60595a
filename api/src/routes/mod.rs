//! The calls under `/api/v1` (`interface.md` §3), one file for each thing that is called.

/// Alarms, and what people do with them.
pub mod alarms;
/// Containers with their stays, and search.
pub mod containers;
/// Errors as they travel.
pub mod error;
/// Feeds, sources and problems.
pub mod feeds;
/// Clearance, throughput, overview.
pub mod figures;
/// Health, readiness and metrics.
pub mod health;
/// Query parameters, checked.
pub mod params;
/// Sites.
pub mod sites;
/// Stays.
pub mod stays;
/// Server-Sent Events.
pub mod stream;
/// The yard.
pub mod yard;

use crate::engine::Engine;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use error::ApiError;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// What every call may use.
#[derive(Clone, Debug)]
pub struct App {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Ends the streams when the server stops.
    pub stopping: CancellationToken,
}

/// All calls, and behind them the page.
pub fn app(app: App, page: Router) -> Router {
    let api = Router::new()
        .route("/feeds/events", post(feeds::events))
        .route("/feeds/dcsa", post(feeds::dcsa))
        .route("/feeds/edifact", post(feeds::edifact))
        .route("/feeds", get(feeds::sources))
        .route("/feeds/problems", get(feeds::problems))
        .route("/feeds/problems/{id}/retry", post(feeds::retry))
        .route("/feeds/problems/{id}/dismiss", post(feeds::dismiss))
        .route("/sites", get(sites::sites))
        .route("/yard", get(yard::now))
        .route("/yard/layout", get(yard::layout))
        .route("/yard/blocks/{block}", get(yard::block))
        .route("/containers", get(containers::search))
        .route("/containers/{number}", get(containers::container))
        .route("/stays", get(stays::list))
        .route("/stays/{id}", get(stays::one))
        .route("/alarms", get(alarms::list))
        .route("/alarms/{id}", get(alarms::one))
        .route("/alarms/{id}/{action}", post(alarms::act))
        .route("/figures/overview", get(figures::overview))
        .route("/figures/clearance", get(figures::clearance))
        .route("/figures/throughput", get(figures::throughput))
        .route("/stream", get(stream::stream))
        .route("/openapi.json", get(health::openapi))
        .fallback(no_such_call)
        .method_not_allowed_fallback(no_such_method)
        .with_state(app.clone());
    Router::new()
        .nest("/api/v1", api)
        .route("/healthz", get(health::healthy))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .with_state(app)
        .layer(CompressionLayer::new().br(true).gzip(true).quality(tower_http::CompressionLevel::Fastest))
        .merge(page)
        .layer(middleware::from_fn(local_only))
        .layer(CatchPanicLayer::custom(|_| ApiError::internal().into_response()))
}

async fn no_such_call() -> ApiError {
    ApiError::not_found("there is no such call; GET /api/v1/openapi.json lists them")
}

async fn no_such_method() -> ApiError {
    ApiError::method("this call is made with another method; GET /api/v1/openapi.json says which")
}

/// With open access only this machine is served, under its own names, and no other page may send through a
/// person's browser. Plain clients that send neither header are served.
async fn local_only(request: Request, next: Next) -> Response {
    if !has_local_host(request.headers()) {
        return ApiError::forbidden(
            "access is open, so only 127.0.0.1, [::1] and localhost are served under their own names",
        )
        .into_response();
    }
    let changes = !request.method().is_safe();
    if changes && comes_from_another_page(request.headers()) {
        return ApiError::forbidden("a page of another origin may not send").into_response();
    }
    next.run(request).await
}

fn has_local_host(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return true };
    is_local(host)
}

fn is_local(authority: &str) -> bool {
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => authority,
    };
    matches!(name, "127.0.0.1" | "[::1]" | "localhost")
}

fn comes_from_another_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if matches!(text("sec-fetch-site"), Some("cross-site")) {
        return true;
    }
    text("origin").is_some_and(|origin| {
        let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
        Some(authority) != text("host")
    })
}
