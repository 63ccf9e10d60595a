//! Figures of a period: by hour, day, month or year, and by platform, mode, park or reason.

use super::list::filters;
use super::words::{code, mode};
use super::{View, head, listed_number};
use crate::address::Query;
use crate::charts::plot::{Mark, Plot, Shape};
use crate::charts::slots::Bucket;
use crate::client::calls;
use crate::components::markup::{Markup, fill, join, nothing, number, table, text};
use crate::components::reactive::{changing, opening, whether};
use crate::components::select::{select, worded};
use crate::components::shell::{part, written};
use crate::components::states::{empty, loading};
use crate::context::Context;
use crate::i18n::format::Unit;
use crate::i18n::money::yuan;
use crate::i18n::{Word, format};
use crate::live::{Answer, Followed, Topic, ask, ask_again};
use crate::pages::figures::course::{Cut, Span, Spec, course};
use crate::pages::figures::headline::Headline;
use crate::pages::figures::{Asked, block, part as fresh_part, period_words, pickers, text_part};
use leptos::prelude::*;
use shared::wire::figures::Group;
use shared::wire::parcels::{ParcelFigures, ParcelMode, ParcelRow};

type Figures = Followed<Answer<ParcelFigures>>;

/// Figures are asked for again no sooner than this: while parcels come every second, each answer is another one.
const GAP_MS: f64 = 5_000.0;

static COUNTS: [Spec; 2] = [
    Spec {
        key: "released",
        word: Word::Released,
        shape: Some(Shape::Bar(0)),
        before: None,
    },
    Spec {
        key: "received",
        word: Word::ParcelsReceivedColumn,
        shape: Some(Shape::Line),
        before: None,
    },
];

static TIMES: [Spec; 3] = [
    Spec {
        key: "median",
        word: Word::Median,
        shape: Some(Shape::Line),
        before: None,
    },
    Spec {
        key: "p95",
        word: Word::P95,
        shape: Some(Shape::Line),
        before: None,
    },
    Spec {
        key: "p99",
        word: Word::ParcelsP99Column,
        shape: Some(Shape::Line),
        before: None,
    },
];

/// The figures of the period in the address.
pub fn figures(context: Context) -> AnyView {
    let asked = asked(context);
    let known = whether(move || asked.is_known());
    let content = changing(move || match known.get() {
        true => content(context, asked),
        false => loading(),
    });
    let parts = vec![
        block(
            "page-head",
            vec![
                written("contents", head(context, View::Period)),
                pickers::way_out(context),
            ],
        ),
        controls(context),
        content,
    ];
    part("section", "page parcels figures-page", parts)
}

/// What the calls are asked, from the address and the day; nothing until the day at the site is known.
fn asked(context: Context) -> Asked {
    let kept = ["site", "group", "platform", "mode", "park", "reason"];
    pickers::asked_of(context, move |name| kept.contains(&name))
}

fn controls(context: Context) -> AnyView {
    let names = filters::names(context);
    let mut buckets = worded(context, &pickers::BUCKETS);
    if let Some((_, first)) = buckets.first_mut() {
        first.make_ascii_lowercase();
    }
    let groups = worded(
        context,
        &[
            ("", Word::GroupNone),
            ("platform", Word::ParcelsPlatform),
            ("park", Word::ParcelsPark),
            ("mode", Word::ParcelsMode),
            ("reason", Word::ParcelsReason),
        ],
    );
    let parts = vec![
        pickers::periods(context),
        pickers::date(context, "from", Word::From, 0),
        pickers::date(context, "to", Word::Through, 1),
        select(context, "bucket", Word::BucketPicker, buckets),
        select(context, "group", Word::GroupPicker, groups),
        select(context, "mode", Word::ParcelsMode, modes(context)),
        filters::named(context, names, filters::PLATFORM),
        filters::named(context, names, filters::PARK),
    ];
    block("filters", parts)
}

/// The modes, and all of them.
pub fn modes(context: Context) -> Vec<(String, String)> {
    let mut modes = worded(context, &[("", Word::All)]);
    for one in ParcelMode::ALL {
        modes.push((one.name().to_owned(), mode(context, Some(*one))));
    }
    modes
}

fn content(context: Context, query: Asked) -> AnyView {
    let ask = move |keeps: &'static [&'static str]| -> Figures {
        let rows = ask(move || {
            let dropped = |name: &str| ["bucket", "group"].contains(&name) && !keeps.contains(&name);
            calls::figures("parcels", &query.get().only(|name| !dropped(name)))
        });
        ask_again(
            context.live,
            Topic::Parcels,
            GAP_MS,
            Box::new(|_| true),
            rows.core(),
        );
        rows
    };
    let whole = ask(&[]);
    let over_time = ask(&["bucket"]);
    let grouped = ask(&["bucket", "group"]);
    let headlines =
        move || whole.with(|figures| figures.map_or_else(nothing, |figures| cards(context, &figures.0)));
    let drawn = move |name: &'static str, title: Word, plot: fn(Context, &Query, &ParcelFigures) -> Plot| {
        fresh_part(over_time.core(), move || {
            let plot = move || over_time.with(|figures| Some(plot(context, &query.get(), &figures?.0)));
            let title = context.say(title).to_owned();
            crate::charts::chart(context, name, title, Some(pickers::zoom as _), plot)
        })
    };
    let rows = move || {
        let rows =
            move || grouped.with(|figures| figures.map_or_else(nothing, |figures| rows(context, &figures.0)));
        let shown = move || crate::components::markup::shown("", rows);
        // A group that was asked for is what somebody wants to see.
        match query.get().get("group") {
            Some(_) => shown(),
            None => opening(context.say(Word::FiguresOfAll).to_owned(), shown),
        }
    };
    let parts = vec![
        text_part(whole.core(), "cards", headlines),
        drawn("parcels-count", Word::ParcelsOverTime, counts),
        drawn("parcels-time", Word::ParcelsTimes, times),
        block("card", vec![fresh_part(grouped.core(), move || changing(rows))]),
    ];
    parts.into_any()
}

fn cards(context: Context, figures: &ParcelFigures) -> Markup {
    let language = context.language;
    let Some(row) = figures.rows.first() else {
        return empty(context.say(Word::NoRows));
    };
    let target = format::duration_or_dash(language, Some(figures.target_seconds));
    let p95 = format::duration_or_dash(language, row.p95_seconds);
    let p99 = format::duration_or_dash(language, row.p99_seconds);
    let longest = format::duration_or_dash(language, row.max_seconds);
    let counted = |word: Word, count: u64| context.fill(word, format::whole(count));
    let longest = [context.say(Word::Maximum), &longest].join(" ");
    let list = |more: &[(&str, &str)]| context.address.link_of_call(&narrowed(&row.href, more));
    let card = |name, title: &str, unit, value, notes, href| Headline {
        name,
        title: title.to_owned(),
        unit,
        value,
        before: None,
        notes,
        href,
        abnormal: false,
        course: nothing(),
        none: Word::NothingHere,
    };
    let whole = |seconds: Option<u64>| seconds.map(|seconds| seconds as f64);
    let cards = [
        card(
            "released",
            context.say(Word::Released),
            Unit::Count,
            Some(row.released as f64),
            vec![yuan(language, row.released_fen)],
            list(&[]),
        ),
        card(
            "within_target",
            &context.fill(Word::WithinTarget, &target),
            Unit::Share,
            row.within_target,
            vec![counted(Word::ReleasedCount, row.released)],
            list(&[("max_seconds", &figures.target_seconds.to_string())]),
        ),
        card(
            "median",
            context.say(Word::ParcelsMedian),
            Unit::Duration,
            whole(row.median_seconds),
            vec![
                context.fill(Word::ParcelsP95, p95),
                context.fill(Word::ParcelsP99, p99),
                longest,
            ],
            list(&[("order", "longest")]),
        ),
        card(
            "received",
            context.say(Word::ParcelsReceivedColumn),
            Unit::Count,
            Some(row.received as f64),
            vec![
                counted(Word::ParcelsOpen, row.open),
                counted(Word::ParcelsHeldNote, row.held),
                counted(Word::ParcelsReturned, row.returned),
            ],
            list(&[("by", "receipt")]),
        ),
    ];
    let about = period_words(figures.from, figures.to);
    let mut shown = vec![fill("<p class=\"quiet about\">{}</p>", &[text(&about)])];
    for one in cards {
        shown.push(one.show(context));
    }
    join(&shown)
}

/// The list behind a row with other or further filters; an empty value takes one away.
fn narrowed(href: &str, more: &[(&str, &str)]) -> String {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let query = more.iter().fold(Query::parse(query), |query, (name, value)| {
        query.with(name, Some(value))
    });
    [path, &query.to_string()].concat()
}

fn counts(context: Context, query: &Query, figures: &ParcelFigures) -> Plot {
    over(context, query, figures, Unit::Count, &COUNTS, |row| {
        vec![Some(row.released as f64), Some(row.received as f64)]
    })
}

fn times(context: Context, query: &Query, figures: &ParcelFigures) -> Plot {
    let mut plot = over(context, query, figures, Unit::Duration, &TIMES, |row| {
        let times = [row.median_seconds, row.p95_seconds, row.p99_seconds];
        times.map(|seconds| Some(seconds? as f64)).to_vec()
    });
    let target = format::duration_or_dash(context.language, Some(figures.target_seconds));
    plot.marks.push(Mark {
        key: "target",
        name: context.fill(Word::Target, target),
        value: figures.target_seconds as f64,
    });
    plot
}

fn over(
    context: Context,
    query: &Query,
    figures: &ParcelFigures,
    unit: Unit,
    specs: &[Spec],
    drawn: fn(&ParcelRow) -> Vec<Option<f64>>,
) -> Plot {
    let about = query.clone().with("bucket", figures.bucket.as_deref());
    let mut cuts = Vec::new();
    for row in &figures.rows {
        cuts.push(Cut {
            at: row.bucket,
            href: row.href.clone(),
            values: drawn(row),
        });
    }
    let span = Span {
        from: figures.from,
        to: figures.to,
        rows: cuts,
    };
    course(
        context,
        (&about, String::new()),
        unit,
        specs,
        (span, None),
        Vec::new(),
    )
}

static COLUMNS: [(Word, bool); 12] = [
    (Word::BucketPicker, false),
    (Word::GroupPicker, false),
    (Word::ParcelsReceivedColumn, true),
    (Word::Released, true),
    (Word::ParcelsAmount, true),
    (Word::ParcelsInTime, true),
    (Word::Median, true),
    (Word::P95, true),
    (Word::ParcelsP99Column, true),
    (Word::Maximum, true),
    (Word::ParcelsHeldColumn, true),
    (Word::ParcelsReturnedColumn, true),
];

/// Every figure of every bucket and group, each with its list.
fn rows(context: Context, figures: &ParcelFigures) -> Markup {
    if figures.rows.is_empty() {
        return empty(context.say(Word::NoRows));
    }
    let bucket = Bucket::of(figures.bucket.as_deref());
    let duration = |seconds| number(&format::duration_or_dash(context.language, seconds));
    let mut rows = Vec::new();
    for row in &figures.rows {
        let linked = |more: &[(&str, &str)], count: u64| {
            let href = context.address.link_of_call(&narrowed(&row.href, more));
            listed_number(context, &href, &format::whole(count))
        };
        // A row of a reason counts those that were ever held by it, whatever holds them now.
        let held = |row: &ParcelRow| match &row.group {
            Some(Group::One(reason)) if figures.group == ["reason"] => {
                linked(&[("by", "receipt"), ("reason", ""), ("held", reason)], row.held)
            }
            _ => linked(&[("by", "receipt"), ("held", "any")], row.held),
        };
        let at = match row.bucket {
            Some(at) => bucket.words(bucket.slot(at)),
            None => context.say(Word::Total).to_owned(),
        };
        let gaps = [
            text(&at),
            text(&group_words(context, &figures.group, row.group.as_ref())),
            linked(&[("by", "receipt")], row.received),
            linked(&[], row.released),
            number(&format::whole(row.released_fen / 100)),
            number(&format::percent_or_dash(row.within_target)),
            duration(row.median_seconds),
            duration(row.p95_seconds),
            duration(row.p99_seconds),
            duration(row.max_seconds),
            held(row),
            linked(&[("by", "return")], row.returned),
        ];
        rows.push(fill(
            "<tr><th scope=\"row\">{}</th><td>{}</td>{}{}{}{}{}{}{}{}{}{}</tr>",
            &gaps,
        ));
    }
    table(context, Word::FiguresOfAll, &COLUMNS, join(&rows))
}

fn group_words(context: Context, names: &[String], group: Option<&Group>) -> String {
    match group {
        None => context.say(Word::All).to_owned(),
        Some(Group::One(value)) => {
            let name = names.first().map(String::as_str).unwrap_or_default();
            code(context, name, value)
        }
        Some(Group::Several(values)) => {
            let words: Vec<String> = values
                .iter()
                .map(|(name, value)| code(context, name, value))
                .collect();
            words.join(" · ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::narrowed;

    #[test]
    fn the_list_behind_a_row_is_narrowed_and_widened() {
        let href = "/api/v1/parcels?by=release&from=2026-11-11&reason=none";
        assert_eq!(
            narrowed(href, &[("by", "receipt"), ("reason", "")]),
            "/api/v1/parcels?by=receipt&from=2026-11-11"
        );
        assert_eq!(
            narrowed(href, &[("order", "longest")]),
            [href, "&order=longest"].concat()
        );
    }
}
