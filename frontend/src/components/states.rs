//! Loading, failed and empty: states of their own, so that nothing is mistaken for something.

use super::markup::{Markup, fill, nothing, shown, text};
use super::planted::{listen, planted};
use super::reactive::{Make, changing, whether};
use super::shell::{say, written};
use crate::client::CallError;
use crate::context::{Context, context};
use crate::i18n::Word;
use crate::live::Core;
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::HtmlElement;

/// Shows what is followed once it is there, and what is wrong with it beside it.
pub fn framed(core: Core, show: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    framed_boxed(core, Box::new(show))
}

/// The same of markup under a class.
pub fn framed_markup(
    core: Core,
    class: &'static str,
    markup: impl Fn() -> Markup + Send + Sync + 'static,
) -> AnyView {
    framed_markup_boxed(core, class, Arc::new(markup))
}

#[inline(never)]
fn framed_markup_boxed(
    core: Core,
    class: &'static str,
    markup: Arc<dyn Make<Markup> + Send + Sync>,
) -> AnyView {
    framed(core, move || {
        let markup = markup.clone();
        shown(class, move || markup.make())
    })
}

#[inline(never)]
fn framed_boxed(core: Core, show: Box<dyn Make<AnyView> + Send>) -> AnyView {
    let there = whether(move || core.is_there());
    let wrong = whether(move || core.error.with(Option::is_some));
    let retry = Callback::new(move |()| core.reload());
    let error = changing(move || match core.error.get() {
        Some(error) => failed(&error, Some(retry)),
        None => ().into_any(),
    });
    let content = changing(move || match (there.get(), wrong.get()) {
        (true, _) => show.make(),
        (false, true) => ().into_any(),
        (false, false) => loading(),
    });
    vec![error, content].into_any()
}

/// It is on its way.
pub fn loading() -> AnyView {
    let words = say(context().language, Word::Loading);
    let loading = fill("<p class=\"loading\" role=\"status\">{}</p>", &[words]);
    written("contents", loading)
}

/// It did not come; with a way to try again where that may help.
pub fn failed(error: &CallError, retry: Option<Callback<()>>) -> AnyView {
    let context = context();
    let (words, detail) = error.words(context.language);
    failed_words(context, words, detail.unwrap_or_default(), retry)
}

/// The same in other words.
pub fn failed_words(context: Context, words: String, detail: String, retry: Option<Callback<()>>) -> AnyView {
    let again = retry.map_or_else(nothing, |_| {
        let words = say(context.language, Word::TryAgain);
        fill("<button type=\"button\">{}</button>", &[words])
    });
    let inner = fill(
        "<div class=\"failed\" role=\"alert\"><p><strong>{}</strong></p><p>{}</p>{}</div>",
        &[text(&words), text(&detail), again],
    );
    let ready = move |part: HtmlElement| {
        let again = move |event: web_sys::Event| {
            if let (Some(retry), "BUTTON") = (retry, event_target::<HtmlElement>(&event).tag_name().as_str())
            {
                retry.run(());
            }
        };
        listen(&part, &["click"], Box::new(again));
    };
    planted("contents", inner, Box::new(ready))
}

/// There is nothing, and that is the answer.
pub fn empty(words: &str) -> Markup {
    fill("<p class=\"empty\">{}</p>", &[text(words)])
}
