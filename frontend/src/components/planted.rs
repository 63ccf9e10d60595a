//! Markup that hears something: a part of the page that is written as text, with one listener for all that
//! happens in it. Every attribute and every listener of a view is a program of its own in the wasm; of these
//! there is one.

use super::markup::Markup;
use super::reactive::effect;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, Event, HtmlElement};

/// What hears. What it does may make it hear more: taking a focused part away is a `blur`.
pub type Hear = Box<dyn Fn(Event)>;

/// Listens until it is dropped.
struct Listening {
    element: Element,
    events: &'static [&'static str],
    hear: Closure<dyn Fn(Event)>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        for name in self.events {
            // What is not heard any more need not be told.
            let listener = self.hear.as_ref().unchecked_ref();
            let _ = self
                .element
                .remove_event_listener_with_callback_and_bool(name, listener, true);
        }
    }
}

/// Listens to events of an element and of what is in it, for as long as the component that asks lives.
#[inline(never)]
pub fn listen(element: &Element, events: &'static [&'static str], hear: Hear) {
    let hear = Closure::<dyn Fn(Event)>::new(hear);
    for name in events {
        // While they go down: some never come up again.
        let listener = hear.as_ref().unchecked_ref();
        if let Err(error) = element.add_event_listener_with_callback_and_bool(name, listener, true) {
            leptos::logging::warn!("{name} cannot be heard: {error:?}");
        }
    }
    StoredValue::new_local(Listening {
        element: element.clone(),
        events,
        hear,
    });
}

/// Markup under a class of its own; `ready` is told once it is on the page.
#[inline(never)]
pub fn planted(class: &'static str, markup: Markup, ready: Box<dyn Fn(HtmlElement)>) -> AnyView {
    let node = NodeRef::<Div>::new();
    let html = markup.into_string();
    effect(move || {
        if let Some(node) = node.get() {
            node.set_inner_html(&html);
            untrack(|| ready(node.unchecked_into()));
        }
    });
    view! { <div class=class node_ref=node></div> }.into_any()
}

/// The first part that a selector names.
pub fn find<T: JsCast>(inside: &Element, selector: &str) -> Option<T> {
    inside.query_selector(selector).ok()??.dyn_into().ok()
}

/// What the button that was pressed is for.
pub fn pressed(event: &Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest("[data-do]").ok()??.get_attribute("data-do")
}
