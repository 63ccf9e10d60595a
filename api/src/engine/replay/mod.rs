//! The yard as it was: at one moment, and from one to another. By the time of events, with what is known today; what is
//! told ahead of the clock counts as of the clock, so that the yard of this moment is the yard now.
//!
//! Every spell of every stay is in the store (`store/spells.rs`); what changed since the last checkpoint comes from
//! memory, in the place of what the store has. The layout is today's: one state vector for all moments.

/// What is read of the past.
mod past;
/// From one moment to another.
mod play;

pub use past::{Past, Stood, resolved};
pub use play::Moment;
