//! Who has signed in, and what they can do with that.

use super::markup::{Markup, fill, join, nothing, text};
use super::planted::{listen, planted, pressed};
use super::reactive::spawn;
use super::shell::say;
use crate::address::Page;
use crate::client::calls;
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::terms::Term;
use leptos::prelude::*;

// The browser opens it, closes it with Escape and with a click elsewhere, and keeps the keyboard's order.
const MENU: &str = "<button type=\"button\" class=\"account\" popovertarget=\"account\" title=\"{}\"><span class=\"account-name\">{}\
                    </span></button><div popover id=\"account\" class=\"account-menu\"><p><strong>{}</strong></p>\
                    <p class=\"quiet\">{}</p><p class=\"quiet\">{}</p>{}\
                    <button type=\"button\" data-do=\"sign-out\">{}</button></div>";

/// The menu; nothing where nobody signs in.
pub fn account_menu(context: Context) -> AnyView {
    let ready = move |part: web_sys::HtmlElement| {
        let hear = move |event: web_sys::Event| {
            if pressed(&event).as_deref() == Some("sign-out") {
                sign_out(context);
            }
        };
        listen(&part, &["click"], Box::new(hear));
    };
    planted("contents", menu(context), Box::new(ready))
}

fn menu(context: Context) -> Markup {
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
        let name = text(&account.full_name);
        let gaps = [
            say(language, Word::SignedInAs),
            name.clone(),
            name,
            text(&signs),
            text(&context.fill(Word::SitesSeen, sites)),
            join(&links),
            say(language, Word::SignOut),
        ];
        fill(MENU, &gaps)
    })
}

fn sign_out(context: Context) {
    spawn(async move {
        match calls::sign_out().await {
            // The address is left first: who signs in next begins where everybody does.
            Ok(()) => {
                context.address.go(&context.address.link(&Page::SignIn, &[]));
                context.session.leave();
            }
            // There is none any more, or the server is away, which the page says above.
            Err(_) => context.session.ask(),
        }
    });
}
