//! `cargo xtask bench`: what the project promises, measured.

use crate::build;
use crate::command;
use crate::error::Error;
use crate::project::Project;
use crate::setup::browser;

/// Builds the program, then lets the bench run it.
pub fn bench(project: &Project, arguments: &[String]) -> Result<(), Error> {
    let browser = browser::install(project)?;
    let program = build::build(project)?;
    let mut cargo = project.cargo();
    cargo
        .args(["run", "--release", "--package", "tests", "--bin", "bench", "--"])
        .args(arguments);
    cargo.env("QUAYLIGHT_BIN", program);
    browser.tell(&mut cargo);
    command::run(&mut cargo)
}
