//! The alarms that wait: how many of each priority, and the most urgent of those that nobody has acknowledged.

use crate::client::calls;
use crate::components::alarm::{short, what};
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::context::Context;
use crate::i18n::terms::Term;
use crate::i18n::{Word, format};
use crate::live::Topic;
use crate::pages::alarms::query::{PRIORITIES, priority_name};
use crate::pages::wall::fit::{MOST, fitted};
use crate::pages::wall::source::Source;
use crate::pages::wall::stage::Stage;
use leptos::prelude::*;
use shared::wire::List;
use shared::wire::alarm::{Alarm, AlarmSummary};

/// Asked for so many; fewer are shown where fewer fit.
const ROWS: &str = "20";

/// What is left out before any alarm is.
const FIRST: usize = MOST - 4;

const COUNT: &str = "<li data-priority=\"{}\" data-none=\"{}\"><i class=\"wall-shape\" data-priority=\"{}\"></i>\
                     <b>{}</b><span data-drop=\"24\">{}</span></li>";
const ROW: &str = "<li class=\"wall-alarm\" data-alarm=\"{}\" data-priority=\"{}\" data-drop=\"{}\">\
                   <i class=\"wall-shape\" data-priority=\"{}\"></i>\
                   <strong>{}</strong><span class=\"wall-since\">{}</span>\
                   <span class=\"wall-where\">{}</span><span class=\"wall-what\" data-drop=\"{}\">{}</span></li>";

/// The scene.
pub fn alarms(stage: Stage) -> AnyView {
    let query = stage.context.call().with("open", Some("true"));
    let counted = query.clone();
    let summary: Source<AlarmSummary> =
        Source::follow(stage, Some(Topic::Alarms), move || calls::alarm_summary(&counted));
    let urgent = query
        .with("state", Some("unacknowledged"))
        .with("sort", Some("priority"))
        .with("limit", Some(ROWS));
    let rows: Source<List<Alarm>> =
        Source::follow(stage, Some(Topic::Alarms), move || calls::alarms(&urgent));
    fitted("wall-alarms wall-body", stage.resized, move || {
        stage.minute.with(|_| ());
        let counts =
            summary.look(|summary| summary.map_or_else(nothing, |summary| counts(stage.context, summary)));
        let rows_shown = rows.look(|rows| rows.map_or_else(nothing, |rows| list(stage, &rows.items)));
        let trouble = summary.trouble(stage).then(rows.trouble(stage));
        join(&[trouble, counts, rows_shown])
    })
}

fn counts(context: Context, summary: &AlarmSummary) -> Markup {
    let mut counts = Vec::new();
    for (priority, name) in PRIORITIES {
        let of = summary.kinds.iter().filter(|kind| kind.priority == priority);
        let count: u64 = of.map(|kind| kind.count).sum();
        let gaps = [
            text(name),
            text(if count == 0 { "true" } else { "false" }),
            text(name),
            text(&format::whole(count)),
            text(priority.in_language(context.language)),
        ];
        counts.push(fill(COUNT, &gaps));
    }
    let unseen = context.fill(Word::UnseenCount, format::whole(summary.unacknowledged));
    let gaps = [join(&counts), text(&unseen)];
    fill(
        "<ul class=\"wall-counts\">{}</ul><p class=\"wall-about\" data-drop=\"23\">{}</p>",
        &gaps,
    )
}

fn list(stage: Stage, alarms: &[Alarm]) -> Markup {
    let context = stage.context;
    if alarms.is_empty() {
        let words = text(context.say(Word::WallNoneWait));
        return fill("<p class=\"wall-calm\">{}</p>", &[words]);
    }
    let mut rows = Vec::new();
    for (index, alarm) in alarms.iter().enumerate() {
        // The first always stands there; the last is the first to go.
        rows.push(row(stage, alarm, index.min(FIRST - 1)));
    }
    fill("<ol class=\"wall-list\">{}</ol>", &[join(&rows)])
}

/// One alarm: what, since when, where. Why is left out before an alarm is, unless it stands in the same line.
pub fn row(stage: Stage, alarm: &Alarm, drop: usize) -> Markup {
    let context = stage.context;
    let why = if stage.is_wide() { 0 } else { FIRST };
    let priority = priority_name(alarm.priority);
    let gaps = [
        text(&alarm.id),
        text(priority),
        text(&drop.to_string()),
        text(priority),
        text(short(context.language, alarm.kind)),
        text(&since(context, alarm)),
        place(alarm),
        text(&why.to_string()),
        text(&what(context, alarm)),
    ];
    fill(ROW, &gaps)
}

/// Which container or sender, and where.
pub fn place(alarm: &Alarm) -> Markup {
    let mut parts = Vec::new();
    let about = alarm.container.as_ref().or(alarm.source.as_ref());
    for words in about.into_iter().chain(alarm.slot.as_ref()) {
        parts.push(fill("<span>{}</span>", &[text(words)]));
    }
    let mut place = nothing();
    for part in parts {
        place = place.then(part);
    }
    place
}

/// How long it has been active, or was.
pub fn since(context: Context, alarm: &Alarm) -> String {
    let now = context.live.now.get_untracked();
    let (word, until) = match alarm.cleared_at {
        Some(cleared) => (Word::WallLasted, Some(cleared.at)),
        None => (Word::WallActive, now),
    };
    let long = until.map_or_else(String::new, |until| {
        long(context, until.seconds_since(alarm.raised_at.at).max(0))
    });
    context.fill(word, long)
}

/// A duration in minutes and more: nothing on a wall counts seconds.
pub fn long(context: Context, seconds: i64) -> String {
    let words = format::duration(context.language, seconds.max(60));
    if seconds < 60 {
        ["< ", &words].concat()
    } else {
        words
    }
}
