//! Tools that are written in JavaScript, installed by npm into our own folder.

use std::process::Stdio;

use super::say;
use crate::command;
use crate::error::Error;
use crate::project::Project;

/// Installs a package in exactly this version, into a folder of its own below `.tools`.
pub fn install(project: &Project, folder: &str, package: &str, version: &str) -> Result<(), Error> {
    if !command::probe(command::clean("npm").arg("--version")).0 {
        return Err(Error::Missing(format!(
            "npm: not found, and {package} comes with it. Install Node.js with npm (on Debian: `apt-get install npm`), \
             then call this command again"
        )));
    }
    say(package, &format!("installing {version} with npm into .tools"));
    let mut npm = command::clean("npm");
    npm.args([
        "install",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        "--prefix",
    ]);
    npm.arg(project.tools().join(folder))
        .arg(format!("{package}@{version}"));
    npm.current_dir(project.root()).stdout(Stdio::null());
    command::run(&mut npm)
}
