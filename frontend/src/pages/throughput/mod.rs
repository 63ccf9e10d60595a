//! `/throughput`: what goes over the quay, through the gate and in the yard, and when most of it does.

/// The figures at the top.
mod headlines;
/// Years beside published ones.
mod years;

use super::figures::course::{Cut, Span, Spec, course};
use super::figures::patterns::{Measure, patterns};
use super::figures::{
    Asked, Rows, ask_live, block, by, chart_part, definition, figures_page, figures_part, group_words, only,
    part,
};
use crate::address::Query;
use crate::charts::plot::{Plot, Shape};
use crate::charts::slots::Bucket;
use crate::client::calls;
use crate::components::markup::{Markup, fill, join, linked_number, nothing, number, shown, table, text};
use crate::components::reactive::opening;
use crate::components::states::empty;
use crate::context::{Context, context};
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::time::LocalTime;
use shared::wire::figures::{Figures, ThroughputRow};

/// The call, as messages name it.
const CALL: &str = "/throughput";

/// What the rows over time hold; naming it lets a year by hour be asked for.
const COURSE: &str = "moves,teu,discharged_teu,loaded_teu,transshipped_teu,unsized,gate_in,gate_out,rail_in,rail_out,\
                      yard_moves";

static QUAY: [Spec; 4] = [
    Spec {
        key: "discharged",
        word: Word::Discharged,
        shape: Some(Shape::Bar(0)),
        before: None,
    },
    Spec {
        key: "loaded",
        word: Word::Loaded,
        shape: Some(Shape::Bar(0)),
        before: None,
    },
    Spec {
        key: "transshipped",
        word: Word::Transshipped,
        shape: Some(Shape::Line),
        before: None,
    },
    Spec {
        key: "teu",
        word: Word::Teu,
        shape: None,
        before: Some("teu-before"),
    },
];

static LAND: [Spec; 4] = [
    Spec {
        key: "moves",
        word: Word::Moves,
        shape: Some(Shape::Line),
        before: Some("moves-before"),
    },
    Spec {
        key: "gate-in",
        word: Word::GateAndRailIn,
        shape: Some(Shape::Line),
        before: None,
    },
    Spec {
        key: "gate-out",
        word: Word::GateAndRailOut,
        shape: Some(Shape::Line),
        before: None,
    },
    Spec {
        key: "yard",
        word: Word::YardMoves,
        shape: Some(Shape::Line),
        before: None,
    },
];

static MEASURES: [Measure; 4] = [
    Measure {
        name: "moves",
        word: Word::Moves,
        unit: Unit::Count,
        by: "moved",
        of: |row| Some(row.moves as f64),
    },
    Measure {
        name: "gate_in",
        word: Word::GateIn,
        unit: Unit::Count,
        by: "gate_in",
        of: |row| Some(row.gate_in as f64),
    },
    Measure {
        name: "gate_out",
        word: Word::GateOut,
        unit: Unit::Count,
        by: "gate_out",
        of: |row| Some(row.gate_out as f64),
    },
    Measure {
        name: "yard",
        word: Word::YardMoves,
        unit: Unit::Count,
        by: "yard",
        of: |row| Some(row.yard_moves as f64),
    },
];

static COLUMNS: [(Word, bool); 11] = [
    (Word::BucketPicker, false),
    (Word::GroupPicker, false),
    (Word::Moves, true),
    (Word::Teu, true),
    (Word::Discharged, true),
    (Word::Loaded, true),
    (Word::Transshipped, true),
    (Word::WithoutSize, true),
    (Word::GateIn, true),
    (Word::GateOut, true),
    (Word::YardMoves, true),
];

/// Throughput.
#[inline(never)]
pub fn throughput() -> AnyView {
    let context = context();
    figures_page(context, Word::Throughput, false, content)
}

fn content(context: Context, query: Asked) -> AnyView {
    let ask = move |path: fn(&Query) -> Query| -> Rows<ThroughputRow> {
        ask_live(context, ("throughput", CALL), query, path)
    };
    let whole = ask(|query| only(query, &["compare"], ""));
    let over_time = ask(|query| only(query, &["bucket", "compare"], COURSE));
    let grouped = ask(|query| only(query, &["bucket", "group"], COURSE));
    let rows = move || {
        let rows =
            move || grouped.with(|figures| figures.map_or_else(nothing, |figures| rows(context, &figures.0)));
        opening(context.say(Word::FiguresOfAll).to_owned(), move || {
            shown("", rows)
        })
    };
    let drawn = move |about, plot| chart_part(context, query, over_time, about, plot);
    let parts = vec![
        figures_part(context, query, whole, "cards", headlines::show),
        drawn(("throughput", Word::QuayCourse, true), quay),
        drawn(("moves", Word::LandCourse, true), land),
        block("card", vec![part(grouped.core(), rows)]),
        years::years(context, query),
        patterns(context, CALL, query, &MEASURES),
        figures_part(context, query, whole, "", definition),
    ];
    parts.into_any()
}

/// What went over the quay.
fn quay(context: Context, query: &Query, figures: &Figures<ThroughputRow>) -> Option<Plot> {
    over(context, query, figures, &QUAY, |row| {
        [row.discharged_teu, row.loaded_teu, row.transshipped_teu, row.teu]
    })
}

/// What went through the gate, by rail and in the yard.
fn land(context: Context, query: &Query, figures: &Figures<ThroughputRow>) -> Option<Plot> {
    over(context, query, figures, &LAND, |row| {
        [
            row.moves,
            row.gate_in + row.rail_in,
            row.gate_out + row.rail_out,
            row.yard_moves,
        ]
        .map(|number| number as f64)
    })
}

/// What is drawn of a row.
type Drawn = fn(&ThroughputRow) -> [f64; 4];

fn over(
    context: Context,
    query: &Query,
    figures: &Figures<ThroughputRow>,
    specs: &[Spec],
    drawn: Drawn,
) -> Option<Plot> {
    let asked = query.clone().with("bucket", figures.bucket.as_deref());
    let call = calls::figures("throughput", &only(&asked, &["bucket", "compare"], COURSE));
    let before = figures.comparison.as_ref();
    let before = before.map(|before| span(before.from, before.to, &before.rows, drawn));
    let spans = (span(figures.from, figures.to, &figures.rows, drawn), before);
    let about = (&asked, call);
    Some(course(context, about, Unit::Count, specs, spans, Vec::new()))
}

fn span(from: LocalTime, to: LocalTime, rows: &[ThroughputRow], drawn: Drawn) -> Span {
    let mut cuts = Vec::new();
    for row in rows {
        cuts.push(Cut {
            at: row.bucket,
            href: row.href.clone(),
            values: drawn(row).map(Some).to_vec(),
        });
    }
    Span { from, to, rows: cuts }
}

const ROW: &str = "<tr><th scope=\"row\">{}</th><td>{}</td>{}{}{}{}{}{}{}{}{}</tr>";

/// Every figure of every bucket and group, each with its list.
fn rows(context: Context, figures: &Figures<ThroughputRow>) -> Markup {
    if figures.rows.is_empty() {
        return empty(context.say(Word::NoRows));
    }
    let bucket = Bucket::of(figures.bucket.as_deref());
    let mut rows = Vec::new();
    for row in &figures.rows {
        let linked = |moment: &str, count: u64| {
            let href = context.address.link_of_call(&by(&row.href, moment, &[]));
            linked_number(&href, &format::whole(count))
        };
        let teu = |teu: f64| number(&format::decimal(teu));
        let at = match row.bucket {
            Some(at) => bucket.words(bucket.slot(at)),
            None => context.say(Word::Total).to_owned(),
        };
        let gaps = [
            text(&at),
            text(&group_words(context, &figures.group, row.group.as_ref())),
            linked("moved", row.moves),
            teu(row.teu),
            teu(row.discharged_teu),
            teu(row.loaded_teu),
            teu(row.transshipped_teu),
            number(&format::whole(row.without_size)),
            linked("gate_in", row.gate_in),
            linked("gate_out", row.gate_out),
            linked("yard", row.yard_moves),
        ];
        rows.push(fill(ROW, &gaps));
    }
    table(context, Word::FiguresOfAll, &COLUMNS, join(&rows))
}
