//! The program `quaylight`.

use api::cli::{Cli, Command};
use api::import;
use api::serve::serve;
use api::serving::log::{self, Format};
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

/// Calls look things up where they run, and may wait there for the engine for a moment: two that do must not stop all
/// others on a small machine.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from).max(4)
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    log::start(match &command {
        Command::Serve(options) => options.log,
        _ => Format::Text,
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads())
        .enable_all()
        .build();
    let runtime = match runtime {
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
