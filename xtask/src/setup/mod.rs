//! What the project needs on a machine, installed where it is missing: one tool a file.
//!
//! Each says in one line what it does, and nothing when there is nothing to do. Our own tools go into
//! `.tools`, which git ignores; only the browser, which no one can put into a folder, comes from the system.

pub mod apt;
pub mod axe;
pub mod browser;
mod cargo_tool;
pub mod compiler;
pub mod deny;
mod npm;
pub mod oidc_provider;
pub mod schemathesis;
pub mod trunk;
pub mod wasm_bindgen;
pub mod wasm_opt;
pub mod wasm_target;

use crate::command;
use crate::error::Error;
use crate::project::Project;
use wasm_target::WasmStd;

/// Everything that page and program need. Hands back how the page's code finds its standard library.
pub fn for_build(project: &Project) -> Result<WasmStd, Error> {
    compiler::check(project)?;
    let wasm = wasm_target::install(project)?;
    wasm_opt::install(project)?;
    trunk::install(project)?;
    wasm_bindgen::install(project)?;
    // Trunk builds offline, so that it never downloads tools of its own; the crates have to be here by then,
    // those of the standard library too where it is built from source.
    let mut fetch = project.cargo();
    wasm.prepare(project, &mut fetch);
    command::run(fetch.args(["fetch", "--quiet", "--target", wasm_target::TARGET]))?;
    Ok(wasm)
}

/// The one way in which set-up speaks.
fn say(tool: &str, what: &str) {
    println!("set-up: {tool}: {what}");
}
