//! What a list of parcels asks for.

use super::super::App;
use super::super::error::ApiError;
use super::super::params::Params;
use super::{code_of, site_of};
use crate::parcels::facts::Wanted;
use crate::parcels::list::{Order, Query};
use crate::parcels::store::{BY, By};
use shared::parcels::rows::NONE;
use shared::parcels::{DocumentKind, ParcelMode, ParcelReason, ParcelState};
use shared::time::Time;
use smol_str::SmolStr;

const NAMES: [&str; 18] = [
    "site",
    "from",
    "to",
    "by",
    "state",
    "reason",
    "held",
    "missing",
    "platform",
    "mode",
    "park",
    "queued",
    "min_seconds",
    "max_seconds",
    "q",
    "order",
    "cursor",
    "limit",
];

/// Names of which `none` stands for a parcel that has none.
pub fn names(params: &Params, name: &str) -> Vec<Option<SmolStr>> {
    let value = |value: &str| (value != NONE).then(|| SmolStr::new(value));
    // A name may have a comma in it.
    params.whole(name).map(value).collect()
}

/// The same of values that are known.
pub fn known<T: Copy>(
    params: &Params,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<Option<T>>, ApiError> {
    params.each(name, |value| match value {
        NONE => Some(None),
        other => read(other).map(Some),
    })
}

/// Reads the parameters of a list.
pub fn read(app: &App, params: &Params) -> Result<Query, ApiError> {
    params.only(&NAMES)?;
    let (code, from, to) = {
        let engine = app.engine.state();
        let site = params.site(&engine)?;
        (
            code_of(params, &engine)?,
            params.time("from", site)?,
            params.time("to", site)?,
        )
    };
    let wanted = Wanted {
        states: params.each("state", ParcelState::from_name)?,
        reasons: known(params, "reason", ParcelReason::from_name)?,
        was_held: match params.one("held") {
            None => None,
            Some("any") => Some(Vec::new()),
            Some(_) => Some(params.each("held", ParcelReason::from_name)?),
        },
        missing: params.each("missing", DocumentKind::from_name)?,
        platforms: names(params, "platform"),
        modes: known(params, "mode", ParcelMode::from_name)?,
        parks: names(params, "park"),
        queued: params.flag("queued")?.unwrap_or(false),
        min_seconds: params.number("min_seconds")?,
        max_seconds: params.number("max_seconds")?,
    };
    let book = app.book()?;
    let (place, _) = site_of(&book.state(), &code).map(|(place, site)| (place, site.changed))?;
    Ok(Query {
        site: place,
        by: params.one_of("by", &BY, By::name)?.unwrap_or_default(),
        from: from.unwrap_or(Time(i64::MIN)),
        to: to.unwrap_or(Time(i64::MAX)),
        wanted,
        number: params.one("q").map(|number| number.trim().to_owned()),
        order: params
            .one_of("order", &Order::ALL, Order::name)?
            .unwrap_or_default(),
    })
}
