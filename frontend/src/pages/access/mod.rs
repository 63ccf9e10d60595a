//! `/access`: who may do what here, for administrators. Accounts, keys and the audit log are three views of one address.

/// Accounts.
mod accounts;
/// What was done, and by whom.
mod audit;
/// Keys of senders, walls and monitoring.
pub mod keys;

use crate::components::clipboard;
use crate::components::markup::{Markup, fill, join, text};
use crate::components::planted::{find, listen, planted, pressed};
use crate::components::reactive::changing;
use crate::components::shell::{part, say, written};
use crate::context::{Context, context};
use crate::i18n::Word;
use crate::pages::door::form::error_place;
use leptos::prelude::*;
use std::rc::Rc;
use std::time::Duration;
use web_sys::{HtmlElement, HtmlInputElement};

/// The views, the first of which an address without a name means.
const VIEWS: [(&str, Word); 3] = [
    ("accounts", Word::Accounts),
    ("keys", Word::AccessKeys),
    ("audit", Word::AuditLog),
];

const CHECK: &str = "<label class=\"check\"><input type=\"checkbox\" name=\"{}\" value=\"{}\"{}>{}</label>";
const SECRET: &str = "<section class=\"card secret\" role=\"status\"><h2 tabindex=\"-1\">{}</h2><p>{}</p>\
                      <label class=\"secret-field\"><span>{}</span><input readonly data-part=\"secret\" value=\"{}\"></label>\
                      <div class=\"buttons\"><button type=\"button\" class=\"primary\" data-do=\"copy\">{}</button>\
                      <button type=\"button\" data-do=\"close\">{}</button></div></section>";

/// The page.
#[inline(never)]
pub fn access() -> AnyView {
    let context = context();
    let view = context.address.parameter("view");
    let content = changing(move || match view.get().as_deref() {
        Some("keys") => keys::keys(context),
        Some("audit") => audit::audit(context),
        _ => accounts::accounts(context),
    });
    let head = changing(move || {
        let here = view.get();
        let here = here.as_deref().unwrap_or(VIEWS[0].0);
        let mut links = Vec::new();
        for (name, word) in VIEWS {
            let current = if name == here { "page" } else { "false" };
            let href = context
                .address
                .link(&crate::address::Page::Access, &[("view", name)]);
            let gaps = [text(&href), text(current), say(context.language, word)];
            links.push(fill("<a href=\"{}\" aria-current=\"{}\">{}</a>", &gaps));
        }
        let gaps = [
            say(context.language, Word::Access),
            say(context.language, Word::Access),
            join(&links),
        ];
        let head = "<h1>{}</h1><nav class=\"choice\" aria-label=\"{}\">{}</nav>";
        written("page-head", fill(head, &gaps))
    });
    part("section", "page access", vec![head, content])
}

/// Marks for the sites: those that are chosen, or none for all.
pub fn site_marks(context: Context, chosen: Option<&[String]>) -> Markup {
    let mut marks = Vec::new();
    context.sites.all.with_untracked(|all| {
        for site in all {
            let is = chosen.is_some_and(|chosen| chosen.contains(&site.code));
            let name = context.language.choose(&site.name.en, &site.name.zh);
            let name = [name.as_str(), " (", &site.code, ")"].concat();
            marks.push(check("sites", &site.code, is, &name));
        }
    });
    group(context, Word::Sites, "sites", Word::NoMarkAllSites, &marks)
}

/// One mark.
pub fn check(name: &str, value: &str, marked: bool, words: &str) -> Markup {
    let marked = if marked { " checked" } else { "" };
    fill(CHECK, &[text(name), text(value), text(marked), text(words)])
}

/// Marks that belong together.
pub fn group(context: Context, title: Word, name: &str, hint: Word, marks: &[Markup]) -> Markup {
    let gaps = [
        say(context.language, title),
        join(marks),
        say(context.language, hint),
        error_place(name),
    ];
    fill(
        "<fieldset class=\"marks\"><legend>{}</legend>{}<p class=\"field-about\"><span class=\"quiet\">{}</span> {}</p></fieldset>",
        &gaps,
    )
}

/// A secret that is shown this once, with a way to copy it.
pub fn secret(
    context: Context,
    heading: &str,
    about: &str,
    label: Word,
    secret: &str,
    close: Rc<dyn Fn()>,
) -> AnyView {
    let gaps = [
        text(heading),
        text(about),
        say(context.language, label),
        text(secret),
        say(context.language, Word::WallCopy),
        say(context.language, Word::Close),
    ];
    let ready = move |part: HtmlElement| {
        if let Some(head) = find::<HtmlElement>(&part, "h2") {
            // What cannot be focused only means that the keyboard begins anew.
            let _ = head.focus();
        }
        let (inside, close) = (part.clone(), close.clone());
        let hear = move |event: web_sys::Event| match pressed(&event).as_deref() {
            Some("copy") => {
                let field = find::<HtmlInputElement>(&inside, "[data-part=secret]");
                let copied = field.is_some_and(|field| {
                    field.select();
                    clipboard::copy(&field.value())
                });
                if let (true, Some(button)) = (copied, find::<HtmlElement>(&inside, "[data-do=copy]")) {
                    button.set_text_content(Some(context.say(Word::WallCopied)));
                    let again = move || button.set_text_content(Some(context.say(Word::WallCopy)));
                    set_timeout(again, Duration::from_secs(2));
                }
            }
            Some("close") => close(),
            _ => {}
        };
        listen(&part, &["click"], Box::new(hear));
    };
    planted("contents", fill(SECRET, &gaps), Box::new(ready))
}

/// An address of this page as others can open it.
pub fn whole(href: &str) -> String {
    if href.starts_with('/') {
        let origin = window().location().origin().unwrap_or_default();
        [&origin, href].concat()
    } else {
        href.to_owned()
    }
}

/// Puts the keyboard on a part, once it is there.
pub fn focus_soon(selector: String) {
    let focus = move || {
        let page = document().document_element();
        if let Some(part) = page.and_then(|page| find::<HtmlElement>(&page, &selector)) {
            let _ = part.focus();
        }
    };
    set_timeout(focus, Duration::ZERO);
}

/// What the sites of something are, in words.
pub fn sites_words(context: Context, sites: Option<&[String]>) -> String {
    sites.map_or_else(
        || context.say(Word::AllSites).to_owned(),
        |sites| sites.join(", "),
    )
}
