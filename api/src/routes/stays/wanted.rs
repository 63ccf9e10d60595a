//! What a list of stays is asked for.

use super::super::error::ApiError;
use super::super::params::Params;
use crate::engine::lists::{By, Hours, Measure, Sort, Text, Wanted};
use crate::engine::state::State;
use shared::stay::{SegmentName, Status};
use shared::time::Time;

const KNOWN: &[&str] = &[
    "site",
    "by",
    "from",
    "to",
    "weekday",
    "hour",
    "direction",
    "cargo",
    "mode",
    "channel",
    "unit",
    "q",
    "segment",
    "min_seconds",
    "max_seconds",
    "open",
    "open_at",
    "status",
    "sort",
    "limit",
    "cursor",
];

const STATUSES: [Status; 4] = [Status::Expected, Status::InYard, Status::Released, Status::Left];

/// Reads the query; whatever is wrong is named, with what is allowed.
pub fn read(params: &Params, state: &State) -> Result<Wanted, ApiError> {
    params.only(KNOWN)?;
    unit(params)?;
    let site = params.site(state)?;
    let (from, to) = (params.time("from", site)?, params.time("to", site)?);
    let weekdays = params.each_within("weekday", 1, 7)?;
    let hours = params.each_within("hour", 0, 23)?;
    let hours = (!weekdays.is_empty() || !hours.is_empty())
        .then(|| Hours::new(&weekdays, &hours, site.site.zone.clone()));
    let open = params.flag("open")?;
    let segment = params.one_of("segment", &SegmentName::ALL, SegmentName::name)?;
    let has_time = from.is_some() || to.is_some() || hours.is_some();
    let by = match params.one_of("by", &By::ALL, By::name)? {
        _ if open == Some(true) => By::Clock,
        Some(by) => by,
        None if has_time => By::Released,
        None => By::Began,
    };
    let period = (from.unwrap_or(Time(i64::MIN)), to.unwrap_or(Time(i64::MAX)));
    Ok(Wanted {
        site: state
            .sites
            .iter()
            .position(|other| other.site.code == site.site.code)
            .unwrap_or(0),
        by,
        period,
        hours,
        filter: params.filter()?,
        status: params.each_of("status", &STATUSES, Status::name)?,
        open,
        open_at: params.time("open_at", site)?.unwrap_or(period.1),
        measure: segment.map_or(Measure::Overall, Measure::Segment),
        seconds: (params.number("min_seconds")?, params.number("max_seconds")?),
        text: params.one("q").and_then(Text::new),
        sort: params.one_of("sort", &Sort::ALL, Sort::name)?.unwrap_or_default(),
    })
}

/// What is listed here: stays; declarations have a list of their own.
fn unit(params: &Params) -> Result<(), ApiError> {
    match params.one("unit") {
        None | Some("stay") => Ok(()),
        Some(other) => Err(ApiError::parameter(
            "unit",
            format!("`{other}` is none of stay, declaration"),
        )),
    }
}
