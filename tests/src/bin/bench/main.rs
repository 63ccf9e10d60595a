//! `cargo xtask bench`: what the project promises, measured in one run, as ratios where that can be.
//!
//! These machines are noisy: rounds of what is compared take turns, and medians are printed. Everything runs
//! against the built program, from outside.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

mod arrival;
mod events;
mod http;
mod ingest;
mod load;
mod page;
mod parcels;
mod program;
mod start;

use std::process::ExitCode;

/// One bench.
type Bench = fn(&Options) -> Result<(), String>;

/// Which benches run; all of them when none is named.
const BENCHES: [(&str, Bench); 6] = [
    ("ingest", ingest::bench),
    ("arrival", arrival::bench),
    ("load", load::bench),
    ("page", page::bench),
    ("parcels", parcels::bench),
    ("start", start::bench),
];

/// What was asked for.
struct Options {
    /// A tenth of the work, to see that everything runs.
    quick: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let options = Options {
        quick: arguments.iter().any(|argument| argument == "--quick"),
    };
    let named: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let mut failed = false;
    for (name, bench) in BENCHES {
        if !named.is_empty() && !named.contains(&name) {
            continue;
        }
        println!("== {name}");
        if let Err(error) = bench(&options) {
            println!("{name} failed: {error}");
            failed = true;
        }
    }
    if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
