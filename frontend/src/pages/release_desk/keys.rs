//! What keys do on the pages of the desk, and the list of them.

use crate::components::markup::{fill, join, text};
use crate::components::planted::{find, listen, planted, pressed};
use crate::components::reactive::changing;
use crate::context::Context;
use crate::i18n::Word;
use leptos::{ev, prelude::*};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, KeyboardEvent};

/// A key with what it does.
pub type Key = (&'static str, Word);

/// Hears single keys for as long as the component that asks lives, but for those that are typed into something; `?` shows
/// what they do. `press` says whether a key meant something.
pub fn keys(context: Context, known: Vec<Key>, press: Rc<dyn Fn(&str) -> bool>) -> AnyView {
    let shown = RwSignal::new(false);
    let press = StoredValue::new_local(press);
    let handle = window_event_listener(ev::keydown, move |event| {
        if is_busy(&event) {
            return;
        }
        let key = event.key();
        let done = match key.as_str() {
            "?" => {
                shown.set(true);
                true
            }
            key => press.try_get_value().is_some_and(|press| press(key)),
        };
        if done {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
    changing(move || match shown.get() {
        true => list(context, &known, shown),
        false => ().into_any(),
    })
}

fn is_busy(event: &KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let typed = target.is_some_and(|target| {
        target
            .closest("input, textarea, select, [contenteditable], dialog")
            .is_ok_and(|found| found.is_some())
    });
    let open = || {
        document()
            .query_selector("dialog[open]")
            .is_ok_and(|found| found.is_some())
    };
    event.ctrl_key() || event.meta_key() || event.alt_key() || typed || open()
}

fn list(context: Context, known: &[Key], shown: RwSignal<bool>) -> AnyView {
    let mut rows = Vec::new();
    for (key, word) in known.iter().chain(&[("?", Word::KeyHelp)]) {
        let gaps = [text(key), text(context.say(*word))];
        rows.push(fill("<div><dt><kbd>{}</kbd></dt><dd>{}</dd></div>", &gaps));
    }
    let gaps = [
        text(context.say(Word::Keys)),
        join(&rows),
        text(context.say(Word::Close)),
    ];
    let inner = fill(
        "<dialog class=\"ask\" aria-labelledby=\"desk-keys\"><h2 id=\"desk-keys\">{}</h2><dl class=\"keys\">{}</dl>\
         <div class=\"buttons\"><button type=\"button\" data-do=\"close\">{}</button></div></dialog>",
        &gaps,
    );
    modal(inner, Rc::new(move |_| shown.set(false)))
}

/// A dialog over the page; `done` is told which of its buttons was pressed, or `close`.
pub fn modal(inner: crate::components::markup::Markup, done: Rc<dyn Fn(&str)>) -> AnyView {
    let ready = move |part: HtmlElement| {
        let Some(dialog) = find::<HtmlDialogElement>(&part, "dialog") else {
            return;
        };
        // Modal: the browser keeps the focus inside and gives it back afterwards.
        if dialog.show_modal().is_err() {
            dialog.set_open(true);
        }
        let done = done.clone();
        let hear = move |event: web_sys::Event| match event.type_().as_str() {
            "close" | "cancel" => done("close"),
            _ => {
                if let Some(pressed) = pressed(&event) {
                    done(&pressed);
                }
            }
        };
        listen(&part, &["click", "close", "cancel"], Box::new(hear));
    };
    planted("contents", inner, Box::new(ready))
}
