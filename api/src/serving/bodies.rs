//! Bodies on their way in: how much memory all of them take, and how slowly one may come. What a body declares is
//! reserved before it is read, so that bodies that are being read can be read to their end.

use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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

/// Memory for bodies.
#[derive(Clone, Debug)]
pub struct Budget {
    free: Arc<Semaphore>,
    units: usize,
}

impl Budget {
    /// So much memory, in MiB.
    pub fn new(mib: usize) -> Budget {
        let units = ((mib << 20) / UNIT).min(Semaphore::MAX_PERMITS);
        Budget {
            free: Arc::new(Semaphore::new(units)),
            units,
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
}

/// The memory that one request has reserved for its body and for what becomes of it. It is free again when the
/// request is answered.
#[derive(Debug)]
pub struct Charge {
    budget: Budget,
    held: Mutex<Option<OwnedSemaphorePermit>>,
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

impl Charge {
    /// Nothing is reserved yet.
    pub fn new(budget: &Budget) -> Charge {
        Charge {
            budget: budget.clone(),
            held: Mutex::new(None),
        }
    }

    /// Reserves what a body declares; waits for it a little. False when there is no memory for it.
    pub async fn reserve(&self, declared: usize) -> bool {
        if declared <= SMALL {
            return true;
        }
        let free = Arc::clone(&self.budget.free);
        let waited = tokio::time::timeout(PATIENCE, free.acquire_many_owned(units(declared))).await;
        match waited {
            Ok(Ok(permit)) => {
                *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(permit);
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
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let has = held.as_ref().map_or(0, |held| held.num_permits() * UNIT);
        if bytes <= has {
            return true;
        }
        let more = (bytes - has).max(STEP);
        let Ok(permit) = Arc::clone(&self.budget.free).try_acquire_many_owned(units(more)) else {
            return false;
        };
        match held.as_mut() {
            Some(held) => held.merge(permit),
            None => *held = Some(permit),
        }
        true
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
    begun: Instant,
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
            begun: Instant::now(),
            timeout,
            rate,
            timer: None,
        }
    }

    fn deadline(&self) -> Instant {
        let earned = self.received as u64 * 1_000 / self.rate.max(1);
        self.begun + self.timeout + Duration::from_millis(earned)
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
        let deadline = this.deadline();
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
        let first = Charge::new(&budget);
        assert!(first.reserve(32 * MIB).await && budget.reserved() == 32 * MIB);
        let second = Charge::new(&budget);
        assert!(second.reserve(32 * MIB).await);
        let third = Charge::new(&budget);
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
        let first = Charge::new(&budget);
        assert!(first.reserve(60 * MIB).await);
        let waiting = tokio::spawn({
            let second = Charge::new(&budget);
            async move { second.reserve(32 * MIB).await }
        });
        tokio::time::advance(Duration::from_secs(1)).await;
        drop(first);
        assert!(waiting.await.unwrap());
    }

    #[test]
    fn what_grows_is_reserved_step_by_step() {
        let budget = Budget::new(1);
        let charge = Charge::new(&budget);
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
        let charge = Arc::new(Charge::new(budget));
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
