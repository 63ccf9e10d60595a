//! Calling other programs.

use std::env;
use std::ffi::OsStr;
use std::process::{Command, Stdio};

use crate::error::Error;

/// A command without what cargo has put into the environment for this program only: build scripts that look at
/// those variables would otherwise run again, since they differ from a call by hand.
pub fn clean(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_BIN_NAME" {
            command.env_remove(&name);
        }
    }
    // Nobody watches progress there, and it buries what counts.
    if env::var_os("CI").is_some() {
        command.env("CARGO_TERM_QUIET", "true");
    }
    command
}

/// Runs it to its end; what it says goes to the terminal.
pub fn run(command: &mut Command) -> Result<(), Error> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|source| start(command, source))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(command, &status.to_string()))
    }
}

/// Runs it to its end and hands back what it wrote to its standard output.
pub fn read(command: &mut Command) -> Result<String, Error> {
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(|source| start(command, source))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(failed(command, &output.status.to_string()))
    }
}

/// Runs it silently: what it wrote to both outputs, and whether it was content. A program that is not there is
/// not content.
pub fn probe(command: &mut Command) -> (bool, String) {
    match command.stdin(Stdio::null()).output() {
        Ok(output) => {
            let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
            text.push_str(&String::from_utf8_lossy(&output.stderr));
            (output.status.success(), text)
        }
        Err(_) => (false, String::new()),
    }
}

/// The command as one would type it.
pub fn line(command: &Command) -> String {
    let mut line = name(command);
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

/// For a program that could not be started.
pub fn start(command: &Command, source: std::io::Error) -> Error {
    Error::Start {
        program: name(command),
        source,
    }
}

fn failed(command: &Command, status: &str) -> Error {
    Error::Failed {
        command: line(command),
        status: status.to_owned(),
    }
}

/// The program's name without its folder.
fn name(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    program
        .file_name()
        .unwrap_or(program.as_os_str())
        .to_string_lossy()
        .into_owned()
}
