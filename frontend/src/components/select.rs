//! A choice that stands in the address.

use super::markup::{all, tag, text};
use super::reactive::effect;
use crate::context::Context;
use crate::i18n::Word;
use leptos::html::Select;
use leptos::prelude::*;

/// A labelled choice; the first option is what an address without the parameter means.
pub fn select(context: Context, name: &'static str, label: Word, options: Vec<(String, String)>) -> AnyView {
    let chosen = context.address.parameter(name);
    let node = NodeRef::<Select>::new();
    let change = Box::new(move |value: &str| context.address.set(&[(name, Some(value))]));
    let fallback = options
        .first()
        .map(|(value, _)| value.clone())
        .unwrap_or_default();
    let html = all(options
        .iter()
        .map(|(value, words)| tag("option", &[("value", value)], text(words))));
    effect(move || {
        if let Some(node) = node.get() {
            node.set_value(chosen.get().as_deref().unwrap_or(&fallback));
        }
    });
    labelled(context.say(label), name, node, html.into_string(), change)
}

/// A labelled choice of whatever kind; what is chosen is shown by whoever holds the node.
pub fn labelled(
    label: &'static str,
    name: &'static str,
    node: NodeRef<Select>,
    options: String,
    change: Box<dyn Fn(&str)>,
) -> AnyView {
    let change = move |event| change(&event_target_value(&event));
    view! {
        <label>
            <span>{label}</span>
            <select name=name node_ref=node inner_html=options on:change=change></select>
        </label>
    }
    .into_any()
}

/// Options in words of the page.
pub fn worded(context: Context, options: &[(&str, Word)]) -> Vec<(String, String)> {
    options
        .iter()
        .map(|(value, word)| ((*value).to_owned(), context.say(*word).to_owned()))
        .collect()
}
