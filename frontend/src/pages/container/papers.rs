//! The papers of a box: bill of lading, declarations, notes, and what other ports reported.

use super::node::{classifier, quiet, time};
use super::told::{history, seals, versions};
use crate::address::Page;
use crate::client::plain;
use crate::components::markup::{Markup, fact, fill, join, link, nothing, text};
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use serde_json::Value;
use shared::wire::container::{Container, EventHistory, Mention};
use shared::wire::stay::Stay;

/// Papers of the stay, and notes of the box.
pub fn show(context: Context, container: &Container, stay: &Stay) -> Markup {
    let search = |number: &String| {
        link(
            &context.address.link(&Page::Containers, &[("q", number)]),
            text(number),
        )
    };
    let mut facts = Vec::new();
    if let Some(bill) = &stay.bill_of_lading {
        facts.push(fact(context, Word::BillOfLading, search(bill)));
    }
    let mut declarations = Vec::new();
    for number in &stay.declarations {
        declarations.push(fill("<div>{}</div>", &[search(number)]));
    }
    if !declarations.is_empty() {
        facts.push(fact(context, Word::Declarations, join(&declarations)));
    }
    let mut sealed = Vec::new();
    for (seal, at) in seals(container) {
        let gaps = [text(&seal), text(&format::stamp(at))];
        sealed.push(fill("<div>{} <span class=\"quiet\">{}</span></div>", &gaps));
    }
    if !sealed.is_empty() {
        facts.push(fact(context, Word::Seal, join(&sealed)));
    }
    let mut notes = Vec::new();
    for note in &container.notes {
        notes.push(mention(context, &container.events, note));
    }
    let nothing_told = facts.is_empty() && notes.is_empty();
    let empty = match nothing_told {
        true => fill(
            "<p class=\"quiet\">{}</p>",
            &[say(context.language, Word::NoPapers)],
        ),
        false => nothing(),
    };
    let notes = match notes.is_empty() {
        true => nothing(),
        false => fill(
            "<h3>{}</h3><ul class=\"mentions\" data-mentions=\"notes\">{}</ul>",
            &[say(context.language, Word::Notes), join(&notes)],
        ),
    };
    let gaps = [say(context.language, Word::Papers), join(&facts), empty, notes];
    fill(
        "<section class=\"card papers\"><h2>{}</h2><dl class=\"facts\">{}</dl>{}{}</section>",
        &gaps,
    )
}

/// What was reported from other ports.
pub fn elsewhere(context: Context, container: &Container) -> Markup {
    if container.elsewhere.is_empty() {
        return nothing();
    }
    let mut items = Vec::new();
    for one in &container.elsewhere {
        items.push(mention(context, &container.events, one));
    }
    let gaps = [
        say(context.language, Word::Elsewhere),
        say(context.language, Word::ElsewhereHint),
        join(&items),
    ];
    fill(
        "<section class=\"card elsewhere\"><h2>{}</h2><p>{}</p>\
         <ul class=\"mentions\" data-mentions=\"elsewhere\">{}</ul></section>",
        &gaps,
    )
}

fn mention(context: Context, events: &[EventHistory], mention: &Mention) -> Markup {
    let known = |place: &Option<String>| place.as_deref().map_or_else(nothing, text);
    let line = time(&format::stamp(mention.at))
        .then(fill("<strong>{}</strong>", &[text(context.term(mention.node))]))
        .then(classifier(context, mention.classifier))
        .then(known(&mention.location))
        .then(known(&mention.facility))
        .then(quiet(&mention.source))
        .then(fill("<code>{}</code>", &[text(&mention.id)]));
    let history = history(events, &mention.source, &mention.id);
    let gaps = [line, detail(mention.detail.as_ref()), versions(context, history)];
    fill("<li>{}{}{}</li>", &gaps)
}

/// What else was understood: names and values, as they were sent.
fn detail(detail: Option<&Value>) -> Markup {
    let members = match detail {
        None => return nothing(),
        Some(Value::Object(members)) => members,
        Some(other) => return fill("<p><code>{}</code></p>", &[text(&plain(other))]),
    };
    let mut rows = Vec::new();
    for (name, value) in members {
        let gaps = [text(name), text(&plain(value))];
        rows.push(fill("<div><dt>{}</dt> <dd>{}</dd></div>", &gaps));
    }
    fill("<dl class=\"detail\">{}</dl>", &[join(&rows)])
}
