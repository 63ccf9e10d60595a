use crate::http::{Answer, Client};
use crate::wait::{PATIENCE, until, until_within};
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use serde_json::Value;
use shared::wire::List;
use shared::wire::alarm::Alarm;
use shared::wire::container::Container;
use shared::wire::feeds::FeedAnswer;
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The built program: the one that `QUAYLIGHT_BIN` names, else the release build, else the debug build.
pub fn program() -> PathBuf {
    if let Some(named) = env::var_os("QUAYLIGHT_BIN")
        .filter(|named| !named.is_empty())
        .map(PathBuf::from)
    {
        assert!(
            named.is_file(),
            "QUAYLIGHT_BIN names {}, which is no file",
            named.display()
        );
        return named;
    }
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    ["release", "debug"]
        .map(|profile| target.join(profile).join("quaylight"))
        .into_iter()
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("there is no program to test; build it with `cargo xtask build`"))
}

/// A port of this machine that nobody uses. Not one of those that the system hands out for outgoing
/// connections: a server that is killed and started again wants the same one.
pub fn free_port() -> u16 {
    const FIRST: u16 = 12_000;
    const COUNT: u16 = 20_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Processes that run side by side begin at different places.
    let begin = std::process::id().wrapping_mul(37) % u32::from(COUNT);
    for _ in 0..COUNT {
        let step = u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = FIRST + u16::try_from((begin + step) % u32::from(COUNT)).unwrap_or(0);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port of 127.0.0.1 is free");
}

/// An empty directory that is deleted when it is dropped.
#[track_caller]
pub fn empty_folder() -> TempDir {
    tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary directory can be made: {error}"))
}

/// A program that was started and has ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed.
    pub stdout: String,
    /// What it complained.
    pub stderr: String,
}

/// Runs the program with these arguments until it ends by itself, which it has to.
#[track_caller]
pub fn run(arguments: &[&str]) -> Ended {
    let folder = empty_folder();
    let file = |name: &str| folder.path().join(name);
    let open = |name: &str| File::create(file(name)).unwrap_or_else(|error| panic!("{error}"));
    let mut process = Command::new(program())
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(open("stdout"))
        .stderr(open("stderr"))
        .spawn()
        .unwrap_or_else(|error| panic!("{} can't be started: {error}", program().display()));
    let started = Instant::now();
    let status = loop {
        match process.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(10)),
            Ok(None) | Err(_) => {
                // It is ended whatever else is wrong.
                let _ = process.kill();
                let _ = process.wait();
                panic!("quaylight {} did not end by itself", arguments.join(" "));
            }
        }
    };
    let text = |name: &str| fs::read_to_string(file(name)).unwrap_or_default();
    Ended {
        status,
        stdout: text("stdout"),
        stderr: text("stderr"),
    }
}

/// A running server on a port and a directory of its own. It derefs to the client that calls it.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    arguments: Vec<OsString>,
    client: Client,
    process: Option<Child>,
    /// How much it logs: `RUST_LOG`.
    log: Option<&'static str>,
}

impl std::ops::Deref for Server {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Server {
    /// A server without configuration and with an empty store.
    #[track_caller]
    pub fn start() -> Server {
        Server::with_arguments(&[])
    }

    /// A server with a configuration.
    #[track_caller]
    pub fn configured(toml: &str) -> Server {
        Server::configured_by(|_, _| toml.to_owned())
    }

    /// A server with a configuration that depends on its address and has further files beside it.
    #[track_caller]
    pub fn configured_by(toml: impl FnOnce(&str, &Path) -> String) -> Server {
        let mut server = Server::prepare();
        let file = server.folder.path().join("quaylight.toml");
        let toml = toml(server.client.authority(), server.folder.path());
        fs::write(&file, toml).unwrap_or_else(|error| panic!("{} can't be written: {error}", file.display()));
        server.arguments.extend([OsString::from("--config"), file.into()]);
        server.start_again();
        server
    }

    /// A server with a configuration that names a certificate. The client here speaks no TLS, so it is not waited for.
    #[track_caller]
    pub fn configured_for_tls(toml: &str) -> Server {
        let mut server = Server::prepare();
        let file = server.folder.path().join("quaylight.toml");
        fs::write(&file, toml).unwrap_or_else(|error| panic!("{} can't be written: {error}", file.display()));
        server.arguments.extend([OsString::from("--config"), file.into()]);
        server.spawn();
        server
    }

    /// A server that logs everything that `RUST_LOG` selects, with further arguments.
    #[track_caller]
    pub fn logging(filter: &'static str, arguments: &[&str]) -> Server {
        let mut server = Server::prepare();
        server.log = Some(filter);
        server.arguments.extend(arguments.iter().map(OsString::from));
        server.start_again();
        server
    }

    /// A server with further arguments.
    #[track_caller]
    pub fn with_arguments(arguments: &[&str]) -> Server {
        let mut server = Server::prepare();
        server.arguments.extend(arguments.iter().map(OsString::from));
        server.start_again();
        server
    }

    /// A server on a directory that is there after it, too.
    #[track_caller]
    pub fn on_data(data: &Path) -> Server {
        Server::on_data_with(data, &[])
    }

    /// The same with further arguments, and with much in it: it may take minutes until it is ready.
    #[track_caller]
    pub fn on_data_with(data: &Path, arguments: &[&str]) -> Server {
        let mut server = Server::prepare();
        server.arguments.truncate(server.arguments.len() - 1);
        // It need not be there yet.
        let data = std::path::absolute(data).unwrap_or_else(|error| panic!("{}: {error}", data.display()));
        server.arguments.push(data.into());
        server.arguments.extend(arguments.iter().map(OsString::from));
        server.spawn();
        server.until_ready(20 * 60);
        server
    }

    /// The options, the last of which is the directory.
    #[track_caller]
    fn prepare() -> Server {
        let folder = empty_folder();
        let authority = format!("127.0.0.1:{}", free_port());
        let mut arguments: Vec<OsString> = ["serve", "--listen", &authority, "--data"]
            .map(OsString::from)
            .to_vec();
        arguments.push(folder.path().join("data").into());
        Server {
            folder,
            arguments,
            client: Client::new(&authority),
            process: None,
            log: None,
        }
    }

    /// Starts it, on the same port and directory as before, and waits until it is ready.
    #[track_caller]
    pub fn start_again(&mut self) {
        self.spawn();
        self.until_ready(PATIENCE.as_secs());
    }

    #[track_caller]
    fn until_ready(&mut self, seconds: u64) {
        until_within(seconds, "the server to be ready", || {
            if let Some(Ok(Some(status))) = self.process.as_mut().map(Child::try_wait) {
                panic!("the server ended with {status}:\n{}", self.log());
            }
            self.call("GET", "/readyz", &[], b"")
                .ok()
                .filter(|answer| answer.status == 200)
        });
    }

    /// Starts it and kills it as soon as it listens, most often before it is ready.
    #[track_caller]
    pub fn start_and_kill(&mut self) {
        self.spawn();
        until("the server to listen", || {
            TcpStream::connect(self.authority()).ok()
        });
        self.kill();
    }

    #[track_caller]
    fn spawn(&mut self) {
        assert!(self.process.is_none(), "the server runs already");
        let open = || {
            let file = self.folder.path().join("log");
            File::options()
                .create(true)
                .append(true)
                .open(&file)
                .unwrap_or_else(|error| panic!("{} can't be written: {error}", file.display()))
        };
        let mut command = Command::new(program());
        match self.log {
            Some(filter) => command.env("RUST_LOG", filter),
            None => command.env_remove("RUST_LOG"),
        };
        let process = command
            .args(&self.arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(open())
            .stderr(open())
            .spawn()
            .unwrap_or_else(|error| panic!("{} can't be started: {error}", program().display()));
        self.process = Some(process);
    }

    /// Ends it at once, with signal 9.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            // One that has ended already is as dead.
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Asks it to end, with the signal that ends services, and waits for that.
    #[track_caller]
    pub fn stop(&mut self) -> ExitStatus {
        let mut process = self
            .process
            .take()
            .unwrap_or_else(|| panic!("the server does not run"));
        let told = i32::try_from(process.id())
            .ok()
            .and_then(Pid::from_raw)
            .is_some_and(|id| kill_process(id, Signal::TERM).is_ok());
        let started = Instant::now();
        loop {
            match process.try_wait() {
                Ok(Some(status)) => return status,
                Ok(None) if told && started.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(10)),
                Ok(None) | Err(_) => {
                    let _ = process.kill();
                    let _ = process.wait();
                    panic!("the server did not end when it was asked to:\n{}", self.log());
                }
            }
        }
    }

    /// Lets no file of it grow beyond so many bytes, as a full disk does; `None` takes that back.
    #[track_caller]
    pub fn limit_files(&self, bytes: Option<u64>) {
        let id = self
            .process
            .as_ref()
            .and_then(|process| i32::try_from(process.id()).ok());
        let id = id
            .and_then(Pid::from_raw)
            .unwrap_or_else(|| panic!("the server does not run"));
        let limit = Rlimit {
            current: bytes,
            maximum: None,
        };
        prlimit(Some(id), Resource::Fsize, limit)
            .unwrap_or_else(|error| panic!("no limit can be set: {error}"));
    }

    /// Its directory; the journal lies in `data` below it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it printed and logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Sends a body to a feed: `events`, `dcsa` or `edifact`. Answers the status and what the feed said.
    #[track_caller]
    pub fn feed(&self, feed: &str, body: impl AsRef<[u8]>) -> (u16, FeedAnswer) {
        let answer = self.post(&format!("/api/v1/feeds/{feed}"), &[], body.as_ref());
        (answer.status, answer.json())
    }

    /// Sends native events, all of which have to be taken.
    #[track_caller]
    pub fn send(&self, events: &[Value]) -> FeedAnswer {
        let (status, answer) = self.feed("events", Value::from(events).to_string());
        assert_eq!(status, 200, "{answer:?}");
        answer
    }

    /// A container that was seen.
    #[track_caller]
    pub fn container(&self, number: &str) -> Container {
        self.get(&format!("/api/v1/containers/{number}")).ok()
    }

    /// All alarms that a query selects, page after page; `query` has no question mark.
    #[track_caller]
    pub fn alarms(&self, query: &str) -> Vec<Alarm> {
        self.list("/api/v1/alarms", query)
    }

    /// All items of a list that a query selects, page after page; `query` has no question mark.
    #[track_caller]
    pub fn list<T: serde::de::DeserializeOwned>(&self, path: &str, query: &str) -> Vec<T> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page: List<T> = self.get(&format!("{path}?{query}{cursor}")).ok();
            items.extend(page.items);
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// Makes a call that is answered with JSON and 200.
    #[track_caller]
    pub fn value(&self, path: &str) -> Value {
        self.get(path).ok()
    }

    /// Does something with an alarm.
    #[track_caller]
    pub fn act(&self, alarm: &str, action: &str, body: &Value) -> Answer {
        self.post(
            &format!("/api/v1/alarms/{alarm}/{action}"),
            &[],
            body.to_string().as_bytes(),
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            eprintln!(
                "the log of the server at {}:\n{}",
                self.client.authority(),
                self.log()
            );
        }
    }
}
