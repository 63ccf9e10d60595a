//! `cargo xtask run`: the demo, served.

use std::os::unix::process::CommandExt;

use crate::build;
use crate::command;
use crate::error::Error;
use crate::project::Project;

/// Builds, then becomes the server, so that signals reach it and nothing of ours stays in between.
pub fn run(project: &Project, arguments: &[String]) -> Result<(), Error> {
    let program = build::build(project)?;
    let mut server = command::clean(program);
    server.current_dir(project.root()).args(["serve", "--demo"]);
    if !arguments
        .iter()
        .any(|argument| argument == "--data" || argument.starts_with("--data="))
    {
        server.args(["--data", "data"]);
    }
    server.args(arguments);
    let why = server.exec();
    Err(command::start(&server, why))
}
