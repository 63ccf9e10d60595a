//! `[[overtime]]`, `[alarm]`, `[storage]` and `[[suppress]]`: what raises an alarm.

use super::toml_value::{Complaints, Entry, Section};
use shared::alarm::{Kind, Priority};
use shared::event::node::Part;
use shared::event::{Direction, Node};
use shared::rules::kind::{KINDS, has_limit};
use shared::rules::{OvertimeRule, Rules, StorageRules, Suppression};
use shared::stay::{Cargo, Mode};
use shared::yard::layout::is_imdg_class;
use smol_str::SmolStr;

const OVERTIME: [&str; 8] = [
    "from",
    "to",
    "direction",
    "cargo",
    "mode",
    "limit",
    "priority",
    "in_service",
];
const KIND: [&str; 5] = ["priority", "limit", "on_delay", "off_delay", "in_service"];
const PRIORITIES: [&str; 3] = ["low", "medium", "high"];
const HIGHEST_BAND: u32 = 100;
const STORAGE: [&str; 13] = [
    "forbidden_classes",
    "forbidden_un",
    "limited_classes",
    "limited_time",
    "limited_boxes",
    "low_classes",
    "low_tiers",
    "dangerous_tiers",
    "except_class_8_and_9",
    "segregation_level",
    "lithium_un",
    "lithium_apart_from",
    "reefer_priority",
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
        Some(entry) => entry.choice(priority, &PRIORITIES, complaints),
    };
    let in_service = section
        .get("in_service")
        .is_none_or(|entry| entry.boolean(complaints).unwrap_or(true));
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
        in_service,
    })
}

/// Reads `[alarm.KIND]`; what is not there keeps its default.
pub fn kinds(entry: &Entry<'_, '_>, rules: &mut Rules, complaints: &mut Complaints) {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name()).collect();
    let Some(section) = entry.section(&names, complaints) else {
        return;
    };
    for kind in KINDS {
        if let Some(entry) = section.get(kind.name()) {
            kind_rule(kind, &entry, rules, complaints);
        }
    }
}

fn kind_rule(kind: Kind, entry: &Entry<'_, '_>, rules: &mut Rules, complaints: &mut Complaints) {
    let mut known = KIND.to_vec();
    known.retain(|key| *key != "limit" || has_limit(kind));
    if kind == Kind::ReeferTemperature {
        known.push("band");
    }
    let Some(section) = entry.section(&known, complaints) else {
        return;
    };
    let mut rule = rules.kind(kind);
    if let Some(entry) = section.get("priority") {
        rule.priority = entry
            .choice(priority, &PRIORITIES, complaints)
            .unwrap_or(rule.priority);
    }
    if let Some(entry) = section.get("in_service") {
        rule.in_service = entry.boolean(complaints).unwrap_or(rule.in_service);
    }
    if let Some(entry) = section.get("limit") {
        rule.limit_seconds = entry.duration(complaints).unwrap_or(rule.limit_seconds);
    }
    for (key, seconds) in [
        ("on_delay", &mut rule.on_delay_seconds),
        ("off_delay", &mut rule.off_delay_seconds),
    ] {
        if let Some(entry) = section.get(key) {
            *seconds = entry.delay(complaints).unwrap_or(*seconds);
        }
    }
    if let Some(band) = section
        .get("band")
        .and_then(|entry| entry.thousandths(HIGHEST_BAND, complaints))
    {
        rules.reefer_band_millicelsius = band;
    }
    rules.kinds.insert(kind, rule);
}

/// Reads which alarms are suppressed while another one says the same; they replace all defaults.
pub fn suppress(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> Vec<Suppression> {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    let sections = entry.some_sections(&["rule", "during"], complaints);
    let read = |section: &Section<'_, '_>, complaints: &mut Complaints| {
        let rule = section.need("rule", complaints)?;
        let during = section.need("during", complaints)?;
        let suppression = Suppression {
            rule: rule.text(complaints)?.into(),
            during: during.choice(Kind::from_name, &names, complaints)?,
        };
        let alone = Rules {
            suppress: vec![suppression.clone()],
            ..Rules::default()
        };
        for problem in alone.problems() {
            rule.refuse(&format!("is wrong: {}", problem.reason), complaints);
        }
        Some(suppression)
    };
    sections
        .iter()
        .filter_map(|section| read(section, complaints))
        .collect()
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
    let lists: [(&str, &mut Vec<SmolStr>); 4] = [
        ("forbidden_classes", &mut rules.forbidden_classes),
        ("limited_classes", &mut rules.limited_classes),
        ("low_classes", &mut rules.low_classes),
        ("lithium_apart_from", &mut rules.lithium_apart_from),
    ];
    for (key, list) in lists {
        if let Some(entry) = section.get(key) {
            *list = entry.texts(class, complaints);
        }
    }
    for (key, list) in [
        ("forbidden_un", &mut rules.forbidden_un),
        ("lithium_un", &mut rules.lithium_un),
    ] {
        if let Some(entry) = section.get(key) {
            *list = entry.texts(un_number, complaints);
        }
    }
    let mut number = |key: &str, range| section.get(key).and_then(|entry| entry.whole(range, complaints));
    if let Some(boxes) = number("limited_boxes", 0..=100_000).and_then(|boxes| u32::try_from(boxes).ok()) {
        rules.limited_boxes = boxes;
    }
    if let Some(level) = number("segregation_level", 0..=4).and_then(|level| u8::try_from(level).ok()) {
        rules.segregation_level = level;
    }
    if let Some(priority) = section
        .get("reefer_priority")
        .and_then(|entry| entry.choice(priority, &PRIORITIES, complaints))
    {
        rules.reefer_priority = priority;
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
