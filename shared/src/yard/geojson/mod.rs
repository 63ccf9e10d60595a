//! Reading and writing a layout as GeoJSON (RFC 7946; `interface.md` §2).
//!
//! A `FeatureCollection`. A feature with a property `block` is a block: a polygon whose first edge runs along
//! the bays, with the counts `bays`, `rows`, `tiers` and, optionally, a `designation`. Every other feature has
//! a `kind` ([`KINDS`]) and may have a `name`. Coordinates are metres in a local plane, or WGS 84; which of
//! the two the member `crs` says, and without one it is told from the numbers. A layout that was read is
//! always in metres, to the millimetre.

/// What may stand in a block, as it is written.
mod designation;
/// Outlines and lines.
mod geometry;
/// Metres, degrees, and the way from these to those.
mod plane;
/// Why a text is no layout.
mod problem;
/// From text to layout.
mod read;
/// From layout to JSON.
mod write;

pub use problem::{LayoutError, Misfit};
pub use read::{read, read_written, unaddressed};
pub use write::write;

/// What a feature that is no block may be.
pub const KINDS: [&str; 6] = ["berth", "gate", "water", "road", "quay", "building"];

/// The most slots that the blocks of one layout may have together.
pub const MOST_SLOTS: u64 = 5_000_000;

#[cfg(test)]
mod tests;
