//! Printing: all details open, the picture as wide as the paper, and a head that says what this is.

use crate::colours::type_scale;
use crate::components::markup::{Markup, fill, text};
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use leptos::{ev, leptos_dom::helpers::window_event_listener_untyped};
use shared::wire::stay::Stay;
use web_sys::Element;

/// Width of A4 between its margins, in pixels of the page.
const PAPER: f64 = 690.0;
/// What tells a part that was opened for the paper from one that the reader opened.
const OPENED: &str = "data-opened";

/// How wide a picture on the page may be, in pixels at a desk; follows the window, and the paper while it is printed.
pub fn follow_width() -> RwSignal<Option<f64>> {
    let width = RwSignal::new(Some(measure()));
    let again = move || {
        let now = Some(measure());
        if width.get_untracked() != now {
            width.set(now);
        }
    };
    let resized = window_event_listener(ev::resize, move |_| again());
    let before = window_event_listener_untyped("beforeprint", move |_| {
        width.set(Some(PAPER));
        open_all(true);
    });
    let after = window_event_listener_untyped("afterprint", move |_| {
        again();
        open_all(false);
    });
    on_cleanup(move || {
        resized.remove();
        before.remove();
        after.remove();
    });
    width
}

fn measure() -> f64 {
    let main = document().get_element_by_id("main");
    let scale = type_scale();
    let all = main.map_or(1_000.0, |main| f64::from(main.client_width())) / scale;
    // Margins of the page and of a card, narrower on a small screen.
    let margins = if all < 960.0 { 24.0 + 24.0 } else { 32.0 + 32.0 };
    (all - margins - 2.0).max(240.0)
}

/// Opens all that can be opened, or closes what was opened for that.
fn open_all(open: bool) {
    let parts = document().get_elements_by_tag_name("details");
    for index in 0..parts.length() {
        if let Some(part) = parts.item(index) {
            turn(&part, open);
        }
    }
}

fn turn(part: &Element, open: bool) {
    // Plain names are always taken.
    if open && !part.has_attribute("open") {
        let _ = part.set_attribute("open", "");
        let _ = part.set_attribute(OPENED, "");
    } else if !open && part.has_attribute(OPENED) {
        let _ = part.remove_attribute("open");
        let _ = part.remove_attribute(OPENED);
    }
}

/// The head of the paper: what it is, of which box, at which site, and when it was printed.
pub fn head(context: Context, stay: &Stay, known: Option<&str>) -> Markup {
    let now = context.live.now.get();
    let printed = now.map_or_else(String::new, |now| {
        let local = context.sites.local(now);
        [format::stamp(local), format::offset(local.offset_seconds)].join(" ")
    });
    let known = known.map_or_else(String::new, |known| context.fill(Word::KnownBanner, known));
    let gaps = [
        say(context.language, Word::TrailReport),
        text(&stay.container),
        text(&super::stay::site(context, &stay.site)),
        text(&context.fill(Word::PrintedAt, printed)),
        text(&known),
    ];
    fill(
        "<p class=\"print-head\" aria-hidden=\"true\"><b>Quaylight · {} · {}</b><span>{}</span><span>{}</span>\
         <span>{}</span></p>",
        &gaps,
    )
}
