//! What the tests from outside stand on: the built program started on a directory of its own, calls to it, its
//! stream, and a real browser. Nothing here knows the server's code; it uses what travels (`shared::wire`).
//!
//! Everything that goes wrong in here panics with a sentence, because a test that can't go on has failed.
//! What was started is ended when it is dropped, also by a panic.

/// Accounts, and those who have them.
pub mod access;
/// A real browser, driven through chromedriver.
pub mod browser;
/// Applications at the release desk.
pub mod desk;
/// Calls over HTTP.
pub mod http;
/// Native events and what they are made of.
pub mod messages;
/// The pages of the product.
pub mod pages;
/// The built program.
pub mod program;
/// An identity provider.
pub mod provider;
/// What goes wrong on a network.
pub mod proxy;
/// Many readers of the stream.
pub mod readers;
/// Senders that go on while the server dies.
pub mod senders;
/// Server-Sent Events.
pub mod stream;
/// Waiting for a condition, with a deadline.
pub mod wait;
