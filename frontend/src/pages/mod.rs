//! The pages, one folder or file each.

/// `/access`: accounts, keys and the audit log.
pub mod access;
/// `/alarms`: live lists, and what people do with alarms.
pub mod alarms;
/// `/clearance`: how long clearance takes.
pub mod clearance;
/// `/containers/{number}`: the trail of one container.
pub mod container;
/// `/sign-in`, `/welcome` and `/account`: who looks.
pub mod door;
/// `/feeds`: who sends what, and what could not be understood.
pub mod feeds;
/// What the pages of figures share.
mod figures;
/// A page that whoever looks has no right to.
pub mod not_allowed;
/// An address that leads nowhere.
pub mod not_found;
/// `/`: how well the port does today.
pub mod overview;
/// `/parcels`: cross-border parcels.
pub mod parcels;
/// `/release-desk`: applications for loading instructions that are missing.
pub mod release_desk;
/// `/containers?q=`: what a search found.
pub mod search;
/// `/stays?…`: the list behind a figure.
pub mod stays;
/// `/styleguide`: every component in every state.
#[cfg(debug_assertions)]
pub mod styleguide;
/// `/throughput`: what goes over the quay.
pub mod throughput;
/// `/wall`: for a room that looks from far away.
pub mod wall;
/// `/yard`: the map.
pub mod yard;
