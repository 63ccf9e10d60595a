//! One site as the engine keeps it: its rules, its figures, its yard.

use super::yard::YardState;
use crate::config::Site;
use rustc_hash::{FxHashMap, FxHashSet};
use shared::call::{Call, CallBook, Vessel};
use shared::figures::{Cells, Contribution};
use shared::rules::RuleBook;
use shared::stay::fold::Surroundings;
use shared::time::{DAY, HOUR, Time};
use shared::yard::Layout;
use smol_str::SmolStr;

/// One site.
#[derive(Debug)]
pub struct SiteState {
    /// As configured.
    pub site: Site,
    /// Its rules and layouts, in versions.
    pub rules: RuleBook,
    /// How many stacking events each of its days has.
    pub stacked_days: FxHashMap<i64, u32>,
    /// Its figures.
    pub cells: Cells,
    /// Hours whose cells changed since the last checkpoint.
    pub changed_hours: FxHashSet<Time>,
    /// Its yard now.
    pub yard: YardState,
    /// Boxes in the port: stays that began and have not ended.
    pub boxes: u64,
}

impl SiteState {
    /// A site of which nothing is known yet.
    pub fn new(site: Site, rules: RuleBook) -> SiteState {
        let slots = rules.newest().layout.slots();
        SiteState {
            site,
            rules,
            stacked_days: FxHashMap::default(),
            cells: Cells::default(),
            changed_hours: FxHashSet::default(),
            yard: YardState::new(slots),
            boxes: 0,
        }
    }

    /// The site's day of a moment, counted from 1970.
    pub fn day_of(&self, at: Time) -> i64 {
        let offset = i64::from(self.site.local(at).offset_seconds) * 1_000;
        (at.0 + offset).div_euclid(DAY)
    }

    /// The beginning of the site's hour of a moment.
    pub fn hour_of(&self, at: Time) -> Time {
        let offset = i64::from(self.site.local(at).offset_seconds) * 1_000;
        Time(at.0 - (at.0 + offset).rem_euclid(HOUR))
    }

    /// Adds what a stay adds, or takes it back.
    pub fn count(&mut self, contribution: &Contribution, add: bool) {
        if add {
            self.cells.add(contribution);
        } else {
            self.cells.subtract(contribution);
        }
        let (began, released) = match contribution.clock {
            Some((began, released)) => (Some(began), released),
            None => (None, None),
        };
        let hours = [began, released, contribution.left].into_iter().flatten();
        self.changed_hours
            .extend(hours.chain(contribution.moves.iter().map(|quay_move| quay_move.hour)));
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
        self.state.site.stacking_reported
            && self.state.stacked_days.contains_key(&self.state.day_of(began_at))
    }

    fn layout(&self, at: Time) -> &Layout {
        &self.state.rules.at(at).layout
    }
}
