//! The readers of the three formats: whatever the bytes, what comes out lies in them and reads back.

use api::config::Configuration;
use api::feeds::{Context, Reading, dcsa as dcsa_feed, edifact as edifact_feed, native as native_feed};
use serde_json::Value;
use shared::event::json::{canonical, read as read_event};
use std::sync::OnceLock;

/// Native events.
pub fn native(body: &[u8]) {
    hold(body, native_feed::read);
}

/// DCSA Track & Trace.
pub fn dcsa(body: &[u8]) {
    hold(body, dcsa_feed::read);
}

/// EDIFACT interchanges.
pub fn edifact(body: &[u8]) {
    hold(body, edifact_feed::read);
}

fn hold(body: &[u8], read: fn(&[u8], &Context<'_>) -> Reading) {
    static CONFIGURATION: OnceLock<Configuration> = OnceLock::new();
    let configuration = CONFIGURATION.get_or_init(Configuration::default);
    let context = Context {
        source: None,
        sites: &configuration.sites,
        edifact: &configuration.edifact,
    };
    let reading = read(body, &context);
    for read in &reading.events {
        let (offset, end) = (read.position.offset, read.position.end);
        assert!(
            offset <= end && end <= body.len(),
            "an event at {offset}..{end} of {}",
            body.len()
        );
        let text = canonical(&read.event);
        let back = read_event(&text).unwrap_or_else(|error| panic!("{text} does not read back: {error:?}"));
        assert_eq!(back.event, read.event, "{text} reads back as another event");
        assert_eq!(canonical(&back.event), text, "canonical text is not canonical");
    }
    for problem in &reading.problems {
        let (raw, at) = (&problem.raw, problem.remark.offset);
        assert!(
            raw.start <= raw.end && raw.end <= body.len(),
            "a problem with {raw:?} of {}",
            body.len()
        );
        assert!(
            at.is_none_or(|at| at <= body.len() as u64),
            "a problem at {at:?} of {}",
            body.len()
        );
        assert!(!problem.remark.message.is_empty());
    }
    for flag in &reading.flags {
        assert!(flag.offset.is_none_or(|at| at <= body.len() as u64));
    }
    let nothing = reading.events.is_empty() && reading.problems.is_empty();
    assert!(
        !nothing || holds_nothing(body),
        "nothing was said of {} bytes",
        body.len()
    );
}

/// What holds no event and is right all the same: an empty list, and an interchange without messages.
fn holds_nothing(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    let list = serde_json::from_str(text).is_ok_and(|value: Value| empty(&value) || empty(&value["events"]));
    list || ["UNA", "UNB", "UNH"].iter().any(|tag| text.starts_with(tag))
}
