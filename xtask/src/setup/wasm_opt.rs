//! wasm-opt, which makes the wasm small, from npm's binaryen. Debian 12's own is too old: what it writes fails
//! in the browser.

use super::npm;
use crate::command;
use crate::error::Error;
use crate::project::Project;

/// The flags in `page/trim.rs` were tried with this one.
const VERSION: &str = "132";

/// Installs it where it is missing.
pub fn install(project: &Project) -> Result<(), Error> {
    if is_there(project) {
        return Ok(());
    }
    npm::install(project, "binaryen", "binaryen", VERSION)?;
    if is_there(project) {
        Ok(())
    } else {
        Err(Error::Wrong(format!(
            "binaryen was installed and its wasm-opt still does not say version {VERSION}; remove .tools/binaryen and \
             try again"
        )))
    }
}

fn is_there(project: &Project) -> bool {
    let Some(program) = project.find_program("wasm-opt") else {
        return false;
    };
    let (content, answer) = command::probe(command::clean(program).arg("--version"));
    content && answer.split_whitespace().any(|word| word == VERSION)
}
