//! The program `quaylight`.

use api::cli::{Cli, Command};
use api::import;
use api::serve::serve;
use clap::Parser as _;
use std::io::Write as _;
use std::process::ExitCode;

mod embedded;

/// Folding makes and drops many small things: with the system's allocator, making and dropping them led the
/// profile of the engine.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Prints a line for the person who started the program; nobody may be reading any more.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

fn complain(error: &dyn std::fmt::Display) -> ExitCode {
    let _ = writeln!(std::io::stderr().lock(), "quaylight: {error}");
    ExitCode::FAILURE
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let command = Cli::parse().command;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&format!("no threads can be started: {error}")),
    };
    match command {
        Command::Serve(options) => match runtime.block_on(serve(&options, embedded::PAGE.as_ref(), &say)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => complain(&error),
        },
        Command::Import(options) => match runtime.block_on(import::import(&options, &say)) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => complain(&error),
        },
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Verify(verify) => verify.run(),
        Command::Check(check) => check.run(),
        Command::Layout(layout) => layout.run(),
        Command::Access(access) => access.run(),
        Command::Audit(audit) => audit.run(),
    }
}
