//! How well alarms serve those who answer them (`domain.md` §7): the measures of ISA-18.2 §16 and IEC 62682 §16, with the
//! figures of EEMUA 191. All by event time, in windows of ten minutes that are aligned to the wall clock; empty windows
//! count.

use super::Priority;
use crate::time::{DAY, MINUTE, SECOND, Time};

use std::collections::BTreeMap;

/// A window.
pub const WINDOW: i64 = 10 * MINUTE;
/// Alarms in a window that are acceptable.
pub const ACCEPTABLE: u64 = 1;
/// Alarms in a window that are the most.
pub const MOST: u64 = 2;
/// A flood begins above so many in a window …
pub const FLOOD_ABOVE: u64 = 10;
/// … and ends below so many.
pub const FLOOD_BELOW: u64 = 5;
/// Highest acceptable share of the time in flood.
pub const TIME_IN_FLOOD: f64 = 0.01;
/// So many of one tag within [`CHATTERING_WITHIN`] chatter.
pub const CHATTERING: usize = 3;
/// How close they are.
pub const CHATTERING_WITHIN: i64 = 60 * SECOND;
/// Active for longer than this is stale.
pub const STALE: i64 = DAY;
/// So many stale ones are no longer acceptable.
pub const STALE_ALARMS: u64 = 5;

/// What is recommended of each priority.
pub fn recommended(priority: Priority) -> f64 {
    match priority {
        Priority::High => 0.05,
        Priority::Medium => 0.15,
        Priority::Low => 0.80,
    }
}

/// A flood: from its first window to before the first that is calm again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flood {
    /// The beginning of its first window.
    pub from: Time,
    /// The end of its last window.
    pub to: Time,
    /// Alarms in it.
    pub alarms: u64,
    /// The most in one of its windows.
    pub most: u64,
}

/// Alarms by window over a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    from: Time,
    count: u64,
    /// The number of each window that has any, by its place from the beginning.
    raised: BTreeMap<u64, u64>,
}

impl Windows {
    /// The windows from a moment to before another. Both lie at the border of a window.
    pub fn new(from: Time, to: Time) -> Windows {
        let count = (to.0 - from.0).max(0) / WINDOW;
        Windows {
            from,
            count: count.unsigned_abs(),
            raised: BTreeMap::new(),
        }
    }

    /// Counts an alarm that was raised at a moment of the period.
    pub fn add(&mut self, raised_at: Time) {
        let place = (raised_at.0 - self.from.0).div_euclid(WINDOW);
        if let Ok(place) = u64::try_from(place)
            && place < self.count
        {
            *self.raised.entry(place).or_default() += 1;
        }
    }

    /// How many windows there are, empty ones included.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether the period has no window.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All alarms.
    pub fn alarms(&self) -> u64 {
        self.raised.values().sum()
    }

    /// Alarms in a window, on average.
    pub fn average(&self) -> f64 {
        share(self.alarms(), self.count)
    }

    /// The most in one window.
    pub fn most(&self) -> u64 {
        self.raised.values().copied().max().unwrap_or(0)
    }

    /// Share of the windows above the number at which a flood begins.
    pub fn over_ten(&self) -> f64 {
        let over = self.raised.values().filter(|count| **count > FLOOD_ABOVE).count();
        share(over as u64, self.count)
    }

    /// Windows that have any: beginning and number.
    pub fn raised(&self) -> impl Iterator<Item = (Time, u64)> {
        self.raised
            .iter()
            .map(|(place, count)| (self.begin(*place), *count))
    }

    fn begin(&self, place: u64) -> Time {
        self.from.plus(
            i64::try_from(place)
                .unwrap_or(i64::MAX / WINDOW)
                .saturating_mul(WINDOW),
        )
    }

    /// Floods as episodes, oldest first. One that goes on at the end of the period ends there.
    pub fn floods(&self) -> Vec<Flood> {
        let mut floods: Vec<Flood> = Vec::new();
        let mut open: Option<(u64, Flood)> = None;
        for (&place, &count) in &self.raised {
            // A window without any is calm.
            if let Some((last, flood)) = open.take() {
                let calm = count < FLOOD_BELOW || place > last + 1;
                if calm {
                    floods.push(flood);
                } else {
                    let flood = Flood {
                        to: self.begin(place + 1),
                        alarms: flood.alarms + count,
                        most: flood.most.max(count),
                        ..flood
                    };
                    open = Some((place, flood));
                    continue;
                }
            }
            if count > FLOOD_ABOVE {
                let flood = Flood {
                    from: self.begin(place),
                    to: self.begin(place + 1),
                    alarms: count,
                    most: count,
                };
                open = Some((place, flood));
            }
        }
        floods.extend(open.map(|(_, flood)| flood));
        floods
    }

    /// Share of the time in flood.
    pub fn time_in_flood(&self) -> f64 {
        let time: i64 = self.floods().iter().map(|flood| flood.to.0 - flood.from.0).sum();
        share((time / WINDOW).unsigned_abs(), self.count)
    }
}

/// A share from 0 to 1; 0 of nothing.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// The most of one tag within a minute; the moments at which it was raised come in order.
pub fn most_in_a_minute(raised: &[Time]) -> usize {
    let mut first = 0;
    let mut most = 0;
    for (last, at) in raised.iter().enumerate() {
        while at.0 - raised[first].0 > CHATTERING_WITHIN {
            first += 1;
        }
        most = most.max(last + 1 - first);
    }
    most
}

/// Whether an alarm was active for over 24 hours, at some time in a period.
pub fn is_stale(raised_at: Time, cleared_at: Option<Time>, (from, to): (Time, Time), now: Time) -> bool {
    let since = raised_at.plus(STALE);
    let until = cleared_at.unwrap_or(now);
    since < until && since < to && until > from
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(counts: &[u64]) -> Windows {
        let to = Time(WINDOW * counts.len() as i64);
        let mut windows = Windows::new(Time(0), to);
        for (place, count) in counts.iter().enumerate() {
            for n in 0..*count {
                windows.add(Time(place as i64 * WINDOW + n as i64));
            }
        }
        windows
    }

    #[test]
    fn empty_windows_count_in_the_average() {
        let windows = windows(&[4, 0, 0, 0]);
        assert_eq!((windows.average(), windows.most(), windows.len()), (1.0, 4, 4));
    }

    #[test]
    fn a_flood_begins_above_ten_and_ends_below_five() {
        let floods = windows(&[10, 11, 5, 5, 4, 0, 12, 0, 13]).floods();
        let seen: Vec<_> = floods
            .iter()
            .map(|flood| {
                (
                    flood.from.0 / WINDOW,
                    flood.to.0 / WINDOW,
                    flood.alarms,
                    flood.most,
                )
            })
            .collect();
        assert_eq!(seen, [(1, 4, 21, 11), (6, 7, 12, 12), (8, 9, 13, 13)]);
    }

    #[test]
    fn a_window_that_ends_a_flood_does_not_begin_the_next() {
        assert_eq!(windows(&[11, 4, 11]).floods().len(), 2);
        assert_eq!(windows(&[11, 11, 5, 11]).floods().len(), 1);
        assert_eq!(windows(&[10, 10]).floods(), []);
    }

    #[test]
    fn time_in_flood_is_a_share_of_the_whole_period() {
        assert_eq!(windows(&[11, 5, 0, 0]).time_in_flood(), 0.5);
        assert_eq!(windows(&[]).time_in_flood(), 0.0);
    }

    #[test]
    fn three_within_a_minute_chatter() {
        let at = |seconds: &[i64]| seconds.iter().map(|s| Time(s * SECOND)).collect::<Vec<_>>();
        assert_eq!(most_in_a_minute(&at(&[0, 30, 60])), 3);
        assert_eq!(most_in_a_minute(&at(&[0, 30, 61])), 2);
        assert_eq!(most_in_a_minute(&at(&[])), 0);
    }

    #[test]
    fn an_alarm_is_stale_in_the_period_in_which_it_passed_a_day_or_went_on() {
        let period = (Time(2 * DAY), Time(3 * DAY));
        let stale = |raised: i64, cleared: Option<i64>| {
            is_stale(Time(raised), cleared.map(Time), period, Time(3 * DAY))
        };
        assert!(stale(0, None));
        assert!(!stale(0, Some(DAY)));
        assert!(!stale(0, Some(2 * DAY)), "it was over before the period began");
        assert!(stale(DAY + 1, None));
        assert!(!stale(2 * DAY, None), "it was not yet a day");
    }
}
