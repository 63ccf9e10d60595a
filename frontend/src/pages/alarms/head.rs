//! The head of the pages about alarms, and links to the alarms behind a number.

use super::query;
use crate::address::{Page, Query};
use crate::components::markup::{Markup, fill, join, link, text};
use crate::context::Context;
use crate::i18n::Word;
use leptos::prelude::*;

/// The title of the pages about alarms, with the ways between them.
pub fn head(context: Context, here: Page) -> AnyView {
    let pages = [
        (Page::Alarms, Word::AlarmList),
        (Page::AlarmPerformance, Word::AlarmPerformance),
        (Page::AlarmRules, Word::AlarmRules),
    ];
    let mut links = Vec::new();
    for (page, word) in pages {
        if !context.sees(&page) {
            continue;
        }
        let current = if page == here { "page" } else { "false" };
        let href = context.address.link(&page, &[]);
        let gaps = [text(&href), text(current), text(context.say(word))];
        links.push(fill("<a href=\"{}\" aria-current=\"{}\">{}</a>", &gaps));
    }
    let title = match here {
        Page::AlarmPerformance => Word::AlarmPerformance,
        Page::AlarmRules => Word::AlarmRules,
        _ => Word::Alarms,
    };
    let gaps = [
        text(context.say(title)),
        text(context.say(Word::Alarms)),
        join(&links),
    ];
    let head = fill(
        "<h1>{}</h1><nav class=\"choice\" aria-label=\"{}\">{}</nav>",
        &gaps,
    );
    view! { <div class="page-head" inner_html=head.into_string()></div> }.into_any()
}

/// The page's address of a call for alarms.
pub fn link_of_call(context: Context, href: &str) -> String {
    let kept = context.address.link(&Page::Alarms, &[]);
    let (path, kept) = kept.split_once('?').unwrap_or((&kept, ""));
    let query = query::of_call(href)
        .only(|name| !["limit", "cursor", "offset"].contains(&name))
        .iter()
        .fold(Query::parse(kept), |query, (name, value)| {
            query.with(name, Some(value))
        });
    format!("{path}{query}")
}

/// A number that leads to the alarms behind it.
pub fn listed(context: Context, href: &str, words: &str) -> Markup {
    link(&link_of_call(context, href), text(words))
}

/// A filter that is on, and the way to take it away.
pub fn taken(context: Context, name: &str, word: Word, words: &str) -> Markup {
    let href = context.address.link_with(name, None);
    let label = format!("{} {words} ×", context.say(word));
    fill(
        "<a class=\"chip taken\" href=\"{}\" title=\"{}\">{}</a>",
        &[text(&href), text(context.say(Word::TakeAway)), text(&label)],
    )
}
