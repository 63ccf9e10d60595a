//! `quaylight serve`: from the options to a running server, and its orderly end.

use crate::access::{self, Access, AccessError};
use crate::cli::Serve;
use crate::clock::Clock;
use crate::config::{self, Configuration, ConfigurationError};
use crate::demo_run::{self, DemoError};
use crate::engine::{Engine, StartError};
use crate::parcels::Book;
use crate::release_desk::{self, Desk};
use crate::routes::accounts::link_address;
use crate::routes::error::ApiError;
use crate::routes::{App, app};
use crate::serving::load::Load;
use crate::serving::tls::{CertificateError, Tls};
use crate::serving::{self, Front, files};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use shared::time::Time;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// SIGXFSZ of Linux: a file would grow beyond its limit.
const TOO_LARGE: i32 = 25;
/// Names a directory as one of a demo.
const DEMO_MARK: &str = "quaylight-demo";

/// Why the server did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration is wrong.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// It may not listen there.
    #[error(transparent)]
    Listen(#[from] config::access::ListenError),
    /// It can't listen there.
    #[error(
        "{address} can't be listened on: {reason}; if another program has the port, choose another with --listen 127.0.0.1:PORT"
    )]
    Port {
        /// Where.
        address: SocketAddr,
        /// Why.
        reason: io::Error,
    },
    /// The certificate was changed since it was checked.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The directory is a demo's.
    #[error(
        "{0} holds a simulated port, and real and simulated data are kept apart; choose another directory with --data"
    )]
    DemoFolder(PathBuf),
    /// The directory is not a demo's.
    #[error("{0} holds real data, and a demo would write into it; choose another directory with --data")]
    RealFolder(PathBuf),
    /// The demo's directory can't be used.
    #[error("the demo's directory {path} can't be used: {reason}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// Accounts can't be read.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The engine did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The release desk did not start.
    #[error(transparent)]
    Desk(#[from] release_desk::StartError),
    /// The demo failed.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The server itself failed.
    #[error("the server failed: {0}")]
    Server(#[from] io::Error),
    /// A thread of the server died.
    #[error("a part of the server died; its log says why")]
    Died,
}

/// Runs the server until it is told to stop. `say` prints a line for the person who started it.
pub async fn serve(
    options: &Serve,
    page: Option<&'static crate::page::Page>,
    say: &dyn Fn(&str),
) -> Result<(), ServeError> {
    // Asked for first, so that a signal during a long start is not the end of the process.
    let told = told_to_stop()?;
    let mut configuration = match &options.config {
        Some(file) => Configuration::load(file)?,
        None => Configuration::default(),
    };
    if options.demo && options.config.is_none() {
        demo_run::configure(&mut configuration, options);
    }
    for warning in &configuration.warnings {
        say(warning);
    }
    configuration
        .access
        .check_listen(options.listen, configuration.server.tls.is_some())?;
    let folder = folder(options)?;
    let data = folder.clone();
    let listener = serving::listen(options.listen).map_err(|reason| ServeError::Port {
        address: options.listen,
        reason,
    })?;
    let address = listener.local_addr()?;
    let tls = match &configuration.server.tls {
        Some(certificate) => Some(Arc::new(Tls::new(certificate)?)),
        None => None,
    };
    let scheme = if tls.is_some() { "https" } else { "http" };

    // Whoever asks while the state is rebuilt is told so at once.
    let load = Arc::new(Load::new(bounded(&configuration.server, say)));
    let front = Arc::new(Front::new(load, Router::new().fallback(gate)));
    let stopping = CancellationToken::new();
    if let Some(tls) = &tls {
        let (tls, stopping) = (Arc::clone(tls), stopping.clone());
        tokio::spawn(tls.follow(stopping));
    }
    let server = tokio::spawn(serving::run(listener, Arc::clone(&front), tls, stopping.clone()));

    let configuration = Arc::new(configuration);
    let demo = match options.demo {
        true => Some(demo_run::prepare_port(
            options,
            &folder,
            &configuration,
            wall_clock(),
        )?),
        false => None,
    };
    let clock = demo
        .as_ref()
        .map_or(Clock::Wall, |demo| Clock::simulated(demo.clock_from()));
    let simulated = options.demo;
    let (engine, book) = tokio::task::spawn_blocking(move || -> Result<_, StartError> {
        let bar = indicatif::ProgressBar::hidden();
        let mut progress = |done: u64, of: u64| {
            if bar.is_hidden() && of - done > 50_000 {
                bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
                bar.set_length(of);
                bar.set_style(bar_style("rebuilding the state from the journal"));
            }
            bar.set_position(done);
        };
        let engine = Engine::start(&folder, configuration, clock, simulated, &mut progress);
        let engine = engine.map(Arc::new);
        let started = engine.and_then(|engine| {
            let book = Book::start(&folder, &engine, &mut progress)?;
            Ok((engine, Arc::new(book)))
        });
        bar.finish_and_clear();
        started
    })
    .await
    .map_err(|_| ServeError::Died)??;
    let access = tokio::task::spawn_blocking({
        let (settings, folder) = (engine.configuration.access.clone(), data.clone());
        move || Access::start(&settings, &folder, access::now())
    });
    let access = access.await.map_err(|_| ServeError::Died)??;
    let desk = tokio::task::spawn_blocking({
        let (engine, data) = (Arc::clone(&engine), data.clone());
        move || Desk::start(&data, &engine)
    });
    let desk = Arc::new(desk.await.map_err(|_| ServeError::Died)??);
    let routes = App {
        engine: Arc::clone(&engine),
        parcels: Some(Arc::clone(&book)),
        access: Arc::new(access),
        desk: Some(Arc::clone(&desk)),
        stopping: stopping.clone(),
    };
    let first = routes.access.first_link(access::now())?;
    let origins = &engine.configuration.access.origins;
    let origin = origins
        .first()
        .cloned()
        .unwrap_or_else(|| format!("{scheme}://{address}"));
    let page = crate::page::router(page, &engine.configuration.access.frame_ancestors);
    let calls = app(routes.clone(), page);
    front.open(calls.layer(middleware::from_fn(serving::note_route)));
    say(&format!("Quaylight is at {origin}/"));
    if let Some(secret) = first {
        let link = link_address(Some(&origin), &secret);
        say(&format!(
            "nobody can sign in yet: make the first administrator within 24 hours at {link}"
        ));
    }

    let demo = demo.map(|demo| tokio::spawn(demo.run(routes, stopping.clone(), options.demo_speed)));
    told.await?;
    say("stopping: what was answered is on disk");
    stopping.cancel();
    if let Some(demo) = demo {
        demo.await.map_err(|_| ServeError::Died)??;
    }
    server.await.map_err(|_| ServeError::Died)?;
    tokio::task::spawn_blocking(move || {
        // The books first: what they have to tell the engine, they still can.
        book.stop();
        desk.stop();
        engine.stop();
    })
    .await
    .map_err(|_| ServeError::Died)?;
    Ok(())
}

/// How progress is drawn in the terminal.
pub fn bar_style(what: &str) -> indicatif::ProgressStyle {
    let template = format!("{what} {{bar:30}} {{percent:>3}} % {{eta}} left");
    indicatif::ProgressStyle::with_template(&template)
        .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar())
}

fn wall_clock() -> Time {
    Clock::Wall.now()
}

/// The directory to work in; a demo's own one is marked, and neither kind takes the other's.
fn folder(options: &Serve) -> Result<PathBuf, ServeError> {
    let marked = |folder: &Path| folder.join(DEMO_MARK).exists();
    if !options.demo {
        return match marked(&options.data) {
            true => Err(ServeError::DemoFolder(options.data.clone())),
            false => Ok(options.data.clone()),
        };
    }
    let folder = options.data.join("demo");
    if folder.join("journal.db").exists() && !marked(&folder) {
        return Err(ServeError::RealFolder(folder));
    }
    let fail = |reason| ServeError::Folder {
        path: folder.clone(),
        reason,
    };
    if options.demo_fresh && marked(&folder) {
        std::fs::remove_dir_all(&folder).map_err(fail)?;
    }
    std::fs::create_dir_all(&folder).map_err(fail)?;
    let text = "This directory holds the data of a simulated port. It can be deleted.\n";
    std::fs::write(folder.join(DEMO_MARK), text).map_err(fail)?;
    Ok(folder)
}

/// The limits of the configuration, as far as the system lets the program have so many connections.
fn bounded(configured: &config::Server, say: &dyn Fn(&str)) -> config::Server {
    let mut limits = configured.clone();
    limits.connections = files::connections(configured.connections);
    limits.readers = limits.readers.min(limits.connections);
    if limits.connections < configured.connections {
        say(&format!(
            "the system lets this program have {} connections at once, {} are configured; raise its limit of open \
             files (LimitNOFILE), or lower `connections` in [server]",
            limits.connections, configured.connections
        ));
    }
    limits
}

async fn gate(request: Request<Body>) -> Response {
    match request.uri().path() {
        "/healthz" => "ok\n".into_response(),
        "/readyz" => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "5")],
            "the state is being rebuilt from the journal\n",
        )
            .into_response(),
        _ => ApiError::unavailable("the state is being rebuilt from the journal; try again in a moment")
            .into_response(),
    }
}

/// Waits for Ctrl-C or the signal that ends services. From the call on, neither ends the process by itself.
fn told_to_stop() -> io::Result<impl Future<Output = io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    // A file that may not grow is an error of one write, as a full disk is, and not the end of the process.
    let _too_large = signal(SignalKind::from_raw(TOO_LARGE))?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    })
}
