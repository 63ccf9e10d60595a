//! What a row of the list shows.

use crate::address::Page;
use crate::components::markup::{Markup, cell, fill, join, number, text};
use crate::context::Context;
use crate::i18n::money::plain;
use crate::i18n::{Word, format};
use crate::pages::parcels::words::{mode, reason, reason_marks, state_mark, without};
use shared::wire::parcels::ParcelItem;

const COLUMNS: [(&str, Word, bool); 11] = [
    ("order", Word::ParcelsOrderNumber, false),
    ("state", Word::State, false),
    ("why", Word::ParcelsWhy, false),
    ("received", Word::ParcelsReceivedAt, false),
    ("decided", Word::ParcelsDecidedAt, false),
    ("took", Word::ParcelsTook, true),
    ("value", Word::ParcelsAmount, true),
    ("platform", Word::ParcelsPlatform, false),
    ("mode", Word::ParcelsMode, false),
    ("park", Word::ParcelsPark, false),
    ("waybill", Word::ParcelsWaybill, false),
];

/// The heads of the columns.
pub fn heads(context: Context) -> Markup {
    let mut heads = Vec::new();
    for (name, word, is_number) in COLUMNS {
        let class = if is_number { "number" } else { "" };
        let gaps = [text(name), text(class), text(context.say(word))];
        heads.push(fill(
            "<th scope=\"col\" data-column=\"{}\" class=\"{}\">{}</th>",
            &gaps,
        ));
    }
    join(&heads)
}

/// One parcel.
pub fn row(context: Context, place: usize, item: &ParcelItem) -> Markup {
    let known = |words: &Option<String>| cell(text(words.as_deref().unwrap_or("—")));
    let page = Page::Parcel(item.order.clone());
    let order = match context.sees(&page) {
        true => {
            let href = context.address.link(&page, &[]);
            fill("<a href=\"{}\">{}</a>", &[text(&href), text(&item.order)])
        }
        false => text(&item.order),
    };
    let value = item.value_fen.map(plain);
    let gaps = [
        text(&item.order),
        text(&(place + 2).to_string()),
        order,
        state_mark(context, item.state),
        text(&in_words(context, item)),
        why(context, item),
        cell(text(&format::stamp_or_dash(item.received_at))),
        cell(text(&format::stamp_or_dash(item.decided_at))),
        number(&format::duration_or_dash(context.language, item.seconds)),
        number(value.as_deref().unwrap_or("—")),
        known(&item.platform),
        cell(text(&mode(context, item.mode))),
        known(&item.park),
        known(&item.waybill),
    ];
    fill(
        "<tr data-key=\"{}\" aria-rowindex=\"{}\"><th scope=\"row\">{}</th><td>{}</td><td title=\"{}\">{}</td>{}{}{}{}{}{}{}{}</tr>",
        &gaps,
    )
}

/// What it waits for, or why it is held.
pub fn why(context: Context, item: &ParcelItem) -> Markup {
    if item.missing.is_empty() {
        return reason_marks(context, &item.reasons);
    }
    text(&without(context, &item.missing)).then(reason_marks(context, &item.reasons))
}

/// The same in words alone: in a row of one line there may be no room for all of it.
fn in_words(context: Context, item: &ParcelItem) -> String {
    let mut words: Vec<String> = item.reasons.iter().map(|one| reason(context, *one)).collect();
    if !item.missing.is_empty() {
        words.insert(0, without(context, &item.missing));
    }
    words.join(" · ")
}
