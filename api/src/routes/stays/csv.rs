//! All stays of a list as CSV (RFC 4180), written while it is read: page after page by cursor, so that the engine
//! writes between two pages and nothing of the list is kept.

use super::{App, page, stays};
use crate::engine::lists::{Key, Wanted};
use crate::routes::error::ApiError;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use shared::stay::StayFlag;
use shared::wire::stay::Stay;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc;
use tracing::Instrument as _;

/// So many stays are looked up at once …
const LOOKED_UP: usize = 20_000;
/// … the first time fewer, since somebody waits …
const LOOKED_UP_FIRST: usize = 200;
/// … and so many are written at once.
const WRITTEN: usize = 200;
/// So many pieces may wait for a reader that is slower than the store.
const WAITING: usize = 4;

const HEAD: &str = "id,site,container,container_verified,direction,cargo,mode,channel,size_type,teu,empty,\
                    bill_of_lading,voyage,vessel_imo,vessel_name,declarations,refrigerated,status,slot,began_at,\
                    ended_at,clearance_seconds,flags\r\n";

type Piece = Result<Bytes, io::Error>;

/// The answer. Its body is written by a task that waits for its reader; a thread that may block is taken only for a
/// look-up, so that slow readers, however many, keep nobody from one.
pub fn answer(app: App, wanted: Wanted, behind: Option<Key>) -> Response {
    let (sender, receiver) = mpsc::channel::<Piece>(WAITING);
    let writing = async move {
        if let Err(error) = write(app, Arc::new(wanted), behind, &sender).await {
            // The reader sees a body that breaks off, not one that seems to be complete.
            let _ = sender.send(Err(error)).await;
        }
    };
    tokio::spawn(writing.in_current_span());
    let body = futures_util::stream::unfold(receiver, |mut receiver| async move {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    });
    let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
    (kind, Body::from_stream(body)).into_response()
}

async fn write(
    app: App,
    wanted: Arc<Wanted>,
    mut behind: Option<Key>,
    to: &mpsc::Sender<Piece>,
) -> io::Result<()> {
    if to.send(Ok(HEAD.into())).await.is_err() {
        return Ok(());
    }
    let mut most = LOOKED_UP_FIRST;
    loop {
        let (looking, wanted) = (app.clone(), Arc::clone(&wanted));
        let page = apart(move || page(&looking, &wanted, behind, most)).await?;
        let keys = Arc::new(page.keys);
        for from in (0..keys.len()).step_by(WRITTEN) {
            let place = tokio::select! {
                biased;
                () = app.stopping.cancelled() => return Err(io::Error::other("the server is stopping")),
                place = to.reserve() => place,
            };
            // A reader that went away wants no more.
            let Ok(place) = place else {
                return Ok(());
            };
            let (looking, keys) = (app.clone(), Arc::clone(&keys));
            let text = apart(move || lines(&looking, &keys[from..keys.len().min(from + WRITTEN)])).await?;
            place.send(Ok(text.into()));
        }
        if !page.more {
            return Ok(());
        }
        behind = keys.last().cloned();
        most = LOOKED_UP;
    }
}

async fn apart<T: Send + 'static>(
    look_up: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> io::Result<T> {
    let found = crate::serving::apart(look_up).await;
    let failed = || io::Error::other("a look-up failed; the log of the server says why");
    found.map_err(|_| failed())?.map_err(|_| failed())
}

fn lines(app: &App, keys: &[Key]) -> Result<String, ApiError> {
    let mut text = String::new();
    for stay in stays(app, keys)? {
        line(&mut text, &stay);
    }
    Ok(text)
}

/// One stay.
fn line(text: &mut String, stay: &Stay) {
    let flags: BTreeSet<String> = stay.flags.iter().map(flag).collect();
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let direction = stay.direction.map_or("", |direction| direction.name());
    let fields = [
        stay.id.clone(),
        stay.site.clone(),
        stay.container.clone(),
        stay.container_verified.to_string(),
        direction.to_owned(),
        stay.cargo.name().to_owned(),
        stay.mode.name().to_owned(),
        stay.channel.name().to_owned(),
        or_empty(&stay.size_type),
        // With its point, as in JSON.
        stay.teu.map_or_else(String::new, |teu| format!("{teu:?}")),
        shown(stay.empty),
        or_empty(&stay.bill_of_lading),
        or_empty(&stay.voyage),
        or_empty(&stay.vessel_imo),
        or_empty(&stay.vessel_name),
        stay.declarations.join(" "),
        stay.refrigerated.to_string(),
        stay.status.name().to_owned(),
        or_empty(&stay.slot),
        shown(stay.began_at),
        shown(stay.ended_at),
        shown(stay.clearance_seconds),
        flags.into_iter().collect::<Vec<_>>().join(" "),
    ];
    for (index, field) in fields.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // A text takes whatever is written.
        let _ = write!(text, "{comma}{}", quoted(field));
    }
    text.push_str("\r\n");
}

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn flag(flag: &StayFlag) -> String {
    match serde_json::to_value(flag) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe, which keeps it from being one.
pub fn quoted(field: &str) -> String {
    let guarded = match field.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n') => format!("'{field}"),
        _ => field.to_owned(),
    };
    if guarded.contains(['"', ',', '\n', '\r', '\t']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_field_is_a_formula() {
        for (field, written) in [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("A-1", "A-1"),
        ] {
            assert_eq!(quoted(field), written);
        }
    }

    #[test]
    fn commas_quotes_and_line_ends_are_quoted() {
        assert_eq!(quoted("STAR, EXAMPLE"), "\"STAR, EXAMPLE\"");
        assert_eq!(quoted("the \"STAR\""), "\"the \"\"STAR\"\"\"");
        assert_eq!(quoted("a\nb"), "\"a\nb\"");
    }
}
