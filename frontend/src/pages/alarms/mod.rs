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

use crate::components::select::select;
use crate::context::{Context, context};
use crate::i18n::Word;
use crate::i18n::terms::Term;
use filter::{List, STATES};
use leptos::prelude::*;
use panel::alarm_panel;
use table::alarm_table;

/// The alarms.
pub fn alarms() -> AnyView {
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
        shown.map(alarm_table).collect::<Vec<_>>()
    };
    let panel = move || open.get().map(alarm_panel);
    view! {
        <section class="page alarms">
            <div class="page-head">
                <h1>{context.say(Word::Alarms)}</h1>
                {filters(context)}
            </div>
            {lists}
            {panel}
        </section>
    }
    .into_any()
}

/// Kind and state, both in the address.
fn filters(context: Context) -> AnyView {
    let kinds = [
        ("", Word::All),
        (List::Overtime.name(), Word::Overtime),
        (List::IllegalStorage.name(), Word::IllegalStorage),
        (List::Others.name(), Word::OtherAlarms),
    ];
    let kinds = kinds.map(|(name, word)| (name, context.say(word).to_owned()));
    let states = [
        ("", context.say(Word::OpenAlarms)),
        ("all", context.say(Word::All)),
    ]
    .into_iter()
    .chain(STATES.map(|(state, name)| (name, state.in_language(context.language))));
    let states = states.map(|(name, words)| (name, words.to_owned()));
    view! {
        <div class="filters">
            {select(context, "kind", Word::KindFilter, kinds.to_vec())}
            {select(context, "state", Word::StateFilter, states.collect())}
        </div>
    }
    .into_any()
}
