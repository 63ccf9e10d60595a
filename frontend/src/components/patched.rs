//! Markup that is brought up to date in its place. What changes every second must not take the part away that somebody
//! is about to press, nor the keyboard from the link that has it: elements stay, and only what differs is changed.

use super::markup::Markup;
use super::reactive::{changed_text, effect};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

/// Markup under a class of its own, brought up to date whenever something changes that it looked at.
pub fn patched(class: &'static str, markup: impl Fn() -> Markup + Send + Sync + 'static) -> AnyView {
    patched_text(class, changed_text(move || Some(markup().into_string())))
}

#[inline(never)]
fn patched_text(class: &'static str, markup: Memo<Option<String>>) -> AnyView {
    let node = NodeRef::<Div>::new();
    effect(move || {
        if let Some(node) = node.get() {
            markup.with(|markup| patch(&node, markup.as_deref().unwrap_or_default()));
        }
    });
    view! { <div class=class node_ref=node></div> }.into_any()
}

/// Makes what is in an element what `html` says.
pub fn patch(element: &Element, html: &str) {
    let Ok(wanted) = element.clone_node().map(JsCast::unchecked_into::<Element>) else {
        return element.set_inner_html(html);
    };
    wanted.set_inner_html(html);
    children(element, &wanted);
}

/// By which a part is found again among others of its kind, wherever it stands.
const KEY: &str = "data-key";

fn key_of(node: &Node) -> Option<String> {
    node.dyn_ref::<Element>()?.get_attribute(KEY)
}

fn children(old: &Node, new: &Node) {
    let (mut at, mut from) = (old.first_child(), new.first_child());
    while let Some(wanted) = from {
        from = wanted.next_sibling();
        let key = key_of(&wanted);
        let there = match &key {
            Some(_) => find_from(at.as_ref(), &key),
            None => at.clone().filter(|there| key_of(there).is_none()),
        };
        match there.filter(|there| there.node_name() == wanted.node_name()) {
            Some(there) => {
                remove_until(old, &mut at, &there);
                at = there.next_sibling();
                bring(&there, &wanted);
            }
            // It fails only for what is no child of its parent, and that it is.
            None => drop(old.insert_before(&wanted, at.as_ref())),
        }
    }
    while let Some(surplus) = at {
        at = surplus.next_sibling();
        let _ = old.remove_child(&surplus);
    }
}

/// The first of this key, from a place on.
fn find_from(at: Option<&Node>, key: &Option<String>) -> Option<Node> {
    let mut next = at.cloned();
    while let Some(node) = next {
        if key_of(&node) == *key {
            return Some(node);
        }
        next = node.next_sibling();
    }
    None
}

/// Takes away what stands before a node.
fn remove_until(old: &Node, at: &mut Option<Node>, until: &Node) {
    while let Some(node) = at.take() {
        if node.is_same_node(Some(until)) {
            *at = Some(node);
            return;
        }
        *at = node.next_sibling();
        let _ = old.remove_child(&node);
    }
}

/// Makes a node what another of its name is.
fn bring(old: &Node, new: &Node) {
    let (Some(there), Some(wanted)) = (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) else {
        if old.node_value() != new.node_value() {
            old.set_node_value(new.node_value().as_deref());
        }
        return;
    };
    for name in wanted
        .get_attribute_names()
        .iter()
        .filter_map(|name| name.as_string())
    {
        let value = wanted.get_attribute(&name).unwrap_or_default();
        if there.get_attribute(&name).as_ref() != Some(&value) {
            // A name that one element has another takes, too.
            let _ = there.set_attribute(&name, &value);
        }
    }
    for name in there
        .get_attribute_names()
        .iter()
        .filter_map(|name| name.as_string())
    {
        if !wanted.has_attribute(&name) {
            let _ = there.remove_attribute(&name);
        }
    }
    children(old, new);
}
