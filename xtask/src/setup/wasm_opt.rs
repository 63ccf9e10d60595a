//! wasm-opt, which makes the wasm small, from npm's binaryen. Debian 12's own is too old: what it writes fails
//! in the browser.

use super::say;
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
    if !command::probe(command::clean("npm").arg("--version")).0 {
        return Err(Error::Missing(
            "npm: not found, and wasm-opt comes with it. Install Node.js with npm (on Debian: `apt-get install npm`), \
             then call this command again"
                .to_owned(),
        ));
    }
    say(
        "wasm-opt",
        &format!("installing binaryen {VERSION} with npm into .tools"),
    );
    let mut npm = command::clean("npm");
    npm.args([
        "install",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        "--prefix",
    ]);
    npm.arg(project.tools().join("binaryen"))
        .arg(format!("binaryen@{VERSION}"));
    npm.current_dir(project.root())
        .stdout(std::process::Stdio::null());
    command::run(&mut npm)?;
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
