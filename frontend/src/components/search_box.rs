//! The search box of the bar. `/` goes there from anywhere.

use super::markup::fill;
use super::planted::{find, listen, planted};
use super::reactive::effect;
use super::shell::say;
use crate::address::Page;
use crate::context::Context;
use crate::i18n::Word;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

/// The search box.
pub fn search_box(context: Context) -> AnyView {
    let words = say(context.language, Word::SearchFor);
    let form = fill(
        "<form class=\"search\" role=\"search\" action=\"/containers\"><input type=\"search\" name=\"q\" \
         aria-label=\"{}\" placeholder=\"{}\" aria-keyshortcuts=\"/\" autocomplete=\"off\" spellcheck=\"false\" \
         enterkeyhint=\"search\"><button type=\"submit\">{}</button></form>",
        &[words.clone(), words, say(context.language, Word::Search)],
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
    let hear = move |event: web_sys::Event| {
        let typing = event_target::<Element>(&event)
            .matches("input, textarea, select, [contenteditable]")
            .unwrap_or(false);
        let event: KeyboardEvent = event.unchecked_into();
        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        if event.key() == "/" && !typing && plain {
            event.prevent_default();
            // A field that cannot be focused is not in sight; nothing is lost.
            let _ = input.focus();
            input.select();
        }
    };
    if let Some(page) = document().document_element() {
        listen(&page, &["keydown"], Box::new(hear));
    }
}
