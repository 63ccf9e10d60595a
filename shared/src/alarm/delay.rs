//! On-delay and off-delay (ISA-18.2 §10): from the times in which something was wrong to those in which its alarm is
//! active. On-delay: it must have been wrong for so long. Off-delay: it must have been right for so long.

use crate::rules::KindRule;
use crate::time::{SECOND, Time};

/// A time in which something was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// When it began.
    pub from: Time,
    /// When it ended; `None` while it goes on.
    pub until: Option<Time>,
}

/// How long it must be wrong, and right again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delays {
    /// Milliseconds that it must be wrong.
    pub on: i64,
    /// Milliseconds that it must be right.
    pub off: i64,
    /// Whether the very end of the on-delay is still right: a limit that is reached exactly raises nothing.
    pub strict: bool,
}

/// Whole seconds as milliseconds; what no clock reaches is the highest there is.
pub fn milliseconds(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(SECOND)
}

impl Delays {
    /// Those of a kind.
    pub fn of(rule: &KindRule) -> Delays {
        Delays {
            on: milliseconds(rule.on_delay_seconds),
            off: milliseconds(rule.off_delay_seconds),
            strict: false,
        }
    }

    /// Those of a kind with a limit: exactly the limit raises nothing.
    pub fn behind_limit(rule: &KindRule) -> Delays {
        let limit = milliseconds(rule.limit_seconds);
        Delays {
            on: limit.saturating_add(milliseconds(rule.on_delay_seconds)),
            off: milliseconds(rule.off_delay_seconds),
            strict: true,
        }
    }

    /// A limit and nothing else.
    pub fn limit(seconds: u64) -> Delays {
        Delays {
            on: milliseconds(seconds),
            off: 0,
            strict: true,
        }
    }
}

/// An alarm, or the next moment at which passing time alone changes what holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Raised and cleared; `None` while nothing is raised.
    pub raised: Option<(Time, Option<Time>)>,
    /// The next moment to look.
    pub look_at: Option<Time>,
}

/// What holds of one time in which something was wrong. `ended_at` is the end of the stay, behind which nothing is
/// waited for.
pub fn stand(wrong: Wrong, delays: Delays, ended_at: Option<Time>, now: Time) -> Standing {
    let raised_at = wrong.from.plus(delays.on);
    let nothing = Standing {
        raised: None,
        look_at: None,
    };
    if wrong.until.is_some_and(|until| until <= raised_at) {
        return nothing;
    }
    let due = if delays.strict {
        raised_at.plus(1)
    } else {
        raised_at
    };
    if now < due {
        return Standing {
            look_at: Some(due),
            ..nothing
        };
    }
    let Some(until) = wrong.until else {
        return Standing {
            raised: Some((raised_at, None)),
            look_at: None,
        };
    };
    let right = until.plus(delays.off);
    let clears = match ended_at {
        Some(ended) if ended >= until => right.min(ended),
        _ => right,
    };
    if clears > until && now < clears {
        return Standing {
            raised: Some((raised_at, None)),
            look_at: Some(clears),
        };
    }
    Standing {
        raised: Some((raised_at, Some(clears))),
        look_at: None,
    }
}

/// Joins what began again before the off-delay was over with what it followed, when that had been raised. In order of
/// time; with each goes what is known of it, and the first of those joined is kept.
pub fn join<T>(wrongs: Vec<(Wrong, T)>, delays: Delays) -> Vec<(Wrong, T)> {
    if delays.off == 0 {
        return wrongs;
    }
    let mut joined: Vec<(Wrong, T)> = Vec::with_capacity(wrongs.len());
    for (wrong, of) in wrongs {
        match joined.last_mut() {
            Some((last, _))
                if last.until.is_some_and(|until| {
                    until > last.from.plus(delays.on) && wrong.from < until.plus(delays.off)
                }) =>
            {
                last.until = wrong.until;
            }
            _ => joined.push((wrong, of)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(from: i64, until: Option<i64>) -> Wrong {
        Wrong {
            from: Time(from),
            until: until.map(Time),
        }
    }

    fn delays(on: i64, off: i64) -> Delays {
        Delays {
            on,
            off,
            strict: false,
        }
    }

    #[test]
    fn without_delays_it_is_raised_at_once_and_cleared_at_once() {
        let standing = |until, now| stand(wrong(10, until), delays(0, 0), None, Time(now));
        assert_eq!(standing(None, 9).look_at, Some(Time(10)));
        assert_eq!(standing(None, 10).raised, Some((Time(10), None)));
        assert_eq!(standing(Some(20), 30).raised, Some((Time(10), Some(Time(20)))));
        assert_eq!(standing(Some(10), 30).raised, None);
    }

    #[test]
    fn what_lasts_shorter_than_the_on_delay_raises_nothing() {
        let standing = |until, now| stand(wrong(10, until), delays(5, 0), None, Time(now));
        assert_eq!(standing(Some(15), 30).raised, None);
        assert_eq!(standing(Some(16), 30).raised, Some((Time(15), Some(Time(16)))));
        assert_eq!(standing(None, 14).look_at, Some(Time(15)));
        assert_eq!(standing(None, 15).raised, Some((Time(15), None)));
    }

    #[test]
    fn exactly_the_limit_raises_nothing() {
        let limit = Delays {
            on: 5,
            off: 0,
            strict: true,
        };
        assert_eq!(
            stand(wrong(10, None), limit, None, Time(15)).look_at,
            Some(Time(16))
        );
        assert_eq!(
            stand(wrong(10, None), limit, None, Time(16)).raised,
            Some((Time(15), None))
        );
    }

    #[test]
    fn it_stays_active_until_the_off_delay_is_over_or_the_stay_ends() {
        let standing =
            |ended: Option<i64>, now| stand(wrong(10, Some(20)), delays(0, 5), ended.map(Time), Time(now));
        assert_eq!(standing(None, 24).raised, Some((Time(10), None)));
        assert_eq!(standing(None, 24).look_at, Some(Time(25)));
        assert_eq!(standing(None, 25).raised, Some((Time(10), Some(Time(25)))));
        assert_eq!(standing(Some(22), 25).raised, Some((Time(10), Some(Time(22)))));
    }

    #[test]
    fn what_begins_again_within_the_off_delay_is_the_same_alarm() {
        let times = || {
            vec![
                (wrong(10, Some(20)), 'a'),
                (wrong(24, Some(30)), 'b'),
                (wrong(36, None), 'c'),
            ]
        };
        assert_eq!(
            join(times(), delays(0, 5)),
            [(wrong(10, Some(30)), 'a'), (wrong(36, None), 'c')]
        );
        assert_eq!(join(times(), delays(0, 0)), times());
        // The first was too short to be raised, so there is nothing to go on with.
        assert_eq!(join(times(), delays(15, 5)), times());
    }
}
