//! Server-Sent Events (`interface.md` §3, The stream). Every reader reads the one log at its own pace, so a slow
//! one costs nobody else anything; one that falls behind what the log holds is told so and takes a new snapshot.

use super::App;
use super::error::ApiError;
use super::params::Params;
use crate::access::caller::sees;
use crate::access::{Caller, Sites, now};
use crate::engine::changes::{Message, Resume, Topic};
use crate::release_desk::view::Eye;
use crate::serving::load::{Loaded, Place};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use shared::access::Right;
use shared::wire::alarm::Alarm;
use shared::wire::stream::{Reset, Tick};
use smol_str::SmolStr;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// A tick every ten seconds, so that a page knows its data is fresh when nothing happens.
const TICK: Duration = Duration::from_secs(10);
/// What is handed over at once, unless one message alone is more: all that a slow reader costs beside the log.
const AT_ONCE: usize = 16 << 10;
/// How many messages are looked through before others get their turn.
const LOOK_THROUGH: usize = 2_000;
/// How long a browser's own reconnecting waits.
const RETRY: &str = "retry: 1000\n\n";

/// `GET /stream`.
pub async fn stream(
    State(app): State<App>,
    caller: Caller,
    Loaded(load): Loaded,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    params.only(&["topics", "since"])?;
    let topics = match params.one("topics") {
        None => ALL.into_iter().filter(|topic| may(&caller, *topic)).collect(),
        Some(_) => params.each("topics", Topic::from_name)?,
    };
    if let Some(refused) = topics.iter().find(|topic| !may(&caller, **topic)) {
        let names: Vec<&str> = rights_of(*refused).iter().map(|right| right.name()).collect();
        let detail = format!("you have no right to changes of `{}`", names.join("` or `"));
        return Err(ApiError::forbidden(detail));
    }
    let last_event = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let since = last_event.or(params.one("since"));
    let place = load.read().ok_or_else(|| {
        ApiError::busy("the stream has as many readers as it may; try again in a few seconds")
    })?;
    // Subscribed before the position is looked up, so that nothing falls between.
    let head = app.engine.head();
    let (position, reset) = match since {
        None => (app.engine.log().end(), None),
        Some(since) => {
            let (epoch, sequence) = since
                .rsplit_once(':')
                .and_then(|(epoch, sequence)| Some((epoch, sequence.parse().ok()?)))
                .ok_or_else(|| ApiError::parameter("since", format!("`{since}` is not epoch:sequence")))?;
            let log = app.engine.log();
            let reset = |reason| Some((reason, log.head()));
            match log.resume(epoch, sequence) {
                Resume::At(position) => (position, None),
                Resume::OtherEpoch => (log.end(), reset("epoch")),
                Resume::TooOld => (log.end(), reset("too_old")),
            }
        }
    };
    let reader = Reader {
        ended: app.access.changes(),
        sight: Sight::of(&app, &caller, topics),
        caller,
        app,
        place,
        head,
        position,
        reset,
        next_tick: Instant::now(),
        not_before: Instant::now(),
        greeted: false,
        sent: 0,
    };
    let body = Body::from_stream(futures_util::stream::unfold(reader, |mut reader| async move {
        let bytes = reader.next().await?;
        Some((Ok::<Bytes, std::convert::Infallible>(bytes), reader))
    }));
    let mut response = body.into_response();
    let fields = response.headers_mut();
    fields.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    fields.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, no-transform"),
    );
    fields.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

const ALL: [Topic; 6] = [
    Topic::Alarm,
    Topic::Yard,
    Topic::Figures,
    Topic::Feed,
    Topic::Parcels,
    Topic::ReleaseDesk,
];

/// What it takes to be told of changes: one of these.
fn rights_of(topic: Topic) -> &'static [Right] {
    match topic {
        Topic::Alarm => &[Right::Alarms],
        Topic::Yard => &[Right::Yard],
        Topic::Figures | Topic::Parcels => &[Right::Figures],
        Topic::Feed => &[Right::Feeds],
        Topic::ReleaseDesk => &[Right::Applications, Right::Proofread, Right::Review],
    }
}

fn may(caller: &Caller, topic: Topic) -> bool {
    rights_of(topic).iter().any(|right| caller.has(*right))
}

/// Which messages a reader is told.
struct Sight {
    topics: Vec<Topic>,
    sites: Sites,
    /// Of whoever sees some sites: the sources that the configuration names for them.
    sources: Vec<SmolStr>,
    /// What the reader sees of the release desk.
    desk: Option<Eye>,
}

impl Sight {
    fn of(app: &App, caller: &Caller, topics: Vec<Topic>) -> Sight {
        let sites = caller.sites();
        let seen = app.engine.configuration.sites.iter();
        let seen = seen.filter(|site| sites.is_some() && sees(&sites, &site.code));
        Sight {
            topics,
            sources: seen.flat_map(|site| site.sources.iter().cloned()).collect(),
            sites,
            desk: Eye::of(caller),
        }
    }

    /// What the reader is told of a message. It is the one that was encoded for all, but where an alarm speaks of a
    /// site that the reader does not see.
    fn of_message(&self, message: &Message) -> Option<Bytes> {
        // One whose place a newer one took holds nothing.
        if message.frame.is_empty() || !self.takes(message) {
            return None;
        }
        let speaks_of_others = self.sites.is_some()
            && message.topic == Topic::Alarm
            && memchr::memmem::find(&message.frame, b"\"others\":[{").is_some();
        match speaks_of_others {
            false => Some(message.frame.clone()),
            true => self.without_elsewhere(&message.frame),
        }
    }

    fn without_elsewhere(&self, frame: &Bytes) -> Option<Bytes> {
        let text = std::str::from_utf8(frame).ok()?;
        let (head, data) = text.split_once("data: ")?;
        let mut alarm: Alarm = serde_json::from_str(data.trim_end()).ok()?;
        alarm.hide_elsewhere(|site| sees(&self.sites, site));
        let json = serde_json::to_string(&alarm).ok()?;
        Some(Bytes::from(format!("{head}data: {json}\n\n")))
    }

    fn takes(&self, message: &Message) -> bool {
        if message.topic == Topic::ReleaseDesk {
            let told = self.topics.contains(&message.topic);
            return told && self.desk.as_ref().is_some_and(|eye| desk_tells(eye, &message.of));
        }
        self.topics.contains(&message.topic)
            && (self.sites.is_none()
                || match message.topic {
                    Topic::Feed => self.sources.contains(&message.of),
                    Topic::Alarm | Topic::Yard | Topic::Figures | Topic::Parcels | Topic::ReleaseDesk => {
                        sees(&self.sites, &message.of)
                    }
                })
    }
}

/// Whether somebody at the desk is told of an application.
fn desk_tells(eye: &Eye, of: &str) -> bool {
    let mut parts = of.split('\n');
    let (Some(site), Some(enterprise), Some(draft)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    eye.sees_told(site, enterprise, !draft.is_empty())
}

/// Ends when somebody's access may have ended; never with open access.
async fn changed_access(ended: &mut Option<watch::Receiver<u64>>) {
    match ended {
        // The sender lives as long as the server.
        Some(ended) => drop(ended.changed().await),
        None => std::future::pending().await,
    }
}

struct Reader {
    app: App,
    caller: Caller,
    /// Tells of what may end the caller's access.
    ended: Option<watch::Receiver<u64>>,
    sight: Sight,
    place: Place,
    head: watch::Receiver<u64>,
    position: u64,
    /// Why it begins anew, and the head behind which it does.
    reset: Option<(&'static str, u64)>,
    next_tick: Instant,
    /// When it is handed messages again: a reader among many takes what came meanwhile in one go.
    not_before: Instant,
    greeted: bool,
    /// Messages so far.
    sent: u64,
}

/// What a look into the log gave.
enum Found {
    /// Bytes to send, of so many messages; and whether there is more.
    Messages(Bytes, u64, bool),
    /// Nothing of what was looked through is for this reader, and there is more.
    Nothing,
    /// The reader has everything up to this head.
    End(u64),
    /// What comes next is no longer held; it goes on behind this head.
    Gone(u64),
}

impl Reader {
    /// The next bytes to send; `None` when the server stops.
    async fn next(&mut self) -> Option<Bytes> {
        if !self.greeted {
            self.greeted = true;
            return Some(Bytes::from_static(RETRY.as_bytes()));
        }
        loop {
            if let Some((reason, head)) = self.reset.take() {
                self.place.load().metrics.reset(reason);
                return Some(self.reset_message(reason, head));
            }
            if Instant::now() < self.not_before {
                tokio::select! {
                    () = self.app.stopping.cancelled() => return None,
                    () = sleep_until(self.not_before) => {}
                }
            }
            if !self.app.access.is_still(&self.caller, now()) {
                return None;
            }
            self.head.borrow_and_update();
            let head = match self.look() {
                Found::Messages(bytes, count, more) => {
                    self.sent += count;
                    let load = self.place.load();
                    load.metrics.stream_messages.inc_by(count);
                    load.metrics.stream_bytes.inc_by(bytes.len() as u64);
                    if !more {
                        self.not_before = Instant::now() + load.pace();
                    }
                    return Some(bytes);
                }
                Found::Nothing => {
                    tokio::task::yield_now().await;
                    continue;
                }
                Found::Gone(head) => {
                    self.reset = Some(("lagged", head));
                    continue;
                }
                Found::End(head) => head,
            };
            // Only a reader that has everything is told the head: else its position would run ahead of it.
            if Instant::now() >= self.next_tick {
                self.next_tick = Instant::now() + TICK;
                return Some(self.tick(head));
            }
            tokio::select! {
                () = self.app.stopping.cancelled() => return None,
                changed = self.head.changed() => changed.ok()?,
                () = changed_access(&mut self.ended) => {}
                () = sleep_until(self.next_tick) => {}
            }
        }
    }

    /// Looks into the log for what waits there for this reader, and moves its position behind it.
    fn look(&mut self) -> Found {
        let log = self.app.engine.log();
        let Some(messages) = log.from(self.position, LOOK_THROUGH) else {
            self.position = log.end();
            return Found::Gone(log.head());
        };
        let mut frames: Vec<Bytes> = Vec::new();
        let (mut length, mut seen) = (0, 0);
        for message in messages {
            if let Some(frame) = self.sight.of_message(message) {
                if !frames.is_empty() && length + frame.len() > AT_ONCE {
                    break;
                }
                length += frame.len();
                frames.push(frame);
            }
            seen += 1;
        }
        let position = self.position + seen;
        let more = position < log.end();
        let found = match frames.as_slice() {
            [] if more => Found::Nothing,
            [] => Found::End(log.head()),
            // One alone is shared by all readers.
            [one] => Found::Messages(one.clone(), 1, more),
            several => {
                let mut bytes = Vec::with_capacity(length);
                for frame in several {
                    bytes.extend_from_slice(frame);
                }
                Found::Messages(Bytes::from(bytes), several.len() as u64, more)
            }
        };
        drop(log);
        self.position = position;
        found
    }

    /// A tick of a reader that has everything up to `head`; what was committed since is not on its way yet.
    fn tick(&self, head: u64) -> Bytes {
        let log = self.app.engine.log();
        let tick = Tick {
            now: self.app.engine.clock.now().utc(),
            epoch: log.epoch().to_owned(),
            sequence: head,
            messages: self.sent,
        };
        message("tick", log.epoch(), head, &tick)
    }

    fn reset_message(&self, reason: &str, head: u64) -> Bytes {
        let log = self.app.engine.log();
        message(
            "reset",
            log.epoch(),
            head,
            &Reset {
                reason: reason.to_owned(),
            },
        )
    }
}

fn message<T: serde::Serialize>(event: &str, epoch: &str, sequence: u64, data: &T) -> Bytes {
    // Plain structs of texts and numbers always serialise.
    let json = serde_json::to_string(data).unwrap_or_default();
    Bytes::from(format!(
        "event: {event}\nid: {epoch}:{sequence}\ndata: {json}\n\n"
    ))
}
