//! `/clearance`: how long clearance takes, where its time goes, and how that compares.

/// Groups against each other.
mod groups;
/// The figures at the top.
mod headlines;
/// Published and earlier figures.
mod published;
/// The segments.
mod segments;

use super::figures::course::{Cut, Span, Spec, course};
use super::figures::patterns::{Measure, patterns};
use super::figures::{
    Asked, Rows, ask_live, chart_part, definition, figures_page, figures_part, only, text_part,
};
use crate::address::Query;
use crate::charts::measure;
use crate::charts::plot::{Axis, Mark, Plot, Series, Shape};
use crate::client::calls;
use crate::components::reactive::{changing, whether};
use crate::context::{Context, context};
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::time::LocalTime;
use shared::wire::figures::{Baseline, Bin, ClearanceRow, Figures};

/// The call, as messages name it.
const CALL: &str = "/clearance";

/// What the rows over time hold; naming it lets a year by hour be asked for.
const COURSE: &str = "median_seconds,mean_seconds,p90_seconds,p95_seconds";
const WHOLE: &str = "stays,open,mean_seconds,median_seconds,p90_seconds,max_seconds,within_target,advance,\
                     start_substituted,outliers,open_href,distribution";
const GROUPS: &str = "stays,mean_seconds,median_seconds,p90_seconds,within_target";

static SPECS: [Spec; 4] = [
    Spec {
        key: "median",
        word: Word::Median,
        shape: Some(Shape::Line),
        before: Some("median-before"),
    },
    Spec {
        key: "mean",
        word: Word::Mean,
        shape: Some(Shape::Line),
        before: None,
    },
    Spec {
        key: "p90",
        word: Word::P90,
        shape: Some(Shape::Line),
        before: Some("p90-before"),
    },
    Spec {
        key: "p95",
        word: Word::P95,
        shape: Some(Shape::Line),
        before: None,
    },
];

static MEASURES: [Measure; 3] = [
    Measure {
        name: "stays",
        word: Word::StaysCounted,
        unit: Unit::Count,
        by: "released",
        of: |row| Some(row.stays as f64),
    },
    Measure {
        name: "median",
        word: Word::MedianHours,
        unit: Unit::Duration,
        by: "released",
        of: |row| row.median_seconds.map(|seconds| seconds as f64),
    },
    Measure {
        name: "p90",
        word: Word::P90Hours,
        unit: Unit::Duration,
        by: "released",
        of: |row| row.p90_seconds.map(|seconds| seconds as f64),
    },
];

/// Clearance.
#[inline(never)]
pub fn clearance() -> AnyView {
    let context = context();
    if context.address.query_now().get("measure").is_some() {
        return measure(context);
    }
    figures_page(context, Word::Clearance, true, content)
}

fn content(context: Context, query: Asked) -> AnyView {
    let ask = move |path: fn(&Query) -> Query| -> Rows<ClearanceRow> {
        ask_live(context, ("clearance", CALL), query, path)
    };
    let whole = ask(|query| only(query, &["compare"], WHOLE));
    let over_time = ask(|query| only(query, &["bucket", "compare"], COURSE));
    let segments = ask(|query| only(query, &["compare"], "segments").with("group", Some("direction")));
    let grouped = whether(move || query.get().get("group").is_some());
    let groups = changing(move || {
        if !grouped.get() {
            return ().into_any();
        }
        let rows = ask(|query| only(query, &["group", "compare"], GROUPS));
        text_part(rows.core(), "", move || groups::show(context, rows, whole))
    });
    let text = move |rows, class, show| figures_part(context, query, rows, class, show);
    let drawn = move |rows, about, plot| chart_part(context, query, rows, about, plot);
    let parts = vec![
        text(whole, "cards", headlines::show),
        drawn(over_time, ("clearance", Word::CourseOf, true), over),
        text(segments, "waterfalls", segments::show),
        groups,
        drawn(whole, ("distribution", Word::DistributionOf, false), distribution),
        patterns(context, CALL, query, &MEASURES),
        text(whole, "", published::show),
        text(whole, "", definition),
    ];
    parts.into_any()
}

/// The course of the measures.
fn over(context: Context, query: &Query, figures: &Figures<ClearanceRow>) -> Option<Plot> {
    let about = query
        .clone()
        .with("fields", Some(COURSE))
        .with("bucket", figures.bucket.as_deref());
    let call = calls::figures("clearance", &only(&about, &["bucket", "compare"], COURSE));
    let before = figures.comparison.as_ref();
    let before = before.map(|before| span(before.from, before.to, &before.rows));
    let spans = (span(figures.from, figures.to, &figures.rows), before);
    let chosen = context.address.query();
    let marks = marks(context, query, figures, chosen.get("baseline"));
    Some(course(
        context,
        (&about, call),
        Unit::Duration,
        &SPECS,
        spans,
        marks,
    ))
}

fn span(from: LocalTime, to: LocalTime, rows: &[ClearanceRow]) -> Span {
    let whole = |seconds: Option<u64>| seconds.map(|seconds| seconds as f64);
    let mut cuts = Vec::new();
    for row in rows {
        cuts.push(Cut {
            at: row.bucket,
            href: row.href.clone(),
            values: vec![
                whole(row.median_seconds),
                row.mean_seconds,
                whole(row.p90_seconds),
                whole(row.p95_seconds),
            ],
        });
    }
    Span { from, to, rows: cuts }
}

/// The target, and the baseline that was chosen; the first one where all has one direction.
fn marks(
    context: Context,
    query: &Query,
    figures: &Figures<ClearanceRow>,
    chosen: Option<&str>,
) -> Vec<Mark> {
    let duration = |seconds: u64| format::duration_or_dash(context.language, Some(seconds));
    let mut marks: Vec<Mark> = Vec::new();
    if let Some(target) = figures.target_seconds {
        marks.push(Mark {
            key: "target",
            name: context.fill(Word::Target, duration(target)),
            value: target as f64,
        });
    }
    let direction = query.get("direction");
    let named = |baseline: &&Baseline| chosen == Some(baseline.name.en.as_str());
    let first = direction.and_then(|_| figures.baselines.first());
    let Some(baseline) = figures.baselines.iter().find(named).or(first) else {
        return marks;
    };
    let name = context.language.choose(&baseline.name.en, &baseline.name.zh);
    for (key, of, word, seconds) in [
        (
            "baseline-import",
            "import",
            Word::ImportOnly,
            baseline.import_seconds,
        ),
        (
            "baseline-export",
            "export",
            Word::ExportOnly,
            baseline.export_seconds,
        ),
    ] {
        let Some(seconds) = seconds.filter(|_| direction.is_none_or(|direction| direction == of)) else {
            continue;
        };
        let words = [name, ", ", context.say(word), " ", &duration(seconds)].concat();
        marks.push(Mark {
            key,
            name: context.fill(Word::Baseline, words),
            value: seconds as f64,
        });
    }
    marks
}

/// How many took how long.
fn distribution(context: Context, query: &Query, figures: &Figures<ClearanceRow>) -> Option<Plot> {
    let now = bins(&figures.rows);
    let duration = |seconds: u64| format::duration_or_dash(context.language, Some(seconds));
    let word = context.say(Word::StaysCounted);
    let (mut names, mut hrefs, mut stays) = (Vec::new(), Vec::new(), Vec::new());
    for bin in now {
        let from = duration(bin.from_seconds);
        names.push(match bin.to_seconds {
            Some(to) => [from.as_str(), &duration(to)].join(" – "),
            None => ["≥", &from].join(" "),
        });
        hrefs.push(bin.href.clone());
        stays.push(Some(bin.stays as f64));
    }
    let mut series = vec![Series {
        key: "stays",
        name: word.to_owned(),
        shape: Shape::Bar(0),
        ink: 0,
        values: stays,
    }];
    if let Some(before) = &figures.comparison {
        let before = bins(&before.rows);
        let mut values = Vec::new();
        for bin in now {
            // Only what is as long: the widths of the bins follow what was counted.
            let same =
                |other: &&Bin| (other.from_seconds, other.to_seconds) == (bin.from_seconds, bin.to_seconds);
            values.push(before.iter().find(same).map(|bin| bin.stays as f64));
        }
        series.push(Series {
            key: "stays-before",
            name: context.fill(Word::Before, word.to_owned()),
            shape: Shape::Outline(1),
            ink: 3,
            values,
        });
    }
    Some(Plot {
        unit: Unit::Count,
        count: now.len(),
        axis: Axis::Named(names),
        series,
        marks: Vec::new(),
        hrefs,
        call: calls::figures("clearance", &only(query, &["compare"], "stays,distribution")),
        note: super::figures::note(context, query, figures.from, figures.to),
    })
}

/// The bins of the first row.
fn bins(rows: &[ClearanceRow]) -> &[Bin] {
    let bins = rows.first().and_then(|row| row.distribution.as_deref());
    bins.unwrap_or_default()
}
