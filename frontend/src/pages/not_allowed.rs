//! A page that whoever looks has no right to.

use crate::components::markup::fill;
use crate::components::shell::{part, say, written};
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::terms::Term;
use leptos::prelude::*;

/// Says that it is not for them, and who can change that.
pub fn not_allowed(context: Context) -> AnyView {
    let language = context.language;
    let role = context.session.role();
    let hint = match role {
        Some(role) => context.fill(Word::NotAllowedHint, role.in_language(language)),
        None => context.say(Word::NobodySignsIn).to_owned(),
    };
    let gaps = [
        say(language, Word::NotAllowed),
        crate::components::markup::text(&hint),
    ];
    let words = written("contents", fill("<h1>{}</h1><p>{}</p>", &gaps));
    part("section", "page not-allowed", vec![words])
}
