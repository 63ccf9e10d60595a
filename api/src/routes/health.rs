//! Health, readiness, metrics, and the description of all calls.

use super::App;
use crate::engine::standing::Standing;
use crate::parcels::Book;
use crate::serving::load::{Load, Loaded};
use crate::serving::{metrics, process};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

/// `GET /healthz`: the process answers.
pub async fn healthy() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the state is rebuilt, messages can be taken, and the server is not about to end. Says in a sentence
/// which of these is not so.
pub async fn ready(State(app): State<App>) -> Response {
    let not_ready = |why: &'static str| {
        let again = [(header::RETRY_AFTER, "5")];
        (StatusCode::SERVICE_UNAVAILABLE, again, why).into_response()
    };
    if app.stopping.is_cancelled() {
        return not_ready("the server is stopping\n");
    }
    if !app.engine.is_ready() {
        return not_ready(app.engine.standing().text());
    }
    if let Some(book) = &app.parcels
        && book.standing() != Standing::Ready
    {
        return not_ready(book.standing().text());
    }
    if let Some(desk) = &app.desk
        && desk.standing() != Standing::Ready
    {
        return not_ready(desk.standing().text());
    }
    "ready\n".into_response()
}

/// `GET /metrics`, in the text format of Prometheus.
pub async fn metrics(State(app): State<App>, Loaded(load): Loaded) -> impl IntoResponse {
    let mut text = load.metrics.text();
    text.push_str(&metrics::text(&present(&app, &load)));
    // The system's files are read.
    let process = crate::serving::apart(process::text).await;
    text.push_str(&process.unwrap_or_default());
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
}

/// So many sources have figures of their own, those that sent most; the others have one together.
const SOURCES: usize = 50;

/// What is true at this moment.
fn present(app: &App, load: &Load) -> Registry {
    let engine = &app.engine;
    let mut registry = Registry::default();
    let number = |n: usize| n as u64;
    let limits = &load.limits;
    let (messages, bytes) = engine.log().held();
    let state = engine.state();
    let (open, _) = state.alarms.open();
    let boxes: u64 = state.sites.iter().map(|site| site.boxes).sum();
    let problems = state
        .problems
        .values()
        .filter(|problem| problem.standing == Default::default())
        .count();
    let ready = engine.is_ready();
    for (name, help, value) in [
        (
            "quaylight_sequence",
            "Last change that was applied",
            state.sequence,
        ),
        ("quaylight_boxes", "Boxes in the port", boxes),
        (
            "quaylight_containers_in_memory",
            "Containers kept in memory",
            number(state.containers.len()),
        ),
        (
            "quaylight_alarms",
            "Alarms that are known",
            number(state.alarms.len()),
        ),
        ("quaylight_alarms_open", "Alarms in the open list", open),
        (
            "quaylight_problems_open",
            "Messages that were not understood and wait for a person",
            number(problems),
        ),
        ("quaylight_ready", "Whether messages are taken", u64::from(ready)),
        (
            "quaylight_change_log_messages",
            "Changes that the stream can go back to",
            number(messages),
        ),
        ("quaylight_change_log_bytes", "Their size", number(bytes)),
        (
            "quaylight_stream_readers",
            "Readers of the stream",
            number(load.readers()),
        ),
        (
            "quaylight_stream_readers_limit",
            "Readers that there may be",
            number(limits.readers),
        ),
        (
            "quaylight_feed_messages_waiting",
            "Messages of feeds that are read or wait",
            number(load.feeds()),
        ),
        (
            "quaylight_feed_messages_waiting_limit",
            "Messages that may wait",
            number(limits.waiting_feeds),
        ),
        (
            "quaylight_body_memory_reserved_bytes",
            "Memory reserved for bodies on their way in",
            number(load.bodies.reserved()),
        ),
        (
            "quaylight_body_memory_limit_bytes",
            "Memory that there is for them",
            number(load.bodies.limit()),
        ),
        (
            "http_connections",
            "Connections that are open",
            number(load.connections()),
        ),
        (
            "http_connections_limit",
            "Connections that there may be",
            number(limits.connections),
        ),
    ] {
        registry.register(name, help, ConstGauge::new(value));
    }
    let events = Family::<SourceLabels, Counter>::default();
    let mut sources: Vec<(String, u64)> = state
        .sources
        .iter()
        .map(|(name, source)| (name.to_string(), source.events))
        .collect();
    drop(state);
    sources.sort_unstable_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    for (index, (name, count)) in sources.into_iter().enumerate() {
        let source = if index < SOURCES { name } else { "other".to_owned() };
        let labels = SourceLabels { source };
        events.get_or_create(&labels).inc_by(count);
    }
    registry.register("quaylight_events", "Events that were taken, by source", events);
    registry.register_with_unit(
        "quaylight_journal_commit_duration",
        "Time until a commit is on disk",
        Unit::Seconds,
        engine.commits.clone(),
    );
    if let Some(book) = &app.parcels {
        parcels(&mut registry, book);
    }
    registry
}

/// What is true of the parcels.
fn parcels(registry: &mut Registry, book: &Book) {
    let state = book.state();
    let [parcels, loose, years] = state.in_memory();
    let queue: usize = state.sites.iter().map(|site| site.queue.len()).sum();
    let documents = state.sites.iter().flat_map(|site| site.parties.values());
    let documents: u64 = documents.map(|party| party.documents).sum();
    for (name, help, value) in [
        (
            "quaylight_parcels_sequence",
            "Last change of the parcels",
            state.sequence,
        ),
        (
            "quaylight_parcels_in_memory",
            "Parcels kept in memory",
            parcels as u64,
        ),
        (
            "quaylight_parcels_years_in_memory",
            "Buyers' years kept in memory",
            years as u64,
        ),
        (
            "quaylight_parcels_withdrawals_loose",
            "Withdrawals of documents that nobody sent",
            loose as u64,
        ),
        (
            "quaylight_parcels_queue",
            "Parcels received and not decided",
            queue as u64,
        ),
        (
            "quaylight_parcels_documents",
            "Documents of parcels that were taken",
            documents,
        ),
    ] {
        registry.register(name, help, ConstGauge::new(value));
    }
    drop(state);
    registry.register_with_unit(
        "quaylight_parcels_commit_duration",
        "Time until a commit of parcels is on disk",
        Unit::Seconds,
        book.commits.clone(),
    );
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct SourceLabels {
    source: String,
}

/// `GET /openapi.json`.
pub async fn openapi() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        include_str!("../../openapi.json"),
    )
}
