//! `cargo xtask contract`: the calls of a running server against their description, by a generator of requests.
//!
//! Schemathesis makes requests up after `api/openapi.json`, those that fit and those that do not, and holds every
//! answer against it: no 500, no status, header, type or shape that is not described, nothing taken that the
//! description refuses, no method answered that is not there.

mod description;
mod found;
mod sent;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::command;
use crate::error::Error;
use crate::project::Project;
use crate::server::Server;
use crate::setup::schemathesis;

/// Cases that are made up for each call, beside those for every border of its parameters.
const CASES: u32 = 15;
/// The same with `--long`.
const CASES_LONG: u32 = 1_000;

/// How, and with what.
pub struct Wanted<'a> {
    /// Headers that every request carries, as `Name: value`: a session's cookie, a key.
    pub headers: &'a [String],
    /// Many more cases.
    pub long: bool,
}

/// Starts a server, sends it some messages, and lets the generator at it.
pub fn contract(project: &Project, wanted: &Wanted) -> Result<(), Error> {
    let schemathesis = schemathesis::install(project)?;
    let folder = project.path("target/contract");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(Error::file(&folder))?;

    let server = Server::start(project, &[])?.with_headers(wanted.headers)?;
    let file = sent::something_of_everything(project, &server)?;
    let mut words = found::in_lists(&server)?;
    words.insert("files", vec![file]);
    let file = project.path("api/openapi.json");
    let described = fs::read_to_string(&file).map_err(Error::file(&file))?;
    let described: Value = serde_json::from_str(&described)
        .map_err(|error| Error::Wrong(format!("api/openapi.json is no JSON: {error}")))?;
    let described = description::for_schemathesis(described);
    write(&folder.join("openapi.json"), &described.to_string())?;
    let how = project.path("tests/contract/schemathesis.toml");
    let how = fs::read_to_string(&how).map_err(Error::file(&how))?;
    let hooks = project.path("tests/contract/hooks.py");
    fs::copy(&hooks, folder.join("hooks.py")).map_err(Error::file(&hooks))?;
    write(
        &folder.join("schemathesis.toml"),
        &format!("{how}\n[dictionaries]\n{}", found::as_toml(&words)),
    )?;

    let mut run = command::clean(schemathesis);
    run.current_dir(&folder)
        .args([
            "--config-file",
            "schemathesis.toml",
            "run",
            "openapi.json",
            "--no-color",
        ])
        .args(["--url", &server.url("")])
        .args([
            "--max-examples",
            &(if wanted.long { CASES_LONG } else { CASES }).to_string(),
        ])
        .args(["--report", "json", "--report-json-path", "report.json"]);
    for header in wanted.headers {
        run.args(["--header", header]);
    }
    let (content, said) = command::probe(&mut run);
    write(&folder.join("schemathesis.log"), &said)?;
    let report = folder.join("report.json");
    let report = fs::read_to_string(&report)
        .ok()
        .and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let Some(report) = report.filter(|_| content) else {
        println!("{said}");
        return Err(Error::Wrong(
            "answers are not what api/openapi.json says; each stands above with a request that shows it"
                .to_owned(),
        ));
    };
    println!("  {}", reached(&described, &report)?);
    Ok(())
}

/// Whether every call that is described answered with success at least once; without that nothing was tested.
fn reached(described: &Value, report: &Value) -> Result<String, Error> {
    let accepted = |phases: &Value| -> u64 {
        let phases = phases.as_object().into_iter().flatten();
        phases.filter_map(|(_, counts)| counts["accepted"].as_u64()).sum()
    };
    let mut calls = 0;
    let mut missed = Vec::new();
    for (path, item) in described["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let call = format!("{} {path}", method.to_uppercase());
            calls += 1;
            // With open access there are no accounts, and what was not understood most often is not the second time
            // either. What is done with one parcel or application fits one state of it, and a file is of a known kind
            // or none. `api/tests/openapi` holds all their answers against the description.
            let of_one = method != "get"
                && (path.contains("/parcels/{")
                    || path.contains("/release-desk/") && path.contains('{')
                    || path.ends_with("/release-desk/files"));
            let may_be_refused =
                operation["tags"] == serde_json::json!(["Access"]) || path.ends_with("/retry") || of_one;
            if !may_be_refused && accepted(&report["valid_rates"][&call]) == 0 {
                missed.push(call);
            }
        }
    }
    if !missed.is_empty() {
        return Err(Error::Wrong(format!(
            "no request to {} was answered with success, so its answer was not held against the description; \
             tests/contract/schemathesis.toml can say what is there",
            missed.join(", ")
        )));
    }
    let cases = &report["test_cases"]["generated"];
    Ok(format!(
        "{cases} requests to {calls} calls, each that can be with open access answered with success at least once (seed {})",
        report["seed"]
    ))
}

fn write(file: &Path, text: &str) -> Result<(), Error> {
    fs::write(file, text).map_err(Error::file(file))
}

#[cfg(test)]
mod tests {
    use super::reached;
    use serde_json::json;

    #[test]
    fn a_call_that_never_succeeds_is_missed() {
        let described = json!({"paths": {"/a": {"get": {}}, "/b": {"post": {}}}});
        let phases = |accepted: u64| json!({"coverage": {"accepted": 0}, "fuzzing": {"accepted": accepted}});
        let report = |b: u64| {
            json!({
                "seed": 7, "test_cases": {"generated": 12},
                "valid_rates": {"GET /a": phases(1), "POST /b": phases(b)}
            })
        };
        assert!(
            reached(&described, &report(1))
                .unwrap()
                .starts_with("12 requests to 2 calls")
        );
        let missed = reached(&described, &report(0)).unwrap_err().to_string();
        assert!(
            missed.contains("POST /b") && !missed.contains("GET /a"),
            "{missed}"
        );
    }
}
