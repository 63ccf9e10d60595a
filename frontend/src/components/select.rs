//! A choice that stands in the address.

use crate::context::Context;
use crate::i18n::Word;
use leptos::prelude::*;

/// A labelled choice; the first option, with the empty value, is what an address without the parameter means.
pub fn select(
    context: Context,
    name: &'static str,
    label: Word,
    options: Vec<(&'static str, String)>,
) -> AnyView {
    let chosen = context.address.parameter(name);
    let fallback = options.first().map_or("", |(value, _)| *value);
    let options = options.into_iter().map(|(value, words)| {
        let selected = move || chosen.with(|chosen| chosen.as_deref().unwrap_or(fallback) == value);
        view! { <option value=value prop:selected=selected>{words}</option> }.into_any()
    });
    let change = move |event| context.address.set(&[(name, Some(&event_target_value(&event)))]);
    view! {
        <label>
            <span>{context.say(label)}</span>
            <select name=name on:change=change>{options.collect::<Vec<_>>()}</select>
        </label>
    }
    .into_any()
}
