//! An address that leads nowhere.

use crate::context::context;
use crate::i18n::Word;
use leptos::prelude::*;

/// Says that nothing is here.
#[component]
pub fn NotFound() -> impl IntoView {
    let context = context();
    view! {
        <section class="page">
            <h1>{context.say(Word::NotFound)}</h1>
            <p>{context.say(Word::NotFoundHint)}</p>
        </section>
    }
}
