//! Quaylight.
