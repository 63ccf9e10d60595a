//! What a chart shows, without how it is drawn.

use super::slots::Bucket;
use crate::i18n::format::Unit;

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line.
    Line,
    /// A dashed line: another period, or what is not counted here.
    Dashed,
    /// A bar on this pile; bars of one pile stand on each other, piles beside each other.
    Bar(usize),
    /// An outlined bar on this pile: not counted here.
    Outline(usize),
}

/// One series: a value for each place of the axis, or none.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its name in the address.
    pub key: &'static str,
    /// Its name in words.
    pub name: String,
    /// How it is drawn.
    pub shape: Shape,
    /// Which colour and mark.
    pub ink: usize,
    /// Its values.
    pub values: Vec<Option<f64>>,
}

/// A line across: a target, a baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Its name in the address.
    pub key: &'static str,
    /// What it is, with its value.
    pub name: String,
    /// Where it is.
    pub value: f64,
}

/// What is along the bottom.
#[derive(Clone, Debug, PartialEq)]
pub enum Axis {
    /// Buckets, from the one of this number on, at this offset from UTC.
    Time(Bucket, i64, i32),
    /// Named places.
    Named(Vec<String>),
}

/// All of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// What the values are.
    pub unit: Unit,
    /// What is along the bottom.
    pub axis: Axis,
    /// How many places the axis has.
    pub count: usize,
    /// The series.
    pub series: Vec<Series>,
    /// Lines across.
    pub marks: Vec<Mark>,
    /// The call's address behind each place; empty where nothing is.
    pub hrefs: Vec<String>,
    /// The call that answers the same as CSV.
    pub call: String,
    /// Period and filters in words, for a picture that stands alone.
    pub note: String,
}

impl Plot {
    /// The place in words.
    pub fn place(&self, index: usize) -> String {
        match &self.axis {
            Axis::Time(bucket, first, _) => bucket.words(first + index as i64),
            Axis::Named(names) => names.get(index).cloned().unwrap_or_default(),
        }
    }

    /// The number that a place keeps when the axis moves on.
    pub fn number(&self, index: usize) -> i64 {
        index as i64 + self.first()
    }

    /// The place of a number, where the axis still has it.
    pub fn index(&self, number: i64) -> Option<usize> {
        let index = usize::try_from(number - self.first()).ok()?;
        (index < self.count).then_some(index)
    }

    fn first(&self) -> i64 {
        match self.axis {
            Axis::Time(_, first, _) => first,
            Axis::Named(_) => 0,
        }
    }

    /// Whether there is anything at all at a place.
    pub fn has(&self, index: usize) -> bool {
        self.series
            .iter()
            .any(|series| series.values.get(index).copied().flatten().is_some())
    }

    /// Whether there is nothing anywhere.
    pub fn is_empty(&self) -> bool {
        !(0..self.count).any(|index| self.has(index))
    }
}
