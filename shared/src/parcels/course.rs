//! The course of a day: releases by five minutes, which a peak day is held against, and by the second, which says how
//! fast it goes.

use super::contribution::Contribution;
use crate::time::{MINUTE, SECOND, Time};
use crate::wire::parcels::ParcelState;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    begins: Time,
    seconds: Vec<u32>,
    peak: Option<(u32, usize)>,
}

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
        self.peak = None;
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
        }
        if let Some(count) = before.and_then(|place| self.seconds.get_mut(place)) {
            *count = count.saturating_sub(1);
        }
        self.peak = None;
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
    pub fn peak(&mut self) -> Option<(u64, Time)> {
        if self.peak.is_none() {
            let of_day = self.seconds.iter().enumerate().skip(HOUR_BEFORE as usize);
            let best = of_day.max_by_key(|(place, count)| (**count, std::cmp::Reverse(*place)));
            self.peak = best
                .filter(|own| *own.1 > 0)
                .map(|(place, count)| (*count, place));
        }
        let (count, place) = self.peak?;
        let second = i64::try_from(place).unwrap_or(0) - HOUR_BEFORE;
        Some((u64::from(count), self.begins.plus(second * SECOND)))
    }
}

/// The last hour of the day before stands in front of the day.
const HOUR_BEFORE: i64 = 3_600;
