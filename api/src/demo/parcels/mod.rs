//! The parcels of the demo: platforms, banks, carriers and declarants that send through the real feed.
//!
//! [`Parcels`] is pure, as the simulated port is: seed, start and settings give the same documents, byte for byte, and
//! what is stored goes on exactly where it was. An ordinary day has a quiet night and a busy evening; a peak day has
//! a burst in its first minute, half an hour in which banks and carriers are slow, a bank that is silent for seven
//! minutes in the morning, and a platform that sends the wrong payer in the afternoon. Documents come late, twice,
//! corrected, withdrawn, or not at all readable, every reason to hold a parcel happens, and officers look at what is
//! held.

mod course;
mod names;
mod settings;
mod story;
#[cfg(test)]
mod tests;
mod write;

pub use names::register;
pub use settings::{PEAK, ParcelSettings, day_begins};

use super::dice::Dice;
use course::{EVE, ORDINARY, PEAK as PEAK_DAY, Shape};
use serde::{Deserialize, Serialize};
use shared::parcels::ActKind;
use shared::time::{DAY, HOUR, MINUTE, Time};
use smol_str::SmolStr;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use story::{Piece, Story};

/// Days have numbers so far apart, which no day's parcels reach.
const DAY_OF_PARCELS: u64 = 10_000_000;
/// A day that is so many times the usual one by chance, in hundredths.
const VARIES: (i64, i64) = (85, 118);
/// Parcels of the day before a day of sales of full size.
const OF_EVE: u64 = 6_800;
/// The bank that is silent on the morning of a peak day, from when, and until when.
const SILENT: (&str, i64, i64) = ("heron-pay", 10 * HOUR + 20 * MINUTE, 10 * HOUR + 27 * MINUTE);

/// What is sent at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The simulated moment at which it is sent. Never earlier than that of the batch before.
    pub at: Time,
    /// Documents, one JSON object a line; empty when officers alone acted.
    pub body: Vec<u8>,
    /// How many documents it holds, readable or not.
    pub documents: u32,
    /// How many of them nobody can read.
    pub broken: u32,
    /// What officers did after they came.
    pub acts: Vec<Act>,
}

/// What an officer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The parcel.
    pub order: SmolStr,
    /// What.
    pub kind: ActKind,
    /// Who.
    pub by: &'static str,
    /// Why.
    pub remark: &'static str,
}

/// Something that arrives later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Pending {
    at: Time,
    number: u64,
    placed: Time,
    piece: Piece,
}

/// The simulated senders of parcels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Parcels {
    settings: ParcelSettings,
    seed: u64,
    /// The day whose parcels are being placed.
    day: Time,
    /// Of which so many are placed.
    placed: u64,
    /// When the next is.
    next: (u64, Time),
    /// When the batch is sent that comes next.
    next_batch: Time,
    pending: BinaryHeap<Reverse<Pending>>,
    documents: u64,
}

impl Parcels {
    /// Senders whose first day begins at a moment.
    pub fn new(seed: u64, first_day: Time, settings: ParcelSettings) -> Parcels {
        let mut parcels = Parcels {
            settings,
            seed,
            day: first_day,
            placed: 0,
            next: (0, first_day),
            next_batch: first_day,
            pending: BinaryHeap::new(),
            documents: 0,
        };
        parcels.plan_next();
        parcels
    }

    /// Whether a day of sales of full size is among its days.
    pub fn has_whole_peak(&self) -> bool {
        self.settings.peaks.iter().any(|peak| peak.1 >= PEAK)
    }

    /// How many documents were sent.
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// When the next batch is sent. Batches that would be empty are left out.
    pub fn next_at(&self) -> Time {
        let first = self.pending.peek().map(|Reverse(own)| own.at);
        let due = first.map_or(self.next.1, |first| first.min(self.next.1));
        let every = self.every();
        let behind = (due.0 - self.next_batch.0).max(0);
        self.next_batch.plus((behind + every - 1) / every * every)
    }

    /// From one batch to the next.
    fn every(&self) -> i64 {
        let past = self.next_batch < self.settings.live_from;
        let every = if past {
            self.settings.past_every
        } else {
            self.settings.live_every
        };
        every.max(1)
    }

    /// What is sent up to a moment.
    pub fn advance_to(&mut self, now: Time, send: &mut dyn FnMut(Batch)) {
        while self.next_at() <= now {
            if let Some(batch) = self.next_batch() {
                send(batch);
            }
        }
    }

    /// What is sent next; at some moments that is nothing. What one batch can't hold follows in others of its moment.
    pub fn next_batch(&mut self) -> Option<Batch> {
        let at = self.next_at();
        self.place_up_to(at);
        let mut batch = Batch {
            at,
            body: Vec::new(),
            documents: 0,
            broken: 0,
            acts: Vec::new(),
        };
        let mut text = String::with_capacity(1 << 15);
        // What is due and does not fit keeps the moment.
        self.next_batch = at;
        loop {
            let due = self.pending.peek().filter(|Reverse(pending)| pending.at <= at);
            let Some(act) = due.map(|Reverse(pending)| pending.piece.act()) else {
                self.next_batch = at.plus(self.every());
                break;
            };
            let full = batch.documents as usize >= self.settings.most.max(1);
            // What was said before somebody acted goes before it, and what was said after goes after.
            if act.is_none() && (full || !batch.acts.is_empty()) {
                break;
            }
            let Some(Reverse(pending)) = self.pending.pop() else {
                break;
            };
            let story = Story::of(self.seed, &self.settings, pending.number, pending.placed);
            match act {
                Some(kind) => batch.acts.push(act_of(&story, kind)),
                None => {
                    story.write(pending.piece, pending.at, &mut text);
                    batch.documents += 1;
                    batch.broken += u32::from(matches!(pending.piece, Piece::Broken(_)));
                }
            }
        }
        self.documents += u64::from(batch.documents);
        batch.body = text.into_bytes();
        (batch.documents > 0 || !batch.acts.is_empty()).then_some(batch)
    }

    /// Places the parcels up to a moment: what arrives of each, and when, is pending from then on.
    fn place_up_to(&mut self, at: Time) {
        while self.next.1 <= at {
            let (number, placed) = self.next;
            let mut story = Story::of(self.seed, &self.settings, number, placed);
            let peak = self.is_peak(self.day);
            for (mut arrives, piece) in story.pieces(self.settings.mishaps) {
                if let (true, Piece::First(kind)) = (peak, piece) {
                    arrives = silent(arrives, story.source(kind), self.day);
                }
                self.pending.push(Reverse(Pending {
                    at: arrives,
                    number,
                    placed,
                    piece,
                }));
            }
            self.placed += 1;
            self.plan_next();
        }
    }

    fn plan_next(&mut self) {
        loop {
            let (shape, of) = self.of_day(self.day);
            if self.placed < of {
                let number = self.day_number(self.day) * DAY_OF_PARCELS + self.placed;
                let mut dice = Dice::new(self.seed ^ number);
                self.next = (number, shape.when(self.placed, of, self.day, &mut dice));
                return;
            }
            self.day = self.day.plus(DAY);
            self.placed = 0;
        }
    }

    /// Days since 2020, so that numbers stay short.
    fn day_number(&self, day: Time) -> u64 {
        u64::try_from(day.0.div_euclid(DAY) - 18_262).unwrap_or(0)
    }

    fn is_peak(&self, day: Time) -> bool {
        self.settings.peaks.iter().any(|peak| peak.0 == day)
    }

    /// What a day is like, and how many parcels it has: at least one.
    fn of_day(&self, day: Time) -> (&'static Shape, u64) {
        if let Some((_, counted)) = self.settings.peaks.iter().find(|peak| peak.0 == day) {
            return (&PEAK_DAY, PEAK_DAY.placed(*counted).max(1));
        }
        let of_size = |peak: &(Time, u64)| peak.0 == day.plus(DAY) && peak.1 >= PEAK;
        if self.settings.peaks.iter().any(of_size) {
            return (&EVE, EVE.placed(OF_EVE));
        }
        let mut dice = Dice::new(self.seed ^ day.0.cast_unsigned());
        let varied = self.settings.ordinary * dice.between(VARIES.0, VARIES.1) as u64 / 100;
        (&ORDINARY, ORDINARY.placed(varied).max(1))
    }
}

/// When what would arrive at a moment arrives from a bank that is silent for a while.
fn silent(arrives: Time, source: &str, day: Time) -> Time {
    let (silent, from, until) = SILENT;
    let since = arrives.0 - day.0;
    match source == silent && (from..until).contains(&since) {
        // What has gathered comes within half a minute.
        true => day.plus(until + (since - from) / 14),
        false => arrives,
    }
}

/// Who looks at parcels, and what they write.
fn act_of(story: &Story, kind: ActKind) -> Act {
    const OFFICERS: [&str; 3] = ["chen.rui", "wu.fang", "ma.lin"];
    let remark = match kind {
        ActKind::Release => "checked with the platform by telephone",
        ActKind::Return => "the buyer could not be reached",
    };
    Act {
        order: SmolStr::from(story.order()),
        kind,
        by: OFFICERS[(story.number % 3) as usize],
        remark,
    }
}
