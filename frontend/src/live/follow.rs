//! A snapshot and the changes behind it, as a signal.
//!
//! Order matters: first the stream is open, then the snapshot is asked for, then what came meanwhile and is
//! newer is applied. Without a stream the snapshot is fetched all the same, for an old figure that says so is
//! better than none; it is fetched again once the stream is there.
//!
//! What is followed may be of any kind, and all but reading and applying is there once for all kinds: signals
//! and futures of their own for each would be a third of the page.

use super::join::{Join, Verdict};
use super::topic::{Position, Topic};
use super::{Following, Live, Message, News};
use crate::client::{self, CallError, text, understood};
use crate::components::reactive::{Make, effect, spawn};
use gloo_net::http::Method;
use leptos::prelude::*;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::rc::Rc;
use std::time::Duration;

/// How long a snapshot waits for the stream.
const PATIENCE: Duration = Duration::from_millis(1_200);
/// Messages that come within this time are applied together.
const GATHER: Duration = Duration::from_millis(16);
/// A call that failed is tried again after this long.
const RETRY: Duration = Duration::from_secs(5);
/// A call that nobody answers is given up after this long: what waits for its answer would be shown as live.
const GIVEN_UP: Duration = Duration::from_secs(30);

/// Something that a call answers and stream messages change.
pub trait Snapshot: 'static {
    /// The change up to which it holds.
    fn position(&self) -> Position;
    /// Applies a later change. Applying one twice does no harm.
    fn apply(&mut self, message: &Message);
}

/// An answer that no message changes.
pub struct Answer<T>(pub T);

impl<T: 'static> Snapshot for Answer<T> {
    fn position(&self) -> Position {
        Position {
            epoch: String::new(),
            sequence: 0,
        }
    }

    fn apply(&mut self, _: &Message) {}
}

/// A snapshot of whatever kind.
trait Kept {
    fn position(&self) -> Position;
    fn apply(&mut self, message: &Message);
    fn any(&self) -> &dyn Any;
    fn any_mut(&mut self) -> &mut dyn Any;
}

impl<S: Snapshot> Kept for S {
    fn position(&self) -> Position {
        Snapshot::position(self)
    }

    fn apply(&mut self, message: &Message) {
        Snapshot::apply(self, message);
    }

    fn any(&self) -> &dyn Any {
        self
    }

    fn any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// What is followed. Cheap to copy.
pub struct Followed<S> {
    core: Core,
    kind: PhantomData<fn() -> S>,
}

impl<S> Clone for Followed<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Followed<S> {}

impl<S: Snapshot> Followed<S> {
    /// Looks at the snapshot with all changes so far; there is none until the first has come. Tracked.
    pub fn with<R>(self, look: impl FnOnce(Option<&S>) -> R) -> R {
        self.core.version.track();
        self.with_untracked(look)
    }

    /// The same without following it.
    pub fn with_untracked<R>(self, look: impl FnOnce(Option<&S>) -> R) -> R {
        let state = self.core.state.try_get_value();
        let kept = state.as_ref().map(|state| state.kept.borrow());
        look(kept.as_ref().and_then(|kept| kept.as_ref()?.any().downcast_ref()))
    }

    /// Changes the snapshot by what a further call said.
    pub fn update(self, change: impl FnOnce(&mut S)) {
        let Some(state) = self.core.state.try_get_value() else {
            return;
        };
        if let Some(snapshot) = state
            .kept
            .borrow_mut()
            .as_mut()
            .and_then(|kept| kept.any_mut().downcast_mut())
        {
            change(snapshot);
        }
        self.core.changed();
    }

    /// What is the same for every kind.
    pub fn core(self) -> Core {
        self.core
    }

    /// Takes a new snapshot.
    pub fn reload(self) {
        self.core.reload();
    }
}

/// What is the same for every kind of snapshot. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Core {
    // Counts changes: whoever looks at the snapshot tracks it.
    version: RwSignal<u32>,
    /// Why the latest call brought nothing. What was there before stays.
    pub error: RwSignal<Option<CallError>>,
    /// Whether what is there answers another call than the one that was made last.
    pub outdated: RwSignal<bool>,
    state: StoredValue<Rc<State>, LocalStorage>,
}

struct State {
    kept: RefCell<Option<Box<dyn Kept>>>,
    join: RefCell<Join<Rc<Message>>>,
    pending: RefCell<Vec<Rc<Message>>>,
    gathering: Cell<bool>,
    // The latest call that was made; 0 before the first.
    asked: Cell<u64>,
    // The latest one that was answered.
    answered: Cell<u64>,
    asked_path: RefCell<String>,
    path: Box<dyn Make<String>>,
    read: Box<dyn Read>,
    following: RefCell<Option<Following>>,
}

/// Makes a snapshot of an answer; a trait for the reason that [`Make`] is one.
trait Read {
    fn read(&self, text: &str) -> Result<Box<dyn Kept>, CallError>;
}

impl<F: Fn(&str) -> Result<Box<dyn Kept>, CallError>> Read for F {
    fn read(&self, text: &str) -> Result<Box<dyn Kept>, CallError> {
        self(text)
    }
}

/// Follows what a call answers, for as long as the component that asks lives: `path` is the call (an empty one is never
/// made), `read` makes a snapshot of its answer.
pub fn follow<S: Snapshot>(
    live: Live,
    topics: &[Topic],
    path: impl Fn() -> String + 'static,
    read: impl Fn(&str) -> Result<S, CallError> + 'static,
) -> Followed<S> {
    let followed = prepare(path, read);
    followed.core.follow(live, topics);
    followed
}

/// Asks now, and again when something that `path` looked at makes it another call; for what no message changes.
pub fn ask<T: client::Read + 'static>(path: impl Fn() -> String + 'static) -> Followed<Answer<T>> {
    let followed = prepare(path, read_answer::<T>);
    let core = followed.core;
    effect(move || core.ask_again());
    followed
}

fn read_answer<T: client::Read>(text: &str) -> Result<Answer<T>, CallError> {
    understood(text).map(Answer)
}

fn prepare<S: Snapshot>(
    path: impl Fn() -> String + 'static,
    read: impl Fn(&str) -> Result<S, CallError> + 'static,
) -> Followed<S> {
    Followed {
        core: Core::new(
            Box::new(path),
            Box::new(move |text: &str| -> Result<Box<dyn Kept>, CallError> { Ok(Box::new(read(text)?)) }),
        ),
        kind: PhantomData,
    }
}

/// Tells a component of every message of some topics, for as long as it lives; with `None` when messages may
/// have been missed.
pub fn watch(live: Live, topics: &[Topic], tell: impl Fn(Option<&Message>) + 'static) {
    let hear = move |news| match news {
        News::Message(_, message) => tell(Some(&message)),
        News::Joined { resumed: true } | News::Failed => {}
        News::Joined { resumed: false } | News::Refetch => tell(None),
    };
    let (following, _) = live.add(topics.iter().copied().collect(), Rc::new(hear));
    // Dropped with the component.
    StoredValue::new_local(following);
}

impl Core {
    #[inline(never)]
    fn new(path: Box<dyn Make<String>>, read: Box<dyn Read>) -> Core {
        let state = State {
            kept: RefCell::default(),
            join: RefCell::default(),
            pending: RefCell::default(),
            gathering: Cell::new(false),
            asked: Cell::new(0),
            answered: Cell::new(0),
            asked_path: RefCell::default(),
            path,
            read,
            following: RefCell::default(),
        };
        Core {
            version: RwSignal::new(0),
            error: RwSignal::new(None),
            outdated: RwSignal::new(false),
            state: StoredValue::new_local(Rc::new(state)),
        }
    }

    /// Whether there is a snapshot; tracked.
    pub fn is_there(self) -> bool {
        self.version.track();
        self.state
            .try_get_value()
            .is_some_and(|state| state.kept.borrow().is_some())
    }

    /// Whether there is no snapshot, or the latest call brought none.
    pub fn is_wanting(self) -> bool {
        self.error.with_untracked(Option::is_some) || !untrack(|| self.is_there())
    }

    fn changed(self) {
        let _ = self
            .version
            .try_update(|version| *version = version.wrapping_add(1));
    }

    fn follow(self, live: Live, topics: &[Topic]) {
        let (following, open) = live.add(
            topics.iter().copied().collect(),
            Rc::new(move |news| self.hear(news)),
        );
        self.state
            .with_value(|state| state.following.replace(Some(following)));
        if open {
            self.reload();
        } else {
            set_timeout(move || self.first(), PATIENCE);
        }
    }

    /// Takes a new snapshot.
    pub fn reload(self) {
        let Some(state) = self.state.try_get_value() else {
            return;
        };
        let path = untrack(|| state.path.make());
        if path.is_empty() {
            // Whoever looks has no right to it, and nobody waits for it.
            return;
        }
        let call = state.asked.get() + 1;
        state.asked.set(call);
        state.join.borrow_mut().ask();
        state.pending.borrow_mut().clear();
        if state.asked_path.replace(path.clone()) != path && state.kept.borrow().is_some() {
            self.outdated.set(true);
        }
        let answer = text(Method::GET, path, None);
        spawn(async move {
            let answer = answer.await;
            self.answered(call, answer);
        });
        set_timeout(move || self.give_up(call), GIVEN_UP);
    }

    fn give_up(self, call: u64) {
        let waits = |state: Rc<State>| state.answered.get() < call;
        if self.state.try_get_value().is_some_and(waits) {
            self.again(call);
        }
    }

    fn ask_again(self) {
        if let Some(state) = self.state.try_get_value() {
            let path = state.path.make();
            if *state.asked_path.borrow() != path {
                self.reload();
            }
        }
    }

    fn first(self) {
        if self
            .state
            .try_get_value()
            .is_some_and(|state| state.asked.get() == 0)
        {
            self.reload();
        }
    }

    fn answered(self, call: u64, answer: Result<String, CallError>) {
        let Some(state) = self.state.try_get_value() else {
            return;
        };
        if state.asked.get() != call {
            return;
        }
        state.answered.set(call);
        match answer.and_then(|text| state.read.read(&text)) {
            Ok(mut snapshot) => {
                for message in state.join.borrow_mut().snapshot(snapshot.position()) {
                    snapshot.apply(&message);
                }
                state.kept.replace(Some(snapshot));
                self.outdated.set(false);
                self.error.set(None);
                self.changed();
            }
            Err(error) => {
                // What a person can mend is not tried again by itself.
                let passing = error.status().is_none_or(|status| status >= 500 || status == 429);
                self.error.set(Some(error));
                if self.outdated.get_untracked() {
                    // It would stand there as the answer to a call that has none.
                    state.kept.replace(None);
                    self.outdated.set(false);
                    self.changed();
                }
                if passing {
                    set_timeout(move || self.again(call), RETRY);
                }
            }
        }
    }

    fn again(self, call: u64) {
        if self
            .state
            .try_get_value()
            .is_some_and(|state| state.asked.get() == call)
        {
            self.reload();
        }
    }

    fn hear(self, news: News) {
        let Some(state) = self.state.try_get_value() else {
            return;
        };
        match news {
            News::Failed => self.first(),
            News::Refetch | News::Joined { resumed: false } => self.reload(),
            News::Joined { resumed: true } => {
                if state.asked.get() == 0 || self.error.with_untracked(Option::is_some) {
                    self.reload();
                }
            }
            News::Message(position, message) => {
                let verdict = state.join.borrow_mut().message(position, message);
                match verdict {
                    Verdict::Apply(message) => {
                        state.pending.borrow_mut().push(message);
                        if !state.gathering.replace(true) {
                            set_timeout(move || self.apply_pending(), GATHER);
                        }
                    }
                    Verdict::Leave => {}
                    Verdict::Stale => self.reload(),
                }
            }
        }
    }

    fn apply_pending(self) {
        let Some(state) = self.state.try_get_value() else {
            return;
        };
        state.gathering.set(false);
        let pending = std::mem::take(&mut *state.pending.borrow_mut());
        if let Some(snapshot) = state.kept.borrow_mut().as_mut() {
            for message in &pending {
                snapshot.apply(message);
            }
        }
        if !pending.is_empty() {
            self.changed();
        }
    }
}
