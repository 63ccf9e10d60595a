//! The built program, started on a directory of its own.

use super::http::Connection;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server, ended when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub authority: String,
}

/// The built program.
pub fn program() -> PathBuf {
    std::env::var_os("QUAYLIGHT_BIN").map_or_else(|| PathBuf::from("target/release/quaylight"), PathBuf::from)
}

impl Server {
    /// Starts it and waits until it is ready. Answers how long that took.
    pub fn start(data: &Path) -> Result<(Server, Duration), String> {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(|error| format!("no port is free: {error}"))?
            .port();
        let authority = format!("127.0.0.1:{port}");
        let begun = Instant::now();
        let child = Command::new(program())
            .args(["serve", "--listen", &authority, "--data"])
            .arg(data)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| {
                format!(
                    "{} can't be started: {error}; run cargo xtask build",
                    program().display()
                )
            })?;
        let mut server = Server { child, authority };
        loop {
            let ready = Connection::open(&server.authority)
                .and_then(|mut connection| connection.call("GET", "/readyz", "", b""))
                .is_ok_and(|answer| answer.status == 200);
            if ready {
                return Ok((server, begun.elapsed()));
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("the server ended with {status}"));
            }
            if begun.elapsed() > Duration::from_secs(3_600) {
                return Err("the server was not ready within an hour".to_owned());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends it in order, and waits for that.
    pub fn stop(mut self) -> Result<(), String> {
        let told = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        told.map_err(|error| format!("the server can't be told to stop: {error}"))?;
        let ended = self.child.wait().map_err(|error| error.to_string())?;
        if ended.success() {
            Ok(())
        } else {
            Err(format!("the server ended with {ended}"))
        }
    }

    /// Memory that it holds, in MiB.
    pub fn memory_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<f64>().ok());
        kib.unwrap_or(0.0) / 1_024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
