//! `GET /figures/clearance`.

use super::asked::Asked;
use super::envelope::{definition, figures, respond};
use super::fields::Fields;
use super::href::{behind, within};
use crate::config::{Clearance, Configuration};
use crate::engine::overview::encode;
use crate::engine::site::SiteState;
use crate::engine::state::State as EngineState;
use crate::routes::App;
use crate::routes::error::ApiError;
use crate::routes::params::Params;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::event::Direction;
use shared::figures::rows::{Row, minutes};
use shared::figures::{By, Count, Series, Summary, Unit};
use shared::stay::SegmentName;
use shared::time::Time;
use shared::wire::figures::{Bin, ClearanceRow, Definition, Group, SegmentRow};

/// `GET /figures/clearance`.
pub async fn clearance(
    State(app): State<App>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    answer(&app.engine.state(), &app.engine.configuration, &params, &headers)
}

/// The answer of a state.
pub fn answer(
    state: &EngineState,
    configuration: &Configuration,
    params: &Params,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let site = params.site(state)?;
    let more = ["bucket", "unit", "compare", "compare_from", "compare_to"];
    let asked = Asked::read(params, site, &more, ClearanceRow::NAMES)?;
    let settings = &configuration.clearance;
    let call = Call {
        asked: &asked,
        site,
        settings,
        series: series(&asked),
    };
    let mut answer = figures(&asked, site, state, defined(asked.unit), |period| {
        call.rows(period)
    });
    answer.target_seconds = Some(settings.target_seconds);
    answer.baselines.clone_from(&settings.baselines);
    respond(&answer, &asked, headers)
}

struct Call<'a> {
    asked: &'a Asked,
    site: &'a SiteState,
    settings: &'a Clearance,
    series: Vec<Series>,
}

/// Overall clearance, and the segments where they are asked for: they are most of the work.
fn series(asked: &Asked) -> Vec<Series> {
    let segments = asked.wants("segments") && asked.unit == Unit::Stay;
    let segments = SegmentName::ALL.into_iter().filter(|_| segments);
    [asked.unit.overall()]
        .into_iter()
        .chain(segments.map(Series::Segment))
        .collect()
}

impl Call<'_> {
    fn rows(&self, period: (Time, Time)) -> Vec<ClearanceRow> {
        let rows = self.asked.rows(self.site, &self.series, period);
        let counted = rows.iter().filter(|row| self.released(row) > 0 || row.open > 0);
        let shown: Vec<ClearanceRow> = counted.map(|row| self.row(row, period)).collect();
        if shown.is_empty() && self.asked.is_lone() {
            // Nothing at all is an answer too: one row that says so.
            return vec![self.row(&Row::default(), period)];
        }
        shown
    }

    fn released(&self, row: &Row) -> u64 {
        row.counts.of(match self.asked.unit {
            Unit::Stay => Count::Released,
            Unit::Declaration => Count::DeclarationsReleased,
        })
    }

    fn row(&self, row: &Row, period: (Time, Time)) -> ClearanceRow {
        let asked = self.asked;
        let all = row.summaries.first().copied().unwrap_or_default();
        let direction = self.direction(row);
        let (within, behind) = (
            within(asked, self.site, period, row.bucket),
            behind(asked, self.site, &row.group),
        );
        let href = format!("/api/v1/stays?by=released{within}{behind}");
        let of_stays = |count: Count| match asked.unit {
            Unit::Stay => row.counts.of(count),
            Unit::Declaration => 0,
        };
        let advance = match asked.unit {
            Unit::Stay => row.counts.of(Count::Advance),
            Unit::Declaration => row.counts.of(Count::DeclarationsAdvance),
        };
        let distribution = (!asked.fields.is_empty() && asked.wants("distribution"))
            .then(|| self.distribution(row, &all, period, &href));
        ClearanceRow {
            bucket: row.bucket.map(|at| self.site.local(at)),
            group: group(asked, &row.group),
            stays: all.count,
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
            within_target: all.within_target(),
            advance,
            start_substituted: of_stays(Count::StartSubstituted),
            outliers: all.outliers,
            baseline_seconds: direction.and_then(|direction| self.settings.baseline_seconds(direction)),
            segments: segments(row),
            distribution,
            open_href: format!(
                "/api/v1/stays?open=true{within}&open_at={}{behind}",
                encode(self.site, period.1)
            ),
            href,
        }
    }

    /// The one direction of a row, where it has only one.
    fn direction(&self, row: &Row) -> Option<Direction> {
        let grouped = self.asked.groups.iter().position(|by| *by == By::Direction);
        match (
            grouped.and_then(|place| row.group.get(place)),
            self.asked.filter.direction.as_slice(),
        ) {
            (Some(name), _) => Direction::from_name(name),
            (None, [only]) => *only,
            _ => None,
        }
    }

    /// Bins of a width at which 95 of a hundred stays lie in the first forty; the last holds all the rest.
    fn distribution(&self, row: &Row, all: &Summary, period: (Time, Time), href: &str) -> Vec<Bin> {
        let (from, to) = match (self.asked.bucket, row.bucket) {
            (Some(bucket), Some(begins)) => {
                let (start, next) = bucket.around(begins, self.site);
                (period.0.max(start), period.1.min(next))
            }
            _ => period,
        };
        let series = self.asked.unit.overall();
        let minutes = minutes(&self.site.cells, (from, to), &row.selection, series, self.site);
        let most = all.percentile_seconds(95).unwrap_or(0) / 60;
        let width = WIDTHS
            .into_iter()
            .find(|width| most < width * BINS)
            .unwrap_or(most / BINS + 1);
        let mut counts: Vec<u64> = Vec::new();
        for (minute, count) in minutes {
            let place = usize::try_from((u64::from(minute) / width).min(BINS)).unwrap_or(0);
            if counts.len() <= place {
                counts.resize(place + 1, 0);
            }
            counts[place] += u64::from(count);
        }
        let bin = |(place, stays): (u64, u64)| {
            let from_seconds = place * width * 60;
            let to_seconds = (place < BINS).then_some(from_seconds + width * 60);
            let most = to_seconds.map_or_else(String::new, |to| format!("&max_seconds={}", to - 1));
            Bin {
                from_seconds,
                to_seconds,
                stays,
                href: format!("{href}&min_seconds={from_seconds}{most}"),
            }
        };
        (0..).zip(counts).map(bin).collect()
    }
}

/// Widths of bins, in minutes.
const WIDTHS: [u64; 12] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440];
const BINS: u64 = 40;

/// The values of a row's groups as they travel.
pub fn group(asked: &Asked, values: &[&'static str]) -> Option<Group> {
    match values {
        [] => None,
        [one] => Some(Group::One((*one).to_owned())),
        several => Some(Group::Several(
            asked
                .groups
                .iter()
                .zip(several)
                .map(|(by, value)| (by.name().to_owned(), (*value).to_owned()))
                .collect(),
        )),
    }
}

fn segments(row: &Row) -> Vec<SegmentRow> {
    let summaries = row.summaries.get(1..).unwrap_or_default();
    let together: u64 = summaries.iter().map(|summary| summary.seconds).sum();
    SegmentName::ALL
        .into_iter()
        .zip(summaries)
        .filter(|(_, summary)| summary.count > 0)
        .map(|(name, summary)| SegmentRow {
            name,
            stays: summary.count,
            mean_seconds: summary.mean_seconds(),
            median_seconds: summary.percentile_seconds(50),
            p90_seconds: summary.percentile_seconds(90),
            share: (together > 0).then(|| summary.seconds as f64 / together as f64),
        })
        .collect()
}

/// How the quantities of every duration are computed.
const QUANTITIES: &[(&str, &str)] = &[
    ("mean", "exact_seconds"),
    ("standard_deviation", "population_of_exact_seconds"),
    ("percentile", "smallest_minute_that_share_does_not_exceed"),
    ("within_target", "whole_minutes_not_over_target"),
    ("outliers", "over_third_quartile_plus_three_ranges_kept_in"),
    ("open", "clock_began_in_bucket_and_not_released_at_end_of_period"),
    ("advance", "negative_counts_as_zero"),
    ("start_substituted", "discharge_where_no_arrival_is_known"),
    ("segments", "of_released_stays_with_both_ends"),
    ("not_counted", "impossible_order_and_papers_without_box"),
];

fn defined(unit: Unit) -> Definition {
    let ways = ["open_counted_apart", "released_at_in_site_zone"];
    match unit {
        Unit::Stay => {
            let measures = [
                ("import", "vessel_arrival_or_discharge_to_release"),
                ("export", "declare_to_release"),
            ];
            definition("overall_clearance", &measures, ways, QUANTITIES)
        }
        Unit::Declaration => {
            let measures = [("declaration", "first_declare_to_last_release")];
            definition("declaration_clearance", &measures, ways, QUANTITIES)
        }
    }
}
