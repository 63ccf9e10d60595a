//! The page of Quaylight. It runs in the browser, speaks to the server through its calls and its stream,
//! and is served from inside the server's own binary.

/// Where the reader is, and the pages.
mod address;
/// The outermost component.
mod app;
/// Charts on a canvas.
mod charts;
/// Calls to the server.
mod client;
/// Colours and sizes for canvases.
mod colours;
/// Parts that several pages share.
mod components;
/// What every part of the page can ask for.
mod context;
/// English and Chinese.
mod i18n;
/// The stream, and what pages follow.
mod live;
/// The pages.
mod pages;
/// The parts of the page that come when they are needed.
mod parts;
/// Who looks at the page, and what they may do.
mod session;
/// The map of the yard.
mod yard_map;

fn main() {
    leptos::mount::mount_to_body(app::App);
}
