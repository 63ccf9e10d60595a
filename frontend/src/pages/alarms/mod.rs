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

use crate::components::reactive::changing;
use crate::components::select::{select, worded};
use crate::context::{Context, context};
use crate::i18n::Word;
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
    let lists = changing(move || {
        // The lists begin anew with every change of the filter.
        state.track();
        block.track();
        let chosen = kind.get();
        let wanted = |list: &List| chosen.as_ref().is_none_or(|name| name == list.name());
        List::ALL
            .into_iter()
            .filter(wanted)
            .map(alarm_table)
            .collect::<Vec<_>>()
            .into_any()
    });
    let panel = changing(move || match open.get() {
        Some(id) => alarm_panel(id),
        None => ().into_any(),
    });
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
    let mut states = worded(context, &[("", Word::OpenAlarms), ("all", Word::All)]);
    states.extend(STATES.map(|(state, name)| (name.to_owned(), context.term(state).to_owned())));
    view! {
        <div class="filters">
            {select(context, "kind", Word::KindFilter, worded(context, &kinds))}
            {select(context, "state", Word::StateFilter, states)}
        </div>
    }
    .into_any()
}
