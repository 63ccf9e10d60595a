//! All parcels of a list as CSV (RFC 4180), written page after page while it is read.

use super::{App, item, page};
use crate::parcels::list::{Place, Query};
use crate::routes::error::ApiError;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use shared::wire::parcels::ParcelItem;
use std::fmt::Write as _;
use std::io;
use tokio::sync::mpsc;
use tracing::Instrument as _;

/// So many parcels are looked up and written at once.
const AT_ONCE: usize = 1_000;
/// So many pieces may wait for a reader that is slower than the store.
const WAITING: usize = 4;

const HEAD: &str = "order,site,state,reasons,missing,platform,mode,park,waybill,value_fen,first_at,received_at,decided_at,\
                    seconds\r\n";

type Piece = Result<Bytes, io::Error>;

/// The answer. Its body is written by a task that waits for its reader.
pub fn answer(app: App, query: Query, behind: Option<Place>) -> Response {
    let (sender, receiver) = mpsc::channel::<Piece>(WAITING);
    let writing = async move {
        if let Err(error) = write(app, query, behind, &sender).await {
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
    query: Query,
    mut behind: Option<Place>,
    to: &mpsc::Sender<Piece>,
) -> io::Result<()> {
    if to.send(Ok(HEAD.into())).await.is_err() {
        return Ok(());
    }
    loop {
        let place = tokio::select! {
            biased;
            () = app.stopping.cancelled() => return Err(io::Error::other("the server is stopping")),
            place = to.reserve() => place,
        };
        // A reader that went away wants no more.
        let Ok(place) = place else {
            return Ok(());
        };
        let (looking, query) = (app.clone(), query.clone());
        let found = crate::serving::apart(move || lines(&looking, query, behind)).await;
        let failed = || io::Error::other("a look-up failed; the log of the server says why");
        let (text, next) = found.map_err(|_| failed())?.map_err(|_| failed())?;
        place.send(Ok(text.into()));
        match next {
            Some(next) => behind = Some(next),
            None => return Ok(()),
        }
    }
}

fn lines(app: &App, query: Query, behind: Option<Place>) -> Result<(String, Option<Place>), ApiError> {
    let book = app.book()?;
    let page = page(book, query, behind, AT_ONCE)?;
    let state = book.state();
    let mut text = String::new();
    for parcel in page.parcels.iter().filter_map(|parcel| item(parcel, &state)) {
        line(&mut text, &parcel);
    }
    Ok((text, page.next))
}

/// One parcel.
fn line(text: &mut String, parcel: &ParcelItem) {
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let names = |all: Vec<&str>| all.join(" ");
    let number = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
    let time = |time: &Option<shared::time::LocalTime>| time.map_or_else(String::new, |at| at.to_string());
    let fields = [
        parcel.order.clone(),
        parcel.site.clone(),
        parcel.state.name().to_owned(),
        names(parcel.reasons.iter().map(|own| own.name()).collect()),
        names(parcel.missing.iter().map(|own| own.name()).collect()),
        or_empty(&parcel.platform),
        parcel
            .mode
            .map_or_else(String::new, |mode| mode.name().to_owned()),
        or_empty(&parcel.park),
        or_empty(&parcel.waybill),
        number(parcel.value_fen),
        parcel.first_at.to_string(),
        time(&parcel.received_at),
        time(&parcel.decided_at),
        number(parcel.seconds),
    ];
    for (place, field) in fields.iter().enumerate() {
        let comma = if place > 0 { "," } else { "" };
        let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
        // Writing to a text cannot fail.
        let _ = match field.contains([',', '"', '\r', '\n']) || formula {
            // A programme for tables would take it for a formula.
            true => write!(
                text,
                "{comma}\"{}{}\"",
                if formula { "'" } else { "" },
                field.replace('"', "\"\"")
            ),
            false => write!(text, "{comma}{field}"),
        };
    }
    text.push_str("\r\n");
}
