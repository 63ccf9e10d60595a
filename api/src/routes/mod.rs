//! The calls under `/api/v1` (`interface.md` §3), one file for each thing that is called.

/// Accounts and keys.
pub mod accounts;
/// Alarms, and what people do with them.
pub mod alarms;
/// The audit log.
pub mod audit;
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
/// Nobody gets to a call but those who have the right that it states.
pub mod guard;
/// Health, readiness and metrics.
pub mod health;
/// Under which names the server answers, and which pages may send to it.
pub mod host;
/// Query parameters, checked.
pub mod params;
/// Parcels.
pub mod parcels;
/// The release desk.
pub mod release_desk;
/// The yard as it was.
mod replay;
/// The alarm rules.
mod rules;
/// Search.
mod search;
/// Signing in and out.
pub mod session;
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

use crate::access::Access;
use crate::engine::Engine;
use crate::parcels::Book;
use crate::release_desk::Desk;
use axum::Router;
use axum::middleware;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post, put};
use error::ApiError;
use guard::Need;
use shared::access::Right;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// What every call may use.
#[derive(Clone, Debug)]
pub struct App {
    /// The engine.
    pub engine: Arc<Engine>,
    /// The book of the parcels; none where only the port is looked at.
    pub parcels: Option<Arc<Book>>,
    /// Who may call.
    pub access: Arc<Access>,
    /// The release desk; none where only the port is asked.
    pub desk: Option<Arc<Desk>>,
    /// Ends the streams when the server stops.
    pub stopping: CancellationToken,
}

impl App {
    /// With access that is open to this machine.
    pub fn open(engine: Arc<Engine>) -> App {
        App {
            engine,
            parcels: None,
            access: Access::open_to_all(),
            desk: None,
            stopping: CancellationToken::new(),
        }
    }

    /// With a book of parcels.
    #[must_use]
    pub fn with_parcels(self, book: Arc<Book>) -> App {
        App {
            parcels: Some(book),
            ..self
        }
    }

    /// The book of the parcels.
    pub fn book(&self) -> Result<&Arc<Book>, ApiError> {
        self.parcels
            .as_ref()
            .ok_or_else(|| ApiError::unavailable("no parcels are kept here"))
    }
}

macro_rules! calls {
    ($list:ident, $router:ident: $($method:ident $path:literal ($need:expr) => $call:path,)+) => {
        /// The method and path of each of these calls, and whom it answers, as `api/openapi.json` describes them.
        pub const $list: &[(&str, &str, Need)] = &[$((stringify!($method), $path, $need)),+];

        fn $router() -> Router<App> {
            Router::new()$(.route(
                $path,
                $method($call).route_layer(middleware::from_fn_with_state(($need, $path), guard::require)),
            ))+
        }
    };
}

// What `api/openapi.json` must describe, and who may, is told by the same lines that make the calls: one without a
// right does not compile.
calls! { CALLS, calls:
    post "/feeds/events" (Need::To(Right::Send)) => feeds::events,
    post "/feeds/dcsa" (Need::To(Right::Send)) => feeds::dcsa,
    post "/feeds/edifact" (Need::To(Right::Send)) => feeds::edifact,
    post "/feeds/parcels" (Need::To(Right::Send)) => feeds::parcels,
    get "/feeds" (Need::To(Right::Feeds)) => feeds::sources,
    get "/feeds/problems" (Need::To(Right::Problems)) => feeds::problems,
    post "/feeds/problems/{id}/retry" (Need::To(Right::Mend)) => feeds::retry,
    post "/feeds/problems/{id}/dismiss" (Need::To(Right::Mend)) => feeds::dismiss,
    get "/sites" (guard::SITES) => sites::sites,
    get "/yard" (Need::To(Right::Yard)) => yard::now,
    get "/yard/layout" (Need::To(Right::Yard)) => yard::layout,
    get "/yard/blocks/{block}" (Need::To(Right::Yard)) => yard::block,
    get "/yard/changes" (Need::To(Right::Yard)) => replay::changes,
    get "/yard/course" (Need::To(Right::Yard)) => replay::course,
    get "/yard/moves" (Need::To(Right::Yard)) => replay::moves,
    get "/containers" (Need::To(Right::Trails)) => search::search,
    get "/containers/{number}" (Need::To(Right::Trails)) => containers::container,
    get "/stays" (Need::To(Right::Stays)) => stays::list,
    get "/stays/{id}" (Need::To(Right::Trails)) => stays::one,
    get "/stays/{id}/usual" (Need::To(Right::Trails)) => usual::usual,
    get "/alarms" (Need::To(Right::Alarms)) => alarms::list,
    get "/alarms/summary" (Need::To(Right::Alarms)) => alarms::summary,
    get "/alarms/performance" (Need::To(Right::Alarms)) => alarms::performance,
    post "/alarms/actions" (Need::To(Right::Explain)) => alarms::act_on_many,
    get "/alarms/{id}" (Need::To(Right::Alarms)) => alarms::one,
    post "/alarms/{id}/{action}" (Need::To(Right::Explain)) => alarms::act,
    get "/figures/overview" (Need::To(Right::Figures)) => figures::overview,
    get "/figures/clearance" (Need::To(Right::Figures)) => figures::clearance,
    get "/figures/throughput" (Need::To(Right::Figures)) => figures::throughput,
    get "/figures/patterns" (Need::To(Right::Figures)) => figures::patterns,
    get "/figures/parcels" (Need::To(Right::Figures)) => parcels::figures,
    get "/parcels" (Need::To(Right::Stays)) => parcels::list,
    get "/parcels/now" (Need::To(Right::Figures)) => parcels::now,
    get "/parcels/{order}" (Need::To(Right::Trails)) => parcels::one,
    post "/parcels/{order}/release" (Need::To(Right::Act)) => parcels::release,
    post "/parcels/{order}/return" (Need::To(Right::Act)) => parcels::send_back,
    get "/rules" (Need::To(Right::Rules)) => rules::rules,
    put "/rules" (Need::To(Right::ChangeRules)) => rules::change,
    post "/rules/try" (Need::To(Right::Rules)) => rules::attempt,
    get "/stream" (guard::SITES) => stream::stream,
    get "/release-desk/applications" (guard::DESK) => release_desk::list,
    post "/release-desk/applications" (Need::To(Right::Applications)) => release_desk::hand_in,
    get "/release-desk/applications/{id}" (guard::DESK) => release_desk::one,
    put "/release-desk/applications/{id}" (Need::To(Right::Applications)) => release_desk::change,
    delete "/release-desk/applications/{id}" (Need::To(Right::Applications)) => release_desk::remove,
    post "/release-desk/applications/{id}/{action}" (guard::DESK) => release_desk::act,
    post "/release-desk/applications/{id}/files" (Need::To(Right::Applications)) => release_desk::attach,
    delete "/release-desk/applications/{id}/files/{file}" (Need::To(Right::Applications)) => release_desk::detach,
    post "/release-desk/files" (Need::To(Right::Applications)) => release_desk::upload,
    get "/release-desk/files/{id}" (guard::DESK) => release_desk::download,
    get "/release-desk/fill" (guard::DESK) => release_desk::fill,
    get "/release-desk/instructions" (guard::INSTRUCTIONS) => release_desk::instructions,
    post "/release-desk/instructions/{id}/confirm" (guard::ANSWERS) => release_desk::confirm,
    post "/release-desk/instructions/{id}/reject" (guard::ANSWERS) => release_desk::reject,
    get "/figures/release-desk" (Need::To(Right::Figures)) => release_desk::figures,
    get "/session" (Need::Nothing) => session::session,
    post "/session" (Need::Nothing) => session::sign_in,
    delete "/session" (Need::SignedIn) => session::sign_out,
    post "/session/display" (Need::Nothing) => session::display,
    post "/session/link" (Need::Nothing) => session::use_link,
    post "/session/link/look" (Need::Nothing) => session::look_at_link,
    put "/session/password" (Need::SignedIn) => session::change_password,
    get "/session/provider" (Need::Nothing) => session::to_provider,
    get "/session/provider/callback" (Need::Nothing) => session::from_provider,
    get "/accounts" (Need::To(Right::Administer)) => accounts::accounts,
    post "/accounts" (Need::To(Right::Administer)) => accounts::make,
    put "/accounts/{id}" (Need::To(Right::Administer)) => accounts::change,
    post "/accounts/{id}/link" (Need::To(Right::Administer)) => accounts::link,
    delete "/accounts/{id}/sessions" (Need::To(Right::Administer)) => accounts::end_sessions,
    get "/keys" (Need::To(Right::Administer)) => accounts::keys,
    post "/keys" (Need::To(Right::Administer)) => accounts::make_key,
    delete "/keys/{id}" (Need::To(Right::Administer)) => accounts::revoke_key,
    get "/audit" (Need::To(Right::Administer)) => audit::audit,
    get "/openapi.json" (Need::SignedIn) => health::openapi,
}
// Not under `/api/v1`: they are for the machines around the server.
calls! { BESIDE, beside:
    get "/healthz" (Need::Nothing) => health::healthy,
    get "/readyz" (Need::Nothing) => health::ready,
    get "/metrics" (Need::To(Right::Metrics)) => health::metrics,
}

/// All calls, and behind them the page.
pub fn app(app: App, page: Router) -> Router {
    let api = calls()
        .fallback(no_such_call)
        .method_not_allowed_fallback(no_such_method)
        .with_state(app.clone());
    beside()
        .nest("/api/v1", api)
        .with_state(app.clone())
        .layer(middleware::from_fn_with_state(app.clone(), guard::identify))
        .layer(
            CompressionLayer::new()
                .br(true)
                .gzip(true)
                .quality(tower_http::CompressionLevel::Fastest),
        )
        .merge(page)
        .layer(middleware::from_fn_with_state(app.clone(), host::guard))
        .layer(CatchPanicLayer::custom(|_| ApiError::internal().into_response()))
        .layer(middleware::from_fn_with_state(app, guard::safe_headers))
}

async fn no_such_call() -> ApiError {
    ApiError::not_found("there is no such call; GET /api/v1/openapi.json lists them")
}

async fn no_such_method() -> ApiError {
    ApiError::method("this call is made with another method; GET /api/v1/openapi.json says which")
}
