//! Answers of the feeds, sources and problems.

use crate::time::LocalTime;
use serde::{Deserialize, Serialize};

codes! {
    /// Why something was not taken.
    ProblemCode {
        /// The body is not JSON, or stops being JSON here.
        NotJson "not_json",
        /// The body is not EDIFACT, or stops being EDIFACT here.
        NotEdifact "not_edifact",
        /// The body ends in the middle.
        Truncated "truncated",
        /// The body is JSON, but none of the shapes that this feed takes.
        UnknownShape "unknown_shape",
        /// A field that must be there is not.
        Missing "missing",
        /// A field holds something of another type, or outside what is allowed.
        Invalid "invalid",
        /// The node is none of the known ones.
        UnknownNode "unknown_node",
        /// A code that decides what happened is unknown.
        UnknownCode "unknown_code",
        /// The message type is none that this feed takes.
        UnknownMessage "unknown_message",
        /// The container number is empty or no number at all.
        Container "container",
        /// The time is no time.
        Time "time",
        /// The time is before 2000, or too far ahead.
        TimeRange "time_range",
        /// The site is not configured.
        UnknownSite "unknown_site",
        /// Several sites are configured, and the event names no place.
        SiteMissing "site_missing",
        /// The key that it came with does not speak for its source.
        SourceRefused "source_refused",
        /// The key that it came with does not send for its site.
        SiteRefused "site_refused",
        /// The qualifiers of a segment have slipped.
        Slipped "slipped",
        /// A part of the message is longer or deeper than allowed.
        TooLarge "too_large",
    }
}

codes! {
    /// What was taken and is odd.
    FlagCode {
        /// The number is no ISO 6346 number, or no identity number, with the right check digit; the message says why.
        CheckDigit "check_digit",
        /// The slot does not parse, or no block covers it.
        UnknownSlot "unknown_slot",
        /// The place is no UN/LOCODE.
        UnknownLocode "unknown_locode",
        /// A code that decides nothing is unknown.
        UnknownCode "unknown_code",
        /// The message has no id of its own; one was derived from its content.
        IdMissing "id_missing",
        /// The segment count in UNT is wrong.
        SegmentCount "segment_count",
        /// The message or equipment count in UNZ or CNT is wrong.
        MessageCount "message_count",
        /// Same `updated_at`, other content.
        Conflict "conflict",
        /// Up to 24 h ahead of the clock.
        Future "future",
        /// No size type.
        SizeMissing "size_missing",
        /// The size type's length is unknown.
        SizeUnknown "size_unknown",
        /// Load or discharge was told by an assumption.
        Assumed "assumed",
        /// Header and code contradict each other.
        Contradiction "contradiction",
        /// A date without a time.
        DateOnly "date_only",
        /// A field was left out because its value is unusable.
        FieldIgnored "field_ignored",
        /// The event is of another port.
        Elsewhere "elsewhere",
    }
}

/// One problem or flag, with its position. `code` is a [`ProblemCode`] or a [`FlagCode`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remark<C> {
    /// Event of an array, line from 0, or equipment in the interchange; `None` when it is about the whole.
    pub index: Option<u64>,
    /// JSON pointer, or `UNH[2]/EQD[3]/DTM`.
    pub pointer: Option<String>,
    /// Byte in the unpacked body, where known.
    pub offset: Option<u64>,
    /// EDIFACT segment tag.
    pub segment: Option<String>,
    /// Stable code.
    pub code: C,
    /// What is wrong, for a person.
    pub message: String,
}

/// The answer of every feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeedAnswer {
    /// Events that are new.
    pub accepted: u64,
    /// Same content again, or an older version.
    pub duplicate: u64,
    /// Later versions of known events.
    pub replaced: u64,
    /// What was not taken.
    pub problems: Vec<Remark<ProblemCode>>,
    /// What was taken and is odd.
    pub flags: Vec<Remark<FlagCode>>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// One source, as `GET /feeds` lists it and the stream's `feed` message updates it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// The sender's name.
    pub source: String,
    /// Formats in which it spoke: `events`, `dcsa`, `edifact`.
    pub formats: Vec<String>,
    /// Events taken so far.
    pub events: u64,
    /// Duplicates so far.
    pub duplicates: u64,
    /// Problems so far.
    pub problems: u64,
    /// Flags so far.
    pub flags: u64,
    /// Events in each of the last 60 whole minutes of the engine's clock that had any, as (minute, count).
    pub minutes: Vec<(LocalTime, u64)>,
    /// Time of the latest actual event that it told of.
    pub last_at: Option<LocalTime>,
    /// When the last message came.
    pub received_at: Option<LocalTime>,
}

/// Something that was not understood, kept with its raw text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredProblem {
    /// Its address.
    pub id: String,
    /// The format it came in: `events`, `dcsa`, `edifact`.
    pub format: String,
    /// The sender where known.
    pub source: Option<String>,
    /// When it came.
    pub received_at: LocalTime,
    /// What is wrong and where.
    #[serde(flatten)]
    pub remark: Remark<ProblemCode>,
    /// The raw text of the event or message, cut to 64 KiB, bytes that are no UTF-8 replaced.
    pub raw: String,
    /// `open`, `dismissed`, or `resolved` by a retry.
    pub state: String,
}
