//! Stays: one, and lists by the same filters as the figures.

use super::App;
use super::containers::record_of;
use super::declarations;
use super::error::ApiError;
use super::figures::wants_csv;
use super::params::Params;
use crate::engine::state::State as EngineState;
use crate::engine::store::{StayColumn, StayRow};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::container::ContainerNumber;
use shared::figures::{Filter, Unit};
use shared::stay::fold::stay_id;
use shared::time::Time;
use shared::wire::List;
use shared::wire::stay::Stay;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// What an address of a stay leads to.
pub enum Found {
    /// The stay, with the beginning of its clearance clock and its release, if clearance counts it.
    Stay(Box<(Stay, Option<Time>, Option<Time>)>),
    /// The present address of a stay that had another beginning before.
    Moved(String),
}

/// Looks a stay up by an address that it has or had.
pub fn find_one(state: &EngineState, id: &str) -> Result<Found, ApiError> {
    let missing = || ApiError::not_found(format!("there is no stay `{id}`"));
    let (number, _) = id.rsplit_once('-').ok_or_else(missing)?;
    let number = ContainerNumber::parse(number).map_err(|_| missing())?;
    let record = record_of(state, &number)?.ok_or_else(missing)?;
    let stays = state.stays_of(&record);
    if let Some(stay) = stays.iter().find(|stay| stay.id == id) {
        let digest = state.digest_of(&record);
        let digest = digest.stays.iter().find(|own| own.id == id);
        let clock_from = digest.and_then(|own| own.clock_from);
        let released_at = digest.and_then(|own| own.released_at);
        return Ok(Found::Stay(Box::new((stay.clone(), clock_from, released_at))));
    }
    let began = |stay: &&Stay| {
        stay.nodes.iter().flat_map(|node| &node.reports).any(|report| {
            let identity = shared::event::Identity {
                source: report.source.as_str().into(),
                id: report.id.as_str().into(),
            };
            stay_id(&stay.site, &number, &identity) == id
        })
    };
    let stay = stays.iter().find(began).ok_or_else(missing)?;
    Ok(Found::Moved(stay.id.clone()))
}

/// Leads on to another address for good.
pub fn moved(location: &str) -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response()
}

/// `GET /stays/{id}`. An address that a stay had before a late event gave it another beginning leads to the
/// present one (308).
pub async fn one(State(app): State<App>, Path(id): Path<String>) -> Result<Response, ApiError> {
    Ok(match find_one(&app.engine.state(), &id)? {
        Found::Stay(found) => Json(found.0).into_response(),
        Found::Moved(id) => moved(&format!("/api/v1/stays/{id}")),
    })
}

const KNOWN: &[&str] = &[
    "site",
    "by",
    "from",
    "to",
    "direction",
    "cargo",
    "mode",
    "channel",
    "unit",
    "q",
    "min_seconds",
    "max_seconds",
    "open",
    "status",
    "limit",
    "cursor",
];

/// What a list asks for.
#[derive(Debug)]
pub struct Wanted {
    site: SmolStr,
    column: StayColumn,
    period: (Time, Time),
    filter: Filter,
    text: Option<String>,
    min_seconds: Option<u64>,
    max_seconds: Option<u64>,
    open: Option<bool>,
    status: Vec<shared::stay::Status>,
}

impl Wanted {
    fn read(params: &Params, state: &EngineState) -> Result<Wanted, ApiError> {
        params.only(KNOWN)?;
        let site = params.site(state)?;
        match params.one("unit") {
            None | Some("stay") => {}
            Some(other) => {
                return Err(ApiError::parameter(
                    "unit",
                    format!("`{other}` is no unit here: `stay` is"),
                ));
            }
        }
        let (from, to) = (params.time("from", site)?, params.time("to", site)?);
        let open = params.flag("open")?;
        let column = match params.one("by") {
            _ if open == Some(true) => StayColumn::Clock,
            Some("released") => StayColumn::Released,
            Some("moved") => StayColumn::Moved,
            Some("began") => StayColumn::Began,
            Some("left") => StayColumn::Ended,
            None if from.is_none() && to.is_none() => StayColumn::Any,
            None => StayColumn::Released,
            Some(other) => {
                let detail = format!("`{other}` is none of released, moved, began, left");
                return Err(ApiError::parameter("by", detail));
            }
        };
        Ok(Wanted {
            site: site.site.code.clone(),
            column,
            period: (from.unwrap_or(Time(i64::MIN)), to.unwrap_or(Time(i64::MAX))),
            filter: params.filter()?,
            text: params.one("q").map(str::to_uppercase),
            min_seconds: params.number("min_seconds")?,
            max_seconds: params.number("max_seconds")?,
            open,
            status: params.each("status", shared::stay::Status::from_name)?,
        })
    }

    fn takes(&self, row: &StayRow) -> bool {
        let within = |at: Option<Time>| at.is_some_and(|at| self.period.0 <= at && at < self.period.1);
        let in_period = match self.column {
            StayColumn::Any => true,
            StayColumn::Released => within(row.released_at),
            StayColumn::Clock => within(row.clock_from),
            StayColumn::Ended => within(row.ended_at),
            StayColumn::Began => within(Some(row.began_at)),
            StayColumn::Moved => row.moved_at.into_iter().any(within),
        };
        // Open at the end of the period: the clock began and the release came later, or not at all.
        let is_open =
            row.clock_from.is_some() && row.released_at.is_none_or(|released| released >= self.period.1);
        let seconds = row.clearance_seconds;
        in_period
            && row.site == self.site
            && self.filter.takes(&row.dimensions)
            && self.open.is_none_or(|open| open == is_open)
            && (self.status.is_empty() || self.status.contains(&row.status))
            && self
                .min_seconds
                .is_none_or(|least| seconds.is_some_and(|seconds| seconds >= least))
            && self
                .max_seconds
                .is_none_or(|most| seconds.is_some_and(|seconds| seconds <= most))
            && self.text.as_ref().is_none_or(|text| {
                row.container.as_str().contains(text.as_str())
                    || row.texts.iter().any(|own| own.contains(text.as_str()))
            })
    }
}

/// `GET /stays`.
pub async fn list(State(app): State<App>, params: Params, headers: HeaderMap) -> Result<Response, ApiError> {
    let state = app.engine.state();
    if params.one("unit") == Some(Unit::Declaration.name()) {
        return declarations::list(&state, &params, wants_csv(&headers));
    }
    let wanted = Wanted::read(&params, &state)?;
    let limit = params.limit()?;
    let csv = wants_csv(&headers);
    let behind = params.one("cursor").map(cursor).transpose()?;
    let most = if csv { usize::MAX } else { limit };
    let (rows, more) = find(&state, &wanted, behind, most)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        let record = record_of(&state, &row.container)?.ok_or_else(ApiError::internal)?;
        items.extend(
            state
                .stays_of(&record)
                .into_iter()
                .find(|stay| stay.id == row.id.as_str()),
        );
    }
    if csv {
        let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
        return Ok((kind, as_csv(&items)).into_response());
    }
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{}.{}", row.began_at.0, row.id));
    let list = List {
        items,
        next,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    };
    Ok(Json(list).into_response())
}

fn cursor(text: &str) -> Result<(Time, SmolStr), ApiError> {
    text.split_once('.')
        .and_then(|(at, id)| Some((Time(at.parse().ok()?), SmolStr::new(id))))
        .ok_or_else(|| ApiError::parameter("cursor", format!("`{text}` is no cursor")))
}

/// The wanted stays, newest beginning first, then by id: those in the store, with what changed since in
/// memory in their place.
fn find(
    state: &EngineState,
    wanted: &Wanted,
    behind: Option<(Time, SmolStr)>,
    most: usize,
) -> Result<(Vec<StayRow>, bool), ApiError> {
    type Key = (std::cmp::Reverse<Time>, SmolStr);
    let key = |row: &StayRow| -> Key { (std::cmp::Reverse(row.began_at), row.id.clone()) };
    let behind: Option<Key> = behind.map(|(at, id)| (std::cmp::Reverse(at), id));
    let is_behind = |row: &StayRow| behind.as_ref().is_none_or(|behind| key(row) > *behind);
    let mut found: Vec<StayRow> = state
        .changed_rows()
        .filter(|row| wanted.takes(row) && is_behind(row))
        .collect();
    let mut stored = 0usize;
    state.stored_stays(wanted.column, wanted.period, &mut |row| {
        if !state.has_changed(&row.container) && wanted.takes(&row) && is_behind(&row) {
            found.push(row);
            stored += 1;
        }
        // The store gives them in order, so one more than a page is enough.
        stored <= most
    })?;
    found.sort_by_key(key);
    let more = found.len() > most;
    found.truncate(most);
    Ok((found, more))
}

fn as_csv(stays: &[Stay]) -> String {
    let mut text = String::from(
        "id,site,container,container_verified,direction,cargo,mode,channel,size_type,teu,empty,bill_of_lading,\
         voyage,vessel_imo,vessel_name,declarations,refrigerated,status,slot,began_at,ended_at,clearance_seconds,flags\r\n",
    );
    let name = |value: serde_json::Value| match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    for stay in stays {
        let value = |value: serde_json::Result<serde_json::Value>| name(value.unwrap_or_default());
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        let flags: BTreeSet<String> = stay
            .flags
            .iter()
            .map(|flag| value(serde_json::to_value(flag)))
            .collect();
        let fields = [
            stay.id.clone(),
            stay.site.clone(),
            stay.container.clone(),
            stay.container_verified.to_string(),
            value(serde_json::to_value(stay.direction)),
            stay.cargo.name().to_owned(),
            stay.mode.name().to_owned(),
            stay.channel.name().to_owned(),
            or_empty(&stay.size_type),
            value(serde_json::to_value(stay.teu)),
            value(serde_json::to_value(stay.empty)),
            or_empty(&stay.bill_of_lading),
            or_empty(&stay.voyage),
            or_empty(&stay.vessel_imo),
            or_empty(&stay.vessel_name),
            stay.declarations.join(" "),
            stay.refrigerated.to_string(),
            stay.status.name().to_owned(),
            or_empty(&stay.slot),
            value(serde_json::to_value(stay.began_at)),
            value(serde_json::to_value(stay.ended_at)),
            value(serde_json::to_value(stay.clearance_seconds)),
            flags.into_iter().collect::<Vec<_>>().join(" "),
        ];
        let line: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        text.push_str(&line.join(","));
        text.push_str("\r\n");
    }
    text
}

/// RFC 4180; a text that a spreadsheet would take for a formula is kept from being one.
pub fn quoted(field: &str) -> String {
    let guarded = match field.as_bytes().first() {
        Some(b'=' | b'+' | b'@') => format!("'{field}"),
        _ => field.to_owned(),
    };
    if guarded.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}
