//! A line of the desk's journal: JSON under one number, so that the file of another book is refused.

use crate::journal::Line;
use shared::release_desk::Entry;
use std::borrow::Cow;

/// The number of the desk's lines.
const KIND: i64 = 40;

impl Line for Entry {
    fn write(&self) -> Result<(i64, Cow<'_, str>), String> {
        let json = serde_json::to_string(self).map_err(|error| error.to_string())?;
        Ok((KIND, json.into()))
    }

    fn read(kind: i64, body: String) -> Result<Entry, String> {
        match kind {
            KIND => serde_json::from_str(&body).map_err(|error| error.to_string()),
            other => Err(format!("kind {other} is none of the release desk")),
        }
    }
}
