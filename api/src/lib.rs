//! The server of Quaylight, in the order in which data takes its way: a message comes in through a feed, its
//! events through intake into the journal, the engine folds them, the stream tells every page.

/// The command line.
pub mod cli;
/// The configuration file, checked with line and reason.
pub mod config;
/// One reader for each message format: bytes in, events or problems out.
pub mod feeds;
/// The page, served from inside the program.
pub mod page;
/// The engine's clock.
pub mod clock;
/// The one writer of state.
pub mod engine;
/// What a reader found is held against the configuration and the clock.
pub mod intake;
/// What happened, durable and in order, each once.
pub mod journal;
/// The demo port: a simulated terminal that speaks through the real feeds.
pub mod demo;
/// Runs the demo port through the real feeds.
pub mod demo_run;
/// `quaylight import`.
pub mod import;
/// The calls under `/api/v1`.
pub mod routes;
/// `quaylight serve`.
pub mod serve;
