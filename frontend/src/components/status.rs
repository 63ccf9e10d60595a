//! Connection, age of the data, and the clock: always in sight, for the page never shows an old figure as a
//! live one.

use super::markup::{Markup, all, shown, tag, text};
use super::reactive::changing_text;
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::Connection;
use leptos::prelude::*;

/// Connection, age of the data, and the time at the site.
pub fn status_line(context: Context) -> AnyView {
    let connection = context.live.connection;
    let name = move || match connection.get() {
        Connection::Starting => "starting",
        Connection::Live => "live",
        Connection::Lost => "lost",
    };
    let words = move || {
        let word = match connection.get() {
            Connection::Starting => Word::Connecting,
            Connection::Live => Word::Live,
            Connection::Lost => Word::Disconnected,
        };
        context.say(word).to_owned()
    };
    // The state is told to whoever does not see it; what counts on every second is not.
    view! {
        <div class="status">
            <span class="connection" role="status" data-connection=name>{changing_text(words)}</span>
            {shown("times", move || times(context))}
        </div>
    }
    .into_any()
}

fn times(context: Context) -> Markup {
    let now = context.live.now.get();
    let heard = context.live.heard_at.get();
    context.sites.with_current(|site| {
        let told = site.and_then(|site| Some(site.data_at?.at)).max(heard);
        let age = now.zip(told).map(|(now, told)| now.seconds_since(told).max(0));
        let age = age.map_or_else(
            || context.say(Word::NoDataYet).to_owned(),
            |age| context.fill(Word::DataAge, format::duration(context.language, age)),
        );
        let clock = now.map(|now| format::stamp(context.sites.local(now)));
        let zone = site.map(|site| format!("{} {}", site.zone, format::offset(site.now.offset_seconds)));
        all([
            tag("span", &[("class", "age"), ("data-field", "age")], text(&age)),
            tag(
                "time",
                &[("class", "clock"), ("aria-label", context.say(Word::ClockOfSite))],
                text(clock.as_deref().unwrap_or_default()),
            ),
            tag(
                "span",
                &[("class", "zone")],
                text(zone.as_deref().unwrap_or_default()),
            ),
        ])
    })
}
