//! How many parcels, and how often something goes wrong.

use serde::{Deserialize, Serialize};
use shared::time::{DAY, MINUTE, SECOND, Time};

/// How much the simulated trade is. With the same seed, start and settings it sends the same documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelSettings {
    /// Parcels of an ordinary day.
    pub ordinary: u64,
    /// Days that are peak days: when they begin, and how many parcels are to be released by 16:30.
    pub peaks: Vec<(Time, u64)>,
    /// From then on everything is sent at its moment; before it, in large batches.
    pub live_from: Time,
    /// From one batch to the next before that, in milliseconds.
    pub past_every: i64,
    /// From one batch to the next after it.
    pub live_every: i64,
    /// The most documents of one batch.
    pub most: usize,
    /// How often something goes wrong: all shares are multiplied by this.
    pub mishaps: f64,
}

/// Parcels of an ordinary day of the demo: one in fifty seconds.
const ORDINARY: u64 = 1_800;
/// How many days of parcels a plain demo knows.
const DAYS: i64 = 7;
/// So many parcels were released by 16:30 of the peak day that a plain demo knows.
const PAST_PEAK: u64 = 9_000;
/// The same before a peak day of full size: a sixteenth of it, which a start can still wait for.
const PAST_PEAK_OF_PEAK: u64 = 40_000;
/// 650,000 parcels from 0:00 to 16:30 on 11 November, as Hangzhou had them (`domain.md`, S9).
pub const PEAK: u64 = 650_000;

impl ParcelSettings {
    /// A demo whose history begins at a moment and whose present begins at another. Peak days lie three days before the
    /// present, and with `peak` on the day of the present or, where that is nearly over, the next.
    pub fn new(start: Time, live_from: Time, peak: bool) -> (Time, ParcelSettings) {
        let today = day_begins(live_from);
        let first = day_begins(start.plus(DAY - 1)).max(today.plus(-DAYS * DAY));
        let mut peaks = Vec::new();
        let past = today.plus(-3 * DAY);
        if past >= first {
            peaks.push((past, if peak { PAST_PEAK_OF_PEAK } else { PAST_PEAK }));
        }
        if peak {
            let nearly_over = live_from >= today.plus(23 * 60 * MINUTE);
            let day = if nearly_over { today.plus(DAY) } else { today };
            peaks.push((day, PEAK));
        }
        let settings = ParcelSettings {
            ordinary: ORDINARY,
            peaks,
            live_from,
            past_every: 10 * MINUTE,
            live_every: SECOND,
            most: 1_000,
            mishaps: 1.0,
        };
        (first, settings)
    }
}

/// Hours at the simulated port are those of China.
pub(super) const OFFSET: i64 = 8 * 60 * MINUTE;

/// The beginning of the day in which a moment lies.
pub fn day_begins(at: Time) -> Time {
    Time((at.0 + OFFSET).div_euclid(DAY) * DAY - OFFSET)
}
