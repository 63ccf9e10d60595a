//! The supervisor of the stream, as a machine without a browser: what happens goes in, what is to be done
//! comes out.
//!
//! The browser's own reconnecting is not enough: an answer like 503 while a server restarts closes an
//! `EventSource` for good. So after every error the old one is closed, and a new one is opened that names the
//! place from which to go on. It never gives up.

use super::backoff;
use super::topic::{Position, Topics};

/// The server ticks every 10 s; after this long without a word the connection is taken for dead.
const SILENCE_MS: f64 = 25_000.0;
/// Connections are renewed now and then, so that after a rolling restart readers spread again.
const RENEW_MS: f64 = 600_000.0;
/// How long an attempt may take.
const OPENING_MS: f64 = 20_000.0;

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The pages want these topics now.
    Want(Topics),
    /// The stream is open.
    Opened,
    /// Another tab's stream is open and tells this one what it hears from now on.
    OpenedElsewhere,
    /// The stream is to come from elsewhere: open it again, going on where it was.
    Move,
    /// A message came, with its position where it has one.
    Heard(Option<Position>),
    /// A tick came: whether as many messages came as it counts.
    Counted(Option<Position>, bool),
    /// Something that another tab passed on did not come.
    Hole,
    /// The server said that what was missed is no longer held.
    Reset,
    /// The stream failed.
    Failed,
    /// The machine is online again, or the page can be seen again.
    Wake,
    /// The time that was asked for has come.
    Timer,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Open a stream of these topics, going on behind this position.
    Open {
        /// Its topics.
        topics: Topics,
        /// Where to go on; `None` begins with what happens from now on.
        since: Option<Position>,
    },
    /// Close the stream.
    Close,
    /// A stream is open; what it brings joins what was there before, or does not.
    Joined {
        /// Its topics.
        topics: Topics,
        /// Whether nothing was missed since the stream before.
        resumed: bool,
    },
    /// All that was taken before may have holes: take it anew.
    Refetch,
}

/// What the person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Not connected yet.
    Starting,
    /// Connected.
    Live,
    /// No longer connected.
    Lost,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Idle,
    Opening { until: f64, resumes: bool },
    Open { heard: f64, renew: f64 },
    Waiting { until: f64 },
}

/// The supervisor.
#[derive(Clone, Debug)]
pub struct Machine {
    wanted: Topics,
    state: State,
    failures: u32,
    position: Option<Position>,
    // Up to here nothing was lost on the way.
    sure: Option<Position>,
    connection: Connection,
}

impl Default for Machine {
    fn default() -> Machine {
        Machine {
            wanted: Topics::default(),
            state: State::Idle,
            failures: 0,
            position: None,
            sure: None,
            connection: Connection::Starting,
        }
    }
}

impl Machine {
    /// What the person is told.
    pub fn connection(&self) -> Connection {
        self.connection
    }

    /// When [`Input::Timer`] is due.
    pub fn due(&self) -> Option<f64> {
        match self.state {
            State::Idle => None,
            State::Opening { until, .. } | State::Waiting { until } => Some(until),
            State::Open { heard, renew } => Some((heard + SILENCE_MS).min(renew)),
        }
    }

    /// Takes one thing that happened at `now` (in milliseconds of a clock that never jumps). `random` is a
    /// fresh number from 0 to 1.
    pub fn step(&mut self, now: f64, random: f64, input: Input) -> Vec<Effect> {
        match input {
            Input::Want(topics) => self.want(now, topics),
            Input::Opened => self.opened(now, random),
            Input::OpenedElsewhere => {
                // What this tab missed, the other does not know.
                if let State::Opening { resumes, .. } = &mut self.state {
                    *resumes = false;
                }
                self.opened(now, random)
            }
            Input::Move => match self.state {
                State::Opening { .. } | State::Open { .. } => self.reopen(now),
                State::Waiting { .. } => self.wake(now),
                State::Idle => Vec::new(),
            },
            Input::Heard(position) => {
                self.heard(now, position);
                Vec::new()
            }
            Input::Counted(position, true) => {
                self.heard(now, position);
                self.sure.clone_from(&self.position);
                Vec::new()
            }
            Input::Counted(_, false) => self.lost_some(now),
            Input::Hole => vec![Effect::Refetch],
            Input::Reset => {
                // The stream goes on from here; only what was taken before is void.
                self.position = None;
                self.sure = None;
                self.heard(now, None);
                vec![Effect::Refetch]
            }
            Input::Failed => self.failed(now, random),
            Input::Wake => self.wake(now),
            Input::Timer => self.timer(now, random),
        }
    }

    fn want(&mut self, now: f64, topics: Topics) -> Vec<Effect> {
        if topics == self.wanted {
            return Vec::new();
        }
        self.wanted = topics;
        let mut effects = Vec::new();
        if matches!(self.state, State::Opening { .. } | State::Open { .. }) {
            effects.push(Effect::Close);
        }
        if topics.is_empty() {
            self.state = State::Idle;
            // Nobody misses what nobody wants; who comes next begins anew.
            self.connection = Connection::Starting;
            self.position = None;
            self.sure = None;
        } else if !matches!(self.state, State::Waiting { .. }) {
            // While the server is away the new wish waits with the old one.
            effects.push(self.open(now));
        }
        effects
    }

    fn open(&mut self, now: f64) -> Effect {
        // A sequence can have several messages, and the last may not have come: ask for all of it again.
        let since = self.position.clone().map(Position::one_before);
        self.state = State::Opening {
            until: now + OPENING_MS,
            resumes: since.is_some(),
        };
        Effect::Open {
            topics: self.wanted,
            since,
        }
    }

    fn opened(&mut self, now: f64, random: f64) -> Vec<Effect> {
        let State::Opening { resumes, .. } = self.state else {
            return Vec::new();
        };
        self.state = State::Open {
            heard: now,
            renew: now + RENEW_MS * (0.9 + 0.2 * random),
        };
        self.connection = Connection::Live;
        vec![Effect::Joined {
            topics: self.wanted,
            resumed: resumes,
        }]
    }

    fn heard(&mut self, now: f64, position: Option<Position>) {
        if let State::Open { heard, .. } = &mut self.state {
            *heard = now;
            // Opening alone is no success: a server that accepts and fails at once is to be left in peace.
            self.failures = 0;
        }
        match (&mut self.position, position) {
            (Some(mine), Some(theirs)) if mine.epoch == theirs.epoch => {
                mine.sequence = mine.sequence.max(theirs.sequence);
            }
            (mine, Some(theirs)) => *mine = Some(theirs),
            (_, None) => {}
        }
    }

    fn failed(&mut self, now: f64, random: f64) -> Vec<Effect> {
        if matches!(self.state, State::Idle | State::Waiting { .. }) {
            return Vec::new();
        }
        self.connection = Connection::Lost;
        self.state = State::Waiting {
            until: now + backoff::wait_ms(self.failures, random),
        };
        self.failures = self.failures.saturating_add(1);
        vec![Effect::Close]
    }

    fn wake(&mut self, now: f64) -> Vec<Effect> {
        match self.state {
            State::Waiting { .. } if !self.wanted.is_empty() => vec![self.open(now)],
            State::Open { heard, .. } if now - heard > SILENCE_MS => self.reopen(now),
            _ => Vec::new(),
        }
    }

    fn timer(&mut self, now: f64, random: f64) -> Vec<Effect> {
        if self.due().is_none_or(|due| now < due) {
            return Vec::new();
        }
        match self.state {
            State::Idle => Vec::new(),
            State::Opening { .. } => self.failed(now, random),
            State::Waiting { .. } if self.wanted.is_empty() => {
                self.state = State::Idle;
                Vec::new()
            }
            State::Waiting { .. } => vec![self.open(now)],
            State::Open { heard, .. } => {
                if now >= heard + SILENCE_MS {
                    self.connection = Connection::Lost;
                }
                self.reopen(now)
            }
        }
    }

    /// Messages were lost although the connection held: it goes on from where nothing was lost, and what was taken
    /// since is taken anew.
    fn lost_some(&mut self, now: f64) -> Vec<Effect> {
        if !matches!(self.state, State::Open { .. }) {
            return Vec::new();
        }
        self.connection = Connection::Lost;
        self.position.clone_from(&self.sure);
        let effects = self.reopen(now);
        if let State::Opening { resumes, .. } = &mut self.state {
            *resumes = false;
        }
        effects
    }

    fn reopen(&mut self, now: f64) -> Vec<Effect> {
        vec![Effect::Close, self.open(now)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::topic::Topic;
    use super::*;

    fn topics(list: &[Topic]) -> Topics {
        list.iter().copied().collect()
    }

    fn at(sequence: u64) -> Position {
        Position {
            epoch: "e".to_owned(),
            sequence,
        }
    }

    fn live() -> Machine {
        let mut machine = Machine::default();
        machine.step(0.0, 0.5, Input::Want(topics(&[Topic::Alarms])));
        machine.step(10.0, 0.5, Input::Opened);
        machine.step(20.0, 0.5, Input::Heard(Some(at(7))));
        machine
    }

    fn opens(effects: &[Effect]) -> Option<Option<Position>> {
        effects.iter().find_map(|effect| match effect {
            Effect::Open { since, .. } => Some(since.clone()),
            _ => None,
        })
    }

    #[test]
    fn the_first_stream_begins_now_and_the_next_goes_on_one_before() {
        let mut machine = Machine::default();
        let effects = machine.step(0.0, 0.5, Input::Want(topics(&[Topic::Alarms])));
        assert_eq!(opens(&effects), Some(None));
        assert_eq!(machine.connection(), Connection::Starting);
        let effects = machine.step(5.0, 0.5, Input::Opened);
        assert_eq!(
            effects,
            [Effect::Joined {
                topics: topics(&[Topic::Alarms]),
                resumed: false
            }]
        );
        machine.step(20.0, 0.5, Input::Heard(Some(at(7))));
        assert_eq!(machine.step(30.0, 0.5, Input::Failed), [Effect::Close]);
        assert_eq!(machine.connection(), Connection::Lost);
        let due = machine.due().unwrap();
        assert_eq!(opens(&machine.step(due, 0.5, Input::Timer)), Some(Some(at(6))));
        let joined = machine.step(due + 1.0, 0.5, Input::Opened);
        assert!(matches!(joined[..], [Effect::Joined { resumed: true, .. }]));
        assert_eq!(machine.connection(), Connection::Live);
    }

    #[test]
    fn it_never_gives_up_and_never_waits_over_fifteen_seconds() {
        let mut machine = live();
        let mut now = 100.0;
        for _ in 0..200 {
            machine.step(now, 1.0, Input::Failed);
            let due = machine.due().unwrap();
            assert!(due - now <= 15_000.0);
            now = due;
            assert!(opens(&machine.step(now, 1.0, Input::Timer)).is_some());
        }
    }

    #[test]
    fn coming_back_online_tries_at_once() {
        let mut machine = live();
        machine.step(100.0, 1.0, Input::Failed);
        assert!(opens(&machine.step(101.0, 1.0, Input::Wake)).is_some());
        // Being seen again while connected changes nothing.
        assert!(live().step(101.0, 1.0, Input::Wake).is_empty());
    }

    #[test]
    fn a_silent_stream_is_opened_again_and_called_lost_until_it_is() {
        let mut machine = live();
        assert!(machine.step(25_000.0, 0.5, Input::Timer).is_empty());
        let effects = machine.step(25_020.0, 0.5, Input::Timer);
        assert_eq!(effects[0], Effect::Close);
        assert_eq!(opens(&effects), Some(Some(at(6))));
        assert_eq!(machine.connection(), Connection::Lost);
    }

    #[test]
    fn it_is_renewed_after_ten_minutes_without_being_called_lost() {
        let mut machine = live();
        let mut now = 20.0;
        let effects = loop {
            now += 10_000.0;
            machine.step(now, 0.5, Input::Heard(Some(at(7))));
            let effects = machine.step(now, 0.5, Input::Timer);
            if !effects.is_empty() {
                break effects;
            }
        };
        assert!((540_000.0..670_000.0).contains(&now), "{now}");
        assert!(opens(&effects).is_some());
        assert_eq!(machine.connection(), Connection::Live);
    }

    #[test]
    fn other_topics_open_another_stream_from_the_same_place() {
        let mut machine = live();
        let effects = machine.step(30.0, 0.5, Input::Want(topics(&[Topic::Yard])));
        assert_eq!(effects[0], Effect::Close);
        assert_eq!(
            effects[1],
            Effect::Open {
                topics: topics(&[Topic::Yard]),
                since: Some(at(6))
            }
        );
        assert_eq!(
            machine.step(31.0, 0.5, Input::Want(Topics::default())),
            [Effect::Close]
        );
        assert_eq!(machine.due(), None);
    }

    #[test]
    fn what_another_tab_tells_does_not_join_what_was_missed() {
        let mut machine = live();
        let effects = machine.step(30.0, 0.5, Input::Move);
        assert_eq!(opens(&effects), Some(Some(at(6))));
        assert_eq!(machine.connection(), Connection::Live);
        let joined = machine.step(31.0, 0.5, Input::OpenedElsewhere);
        assert!(matches!(joined[..], [Effect::Joined { resumed: false, .. }]));
        // Told again that it is open: nothing new.
        assert!(machine.step(32.0, 0.5, Input::OpenedElsewhere).is_empty());
    }

    #[test]
    fn a_reset_asks_for_everything_anew_and_forgets_the_place() {
        let mut machine = live();
        assert_eq!(machine.step(30.0, 0.5, Input::Reset), [Effect::Refetch]);
        machine.step(31.0, 0.5, Input::Failed);
        let due = machine.due().unwrap();
        assert_eq!(opens(&machine.step(due, 0.5, Input::Timer)), Some(None));
    }

    #[test]
    fn a_tick_that_counts_more_than_came_leads_back_to_the_last_that_did_not() {
        let mut machine = live();
        assert!(
            machine
                .step(30.0, 0.5, Input::Counted(Some(at(9)), true))
                .is_empty()
        );
        machine.step(31.0, 0.5, Input::Heard(Some(at(12))));
        let effects = machine.step(40.0, 0.5, Input::Counted(Some(at(14)), false));
        assert_eq!(effects[0], Effect::Close);
        assert_eq!(opens(&effects), Some(Some(at(8))));
        assert_eq!(machine.connection(), Connection::Lost);
        let joined = machine.step(41.0, 0.5, Input::Opened);
        assert!(matches!(joined[..], [Effect::Joined { resumed: false, .. }]));
        assert_eq!(machine.connection(), Connection::Live);
        assert_eq!(machine.step(42.0, 0.5, Input::Hole), [Effect::Refetch]);
    }

    #[test]
    fn a_new_epoch_replaces_the_place_and_an_older_message_does_not() {
        let mut machine = live();
        machine.step(40.0, 0.5, Input::Heard(Some(at(3))));
        machine.step(41.0, 0.5, Input::Failed);
        let due = machine.due().unwrap();
        assert_eq!(opens(&machine.step(due, 0.5, Input::Timer)), Some(Some(at(6))));
        machine.step(due, 0.5, Input::Opened);
        let other = Position {
            epoch: "f".to_owned(),
            sequence: 2,
        };
        machine.step(due + 1.0, 0.5, Input::Heard(Some(other)));
        machine.step(due + 2.0, 0.5, Input::Failed);
        let due = machine.due().unwrap();
        let since = opens(&machine.step(due, 0.5, Input::Timer)).flatten().unwrap();
        assert_eq!((since.epoch.as_str(), since.sequence), ("f", 1));
    }
}
