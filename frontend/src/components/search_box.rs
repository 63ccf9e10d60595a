//! The search box of the bar. `/` goes there from anywhere.

use crate::address::Page;
use crate::context::Context;
use crate::i18n::Word;
use leptos::html::Input;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// The search box.
pub fn search_box(context: Context) -> AnyView {
    let input = NodeRef::<Input>::new();
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
        if let Some(input) = input.get_untracked() {
            event.prevent_default();
            // A field that cannot be focused is not in sight; nothing is lost.
            let _ = input.focus();
            input.select();
        }
    });
    on_cleanup(move || handle.remove());

    let search = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let text = input
            .get_untracked()
            .map(|input| input.value())
            .unwrap_or_default();
        let text = text.trim();
        if !text.is_empty() {
            context
                .address
                .go(&context.address.link(&Page::Containers, &[("q", text)]));
        }
    };
    let value = move || {
        let searching = context.address.page_now() == Page::Containers;
        let query = context.address.query();
        query
            .get("q")
            .filter(|_| searching)
            .unwrap_or_default()
            .to_owned()
    };
    let words = context.say(Word::SearchFor);
    view! {
        <form class="search" role="search" action="/containers" on:submit=search>
            <input
                type="search"
                name="q"
                node_ref=input
                prop:value=value
                aria-label=words
                placeholder=words
                aria-keyshortcuts="/"
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
            />
            <button type="submit">{context.say(Word::Search)}</button>
        </form>
    }
    .into_any()
}
