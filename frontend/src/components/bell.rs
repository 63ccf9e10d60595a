//! What calls the person: the number of open alarms on every page, a sound for what is new and urgent, and the same
//! in words for a screen reader. Nothing is called out twice, neither after a lost connection nor by several tabs.

use super::kept::{keep, kept};
use super::markup::{Markup, fill, nothing, text};
use crate::address::{Address, Query};
use crate::client::{calls, understood};
use crate::components::reactive::{Shared, effect, whether};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::sites::Sites;
use crate::live::{Fresh, Live, Message, Topic, steady_ms, watch};
use crate::session::Session;
use leptos::{ev, prelude::*};
use shared::access::Right;
use shared::alarm::{Action, Kind, Priority};
use shared::wire::alarm::{Alarm, AlarmSummary};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::AudioContext;

/// The number is asked for again no sooner than this.
const GAP_MS: f64 = 2_000.0;
/// What comes within this time is said in one sentence.
const GATHER: Duration = Duration::from_secs(3);
/// No sound follows another sooner than this.
const QUIET_MS: f64 = 5_000.0;
/// A tab that nobody sees leaves the others this long to ring.
const BEHIND: Duration = Duration::from_millis(400);
/// So many alarms are remembered as called out.
const REMEMBERED: usize = 5_000;
/// Where the browser keeps whether sound is off.
const SOUND_KEY: &str = "quaylight.sound";
/// Where the tabs of a browser tell each other when they rang.
const RANG_KEY: &str = "quaylight.rang";

/// Whether there is sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// The person does not want any.
    Off,
    /// The browser holds it back until somebody clicks or types.
    Waiting,
    /// It is on.
    On,
}

/// What is new, to be said.
#[derive(Clone, Debug, Default, PartialEq)]
struct News {
    count: u64,
    high: u64,
    last: Option<(Kind, String)>,
}

/// The bell. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Bell {
    // How many alarms are open, and how many of them are high and unacknowledged.
    open: Shared<Option<(u64, u64)>>,
    sound: Shared<Sound>,
    /// Whether a sound was held back by the browser.
    pub missed: RwSignal<bool>,
    said: Shared<News>,
    state: StoredValue<Rc<State>, LocalStorage>,
}

#[derive(Default)]
struct State {
    called: RefCell<VecDeque<String>>,
    gathered: RefCell<News>,
    rang_at: Cell<f64>,
    audio: RefCell<Option<AudioContext>>,
}

impl Bell {
    /// Starts it; it lives as long as the page.
    pub fn start(address: Address, live: Live, sites: Sites, session: Session) -> Bell {
        let wanted = kept(SOUND_KEY).as_deref() != Some("off");
        let bell = Bell {
            open: Shared::new(None),
            sound: Shared::new(if wanted { Sound::Waiting } else { Sound::Off }),
            missed: RwSignal::new(false),
            said: Shared::new(News::default()),
            state: StoredValue::new_local(Rc::new(State {
                rang_at: Cell::new(f64::NEG_INFINITY),
                ..State::default()
            })),
        };
        let site = address.parameter("site");
        let may = whether(move || session.may(Right::Alarms));
        effect(move || {
            bell.open.change(|open| *open = None);
            if may.get() {
                bell.follow(site, live, sites);
            }
        });
        // Whatever somebody does first lets the browser play.
        let _ = window_event_listener(ev::pointerdown, move |event| bell.woken_by(&event));
        let _ = window_event_listener(ev::keydown, move |event| bell.woken_by(&event));
        bell
    }

    /// Follows alarms for as long as whoever looks may see them.
    fn follow(self, site: Memo<Option<String>>, live: Live, sites: Sites) {
        let bell = self;
        let path = move || {
            let query = Query::default().with("site", site.get_untracked().as_deref());
            calls::alarm_summary(&query.with("open", Some("true")))
        };
        let take = move |answer: &str| {
            let summary: AlarmSummary = understood(answer)?;
            let high = summary.kinds.iter();
            let high = high.filter(|count| count.priority == Priority::High);
            let counted = (summary.open, high.map(|count| count.unacknowledged).sum());
            bell.open.change(|open| *open = Some(counted));
            Ok(())
        };
        let fresh = Fresh::new(GAP_MS, Box::new(path), Box::new(take));
        fresh.follow(live, Topic::Alarms, |_| true);
        effect(move || {
            site.track();
            fresh.want_in(0.0);
        });
        watch(live, &[Topic::Alarms], move |message| {
            if let Some(Message::Alarm(alarm)) = message
                && site.get_untracked().is_none_or(|site| site == alarm.site)
                && !is_making_history(sites, &alarm.site)
            {
                bell.hear(alarm);
            }
        });
    }

    fn hear(self, alarm: &Alarm) {
        if !begins(alarm) || alarm.priority == Priority::Low {
            return;
        }
        let state = self.state.get_value();
        let mut called = state.called.borrow_mut();
        if called.iter().any(|id| *id == alarm.id) {
            return;
        }
        called.push_back(alarm.id.clone());
        if called.len() > REMEMBERED {
            called.pop_front();
        }
        let mut gathered = state.gathered.borrow_mut();
        if gathered.count == 0 {
            set_timeout(move || self.say(), GATHER);
        }
        gathered.count += 1;
        let about = alarm.container.as_ref().or(alarm.source.as_ref());
        gathered.last = Some((alarm.kind, about.cloned().unwrap_or_default()));
        if alarm.priority == Priority::High {
            gathered.high += 1;
            if document().hidden() {
                set_timeout(move || self.ring(), BEHIND);
            } else {
                self.ring();
            }
        }
    }

    fn say(self) {
        let gathered = self.state.get_value().gathered.take();
        self.said.change(|said| *said = gathered);
    }

    /// Turns sound on or off.
    pub fn toggle(self) {
        if self.sound.peek(|sound| *sound) != Sound::On {
            keep(SOUND_KEY, "on");
            self.sound.change(|sound| *sound = Sound::Waiting);
            self.wake();
            // So that it is known how it sounds, and that it does.
            self.state.get_value().rang_at.set(steady_ms());
            self.beep();
        } else {
            keep(SOUND_KEY, "off");
            self.sound.change(|sound| *sound = Sound::Off);
            self.missed.set(false);
        }
    }

    /// The button has its own way.
    fn woken_by(self, event: &web_sys::Event) {
        let target = event.target();
        let target = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_none_or(|target| target.class_name() != "sound") {
            self.wake();
        }
    }

    /// Somebody did something: the browser lets the page play now.
    fn wake(self) {
        if self.sound.peek(|sound| *sound) != Sound::Waiting {
            return;
        }
        let state = self.state.get_value();
        let mut audio = state.audio.borrow_mut();
        if audio.is_none() {
            *audio = AudioContext::new().ok();
        }
        if let Some(audio) = audio.as_ref() {
            // The promise is kept a moment later; a sound that comes before waits for it.
            let _ = audio.resume();
            self.sound.change(|sound| *sound = Sound::On);
            self.missed.set(false);
        }
    }

    fn ring(self) {
        match self.sound.peek(|sound| *sound) {
            Sound::Off => return,
            Sound::Waiting => {
                self.missed.set(true);
                return;
            }
            Sound::On => {}
        }
        let state = self.state.get_value();
        let (now, here) = (js_sys::Date::now(), steady_ms());
        let elsewhere = kept(RANG_KEY).and_then(|rang| rang.parse::<i64>().ok());
        let just = elsewhere.is_some_and(|rang| (0.0..QUIET_MS).contains(&(now - rang as f64)));
        if just || here - state.rang_at.get() < QUIET_MS {
            return;
        }
        state.rang_at.set(here);
        keep(RANG_KEY, &(now as i64).to_string());
        self.beep();
    }

    fn beep(self) {
        let state = self.state.get_value();
        let audio = state.audio.borrow();
        if let Some(audio) = audio.as_ref()
            && let Err(error) = two_tones(audio)
        {
            leptos::logging::warn!("the sound could not be played: {error:?}");
        }
    }
}

/// Whether a message about an alarm says that it calls somebody from now on, and not merely that it changed.
pub fn begins(alarm: &Alarm) -> bool {
    let begun = alarm.history.last().is_some_and(|last| {
        let begins = [
            Action::Raise,
            Action::Reinstate,
            Action::Unsuppress,
            Action::ReturnToService,
        ];
        begins.contains(&last.action)
    });
    begun && waits(alarm)
}

/// Whether an alarm waits for somebody: it is active, nobody has seen it, and nothing puts it aside.
pub fn waits(alarm: &Alarm) -> bool {
    let aside = alarm.closed || alarm.suppressed || alarm.out_of_service || alarm.shelved_until.is_some();
    alarm.active && !alarm.acknowledged && !aside && alarm.withdrawn_at.is_none()
}

/// While a demo makes its past nothing of it is news.
pub fn is_making_history(sites: Sites, code: &str) -> bool {
    sites.all.with_untracked(|sites| {
        let mut own = sites.iter().filter(|site| site.code == code);
        own.any(|site| site.history.is_some_and(|done| done < 1.0))
    })
}

/// Two tones, the second lower, soft at their ends.
fn two_tones(audio: &AudioContext) -> Result<(), wasm_bindgen::JsValue> {
    let now = audio.current_time();
    for (begin, pitch) in [(0.02, 880.0), (0.22, 660.0)] {
        let (tone, volume) = (audio.create_oscillator()?, audio.create_gain()?);
        tone.frequency().set_value(pitch);
        let level = volume.gain();
        level.set_value_at_time(0.0, now + begin)?;
        level.linear_ramp_to_value_at_time(0.25, now + begin + 0.02)?;
        level.linear_ramp_to_value_at_time(0.0, now + begin + 0.18)?;
        tone.connect_with_audio_node(&volume)?;
        volume.connect_with_audio_node(&audio.destination())?;
        tone.start_with_when(now + begin)?;
        tone.stop_with_when(now + begin + 0.2)?;
    }
    Ok(())
}

/// The number of open alarms, the unacknowledged high ones marked.
pub fn badge(context: Context) -> Markup {
    let Some((open, high)) = context.bell.open.look(|open| *open) else {
        return nothing();
    };
    let words = context.fill(Word::OpenCount, format::whole(open));
    let words = if high == 0 {
        words
    } else {
        format!("{words}, {}", context.fill(Word::HighUnseen, format::whole(high)))
    };
    let mark = if high == 0 {
        nothing()
    } else {
        fill("<i class=\"high\">{}</i>", &[text(&format::whole(high))])
    };
    let words = text(&words);
    fill(
        "<span class=\"badge\" role=\"img\" title=\"{}\" aria-label=\"{}\"><b>{}</b>{}</span>",
        &[words.clone(), words, text(&format::whole(open)), mark],
    )
}

/// The button that turns sound on and off.
pub fn sound_button(context: Context) -> Markup {
    let (name, word) = match context.bell.sound.look(|sound| *sound) {
        Sound::Off => ("off", Word::SoundOff),
        Sound::Waiting => ("waiting", Word::SoundWaits),
        Sound::On => ("on", Word::SoundOn),
    };
    let words = text(context.say(word));
    fill(
        "<button type=\"button\" class=\"sound\" data-do=\"sound\" data-sound=\"{}\" title=\"{}\" aria-label=\"{}\"></button>",
        &[text(name), words.clone(), words],
    )
}

/// What a screen reader says of what is new.
pub fn announcement(context: Context) -> Markup {
    let words = context.bell.said.look(|news| {
        let Some((kind, about)) = news.last.as_ref().filter(|_| news.count > 0) else {
            return String::new();
        };
        if news.count == 1 {
            let high = if news.high > 0 {
                context.term(Priority::High)
            } else {
                context.term(Priority::Medium)
            };
            let words = context.fill(Word::NewAlarm, context.term(*kind));
            return format!("{words}, {about}, {high}");
        }
        let words = context.fill(Word::NewAlarms, format::whole(news.count));
        words.replacen("{}", &format::whole(news.high), 1)
    });
    text(&words)
}
