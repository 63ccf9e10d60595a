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
use super::figures::pickers::zoom;
use super::figures::{Asked, ask_live, definition_part, figures_page, only, part, text_part};
use crate::address::Query;
use crate::charts::plot::{Axis, Mark, Plot, Series, Shape};
use crate::charts::{chart, measure};
use crate::client::calls;
use crate::components::markup::nothing;
use crate::components::reactive::{changing, whether};
use crate::context::{Context, context};
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use crate::live::{Answer, Followed};
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

const SPECS: [Spec; 4] = [
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

const MEASURES: [Measure; 3] = [
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

/// An answer with rows of clearance.
type Rows = Followed<Answer<Figures<ClearanceRow>>>;

/// Clearance.
pub fn clearance() -> AnyView {
    let context = context();
    if context.address.query_now().get("measure").is_some() {
        return measure(context);
    }
    figures_page(context, Word::Clearance, true, content)
}

fn content(context: Context, query: Asked) -> AnyView {
    let ask = move |path: fn(&Query) -> Query| -> Rows {
        let path = move || calls::figures("clearance", &path(&query.get()));
        ask_live(context, CALL, Box::new(path))
    };
    let whole = ask(|query| only(query, &["compare"], WHOLE));
    let over_time = ask(|query| only(query, &["bucket", "compare"], COURSE));
    let segments = ask(|query| only(query, &["compare"], "segments").with("group", Some("direction")));
    let chosen = context.address.parameter("baseline");
    let course_title = context.say(Word::CourseOf).to_owned();
    let bins_title = context.say(Word::DistributionOf).to_owned();
    let marks = move |figures: &Figures<ClearanceRow>| marks(context, &query.get(), figures, chosen.get());
    let over = move || {
        over_time.with(|figures| {
            let figures = &figures?.0;
            let specs: &[Spec] = &SPECS;
            let asked = query.get().with("fields", Some(COURSE));
            let about = asked.with("bucket", figures.bucket.as_deref());
            let call = calls::figures("clearance", &only(&about, &["bucket", "compare"], COURSE));
            let before = figures
                .comparison
                .as_ref()
                .map(|before| span(before.from, before.to, &before.rows));
            let spans = (span(figures.from, figures.to, &figures.rows), before);
            let marks = marks(figures);
            Some(course(
                context,
                (&about, call),
                Unit::Duration,
                specs,
                spans,
                marks,
            ))
        })
    };
    let bins = move || whole.with(|figures| Some(distribution(context, &query.get(), &figures?.0)));
    let grouped = whether(move || query.get().get("group").is_some());
    let groups = changing(move || {
        if !grouped.get() {
            return ().into_any();
        }
        let rows = ask(|query| only(query, &["group", "compare"], GROUPS));
        text_part(rows.core(), "", move || groups::show(context, rows, whole))
    });
    let definition = move || {
        whole.with(|figures| {
            figures.map_or_else(nothing, |figures| definition_part(context, &figures.0.definition))
        })
    };
    let parts: Vec<AnyView> = vec![
        text_part(whole.core(), "cards", move || {
            headlines::show(context, &query.get(), whole)
        }),
        part(over_time.core(), move || {
            chart(context, "clearance", course_title.clone(), Some(zoom), over)
        }),
        text_part(segments.core(), "waterfalls", move || {
            segments::show(context, segments)
        }),
        groups,
        part(whole.core(), move || {
            chart(context, "distribution", bins_title.clone(), None, bins)
        }),
        patterns(context, CALL, query, &MEASURES),
        text_part(whole.core(), "", move || published::show(context, whole)),
        text_part(whole.core(), "", definition),
    ];
    parts.into_any()
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
    chosen: Option<String>,
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
    let named = |baseline: &&Baseline| chosen.as_ref() == Some(&baseline.name.en);
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
fn distribution(context: Context, query: &Query, figures: &Figures<ClearanceRow>) -> Plot {
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
    Plot {
        unit: Unit::Count,
        count: now.len(),
        axis: Axis::Named(names),
        series,
        marks: Vec::new(),
        hrefs,
        call: calls::figures("clearance", &only(query, &["compare"], "stays,distribution")),
        note: super::figures::note(context, query, figures.from, figures.to),
    }
}

/// The bins of the first row.
fn bins(rows: &[ClearanceRow]) -> &[Bin] {
    let bins = rows.first().and_then(|row| row.distribution.as_deref());
    bins.unwrap_or_default()
}
