//! What was computed of cells that have not changed since. An hour that is over seldom changes, and a figure is
//! asked for again and again: a page that follows it, a wall, a comparison. So each summary is computed once and
//! forgotten when a cell under it changes; answers are those that a computation would give.

use super::cells::{Clocks, Span};
use super::change::{Series, Unit};
use super::dimensions::Selection;
use super::hour::Hour;
use super::tally::Summary;
use crate::time::Time;
use rustc_hash::FxHashMap;

/// So many summaries are kept: some 30 MB.
const MOST: usize = 200_000;
/// So many periods that begin or end within something longer, or are made of several.
const MOST_PERIODS: usize = 4_096;

/// What summaries are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// One hour, day, month or year.
    Span(Span),
    /// From one moment to before another.
    Period(Time, Time),
}

/// Summaries and clocks of cells that have not changed.
#[derive(Debug, Default)]
pub struct Memo {
    target_seconds: u64,
    spans: FxHashMap<Span, Known>,
    periods: FxHashMap<(Time, Time), Known>,
    held: usize,
}

#[derive(Debug, Default)]
struct Known {
    summaries: FxHashMap<(Series, Selection), Summary>,
    clocks: FxHashMap<(Unit, Selection), Clocks>,
}

impl Memo {
    /// A memo of durations that are held against a target.
    pub fn new(target_seconds: u64) -> Memo {
        Memo {
            target_seconds,
            ..Memo::default()
        }
    }

    /// What durations are held against.
    pub fn target_seconds(&self) -> u64 {
        self.target_seconds
    }

    /// What is known.
    pub fn summary(&self, of: Of, series: Series, selection: Selection) -> Option<Summary> {
        self.known(of)?.summaries.get(&(series, selection)).copied()
    }

    /// Keeps a summary.
    pub fn keep_summary(&mut self, of: Of, series: Series, selection: Selection, summary: Summary) {
        self.room(of).summaries.insert((series, selection), summary);
    }

    /// What is known of clocks.
    pub fn clocks(&self, span: Span, unit: Unit, selection: Selection) -> Option<Clocks> {
        self.spans.get(&span)?.clocks.get(&(unit, selection)).copied()
    }

    /// Keeps what is known of clocks.
    pub fn keep_clocks(&mut self, span: Span, unit: Unit, selection: Selection, clocks: Clocks) {
        self.room(Of::Span(span)).clocks.insert((unit, selection), clocks);
    }

    /// Forgets what an hour is part of.
    pub fn forget(&mut self, hour: Hour) {
        if self.spans.is_empty() && self.periods.is_empty() {
            return;
        }
        for span in Span::around(hour) {
            if let Some(known) = self.spans.remove(&span) {
                self.held -= known.len().min(self.held);
            }
        }
        let begins = hour.begins();
        self.periods
            .retain(|(from, to), _| begins < *from || begins >= *to);
    }

    fn known(&self, of: Of) -> Option<&Known> {
        match of {
            Of::Span(span) => self.spans.get(&span),
            Of::Period(from, to) => self.periods.get(&(from, to)),
        }
    }

    fn room(&mut self, of: Of) -> &mut Known {
        match of {
            Of::Span(span) => {
                if self.held >= MOST {
                    self.spans.clear();
                    self.held = 0;
                }
                self.held += 1;
                self.spans.entry(span).or_default()
            }
            Of::Period(from, to) => {
                if self.periods.len() >= MOST_PERIODS {
                    self.periods.clear();
                }
                self.periods.entry((from, to)).or_default()
            }
        }
    }
}

impl Known {
    fn len(&self) -> usize {
        self.summaries.len() + self.clocks.len()
    }
}
