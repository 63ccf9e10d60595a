//! Tools that are written in Rust, installed by cargo into our own folder.

use super::say;
use crate::command;
use crate::error::Error;
use crate::project::Project;

/// One such tool.
pub struct CargoTool<'a> {
    /// The crate.
    pub package: &'a str,
    /// The program in it.
    pub program: &'a str,
    /// The version, exactly.
    pub version: &'a str,
    /// How long it takes, for the person who waits.
    pub takes: &'a str,
}

impl CargoTool<'_> {
    /// Installs it unless it is there in the right version, ours or the system's.
    pub fn install(&self, project: &Project) -> Result<(), Error> {
        if self.is_there(project) {
            return Ok(());
        }
        say(
            self.package,
            &format!("compiling {} into .tools, once; {}", self.version, self.takes),
        );
        // Without optimisation: they don't need to be fast, and take a quarter of the time to build. One folder
        // for all of them, since they share crates, and so that an interrupted set-up goes on where it stopped.
        let mut cargo = project.cargo();
        cargo.args(["install", self.package, "--version", self.version]);
        cargo
            .args(["--locked", "--debug", "--force", "--quiet", "--root"])
            .arg(project.tools());
        cargo.arg("--target-dir").arg(project.path("target/tools"));
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
        command::run(&mut cargo)?;
        if self.is_there(project) {
            Ok(())
        } else {
            Err(Error::Wrong(format!(
                "{} was installed and still does not say that it is {}; remove .tools and try again",
                self.program, self.version
            )))
        }
    }

    fn is_there(&self, project: &Project) -> bool {
        let Some(program) = project.find_program(self.program) else {
            return false;
        };
        let mut version = command::clean(program);
        let (content, answer) = command::probe(version.arg("--version").env_remove("NO_COLOR"));
        content && answer.split_whitespace().any(|word| word == self.version)
    }
}
