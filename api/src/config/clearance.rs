//! What clearance times are held against.

use super::toml_value::{Complaints, Entry, Section};
use shared::event::Direction;
use smol_str::SmolStr;

/// The target and the baselines of overall clearance (`semantics.md` §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearance {
    /// A stay within this many seconds is within target.
    pub target_seconds: u64,
    /// Earlier figures to compare with; the first is the one that figures name.
    pub baselines: Vec<Baseline>,
}

/// Overall clearance as it once was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// Its name, such as the year.
    pub name: SmolStr,
    /// Import, in seconds.
    pub import_seconds: Option<u64>,
    /// Export, in seconds.
    pub export_seconds: Option<u64>,
}

impl Default for Clearance {
    fn default() -> Clearance {
        Clearance {
            target_seconds: 24 * 3_600,
            baselines: Vec::new(),
        }
    }
}

impl Clearance {
    /// What the first baseline says of a direction.
    pub fn baseline_seconds(&self, direction: Direction) -> Option<u64> {
        let first = self.baselines.first()?;
        match direction {
            Direction::Import => first.import_seconds,
            Direction::Export => first.export_seconds,
            Direction::Transshipment | Direction::Domestic => None,
        }
    }
}

/// Reads `[clearance]`.
pub fn read(entry: &Entry<'_, '_>, complaints: &mut Complaints) -> Clearance {
    let mut clearance = Clearance::default();
    let Some(section) = entry.section(&["target", "baseline"], complaints) else {
        return clearance;
    };
    if let Some(seconds) = section.get("target").and_then(|entry| entry.duration(complaints)) {
        clearance.target_seconds = seconds;
    }
    let Some(entry) = section.get("baseline") else {
        return clearance;
    };
    for section in entry.sections(&["name", "import", "export"], complaints) {
        let Some(baseline) = baseline(&section, complaints) else {
            continue;
        };
        if clearance
            .baselines
            .iter()
            .any(|other| other.name == baseline.name)
        {
            complaints.at(
                section.at,
                format!("the baseline `{}` stands there twice", baseline.name),
            );
        }
        clearance.baselines.push(baseline);
    }
    clearance
}

fn baseline(section: &Section<'_, '_>, complaints: &mut Complaints) -> Option<Baseline> {
    let name = section
        .need("name", complaints)
        .and_then(|entry| entry.text(complaints));
    let (import, export) = (section.get("import"), section.get("export"));
    if import.is_none() && export.is_none() {
        complaints.at(section.at, "the baseline has neither `import` nor `export`");
    }
    let import_seconds = import.and_then(|entry| entry.duration(complaints));
    let export_seconds = export.and_then(|entry| entry.duration(complaints));
    Some(Baseline {
        name: name?.into(),
        import_seconds,
        export_seconds,
    })
}
