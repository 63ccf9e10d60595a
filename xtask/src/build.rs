//! `cargo xtask build`: the page, then the program that carries it.

use std::fs;
use std::path::PathBuf;

use crate::command;
use crate::error::Error;
use crate::page;
use crate::project::Project;
use crate::sbom;
use crate::setup;

/// Installs what is missing, builds both, and hands back where the program is.
pub fn build(project: &Project) -> Result<PathBuf, Error> {
    let wasm = setup::for_build(project)?;
    page::build(project, &wasm)?;
    let program = program(project)?;
    sbom::write(project)?;
    Ok(program)
}

/// Builds the program around the page that is there.
pub fn program(project: &Project) -> Result<PathBuf, Error> {
    println!("program: cargo build --release");
    command::run(project.cargo().args(["build", "--release", "--package", "api"]))?;
    let built = project.target().join("release/quaylight");
    let expected = project.binary();
    // Only where the outside has moved cargo's folder.
    if built != expected {
        if let Some(folder) = expected.parent() {
            fs::create_dir_all(folder).map_err(Error::file(folder))?;
        }
        // Copied beside and renamed: a program that is running can't be written to.
        let beside = expected.with_extension("new");
        fs::copy(&built, &beside).map_err(Error::file(&built))?;
        fs::rename(&beside, &expected).map_err(Error::file(&expected))?;
    }
    Ok(expected)
}
