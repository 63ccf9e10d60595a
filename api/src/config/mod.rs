//! The configuration file, checked with line and reason.

/// Sites: where they are, in which zone, and how their yard is laid out.
pub mod site;

pub use site::Site;
