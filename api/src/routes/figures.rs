//! Clearance, throughput and the overview (`semantics.md` §5).

use super::App;
use super::error::ApiError;
use super::params::Params;
use crate::engine::overview;
use crate::engine::site::SiteState;
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::date;
use shared::event::Direction;
use shared::figures::rows::{By, Filter, Row, RowKey, rows};
use shared::size_type::teu;
use shared::stay::SegmentName;
use shared::time::{HOUR, LocalTime, Time};
use shared::wire::figures::{ClearanceRow, Definition, Figures, Group, Overview, SegmentRow, ThroughputRow};
use std::collections::BTreeMap;

/// How wide a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bucket {
    Hour,
    Day,
    Month,
    Year,
}

impl Bucket {
    fn from_name(name: &str) -> Option<Bucket> {
        match name {
            "hour" => Some(Bucket::Hour),
            "day" => Some(Bucket::Day),
            "month" => Some(Bucket::Month),
            "year" => Some(Bucket::Year),
            _ => None,
        }
    }

    /// Beginning of the bucket of a moment, and of the one behind it, at the site.
    fn around(self, at: Time, site: &SiteState) -> (Time, Time) {
        if self == Bucket::Hour {
            let start = site.hour_of(at);
            return (start, site.hour_of(Time(start.0 + HOUR)));
        }
        let zoned = Timestamp::from_millisecond(at.0)
            .unwrap_or_default()
            .to_zoned(site.site.zone.clone());
        let (year, month) = (zoned.year(), zoned.month());
        let (first, next) = match self {
            Bucket::Hour | Bucket::Day => (zoned.date(), zoned.date().tomorrow()),
            Bucket::Month if month == 12 => (date(year, 12, 1), Ok(date(year + 1, 1, 1))),
            Bucket::Month => (date(year, month, 1), Ok(date(year, month + 1, 1))),
            Bucket::Year => (date(year, 1, 1), Ok(date(year + 1, 1, 1))),
        };
        let start = |day: jiff::civil::Date| {
            let midnight = day.to_datetime(jiff::civil::Time::midnight());
            site.site.at_wall_clock(midnight).map(|at| site.hour_of(at))
        };
        let next = next.ok().and_then(start).unwrap_or(Time(i64::MAX));
        (start(first).unwrap_or(at), next)
    }
}

/// What a figure call asks for.
struct Asked {
    from: Time,
    to: Time,
    bucket: Option<(Bucket, String)>,
    groups: Vec<By>,
    filter: Filter,
    fields: Vec<String>,
}

const KNOWN: &[&str] = &[
    "site",
    "from",
    "to",
    "bucket",
    "group",
    "direction",
    "cargo",
    "mode",
    "channel",
    "unit",
    "fields",
];

impl Asked {
    /// Without a period all hours that have anything: passing time alone changes no answer.
    fn read(params: &Params, site: &SiteState) -> Result<Asked, ApiError> {
        params.only(KNOWN)?;
        match params.one("unit") {
            None | Some("stay") => {}
            Some("declaration") => {
                return Err(ApiError::parameter(
                    "unit",
                    "figures by declaration are not there yet; `stay` is",
                ));
            }
            Some(other) => {
                return Err(ApiError::parameter(
                    "unit",
                    format!("`{other}` is no unit; `stay` is"),
                ));
            }
        }
        let span = site.cells.span();
        let from = params
            .hour("from", site)?
            .or(span.map(|(first, _)| first))
            .unwrap_or(Time(0));
        let behind_last = span.map(|(_, last)| Time(last.0 + HOUR));
        let to = params
            .hour("to", site)?
            .or(behind_last)
            .unwrap_or(from)
            .max(Time(i64::MIN));
        if from > to {
            return Err(ApiError::parameter("to", "`to` lies before `from`"));
        }
        let bucket = params
            .one("bucket")
            .map(|name| {
                Bucket::from_name(name)
                    .map(|bucket| (bucket, name.to_owned()))
                    .ok_or_else(|| {
                        ApiError::parameter("bucket", format!("`{name}` is none of hour, day, month, year"))
                    })
            })
            .transpose()?;
        let mut groups = params.each("group", By::from_name)?;
        groups.dedup();
        let fields = params.all("fields").map(str::to_owned).collect();
        Ok(Asked {
            from,
            to,
            bucket,
            groups,
            filter: params.filter()?,
            fields,
        })
    }

    fn rows(&self, site: &SiteState) -> BTreeMap<RowKey, Row> {
        let bucket_of = |at: Time| self.bucket.as_ref().map(|(bucket, _)| bucket.around(at, site).0);
        let mut rows = rows(
            &site.cells,
            (self.from, self.to),
            &bucket_of,
            &self.groups,
            &self.filter,
        );
        if rows.is_empty() && self.bucket.is_none() && self.groups.is_empty() {
            // Nothing at all is an answer too: one row that says so.
            rows.insert((None, Vec::new()), Row::default());
        }
        rows
    }

    fn group(&self, values: &[&'static str]) -> Option<Group> {
        match values {
            [] => None,
            [one] => Some(Group::One((*one).to_owned())),
            several => Some(Group::Several(
                self.groups
                    .iter()
                    .zip(several)
                    .map(|(by, value)| (by.name().to_owned(), (*value).to_owned()))
                    .collect(),
            )),
        }
    }

    /// The list of exactly the stays that a row counts.
    fn href(&self, site: &SiteState, by: &str, key: &RowKey) -> String {
        let (mut from, mut to) = (self.from, self.to);
        if let (Some((bucket, _)), Some(begins)) = (&self.bucket, key.0) {
            let (start, next) = bucket.around(begins, site);
            (from, to) = (from.max(start), to.min(next));
        }
        let mut href = format!(
            "/api/v1/stays?by={by}&site={}&from={}&to={}",
            site.site.code,
            overview::encode(site, from),
            overview::encode(site, to)
        );
        let mut wanted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let filter = &self.filter;
        wanted.insert(
            "direction",
            filter
                .direction
                .iter()
                .map(|d| d.map_or("unknown", Direction::name))
                .collect(),
        );
        wanted.insert("cargo", filter.cargo.iter().map(|value| value.name()).collect());
        wanted.insert("mode", filter.mode.iter().map(|value| value.name()).collect());
        wanted.insert(
            "channel",
            filter.channel.iter().map(|value| value.name()).collect(),
        );
        for (by, value) in self.groups.iter().zip(&key.1) {
            wanted.insert(by.name(), vec![value]);
        }
        for (name, values) in wanted.into_iter().filter(|(_, values)| !values.is_empty()) {
            href.push_str(&format!("&{name}={}", values.join(",")));
        }
        href
    }

    fn local_bucket(&self, site: &SiteState, key: &RowKey) -> Option<LocalTime> {
        key.0.map(|at| site.site.local(at))
    }

    /// The one direction of a row, where it has only one.
    fn direction(&self, key: &RowKey) -> Option<Direction> {
        let grouped = self.groups.iter().position(|by| *by == By::Direction);
        match (
            grouped.and_then(|place| key.1.get(place)),
            self.filter.direction.as_slice(),
        ) {
            (Some(name), _) => Direction::from_name(name),
            (None, [only]) => *only,
            _ => None,
        }
    }
}

/// Leaves only the asked-for fields in the rows of an answer.
fn with_fields<R: serde::Serialize>(
    figures: Figures<R>,
    asked: &Asked,
) -> Result<Json<serde_json::Value>, ApiError> {
    let mut answer = serde_json::to_value(figures).map_err(|_| ApiError::internal())?;
    if !asked.fields.is_empty() {
        for row in answer["rows"].as_array_mut().into_iter().flatten() {
            if let Some(row) = row.as_object_mut() {
                let kept = |name: &str| {
                    matches!(name, "bucket" | "group" | "href")
                        || asked.fields.iter().any(|field| field == name)
                };
                if let Some(unknown) = asked.fields.iter().find(|field| !row.contains_key(*field)) {
                    let known: Vec<&str> = row.keys().map(String::as_str).collect();
                    let detail = format!("`{unknown}` is no field; fields are {}", known.join(", "));
                    return Err(ApiError::parameter("fields", detail));
                }
                row.retain(|name, _| kept(name));
            }
        }
    }
    Ok(Json(answer))
}

/// `GET /figures/clearance`.
pub async fn clearance(State(app): State<App>, params: Params) -> Result<Json<serde_json::Value>, ApiError> {
    let state = app.engine.state();
    let site = params.site(&state)?;
    let asked = Asked::read(&params, site)?;
    let settings = &app.engine.configuration.clearance;
    let lone = asked.bucket.is_none() && asked.groups.is_empty();
    let rows = asked
        .rows(site)
        .into_iter()
        .filter(|(_, row)| lone || row.sum.clearance.count() > 0 || row.open > 0)
        .map(|(key, row)| {
            let sum = &row.sum;
            let all = &sum.clearance;
            let stays = all.count();
            let direction = asked.direction(&key);
            ClearanceRow {
                bucket: asked.local_bucket(site, &key),
                group: asked.group(&key.1),
                stays,
                open: row.open,
                mean_seconds: all.mean_seconds(),
                sd_seconds: all.sd_seconds(),
                min_seconds: all.min_seconds(),
                median_seconds: all.percentile_seconds(50),
                p75_seconds: all.percentile_seconds(75),
                p90_seconds: all.percentile_seconds(90),
                p95_seconds: all.percentile_seconds(95),
                p99_seconds: all.percentile_seconds(99),
                max_seconds: all.max_seconds(),
                within_target: (stays > 0).then(|| all.within(settings.target_seconds) as f64 / stays as f64),
                advance: sum.advance,
                start_substituted: sum.start_substituted,
                outliers: all.outliers(),
                baseline_seconds: direction.and_then(|direction| settings.baseline_seconds(direction)),
                segments: SegmentName::ALL
                    .into_iter()
                    .zip(&sum.segments)
                    .filter(|(_, segment)| segment.count() > 0)
                    .map(|(name, segment)| SegmentRow {
                        name,
                        stays: segment.count(),
                        mean_seconds: segment.mean_seconds(),
                        median_seconds: segment.percentile_seconds(50),
                        p90_seconds: segment.percentile_seconds(90),
                    })
                    .collect(),
                href: asked.href(site, "released", &key),
            }
        })
        .collect();
    let measures = [
        ("import", "vessel_arrival_or_discharge_to_release"),
        ("export", "declare_to_release"),
    ];
    let definition = definition(
        "overall_clearance",
        &measures,
        "open_counted_apart",
        "released_at_in_site_zone",
    );
    let figures = envelope(
        &asked,
        site,
        &state,
        Some(settings.target_seconds),
        definition,
        rows,
    );
    with_fields(figures, &asked)
}

/// `GET /figures/throughput`.
pub async fn throughput(State(app): State<App>, params: Params) -> Result<Json<serde_json::Value>, ApiError> {
    let state = app.engine.state();
    let site = params.site(&state)?;
    let asked = Asked::read(&params, site)?;
    let lone = asked.bucket.is_none() && asked.groups.is_empty();
    let rows = asked
        .rows(site)
        .into_iter()
        .filter(|(_, row)| lone || row.sum.discharged + row.sum.loaded > 0)
        .map(|(key, row)| {
            let halves = |halves: u64| teu(halves.cast_signed());
            let (off, onto) = (row.sum.discharged_half_teu, row.sum.loaded_half_teu);
            ThroughputRow {
                bucket: asked.local_bucket(site, &key),
                group: asked.group(&key.1),
                moves: row.sum.discharged + row.sum.loaded,
                teu: halves(off + onto),
                discharged_teu: halves(off),
                loaded_teu: halves(onto),
                transshipped_teu: halves(row.transshipped_half_teu),
                without_size: row.sum.without_size,
                href: asked.href(site, "moved", &key),
            }
        })
        .collect();
    let measures = [
        ("quay", "discharged_plus_loaded"),
        ("transshipment", "both_moves"),
    ];
    let definition = definition("quay_throughput", &measures, "none", "moved_at_in_site_zone");
    let figures = envelope(&asked, site, &state, None, definition, rows);
    with_fields(figures, &asked)
}

fn definition(name: &str, measures: &[(&str, &str)], censoring: &str, bucket_by: &str) -> Definition {
    Definition {
        name: name.to_owned(),
        measures: measures
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect(),
        rounding: "seconds_floored_minutes_floored".to_owned(),
        censoring: censoring.to_owned(),
        bucket_by: bucket_by.to_owned(),
    }
}

fn envelope<R>(
    asked: &Asked,
    site: &SiteState,
    state: &crate::engine::state::State,
    target_seconds: Option<u64>,
    definition: Definition,
    rows: Vec<R>,
) -> Figures<R> {
    Figures {
        from: site.site.local(asked.from),
        to: site.site.local(asked.to),
        bucket: asked.bucket.as_ref().map(|(_, name)| name.clone()),
        group: asked.groups.iter().map(|by| by.name().to_owned()).collect(),
        unit: "stay".to_owned(),
        target_seconds,
        definition,
        rows,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    }
}

/// `GET /figures/overview`.
pub async fn overview(State(app): State<App>, params: Params) -> Result<Json<Overview>, ApiError> {
    params.only(&["site"])?;
    let state = app.engine.state();
    let site = params.site(&state)?;
    let now = app.engine.clock.now();
    Ok(Json(overview::overview(
        &state,
        site,
        &app.engine.configuration.clearance,
        now,
    )))
}
