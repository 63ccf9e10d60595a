//! Rows of clearance and throughput, and the overview.

use super::site::Name;
use crate::event::Direction;
use crate::stay::{Cargo, Channel, Mode, SegmentName};
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_seconds: Option<u64>,
    /// How the figures are defined, so that a copied figure can be explained.
    pub definition: Definition,
    /// For clearance: published and earlier figures to hold it against, the first is the one that rows name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baselines: Vec<Baseline>,
    /// For throughput: years that were published or entered, not counted here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annual: Vec<AnnualThroughput>,
    /// For throughput: the busiest hour and day of the period, of all groups together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peaks: Option<Peaks>,
    /// The rows, by bucket, then by group.
    pub rows: Vec<R>,
    /// The same rows of another period, where one was asked for with `compare`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison<R>>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// The rows of a period that another one is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison<R> {
    /// `before` (as long, directly before), `year` (the same a year earlier), or `period` (any other).
    pub against: String,
    /// First moment that counts.
    pub from: LocalTime,
    /// First moment that no longer counts.
    pub to: LocalTime,
    /// The rows, by bucket, then by group.
    pub rows: Vec<R>,
}

/// Overall clearance as it was published, or measured before Quaylight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Its name, such as the year.
    pub name: Name,
    /// Import, in seconds.
    pub import_seconds: Option<u64>,
    /// Export, in seconds.
    pub export_seconds: Option<u64>,
    /// Whose figure it is, and where it was published.
    pub source: Option<Name>,
    /// Whether it came with the program: a published figure of somebody else, not one of this port.
    pub published: bool,
}

/// A year's throughput that was not counted here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnnualThroughput {
    /// The year.
    pub year: u64,
    /// TEU over the quay.
    pub teu: f64,
    /// Whose figure it is, and where it was published.
    pub source: Option<Name>,
    /// Whether it came with the program: a published figure of somebody else, not one of this port.
    pub published: bool,
}

/// The busiest hour and the busiest day of a period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peaks {
    /// The first hour with the most moves over the quay.
    pub hour: Option<Peak>,
    /// The first day with the most.
    pub day: Option<Peak>,
}

/// A busiest hour or day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// When it begins.
    pub at: LocalTime,
    /// Moves over the quay in it.
    pub moves: u64,
    /// TEU in it.
    pub teu: f64,
    /// The list of exactly the counted stays.
    pub href: String,
}

/// How a figure is defined; the page says it in the reader's language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// `overall_clearance`, `declaration_clearance`, `quay_throughput` or `patterns`.
    pub name: String,
    /// Where it begins and ends, by direction.
    pub measures: BTreeMap<String, String>,
    /// `seconds_floored_minutes_floored`.
    pub rounding: String,
    /// `open_counted_apart`.
    pub censoring: String,
    /// `released_at_in_site_zone` or `moved_at_in_site_zone`.
    pub bucket_by: String,
    /// How each other quantity is computed, by its name: `percentile`, `mean`, `standard_deviation`,
    /// `within_target`, `outliers`, `direct_share`, `dwell` and the like.
    pub quantities: BTreeMap<String, String>,
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
    /// How many took how long; only where `fields` names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Vec<Bin>>,
    /// The list of exactly the counted stays.
    pub href: String,
    /// The list of exactly the open ones.
    pub open_href: String,
}

/// The stays of a row that took from so long to so long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// The shortest that counts, a whole number of minutes.
    pub from_seconds: u64,
    /// The first that no longer counts; `None` in the last bin, which holds all that took longer.
    pub to_seconds: Option<u64>,
    /// How many.
    pub stays: u64,
    /// The list of exactly these.
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
    /// What part of the time of all segments of the row this one took, from 0 to 1. Its list, the longest first, is that
    /// of the row with `segment` and `sort=longest`.
    pub share: Option<f64>,
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
    /// Boxes off vessels. Their list is that of `href` with `by=discharged`.
    pub discharged: u64,
    /// Boxes onto vessels; `by=loaded`.
    pub loaded: u64,
    /// Of `moves`, those of transshipped boxes.
    pub transshipped: u64,
    /// Of `moves`, those of empty boxes.
    pub empty: u64,
    /// `empty` ÷ `moves`.
    pub empty_share: Option<f64>,
    /// Boxes in through the gate; `by=gate_in`.
    pub gate_in: u64,
    /// Boxes out through the gate; `by=gate_out`.
    pub gate_out: u64,
    /// Boxes in by rail; `by=rail_in`.
    pub rail_in: u64,
    /// Boxes out by rail; `by=rail_out`.
    pub rail_out: u64,
    /// Boxes put down in the yard, from outside it or from another slot; `by=yard`, a stay with each of its moves.
    pub yard_moves: u64,
    /// TEU through the gate and by rail, in and out.
    pub land_teu: f64,
    /// Stays that left without having been stacked; `by=left`.
    pub direct: u64,
    /// Stays that left and had been stacked; `by=left`.
    pub stacked: u64,
    /// Stays that left of which neither is known; `by=left`.
    pub mode_unknown: u64,
    /// `direct` ÷ (`direct` + `stacked`).
    pub direct_share: Option<f64>,
    /// How long the stays that left had stood, from their first node in the yard to their end.
    pub dwell: Dwell,
    /// The list of exactly the counted stays; one with two moves stands in it once.
    pub href: String,
}

/// How long boxes stood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dwell {
    /// Stays that left; `by=left`.
    pub stays: u64,
    /// Mean.
    pub mean_seconds: Option<f64>,
    /// Median.
    pub median_seconds: Option<u64>,
    /// 90th percentile.
    pub p90_seconds: Option<u64>,
}

/// One row of `GET /figures/patterns`: an hour of the day, a day of the week, or an hour of a day of the week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PatternRow {
    /// 1 for Monday to 7 for Sunday, where the pattern is by days of the week.
    pub weekday: Option<u8>,
    /// 0 to 23, where the pattern is by hours of the day.
    pub hour: Option<u8>,
    /// The group.
    pub group: Option<Group>,
    /// How many such hours the period has: what a mean for each hour divides by.
    pub hours: u64,
    /// Released stays.
    pub stays: u64,
    /// Mean of their clearance.
    pub mean_seconds: Option<f64>,
    /// Median of their clearance, of whole minutes.
    pub median_seconds: Option<u64>,
    /// 90th percentile.
    pub p90_seconds: Option<u64>,
    /// Share within target.
    pub within_target: Option<f64>,
    /// Boxes over the quay; `by=moved`.
    pub moves: u64,
    /// TEU over the quay.
    pub teu: f64,
    /// Boxes in through the gate; `by=gate_in`.
    pub gate_in: u64,
    /// Boxes out through the gate; `by=gate_out`.
    pub gate_out: u64,
    /// Boxes put down in the yard; `by=yard`.
    pub yard_moves: u64,
    /// The list of exactly the released stays.
    pub href: String,
}

/// One declaration of `GET /stays?unit=declaration`: from its first `declare` to its last `release`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Declaration {
    /// Its number.
    pub declaration: String,
    /// The site.
    pub site: String,
    /// The direction of its boxes; `None` when they differ.
    pub direction: Option<Direction>,
    /// The first cargo class that fits any of its boxes.
    pub cargo: Cargo,
    /// The mode of its boxes; `unknown` when they differ.
    pub mode: Mode,
    /// The deepest that happened to any of its boxes.
    pub channel: Channel,
    /// Its first `declare`.
    pub declared_at: LocalTime,
    /// Its last `release`.
    pub released_at: Option<LocalTime>,
    /// Between the two, never below 0.
    pub clearance_seconds: Option<u64>,
    /// The stays of its boxes.
    pub stays: Vec<String>,
    /// Their containers, in the same order.
    pub containers: Vec<String>,
}

/// `GET /stays/{id}/usual`: how far from usual a stay is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Usual {
    /// The stay.
    pub stay: String,
    /// It is held against the stays of its direction and cargo class released from here …
    pub from: LocalTime,
    /// … to here: the 90 days to the end of the day of its release, or to the last hour that has data.
    pub to: LocalTime,
    /// Its direction.
    pub direction: Option<Direction>,
    /// Its cargo class.
    pub cargo: Cargo,
    /// Overall clearance and each segment that its direction has, in their order.
    pub segments: Vec<UsualSegment>,
    /// The epoch of the change log.
    pub epoch: String,
    /// The change up to which this answer holds.
    pub sequence: u64,
}

/// What is usual of one segment, and where one stay stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsualSegment {
    /// `overall`, or the name of a segment.
    pub name: String,
    /// When it began in this stay.
    pub began_at: Option<LocalTime>,
    /// How long it took in this stay; `None` while it is not over.
    pub seconds: Option<u64>,
    /// How many stays it is held against.
    pub stays: u64,
    /// Their median.
    pub median_seconds: Option<u64>,
    /// Their 90th percentile.
    pub p90_seconds: Option<u64>,
    /// The share of them, from 0 to 1, that took no more whole minutes than this one.
    pub percentile: Option<f64>,
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
    /// The list of the stays that ended today.
    pub left_href: String,
    /// TEU over the quay in each hour of today and yesterday that had any.
    pub teu_by_hour: Vec<(LocalTime, f64)>,
    /// The last thirty days, today the last of them.
    pub course: Course,
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

/// The recent course of what the first page shows: one value a day, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// The days, as dates at the site.
    pub days: Vec<String>,
    /// Boxes in the port at the end of each day, now for today.
    pub boxes_in_yard: Vec<u64>,
    /// Alarms raised on each day that are not withdrawn.
    pub alarms_raised: Vec<u64>,
    /// TEU over the quay.
    pub teu: Vec<f64>,
    /// Direct share of the stays that ended.
    pub direct_share: Vec<Option<f64>>,
    /// Median of import clearance.
    pub import_median_seconds: Vec<Option<u64>>,
    /// Share of imports within target.
    pub import_within_target: Vec<Option<f64>>,
    /// Median of export clearance.
    pub export_median_seconds: Vec<Option<u64>>,
    /// Share of exports within target.
    pub export_within_target: Vec<Option<f64>>,
}
