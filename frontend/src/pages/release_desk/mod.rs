//! `/release-desk`: applications for export loading instructions that are missing, from the form to the instruction that
//! the terminal confirmed.

/// One application on one screen.
pub mod application;
/// The figures of the desk.
mod figures;
/// Files as proof: what is taken, and how it goes up.
mod files;
/// Applying.
pub mod form;
/// What keys do, and the list of them.
mod keys;
/// Who waits for whom, and what is there to be done.
mod queue;

use crate::address::Page;
use crate::client::{Mistakes, Read, member, members};
use crate::components::countdown::tick;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::reactive::changing;
use crate::components::shell::{part, say, written};
use crate::context::{Context, context};
use crate::i18n::Word;
use crate::session::DESK;
use leptos::prelude::*;
use serde_json::Value;
use shared::access::Right;
use shared::wire::release_desk::Application;

/// The queues, or the figures.
#[inline(never)]
pub fn desk() -> AnyView {
    let context = context();
    tick(context);
    let view = context.address.parameter("view");
    let sees = sees_applications(context);
    let is_figures =
        move |view: Option<&str>| (view == Some("figures") || !sees) && context.may(Right::Figures);
    let content = changing(move || match is_figures(view.get().as_deref()) {
        true => figures::figures(context),
        false => queue::queue(context),
    });
    let head = changing(move || {
        let figures = is_figures(view.get().as_deref());
        written("page-head desk-head", head(context, figures))
    });
    part("section", "page release-desk", vec![head, content])
}

/// What a call is told that came too late: the application as it is now, where the server says so.
struct Conflict(Option<Application>);

impl Read for Conflict {
    fn read(value: &Value, mistakes: &Mistakes) -> Conflict {
        Conflict(member(members(value, mistakes), "application", mistakes))
    }
}

/// Whether whoever looks sees any application.
fn sees_applications(context: Context) -> bool {
    DESK.into_iter().any(|right| context.may(right))
}

fn head(context: Context, figures: bool) -> Markup {
    let language = context.language;
    let mut links = Vec::new();
    let views = [
        (Word::DeskApplications, None, sees_applications(context)),
        (Word::DeskFigures, Some("figures"), context.may(Right::Figures)),
    ];
    for (word, view, there) in views {
        if !there {
            continue;
        }
        let parameters: Vec<(&str, &str)> = view.map(|view| ("view", view)).into_iter().collect();
        let href = context.address.link(&Page::ReleaseDesk, &parameters);
        let current = if view.is_some() == figures {
            "page"
        } else {
            "false"
        };
        let gaps = [text(&href), text(current), say(language, word)];
        links.push(fill("<a href=\"{}\" aria-current=\"{}\">{}</a>", &gaps));
    }
    let views = match links.len() {
        0 | 1 => nothing(),
        _ => fill(
            "<nav class=\"choice\" aria-label=\"{}\">{}</nav>",
            &[say(language, Word::ReleaseDesk), join(&links)],
        ),
    };
    let new = match context.may(Right::Applications) {
        true => fill(
            "<a class=\"button primary\" data-do=\"new\" href=\"{}\">{}</a>",
            &[
                text(&context.address.link(&Page::NewApplication, &[])),
                say(language, Word::NewApplication),
            ],
        ),
        false => nothing(),
    };
    let gaps = [say(language, Word::ReleaseDesk), views, new];
    fill("<h1>{}</h1>{}{}", &gaps)
}
