//! The map of the yard.
//!
//! A state byte for each slot lies in linear memory ([`states`]); a palette of 256 colours ([`palette`]) turns
//! each ground slot into one pixel of a small image ([`raster`]); the image of a block is drawn scaled to
//! where the block lies ([`paint`]). So a frame costs one call for each block, not one for each slot. Labels
//! and selection lie on a second canvas above. Everything but [`paint`] works without a browser.

/// Base64, as the state bytes travel.
mod base64;
/// What the classes of a legend are called.
pub mod classes;
/// From one view to another.
pub mod flight;
/// What is marked above the boxes.
mod marks;
/// How long drawing takes, for the bench.
pub mod measure;
/// Drawing on the two canvases.
pub mod paint;
/// Colours, from the style sheet's tokens.
pub mod palette;
/// Where blocks lie, and what lies under a point.
pub mod plan;
/// State bytes to pixels.
pub mod raster;
/// The state of every slot, as snapshot and changes.
pub mod states;
/// What part of the plan is in sight.
pub mod view;
