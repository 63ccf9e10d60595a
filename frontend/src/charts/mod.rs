//! Charts, drawn by plotters on a canvas that is as fine as the screen, each with a table behind it.

/// What plotters draws on.
mod backend;
/// Fewer points, the same picture.
mod decimate;
/// How long drawing takes.
mod measure;
/// Drawing.
mod paint;
/// A chart as a picture.
mod picture;
/// What a chart shows.
pub mod plot;
/// Scales.
mod scale;
/// The buckets of a time axis.
pub mod slots;
/// A small course beside a figure.
pub mod spark;
/// A chart on a page.
mod view;

pub use measure::measure;
pub use view::chart;
