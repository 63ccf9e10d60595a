//! What goes over the quay: today by the hour beside yesterday, and month and year against what was before.

use super::clearance::period;
use super::{before as was, fact, facts, figured};
use crate::charts::slots::Bucket;
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
use shared::wire::figures::{Figures, Overview, ThroughputRow};

const TODAY: &str = "<section class=\"wall-today\"><h2>{}</h2>\
                     <p class=\"wall-big\" data-figure=\"teu_today\" data-big=\"1\">{}</p>{}</section>";
const HOURS: &str = "<section class=\"wall-hours\" data-drop=\"1\"><figure>{}<div class=\"wall-axis\">{}</div>\
                     <figcaption data-drop=\"12\">{}</figcaption></figure></section>";

/// The scene.
pub fn throughput(stage: Stage) -> AnyView {
    let ask = move |year: bool, against: &'static str| -> Source<Figures<ThroughputRow>> {
        Source::follow(stage, Some(Topic::Figures), move || {
            let query = stage
                .context
                .call()
                .with("fields", Some("teu"))
                .with("compare", Some(against));
            let period = period(stage.context, year).into_iter();
            calls::figures(
                "throughput",
                &period.fold(query, |query, (name, value)| query.with(name, Some(&value))),
            )
        })
    };
    let (month, year) = (ask(false, "before"), ask(true, "year"));
    fitted("wall-throughput wall-body", stage.resized, move || {
        let context = stage.context;
        let more = [(month, Word::WallThisMonth), (year, Word::WallThisYear)].map(|(source, word)| {
            source.look(|figures| figures.map_or_else(nothing, |figures| longer(context, word, figures)))
        });
        let shown = stage
            .overview
            .with(|today| today.map_or_else(nothing, |today| show(context, &today.0, join(&more))));
        join(&[trouble_of(stage, stage.overview.core()), shown])
    })
}

/// A longer period against an earlier one, where that had anything.
fn longer(context: Context, word: Word, figures: &Figures<ThroughputRow>) -> Markup {
    let of = |rows: &[ThroughputRow]| rows.first().map(|row| row.teu);
    let (Some(now), before) = (of(&figures.rows), figures.comparison.as_ref()) else {
        return nothing();
    };
    let before = before
        .and_then(|before| of(&before.rows))
        .filter(|before| *before > 0.0);
    let drop = if word == Word::WallThisYear { 3 } else { 2 };
    let mut both = vec![fact(context.say(word), &format::decimal(now), drop)];
    if let Some(before) = before {
        let word = if word == Word::WallThisYear {
            Word::WallLastYear
        } else {
            Word::WallBefore
        };
        both.push(fact(context.say(word), &was(before, now), drop + 3));
    }
    join(&both)
}

fn show(context: Context, figures: &Overview, more: Markup) -> Markup {
    let bucket = Bucket::Hour;
    let first = bucket.slot(figures.today);
    let mut days = [vec![None; 24], vec![None; 24]];
    for (begin, teu) in &figures.teu_by_hour {
        let hour = bucket.slot(*begin) - first;
        let day = usize::from(hour < 0);
        let place = usize::try_from(hour + 24 * day as i64).ok();
        if let Some(value) = place.and_then(|place| days[day].get_mut(place)) {
            *value = Some(*teu);
        }
    }
    let [today, yesterday] = days;
    let now = context
        .live
        .time()
        .map(|now| untrack(|| context.sites.local(now)));
    let hour = now
        .and_then(|now| usize::try_from(bucket.slot(now) - first).ok())
        .filter(|hour| *hour < 24);
    // Hours that are over, so that both days are held to the same.
    let until = |day: &[Option<f64>]| -> f64 { day.iter().take(hour.unwrap_or(24)).flatten().sum() };
    let (so_far, before) = (until(&today), until(&yesterday));
    let mut all = Vec::new();
    if let Some(hour) = hour.filter(|hour| *hour > 0 && before > 0.0) {
        let label = context.fill(Word::WallUntil, format!("{hour}:00"));
        all.push(fact(&label, &format::decimal(so_far), 5));
        all.push(fact(context.say(Word::Yesterday), &was(before, so_far), 4));
    }
    all.push(more);
    let mut axis = Vec::new();
    for hour in ["0:00", "6:00", "12:00", "18:00"] {
        axis.push(fill("<span>{}</span>", &[text(hour)]));
    }
    let title = text(context.say(Word::TeuToday));
    let today_shown = fill(
        TODAY,
        &[title, figured(&format::decimal(figures.teu_today)), facts(&all)],
    );
    let drawn = graph::bars(&today, &yesterday, hour);
    let highest = graph::highest(&today, Some(graph::highest(&yesterday, None)));
    let about = context.fill(Word::WallByHour, format::decimal(highest));
    let hours = fill(HOURS, &[drawn, join(&axis), text(&about)]);
    join(&[today_shown, hours])
}
