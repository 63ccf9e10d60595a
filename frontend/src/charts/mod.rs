//! Charts, drawn by plotters on a canvas that is as fine as the screen, each with a table behind it.

/// A bar for each hour of a day, with a line of the day before.
pub mod hourly;
/// A canvas that is drawn anew when its size or its data change.
pub mod surface;
