//! `/clearance`: how long clearance takes, in rows that each lead to their stays.

use super::pickers::{Pickers, asked, bucket_words, group_words};
use crate::client::calls;
use crate::components::states::{Failed, Loading, empty};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::wire::figures::{ClearanceRow, Figures};

/// Clearance.
#[component]
pub fn Clearance() -> impl IntoView {
    let context = context();
    let again = RwSignal::new(0);
    let figures = LocalResource::new(move || {
        again.track();
        calls::clearance(asked(&context.address.query()))
    });
    view! {
        <section class="page">
            <div class="page-head">
                <h1>{context.say(Word::Clearance)}</h1>
                <Pickers with_unit=true/>
            </div>
            <p class="quiet">{context.say(Word::ClearanceMeans)}</p>
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

fn table(context: Context, figures: &Figures<ClearanceRow>) -> impl IntoView + use<> {
    let target = figures
        .target_seconds
        .map(|seconds| format::duration_or_dash(context.language, Some(seconds)));
    let within = target.map_or_else(
        || context.say(Word::WithinTargetColumn).to_owned(),
        |target| context.fill(Word::WithinTarget, target),
    );
    let words = [
        Word::StaysCounted,
        Word::OpenStays,
        Word::Mean,
        Word::Median,
        Word::P90,
        Word::P95,
        Word::Maximum,
        Word::AdvanceColumn,
        Word::Outliers,
    ];
    let heads = words.map(|word| view! { <th scope="col" class="number">{context.say(word)}</th> });
    let rows = figures.rows.iter().map(|row| show(context, figures, row));
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=context.say(Word::Clearance)>
            <table class="data">
                <thead>
                    <tr>
                        <th scope="col">{context.say(Word::BucketPicker)}</th>
                        <th scope="col">{context.say(Word::GroupPicker)}</th>
                        {heads.collect_view()}
                        <th scope="col" class="number">{within}</th>
                        <th scope="col">{context.say(Word::Segments)}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn show(context: Context, figures: &Figures<ClearanceRow>, row: &ClearanceRow) -> impl IntoView + use<> {
    let duration = |seconds| format::duration_or_dash(context.language, seconds);
    let mean = row.mean_seconds.map(|seconds| seconds as u64);
    let segments = row.segments.iter().map(|segment| {
        let median = duration(segment.median_seconds);
        view! { <span class="segment">{context.term(segment.name)} " " <strong>{median}</strong></span> }
    });
    let href = context.address.link_of_call(&row.href);
    let cells = [
        mean,
        row.median_seconds,
        row.p90_seconds,
        row.p95_seconds,
        row.max_seconds,
    ];
    let cells = cells.map(|seconds| view! { <td class="number">{duration(seconds)}</td> });
    view! {
        <tr>
            <th scope="row">{bucket_words(context, figures.bucket.as_deref(), row.bucket)}</th>
            <td>{group_words(context, &figures.group, row.group.as_ref())}</td>
            <td class="number"><a href=href data-column="stays">{format::whole(row.stays)}</a></td>
            <td class="number">{format::whole(row.open)}</td>
            {cells.collect_view()}
            <td class="number">{format::whole(row.advance)}</td>
            <td class="number">{format::whole(row.outliers)}</td>
            <td class="number">{format::percent_or_dash(row.within_target)}</td>
            <td class="segments-cell">{segments.collect_view()}</td>
        </tr>
    }
}
