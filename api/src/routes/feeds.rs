//! Feeds, sources and problems.

/// Documents of parcels.
pub mod documents;

use super::App;
use super::containers::record_of;
use super::error::ApiError;
use super::guard::log;
use super::params::Params;
use crate::access::Caller;
use crate::access::audit::Deed;
use crate::engine::problems::{ProblemEntry, ProblemStanding, raw_text};
use crate::engine::state::State as EngineState;
use crate::engine::{Engine, Submission, Taken};
use crate::feeds::{self, Context, Position, ReadProblem, Reading};
use crate::intake::{Sender, admit};
use crate::journal::Format;
use crate::serving::bodies::{Charge, Owner};
use crate::serving::load::{Loaded, Place};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts as _, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use http_body::Body as _;
use shared::container::ContainerNumber;
use shared::event::json::canonical;
use shared::event::{Event, Identity};
use shared::time::Time;
use shared::wire::List;
use shared::wire::feeds::{FeedAnswer, FlagCode, ProblemCode, Remark, Source, StoredProblem};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::io::Read as _;
use std::sync::Arc;

/// A body is at most 32 MiB once unpacked (`interface.md` §3).
pub const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// `POST /feeds/events`.
pub async fn events(
    State(app): State<App>,
    caller: Caller,
    params: Params,
    sent: Sent,
) -> Result<(StatusCode, Json<FeedAnswer>), ApiError> {
    take(app, caller, params, sent, Format::Events).await
}

/// `POST /feeds/dcsa`.
pub async fn dcsa(
    State(app): State<App>,
    caller: Caller,
    params: Params,
    sent: Sent,
) -> Result<(StatusCode, Json<FeedAnswer>), ApiError> {
    take(app, caller, params, sent, Format::Dcsa).await
}

/// `POST /feeds/edifact`.
pub async fn edifact(
    State(app): State<App>,
    caller: Caller,
    params: Params,
    sent: Sent,
) -> Result<(StatusCode, Json<FeedAnswer>), ApiError> {
    take(app, caller, params, sent, Format::Edifact).await
}

/// `POST /feeds/parcels`.
pub async fn parcels(
    State(app): State<App>,
    caller: Caller,
    params: Params,
    sent: Sent,
) -> Result<(StatusCode, Json<FeedAnswer>), ApiError> {
    take(app, caller, params, sent, Format::Parcels).await
}

async fn take(
    app: App,
    caller: Caller,
    params: Params,
    sent: Sent,
    format: Format,
) -> Result<(StatusCode, Json<FeedAnswer>), ApiError> {
    params.only(&["source"])?;
    let message = sent.body(&app.engine, &caller).await?;
    let source = params.one("source").map(str::to_owned);
    let sender = Sender::of(&caller);
    let answer = submit(&app, &sender, format, source, message, true).await?;
    Ok((status(&answer), Json(answer)))
}

/// A message as it is sent, still on its way.
#[derive(Debug)]
pub struct Sent {
    load: Loaded,
    /// What memory its body has reserved; without a server in front there is no such limit.
    charge: Option<Arc<Charge>>,
    headers: HeaderMap,
    body: Body,
}

impl<S: Sync> FromRequest<S> for Sent {
    type Rejection = Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Sent, Infallible> {
        let (mut parts, body) = request.into_parts();
        Ok(Sent {
            load: Loaded::from_request_parts(&mut parts, state).await?,
            charge: parts.extensions.remove(),
            headers: parts.headers,
            body,
        })
    }
}

/// A message that was read and unpacked, with what it takes of the server.
#[derive(Debug)]
pub struct Message {
    body: Bytes,
    held: Held,
}

/// What a message takes of the server until all is done that it asks for. It goes where the work is done, not with the
/// call: the work goes on when the sender hangs up.
#[derive(Debug)]
struct Held {
    /// Memory; none without a server in front.
    charge: Option<Arc<Charge>>,
    /// A place among those that wait; none without a server. Readers of the server need no such place.
    _place: Option<Place>,
}

impl From<Bytes> for Message {
    /// A message that takes nothing of a server.
    fn from(body: Bytes) -> Message {
        let held = Held {
            charge: None,
            _place: None,
        };
        Message { body, held }
    }
}

impl Sent {
    /// Reads and unpacks the body, with a place among those that wait, and memory for what it declares.
    async fn body(self, engine: &Engine, caller: &Caller) -> Result<Message, ApiError> {
        let load = self.load.0;
        let Some(place) = load.feed() else {
            return Err(ApiError::busy(
                "as many messages wait as may; send again in a few seconds",
            ));
        };
        let declared = self.body.size_hint().lower();
        if declared > LARGEST_BODY as u64 {
            return Err(body_too_large());
        }
        if let Some(charge) = &self.charge {
            if let Some(known) = &caller.known {
                charge.belongs_to(Owner::Holder(known.holder.clone()));
            }
            // It is no more than the largest body.
            if !charge.reserve(declared as usize).await {
                return Err(load.no_memory());
            }
        }
        let packed = axum::body::to_bytes(self.body, LARGEST_BODY)
            .await
            .map_err(|_| body_too_large())?;
        let (headers, charge) = (self.headers, self.charge);
        let held = Held {
            charge,
            _place: Some(place),
        };
        if !headers.contains_key(header::CONTENT_ENCODING) {
            return Ok(Message { body: packed, held });
        }
        let reading = engine.reading().await?;
        let unpacked = crate::serving::apart(move || {
            let _reading = reading;
            let whole = packed.len();
            let charge = held.charge.as_ref();
            let has_room = |unpacked| charge.is_none_or(|charge| charge.cover(whole + unpacked));
            let body = unpack(&headers, packed, has_room)?;
            Ok(Message { body, held })
        });
        unpacked.await.map_err(|_| ApiError::internal())?
    }
}

fn body_too_large() -> ApiError {
    ApiError::too_large("a body is at most 32 MiB once unpacked; send it in parts")
}

/// How much is unpacked at once.
const PIECE: u64 = 256 << 10;

/// Unpacks a body, never past the limit, nor past the memory that there is for it.
fn unpack(headers: &HeaderMap, body: Bytes, has_room: impl Fn(usize) -> bool) -> Result<Bytes, ApiError> {
    let encoding = headers
        .get(header::CONTENT_ENCODING)
        .and_then(|value| value.to_str().ok());
    match encoding.map(str::trim) {
        None | Some("" | "identity") => Ok(body),
        Some("gzip" | "x-gzip") => {
            let mut unpacked = Vec::new();
            let mut reader = flate2::read::MultiGzDecoder::new(&body[..]);
            loop {
                // What can be unpacked before a break is read; the feed then says where it ends.
                match reader.by_ref().take(PIECE).read_to_end(&mut unpacked) {
                    Ok(0) => return Ok(Bytes::from(unpacked)),
                    Ok(_) if unpacked.len() > LARGEST_BODY => return Err(body_too_large()),
                    Ok(_) if !has_room(unpacked.len()) => {
                        return Err(ApiError::busy(
                            "there is no memory now for what this body unpacks to; send again in a few seconds",
                        ));
                    }
                    Ok(_) => {}
                    Err(_) if unpacked.len() > LARGEST_BODY => return Err(body_too_large()),
                    Err(_) if !unpacked.is_empty() => return Ok(Bytes::from(unpacked)),
                    Err(error) => {
                        return Err(ApiError::bad_request(format!(
                            "`Content-Encoding` is gzip and the body is not: {error}"
                        )));
                    }
                }
            }
        }
        Some(other) => Err(ApiError::encoding(format!(
            "`Content-Encoding: {other}` is not taken; gzip and identity are"
        ))),
    }
}

/// 200 when all went in, 207 when some did, 422 when none could.
fn status(answer: &FeedAnswer) -> StatusCode {
    let taken = answer.accepted + answer.duplicate + answer.replaced;
    match (answer.problems.is_empty(), taken) {
        (true, _) => StatusCode::OK,
        (false, 0) => StatusCode::UNPROCESSABLE_ENTITY,
        (false, _) => StatusCode::MULTI_STATUS,
    }
}

/// What reading and intake made of a message.
#[derive(Debug)]
pub struct Prepared {
    /// What goes to the engine.
    pub submission: Submission,
    /// Where its events stand in the message; events that follow from others stand behind them, without one.
    pub positions: Vec<Position>,
    /// What was not understood.
    pub problems: Vec<Remark<ProblemCode>>,
    /// What is odd.
    pub flags: Vec<Remark<FlagCode>>,
}

/// Runs a message through the feed of its format into the engine. With `keep_problems` what was not
/// understood is kept.
pub async fn submit(
    app: &App,
    sender: &Sender,
    format: Format,
    source: Option<String>,
    message: Message,
    keep_problems: bool,
) -> Result<FeedAnswer, ApiError> {
    if !app.engine.is_ready() {
        return Err(ApiError::unavailable(app.engine.standing().text()));
    }
    if format == Format::Parcels {
        return documents::submit(app, sender, source, message, keep_problems).await;
    }
    let engine = Arc::clone(&app.engine);
    let sender = sender.clone();
    // Only as many are read at once as leave room for those who ask for something.
    let reading = app.engine.reading().await?;
    // Reading tens of megabytes takes longer than an asynchronous task may hold its thread.
    let (prepared, held) = crate::serving::apart(move || {
        let _reading = reading;
        let Message { body, held } = message;
        let configuration = &engine.configuration;
        let context = Context {
            source: source.as_deref(),
            sites: &configuration.sites,
            edifact: &configuration.edifact,
        };
        let prepared = prepare(&engine, &sender, format, &context, &body, engine.clock.now());
        (prepared, held)
    })
    .await
    .map_err(|_| ApiError::internal())?;
    let Prepared {
        mut submission,
        positions,
        problems,
        mut flags,
    } = prepared;
    if !keep_problems {
        submission.problems.clear();
    }
    let receipt = app.engine.submit_holding(submission, held).await?;
    let mut answer = FeedAnswer {
        accepted: 0,
        duplicate: 0,
        replaced: 0,
        problems,
        flags: Vec::new(),
        epoch: app.engine.log().epoch().to_owned(),
        sequence: receipt.sequence,
    };
    use shared::event::versions::Arrival;
    for (outcome, position) in receipt.outcomes.iter().zip(&positions) {
        match outcome.arrival {
            None => answer.accepted += 1,
            Some(Arrival::Duplicate | Arrival::Older) => answer.duplicate += 1,
            Some(Arrival::Replaced) => answer.replaced += 1,
        }
        if outcome.conflict {
            let text = "another version of this event has the same `updated_at` and other content";
            flags.push(position.remark(FlagCode::Conflict, "", text));
        }
    }
    answer.flags = flags;
    Ok(answer)
}

/// An event that changes one on record, or takes it back: a key for some sites does that at those only.
fn may_change(
    engine: &Engine,
    sender: &Sender,
    event: Event,
    position: &Position,
) -> Result<Event, Box<ReadProblem>> {
    if !sender.is_limited() {
        return Ok(event);
    }
    let refuse = |message: String| {
        Box::new(ReadProblem {
            remark: position.remark(ProblemCode::SiteRefused, "site", message),
            raw: position.offset..position.end,
            source: Some(event.identity.source.to_string()),
        })
    };
    let on_record = engine.state().site_on_record(&event.identity).map_err(|error| {
        tracing::error!(%error, "a look-up failed");
        refuse("what is on record could not be looked up; send it again later".to_owned())
    })?;
    sender.may_change(on_record.as_deref()).map_err(refuse)?;
    Ok(event)
}

/// A document that replaces what the same one said voids what it no longer says, of the containers that it
/// names (`semantics.md` §1, From EDIFACT: BGM 1225).
fn void_replaced(
    engine: &Engine,
    sender: &Sender,
    replaces: &[feeds::Replaces],
    events: &[Taken],
    format: Format,
) -> Vec<Taken> {
    if replaces.is_empty() {
        return Vec::new();
    }
    let state = engine.state();
    let said: BTreeSet<&Identity> = events.iter().map(|taken| &taken.event.identity).collect();
    let containers: BTreeSet<ContainerNumber> = events
        .iter()
        .filter_map(|taken| taken.event.container())
        .collect();
    let mut voided = Vec::new();
    for container in containers {
        let Ok(Some(record)) = record_of(&state, &container) else {
            continue;
        };
        for (_, event) in record.holding() {
            let site = event.content.as_ref().and_then(|content| content.site());
            if sender.may_change(site.map(|site| site.as_str())).is_err() {
                continue;
            }
            let replaced = replaces.iter().find(|replaces| {
                event.identity.source == replaces.source
                    && event.identity.id.starts_with(replaces.prefix.as_str())
                    && event.updated_at <= replaces.updated_at
            });
            if let (Some(replaces), false) = (replaced, said.contains(&event.identity)) {
                let void = Event {
                    identity: event.identity.clone(),
                    updated_at: replaces.updated_at,
                    retracted: true,
                    content: None,
                };
                let json = canonical(&void);
                voided.push(Taken {
                    event: void,
                    json,
                    format,
                });
            }
        }
    }
    voided
}

/// Reads a message and takes its events in, as far as that needs no engine but its settings.
pub fn prepare(
    engine: &Engine,
    sender: &Sender,
    format: Format,
    context: &Context<'_>,
    body: &[u8],
    now: Time,
) -> Prepared {
    let reading: Reading = match format {
        Format::Events => feeds::native::read(body, context),
        Format::Dcsa => feeds::dcsa::read(body, context),
        Format::Edifact => feeds::edifact::read(body, context),
        // Documents of parcels go another way, and have no events.
        Format::Parcels => Reading::default(),
    };
    let mut flags = reading.flags;
    let mut problems = reading.problems;
    let mut events = Vec::with_capacity(reading.events.len());
    let mut positions = Vec::with_capacity(reading.events.len());
    let mut flagged: BTreeMap<String, u64> = BTreeMap::new();
    for read in reading.events {
        let position = read.position.clone();
        let before = flags.len();
        let admitted = admit(read, context.sites, sender, now, &mut flags);
        match admitted.and_then(|event| may_change(engine, sender, event, &position)) {
            Ok(event) => {
                let raised = (flags.len() - before) as u64;
                if raised > 0 {
                    *flagged.entry(event.identity.source.to_string()).or_default() += raised;
                }
                let json = canonical(&event);
                events.push(Taken { event, json, format });
                positions.push(position);
            }
            Err(problem) => problems.push(*problem),
        }
    }
    let replaced = void_replaced(engine, sender, &reading.replaces, &events, format);
    events.extend(replaced);
    problems.sort_by_key(|problem| (problem.remark.offset, problem.remark.index));
    let entries = problems
        .iter()
        .map(|problem| ProblemEntry {
            format,
            source: problem
                .source
                .clone()
                .or_else(|| context.source.map(str::to_owned)),
            remark: problem.remark.clone(),
            raw: raw_text(body, problem.raw.clone()),
        })
        .collect();
    Prepared {
        submission: Submission {
            events,
            problems: entries,
            flags: flagged.into_iter().collect(),
            clock: None,
        },
        positions,
        problems: problems.into_iter().map(|problem| problem.remark).collect(),
        flags,
    }
}

/// Whether somebody sees a source: who sees some sites only sees the sources that the configuration names for them.
fn sees_source(state: &EngineState, params: &Params, source: Option<&str>) -> bool {
    params.sites().is_none() || source.is_some_and(|source| speaks_for_seen(state, params, source))
}

fn speaks_for_seen(state: &EngineState, params: &Params, source: &str) -> bool {
    params
        .sites_of(state)
        .any(|site| site.site.sources.iter().any(|own| *own == source))
}

/// `GET /feeds`.
pub async fn sources(State(app): State<App>, params: Params) -> Result<Json<List<Source>>, ApiError> {
    params.only(&["limit", "cursor"])?;
    let limit = params.limit()?;
    let state = app.engine.state();
    let site = &params.site(&state)?.site;
    let local = |at: Time| site.local(at);
    let behind = params.one("cursor").unwrap_or("");
    let own = state
        .sources
        .iter()
        .filter(|(name, _)| sees_source(&state, &params, Some(name)));
    let own = own.map(|(name, source)| Source {
        source: name.clone(),
        formats: source
            .formats
            .iter()
            .map(|format| format.name().to_owned())
            .collect(),
        events: source.events,
        duplicates: source.duplicates,
        problems: source.problems,
        flags: source.flags,
        minutes: source
            .minutes
            .iter()
            .map(|(minute, count)| (local(*minute), *count))
            .collect(),
        last_at: source.last_at.map(local),
        received_at: source.received_at.map(local),
    });
    let mut all: BTreeMap<String, Source> = own.map(|source| (source.source.clone(), source)).collect();
    if let Some(book) = &app.parcels {
        documents::add_parties(&mut all, &book.state(), &params);
    }
    let mut rest = all
        .into_values()
        .filter(|source| source.source.as_str() > behind || behind.is_empty());
    let items: Vec<Source> = rest.by_ref().take(limit).collect();
    let next = rest.next().and(items.last()).map(|last| last.source.clone());
    Ok(Json(List {
        items,
        next,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }))
}

/// `GET /feeds/problems`.
pub async fn problems(State(app): State<App>, params: Params) -> Result<Json<List<StoredProblem>>, ApiError> {
    params.only(&["limit", "cursor", "state", "source"])?;
    let limit = params.limit()?;
    let wanted = params.each("state", ProblemStanding::from_name)?;
    let source = params.one("source");
    let below = params.number("cursor")?.unwrap_or(u64::MAX);
    let state = app.engine.state();
    let site = &params.site(&state)?.site;
    let mut rest = state.problems.range(..below).rev().filter(|(_, problem)| {
        (wanted.is_empty() || wanted.contains(&problem.standing))
            && sees_source(&state, &params, problem.entry.source.as_deref())
            && source.is_none_or(|source| problem.entry.source.as_deref() == Some(source))
    });
    let found: Vec<_> = rest.by_ref().take(limit).collect();
    let next = rest
        .next()
        .and(found.last())
        .map(|(sequence, _)| sequence.to_string());
    let items = found
        .into_iter()
        .map(|(sequence, problem)| StoredProblem {
            id: sequence.to_string(),
            format: problem.entry.format.name().to_owned(),
            source: problem.entry.source.clone(),
            received_at: site.local(problem.received_at),
            remark: problem.entry.remark.clone(),
            raw: problem.entry.raw.clone(),
            state: problem.standing.name().to_owned(),
        })
        .collect();
    Ok(Json(List {
        items,
        next,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }))
}

fn problem_id(text: &str) -> Result<u64, ApiError> {
    text.parse()
        .map_err(|_| ApiError::not_found(format!("there is no problem `{text}`")))
}

/// `POST /feeds/problems/{id}/retry`: sends it again, as it was kept or, with a body, corrected.
pub async fn retry(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    sent: Sent,
) -> Result<(StatusCode, Json<FeedAnswer>), ApiError> {
    let id = problem_id(&id)?;
    let params = Params::none_of(&caller);
    let mut message = sent.body(&app.engine, &caller).await?;
    let (format, source, raw) = {
        let state = app.engine.state();
        let problem = state
            .problems
            .get(&id)
            .filter(|problem| sees_source(&state, &params, problem.entry.source.as_deref()))
            .ok_or_else(|| ApiError::not_found(format!("there is no problem `{id}`")))?;
        (
            problem.entry.format,
            problem.entry.source.clone(),
            problem.entry.raw.clone(),
        )
    };
    if message.body.is_empty() {
        message.body = Bytes::from(raw);
    }
    // The problem is on record already: a retry that fails does not make it two.
    log(
        &app.access,
        &caller,
        Deed::ProblemSettled,
        &id.to_string(),
        Some("sent again".to_owned()),
    )
    .await?;
    let sender = Sender::of(&caller);
    let answer = submit(&app, &sender, format, source, message, false).await?;
    if answer.problems.is_empty() {
        app.engine
            .settle_problem(id, ProblemStanding::Resolved.name())
            .await?;
    }
    Ok((status(&answer), Json(answer)))
}

/// `POST /feeds/problems/{id}/dismiss`.
pub async fn dismiss(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Json<StoredProblem>, ApiError> {
    let id = problem_id(&id)?;
    let params = Params::none_of(&caller);
    {
        let state = app.engine.state();
        let problem = state.problems.get(&id);
        if problem.is_none_or(|problem| !sees_source(&state, &params, problem.entry.source.as_deref())) {
            return Err(ApiError::not_found(format!("there is no problem `{id}`")));
        }
    }
    log(
        &app.access,
        &caller,
        Deed::ProblemSettled,
        &id.to_string(),
        Some("dismissed".to_owned()),
    )
    .await?;
    app.engine
        .settle_problem(id, ProblemStanding::Dismissed.name())
        .await?;
    let state = app.engine.state();
    let (Some(problem), Some(site)) = (state.problems.get(&id), state.sites.first()) else {
        return Err(ApiError::internal());
    };
    Ok(Json(StoredProblem {
        id: id.to_string(),
        format: problem.entry.format.name().to_owned(),
        source: problem.entry.source.clone(),
        received_at: site.site.local(problem.received_at),
        remark: problem.entry.remark.clone(),
        raw: problem.entry.raw.clone(),
        state: problem.standing.name().to_owned(),
    }))
}
