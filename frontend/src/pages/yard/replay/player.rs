//! What is played: the moments behind the one that is shown, fetched ahead of it.

use shared::wire::replay::YardMoment;

/// At least as much of the past is fetched at once, in milliseconds of it.
const LEAST: i64 = 10 * 60_000;
/// As many seconds of playing are fetched at once.
const AHEAD: i64 = 6;

/// A tape of the past. Times are milliseconds since 1970.
#[derive(Debug, Default)]
pub struct Player {
    ahead: Vec<YardMoment>,
    /// Up to when what changed is known.
    known_to: i64,
    /// The moment that is shown.
    at: i64,
    /// Which of the calls is the latest; what others answer is of another place on the tape.
    call: u64,
    asking: bool,
}

/// What to fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// The number of the call.
    pub call: u64,
    /// Behind this moment.
    pub from: i64,
    /// Up to this one.
    pub to: i64,
}

impl Player {
    /// Goes to another moment, of which the whole yard is fetched.
    pub fn seek(&mut self, at: i64) {
        self.ahead.clear();
        (self.known_to, self.at) = (at, at);
        self.call += 1;
        self.asking = false;
    }

    /// The moment that is shown.
    pub fn at(&self) -> i64 {
        self.at
    }

    /// Goes on to a moment, or as far as is known; hands back what changed on the way.
    pub fn go_on(&mut self, to: i64) -> Vec<YardMoment> {
        let to = to.min(self.known_to).max(self.at);
        self.at = to;
        let due = self
            .ahead
            .iter()
            .take_while(|moment| moment.at.at.0 <= to)
            .count();
        let left = self.ahead.split_off(due);
        std::mem::replace(&mut self.ahead, left)
    }

    /// What has to be fetched to go on at a speed, as often as the real time; `last` is the end of the tape.
    pub fn wants(&mut self, speed: i64, last: i64) -> Option<Fetch> {
        let ahead = speed.saturating_mul(1_000).saturating_mul(AHEAD).max(LEAST);
        let (from, to) = (self.known_to, self.known_to.saturating_add(ahead).min(last));
        if self.asking || from >= to || from - self.at > ahead / 2 {
            return None;
        }
        self.asking = true;
        Some(Fetch {
            call: self.call,
            from,
            to,
        })
    }

    /// Takes what was fetched up to a moment; hands back whether it is of this place on the tape.
    pub fn take(&mut self, call: u64, moments: Vec<YardMoment>, known_to: i64) -> bool {
        let is_ours = call == self.call;
        if is_ours {
            self.ahead.extend(moments);
            self.known_to = self.known_to.max(known_to);
            self.asking = false;
        }
        is_ours
    }

    /// A call brought nothing; the next look asks again.
    pub fn failed(&mut self, call: u64) {
        if call == self.call {
            self.asking = false;
        }
    }

    /// Whether it has to wait for what was not fetched yet.
    pub fn is_waiting(&self, last: i64) -> bool {
        self.at >= self.known_to && self.known_to < last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::time::Time;
    use shared::wire::replay::YardCounts;

    fn moment(at: i64) -> YardMoment {
        YardMoment {
            at: Time(at).utc(),
            placed: Vec::new(),
            gone: Vec::new(),
            elsewhere: 0,
            counts: YardCounts::default(),
        }
    }

    #[test]
    fn every_moment_is_played_once_and_in_order() {
        let mut player = Player::default();
        player.seek(1_000);
        let fetch = player.wants(60, 5_000_000).unwrap();
        assert_eq!((fetch.from, fetch.to), (1_000, 601_000));
        assert_eq!(player.wants(60, 5_000_000), None, "one call at a time");
        assert!(player.take(fetch.call, vec![moment(2_000), moment(3_000)], fetch.to));
        assert_eq!(player.go_on(2_500).len(), 1);
        assert_eq!(player.go_on(2_600).len(), 0);
        assert_eq!(player.go_on(3_000)[0].at.at.0, 3_000);
        assert_eq!(player.at(), 3_000);
    }

    #[test]
    fn it_waits_where_it_does_not_know_what_comes() {
        let mut player = Player::default();
        player.seek(1_000);
        assert!(player.go_on(9_000).is_empty());
        assert_eq!(player.at(), 1_000);
        assert!(player.is_waiting(9_000) && !player.is_waiting(1_000));
    }

    #[test]
    fn what_was_fetched_for_another_place_is_left() {
        let mut player = Player::default();
        player.seek(1_000);
        let fetch = player.wants(60, 5_000_000).unwrap();
        player.seek(2_000_000);
        assert!(!player.take(fetch.call, vec![moment(2_000)], fetch.to));
        assert!(player.go_on(2_000_001).is_empty());
        assert_eq!(player.wants(60, 5_000_000).unwrap().from, 2_000_000);
    }

    #[test]
    fn nothing_is_fetched_behind_the_end() {
        let mut player = Player::default();
        player.seek(1_000);
        assert_eq!(player.wants(3_600, 1_000), None);
        assert_eq!(player.wants(3_600, 1_500).unwrap().to, 1_500);
    }
}
