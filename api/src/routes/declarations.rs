//! Declarations as the list behind a figure by declaration: `GET /stays?unit=declaration`.

use super::error::ApiError;
use super::params::Params;
use super::stays::csv::quoted;
use crate::engine::site::SiteState;
use crate::engine::state::State as EngineState;
use crate::engine::store::DeclarationColumn;
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use shared::figures::{DeclarationRecord, Dimensions, Filter};
use shared::time::Time;
use shared::wire::List;
use shared::wire::figures::Declaration;
use smol_str::SmolStr;

const KNOWN: &[&str] = &[
    "unit",
    "site",
    "by",
    "from",
    "to",
    "direction",
    "cargo",
    "mode",
    "channel",
    "q",
    "min_seconds",
    "max_seconds",
    "open",
    "open_at",
    "limit",
    "cursor",
];

struct Wanted<'a> {
    site: &'a SiteState,
    index: usize,
    column: DeclarationColumn,
    period: (Time, Time),
    filter: Filter,
    text: Option<String>,
    min_seconds: Option<u64>,
    max_seconds: Option<u64>,
    open: Option<bool>,
    open_at: Time,
}

impl<'a> Wanted<'a> {
    fn read(params: &Params, state: &'a EngineState) -> Result<Wanted<'a>, ApiError> {
        params.only(KNOWN)?;
        let site = params.site(state)?;
        let index = state.sites.iter().position(|own| own.site.code == site.site.code);
        let open = params.flag("open")?;
        let column = match params.one("by") {
            _ if open == Some(true) => DeclarationColumn::Declared,
            None | Some("released") => DeclarationColumn::Released,
            Some("declared") => DeclarationColumn::Declared,
            Some(other) => {
                let detail = format!("`{other}` is none of released, declared");
                return Err(ApiError::parameter("by", detail));
            }
        };
        let (from, to) = (params.time("from", site)?, params.time("to", site)?);
        let period = (from.unwrap_or(Time(i64::MIN)), to.unwrap_or(Time(i64::MAX)));
        Ok(Wanted {
            site,
            index: index.unwrap_or(0),
            column,
            period,
            filter: params.filter()?,
            text: params.one("q").map(str::to_uppercase),
            min_seconds: params.number("min_seconds")?,
            max_seconds: params.number("max_seconds")?,
            open,
            open_at: params.time("open_at", site)?.unwrap_or(period.1),
        })
    }

    /// When it stands in the list; `None` where it does not.
    fn at(&self, number: &str, record: &DeclarationRecord) -> Option<Time> {
        let declared = record.declared_at()?;
        let at = match self.column {
            DeclarationColumn::Released => record.released_at()?,
            DeclarationColumn::Declared => declared,
        };
        let is_open = record
            .released_at()
            .is_none_or(|released| released >= self.open_at);
        let seconds = record.clearance_seconds();
        let takes = self.period.0 <= at
            && at < self.period.1
            && self.filter.takes(&record.dimensions())
            && self.open.is_none_or(|open| open == is_open)
            && self
                .min_seconds
                .is_none_or(|least| seconds.is_some_and(|seconds| seconds >= least))
            && self
                .max_seconds
                .is_none_or(|most| seconds.is_some_and(|seconds| seconds <= most))
            && self
                .text
                .as_ref()
                .is_none_or(|text| number.to_uppercase().contains(text.as_str()));
        takes.then_some(at)
    }

    fn dimensions(&self) -> Vec<u8> {
        let taken = Dimensions::all().filter(|dimensions| self.filter.takes(dimensions));
        let numbers: Vec<u8> = taken.map(Dimensions::code).collect();
        if numbers.len() == Dimensions::COUNT {
            Vec::new()
        } else {
            numbers
        }
    }

    fn show(&self, number: &str, record: &DeclarationRecord, declared: Time) -> Declaration {
        let dimensions = record.dimensions();
        let local = |at| self.site.local(at);
        Declaration {
            declaration: number.to_owned(),
            site: self.site.site.code.to_string(),
            direction: dimensions.direction,
            cargo: dimensions.cargo,
            mode: dimensions.mode,
            channel: dimensions.channel,
            declared_at: local(declared),
            released_at: record.released_at().map(local),
            clearance_seconds: record.clearance_seconds(),
            stays: record.parts().iter().map(|part| part.stay.to_string()).collect(),
            containers: record
                .parts()
                .iter()
                .map(|part| part.container.to_string())
                .collect(),
        }
    }
}

/// `GET /stays?unit=declaration`: the newest first, then by number; all of them as CSV.
pub fn list(state: &EngineState, params: &Params, csv: bool) -> Result<Response, ApiError> {
    let wanted = Wanted::read(params, state)?;
    let asked = params.limit()?;
    let limit = if csv { usize::MAX - 1 } else { asked };
    let behind = params.one("cursor").map(cursor).transpose()?;
    let is_behind = |at: Time, number: &SmolStr| {
        behind
            .as_ref()
            .is_none_or(|(last, own)| at < *last || (at == *last && number > own))
    };
    let mut found: Vec<(Time, SmolStr, DeclarationRecord)> = Vec::new();
    for ((site, number), record) in state.declarations.changed() {
        let at = wanted.at(number, record).filter(|_| *site == wanted.index);
        if let Some(at) = at.filter(|at| is_behind(*at, number)) {
            found.push((at, number.clone(), record.clone()));
        }
    }
    let mut stored = 0;
    state.stored_declarations(
        wanted.index,
        wanted.column,
        wanted.period,
        &wanted.dimensions(),
        behind.as_ref(),
        &mut |number, record| {
            let at = wanted.at(&number, &record);
            let at = at.filter(|at| is_behind(*at, &number));
            if let Some(at) = at
                && !state.declarations.has_changed(&(wanted.index, number.clone()))
            {
                found.push((at, number, record));
                stored += 1;
            }
            // The store gives them in order, so one more than a page is enough.
            stored <= limit
        },
    )?;
    found.sort_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| more)
        .map(|(at, number, _)| format!("{}.{number}", at.0));
    let items: Vec<Declaration> = found
        .iter()
        .filter_map(|(_, number, record)| Some(wanted.show(number, record, record.declared_at()?)))
        .collect();
    if csv {
        let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
        return Ok((kind, as_csv(&items)).into_response());
    }
    let list = List {
        items,
        next,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    };
    Ok(Json(list).into_response())
}

fn as_csv(items: &[Declaration]) -> String {
    let mut text = String::from(
        "declaration,site,direction,cargo,mode,channel,declared_at,released_at,clearance_seconds,stays,containers\r\n",
    );
    for item in items {
        let or_empty = |value: Option<String>| value.unwrap_or_default();
        let fields = [
            item.declaration.clone(),
            item.site.clone(),
            or_empty(item.direction.map(|direction| direction.name().to_owned())),
            item.cargo.name().to_owned(),
            item.mode.name().to_owned(),
            item.channel.name().to_owned(),
            item.declared_at.to_string(),
            or_empty(item.released_at.map(|at| at.to_string())),
            or_empty(item.clearance_seconds.map(|seconds| seconds.to_string())),
            item.stays.join(" "),
            item.containers.join(" "),
        ];
        let line: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        text.push_str(&line.join(","));
        text.push_str("\r\n");
    }
    text
}

fn cursor(text: &str) -> Result<(Time, SmolStr), ApiError> {
    text.split_once('.')
        .and_then(|(at, number)| Some((Time(at.parse().ok()?), SmolStr::new(number))))
        .ok_or_else(|| ApiError::parameter("cursor", format!("`{text}` is no cursor")))
}
