//! Figures: what a stay adds to them, cells that add and subtract, and the rows computed from cells
//! (`semantics.md` §5).

/// Cells of one hour each.
pub mod cells;
/// What one stay adds.
pub mod contribution;
/// Histograms of whole minutes.
pub mod histogram;
/// Rows of an answer.
pub mod rows;

pub use cells::Cells;
pub use contribution::{Contribution, Dimensions};
pub use histogram::Histogram;
