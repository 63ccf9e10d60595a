//! How many connections and calls an address may have. A network of IPv6 gives each of its machines any number of
//! addresses, so a /64 counts as one.

use crate::config::Server as Limits;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many seconds' worth of calls may come at once: a page that opens makes several.
const BURST_SECONDS: u32 = 4;

/// An address has as many connections as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// What each address has.
#[derive(Debug)]
pub struct Addresses {
    connections: Mutex<HashMap<IpAddr, usize>>,
    most: usize,
    reads: DefaultKeyedRateLimiter<IpAddr>,
    sends: DefaultKeyedRateLimiter<IpAddr>,
    limit_loopback: bool,
}

/// What counts as one address: of IPv6 a network of 64 bits, which is what one customer has.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn quota(per_second: u32) -> Quota {
    let number = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(number(per_second)).allow_burst(number(per_second.saturating_mul(BURST_SECONDS)))
}

impl Addresses {
    /// Nobody has anything yet.
    pub fn new(limits: &Limits) -> Addresses {
        Addresses {
            connections: Mutex::default(),
            most: limits.connections_per_address,
            reads: RateLimiter::dashmap(quota(limits.reads_per_second)),
            sends: RateLimiter::dashmap(quota(limits.sends_per_second)),
            limit_loopback: limits.limit_loopback,
        }
    }

    fn is_free(&self, address: IpAddr) -> bool {
        address.to_canonical().is_loopback() && !self.limit_loopback
    }

    /// What an address is counted as; nothing where it is not limited.
    pub fn counted_as(&self, address: IpAddr) -> Option<IpAddr> {
        (!self.is_free(address)).then(|| network(address))
    }

    /// Counts a connection.
    pub fn connect(&self, address: IpAddr) -> Result<(), TooMany> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let own = connections.entry(network(address)).or_default();
        if *own >= self.most && !self.is_free(address) {
            return Err(TooMany);
        }
        *own += 1;
        Ok(())
    }

    /// A connection that was counted is over.
    pub fn disconnect(&self, address: IpAddr) {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let network = network(address);
        if let Some(own) = connections.get_mut(&network) {
            *own -= 1;
            if *own == 0 {
                connections.remove(&network);
            }
        }
    }

    /// Counts a call. Answers how long to wait when it is one too many.
    pub fn call(&self, address: IpAddr, sends: bool) -> Result<(), Duration> {
        if self.is_free(address) {
            return Ok(());
        }
        let limiter = if sends { &self.sends } else { &self.reads };
        limiter
            .check_key(&network(address))
            .map_err(|not_until| not_until.wait_time_from(DefaultClock::default().now()))
    }

    /// Forgets calls of addresses that have not called lately.
    pub fn forget(&self) {
        for limiter in [&self.reads, &self.sends] {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            connections_per_address: 2,
            reads_per_second: 3,
            sends_per_second: 1,
            ..Limits::default()
        }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_so_many_connections_and_gets_them_back() {
        let addresses = Addresses::new(&limits());
        let one = ip("192.0.2.1");
        assert_eq!([addresses.connect(one), addresses.connect(one)], [Ok(()), Ok(())]);
        assert_eq!(addresses.connect(one), Err(TooMany));
        assert_eq!(addresses.connect(ip("192.0.2.2")), Ok(()));
        addresses.disconnect(one);
        assert_eq!(addresses.connect(one), Ok(()));
    }

    #[test]
    fn a_network_of_version_6_counts_as_one_address() {
        let addresses = Addresses::new(&limits());
        assert_eq!(addresses.connect(ip("2001:db8::1")), Ok(()));
        assert_eq!(addresses.connect(ip("2001:db8::ffff:2")), Ok(()));
        assert_eq!(addresses.connect(ip("2001:db8::3")), Err(TooMany));
        assert_eq!(addresses.connect(ip("2001:db8:0:1::3")), Ok(()));
    }

    #[test]
    fn senders_and_readers_are_counted_apart_and_told_how_long_to_wait() {
        let addresses = Addresses::new(&limits());
        let one = ip("::ffff:192.0.2.1");
        for _ in 0..BURST_SECONDS {
            assert_eq!(addresses.call(one, true), Ok(()));
        }
        let wait = addresses.call(one, true).unwrap_err();
        assert!(
            wait > Duration::ZERO && wait <= Duration::from_secs(1),
            "{wait:?}"
        );
        assert_eq!(addresses.call(one, false), Ok(()));
        assert!(
            addresses.call(ip("192.0.2.1"), true).is_err(),
            "written in another way"
        );
    }

    #[test]
    fn this_machine_is_limited_only_when_that_was_asked_for() {
        let free = Addresses::new(&limits());
        let bound = Addresses::new(&Limits {
            limit_loopback: true,
            ..limits()
        });
        for n in 0..100 {
            assert_eq!(free.connect(ip("127.0.0.1")), Ok(()));
            assert_eq!(free.call(ip("::1"), true), Ok(()));
            assert_eq!(bound.connect(ip("127.0.0.1")).is_ok(), n < 2);
        }
    }
}
