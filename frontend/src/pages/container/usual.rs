//! How far from usual a stay is: beside each segment where it stands among the stays of its kind.

use super::TrailData;
use crate::client::{calls, get};
use crate::components::markup::{Markup, all, bar, nothing, number, row_head, tag, text};
use crate::components::reactive::effect;
use crate::components::reactive::spawn;
use crate::context::Context;
use crate::i18n::terms::Term;
use crate::i18n::{Word, format};
use crate::live::Followed;
use leptos::logging::warn;
use leptos::prelude::*;
use shared::stay::{SegmentName, Status};
use shared::time::Time;
use shared::wire::figures::{Usual, UsualSegment};
use shared::wire::stay::Stay;

/// Asks for the stays of a trail: for each once, for the newest again whenever the trail changes. What goes on is
/// counted on in the page.
pub fn follow_usual(context: Context, trail: Followed<TrailData>) -> RwSignal<Vec<Usual>> {
    let all = RwSignal::new(Vec::<Usual>::new());
    effect(move || {
        let stays: Vec<String> = trail.with(|trail| {
            let stays = trail.map(|trail| trail.0.stays.as_slice()).unwrap_or_default();
            stays.iter().map(|stay| stay.id.clone()).collect()
        });
        for (index, id) in stays.into_iter().enumerate() {
            let known = all.with_untracked(|all| all.iter().any(|usual| usual.stay == id));
            if known && index > 0 {
                continue;
            }
            spawn(async move {
                match get::<Usual>(calls::usual(&id)).await {
                    Ok(usual) => {
                        let _ = all.try_update(|all| {
                            all.retain(|other| other.stay != usual.stay);
                            all.push(usual);
                        });
                    }
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
        for element in (0..counting.length()).filter_map(|index| counting.item(index)) {
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

/// How long something has gone on, and whether that is long.
fn so_far(context: Context, now: Time, since: Time, most: Option<i64>) -> String {
    let seconds = now.seconds_since(since).max(0);
    let words = context.fill(Word::SoFar, format::duration(context.language, seconds));
    match most.filter(|most| seconds > *most) {
        Some(_) => format!("{words} · {}", context.say(Word::OverUsual)),
        None => words,
    }
}

/// The segments, each with where it stands.
pub fn show(context: Context, stay: &Stay, usual: &Usual) -> Markup {
    let begun = usual.segments.iter().filter(|segment| {
        let goes_on = segment.began_at.is_some() && stay.status != Status::Left;
        segment.seconds.is_some() || goes_on
    });
    let rows = all(begun.map(|segment| row(context, segment)));
    let table = tag("table", &[("class", "data segments")], tag("tbody", &[], rows));
    let what = format!("{} – {}", format::date(usual.from), format::date(usual.to));
    let of = usual.direction.map_or("", |direction| context.term(direction));
    let about = format!(
        "{}: {of} · {} · {what}",
        context.say(Word::Usual),
        context.term(usual.cargo)
    );
    all([table, tag("p", &[("class", "quiet about")], text(&about))])
}

fn row(context: Context, segment: &UsualSegment) -> Markup {
    let language = context.language;
    let name = SegmentName::from_name(&segment.name).map(|name| name.in_language(language));
    let name = match segment.name.as_str() {
        "overall" => context.say(Word::ClearanceTime),
        other => name.unwrap_or(other),
    };
    let duration = |seconds| format::duration_or_dash(language, seconds);
    let took = match (segment.seconds, segment.began_at) {
        (None, Some(began)) => {
            let since = began.at.0.to_string();
            let most = segment
                .p90_seconds
                .map(|most| most.to_string())
                .unwrap_or_default();
            let now = context.live.now.get_untracked().unwrap_or(began.at);
            let most_seconds = segment.p90_seconds.and_then(|most| i64::try_from(most).ok());
            let attributes = [
                ("class", "so-far"),
                ("data-since", since.as_str()),
                ("data-most", &most),
            ];
            let words = so_far(context, now, began.at, most_seconds);
            tag(
                "td",
                &[("class", "number")],
                tag("span", &attributes, text(&words)),
            )
        }
        (seconds, _) => number(&duration(seconds)),
    };
    let stays = format::whole(segment.stays);
    let place = segment.percentile.map_or_else(nothing, |share| {
        let words = context.fill(Word::LongerThan, format::percent(share));
        let words = tag("div", &[], text(&words.replacen("{}", &stays, 1)));
        all([bar(0.0, share), words])
    });
    let usually = segment.median_seconds.map_or_else(nothing, |median| {
        let words = context.fill(Word::UsualIs, duration(Some(median)));
        let words = words.replacen("{}", &duration(segment.p90_seconds), 1);
        tag("div", &[("class", "quiet")], text(&words))
    });
    let where_it_stands = tag("td", &[("class", "wrap")], all([place, usually]));
    let cells = [row_head(name), took, where_it_stands];
    tag("tr", &[("data-usual", &segment.name)], all(cells))
}
