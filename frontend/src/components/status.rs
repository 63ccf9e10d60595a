//! Connection, age of the data, and the clock: always in sight, for the page never shows an old figure as a
//! live one.

use crate::context::context;
use crate::i18n::{Word, format};
use crate::live::{Connection, steady_ms};
use leptos::prelude::*;

/// Connection, age of the data, and the time at the site.
#[component]
pub fn StatusLine() -> impl IntoView {
    let context = context();
    let (live, sites) = (context.live, context.sites);
    let state = move || match live.connection.get() {
        Connection::Starting => ("starting", Word::Connecting),
        Connection::Live => ("live", Word::Live),
        Connection::Lost => ("lost", Word::Disconnected),
    };
    let told_at = Memo::new(move |_| {
        let by_site = sites
            .current
            .with(|site| site.as_ref().and_then(|site| Some(site.data_at?.at)));
        by_site.max(live.heard_at.get())
    });
    let age = move || match (told_at.get(), live.now.get()) {
        (Some(at), Some(now)) => {
            let seconds = now.seconds_since(at).max(0);
            context.fill(Word::DataAge, format::duration(context.language, seconds))
        }
        _ => context.say(Word::NoDataYet).to_owned(),
    };
    let clock = move || live.now.get().map(|now| format::stamp(sites.local(now)));
    let zone = move || {
        sites.current.with(|site| {
            let site = site.as_ref()?;
            Some(format!(
                "{} {}",
                site.zone,
                format::offset(site.now.offset_seconds)
            ))
        })
    };
    view! {
        <div class="status">
            <span class="connection" role="status" data-connection=move || state().0>{move || context.say(state().1)}</span>
            <span class="age" data-field="age">{age}</span>
            <time class="clock" aria-label=context.say(Word::ClockOfSite)>{clock}</time>
            <span class="zone">{zone}</span>
        </div>
    }
}

/// Says since when the page is cut off.
#[component]
pub fn LostBanner() -> impl IntoView {
    let context = context();
    let live = context.live;
    let text = move || {
        // Tracked, so that the duration counts on.
        live.now.track();
        let since = live.lost_since.get()?;
        let seconds = ((steady_ms() - since) / 1000.0) as i64;
        Some(context.fill(Word::Outdated, format::duration(context.language, seconds)))
    };
    let lost = Memo::new(move |_| live.connection.get() == Connection::Lost);
    view! {
        <Show when=move || lost.get()>
            <p class="banner lost" role="alert">{text}</p>
        </Show>
    }
}
