//! `GET /figures/parcels`.

use super::super::App;
use super::super::error::ApiError;
use super::super::params::Params;
use super::wanted::{known, names};
use super::{code_of, site_of};
use crate::engine::calendar::LocalCalendar;
use crate::parcels::site::SiteParcels;
use axum::Json;
use axum::extract::State;
use shared::figures::Calendar;
use shared::figures::hour::begins;
use shared::figures::rows::Bucket;
use shared::parcels::rows::{By, Filter, Query, Row, rows};
use shared::parcels::{ParcelMode, ParcelReason};
use shared::time::{HOUR, Time};
use shared::wire::figures::Group;
use shared::wire::parcels::{ParcelFigures, ParcelRow};
use std::collections::{BTreeMap, BTreeSet};

/// So many buckets are answered.
const BUCKETS: i64 = 10_000;

const NAMES: [&str; 9] = [
    "site", "from", "to", "bucket", "group", "platform", "mode", "park", "reason",
];

/// `GET /figures/parcels`.
pub async fn figures(State(app): State<App>, params: Params) -> Result<Json<ParcelFigures>, ApiError> {
    params.only(&NAMES)?;
    let (code, from, to) = {
        let engine = app.engine.state();
        let site = params.site(&engine)?;
        (
            code_of(&params, &engine)?,
            params.hour("from", site)?,
            params.hour("to", site)?,
        )
    };
    let bucket = params.one_of("bucket", &Bucket::ALL, Bucket::name)?;
    let mut groups = params.each("group", By::from_name)?;
    groups.dedup();
    let reasons = params.each("reason", ParcelReason::from_name)?;
    let filter = Filter {
        platforms: names(&params, "platform"),
        modes: known(&params, "mode", ParcelMode::from_name)?,
        parks: names(&params, "park"),
        reasons,
    };
    let book = app.book()?;
    let now = book.now();
    let state = book.state();
    let (_, site) = site_of(&state, &code)?;
    // Asked for a period, its length decides; without one, what has data.
    let is_period = from.is_some() && to.is_some();
    let (from, to) = period(site, from, to)?;
    let calendar = &site.calendar;
    if let Some(bucket) = bucket.filter(|_| is_period) {
        fits(length(bucket, from, to, calendar))?;
    }
    let target_seconds = book.configuration.parcels.target_seconds;
    let query = Query {
        from,
        to,
        bucket,
        groups: &groups,
        filter: &filter,
        target_seconds,
        now: now.max(state.now),
    };
    let address = Address {
        params: &params,
        code: &code,
        query: &query,
        calendar,
    };
    let found = rows(&site.cells, &query, calendar);
    let buckets: BTreeSet<_> = found.iter().map(|row| row.bucket).collect();
    fits(i64::try_from(buckets.len()).unwrap_or(i64::MAX))?;
    Ok(Json(ParcelFigures {
        from: calendar.local(from),
        to: calendar.local(to),
        bucket: bucket.map(|bucket| bucket.name().to_owned()),
        group: groups.iter().map(|by| by.name().to_owned()).collect(),
        target_seconds,
        rows: found.into_iter().map(|row| address.row(row)).collect(),
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }))
}

/// The period that is asked for; without one all hours that have anything.
fn period(site: &SiteParcels, from: Option<Time>, to: Option<Time>) -> Result<(Time, Time), ApiError> {
    let reach = site.cells.reach();
    let first = reach.map(|(first, _)| begins(first));
    let behind = reach.map(|(_, last)| site.calendar.next_hour(begins(last)));
    let start = from.or(first).or(to).unwrap_or(Time(0));
    let end = to
        .or(behind)
        .unwrap_or(start)
        .max(if to.is_none() { start } else { Time(i64::MIN) });
    match from {
        Some(from) if from > end => Err(ApiError::parameter("to", "`to` lies before `from`")),
        _ => Ok((start.min(end), end)),
    }
}

/// How many buckets a period has.
fn length(bucket: Bucket, from: Time, to: Time, calendar: &LocalCalendar) -> i64 {
    let days = i64::from(Calendar::day_of(calendar, to)) - i64::from(Calendar::day_of(calendar, from)) + 1;
    match bucket {
        Bucket::Hour => to.0.saturating_sub(from.0).div_euclid(HOUR),
        Bucket::Day => days,
        Bucket::Month | Bucket::Year => 0,
    }
}

fn fits(buckets: i64) -> Result<(), ApiError> {
    match buckets <= BUCKETS {
        true => Ok(()),
        false => Err(ApiError::parameter(
            "bucket",
            format!(
                "the period has {buckets} buckets, and an answer holds at most {BUCKETS}; ask for a shorter one"
            ),
        )),
    }
}

/// Addresses of the lists behind rows: exactly the parcels that a row counts as released.
struct Address<'a> {
    params: &'a Params,
    code: &'a str,
    query: &'a Query<'a>,
    calendar: &'a LocalCalendar,
}

impl Address<'_> {
    fn row(&self, row: Row) -> ParcelRow {
        let durations = row.durations;
        let groups = self.query.groups;
        let group = match (groups, row.group.as_slice()) {
            ([], _) => None,
            ([_], [one]) => Some(Group::One(one.to_string())),
            (several, values) => {
                let named = several.iter().zip(values);
                let named = named.map(|(by, value)| (by.name().to_owned(), value.to_string()));
                Some(Group::Several(named.collect::<BTreeMap<_, _>>()))
            }
        };
        ParcelRow {
            href: self.href(&row),
            bucket: row.bucket.map(|at| self.calendar.local(at)),
            group,
            received: row.received,
            released: row.released,
            released_fen: row.released_fen,
            returned: row.returned,
            held: row.held,
            open: row.open,
            mean_seconds: durations.mean(),
            median_seconds: durations.known(durations.median),
            p95_seconds: durations.known(durations.p95),
            p99_seconds: durations.known(durations.p99),
            max_seconds: durations.known(durations.max),
            within_target: durations.within_target(),
        }
    }

    fn href(&self, row: &Row) -> String {
        let query = self.query;
        let (from, to) = match (query.bucket, row.bucket) {
            (Some(bucket), Some(begins)) => {
                let (start, next) = bucket.around(begins, self.calendar);
                (query.from.max(start), query.to.min(next))
            }
            _ => (query.from, query.to),
        };
        let mut address = Params::default();
        address.set("by", "release");
        address.set("site", self.code);
        address.set("from", &self.calendar.local(from).to_string());
        address.set("to", &self.calendar.local(to).to_string());
        for name in ["platform", "park"] {
            for value in self.params.whole(name) {
                address.add(name, value);
            }
        }
        for name in ["mode", "reason"] {
            for value in self.params.all(name) {
                address.add(name, value);
            }
        }
        for (by, value) in query.groups.iter().zip(&row.group) {
            address.set(by.name(), value);
        }
        format!("/parcels{}", address.text())
    }
}
