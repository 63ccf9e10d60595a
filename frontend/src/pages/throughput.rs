//! `/throughput`: what goes over the quay, in rows that each lead to their stays.

use super::pickers::{Pickers, asked, bucket_words, group_words};
use crate::client::calls;
use crate::components::states::{Failed, Loading, empty};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::wire::figures::{Figures, ThroughputRow};

/// Throughput.
#[component]
pub fn Throughput() -> impl IntoView {
    let context = context();
    let again = RwSignal::new(0);
    let figures = LocalResource::new(move || {
        again.track();
        calls::throughput(asked(&context.address.query()))
    });
    view! {
        <section class="page">
            <div class="page-head">
                <h1>{context.say(Word::Throughput)}</h1>
                <Pickers/>
            </div>
            <p class="quiet">{context.say(Word::ThroughputMeans)}</p>
            {move || figures.with(|figures| match figures {
                None => Loading().into_any(),
                Some(Err(error)) => {
                    view! { <Failed error=error.clone() on_retry=move || again.update(|n| *n += 1)/> }.into_any()
                }
                Some(Ok(figures)) if figures.rows.is_empty() => empty(context.say(Word::NoRows)).into_any(),
                Some(Ok(figures)) => table(context, figures).into_any(),
            })}
        </section>
    }
}

fn table(context: Context, figures: &Figures<ThroughputRow>) -> impl IntoView + use<> {
    let words = [
        Word::Moves,
        Word::Teu,
        Word::Discharged,
        Word::Loaded,
        Word::Transshipped,
        Word::WithoutSize,
    ];
    let heads = words.map(|word| view! { <th scope="col" class="number">{context.say(word)}</th> });
    let rows = figures.rows.iter().map(|row| show(context, figures, row));
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=context.say(Word::Throughput)>
            <table class="data">
                <thead>
                    <tr>
                        <th scope="col">{context.say(Word::BucketPicker)}</th>
                        <th scope="col">{context.say(Word::GroupPicker)}</th>
                        {heads.collect_view()}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn show(context: Context, figures: &Figures<ThroughputRow>, row: &ThroughputRow) -> impl IntoView + use<> {
    let href = context.address.link_of_call(&row.href);
    let teu = [row.teu, row.discharged_teu, row.loaded_teu, row.transshipped_teu];
    let teu = teu.map(|teu| view! { <td class="number">{format::decimal(teu)}</td> });
    view! {
        <tr>
            <th scope="row">{bucket_words(context, figures.bucket.as_deref(), row.bucket)}</th>
            <td>{group_words(context, &figures.group, row.group.as_ref())}</td>
            <td class="number"><a href=href data-column="moves">{format::whole(row.moves)}</a></td>
            {teu.collect_view()}
            <td class="number">{format::whole(row.without_size)}</td>
        </tr>
    }
}
