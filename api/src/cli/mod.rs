//! The command line (`interface.md` §1).

/// `quaylight access`.
pub mod access;
/// `quaylight audit`.
pub mod audit;
/// `quaylight backup`, `restore` and `verify`.
pub mod backup;
/// `quaylight check`.
pub mod check;
/// `quaylight import`.
pub mod import;
/// `quaylight layout`.
pub mod layout;
/// `quaylight serve`.
pub mod serve;

pub use access::Access;
pub use audit::Audit;
pub use backup::{Backup, Restore, Verify};
pub use check::Check;
use clap::{Parser, Subcommand};
pub use import::{Format, Import, Target};
pub use layout::Layout;
pub use serve::Serve;
use std::fmt::Display;
use std::io::Write;

/// Where the journal is kept when nothing else is said.
pub const DATA: &str = "data";

/// Supervision of customs ports: boxes, alarms and clearance times, live.
#[derive(Clone, Debug, Parser)]
#[command(name = "quaylight", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Take messages, judge them, and serve the page
    Serve(Serve),
    /// Take the messages of files, with a progress bar
    Import(Import),
    /// Copy a data directory, also while a server runs on it
    Backup(Backup),
    /// Bring a backup back into an empty data directory
    Restore(Restore),
    /// Hold a data directory or a backup against its checksums
    Verify(Verify),
    /// Say what is wrong with a configuration, with line and reason
    Check(Check),
    /// Work on yard layouts
    Layout(Layout),
    /// Make a one-time link, for whoever can no longer sign in
    Access(Access),
    /// Verify the audit log
    Audit(Audit),
}

/// Prints the result of a command. Nobody may be reading any more, which is no mistake.
fn print(text: impl Display) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints what is wrong or odd.
fn complain(text: impl Display) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests;
