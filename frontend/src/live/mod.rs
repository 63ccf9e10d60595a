//! The stream, and what pages follow.
//!
//! [`machine`] decides when to open and close, [`source`] is the browser's end of it, this file ties them
//! together and hands messages to whoever follows their topic; [`follow`] joins a snapshot with them.

/// Asking again, not too often.
mod again;
/// How long to wait before the next try.
mod backoff;
/// The engine's clock in the page.
mod clock;
/// A snapshot and the changes behind it, as a signal.
mod follow;
/// An answer that is asked for again when it may be another one.
mod fresh;
/// Snapshot and changes, joined.
mod join;
/// The supervisor without a browser.
mod machine;
/// What the stream brings.
mod message;
/// The sites, their clock and the age of their data.
pub mod sites;
/// One `EventSource`.
mod source;
/// One stream for all tabs of a browser.
mod tabs;
/// Topics and positions.
mod topic;

pub use again::ask_again;
pub use follow::{Answer, Core, Followed, Snapshot, ask, follow, watch};
pub use fresh::Fresh;
pub use machine::Connection;
pub use message::Message;
use message::Tick;
pub use topic::{Position, Topic, Topics};

use crate::client::read;
use crate::session;
use clock::Clock;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::logging::warn;
use leptos::{ev, prelude::*};
use machine::{Effect, Input, Machine};
use shared::time::Time;
use shared::wire::stream::Reset;
use source::{RESET, Said, Source, TICK};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tabs::{GONE_MS, Tabs};

/// How long the leading tab has to answer before this one opens a stream of its own.
const ANSWER: Duration = Duration::from_millis(1_500);

/// What those who follow are told.
#[derive(Clone)]
enum News {
    /// A stream of at least their topics is open.
    Joined { resumed: bool },
    /// No stream could be opened.
    Failed,
    /// What they hold may have holes.
    Refetch,
    /// A message of one of their topics.
    Message(Position, Rc<Message>),
}

struct Follower {
    id: u64,
    topics: Topics,
    tell: Rc<dyn Fn(News)>,
}

#[derive(Default)]
struct Inner {
    machine: RefCell<Machine>,
    source: RefCell<Option<Source>>,
    // Other tabs of this browser; `None` where it keeps them apart.
    tabs: RefCell<Option<Tabs>>,
    // What the leading tab's stream is awaited or heard for; `None` with a stream of this tab's own.
    leaned_on: Cell<Option<Topics>>,
    // How many messages of topics this tab's own stream has brought since it was opened.
    carried: Cell<u64>,
    // The number of the last message that the leading tab passed on; none before the first.
    passed_on: Cell<Option<u64>>,
    // Tells late words of a closed stream from those of the present one.
    generation: Cell<u64>,
    timer: Cell<Option<TimeoutHandle>>,
    joined: Cell<Option<Topics>>,
    // What whoever looks may see; what else is followed stays silent.
    allowed: Cell<Topics>,
    followers: RefCell<Vec<Follower>>,
    last_id: Cell<u64>,
    wish_pending: Cell<bool>,
}

/// The stream of this page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Live {
    inner: StoredValue<Rc<Inner>, LocalStorage>,
    /// Whether what is shown is live.
    pub connection: RwSignal<Connection>,
    /// Since when the connection is lost, on the browser's steady clock.
    pub lost_since: RwSignal<Option<f64>>,
    /// The engine's clock, once a second.
    pub now: RwSignal<Option<Time>>,
    /// When the last message that tells of data came, by the engine's clock.
    pub heard_at: RwSignal<Option<Time>>,
    clock: RwSignal<Option<Clock>>,
    /// Seconds east of Greenwich of the clock that ticks.
    pub offset: RwSignal<i32>,
}

impl Live {
    /// Starts the supervisor. It lives as long as the page.
    pub fn start() -> Live {
        let live = Live {
            inner: StoredValue::new_local(Rc::new(Inner::default())),
            connection: RwSignal::new(Connection::Starting),
            lost_since: RwSignal::new(None),
            now: RwSignal::new(None),
            heard_at: RwSignal::new(None),
            clock: RwSignal::new(None),
            offset: RwSignal::new(0),
        };
        let tabs = Tabs::join(move |news| live.hear_tab(news));
        live.inner().tabs.replace(tabs);
        set_interval(move || live.stay(), Duration::from_secs_f64(GONE_MS / 3_000.0));
        let _ = window_event_listener(ev::online, move |_| live.step(Input::Wake));
        let _ = window_event_listener(ev::visibilitychange, move |_| {
            if !document().hidden() {
                live.step(Input::Wake);
            }
        });
        set_interval(move || live.show_time(), Duration::from_secs(1));
        live.wish();
        live
    }

    /// What may be seen from now on; without anything the stream is closed.
    pub fn allow(self, topics: Topics) {
        let inner = self.inner();
        if inner.allowed.replace(topics) == topics {
            return;
        }
        if topics.is_empty()
            && let Some(tabs) = inner.tabs.borrow().as_ref().filter(|tabs| tabs.leads())
        {
            // They have the same session, and find out by themselves.
            tabs.pass_on(&Said::Failed);
        }
        self.wish();
    }

    /// What the engine's clock shows now.
    pub fn time(self) -> Option<Time> {
        self.clock.get_untracked().map(|clock| clock.at(steady_ms()))
    }

    /// Sets the clock, by a tick or by what a call said.
    fn set_clock(self, server: Time) {
        let here = steady_ms();
        let clock = self.clock.get_untracked();
        self.clock.set(Some(match clock {
            Some(clock) => clock.set(server, here),
            None => Clock::new(server, here),
        }));
        self.show_time();
    }

    /// Sets the clock when no tick has set it yet.
    pub fn offer_clock(self, server: Time) {
        if self.clock.get_untracked().is_none() || self.connection.get_untracked() != Connection::Live {
            self.set_clock(server);
        }
    }

    fn show_time(self) {
        let now = self.time();
        if now != self.now.get_untracked() {
            self.now.set(now);
        }
    }

    fn inner(self) -> Rc<Inner> {
        self.inner.get_value()
    }

    /// Follows topics until the handle is dropped. Hands back whether a stream of them is open already.
    fn add(self, topics: Topics, tell: Rc<dyn Fn(News)>) -> (Following, bool) {
        let inner = self.inner();
        let id = inner.last_id.get() + 1;
        inner.last_id.set(id);
        inner.followers.borrow_mut().push(Follower { id, topics, tell });
        self.wish();
        let topics = topics.within(inner.allowed.get());
        let open = inner.joined.get().is_some_and(|joined| joined.covers(topics));
        (Following { live: self, id }, open)
    }

    /// Lets the topics follow the pages, once the present change of pages is through.
    fn wish(self) {
        let inner = self.inner();
        if inner.wish_pending.replace(true) {
            return;
        }
        set_timeout(
            move || {
                let inner = self.inner();
                inner.wish_pending.set(false);
                let wanted = inner
                    .followers
                    .borrow()
                    .iter()
                    .fold(Topics::default(), |all, follower| all.and(follower.topics));
                let allowed = inner.allowed.get();
                let wanted = wanted.within(allowed);
                // Without a page that follows anything the tick still shows whether the server is there.
                let wanted = if wanted.is_empty() {
                    allowed.first()
                } else {
                    wanted
                };
                let others = match &*inner.tabs.borrow() {
                    Some(tabs) if tabs.leads() => tabs.wanted(steady_ms()).within(allowed),
                    _ => Topics::default(),
                };
                self.step(Input::Want(wanted.and(others)));
            },
            Duration::ZERO,
        );
    }

    fn step(self, input: Input) {
        let inner = self.inner();
        let failed = input == Input::Failed;
        let effects = inner
            .machine
            .borrow_mut()
            .step(steady_ms(), js_sys::Math::random(), input);
        for effect in effects {
            self.carry_out(&inner, effect);
        }
        let connection = inner.machine.borrow().connection();
        if connection != self.connection.get_untracked() {
            self.lost_since
                .set((connection == Connection::Lost).then(steady_ms));
            self.connection.set(connection);
        }
        if failed {
            // A stream says nothing of why it could not be opened.
            session::doubt();
            self.tell_all(&News::Failed, None);
        }
        self.arm(&inner);
    }

    fn carry_out(self, inner: &Rc<Inner>, effect: Effect) {
        match effect {
            Effect::Close => {
                inner.generation.set(inner.generation.get() + 1);
                inner.joined.set(None);
                inner.leaned_on.set(None);
                inner.source.replace(None);
            }
            Effect::Open { topics, since } => {
                if !self.lean(inner, topics, since.as_ref()) {
                    self.open(inner, topics, since.as_ref());
                }
            }
            Effect::Joined { topics, resumed } => {
                inner.joined.set(Some(topics));
                if let Some(tabs) = inner.tabs.borrow().as_ref().filter(|tabs| tabs.leads()) {
                    tabs.tell_open(topics);
                }
                self.tell_all(&News::Joined { resumed }, None);
            }
            Effect::Refetch => self.tell_all(&News::Refetch, None),
        }
    }

    /// Opens a stream of this tab's own.
    fn open(self, inner: &Rc<Inner>, topics: Topics, since: Option<&Position>) {
        let generation = inner.generation.get() + 1;
        inner.generation.set(generation);
        inner.carried.set(0);
        let hear = move |said| {
            let inner = self.inner();
            if inner.generation.get() != generation {
                return;
            }
            if let Some(tabs) = inner.tabs.borrow().as_ref().filter(|tabs| tabs.leads()) {
                tabs.pass_on(&said);
            }
            if matches!(said, Said::Message(name, ..) if name != TICK && name != RESET) {
                inner.carried.set(inner.carried.get() + 1);
            }
            self.hear(said);
        };
        match Source::open(topics, since, hear) {
            Ok(source) => {
                inner.source.replace(Some(source));
            }
            Err(error) => {
                warn!("the stream could not be opened: {error:?}");
                set_timeout(move || self.step(Input::Failed), Duration::ZERO);
            }
        }
    }

    /// Leans on the tab that leads; `false` when this one does, or is for itself.
    fn lean(self, inner: &Rc<Inner>, topics: Topics, since: Option<&Position>) -> bool {
        let tabs = inner.tabs.borrow();
        let Some(tabs) = tabs.as_ref().filter(|tabs| !tabs.leads()) else {
            return false;
        };
        let generation = inner.generation.get() + 1;
        inner.generation.set(generation);
        inner.leaned_on.set(Some(topics));
        tabs.want(topics);
        let since = since.cloned();
        set_timeout(
            move || {
                let inner = self.inner();
                if inner.generation.get() == generation && inner.joined.get().is_none() {
                    inner.leaned_on.set(None);
                    self.open(&inner, topics, since.as_ref());
                }
            },
            ANSWER,
        );
        true
    }

    /// Hears what another tab says.
    fn hear_tab(self, news: tabs::News) {
        let inner = self.inner();
        let leads = inner.tabs.borrow().as_ref().is_some_and(Tabs::leads);
        match news {
            tabs::News::Lead => {
                if let Some(tabs) = &*inner.tabs.borrow() {
                    tabs.ask();
                }
                if inner.leaned_on.get().is_some() {
                    self.step(Input::Move);
                }
            }
            tabs::News::Want(tab, topics) if leads => {
                if let Some(tabs) = &*inner.tabs.borrow() {
                    tabs.remember(tab, topics, steady_ms());
                    if let Some(joined) = inner.joined.get().filter(|joined| joined.covers(topics)) {
                        tabs.tell_open(joined);
                    }
                }
                self.wish();
            }
            tabs::News::Open(topics, number) if !leads => match inner.leaned_on.get() {
                Some(wanted) if topics.covers(wanted) => {
                    let last = inner.passed_on.replace(Some(number));
                    let missed = inner.joined.get().is_some() && last != Some(number);
                    self.step(Input::OpenedElsewhere);
                    if missed {
                        self.step(Input::Hole);
                    }
                }
                Some(_) => {}
                // A tab that helped itself while the leader was away leans on it again.
                None => self.step(Input::Move),
            },
            tabs::News::Who if !leads && inner.leaned_on.get().is_some() => self.step(Input::Move),
            // Before it is told that the stream has what this tab wants, a message may be one of several.
            tabs::News::Said(number, said)
                if !leads
                    && inner.leaned_on.get().is_some()
                    && (inner.joined.get().is_some() || matches!(said, Said::Failed)) =>
            {
                let last = inner.passed_on.replace(Some(number));
                self.hear(said);
                if last.is_some_and(|last| last + 1 != number) {
                    self.step(Input::Hole);
                }
            }
            _ => {}
        }
    }

    /// Lets the leader know that this tab is still there, and the leader forget those that are not.
    fn stay(self) {
        let inner = self.inner();
        let (leads, leaned_on) = (
            inner.tabs.borrow().as_ref().map(Tabs::leads),
            inner.leaned_on.get(),
        );
        match (leads, leaned_on) {
            (Some(true), _) => self.wish(),
            (Some(false), Some(topics)) => {
                if let Some(tabs) = &*inner.tabs.borrow() {
                    tabs.want(topics);
                }
            }
            _ => {}
        }
    }

    fn hear(self, said: Said) {
        let (name, position, text) = match said {
            Said::Opened => return self.step(Input::Opened),
            Said::Failed => {
                // Deferred: the stream that is to be closed is the one that is calling here.
                let generation = self.inner().generation.get();
                set_timeout(
                    move || {
                        if self.inner().generation.get() == generation {
                            self.step(Input::Failed);
                        }
                    },
                    Duration::ZERO,
                );
                return;
            }
            Said::Message(name, position, text) => (name, position, text),
        };
        match name {
            TICK => match read::<Tick>(&text) {
                Ok(tick) => {
                    self.set_clock(tick.now.at);
                    if self.offset.get_untracked() != tick.now.offset_seconds {
                        self.offset.set(tick.now.offset_seconds);
                    }
                    return self.counted(position, tick);
                }
                Err(error) => warn!("a tick was not understood: {error}"),
            },
            RESET => {
                let reason = read::<Reset>(&text).map(|reset| reset.reason);
                warn!("the server cannot go on where this page was: {reason:?}");
                return self.step(Input::Reset);
            }
            _ => self.deliver(name, position.clone(), &text),
        }
        self.step(Input::Heard(position));
    }

    /// Holds what came against what a tick says was sent. What another tab passed on is counted there.
    fn counted(self, position: Option<Position>, tick: Tick) {
        let inner = self.inner();
        let own = inner.leaned_on.get().is_none();
        let lost = |sent: u64| sent != inner.carried.get();
        if !own || !tick.messages.is_some_and(lost) {
            return self.step(Input::Counted(position, true));
        }
        warn!("messages of the stream were lost on the way");
        if let Some(tabs) = inner.tabs.borrow().as_ref() {
            tabs.leave_a_hole();
        }
        // Deferred: the stream that is to be closed is the one that is calling here.
        let generation = inner.generation.get();
        set_timeout(
            move || {
                if self.inner().generation.get() == generation {
                    self.step(Input::Counted(position, false));
                }
            },
            Duration::ZERO,
        );
    }

    fn deliver(self, name: &str, position: Option<Position>, text: &str) {
        let topic = Topic::ALL.into_iter().find(|topic| topic.event() == name);
        let followed = |topic: Topic| {
            self.inner()
                .followers
                .borrow()
                .iter()
                .any(|one| one.topics.has(topic))
        };
        if topic.is_some_and(|topic| !followed(topic)) {
            // Only another tab wants it.
            return;
        }
        let (Some(topic), Some(position)) = (topic, position) else {
            return warn!("a stream message {name} has no position");
        };
        match Message::read(topic, text) {
            Ok(message) => {
                if let Some(now) = self.time() {
                    self.heard_at.set(Some(now));
                }
                self.tell_all(&News::Message(position, Rc::new(message)), Some(topic));
            }
            // One message less is a hole: the only honest way on is a new snapshot.
            Err(error) => {
                warn!("a stream message {name} was not understood: {error}");
                self.tell_all(&News::Refetch, Some(topic));
            }
        }
    }

    /// Tells everybody who follows a topic, or all whose topics the open stream has.
    fn tell_all(self, news: &News, topic: Option<Topic>) {
        let inner = self.inner();
        let joined = inner.joined.get().unwrap_or_default();
        let tell: Vec<Rc<dyn Fn(News)>> = {
            let followers = inner.followers.borrow();
            let told = followers.iter().filter(|follower| match (topic, news) {
                (Some(topic), _) => follower.topics.has(topic),
                (None, News::Joined { .. }) => joined.covers(follower.topics.within(inner.allowed.get())),
                (None, _) => true,
            });
            told.map(|follower| follower.tell.clone()).collect()
        };
        for tell in tell {
            tell(news.clone());
        }
    }

    fn arm(self, inner: &Rc<Inner>) {
        if let Some(timer) = inner.timer.take() {
            timer.clear();
        }
        let Some(due) = inner.machine.borrow().due() else {
            return;
        };
        let wait = Duration::from_secs_f64(((due - steady_ms()).max(0.0) + 1.0) / 1000.0);
        inner
            .timer
            .set(set_timeout_with_handle(move || self.step(Input::Timer), wait).ok());
    }
}

/// A handle: whoever holds it follows.
struct Following {
    live: Live,
    id: u64,
}

impl Drop for Following {
    fn drop(&mut self) {
        let inner = self.live.inner();
        inner
            .followers
            .borrow_mut()
            .retain(|follower| follower.id != self.id);
        self.live.wish();
    }
}

/// Milliseconds of a clock that never jumps.
pub fn steady_ms() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}
