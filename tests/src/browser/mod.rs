/// What its developer tools can do: memory, network, size of the window.
mod devtools;
/// Its keyboard and its pointer.
pub mod keys;

pub use devtools::Memory;

use crate::http::Client;
use crate::program::{empty_folder, free_port};
use crate::wait::until;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::{Value, json};
use std::env;
use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// No window, no person, no network of its own, and nothing kept.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1600,1000",
];

/// A line of the browser's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub level: String,
    /// Who wrote it: `console-api`, `javascript`, `network`, `security` …
    pub source: String,
    /// What it says.
    pub message: String,
}

/// A Chromium without a window, in a profile of its own, driven through chromedriver by the W3C's WebDriver.
///
/// What is needed of that protocol is five calls of JSON. Of the two crates that speak it one brings a licence
/// that `deny.toml` does not allow, and the other changes how `serde_json` orders objects in the whole
/// workspace, so the calls are made here.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    client: Client,
    session: String,
    process: Option<Pid>,
    folder: TempDir,
}

/// A program that the tests need: the one that a variable names, else one on the path.
#[track_caller]
fn needed(what: &str, variable: &str, names: &[&str]) -> PathBuf {
    if let Some(named) = env::var_os(variable)
        .filter(|named| !named.is_empty())
        .map(PathBuf::from)
    {
        assert!(
            named.is_file(),
            "{variable} names {}, which is no file; {what} is needed to test the page",
            named.display()
        );
        return named;
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let found = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    found.into_iter().find(|file| file.is_file()).unwrap_or_else(|| {
        panic!(
            "{what} is missing: neither does {variable} name it, nor is {} on the PATH; `cargo xtask test` installs \
             it, or on Debian `apt-get install chromium chromium-driver`",
            names.join(" or ")
        )
    })
}

impl Browser {
    /// Starts one.
    #[track_caller]
    pub fn start() -> Browser {
        let chromium = needed(
            "Chromium",
            "CHROMIUM",
            &["chromium", "chromium-browser", "google-chrome"],
        );
        let chromedriver = needed("chromedriver", "CHROMEDRIVER", &["chromedriver"]);
        let folder = empty_folder();
        let port = free_port();
        let log =
            |name: &str| File::create(folder.path().join(name)).unwrap_or_else(|error| panic!("{error}"));
        let driver = Command::new(&chromedriver)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(log("stdout"))
            .stderr(log("stderr"))
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{} can't be started: {error}", chromedriver.display()));
        // From here on a panic ends it.
        let mut browser = Browser {
            driver,
            client: Client::new(&format!("127.0.0.1:{port}")),
            session: String::new(),
            process: None,
            folder,
        };
        until("chromedriver to be ready", || {
            let status = browser.client.call("GET", "/status", &[], b"").ok()?;
            (status.value()["value"]["ready"] == json!(true)).then_some(())
        });
        let profile = browser.folder.path().join("profile");
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--user-data-dir={}", profile.display()));
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"binary": chromium, "args": flags},
        }}});
        let session = browser.command("POST", "/session", &wanted);
        browser.session = session["sessionId"].as_str().unwrap_or_default().to_owned();
        browser.process = session["capabilities"]["goog:processID"]
            .as_i64()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        browser
    }

    /// Makes a call of the protocol and answers its value.
    #[track_caller]
    fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        let kind = [("content-type", "application/json")];
        let answer = self
            .client
            .call(method, path, &kind, body.to_string().as_bytes())
            .unwrap_or_else(|error| panic!("chromedriver: {error}"));
        let mut value = answer.value();
        assert_eq!(
            answer.status,
            200,
            "the browser did not do {method} {path}: {}",
            value["value"]["message"].as_str().unwrap_or("without a reason")
        );
        value["value"].take()
    }

    #[track_caller]
    fn in_session(&self, method: &str, path: &str, body: &Value) -> Value {
        self.command(method, &format!("/session/{}{path}", self.session), body)
    }

    /// Opens an address and waits until it is loaded.
    #[track_caller]
    pub fn open(&self, url: &str) {
        self.in_session("POST", "/url", &json!({"url": url}));
    }

    /// Runs a script, the body of a function, in the page, and answers what it returns.
    #[track_caller]
    pub fn run(&self, script: &str) -> Value {
        self.run_with(script, &[])
    }

    /// The same with what the script finds in `arguments`.
    #[track_caller]
    pub fn run_with(&self, script: &str, arguments: &[Value]) -> Value {
        self.in_session(
            "POST",
            "/execute/sync",
            &json!({"script": script, "args": arguments}),
        )
    }

    /// Runs a script that calls its last argument with the answer, once it has it.
    #[track_caller]
    pub fn run_later(&self, script: &str, arguments: &[Value]) -> Value {
        self.in_session(
            "POST",
            "/execute/async",
            &json!({"script": script, "args": arguments}),
        )
    }

    /// What the window shows, as a PNG.
    #[track_caller]
    pub fn picture(&self) -> Vec<u8> {
        let text = self.in_session("GET", "/screenshot", &Value::Null);
        BASE64
            .decode(text.as_str().unwrap_or_default())
            .unwrap_or_else(|error| panic!("the browser's picture is no base64: {error}"))
    }

    /// Freezes the tab, as a browser does with one that nobody looks at: nothing in it runs.
    #[track_caller]
    pub fn freeze(&self) {
        self.life_cycle("frozen");
    }

    /// Wakes the tab.
    #[track_caller]
    pub fn wake(&self) {
        self.life_cycle("active");
    }

    #[track_caller]
    fn life_cycle(&self, state: &str) {
        self.devtools("Page.setWebLifecycleState", &json!({"state": state}));
    }

    /// Runs a script again and again until it returns something other than null and false, and answers that.
    /// `what` completes "waited for"; when it does not come, what the page shows instead is told.
    #[track_caller]
    pub fn until(&self, what: &str, script: &str) -> Value {
        let started = std::time::Instant::now();
        loop {
            let value = self.run(script);
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return value;
            }
            if started.elapsed() > crate::wait::PATIENCE {
                panic!(
                    "waited in vain for {what}; the page shows:\n{}\nand its console says {:?}",
                    self.text(),
                    self.console()
                );
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    /// What the page shows, in words, below its address.
    #[track_caller]
    pub fn text(&self) -> String {
        let shown = self.run("return location.href + '\\n' + document.body.innerText");
        shown.as_str().unwrap_or_default().to_owned()
    }

    /// What the console said since it was asked last.
    #[track_caller]
    pub fn console(&self) -> Vec<Line> {
        let lines = self.in_session("POST", "/se/log", &json!({"type": "browser"}));
        let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let lines = lines.as_array().map(Vec::as_slice).unwrap_or_default();
        lines
            .iter()
            .map(|line| Line {
                level: text(line, "level"),
                source: text(line, "source"),
                message: text(line, "message"),
            })
            .collect()
    }

    /// The cookies that the page's address would be sent with, those that scripts don't see among them.
    #[track_caller]
    pub fn cookies(&self) -> Vec<Value> {
        match self.in_session("GET", "/cookie", &Value::Null) {
            Value::Array(cookies) => cookies,
            other => panic!("{other} are no cookies"),
        }
    }

    /// The errors of the console since it was asked last, but for answers that refuse somebody: Chromium writes a line
    /// for each of those, whatever the page makes of it.
    #[track_caller]
    pub fn errors_but_refusals(&self) -> Vec<String> {
        let errors = self.errors().into_iter().map(|line| line.message);
        errors.filter(|line| !line.contains("/api/v1/session")).collect()
    }

    /// The errors of the console since it was asked last.
    #[track_caller]
    pub fn errors(&self) -> Vec<Line> {
        let mut lines = self.console();
        lines.retain(|line| line.level == "SEVERE");
        lines
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked first, so that Chromium ends all its processes; whatever is left is ended afterwards. What has
        // ended already needs nothing more.
        if !self.session.is_empty() {
            let _ = self
                .client
                .call("DELETE", &format!("/session/{}", self.session), &[], b"");
        }
        if let Some(process) = self.process {
            let _ = kill_process(process, Signal::KILL);
        }
        if let Some(group) = i32::try_from(self.driver.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.driver.wait();
    }
}
