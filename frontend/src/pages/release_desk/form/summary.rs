//! What will be handed in, in one look: beside the form while it is filled, and once more before it goes.

use super::send::ready;
use super::{Desk, Filling, Sheet, boxes, fields};
use crate::address::Page;
use crate::components::countdown::{Until, countdown};
use crate::components::markup::{Markup, fact, fill, heard, join, nothing, text};
use crate::components::planted::pressed;
use crate::components::shell::{part_with, say};
use crate::context::Context;
use crate::i18n::desk::field_words;
use crate::i18n::{Word, format};
use crate::pages::release_desk::keys::modal;
use leptos::prelude::*;
use shared::time::LocalTime;
use std::rc::Rc;

/// Beside the form.
pub fn aside(desk: Desk) -> AnyView {
    let context = desk.context;
    let hear = move |event: web_sys::Event| match pressed(&event).as_deref() {
        Some("apply") => desk.check(),
        Some("save") => desk.send(false),
        Some("delete") => desk.delete(),
        Some(name) => {
            if let Some(field) = name.strip_prefix("go ") {
                go_to(field);
            }
        }
        None => {}
    };
    let inner = heard(
        "contents",
        move || desk.sheet.look(|sheet| beside(desk, sheet)),
        &["click"],
        Box::new(hear),
    );
    part_with(
        "section",
        "card apply-summary",
        [
            ("aria-label", Some(context.say(Word::ApplySummary))),
            ("role", None),
        ],
        vec![inner],
    )
}

/// Gives a field the keyboard.
pub fn go_to(field: &str) {
    let id = ["apply-", field].concat();
    if let Some(field) = document().get_element_by_id(&id) {
        use wasm_bindgen::JsCast;
        if let Some(field) = field.dyn_ref::<web_sys::HtmlElement>() {
            // What cannot be focused is not in sight; nothing is lost.
            let _ = field.focus();
        }
    }
}

/// The closest closing time, as far as it was typed or is known.
fn closing(sheet: &Sheet) -> Option<LocalTime> {
    let known = sheet
        .form
        .containers
        .iter()
        .filter_map(|number| match sheet.fills.get(number) {
            Some(Filling::Here(fill)) => fill.form.closing_at.or(fill.closing_at),
            _ => None,
        });
    let mut closest: Option<LocalTime> = sheet.form.closing_at;
    if closest.is_none() {
        for at in known {
            if closest.is_none_or(|closest| at.at < closest.at) {
                closest = Some(at);
            }
        }
    }
    closest
}

fn facts(context: Context, sheet: &Sheet) -> Markup {
    let form = &sheet.form;
    let count = format::whole(form.containers.len() as u64);
    let or_dash = |text: String| if text.is_empty() { "—".to_owned() } else { text };
    let of = |name: &str| {
        let own = fields::value(form, name);
        match fields::said(sheet, name).len() {
            2.. if own.is_empty() => context.say(Word::DeskEachOwn).to_owned(),
            _ => or_dash(own),
        }
    };
    let vessel = [of("vessel_name"), of("voyage")].join(" · ");
    let clock = match closing(sheet) {
        Some(at) => countdown(context, Until::Closing, at),
        None => say(context.language, Word::DeskClosingUnknown),
    };
    let kind = form.kind.map_or("—", |kind| context.term(kind));
    let reason = form.reason.map_or("—", |reason| context.term(reason));
    let files = format::whole(sheet.files.len() as u64);
    let facts = [
        fact(context, Word::FieldContainers, text(&count)),
        fact(context, Word::FieldKind, text(kind)),
        fact(context, Word::FieldReason, text(reason)),
        fact(context, Word::Vessel, text(&vessel)),
        fact(context, Word::BillOfLading, text(&of("bill_of_lading"))),
        fact(context, Word::FoundDeclaration, text(&of("declaration"))),
        fact(context, Word::DeskFiles, text(&files)),
        fact(context, Word::FieldClosing, clock),
    ];
    fill("<dl class=\"facts\">{}</dl>", &[join(&facts)])
}

/// What is to be put right, each leading to its field.
fn wrongs(context: Context, sheet: &Sheet) -> Markup {
    const WRONG: &str = "<li><button type=\"button\" class=\"link\" data-do=\"go {}\">{}</button> {}</li>";
    let mut items = Vec::new();
    for error in fields::errors(sheet) {
        let gaps = [
            text(&error.field),
            text(&field_words(context.language, &error.field)),
            text(&fields::words(context, &error)),
        ];
        items.push(fill(WRONG, &gaps));
    }
    let lines = boxes::wrong_lines(context, sheet);
    if lines > 0 {
        let words = context.fill(Word::BoxesWrong, format::whole(lines as u64));
        let gaps = [
            text("containers"),
            say(context.language, Word::FieldContainers),
            text(&words),
        ];
        items.push(fill(WRONG, &gaps));
    }
    match items.len() {
        0 => nothing(),
        count => {
            let words = context.fill(Word::ApplyWrong, format::whole(count as u64));
            fill(
                "<div class=\"apply-wrong\" role=\"status\"><p><strong>{}</strong></p><ul>{}</ul></div>",
                &[text(&words), join(&items)],
            )
        }
    }
}

fn beside(desk: Desk, sheet: &Sheet) -> Markup {
    let context = desk.context;
    let sending = desk.sending.get();
    let going = sheet.uploads.iter().any(|upload| upload.wrong.is_none());
    let busy = text(if sending || going { "disabled" } else { "" });
    let apply = match (sending, sheet.returned) {
        (true, _) => Word::Sending,
        (false, true) => Word::ApplyAgain,
        (false, false) => Word::ApplyCheck,
    };
    let delete = match sheet.draft.is_some() && !sheet.returned {
        true => fill(
            "<button type=\"button\" data-do=\"delete\">{}</button>",
            &[say(context.language, Word::ApplyDelete)],
        ),
        false => nothing(),
    };
    let saved = desk.saved.get().map_or_else(nothing, |words| {
        fill("<p class=\"done\" role=\"status\">{}</p>", &[text(&words)])
    });
    let waits = match going {
        true => fill(
            "<p class=\"quiet\">{}</p>",
            &[say(context.language, Word::ApplyFilesGoing)],
        ),
        false => nothing(),
    };
    let gaps = [
        say(context.language, Word::ApplySummary),
        facts(context, sheet),
        wrongs(context, sheet),
        waits,
        busy.clone(),
        say(context.language, apply),
        busy,
        say(context.language, Word::ApplySave),
        delete,
        saved,
        say(context.language, Word::ApplyKept),
    ];
    fill(
        "<h2>{}</h2>{}{}{}<div class=\"buttons\"><button type=\"button\" class=\"primary\" data-do=\"apply\" {}>{}</button>\
         <button type=\"button\" data-do=\"save\" {}>{}</button>{}</div>{}<p class=\"quiet\">{}</p>",
        &gaps,
    )
}

/// Once more before it goes.
pub fn ask(desk: Desk) -> AnyView {
    let context = desk.context;
    let markup = desk.sheet.peek(|sheet| {
        let count = sheet.form.containers.len() as u64;
        let heading = match count {
            1 => context.say(Word::ApplyOne).to_owned(),
            count => context.fill(Word::ApplyMany, format::whole(count)),
        };
        let numbers = sheet.form.containers.join(" ");
        let gaps = [
            text(&heading),
            text(&numbers),
            facts(context, sheet),
            doubts(context, sheet),
            say(context.language, Word::ApplyNow),
            say(context.language, Word::ApplyBack),
        ];
        fill(
            "<dialog class=\"ask apply-ask\" aria-labelledby=\"apply-ask\"><h2 id=\"apply-ask\">{}</h2>\
             <p class=\"container-number\">{}</p>{}{}<div class=\"buttons\">\
             <button type=\"button\" class=\"primary\" data-do=\"go\" autofocus>{}</button>\
             <button type=\"button\" data-do=\"close\">{}</button></div></dialog>",
            &gaps,
        )
    });
    let done = move |pressed: &str| {
        desk.asking.set(false);
        if pressed == "go" {
            desk.send(true);
        }
    };
    modal(markup, Rc::new(done))
}

/// What speaks for another look, and does not hinder.
fn doubts(context: Context, sheet: &Sheet) -> Markup {
    let unknown = sheet.form.containers.iter().filter(|number| {
        let fill = sheet.fills.get(*number);
        !matches!(fill, Some(Filling::Here(fill)) if fill.errors.is_empty())
    });
    let unknown = unknown.count() as u64;
    let mut doubts = Vec::new();
    if unknown > 0 {
        doubts.push(context.fill(Word::BoxesUnknown, format::whole(unknown)));
    }
    if sheet.files.is_empty() {
        doubts.push(context.say(Word::ApplyNoFiles).to_owned());
    }
    let items: Vec<Markup> = doubts
        .iter()
        .map(|doubt| fill("<li>{}</li>", &[text(doubt)]))
        .collect();
    match items.is_empty() {
        true => nothing(),
        false => fill("<ul class=\"apply-doubts\">{}</ul>", &[join(&items)]),
    }
}

/// What was taken of a list, while the rest is still to be put right.
pub fn taken(context: Context, sheet: &Sheet) -> Markup {
    if sheet.taken.is_empty() {
        return nothing();
    }
    let mut links = Vec::new();
    for item in &sheet.taken {
        let href = context.address.link(&Page::Application(item.id.clone()), &[]);
        let gaps = [text(&href), text(&item.container), text(&item.id)];
        links.push(fill(
            "<li><a href=\"{}\">{}</a> <span class=\"quiet\">{}</span></li>",
            &gaps,
        ));
    }
    let words = context.fill(Word::ApplyTaken, format::whole(sheet.taken.len() as u64));
    let gaps = [text(&words), join(&links)];
    fill(
        "<div class=\"advice\" role=\"status\"><p><strong>{}</strong></p><ul>{}</ul></div>",
        &gaps,
    )
}

/// Whether it can be handed in, as far as the page knows.
pub fn is_right(context: Context, sheet: &Sheet) -> bool {
    ready(sheet) && boxes::wrong_lines(context, sheet) == 0
}
