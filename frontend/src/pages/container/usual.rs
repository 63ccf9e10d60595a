//! How long the parts of a stay took: segments with where they stand among the stays of their kind, and steps with
//! their limits. What goes on is counted on in the page.

use super::clocks::Clock;
use super::node::verdict;
use crate::components::markup::{Markup, bar, fill, join, nothing, text};
use crate::components::reactive::effect;
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::terms::Term;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::stay::{SegmentName, Status};
use shared::time::Time;
use shared::wire::figures::{Usual, UsualSegment};
use shared::wire::stay::Stay;

/// Counts on what goes on, for as long as the component that asks lives.
pub fn count_on(context: Context) {
    effect(move || {
        let Some(now) = context.live.now.get() else {
            return;
        };
        // Only these words change by the clock; all else stays as it is, and what was opened stays open.
        let counting = document().get_elements_by_class_name("so-far");
        for index in 0..counting.length() {
            let Some(element) = counting.item(index) else {
                continue;
            };
            let told = |name: &str| element.get_attribute(name)?.parse::<i64>().ok();
            if let Some(since) = told("data-since") {
                let words = so_far(context, now, Time(since), told("data-most"));
                if element.text_content().as_ref() != Some(&words) {
                    element.set_text_content(Some(&words));
                }
            }
        }
    });
}

/// How long something has gone on, and whether that is long.
fn so_far(context: Context, now: Time, since: Time, most: Option<i64>) -> String {
    let seconds = now.seconds_since(since).max(0);
    let words = context.fill(Word::SoFar, format::duration(context.language, seconds));
    match most.filter(|most| seconds > *most) {
        Some(_) => [&words, context.say(Word::OverUsual)].join(" · "),
        None => words,
    }
}

/// What goes on, counted on in the page.
fn counting(context: Context, now: Time, since: Time, most: Option<i64>) -> Markup {
    let told = most.map_or_else(nothing, |most| text(&most.to_string()));
    let words = text(&so_far(context, now, since, most));
    fill(
        "<span class=\"so-far\" data-since=\"{}\" data-most=\"{}\">{}</span>",
        &[text(&since.0.to_string()), told, words],
    )
}

/// Segments and steps. Without what is usual, as of a past moment, the segments that are over stand alone.
pub fn show(context: Context, stay: &Stay, usual: Option<&Usual>, clocks: &[Clock], now: Time) -> Markup {
    let (segments, about) = match usual {
        Some(usual) => (segments(context, stay, usual), about(context, usual)),
        None => (plain_segments(context, stay), nothing()),
    };
    let mut parts = Vec::new();
    if segments != nothing() {
        parts.push(section(context, Word::Segments, table(segments).then(about)));
    }
    let mut rows = Vec::new();
    for clock in clocks {
        rows.push(step(context, clock, now));
    }
    if !rows.is_empty() {
        parts.push(section(context, Word::StepsWithLimits, table(join(&rows))));
    }
    join(&parts)
}

/// A part with its title.
pub fn section(context: Context, title: Word, inner: Markup) -> Markup {
    let gaps = [say(context.language, title), inner];
    fill("<section><h3>{}</h3>{}</section>", &gaps)
}

fn table(rows: Markup) -> Markup {
    let pattern = "<table class=\"data segments\"><tbody>{}</tbody></table>";
    fill(pattern, &[rows])
}

fn plain_segments(context: Context, stay: &Stay) -> Markup {
    const ROW: &str = "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td></tr>";
    let mut rows = Vec::new();
    for segment in &stay.segments {
        let took = format::duration_or_dash(context.language, Some(segment.seconds));
        rows.push(fill(ROW, &[text(context.term(segment.name)), text(&took)]));
    }
    join(&rows)
}

fn segments(context: Context, stay: &Stay, usual: &Usual) -> Markup {
    let mut rows = Vec::new();
    for segment in &usual.segments {
        let goes_on = segment.began_at.is_some() && stay.status != Status::Left;
        if segment.seconds.is_some() || goes_on {
            rows.push(row(context, segment));
        }
    }
    join(&rows)
}

/// Which stays these are held against.
fn about(context: Context, usual: &Usual) -> Markup {
    let of = usual.direction.map_or("", |direction| context.term(direction));
    let gaps = [
        say(context.language, Word::Usual),
        text(of),
        text(context.term(usual.cargo)),
        text(&format::date(usual.from)),
        text(&format::date(usual.to)),
    ];
    fill("<p class=\"quiet about\">{}: {} · {} · {} – {}</p>", &gaps)
}

fn row(context: Context, segment: &UsualSegment) -> Markup {
    let language = context.language;
    let name = match segment.name.as_str() {
        "overall" => context.say(Word::ClearanceTime),
        other => SegmentName::from_name(other).map_or(other, |name| name.in_language(language)),
    };
    let duration = |seconds| format::duration_or_dash(language, seconds);
    let took = match (segment.seconds, segment.began_at) {
        (None, Some(began)) => {
            let most = segment.p90_seconds.and_then(|most| i64::try_from(most).ok());
            let now = context.live.now.get_untracked().unwrap_or(began.at);
            counting(context, now, began.at, most)
        }
        (seconds, _) => text(&duration(seconds)),
    };
    let place = segment.percentile.map_or_else(nothing, |share| {
        let words = context.fill(Word::LongerThan, format::percent(share));
        let words = words.replacen("{}", &format::whole(segment.stays), 1);
        fill("{}<div>{}</div>", &[bar(0.0, share), text(&words)])
    });
    let usually = segment.median_seconds.map_or_else(nothing, |median| {
        let words = context.fill(Word::UsualIs, duration(Some(median)));
        let words = words.replacen("{}", &duration(segment.p90_seconds), 1);
        fill("<div class=\"quiet\">{}</div>", &[text(&words)])
    });
    fill(
        "<tr data-usual=\"{}\"><th scope=\"row\">{}</th><td class=\"number\">{}</td><td class=\"wrap\">{}{}</td></tr>",
        &[text(&segment.name), text(name), took, place, usually],
    )
}

/// A step with a limit: how long it took, and how much of the limit that is.
fn step(context: Context, clock: &Clock, now: Time) -> Markup {
    let seconds = clock.seconds(now);
    let took = match clock.ended {
        Some(_) => text(&format::duration(context.language, seconds)),
        None => counting(context, now, clock.began.at, None),
    };
    let share = seconds as f64 / (clock.limit_seconds.max(1)) as f64;
    let late = clock.over(now).is_some();
    let gaps = [
        text(if late { "late" } else { "" }),
        text(context.term(clock.from)),
        text(context.term(clock.to)),
        took,
        bar(0.0, share),
        verdict(context, clock, now),
    ];
    fill(
        "<tr data-step=\"{}\"><th scope=\"row\">{} → {}</th><td class=\"number\">{}</td>\
         <td class=\"wrap\">{}<div>{}</div></td></tr>",
        &gaps,
    )
}
