//! Cells: one for each hour and combination of dimensions (`semantics.md` §5: hours are the finest cell).

use super::contribution::{Contribution, Dimensions};
use super::histogram::Histogram;
use crate::stay::Mode;
use crate::time::Time;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is counted in one cell. Counts are signed only inside sums that are being merged; a cell of its own
/// is never negative.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Overall clearance of the stays released in this hour.
    pub clearance: Histogram,
    /// Their segments, in the order of [`SegmentName::ALL`](crate::stay::SegmentName::ALL).
    pub segments: [Histogram; 6],
    /// Of which with a segment that would be negative.
    pub advance: u64,
    /// Of which measured from discharge.
    pub start_substituted: u64,
    /// Clocks that began in this hour, by the hour of release.
    pub began: BTreeMap<Option<Time>, u64>,
    /// Boxes off vessels.
    pub discharged: u64,
    /// Boxes onto vessels.
    pub loaded: u64,
    /// TEU off vessels, in halves.
    pub discharged_half_teu: u64,
    /// TEU onto vessels, in halves.
    pub loaded_half_teu: u64,
    /// Moves of boxes without a size type.
    pub without_size: u64,
    /// Stays that left in this hour without having been stacked.
    pub direct: u64,
    /// Stays that left in this hour and had been stacked.
    pub stacked: u64,
    /// Stays that left in this hour of which neither is known.
    pub mode_unknown: u64,
}

/// All cells of one site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cells {
    hours: BTreeMap<Time, FxHashMap<Dimensions, Cell>>,
}

#[derive(Clone, Copy)]
enum Sign {
    Plus,
    Minus,
}

impl Cells {
    /// Adds what a stay adds.
    pub fn add(&mut self, contribution: &Contribution) {
        self.change(contribution, Sign::Plus);
    }

    /// Takes back what a stay added.
    pub fn subtract(&mut self, contribution: &Contribution) {
        self.change(contribution, Sign::Minus);
    }

    /// The cells of the hours `from` ≤ hour < `to`.
    pub fn between(&self, from: Time, to: Time) -> impl Iterator<Item = (Time, Dimensions, &Cell)> {
        let range = if from < to { from..to } else { from..from };
        self.hours
            .range(range)
            .flat_map(|(hour, cells)| cells.iter().map(|(dimensions, cell)| (*hour, *dimensions, cell)))
    }

    /// The cells of one hour, to be kept.
    pub fn of_hour(&self, hour: Time) -> Vec<(Dimensions, Cell)> {
        let cells = self.hours.get(&hour).into_iter().flatten();
        cells
            .map(|(dimensions, cell)| (*dimensions, cell.clone()))
            .collect()
    }

    /// Puts back the cells of one hour that were kept.
    pub fn restore(&mut self, hour: Time, cells: Vec<(Dimensions, Cell)>) {
        // An hour of which everything was taken back is kept as empty, and is none.
        if !cells.is_empty() {
            self.hours.insert(hour, cells.into_iter().collect());
        }
    }

    /// First and last hour with anything in it.
    pub fn span(&self) -> Option<(Time, Time)> {
        Some((*self.hours.first_key_value()?.0, *self.hours.last_key_value()?.0))
    }

    fn change(&mut self, contribution: &Contribution, sign: Sign) {
        let dimensions = contribution.dimensions;
        if let Some((began, released)) = contribution.clock {
            self.at(began, dimensions, sign, |cell| {
                let count = cell.began.entry(released).or_default();
                step(count, 1, sign);
                if *count == 0 {
                    cell.began.remove(&released);
                }
            });
            if let (Some(hour), Some(seconds)) = (released, contribution.clearance_seconds) {
                self.at(hour, dimensions, sign, |cell| {
                    released_in(cell, contribution, seconds, sign);
                });
            }
        }
        for quay_move in &contribution.moves {
            self.at(quay_move.hour, dimensions, sign, |cell| {
                let (moves, half_teu) = if quay_move.loaded {
                    (&mut cell.loaded, &mut cell.loaded_half_teu)
                } else {
                    (&mut cell.discharged, &mut cell.discharged_half_teu)
                };
                step(moves, 1, sign);
                step(half_teu, u64::from(quay_move.half_teu.unwrap_or(0)), sign);
                step(
                    &mut cell.without_size,
                    u64::from(quay_move.half_teu.is_none()),
                    sign,
                );
            });
        }
        if let Some(left) = contribution.left {
            self.at(left, dimensions, sign, |cell| {
                let count = match dimensions.mode {
                    Mode::Direct => &mut cell.direct,
                    Mode::Stacked => &mut cell.stacked,
                    Mode::Unknown => &mut cell.mode_unknown,
                };
                step(count, 1, sign);
            });
        }
    }

    /// Changes one cell; one that became empty is taken out, so that equal stays give equal cells.
    fn at(&mut self, hour: Time, dimensions: Dimensions, sign: Sign, change: impl FnOnce(&mut Cell)) {
        let cells = self.hours.entry(hour).or_default();
        let cell = cells.entry(dimensions).or_default();
        change(cell);
        if matches!(sign, Sign::Minus) && *cell == Cell::default() {
            cells.remove(&dimensions);
            if cells.is_empty() {
                self.hours.remove(&hour);
            }
        }
    }
}

fn released_in(cell: &mut Cell, contribution: &Contribution, seconds: u64, sign: Sign) {
    let count = |histogram: &mut Histogram, seconds: u64| match sign {
        Sign::Plus => histogram.add(seconds),
        Sign::Minus => histogram.subtract(seconds),
    };
    count(&mut cell.clearance, seconds);
    for (histogram, seconds) in cell.segments.iter_mut().zip(contribution.segment_seconds) {
        if let Some(seconds) = seconds {
            count(histogram, seconds);
        }
    }
    step(&mut cell.advance, u64::from(contribution.advance), sign);
    step(
        &mut cell.start_substituted,
        u64::from(contribution.start_substituted),
        sign,
    );
}

/// Only what was added is ever taken back, so no count falls below zero.
fn step(count: &mut u64, by: u64, sign: Sign) {
    *count = match sign {
        Sign::Plus => *count + by,
        Sign::Minus => count.saturating_sub(by),
    };
}
