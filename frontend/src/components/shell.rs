//! What is around every page: the bar at the top, banners, and the content.

use super::bell::{announcement, badge, sound_button};
use super::markup::{Markup, all, heard, link, nothing, shown, tag, text};
use super::reactive::changing;
use super::search_box::search_box;
use super::select::select;
use super::status::status_line;
use crate::address::Page;
use crate::context::Context;
use crate::i18n::{Language, Word, format};
use crate::live::{Connection, steady_ms};
use leptos::prelude::*;

/// Bar, banners and content.
pub fn shell(context: Context, content: AnyView) -> AnyView {
    let outdated = move || context.live.connection.get() == Connection::Lost;
    let brand = context.address.link(&Page::Overview, &[]);
    view! {
        <a class="skip" href="#main">{context.say(Word::SkipToContent)}</a>
        <header class="bar">
            <a class="brand" href=brand>"Quaylight"</a>
            {shown("pages", move || pages(context))}
            {search_box(context)}
            {status_line(context)}
            <div class="preferences">
                {heard("contents", move || sound_button(context), &["click"], Box::new(move |_| context.bell.toggle()))}
                {shown("choices", move || preferences(context))}
                {changing(move || sites(context))}
            </div>
        </header>
        {shown("banners", move || banners(context))}
        <div class="unseen" role="status">{shown("", move || announcement(context))}</div>
        <main id="main" tabindex="-1" class:outdated=outdated>{content}</main>
    }
    .into_any()
}

fn pages(context: Context) -> Markup {
    let here = context.address.page_now();
    let pages = [
        (Page::Overview, Word::Overview),
        (Page::Yard, Word::Yard),
        (Page::Alarms, Word::Alarms),
        (Page::Clearance, Word::Clearance),
        (Page::Throughput, Word::Throughput),
        (Page::Feeds, Word::Feeds),
    ];
    let links = pages.map(|(page, word)| {
        let href = context.address.link(&page, &[]);
        let words = text(context.say(word));
        let words = if page == Page::Alarms {
            words.then(badge(context))
        } else {
            words
        };
        let here = match &here {
            Page::AlarmRules | Page::AlarmPerformance => &Page::Alarms,
            here => here,
        };
        let link = if page == *here {
            tag("a", &[("href", &href), ("aria-current", "page")], words)
        } else {
            link(&href, words)
        };
        tag("li", &[], link)
    });
    tag(
        "nav",
        &[("aria-label", context.say(Word::Navigation))],
        tag("ul", &[], all(links)),
    )
}

/// Language and theme, as links that keep everything else of the view.
fn preferences(context: Context) -> Markup {
    let theme = context.address.query().get("theme").map(str::to_owned);
    let languages = Language::ALL.map(|language| {
        let href = context.address.link_with("lang", Some(language.code()));
        let current = if language == context.language {
            "true"
        } else {
            "false"
        };
        let attributes = [
            ("href", href.as_str()),
            ("lang", language.tag()),
            ("aria-current", current),
        ];
        tag("a", &attributes, text(language.name()))
    });
    let themes = [
        (None, Word::ThemeAuto, "auto"),
        (Some("light"), Word::ThemeLight, "light"),
        (Some("dark"), Word::ThemeDark, "dark"),
    ];
    let themes = themes.map(|(choice, word, shape)| {
        let href = context.address.link_with("theme", choice);
        let words = context.say(word);
        let attributes = [
            ("class", "theme"),
            ("data-shape", shape),
            ("href", &href),
            ("title", words),
            ("aria-label", words),
            (
                "aria-current",
                if theme.as_deref() == choice {
                    "true"
                } else {
                    "false"
                },
            ),
        ];
        tag("a", &attributes, nothing())
    });
    let choice = |word: Word, inner: Markup| {
        tag(
            "div",
            &[
                ("class", "choice"),
                ("role", "group"),
                ("aria-label", context.say(word)),
            ],
            inner,
        )
    };
    all([
        choice(Word::Language, all(languages)),
        choice(Word::Theme, all(themes)),
    ])
}

/// Offered only where there is a choice.
fn sites(context: Context) -> AnyView {
    let sites = context.sites.all.with(|sites| {
        let name =
            |site: &shared::wire::site::Site| context.language.choose(&site.name.en, &site.name.zh).clone();
        sites
            .iter()
            .map(|site| (site.code.clone(), name(site)))
            .collect::<Vec<_>>()
    });
    if sites.len() < 2 {
        return ().into_any();
    }
    select(context, "site", Word::Site, sites)
}

fn banners(context: Context) -> Markup {
    let banner = |class: &str, inner: Markup| tag("p", &[("class", class)], inner);
    let missed = if context.bell.missed.get() {
        banner("banner lost", text(context.say(Word::SoundMissed)))
    } else {
        nothing()
    };
    all([
        lost(context),
        missed,
        context.sites.with_current(|site| {
            let Some(site) = site else {
                return nothing();
            };
            let history = site
                .history
                .filter(|done| *done < 1.0)
                .map_or_else(nothing, |done| {
                    let words = context.fill(Word::MakingHistory, format::percent(done));
                    let value = ((done * 1000.0) as u32).to_string();
                    let progress = tag(
                        "progress",
                        &[("max", "1000"), ("value", &value), ("aria-label", &words)],
                        nothing(),
                    );
                    tag(
                        "div",
                        &[("class", "banner history")],
                        all([tag("span", &[], text(&words)), progress]),
                    )
                });
            let simulated = if site.simulated {
                banner("banner simulated", text(context.say(Word::Simulated)))
            } else {
                nothing()
            };
            let open = if site.access == "open" {
                banner("banner open-access", text(context.say(Word::AccessOpen)))
            } else {
                nothing()
            };
            all([history, simulated, open])
        }),
    ])
}

/// Says since when the page is cut off.
fn lost(context: Context) -> Markup {
    let Some(since) = context.live.lost_since.get() else {
        return nothing();
    };
    // Tracked, so that the duration counts on.
    context.live.now.track();
    let seconds = ((steady_ms() - since) / 1000.0) as i64;
    let words = context.fill(Word::Outdated, format::duration(context.language, seconds));
    tag("p", &[("class", "banner lost")], text(&words))
}
