//! What an answer says of itself: period, definition, and what it is compared with; and the form in which it goes out.

use super::asked::Asked;
use super::fields::{Fields, Selected, csv};
use crate::engine::site::SiteState;
use crate::engine::state::State;
use crate::routes::error::ApiError;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use shared::time::Time;
use shared::wire::figures::{Comparison, Definition, Figures};
use std::collections::BTreeMap;

/// Codes with what they mean, as they stand in a definition.
pub type Codes<'a> = &'a [(&'a str, &'a str)];

/// A definition.
pub fn definition(name: &str, measures: Codes<'_>, ways: [&str; 2], quantities: Codes<'_>) -> Definition {
    let map = |codes: Codes<'_>| -> BTreeMap<String, String> {
        codes
            .iter()
            .map(|(name, code)| ((*name).to_owned(), (*code).to_owned()))
            .collect()
    };
    let [censoring, bucket_by] = ways;
    Definition {
        name: name.to_owned(),
        measures: map(measures),
        rounding: "seconds_floored_minutes_floored".to_owned(),
        censoring: censoring.to_owned(),
        bucket_by: bucket_by.to_owned(),
        quantities: map(quantities),
    }
}

/// An answer; `rows` gives those of a period.
pub fn figures<R>(
    asked: &Asked,
    site: &SiteState,
    state: &State,
    definition: Definition,
    rows: impl Fn((Time, Time)) -> Vec<R>,
) -> Figures<R> {
    let local = |at: Time| site.local(at);
    Figures {
        from: local(asked.from),
        to: local(asked.to),
        bucket: asked.bucket.map(|bucket| bucket.name().to_owned()),
        group: asked.groups.iter().map(|by| by.name().to_owned()).collect(),
        unit: asked.unit.name().to_owned(),
        target_seconds: None,
        definition,
        baselines: Vec::new(),
        annual: Vec::new(),
        peaks: None,
        rows: rows((asked.from, asked.to)),
        comparison: asked.compared.map(|(against, from, to)| Comparison {
            against: against.to_owned(),
            from: local(from),
            to: local(to),
            rows: rows((from, to)),
        }),
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }
}

/// The answer as JSON, or as CSV for whoever asks for that.
pub fn respond<R: Fields>(
    figures: &Figures<R>,
    asked: &Asked,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    if wants_csv(headers) {
        let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
        return Ok((kind, csv(figures, asked)).into_response());
    }
    // Written at once and not piece by piece: answers are long.
    let body = serde_json::to_vec(&select(figures, asked)).map_err(|_| ApiError::internal())?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

/// Whether a call asks for CSV.
pub fn wants_csv(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.split(',').any(|kind| kind.trim().starts_with("text/csv")))
}

/// The answer with the fields that were asked for.
pub fn select<'a, R: Fields>(figures: &'a Figures<R>, asked: &'a Asked) -> impl Serialize + use<'a, R> {
    let rows =
        |rows: &'a [R]| -> Vec<Selected<'a, R>> { rows.iter().map(|row| Selected(row, asked)).collect() };
    Figures {
        from: figures.from,
        to: figures.to,
        bucket: figures.bucket.clone(),
        group: figures.group.clone(),
        unit: figures.unit.clone(),
        target_seconds: figures.target_seconds,
        definition: figures.definition.clone(),
        baselines: figures.baselines.clone(),
        annual: figures.annual.clone(),
        peaks: figures.peaks.clone(),
        rows: rows(&figures.rows),
        comparison: figures.comparison.as_ref().map(|comparison| Comparison {
            against: comparison.against.clone(),
            from: comparison.from,
            to: comparison.to,
            rows: rows(&comparison.rows),
        }),
        epoch: figures.epoch.clone(),
        sequence: figures.sequence,
    }
}
