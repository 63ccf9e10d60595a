//! The release desk: an export box whose loading instruction is missing gets one. The enterprise applies, the terminal
//! proofreads, customs reviews, the instruction goes to the terminal and comes back as confirmed (`domain.md` S10).

/// One application with all its steps.
pub mod application;
/// What happens at the desk, as its journal has it.
pub mod entry;
/// How the desk does.
pub mod figures;
/// What an enterprise writes, held against itself.
pub mod form;
/// Which action leads from which state to which.
pub mod machine;

pub use application::{Application, File, Order, OrderState, Step};
pub use entry::{Done, Entry};
pub use machine::{Unfit, actions, has_ended, is_open, needs_remark, next, turn};

/// The source of the events that the desk itself brings about. No feed may speak for it.
pub const SOURCE: &str = "release-desk";

/// Containers in one form at most.
pub const MOST_CONTAINERS: usize = 100;
/// Files of one application at most.
pub const MOST_FILES: usize = 20;
