//! The course of a day: releases by five minutes, which a peak day is held against, and by the second, which says how
//! fast it goes.

use super::contribution::Contribution;
use crate::time::{MINUTE, SECOND, Time};
use crate::wire::parcels::ParcelState;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// How long a step of the course is.
pub const STEP: i64 = 5 * MINUTE;

/// Releases of one site by steps of five minutes. Offsets of zones are whole quarters of an hour, so days begin with a
/// step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    steps: BTreeMap<i64, u64>,
}

impl Course {
    /// From the steps that were kept.
    pub fn from_steps(steps: impl IntoIterator<Item = (i64, u64)>) -> Course {
        Course {
            steps: steps.into_iter().filter(|own| own.1 > 0).collect(),
        }
    }

    /// Brings it in line with a change of one parcel. Answers the steps that changed.
    pub fn replace(
        &mut self,
        before: Option<&Contribution>,
        after: Option<&Contribution>,
    ) -> [Option<i64>; 2] {
        let step = |own: Option<&Contribution>| released_at(own).map(|at| at.0.div_euclid(STEP));
        let (before, after) = (step(before), step(after));
        if before == after {
            return [None, None];
        }
        if let Some(step) = after {
            *self.steps.entry(step).or_default() += 1;
        }
        if let Some(step) = before
            && let Some(count) = self.steps.get_mut(&step)
        {
            *count -= 1;
            if *count == 0 {
                self.steps.remove(&step);
            }
        }
        [before, after]
    }

    /// Released in a step, to be kept.
    pub fn of_step(&self, step: i64) -> u64 {
        self.steps.get(&step).copied().unwrap_or(0)
    }

    /// Cumulative releases from one moment to another, one number for each step that has begun, the one in which it
    /// ends included.
    pub fn cumulative(&self, from: Time, to: Time) -> Vec<u64> {
        let (first, behind) = (from.0.div_euclid(STEP), (to.0 + STEP - 1).div_euclid(STEP));
        let mut total = 0;
        let mut steps = self.steps.range(first..behind.max(first)).peekable();
        (first..behind)
            .map(|step| {
                while let Some((_, count)) = steps.next_if(|(own, _)| **own <= step) {
                    total += count;
                }
                total
            })
            .collect()
    }
}

fn released_at(own: Option<&Contribution>) -> Option<Time> {
    own.filter(|own| own.state == ParcelState::Released)?.decided_at
}

/// Releases of a site's day by the second.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    begins: Time,
    seconds: Vec<u32>,
    /// The peak, looked for when it is first asked for.
    peak: OnceLock<Option<Peak>>,
}

/// How many were released in the second of a place.
type Peak = (u32, usize);

impl PartialEq for Pace {
    fn eq(&self, other: &Pace) -> bool {
        (self.begins, &self.seconds) == (other.begins, &other.seconds)
    }
}

impl Eq for Pace {}

impl Pace {
    /// Of a day that begins at a moment, and the last hour of the day before it.
    pub fn new(begins: Time) -> Pace {
        Pace {
            begins,
            ..Pace::default()
        }
    }

    /// When the day began.
    pub fn begins(&self) -> Time {
        self.begins
    }

    /// Goes on to another day, whose first hour still counts what was released in the last hour before it.
    pub fn turn(&mut self, begins: Time) {
        if begins == self.begins {
            return;
        }
        let moved = begins.seconds_since(self.begins);
        let moved = usize::try_from(moved)
            .unwrap_or(usize::MAX)
            .min(self.seconds.len());
        self.seconds.drain(..moved);
        self.begins = begins;
        self.peak = OnceLock::new();
    }

    /// Brings it in line with a change of one parcel.
    pub fn replace(&mut self, before: Option<&Contribution>, after: Option<&Contribution>) {
        let (before, after) = (self.place(released_at(before)), self.place(released_at(after)));
        if before == after {
            return;
        }
        if let Some(place) = after {
            if place >= self.seconds.len() {
                self.seconds.resize(place + 1, 0);
            }
            self.seconds[place] += 1;
            self.raise_peak(place);
        }
        if let Some(place) = before
            && let Some(count) = self.seconds.get_mut(place)
        {
            *count = count.saturating_sub(1);
            if self
                .peak
                .get()
                .is_some_and(|peak| peak.is_some_and(|peak| peak.1 == place))
            {
                self.peak = OnceLock::new();
            }
        }
    }

    /// A second of which more were released may be the peak; nothing is to be looked for then.
    fn raise_peak(&mut self, place: usize) {
        let count = self.seconds[place];
        if place >= HOUR_BEFORE as usize
            && let Some(peak) = self.peak.get_mut()
            && peak.is_none_or(|(most, first)| (count, Reverse(place)) > (most, Reverse(first)))
        {
            *peak = Some((count, place));
        }
    }

    /// Seconds from the hour before the day: two days and that hour at most.
    fn place(&self, at: Option<Time>) -> Option<usize> {
        let place = at?.seconds_since(self.begins) + HOUR_BEFORE;
        usize::try_from(place).ok().filter(|place| *place < 51 * 3_600)
    }

    /// Released in so many whole seconds before a moment.
    pub fn within(&self, now: Time, seconds: i64) -> u64 {
        let to = now.seconds_since(self.begins) + HOUR_BEFORE;
        let range = |place: i64| usize::try_from(place.max(0)).unwrap_or(0).min(self.seconds.len());
        let counted = &self.seconds[range(to - seconds)..range(to)];
        counted.iter().map(|count| u64::from(*count)).sum()
    }

    /// The most that were released in a second of the day, and the first such second.
    pub fn peak(&self) -> Option<(u64, Time)> {
        let look = || {
            let of_day = self.seconds.iter().enumerate().skip(HOUR_BEFORE as usize);
            let best = of_day.max_by_key(|(place, count)| (**count, Reverse(*place)));
            best.filter(|own| *own.1 > 0)
                .map(|(place, count)| (*count, place))
        };
        let (count, place) = (*self.peak.get_or_init(look))?;
        let second = i64::try_from(place).unwrap_or(0) - HOUR_BEFORE;
        Some((u64::from(count), self.begins.plus(second * SECOND)))
    }
}

/// The last hour of the day before stands in front of the day.
const HOUR_BEFORE: i64 = 3_600;
