//! Schemathesis, which tests the calls against their description, from PyPI. Only tests need it.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use super::{apt, say};
use crate::command;
use crate::error::Error;
use crate::project::Project;

/// What is installed, to the last package; its own version stands in it as well.
const REQUIREMENTS: &str = "tests/contract/requirements.txt";

/// Installs it where it is missing, and hands back where the program is.
pub fn install(project: &Project) -> Result<PathBuf, Error> {
    let folder = project.tools().join("schemathesis");
    let program = folder.join("bin/schemathesis");
    let file = project.path(REQUIREMENTS);
    let wanted = fs::read_to_string(&file).map_err(Error::file(&file))?;
    // What was installed from is laid beside it: another list is another installation.
    let stamp = folder.join("requirements.txt");
    if program.is_file() && fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(program);
    }
    say("schemathesis", "installing it with pip into .tools");
    let _ = fs::remove_dir_all(&folder);
    let environment = || command::probe(command::clean("python3").args(["-m", "venv"]).arg(&folder));
    // Debian has Python without the part that makes environments.
    if !environment().0 {
        apt::install("Python for the tests of the calls", &["python3", "python3-venv"])?;
        let _ = fs::remove_dir_all(&folder);
        let (content, answer) = environment();
        if !content {
            return Err(Error::Wrong(format!(
                "python3 could not make an environment in {}: {}",
                folder.display(),
                answer.trim()
            )));
        }
    }
    // Every package is named, so none is looked for beyond them.
    let mut pip = command::clean(folder.join("bin/pip"));
    pip.args([
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--requirement",
    ]);
    command::run(pip.arg(&file).stdout(Stdio::null()))?;
    command::run(
        command::clean(folder.join("bin/pip"))
            .args(["check", "--disable-pip-version-check"])
            .stdout(Stdio::null()),
    )?;
    fs::write(&stamp, wanted).map_err(Error::file(&stamp))?;
    Ok(program)
}
