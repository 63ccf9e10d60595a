//! Loading, failed and empty: states of their own, so that nothing is mistaken for something.

use super::markup::{Markup, tag, text};
use crate::client::CallError;
use crate::context::{Context, context};
use crate::i18n::Word;
use crate::live::{Followed, Snapshot};
use leptos::prelude::*;

/// Shows what is followed once it is there, and what is wrong with it beside it.
pub fn framed<S: Snapshot>(
    followed: Followed<S>,
    show: impl Fn() -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let there = Memo::new(move |_| followed.data.with(Option::is_some));
    frame(
        there,
        followed.error,
        Callback::new(move |()| followed.reload()),
        Box::new(show),
    )
}

fn frame(
    there: Memo<bool>,
    error: RwSignal<Option<CallError>>,
    retry: Callback<()>,
    show: Box<dyn Fn() -> AnyView + Send + Sync>,
) -> AnyView {
    let state = Memo::new(move |_| (there.get(), error.with(Option::is_some)));
    let wrong = move || error.get().map(|error| failed(&error, Some(retry)));
    let view = move || match state.get() {
        (true, _) => show(),
        (false, true) => ().into_any(),
        (false, false) => loading(),
    };
    view! { {wrong} {view} }.into_any()
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
    let again = move |_| {
        if let Some(retry) = retry {
            retry.run(());
        }
    };
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
