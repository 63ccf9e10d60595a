//! `GET /stays/{id}/usual`: how far from usual one stay is, segment by segment.

use super::App;
use super::error::ApiError;
use super::stays::{Found, find_one};
use crate::access::Caller;
use crate::engine::site::SiteState;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use shared::event::{Direction, Node};
use shared::figures::rows::{Query, minutes, rows};
use shared::figures::{Calendar, Filter, Selection, Series, Summary, Unit};
use shared::stay::SegmentName;
use shared::time::Time;
use shared::wire::figures::{Usual, UsualSegment};
use shared::wire::stay::Stay;

/// A stay is held against so many days.
const DAYS: i32 = 90;

/// `GET /stays/{id}/usual`.
pub async fn usual(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Response, ApiError> {
    let state = app.engine.state();
    let (stay, clock_from, released_at) = match find_one(&state, &caller, &id)? {
        Found::Stay(found) => *found,
        Found::Moved(id) => return Ok(super::stays::moved(&format!("/api/v1/stays/{id}/usual"))),
    };
    let site = state.site(&stay.site).ok_or_else(ApiError::internal)?;
    let last = released_at
        .or(site.cells.span().map(|(_, last)| last))
        .unwrap_or(Time(0));
    let day = Calendar::day_of(site, last);
    let held = Held {
        site,
        from: site.day_begins(day - DAYS + 1),
        to: site.day_begins(day + 1),
        filter: Filter {
            direction: vec![stay.direction],
            cargo: vec![stay.cargo],
            ..Filter::default()
        },
    };
    let segments = segments_of(stay.direction);
    // What has no segments has no clearance either.
    let overall = (!segments.is_empty()).then_some(Series::Overall);
    let segments = segments.iter().map(|(name, _)| Series::Segment(*name));
    let series: Vec<Series> = overall.into_iter().chain(segments).collect();
    let summaries = held.summaries(&series);
    let segments = series
        .iter()
        .zip(summaries)
        .map(|(series, summary)| held.segment(&stay, clock_from, *series, &summary))
        .collect();
    let usual = Usual {
        stay: stay.id.clone(),
        from: site.local(held.from),
        to: site.local(held.to),
        direction: stay.direction,
        cargo: stay.cargo,
        segments,
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    };
    Ok(Json(usual).into_response())
}

/// The segments of a direction, each with the node at which it begins; none for an arrival, which is no node of a stay.
fn segments_of(direction: Option<Direction>) -> &'static [(SegmentName, Option<Node>)] {
    match direction {
        Some(Direction::Import) => &[
            (SegmentName::Unloading, None),
            (SegmentName::Preparation, Some(Node::Discharge)),
            (SegmentName::Clearance, Some(Node::Declare)),
            (SegmentName::PickUp, Some(Node::Release)),
        ],
        Some(Direction::Export) => &[
            (SegmentName::Preparation, Some(Node::GateIn)),
            (SegmentName::Clearance, Some(Node::Declare)),
            (SegmentName::AfterRelease, Some(Node::Release)),
            (SegmentName::Departure, Some(Node::Load)),
        ],
        Some(Direction::Transshipment | Direction::Domestic) | None => &[],
    }
}

/// What a stay is held against.
struct Held<'a> {
    site: &'a SiteState,
    from: Time,
    to: Time,
    filter: Filter,
}

impl Held<'_> {
    fn summaries(&self, series: &[Series]) -> Vec<Summary> {
        let query = Query {
            from: self.from,
            to: self.to,
            bucket: None,
            groups: &[],
            filter: &self.filter,
            unit: Unit::Stay,
            series,
        };
        let rows = rows(&self.site.cells, &self.site.memo, &query, self.site);
        let row = rows.into_iter().next().unwrap_or_default();
        if row.summaries.is_empty() {
            return vec![Summary::default(); series.len()];
        }
        row.summaries
    }

    fn segment(
        &self,
        stay: &Stay,
        clock_from: Option<Time>,
        series: Series,
        summary: &Summary,
    ) -> UsualSegment {
        let (name, began_at, seconds) = match series {
            Series::Segment(name) => {
                let own = stay.segments.iter().find(|segment| segment.name == name);
                let begins_with = segments_of(stay.direction)
                    .iter()
                    .find_map(|(own, node)| node.filter(|_| *own == name));
                let began = stay.nodes.iter().find(|node| {
                    Some(node.node) == begins_with && node.classifier == shared::event::Classifier::Actual
                });
                let began = own.map(|own| own.from).or(began.map(|node| node.at));
                (name.name(), began, own.map(|own| own.seconds))
            }
            _ => (
                "overall",
                clock_from.map(|at| self.site.local(at)),
                stay.clearance_seconds,
            ),
        };
        UsualSegment {
            name: name.to_owned(),
            began_at,
            seconds,
            stays: summary.count,
            median_seconds: summary.percentile_seconds(50),
            p90_seconds: summary.percentile_seconds(90),
            percentile: seconds
                .filter(|_| summary.count > 0)
                .map(|seconds| self.not_longer(series, seconds) as f64 / summary.count as f64),
        }
    }

    /// How many took no more whole minutes.
    fn not_longer(&self, series: Series, seconds: u64) -> u64 {
        let selection = Selection::of(|dimensions| self.filter.takes(dimensions));
        let all = minutes(
            &self.site.cells,
            (self.from, self.to),
            &selection,
            series,
            self.site,
        );
        let not_longer = all
            .iter()
            .take_while(|(minute, _)| u64::from(*minute) <= seconds / 60);
        not_longer.map(|(_, count)| u64::from(*count)).sum()
    }
}
