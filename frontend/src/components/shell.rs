//! What is around every page: the bar at the top, banners, and the content.

use super::account::account_menu;
use super::bell::{announcement, badge, sound_button};
use super::desk_bell;
use super::finder::search_box;
use super::markup::{Markup, fill, heard, join, nothing, shown, text};
use super::reactive::{changing, effect};
use super::select::select;
use super::status::status_line;
use crate::address::Page;
use crate::context::Context;
use crate::i18n::{Language, Word, format};
use crate::live::{Connection, steady_ms};
use leptos::html::{custom, div};
use leptos::prelude::*;
use shared::access::Right;

/// A connection that is lost for less than this is lost just now, in seconds.
const SHORTLY: i64 = 5;

/// An element of the page with parts in it: one program, whatever they are. Where another part may come in its place,
/// that one has the same name and attributes: only class and parts are changed.
pub fn part(name: &'static str, class: &'static str, inner: Vec<AnyView>) -> AnyView {
    part_with(name, class, [("role", None), ("aria-label", None)], inner)
}

/// The same with further attributes.
#[inline(never)]
pub fn part_with(
    name: &'static str,
    class: &'static str,
    attributes: [(&'static str, Option<&'static str>); 2],
    inner: Vec<AnyView>,
) -> AnyView {
    let [first, second] = attributes;
    let part = custom(name).class(class).attr(first.0, first.1);
    part.attr(second.0, second.1).child(inner).into_any()
}

/// A part that stays as it is.
#[inline(never)]
pub fn written(class: &'static str, inner: Markup) -> AnyView {
    div().class(class).inner_html(inner.into_string()).into_any()
}

/// A word of the page as it is shown.
#[inline(never)]
pub fn say(language: Language, word: Word) -> Markup {
    text(language.say(word))
}

/// Bar, banners and content.
pub fn shell(context: Context, content: AnyView) -> AnyView {
    effect(move || {
        let lost = context.live.connection.get() == Connection::Lost || context.session.ended.get();
        if let Some(main) = document().get_element_by_id("main") {
            main.set_class_name(if lost { "outdated" } else { "" });
        }
    });
    let said = [("role", Some("status")), ("aria-label", None)];
    let skip = say(context.language, Word::SkipToContent);
    let brand = text(&context.address.link(&Page::Overview, &[]));
    let toggle = Box::new(move |_| context.bell.toggle());
    let mut preferences = Vec::new();
    if context.may(Right::Alarms) {
        preferences.push(heard(
            "contents",
            move || sound_button(context),
            &["click"],
            toggle,
        ));
    }
    preferences.push(shown("choices", move || self::preferences(context)));
    preferences.push(changing(move || sites(context)));
    preferences.push(account_menu(context));
    let mut bar = vec![
        written(
            "contents",
            fill("<a class=\"brand\" href=\"{}\">Quaylight</a>", &[brand]),
        ),
        shown("pages", move || pages(context)),
    ];
    if context.may(Right::Trails) {
        bar.push(search_box(context, "found"));
    }
    if context.may(Right::Sites) || context.sees(&Page::ReleaseDesk) {
        bar.push(status_line(context));
    }
    bar.push(part("div", "preferences", preferences));
    let parts = vec![
        written(
            "contents",
            fill("<a class=\"skip\" href=\"#main\">{}</a>", &[skip]),
        ),
        part("header", "bar", bar),
        part_with(
            "section",
            "notices",
            [("aria-label", Some(context.say(Word::Notices))), ("role", None)],
            vec![shown("banners", move || banners(context))],
        ),
        part_with(
            "div",
            "unseen",
            said,
            vec![shown("", move || announcement(context))],
        ),
        desk_bell::toasts(context),
        part_with(
            "main",
            "",
            [("id", Some("main")), ("tabindex", Some("-1"))],
            vec![content],
        ),
    ];
    parts.into_any()
}

fn pages(context: Context) -> Markup {
    const LINK: &str = "<li><a href=\"{}\"{}>{}</a></li>";
    let here = match context.address.page_now() {
        Page::AlarmRules | Page::AlarmPerformance => Page::Alarms,
        Page::Parcel(_) => Page::Parcels,
        Page::Application(_) | Page::NewApplication => Page::ReleaseDesk,
        here => here,
    };
    let pages = [
        (Page::Overview, Word::Overview),
        (Page::Yard, Word::Yard),
        (Page::Alarms, Word::Alarms),
        (Page::Clearance, Word::Clearance),
        (Page::Throughput, Word::Throughput),
        (Page::Parcels, Word::Parcels),
        (Page::ReleaseDesk, Word::ReleaseDesk),
        (Page::Feeds, Word::Feeds),
        (Page::WallSetup, Word::Wall),
    ];
    let mut links = Vec::new();
    for (page, word) in &pages {
        if !context.sees(page) {
            continue;
        }
        let mut words = say(context.language, *word);
        if *page == Page::Alarms {
            words = words.then(badge(context));
        }
        if *page == Page::ReleaseDesk {
            words = words.then(desk_bell::badge(context));
        }
        let current = if *page == here {
            fill(" aria-current=\"page\"", &[])
        } else {
            nothing()
        };
        let href = text(&context.address.link(page, &[]));
        links.push(fill(LINK, &[href, current, words]));
    }
    if links.is_empty() {
        return nothing();
    }
    let gaps = [say(context.language, Word::Navigation), join(&links)];
    fill("<nav aria-label=\"{}\"><ul>{}</ul></nav>", &gaps)
}

/// Language and theme, as links that keep everything else of the view.
fn preferences(context: Context) -> Markup {
    const CHOICE: &str = "<div class=\"choice\" role=\"group\" aria-label=\"{}\">{}</div>";
    const LANGUAGE: &str = "<a href=\"{}\" lang=\"{}\" aria-current=\"{}\">{}</a>";
    const THEME: &str = "<a class=\"theme\" data-shape=\"{}\" href=\"{}\" title=\"{}\" aria-label=\"{}\" \
                         aria-current=\"{}\"></a>";
    let current = |is: bool| text(if is { "true" } else { "false" });
    let query = context.address.query();
    let mut languages = Vec::new();
    for language in Language::ALL {
        let href = context.address.link_with("lang", Some(language.code()));
        let gaps = [
            text(&href),
            text(language.tag()),
            current(language == context.language),
            text(language.name()),
        ];
        languages.push(fill(LANGUAGE, &gaps));
    }
    let mut themes = Vec::new();
    for (choice, word, shape) in [
        (None, Word::ThemeAuto, "auto"),
        (Some("light"), Word::ThemeLight, "light"),
        (Some("dark"), Word::ThemeDark, "dark"),
        (Some("contrast"), Word::ThemeContrast, "contrast"),
    ] {
        let href = context.address.link_with("theme", choice);
        let words = say(context.language, word);
        let gaps = [
            text(shape),
            text(&href),
            words.clone(),
            words,
            current(query.get("theme") == choice),
        ];
        themes.push(fill(THEME, &gaps));
    }
    let languages = [say(context.language, Word::Language), join(&languages)];
    let themes = [say(context.language, Word::Theme), join(&themes)];
    join(&[fill(CHOICE, &languages), fill(CHOICE, &themes)])
}

/// Offered only where there is a choice.
fn sites(context: Context) -> AnyView {
    let mut sites = Vec::new();
    context.sites.all.with(|all| {
        for site in all {
            let name = context.language.choose(&site.name.en, &site.name.zh);
            sites.push((site.code.clone(), name.clone()));
        }
    });
    if sites.len() < 2 {
        return ().into_any();
    }
    select(context, "site", Word::Site, sites)
}

fn banners(context: Context) -> Markup {
    let mut banners = vec![lost(context)];
    if context.session.ended.get() {
        let href = context.address.link(&Page::SignIn, &[]);
        let gaps = [
            say(context.language, Word::SessionEnded),
            text(&href),
            say(context.language, Word::SignInAgain),
        ];
        // In another tab: what was typed here stays.
        banners.push(fill(
            "<p class=\"banner lost\" role=\"alert\">{} <a href=\"{}\" target=\"_blank\">{}</a></p>",
            &gaps,
        ));
    }
    if context.bell.missed.get() {
        banners.push(banner("lost", context.say(Word::SoundMissed)));
    }
    context.sites.with_current(|site| {
        let Some(site) = site else {
            return;
        };
        if let Some(done) = site.history.filter(|done| *done < 1.0) {
            let words = text(&context.fill(Word::MakingHistory, format::percent(done)));
            let value = text(&((done * 1000.0) as u32).to_string());
            banners.push(fill(
                "<div class=\"banner history\"><span>{}</span><progress max=\"1000\" value=\"{}\" aria-label=\"{}\">\
                 </progress></div>",
                &[words.clone(), value, words],
            ));
        }
        if site.simulated {
            banners.push(banner("simulated", context.say(Word::Simulated)));
        }
    });
    if !context.session.has_accounts() {
        banners.push(banner("open-access", context.say(Word::AccessOpen)));
    }
    join(&banners)
}

fn banner(class: &str, words: &str) -> Markup {
    fill("<p class=\"banner {}\">{}</p>", &[text(class), text(words)])
}

/// Says since when the page is cut off.
fn lost(context: Context) -> Markup {
    let Some(since) = context.live.lost_since.get() else {
        return nothing();
    };
    // Tracked, so that the duration counts on.
    context.live.now.track();
    let seconds = ((steady_ms() - since) / 1000.0) as i64;
    // Within the first seconds nobody needs to know how many there are.
    if seconds < SHORTLY {
        return banner("lost", context.say(Word::OutdatedShortly));
    }
    let words = context.fill(Word::Outdated, format::duration(context.language, seconds));
    banner("lost", &words)
}
