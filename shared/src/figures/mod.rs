//! Figures: what a stay adds to them, cells that add and subtract, and the rows computed from cells
//! (`semantics.md` §5).

/// Cells of hours, and what they add up to.
pub mod cells;
/// What figures are made of.
pub mod change;
/// What one stay adds.
pub mod contribution;
/// What one declaration adds.
pub mod declaration;
/// What figures group and filter by.
pub mod dimensions;
/// Histograms of whole minutes.
pub mod histogram;
/// Hours of a site, and its calendar.
pub mod hour;
/// What was computed of cells that have not changed.
pub mod memo;
/// Hours of the day and days of the week.
pub mod patterns;
/// Rows of an answer.
pub mod rows;
/// Durations put together, and what follows from them.
pub mod tally;

pub use cells::Cells;
pub use change::{CellChange, Count, Counts, Series, Unit, What};
pub use contribution::Contribution;
pub use declaration::{DeclarationPart, DeclarationRecord};
pub use dimensions::{By, Dimensions, Filter, Selection};
pub use histogram::Histogram;
pub use hour::{Calendar, Hour};
pub use memo::Memo;
pub use tally::{Summary, Tally};
