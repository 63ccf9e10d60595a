//! What each report said, in each of its versions: the facts that it holds, what a correction changed, and what was taken
//! back.

use crate::client::plain;
use crate::components::markup::{Markup, fill, join, mark, nothing, text};
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::{Word, format};
use serde_json::Value;
use shared::event::Node;
use shared::time::LocalTime;
use shared::wire::container::{Container, EventHistory, EventVersion};

/// What a report says beside time, place and box, in the order in which it is shown.
const FACTS: [&str; 7] = [
    "result",
    "temperature_celsius",
    "seal",
    "weight_kg",
    "transport",
    "declaration",
    "remark",
];

/// The history of one event.
pub fn history<'a>(events: &'a [EventHistory], source: &str, id: &str) -> Option<&'a EventHistory> {
    events
        .iter()
        .find(|event| event.id == id && event.source == source)
}

/// The seals that were told of a box, each with when it was first told.
pub fn seals(container: &Container) -> Vec<(String, LocalTime)> {
    let mut seals: Vec<(String, LocalTime)> = Vec::new();
    for event in &container.events {
        let Some(version) = event.versions.last().filter(|version| !version.retracted) else {
            continue;
        };
        if let (Some(seal), Some(at)) = (field(version, "seal"), at(version))
            && seals.iter().all(|(other, _)| other != seal)
        {
            seals.push((seal.to_owned(), at));
        }
    }
    seals
}

fn field<'a>(version: &'a EventVersion, name: &str) -> Option<&'a str> {
    version.said.as_ref()?.get(name)?.as_str()
}

fn at(version: &EventVersion) -> Option<LocalTime> {
    LocalTime::parse(field(version, "at")?).ok()
}

/// A name of what is said, in words where the page has some.
fn name(context: Context, name: &str) -> String {
    let word = match name {
        "at" => Word::At,
        "node" => Word::Node,
        "slot" => Word::Slot,
        "seal" => Word::Seal,
        "weight_kg" => Word::WeightKg,
        "temperature_celsius" => Word::TemperatureCelsius,
        "result" => Word::ResultColumn,
        "transport" => Word::Transport,
        "remark" => Word::Remark,
        "declaration" => Word::Declarations,
        "bill_of_lading" => Word::BillOfLading,
        "voyage" => Word::Voyage,
        "vessel_name" => Word::Vessel,
        "size_type" => Word::SizeType,
        "direction" => Word::DirectionColumn,
        "site" => Word::Site,
        other => return other.replace('_', " "),
    };
    context.say(word).to_owned()
}

/// A value of what is said, in words where the page has some.
fn value(context: Context, name: &str, value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "—".to_owned();
    };
    let text = plain(value);
    let word = match (name, text.as_str()) {
        ("at", time) => return LocalTime::parse(time).map_or(text, format::stamp),
        ("node", node) => {
            return node
                .parse::<Node>()
                .map_or(text, |node| context.term(node).to_owned());
        }
        ("result", "clear") => Word::ResultClear,
        ("result", "suspect") => Word::ResultSuspect,
        ("transport", "truck") => Word::TransportTruck,
        ("transport", "rail") => Word::TransportRail,
        ("transport", "barge") => Word::TransportBarge,
        _ => return text,
    };
    context.say(word).to_owned()
}

/// What a report says beside time and place, by the version that holds.
pub fn facts(context: Context, history: Option<&EventHistory>) -> Markup {
    let Some(said) = history.and_then(|history| history.versions.last()?.said.as_ref()) else {
        return nothing();
    };
    let mut rows = Vec::new();
    for one in FACTS {
        if let Some(told) = said.get(one).filter(|told| !told.is_null()) {
            rows.push(row(&name(context, one), &value(context, one, Some(told))));
        }
    }
    if let Some(Value::Object(detail)) = said.get("detail") {
        for (name, told) in detail {
            rows.push(row(&name.replace('_', " "), &plain(told)));
        }
    }
    if rows.is_empty() {
        return nothing();
    }
    fill("<dl class=\"detail\">{}</dl>", &[join(&rows)])
}

fn row(name: &str, value: &str) -> Markup {
    fill("<div><dt>{}</dt> <dd>{}</dd></div>", &[text(name), text(value)])
}

/// What a correction changed.
#[derive(Clone, Debug, PartialEq)]
struct Change<'a> {
    name: &'a str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
}

/// What differs between two versions, by name.
fn changes<'a>(before: Option<&'a Value>, after: Option<&'a Value>) -> Vec<Change<'a>> {
    let mut changes = Vec::new();
    let (Some(Value::Object(before)), Some(Value::Object(after))) = (before, after) else {
        return changes;
    };
    for (name, value) in before {
        if after.get(name) != Some(value) {
            changes.push(Change {
                name,
                before: Some(value),
                after: after.get(name),
            });
        }
    }
    for (name, value) in after {
        if !before.contains_key(name) {
            changes.push(Change {
                name,
                before: None,
                after: Some(value),
            });
        }
    }
    changes
}

/// The versions of a report, the oldest first: when each was known here, and what it changed. One version alone is no
/// history.
pub fn versions(context: Context, history: Option<&EventHistory>) -> Markup {
    let Some(history) = history.filter(|history| history.versions.len() > 1) else {
        return nothing();
    };
    let key = ["versions ", &history.source, " ", &history.id].concat();
    let gaps = [
        text(&key),
        say(context.language, Word::Versions),
        list(context, history),
    ];
    fill(
        "<details class=\"versions\" data-key=\"{}\"><summary>{}</summary>{}</details>",
        &gaps,
    )
}

fn list(context: Context, history: &EventHistory) -> Markup {
    let mut items = Vec::new();
    let mut before: Option<&EventVersion> = None;
    let last = history.versions.len() - 1;
    for (index, version) in history.versions.iter().enumerate() {
        items.push(version_item(context, version, before, index == last));
        // A retraction that says nothing leaves what was said before it to be held against.
        before = Some(version).filter(|version| version.said.is_some()).or(before);
    }
    fill("<ol>{}</ol>", &[join(&items)])
}

fn version_item(
    context: Context,
    version: &EventVersion,
    before: Option<&EventVersion>,
    holds: bool,
) -> Markup {
    let said_at = at(version).or_else(|| at(before?));
    let time = text(&format::stamp_or_dash(said_at));
    let mut parts = Vec::new();
    if version.retracted {
        let gone = fill("<s><time>{}</time></s>", &[time]);
        parts.push(gone.then(mark(context.say(Word::RetractedVersion), true)));
    } else {
        parts.push(fill("<time>{}</time>", &[time]));
        if holds {
            parts.push(nothing().then(mark(context.say(Word::HoldsVersion), false)));
        }
        let changed = changes(
            before.and_then(|before| before.said.as_ref()),
            version.said.as_ref(),
        );
        for change in &changed {
            parts.push(changed_line(context, change));
        }
        if before.is_some() && changed.is_empty() {
            parts.push(fill(
                "<div class=\"quiet\">{}</div>",
                &[say(context.language, Word::NothingChanged)],
            ));
        }
    }
    let sent = version.updated_at.map_or_else(nothing, |at| {
        let gaps = [
            say(context.language, Word::SenderChangedAt),
            text(&format::stamp(at)),
        ];
        fill(" · {} <time>{}</time>", &gaps)
    });
    let gaps = [
        join(&parts),
        say(context.language, Word::RecordedAt),
        text(&format::stamp(version.recorded_at)),
        sent,
    ];
    fill(
        "<li>{}<div class=\"quiet\">{} <time>{}</time>{}</div></li>",
        &gaps,
    )
}

/// Before → after; of times also by how much.
fn changed_line(context: Context, change: &Change<'_>) -> Markup {
    let time = |value: Option<&Value>| LocalTime::parse(value?.as_str()?).ok();
    let apart = match (change.name, time(change.before), time(change.after)) {
        ("at", Some(before), Some(after)) => {
            let seconds = after.at.seconds_since(before.at);
            let words = format::duration(context.language, seconds);
            text(&[" (", if seconds > 0 { "+" } else { "" }, &words, ")"].concat())
        }
        _ => nothing(),
    };
    let gaps = [
        text(&name(context, change.name)),
        text(&value(context, change.name, change.before)),
        text(&value(context, change.name, change.after)),
        apart,
    ];
    fill(
        "<div class=\"correction\">{}: <del>{}</del> → <ins>{}</ins>{}</div>",
        &gaps,
    )
}

/// What was taken back, struck through and said so.
pub fn retracted(context: Context, container: &Container) -> Markup {
    let mut items = Vec::new();
    for event in &container.events {
        if event.versions.last().is_some_and(|version| version.retracted) {
            items.push(gone(context, event));
        }
    }
    if items.is_empty() {
        return nothing();
    }
    let gaps = [say(context.language, Word::RetractedReports), join(&items)];
    fill(
        "<section class=\"retracted\"><h3>{}</h3><ul class=\"mentions\">{}</ul></section>",
        &gaps,
    )
}

fn gone(context: Context, event: &EventHistory) -> Markup {
    let said = event.versions.iter().rev().find(|version| version.said.is_some());
    let node = said.and_then(|said| field(said, "node")?.parse::<Node>().ok());
    let slot = said.and_then(|said| field(said, "slot")).unwrap_or_default();
    let gaps = [
        text(node.map_or("—", |node| context.term(node))),
        text(&format::stamp_or_dash(said.and_then(at))),
        text(slot),
        mark(context.say(Word::RetractedVersion), true),
        text(&event.source),
        text(&event.id),
        versions(context, Some(event)),
    ];
    fill(
        "<li data-retracted=\"true\"><s><strong>{}</strong> <time>{}</time> {}</s> {} <span class=\"quiet\">{}</span> \
         <code>{}</code>{}</li>",
        &gaps,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_correction_says_what_was_and_what_is() {
        let before = json!({"at": "a", "slot": "G12", "seal": "S"});
        let after = json!({"at": "b", "slot": "G12", "weight_kg": 7});
        let changes = changes(Some(&before), Some(&after));
        let names: Vec<&str> = changes.iter().map(|change| change.name).collect();
        assert_eq!(names, ["at", "seal", "weight_kg"]);
        assert_eq!(changes[1].after, None);
        assert_eq!(changes[2].before, None);
    }

    #[test]
    fn a_retraction_that_says_nothing_changes_nothing() {
        assert!(changes(Some(&json!({"at": "a"})), None).is_empty());
    }
}
