//! `quaylight access`: the way back in for whoever runs the machine.

use super::{complain, print};
use crate::access::audit::{Deed, Doer, Entry};
use crate::access::records::Link;
use crate::access::secret::{digest, new_secret};
use crate::access::store::{AccessStore, FILE};
use crate::access::{AccessError, now};
use crate::routes::accounts::link_address;
use clap::{Args, Subcommand};
use shared::time::DAY;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The options of `quaylight access`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct Access {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Make a one-time link: to a new password of an account, or without a name to another administrator. The server
    /// may run
    Link {
        /// The data directory
        #[arg(long, value_name = "DIR", default_value = super::DATA)]
        data: PathBuf,
        /// The account
        #[arg(long)]
        name: Option<String>,
        /// The address under which browsers reach the server
        #[arg(long, value_name = "URL", default_value = "")]
        origin: String,
    },
}

impl Access {
    /// Does it.
    pub fn run(&self) -> ExitCode {
        let Command::Link { data, name, origin } = &self.command;
        match link(data, name.as_deref()) {
            Ok(secret) => {
                print(link_address(Some(origin.trim_end_matches('/')), &secret));
                ExitCode::SUCCESS
            }
            Err(error) => {
                complain(format_args!("quaylight: {error}"));
                ExitCode::FAILURE
            }
        }
    }
}

fn link(data: &Path, name: Option<&str>) -> Result<String, AccessError> {
    if !data.join(FILE).exists() {
        return Err(AccessError::NotFound(
            "access.db there: the server has not run with accounts in this directory",
        ));
    }
    let mut store = AccessStore::open(data)?;
    let account = match name {
        None => None,
        Some(name) => {
            let mut accounts = store.accounts()?.into_iter();
            let found = accounts.find(|account| account.name.to_lowercase() == name.to_lowercase());
            Some(found.ok_or(AccessError::NotFound("account of this name"))?)
        }
    };
    let (secret, now) = (new_secret()?, now());
    let link = Link {
        account: account.as_ref().map(|account| account.id.clone()),
        until: now.plus(DAY),
    };
    let doer = Doer {
        who: Some("the machine's administrator".to_owned()),
        ..Doer::default()
    };
    let subject = account.map_or_else(|| "another administrator".to_owned(), |account| account.name);
    store.write(|writing| {
        writing.link(&digest(&secret), &link)?;
        let entry = Entry {
            doer: &doer,
            deed: Deed::LinkMade,
            subject: &subject,
            detail: Some("quaylight access link"),
        };
        writing.audit(entry, now)
    })?;
    Ok(secret)
}
