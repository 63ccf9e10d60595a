//! Short texts, layouts, configurations and the page's JSON: the first byte says which of them reads the rest.

use api::cli::layout::convert::convert;
use api::config::{Configuration, duration};
use serde_json::Value;
use shared::container::ContainerNumber;
use shared::size_type::SizeType;
use shared::time::{LocalTime, Time};
use shared::yard::{SlotPattern, geojson};
use std::path::Path;

/// What reads a text.
const READERS: [fn(&str); 8] = [
    container,
    slot,
    time,
    duration_of,
    layout,
    converted,
    configuration,
    page,
];

/// Runs one.
pub fn texts(data: &[u8]) {
    let Some((which, rest)) = data.split_first() else {
        return;
    };
    // The page and every call take text only; what is none is refused before.
    if let Ok(text) = std::str::from_utf8(rest) {
        READERS[usize::from(*which) % READERS.len()](text);
    }
}

fn container(text: &str) {
    if let Ok(number) = ContainerNumber::parse(text) {
        let back = ContainerNumber::parse(number.as_str()).expect("what was read is a number");
        assert_eq!(back, number);
        let _ = number.check();
    }
    let size = SizeType(text);
    let _ = (
        size.half_teu(),
        size.is_long(),
        size.is_temperature_controlled(),
        size.is_tank(),
    );
}

/// A pattern and an address, with a line break between them.
fn slot(text: &str) {
    let (pattern, address) = text.split_once('\n').unwrap_or(("BBBbbrr.t", text));
    let Ok(pattern) = SlotPattern::parse(pattern) else {
        return;
    };
    if let Some(read) = pattern.read(address) {
        let written = pattern.write(&read);
        assert_eq!(
            pattern.read(&written).as_ref(),
            Some(&read),
            "{address} is written as {written}"
        );
    }
}

fn time(text: &str) {
    if let Ok(local) = LocalTime::parse(text) {
        let written = local.to_string();
        assert_eq!(
            LocalTime::parse(&written),
            Ok(local),
            "{text} is written as {written}"
        );
    }
    let _ = (Time::parse(text), Time::is_beyond(text));
}

fn duration_of(text: &str) {
    if let Ok(seconds) = duration::read(text) {
        let written = duration::write(seconds);
        assert_eq!(
            duration::read(&written),
            Ok(seconds),
            "{text} is written as {written}"
        );
    }
}

fn layout(text: &str) {
    if let Ok(layout) = geojson::read(text, SlotPattern::default()) {
        let written = geojson::write(&layout).to_string();
        geojson::read_written(&written)
            .unwrap_or_else(|error| panic!("{written} does not read back: {error}"));
    }
}

fn converted(text: &str) {
    if let Ok(converted) = convert(text) {
        let _ = format!("{converted:?}");
    }
}

fn configuration(text: &str) {
    // No file lies there, so that a layout or years that are named are not found.
    let Err(refused) = Configuration::read(text, "quaylight.toml", Path::new("/nowhere")) else {
        return;
    };
    assert!(!refused.problems.is_empty());
    let lines = text.split('\n').count();
    for problem in refused.problems {
        assert!(!problem.reason.is_empty());
        let Some(at) = problem.position else { continue };
        assert!(
            (1..=lines).contains(&at.line),
            "line {} of {lines}: {}",
            at.line,
            problem.reason
        );
        let line = text.split('\n').nth(at.line - 1).unwrap_or_default();
        let length = line.chars().count() + 1;
        assert!(
            (1..=length).contains(&at.column),
            "column {} of {length}: {}",
            at.column,
            problem.reason
        );
    }
}

/// The page reads what serde reads, and nothing else.
fn page(text: &str) {
    let own = crate::page_json::parse(text);
    let serde: Result<Value, _> = serde_json::from_str(text);
    if let Err(at) = own {
        assert!(at <= text.len());
    }
    if let (Ok(own), Ok(serde)) = (own, serde) {
        assert!(
            same(&own, &serde),
            "the page reads {text:?} in another way: {own} and {serde}"
        );
    }
}

/// Numbers by what they are: the page has no zero below zero.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            let is_in = |(name, a)| b.get(name).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(is_in)
        }
        _ => a == b,
    }
}
