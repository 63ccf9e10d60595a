//! One `EventSource` of the browser, closed when it is dropped.

use super::topic::{Position, Topic, Topics};
use leptos::logging::warn;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventSource, MessageEvent};

/// What a stream says.
#[derive(Clone, Debug)]
pub enum Said {
    /// It is open.
    Opened,
    /// It failed.
    Failed,
    /// A message of this name, with its position and text.
    Message(&'static str, Option<Position>, String),
}

/// Names of messages beside those of the topics.
pub const TICK: &str = "tick";
/// See [`TICK`].
pub const RESET: &str = "reset";

/// An open stream.
pub struct Source {
    source: EventSource,
    // Called by the browser as long as the stream is open.
    _messages: Vec<Closure<dyn FnMut(MessageEvent)>>,
    _states: [Closure<dyn FnMut(Event)>; 2],
}

impl Source {
    /// Opens a stream; what it says goes to `hear`.
    pub fn open(
        topics: Topics,
        since: Option<&Position>,
        hear: impl Fn(Said) + Clone + 'static,
    ) -> Result<Source, JsValue> {
        let since = since
            .map(|position| format!("&since={position}"))
            .unwrap_or_default();
        let source = EventSource::new(&format!("/api/v1/stream?topics={topics}{since}"))?;
        let state = |said: fn() -> Said| {
            let hear = hear.clone();
            Closure::<dyn FnMut(Event)>::new(move |_| hear(said()))
        };
        let states = [state(|| Said::Opened), state(|| Said::Failed)];
        source.set_onopen(Some(states[0].as_ref().unchecked_ref()));
        source.set_onerror(Some(states[1].as_ref().unchecked_ref()));

        let names = Topic::ALL
            .into_iter()
            .filter(|topic| topics.has(*topic))
            .map(Topic::event);
        let mut messages = Vec::new();
        for name in names.chain([TICK, RESET]) {
            let hear = hear.clone();
            let closure = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                match event.data().as_string() {
                    Some(text) => hear(Said::Message(name, Position::parse(&event.last_event_id()), text)),
                    None => warn!("a stream message {name} holds no text"),
                }
            });
            source.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref())?;
            messages.push(closure);
        }
        Ok(Source {
            source,
            _messages: messages,
            _states: states,
        })
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}
