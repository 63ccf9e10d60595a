//! Packages of the system, on Debian and its relatives.

use super::say;
use crate::command;
use crate::error::Error;

/// Installs packages where that is possible; otherwise says which they are.
pub fn install(purpose: &str, packages: &[&str]) -> Result<(), Error> {
    let list = packages.join(" ");
    if !has_apt() {
        return Err(Error::Missing(format!(
            "{purpose}: not found, and this system has no apt-get to install it with. Install what Debian calls \
             {list}, then call this command again"
        )));
    }
    if !is_root() {
        return Err(Error::Missing(format!(
            "{purpose}: not found, and only root can install it. Run `sudo apt-get install {list}`, then call this \
             command again"
        )));
    }
    say(purpose, &format!("installing {list} with apt-get"));
    command::run(apt().args(["-qq", "update"]))?;
    command::run(
        apt()
            .args(["-qq", "install", "--yes", "--no-install-recommends"])
            .args(packages),
    )
}

fn apt() -> std::process::Command {
    let mut apt = command::clean("apt-get");
    // Its progress goes nowhere; errors still come.
    apt.env("DEBIAN_FRONTEND", "noninteractive")
        .stdout(std::process::Stdio::null());
    apt
}

/// Whether this is a system with apt-get.
pub fn has_apt() -> bool {
    command::probe(command::clean("apt-get").arg("--version")).0
}

/// Whether we may install.
pub fn is_root() -> bool {
    command::probe(command::clean("id").arg("-u")).1.trim() == "0"
}
