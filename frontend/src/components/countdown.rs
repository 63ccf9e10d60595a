//! A clock that runs down to a moment: by the engine's clock, never the browser's, with a shape beside the colour once it
//! is close or over.

use super::markup::{Markup, fill, text};
use super::reactive::effect;
use crate::context::Context;
use crate::i18n::{Language, Word, format};
use leptos::prelude::*;
use shared::time::{LocalTime, Time};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Nearer than this is near, in seconds.
const NEAR: i64 = 3 * 3_600;
/// Nearer than this is soon.
const SOON: i64 = 3_600;
/// A time-out farther away than this calls nobody.
const LATE: i64 = 900;

/// What happens then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// The vessel closes.
    Closing,
    /// An application times out.
    TimeOut,
    /// Something began, and lasts.
    Since,
}

impl Until {
    fn name(self) -> &'static str {
        match self {
            Until::Closing => "closing",
            Until::TimeOut => "time_out",
            Until::Since => "since",
        }
    }

    fn of(name: &str) -> Until {
        match name {
            "closing" => Until::Closing,
            "time_out" => Until::TimeOut,
            _ => Until::Since,
        }
    }
}

/// How near a closing time is.
pub fn nearness(seconds: i64) -> &'static str {
    match seconds {
        ..0 => "over",
        0..SOON => "soon",
        SOON..NEAR => "near",
        _ => "far",
    }
}

/// How near something is: what times out is looked at late, and what lasts comes no nearer.
fn near(what: Until, seconds: i64) -> &'static str {
    match what {
        Until::Closing => nearness(seconds),
        Until::TimeOut if seconds > LATE => "far",
        Until::TimeOut => nearness(seconds),
        Until::Since => "far",
    }
}

/// How long until then, or since then, in words.
pub fn words(language: Language, what: Until, seconds: i64) -> String {
    let long = |seconds: i64| format::duration(language, seconds);
    match (what, seconds < 0) {
        (Until::Closing, false) => language.fill(Word::ClosesIn, long(seconds)),
        (Until::Closing, true) => language.fill(Word::ClosedAgo, long(-seconds)),
        (Until::TimeOut, false) => language.fill(Word::TimesOutIn, long(seconds)),
        (Until::TimeOut, true) => language.fill(Word::TimeWasOut, long(-seconds)),
        (Until::Since, _) => long((-seconds).max(0)),
    }
}

/// The clock; [`tick`] keeps it running.
pub fn countdown(context: Context, what: Until, at: LocalTime) -> Markup {
    let now = context.live.now.get_untracked();
    let seconds = now.map(|now| at.at.seconds_since(now));
    let gaps = [
        text(what.name()),
        text(&at.at.0.to_string()),
        text(seconds.map_or("far", |seconds| near(what, seconds))),
        text(&at.to_string()),
        text(&format::stamp(at)),
        text(&seconds.map_or_else(
            || format::stamp(at),
            |seconds| words(context.language, what, seconds),
        )),
    ];
    fill(
        "<time class=\"countdown\" data-what=\"{}\" data-until=\"{}\" data-near=\"{}\" datetime=\"{}\" title=\"{}\">{}</time>",
        &gaps,
    )
}

/// Keeps the clocks of the page running for as long as the component that asks lives.
pub fn tick(context: Context) {
    effect(move || {
        if let Some(now) = context.live.now.get() {
            show(context.language, now);
        }
    });
}

fn show(language: Language, now: Time) {
    let Ok(clocks) = document().query_selector_all("[data-until]") else {
        return;
    };
    for index in 0..clocks.length() {
        let clock = clocks
            .item(index)
            .and_then(|clock| clock.dyn_into::<Element>().ok());
        let Some(clock) = clock else {
            continue;
        };
        let at = clock.get_attribute("data-until").and_then(|at| at.parse().ok());
        let (Some(at), Some(what)) = (at, clock.get_attribute("data-what")) else {
            continue;
        };
        let what = Until::of(&what);
        let seconds = Time(at).seconds_since(now);
        let words = words(language, what, seconds);
        if clock.text_content().as_deref() != Some(&words) {
            clock.set_text_content(Some(&words));
            let near = near(what, seconds);
            // A plain name is always taken.
            let _ = clock.set_attribute("data-near", near);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_long_until_closing_and_how_long_it_is_over() {
        let closing = |seconds| words(Language::English, Until::Closing, seconds);
        assert!(closing(8_000).contains("2 h 13 min"));
        assert!(closing(-720).contains("12 min"));
        assert_ne!(closing(720), closing(-720));
        assert_eq!(words(Language::English, Until::Since, -90), "1 min");
    }

    #[test]
    fn it_is_soon_within_an_hour_and_over_after() {
        let near = [20_000, 10_800, 10_799, 3_599, 0, -1].map(nearness);
        assert_eq!(near, ["far", "far", "near", "soon", "soon", "over"]);
    }
}
