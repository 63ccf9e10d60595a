//! The demo's parcels on their way through the real feed, and its officers at their desks.

use super::DemoError;
use crate::cli::Serve;
use crate::config::Configuration;
use crate::demo::parcels::{Batch, ParcelSettings, Parcels, day_begins, register};
use crate::engine::{self, EngineError};
use crate::feeds::parcels::ReadDocument;
use crate::intake::Sender;
use crate::parcels::entry::Act;
use crate::parcels::{ActError, Book, Receipt, Submission, Taken};
use crate::routes::App;
use crate::routes::feeds::documents::prepare;
use shared::time::{DAY, MINUTE, Time};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// Batches that wait for the book at once.
const AT_ONCE: usize = 4;
/// How long before a day of sales the live part begins.
const EVE: i64 = 2 * MINUTE;

/// How long a sender of the simulated port may say nothing. On an ordinary day the smallest sends an hour apart.
const SILENT_AFTER_SECONDS: u64 = 12 * 3_600;

/// What a demo is configured with that nobody configured: a register of those who may send, and patience with them
/// unless the day is a day of sales.
pub fn configure(configuration: &mut Configuration, options: &Serve) {
    let parcels = &mut configuration.parcels;
    parcels.rules.enterprises = Some(register().into_iter().collect());
    if !options.demo_peak {
        parcels.silent_after_seconds = SILENT_AFTER_SECONDS;
    }
}

/// Who sends documents of parcels.
#[derive(Debug)]
pub(super) struct Senders {
    /// Nobody has them while a batch is made.
    parcels: Option<Parcels>,
    file: PathBuf,
    taken: VecDeque<oneshot::Receiver<Result<Receipt, EngineError>>>,
}

/// When the live part of a demo begins that nobody gave a start: now, or on the eve of the next day of sales.
pub(super) fn live_from(options: &Serve, now: Time) -> Time {
    match options.demo_peak {
        true => day_begins(now.plus(EVE)).plus(DAY - EVE),
        false => now,
    }
}

impl Senders {
    /// Makes them, or takes them from where they stopped.
    pub fn prepare(
        seed: u64,
        options: &Serve,
        folder: &Path,
        start: Time,
        live_from: Time,
    ) -> Result<Senders, DemoError> {
        let file = folder.join("parcels.postcard");
        let parcels = match std::fs::read(&file) {
            Ok(bytes) => postcard::from_bytes::<Parcels>(&bytes).map_err(|reason| DemoError::Shape {
                path: file.clone(),
                reason,
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let (first, settings) = ParcelSettings::new(start, live_from, options.demo_peak);
                Parcels::new(seed, first, settings)
            }
            Err(reason) => {
                return Err(DemoError::File { path: file, reason });
            }
        };
        if options.demo_peak && !parcels.has_whole_peak() {
            return Err(DemoError::NoPeak);
        }
        Ok(Senders {
            parcels: Some(parcels),
            file,
            taken: VecDeque::new(),
        })
    }

    /// Sends everything up to a moment.
    pub async fn send_up_to(
        &mut self,
        app: &App,
        until: Time,
        stopping: &CancellationToken,
    ) -> Result<(), DemoError> {
        let Some(book) = &app.parcels else { return Ok(()) };
        while !stopping.is_cancelled() && self.parcels.as_ref().is_some_and(|own| own.next_at() <= until) {
            let Some(mut parcels) = self.parcels.take() else {
                break;
            };
            let (to_read, site_book) = (Arc::clone(book), Arc::clone(book));
            let made = tokio::task::spawn_blocking(move || {
                let mut read = Vec::new();
                while read.len() < AT_ONCE && parcels.next_at() <= until {
                    read.extend(parcels.next_batch().map(|batch| Read::of(batch, &to_read)));
                }
                (parcels, read)
            });
            let (parcels, read) = made.await.map_err(|_| DemoError::Died)?;
            self.parcels = Some(parcels);
            for batch in read {
                self.post(app, &site_book, batch).await?;
            }
        }
        Ok(())
    }

    async fn post(&mut self, app: &App, book: &Book, read: Read) -> Result<(), DemoError> {
        if !read.problems.problems.is_empty() {
            app.engine.submit(read.problems).await?;
        }
        if !read.submission.documents.is_empty() {
            self.taken.push_back(book.enqueue(read.submission)?);
        }
        let most = if read.acts.is_empty() { AT_ONCE } else { 0 };
        self.wait_for(most).await?;
        for act in read.acts {
            match book.act(act, None).await {
                // What was put right meanwhile needs no officer.
                Ok(_) | Err(ActError::NotFound | ActError::Conflict(_)) => {}
                Err(ActError::Engine(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Waits until no more than so many batches wait for the book.
    pub async fn wait_for(&mut self, most: usize) -> Result<(), DemoError> {
        while self.taken.len() > most
            && let Some(receipt) = self.taken.pop_front()
        {
            receipt.await.map_err(|_| DemoError::Died)??;
        }
        Ok(())
    }

    /// Keeps them.
    pub fn keep(&self) -> Result<(), DemoError> {
        match &self.parcels {
            Some(parcels) => super::keep(&self.file, parcels),
            None => Ok(()),
        }
    }
}

/// A batch as its feed reads it.
struct Read {
    submission: Submission,
    problems: engine::Submission,
    acts: Vec<Act>,
}

impl Read {
    fn of(batch: Batch, book: &Book) -> Read {
        let (reading, problems) = prepare(book, &Sender::anybody(), None, &batch.body, batch.at);
        let act = |act: crate::demo::parcels::Act| Act {
            order: act.order,
            kind: act.kind,
            by: act.by.into(),
            remark: act.remark.into(),
        };
        let taken = |read: ReadDocument| Taken {
            document: read.document,
            json: read.json,
        };
        Read {
            submission: Submission {
                documents: reading.documents.into_iter().map(taken).collect(),
                clock: Some(batch.at),
            },
            problems: engine::Submission {
                problems,
                ..engine::Submission::default()
            },
            acts: batch.acts.into_iter().map(act).collect(),
        }
    }
}
