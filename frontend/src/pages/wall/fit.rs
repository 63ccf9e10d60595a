//! What there is no room for is left out, the least important first; nothing is ever cut off or runs over another part.
//!
//! Type has the size that the distance asks for, so how much fits is known only once it stands there. Parts that may be
//! left out are numbered, the first to go with the highest number (`data-drop`); figures that may be smaller than they
//! would like to be are numbered too (`data-big`).

use crate::components::markup::Markup;
use crate::components::planted::find;
use crate::components::reactive::changed_text;
use crate::components::reactive::effect;
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::HtmlElement;

/// The highest number of a part that may be left out.
pub const MOST: usize = 24;
/// So many figures of a part are looked at.
const FIGURES: usize = 4;

/// Markup with no more in it than fits. It is written again when `resized` counts on.
pub fn fitted(
    class: &'static str,
    resized: RwSignal<u32>,
    markup: impl Fn() -> Markup + Send + Sync + 'static,
) -> AnyView {
    fitted_text(class, resized, changed_text(move || Some(markup().into_string())))
}

#[inline(never)]
fn fitted_text(class: &'static str, resized: RwSignal<u32>, markup: Memo<Option<String>>) -> AnyView {
    let node = NodeRef::<Div>::new();
    effect(move || {
        resized.track();
        if let Some(node) = node.get() {
            markup.with(|markup| node.set_inner_html(markup.as_deref().unwrap_or_default()));
            fit(&node);
        }
    });
    view! { <div class=class node_ref=node></div> }.into_any()
}

/// Leaves out of a part what does not fit into it.
fn fit(part: &HtmlElement) {
    shrink(part);
    for number in (1..=MOST).rev() {
        while over(part) != (false, false) {
            let selector = ["[data-drop=\"", &number.to_string(), "\"]:not([hidden])"].concat();
            let Some(dropped) = find::<HtmlElement>(part, &selector) else {
                break;
            };
            let (high, wide) = (over(part).0, part.scroll_width());
            dropped.set_hidden(true);
            // What is too wide does not become narrower by leaving out what stands below it.
            if !high && part.scroll_width() == wide {
                dropped.set_hidden(false);
                break;
            }
        }
    }
    shrink(part);
}

/// Figures that are too wide become as small as they have to.
fn shrink(part: &HtmlElement) {
    for number in 1..=FIGURES {
        let selector = ["[data-big=\"", &number.to_string(), "\"]"].concat();
        let Some(figure) = find::<HtmlElement>(part, &selector) else {
            continue;
        };
        let style = figure.style();
        // A plain name is always taken.
        let _ = style.remove_property("--shrunk");
        let (wanted, room) = (figure.scroll_width(), figure.client_width());
        if wanted > room {
            let share = f64::from(room) / f64::from(wanted) * 980.0;
            let _ = style.set_property("--shrunk", &(share as u32).to_string());
        }
    }
}

/// Whether more is in a part than it is high, and than it is wide.
fn over(part: &HtmlElement) -> (bool, bool) {
    (
        part.scroll_height() > part.client_height() + 1,
        part.scroll_width() > part.client_width() + 1,
    )
}
