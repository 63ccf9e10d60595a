//! Loading, failed and empty: states of their own, so that nothing is mistaken for something.

use super::markup::{Markup, tag, text};
use super::reactive::{changing, on_click, whether};
use crate::client::CallError;
use crate::context::{Context, context};
use crate::i18n::Word;
use crate::live::Core;
use leptos::prelude::*;

/// Shows what is followed once it is there, and what is wrong with it beside it.
pub fn framed(core: Core, show: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let there = whether(move || core.is_there());
    let wrong = whether(move || core.error.with(Option::is_some));
    let retry = Callback::new(move |()| core.reload());
    let error = changing(move || match core.error.get() {
        Some(error) => failed(&error, Some(retry)),
        None => ().into_any(),
    });
    let content = changing(move || match (there.get(), wrong.get()) {
        (true, _) => show(),
        (false, true) => ().into_any(),
        (false, false) => loading(),
    });
    view! { {error} {content} }.into_any()
}

/// It is on its way.
pub fn loading() -> AnyView {
    view! { <p class="loading" role="status">{context().say(Word::Loading)}</p> }.into_any()
}

/// It did not come; with a way to try again where that may help.
pub fn failed(error: &CallError, retry: Option<Callback<()>>) -> AnyView {
    let context = context();
    let (words, detail) = error.words(context.language);
    failed_words(context, words, detail.unwrap_or_default(), retry)
}

/// The same in other words.
pub fn failed_words(context: Context, words: String, detail: String, retry: Option<Callback<()>>) -> AnyView {
    let again = on_click(move || {
        if let Some(retry) = retry {
            retry.run(());
        }
    });
    view! {
        <div class="failed" role="alert">
            <p><strong>{words}</strong></p>
            <p>{detail}</p>
            <button type="button" hidden=retry.is_none() on:click=again>{context.say(Word::TryAgain)}</button>
        </div>
    }
    .into_any()
}

/// There is nothing, and that is the answer.
pub fn empty(words: &str) -> Markup {
    tag("p", &[("class", "empty")], text(words))
}
