//! The alarms of a stay, each with its history.

use crate::address::Page;
use crate::components::alarm::{short, state_words, what};
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::pages::alarms::words::rule_words;
use shared::time::Time;
use shared::wire::alarm::{Alarm, HistoryEntry};
use shared::wire::stay::Stay;

/// The alarms of a stay, in its order. As of a moment, what was done with them until then.
pub fn show(context: Context, stay: &Stay, alarms: &[Alarm], known: Option<Time>) -> Markup {
    let mut items = Vec::new();
    for id in &stay.alarms {
        match alarms.iter().find(|alarm| alarm.id == *id) {
            Some(alarm) => items.push(item(context, alarm, known)),
            // It was known then, and was withdrawn since.
            None if known.is_some() => items.push(withdrawn(context, id)),
            None => {}
        }
    }
    let inner = match items.is_empty() {
        true => fill(
            "<p class=\"quiet\">{}</p>",
            &[say(context.language, Word::NoAlarmsInStay)],
        ),
        false => fill("<ul class=\"stay-alarms\">{}</ul>", &[join(&items)]),
    };
    let gaps = [say(context.language, Word::Alarms), inner];
    fill("<section class=\"card\"><h2>{}</h2>{}</section>", &gaps)
}

fn withdrawn(context: Context, id: &str) -> Markup {
    let href = context
        .address
        .link(&Page::Alarms, &[("alarm", id), ("state", "all")]);
    let gaps = [
        text(id),
        text(&href),
        text(id),
        say(context.language, Word::StateWithdrawn),
    ];
    fill(
        "<li data-alarm-link=\"{}\"><a href=\"{}\">{}</a> · {}</li>",
        &gaps,
    )
}

fn item(context: Context, alarm: &Alarm, known: Option<Time>) -> Markup {
    let href = context
        .address
        .link(&Page::Alarms, &[("alarm", &alarm.id), ("state", "all")]);
    let by_then = |at: Time| known.is_none_or(|known| at <= known);
    // Times and state are those of today; of then there is only what its history says.
    let today = match known {
        None => today(context, alarm),
        Some(_) => text(&rule_words(context.language, &alarm.rule)),
    };
    let mut steps = Vec::new();
    for entry in alarm.history.iter().filter(|entry| by_then(entry.at.at)) {
        steps.push(step(context, entry));
    }
    let gaps = [
        text(&alarm.id),
        text(if alarm.active && known.is_none() {
            "true"
        } else {
            "false"
        }),
        text(&href),
        text(short(context.language, alarm.kind)),
        text(context.term(alarm.priority)),
        today,
        text(&["history ", &alarm.id].concat()),
        say(context.language, Word::History),
        text(&steps.len().to_string()),
        join(&steps),
    ];
    fill(
        "<li data-alarm-link=\"{}\" data-active=\"{}\"><a href=\"{}\"><strong>{}</strong></a> · {} · {}\
         <details data-key=\"{}\"><summary>{} ({})</summary><ol class=\"history-list\">{}</ol></details></li>",
        &gaps,
    )
}

/// What an alarm is today: state, what is wrong, since when and until when, and what the terminal said.
fn today(context: Context, alarm: &Alarm) -> Markup {
    let cleared = alarm.cleared_at.map_or_else(nothing, |cleared| {
        let gaps = [
            say(context.language, Word::ClearedAt),
            text(&format::stamp(cleared)),
        ];
        fill(" · {} <time>{}</time>", &gaps)
    });
    let explanation = alarm.explanation.as_ref().map_or_else(nothing, |explained| {
        let gaps = [say(context.language, Word::Explanation), text(&explained.text)];
        fill("<p>{}: <q>{}</q></p>", &gaps)
    });
    let gaps = [
        text(&state_words(context, alarm)),
        text(&what(context, alarm)),
        say(context.language, Word::RaisedAt),
        text(&format::stamp(alarm.raised_at)),
        cleared,
        explanation,
    ];
    fill(
        "{}<div>{}</div><div class=\"quiet\">{} <time>{}</time>{}</div>{}",
        &gaps,
    )
}

/// Who did what, when, and why.
fn step(context: Context, entry: &HistoryEntry) -> Markup {
    let who = entry.by.as_deref().unwrap_or(context.say(Word::System));
    let remark = entry.remark.as_deref();
    let remark = remark.map_or_else(nothing, |remark| fill("<q>{}</q>", &[text(remark)]));
    let gaps = [
        text(&format::stamp(entry.at)),
        text(context.term(entry.action)),
        text(who),
        remark,
    ];
    fill("<li><time>{}</time> <strong>{}</strong> · {} {}</li>", &gaps)
}
