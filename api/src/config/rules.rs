//! `[[overtime]]` and `[storage]`: limits between two nodes, and what may stand where.

use super::toml_value::{Complaints, Entry, Section};
use shared::alarm::Priority;
use shared::event::node::Part;
use shared::event::{Direction, Node};
use shared::rules::{OvertimeRule, StorageRules};
use shared::stay::{Cargo, Mode};
use shared::yard::layout::is_imdg_class;
use smol_str::SmolStr;

const OVERTIME: [&str; 7] = ["from", "to", "direction", "cargo", "mode", "limit", "priority"];
const STORAGE: [&str; 8] = [
    "forbidden_classes",
    "forbidden_un",
    "limited_classes",
    "limited_time",
    "low_classes",
    "low_tiers",
    "dangerous_tiers",
    "except_class_8_and_9",
];
const MOST_TIERS: u64 = 99;

/// Reads the limits; they replace all defaults.
pub fn overtime(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> Vec<OvertimeRule> {
    let mut rules: Vec<OvertimeRule> = Vec::new();
    for section in entry.some_sections(&OVERTIME, complaints) {
        let Some(rule) = limit(&section, complaints) else {
            continue;
        };
        // Alarms keep the name of their rule, so two rules of one name would be one alarm.
        if rules.iter().any(|other| other.name() == rule.name()) {
            let reason = format!(
                "`overtime` from {} to {} stands there twice for the same direction, cargo and mode",
                rule.from, rule.to
            );
            complaints.at(section.at, reason);
        }
        rules.push(rule);
    }
    rules
}

fn limit(section: &Section<'_, '_>, complaints: &mut Complaints) -> Option<OvertimeRule> {
    let from = section
        .need("from", complaints)
        .and_then(|entry| node(&entry, complaints));
    let to = section
        .need("to", complaints)
        .and_then(|entry| node(&entry, complaints));
    let limit_seconds = section
        .need("limit", complaints)
        .and_then(|entry| entry.duration(complaints));
    let direction = section.get("direction").map(|entry| {
        let known = ["import", "export", "transshipment", "domestic"];
        entry.choice(Direction::from_name, &known, complaints)
    });
    let cargo = section.get("cargo").map(|entry| {
        let known = ["dangerous", "reefer", "empty", "general"];
        entry.choice(Cargo::from_name, &known, complaints)
    });
    let mode = section.get("mode").map(|entry| {
        let known = ["direct", "stacked", "unknown"];
        entry.choice(Mode::from_name, &known, complaints)
    });
    let priority = match section.get("priority") {
        None => Some(Priority::Medium),
        Some(entry) => entry.choice(priority, &["low", "medium", "high"], complaints),
    };
    let (from, to) = (from?, to?);
    if from.part() == Part::End {
        let reason = format!("is `{from}`, which ends the stay, and the end of a stay stops every clock");
        section.get("from")?.refuse(&reason, complaints);
    }
    if from == to {
        section
            .get("to")?
            .refuse(&format!("is `{to}`, the same as `from`"), complaints);
    }
    Some(OvertimeRule {
        from,
        to,
        direction: direction.flatten(),
        cargo: cargo.flatten(),
        mode: mode.flatten(),
        limit_seconds: limit_seconds?,
        priority: priority?,
    })
}

fn priority(name: &str) -> Option<Priority> {
    match name {
        "low" => Some(Priority::Low),
        "medium" => Some(Priority::Medium),
        "high" => Some(Priority::High),
        _ => None,
    }
}

/// A node of a stay: those of a vessel, and notes, begin and end no clock.
fn node(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> Option<Node> {
    let of_a_stay = |node: &Node| !matches!(node.part(), Part::Vessel | Part::Note);
    let known: Vec<&str> = Node::ALL
        .iter()
        .filter(|node| of_a_stay(node))
        .map(|node| node.name())
        .collect();
    let read = |name: &str| name.parse().ok().filter(of_a_stay);
    entry.choice(read, &known, complaints)
}

/// Reads the storage rules; what is not there keeps its default.
pub fn storage(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> StorageRules {
    let mut rules = StorageRules::default();
    let Some(section) = entry.section(&STORAGE, complaints) else {
        return rules;
    };
    let lists: [(&str, &mut Vec<SmolStr>); 3] = [
        ("forbidden_classes", &mut rules.forbidden_classes),
        ("limited_classes", &mut rules.limited_classes),
        ("low_classes", &mut rules.low_classes),
    ];
    for (key, list) in lists {
        if let Some(entry) = section.get(key) {
            *list = entry.texts(class, complaints);
        }
    }
    if let Some(entry) = section.get("forbidden_un") {
        rules.forbidden_un = entry.texts(un_number, complaints);
    }
    if let Some(seconds) = section
        .get("limited_time")
        .and_then(|entry| entry.duration(complaints))
    {
        rules.limited_seconds = seconds;
    }
    for (key, tiers) in [
        ("low_tiers", &mut rules.low_tiers),
        ("dangerous_tiers", &mut rules.dangerous_tiers),
    ] {
        let configured = section
            .get(key)
            .and_then(|entry| entry.whole(1..=MOST_TIERS, complaints));
        if let Some(configured) = configured.and_then(|tiers| u16::try_from(tiers).ok()) {
            *tiers = configured;
        }
    }
    if let Some(on) = section
        .get("except_class_8_and_9")
        .and_then(|entry| entry.boolean(complaints))
    {
        rules.except_class_8_and_9 = on;
    }
    rules
}

fn class(text: &str) -> Result<(), &'static str> {
    match is_imdg_class(text) {
        true => Ok(()),
        false => Err("is no IMDG class or division such as 3 or 5.1"),
    }
}

fn un_number(text: &str) -> Result<(), &'static str> {
    match text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(()),
        false => Err("is no UN number of four digits such as 1942"),
    }
}
