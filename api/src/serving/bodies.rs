//! Bodies on their way in: how much memory all of them and those of one sender take, and how slowly one may come. What
//! the body of a message declares is reserved before it is read, so that bodies that are being read can be read to their
//! end.

use crate::access::records::Holder;
use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

/// The unit in which memory is reserved.
const UNIT: usize = 1 << 10;
/// A body up to here is part of what a connection costs, and never waits for memory.
const SMALL: usize = 16 << 10;
/// What a body that declares nothing reserves more whenever it needs more.
const STEP: usize = 256 << 10;
/// How long a body waits for memory before it is refused.
const PATIENCE: Duration = Duration::from_secs(5);

/// What one sender may hold at least: its largest message, packed and unpacked …
const LEAST_SHARE: usize = (64 << 20) + STEP;
/// … and this part of all the memory there is, so that one sender alone never keeps the others out.
const SHARES: usize = 4;

/// Whose memory a body takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A network address.
    Address(IpAddr),
    /// An account or a key.
    Holder(Holder),
}

/// Memory for bodies.
#[derive(Clone, Debug)]
pub struct Budget {
    free: Arc<Semaphore>,
    units: usize,
    /// What is free of the share of each owner who holds something.
    shares: Arc<Mutex<HashMap<Owner, Weak<Semaphore>>>>,
}

impl Budget {
    /// So much memory, in MiB.
    pub fn new(mib: usize) -> Budget {
        let units = ((mib << 20) / UNIT).min(Semaphore::MAX_PERMITS);
        Budget {
            free: Arc::new(Semaphore::new(units)),
            units,
            shares: Arc::default(),
        }
    }

    /// All of it, in bytes.
    pub fn limit(&self) -> usize {
        self.units * UNIT
    }

    /// What is reserved, in bytes.
    pub fn reserved(&self) -> usize {
        (self.units - self.free.available_permits().min(self.units)) * UNIT
    }

    fn shares(&self) -> MutexGuard<'_, HashMap<Owner, Weak<Semaphore>>> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn share(&self, owner: &Owner) -> Arc<Semaphore> {
        let mut shares = self.shares();
        if let Some(share) = shares.get(owner).and_then(Weak::upgrade) {
            return share;
        }
        let units = (self.units / SHARES).max(LEAST_SHARE / UNIT);
        let share = Arc::new(Semaphore::new(units));
        shares.insert(owner.clone(), Arc::downgrade(&share));
        share
    }

    /// Forgets the share of an owner who holds nothing any more.
    fn forget(&self, owner: &Owner) {
        let mut shares = self.shares();
        if shares.get(owner).is_some_and(|share| share.strong_count() == 0) {
            shares.remove(owner);
        }
    }
}

/// The memory that one request has reserved for its body and for what becomes of it. It is free again when the
/// request is answered and what it asked for is done.
#[derive(Debug)]
pub struct Charge {
    budget: Budget,
    state: Mutex<Held>,
}

/// What a charge holds.
#[derive(Debug)]
struct Held {
    /// Nobody whose share counts: a sender on this machine.
    owner: Option<Owner>,
    /// Of all memory, and of the owner's share.
    memory: Option<OwnedSemaphorePermit>,
    share: Option<OwnedSemaphorePermit>,
}

impl Held {
    fn bytes(&self) -> usize {
        self.memory
            .as_ref()
            .map_or(0, |memory| memory.num_permits() * UNIT)
    }

    fn add(&mut self, share: Option<OwnedSemaphorePermit>, memory: OwnedSemaphorePermit) {
        merge(&mut self.memory, memory);
        if let Some(share) = share {
            merge(&mut self.share, share);
        }
    }
}

fn merge(held: &mut Option<OwnedSemaphorePermit>, more: OwnedSemaphorePermit) {
    match held {
        Some(held) => held.merge(more),
        None => *held = Some(more),
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

impl Charge {
    /// Nothing is reserved yet. What will be counts against the share of `owner`, if there is one.
    pub fn new(budget: &Budget, owner: Option<Owner>) -> Charge {
        Charge {
            budget: budget.clone(),
            state: Mutex::new(Held {
                owner,
                memory: None,
                share: None,
            }),
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes it somebody else's, as long as nothing is reserved.
    pub fn belongs_to(&self, owner: Owner) {
        let mut held = self.held();
        if held.memory.is_none() {
            held.owner = Some(owner);
        }
    }

    /// Reserves what a body declares; waits for it a little. False when there is no memory for it.
    pub async fn reserve(&self, declared: usize) -> bool {
        if declared <= SMALL {
            return true;
        }
        let units = units(declared);
        let share = self.held().owner.as_ref().map(|owner| self.budget.share(owner));
        let both = async {
            // The own share first: whoever waits for that keeps nobody else waiting.
            let share = match share {
                Some(share) => Some(share.acquire_many_owned(units).await.ok()?),
                None => None,
            };
            let free = Arc::clone(&self.budget.free);
            Some((share, free.acquire_many_owned(units).await.ok()?))
        };
        match tokio::time::timeout(PATIENCE, both).await {
            Ok(Some((share, memory))) => {
                self.held().add(share, memory);
                true
            }
            _ => false,
        }
    }

    /// Sees to it that so many bytes in all are reserved, without waiting: whoever has some already must not wait for
    /// others who have some. False when there is no memory for it.
    pub fn cover(&self, bytes: usize) -> bool {
        if bytes <= SMALL {
            return true;
        }
        let mut held = self.held();
        let has = held.bytes();
        if bytes <= has {
            return true;
        }
        let more = units((bytes - has).max(STEP));
        let share = match &held.owner {
            None => None,
            Some(owner) => match self.budget.share(owner).try_acquire_many_owned(more) {
                Ok(share) => Some(share),
                Err(_) => return false,
            },
        };
        let Ok(memory) = Arc::clone(&self.budget.free).try_acquire_many_owned(more) else {
            return false;
        };
        held.add(share, memory);
        true
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        let mut held = self.held();
        held.memory = None;
        held.share = None;
        let owner = held.owner.take();
        drop(held);
        if let Some(owner) = owner {
            self.budget.forget(&owner);
        }
    }
}

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// It came too slowly.
    #[error("the body came too slowly")]
    TooSlow,
    /// There is no memory for it.
    #[error("there is no memory for the body")]
    NoMemory,
}

/// What went wrong with a body; whoever reads it only sees that something did.
#[derive(Debug, Default)]
pub struct Verdict(AtomicU8);

impl Verdict {
    fn pass(&self, error: BodyError) -> BodyError {
        let code = match error {
            BodyError::TooSlow => 1,
            BodyError::NoMemory => 2,
        };
        self.0.store(code, Ordering::Relaxed);
        error
    }

    /// What went wrong, if anything.
    pub fn error(&self) -> Option<BodyError> {
        match self.0.load(Ordering::Relaxed) {
            1 => Some(BodyError::TooSlow),
            2 => Some(BodyError::NoMemory),
            _ => None,
        }
    }
}

/// A body that is held to its time and to the memory that there is. It must have come within a time, and within what
/// its bytes take at the slowest rate that is waited for.
pub struct Incoming<B> {
    body: B,
    charge: Arc<Charge>,
    verdict: Arc<Verdict>,
    received: usize,
    /// When it was first asked for: whoever waits for memory asks for nothing.
    begun: Option<Instant>,
    timeout: Duration,
    rate: u64,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<B> Incoming<B> {
    /// Holds a body to these.
    pub fn new(
        body: B,
        charge: Arc<Charge>,
        verdict: Arc<Verdict>,
        timeout: Duration,
        rate: u64,
    ) -> Incoming<B> {
        Incoming {
            body,
            charge,
            verdict,
            received: 0,
            begun: None,
            timeout,
            rate,
            timer: None,
        }
    }

    fn deadline(&mut self) -> Instant {
        let earned = self.received as u64 * 1_000 / self.rate.max(1);
        *self.begun.get_or_insert_with(Instant::now) + self.timeout + Duration::from_millis(earned)
    }
}

impl<B> Body for Incoming<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = &mut *self;
        let deadline = this.deadline();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            let Some(frame) = frame.transpose().map_err(Into::into)? else {
                return Poll::Ready(None);
            };
            this.received += frame.data_ref().map_or(0, Bytes::len);
            if !this.charge.cover(this.received) {
                return Poll::Ready(Some(Err(this.verdict.pass(BodyError::NoMemory).into())));
            }
            return Poll::Ready(Some(Ok(frame)));
        }
        let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        ready!(timer.as_mut().poll(context));
        Poll::Ready(Some(Err(this.verdict.pass(BodyError::TooSlow).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body as AnyBody;
    use futures_util::StreamExt as _;
    use futures_util::stream;

    const MIB: usize = 1 << 20;

    #[tokio::test(start_paused = true)]
    async fn what_is_declared_is_reserved_and_free_again_afterwards() {
        let budget = Budget::new(64);
        let first = Charge::new(&budget, None);
        assert!(first.reserve(32 * MIB).await && budget.reserved() == 32 * MIB);
        let second = Charge::new(&budget, None);
        assert!(second.reserve(32 * MIB).await);
        let third = Charge::new(&budget, None);
        assert!(!third.reserve(17 << 10).await, "there is none left");
        assert!(third.reserve(16 << 10).await, "a small one needs none");
        drop(first);
        assert!(third.reserve(32 * MIB).await);
        drop((second, third));
        assert_eq!(budget.reserved(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_waits_for_memory_that_becomes_free() {
        let budget = Budget::new(64);
        let first = Charge::new(&budget, None);
        assert!(first.reserve(60 * MIB).await);
        let waiting = tokio::spawn({
            let second = Charge::new(&budget, None);
            async move { second.reserve(32 * MIB).await }
        });
        tokio::time::advance(Duration::from_secs(1)).await;
        drop(first);
        assert!(waiting.await.unwrap());
    }

    fn address(last: u8) -> Owner {
        Owner::Address([192, 0, 2, last].into())
    }

    #[tokio::test(start_paused = true)]
    async fn one_sender_holds_no_more_than_its_share_and_others_go_on() {
        let budget = Budget::new(512);
        let of = |owner: Owner| Charge::new(&budget, Some(owner));
        let mut greedy: Vec<Charge> = Vec::new();
        for _ in 0..4 {
            let charge = of(address(1));
            assert!(charge.reserve(32 * MIB).await);
            greedy.push(charge);
        }
        let one_more = of(address(1));
        assert!(!one_more.reserve(17 << 10).await, "a quarter of 512 MiB is taken");
        assert!(!one_more.cover(17 << 10), "nor what declares nothing");
        assert_eq!(budget.reserved(), 128 * MIB);
        assert!(of(address(2)).reserve(32 * MIB).await);
        // Who has said who it is has a share of its own, wherever it sends from.
        let known = of(address(1));
        known.belongs_to(Owner::Holder(Holder::Key("key".into())));
        assert!(known.reserve(32 * MIB).await);
        greedy.pop();
        assert!(one_more.reserve(32 * MIB).await);
        drop((greedy, one_more, known));
        assert_eq!(budget.reserved(), 0);
        assert!(budget.shares().is_empty(), "who holds nothing is forgotten");
    }

    #[test]
    fn the_largest_message_has_room_in_a_share_packed_and_unpacked() {
        let budget = Budget::new(64);
        let charge = Charge::new(&budget, Some(address(1)));
        assert!(charge.cover(64 * MIB));
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_of_a_body_begins_when_it_is_asked_for() {
        let budget = Budget::new(64);
        let (bytes, verdict) = body(vec![(9, "a")], &budget);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(axum::body::to_bytes(bytes, MIB).await.unwrap().len(), 1);
        assert_eq!(verdict.error(), None);
    }

    #[test]
    fn what_grows_is_reserved_step_by_step() {
        let budget = Budget::new(1);
        let charge = Charge::new(&budget, None);
        assert!(charge.cover(SMALL) && budget.reserved() == 0);
        assert!(charge.cover(SMALL + 1) && budget.reserved() == STEP);
        assert!(charge.cover(STEP) && budget.reserved() == STEP);
        assert!(charge.cover(STEP + 1) && budget.reserved() == 2 * STEP);
        assert!(charge.cover(4 * STEP) && budget.reserved() == 4 * STEP);
        assert!(!charge.cover(4 * STEP + 1));
    }

    fn body(parts: Vec<(u64, &'static str)>, budget: &Budget) -> (AnyBody, Arc<Verdict>) {
        let parts = stream::iter(parts).then(|(after, part)| async move {
            tokio::time::sleep(Duration::from_secs(after)).await;
            Ok::<_, std::convert::Infallible>(Bytes::from_static(part.as_bytes()))
        });
        let verdict = Arc::new(Verdict::default());
        let charge = Arc::new(Charge::new(budget, None));
        let inner = AnyBody::from_stream(parts);
        let body = Incoming::new(
            inner,
            charge,
            Arc::clone(&verdict),
            Duration::from_secs(10),
            1_000,
        );
        (AnyBody::new(body), verdict)
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_a_second_is_cut_and_a_slow_line_is_not() {
        let budget = Budget::new(64);
        let (bytes, verdict) = body(vec![(1, "a"); 100], &budget);
        let begun = Instant::now();
        assert!(axum::body::to_bytes(bytes, MIB).await.is_err());
        assert_eq!(verdict.error(), Some(BodyError::TooSlow));
        assert_eq!(begun.elapsed().as_secs(), 10);

        let line: &'static str = Box::leak("a".repeat(4_000).into_boxed_str());
        let (bytes, verdict) = body(vec![(3, line); 100], &budget);
        assert_eq!(axum::body::to_bytes(bytes, MIB).await.unwrap().len(), 400_000);
        assert_eq!(verdict.error(), None);
    }

    #[tokio::test]
    async fn a_body_that_outgrows_the_memory_is_refused() {
        let budget = Budget::new(1);
        let part: &'static str = Box::leak("a".repeat(STEP).into_boxed_str());
        let (bytes, verdict) = body(vec![(0, part); 5], &budget);
        assert!(axum::body::to_bytes(bytes, 4 * MIB).await.is_err());
        assert_eq!(verdict.error(), Some(BodyError::NoMemory));
        assert_eq!(budget.reserved(), 0);
    }
}
