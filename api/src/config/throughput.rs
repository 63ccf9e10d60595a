//! Years of throughput that were not counted here.

use super::sites::bilingual;
use super::toml_value::{Complaints, Entry};
use shared::wire::figures::AnnualThroughput;
use shared::wire::site::Name;
use std::path::Path;

/// What throughput is shown beside.
#[derive(Clone, Debug, PartialEq)]
pub struct Throughput {
    /// Years by TEU, the earliest first. A configuration that has any replaces those that come with the program.
    pub annual: Vec<AnnualThroughput>,
}

/// Ten thousand TEU a year, in hundredths, as Tianjin published them (`domain.md` §5).
const PUBLISHED: [(u64, u64); 7] = [
    (2018, 160_000),
    (2019, 173_000),
    (2020, 183_500),
    (2021, 202_600),
    (2022, 210_070),
    (2023, 221_700),
    (2024, 232_800),
];

/// The latest year that can be entered: figures of the future are none.
const YEARS: std::ops::RangeInclusive<u64> = 1950..=2100;

impl Default for Throughput {
    fn default() -> Throughput {
        let year = |(year, hundredths): (u64, u64)| AnnualThroughput {
            year,
            teu: (hundredths * 100) as f64,
            source: Some(Name {
                en: "Port of Tianjin, published annual throughput".to_owned(),
                zh: "天津港，公布的年吞吐量".to_owned(),
            }),
            published: true,
        };
        Throughput {
            annual: PUBLISHED.map(year).to_vec(),
        }
    }
}

/// Reads `[throughput]`. A file of years lies relative to `folder`.
pub fn read(entry: &Entry<'_, '_>, folder: &Path, complaints: &mut Complaints) -> Throughput {
    let Some(section) = entry.section(&["annual", "annual_csv"], complaints) else {
        return Throughput::default();
    };
    let (annual, file) = (section.get("annual"), section.get("annual_csv"));
    if annual.is_none() && file.is_none() {
        return Throughput::default();
    }
    let mut years = Vec::new();
    for section in annual
        .map(|entry| entry.sections(&["year", "teu", "source"], complaints))
        .unwrap_or_default()
    {
        let year = section
            .need("year", complaints)
            .and_then(|entry| entry.whole(YEARS, complaints));
        let teu = section
            .need("teu", complaints)
            .and_then(|entry| entry.whole(0..=1_000_000_000, complaints));
        let source = section
            .get("source")
            .and_then(|entry| bilingual(&entry, complaints));
        if let (Some(year), Some(teu)) = (year, teu) {
            add(&mut years, entered(year, teu as f64, source), |reason| {
                complaints.at(section.at, reason);
            });
        }
    }
    if let Some(entry) = file
        && let Some(name) = entry.text(complaints)
    {
        match std::fs::read_to_string(folder.join(name)) {
            Err(error) => entry.refuse(&format!("names {name}, which can't be read: {error}"), complaints),
            Ok(text) => read_csv(&text, &mut years, |line, reason| {
                entry.refuse(
                    &format!("names {name}, whose line {line} is wrong: {reason}"),
                    complaints,
                );
            }),
        }
    }
    years.sort_by_key(|year| year.year);
    Throughput { annual: years }
}

fn entered(year: u64, teu: f64, source: Option<Name>) -> AnnualThroughput {
    AnnualThroughput {
        year,
        teu,
        source,
        published: false,
    }
}

fn add(years: &mut Vec<AnnualThroughput>, year: AnnualThroughput, mut complain: impl FnMut(String)) {
    if years.iter().any(|other| other.year == year.year) {
        complain(format!("the year {} stands there twice", year.year));
    } else {
        years.push(year);
    }
}

/// Reads lines of year, TEU and, where there is one, source; a first line of names is left out.
fn read_csv(text: &str, years: &mut Vec<AnnualThroughput>, mut complain: impl FnMut(usize, String)) {
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let mut parts = line
            .splitn(3, [',', ';', '\t'])
            .map(|part| part.trim().trim_matches('"'));
        let (year, teu) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if line.trim().is_empty() || (index == 0 && year.parse::<u64>().is_err()) {
            continue;
        }
        let source = parts
            .next()
            .filter(|source| !source.is_empty())
            .map(|source| Name {
                en: source.to_owned(),
                zh: source.to_owned(),
            });
        let year_read = year.parse().ok().filter(|year| YEARS.contains(year));
        let teu_read = teu.parse::<f64>().ok().filter(|teu| *teu >= 0.0 && *teu <= 1e9);
        match (year_read, teu_read) {
            (Some(year), Some(teu)) => {
                add(years, entered(year, teu, source), |reason| {
                    complain(index + 1, reason);
                });
            }
            (None, _) => complain(index + 1, format!("`{year}` is no year from 1950 to 2100")),
            (_, None) => complain(
                index + 1,
                format!("`{teu}` is no number of TEU, such as 20260000"),
            ),
        }
    }
}
