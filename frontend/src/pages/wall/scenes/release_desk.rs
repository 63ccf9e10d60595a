//! What waits at the release desk: how many in each step, since when the longest, and which vessel closes first. Counts
//! only: no applicant stands on a wall.

use super::alarms::long;
use super::figured;
use crate::client::calls;
use crate::components::countdown::nearness;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::pages::wall::fit::fitted;
use crate::pages::wall::source::Source;
use crate::pages::wall::stage::Stage;
use leptos::prelude::*;
use shared::time::{DAY, LocalTime};
use shared::wire::release_desk::{ApplicationState, DeskFigures, DeskWaiting};

const SCENE: &str = "<div class=\"wall-desk-head\"><p class=\"wall-big\" data-figure=\"desk_open\" data-big=\"1\">{}</p>\
                     <p>{}</p><ul class=\"wall-counts\" data-drop=\"1\">{}</ul></div><ol class=\"wall-list\">{}</ol>";
const ROW: &str = "<li class=\"wall-step\" data-state=\"{}\" data-near=\"{}\" data-drop=\"{}\"><b>{}</b><strong>{}</strong>\
                   <p><span>{}</span> <span class=\"wall-closing\">{}{}</span></p></li>";

/// The scene.
pub fn release_desk(stage: Stage) -> AnyView {
    let figures: Source<DeskFigures> = Source::follow_by_the_minute(stage, move || {
        let mut query = stage.context.call();
        if let Some(now) = stage.context.live.time() {
            let today = untrack(|| stage.context.sites.local(now));
            let tomorrow = LocalTime {
                at: today.at.plus(DAY),
                ..today
            };
            query = query
                .with("from", Some(&format::date(today)))
                .with("to", Some(&format::date(tomorrow)));
        }
        calls::figures("release-desk", &query)
    });
    fitted("wall-desk wall-body", stage.resized, move || {
        stage.minute.with(|_| ());
        let shown =
            figures.look(|figures| figures.map_or_else(nothing, |figures| show(stage.context, figures)));
        join(&[figures.trouble(stage), shown])
    })
}

fn show(context: Context, figures: &DeskFigures) -> Markup {
    let open: u64 = figures.waiting.iter().map(|waiting| waiting.applications).sum();
    let mut today = Vec::new();
    if let Some(row) = figures.rows.first() {
        let of = |state: ApplicationState| {
            let mut states = row.states.iter();
            states
                .find(|(own, _)| *own == state)
                .map_or(0, |(_, count)| *count)
        };
        let counts = [
            (row.applications, context.say(Word::WallDeskToday)),
            (
                of(ApplicationState::Confirmed),
                context.term(ApplicationState::Confirmed),
            ),
            (row.saved, context.say(Word::DeskSaved)),
        ];
        for (count, words) in counts {
            let gaps = [text(&format::whole(count)), text(words)];
            today.push(fill("<li><b>{}</b><span>{}</span></li>", &gaps));
        }
    }
    let mut rows = Vec::new();
    let waiting = figures.waiting.iter().filter(|waiting| waiting.applications > 0);
    for (index, waiting) in waiting.enumerate() {
        rows.push(row(context, waiting, index));
    }
    if rows.is_empty() {
        let words = text(context.say(Word::DeskNobodyWaits));
        rows.push(fill("<li class=\"wall-calm\">{}</li>", &[words]));
    }
    let gaps = [
        figured(&format::whole(open)),
        text(context.say(Word::WallDeskOpen)),
        join(&today),
        join(&rows),
    ];
    fill(SCENE, &gaps)
}

/// One step: how many, for whom, since when the longest, and when the first vessel closes.
fn row(context: Context, waiting: &DeskWaiting, index: usize) -> Markup {
    let now = context.live.now.get_untracked();
    let since = now
        .zip(waiting.oldest_at)
        .map(|(now, at)| now.seconds_since(at.at).max(0));
    let since = since.map_or_else(String::new, |since| {
        context.fill(Word::WallDeskLongest, long(context, since))
    });
    let left = now
        .zip(waiting.closing_at)
        .map(|(now, at)| at.at.seconds_since(now));
    let near = left.map_or("far", nearness);
    let closing = left.map_or_else(String::new, |left| match left {
        ..0 => context.fill(Word::ClosedAgo, long(context, -left)),
        left => context.fill(Word::ClosesIn, long(context, left)),
    });
    let shape = match near {
        "soon" | "over" => fill("<i class=\"wall-shape\" data-priority=\"high\"></i>", &[]),
        "near" => fill("<i class=\"wall-shape\" data-priority=\"medium\"></i>", &[]),
        _ => nothing(),
    };
    let gaps = [
        text(waiting.state.name()),
        text(near),
        // The first always stands there.
        text(&(if index == 0 { 0 } else { index + 1 }).to_string()),
        text(&format::whole(waiting.applications)),
        text(context.term(waiting.state)),
        text(&since),
        shape,
        text(&closing),
    ];
    fill(ROW, &gaps)
}
