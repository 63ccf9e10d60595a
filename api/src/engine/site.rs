//! One site as the engine keeps it: its rules, its figures, its yard.

use super::calendar::LocalCalendar;
use super::course::Course;
use super::yard::YardState;
use crate::config::Site;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use shared::call::{Call, CallBook, Vessel};
use shared::event::Node;
use shared::figures::{Calendar, CellChange, Cells, Hour, Memo};
use shared::rules::RuleBook;
use shared::stay::fold::Surroundings;
use shared::time::{LocalTime, Time};
use shared::yard::Layout;
use smol_str::SmolStr;
use std::sync::{Mutex, PoisonError};

/// What feeds report on some days and on others not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reported {
    /// That a box was put into a slot.
    Stacking,
    /// That a reefer was plugged in.
    PlugIn,
    /// That a terminal has a loading instruction.
    Instruction,
}

impl Reported {
    /// What a node reports.
    pub fn by(node: Node) -> Option<Reported> {
        match node {
            Node::PlugIn => Some(Reported::PlugIn),
            Node::LoadingInstruction => Some(Reported::Instruction),
            node if node.is_stacking() => Some(Reported::Stacking),
            _ => None,
        }
    }

    /// Its letter among the terms on which stays depend.
    pub fn letter(self) -> char {
        match self {
            Reported::Stacking => 'D',
            Reported::PlugIn => 'P',
            Reported::Instruction => 'I',
        }
    }
}

/// One site.
#[derive(Debug)]
pub struct SiteState {
    /// As configured.
    pub site: Site,
    /// Its rules and layouts, in versions.
    pub rules: RuleBook,
    /// How many stackings and plug-ins each of its days has.
    pub reported_days: FxHashMap<(Reported, i64), u32>,
    /// Its figures.
    pub cells: Cells,
    /// What was computed of its figures and has not changed since, held against the target.
    pub memo: Mutex<Memo>,
    /// Hours whose cells changed since the last checkpoint.
    pub changed_hours: FxHashSet<Hour>,
    /// Its yard now.
    pub yard: YardState,
    /// How much stood and was moved there.
    pub course: Course,
    /// Boxes in the port: stays that began and have not ended.
    pub boxes: u64,
    /// How long before its departure a vessel closes for cargo, in milliseconds.
    pub closes_before: i64,
    calendar: LocalCalendar,
}

impl SiteState {
    /// A site of which nothing is known yet; clearance is held against a target in seconds.
    pub fn new(site: Site, rules: RuleBook, target_seconds: u64) -> SiteState {
        let slots = rules.newest().layout.slots();
        SiteState {
            calendar: LocalCalendar::of(&site),
            site,
            rules,
            reported_days: FxHashMap::default(),
            cells: Cells::default(),
            memo: Mutex::new(Memo::new(target_seconds)),
            changed_hours: FxHashSet::default(),
            yard: YardState::new(slots),
            course: Course::default(),
            boxes: 0,
            closes_before: 0,
        }
    }

    /// A moment at the site.
    pub fn local(&self, at: Time) -> LocalTime {
        self.calendar.local(at)
    }

    /// The site's day of a moment, counted from 1970.
    pub fn day_of(&self, at: Time) -> i64 {
        self.calendar.day(at)
    }

    /// The beginning of the site's hour of a moment.
    pub fn hour_of(&self, at: Time) -> Time {
        self.calendar.hour(at).begins()
    }

    /// The site's hour of a moment.
    pub fn hour(&self, at: Time) -> Hour {
        self.calendar.hour(at)
    }

    /// Whether something was reported at all on the day of a moment: a day on which it was not says nothing.
    pub fn reported(&self, what: Reported, at: Time) -> bool {
        self.reported_days.contains_key(&(what, self.day_of(at)))
    }

    /// Forgets what was computed of the figures, so that the next answer computes it again.
    pub fn forget(&mut self) {
        let memo = self.memo.get_mut().unwrap_or_else(PoisonError::into_inner);
        *memo = Memo::new(memo.target_seconds());
    }

    /// Takes back what a stay or a declaration added, and adds what it adds now.
    pub fn recount(&mut self, before: &[CellChange], after: &[CellChange]) {
        // A memo holds nothing that a panic could leave half done.
        let memo = self.memo.get_mut().unwrap_or_else(PoisonError::into_inner);
        let hours = self.cells.replace(before, after, memo);
        self.changed_hours.extend(hours);
    }
}

impl Calendar for SiteState {
    fn day_begins(&self, day: i32) -> Time {
        self.calendar.day_begins(day)
    }

    fn day_of(&self, at: Time) -> i32 {
        Calendar::day_of(&self.calendar, at)
    }

    fn hour_of_day(&self, at: Time) -> u8 {
        self.calendar.hour_of_day(at)
    }

    fn next_hour(&self, at: Time) -> Time {
        self.calendar.next_hour(at)
    }
}

/// What a stay at this site depends on beside its own events.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The site.
    pub state: &'a SiteState,
    /// The calls of all sites.
    pub calls: &'a CallBook,
}

impl Surroundings for Around<'_> {
    fn sources(&self) -> &[SmolStr] {
        &self.state.site.sources
    }

    fn call(&self, voyage: &str, vessel: Vessel<'_>, near: Time) -> Option<Call> {
        self.calls.find(
            &self.state.site.code,
            voyage,
            vessel,
            near,
            &self.state.site.sources,
        )
    }

    fn stacking_tells(&self, began_at: Time) -> bool {
        self.state.site.stacking_reported && self.state.reported(Reported::Stacking, began_at)
    }

    fn layout(&self, at: Time) -> &Layout {
        &self.state.rules.at(at).layout
    }
}
