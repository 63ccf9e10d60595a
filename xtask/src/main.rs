//! The project's own commands.
//!
//! `cargo xtask run` builds everything and serves the demo, `cargo xtask test` proves it. Both install what
//! they need first, into `.tools` (which git ignores), and skip what is there.

#![allow(clippy::print_stdout, reason = "a command speaks to the person who typed it")]

mod bench;
mod build;
mod command;
mod contract;
mod error;
mod fuzz;
mod page;
mod pictures;
mod project;
mod run;
mod samples;
mod sbom;
mod server;
mod setup;
mod size;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Error;
use crate::project::Project;

/// Quaylight's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and serve the demo; the server prints the address to open
    Run {
        /// Further arguments for `quaylight serve`, after `--`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Build the page and the program that carries it, `target/release/quaylight`
    Build,
    /// Check and test everything, in a real browser too
    Test {
        /// Run the long tests as well
        #[arg(long)]
        long: bool,
    },
    /// Measure what the project promises
    Bench {
        /// Arguments for the bench, after `--`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Take pictures of every page into `target/pictures`, each by itself and side by side
    Pictures {
        /// Which, and how: `--page yard --size desk|wall|phone --theme light|dark --language en|zh --whole`, or
        /// `--readme` for those of the README
        #[arg(allow_hyphen_values = true, trailing_var_arg = true)]
        arguments: Vec<String>,
    },
    /// Let a generator of requests hold the running server against `api/openapi.json`
    Contract {
        /// A header for every request, as `Name: value`
        #[arg(long)]
        header: Vec<String>,
        /// Many more requests
        #[arg(long)]
        long: bool,
    },
    /// Let libFuzzer make up inputs for every parser and for the whole way of a message
    Fuzz {
        /// One of native, dcsa, edifact, path, queries, texts; without it all
        target: Option<String>,
        /// For so long each
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// So many executions each instead
        #[arg(long)]
        executions: Option<u64>,
    },
    /// Post every message in a folder to a fresh server and say what became of each
    Samples {
        /// The folder with the messages
        folder: PathBuf,
        /// Further arguments for `quaylight serve`, after `--`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    match Project::find().and_then(|project| perform(&project, task)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn perform(project: &Project, task: Task) -> Result<(), Error> {
    match task {
        Task::Run { arguments } => run::run(project, &arguments),
        Task::Build => build::build(project).map(drop),
        Task::Test { long } => test::test(project, long),
        Task::Bench { arguments } => bench::bench(project, &arguments),
        Task::Pictures { arguments } => pictures::pictures(project, &arguments),
        Task::Contract { header, long } => {
            build::build(project)?;
            let headers = &header;
            contract::contract(project, &contract::Wanted { headers, long })
        }
        Task::Fuzz {
            target,
            seconds,
            executions,
        } => {
            let bound = executions.map_or(fuzz::Bound::Seconds(seconds), fuzz::Bound::Executions);
            fuzz::fuzz(project, target.as_deref(), bound)
        }
        Task::Samples { folder, arguments } => samples::samples(project, &folder, &arguments),
    }
}
