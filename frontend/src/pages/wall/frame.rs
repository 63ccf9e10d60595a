//! What is always there: which scene it is, the clock of the site, the age of the data, the connection. The wall is
//! never wrong about how old its data is: what is old is dimmed, and says so in big type.

use super::plan::title;
use super::stage::Stage;
use crate::components::block::block_of;
use crate::components::markup::{Markup, fill, join, nothing, shown, text};
use crate::components::reactive::{changed_text, effect};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Connection, steady_ms};
use leptos::html::Div;
use leptos::prelude::*;
use shared::time::{LocalTime, Time};

/// A connection that is lost for less than this many seconds is named above, and no more.
const PATIENCE: i64 = 5;

const HEAD: &str = "<header class=\"wall-head\"><h1>{}</h1><p class=\"wall-state\"><span class=\"wall-connection\" \
                    data-connection=\"{}\">{}</span> <span class=\"wall-age\" data-field=\"age\" data-old=\"{}\">{}</span></p>\
                    <p class=\"wall-clock\"><time>{}</time> <span class=\"wall-zone\">{}</span></p></header>";
const OVER: &str = "<div class=\"wall-over\" role=\"alert\" data-state=\"{}\"><p class=\"wall-over-what\">{}</p>\
                    <p class=\"wall-over-age\">{}</p><p>{}</p></div>";

/// When the site's data was told last, as far as the wall knows; tracked.
fn told(context: Context) -> Option<Time> {
    let heard = context.live.heard_at.get();
    let site = context.sites.with_current(|site| Some(site?.data_at?.at));
    site.max(heard)
}

/// Seconds since then; tracked.
fn age(context: Context) -> Option<i64> {
    let (now, told) = context.live.now.get().zip(told(context))?;
    Some(now.seconds_since(told).max(0))
}

/// What is to be known about the data before anything of it is believed; nothing where it is live. Tracked.
fn state(stage: Stage) -> Option<&'static str> {
    let context = stage.context;
    let known = context.sites.all.with(|sites| !sites.is_empty());
    match (context.live.connection.get(), age(context)) {
        (Connection::Lost, _) => Some("lost"),
        (Connection::Starting, None) => Some("starting"),
        (Connection::Live, None) if known => Some("nothing"),
        (_, Some(age)) if age as f64 > stage.plan.with_value(|plan| plan.old) => Some("old"),
        _ => None,
    }
}

/// The line above every scene.
pub fn head(stage: Stage) -> AnyView {
    let context = stage.context;
    shown("wall-top", move || {
        let scene = stage.rotation.look(|rotation| rotation.at);
        let scene = stage.plan.with_value(|plan| plan.scenes.get(scene).copied());
        let (name, word) = match context.live.connection.get() {
            Connection::Starting => ("starting", Word::Connecting),
            Connection::Live => ("live", Word::Live),
            Connection::Lost => ("lost", Word::Disconnected),
        };
        let age = match age(context) {
            Some(age) => context.fill(Word::DataAge, format::duration(context.language, age)),
            None => context.say(Word::NoDataYet).to_owned(),
        };
        let old = state(stage).is_some();
        let now = context.live.now.get();
        let clock = now.map_or_else(String::new, |now| format::hour_minute(context.sites.local(now)));
        let zone = now.map(|now| context.sites.local(now).offset_seconds);
        let zone = zone.map_or_else(String::new, zone_words);
        let gaps = [
            text(scene.map_or("", |scene| title(context, scene))),
            text(name),
            text(context.say(word)),
            text(if old { "true" } else { "false" }),
            text(&age),
            text(&clock),
            text(&zone),
        ];
        fill(HEAD, &gaps)
    })
}

/// `UTC+8`, `UTC+5:30`.
fn zone_words(offset: i32) -> String {
    let words = format::offset(offset)
        .replacen("+0", "+", 1)
        .replacen("-0", "-", 1);
    ["UTC", words.strip_suffix(":00").unwrap_or(&words)].concat()
}

/// The line below: where it is, what has to be said of the data, and which of the scenes is seen.
pub fn foot(stage: Stage) -> AnyView {
    let context = stage.context;
    shown("wall-foot", move || {
        let mut notes = Vec::new();
        context.sites.with_current(|site| {
            let Some(site) = site else {
                return;
            };
            let name = context.language.choose(&site.name.en, &site.name.zh);
            notes.push(note("site", name));
            if let Some(done) = site.history.filter(|done| *done < 1.0) {
                notes.push(note(
                    "history",
                    &context.fill(Word::MakingHistory, format::percent(done)),
                ));
            }
            if site.simulated {
                notes.push(note("simulated", context.say(Word::Simulated)));
            }
        });
        if !context.session.has_accounts() {
            notes.push(note("open-access", context.say(Word::AccessOpen)));
        }
        let rotation = stage.rotation.look(|rotation| *rotation);
        let count = stage.plan.with_value(|plan| plan.scenes.len());
        let mut dots = Vec::new();
        if count > 1 {
            for index in 0..count {
                let seen = if index == rotation.at { "true" } else { "false" };
                dots.push(fill("<i data-seen=\"{}\"></i>", &[text(seen)]));
            }
            if rotation.stands {
                dots.push(fill("<b>{}</b>", &[text(context.say(Word::WallStands))]));
            }
        }
        fill(
            "<div class=\"wall-notes\">{}</div><div class=\"wall-dots\">{}</div>",
            &[join(&notes), join(&dots)],
        )
    })
}

fn note(class: &str, words: &str) -> Markup {
    fill("<p class=\"{}\">{}</p>", &[text(class), text(words)])
}

/// What lies over a scene while its data is old, or there is none; the scene is dimmed below it.
pub fn over(stage: Stage) -> AnyView {
    let node = NodeRef::<Div>::new();
    let now = changed_text(move || state(stage).map(str::to_owned));
    effect(move || {
        let now = now.get();
        if let Some(stage) = node.get().and_then(|node| node.parent_element()) {
            // A plain name is always taken.
            let _ = stage.set_attribute("data-state", now.as_deref().unwrap_or("live"));
        }
    });
    let words = shown("contents", move || words(stage).unwrap_or_else(nothing));
    block_of("wall-veil", None, node, vec![words])
}

fn words(stage: Stage) -> Option<Markup> {
    let context = stage.context;
    let state = state(stage)?;
    let since = context.live.lost_since.get();
    let lost = since.map(|since| ((steady_ms() - since) / 1_000.0) as i64);
    if state == "lost" && lost.is_some_and(|lost| lost < PATIENCE) {
        return None;
    }
    let long = |seconds: i64| format::duration(context.language, seconds);
    let what = match state {
        "lost" => context.fill(Word::WallLost, long(lost.unwrap_or(0))),
        "starting" => context.say(Word::Connecting).to_owned(),
        "nothing" => context.say(Word::NoDataYet).to_owned(),
        _ => context.say(Word::WallSilent).to_owned(),
    };
    let age = age(context).map(|age| context.fill(Word::DataAge, long(age)));
    let detail = match told(context) {
        Some(told) => context.fill(Word::WallKnownAt, moment(context, context.sites.local(told))),
        None if state == "nothing" => context.say(Word::WallNothing).to_owned(),
        None => String::new(),
    };
    let gaps = [
        text(state),
        text(&what),
        text(&age.unwrap_or_default()),
        text(&detail),
    ];
    Some(fill(OVER, &gaps))
}

/// A moment of today by its clock, any other with its day.
pub fn moment(context: Context, at: LocalTime) -> String {
    let now = context.live.now.get_untracked();
    let today = now.map(|now| format::date(context.sites.local(now)));
    let (day, clock) = (format::date(at), format::hour_minute(at));
    if today.as_ref() == Some(&day) {
        clock
    } else {
        [day.as_str(), &clock].join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::zone_words;

    #[test]
    fn a_zone_is_said_in_few_letters() {
        assert_eq!(zone_words(8 * 3_600), "UTC+8");
        assert_eq!(zone_words(-(3 * 3_600 + 1_800)), "UTC-3:30");
        assert_eq!(zone_words(10 * 3_600), "UTC+10");
        assert_eq!(zone_words(0), "UTC+0");
    }
}
