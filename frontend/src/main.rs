//! The page of Quaylight. It runs in the browser, speaks to the server through its calls and its stream,
//! and is served from inside the server's own binary.

mod app;

fn main() {
    leptos::mount::mount_to_body(app::App);
}
