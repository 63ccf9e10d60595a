//! `/containers?q=`: what a search found.

use crate::client::calls;
use crate::components::number::container_link;
use crate::components::states::{Failed, Loading, empty};
use crate::context::{Context, context};
use crate::i18n::terms::found_field;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::wire::container::Found;

/// What was found for the text in the address.
#[component]
pub fn Search() -> impl IntoView {
    let context = context();
    let text = context.address.parameter("q");
    move || match text.get() {
        None => view! {
            <section class="page">
                <h1>{context.say(Word::Search)}</h1>
                <p>{context.say(Word::SearchHint)}</p>
            </section>
        }
        .into_any(),
        Some(text) => results(context, text).into_any(),
    }
}

fn results(context: Context, text: String) -> impl IntoView {
    let query = context.call().with("q", Some(&text)).with("limit", Some("200"));
    let again = RwSignal::new(0);
    let found = LocalResource::new(move || {
        again.track();
        calls::find(query.clone())
    });
    view! {
        <section class="page">
            <h1>{context.fill(Word::SearchResults, text)}</h1>
            {move || found.with(|found| match found {
                None => Loading().into_any(),
                Some(Err(error)) => view! { <Failed error=error.clone() on_retry=move || again.update(|n| *n += 1)/> }.into_any(),
                Some(Ok(list)) if list.items.is_empty() => empty(context.say(Word::NoResults)).into_any(),
                Some(Ok(list)) => table(context, &list.items).into_any(),
            })}
        </section>
    }
}

fn table(context: Context, items: &[Found]) -> impl IntoView + use<> {
    let heads = [Word::ContainerNumber, Word::FoundIn, Word::Status, Word::Began];
    let heads = heads.map(|word| view! { <th scope="col">{context.say(word)}</th> });
    let rows = items.iter().map(|found| {
        let field = found_field(context.language, &found.field);
        let status = found.status.map_or("—", |status| context.term(status));
        view! {
            <tr data-container=found.container.clone()>
                <td>{container_link(context, &found.container, found.verified)}</td>
                <td>{field} " " <strong>{found.text.clone()}</strong></td>
                <td>{status}</td>
                <td>{format::stamp_or_dash(found.began_at)}</td>
            </tr>
        }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=context.say(Word::Search)>
            <table class="data">
                <thead><tr>{heads.collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}
