//! A snapshot and the changes behind it, as a signal.
//!
//! Order matters: first the stream is open, then the snapshot is asked for, then what came meanwhile and is
//! newer is applied. Without a stream the snapshot is fetched all the same, for an old figure that says so is
//! better than none; it is fetched again once the stream is there.
//!
//! What depends on the kind of snapshot is two small closures; the rest is there once for all kinds.

use super::join::{Join, Verdict};
use super::topic::{Position, Topic};
use super::{Following, Live, Message, News};
use crate::client::CallError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

/// How long a snapshot waits for the stream.
const PATIENCE: Duration = Duration::from_millis(1_200);
/// Messages that come within this time are applied together.
const GATHER: Duration = Duration::from_millis(16);
/// A call that failed is tried again after this long.
const RETRY: Duration = Duration::from_secs(5);

/// Something that a call answers and stream messages change.
pub trait Snapshot: Send + Sync + 'static {
    /// The change up to which it holds.
    fn position(&self) -> Position;
    /// Applies a later change. Applying one twice does no harm.
    fn apply(&mut self, message: &Message);
}

/// An answer that no message changes.
pub struct Answer<T>(pub T);

impl<T: Send + Sync + 'static> Snapshot for Answer<T> {
    fn position(&self) -> Position {
        Position {
            epoch: String::new(),
            sequence: 0,
        }
    }

    fn apply(&mut self, _: &Message) {}
}

/// What is followed. Cheap to copy.
pub struct Followed<S: Snapshot> {
    /// The snapshot with all changes so far; `None` until the first has come.
    pub data: RwSignal<Option<S>>,
    /// Why the latest call brought nothing. What was there before stays.
    pub error: RwSignal<Option<CallError>>,
    core: Core,
}

impl<S: Snapshot> Clone for Followed<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Snapshot> Copy for Followed<S> {}

impl<S: Snapshot> Followed<S> {
    /// Takes a new snapshot.
    pub fn reload(self) {
        self.core.reload();
    }
}

/// Puts a snapshot into its signal, with the newer messages applied.
type Put = Box<dyn FnOnce(Vec<Rc<Message>>)>;

/// What is the same for every kind of snapshot.
#[derive(Clone, Copy)]
struct Core {
    error: RwSignal<Option<CallError>>,
    state: StoredValue<Rc<State>, LocalStorage>,
}

struct State {
    join: RefCell<Join<Rc<Message>>>,
    pending: RefCell<Vec<Rc<Message>>>,
    gathering: Cell<bool>,
    // The latest call that was made; 0 before the first.
    asked: Cell<u64>,
    begin: Box<dyn Fn(Core, u64)>,
    apply: Box<dyn Fn(&[Rc<Message>])>,
    following: RefCell<Option<Following>>,
}

fn prepare<S, F>(fetch: impl Fn() -> F + 'static) -> Followed<S>
where
    S: Snapshot,
    F: Future<Output = Result<S, CallError>> + 'static,
{
    let data = RwSignal::new(None::<S>);
    let error = RwSignal::new(None);
    let begin = move |core: Core, call: u64| {
        let answer = fetch();
        spawn_local(async move {
            let answer = answer.await.map(|mut snapshot| {
                let position = snapshot.position();
                let put: Put = Box::new(move |newer| {
                    for message in newer {
                        snapshot.apply(&message);
                    }
                    data.set(Some(snapshot));
                });
                (position, put)
            });
            core.answered(call, answer);
        });
    };
    let apply = move |messages: &[Rc<Message>]| {
        data.update(|data| {
            if let Some(snapshot) = data {
                for message in messages {
                    snapshot.apply(message);
                }
            }
        });
    };
    let state = State {
        join: RefCell::default(),
        pending: RefCell::default(),
        gathering: Cell::new(false),
        asked: Cell::new(0),
        begin: Box::new(begin),
        apply: Box::new(apply),
        following: RefCell::default(),
    };
    let state = StoredValue::new_local(Rc::new(state));
    let core = Core { error, state };
    Followed { data, error, core }
}

/// Follows what a call answers, for as long as the component that asks lives.
pub fn follow<S, F>(live: Live, topics: &[Topic], fetch: impl Fn() -> F + 'static) -> Followed<S>
where
    S: Snapshot,
    F: Future<Output = Result<S, CallError>> + 'static,
{
    let followed = prepare(fetch);
    followed.core.follow(live, topics);
    followed
}

/// Asks once, for what no message changes.
pub fn ask<T, F>(fetch: impl Fn() -> F + 'static) -> Followed<Answer<T>>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, CallError>> + 'static,
{
    let followed = prepare(move || {
        let answer = fetch();
        async move { answer.await.map(Answer) }
    });
    followed.reload();
    followed
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

    fn reload(self) {
        let Some(state) = self.state.try_get_value() else {
            return;
        };
        let call = state.asked.get() + 1;
        state.asked.set(call);
        state.join.borrow_mut().ask();
        state.pending.borrow_mut().clear();
        (state.begin)(self, call);
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

    fn answered(self, call: u64, answer: Result<(Position, Put), CallError>) {
        let Some(state) = self.state.try_get_value() else {
            return;
        };
        if state.asked.get() != call {
            return;
        }
        match answer {
            Ok((position, put)) => {
                let newer = state.join.borrow_mut().snapshot(position);
                self.error.set(None);
                put(newer);
            }
            Err(error) => {
                // What a person can mend is not tried again by itself.
                let passing = error.status().is_none_or(|status| status >= 500 || status == 429);
                self.error.set(Some(error));
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
        if !pending.is_empty() {
            (state.apply)(&pending);
        }
    }
}
