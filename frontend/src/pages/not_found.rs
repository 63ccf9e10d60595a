//! An address that leads nowhere.

use crate::context::context;
use crate::i18n::Word;
use leptos::prelude::*;

/// Says that nothing is here.
pub fn not_found() -> AnyView {
    let context = context();
    view! {
        <section class="page">
            <h1>{context.say(Word::NotFound)}</h1>
            <p>{context.say(Word::NotFoundHint)}</p>
        </section>
    }
    .into_any()
}
