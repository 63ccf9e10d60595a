//! `/clearance`: how long clearance takes, in rows that each lead to their stays.

use super::pickers::{asked, bucket_words, figures_page, figures_view, group_words};
use crate::client::calls;
use crate::components::markup::{Markup, all, cell, number, row_head, table_of, tag, text};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::ask;
use leptos::prelude::*;
use shared::wire::figures::{ClearanceRow, Figures};

/// Clearance.
pub fn clearance() -> AnyView {
    let context = context();
    figures_page(context, Word::Clearance, Word::ClearanceMeans, move |query| {
        let query = asked(&query);
        let figures = ask::<Figures<ClearanceRow>>(move || calls::clearance(&query));
        let rows = move || {
            figures.with(|figures| match figures {
                Some(figures) if !figures.0.rows.is_empty() => Some(table(context, &figures.0)),
                _ => None,
            })
        };
        figures_view(context, figures.core(), rows)
    })
}

fn table(context: Context, figures: &Figures<ClearanceRow>) -> Markup {
    let target = format::duration_or_dash(context.language, figures.target_seconds);
    let words = [
        (Word::BucketPicker, false),
        (Word::GroupPicker, false),
        (Word::StaysCounted, true),
        (Word::OpenStays, true),
        (Word::Mean, true),
        (Word::Median, true),
        (Word::P90, true),
        (Word::P95, true),
        (Word::Maximum, true),
        (Word::AdvanceColumn, true),
        (Word::Outliers, true),
        (Word::WithinTarget, true),
        (Word::Segments, false),
    ];
    let heads: Vec<(String, bool)> = words
        .iter()
        .map(|(word, is_number)| (context.fill(*word, &target), *is_number))
        .collect();
    let rows = all(figures.rows.iter().map(|row| show(context, figures, row)));
    table_of(context.say(Word::Clearance), &heads, rows)
}

fn show(context: Context, figures: &Figures<ClearanceRow>, row: &ClearanceRow) -> Markup {
    let duration = |seconds| format::duration_or_dash(context.language, seconds);
    let segments = row.segments.iter().map(|segment| {
        let median = tag("strong", &[], text(&duration(segment.median_seconds)));
        tag(
            "span",
            &[("class", "segment")],
            text(context.term(segment.name)).then(median),
        )
    });
    let href = context.address.link_of_call(&row.href);
    let stays = tag(
        "a",
        &[("href", &href), ("data-column", "stays")],
        text(&format::whole(row.stays)),
    );
    let mean = row.mean_seconds.map(|seconds| seconds as u64);
    let durations = [
        mean,
        row.median_seconds,
        row.p90_seconds,
        row.p95_seconds,
        row.max_seconds,
    ];
    let cells = [
        row_head(&bucket_words(context, figures.bucket.as_deref(), row.bucket)),
        cell(text(&group_words(context, &figures.group, row.group.as_ref()))),
        tag("td", &[("class", "number")], stays),
        number(&format::whole(row.open)),
        all(durations.map(|seconds| number(&duration(seconds)))),
        number(&format::whole(row.advance)),
        number(&format::whole(row.outliers)),
        number(&format::percent_or_dash(row.within_target)),
        tag("td", &[("class", "segments-cell")], all(segments)),
    ];
    tag("tr", &[], all(cells))
}
