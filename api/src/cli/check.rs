//! `quaylight check`.

use super::{complain, print};
use crate::config::{Configuration, duration};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// The options of `quaylight check`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Check {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
}

impl Check {
    /// Prints everything that is wrong, one line each; or one line saying what is configured.
    pub fn run(&self) -> ExitCode {
        match Configuration::load(&self.config) {
            Ok(configuration) => {
                for warning in &configuration.warnings {
                    complain(format_args!("{}: {warning}", self.config.display()));
                }
                print(format_args!(
                    "{}: {}",
                    self.config.display(),
                    summary(&configuration)
                ));
                ExitCode::SUCCESS
            }
            Err(error) => {
                complain(error);
                ExitCode::FAILURE
            }
        }
    }
}

/// One line saying what is configured.
pub fn summary(configuration: &Configuration) -> String {
    let sites: Vec<String> = configuration
        .sites
        .iter()
        .map(|site| {
            let (blocks, slots) = (site.layout.blocks().len(), site.layout.slots());
            format!(
                "{} with {} and {}",
                site.code,
                count(blocks, "block"),
                count(slots, "slot")
            )
        })
        .collect();
    let clearance = &configuration.clearance;
    format!(
        "good: {}; {}; target {}, {}; access {}",
        sites.join(", "),
        count(configuration.rules.overtime.len(), "overtime limit"),
        duration::write(clearance.target_seconds),
        count(clearance.baselines.len(), "baseline"),
        configuration.access.name(),
    )
}

fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
