//! Documents of parcels on their way into their book. What could not be understood goes to the port's journal, where
//! people find what every feed could not understand.

use super::super::App;
use super::super::error::ApiError;
use super::super::params::Params;
use super::Message;
use crate::engine::problems::{LONGEST_RAW, ProblemEntry};
use crate::engine::standing::Standing;
use crate::engine::{self, EngineError};
use crate::feeds::ReadProblem;
use crate::feeds::parcels::{Context, ReadDocument, Reading, read, redact};
use crate::intake::Sender;
use crate::journal::Format;
use crate::parcels::key::IdentityKey;
use crate::parcels::state::{Arrival, State as ParcelsState};
use crate::parcels::{Book, DOCUMENTS_IN_COMMIT, Receipt, Submission, Taken};
use serde::de::IgnoredAny;
use shared::time::Time;
use shared::wire::feeds::{FeedAnswer, FlagCode, ProblemCode, Source};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use tracing::Instrument as _;

/// How much more is read of what is kept, so that no number is cut in two before it is taken out.
const MORE: usize = 256;

/// Runs a message through the feed into the book. With `keep_problems` what was not understood is kept.
pub async fn submit(
    app: &App,
    sender: &Sender,
    source: Option<String>,
    message: Message,
    keep_problems: bool,
) -> Result<FeedAnswer, ApiError> {
    let book = Arc::clone(app.book()?);
    if book.standing() != Standing::Ready {
        return Err(ApiError::unavailable(book.standing().text()));
    }
    let sender = sender.clone();
    // Only as many are read at once as leave room for those who ask for something.
    let permit = app.engine.reading().await?;
    let (reading, problems, held) = crate::serving::apart(move || {
        let _permit = permit;
        let Message { body, held } = message;
        let (reading, problems) = prepare(&book, &sender, source.as_deref(), &body, book.now());
        (reading, problems, held)
    })
    .await
    .map_err(|_| ApiError::internal())?;
    if keep_problems && !problems.is_empty() {
        let kept = engine::Submission {
            problems,
            ..engine::Submission::default()
        };
        app.engine.submit(kept).await?;
    }
    let Reading {
        documents,
        problems,
        mut flags,
    } = reading;
    let (mut taken, mut positions) = (
        Vec::with_capacity(documents.len()),
        Vec::with_capacity(documents.len()),
    );
    for ReadDocument {
        document,
        json,
        position,
    } in documents
    {
        taken.push(Taken { document, json });
        positions.push(position);
    }
    let book = app.book()?;
    // What was read is taken whether its sender waits for the answer or not.
    let handing = hand_over(Arc::clone(book), taken, held).in_current_span();
    let receipt = tokio::spawn(handing).await.map_err(|_| ApiError::internal())??;
    let mut answer = FeedAnswer {
        accepted: 0,
        duplicate: 0,
        replaced: 0,
        problems: problems.into_iter().map(|problem| problem.remark).collect(),
        flags: Vec::new(),
        epoch: book.state().epoch.clone(),
        sequence: receipt.sequence,
    };
    for (outcome, position) in receipt.outcomes.iter().zip(&positions) {
        match outcome.arrival {
            None => answer.accepted += 1,
            Some(Arrival::Duplicate | Arrival::Older) => answer.duplicate += 1,
            Some(Arrival::Replaced) => answer.replaced += 1,
        }
        if outcome.conflict {
            let text = "another version of this document has the same `updated_at` and other content";
            flags.push(position.remark(FlagCode::Conflict, "", text));
        }
    }
    answer.flags = flags;
    Ok(answer)
}

/// Hands documents over in parts that each are one commit at most, so that others get their turn between them. What the
/// message holds is held until the last is done.
async fn hand_over(
    book: Arc<Book>,
    mut documents: Vec<Taken>,
    held: impl Send + Sync + 'static,
) -> Result<Receipt, EngineError> {
    let held = Arc::new(held);
    let mut outcomes = Vec::with_capacity(documents.len());
    loop {
        let rest = documents.split_off(documents.len().min(DOCUMENTS_IN_COMMIT));
        let part = Submission {
            documents,
            clock: None,
        };
        let receipt = book.submit(part, Arc::clone(&held)).await?;
        outcomes.extend(receipt.outcomes);
        if rest.is_empty() {
            let sequence = receipt.sequence;
            return Ok(Receipt { outcomes, sequence });
        }
        documents = rest;
    }
}

/// Reads a body as it came at a moment. What was not understood comes also as it is kept.
pub fn prepare(
    book: &Book,
    sender: &Sender,
    source: Option<&str>,
    body: &[u8],
    now: Time,
) -> (Reading, Vec<ProblemEntry>) {
    let context = Context {
        source,
        sites: &book.configuration.sites,
        sender,
        key: &book.key,
        now,
    };
    let mut reading = read(body, &context);
    if sender.is_limited() {
        keep_to_sites(&mut reading, sender, book);
    }
    reading
        .problems
        .sort_by_key(|problem| (problem.remark.offset, problem.remark.index));
    let entry = |problem: &ReadProblem| ProblemEntry {
        format: Format::Parcels,
        source: problem.source.clone().or_else(|| source.map(str::to_owned)),
        remark: problem.remark.clone(),
        raw: kept(body, problem.raw.clone(), &book.key),
    };
    let problems = reading.problems.iter().map(entry).collect();
    (reading, problems)
}

/// A key for some sites changes nothing of what is on record at others.
fn keep_to_sites(reading: &mut Reading, sender: &Sender, book: &Book) {
    let Reading {
        documents, problems, ..
    } = reading;
    let mut refused = Vec::new();
    documents.retain(|read| {
        let on_record = match book.sites_on_record(&read.document) {
            Ok(sites) => sites,
            Err(error) => {
                tracing::error!(%error, "a look-up failed");
                let message = "what is on record could not be looked up; send it again later";
                refused.push((
                    read.position.clone(),
                    message.to_owned(),
                    read.document.identity.source.clone(),
                ));
                return false;
            }
        };
        let other = on_record
            .iter()
            .find_map(|site| sender.may_change(Some(site)).err());
        match other {
            None => true,
            Some(message) => {
                refused.push((
                    read.position.clone(),
                    message,
                    read.document.identity.source.clone(),
                ));
                false
            }
        }
    });
    problems.extend(
        refused
            .into_iter()
            .map(|(position, message, source)| ReadProblem {
                remark: position.remark(ProblemCode::SiteRefused, "site", message),
                raw: position.offset..position.end,
                source: Some(source.to_string()),
            }),
    );
}

/// What is kept of a part of a body: without identity numbers, and cut where it is too long.
fn kept(body: &[u8], range: Range<usize>, key: &IdentityKey) -> String {
    let end = range
        .end
        .min(body.len())
        .min(range.start.saturating_add(LONGEST_RAW + MORE));
    let text = String::from_utf8_lossy(body.get(range.start..end).unwrap_or_default());
    let is_json = serde_json::from_str::<IgnoredAny>(&text).is_ok();
    let mut text = redact::raw(&text, is_json, key);
    text.truncate(text.floor_char_boundary(LONGEST_RAW));
    text
}

/// Adds the senders of documents to the others.
pub fn add_parties(all: &mut BTreeMap<String, Source>, state: &ParcelsState, params: &Params) {
    for site in state.sites.iter().filter(|site| params.sees(&site.site.code)) {
        for (name, party) in &site.parties {
            let local = |at| site.calendar.local(at);
            let source = all.entry(name.to_string()).or_insert_with(|| Source {
                source: name.to_string(),
                formats: Vec::new(),
                events: 0,
                duplicates: 0,
                problems: 0,
                flags: 0,
                minutes: Vec::new(),
                last_at: None,
                received_at: None,
            });
            let format = Format::Parcels.name();
            if !source.formats.iter().any(|own| own == format) {
                source.formats.push(format.to_owned());
            }
            source.events += party.documents;
            source.duplicates += party.duplicates;
            for (minute, count) in &party.minutes {
                match source.minutes.iter_mut().find(|own| own.0.at == *minute) {
                    Some(own) => own.1 += count,
                    None => source.minutes.push((local(*minute), *count)),
                }
            }
            source.minutes.sort_by_key(|own| own.0.at);
            let heard = local(party.heard_at);
            let newer = source.received_at.is_none_or(|known| known.at < heard.at);
            if newer {
                source.received_at = Some(heard);
            }
        }
    }
}
