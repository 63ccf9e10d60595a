//! Rows over time as a chart.

use super::note;
use crate::address::Query;
use crate::charts::plot::{Axis, Mark, Plot, Series, Shape};
use crate::charts::slots::Bucket;
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::format::Unit;
use shared::time::LocalTime;

/// More buckets than anybody can look at, whatever an answer says.
const MOST: i64 = 100_000;

/// What of the rows becomes a series.
pub struct Spec {
    /// Its name in the address.
    pub key: &'static str,
    /// Its name.
    pub word: Word,
    /// How it is drawn; `None` where only the other period is.
    pub shape: Option<Shape>,
    /// The name in the address of the same of another period, where that is drawn.
    pub before: Option<&'static str>,
}

/// A row, cut to what is drawn of it.
pub struct Cut {
    /// When its bucket begins.
    pub at: Option<LocalTime>,
    /// The list behind it.
    pub href: String,
    /// A value for each [`Spec`].
    pub values: Vec<Option<f64>>,
}

/// The rows of one period.
pub struct Span {
    /// First moment that counts.
    pub from: LocalTime,
    /// First moment that no longer counts.
    pub to: LocalTime,
    /// The rows.
    pub rows: Vec<Cut>,
}

/// The chart of rows over time, with those of another period laid over it.
pub fn course(
    context: Context,
    (query, call): (&Query, String),
    unit: Unit,
    specs: &[Spec],
    (now, before): (Span, Option<Span>),
    marks: Vec<Mark>,
) -> Plot {
    let bucket = Bucket::of(query.get("bucket"));
    let first = bucket.slot(now.from);
    let end = LocalTime {
        at: now.to.at.plus(-1),
        ..now.to
    };
    let count = (bucket.slot(end) - first + 1).clamp(1, MOST) as usize;
    let place = |at: Option<LocalTime>, first: i64| {
        let place = usize::try_from(bucket.slot(at?) - first).ok()?;
        (place < count).then_some(place)
    };
    let lay = |span: &Span, first: i64, index: usize| {
        let mut values = vec![None; count];
        for row in &span.rows {
            if let Some(place) = place(row.at, first) {
                values[place] = row.values.get(index).copied().flatten();
            }
        }
        values
    };
    let mut series = Vec::new();
    for (ink, spec) in specs.iter().enumerate() {
        let name = context.say(spec.word);
        if let Some(shape) = spec.shape {
            series.push(Series {
                key: spec.key,
                name: name.to_owned(),
                shape,
                ink,
                values: lay(&now, first, ink),
            });
        }
        if let (Some(key), Some(before)) = (spec.before, &before) {
            series.push(Series {
                key,
                name: context.fill(Word::Before, name.to_owned()),
                shape: Shape::Dashed,
                ink,
                values: lay(before, bucket.slot(before.from), ink),
            });
        }
    }
    let mut hrefs = vec![String::new(); count];
    for row in &now.rows {
        if let Some(place) = place(row.at, first) {
            hrefs[place].clone_from(&row.href);
        }
    }
    Plot {
        unit,
        axis: Axis::Time(bucket, first, now.from.offset_seconds),
        count,
        series,
        marks,
        hrefs,
        call,
        note: note(context, query, now.from, now.to),
    }
}
