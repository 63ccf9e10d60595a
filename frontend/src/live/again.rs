//! An answer that is asked for again while messages say that it may be another one, not more often than is good for
//! anybody.

use super::{Core, Live, Message, Topic, steady_ms, watch};
use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// Asks again behind messages of a topic that concern it, at most once in a while; always when something may have been
/// missed.
#[inline(never)]
pub fn ask_again(
    live: Live,
    topic: Topic,
    every_ms: f64,
    concerned: Box<dyn Fn(&Message) -> bool>,
    core: Core,
) {
    let asked_at = Rc::new(Cell::new(steady_ms()));
    let pending = Rc::new(Cell::new(false));
    watch(live, &[topic], move |message| {
        if !message.is_none_or(&concerned) || pending.replace(true) {
            return;
        }
        let (asked_at, pending) = (asked_at.clone(), pending.clone());
        let wait = (asked_at.get() + every_ms - steady_ms()).max(0.0);
        let again = move || {
            pending.set(false);
            asked_at.set(steady_ms());
            core.reload();
        };
        set_timeout(again, Duration::from_millis(wait as u64));
    });
}
