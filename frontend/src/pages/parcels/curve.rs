//! Today's releases added up, against those of the last peak day.

use super::now::{STEP, courses, later};
use crate::charts::plot::{Axis, Plot, Series, Shape};
use crate::charts::slots::Bucket;
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::format::{self, Unit};
use shared::wire::parcels::ParcelsNow;

/// The chart of the day.
pub fn curve(context: Context, now: &ParcelsNow) -> Plot {
    let bucket = Bucket::Seconds(STEP);
    let (today, before) = courses(now);
    let count = today.len();
    let mut hrefs = Vec::new();
    for (place, released) in today.iter().enumerate() {
        // All that is added up by then.
        let to = later(now.since, (place as i64 + 1) * i64::from(STEP));
        hrefs.push(match released {
            Some(_) => ["/parcels?by=release&from=", &plus(now.since), "&to=", &plus(to)].concat(),
            None => String::new(),
        });
    }
    let mut series = vec![Series {
        key: "today",
        name: context.say(Word::Today).to_owned(),
        shape: Shape::Line,
        ink: 0,
        values: today,
    }];
    if let Some(against) = &now.against {
        series.push(Series {
            key: "peak",
            name: context.fill(Word::ParcelsPeakDay, &against.date),
            shape: Shape::Dashed,
            ink: 3,
            values: before,
        });
    }
    Plot {
        unit: Unit::Count,
        axis: Axis::Time(bucket, bucket.slot(now.since), now.since.offset_seconds),
        count,
        series,
        marks: Vec::new(),
        hrefs,
        call: String::new(),
        note: format::date(now.since),
    }
}

/// A time in an address: a plain `+` there is a blank.
fn plus(at: shared::time::LocalTime) -> String {
    at.to_string().replace('+', "%2B")
}
