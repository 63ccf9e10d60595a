//! Years: what was counted here beside what was published or entered, told apart by shape and word.

use super::CALL;
use crate::address::Query;
use crate::charts::chart;
use crate::charts::plot::{Axis, Plot, Series, Shape};
use crate::charts::slots::Bucket;
use crate::client::calls;
use crate::components::markup::{Markup, fill, join, mark, nothing, number, shown, table_of, text};
use crate::components::reactive::opening;
use crate::context::Context;
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use crate::pages::figures::{Asked, Rows, ask_live, block, part, pickers};
use leptos::prelude::*;
use shared::wire::figures::{AnnualThroughput, Figures, ThroughputRow};

/// Years behind the last one that a chart reaches over.
const MOST: i64 = 200;

/// The chart and its sources.
pub fn years(context: Context, query: Asked) -> AnyView {
    let rows: Rows<ThroughputRow> = ask_live(context, ("throughput", CALL), query, asked);
    let plot = move || rows.with(|figures| plot(context, &query.get(), &figures?.0));
    let sources = move || {
        let sources = move || {
            rows.with(|figures| figures.map_or_else(nothing, |figures| sources(context, &figures.0.annual)))
        };
        shown("", sources)
    };
    part(rows.core(), move || {
        let title = context.say(Word::Years).to_owned();
        let published = context.say(Word::Published).to_owned();
        let parts = vec![
            chart(context, "years", title, None, plot),
            block("card", vec![opening(published, sources)]),
        ];
        parts.into_any()
    })
}

/// All years, whatever the period.
fn asked(query: &Query) -> Query {
    let kept = |name: &str| name == "site" || pickers::FILTERS.iter().any(|(filter, ..)| *filter == name);
    let query = query.clone().only(kept).with("bucket", Some("year"));
    query.with("fields", Some("teu"))
}

fn plot(context: Context, query: &Query, figures: &Figures<ThroughputRow>) -> Option<Plot> {
    let mut filtered = false;
    for (name, ..) in &pickers::FILTERS {
        filtered |= query.get(name).is_some();
    }
    // What was published counts all; beside a part it would be no comparison.
    let published: &[AnnualThroughput] = if filtered { &[] } else { &figures.annual };
    // Year, TEU, the list behind it, and whether it was published.
    let mut years: Vec<(i64, f64, &str, bool)> = Vec::new();
    for row in &figures.rows {
        if let Some(at) = row.bucket {
            years.push((Bucket::Year.slot(at), row.teu, &row.href, false));
        }
    }
    for year in published {
        if let Ok(number) = i64::try_from(year.year) {
            years.push((number, year.teu, "", true));
        }
    }
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    for (year, ..) in &years {
        (first, last) = (first.min(*year), last.max(*year));
    }
    let count = usize::try_from((last.checked_sub(first)?).min(MOST) + 1).ok()?;
    let mut here = vec![None; count];
    let mut there = vec![None; count];
    let mut hrefs = vec![String::new(); count];
    for (year, teu, href, published) in years {
        let Some(place) = usize::try_from(year - first).ok().filter(|place| *place < count) else {
            continue;
        };
        if published {
            there[place] = Some(teu);
        } else {
            here[place] = Some(teu);
            hrefs[place] = href.to_owned();
        }
    }
    let series = |key, word: Word, shape, ink, values| Series {
        key,
        name: context.say(word).to_owned(),
        shape,
        ink,
        values,
    };
    let mut all = vec![series("counted", Word::CountedHere, Shape::Bar(0), 0, here)];
    if !filtered {
        all.push(series(
            "published",
            Word::YearsPublished,
            Shape::Outline(1),
            3,
            there,
        ));
    }
    Some(Plot {
        unit: Unit::Count,
        axis: Axis::Time(Bucket::Year, first, figures.from.offset_seconds),
        count,
        series: all,
        marks: Vec::new(),
        hrefs,
        call: calls::figures("throughput", &asked(query)),
        note: String::new(),
    })
}

const ROW: &str = "<tr><th scope=\"row\">{}</th>{}<td>{}</td><td class=\"wrap\">{}</td></tr>";

fn sources(context: Context, annual: &[AnnualThroughput]) -> Markup {
    let heads = [
        (context.say(Word::BucketYear).to_owned(), false),
        (context.say(Word::Teu).to_owned(), true),
        (context.say(Word::KindFilter).to_owned(), false),
        (context.say(Word::Source).to_owned(), false),
    ];
    let mut rows = Vec::new();
    for year in annual {
        let whose = if year.published {
            Word::OthersFigure
        } else {
            Word::OwnFigure
        };
        let source = year.source.as_ref();
        let source = source.map_or("—", |source| context.language.choose(&source.en, &source.zh));
        let gaps = [
            text(&year.year.to_string()),
            number(&format::decimal(year.teu)),
            mark(context.say(whose), false),
            text(source),
        ];
        rows.push(fill(ROW, &gaps));
    }
    let gaps = [
        text(context.say(Word::PublishedHint)),
        table_of(context.say(Word::Published), &heads, join(&rows)),
    ];
    fill("<p class=\"quiet\">{}</p>{}", &gaps)
}
