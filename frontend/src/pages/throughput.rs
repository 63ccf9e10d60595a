//! `/throughput`: what goes over the quay, in rows that each lead to their stays.

use super::pickers::{asked, bucket_words, figures_page, figures_view, group_words};
use crate::client::calls;
use crate::components::markup::{Markup, all, cell, number, row_head, table, tag, text};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::ask;
use leptos::prelude::*;
use shared::wire::figures::{Figures, ThroughputRow};

const COLUMNS: [(Word, bool); 8] = [
    (Word::BucketPicker, false),
    (Word::GroupPicker, false),
    (Word::Moves, true),
    (Word::Teu, true),
    (Word::Discharged, true),
    (Word::Loaded, true),
    (Word::Transshipped, true),
    (Word::WithoutSize, true),
];

/// Throughput.
pub fn throughput() -> AnyView {
    let context = context();
    figures_page(context, Word::Throughput, Word::ThroughputMeans, move |query| {
        let query = asked(&query);
        let figures = ask::<Figures<ThroughputRow>>(move || calls::throughput(&query));
        let rows = move || {
            figures.with(|figures| match figures {
                Some(figures) if !figures.0.rows.is_empty() => {
                    let rows = all(figures.0.rows.iter().map(|row| show(context, &figures.0, row)));
                    Some(table(context, Word::Throughput, &COLUMNS, rows))
                }
                _ => None,
            })
        };
        figures_view(context, figures.core(), rows)
    })
}

fn show(context: Context, figures: &Figures<ThroughputRow>, row: &ThroughputRow) -> Markup {
    let href = context.address.link_of_call(&row.href);
    let moves = tag(
        "a",
        &[("href", &href), ("data-column", "moves")],
        text(&format::whole(row.moves)),
    );
    let teu = [row.teu, row.discharged_teu, row.loaded_teu, row.transshipped_teu];
    let cells = [
        row_head(&bucket_words(context, figures.bucket.as_deref(), row.bucket)),
        cell(text(&group_words(context, &figures.group, row.group.as_ref()))),
        tag("td", &[("class", "number")], moves),
        all(teu.map(|teu| number(&format::decimal(teu)))),
        number(&format::whole(row.without_size)),
    ];
    tag("tr", &[], all(cells))
}
