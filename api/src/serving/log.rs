//! The log: lines of text, or of JSON for machines that collect them. It never holds what people or boxes are known
//! by: no path, no query, no body, and no text of a panic that was made from data.

use std::io::{IsTerminal as _, stderr};
use std::panic::PanicHookInfo;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A line of text for each event.
    #[default]
    Text,
    /// A line of JSON for each event.
    Json,
}

/// What these say of headers and frames holds paths and queries, at whatever level it is asked for.
const QUIET: [&str; 5] = [
    "h2=warn",
    "hyper=warn",
    "hyper_util=warn",
    "axum=warn",
    "tower_http=warn",
];

/// Starts the log, on standard error; `RUST_LOG` says how much. Panics are told there as well.
pub fn start(format: Format) {
    let mut filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    for directive in QUIET {
        if let Ok(directive) = directive.parse::<Directive>() {
            filter = filter.add_directive(directive);
        }
    }
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr);
    match format {
        Format::Text => log.with_ansi(stderr().is_terminal()).init(),
        Format::Json => log.json().flatten_event(true).init(),
    }
    std::panic::set_hook(Box::new(panicked));
}

/// A text that was put together when the panic happened may hold anything; where it happened is enough to find it.
fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let reason = panic.payload().downcast_ref::<&'static str>().copied();
    let thread = std::thread::current();
    tracing::error!(
        place,
        thread = thread.name().unwrap_or_default(),
        reason = reason.unwrap_or("a text that may hold data, and is left out"),
        "a part of the program panicked"
    );
}
