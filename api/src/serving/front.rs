//! One request, from its head to the end of its answer: an id, the limits of its address, memory and time for its
//! body, and the figures and the line of log that it leaves.

use super::bodies::{BodyError, Charge, Incoming, Owner, Verdict};
use super::connection::Peer;
use super::load::{Load, Loaded};
use super::metrics::{Refusal, method_name};
use super::outgoing::{Outgoing, Underway};
use super::request_id::{self, RequestId};
use crate::routes::error::ApiError;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath};
use axum::http::{Request, Response, header};
use axum::middleware::Next;
use axum::response::IntoResponse as _;
use std::convert::Infallible;
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use tower::ServiceExt as _;
use tracing::Instrument as _;

/// What stands before the calls.
#[derive(Debug)]
pub struct Front {
    load: Arc<Load>,
    /// Answers while the state is rebuilt.
    gate: Router,
    calls: OnceLock<Router>,
}

impl Front {
    /// Until there are calls, `gate` answers.
    pub fn new(load: Arc<Load>, gate: Router) -> Front {
        Front {
            load,
            gate,
            calls: OnceLock::new(),
        }
    }

    /// The calls are there.
    pub fn open(&self, calls: Router) {
        // It is opened once.
        let _ = self.calls.set(calls);
    }

    /// What the server has taken on.
    pub fn load(&self) -> &Arc<Load> {
        &self.load
    }

    /// Answers a request.
    pub async fn answer(
        self: Arc<Front>,
        request: Request<hyper::body::Incoming>,
        peer: Peer,
    ) -> Result<Response<Body>, Infallible> {
        let id = RequestId::of(request.headers());
        let span = tracing::info_span!("request", id = id.as_str());
        peer.pulse.begin();
        self.load.metrics.begun();
        let mut underway = Underway {
            load: Arc::clone(&self.load),
            peer,
            span: span.clone(),
            method: method_name(request.method()),
            begun: Instant::now(),
            route: None,
            status: None,
            opened: None,
            sent: 0,
        };
        let mut response = self.decide(request, &underway.peer).instrument(span).await;
        response.headers_mut().insert(request_id::NAME, id.value());
        underway.route = response.extensions_mut().remove::<MatchedPath>();
        underway.status = Some(response.status());
        if is_stream(&response) {
            underway.opened = Some(underway.begun.elapsed());
        }
        Ok(response.map(|body| Body::new(Outgoing::new(body, underway))))
    }

    async fn decide(&self, request: Request<hyper::body::Incoming>, peer: &Peer) -> Response<Body> {
        let sends = !request.method().is_safe();
        if let Err(wait) = self.load.addresses.call(peer.address.ip(), sends) {
            self.load.metrics.refused(Refusal::Rate);
            // Whole seconds, and never too soon.
            let seconds = wait.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX);
            let detail = "this address makes more calls than it may; wait as long as `Retry-After` says, and send fewer, larger messages";
            return ApiError::too_many(detail, seconds).into_response();
        }
        // Whoever may send a message reserves what it declares (`routes/feeds.rs`); all others get what they read.
        let owner = self.load.addresses.counted_as(peer.address.ip());
        let charge = Arc::new(Charge::new(&self.load.bodies, owner.map(Owner::Address)));
        let verdict = Arc::new(Verdict::default());
        let mut request = request.map(|body| {
            let limits = &self.load.limits;
            let (timeout, rate) = (limits.body_timeout, limits.body_rate);
            let (charge, verdict) = (Arc::clone(&charge), Arc::clone(&verdict));
            Body::new(Incoming::new(body, charge, verdict, timeout, rate))
        });
        let extensions = request.extensions_mut();
        extensions.insert(Loaded(Arc::clone(&self.load)));
        extensions.insert(Arc::clone(&charge));
        extensions.insert(ConnectInfo(peer.address));
        let calls = self.calls.get().unwrap_or(&self.gate).clone();
        let response = match calls.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let mut instead = match verdict.error() {
            None => return response,
            Some(BodyError::TooSlow) => ApiError::too_slow().into_response(),
            Some(BodyError::NoMemory) => self.load.no_memory().into_response(),
        };
        if let Some(route) = response.extensions().get::<MatchedPath>() {
            instead.extensions_mut().insert(route.clone());
        }
        instead
    }
}

fn is_stream(response: &Response<Body>) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// Tells the front by which route a request was answered.
pub async fn note_route(path: Option<MatchedPath>, request: Request<Body>, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    if let Some(path) = path {
        response.extensions_mut().insert(path);
    }
    response
}
