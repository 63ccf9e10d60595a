//! Quaylight.
fn main() {}
