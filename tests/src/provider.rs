use crate::http::Client;
use crate::program::free_port;
use crate::wait::until;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A real identity provider on loopback: npm's oidc-provider, which the variable `OIDC_PROVIDER` names the folder of.
#[derive(Debug)]
pub struct Provider {
    port: u16,
    process: Child,
}

impl Provider {
    /// Starts it for a server that browsers reach under an origin.
    #[track_caller]
    pub fn start(origin: &str) -> Provider {
        let folder = std::env::var_os("OIDC_PROVIDER").map(PathBuf::from);
        let folder =
            folder.unwrap_or_else(|| panic!("OIDC_PROVIDER names no folder; run `cargo xtask test`"));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("provider/provider.mjs");
        let port = free_port();
        let process = Command::new("node")
            .arg(script)
            .arg(folder)
            .arg(port.to_string())
            .arg(format!("{origin}/api/v1/session/provider/callback"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("node can't be started: {error}"));
        let provider = Provider { port, process };
        let client = Client::new(&format!("127.0.0.1:{port}"));
        until("the identity provider", || {
            let answer = client.call("GET", "/.well-known/openid-configuration", &[], b"");
            answer.ok().filter(|answer| answer.status == 200)
        });
        provider
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // One that has ended already is as dead.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A browser as far as signing in needs one: it follows redirections, keeps cookies, and fills in a form.
#[derive(Debug, Default)]
pub struct Visitor {
    cookies: Vec<(String, String)>,
}

impl Visitor {
    /// Asks for an address, with a form where there is one, and follows until an answer leads nowhere. Answers where
    /// it ended, and with what.
    #[track_caller]
    pub fn go(&mut self, address: &str, form: Option<&str>) -> (String, crate::http::Answer) {
        let mut address = address.to_owned();
        let mut form = form;
        for _ in 0..20 {
            let (_, rest) = address
                .split_once("://")
                .unwrap_or_else(|| panic!("{address} is no address"));
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let own: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let own = own.join("; ");
            let header = [
                ("cookie", own.as_str()),
                ("content-type", "application/x-www-form-urlencoded"),
                ("accept", "text/html"),
            ];
            let method = if form.is_some() { "POST" } else { "GET" };
            let answer = Client::new(authority)
                .call(
                    method,
                    &format!("/{path}"),
                    &header,
                    form.take().unwrap_or_default().as_bytes(),
                )
                .unwrap_or_else(|error| panic!("{error}"));
            for (_, set) in answer.header.iter().filter(|(name, _)| name == "set-cookie") {
                let pair = set.split(';').next().unwrap_or_default();
                if let Some((name, value)) = pair.split_once('=') {
                    self.cookies.retain(|(own, _)| own != name);
                    if !value.is_empty() {
                        self.cookies.push((name.to_owned(), value.to_owned()));
                    }
                }
            }
            match answer.field("location") {
                Some(to) if to.starts_with('/') => address = format!("http://{authority}{to}"),
                Some(to) => address = to.to_owned(),
                None => return (address, answer),
            }
        }
        panic!("{address} leads on and on");
    }

    /// Its cookies, as they are sent along.
    pub fn cookies(&self) -> String {
        let own: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        own.join("; ")
    }
}
