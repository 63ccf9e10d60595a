//! Answers on their way out: counted, and told to the log when they end.

use super::connection::Peer;
use super::load::Load;
use axum::body::{Body, Bytes};
use axum::extract::MatchedPath;
use axum::http::StatusCode;
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tracing::Span;

/// What a request is called when it has no route of its own: a page, or nothing.
const OTHER: &str = "other";

/// A request on its way, which ends when this is dropped.
pub struct Underway {
    pub load: Arc<Load>,
    pub peer: Peer,
    pub span: Span,
    pub method: &'static str,
    pub begun: Instant,
    pub route: Option<MatchedPath>,
    pub status: Option<StatusCode>,
    /// Until the answer began, when it is a stream.
    pub opened: Option<Duration>,
    pub sent: u64,
}

impl Underway {
    /// The template of its route, never the path: paths and queries hold numbers of boxes and people.
    fn route(&self) -> &str {
        let own = self.route.as_ref().map(MatchedPath::as_str);
        own.filter(|route| !route.contains("__private")).unwrap_or(OTHER)
    }

    fn log(&self, status: StatusCode) {
        let _in = self.span.enter();
        let (method, route) = (self.method, self.route());
        let (status, bytes) = (status.as_u16(), self.sent);
        let milliseconds = self.begun.elapsed().as_micros() as f64 / 1_000.0;
        // What failed is worth a line to everybody, and that there was no room is no failure; the rest is when somebody asks for it.
        if status >= 500 && status != 503 {
            tracing::warn!(method, route, status, milliseconds, bytes, "answered");
        } else if status >= 400 {
            tracing::info!(method, route, status, milliseconds, bytes, "answered");
        } else {
            tracing::debug!(method, route, status, milliseconds, bytes, "answered");
        }
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.peer.pulse.end();
        self.load.metrics.ended();
        // Without a status the peer went away before there was an answer; nginx calls that 499.
        let gone = StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST);
        let status = self.status.unwrap_or(gone);
        let took = self.opened.unwrap_or_else(|| self.begun.elapsed());
        self.load
            .metrics
            .answered(self.method, self.route(), status, took);
        self.log(status);
    }
}

/// The body of an answer.
pub struct Outgoing {
    body: Body,
    underway: Underway,
    handed_over: Option<u64>,
}

impl Outgoing {
    /// The body of the answer to a request.
    pub fn new(body: Body, underway: Underway) -> Outgoing {
        Outgoing {
            body,
            underway,
            handed_over: None,
        }
    }

    fn taken(&mut self) {
        if let Some(part) = self.handed_over.take() {
            self.underway.peer.pulse.taken(part);
        }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.taken();
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.taken();
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Ok(frame)) = &frame {
            self.underway.sent += frame.data_ref().map_or(0, Bytes::len) as u64;
            self.handed_over = self.underway.peer.pulse.hand_over();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
