//! What strangers send, made up by libFuzzer. One program for all targets, since linking takes longest: the
//! environment variable QUAYLIGHT_FUZZ says which one runs, QUAYLIGHT_FUZZ_SEEDS where its first inputs and its words
//! are to be written instead. `cargo xtask fuzz` does both.

#![cfg_attr(fuzzing, no_main)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "whatever is not as it must be is a finding"
)]

/// The page's own reader of JSON.
#[path = "../../frontend/src/client/reader/json.rs"]
#[allow(dead_code, missing_docs, reason = "the page uses the rest of it")]
mod page_json;
mod path;
mod queries;
mod readers;
mod seeds;
mod texts;

/// Runs one input; panics when something is not as it must be.
type Target = fn(&[u8]);

/// Every target, by name.
const TARGETS: [(&str, Target); 6] = [
    ("native", readers::native),
    ("dcsa", readers::dcsa),
    ("edifact", readers::edifact),
    ("path", path::path),
    ("queries", queries::queries),
    ("texts", texts::texts),
];

fn chosen() -> Target {
    let name = std::env::var("QUAYLIGHT_FUZZ").unwrap_or_default();
    let found = TARGETS.into_iter().find(|(own, _)| *own == name);
    let (_, target) = found.unwrap_or_else(|| {
        let names = TARGETS.map(|(name, _)| name).join(", ");
        panic!("QUAYLIGHT_FUZZ is `{name}`, and has to be one of {names}")
    });
    if let Some(folder) = std::env::var_os("QUAYLIGHT_FUZZ_SEEDS") {
        seeds::write(folder.as_ref(), &name);
        std::process::exit(0);
    }
    target
}

#[cfg(fuzzing)]
mod driven {
    use std::sync::OnceLock;

    static TARGET: OnceLock<super::Target> = OnceLock::new();

    libfuzzer_sys::fuzz_target!(
        init: { TARGET.get_or_init(super::chosen); },
        |data: &[u8]| TARGET.get_or_init(super::chosen)(data)
    );
}

/// Without libFuzzer: runs the inputs in the files that are named.
#[cfg(not(fuzzing))]
fn main() {
    let target = chosen();
    for file in std::env::args_os().skip(1) {
        target(&std::fs::read(file).expect("the file of an input"));
    }
}
