//! From the file to the configuration.

use super::toml_value::{Complaints, Section};
use super::{
    Configuration, ConfigurationError, Position, Problem, access, clearance, edifact, parcels, positions,
    release_desk, rules, server, sites, stream, throughput,
};
use std::path::Path;
use toml::de::DeTable;

const KEYS: [&str; 14] = [
    "site",
    "overtime",
    "alarm",
    "storage",
    "suppress",
    "position",
    "clearance",
    "throughput",
    "access",
    "edifact",
    "stream",
    "server",
    "parcels",
    "release_desk",
];

impl Configuration {
    /// Reads a configuration file. Layouts lie relative to it.
    pub fn load(path: &Path) -> Result<Configuration, ConfigurationError> {
        let file = path.display().to_string();
        let refused = |position, reason: String| ConfigurationError {
            problems: vec![Problem {
                file: file.clone(),
                position,
                reason,
            }],
        };
        let bytes = std::fs::read(path).map_err(|error| refused(None, format!("cannot be read: {error}")))?;
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let readable = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let position = Position::of(&readable, readable.len());
            refused(Some(position), "this is no UTF-8".to_owned())
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Configuration::read(text, &file, folder)
    }

    /// Reads a configuration. `file` is its name in what is wrong, and layouts lie relative to `folder`.
    pub fn read(text: &str, file: &str, folder: &Path) -> Result<Configuration, ConfigurationError> {
        let mut complaints = Complaints::default();
        let (document, mistakes) = DeTable::parse_recoverable(text);
        for mistake in &mistakes {
            let at = mistake.span().map_or(0, |span| span.start);
            complaints.at(at, format!("this is no TOML: {}", mistake.message()));
        }
        // What a wrong line meant is anybody's guess, so nothing is said of its values.
        let configuration = match complaints.0.is_empty() {
            true => read_document(document.get_ref(), folder, &mut complaints),
            false => Configuration::default(),
        };
        let Complaints(mut found) = complaints;
        if found.is_empty() {
            return Ok(configuration);
        }
        found.sort();
        let problems = found
            .into_iter()
            .map(|(offset, reason)| Problem {
                file: file.to_owned(),
                position: Some(Position::of(text, offset)),
                reason,
            })
            .collect();
        Err(ConfigurationError { problems })
    }
}

fn read_document(table: &DeTable<'_>, folder: &Path, complaints: &mut Complaints) -> Configuration {
    let root = Section::root(table, &KEYS, complaints);
    let mut configuration = Configuration::default();
    if let Some(entry) = root.get("site") {
        configuration.sites = sites::read(&entry, folder, complaints);
        configuration.warnings = configuration
            .sites
            .iter()
            .filter_map(sites::unaddressed)
            .collect();
    }
    if let Some(entry) = root.get("overtime") {
        configuration.rules.overtime = rules::overtime(&entry, complaints);
    }
    if let Some(entry) = root.get("alarm") {
        rules::kinds(&entry, &mut configuration.rules, complaints);
    }
    if let Some(entry) = root.get("storage") {
        configuration.rules.storage = rules::storage(&entry, complaints);
    }
    if let Some(entry) = root.get("suppress") {
        configuration.rules.suppress = rules::suppress(&entry, complaints);
    }
    if let Some(entry) = root.get("position") {
        configuration.positions = positions::read(&entry, complaints);
    }
    if let Some(entry) = root.get("clearance") {
        configuration.clearance = clearance::read(&entry, complaints);
    }
    if let Some(entry) = root.get("throughput") {
        configuration.throughput = throughput::read(&entry, folder, complaints);
    }
    if let Some(entry) = root.get("access") {
        configuration.access =
            access::read(&entry, folder, &configuration.sites, complaints).unwrap_or_default();
    }
    if let Some(entry) = root.get("edifact") {
        configuration.edifact = edifact::read(&entry, complaints);
    }
    if let Some(entry) = root.get("stream") {
        configuration.stream = stream::read(&entry, complaints).unwrap_or_default();
    }
    if let Some(entry) = root.get("server") {
        configuration.server = server::read(&entry, folder, complaints);
    }
    if let Some(entry) = root.get("parcels") {
        configuration.parcels = parcels::read(&entry, folder, complaints);
    }
    if let Some(entry) = root.get("release_desk") {
        configuration.release_desk = release_desk::read(&entry, folder, &configuration.sites, complaints);
    }
    configuration
}
