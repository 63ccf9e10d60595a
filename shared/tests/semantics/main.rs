//! What events, stays, alarms and figures mean, sentence by sentence (`semantics.md`): one test for each, told
//! in native events as a sender would, and read where a user would look.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says by failing what was not there"
)]

#[macro_use]
mod port;
mod recount;

mod alarms;
mod attributes;
mod calls;
mod figures;
mod identity;
mod kinds;
mod lifecycle;
mod papers;
mod parcels;
mod stays;
mod storage;
