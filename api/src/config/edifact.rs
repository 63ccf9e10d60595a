//! `[edifact.senders."NAME"]`: what senders of EDIFACT mean.

use super::toml_value::{Complaints, Entry};
use crate::feeds::EdifactSettings;
use shared::event::Node;
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// Reads the settings of the senders.
pub fn read(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> EdifactSettings {
    let mut settings = EdifactSettings::default();
    let senders = entry
        .section(&["senders"], complaints)
        .and_then(|section| section.get("senders"))
        .and_then(|entry| entry.open_section(complaints));
    for (sender, _, entry) in senders.iter().flat_map(|senders| senders.entries()) {
        let codes = entry
            .section(&["codes"], complaints)
            .and_then(|section| section.need("codes", complaints))
            .map(|entry| codes(&entry, complaints));
        settings
            .codes
            .insert(SmolStr::new(sender), codes.unwrap_or_default());
    }
    settings
}

fn codes(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> BTreeMap<SmolStr, Node> {
    let mut codes = BTreeMap::new();
    let Some(section) = entry.open_section(complaints) else {
        return codes;
    };
    for (code, at, entry) in section.entries() {
        // BGM 1001 is an..3.
        if !(1..=3).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let reason = format!("`{code}` is no document code: BGM 1001 has one to three letters or digits");
            complaints.at(at, reason);
        }
        let known = ["discharge", "load", "gate_in", "gate_out"];
        let read = |name: &str| known.contains(&name).then(|| name.parse().ok()).flatten();
        if let Some(node) = entry.choice(read, &known, complaints) {
            codes.insert(SmolStr::new(code), node);
        }
    }
    codes
}
