//! The built program, started for a moment on a free port and an empty folder.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::command;
use crate::error::Error;
use crate::project::Project;

/// A running server, ended and cleared away when dropped.
pub struct Server {
    process: Child,
    data: PathBuf,
    address: String,
    agent: ureq::Agent,
    headers: Vec<(String, String)>,
}

/// What a call was answered.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// How the body is encoded, as the server says.
    pub encoding: String,
    /// The body, as it came.
    pub body: Vec<u8>,
}

impl Server {
    /// Starts one and waits until it answers.
    pub fn start(project: &Project, arguments: &[String]) -> Result<Self, Error> {
        let data = project
            .path("target")
            .join(format!("xtask-server-{}", std::process::id()));
        let _ = fs::remove_dir_all(&data);
        let listener = TcpListener::bind("127.0.0.1:0").map_err(Error::file("127.0.0.1:0".as_ref()))?;
        let address = listener
            .local_addr()
            .map_err(Error::file("127.0.0.1:0".as_ref()))?
            .to_string();
        drop(listener);
        let mut server = command::clean(project.binary());
        server
            .arg("serve")
            .arg("--data")
            .arg(&data)
            .args(["--listen", &address])
            .args(arguments);
        server
            .current_dir(project.root())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let process = server.spawn().map_err(|source| command::start(&server, source))?;
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .proxy(None)
            .build()
            .into();
        let mut server = Self {
            process,
            data,
            address,
            agent,
            headers: Vec::new(),
        };
        server.wait()?;
        Ok(server)
    }

    /// Sends these with every call from now on, each written as `Name: value`.
    pub fn with_headers(mut self, headers: &[String]) -> Result<Self, Error> {
        for header in headers {
            let Some((name, value)) = header.split_once(':') else {
                return Err(Error::Wrong(format!(
                    "`{header}` is no header; write it as `Name: value`"
                )));
            };
            self.headers
                .push((name.trim().to_owned(), value.trim().to_owned()));
        }
        Ok(self)
    }

    fn wait(&mut self) -> Result<(), Error> {
        const SECONDS: u64 = 30;
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(SECONDS) {
            if self
                .get("/readyz", "identity")
                .is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(Error::Failed {
                    command: "quaylight serve".to_owned(),
                    status: status.to_string(),
                });
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(Error::NotReady { seconds: SECONDS })
    }

    /// Gets a path, in this encoding.
    pub fn get(&self, path: &str, encoding: &str) -> Result<Answer, Error> {
        let url = self.url(path);
        let mut request = self
            .agent
            .get(&url)
            .header("accept-encoding", encoding)
            .header("accept", "*/*");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.call();
        answer(url, response)
    }

    /// Posts a body to a path.
    pub fn post(&self, path: &str, media: &str, body: &[u8]) -> Result<Answer, Error> {
        let url = self.url(path);
        let mut request = self.agent.post(&url).header("content-type", media);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send(body);
        answer(url, response)
    }

    /// The whole address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.data);
    }
}

fn answer(
    url: String,
    response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Answer, Error> {
    let call = |source| Error::Call {
        url: url.clone(),
        source: Box::new(source),
    };
    let mut response = response.map_err(&call)?;
    let encoding = response
        .headers()
        .get("content-encoding")
        .and_then(|value| value.to_str().ok());
    let encoding = encoding.unwrap_or("identity").to_owned();
    let status = response.status().as_u16();
    let body = response
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_vec()
        .map_err(&call)?;
    Ok(Answer {
        status,
        encoding,
        body,
    })
}
