//! Patterns: what an hour of the day or a day of the week is like.

use super::cells::{Cells, Piece};
use super::change::{Counts, Unit};
use super::dimensions::{By, Filter};
use super::hour::{Calendar, minute_of, weekday};
use super::rows::slots;
use super::tally::{Summary, Tally};
use crate::time::{DAY, HOUR, Time};

/// What patterns are asked for.
#[derive(Clone, Copy, Debug)]
pub struct PatternQuery<'a> {
    /// First moment that counts, at the beginning of an hour.
    pub from: Time,
    /// First moment that no longer counts.
    pub to: Time,
    /// Whether days of the week are told apart.
    pub weekdays: bool,
    /// Whether hours of the day are told apart.
    pub hours: bool,
    /// What the rows group by.
    pub groups: &'a [By],
    /// Which stays count.
    pub filter: &'a Filter,
    /// What clearance counts.
    pub unit: Unit,
    /// What durations are held against.
    pub target_seconds: u64,
}

/// One row before it travels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PatternRow {
    /// 1 for Monday to 7 for Sunday.
    pub weekday: Option<u8>,
    /// 0 to 23.
    pub hour: Option<u8>,
    /// The values of its groups.
    pub group: Vec<&'static str>,
    /// How many such hours the period has.
    pub hours: u64,
    /// Everything that is counted.
    pub counts: Counts,
    /// Overall clearance of those released in these hours.
    pub clearance: Summary,
}

#[derive(Default)]
struct Kind<'a> {
    hours: u64,
    pieces: Vec<Piece<'a>>,
}

/// The rows of a period: by day of the week, hour of the day, then by group, without those in which nothing is
/// counted.
pub fn patterns(cells: &Cells, query: &PatternQuery<'_>, calendar: &dyn Calendar) -> Vec<PatternRow> {
    let (slots, slot_of) = slots(query.groups, query.filter);
    let mut kinds: Vec<Kind<'_>> = (0..7 * 24).map(|_| Kind::default()).collect();
    let kind_of = |day: i32, hour: u8| {
        let day = if query.weekdays { weekday(day) - 1 } else { 0 };
        let hour = if query.hours { hour } else { 0 };
        usize::from(day) * 24 + usize::from(hour)
    };
    for_each_hour(query, calendar, |day, hour| {
        if let Some(kind) = kinds.get_mut(kind_of(day, hour)) {
            kind.hours += 1;
        }
    });
    let mut of_day = OfDay::default();
    for (hour, cells) in cells.hours(minute_of(query.from), minute_of(query.to)) {
        let of_day = of_day.hour(hour.day, hour.begins(), calendar);
        if let Some(kind) = kinds.get_mut(kind_of(hour.day, of_day)) {
            kind.pieces.push(Piece::Hour(cells));
        }
    }
    let mut tally = Tally::default();
    let mut rows = Vec::new();
    for (index, kind) in (0_u8..7 * 24).zip(&kinds) {
        let mut counts = vec![Counts::default(); slots.len()];
        for (code, own) in kind.pieces.iter().flat_map(|piece| piece.counts()) {
            let slot = slot_of.get(usize::from(*code)).copied().flatten();
            if let Some(counts) = slot.and_then(|slot| counts.get_mut(slot)) {
                counts.merge(own);
            }
        }
        for (slot, counts) in slots.iter().zip(counts).filter(|(_, counts)| !counts.is_empty()) {
            for piece in &kind.pieces {
                piece.tell(query.unit.overall(), &slot.selection, &mut tally);
            }
            rows.push(PatternRow {
                weekday: query.weekdays.then_some(index / 24 + 1),
                hour: query.hours.then_some(index % 24),
                group: slot.group.clone(),
                hours: kind.hours,
                counts,
                clearance: tally.take_summary(query.target_seconds),
            });
        }
    }
    rows
}

/// The hour of the day, asked of the calendar only on days on which clocks change.
#[derive(Default)]
struct OfDay {
    day: Option<(i32, Time, bool)>,
}

impl OfDay {
    fn hour(&mut self, day: i32, at: Time, calendar: &dyn Calendar) -> u8 {
        let (_, begins, plain) = match self.day {
            Some(known) if known.0 == day => known,
            _ => {
                let begins = calendar.day_begins(day);
                let plain = calendar.day_begins(day + 1).0 - begins.0 == DAY;
                *self.day.insert((day, begins, plain))
            }
        };
        if plain {
            u8::try_from((at.0 - begins.0).div_euclid(HOUR)).unwrap_or(0)
        } else {
            calendar.hour_of_day(at)
        }
    }
}

/// Calls with each hour of the period: its day, and its hour of the day.
fn for_each_hour(query: &PatternQuery<'_>, calendar: &dyn Calendar, mut each: impl FnMut(i32, u8)) {
    let mut at = query.from;
    let mut of_day = OfDay::default();
    while at < query.to {
        let day = calendar.day_of(at);
        let next = calendar.day_begins(day + 1).min(query.to);
        while at < next {
            each(day, of_day.hour(day, at, calendar));
            at = calendar.next_hour(at);
        }
    }
}
