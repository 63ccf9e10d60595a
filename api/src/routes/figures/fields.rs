//! Rows with the fields that were asked for, as JSON or as CSV.

use super::asked::Asked;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use shared::stay::SegmentName;
use shared::wire::figures::{ClearanceRow, Comparison, Figures, PatternRow, ThroughputRow};

/// A row whose fields have names.
pub trait Fields {
    /// The names of its fields, in the order in which they travel.
    const NAMES: &'static [&'static str];

    /// Writes those that are wanted.
    fn write<M: SerializeMap>(&self, wanted: &dyn Fn(&str) -> bool, map: &mut M) -> Result<(), M::Error>;
}

macro_rules! fields_of {
    ($($type:ident { $($name:literal $field:ident),+ $(,)? })+) => {
        $(impl Fields for $type {
            const NAMES: &'static [&'static str] = &[$($name),+];

            fn write<M: SerializeMap>(
                &self,
                wanted: &dyn Fn(&str) -> bool,
                map: &mut M,
            ) -> Result<(), M::Error> {
                // Taken apart, so that a new field does not compile until it is named here.
                let $type { $($field),+ } = self;
                $(if wanted($name) {
                    map.serialize_entry($name, $field)?;
                })+
                Ok(())
            }
        })+
    };
}

fields_of! {
    ClearanceRow {
        "bucket" bucket, "group" group, "stays" stays, "open" open, "mean_seconds" mean_seconds,
        "sd_seconds" sd_seconds, "min_seconds" min_seconds, "median_seconds" median_seconds,
        "p75_seconds" p75_seconds, "p90_seconds" p90_seconds, "p95_seconds" p95_seconds,
        "p99_seconds" p99_seconds, "max_seconds" max_seconds, "within_target" within_target, "advance" advance,
        "start_substituted" start_substituted, "outliers" outliers, "baseline_seconds" baseline_seconds,
        "segments" segments, "distribution" distribution, "href" href, "open_href" open_href,
    }
    ThroughputRow {
        "bucket" bucket, "group" group, "moves" moves, "teu" teu, "discharged_teu" discharged_teu,
        "loaded_teu" loaded_teu, "transshipped_teu" transshipped_teu, "unsized" without_size,
        "discharged" discharged, "loaded" loaded, "transshipped" transshipped, "empty" empty,
        "empty_share" empty_share, "gate_in" gate_in, "gate_out" gate_out, "rail_in" rail_in,
        "rail_out" rail_out, "yard_moves" yard_moves, "land_teu" land_teu, "direct" direct, "stacked" stacked,
        "mode_unknown" mode_unknown, "direct_share" direct_share, "dwell" dwell, "href" href,
    }
    PatternRow {
        "weekday" weekday, "hour" hour, "group" group, "hours" hours, "stays" stays,
        "mean_seconds" mean_seconds, "median_seconds" median_seconds, "p90_seconds" p90_seconds,
        "within_target" within_target, "moves" moves, "teu" teu, "gate_in" gate_in, "gate_out" gate_out,
        "yard_moves" yard_moves, "href" href,
    }
}

/// What every row says, whatever fields were asked for: where it belongs, and what is behind it.
fn is_always_there(name: &str) -> bool {
    matches!(name, "bucket" | "group" | "weekday" | "hour" | "href")
}

/// A row with its wanted fields.
pub struct Selected<'a, R>(pub &'a R, pub &'a Asked);

impl<R: Fields> Serialize for Selected<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Selected(row, asked) = self;
        let wanted = |name: &str| match name {
            // Dear to compute and long: only for whoever asks for it.
            "distribution" => !asked.fields.is_empty() && asked.wants(name),
            name => is_always_there(name) || asked.wants(name),
        };
        let mut map = serializer.serialize_map(None)?;
        row.write(&wanted, &mut map)?;
        map.end()
    }
}

/// An answer as CSV (RFC 4180): a line for each row of the period and of the one that it is compared with. Each line
/// says what it is: period, definition, unit and target, and up to which change it holds.
pub fn csv<R: Fields>(figures: &Figures<R>, asked: &Asked) -> String {
    let columns = columns::<R>(asked);
    let mut text = String::from("period_from,period_to,definition,unit,target_seconds,epoch,sequence");
    for column in &columns {
        text.push(',');
        text.push_str(&column.join("_"));
    }
    text.push_str("\r\n");
    let mut add = |from: String, to: String, rows: &[R]| {
        let target = figures.target_seconds.map(|target| target.to_string());
        let first = [
            from,
            to,
            figures.definition.name.clone(),
            figures.unit.clone(),
            target.unwrap_or_default(),
            figures.epoch.clone(),
            figures.sequence.to_string(),
        ];
        for row in rows {
            // Plain structs of texts and numbers always serialise.
            let row = serde_json::to_value(Selected(row, asked)).unwrap_or_default();
            let cells = columns.iter().map(|column| cell(&row, column));
            let line: Vec<String> = first.iter().cloned().chain(cells).collect();
            text.push_str(&line.join(","));
            text.push_str("\r\n");
        }
    };
    add(figures.from.to_string(), figures.to.to_string(), &figures.rows);
    if let Some(Comparison { from, to, rows, .. }) = &figures.comparison {
        add(from.to_string(), to.to_string(), rows);
    }
    text
}

/// Names and parts of names of the columns.
fn columns<R: Fields>(asked: &Asked) -> Vec<Vec<&'static str>> {
    let mut columns = Vec::new();
    for name in R::NAMES
        .iter()
        .filter(|name| is_always_there(name) || asked.wants(name))
    {
        match *name {
            "group" => columns.extend(asked.groups.iter().map(|by| vec!["group", by.name()])),
            "segments" => {
                for segment in SegmentName::ALL {
                    for part in ["stays", "mean_seconds", "median_seconds", "p90_seconds", "share"] {
                        columns.push(vec!["segment", segment.name(), part]);
                    }
                }
            }
            "dwell" => columns.extend(
                ["stays", "mean_seconds", "median_seconds", "p90_seconds"].map(|part| vec!["dwell", part]),
            ),
            "distribution" => {}
            name => columns.push(vec![name]),
        }
    }
    columns
}

fn cell(row: &serde_json::Value, column: &[&str]) -> String {
    let found = match column {
        ["group", by] => match &row["group"] {
            serde_json::Value::Object(values) => values.get(*by),
            one => Some(one),
        },
        ["segment", name, part] => row["segments"]
            .as_array()
            .and_then(|segments| segments.iter().find(|segment| segment["name"] == *name))
            .and_then(|segment| segment.get(*part)),
        [name, part] => row[*name].get(*part),
        [name] => row.get(*name),
        _ => None,
    };
    match found {
        None | Some(serde_json::Value::Null) => String::new(),
        // Names, times and addresses of ours: none holds a comma or a quote but lists in addresses.
        Some(serde_json::Value::String(text)) if text.contains(',') => format!("\"{text}\""),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
