//! `quaylight backup`, `restore` and `verify`: their options.

use super::{complain, print};
use crate::backup::{self, BackupError, Said};
use crate::serve::bar_style;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// The options of `quaylight backup`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Backup {
    /// The data directory; a server may run on it
    #[arg(long, value_name = "DIR", default_value = super::DATA)]
    pub data: PathBuf,
    /// The directory of the backup, which is made
    #[arg(value_name = "TO")]
    pub to: PathBuf,
}

/// The options of `quaylight restore`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Restore {
    /// The directory of the backup
    #[arg(value_name = "FROM")]
    pub from: PathBuf,
    /// The data directory, which has to be empty or is made
    #[arg(long, value_name = "DIR", default_value = super::DATA)]
    pub data: PathBuf,
}

/// The options of `quaylight verify`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Verify {
    /// The data directory, on which a server may run, or the directory of a backup
    #[arg(long, value_name = "DIR", default_value = super::DATA)]
    pub data: PathBuf,
}

impl Backup {
    /// Makes the backup, with a progress bar.
    pub fn run(&self) -> ExitCode {
        end(with_bar(|bar| backup::make(&self.data, &self.to, bar)))
    }
}

impl Restore {
    /// Brings the backup back, with a progress bar.
    pub fn run(&self) -> ExitCode {
        end(with_bar(|bar| backup::restore(&self.from, &self.data, bar)))
    }
}

impl Verify {
    /// Says what is wrong, or how much is right.
    pub fn run(&self) -> ExitCode {
        end(with_bar(|bar| backup::verify(&self.data, bar)))
    }
}

/// One bar for each part of the work.
fn with_bar(
    work: impl FnOnce(&mut backup::Progress<'_>) -> Result<Said, BackupError>,
) -> Result<Said, BackupError> {
    let bar = indicatif::ProgressBar::new(0);
    let mut showing = "";
    let result = work(&mut |what, done, of| {
        if what != showing {
            showing = what;
            bar.reset();
            bar.set_style(bar_style(what));
        }
        bar.set_length(of);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    result
}

fn end(result: Result<Said, BackupError>) -> ExitCode {
    match result {
        Ok(said) => {
            print(said);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(format_args!("quaylight: {error}"));
            ExitCode::FAILURE
        }
    }
}
