//! `/stays?…`: the stays behind a figure, and `/stays/{id}`, which leads to the trail of its container.

use crate::address::{Page, Query};
use crate::client::{CallError, Mistakes, Read, calls, get};
use crate::components::download::save;
use crate::components::markup::{Markup, all, cell, mark, number, shown, table, tag, text};
use crate::components::number::{container_link, slot_link};
use crate::components::reactive::spawn;
use crate::components::reactive::{button, changing, changing_text, effect, on_click, whether};
use crate::components::states::{empty, framed};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::ask;
use leptos::prelude::*;
use serde_json::Value;
use shared::wire::List;
use shared::wire::figures::Declaration;
use shared::wire::stay::Stay;

const PAGE: &str = "200";

const COLUMNS: [(Word, bool); 13] = [
    (Word::ContainerNumber, false),
    (Word::DirectionColumn, false),
    (Word::Cargo, false),
    (Word::Mode, false),
    (Word::Channel, false),
    (Word::SizeType, false),
    (Word::BillOfLading, false),
    (Word::Voyage, false),
    (Word::Status, false),
    (Word::Slot, false),
    (Word::Began, false),
    (Word::Ended, false),
    (Word::ClearanceTime, true),
];

const OF_DECLARATIONS: [(Word, bool); 9] = [
    (Word::Declarations, false),
    (Word::ContainerNumber, false),
    (Word::DirectionColumn, false),
    (Word::Cargo, false),
    (Word::Mode, false),
    (Word::Channel, false),
    (Word::Began, false),
    (Word::Ended, false),
    (Word::ClearanceTime, true),
];

/// What a list holds: stays, or declarations where the figure counted those.
#[derive(Clone)]
enum Listed {
    Stay(Box<Stay>),
    Declaration(Declaration),
}

impl Read for Listed {
    fn read(value: &Value, mistakes: &Mistakes) -> Listed {
        match value.get("declared_at") {
            Some(_) => Listed::Declaration(Read::read(value, mistakes)),
            None => Listed::Stay(Box::new(Read::read(value, mistakes))),
        }
    }
}

/// The stays of the filters in the address.
pub fn stays() -> AnyView {
    let context = context();
    // Another filter is another list.
    changing(move || {
        let query = context.address.query();
        list(context, query.only(|name| name != "lang" && name != "theme"))
    })
}

fn list(context: Context, query: Query) -> AnyView {
    let filters = all(query
        .iter()
        .map(|(name, value)| mark(&format!("{name} = {value}"), false)));
    let query = query.with("limit", Some(PAGE));
    let first = query.clone();
    let fetched = ask::<List<Listed>>(move || calls::stays(&first));
    let exported = query.clone().with("limit", None);
    let export = on_click(move || {
        let query = exported.clone();
        spawn(async move {
            let saved = match calls::as_csv(calls::stays(&query)).await {
                Ok(csv) => save("stays.csv", "text/csv", &csv)
                    .map_err(|error| CallError::Shape(format!("{error:?}"))),
                Err(error) => Err(error),
            };
            if let Err(error) = saved {
                let _ = fetched.core().error.try_set(Some(error));
            }
        });
    });
    let more = on_click(move || {
        let next = fetched.with_untracked(|list| list.and_then(|list| list.0.next.clone()));
        let path = calls::stays(&query.clone().with("cursor", next.as_deref()));
        spawn(async move {
            match get::<List<Listed>>(path).await {
                Ok(answer) => fetched.update(|list| {
                    list.0.items.extend(answer.items);
                    list.0.next = answer.next;
                }),
                Err(error) => {
                    let _ = fetched.core().error.try_set(Some(error));
                }
            }
        });
    });
    let has_more = whether(move || fetched.with(|list| list.is_some_and(|list| list.0.next.is_some())));
    let count = changing_text(move || {
        let count = fetched.with(|list| list.map_or(0, |list| list.0.items.len()));
        let word = if has_more.get() {
            Word::AlarmCountMore
        } else {
            Word::AlarmCount
        };
        context.fill(word, format::whole(count as u64))
    });
    let rows = move || {
        shown("", move || {
            fetched.with(|list| list.map(|list| rows(context, &list.0)).unwrap_or_default())
        })
    };
    view! {
        <section class="page">
            <div class="page-head">
                <h1>{context.say(Word::StaysFor)} " " <span class="count">{count}</span></h1>
                {button("export", "", context.say(Word::ExportCsv), export)}
            </div>
            <div class="filters" inner_html=filters.into_string()></div>
            {framed(fetched.core(), rows)}
            <button type="button" class="more" hidden=move || !has_more.get() on:click=more>{context.say(Word::More)}</button>
        </section>
    }
    .into_any()
}

fn rows(context: Context, list: &List<Listed>) -> Markup {
    let columns: &[(Word, bool)] = match list.items.first() {
        None => return empty(context.say(Word::NoStays)),
        Some(Listed::Stay(_)) => &COLUMNS,
        Some(Listed::Declaration(_)) => &OF_DECLARATIONS,
    };
    let rows = list.items.iter().map(|item| match item {
        Listed::Stay(stay) => row(context, stay),
        Listed::Declaration(declaration) => declared(context, declaration),
    });
    table(context, Word::Stays, columns, all(rows))
}

fn declared(context: Context, declaration: &Declaration) -> Markup {
    let direction = declaration.direction.map(|direction| context.term(direction));
    let containers = declaration.containers.iter();
    let cells = [
        text(&declaration.declaration),
        // Whether a number is verified stands with its stay.
        all(containers.map(|number| container_link(context, number, true).then(text(" ")))),
        text(direction.unwrap_or("—")),
        text(context.term(declaration.cargo)),
        text(context.term(declaration.mode)),
        text(context.term(declaration.channel)),
        text(&format::stamp(declaration.declared_at)),
        text(&format::stamp_or_dash(declaration.released_at)),
    ];
    let seconds = format::duration_or_dash(context.language, declaration.clearance_seconds);
    let cells = all(cells.map(cell)).then(number(&seconds));
    tag("tr", &[("data-stay", &declaration.declaration)], cells)
}

fn row(context: Context, stay: &Stay) -> Markup {
    let known = |words: Option<&str>| cell(text(words.unwrap_or("—")));
    let cells = [
        cell(container_link(context, &stay.container, stay.container_verified)),
        known(stay.direction.map(|direction| context.term(direction))),
        known(Some(context.term(stay.cargo))),
        known(Some(context.term(stay.mode))),
        known(Some(context.term(stay.channel))),
        known(stay.size_type.as_deref()),
        known(stay.bill_of_lading.as_deref()),
        known(stay.voyage.as_deref()),
        known(Some(context.term(stay.status))),
        cell(slot_link(context, stay.slot.as_deref())),
        known(Some(&format::stamp_or_dash(stay.began_at))),
        known(Some(&format::stamp_or_dash(stay.ended_at))),
        number(&format::duration_or_dash(
            context.language,
            stay.clearance_seconds,
        )),
    ];
    tag("tr", &[("data-stay", &stay.id)], all(cells))
}

/// Leads to the trail of a stay's container.
pub fn stay_by_id(id: String) -> AnyView {
    let context = context();
    let stay = ask::<Stay>(move || calls::stay(&id));
    effect(move || {
        if let Some(container) = stay.with(|stay| stay.map(|stay| stay.0.container.clone())) {
            // In place, so that a step back does not lead here again.
            context
                .address
                .go_in_place(&context.address.link(&Page::Container(container), &[]));
        }
    });
    framed(stay.core(), || ().into_any())
}
