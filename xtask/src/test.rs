//! `cargo xtask test`: everything that has to hold, in one command.

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::build;
use crate::command;
use crate::contract;
use crate::error::Error;
use crate::page;
use crate::project::Project;
use crate::setup::wasm_target::{TARGET, WasmStd};
use crate::setup::{self, axe, browser, deny, oidc_provider, schemathesis};
use crate::size;

/// What has been done so far, and how long each took.
struct Report {
    began: Instant,
    lines: Vec<(String, Duration)>,
}

impl Report {
    fn new() -> Report {
        Report {
            began: Instant::now(),
            lines: Vec::new(),
        }
    }

    /// Does two things at a time: each has long stretches in which one core alone has something to do. Both go to their
    /// end, so that what stands in the summary of one does not hang on the other.
    fn beside<A: Send>(
        &mut self,
        one: impl FnOnce(&mut Report) -> Result<A, Error> + Send,
        other: impl FnOnce(&mut Report) -> Result<(), Error>,
    ) -> Result<A, Error> {
        let (first, second) = thread::scope(|scope| {
            let first = scope.spawn(|| {
                let mut report = Report::new();
                (one(&mut report), report.lines)
            });
            let second = other(self);
            (first.join(), second)
        });
        // A panic of ours goes on as one.
        let (first, lines) = first.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        self.lines.extend(lines);
        second?;
        first
    }

    fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        println!("== {name}");
        let started = Instant::now();
        let result = work();
        let name = if result.is_ok() {
            name.to_owned()
        } else {
            format!("{name}: FAILED")
        };
        self.lines.push((name, started.elapsed()));
        result
    }

    fn print(&self) {
        println!("== summary");
        for (name, took) in &self.lines {
            println!("  {:>7.1} s  {name}", took.as_secs_f64());
        }
        println!(
            "  {:>7.1} s  together, some of it at the same time",
            self.began.elapsed().as_secs_f64()
        );
    }
}

/// Runs every step, cheapest first, and stops at the first that fails.
pub fn test(project: &Project, long: bool) -> Result<(), Error> {
    let mut report = Report::new();
    let result = steps(project, long, &mut report);
    report.print();
    result
}

fn steps(project: &Project, long: bool, report: &mut Report) -> Result<(), Error> {
    report.step("format", || {
        command::run(project.cargo().args(["fmt", "--all", "--check"]))
    })?;
    let (wasm, browser, axe, provider) = report.step("set-up", || {
        let wasm = setup::for_build(project)?;
        deny::install(project)?;
        schemathesis::install(project)?;
        Ok((
            wasm,
            browser::install(project)?,
            axe::install(project)?,
            oidc_provider::install(project)?,
        ))
    })?;
    report.beside(
        |report| {
            report.step("clippy, page", || page_clippy(project, &wasm))?;
            report.step("page", || page::build(project, &wasm))
        },
        |report| {
            report.step("clippy, server", || {
                command::run(clippy(project).args(["--all-targets", "--", "-D", "warnings"]))
            })?;
            report.step("licences, bans, sources", || {
                command::run(deny_check(project).args(["licenses", "bans", "sources"]))
            })?;
            report.step("advisories", || advisories(project))?;
            // Without the page, which is being made: what carries it is compiled behind this.
            report.step("server", || {
                let server = ["build", "--quiet", "--release", "--package", "api", "--lib"];
                command::run(project.cargo().args(server))
            })
        },
    )?;
    let program = report.step("program", || build::program(project))?;
    report.step("size of the page", || size::check(project))?;
    report.beside(
        |report| {
            report.step("calls against their description", || {
                let headers = &[];
                contract::contract(project, &contract::Wanted { headers, long })
            })
        },
        |report| {
            report.step("compiling the tests", || {
                for package in [&[][..], &PAGE] {
                    command::run(
                        project
                            .cargo()
                            .args(["test", "--quiet", "--no-run"])
                            .args(package),
                    )?;
                }
                Ok(())
            })
        },
    )?;
    report.step("tests", || {
        // Everything but the page's own crate: what of it needs no browser comes next.
        let mut cargo = project.cargo();
        cargo.args(["test", "--quiet"]).env("QUAYLIGHT_BIN", &program);
        browser.tell(&mut cargo);
        axe.tell(&mut cargo);
        provider.tell(&mut cargo);
        if long {
            cargo.env("QUAYLIGHT_LONG", "1");
        }
        command::run(&mut cargo)
    })?;
    report.step("tests of the page without a browser", || {
        command::run(project.cargo().args(["test", "--quiet"]).args(PAGE))
    })
}

/// The page's own crate, which is compiled for this machine only to be tested.
const PAGE: [&str; 2] = ["--package", "frontend"];

fn clippy(project: &Project) -> Command {
    let mut cargo = project.cargo();
    cargo.args(["clippy", "--quiet"]);
    cargo
}

/// The page's code as the browser gets it. Where Debian's compiler builds it, clippy has no standard library for
/// wasm, and looks at it as code for this machine.
fn page_clippy(project: &Project, wasm: &WasmStd) -> Result<(), Error> {
    let mut cargo = clippy(project);
    cargo
        .args(["--package", "frontend"])
        .env("CARGO_TARGET_DIR", project.path("target/client"));
    if matches!(wasm, WasmStd::Installed) {
        wasm.prepare(project, &mut cargo);
        cargo.args(["--target", TARGET]);
    }
    command::run(cargo.args(["--", "-D", "warnings"]))
}

fn deny_check(project: &Project) -> Command {
    let program = project
        .find_program("cargo-deny")
        .unwrap_or_else(|| "cargo-deny".into());
    let mut deny = command::clean(program);
    deny.current_dir(project.root())
        .args(["--log-level", "error", "check", "--hide-inclusion-graph"]);
    deny
}

/// Known holes in what we use. Their list has to be downloaded; without it the rest of the tests still counts.
fn advisories(project: &Project) -> Result<(), Error> {
    let (content, answer) = command::probe(deny_check(project).arg("advisories"));
    if content {
        return Ok(());
    }
    if answer.contains("advisory database") || answer.contains("advisory-db") {
        println!("  not checked: the list of advisories could not be downloaded");
        return Ok(());
    }
    println!("{answer}");
    Err(Error::Wrong(
        "a crate in Cargo.lock has a known problem, described above; update or replace it".to_owned(),
    ))
}
