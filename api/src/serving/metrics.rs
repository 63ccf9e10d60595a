//! What `/metrics` tells of the server itself, by the names and in the units that Prometheus asks for: base units,
//! `_total` behind what only grows, and labels with a bounded number of values.

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// Seconds that a call may take.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// What was refused because there is no room for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A connection: there are as many as may be.
    Connections,
    /// A connection: its address has as many as it may.
    Address,
    /// A call: its address made more than it may.
    Rate,
    /// A reader of the stream.
    Readers,
    /// A message of a feed: too many wait.
    Feeds,
    /// A body: there is no memory for it.
    Memory,
}

impl Refusal {
    /// All of them.
    const ALL: [Refusal; 6] = [
        Refusal::Connections,
        Refusal::Address,
        Refusal::Rate,
        Refusal::Readers,
        Refusal::Feeds,
        Refusal::Memory,
    ];

    fn name(self) -> &'static str {
        match self {
            Refusal::Connections => "connections",
            Refusal::Address => "address",
            Refusal::Rate => "rate",
            Refusal::Readers => "readers",
            Refusal::Feeds => "feeds",
            Refusal::Memory => "memory",
        }
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ReasonLabels {
    reason: &'static str,
}

type ByRoute = Family<RouteLabels, Histogram, fn() -> Histogram>;

/// The server's figures.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: ByRoute,
    in_flight: Gauge,
    accepted: Counter,
    refused: Family<ReasonLabels, Counter>,
    cut_off: Family<ReasonLabels, Counter>,
    /// Messages that were handed to readers of the stream.
    pub stream_messages: Counter,
    /// Bytes that were handed to readers of the stream.
    pub stream_bytes: Counter,
    resets: Family<ReasonLabels, Counter>,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

impl Metrics {
    /// All of them, at nothing.
    pub fn new() -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            in_flight: Gauge::default(),
            accepted: Counter::default(),
            refused: Family::default(),
            cut_off: Family::default(),
            stream_messages: Counter::default(),
            stream_bytes: Counter::default(),
            resets: Family::default(),
        };
        // Those that alarms are set on are there from the beginning.
        for refusal in Refusal::ALL {
            let _ = metrics.refused.get_or_create(&ReasonLabels {
                reason: refusal.name(),
            });
        }
        let registry = &mut metrics.registry;
        registry.register(
            "http_requests",
            "Calls that were answered, by method, route and status",
            metrics.requests.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "Time from the head of a call to the end of its answer; of a stream, to its beginning",
            Unit::Seconds,
            metrics.durations.clone(),
        );
        registry.register(
            "http_requests_in_flight",
            "Calls whose answer has not ended, streams among them",
            metrics.in_flight.clone(),
        );
        registry.register(
            "http_connections_accepted",
            "Connections that were taken",
            metrics.accepted.clone(),
        );
        registry.register(
            "quaylight_refused",
            "What was refused because there was no room for it, by what there was no room in",
            metrics.refused.clone(),
        );
        registry.register(
            "http_connections_cut_off",
            "Connections that were closed because their peer was waited for in vain, by what was waited for",
            metrics.cut_off.clone(),
        );
        registry.register(
            "quaylight_stream_messages_sent",
            "Messages that were handed to readers of the stream",
            metrics.stream_messages.clone(),
        );
        registry.register_with_unit(
            "quaylight_stream_sent",
            "What was handed to readers of the stream",
            Unit::Bytes,
            metrics.stream_bytes.clone(),
        );
        registry.register(
            "quaylight_stream_resets",
            "Readers that could not go on where they were, by reason",
            metrics.resets.clone(),
        );
        metrics
    }

    /// A connection was taken.
    pub fn connected(&self) {
        self.accepted.inc();
    }

    /// Something was refused.
    pub fn refused(&self, refusal: Refusal) {
        self.refused
            .get_or_create(&ReasonLabels {
                reason: refusal.name(),
            })
            .inc();
    }

    /// A connection was closed because its peer was waited for in vain.
    pub fn cut_off(&self, reason: &'static str) {
        self.cut_off.get_or_create(&ReasonLabels { reason }).inc();
    }

    /// A reader of the stream could not go on where it was.
    pub fn reset(&self, reason: &'static str) {
        self.resets.get_or_create(&ReasonLabels { reason }).inc();
    }

    /// A call came.
    pub fn begun(&self) {
        self.in_flight.inc();
    }

    /// A call's answer has ended.
    pub fn ended(&self) {
        self.in_flight.dec();
    }

    /// A call was answered.
    pub fn answered(&self, method: &'static str, route: &str, status: StatusCode, took: Duration) {
        let labels = RequestLabels {
            method,
            route: route.to_owned(),
            status: status.as_u16(),
        };
        self.requests.get_or_create(&labels).inc();
        let labels = RouteLabels {
            method,
            route: route.to_owned(),
        };
        self.durations.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// In the text format of Prometheus.
    pub fn text(&self) -> String {
        text(&self.registry)
    }
}

/// Figures in the text format of Prometheus, version 0.0.4.
pub fn text(registry: &Registry) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = prometheus_client::encoding::prometheus_text::encode(&mut text, registry);
    text
}

/// A method as a label; those that nobody needs have one name together.
pub fn method_name(method: &Method) -> &'static str {
    const KNOWN: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];
    let known = KNOWN.into_iter().find(|known| *known == method.as_str());
    known.unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_units_are_those_of_the_field() {
        let metrics = Metrics::new();
        metrics.answered(
            "GET",
            "/api/v1/stays/{id}",
            StatusCode::OK,
            Duration::from_millis(3),
        );
        metrics.refused(Refusal::Memory);
        metrics.stream_bytes.inc_by(7);
        let text = metrics.text();
        for line in [
            r#"http_requests_total{method="GET",route="/api/v1/stays/{id}",status="200"} 1"#,
            r#"http_request_duration_seconds_bucket{method="GET",route="/api/v1/stays/{id}",le="0.005"} 1"#,
            r#"http_request_duration_seconds_count{method="GET",route="/api/v1/stays/{id}"} 1"#,
            r#"quaylight_refused_total{reason="memory"} 1"#,
            r#"quaylight_refused_total{reason="readers"} 0"#,
            "quaylight_stream_sent_bytes_total 7",
        ] {
            assert!(text.lines().any(|own| own == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn methods_that_nobody_needs_are_one_label() {
        let of = |text: &str| method_name(&Method::from_bytes(text.as_bytes()).unwrap());
        assert_eq!(
            [of("POST"), of("BREW"), of("120101199003078515")],
            ["POST", "other", "other"]
        );
    }
}
