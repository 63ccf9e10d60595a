//! One stream for all tabs of a browser.
//!
//! A browser keeps six connections to a server over HTTP/1.1; a seventh tab with a stream of its own would
//! block every call. So one tab leads: the one that holds a lock of the browser. It opens the stream for what
//! all of them want, and passes on what it hears. When it closes, the browser hands the lock to another.
//!
//! Nothing depends on the leader being well: a tab that gets no answer from it opens a stream of its own, and a
//! tab that falls silent is noticed like a stream that does.

use super::source::{RESET, Said, TICK};
use super::topic::{Position, Topic, Topics};
use js_sys::{Array, Function, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// Name of the lock and of the channel.
const NAME: &str = "quaylight-stream";
/// A tab that has not said anything for this long is gone.
pub const GONE_MS: f64 = 60_000.0;

/// What tabs say to each other, as the first item of an array.
mod word {
    /// A tab wants topics: its id, and which.
    pub const WANT: &str = "want";
    /// The leader's stream is open: of which topics, and how many messages it has passed on.
    pub const OPEN: &str = "open";
    /// The leader's stream failed: the number of the message.
    pub const FAILED: &str = "failed";
    /// The leader heard a message: its number, name, position and text.
    pub const SAID: &str = "said";
    /// A new leader asks who wants what.
    pub const WHO: &str = "who";
}

/// What a tab hears of the others.
#[derive(Clone, Debug)]
pub enum News {
    /// This tab leads from now on.
    Lead,
    /// Another tab wants topics.
    Want(String, Topics),
    /// The leader's stream is open with these topics, and it has passed on so many messages.
    Open(Topics, u64),
    /// The leader asks who wants what.
    Who,
    /// The leader heard this, and it is the message of this number that it passes on.
    Said(u64, Said),
}

/// This tab among the others.
pub struct Tabs {
    channel: BroadcastChannel,
    id: String,
    leads: Rc<Cell<bool>>,
    wants: RefCell<Vec<(String, Topics, f64)>>,
    // How many messages this tab has passed on.
    number: Cell<u64>,
    _hear: Closure<dyn FnMut(MessageEvent)>,
    _lead: Closure<dyn FnMut(JsValue) -> Promise>,
}

impl Tabs {
    /// Joins the others; `None` where the browser has no locks or channels, and every tab is for itself.
    pub fn join(hear: impl Fn(News) + Clone + 'static) -> Option<Tabs> {
        let locks = locks()?;
        let channel = BroadcastChannel::new(NAME).ok()?;
        let leads = Rc::new(Cell::new(false));
        let told = hear.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(news) = event.data().dyn_ref::<Array>().and_then(read) {
                told(news);
            }
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let lead = {
            let leads = leads.clone();
            // The promise is never kept, so the lock is held until the tab is closed.
            Closure::<dyn FnMut(JsValue) -> Promise>::new(move |_| {
                leads.set(true);
                hear(News::Lead);
                Promise::new(&mut |_, _| {})
            })
        };
        let request = Reflect::get(&locks, &"request".into())
            .ok()?
            .dyn_into::<Function>()
            .ok()?;
        request.call2(&locks, &NAME.into(), lead.as_ref()).ok()?;
        Some(Tabs {
            channel,
            id: format!("{:x}", (js_sys::Math::random() * 1e15) as u64),
            leads,
            wants: RefCell::default(),
            number: Cell::new(0),
            _hear: on_message,
            _lead: lead,
        })
    }

    /// Whether this tab leads.
    pub fn leads(&self) -> bool {
        self.leads.get()
    }

    /// Tells the leader what this tab wants.
    pub fn want(&self, topics: Topics) {
        self.say(&[
            word::WANT.into(),
            self.id.as_str().into(),
            topics.to_string().into(),
        ]);
    }

    /// As leader: asks who wants what.
    pub fn ask(&self) {
        self.say(&[word::WHO.into()]);
    }

    /// As leader: remembers what a tab wants, or that it is still there.
    pub fn remember(&self, tab: String, topics: Topics, now_ms: f64) {
        let mut wants = self.wants.borrow_mut();
        wants.retain(|(other, _, said)| *other != tab && now_ms - said < GONE_MS);
        wants.push((tab, topics, now_ms));
    }

    /// As leader: what the others want together.
    pub fn wanted(&self, now_ms: f64) -> Topics {
        let mut wants = self.wants.borrow_mut();
        wants.retain(|(_, _, said)| now_ms - said < GONE_MS);
        wants
            .iter()
            .fold(Topics::default(), |all, (_, topics, _)| all.and(*topics))
    }

    /// As leader: the stream is open.
    pub fn tell_open(&self, topics: Topics) {
        let number = JsValue::from_f64(self.number.get() as f64);
        self.say(&[word::OPEN.into(), topics.to_string().into(), number]);
    }

    /// As leader: counts a message that nobody will hear, so that the others notice that something was lost.
    pub fn leave_a_hole(&self) {
        self.number.set(self.number.get() + 1);
    }

    /// As leader: passes on what the stream said. That it is open is told apart, with its topics.
    pub fn pass_on(&self, said: &Said) {
        match said {
            Said::Opened => {}
            Said::Failed => self.say(&[word::FAILED.into(), self.next_number()]),
            Said::Message(name, position, text) => {
                let position = position.as_ref().map(ToString::to_string);
                self.say(&[
                    word::SAID.into(),
                    self.next_number(),
                    (*name).into(),
                    position.map_or(JsValue::NULL, JsValue::from),
                    text.as_str().into(),
                ]);
            }
        }
    }

    fn next_number(&self) -> JsValue {
        self.leave_a_hole();
        JsValue::from_f64(self.number.get() as f64)
    }

    fn say(&self, words: &[JsValue]) {
        let array: Array = words.iter().collect();
        if let Err(error) = self.channel.post_message(&array) {
            leptos::logging::warn!("the other tabs could not be told: {error:?}");
        }
    }
}

fn locks() -> Option<JsValue> {
    let navigator = leptos::prelude::window().navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then_some(locks)
}

/// Reads what another tab said; `None` when it is of another version of the page.
fn read(words: &Array) -> Option<News> {
    let text = |index: u32| words.get(index).as_string();
    let number = |index: u32| words.get(index).as_f64().map(|number| number as u64);
    let first = text(0)?;
    match first.as_str() {
        word::WANT => Some(News::Want(text(1)?, Topics::parse(&text(2)?))),
        word::OPEN => Some(News::Open(Topics::parse(&text(1)?), number(2)?)),
        word::FAILED => Some(News::Said(number(1)?, Said::Failed)),
        word::WHO => Some(News::Who),
        word::SAID => {
            let name = text(2)?;
            let known = Topic::ALL.into_iter().map(Topic::event).chain([TICK, RESET]);
            let name = known.into_iter().find(|known| *known == name)?;
            let position = text(3).and_then(|position| Position::parse(&position));
            Some(News::Said(number(1)?, Said::Message(name, position, text(4)?)))
        }
        _ => None,
    }
}
