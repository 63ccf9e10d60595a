//! Rows of clearance and throughput, and the overview.

use crate::stay::SegmentName;
use crate::time::LocalTime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a row groups by: the value when one was asked for, an object when several were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Group {
    /// One.
    One(String),
    /// Several, by name.
    Several(BTreeMap<String, String>),
}

/// `GET /figures/clearance` or `/figures/throughput`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures<R> {
    /// First moment that counts.
    pub from: LocalTime,
    /// First moment that no longer counts.
    pub to: LocalTime,
    /// `hour day month year`, or `None`.
    pub bucket: Option<String>,
    /// What the rows group by.
    pub group: Vec<String>,
    /// `stay` or `declaration`.
    pub unit: String,
    /// The target, for clearance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_seconds: Option<u64>,
    /// How the figures are defined, so that a copied figure can be explained.
    pub definition: Definition,
    /// The rows, by bucket, then by group.
    pub rows: Vec<R>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// How a figure is defined; the page says it in the reader's language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// `overall_clearance` or `quay_throughput`.
    pub name: String,
    /// Where it begins and ends, by direction.
    pub measures: BTreeMap<String, String>,
    /// `seconds_floored_minutes_floored`.
    pub rounding: String,
    /// `open_counted_apart`.
    pub censoring: String,
    /// `released_at_in_site_zone` or `moved_at_in_site_zone`.
    pub bucket_by: String,
}

/// One row of clearance. All `None` without stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClearanceRow {
    /// When the bucket begins.
    pub bucket: Option<LocalTime>,
    /// The group.
    pub group: Option<Group>,
    /// Released stays.
    pub stays: u64,
    /// Stays whose clock began in the bucket and that are not released at the end of the period.
    pub open: u64,
    /// Mean of the exact seconds.
    pub mean_seconds: Option<f64>,
    /// Standard deviation of the population.
    pub sd_seconds: Option<f64>,
    /// Minimum, of whole minutes.
    pub min_seconds: Option<u64>,
    /// Median, of whole minutes.
    pub median_seconds: Option<u64>,
    /// 75th percentile.
    pub p75_seconds: Option<u64>,
    /// 90th percentile.
    pub p90_seconds: Option<u64>,
    /// 95th percentile.
    pub p95_seconds: Option<u64>,
    /// 99th percentile.
    pub p99_seconds: Option<u64>,
    /// Maximum, of whole minutes.
    pub max_seconds: Option<u64>,
    /// Share from 0 to 1 that took no longer than the target.
    pub within_target: Option<f64>,
    /// Stays with a segment that would be negative.
    pub advance: u64,
    /// Import stays measured from discharge, because no arrival is known.
    pub start_substituted: u64,
    /// Stays over the third quartile plus three interquartile ranges.
    pub outliers: u64,
    /// The first configured baseline, where all of the row has one direction.
    pub baseline_seconds: Option<u64>,
    /// The segments.
    pub segments: Vec<SegmentRow>,
    /// The list of exactly the counted stays.
    pub href: String,
}

/// One segment of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentRow {
    /// Which one.
    pub name: SegmentName,
    /// Stays that have it.
    pub stays: u64,
    /// Mean.
    pub mean_seconds: Option<f64>,
    /// Median.
    pub median_seconds: Option<u64>,
    /// 90th percentile.
    pub p90_seconds: Option<u64>,
}

/// One row of throughput.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThroughputRow {
    /// When the bucket begins.
    pub bucket: Option<LocalTime>,
    /// The group.
    pub group: Option<Group>,
    /// Boxes over the quay.
    pub moves: u64,
    /// TEU over the quay: discharged plus loaded.
    pub teu: f64,
    /// TEU off vessels.
    pub discharged_teu: f64,
    /// TEU onto vessels.
    pub loaded_teu: f64,
    /// Of which transshipped.
    pub transshipped_teu: f64,
    /// Moves of boxes without a size type: counted in `moves`, with 0 TEU.
    #[serde(rename = "unsized")]
    pub without_size: u64,
    /// The list of exactly the counted stays.
    pub href: String,
}

/// `GET /figures/overview`: what the first page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The site.
    pub site: String,
    /// The site's day that "today" means.
    pub today: LocalTime,
    /// Boxes that stand in the yard.
    pub boxes_in_yard: u64,
    /// Boxes that stand in a slot of the layout.
    pub slots_taken: u64,
    /// Slots of the layout.
    pub slots: u64,
    /// TEU over the quay today.
    pub teu_today: f64,
    /// Moves over the quay today.
    pub moves_today: u64,
    /// Alarms that are active or unacknowledged, not closed, not shelved.
    pub open_alarms: u64,
    /// Of which high.
    pub open_alarms_high: u64,
    /// Import clearance today.
    pub import: OverviewClearance,
    /// Export clearance today.
    pub export: OverviewClearance,
    /// The target.
    pub target_seconds: u64,
    /// Direct ÷ (direct + stacked) of the stays that ended today.
    pub direct_share: Option<f64>,
    /// TEU over the quay in each hour of today and yesterday that had any.
    pub teu_by_hour: Vec<(LocalTime, f64)>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// Clearance of one direction today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverviewClearance {
    /// Released today.
    pub stays: u64,
    /// Median, of whole minutes.
    pub median_seconds: Option<u64>,
    /// Share within the target.
    pub within_target: Option<f64>,
    /// The first configured baseline.
    pub baseline_seconds: Option<u64>,
    /// The list of exactly the counted stays.
    pub href: String,
}
