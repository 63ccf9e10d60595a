//! An address that leads nowhere.

use crate::components::markup::fill;
use crate::components::shell::{part, say, written};
use crate::context::context;
use crate::i18n::Word;
use leptos::prelude::*;

/// Says that nothing is here.
pub fn not_found() -> AnyView {
    let context = context();
    let gaps = [
        say(context.language, Word::NotFound),
        say(context.language, Word::NotFoundHint),
    ];
    let words = written("contents", fill("<h1>{}</h1><p>{}</p>", &gaps));
    part("section", "page", vec![words])
}
