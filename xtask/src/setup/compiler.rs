//! The C compiler, which SQLite and the linking of every program need.

use super::apt;
use crate::command;
use crate::error::Error;
use crate::project::Project;

/// The C++ compiler, which libFuzzer needs.
pub fn check_cpp() -> Result<(), Error> {
    if command::probe(command::clean("c++").arg("--version")).0 {
        return Ok(());
    }
    apt::install("C++ compiler for fuzzing", &["g++"])
}

/// Says so in a sentence where it is missing, before cargo does so in a hundred lines.
pub fn check(_project: &Project) -> Result<(), Error> {
    if command::probe(command::clean("cc").arg("--version")).0 {
        return Ok(());
    }
    apt::install("C compiler", &["gcc", "libc6-dev"])
}
