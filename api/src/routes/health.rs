//! Health, readiness, metrics, and the description of all calls.

use super::App;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use std::fmt::Write as _;

/// `GET /healthz`: the process answers.
pub async fn healthy() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: state is rebuilt, and messages are taken.
pub async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    match app.engine.is_ready() {
        true => (StatusCode::OK, "ready\n"),
        false => (StatusCode::SERVICE_UNAVAILABLE, app.engine.standing().text()),
    }
}

/// `GET /metrics`, in the text format of Prometheus.
pub async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let state = app.engine.state();
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, value: f64| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
    };
    let (open, _) = state.alarms.open();
    let boxes: u64 = state.sites.iter().map(|site| site.boxes).sum();
    let problems = state
        .problems
        .values()
        .filter(|p| p.standing == Default::default())
        .count();
    gauge(
        "quaylight_sequence",
        "Last change that was applied.",
        state.sequence as f64,
    );
    gauge("quaylight_boxes", "Boxes in the port.", boxes as f64);
    gauge(
        "quaylight_containers_in_memory",
        "Containers kept in memory.",
        state.containers.len() as f64,
    );
    gauge(
        "quaylight_alarms",
        "Alarms that are known.",
        state.alarms.len() as f64,
    );
    gauge("quaylight_alarms_open", "Alarms in the open list.", open as f64);
    gauge(
        "quaylight_problems_open",
        "Messages that were not understood and wait for a person.",
        problems as f64,
    );
    gauge(
        "quaylight_ready",
        "Whether messages are taken.",
        f64::from(u8::from(app.engine.is_ready())),
    );
    drop(state);
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
}

/// `GET /openapi.json`.
pub async fn openapi() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        include_str!("../../openapi.json"),
    )
}
