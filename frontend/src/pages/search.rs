//! `/containers?q=`: what a search found.

use crate::client::calls;
use crate::components::markup::{all, cell, shown, table, tag, text};
use crate::components::number::container_link;
use crate::components::reactive::changing;
use crate::components::states::{empty, framed};
use crate::context::{Context, context};
use crate::i18n::terms::found_field;
use crate::i18n::{Word, format};
use crate::live::ask;
use leptos::prelude::*;
use shared::wire::List;
use shared::wire::container::Found;

const COLUMNS: [(Word, bool); 4] = [
    (Word::ContainerNumber, false),
    (Word::FoundIn, false),
    (Word::Status, false),
    (Word::Began, false),
];

/// What was found for the text in the address.
pub fn search() -> AnyView {
    let context = context();
    let wanted = context.address.parameter("q");
    let view = changing(move || match wanted.get() {
        None => {
            view! { <h1>{context.say(Word::Search)}</h1> <p>{context.say(Word::SearchHint)}</p> }.into_any()
        }
        Some(wanted) => results(context, wanted),
    });
    view! { <section class="page">{view}</section> }.into_any()
}

fn results(context: Context, wanted: String) -> AnyView {
    let query = context.call().with("q", Some(&wanted)).with("limit", Some("200"));
    let found = ask::<List<Found>>(move || calls::find(&query));
    let list = move || {
        shown("", move || {
            found.with(|found| match found {
                Some(found) if !found.0.items.is_empty() => table(
                    context,
                    Word::Search,
                    &COLUMNS,
                    all(found.0.items.iter().map(|found| row(context, found))),
                ),
                _ => empty(context.say(Word::NoResults)),
            })
        })
    };
    view! {
        <h1>{context.fill(Word::SearchResults, wanted)}</h1>
        {framed(found.core(), list)}
    }
    .into_any()
}

fn row(context: Context, found: &Found) -> crate::components::markup::Markup {
    let field = found_field(context.language, &found.field);
    let status = found.status.map_or("—", |status| context.term(status));
    let cells = [
        cell(container_link(context, &found.container, found.verified)),
        cell(text(&field).then(tag("strong", &[], text(&found.text)))),
        cell(text(status)),
        cell(text(&format::stamp_or_dash(found.began_at))),
    ];
    tag("tr", &[("data-container", &found.container)], all(cells))
}
