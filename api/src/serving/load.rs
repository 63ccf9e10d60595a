//! What the server has taken on, and how much it may. Everything that is bounded is counted here.

use super::addresses::Addresses;
use super::bodies::Budget;
use super::metrics::{Metrics, Refusal};
use crate::config::Server as Limits;
use crate::routes::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How long a reader waits between two hand-overs for each reader that there is. Each hand-over costs (taking it from the
/// log, writing it, the system's share), so readers are handed what they wait for less often when there are many, and
/// all of them together leave the machine time for others. The value is chosen, not measured: 120 ms with 10,000 readers.
const HAND_OVER: Duration = Duration::from_micros(12);
/// With fewer readers than make this, each is told at once.
const NOT_WORTH_WAITING: Duration = Duration::from_millis(5);

/// What the server has taken on.
#[derive(Debug)]
pub struct Load {
    /// How much it may.
    pub limits: Limits,
    /// What each address has.
    pub addresses: Addresses,
    /// Memory for bodies.
    pub bodies: Budget,
    /// Connections.
    connections: Places,
    /// Readers of the stream.
    readers: Places,
    /// Messages of feeds that are read or wait.
    feeds: Places,
    /// What is told of all of it.
    pub metrics: Metrics,
}

/// A number of places.
#[derive(Debug)]
struct Places {
    taken: AtomicUsize,
    most: usize,
}

impl Places {
    fn new(most: usize) -> Places {
        Places {
            taken: AtomicUsize::new(0),
            most,
        }
    }

    fn take(&self) -> bool {
        let more = |taken| (taken < self.most).then_some(taken + 1);
        self.taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_ok()
    }

    fn give_back(&self) {
        self.taken.fetch_sub(1, Ordering::Relaxed);
    }

    fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}

/// What a place is for.
#[derive(Clone, Copy, Debug)]
enum For {
    Connection(IpAddr),
    Reader,
    Feed,
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub struct Place {
    load: Arc<Load>,
    what: For,
}

impl Place {
    /// The load that it belongs to.
    pub fn load(&self) -> &Arc<Load> {
        &self.load
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match self.what {
            For::Connection(address) => {
                self.load.connections.give_back();
                self.load.addresses.disconnect(address);
            }
            For::Reader => self.load.readers.give_back(),
            For::Feed => self.load.feeds.give_back(),
        }
    }
}

impl Load {
    /// Nothing is taken on yet.
    pub fn new(limits: Limits) -> Load {
        Load {
            addresses: Addresses::new(&limits),
            bodies: Budget::new(limits.body_memory_mib),
            connections: Places::new(limits.connections),
            readers: Places::new(limits.readers),
            feeds: Places::new(limits.waiting_feeds),
            metrics: Metrics::new(),
            limits,
        }
    }

    /// A place for a connection.
    pub fn connect(self: &Arc<Load>, address: IpAddr) -> Result<Place, Refusal> {
        if !self.connections.take() {
            return Err(Refusal::Connections);
        }
        if let Err(too_many) = self.addresses.connect(address) {
            self.connections.give_back();
            return Err(too_many.into());
        }
        Ok(self.place(For::Connection(address)))
    }

    /// A place for a reader of the stream.
    pub fn read(self: &Arc<Load>) -> Option<Place> {
        self.take(&self.readers, For::Reader, Refusal::Readers)
    }

    /// A place for a message of a feed.
    pub fn feed(self: &Arc<Load>) -> Option<Place> {
        self.take(&self.feeds, For::Feed, Refusal::Feeds)
    }

    fn take(self: &Arc<Load>, places: &Places, what: For, refusal: Refusal) -> Option<Place> {
        if places.take() {
            return Some(self.place(what));
        }
        self.metrics.refused(refusal);
        None
    }

    /// Refuses a body for which there is no memory.
    pub fn no_memory(&self) -> ApiError {
        self.metrics.refused(Refusal::Memory);
        ApiError::busy("other messages fill the memory that there is for them; send again in a few seconds")
    }

    fn place(self: &Arc<Load>, what: For) -> Place {
        Place {
            load: Arc::clone(self),
            what,
        }
    }

    /// Connections that are open.
    pub fn connections(&self) -> usize {
        self.connections.taken()
    }

    /// Readers of the stream.
    pub fn readers(&self) -> usize {
        self.readers.taken()
    }

    /// Messages of feeds that are read or wait.
    pub fn feeds(&self) -> usize {
        self.feeds.taken()
    }

    /// How long a reader that was just handed something waits before it is handed more.
    pub fn pace(&self) -> Duration {
        let readers = u32::try_from(self.readers()).unwrap_or(u32::MAX);
        let pace = HAND_OVER.saturating_mul(readers);
        if pace < NOT_WORTH_WAITING {
            Duration::ZERO
        } else {
            pace
        }
    }
}

/// The server's load, for a call; calls that are made without a server have one of their own.
#[derive(Clone, Debug)]
pub struct Loaded(pub Arc<Load>);

impl<S: Sync> FromRequestParts<S> for Loaded {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Loaded, Infallible> {
        let load = parts.extensions.get::<Loaded>().cloned();
        Ok(load.unwrap_or_else(|| Loaded(Arc::new(Load::new(Limits::default())))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_it_is_left() {
        let limits = Limits {
            connections: 2,
            readers: 1,
            waiting_feeds: 1,
            ..Limits::default()
        };
        let load = Arc::new(Load::new(limits));
        let address = "192.0.2.1".parse().unwrap();
        let first = load.connect(address).unwrap();
        let _second = load.connect(address).unwrap();
        assert_eq!(load.connect(address).unwrap_err(), Refusal::Connections);
        drop(first);
        assert!(load.connect(address).is_ok());
        let reader = load.read().unwrap();
        assert!(load.read().is_none());
        drop(reader);
        assert!(load.read().is_some());
        let _feed = load.feed().unwrap();
        assert!(load.feed().is_none() && load.feeds() == 1);
    }

    #[test]
    fn many_readers_are_told_less_often_and_few_at_once() {
        let load = Arc::new(Load::new(Limits::default()));
        let _few: Vec<Place> = (0..300).map(|_| load.read().unwrap()).collect();
        assert_eq!(load.pace(), Duration::ZERO);
        let _many: Vec<Place> = (300..10_000).map(|_| load.read().unwrap()).collect();
        assert_eq!(load.pace(), Duration::from_millis(120));
    }
}
