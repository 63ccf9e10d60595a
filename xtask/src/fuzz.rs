//! `cargo xtask fuzz`: inputs that nobody thought of, made up by libFuzzer for every parser and for the whole way of a
//! message.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;

use crate::command;
use crate::error::Error;
use crate::project::Project;
use crate::setup::compiler;

/// Those of `fuzz/src/main.rs`. The slowest to find anything first, so that two at a time end together.
const TARGETS: [&str; 6] = ["path", "queries", "edifact", "dcsa", "native", "texts"];
/// Runs at once: a core each.
const AT_ONCE: usize = 2;

/// For how long.
#[derive(Clone, Copy)]
pub enum Bound {
    /// Seconds for each target.
    Seconds(u64),
    /// Executions of each parser. The whole way of a message starts a server twice for each, and a query goes through
    /// one: they have a share, see [`share`].
    Executions(u64),
}

/// What became of one target.
struct Ran {
    target: &'static str,
    executions: u64,
    seconds: u64,
    coverage: String,
    findings: Vec<PathBuf>,
    content: bool,
}

/// Builds the targets, runs those that are wanted (all without a name), and prints what they did.
pub fn fuzz(project: &Project, only: Option<&str>, bound: Bound) -> Result<(), Error> {
    let targets: Vec<&str> = TARGETS
        .into_iter()
        .filter(|target| only.is_none_or(|only| only == *target))
        .collect();
    if targets.is_empty() {
        return Err(Error::Wrong(format!(
            "there is no such target; there are {}",
            TARGETS.join(", ")
        )));
    }
    let program = build(project)?;
    let waiting = Mutex::new(targets.into_iter());
    let done = Mutex::new(Vec::new());
    let work = || -> Result<(), Error> {
        loop {
            let next = waiting.lock().ok().and_then(|mut waiting| waiting.next());
            let Some(target) = next else { return Ok(()) };
            let ran = run(project, &program, target, bound)?;
            if let Ok(mut done) = done.lock() {
                done.push(ran);
            }
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(|thread| {
            let died = |_| Error::Wrong("a thread that runs a target died".to_owned());
            thread.join().map_err(died)?
        });
        joined.collect::<Result<Vec<()>, Error>>()
    })?;
    report(project, &done.into_inner().unwrap_or_default())
}

/// The program with all targets. Only the project's own crates are built anew for it: what they use is what the tests
/// have built.
fn build(project: &Project) -> Result<PathBuf, Error> {
    compiler::check_cpp()?;
    let mut cargo = project.cargo();
    cargo.args(["build", "--quiet", "--package", "fuzz"]);
    cargo.env("RUSTC_WORKSPACE_WRAPPER", project.path("fuzz/instrument.sh"));
    cargo.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1");
    command::run(&mut cargo)?;
    Ok(project.target().join("debug/fuzz"))
}

fn run(project: &Project, program: &Path, target: &'static str, bound: Bound) -> Result<Ran, Error> {
    let folder = project.path("target/fuzz").join(target);
    let make = |name: &str| {
        let folder = folder.join(name);
        fs::create_dir_all(&folder)
            .map_err(Error::file(&folder))
            .map(|()| folder)
    };
    // What was found interesting is kept for the next run; findings of earlier runs are not.
    let (grown, findings) = (make("grown")?, folder.join("findings"));
    let _ = fs::remove_dir_all(&findings);
    make("findings")?;
    let mut seeds = command::clean(program);
    seeds
        .env("QUAYLIGHT_FUZZ", target)
        .env("QUAYLIGHT_FUZZ_SEEDS", &folder);
    command::run(seeds.stdout(Stdio::null()).stderr(Stdio::null()))?;

    let mut fuzzer = command::clean(program);
    fuzzer.env("QUAYLIGHT_FUZZ", target);
    // A server that fails on purpose says so at length.
    fuzzer.env("RUST_LOG", "off");
    fuzzer.args([
        "-max_len=8192",
        // Of the clock, not of the processor: other work may hold a run up.
        "-timeout=60",
        "-report_slow_units=60",
        "-rss_limit_mb=4096",
        "-print_final_stats=1",
    ]);
    fuzzer.arg(format!("-dict={}", folder.join("words").display()));
    fuzzer.arg(format!("-artifact_prefix={}/", findings.display()));
    fuzzer.arg(match bound {
        Bound::Seconds(seconds) => format!("-max_total_time={seconds}"),
        Bound::Executions(number) => format!("-runs={}", number / share(target)),
    });
    fuzzer.arg(&grown).arg(folder.join("corpus"));
    let started = std::time::Instant::now();
    let (content, said) = command::probe(&mut fuzzer);
    let log = folder.join("log");
    fs::write(&log, &said).map_err(Error::file(&log))?;
    let entries = fs::read_dir(&findings).map_err(Error::file(&findings))?;
    let findings: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    if !content {
        let panic = said
            .lines()
            .skip_while(|line| !line.contains("panicked at"))
            .take(6);
        let text: Vec<&str> = panic.collect();
        println!("  {target}: {}", text.join("\n    "));
    }
    Ok(Ran {
        target,
        executions: executions(&said),
        seconds: started.elapsed().as_secs().max(1),
        coverage: coverage(&said),
        findings,
        content,
    })
}

/// One execution of a target for so many of a parser: about the relation of their speeds.
fn share(target: &str) -> u64 {
    match target {
        "path" => 1_000,
        "queries" => 10,
        _ => 1,
    }
}

fn executions(said: &str) -> u64 {
    let line = said
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    line.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

/// Places that were reached, as libFuzzer counts them.
fn coverage(said: &str) -> String {
    let found = said.lines().rev().find_map(|line| line.split_once(" cov: "));
    let number = found.and_then(|(_, rest)| rest.split_whitespace().next());
    number.unwrap_or("0").to_owned()
}

fn report(project: &Project, ran: &[Ran]) -> Result<(), Error> {
    println!(
        "  {:<9} {:>12} {:>10} {:>9} {:>9}",
        "target", "executions", "a second", "coverage", "findings"
    );
    for ran in ran {
        println!(
            "  {:<9} {:>12} {:>10} {:>9} {:>9}",
            ran.target,
            ran.executions,
            ran.executions / ran.seconds,
            ran.coverage,
            ran.findings.len()
        );
    }
    let program = project.target().join("debug/fuzz");
    let wrong: Vec<String> = ran
        .iter()
        .filter(|ran| !ran.content || ran.executions == 0)
        .map(|ran| {
            let again = |input: &PathBuf| {
                format!(
                    "QUAYLIGHT_FUZZ={} {} {}",
                    ran.target,
                    program.display(),
                    input.display()
                )
            };
            let inputs: Vec<String> = ran.findings.iter().map(again).collect();
            match inputs.is_empty() {
                true => format!("{} did not run", ran.target),
                false => format!("{}; run it again: {}", ran.target, inputs.join("; ")),
            }
        })
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::Wrong(format!(
        "fuzzing found something (all that was said is in target/fuzz/TARGET/log):\n{}",
        wrong.join("\n")
    )))
}

#[cfg(test)]
mod tests {
    use super::{coverage, executions};

    #[test]
    fn what_libfuzzer_says_is_read() {
        let said = "#2 INITED cov: 10 ft: 11\n#80 NEW    cov: 12 ft: 14 corp: 3\nstat::number_of_executed_units: 4711\n";
        assert_eq!((executions(said), coverage(said).as_str()), (4711, "12"));
        assert_eq!((executions(""), coverage("").as_str()), (0, "0"));
    }
}
