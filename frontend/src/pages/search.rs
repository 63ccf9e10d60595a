//! `/containers?q=`: what a search found.

use crate::client::calls;
use crate::components::markup::{Markup, fill, join, table, text};
use crate::components::number::container_link;
use crate::components::reactive::changing;
use crate::components::shell::{part, say, written};
use crate::components::states::{empty, framed_markup};
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

const ROW: &str =
    "<tr data-container=\"{}\"><td>{}</td><td>{} <strong>{}</strong></td><td>{}</td><td>{}</td></tr>";

/// What was found for the text in the address.
#[inline(never)]
pub fn search() -> AnyView {
    let context = context();
    let wanted = context.address.parameter("q");
    let view = changing(move || match wanted.get() {
        None => {
            let gaps = [
                say(context.language, Word::Search),
                say(context.language, Word::SearchHint),
            ];
            written("contents", fill("<h1>{}</h1><p>{}</p>", &gaps))
        }
        Some(wanted) => results(context, wanted),
    });
    part("section", "page", vec![view])
}

fn results(context: Context, wanted: String) -> AnyView {
    let query = context.call().with("q", Some(&wanted)).with("limit", Some("200"));
    let found = ask::<List<Found>>(move || calls::find(&query));
    let list = move || {
        found.with(|found| match found {
            Some(found) if !found.0.items.is_empty() => rows(context, &found.0.items),
            _ => empty(context.say(Word::NoResults)),
        })
    };
    let title = text(&context.fill(Word::SearchResults, wanted));
    let title = written("contents", fill("<h1>{}</h1>", &[title]));
    vec![title, framed_markup(found.core(), "", list)].into_any()
}

fn rows(context: Context, found: &[Found]) -> Markup {
    let mut rows = Vec::new();
    for found in found {
        let status = found.status.map_or("—", |status| context.term(status));
        let gaps = [
            text(&found.container),
            container_link(context, &found.container, found.verified),
            text(&found_field(context.language, &found.field)),
            text(&found.text),
            text(status),
            text(&format::stamp_or_dash(found.began_at)),
        ];
        rows.push(fill(ROW, &gaps));
    }
    table(context, Word::Search, &COLUMNS, join(&rows))
}
