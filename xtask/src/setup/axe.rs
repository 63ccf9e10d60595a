//! axe-core, which finds what keeps people from using a page, from npm. Only tests need it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::npm;
use crate::error::Error;
use crate::project::Project;

/// A newer one may find more.
const VERSION: &str = "4.14.1";

/// Where axe is.
pub struct Axe {
    script: PathBuf,
}

impl Axe {
    /// Tells a test where.
    pub fn tell(&self, command: &mut Command) {
        command.env("AXE", &self.script);
    }
}

/// Installs it where it is missing.
pub fn install(project: &Project) -> Result<Axe, Error> {
    let folder = project.tools().join("axe");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if !is_there(&script) {
        npm::install(project, "axe", "axe-core", VERSION)?;
    }
    if is_there(&script) {
        Ok(Axe { script })
    } else {
        Err(Error::Wrong(format!(
            "axe-core was installed and is still not version {VERSION}; remove {} and try again",
            folder.display()
        )))
    }
}

/// The script begins with a line that says its version.
fn is_there(script: &PathBuf) -> bool {
    let begin = fs::read_to_string(script).unwrap_or_default();
    begin.starts_with(&format!("/*! axe v{VERSION}\n"))
}
