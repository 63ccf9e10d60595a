//! `quaylight audit`.

use super::{complain, print};
use crate::access::audit::{Head, verify};
use crate::access::store::{AccessStore, FILE, StoreError};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The options of `quaylight audit`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Audit {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Go through the audit log's chain of hashes, and print its head. The server may run
    Verify {
        /// The data directory, or a backup
        #[arg(long, value_name = "DIR", default_value = super::DATA)]
        data: PathBuf,
        /// A head that was noted earlier, as this command or the server's log printed it: it must be in the log
        #[arg(long, value_name = "NUMBER:HASH", value_parser = noted)]
        head: Option<(u64, String)>,
    },
}

fn noted(text: &str) -> Result<(u64, String), String> {
    let (number, hash) = text.split_once(':').ok_or("write NUMBER:HASH")?;
    let number = number
        .parse()
        .map_err(|_| "what stands before the colon is no number")?;
    Ok((number, hash.to_lowercase()))
}

/// Why the log could not be verified.
#[derive(Debug, thiserror::Error)]
enum VerifyError {
    #[error("{0} has no access.db: the server has not run with accounts there")]
    Nothing(PathBuf),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Audit {
    /// Does it.
    pub fn run(&self) -> ExitCode {
        let Command::Verify { data, head } = &self.command;
        match run(data, head.as_ref()) {
            Ok(head) => {
                print(format_args!(
                    "the audit log holds together: {} entries, head {head}",
                    head.sequence
                ));
                ExitCode::SUCCESS
            }
            Err(error) => {
                complain(format_args!("quaylight: {error}"));
                ExitCode::FAILURE
            }
        }
    }
}

fn run(data: &Path, head: Option<&(u64, String)>) -> Result<Head, VerifyError> {
    if !data.join(FILE).exists() {
        return Err(VerifyError::Nothing(data.to_owned()));
    }
    let store = AccessStore::open_to_read(data)?;
    Ok(verify(
        &store,
        head.map(|(number, hash)| (*number, hash.as_str())),
    )?)
}
