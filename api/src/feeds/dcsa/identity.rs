//! Who says it, under which name, in which version, and what it voids (`semantics.md` §1, "From DCSA").

use super::fields::{Fields, plain};
use crate::feeds::detail;
use serde_json::Value;
use shared::event::{Event, Identity};
use shared::time::Time;
use shared::wire::feeds::FlagCode;
use smol_str::SmolStr;
use xxhash_rust::xxh3::xxh3_128;

/// Bytes that an id may have; the standard allows 500 characters.
const LONGEST_ID: usize = 2_000;

const PUBLISHER: &[&str] = &[
    "publisher/carrierCode",
    "publisher/partyCode",
    "publisher/identifyingCodes/0/partyCode",
    "publisher/identifyingCodes/0/codeValue",
];

/// The sender: the originating party, else the publisher, else what the call says, else `dcsa`. Where drafts
/// of 3.0.0 name several originating parties, all of their codes, sorted and joined by `+`: there they are
/// the key together.
pub fn source(fields: &Fields<'_>, of_call: Option<&str>) -> SmolStr {
    let of = |paths: &[&str]| fields.code(paths).map(|(code, _)| code);
    of(&["eventRouting/originatingParty/partyCode"])
        .or_else(|| parties(fields))
        .or_else(|| fields.find_meta(PUBLISHER).and_then(|found| plain(found.value)))
        .or_else(|| of(PUBLISHER))
        .or_else(|| of_call.map(SmolStr::new))
        .unwrap_or_else(|| SmolStr::new_static("dcsa"))
}

fn parties(fields: &Fields<'_>) -> Option<SmolStr> {
    let found = fields.find(&["eventRouting/originatingParties"])?;
    let mut codes: Vec<SmolStr> = found
        .value
        .as_array()?
        .iter()
        .take(20)
        .filter_map(|party| plain(party.get("partyCode")?))
        .filter(|code| !code.is_empty())
        .collect();
    codes.sort();
    (!codes.is_empty()).then(|| SmolStr::new(codes.join("+")))
}

/// The sender's own name for the event, where it gave a usable one.
fn own_id(fields: &mut Fields<'_>) -> Option<SmolStr> {
    let found = fields.find_meta(&["eventID"])?;
    let id = plain(found.value).filter(|id| id.len() <= LONGEST_ID)?;
    fields.take(&found);
    Some(id)
}

/// The sender's own name, or a hash of the content with a flag.
pub fn id(fields: &mut Fields<'_>, event: &Value) -> SmolStr {
    if let Some(id) = own_id(fields) {
        return id;
    }
    let field = fields.place_meta("eventID");
    fields.flag(
        FlagCode::IdMissing,
        &field,
        "no eventID: the content itself became the id, so a corrected version will count as another event",
    );
    SmolStr::new(format!("{:032x}", xxh3_128(detail::canonical(event).as_bytes())))
}

/// When the sender last changed it.
pub fn updated_at(fields: &mut Fields<'_>) -> Option<Time> {
    for path in ["eventUpdatedDateTime", "eventCreatedDateTime"] {
        let Some(found) = fields.find_meta(&[path]).filter(|found| !found.value.is_null()) else {
            continue;
        };
        if let Some(Ok(at)) = found.value.as_str().map(Time::parse) {
            fields.take(&found);
            return Some(at);
        }
        let message = "left out: no RFC 3339 time with an offset, so it cannot order versions of this event";
        fields.flag(FlagCode::FieldIgnored, &found.field, message);
    }
    None
}

/// What an event voids.
#[derive(Debug)]
pub enum Voids {
    /// Nothing.
    Nothing,
    /// An identity; whether the event says something of its own besides.
    This(Box<Event>, bool),
    /// Itself, but it has no id.
    Unnamed,
}

/// Beta-1 names the event that it voids, 3.0.0 says that this one is void.
pub fn voids(fields: &mut Fields<'_>, source: &SmolStr, event: &Value) -> Voids {
    if let Some(found) = fields.find_meta(&["retractedEventID"])
        && let Some(id) = plain(found.value)
    {
        fields.take(&found);
        let says_more = event.get("payload").is_some_and(Value::is_object);
        return Voids::This(Box::new(void(fields, source, id)), says_more);
    }
    if event.get("isRetracted") == Some(&Value::Bool(true)) {
        return match own_id(fields) {
            Some(id) => Voids::This(Box::new(void(fields, source, id)), false),
            None => Voids::Unnamed,
        };
    }
    Voids::Nothing
}

fn void(fields: &mut Fields<'_>, source: &SmolStr, id: SmolStr) -> Event {
    Event {
        identity: Identity {
            source: source.clone(),
            id,
        },
        updated_at: updated_at(fields),
        retracted: true,
        content: None,
    }
}
