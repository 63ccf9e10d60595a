//! What was computed of cells that have not changed since. An hour that is over seldom changes, and a figure is
//! asked for again and again: a page that follows it, a wall, a comparison. So each summary is computed once and
//! forgotten when a cell under it changes. Of months, years and periods, in which the present is one of many days, the
//! durations themselves are kept put together, and what changes in a cell is changed in them: a year to date costs the
//! same whether it changed or not. Answers are those that a computation would give.

use super::cells::{Clocks, Span};
use super::change::{CellChange, Series, Unit, What};
use super::dimensions::Selection;
use super::histogram::Histogram;
use super::hour::Hour;
use super::tally::{Summary, Tally};
use crate::time::Time;
use rustc_hash::FxHashMap;

/// After so many things were kept of spans the hours are forgotten, and if that is not enough all: some 80 MB.
const MOST: usize = 600_000;
/// So many figures of months, years and periods are kept put together. A change is a change in all that hold its hour.
const MOST_WHOLE: usize = 256;

/// What summaries are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// One hour, day, month or year.
    Span(Span),
    /// From one moment to before another.
    Period(Time, Time),
}

impl Of {
    /// Whether its durations are kept put together.
    fn is_whole(self) -> bool {
        !matches!(self, Of::Span(Span::Hour(_) | Span::Day(_)))
    }

    fn holds(self, hour: Hour) -> bool {
        match self {
            Of::Span(span) => Span::around(hour).contains(&span),
            Of::Period(from, to) => from <= hour.begins() && hour.begins() < to,
        }
    }
}

/// Summaries and clocks of cells that have not changed.
#[derive(Debug, Default)]
pub struct Memo {
    target_seconds: u64,
    spans: FxHashMap<Span, Known>,
    held: usize,
    whole: FxHashMap<Of, FxHashMap<(Selection, Series), Whole>>,
    held_whole: usize,
    asked: u64,
}

#[derive(Debug, Default)]
struct Known {
    summaries: FxHashMap<(Series, Selection), Summary>,
    clocks: FxHashMap<(Unit, Selection), Clocks>,
    busiest: FxHashMap<Selection, Busiest>,
}

/// The moves over the quay of a day, and those of its busiest hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Busiest {
    /// Moves and half TEU of the whole day.
    pub day: (u64, u64),
    /// The first hour with the most moves (see [`Hour::minute`]), its moves and half TEU.
    pub hour: (i32, u64, u64),
}

/// Durations put together, and what follows from them as long as they do not change.
#[derive(Debug)]
struct Whole {
    durations: Histogram,
    summary: Option<Summary>,
    /// When it was last asked for, in questions.
    asked: u64,
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

    /// What is known of some durations.
    pub fn summary(
        &mut self,
        of: Of,
        series: Series,
        selection: Selection,
        tally: &mut Tally,
    ) -> Option<Summary> {
        if let Of::Span(span) = of
            && !of.is_whole()
        {
            let known = self.spans.get(&span)?;
            return known.summaries.get(&(series, selection)).copied();
        }
        let target_seconds = self.target_seconds;
        let whole = self.whole.get_mut(&of)?.get_mut(&(selection, series))?;
        self.asked += 1;
        whole.asked = self.asked;
        Some(*whole.summary.get_or_insert_with(|| {
            whole.durations.tell(tally);
            tally.take_summary(target_seconds)
        }))
    }

    /// Keeps what a tally holds, empties it, and answers what follows.
    pub fn keep(&mut self, of: Of, series: Series, selection: Selection, tally: &mut Tally) -> Summary {
        if !of.is_whole() {
            let summary = tally.take_summary(self.target_seconds);
            self.keep_summary(of, series, selection, summary);
            return summary;
        }
        if self.held_whole >= MOST_WHOLE {
            self.forget_long_unasked();
        }
        let (durations, summary) = tally.take_both(self.target_seconds);
        self.asked += 1;
        let whole = Whole {
            durations,
            summary: Some(summary),
            asked: self.asked,
        };
        let known = self.whole.entry(of).or_default();
        self.held_whole += usize::from(known.insert((selection, series), whole).is_none());
        summary
    }

    /// Forgets the half that was not asked for the longest.
    fn forget_long_unasked(&mut self) {
        let asked = self
            .whole
            .values()
            .flat_map(FxHashMap::values)
            .map(|whole| whole.asked);
        let mut asked: Vec<u64> = asked.collect();
        asked.sort_unstable();
        let since = asked.get(asked.len() / 2).copied().unwrap_or(0);
        self.whole.retain(|_, known| {
            known.retain(|_, whole| whole.asked > since);
            !known.is_empty()
        });
        self.held_whole = self.whole.values().map(FxHashMap::len).sum();
    }

    fn keep_summary(&mut self, of: Of, series: Series, selection: Selection, summary: Summary) {
        if let Of::Span(span) = of {
            self.room(span).summaries.insert((series, selection), summary);
        }
    }

    /// What is known of clocks.
    pub fn clocks(&self, span: Span, unit: Unit, selection: Selection) -> Option<Clocks> {
        self.spans.get(&span)?.clocks.get(&(unit, selection)).copied()
    }

    /// Keeps what is known of clocks.
    pub fn keep_clocks(&mut self, span: Span, unit: Unit, selection: Selection, clocks: Clocks) {
        self.room(span).clocks.insert((unit, selection), clocks);
    }

    /// What is known of the busiest hour of a day.
    pub fn busiest(&self, day: i32, selection: Selection) -> Option<Busiest> {
        self.spans.get(&Span::Day(day))?.busiest.get(&selection).copied()
    }

    /// Keeps what is known of the busiest hour of a day.
    pub fn keep_busiest(&mut self, day: i32, selection: Selection, busiest: Busiest) {
        self.room(Span::Day(day)).busiest.insert(selection, busiest);
    }

    /// Brings what is kept in line with what was added to cells and what was taken back.
    pub fn follow(&mut self, added: &[CellChange], taken: &[CellChange]) {
        if self.spans.is_empty() && self.whole.is_empty() {
            return;
        }
        for change in added.iter().chain(taken) {
            for span in Span::around(change.hour) {
                if let Some(known) = self.spans.get_mut(&span) {
                    known.forget(change);
                }
            }
        }
        for (of, known) in &mut self.whole {
            for (changes, add) in [(added, true), (taken, false)] {
                for change in changes {
                    if let What::Duration(series, seconds) = change.what
                        && of.holds(change.hour)
                    {
                        let own = known.iter_mut().filter(|((selection, own), _)| {
                            *own == series && selection.contains(change.dimensions)
                        });
                        own.for_each(|(_, whole)| whole.change(seconds, add));
                    }
                }
            }
        }
    }

    fn room(&mut self, span: Span) -> &mut Known {
        if self.held >= MOST {
            // Hours are many, and the quickest to compute again.
            self.spans.retain(|span, _| !matches!(span, Span::Hour(_)));
            self.held = self.spans.values().map(Known::len).sum();
            if self.held >= MOST / 4 * 3 {
                self.spans.clear();
                self.held = 0;
            }
        }
        self.held += 1;
        self.spans.entry(span).or_default()
    }
}

impl Whole {
    fn change(&mut self, seconds: u64, add: bool) {
        self.summary = None;
        if add {
            self.durations.add(seconds);
        } else {
            self.durations.subtract(seconds);
        }
    }
}

impl Known {
    fn len(&self) -> usize {
        self.summaries.len() + self.clocks.len() + self.busiest.len()
    }

    /// Forgets what a change makes wrong.
    fn forget(&mut self, change: &CellChange) {
        let counts = |selection: &Selection| selection.contains(change.dimensions);
        match change.what {
            What::Duration(own, _) => self
                .summaries
                .retain(|(series, selection), _| *series != own || !counts(selection)),
            What::Clock(own, _) => self
                .clocks
                .retain(|(unit, selection), _| *unit != own || !counts(selection)),
            What::Count(..) => self.busiest.retain(|selection, _| !counts(selection)),
        }
    }
}
