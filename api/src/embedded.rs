//! The page inside the program.

/// What `cargo xtask build` has packed; none in a program that cargo alone has built.
pub static PAGE: Option<api::page::Page> = include!(env!("QUAYLIGHT_PAGE"));
