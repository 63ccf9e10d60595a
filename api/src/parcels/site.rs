//! One site as the parcels' book keeps it: its figures, its queue, its course, and who sends.

use super::party::Party;
use crate::config::Site;
use crate::engine::calendar::LocalCalendar;
use rustc_hash::FxHashSet;
use shared::figures::Calendar;
use shared::parcels::course::{Course, Pace};
use shared::parcels::queue::Queue;
use shared::parcels::shares::Shares;
use shared::parcels::{Contribution, ParcelCells};
use shared::time::Time;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// One site.
#[derive(Debug)]
pub struct SiteParcels {
    /// As configured.
    pub site: Site,
    /// Its days and hours.
    pub calendar: LocalCalendar,
    /// Its figures.
    pub cells: ParcelCells,
    /// What is open.
    pub queue: Queue,
    /// Its releases by five minutes …
    pub course: Course,
    /// … and by the second.
    pub pace: Pace,
    /// How often the documents of each sender do not agree.
    pub shares: Shares,
    /// Who sends.
    pub parties: BTreeMap<SmolStr, Party>,
    /// Hours whose cells changed since the last checkpoint.
    pub changed_hours: FxHashSet<i32>,
    /// Steps of the course that changed since then.
    pub changed_steps: FxHashSet<i64>,
    /// Whether anything changed since it was last told.
    pub changed: bool,
}

impl SiteParcels {
    /// A site of which nothing is known yet.
    pub fn new(site: Site) -> SiteParcels {
        SiteParcels {
            calendar: LocalCalendar::of(&site),
            site,
            cells: ParcelCells::default(),
            queue: Queue::default(),
            course: Course::default(),
            pace: Pace::default(),
            shares: Shares::default(),
            parties: BTreeMap::new(),
            changed_hours: FxHashSet::default(),
            changed_steps: FxHashSet::default(),
            changed: false,
        }
    }

    /// The beginning of the day of a moment.
    pub fn day_begins(&self, at: Time) -> Time {
        self.calendar.day_begins(Calendar::day_of(&self.calendar, at))
    }

    /// Goes on to the day of a moment.
    pub fn turn(&mut self, now: Time) {
        let begins = self.day_begins(now);
        if begins > self.pace.begins() {
            self.pace.turn(begins);
            self.shares.forget(now);
            self.changed = true;
        }
    }

    /// Takes back what a parcel added, and adds what it adds now.
    pub fn replace(&mut self, before: Option<&Contribution>, after: Option<&Contribution>) {
        if before == after {
            return;
        }
        let calendar = &self.calendar;
        let hours = self.cells.replace(before, after, &|at| calendar.hour(at));
        self.changed_hours.extend(hours.iter());
        let steps = self.course.replace(before, after);
        self.changed_steps.extend(steps.into_iter().flatten());
        self.queue.replace(before, after);
        self.pace.replace(before, after);
        self.shares.replace(before, after);
        self.changed = true;
    }
}
