//! The calls under `/api/v1` (`interface.md` §3), one file for each thing that is called.

/// Alarms, and what people do with them.
pub mod alarms;
/// Containers with their stays.
pub mod containers;
/// Declarations as a list behind a figure.
mod declarations;
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
/// The yard as it was.
mod replay;
/// The alarm rules.
mod rules;
/// Search.
mod search;
/// Sites.
pub mod sites;
/// Stays.
pub mod stays;
/// Server-Sent Events.
pub mod stream;
/// How far from usual one stay is.
mod usual;
/// The yard.
pub mod yard;

use crate::engine::Engine;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
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

macro_rules! calls {
    ($list:ident, $router:ident: $($method:ident $path:literal => $call:path,)+) => {
        /// The method and path of each of these calls, as `api/openapi.json` describes them.
        pub const $list: &[(&str, &str)] = &[$((stringify!($method), $path)),+];

        fn $router() -> Router<App> {
            Router::new()$(.route($path, $method($call)))+
        }
    };
}

// What `api/openapi.json` must describe is told by the same lines that make the calls.
calls! { CALLS, calls:
    post "/feeds/events" => feeds::events,
    post "/feeds/dcsa" => feeds::dcsa,
    post "/feeds/edifact" => feeds::edifact,
    get "/feeds" => feeds::sources,
    get "/feeds/problems" => feeds::problems,
    post "/feeds/problems/{id}/retry" => feeds::retry,
    post "/feeds/problems/{id}/dismiss" => feeds::dismiss,
    get "/sites" => sites::sites,
    get "/yard" => yard::now,
    get "/yard/layout" => yard::layout,
    get "/yard/blocks/{block}" => yard::block,
    get "/yard/changes" => replay::changes,
    get "/yard/course" => replay::course,
    get "/yard/moves" => replay::moves,
    get "/containers" => search::search,
    get "/containers/{number}" => containers::container,
    get "/stays" => stays::list,
    get "/stays/{id}" => stays::one,
    get "/stays/{id}/usual" => usual::usual,
    get "/alarms" => alarms::list,
    get "/alarms/summary" => alarms::summary,
    get "/alarms/performance" => alarms::performance,
    post "/alarms/actions" => alarms::act_on_many,
    get "/alarms/{id}" => alarms::one,
    post "/alarms/{id}/{action}" => alarms::act,
    get "/figures/overview" => figures::overview,
    get "/figures/clearance" => figures::clearance,
    get "/figures/throughput" => figures::throughput,
    get "/figures/patterns" => figures::patterns,
    get "/rules" => rules::rules,
    put "/rules" => rules::change,
    post "/rules/try" => rules::attempt,
    get "/stream" => stream::stream,
    get "/openapi.json" => health::openapi,
}

// Not under `/api/v1`: they are for the machines around the server.
calls! { BESIDE, beside:
    get "/healthz" => health::healthy,
    get "/readyz" => health::ready,
    get "/metrics" => health::metrics,
}

/// All calls, and behind them the page.
pub fn app(app: App, page: Router) -> Router {
    let api = calls()
        .fallback(no_such_call)
        .method_not_allowed_fallback(no_such_method)
        .with_state(app.clone());
    beside()
        .nest("/api/v1", api)
        .with_state(app)
        .layer(
            CompressionLayer::new()
                .br(true)
                .gzip(true)
                .quality(tower_http::CompressionLevel::Fastest),
        )
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
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else {
        return true;
    };
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
        let authority = origin
            .split_once("://")
            .map_or(origin, |(_, authority)| authority);
        Some(authority) != text("host")
    })
}
