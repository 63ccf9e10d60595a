//! `GET /figures/throughput`.

use super::asked::Asked;
use super::clearance::group;
use super::envelope::{definition, figures, respond};
use super::fields::Fields;
use super::href::{behind, within};
use crate::config::Configuration;
use crate::engine::site::SiteState;
use crate::engine::state::State as EngineState;
use crate::routes::App;
use crate::routes::error::ApiError;
use crate::routes::params::Params;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use shared::figures::rows::{Bucket, Row, peaks};
use shared::figures::{Count, Counts, Series, Summary};
use shared::size_type::teu;
use shared::time::Time;
use shared::wire::figures::{Dwell, Peak, Peaks, ThroughputRow};

/// `GET /figures/throughput`.
pub async fn throughput(
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
    let asked = Asked::read(params, site, &more, ThroughputRow::NAMES)?;
    if asked.unit != shared::figures::Unit::Stay {
        return Err(ApiError::parameter(
            "unit",
            "throughput counts boxes; figures by declaration are those of clearance",
        ));
    }
    let measures = [
        ("quay", "discharged_plus_loaded"),
        ("transshipment", "both_moves"),
        ("land", "gate_and_rail_in_plus_out"),
        ("yard", "stack_and_shift"),
    ];
    let quantities = [
        ("unsized", "counted_in_moves_with_no_teu"),
        ("transshipped", "of_which"),
        ("empty_share", "empty_of_moves_over_quay"),
        ("direct_share", "direct_of_direct_and_stacked_that_left"),
        ("dwell", "first_in_yard_to_end_of_stays_that_left"),
        ("peaks", "first_hour_and_day_with_most_moves_over_quay"),
        ("not_counted", "impossible_order_and_papers_without_box"),
    ];
    let ways = ["none", "moved_at_in_site_zone"];
    let definition = definition("quay_throughput", &measures, ways, &quantities);
    let mut answer = figures(&asked, site, state, definition, |period| {
        rows(&asked, site, period)
    });
    answer.annual.clone_from(&configuration.throughput.annual);
    answer.peaks = Some(busiest(&asked, site));
    respond(&answer, &asked, headers)
}

fn rows(asked: &Asked, site: &SiteState, period: (Time, Time)) -> Vec<ThroughputRow> {
    let series: &[Series] = if asked.wants("dwell") {
        &[Series::Dwell]
    } else {
        &[]
    };
    let rows = asked.rows(site, series, period);
    let counted = rows.iter().filter(|row| says_something(asked, &row.counts));
    let shown: Vec<ThroughputRow> = counted.map(|row| show(asked, site, row, period)).collect();
    if shown.is_empty() && asked.is_lone() {
        // Nothing at all is an answer too: one row that says so.
        return vec![show(asked, site, &Row::default(), period)];
    }
    shown
}

/// Whether a row says something: of moves over the quay, and of whatever else `fields` names.
fn says_something(asked: &Asked, counts: &Counts) -> bool {
    let named = |field: &str| !asked.fields.is_empty() && asked.wants(field);
    let others = OTHERS
        .iter()
        .filter(|(_, fields)| fields.iter().any(|field| named(field)));
    [Count::Discharged, Count::Loaded]
        .iter()
        .chain(others.map(|(count, _)| count))
        .any(|count| counts.of(*count) > 0)
}

/// What is counted beside moves over the quay, with the fields that tell of it.
const OTHERS: [(Count, &[&str]); 6] = [
    (Count::GateIn, &["gate_in", "land_teu"]),
    (Count::GateOut, &["gate_out", "land_teu"]),
    (Count::RailIn, &["rail_in", "land_teu"]),
    (Count::RailOut, &["rail_out", "land_teu"]),
    (Count::YardMoves, &["yard_moves"]),
    (
        Count::Left,
        &["direct", "stacked", "mode_unknown", "direct_share", "dwell"],
    ),
];

fn show(asked: &Asked, site: &SiteState, row: &Row, period: (Time, Time)) -> ThroughputRow {
    let of = |count| row.counts.of(count);
    let halves = |halves: u64| teu(halves.cast_signed());
    let (off, onto) = (of(Count::DischargedHalfTeu), of(Count::LoadedHalfTeu));
    let moves = of(Count::Discharged) + of(Count::Loaded);
    let dwell: Summary = row.summaries.first().copied().unwrap_or_default();
    ThroughputRow {
        bucket: row.bucket.map(|at| site.local(at)),
        group: group(asked, &row.group),
        moves,
        teu: halves(off + onto),
        discharged_teu: halves(off),
        loaded_teu: halves(onto),
        transshipped_teu: halves(row.transshipped.1),
        without_size: of(Count::WithoutSize),
        discharged: of(Count::Discharged),
        loaded: of(Count::Loaded),
        transshipped: row.transshipped.0,
        empty: of(Count::Empty),
        empty_share: (moves > 0).then(|| of(Count::Empty) as f64 / moves as f64),
        gate_in: of(Count::GateIn),
        gate_out: of(Count::GateOut),
        rail_in: of(Count::RailIn),
        rail_out: of(Count::RailOut),
        yard_moves: of(Count::YardMoves),
        land_teu: halves(of(Count::LandHalfTeu)),
        direct: row.modes.direct,
        stacked: row.modes.stacked,
        mode_unknown: row.modes.unknown,
        direct_share: row.modes.direct_share(),
        dwell: Dwell {
            stays: dwell.count,
            mean_seconds: dwell.mean_seconds(),
            median_seconds: dwell.percentile_seconds(50),
            p90_seconds: dwell.percentile_seconds(90),
        },
        href: format!(
            "/api/v1/stays?by=moved{}{}",
            within(asked, site, period, row.bucket),
            behind(asked, site, &row.group)
        ),
    }
}

fn busiest(asked: &Asked, site: &SiteState) -> Peaks {
    let period = (asked.from, asked.to);
    let [hour, day] = peaks(&site.cells, &site.memo, &asked.query(period), site);
    let peak = |found: Option<(Time, u64, u64)>, bucket| {
        let (at, moves, half_teu) = found?;
        let of_bucket = Asked {
            bucket: Some(bucket),
            groups: Vec::new(),
            ..asked.clone()
        };
        Some(Peak {
            at: site.local(at),
            moves,
            teu: teu(half_teu.cast_signed()),
            href: format!(
                "/api/v1/stays?by=moved{}{}",
                within(&of_bucket, site, period, Some(at)),
                behind(&of_bucket, site, &[])
            ),
        })
    };
    Peaks {
        hour: peak(hour, Bucket::Hour),
        day: peak(day, Bucket::Day),
    }
}
