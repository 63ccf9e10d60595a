//! `cargo xtask bench`: what the project promises, measured.

use crate::build;
use crate::command;
use crate::error::Error;
use crate::project::Project;
use crate::setup::browser;

/// Those that measure the server's own code from inside.
const INSIDE: [&str; 3] = ["alarms", "figures", "lists"];

/// Builds the program, then lets the bench run it; those from inside come behind. Names choose some of them.
pub fn bench(project: &Project, arguments: &[String]) -> Result<(), Error> {
    let browser = browser::install(project)?;
    let program = build::build(project)?;
    let mut cargo = project.cargo();
    cargo
        .args(["run", "--release", "--package", "tests", "--bin", "bench", "--"])
        .args(arguments);
    cargo.env("QUAYLIGHT_BIN", program);
    browser.tell(&mut cargo);
    let named: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let is_wanted = |name: &str| named.is_empty() || named.contains(&name);
    if named.is_empty() || named.iter().any(|name| !INSIDE.contains(name)) {
        command::run(&mut cargo)?;
    }
    for name in INSIDE.into_iter().filter(|name| is_wanted(name)) {
        println!("== {name}");
        let mut cargo = project.cargo();
        cargo.args(["bench", "--package", "api", "--bench", name, "--"]);
        cargo.args(arguments.iter().filter(|argument| argument.starts_with("--")));
        command::run(&mut cargo)?;
    }
    Ok(())
}
