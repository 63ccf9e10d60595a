//! Who has signed in, and what they can do with that.

use super::markup::{Markup, fill, heard, join, nothing, text};
use super::planted::{find, pressed};
use super::reactive::spawn;
use super::shell::say;
use crate::address::Page;
use crate::client::calls;
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::terms::Term;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

const MENU: &str = "<details class=\"account\" data-key=\"account\"><summary title=\"{}\"><span class=\"account-name\">{}</span></summary>\
                    <div class=\"account-menu\"><p><strong>{}</strong></p><p class=\"quiet\">{}</p><p class=\"quiet\">{}</p>\
                    {}{}<button type=\"button\" data-do=\"sign-out\">{}</button></div></details>";

/// The menu; nothing where nobody signs in.
pub fn account_menu(context: Context) -> AnyView {
    if !context.session.has_accounts() || untrack(|| context.session.is_signed_out()) {
        return ().into_any();
    }
    let failed = RwSignal::new(false);
    let markup = move || menu(context, failed.get());
    let hear = move |event: Event| match event.type_().as_str() {
        "click" => {
            if pressed(&event).as_deref() == Some("sign-out") {
                sign_out(context, failed);
            } else if event_target::<Element>(&event).tag_name() == "A" {
                close(false);
            }
        }
        "keydown" if event.unchecked_ref::<KeyboardEvent>().key() == "Escape" => close(true),
        "focusout" => {
            let to = event.unchecked_ref::<web_sys::FocusEvent>().related_target();
            let to = to.and_then(|to| to.dyn_into::<Element>().ok());
            // Without a place to go to the window lost the keyboard, or something that takes none was clicked.
            if to.is_some_and(|to| to.closest(".account").is_ok_and(|inside| inside.is_none())) {
                close(false);
            }
        }
        _ => {}
    };
    heard(
        "contents",
        markup,
        &["click", "keydown", "focusout"],
        Box::new(hear),
    )
}

fn menu(context: Context, failed: bool) -> Markup {
    let language = context.language;
    context.session.peek(|told| {
        let Some(account) = told.and_then(|told| told.account.as_ref()) else {
            return nothing();
        };
        let sites = told.and_then(|told| told.sites.as_ref());
        let sites = sites.map_or_else(
            || context.say(Word::AllSites).to_owned(),
            |sites| sites.join(", "),
        );
        let signs = [account.name.as_str(), account.role.in_language(language)].join(" · ");
        let mut links = Vec::new();
        for (page, word) in [(Page::Account, Word::OwnAccount), (Page::Access, Word::Access)] {
            if context.sees(&page) {
                let href = text(&context.address.link(&page, &[]));
                links.push(fill("<a href=\"{}\">{}</a>", &[href, say(language, word)]));
            }
        }
        let trouble = match failed {
            true => fill(
                "<p class=\"field-error\" role=\"alert\">{}</p>",
                &[say(language, Word::FailedNetwork)],
            ),
            false => nothing(),
        };
        let gaps = [
            say(language, Word::SignedInAs),
            text(&account.full_name),
            text(&account.full_name),
            text(&signs),
            text(&context.fill(Word::SitesSeen, sites)),
            join(&links),
            trouble,
            say(language, Word::SignOut),
        ];
        fill(MENU, &gaps)
    })
}

fn sign_out(context: Context, failed: RwSignal<bool>) {
    failed.set(false);
    spawn(async move {
        match calls::sign_out().await {
            // The address is left first: who signs in next begins where everybody does.
            Ok(()) => {
                context.address.go(&context.address.link(&Page::SignIn, &[]));
                context.session.leave();
            }
            Err(error) if error.status() == Some(401) => context.session.leave(),
            Err(_) => {
                let _ = failed.try_set(true);
            }
        }
    });
}

/// Closes the menu, and gives the keyboard back to what opens it where it was inside.
fn close(focus: bool) {
    let page = document().document_element();
    let Some(menu) = page.and_then(|page| find::<HtmlElement>(&page, "details.account[open]")) else {
        return;
    };
    // Plain names are always taken.
    let _ = menu.remove_attribute("open");
    if let (true, Some(summary)) = (focus, find::<HtmlElement>(&menu, "summary")) {
        let _ = summary.focus();
    }
}
