//! A snapshot and the changes behind it, as a signal.
//!
//! Order matters: first the stream is open, then the snapshot is asked for, then what came meanwhile and is
//! newer is applied. Without a stream the snapshot is fetched all the same, for an old figure that says so is
//! better than none; it is fetched again once the stream is there.

use super::join::{Join, Verdict};
use super::topic::{Position, Topic};
use super::{Following, Live, Message, News};
use crate::client::CallError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
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

type Fetch<S> = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<S, CallError>>>>>;

/// What is followed. Cheap to copy.
pub struct Followed<S: Snapshot> {
    /// The snapshot with all changes so far; `None` until the first has come.
    pub data: RwSignal<Option<S>>,
    /// Why the latest call brought nothing. What was there before stays.
    pub error: RwSignal<Option<CallError>>,
    state: StoredValue<Rc<State<S>>, LocalStorage>,
}

impl<S: Snapshot> Clone for Followed<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Snapshot> Copy for Followed<S> {}

struct State<S> {
    join: RefCell<Join<Rc<Message>>>,
    pending: RefCell<Vec<Rc<Message>>>,
    gathering: Cell<bool>,
    // The latest call that was made; 0 before the first.
    asked: Cell<u64>,
    fetch: Fetch<S>,
    following: RefCell<Option<Following>>,
}

/// Follows what a call answers, for as long as the component that asks lives.
pub fn follow<S, F>(live: Live, topics: &[Topic], fetch: impl Fn() -> F + 'static) -> Followed<S>
where
    S: Snapshot,
    F: Future<Output = Result<S, CallError>> + 'static,
{
    let state = Rc::new(State {
        join: RefCell::default(),
        pending: RefCell::default(),
        gathering: Cell::new(false),
        asked: Cell::new(0),
        fetch: Rc::new(move || Box::pin(fetch()) as _),
        following: RefCell::default(),
    });
    let followed = Followed {
        data: RwSignal::new(None),
        error: RwSignal::new(None),
        state: StoredValue::new_local(state.clone()),
    };
    let (following, open) = live.add(
        topics.iter().copied().collect(),
        Rc::new(move |news| followed.hear(news)),
    );
    state.following.replace(Some(following));
    if open {
        followed.reload();
    } else {
        set_timeout(move || followed.first(), PATIENCE);
    }
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

impl<S: Snapshot> Followed<S> {
    /// Takes a new snapshot.
    pub fn reload(self) {
        let Some(state) = self.state.try_get_value() else {
            return;
        };
        let call = state.asked.get() + 1;
        state.asked.set(call);
        state.join.borrow_mut().ask();
        state.pending.borrow_mut().clear();
        let answer = (state.fetch)();
        spawn_local(async move {
            let answer = answer.await;
            self.answered(call, answer);
        });
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

    fn answered(self, call: u64, answer: Result<S, CallError>) {
        let Some(state) = self.state.try_get_value() else {
            return;
        };
        if state.asked.get() != call {
            return;
        }
        match answer {
            Ok(mut snapshot) => {
                for message in state.join.borrow_mut().snapshot(snapshot.position()) {
                    snapshot.apply(&message);
                }
                self.error.set(None);
                self.data.set(Some(snapshot));
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
        if pending.is_empty() {
            return;
        }
        self.data.update(|data| {
            if let Some(snapshot) = data {
                for message in &pending {
                    snapshot.apply(message);
                }
            }
        });
    }
}
