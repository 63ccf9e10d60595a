//! What a call for figures asks for: period, bucket, groups, filters, unit, fields, and what it compares with.

use super::super::error::ApiError;
use super::super::params::Params;
use crate::engine::site::SiteState;
use jiff::civil::DateTime;
use jiff::{Span, Timestamp};
use shared::figures::rows::{Bucket, Query, Row, rows};
use shared::figures::{By, Calendar, Filter, Series, Unit};
use shared::time::{HOUR, Time};

/// So many buckets are answered with all their fields: a month by hour, a year by day.
const BUCKETS: i64 = 1_000;
/// So many with the fields that were asked for: a year by hour.
const BUCKETS_WITH_FIELDS: i64 = 10_000;

/// What a call for figures asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// First moment that counts.
    pub from: Time,
    /// First moment that no longer counts.
    pub to: Time,
    /// How wide its buckets are.
    pub bucket: Option<Bucket>,
    /// What its rows group by.
    pub groups: Vec<By>,
    /// Which stays count.
    pub filter: Filter,
    /// What clearance counts.
    pub unit: Unit,
    /// The fields of its rows; all when empty.
    pub fields: Vec<String>,
    /// The period that it is compared with, and how that was chosen.
    pub compared: Option<(&'static str, Time, Time)>,
}

/// Parameters that every call for figures takes.
const COMMON: [&str; 9] = [
    "site",
    "from",
    "to",
    "group",
    "direction",
    "cargo",
    "mode",
    "channel",
    "fields",
];

impl Asked {
    /// Reads the parameters of a call that takes these beside the common ones, with rows of these fields. Without a
    /// period all hours that have anything: passing time alone changes no answer.
    pub fn read(
        params: &Params,
        site: &SiteState,
        more: &[&str],
        fields: &[&str],
    ) -> Result<Asked, ApiError> {
        let known: Vec<&str> = COMMON.iter().chain(more).copied().collect();
        params.only(&known)?;
        let (from, to) = period(params, site)?;
        let mut groups = params.each("group", By::from_name)?;
        groups.dedup();
        let asked = Asked {
            from,
            to,
            bucket: named(params, "bucket", Bucket::from_name, "hour, day, month, year")?,
            groups,
            filter: params.filter()?,
            unit: named(params, "unit", Unit::from_name, "stay, declaration")?.unwrap_or_default(),
            fields: wanted(params, fields)?,
            compared: compared(params, site, from, to)?,
        };
        asked.fits(params, site)?;
        Ok(asked)
    }

    /// The rows of the period, or of the one that it is compared with.
    pub fn rows(&self, site: &SiteState, series: &[Series], period: (Time, Time)) -> Vec<Row> {
        let query = Query {
            series,
            ..self.query(period)
        };
        rows(&site.cells, &site.memo, &query, site)
    }

    /// The query of a period, without durations.
    pub fn query(&self, (from, to): (Time, Time)) -> Query<'_> {
        Query {
            from,
            to,
            bucket: self.bucket,
            groups: &self.groups,
            filter: &self.filter,
            unit: self.unit,
            series: &[],
        }
    }

    /// Whether it asks for one row in all, which is there also when nothing is counted.
    pub fn is_lone(&self) -> bool {
        self.bucket.is_none() && self.groups.is_empty()
    }

    /// Whether a row holds a field.
    pub fn wants(&self, field: &str) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|own| own == field)
    }

    /// Refuses more buckets than an answer holds, and says which bucket fits.
    fn fits(&self, params: &Params, site: &SiteState) -> Result<(), ApiError> {
        let Some(bucket) = self.bucket else { return Ok(()) };
        let most = if self.fields.is_empty() {
            BUCKETS
        } else {
            BUCKETS_WITH_FIELDS
        };
        // A period that was not asked for is as long as the data: only buckets with something in them count.
        let given = params.one("from").is_some() && params.one("to").is_some();
        let count = |bucket| {
            if given {
                self.buckets(bucket, site)
            } else {
                self.buckets_with_data(bucket, site)
            }
        };
        let buckets = count(bucket);
        if buckets <= most {
            return Ok(());
        }
        let fitting = Bucket::ALL
            .into_iter()
            .find(|coarser| count(*coarser) <= most)
            .unwrap_or(Bucket::Year);
        let all_fields = if self.fields.is_empty() {
            " with all their fields"
        } else {
            ""
        };
        Err(ApiError::parameter(
            "bucket",
            format!(
                "the period has {buckets} buckets of one {}, and an answer holds at most {most}{all_fields}; \
                 `bucket={}` fits, or name the `fields` that you need (then up to {BUCKETS_WITH_FIELDS}), or ask for a \
                 shorter period",
                bucket.name(),
                fitting.name(),
            ),
        ))
    }

    fn buckets(&self, bucket: Bucket, site: &SiteState) -> i64 {
        use shared::figures::hour::month_of;
        let (first, last) = (
            Calendar::day_of(site, self.from),
            Calendar::day_of(site, Time(self.to.0 - 1)),
        );
        let between = |of: &dyn Fn(i32) -> i32| i64::from(of(last)) - i64::from(of(first)) + 1;
        match bucket {
            Bucket::Hour => (self.to.0 - self.from.0).div_euclid(HOUR),
            Bucket::Day => between(&|day| day),
            Bucket::Month => between(&month_of),
            Bucket::Year => between(&|day| month_of(day).div_euclid(12)),
        }
    }

    fn buckets_with_data(&self, bucket: Bucket, site: &SiteState) -> i64 {
        let cells = &site.cells;
        let all = (i32::MIN, i32::MAX);
        let count = match bucket {
            Bucket::Hour => cells.hours(all.0, all.1).count(),
            Bucket::Day => cells.days(all.0, all.1).count(),
            Bucket::Month => cells.months(all.0, all.1).count(),
            Bucket::Year => cells.years(all.0, all.1).count(),
        };
        count as i64
    }
}

fn named<T>(
    params: &Params,
    parameter: &str,
    read: impl Fn(&str) -> Option<T>,
    known: &str,
) -> Result<Option<T>, ApiError> {
    let Some(name) = params.one(parameter) else {
        return Ok(None);
    };
    match read(name) {
        Some(value) => Ok(Some(value)),
        None => Err(ApiError::parameter(
            parameter,
            format!("`{name}` is none of {known}"),
        )),
    }
}

fn period(params: &Params, site: &SiteState) -> Result<(Time, Time), ApiError> {
    let span = site.cells.span();
    let from = params.hour("from", site)?;
    let to = params.hour("to", site)?;
    let from_or_first = from.or(span.map(|(first, _)| first));
    let behind_last = span.map(|(_, last)| site.next_hour(last));
    // With one end given and nothing behind it, the period is empty.
    let from = from_or_first.or(to).unwrap_or(Time(0));
    let to = match to {
        Some(to) => to,
        None => behind_last.unwrap_or(from).max(from),
    };
    if from > to && params.one("from").is_some() {
        return Err(ApiError::parameter("to", "`to` lies before `from`"));
    }
    Ok((from.min(to), to))
}

fn wanted(params: &Params, known: &[&str]) -> Result<Vec<String>, ApiError> {
    let fields: Vec<String> = params.all("fields").map(str::to_owned).collect();
    match fields.iter().find(|field| !known.contains(&field.as_str())) {
        None => Ok(fields),
        Some(unknown) => Err(ApiError::parameter(
            "fields",
            format!("`{unknown}` is no field; fields are {}", known.join(", ")),
        )),
    }
}

/// The period that another is compared with.
fn compared(
    params: &Params,
    site: &SiteState,
    from: Time,
    to: Time,
) -> Result<Option<(&'static str, Time, Time)>, ApiError> {
    let own = (
        params.hour("compare_from", site)?,
        params.hour("compare_to", site)?,
    );
    match (params.one("compare"), own) {
        (None, (None, None)) => Ok(None),
        (None, (Some(from), Some(to))) if from <= to => Ok(Some(("period", from, to))),
        (None, (Some(_), Some(_))) => Err(ApiError::parameter(
            "compare_to",
            "`compare_to` lies before `compare_from`",
        )),
        (None, _) => Err(ApiError::parameter(
            "compare_from",
            "a period to compare with needs both `compare_from` and `compare_to`",
        )),
        (Some("before"), (None, None)) => {
            let (from, to) = before(site, from, to);
            Ok(Some(("before", from, to)))
        }
        (Some("year"), (None, None)) => {
            let earlier = |at| moved(site, at, Span::new().years(-1));
            Ok(Some(("year", earlier(from), earlier(to))))
        }
        (Some("before" | "year"), _) => Err(ApiError::parameter(
            "compare",
            "`before` and `year` choose the period themselves: leave out `compare_from` and `compare_to`",
        )),
        (Some(other), _) => Err(ApiError::parameter(
            "compare",
            format!("`{other}` is none of before, year"),
        )),
    }
}

/// The period directly before: so many calendar months where it is made of whole months, else so many days where it
/// is made of days, else as many hours.
fn before(site: &SiteState, from: Time, to: Time) -> (Time, Time) {
    let (first, behind) = (wall(site, from), wall(site, to));
    let midnight = |wall: &DateTime| wall.time() == jiff::civil::Time::midnight();
    if !(midnight(&first) && midnight(&behind)) {
        return (Time(from.0 - (to.0 - from.0)), from);
    }
    let months = (i64::from(behind.year()) - i64::from(first.year())) * 12 + i64::from(behind.month())
        - i64::from(first.month());
    if first.day() == 1 && behind.day() == 1 && months > 0 {
        return (moved(site, from, Span::new().months(-months)), from);
    }
    let days = Calendar::day_of(site, to) - Calendar::day_of(site, from);
    (site.day_begins(Calendar::day_of(site, from) - days), from)
}

fn wall(site: &SiteState, at: Time) -> DateTime {
    let stamp = Timestamp::from_millisecond(at.0).unwrap_or_default();
    stamp.to_zoned(site.site.zone.clone()).datetime()
}

/// The same wall-clock time so much later.
fn moved(site: &SiteState, at: Time, by: Span) -> Time {
    let there = wall(site, at).checked_add(by).ok();
    let there = there.and_then(|wall| site.site.at_wall_clock(wall));
    there.map_or(at, |there| site.hour_of(there))
}
