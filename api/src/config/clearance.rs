//! What clearance times are held against.

use super::sites::bilingual;
use super::toml_value::{Complaints, Entry, Section};
use shared::event::Direction;
use shared::wire::figures::Baseline;
use shared::wire::site::Name;

/// The target and the baselines of overall clearance (`semantics.md` §5).
#[derive(Clone, Debug, PartialEq)]
pub struct Clearance {
    /// A stay within this many seconds is within target.
    pub target_seconds: u64,
    /// Earlier and published figures to compare with; the first is the one that rows name. A configuration that has
    /// any replaces those that come with the program.
    pub baselines: Vec<Baseline>,
}

impl Default for Clearance {
    fn default() -> Clearance {
        Clearance {
            target_seconds: 24 * 3_600,
            baselines: published(),
        }
    }
}

/// The national averages of overall clearance that were published, in hundredths of an hour (`domain.md` §5).
const PUBLISHED: [(&str, &str, u64, u64); 5] = [
    ("2017", "2017 年", 9_739, 1_229),
    ("December 2019", "2019 年 12 月", 3_670, 260),
    ("December 2020", "2020 年 12 月", 3_491, 178),
    ("June 2021", "2021 年 6 月", 3_668, 183),
    ("2022", "2022 年", 3_202, 103),
];

fn published() -> Vec<Baseline> {
    let seconds = |hundredths: u64| Some(hundredths * 36);
    let baseline = |(en, zh, import, export): (&str, &str, u64, u64)| Baseline {
        name: Name {
            en: en.to_owned(),
            zh: zh.to_owned(),
        },
        import_seconds: seconds(import),
        export_seconds: seconds(export),
        source: Some(Name {
            en: "National average, published by the General Administration of Customs of China".to_owned(),
            zh: "全国平均，中国海关总署公布".to_owned(),
        }),
        published: true,
    };
    PUBLISHED.map(baseline).to_vec()
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
    clearance.baselines.clear();
    for section in entry.sections(&["name", "import", "export", "source"], complaints) {
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
                format!("the baseline `{}` stands there twice", baseline.name.en),
            );
        }
        clearance.baselines.push(baseline);
    }
    clearance
}

fn baseline(section: &Section<'_, '_>, complaints: &mut Complaints) -> Option<Baseline> {
    let name = section
        .need("name", complaints)
        .and_then(|entry| bilingual(&entry, complaints));
    let (import, export) = (section.get("import"), section.get("export"));
    if import.is_none() && export.is_none() {
        complaints.at(section.at, "the baseline has neither `import` nor `export`");
    }
    let import_seconds = import.and_then(|entry| entry.duration(complaints));
    let export_seconds = export.and_then(|entry| entry.duration(complaints));
    let source = section
        .get("source")
        .and_then(|entry| bilingual(&entry, complaints));
    Some(Baseline {
        name: name?,
        import_seconds,
        export_seconds,
        source,
        published: false,
    })
}
