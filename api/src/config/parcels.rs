//! `[parcels]`: how documents of parcels are held against each other, and what raises an alarm about them.

use super::toml_value::{Complaints, Entry};
use shared::parcels::ParcelRules;
use smol_str::SmolStr;
use std::path::{Path, PathBuf};

/// How documents of parcels are held against each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcels {
    /// Limits and tolerances, and who is registered.
    pub rules: ParcelRules,
    /// A parcel that is released within so many seconds of its receipt is within target.
    pub target_seconds: u64,
    /// A parcel that lacks a document for longer raises an alarm.
    pub incomplete_after_seconds: u64,
    /// A party that sends nothing for longer is silent.
    pub silent_after_seconds: u64,
    /// So many times its usual share of mismatches raises an alarm, in thousandths …
    pub mismatch_over: u32,
    /// … from this share on, in thousandths.
    pub mismatch_least: u32,
    /// Where the key of identity numbers lies; in the data directory where nothing is said.
    pub key_file: Option<PathBuf>,
    /// So many parcels that are done stay in memory.
    pub cache: usize,
}

impl Default for Parcels {
    fn default() -> Parcels {
        Parcels {
            rules: ParcelRules::default(),
            target_seconds: 600,
            incomplete_after_seconds: 1_800,
            silent_after_seconds: 300,
            mismatch_over: 2_000,
            mismatch_least: 10,
            key_file: None,
            cache: 20_000,
        }
    }
}

const KEYS: [&str; 13] = [
    "tolerance_share",
    "tolerance",
    "order_limit",
    "year_limit",
    "target",
    "incomplete_after",
    "silent_after",
    "mismatch_over",
    "mismatch_least",
    "enterprises",
    "enterprises_file",
    "key_file",
    "cache",
];

/// Reads `[parcels]`. Its files lie relative to `folder`.
pub fn read(entry: &Entry<'_, '_>, folder: &Path, complaints: &mut Complaints) -> Parcels {
    let mut parcels = Parcels::default();
    let Some(section) = entry.section(&KEYS, complaints) else {
        return parcels;
    };
    let rules = &mut parcels.rules;
    if let Some(share) = section
        .get("tolerance_share")
        .and_then(|entry| entry.thousandths(1, complaints))
    {
        rules.tolerance_millionths = share * 1_000;
    }
    for (name, amount) in [
        ("tolerance", &mut rules.tolerance),
        ("order_limit", &mut rules.order_limit),
        ("year_limit", &mut rules.year_limit),
    ] {
        if let Some(read) = section.get(name).and_then(|entry| entry.amount(complaints)) {
            *amount = read;
        }
    }
    if let Some(entry) = section.get("enterprises") {
        let register = rules.enterprises.get_or_insert_default();
        register.extend(
            entry
                .texts::<&str>(|_| Ok(()), complaints)
                .into_iter()
                .map(SmolStr::new),
        );
    }
    if let Some(entry) = section.get("enterprises_file")
        && let Some(file) = entry.text(complaints)
    {
        match std::fs::read_to_string(folder.join(file)) {
            Ok(text) => rules.enterprises.get_or_insert_default().extend(register(&text)),
            Err(error) => entry.refuse(&format!("is `{file}`, which cannot be read: {error}"), complaints),
        }
    }
    for (name, seconds) in [
        ("target", &mut parcels.target_seconds),
        ("incomplete_after", &mut parcels.incomplete_after_seconds),
        ("silent_after", &mut parcels.silent_after_seconds),
    ] {
        if let Some(read) = section.get(name).and_then(|entry| entry.duration(complaints)) {
            *seconds = read;
        }
    }
    if let Some(entry) = section.get("mismatch_over")
        && let Some(times) = entry.thousandths(1_000, complaints)
    {
        parcels.mismatch_over = times;
        if times < 1_000 {
            entry.refuse("is below 1; what is usual would raise an alarm", complaints);
        }
    }
    if let Some(share) = section
        .get("mismatch_least")
        .and_then(|entry| entry.thousandths(1, complaints))
    {
        parcels.mismatch_least = share;
    }
    if let Some(file) = section.get("key_file").and_then(|entry| entry.text(complaints)) {
        parcels.key_file = Some(folder.join(file));
    }
    if let Some(cache) = section
        .get("cache")
        .and_then(|entry| entry.whole(0..=10_000_000, complaints))
    {
        parcels.cache = usize::try_from(cache).unwrap_or(usize::MAX);
    }
    parcels
}

/// The codes of a register: the first column of each line, without a head and without what stands behind `#`.
fn register(text: &str) -> impl Iterator<Item = SmolStr> {
    text.lines().filter_map(|line| {
        let line = line.split('#').next()?;
        let code = line.split([',', ';', '\t']).next()?.trim().trim_matches('"');
        let is_code = code.bytes().any(|byte| byte.is_ascii_digit());
        is_code.then(|| SmolStr::new(code))
    })
}

#[cfg(test)]
mod tests {
    use super::super::Configuration;
    use super::*;
    use shared::parcels::Fen;

    fn read(text: &str, folder: &Path) -> Parcels {
        Configuration::read(text, "quaylight.toml", folder)
            .unwrap()
            .parcels
    }

    #[test]
    fn limits_are_read_to_the_fen_and_a_register_from_list_and_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("register.csv"),
            "code,name\n3301960A01,\"A\"\n# 1\n3302,B\n",
        )
        .unwrap();
        let text = "[parcels]\ntolerance_share = 0.05\ntolerance = 0.5\norder_limit = \"6000\"\nyear_limit = 30_000\n\
                    target = \"5m\"\nenterprises = [\"E1\"]\nenterprises_file = \"register.csv\"\nkey_file = \"k\"\n";
        let parcels = read(text, folder.path());
        let rules = &parcels.rules;
        assert_eq!((rules.tolerance_millionths, rules.tolerance), (50_000, Fen(50)));
        assert_eq!(
            (rules.order_limit, rules.year_limit),
            (Fen(600_000), Fen(3_000_000))
        );
        assert_eq!(parcels.target_seconds, 300);
        let mut register: Vec<_> = rules.enterprises.iter().flatten().map(SmolStr::as_str).collect();
        register.sort_unstable();
        assert_eq!(register, ["3301960A01", "3302", "E1"]);
        assert_eq!(parcels.key_file, Some(folder.path().join("k")));
        assert_eq!(read("", folder.path()), Parcels::default());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (line, reason) in [
            ("tolerance = -1", "below zero"),
            ("order_limit = 5000.001", "decimals"),
            ("mismatch_over = 0.5", "below 1"),
            ("enterprises_file = \"none.csv\"", "cannot be read"),
            ("limit = 5000", "unknown"),
        ] {
            let text = format!("[parcels]\n{line}\n");
            let error = Configuration::read(&text, "q.toml", Path::new(""))
                .unwrap_err()
                .to_string();
            assert!(error.contains(reason) && error.contains(":2:"), "{error}");
        }
    }
}
