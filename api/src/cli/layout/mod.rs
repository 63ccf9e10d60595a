//! `quaylight layout`.

/// From a terminal's list of blocks to our GeoJSON.
pub mod convert;

use super::{complain, print};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The options of `quaylight layout`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Layout {
    /// What to do.
    #[command(subcommand)]
    pub command: LayoutCommand,
}

/// What to do with a layout.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum LayoutCommand {
    /// Print a terminal's JSON list of blocks as the GeoJSON that `layout` in a configuration names
    Convert {
        /// The list: objects with block, direction, maxBay, maxRow, maxTier, isEmpty, x, y, width, height
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

impl Layout {
    /// Does it.
    pub fn run(&self) -> ExitCode {
        let LayoutCommand::Convert { file } = &self.command;
        match convert_file(file) {
            Ok(converted) => {
                for note in &converted.notes {
                    complain(format_args!("{}: {note}", file.display()));
                }
                print(converted.geojson);
                ExitCode::SUCCESS
            }
            Err(reasons) => {
                for reason in reasons.lines() {
                    complain(format_args!("{}: {reason}", file.display()));
                }
                ExitCode::FAILURE
            }
        }
    }
}

fn convert_file(file: &Path) -> Result<convert::Converted, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("cannot be read: {error}"))?;
    convert::convert(&text).map_err(|error| error.to_string())
}
