//! An answer that is asked for again whenever messages say that it may be another one.
//!
//! What is shown converges to what the server holds: at once where nothing was asked lately, else after a short
//! while, and never with two calls under way, so that a slow answer is not thrown away for a newer question.

use super::{Live, Message, Topic, steady_ms, watch};
use crate::client::{CallError, text};
use crate::components::reactive::spawn;
use gloo_net::http::Method;
use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// A call that failed is tried again after this long.
const RETRY_MS: f64 = 5_000.0;
/// A call that nobody answers is given up after this long: a connection can be dead without anybody saying so, and a
/// browser may lose what was under way in a tab that slept.
const GIVEN_UP: Duration = Duration::from_secs(12);

/// What an answer is given to.
pub type Take = Box<dyn Fn(&str) -> Result<(), CallError>>;

/// An answer that is kept fresh.
pub struct Fresh {
    path: Box<dyn Fn() -> String>,
    take: Take,
    gap_ms: f64,
    /// Why the latest call brought nothing.
    pub error: RwSignal<Option<CallError>>,
    flying: Cell<bool>,
    // Which call is under way: the answer of one that was given up is no longer waited for.
    call: Cell<u32>,
    asked_at: Cell<f64>,
    // When the next call is due; infinite without one.
    due: Cell<f64>,
    gone: Cell<bool>,
}

impl Fresh {
    /// Prepares a call for as long as the component that asks lives; it is not asked before somebody wants it.
    #[inline(never)]
    pub fn new(gap_ms: f64, path: Box<dyn Fn() -> String>, take: Take) -> Rc<Fresh> {
        let fresh = Rc::new(Fresh {
            path,
            take,
            gap_ms,
            error: RwSignal::new(None),
            flying: Cell::new(false),
            call: Cell::new(0),
            asked_at: Cell::new(f64::NEG_INFINITY),
            due: Cell::new(f64::INFINITY),
            gone: Cell::new(false),
        });
        let kept = StoredValue::new_local(fresh.clone());
        on_cleanup(move || {
            if let Some(fresh) = kept.try_get_value() {
                fresh.gone.set(true);
            }
        });
        fresh
    }

    /// Asks as soon as the last call is long enough ago.
    pub fn want(self: &Rc<Fresh>) {
        self.want_in((self.asked_at.get() + self.gap_ms - steady_ms()).max(0.0));
    }

    /// Asks after so many milliseconds, whatever was asked before.
    pub fn want_in(self: &Rc<Fresh>, ms: f64) {
        let due = steady_ms() + ms;
        if due < self.due.get() {
            self.due.set(due);
            self.wait(ms);
        }
    }

    /// Asks again on messages of a topic that concern it.
    pub fn follow(self: &Rc<Fresh>, live: Live, topic: Topic, concerns: impl Fn(&Message) -> bool + 'static) {
        let fresh = self.clone();
        watch(live, &[topic], move |message| {
            if message.is_none_or(&concerns) {
                fresh.want();
            }
        });
    }

    fn wait(self: &Rc<Fresh>, ms: f64) {
        let fresh = self.clone();
        set_timeout(move || fresh.look(), Duration::from_secs_f64(ms / 1_000.0));
    }

    fn look(self: &Rc<Fresh>) {
        let due = self.due.get();
        if due.is_infinite() || self.flying.get() || self.gone.get() {
            return;
        }
        // A timer may come too early: what is due then must not be forgotten.
        let left = due - steady_ms();
        if left > 2.0 {
            self.wait(left);
            return;
        }
        self.due.set(f64::INFINITY);
        self.flying.set(true);
        self.asked_at.set(steady_ms());
        let call = self.call.get().wrapping_add(1);
        self.call.set(call);
        let answer = text(Method::GET, untrack(|| (self.path)()), None);
        let fresh = self.clone();
        spawn(async move {
            let answer = answer.await;
            fresh.answered(call, answer);
        });
        let fresh = self.clone();
        set_timeout(
            move || {
                if fresh.flying.get() && fresh.call.get() == call {
                    fresh.flying.set(false);
                    fresh.call.set(call.wrapping_add(1));
                    // What was due meanwhile waited for this call.
                    fresh.due.set(f64::INFINITY);
                    fresh.want_in(0.0);
                }
            },
            GIVEN_UP,
        );
    }

    fn answered(self: &Rc<Fresh>, call: u32, answer: Result<String, CallError>) {
        if call != self.call.get() {
            return;
        }
        self.flying.set(false);
        if self.gone.get() {
            return;
        }
        let error = answer.and_then(|text| (self.take)(&text)).err();
        // What a person can mend is not tried again by itself.
        let passing = |error: &CallError| error.status().is_none_or(|status| status >= 500 || status == 429);
        let again = error.as_ref().is_some_and(passing);
        if error != self.error.get_untracked() {
            self.error.set(error);
        }
        if again {
            self.want_in(RETRY_MS);
        }
        let due = self.due.get();
        if due.is_finite() {
            self.wait((due - steady_ms()).max(0.0));
        }
    }
}
