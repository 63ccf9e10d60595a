//! How long clearance takes, by direction: today and this month against target and baseline, the share within target,
//! and the course of the last days.

use super::{fact, facts, figured, hours};
use crate::client::calls;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::Topic;
use crate::pages::wall::fit::fitted;
use crate::pages::wall::graph;
use crate::pages::wall::source::{Source, trouble_of};
use crate::pages::wall::stage::Stage;
use leptos::prelude::*;
use shared::time::{DAY, LocalTime};
use shared::wire::figures::{Baseline, ClearanceRow, Figures, Group, Overview, OverviewClearance};

const HALF: &str = "<section class=\"wall-half\" data-direction=\"{}\" data-abnormal=\"{}\"><h2>{}{}</h2>\
                    <p class=\"wall-big\" data-figure=\"clearance_{}\" data-big=\"{}\">{}</p>{}\
                    <div class=\"wall-course\" data-drop=\"2\">{}</div></section>";

/// The scene.
pub fn clearance(stage: Stage) -> AnyView {
    let period: Source<Figures<ClearanceRow>> = Source::follow(stage, Some(Topic::Figures), move || {
        let query = since(stage, "median_seconds,within_target").with("group", Some("direction"));
        calls::figures("clearance", &query)
    });
    fitted("wall-clearance wall-body", stage.resized, move || {
        let overview = stage.overview;
        let halves = period.look(|period| {
            overview.with(|today| today.map_or_else(nothing, |today| halves(stage, &today.0, period)))
        });
        let trouble = trouble_of(stage, overview.core());
        let trouble = if halves == nothing() {
            trouble
        } else {
            trouble.then(period.trouble(stage))
        };
        fill("{}<div class=\"wall-halves\">{}</div>", &[trouble, halves])
    })
}

/// From the first of this month, or of this year, to the end of today.
pub fn since(stage: Stage, fields: &str) -> crate::address::Query {
    let context = stage.context;
    let query = context.call().with("fields", Some(fields));
    let year = stage.plan.with_value(|plan| plan.year);
    period(context, year)
        .into_iter()
        .fold(query, |query, (name, value)| query.with(name, Some(&value)))
}

/// The same as parameters; none while the day at the site is not known.
pub fn period(context: Context, year: bool) -> Vec<(&'static str, String)> {
    let Some(now) = context.live.time() else {
        return Vec::new();
    };
    let today = untrack(|| context.sites.local(now));
    let tomorrow = LocalTime {
        at: today.at.plus(DAY),
        ..today
    };
    let day = format::date(today);
    let (letters, rest) = if year { (4, "-01-01") } else { (7, "-01") };
    let from = [day.get(..letters).unwrap_or_default(), rest].concat();
    vec![("from", from), ("to", format::date(tomorrow))]
}

fn halves(stage: Stage, today: &Overview, period: Option<&Figures<ClearanceRow>>) -> Markup {
    let course = &today.course;
    let half = |direction: &'static str,
                word,
                number,
                of,
                medians: &[Option<u64>],
                baseline: fn(&Baseline) -> Option<u64>| {
        let is = |row: &&ClearanceRow| row.group == Some(Group::One(direction.to_owned()));
        let half = Half {
            direction,
            word,
            number,
            of,
            medians,
            period: period.and_then(|period| period.rows.iter().find(is)),
            baseline: period.and_then(|period| {
                let first = period.baselines.first()?;
                Some((first, baseline(first)?))
            }),
        };
        show(stage, half, today.target_seconds)
    };
    join(&[
        half(
            "import",
            Word::DirectionImport,
            "1",
            &today.import,
            &course.import_median_seconds,
            |baseline| baseline.import_seconds,
        ),
        half(
            "export",
            Word::DirectionExport,
            "2",
            &today.export,
            &course.export_median_seconds,
            |baseline| baseline.export_seconds,
        ),
    ])
}

/// One direction.
struct Half<'a> {
    direction: &'static str,
    word: Word,
    number: &'static str,
    of: &'a OverviewClearance,
    medians: &'a [Option<u64>],
    period: Option<&'a ClearanceRow>,
    baseline: Option<(&'a Baseline, u64)>,
}

#[inline(never)]
fn show(stage: Stage, half: Half<'_>, target: u64) -> Markup {
    let context = stage.context;
    let duration = |seconds| hours(context.language, seconds);
    let over = half.of.median_seconds.is_some_and(|median| median > target);
    let mark = if over {
        fill(
            " <em><i class=\"wall-shape\" data-priority=\"high\"></i>{}</em>",
            &[text(context.say(Word::WallOverTarget))],
        )
    } else {
        nothing()
    };
    let year = stage.plan.with_value(|plan| plan.year);
    let period = context.say(if year {
        Word::WallThisYear
    } else {
        Word::WallThisMonth
    });
    let within = context.fill(Word::WallWithin, duration(Some(target)));
    let mut all = vec![
        fact(context.say(Word::WallTarget), &duration(Some(target)), 0),
        fact(&within, &format::percent_or_dash(half.of.within_target), 0),
        fact(
            period,
            &duration(half.period.and_then(|row| row.median_seconds)),
            3,
        ),
    ];
    if let Some((baseline, seconds)) = half.baseline {
        let name = context.language.choose(&baseline.name.en, &baseline.name.zh);
        let label = if baseline.published {
            context.fill(Word::WallNation, name)
        } else {
            name.to_owned()
        };
        all.push(fact(&label, &duration(Some(seconds)), 4));
    }
    let mut course = Vec::new();
    for value in half.medians {
        course.push(value.map(|value| value as f64));
    }
    let value = match half.of.median_seconds {
        Some(median) => figured(&duration(Some(median))),
        None => fill(
            "<span class=\"wall-none\">{}</span>",
            &[text(context.say(Word::NoneToday))],
        ),
    };
    let about = fill(
        "<figcaption data-drop=\"12\">{}</figcaption>",
        &[text(context.say(Word::WallCourse))],
    );
    let drawn = fill(
        "<figure>{}{}</figure>",
        &[graph::course(&course, 0.0, Some(target as f64)), about],
    );
    let gaps = [
        text(half.direction),
        text(if over { "true" } else { "false" }),
        text(context.say(half.word)),
        mark,
        text(half.direction),
        text(half.number),
        value,
        facts(&all),
        drawn,
    ];
    fill(HALF, &gaps)
}
