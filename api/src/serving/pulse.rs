//! What a connection waits for, and since when, so that one that waits for a peer in vain can be closed.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Why a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// The header of a request began and did not end.
    Header,
    /// No request came.
    Idle,
    /// The peer takes nothing.
    Write,
}

#[derive(Debug)]
struct State {
    /// Requests whose answer has not ended.
    in_flight: u32,
    /// Since when nothing is in flight, or a header has been coming.
    since: Instant,
    in_header: bool,
    /// Several requests share the connection, and bytes need not belong to a header.
    shared: bool,
    /// Parts of answers that were handed over, and nothing was asked for since.
    handed_over: BTreeMap<u64, Instant>,
    next: u64,
}

/// What goes out at once and is no more than this is no part of an answer on a connection that is shared: pings, their
/// answers, windows and settings, which pass between two machines while nobody asks for anything. What is left of an
/// answer goes out in larger pieces.
const NO_ANSWER: usize = 256;

/// The pulse of one connection.
#[derive(Debug)]
pub struct Pulse(Mutex<State>);

/// Times that hold for a connection.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    pub header: Duration,
    pub idle: Duration,
    pub write: Duration,
}

impl Pulse {
    /// A connection that was just opened: it must send a request soon.
    pub fn new() -> Pulse {
        Pulse(Mutex::new(State {
            in_flight: 0,
            since: Instant::now(),
            in_header: true,
            shared: false,
            handed_over: BTreeMap::new(),
            next: 0,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Several requests share the connection from now on (HTTP/2).
    pub fn is_shared(&self) {
        let mut state = self.state();
        state.shared = true;
        state.in_header = false;
        state.since = Instant::now();
    }

    /// Something came.
    pub fn received(&self) {
        let mut state = self.state();
        if state.in_flight == 0 && !state.in_header && !state.shared {
            state.in_header = true;
            state.since = Instant::now();
        }
    }

    /// So many bytes went out.
    pub fn sent(&self, bytes: usize) {
        let mut state = self.state();
        let no_answer = state.shared && bytes <= NO_ANSWER;
        if !state.in_header && !no_answer {
            state.since = Instant::now();
        }
    }

    /// A request is there.
    pub fn begin(&self) {
        let mut state = self.state();
        state.in_flight += 1;
        state.in_header = false;
    }

    /// Its answer has ended.
    pub fn end(&self) {
        let mut state = self.state();
        state.in_flight -= 1;
        state.in_header = false;
        state.since = Instant::now();
    }

    /// A part of an answer was handed over; only on a connection that is shared does nobody else see that it stays
    /// where it is.
    pub fn hand_over(&self) -> Option<u64> {
        let mut state = self.state();
        if !state.shared {
            return None;
        }
        let part = state.next;
        state.next += 1;
        state.handed_over.insert(part, Instant::now());
        Some(part)
    }

    /// It was taken.
    pub fn taken(&self, part: u64) {
        self.state().handed_over.remove(&part);
    }

    /// Why the connection is to be closed, or when to look again.
    pub fn look(&self, times: Times) -> Result<Instant, Overdue> {
        let now = Instant::now();
        let state = self.state();
        // What was handed over first is first in order of time.
        let write = state.handed_over.values().next().map(|at| *at + times.write);
        if write.is_some_and(|at| at <= now) {
            return Err(Overdue::Write);
        }
        // A header that begins after this look has its time from then on, and is seen no later than that.
        let soon = now + times.header;
        let (at, overdue) = match (state.in_flight, state.in_header) {
            (0, true) => (state.since + times.header, Overdue::Header),
            (0, false) => (state.since + times.idle, Overdue::Idle),
            _ => return Ok(write.unwrap_or(now + times.write).min(soon)),
        };
        if at <= now { Err(overdue) } else { Ok(at.min(soon)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times {
        header: Duration::from_secs(10),
        idle: Duration::from_secs(60),
        write: Duration::from_secs(30),
    };

    async fn after(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_must_come_soon_and_a_header_that_began_must_end() {
        let pulse = Pulse::new();
        after(9).await;
        assert!(pulse.look(TIMES).is_ok());
        after(1).await;
        assert_eq!(pulse.look(TIMES), Err(Overdue::Header));
        pulse.begin();
        after(1_000).await;
        assert!(pulse.look(TIMES).is_ok(), "an answer may take its time");
        pulse.end();
        after(59).await;
        assert!(pulse.look(TIMES).is_ok());
        pulse.received();
        after(5).await;
        pulse.received();
        after(5).await;
        assert_eq!(
            pulse.look(TIMES),
            Err(Overdue::Header),
            "more of it does not make it younger"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_requests_is_idle_unless_something_still_goes_out() {
        let pulse = Pulse::new();
        pulse.begin();
        pulse.end();
        after(40).await;
        pulse.sent(1);
        after(40).await;
        assert!(pulse.look(TIMES).is_ok());
        after(20).await;
        assert_eq!(pulse.look(TIMES), Err(Overdue::Idle));
    }

    #[tokio::test(start_paused = true)]
    async fn one_of_many_answers_that_is_not_taken_is_seen() {
        let pulse = Pulse::new();
        pulse.is_shared();
        pulse.begin();
        pulse.begin();
        let stuck = pulse.hand_over().unwrap();
        for _ in 0..3 {
            after(9).await;
            let other = pulse.hand_over().unwrap();
            assert!(pulse.look(TIMES).is_ok());
            pulse.taken(other);
        }
        after(3).await;
        assert_eq!(pulse.look(TIMES), Err(Overdue::Write));
        pulse.taken(stuck);
        assert!(pulse.look(TIMES).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn pings_keep_no_shared_connection_open_and_the_rest_of_an_answer_does() {
        let pulse = Pulse::new();
        pulse.is_shared();
        pulse.begin();
        pulse.end();
        after(40).await;
        pulse.sent(16 << 10);
        after(40).await;
        // A ping, or its answer, in a record of TLS.
        pulse.sent(17 + 29);
        assert!(pulse.look(TIMES).is_ok());
        after(20).await;
        assert_eq!(pulse.look(TIMES), Err(Overdue::Idle));
    }

    #[tokio::test(start_paused = true)]
    async fn a_header_that_begins_between_two_looks_is_seen_when_its_time_is_over() {
        let pulse = Pulse::new();
        pulse.begin();
        pulse.end();
        let begun = Instant::now();
        let mut look = pulse.look(TIMES).unwrap();
        after(3).await;
        pulse.received();
        let overdue = loop {
            tokio::time::sleep_until(look).await;
            match pulse.look(TIMES) {
                Ok(again) => look = again,
                Err(overdue) => break overdue,
            }
        };
        assert_eq!((overdue, begun.elapsed().as_secs()), (Overdue::Header, 13));
    }
}
