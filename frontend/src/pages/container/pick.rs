//! Choosing the box that a stay is held against: by its number, or from stays of the same kind.

use super::room::Room;
use crate::address::Query;
use crate::client::{self, calls, understood};
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::planted::{find, listen, planted};
use crate::components::reactive::spawn;
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use gloo_net::http::Method;
use leptos::prelude::*;
use shared::wire::List;
use shared::wire::container::Found;
use shared::wire::stay::Stay;
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// From how many letters on numbers are offered.
const LETTERS: usize = 3;

/// The field for a number. Numbers that begin as it does are offered while it is typed.
pub fn field(context: Context) -> AnyView {
    let form = fill(
        "<form class=\"compare-field\"><label><span>{}</span><input type=\"search\" name=\"with\" list=\"compare-numbers\" \
         placeholder=\"{}\" autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\"></label>\
         <datalist id=\"compare-numbers\"></datalist><button type=\"submit\">{}</button></form>",
        &[
            say(context.language, Word::CompareWith),
            say(context.language, Word::ContainerNumber),
            say(context.language, Word::Compare),
        ],
    );
    planted("contents", form, Box::new(move |form| begin(context, form)))
}

fn begin(context: Context, form: HtmlElement) {
    let (Some(input), Some(offered)) = (
        find::<HtmlInputElement>(&form, "input"),
        find::<Element>(&form, "datalist"),
    ) else {
        return;
    };
    let hear = move |event: web_sys::Event| {
        let typed = input.value();
        let typed = typed.trim();
        if event.type_() == "submit" {
            event.prevent_default();
            if !typed.is_empty() {
                context.address.set(&[("with", Some(typed)), ("with_stay", None)]);
            }
        } else if typed.chars().count() >= LETTERS {
            offer(typed, input.clone(), offered.clone());
        }
    };
    listen(&form, &["submit", "input"], Box::new(hear));
}

/// Offers numbers, unless something else was typed meanwhile.
fn offer(typed: &str, input: HtmlInputElement, offered: Element) {
    let asked = typed.to_owned();
    let query = Query::default().with("q", Some(typed)).with("limit", Some("10"));
    spawn(async move {
        let answer = client::text(Method::GET, calls::find(&query), None).await;
        if let Ok(found) = answer.and_then(|text| understood::<List<Found>>(&text))
            && input.value().trim() == asked
        {
            let mut options = Vec::new();
            for one in &found.items {
                options.push(fill("<option value=\"{}\"></option>", &[text(&one.container)]));
            }
            offered.set_inner_html(&join(&options).into_string());
        }
    });
}

/// Which stays are like a stay: those of its direction, cargo class and channel, the newest first.
pub fn like(stay: &Stay) -> Query {
    let query = Query::default()
        .with("site", Some(&stay.site))
        .with("direction", stay.direction.map(shared::event::Direction::name))
        .with("cargo", Some(stay.cargo.name()))
        .with("channel", Some(stay.channel.name()))
        .with("limit", Some("7"));
    match stay.ended_at {
        Some(_) => query.with("status", Some("left")),
        None => query,
    }
}

/// Links to stays that are like the one that is shown.
pub fn similar(room: Room, found: &List<Stay>) -> Markup {
    let context = room.context;
    room.of_stay(&|container, _| {
        let mut links = Vec::new();
        for stay in found
            .items
            .iter()
            .filter(|stay| stay.container != container.container)
            .take(6)
        {
            let query = context.address.query();
            let query = query
                .with("with", Some(&stay.container))
                .with("with_stay", Some(&stay.id));
            let href = format!("{}{query}", context.address.page_now().path());
            let took = match (stay.began_at, stay.ended_at) {
                (Some(began), Some(ended)) => {
                    format::duration(context.language, ended.at.seconds_since(began.at))
                }
                _ => context.term(stay.status).to_owned(),
            };
            let gaps = [text(&href), text(&stay.container), text(&took)];
            links.push(fill(
                "<li><a href=\"{}\">{}</a> <span class=\"quiet\">{}</span></li>",
                &gaps,
            ));
        }
        if links.is_empty() {
            return nothing();
        }
        let gaps = [say(context.language, Word::SimilarStays), join(&links)];
        fill(
            "<div class=\"similar\"><span class=\"quiet\">{}</span><ul>{}</ul></div>",
            &gaps,
        )
    })
}
