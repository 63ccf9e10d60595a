//! Lists of stays: the stays behind a figure, newest or longest first, page by page.
//!
//! A list goes by one of a stay's times ([`By`]). The store holds an entry for each of these times
//! (`store/tables.rs`), apart by site, time, status and dimensions ([`part`]), so that these filters are a choice of
//! ranges and no row is read for them. What changed since the last checkpoint takes the place of what the store has.

/// When a list begins in the state and ends in the store.
mod begun;
/// What lists ask of a stay.
mod facts;
/// Hours of the day and days of the week.
mod hours;
/// In what order stays stand.
mod order;
/// Where the store keeps an entry.
pub(super) mod part;
/// What `q` looks for.
mod text;
/// From the newest entries to older ones.
mod walk;
/// What a list asks for.
mod wanted;

pub use begun::{Begun, Page};
pub use facts::{Facts, MEASURES, Measure, Seconds};
pub(super) use facts::{moves_of, seconds_of};
pub use hours::Hours;
pub use order::{Best, Key, Sort};
pub use text::Text;
pub use wanted::{By, Wanted};
