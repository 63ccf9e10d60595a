//! Runs the demo port through the real feeds: its history first, as fast as it goes, then live.

mod desk;
mod parcels;

use crate::cli::Serve;
use crate::config::Configuration;
use crate::demo::clerks::Clerks;
use crate::demo::{self, Message, Port};
use crate::engine::{EngineError, Submission};
use crate::feeds::Context;
use crate::intake::Sender;
use crate::journal::Format;
use crate::routes::App;
use crate::routes::feeds::prepare;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use parcels::Senders;
pub use parcels::configure;
use shared::time::{DAY, HOUR, MINUTE, Time};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// The seed of every demo: the same start gives the same port.
const SEED: u64 = 2_022;
/// Messages of the history that are read or wait for the engine at once.
const AT_ONCE: usize = 6;
/// How long before the live part somebody sits at the release desk.
const DESK_OPENS: i64 = 7 * DAY;
/// How often the live part looks at the clock.
const BEAT: Duration = Duration::from_millis(250);
/// How often the port is kept, so that a later start goes on where it stopped.
const KEEP_EVERY: Duration = Duration::from_secs(60);

/// Why the demo failed.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Its file can't be read or written.
    #[error("the demo's file {path} can't be read or written: {reason}; start anew with --demo-fresh")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// Its file is of another program.
    #[error("the demo's file {path} can't be read by this program ({reason}); start anew with --demo-fresh")]
    Shape {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: postcard::Error,
    },
    /// The engine took nothing more.
    #[error("the demo can't go on: {0}")]
    Engine(#[from] EngineError),
    /// It began without a day of sales.
    #[error("this simulated port began without --demo-peak; start anew with --demo-peak --demo-fresh")]
    NoPeak,
    /// A thread of it died.
    #[error("the demo died; the log says why")]
    Died,
}

/// A demo that is ready to run.
#[derive(Debug)]
pub struct Demo {
    port: Port,
    senders: Senders,
    clerks: Clerks,
    file: PathBuf,
    clock_from: Time,
}

/// Makes the port, or takes it from where it stopped.
pub fn prepare_port(
    options: &Serve,
    folder: &Path,
    configuration: &Configuration,
    now: Time,
) -> Result<Demo, DemoError> {
    let file = folder.join("port.postcard");
    let fail = |reason| DemoError::File {
        path: file.clone(),
        reason,
    };
    let port = match std::fs::read(&file) {
        Ok(bytes) => postcard::from_bytes(&bytes).map_err(|reason| DemoError::Shape {
            path: file.clone(),
            reason,
        })?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let history = i64::from(options.demo_days) * DAY;
            let live_from = options
                .demo_start
                .unwrap_or_else(|| parcels::live_from(options, now));
            let start = match options.demo_peak {
                // To the minute, so that the rush does not begin within the history.
                true => Time((live_from.0 - history).div_euclid(MINUTE) * MINUTE),
                // On the hour, so that the same hour gives the same port.
                false => Time((live_from.0 - history).div_euclid(HOUR) * HOUR),
            };
            let layout = configuration
                .sites
                .first()
                .map(|site| Arc::clone(&site.layout))
                .unwrap_or_default();
            let settings = demo::Settings {
                history,
                ..demo::Settings::default()
            };
            Port::with_settings(SEED, start, &layout, settings)
        }
        Err(reason) => return Err(fail(reason)),
    };
    let clock_from = port
        .next_at()
        .unwrap_or(port.start())
        .min(port.start().plus(DAY * 10_000));
    let senders = Senders::prepare(SEED, options, folder, port.start(), port.live_from())?;
    Ok(Demo {
        port,
        senders,
        clerks: Clerks::new(SEED),
        file,
        clock_from,
    })
}

fn format(message: &Message) -> Format {
    match message.format {
        demo::Format::Events => Format::Events,
        demo::Format::Dcsa => Format::Dcsa,
        demo::Format::Edifact => Format::Edifact,
    }
}

impl Demo {
    /// Where the simulated clock begins.
    pub fn clock_from(&self) -> Time {
        self.clock_from
    }

    /// Runs until told to stop.
    pub async fn run(mut self, app: App, stopping: CancellationToken, speed: f64) -> Result<(), DemoError> {
        let live_from = self.port.live_from();
        if self.port.next_at().is_some_and(|next| next < live_from) {
            self = self.history(&app, &stopping, live_from).await?;
            if stopping.is_cancelled() {
                return Ok(());
            }
        }
        app.engine.history.store(1_000, Ordering::Relaxed);
        self.live(&app, &stopping, speed).await
    }

    /// The past, as fast as it goes: the port writes, readers read, and the engine folds side by side.
    async fn history(
        self,
        app: &App,
        stopping: &CancellationToken,
        live_from: Time,
    ) -> Result<Demo, DemoError> {
        app.engine.history.store(0, Ordering::Relaxed);
        let (start, file, clock_from) = (self.port.start(), self.file, self.clock_from);
        let (mut senders, mut clerks) = (self.senders, self.clerks);
        let (sender, mut messages) = tokio::sync::mpsc::channel::<Message>(2 * AT_ONCE);
        let stop = stopping.clone();
        let mut port = self.port;
        // The generator works beside everything else and waits when the engine is behind.
        let generator = tokio::task::spawn_blocking(move || {
            while port.next_at().is_some_and(|next| next < live_from) && !stop.is_cancelled() {
                match port.next_message() {
                    Some(message) => {
                        if sender.blocking_send(message).is_err() {
                            break;
                        }
                    }
                    None => break,
                }
            }
            port
        });
        let bar = indicatif::ProgressBar::new(1_000);
        bar.set_style(crate::serve::bar_style("making the history"));
        let mut reading = FuturesOrdered::new();
        let mut taken = FuturesOrdered::<oneshot::Receiver<_>>::new();
        let mut waiting = None;
        loop {
            while reading.len() < AT_ONCE
                && let Some(message) = messages.recv().await
            {
                reading.push_back(read(app, message));
            }
            let Some(read) = reading.next().await else {
                break;
            };
            let (at, submission) = read?;
            if stopping.is_cancelled() {
                // What was told and not kept is told again after the next start, byte for byte.
                bar.abandon();
                messages.close();
                while messages.recv().await.is_some() {}
                return Ok(Demo {
                    port: generator.await.map_err(|_| DemoError::Died)?,
                    senders,
                    clerks,
                    file,
                    clock_from,
                });
            }
            senders.send_up_to(app, at, stopping).await?;
            if at.plus(DESK_OPENS) >= live_from && at >= clerks.next_at() {
                // They see what was told until now.
                while let Some(receipt) = taken.next().await {
                    receipt.map_err(|_| DemoError::Died)??;
                }
                let told = app.engine.clock.now();
                while at >= clerks.next_at() {
                    let due = clerks.next_at().max(told).min(at);
                    desk::work(app, &mut clerks, due).await;
                }
            }
            // What is told at one moment is one commit, whatever format it came in.
            let Some((at, submission)) = together(&mut waiting, at, submission) else {
                continue;
            };
            taken.push_back(app.engine.enqueue(submission)?);
            if taken.len() >= AT_ONCE
                && let Some(receipt) = taken.next().await
            {
                receipt.map_err(|_| DemoError::Died)??;
            }
            let done = (at.0 - start.0) as f64 / (live_from.0 - start.0).max(1) as f64;
            let done = (done.clamp(0.0, 0.999) * 1_000.0) as u32;
            app.engine.history.store(done, Ordering::Relaxed);
            bar.set_position(u64::from(done));
        }
        if let Some((_, submission)) = waiting.take() {
            taken.push_back(app.engine.enqueue(submission)?);
        }
        while let Some(receipt) = taken.next().await {
            receipt.map_err(|_| DemoError::Died)??;
        }
        senders.send_up_to(app, live_from, stopping).await?;
        senders.wait_for(0).await?;
        bar.finish_and_clear();
        let port = generator.await.map_err(|_| DemoError::Died)?;
        let demo = Demo {
            port,
            senders,
            clerks,
            file,
            clock_from,
        };
        demo.keep()?;
        Ok(demo)
    }

    /// The present, at real speed or faster.
    async fn live(mut self, app: &App, stopping: &CancellationToken, speed: f64) -> Result<(), DemoError> {
        let from = app
            .engine
            .clock
            .now()
            .max(self.port.live_from().min(self.port.next_at().unwrap_or(Time(0))));
        let begun = Instant::now();
        let mut kept = Instant::now();
        loop {
            let passed = begun.elapsed().as_secs_f64() * 1_000.0 * speed;
            let now = from.plus(passed as i64);
            let mut due = Vec::new();
            self.port.advance_to(now, &mut |message| due.push(message));
            for message in due {
                let (_, submission) = read(app, message).await?;
                app.engine.submit(submission).await?;
            }
            self.senders.send_up_to(app, now, stopping).await?;
            self.senders.wait_for(0).await?;
            app.engine.clock.advance_to(now);
            desk::work(app, &mut self.clerks, now).await;
            if kept.elapsed() >= KEEP_EVERY {
                self.keep()?;
                kept = Instant::now();
            }
            tokio::select! {
                () = stopping.cancelled() => break,
                () = tokio::time::sleep(BEAT) => {}
            }
        }
        self.keep()
    }

    /// Keeps the port and who sends parcels. What they sent since then is sent again after a crash, and is the same to
    /// the byte, so the engine takes it for what it is: duplicates.
    fn keep(&self) -> Result<(), DemoError> {
        keep(&self.file, &self.port)?;
        self.senders.keep()
    }
}

fn keep(file: &Path, what: &impl serde::Serialize) -> Result<(), DemoError> {
    let bytes = postcard::to_stdvec(what).map_err(|reason| DemoError::Shape {
        path: file.to_owned(),
        reason,
    })?;
    let fail = |reason| DemoError::File {
        path: file.to_owned(),
        reason,
    };
    let fresh = file.with_extension("new");
    std::fs::write(&fresh, bytes).map_err(fail)?;
    std::fs::rename(&fresh, file).map_err(fail)
}

/// Joins submissions of one moment. Answers the one before when another moment begins.
fn together(
    waiting: &mut Option<(Time, Submission)>,
    at: Time,
    submission: Submission,
) -> Option<(Time, Submission)> {
    match waiting {
        Some((same, joined)) if *same == at => {
            joined.events.extend(submission.events);
            joined.problems.extend(submission.problems);
            joined.flags.extend(submission.flags);
            None
        }
        _ => waiting.replace((at, submission)),
    }
}

/// Reads one message as its feed would, away from the threads that serve.
async fn read(app: &App, message: Message) -> Result<(Time, Submission), DemoError> {
    let engine = Arc::clone(&app.engine);
    let at = message.at;
    tokio::task::spawn_blocking(move || {
        let configuration = &engine.configuration;
        let context = Context {
            source: message.source.as_deref(),
            sites: &configuration.sites,
            edifact: &configuration.edifact,
        };
        let mut submission = prepare(
            &engine,
            &Sender::anybody(),
            format(&message),
            &context,
            &message.body,
            at,
        )
        .submission;
        submission.clock = Some(at);
        (at, submission)
    })
    .await
    .map_err(|_| DemoError::Died)
}
