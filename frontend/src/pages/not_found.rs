//! An address that leads nowhere.

use crate::components::markup::{fill, text};
use crate::components::shell::{part, written};
use crate::context::context;
use crate::i18n::Word;
use leptos::prelude::*;

/// Says that nothing is here.
pub fn not_found() -> AnyView {
    let context = context();
    let gaps = [
        text(context.say(Word::NotFound)),
        text(context.say(Word::NotFoundHint)),
    ];
    let words = written("contents", fill("<h1>{}</h1><p>{}</p>", &gaps));
    part("section", "page", vec![words])
}
