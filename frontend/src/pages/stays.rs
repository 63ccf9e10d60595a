//! `/stays?…`: the stays behind a figure, and `/stays/{id}`, which leads to the trail of its container.

use crate::address::{Page, Query};
use crate::client::{self, CallError, Mistakes, Read, calls, understood};
use crate::components::download::save;
use crate::components::markup::{Markup, fill, heard, join, mark, nothing, table, text};
use crate::components::number::{container_link, slot_link};
use crate::components::planted::Hear;
use crate::components::reactive::{changing, effect, spawn};
use crate::components::shell::{part, say, written};
use crate::components::states::{empty, framed, framed_markup};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Core, ask};
use gloo_net::http::Method;
use leptos::prelude::*;
use serde_json::Value;
use shared::access::Right;
use shared::wire::List;
use shared::wire::figures::Declaration;
use shared::wire::stay::Stay;

const PAGE: &str = "200";

const HEAD: &str = "<div class=\"page-head\"><h1>{} <span class=\"count\">{}</span></h1>{}</div>";

const EXPORT: &str = "<button type=\"button\" class=\"export\" data-do=\"export\">{}</button>";

const FOOT: &str = "<button type=\"button\" class=\"more\" data-do=\"more\" {}>{}</button>";

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
#[inline(never)]
pub fn stays() -> AnyView {
    let context = context();
    // Another filter is another list.
    changing(move || {
        let query = context.address.query();
        list(context, query.only(|name| name != "lang" && name != "theme"))
    })
}

fn list(context: Context, query: Query) -> AnyView {
    let mut filters = Vec::new();
    for (name, value) in query.iter() {
        filters.push(mark(&[name, value].join(" = "), false));
    }
    let query = query.with("limit", Some(PAGE));
    let first = query.clone();
    let fetched = ask::<List<Listed>>(move || calls::stays(&first));
    let exported = query.clone().with("limit", None);
    let export = move || {
        let path = calls::stays(&exported);
        spawn(async move {
            let answer = client::text_as("text/csv", Method::GET, path, None).await;
            let saved = answer.and_then(|csv| {
                save("stays.csv", "text/csv", &csv).map_err(|_| CallError::Shape("stays.csv".to_owned()))
            });
            if let Err(error) = saved {
                fail(fetched.core(), error);
            }
        });
    };
    let more = move || {
        let next = fetched.with_untracked(|list| list.and_then(|list| list.0.next.clone()));
        let path = calls::stays(&query.clone().with("cursor", next.as_deref()));
        spawn(async move {
            let answer = client::text(Method::GET, path, None).await;
            match answer.and_then(|text| understood::<List<Listed>>(&text)) {
                Ok(answer) => fetched.update(|list| {
                    list.0.items.extend(answer.items);
                    list.0.next = answer.next;
                }),
                Err(error) => fail(fetched.core(), error),
            }
        });
    };
    // How many there are, and whether there are more.
    let counted = move || {
        fetched.with(|list| {
            list.map_or((0, false), |list| {
                (list.0.items.len() as u64, list.0.next.is_some())
            })
        })
    };
    let head = move || {
        let (count, has_more) = counted();
        let word = if has_more {
            Word::AlarmCountMore
        } else {
            Word::AlarmCount
        };
        let gaps = [
            say(context.language, Word::StaysFor),
            text(&context.fill(word, format::whole(count))),
            match context.may(Right::Export) {
                true => fill(EXPORT, &[say(context.language, Word::ExportCsv)]),
                false => nothing(),
            },
        ];
        fill(HEAD, &gaps)
    };
    let foot = move || {
        let hidden = if counted().1 { "" } else { "hidden" };
        fill(FOOT, &[text(hidden), say(context.language, Word::More)])
    };
    let content = move || fetched.with(|list| list.map(|list| rows(context, &list.0)).unwrap_or_default());
    let parts = vec![
        heard("contents", head, &["click"], on_button(export)),
        written("filters", join(&filters)),
        framed_markup(fetched.core(), "", content),
        heard("contents", foot, &["click"], on_button(more)),
    ];
    part("section", "page", parts)
}

/// Says what went wrong, if the page is there still.
fn fail(core: Core, error: CallError) {
    let _ = core.error.try_set(Some(error));
}

/// Hears the one button of a part.
fn on_button(act: impl Fn() + 'static) -> Hear {
    Box::new(move |event| {
        if event_target::<web_sys::Element>(&event).has_attribute("data-do") {
            act();
        }
    })
}

fn rows(context: Context, list: &List<Listed>) -> Markup {
    let columns: &[(Word, bool)] = match list.items.first() {
        None => return empty(context.say(Word::NoStays)),
        Some(Listed::Stay(_)) => &COLUMNS,
        Some(Listed::Declaration(_)) => &OF_DECLARATIONS,
    };
    let mut rows = Vec::new();
    for item in &list.items {
        rows.push(match item {
            Listed::Stay(stay) => row(context, stay),
            Listed::Declaration(declaration) => declared(context, declaration),
        });
    }
    table(context, Word::Stays, columns, join(&rows))
}

/// A row of what its cells hold; the last is a duration.
fn row_of(id: &str, cells: Vec<Markup>, seconds: &str) -> Markup {
    let mut parts = Vec::new();
    for inner in cells {
        parts.push(fill("<td>{}</td>", &[inner]));
    }
    let gaps = [text(id), join(&parts), text(seconds)];
    fill("<tr data-stay=\"{}\">{}<td class=\"number\">{}</td></tr>", &gaps)
}

fn declared(context: Context, declaration: &Declaration) -> Markup {
    let mut containers = Vec::new();
    for number in &declaration.containers {
        // Whether a number is verified stands with its stay.
        containers.push(container_link(context, number, true));
        containers.push(text("  "));
    }
    let direction = declaration.direction.map(|direction| context.term(direction));
    let cells = vec![
        text(&declaration.declaration),
        join(&containers),
        text(direction.unwrap_or("—")),
        text(context.term(declaration.cargo)),
        text(context.term(declaration.mode)),
        text(context.term(declaration.channel)),
        text(&format::stamp(declaration.declared_at)),
        text(&format::stamp_or_dash(declaration.released_at)),
    ];
    let seconds = format::duration_or_dash(context.language, declaration.clearance_seconds);
    row_of(&declaration.declaration, cells, &seconds)
}

fn row(context: Context, stay: &Stay) -> Markup {
    let known = |words: &Option<String>| text(words.as_deref().unwrap_or("—"));
    let direction = stay.direction.map(|direction| context.term(direction));
    let cells = vec![
        container_link(context, &stay.container, stay.container_verified),
        text(direction.unwrap_or("—")),
        text(context.term(stay.cargo)),
        text(context.term(stay.mode)),
        text(context.term(stay.channel)),
        known(&stay.size_type),
        known(&stay.bill_of_lading),
        known(&stay.voyage),
        text(context.term(stay.status)),
        slot_link(context, stay.slot.as_deref()),
        text(&format::stamp_or_dash(stay.began_at)),
        text(&format::stamp_or_dash(stay.ended_at)),
    ];
    let seconds = format::duration_or_dash(context.language, stay.clearance_seconds);
    row_of(&stay.id, cells, &seconds)
}

/// Leads to the trail of a stay's container.
#[inline(never)]
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
