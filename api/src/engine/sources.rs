//! Who sends, how much and how lately.

use crate::journal::Format;
use serde::{Deserialize, Serialize};
use shared::alarm::system::Punctuality;
use shared::event::Event;
use shared::time::{HOUR, MINUTE, Time};
use std::collections::{BTreeMap, BTreeSet};

/// One source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceState {
    /// Formats in which it spoke.
    pub formats: BTreeSet<Format>,
    /// Events taken so far.
    pub events: u64,
    /// Duplicates so far.
    pub duplicates: u64,
    /// Problems so far.
    pub problems: u64,
    /// Flags so far.
    pub flags: u64,
    /// Events by minute of the engine's clock, of the last hour that had any.
    pub minutes: BTreeMap<Time, u64>,
    /// Time of the latest actual event that it told of.
    pub last_at: Option<Time>,
    /// When the last message came.
    pub received_at: Option<Time>,
    /// How punctual it is.
    pub punctuality: Punctuality,
    /// When passing time alone next changes the alarms about it, or may: it can have spoken since.
    pub look_at: Option<Time>,
}

impl SourceState {
    /// Counts an event that was taken.
    pub fn count(&mut self, event: &Event, format: Format, now: Time) {
        self.formats.insert(format);
        self.events += 1;
        let minute = Time(now.0 - now.0.rem_euclid(MINUTE));
        *self.minutes.entry(minute).or_default() += 1;
        while self
            .minutes
            .first_key_value()
            .is_some_and(|(first, _)| first.0 <= minute.0 - HOUR)
        {
            self.minutes.pop_first();
        }
        self.received_at = self.received_at.max(Some(now));
        let actual = event
            .content
            .as_ref()
            .filter(|content| content.is_actual() && !event.retracted);
        self.last_at = self.last_at.max(actual.map(|content| content.at));
    }
}
