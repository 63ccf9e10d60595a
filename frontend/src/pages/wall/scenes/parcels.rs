//! Cross-border parcels: how many are released so far, how fast, how many within the target, what waits, and the day
//! against the last peak day.

use super::alarms::long;
use super::{fact, facts, figured};
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::format::{self, Unit};
use crate::i18n::money::yuan;
use crate::pages::parcels::now::{courses, follow_now};
use crate::pages::wall::fit::fitted;
use crate::pages::wall::graph;
use crate::pages::wall::source::trouble_of;
use crate::pages::wall::stage::Stage;
use leptos::prelude::*;
use shared::wire::parcels::ParcelsNow;

const TODAY: &str = "<section class=\"wall-today\"><h2>{}</h2>\
                     <p class=\"wall-big\" data-figure=\"parcels_released\" data-big=\"1\">{}</p>{}</section>";
const CURVE: &str = "<section class=\"wall-hours\" data-drop=\"1\"><figure>{}<div class=\"wall-axis\">{}</div>\
                     <figcaption data-drop=\"12\">{}</figcaption></figure></section>";

/// The scene.
pub fn parcels(stage: Stage) -> AnyView {
    let now = follow_now(stage.context);
    fitted(
        "wall-throughput wall-parcels wall-body",
        stage.resized,
        move || {
            let shown = now.with(|now| now.map_or_else(nothing, |now| show(stage.context, &now.0)));
            join(&[trouble_of(stage, now.core()), shown])
        },
    )
}

fn show(context: Context, now: &ParcelsNow) -> Markup {
    let language = context.language;
    let target = format::duration_or_dash(language, Some(now.target_seconds));
    let second = |rate: u64| [format::whole(rate).as_str(), language.choose("/s", "/秒")].concat();
    let mut all = vec![
        fact(
            &context.fill(Word::WallWithin, &target),
            &format::percent_or_dash(now.within_target),
            0,
        ),
        fact(
            context.say(Word::ParcelsWallRate),
            &format::whole(now.rate_second),
            0,
        ),
        fact(context.say(Word::ParcelsWallQueue), &format::whole(now.queue), 0),
    ];
    if now.late > 0 {
        all.push(late(&context.fill(Word::ParcelsWallOver, &target), now.late));
    }
    if let Some(seconds) = waited(now) {
        all.push(fact(
            context.say(Word::ParcelsOldestLabel),
            &long(context, seconds),
            3,
        ));
    }
    let peak = [&second(now.peak_second), " · ", &clock(now)].concat();
    all.push(fact(context.say(Word::ParcelsPeakLabel), &peak, 6));
    all.push(fact(
        context.say(Word::ParcelsValue),
        &yuan(language, now.released_fen),
        4,
    ));
    if let Some(against) = &now.against {
        let difference = Unit::Count.difference(language, against.by_now as f64, now.released as f64);
        all.push(fact(context.say(Word::ParcelsPeakThen), &difference, 2));
    }
    let big = match now.released {
        0 => fill(
            "<span class=\"wall-none\">{}</span>",
            &[text(context.say(Word::NoneToday))],
        ),
        released => figured(&format::whole(released)),
    };
    let today = fill(TODAY, &[text(context.say(Word::ParcelsToday)), big, facts(&all)]);
    let (course, before) = courses(now);
    let highest = graph::highest(&course, Some(graph::highest(&before, None)));
    let mut axis = Vec::new();
    for hour in ["0:00", "6:00", "12:00", "18:00"] {
        axis.push(fill("<span>{}</span>", &[text(hour)]));
    }
    let about = match &now.against {
        Some(against) => context
            .fill(Word::ParcelsCurveAgainst, format::whole(highest as u64))
            .replacen("{}", &against.date, 1),
        None => context.fill(Word::ParcelsCurveAlone, format::whole(highest as u64)),
    };
    let curve = fill(
        CURVE,
        &[graph::against(&course, &before), join(&axis), text(&about)],
    );
    join(&[today, curve])
}

/// What is over the target: the one figure that has a colour, with its shape.
fn late(label: &str, count: u64) -> Markup {
    let gaps = [text(label), text(&format::whole(count))];
    fill(
        "<div class=\"wall-fact\" data-abnormal=\"true\"><dt><i class=\"wall-shape\" data-priority=\"high\"></i> {}</dt>\
         <dd>{}</dd></div>",
        &gaps,
    )
}

/// How long the oldest has waited, as of the answer: it comes every second.
fn waited(now: &ParcelsNow) -> Option<i64> {
    Some(now.at.at.seconds_since(now.oldest_at?.at).max(0))
}

fn clock(now: &ParcelsNow) -> String {
    now.peak_at.map_or_else(|| "—".to_owned(), format::hour_minute)
}
