//! A line as it lies in a file: a number for what it says, its text, and a checksum, so that what a disk changed
//! is found when it is read.

use super::{Due, Entry, Format, Line, Record};
use smol_str::SmolStr;
use std::borrow::Cow;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

impl Line for Entry {
    fn write(&self) -> Result<(i64, Cow<'_, str>), String> {
        Ok(match self {
            Entry::Event(Format::Events, json) => (1, json.into()),
            Entry::Event(Format::Dcsa, json) => (2, json.into()),
            Entry::Event(Format::Edifact, json) => (3, json.into()),
            Entry::Event(Format::Parcels, _) => return Err("a document of a parcel is no event".to_owned()),
            Entry::Problem(json) => (4, json.into()),
            Entry::Regime(json) => (5, json.into()),
            Entry::Deadline(due) => (6, due.text().into()),
            Entry::ProblemState { problem, state } => (7, format!("{problem} {state}").into()),
            Entry::Action { alarm, action } => {
                let json = serde_json::to_string(&(alarm, action)).map_err(|error| error.to_string())?;
                (8, json.into())
            }
            Entry::Condition(said) => {
                let json = serde_json::to_string(said).map_err(|error| error.to_string())?;
                (9, json.into())
            }
        })
    }

    fn read(kind: i64, body: String) -> Result<Entry, String> {
        Ok(match kind {
            1 => Entry::Event(Format::Events, body),
            2 => Entry::Event(Format::Dcsa, body),
            3 => Entry::Event(Format::Edifact, body),
            4 => Entry::Problem(body),
            5 => Entry::Regime(body),
            6 => Entry::Deadline(Due::read(&body).ok_or("no container, source or alarm")?),
            7 => {
                let (problem, state) = body.split_once(' ').ok_or("no state")?;
                let problem = problem.parse().map_err(|_| "no number".to_owned())?;
                Entry::ProblemState {
                    problem,
                    state: state.into(),
                }
            }
            8 => {
                let (alarm, action): (SmolStr, _) =
                    serde_json::from_str(&body).map_err(|error| error.to_string())?;
                Entry::Action { alarm, action }
            }
            9 => Entry::Condition(serde_json::from_str(&body).map_err(|error| error.to_string())?),
            other => return Err(format!("kind {other} is unknown")),
        })
    }
}

/// The checksum of a line: XXH3 with 64 bits over its text, seeded with that of its numbers.
pub(super) fn sum<E>(record: &Record<E>, kind: i64, body: &str) -> i64 {
    let mut numbers = [0; 32];
    let fields = [
        record.sequence,
        record.commit,
        record.at.0.cast_unsigned(),
        kind.cast_unsigned(),
    ];
    for (place, field) in numbers.chunks_exact_mut(8).zip(fields) {
        place.copy_from_slice(&field.to_le_bytes());
    }
    xxh3_64_with_seed(body.as_bytes(), xxh3_64(&numbers)).cast_signed()
}
