//! The yard as it was: a slider over the past, and playing it. What is shown is a moment by the time of events, with
//! what is known today.

/// How full the yard was.
mod course;
/// What is played.
mod player;

use crate::address::Query;
use crate::client::calls;
use crate::components::markup::{Markup, fill, join, nothing, shown, text};
use crate::components::planted::{find, listen, planted, pressed};
use crate::components::reactive::{effect, spawn};
use crate::components::select::labelled;
use crate::components::shell::{part_with, say};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Followed, ask, steady_ms};
use crate::yard_map::states::Yard;
use leptos::leptos_dom::helpers::{IntervalHandle, TimeoutHandle};
use leptos::prelude::*;
use player::{Fetch, Player};
use shared::time::{DAY, HOUR, LocalTime, MINUTE, Time};
use shared::wire::replay::{AlarmCounts, YardCourse};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// How often the yard is drawn while it is played.
const FRAME: Duration = Duration::from_millis(100);
/// The address follows when the slider has rested for this long.
const REST: Duration = Duration::from_millis(300);
/// Lists beside the map follow no more often than this while it is played, in milliseconds.
const LISTS: f64 = 1_000.0;
/// How many times as fast as it was.
const SPEEDS: [i64; 6] = [1, 60, 300, 900, 3_600, 14_400];
/// Where nothing is known of the past yet.
const DEFAULT_PAST: i64 = DAY;

/// Where in the past the page is. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Replay {
    context: Context,
    /// The moment that is to be shown, milliseconds since 1970; `None` is now.
    pub target: RwSignal<Option<i64>>,
    /// The same for lists, which follow less often.
    pub told: RwSignal<Option<i64>>,
    playing: RwSignal<bool>,
    waiting: RwSignal<bool>,
    speed: RwSignal<i64>,
    kept: StoredValue<Rc<Kept>, LocalStorage>,
}

#[derive(Default)]
struct Kept {
    player: RefCell<Player>,
    // The moment of which the yard was asked for last, while that call runs.
    asked_for: Cell<Option<Option<i64>>>,
    interval: Cell<Option<IntervalHandle>>,
    rest: Cell<Option<TimeoutHandle>>,
    drawn_at: Cell<f64>,
    told_at: Cell<f64>,
}

impl Replay {
    /// Begins where the address says.
    pub fn new(context: Context) -> Replay {
        let replay = Replay {
            context,
            target: RwSignal::new(None),
            told: RwSignal::new(None),
            playing: RwSignal::new(false),
            waiting: RwSignal::new(false),
            speed: RwSignal::new(SPEEDS[2]),
            kept: StoredValue::new_local(Rc::default()),
        };
        let at = untrack(|| replay.addressed());
        replay.target.set(at);
        replay.told.set(at);
        replay.kept().player.borrow_mut().seek(at.unwrap_or(0));
        on_cleanup(move || replay.stop());
        replay
    }

    fn kept(self) -> Rc<Kept> {
        self.kept.try_get_value().unwrap_or_default()
    }

    /// The moment in the address; tracked.
    fn addressed(self) -> Option<i64> {
        let at = self.context.address.parameter("at").get()?;
        LocalTime::parse(&at).ok().map(|at| at.at.0)
    }

    /// A call about the moment that is shown.
    pub fn ask(self, query: &Query, moment: Option<i64>) -> Query {
        let at = moment.map(|at| untrack(|| self.local(at)).to_string());
        query.clone().with("at", at.as_deref())
    }

    fn local(self, at: i64) -> LocalTime {
        self.context.sites.local(Time(at))
    }

    /// The end of the tape.
    fn last(self) -> i64 {
        self.context.live.time().map_or(i64::MAX, |now| now.0)
    }

    /// Follows the address and what the server answers.
    pub fn follow(self, yard: Followed<Yard>) {
        effect(move || {
            let at = self.addressed();
            if untrack(|| self.target.get()) != at && !self.playing.get_untracked() {
                self.seek(yard, at);
            }
        });
        effect(move || {
            let Some(shown) = yard.with(|yard| yard.map(|yard| yard.at)) else {
                return;
            };
            let kept = self.kept();
            // Only an answer about the past has a moment; what happens now meanwhile has none.
            let answered = |asked: &Option<i64>| asked.is_some() == shown.is_some();
            let Some(asked) = kept.asked_for.get().filter(answered) else {
                return;
            };
            kept.asked_for.set(None);
            let target = self.target.get_untracked();
            if asked != target {
                // The slider went on meanwhile.
                return self.fetch(yard);
            }
            self.waiting.set(false);
            self.told.set(target);
            if let Some(at) = shown {
                kept.player.borrow_mut().seek(at.at.0);
            }
        });
        let failed = yard.core().error;
        effect(move || {
            if failed.with(Option::is_some) {
                self.kept().asked_for.set(None);
                self.waiting.set(false);
                self.stop();
            }
        });
    }

    /// Shows another moment; `None` is now.
    fn seek(self, yard: Followed<Yard>, at: Option<i64>) {
        self.stop();
        self.target.set(at);
        if self.kept().asked_for.get().is_none() {
            self.fetch(yard);
        }
        if at.is_none() {
            self.told.set(None);
        }
        self.address_soon();
    }

    /// Asks for the yard of the moment; one call at a time, and the latest moment behind it.
    fn fetch(self, yard: Followed<Yard>) {
        let target = self.target.get_untracked();
        self.kept().asked_for.set(Some(target));
        self.waiting.set(true);
        yard.reload();
    }

    fn address_soon(self) {
        let kept = self.kept();
        let follow = move || {
            let at = self.target.get_untracked();
            let at = at.map(|at| untrack(|| self.local(at)).to_string());
            self.context.address.replace(&[("at", at.as_deref())]);
        };
        let again = set_timeout_with_handle(follow, REST).ok();
        if let Some(before) = kept.rest.replace(again) {
            before.clear();
        }
    }

    fn toggle(self, yard: Followed<Yard>) {
        if self.playing.get_untracked() {
            self.stop();
            self.told.set(self.target.get_untracked());
            self.address_soon();
            return;
        }
        // What is now has no sequel: the last hour is played.
        if self.target.get_untracked().is_none() {
            self.seek(yard, Some(self.last() - HOUR));
        }
        let kept = self.kept();
        kept.drawn_at.set(steady_ms());
        let interval = set_interval_with_handle(move || self.play(yard), FRAME);
        if let Some(before) = kept.interval.replace(interval.ok()) {
            before.clear();
        }
        self.playing.set(true);
    }

    fn stop(self) {
        if let Some(interval) = self.kept().interval.take() {
            interval.clear();
        }
        let _ = self.playing.try_set(false);
    }

    /// The next frame.
    fn play(self, yard: Followed<Yard>) {
        let kept = self.kept();
        let now = steady_ms();
        let passed = now - kept.drawn_at.replace(now);
        if kept.asked_for.get().is_some() {
            // The yard of the moment is still on its way.
            return;
        }
        let (last, speed) = (self.last(), self.speed.get_untracked());
        let (due, at, waiting) = {
            let mut player = kept.player.borrow_mut();
            // A tab that slept does not leap.
            let to = player.at() + (passed.min(1_000.0) * speed as f64) as i64;
            let due = player.go_on(to.min(last));
            (due, player.at(), player.is_waiting(last))
        };
        let shown = untrack(|| self.local(at));
        yard.update(|yard| {
            for moment in &due {
                yard.moment(moment);
            }
            yard.at = Some(shown);
        });
        self.target.set(Some(at));
        if self.waiting.get_untracked() != waiting {
            self.waiting.set(waiting);
        }
        if now - kept.told_at.get() >= LISTS {
            kept.told_at.set(now);
            self.told.set(Some(at));
        }
        if at >= last - MINUTE.min(speed * 1_000) {
            return self.seek(yard, None);
        }
        let wants = kept.player.borrow_mut().wants(speed, last);
        if let Some(fetch) = wants {
            self.fetch_ahead(fetch);
        }
    }

    fn fetch_ahead(self, fetch: Fetch) {
        let bounds = untrack(|| {
            (
                self.local(fetch.from).to_string(),
                self.local(fetch.to).to_string(),
            )
        });
        let query = self
            .context
            .call()
            .with("from", Some(&bounds.0))
            .with("to", Some(&bounds.1));
        let query = query.with("limit", Some("10000"));
        spawn(async move {
            let mut cursor: Option<String> = None;
            loop {
                let page = query.clone().with("cursor", cursor.as_deref());
                let answer = calls::yard_changes(&page).await;
                let kept = self.kept();
                let mut player = kept.player.borrow_mut();
                let Ok(answer) = answer else {
                    return player.failed(fetch.call);
                };
                let last = answer.items.last().map_or(fetch.from, |moment| moment.at.at.0);
                let known_to = if answer.next.is_none() { fetch.to } else { last };
                if !player.take(fetch.call, answer.items, known_to) || answer.next.is_none() {
                    return;
                }
                cursor = answer.next;
            }
        });
    }
}

/// The bar with slider and buttons.
pub fn replay_bar(replay: Replay, yard: Followed<Yard>) -> AnyView {
    let context = replay.context;
    let query = context.call();
    // The past grows by the day; its first moment does not change.
    let course = ask::<YardCourse>(move || calls::yard_course(&query));
    let first = move || {
        let first = course.with(|course| course.and_then(|course| course.0.first));
        first.map_or(replay.last() - DEFAULT_PAST, |first| first.at.0)
    };
    let words = [
        Word::PlayPause,
        Word::HourBack,
        Word::Moment,
        Word::HourOn,
        Word::ToNow,
    ];
    let [play, back, moment, on, now] = words.map(|word| say(context.language, word));
    let bar = fill(
        "<button type=\"button\" class=\"play\" data-do=\"play\" aria-pressed=\"false\" aria-label=\"{}\" title=\"{}\">\
         </button><button type=\"button\" data-do=\"back\" title=\"{}\">−1 h</button>\
         <label class=\"moment\"><span class=\"unseen\">{}</span>\
         <input type=\"range\" name=\"moment\" min=\"0\" max=\"1\" step=\"1\"></label>\
         <button type=\"button\" data-do=\"on\" title=\"{}\">+1 h</button>\
         <button type=\"button\" data-do=\"now\">{}</button>",
        &[play.clone(), play, back, moment, on, now],
    );
    let ready = move |bar: HtmlElement| begin(replay, yard, Arc::new(first), bar);
    let speeds: Vec<Markup> = SPEEDS
        .iter()
        .map(|speed| {
            let speed = text(&speed.to_string());
            fill("<option value=\"{}\">× {}</option>", &[speed.clone(), speed])
        })
        .collect();
    let speed = labelled(
        context.say(Word::Speed),
        "speed",
        join(&speeds),
        Box::new(move || replay.speed.get().to_string()),
        Box::new(move |speed| replay.speed.set(speed.parse().unwrap_or(SPEEDS[2]))),
    );
    let parts = vec![
        planted("replay-controls", bar, Box::new(ready)),
        shown("course-behind", move || {
            course.with(|course| course.map_or_else(nothing, |course| course::picture(&course.0)))
        }),
        part_with(
            "div",
            "replay-speed",
            [("role", None), ("aria-label", None)],
            vec![speed],
        ),
        shown("replay-moment", move || told(replay, yard)),
    ];
    part_with(
        "section",
        "replay",
        [("aria-label", Some(context.say(Word::Replay))), ("role", None)],
        parts,
    )
}

fn begin(replay: Replay, yard: Followed<Yard>, first: Arc<dyn Fn() -> i64 + Send + Sync>, bar: HtmlElement) {
    let Some(slider) = find::<HtmlInputElement>(&bar, "input") else {
        return;
    };
    let (moved, from) = (slider.clone(), first.clone());
    let hear = move |event: web_sys::Event| {
        if event.type_() == "input" {
            let minutes: i64 = moved.value().parse().unwrap_or(0);
            let last = replay.last() / MINUTE;
            let at = (minutes < last).then_some(minutes * MINUTE);
            return replay.seek(yard, at);
        }

        let step = |by: i64| {
            let at = replay.target.get_untracked().unwrap_or(replay.last()) + by;
            let at = at.max(untrack(|| from()));
            replay.seek(yard, (at < replay.last()).then_some(at));
        };
        match pressed(&event).as_deref() {
            Some("play") => replay.toggle(yard),
            Some("back") => step(-HOUR),
            Some("on") => step(HOUR),
            Some("now") => replay.seek(yard, None),
            _ => {}
        }
    };
    listen(&bar, &["input", "click"], Box::new(hear));
    let play = find::<Element>(&bar, "[data-do=play]");
    let now_button = find::<HtmlElement>(&bar, "[data-do=now]");
    effect(move || {
        let playing = replay.playing.get();
        if let Some(play) = &play {
            // Only what it says would be missing.
            let _ = play.set_attribute("aria-pressed", if playing { "true" } else { "false" });
        }
    });
    effect(move || {
        let is_past = replay.target.with(Option::is_some);
        if let Some(button) = &now_button {
            // A button that does nothing is not there; its place is kept.
            let _ = button.toggle_attribute_with_force("data-idle", !is_past);
        }
    });
    // The slider ends now; once a minute is enough.
    let ends = Memo::new(move |_| {
        let now = replay.context.live.now.get();
        (first() / MINUTE, now.map_or(1, |now| now.0 / MINUTE))
    });
    effect(move || {
        let (first, last) = ends.get();
        slider.set_min(&first.to_string());
        slider.set_max(&last.to_string());
        let at = replay.target.get();
        slider.set_value(&at.map_or(last, |at| at / MINUTE).to_string());
        let words = match at {
            Some(at) => format::stamp(replay.local(at)),
            None => replay.context.say(Word::Now).to_owned(),
        };
        // A screen reader then says minutes since 1970.
        let _ = slider.set_attribute("aria-valuetext", &words);
    });
}

/// The moment in words, and what there was.
fn told(replay: Replay, yard: Followed<Yard>) -> Markup {
    const MOMENT: &str = "<p class=\"{}\" role=\"status\"><strong>{}</strong> {}</p>";
    let context = replay.context;
    let Some(at) = replay.target.get() else {
        let now = say(context.language, Word::YardIsLive);
        return fill(MOMENT, &[text("live"), say(context.language, Word::Now), now]);
    };
    let stamp = text(&format::stamp(replay.local(at)));
    let state = if replay.waiting.get() {
        say(context.language, Word::Loading)
    } else {
        say(context.language, Word::YardWas)
    };
    let line = fill(MOMENT, &[text("past"), stamp, state]);
    let counts = yard.with(|yard| yard.map(|yard| yard.counts)).unwrap_or_default();
    let AlarmCounts { high, medium, low } = counts.alarms;
    let fact = |word: Word, value: Markup| {
        fill(
            "<div><dt>{}</dt><dd>{}</dd></div>",
            &[say(context.language, word), value],
        )
    };
    let mut alarms = Vec::new();
    for (priority, word, count) in [
        ("high", Word::PriorityHigh, high),
        ("medium", Word::PriorityMedium, medium),
        ("low", Word::PriorityLow, low),
    ] {
        let gaps = [
            text(priority),
            say(context.language, word),
            text(&format::whole(count)),
        ];
        alarms.push(fill(
            "<span class=\"priority\" data-priority=\"{}\">{} {}</span> ",
            &gaps,
        ));
    }
    let facts = [
        fact(Word::Boxes, text(&format::whole(counts.boxes))),
        fact(Word::Teu, text(&format::decimal(counts.teu))),
        fact(Word::Alarms, join(&alarms)),
    ];
    let facts = fill("<dl class=\"facts\">{}</dl>", &[join(&facts)]);
    line.then(facts)
}
