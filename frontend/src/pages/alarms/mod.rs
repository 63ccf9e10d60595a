//! `/alarms`: the two tables that customs knows, live, and whatever other alarms there are.

/// What a person does with an alarm.
mod actions;
/// Which alarms a list shows.
mod filter;
/// A list as snapshot and changes.
mod list;
/// One alarm in full.
mod panel;
/// The tables.
mod table;

use crate::context::{Context, context};
use crate::i18n::Word;
use crate::i18n::terms::Term;
use filter::{List, STATES};
use leptos::prelude::*;
use panel::AlarmPanel;
use table::AlarmTable;

/// The alarms.
#[component]
pub fn Alarms() -> impl IntoView {
    let context = context();
    let kind = context.address.parameter("kind");
    let state = context.address.parameter("state");
    let block = context.address.parameter("block");
    let open = context.address.parameter("alarm");
    let lists = move || {
        // The lists begin anew with every change of the filter.
        state.track();
        block.track();
        let chosen = kind.get();
        let shown = List::ALL
            .into_iter()
            .filter(|list| chosen.as_ref().is_none_or(|name| name == list.name()));
        shown.map(|list| view! { <AlarmTable list/> }).collect_view()
    };
    view! {
        <section class="page alarms">
            <div class="page-head">
                <h1>{context.say(Word::Alarms)}</h1>
                <Filters/>
            </div>
            {lists}
            {move || open.get().map(|id| view! { <AlarmPanel id/> })}
        </section>
    }
}

/// Kind and state, both in the address.
#[component]
fn Filters() -> impl IntoView {
    let context = context();
    let kind = context.address.parameter("kind");
    let state = context.address.parameter("state");
    let kinds = [
        ("", Word::All),
        (List::Overtime.name(), Word::Overtime),
        (List::IllegalStorage.name(), Word::IllegalStorage),
        (List::Others.name(), Word::OtherAlarms),
    ];
    let kinds = kinds.map(|(name, word)| option(kind, name, context.say(word)));
    let states = [
        ("", context.say(Word::OpenAlarms)),
        ("all", context.say(Word::All)),
    ]
    .into_iter()
    .chain(STATES.map(|(state, name)| (name, state.in_language(context.language))));
    let states = states.map(|(name, words)| option(state, name, words));
    view! {
        <div class="filters">
            <label>
                <span>{context.say(Word::KindFilter)}</span>
                <select name="kind" on:change=move |event| choose(context, "kind", &event_target_value(&event))>
                    {kinds.collect_view()}
                </select>
            </label>
            <label>
                <span>{context.say(Word::StateFilter)}</span>
                <select name="state" on:change=move |event| choose(context, "state", &event_target_value(&event))>
                    {states.collect_view()}
                </select>
            </label>
        </div>
    }
}

fn choose(context: Context, name: &str, value: &str) {
    context.address.set(&[(name, Some(value))]);
}

fn option(chosen: Memo<Option<String>>, name: &'static str, words: &'static str) -> impl IntoView {
    let selected = move || chosen.with(|chosen| chosen.as_deref().unwrap_or_default() == name);
    view! { <option value=name prop:selected=selected>{words}</option> }
}
