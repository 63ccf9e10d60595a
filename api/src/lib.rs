//! The server of Quaylight, in the order in which data takes its way: a message comes in through a feed, its
//! events through intake into the journal, the engine folds them, the stream tells every page.

/// Who may call: accounts, sessions, keys, sign-in, and the audit log.
pub mod access;
/// Copies of a data directory: made, checked, brought back.
pub mod backup;
/// The command line.
pub mod cli;
/// The engine's clock.
pub mod clock;
/// The configuration file, checked with line and reason.
pub mod config;
/// The demo port: a simulated terminal that speaks through the real feeds.
pub mod demo;
/// Runs the demo port through the real feeds.
pub mod demo_run;
/// The one writer of state.
pub mod engine;
/// One reader for each message format: bytes in, events or problems out.
pub mod feeds;
/// `quaylight import`.
pub mod import;
/// What a reader found is held against the configuration and the clock.
pub mod intake;
/// What happened, durable and in order, each once.
pub mod journal;
/// The page, served from inside the program.
pub mod page;
/// The book of the parcels.
pub mod parcels;
/// The release desk.
pub mod release_desk;
/// The calls under `/api/v1`.
pub mod routes;
/// `quaylight serve`.
pub mod serve;
/// The server between the network and the calls: connections, limits, time-outs, figures and log.
pub mod serving;
