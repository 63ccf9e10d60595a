//! `GET /figures/patterns`: what an hour of the day or a day of the week is like.

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
use shared::figures::Count;
use shared::figures::patterns::{PatternQuery, patterns as rows_of};
use shared::size_type::teu;
use shared::time::Time;
use shared::wire::figures::PatternRow;

/// What patterns are by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Weekday,
    Hour,
}

/// `GET /figures/patterns`.
pub async fn patterns(
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
    let asked = Asked::read(params, site, &["unit", "pattern"], PatternRow::NAMES)?;
    let by = params.each("pattern", |name| match name {
        "weekday" => Some(By::Weekday),
        "hour" => Some(By::Hour),
        _ => None,
    })?;
    let by = if by.is_empty() {
        vec![By::Weekday, By::Hour]
    } else {
        by
    };
    let target_seconds = configuration.clearance.target_seconds;
    let rows = |(from, to): (Time, Time)| {
        let query = PatternQuery {
            from,
            to,
            weekdays: by.contains(&By::Weekday),
            hours: by.contains(&By::Hour),
            groups: &asked.groups,
            filter: &asked.filter,
            unit: asked.unit,
            target_seconds,
        };
        let rows = rows_of(&site.cells, &query, site);
        rows.iter().map(|row| show(&asked, site, row)).collect()
    };
    let measures = [
        ("clearance", "released_in_these_hours"),
        ("moves", "moved_in_these_hours"),
    ];
    let quantities = [
        ("hours", "such_hours_in_the_period"),
        ("mean", "exact_seconds"),
        ("percentile", "smallest_minute_that_share_does_not_exceed"),
        ("within_target", "whole_minutes_not_over_target"),
        ("not_counted", "impossible_order_and_papers_without_box"),
    ];
    let ways = ["open_counted_apart", "released_at_in_site_zone"];
    let definition = definition("patterns", &measures, ways, &quantities);
    let mut answer = figures(&asked, site, state, definition, rows);
    answer.target_seconds = Some(target_seconds);
    respond(&answer, &asked, headers)
}

fn show(asked: &Asked, site: &SiteState, row: &shared::figures::patterns::PatternRow) -> PatternRow {
    let of = |count| row.counts.of(count);
    let mut href = format!(
        "/api/v1/stays?by=released{}{}",
        within(asked, site, (asked.from, asked.to), None),
        behind(asked, site, &row.group)
    );
    for (name, value) in [("weekday", row.weekday), ("hour", row.hour)] {
        if let Some(value) = value {
            href.push_str(&format!("&{name}={value}"));
        }
    }
    let half_teu = of(Count::DischargedHalfTeu) + of(Count::LoadedHalfTeu);
    PatternRow {
        weekday: row.weekday,
        hour: row.hour,
        group: group(asked, &row.group),
        hours: row.hours,
        stays: row.clearance.count,
        mean_seconds: row.clearance.mean_seconds(),
        median_seconds: row.clearance.percentile_seconds(50),
        p90_seconds: row.clearance.percentile_seconds(90),
        within_target: row.clearance.within_target(),
        moves: of(Count::Discharged) + of(Count::Loaded),
        teu: teu(half_teu.cast_signed()),
        gate_in: of(Count::GateIn),
        gate_out: of(Count::GateOut),
        yard_moves: of(Count::YardMoves),
        href,
    }
}
