//! One figure, as large as the screen: with what it is, its target and its course.

use super::{fact, facts, figured, hours};
use crate::client::calls;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::Topic;
use crate::pages::wall::fit::fitted;
use crate::pages::wall::graph;
use crate::pages::wall::plan::Figure;
use crate::pages::wall::source::{Source, trouble_of};
use crate::pages::wall::stage::Stage;
use leptos::prelude::*;
use shared::time::{DAY, LocalTime};
use shared::wire::figures::{ClearanceRow, Figures, Overview};

const SCENE: &str = "<h2>{}</h2><p class=\"wall-big wall-giant\" data-figure=\"{}\" data-big=\"1\" data-abnormal=\"{}\">{}</p>{}\
                     <figure class=\"wall-course\" data-drop=\"9\">{}<figcaption data-drop=\"12\">{}</figcaption></figure>";
/// The course reaches over so many days.
const DAYS: i64 = 30;

/// A figure with all that is shown of it.
struct Shown {
    title: String,
    value: Option<String>,
    facts: Markup,
    course: Vec<Option<f64>>,
    // A line across, and what the course reaches up to at least.
    mark: Option<f64>,
    scale: f64,
    abnormal: bool,
}

/// The scene.
pub fn number(stage: Stage, figure: Figure) -> AnyView {
    if figure == Figure::WithinTarget {
        return within_target(stage);
    }
    fitted("wall-number wall-body", stage.resized, move || {
        let overview = stage.overview;
        let shown = overview
            .with(|today| today.map_or_else(nothing, |today| of_today(stage.context, figure, &today.0)));
        join(&[trouble_of(stage, overview.core()), shown])
    })
}

/// Both directions together are in no overview.
fn within_target(stage: Stage) -> AnyView {
    let rows: Source<Figures<ClearanceRow>> = Source::follow(stage, Some(Topic::Figures), move || {
        let mut query = stage.context.call().with("bucket", Some("day"));
        if let Some(now) = stage.context.live.time() {
            let today = untrack(|| stage.context.sites.local(now));
            let day = |after: i64| {
                let at = today.at.plus(after * DAY);
                format::date(LocalTime { at, ..today })
            };
            query = query.with("from", Some(&day(1 - DAYS))).with("to", Some(&day(1)));
        }
        calls::figures("clearance", &query.with("fields", Some("stays,within_target")))
    });
    fitted("wall-number wall-body", stage.resized, move || {
        let shown = rows.look(|rows| rows.map_or_else(nothing, |rows| of_rows(stage.context, rows)));
        join(&[rows.trouble(stage), shown])
    })
}

fn of_rows(context: Context, figures: &Figures<ClearanceRow>) -> Markup {
    let last = LocalTime {
        at: figures.to.at.plus(-1),
        ..figures.to
    };
    let today = format::date(last);
    let row = figures
        .rows
        .iter()
        .find(|row| row.bucket.is_some_and(|at| format::date(at) == today));
    let mut course = Vec::new();
    for row in &figures.rows {
        course.push(row.within_target);
    }
    let target = hours(context.language, figures.target_seconds);
    let stays = row.map_or(0, |row| row.stays);
    let shown = Shown {
        title: within(context, Word::Today, &target),
        value: row.and_then(|row| row.within_target).map(format::percent),
        facts: fact(context.say(Word::Released), &format::whole(stays), 5),
        course,
        mark: None,
        scale: 1.0,
        abnormal: false,
    };
    show(context, Figure::WithinTarget, shown)
}

fn of_today(context: Context, figure: Figure, today: &Overview) -> Markup {
    let course = &today.course;
    let duration = |seconds: u64| hours(context.language, Some(seconds));
    let target = today.target_seconds;
    let counts =
        |values: &[u64]| -> Vec<Option<f64>> { values.iter().map(|value| Some(*value as f64)).collect() };
    let seconds = |values: &[Option<u64>]| -> Vec<Option<f64>> {
        values.iter().map(|value| Some((*value)? as f64)).collect()
    };
    let say = |word: Word| context.say(word).to_owned();
    let import = matches!(figure, Figure::ClearanceImport | Figure::WithinImport);
    let (of, direction) = if import {
        (&today.import, Word::DirectionImport)
    } else {
        (&today.export, Word::DirectionExport)
    };
    let shown = match figure {
        Figure::ClearanceImport | Figure::ClearanceExport => {
            let mut facts = vec![fact(context.say(Word::WallTarget), &duration(target), 5)];
            facts.push(fact(context.say(Word::Released), &format::whole(of.stays), 6));
            let medians = if import {
                &course.import_median_seconds
            } else {
                &course.export_median_seconds
            };
            Shown {
                title: say(if import {
                    Word::ImportMedian
                } else {
                    Word::ExportMedian
                }),
                value: of.median_seconds.map(duration),
                facts: join(&facts),
                course: seconds(medians),
                mark: Some(target as f64),
                scale: 0.0,
                abnormal: of.median_seconds.is_some_and(|median| median > target),
            }
        }
        Figure::WithinImport | Figure::WithinExport | Figure::WithinTarget => Shown {
            title: within(context, direction, &duration(target)),
            value: of.within_target.map(format::percent),
            facts: fact(context.say(Word::Released), &format::whole(of.stays), 5),
            course: if import {
                course.import_within_target.clone()
            } else {
                course.export_within_target.clone()
            },
            mark: None,
            scale: 1.0,
            abnormal: false,
        },
        Figure::TeuToday => Shown {
            title: say(Word::TeuToday),
            value: Some(format::decimal(today.teu_today)),
            facts: fact(context.say(Word::Moves), &format::whole(today.moves_today), 5),
            course: course.teu.iter().map(|teu| Some(*teu)).collect(),
            mark: None,
            scale: 0.0,
            abnormal: false,
        },
        Figure::OpenAlarms => Shown {
            title: say(Word::OpenAlarmsToday),
            value: Some(format::whole(today.open_alarms)),
            facts: fact(
                context.say(Word::PriorityHigh),
                &format::whole(today.open_alarms_high),
                5,
            ),
            course: counts(&course.alarms_raised),
            mark: None,
            scale: 0.0,
            abnormal: today.open_alarms_high > 0,
        },
        Figure::BoxesStanding => Shown {
            title: say(Word::BoxesInYard),
            value: Some(format::whole(today.boxes_in_yard)),
            facts: fact(
                context.say(Word::WallSlotsTaken),
                &format::percent(today.slots_taken as f64 / today.slots.max(1) as f64),
                5,
            ),
            course: counts(&course.boxes_in_yard),
            mark: None,
            scale: 0.0,
            abnormal: false,
        },
    };
    show(context, figure, shown)
}

/// `Released within 24 h · Import`.
fn within(context: Context, of: Word, target: &str) -> String {
    [&context.fill(Word::WithinTarget, target), context.say(of)].join(" · ")
}

/// What the course is of: of open alarms it is those that were raised each day.
fn caption(context: Context, figure: Figure) -> String {
    match figure {
        Figure::OpenAlarms => context.say(Word::WallRaisedCourse),
        Figure::ClearanceImport | Figure::ClearanceExport => context.say(Word::WallCourse),
        _ => context.say(Word::WallDays),
    }
    .to_owned()
}

#[inline(never)]
fn show(context: Context, figure: Figure, shown: Shown) -> Markup {
    let value = match shown.value {
        Some(value) => figured(&value),
        None => fill(
            "<span class=\"wall-none\">{}</span>",
            &[text(context.say(Word::NoneToday))],
        ),
    };
    let mark = if shown.abnormal {
        fill("<i class=\"wall-shape\" data-priority=\"high\"></i>{}", &[value])
    } else {
        value
    };
    let gaps = [
        text(&shown.title),
        text(figure.name()),
        text(if shown.abnormal { "true" } else { "false" }),
        mark,
        facts(&[shown.facts]),
        graph::course(&shown.course, shown.scale, shown.mark),
        text(&caption(context, figure)),
    ];
    fill(SCENE, &gaps)
}
