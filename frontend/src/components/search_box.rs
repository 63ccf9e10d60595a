//! The search box of the bar. `/` goes there from anywhere.

use super::markup::{fill, text};
use super::planted::{find, listen, planted};
use super::reactive::effect;
use crate::address::Page;
use crate::context::Context;
use crate::i18n::Word;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// The search box.
pub fn search_box(context: Context) -> AnyView {
    let words = text(context.say(Word::SearchFor));
    let form = fill(
        "<form class=\"search\" role=\"search\" action=\"/containers\"><input type=\"search\" name=\"q\" \
         aria-label=\"{}\" placeholder=\"{}\" aria-keyshortcuts=\"/\" autocomplete=\"off\" spellcheck=\"false\" \
         enterkeyhint=\"search\"><button type=\"submit\">{}</button></form>",
        &[words.clone(), words, text(context.say(Word::Search))],
    );
    planted("contents", form, Box::new(move |form| begin(context, form)))
}

fn begin(context: Context, form: HtmlElement) {
    let Some(input) = find::<HtmlInputElement>(&form, "input") else {
        return;
    };
    let asked = input.clone();
    let search = move |event: web_sys::Event| {
        event.prevent_default();
        let text = asked.value();
        let text = text.trim();
        if !text.is_empty() {
            context
                .address
                .go(&context.address.link(&Page::Containers, &[("q", text)]));
        }
    };
    listen(&form, &["submit"], Box::new(search));
    let shown = input.clone();
    effect(move || {
        let searching = context.address.page_now() == Page::Containers;
        let query = context.address.query();
        shown.set_value(query.get("q").filter(|_| searching).unwrap_or_default());
    });
    let input = StoredValue::new_local(input);
    let handle = window_event_listener(ev::keydown, move |event| {
        let typing = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|element| {
                element
                    .matches("input, textarea, select, [contenteditable]")
                    .unwrap_or(false)
            });
        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        if event.key() != "/" || typing || !plain {
            return;
        }
        if let Some(input) = input.try_get_value() {
            event.prevent_default();
            // A field that cannot be focused is not in sight; nothing is lost.
            let _ = input.focus();
            input.select();
        }
    });
    on_cleanup(move || handle.remove());
}
