//! How far from usual a stay is: beside each segment where it stands among the stays of its kind.

use super::TrailData;
use super::stay::table;
use crate::client::{self, calls, understood};
use crate::components::markup::{Markup, bar, fill, nothing, text};
use crate::components::reactive::{Shared, effect, spawn};
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::terms::Term;
use crate::i18n::{Word, format};
use crate::live::Followed;
use gloo_net::http::Method;
use leptos::logging::warn;
use leptos::prelude::*;
use shared::stay::{SegmentName, Status};
use shared::time::Time;
use shared::wire::figures::{Usual, UsualSegment};
use shared::wire::stay::Stay;

/// Asks for the stays of a trail: for each once, for the newest again whenever the trail changes. What goes on is
/// counted on in the page.
pub fn follow_usual(context: Context, trail: Followed<TrailData>) -> Shared<Vec<Usual>> {
    let all = Shared::new(Vec::<Usual>::new());
    effect(move || {
        let stays: Vec<String> = trail.with(|trail| {
            let stays = trail.map(|trail| trail.0.stays.as_slice()).unwrap_or_default();
            let mut ids = Vec::new();
            for stay in stays {
                ids.push(stay.id.clone());
            }
            ids
        });
        for (index, id) in stays.into_iter().enumerate() {
            let known = all.peek(|all| all.iter().any(|usual| usual.stay == id));
            if known && index > 0 {
                continue;
            }
            spawn(async move {
                let answer = client::text(Method::GET, calls::usual(&id), None).await;
                match answer.and_then(|text| understood::<Usual>(&text)) {
                    Ok(usual) => keep(all, usual),
                    Err(error) => warn!("what is usual of {id} did not come: {error}"),
                }
            });
        }
    });
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
    all
}

/// Keeps what is usual of a stay, unless the page was left meanwhile.
fn keep(all: Shared<Vec<Usual>>, usual: Usual) {
    all.change(
        |all| match all.iter_mut().find(|other| other.stay == usual.stay) {
            Some(other) => *other = usual,
            None => all.push(usual),
        },
    );
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

/// The segments, each with where it stands.
pub fn show(context: Context, stay: &Stay, usual: &Usual) -> Markup {
    let mut rows = Vec::new();
    for segment in &usual.segments {
        let goes_on = segment.began_at.is_some() && stay.status != Status::Left;
        if segment.seconds.is_some() || goes_on {
            rows.push(row(context, segment));
        }
    }
    let of = usual.direction.map_or("", |direction| context.term(direction));
    let gaps = [
        table(&rows),
        say(context.language, Word::Usual),
        text(of),
        text(context.term(usual.cargo)),
        text(&format::date(usual.from)),
        text(&format::date(usual.to)),
    ];
    fill("{}<p class=\"quiet about\">{}: {} · {} · {} – {}</p>", &gaps)
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
            let told = most.map_or_else(nothing, |most| text(&most.to_string()));
            let words = text(&so_far(context, now, began.at, most));
            fill(
                "<span class=\"so-far\" data-since=\"{}\" data-most=\"{}\">{}</span>",
                &[text(&began.at.0.to_string()), told, words],
            )
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
