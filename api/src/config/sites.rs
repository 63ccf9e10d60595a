//! `[[site]]`: the sites and their yards.

use super::site::Site;
use super::toml_value::{Complaints, Entry, Section};
use jiff::tz::TimeZone;
use shared::place::is_unlocode;
use shared::wire::site::Name;
use shared::yard::{Layout, SlotPattern, builtin, geojson};
use smol_str::SmolStr;
use std::path::Path;
use std::sync::Arc;

const KEYS: [&str; 8] = [
    "code",
    "name",
    "locations",
    "zone",
    "slot_pattern",
    "layout",
    "stacking_reported",
    "sources",
];
const LONGEST_CODE: usize = 40;

/// Reads the sites; layout files lie relative to `folder`.
pub fn read(entry: &Entry<'_, '_>, folder: &Path, complaints: &mut Complaints) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    for section in entry.some_sections(&KEYS, complaints) {
        let site = read_site(&section, folder, complaints);
        if sites.iter().any(|other| other.code == site.code) {
            let at = section.get("code").map_or(section.at, |code| code.at);
            complaints.at(at, format!("`site.code` is `{}` a second time", site.code));
        }
        for location in &site.locations {
            let taken = sites.iter().find(|other| other.locations.contains(location));
            if let (Some(other), Some(entry)) = (taken, section.get("locations")) {
                let reason = format!(
                    "has `{location}`, which means the site {} already; each means one site",
                    other.code
                );
                entry.refuse(&reason, complaints);
            }
        }
        sites.push(site);
    }
    sites
}

/// What is not said of a site: the built-in one's settings when it has that code or none, else nothing but
/// the yard and the zone.
fn unsaid(code: SmolStr) -> Site {
    let built_in = Site::default();
    if code == built_in.code {
        return built_in;
    }
    Site {
        name: Name {
            en: code.to_string(),
            zh: code.to_string(),
        },
        code,
        locations: Vec::new(),
        sources: Vec::new(),
        ..built_in
    }
}

fn read_site(section: &Section<'_, '_>, folder: &Path, complaints: &mut Complaints) -> Site {
    let code = section.get("code").and_then(|entry| code(&entry, complaints));
    let mut site = match code {
        Some(code) => unsaid(code),
        None => Site::default(),
    };
    if let Some(entry) = section.get("name")
        && let Some(name) = bilingual(&entry, complaints)
    {
        site.name = name;
    }
    if let Some(entry) = section.get("locations") {
        site.locations = entry.texts(
            |text| match is_unlocode(text) {
                true => Ok(()),
                false => Err("is no UN/LOCODE such as CNTXG"),
            },
            complaints,
        );
    }
    if let Some(entry) = section.get("zone")
        && let Some((zone, zone_name)) = zone(&entry, complaints)
    {
        (site.zone, site.zone_name) = (zone, zone_name);
    }
    if let Some(entry) = section.get("stacking_reported") {
        site.stacking_reported = entry.boolean(complaints).unwrap_or(site.stacking_reported);
    }
    if let Some(entry) = section.get("sources") {
        site.sources = entry.texts(|_| Ok(()), complaints);
    }
    if let Some(layout) = layout(section, folder, complaints) {
        site.layout = Arc::new(layout);
    }
    site
}

fn code(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> Option<SmolStr> {
    let code = entry.text(complaints)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if code.len() > LONGEST_CODE || !code.chars().all(fits) {
        let reason = format!(
            "is `{code}`; it stands in addresses, so it must be at most {LONGEST_CODE} letters, digits, `-`, \
             `_` and `.`"
        );
        entry.refuse(&reason, complaints);
        return None;
    }
    Some(code.into())
}

/// A text in both languages: a table of `en` and `zh`, one of which stands for both, or one text for both.
pub fn bilingual(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> Option<Name> {
    if !entry.is_table() {
        let both = entry.text(complaints)?.to_owned();
        return Some(Name {
            en: both.clone(),
            zh: both,
        });
    }
    let section = entry.section(&["en", "zh"], complaints)?;
    let mut of = |language| section.get(language)?.text(complaints).map(str::to_owned);
    match (of("en"), of("zh")) {
        (Some(en), Some(zh)) => Some(Name { en, zh }),
        (Some(only), None) | (None, Some(only)) => Some(Name {
            en: only.clone(),
            zh: only,
        }),
        (None, None) => None,
    }
}

fn zone(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> Option<(TimeZone, String)> {
    let name = entry.text(complaints)?;
    match TimeZone::get(name) {
        Ok(zone) => {
            let name = zone.iana_name().unwrap_or(name).to_owned();
            Some((zone, name))
        }
        Err(_) => {
            let reason = format!("is `{name}`, which is no IANA time zone such as Asia/Shanghai");
            entry.refuse(&reason, complaints);
            None
        }
    }
}

/// The yard, from its file or built in, with its slot pattern; `None` when neither is configured.
fn layout(section: &Section<'_, '_>, folder: &Path, complaints: &mut Complaints) -> Option<Layout> {
    let pattern_entry = section.get("slot_pattern");
    let pattern = match &pattern_entry {
        None => SlotPattern::default(),
        Some(entry) => match SlotPattern::parse(entry.text(complaints)?) {
            Ok(pattern) => pattern,
            Err(error) => {
                entry.refuse(&format!("is wrong: {error}"), complaints);
                return None;
            }
        },
    };
    let (entry, named, text) = match (section.get("layout"), pattern_entry) {
        (Some(entry), _) => {
            let file = entry.text(complaints)?;
            match std::fs::read_to_string(folder.join(file)) {
                Ok(text) => (entry, format!("`{file}`"), text),
                Err(error) => {
                    entry.refuse(&format!("is `{file}`, which cannot be read: {error}"), complaints);
                    return None;
                }
            }
        }
        (None, Some(entry)) => {
            let text = geojson::write(&builtin::layout()).to_string();
            (entry, "the built-in layout".to_owned(), text)
        }
        (None, None) => return None,
    };
    match geojson::read(&text, pattern) {
        Ok(layout) => Some(layout),
        Err(error) => {
            for line in error.to_string().lines() {
                entry.refuse(&format!("does not fit: {named}: {line}"), complaints);
            }
            None
        }
    }
}

/// A sentence for a site whose yard has blocks that no address can mean.
pub fn unaddressed(site: &Site) -> Option<String> {
    let names: Vec<String> = geojson::unaddressed(&site.layout)
        .map(|block| format!("`{}`", block.name))
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "site {}: no slot address of the pattern `{}` can mean the blocks {}, whose names are longer or shorter; \
             they are drawn and stay empty",
            site.code,
            site.layout.pattern.as_str(),
            names.join(", ")
        )
    })
}
