//! `quaylight import`: the messages of files, into a directory or to a running server.

use crate::cli::import::is_standard_input;
use crate::cli::{Format as CliFormat, Import, Target};
use crate::clock::Clock;
use crate::config::Configuration;
use crate::engine::{Engine, StartError};
use crate::intake::Sender;
use crate::journal::Format;
use crate::routes::App;
use crate::routes::feeds::{LARGEST_BODY, submit};
use axum::body::Bytes;
use shared::wire::feeds::FeedAnswer;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Native lines and arrays are sent in parts of about this size.
const PART: usize = 4 * 1024 * 1024;

/// Why an import ended.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file can't be read.
    #[error("{path} can't be read: {reason}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The directory can't be opened.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The directory is a demo's.
    #[error(
        "{0} holds a simulated port, and real and simulated data are kept apart; choose another directory with --data"
    )]
    DemoFolder(PathBuf),
    /// The address can't be used.
    #[error(
        "`{0}` can't be used; write an address such as http://127.0.0.1:8080 or https://quaylight.example"
    )]
    Url(String),
    /// The server does not answer.
    #[error("the server at {url} does not answer: {reason}; is it running?")]
    Server {
        /// Where.
        url: String,
        /// Why.
        reason: String,
    },
    /// The server, or the directory, did not take it.
    #[error("it was not taken: {0}")]
    Refused(String),
}

/// Imports the files. Answers whether everything went in.
pub async fn import(options: &Import, say: &dyn Fn(&str)) -> Result<bool, ImportError> {
    let format = match options.format {
        CliFormat::Events => Format::Events,
        CliFormat::Dcsa => Format::Dcsa,
        CliFormat::Edifact => Format::Edifact,
    };
    let app = match options.target() {
        Target::Url(_) => None,
        Target::Data(folder) => Some(open(folder)?),
    };
    let (agent, key) = (agent(), key_of(options)?);
    let mut whole = true;
    for file in &options.files {
        let body = read(file)?;
        let bar = indicatif::ProgressBar::new(body.len() as u64);
        bar.set_style(crate::serve::bar_style(&file.display().to_string()));
        let mut sums = (0, 0, 0, 0, 0);
        for part in parts(&body, format) {
            let answer = match (&app, options.target()) {
                (Some(app), _) => submit(
                    app,
                    &Sender::anybody(),
                    format,
                    None,
                    Bytes::copy_from_slice(part).into(),
                    true,
                )
                .await
                .map_err(|error| ImportError::Refused(format!("{error:?}")))?,
                (None, Target::Url(url)) => post(&agent, url, key.as_deref(), format, part)?,
                (None, Target::Data(_)) => continue,
            };
            bar.inc(part.len() as u64);
            sums.0 += answer.accepted;
            sums.1 += answer.duplicate;
            sums.2 += answer.replaced;
            sums.3 += answer.flags.len();
            sums.4 += answer.problems.len();
            for problem in &answer.problems {
                let place = problem
                    .pointer
                    .clone()
                    .or(problem.offset.map(|at| format!("byte {at}")));
                say(&format!(
                    "{}: {}: {} ({})",
                    file.display(),
                    place.unwrap_or_default(),
                    problem.message,
                    problem.code
                ));
            }
        }
        bar.finish_and_clear();
        let (accepted, duplicate, replaced, flags, problems) = sums;
        say(&format!(
            "{}: {accepted} accepted, {duplicate} known already, {replaced} replaced, {flags} flags, {problems} problems",
            file.display()
        ));
        whole &= problems == 0;
    }
    if let Some(app) = app {
        let stopped = tokio::task::spawn_blocking(move || app.engine.stop()).await;
        stopped.map_err(|_| ImportError::Refused("the engine died; the log says why".to_owned()))?;
    }
    Ok(whole)
}

fn open(folder: &Path) -> Result<App, ImportError> {
    if folder.join("quaylight-demo").exists() {
        return Err(ImportError::DemoFolder(folder.to_owned()));
    }
    let configuration = Arc::new(Configuration::default());
    let engine = Engine::start(folder, configuration, Clock::Wall, false, &mut |_, _| {})?;
    Ok(App::open(Arc::new(engine)))
}

fn read(file: &Path) -> Result<Vec<u8>, ImportError> {
    let fail = |reason| ImportError::File {
        path: file.to_owned(),
        reason,
    };
    if is_standard_input(file) {
        let mut body = Vec::new();
        io::stdin().lock().read_to_end(&mut body).map_err(fail)?;
        return Ok(body);
    }
    std::fs::read(file).map_err(fail)
}

/// Lines go in parts, so that a file may be larger than a body; anything else is one message.
fn parts(body: &[u8], format: Format) -> Vec<&[u8]> {
    let lines = format == Format::Events && body.trim_ascii_start().first() == Some(&b'{');
    if !lines || body.len() <= PART {
        return vec![body];
    }
    let mut parts = Vec::new();
    let mut rest = body;
    while rest.len() > PART {
        let end = rest[PART..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(rest.len(), |at| PART + at + 1);
        let (part, more) = rest.split_at(end.min(LARGEST_BODY).min(rest.len()));
        parts.push(part);
        rest = more;
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// The key that is sent along, if there is one.
fn key_of(options: &Import) -> Result<Option<String>, ImportError> {
    let Some(file) = &options.key_file else {
        return Ok(std::env::var("QUAYLIGHT_KEY").ok().filter(|key| !key.is_empty()));
    };
    let text = std::fs::read_to_string(file).map_err(|reason| ImportError::File {
        path: file.clone(),
        reason,
    })?;
    Ok(Some(text.trim().to_owned()))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(120)))
        .build()
        .new_agent()
}

/// Sends one part.
fn post(
    agent: &ureq::Agent,
    url: &str,
    key: Option<&str>,
    format: Format,
    body: &[u8],
) -> Result<FeedAnswer, ImportError> {
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(ImportError::Url(url.to_owned()));
    }
    let fail = |reason: ureq::Error| ImportError::Server {
        url: url.to_owned(),
        reason: reason.to_string(),
    };
    let address = format!("{}/api/v1/feeds/{}", url.trim_end_matches('/'), format.name());
    let mut request = agent.post(&address).content_type("application/octet-stream");
    if let Some(key) = key {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    let mut answer = request.send(body).map_err(fail)?;
    let text = answer.body_mut().read_to_string().map_err(fail)?;
    serde_json::from_str(&text).map_err(|_| ImportError::Refused(text.chars().take(500).collect()))
}
