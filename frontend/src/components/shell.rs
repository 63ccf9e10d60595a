//! What is around every page: the bar at the top, banners, and the content.

use super::search_box::SearchBox;
use super::status::{LostBanner, StatusLine};
use crate::address::Page;
use crate::context::{Context, context};
use crate::i18n::{Language, Word, format};
use crate::live::Connection;
use leptos::prelude::*;

/// Bar, banners and content.
#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let context = context();
    let connection = context.live.connection;
    view! {
        <a class="skip" href="#main">{context.say(Word::SkipToContent)}</a>
        <header class="bar">
            <a class="brand" href=context.address.link(&Page::Overview, &[])>"Quaylight"</a>
            <Pages/>
            <SearchBox/>
            <StatusLine/>
            <Preferences/>
        </header>
        <Banners/>
        <main id="main" tabindex="-1" class:outdated=move || connection.get() == Connection::Lost>
            {children()}
        </main>
    }
}

#[component]
fn Pages() -> impl IntoView {
    let context = context();
    let current = context.address.page();
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
        let here = move || current.with(|current| *current == page).then_some("page");
        view! { <li><a href=href aria-current=here>{context.say(word)}</a></li> }
    });
    view! { <nav aria-label=context.say(Word::Navigation)><ul>{links.collect_view()}</ul></nav> }
}

#[component]
fn Preferences() -> impl IntoView {
    let context = context();
    // Tracked, for these links keep everything else of the view.
    let query = move || context.address.query();
    let languages = Language::ALL.map(|language| {
        let href = move || {
            query();
            context.address.link_with("lang", Some(language.code()))
        };
        let current = (language == context.language).then_some("true");
        view! { <a href=href lang=language.tag() hreflang=language.tag() aria-current=current>{language.name()}</a> }
    });
    let themes = [
        (None, Word::ThemeAuto, "auto"),
        (Some("light"), Word::ThemeLight, "light"),
        (Some("dark"), Word::ThemeDark, "dark"),
    ];
    let themes = themes.map(|(theme, word, name)| {
        let href = move || {
            query();
            context.address.link_with("theme", theme)
        };
        let current = move || (query().get("theme") == theme).then_some("true");
        let word = context.say(word);
        view! { <a class="theme" data-shape=name href=href title=word aria-label=word aria-current=current></a> }
    });
    view! {
        <div class="preferences">
            <div class="choice" role="group" aria-label=context.say(Word::Language)>{languages.collect_view()}</div>
            <div class="choice" role="group" aria-label=context.say(Word::Theme)>{themes.collect_view()}</div>
            <SiteChoice/>
        </div>
    }
}

/// Offered only where there is a choice.
#[component]
fn SiteChoice() -> impl IntoView {
    let context = context();
    let sites = context.sites;
    move || {
        let all = sites.all.get();
        (all.len() > 1).then(|| {
            let current = sites.code();
            let options = all.into_iter().map(|site| {
                let selected = current.as_ref() == Some(&site.code);
                let name = context.language.choose(site.name.en, site.name.zh);
                view! { <option value=site.code selected=selected>{name}</option> }
            });
            view! {
                <select
                    aria-label=context.say(Word::Site)
                    on:change=move |event| context.address.set(&[("site", Some(&event_target_value(&event)))])
                >
                    {options.collect_view()}
                </select>
            }
        })
    }
}

#[component]
fn Banners() -> impl IntoView {
    let context = context();
    let site = context.sites.current;
    let simulated = Memo::new(move |_| site.with(|site| site.as_ref().is_some_and(|site| site.simulated)));
    let open = Memo::new(move |_| site.with(|site| site.as_ref().is_some_and(|site| site.access == "open")));
    let history = Memo::new(move |_| site.with(|site| site.as_ref()?.history.filter(|done| *done < 1.0)));
    view! {
        <LostBanner/>
        {move || history.get().map(|done| making_history(context, done))}
        <div class="banners">
        <Show when=move || simulated.get()>
            <p class="banner simulated" role="note">{context.say(Word::Simulated)}</p>
        </Show>
        <Show when=move || open.get()>
            <p class="banner open-access" role="note">{context.say(Word::AccessOpen)}</p>
        </Show>
        </div>
    }
}

fn making_history(context: Context, done: f64) -> impl IntoView {
    let text = context.fill(Word::MakingHistory, format::percent(done));
    view! {
        <div class="banner history" role="status">
            <label for="history">{text}</label>
            <progress id="history" max="1000" value=(done * 1000.0) as u32></progress>
        </div>
    }
}
