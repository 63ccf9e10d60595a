//! A choice that stands in the address.

use super::markup::{self, Markup, all, tag, text};
use super::planted::{find, listen, planted};
use super::reactive::effect;
use crate::context::Context;
use crate::i18n::Word;
use leptos::prelude::*;
use std::rc::Rc;
use web_sys::{HtmlElement, HtmlSelectElement};

/// A labelled choice; the first option is what an address without the parameter means.
pub fn select(context: Context, name: &'static str, label: Word, options: Vec<(String, String)>) -> AnyView {
    let chosen = context.address.parameter(name);
    let change = Box::new(move |value: &str| context.address.set(&[(name, Some(value))]));
    let fallback = options
        .first()
        .map(|(value, _)| value.clone())
        .unwrap_or_default();
    let value = move || chosen.get().unwrap_or_else(|| fallback.clone());
    labelled(
        context.say(label),
        name,
        markup::options(&options),
        Box::new(value),
        change,
    )
}

/// A labelled choice of whatever kind; `value` says what is chosen, and is looked at again when that changes.
pub fn labelled(
    label: &'static str,
    name: &'static str,
    options: Markup,
    value: Box<dyn Fn() -> String>,
    change: Box<dyn Fn(&str)>,
) -> AnyView {
    let parts = [
        tag("span", &[], text(label)),
        tag("select", &[("name", name)], options),
    ];
    let (value, change) = (Rc::new(value), Rc::new(change));
    let ready = move |label: HtmlElement| {
        let Some(select) = find::<HtmlSelectElement>(&label, "select") else {
            return;
        };
        let (value, change, chosen) = (value.clone(), change.clone(), select.clone());
        listen(&label, &["change"], Box::new(move |_| change(&chosen.value())));
        effect(move || select.set_value(&value()));
    };
    planted("contents", tag("label", &[], all(parts)), Box::new(ready))
}

/// Options in words of the page.
pub fn worded(context: Context, options: &[(&str, Word)]) -> Vec<(String, String)> {
    options
        .iter()
        .map(|(value, word)| ((*value).to_owned(), context.say(*word).to_owned()))
        .collect()
}
