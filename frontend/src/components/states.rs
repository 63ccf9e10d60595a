//! Loading, failed and empty: states of their own, so that nothing is mistaken for something.

use crate::client::CallError;
use crate::context::context;
use crate::i18n::Word;
use crate::live::{Followed, Snapshot};
use leptos::prelude::*;

/// Shows what is followed once it is there, and what is wrong with it beside it.
pub fn framed<S: Snapshot>(
    followed: Followed<S>,
    show: impl Fn() -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    let there = Memo::new(move |_| followed.data.with(Option::is_some));
    view! {
        {move || followed.error.get().map(|error| view! { <Failed error on_retry=move || followed.reload()/> })}
        {move || match (there.get(), followed.error.with(Option::is_some)) {
            (true, _) => show(),
            (false, true) => ().into_any(),
            (false, false) => Loading().into_any(),
        }}
    }
}

/// It is on its way.
#[component]
pub fn Loading() -> impl IntoView {
    view! { <p class="loading" role="status">{context().say(Word::Loading)}</p> }
}

/// It did not come.
#[component]
pub fn Failed(
    /// Why.
    error: CallError,
    /// Tries again.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    let context = context();
    let (words, detail) = error.words(context.language);
    view! {
        <div class="failed" role="alert">
            <p><strong>{words}</strong></p>
            {detail.map(|detail| view! { <p>{detail}</p> })}
            <button type="button" on:click=move |_| on_retry.run(())>{context.say(Word::TryAgain)}</button>
        </div>
    }
}

/// There is nothing, and that is the answer.
pub fn empty(words: impl IntoView + 'static) -> impl IntoView {
    view! { <p class="empty">{words}</p> }
}
