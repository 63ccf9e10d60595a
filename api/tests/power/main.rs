//! What is left when the power goes, when the disk is full, broken, read-only or forgets, and when a page of a file
//! is damaged: every line that was acknowledged is there once, nothing is there that nobody sent, and the state is
//! what the lines add up to.
//!
//! `QUAYLIGHT_LONG` in the environment runs many more losses, or as many as it says; `QUAYLIGHT_SEED` names the first.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says by failing what was not there"
)]

/// A clock that jumps.
mod clock;
/// A disk that loses its power.
mod disk;
/// Other faults of a disk.
mod faults;
#[path = "../feeding/mod.rs"]
mod feeding;
/// Losses of power.
mod losses;
/// Losses of power while an older journal is brought forward.
mod migration;
/// A small port, what it sends, and what becomes of it.
mod port;
/// SQLite asks a disk before it changes a file.
mod shim;
