//! Connection, age of the data, and the clock: always in sight, for the page never shows an old figure as a
//! live one.

use super::markup::{Markup, fill, nothing, shown, text};
use super::planted::{find, planted};
use super::reactive::effect;
use super::shell::{part, say};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::Connection;
use leptos::prelude::*;
use web_sys::HtmlElement;

/// Connection, age of the data, and the time at the site.
pub fn status_line(context: Context) -> AnyView {
    // The state is told to whoever does not see it; what counts on every second is not.
    let connection = fill("<span class=\"connection\" role=\"status\"></span>", &[]);
    let ready = move |part: HtmlElement| {
        let Some(told) = find::<HtmlElement>(&part, "span") else {
            return;
        };
        effect(move || {
            let (name, word) = match context.live.connection.get() {
                Connection::Starting => ("starting", Word::Connecting),
                Connection::Live => ("live", Word::Live),
                Connection::Lost => ("lost", Word::Disconnected),
            };
            // A plain name is always taken.
            let _ = told.set_attribute("data-connection", name);
            told.set_text_content(Some(context.say(word)));
        });
    };
    let parts = vec![
        planted("contents", connection, Box::new(ready)),
        shown("times", move || times(context)),
    ];
    part("div", "status", parts)
}

fn times(context: Context) -> Markup {
    let now = context.live.now.get();
    let heard = context.live.heard_at.get();
    context.sites.with_current(|site| {
        let told = site.and_then(|site| Some(site.data_at?.at)).max(heard);
        let age = match now.zip(told) {
            Some((now, told)) => {
                let seconds = now.seconds_since(told).max(0);
                text(&context.fill(Word::DataAge, format::duration(context.language, seconds)))
            }
            None => say(context.language, Word::NoDataYet),
        };
        let clock = now.map_or_else(nothing, |now| text(&format::stamp(context.sites.local(now))));
        let bare = || text(&format::offset(context.live.offset.get()));
        let zone = site.map_or_else(bare, |site| {
            // Where there is little room, the offset says enough.
            let name = fill("<span class=\"zone-name\">{}</span>", &[text(&site.zone)]);
            name.then(text(&format::offset(site.now.offset_seconds)))
        });
        let gaps = [age, say(context.language, Word::ClockOfSite), clock, zone];
        fill(
            "<span class=\"age\" data-field=\"age\">{}</span><time class=\"clock\" aria-label=\"{}\">{}</time>\
             <span class=\"zone\">{}</span>",
            &gaps,
        )
    })
}
