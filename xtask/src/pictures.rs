//! `cargo xtask pictures`: every page as a person sees it.

use crate::build;
use crate::command;
use crate::error::Error;
use crate::project::Project;
use crate::setup::browser;

/// Builds the program, then lets the pictures be taken of it.
pub fn pictures(project: &Project, arguments: &[String]) -> Result<(), Error> {
    let browser = browser::install(project)?;
    let program = build::build(project)?;
    let mut cargo = project.cargo();
    cargo
        .args(["run", "--quiet", "--package", "tests", "--bin", "pictures", "--"])
        .args(arguments);
    cargo.env("QUAYLIGHT_BIN", program);
    browser.tell(&mut cargo);
    command::run(&mut cargo)
}
