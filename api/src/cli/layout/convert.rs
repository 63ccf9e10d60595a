//! From a terminal's list of blocks to our GeoJSON.
//!
//! The list is the one that the program `ng-container-terminal` draws yards from. What it means is assumed from how
//! that program draws it and from the numbers of a real terminal: `maxBay`, `maxRow` and `maxTier` are counts (a bay
//! is 6.5 units long, as a 20 ft bay is in metres, and the products are the terminal's slots); x, y, width and height
//! are metres, x to the right and y upwards; in a block of direction `H` the bays lie along x, in `V` along y; and
//! `isEmpty` designates a block for empties.

use serde::Deserialize;
use serde_json::Value;
use shared::stay::Cargo;
use shared::yard::geojson::{self, LayoutError};
use shared::yard::layout::Point;
use shared::yard::{Block, Designation, Layout, SlotPattern};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// What came of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The GeoJSON, one feature a line.
    pub geojson: String,
    /// What the reader of the layout should know.
    pub notes: Vec<String>,
}

/// Why a text is no list of blocks.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// It is no JSON list.
    #[error("it is no JSON list of blocks: {0}")]
    Json(serde_json::Error),
    /// Some blocks are wrong: one line each.
    #[error("{}", .0.join("\n"))]
    Blocks(Vec<String>),
    /// As a whole it is no layout.
    #[error(transparent)]
    Layout(#[from] LayoutError),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    block: String,
    direction: Along,
    max_bay: u16,
    max_row: u16,
    max_tier: u16,
    #[serde(default)]
    is_empty: Option<bool>,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(Clone, Copy, Deserialize)]
enum Along {
    #[serde(rename = "H")]
    Horizontal,
    #[serde(rename = "V")]
    Vertical,
}

/// Converts a list of blocks.
pub fn convert(text: &str) -> Result<Converted, ConvertError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let items: Vec<Value> = serde_json::from_str(text).map_err(ConvertError::Json)?;
    let (mut blocks, mut wrong) = (Vec::with_capacity(items.len()), Vec::new());
    for (index, item) in items.into_iter().enumerate() {
        match block(item) {
            Ok(block) => blocks.push(block),
            Err(reason) => wrong.push(format!("block {index} of the list, counted from 0: {reason}")),
        }
    }
    if !wrong.is_empty() {
        return Err(ConvertError::Blocks(wrong));
    }
    let width = usual_width(&blocks);
    let odd: Vec<String> = blocks
        .iter()
        .filter(|block| block.name.len() != width)
        .map(|block| format!("`{}`", block.name))
        .collect();
    let mut notes = vec![format!("the `slot_pattern` of the site needs {width} × B")];
    if !odd.is_empty() {
        notes.push(format!(
            "the names of {} are longer or shorter than the others: no slot address of one pattern can mean them too",
            odd.join(", ")
        ));
    }
    // The pattern is not known here; one with room for every count checks all the rest.
    let pattern = format!("{}bbbbbrrrrrttttt", "B".repeat(width));
    let pattern = SlotPattern::parse(&pattern).unwrap_or_default();
    let written = geojson::write(&Layout::new(pattern.clone(), blocks, Vec::new()));
    geojson::read(&written.to_string(), pattern)?;
    Ok(Converted {
        geojson: one_feature_a_line(&written),
        notes,
    })
}

/// The length that most names have.
fn usual_width(blocks: &[Block]) -> usize {
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for block in blocks {
        *lengths.entry(block.name.len()).or_default() += 1;
    }
    let usual = lengths.into_iter().max_by_key(|(_, count)| *count);
    usual.map_or(1, |(length, _)| length.max(1))
}

fn block(item: Value) -> Result<Block, String> {
    let listed: Listed = serde_json::from_value(item).map_err(|error| error.to_string())?;
    for (name, count) in [
        ("maxBay", listed.max_bay),
        ("maxRow", listed.max_row),
        ("maxTier", listed.max_tier),
    ] {
        if count == 0 {
            return Err(format!("`{name}` is 0; it must be at least 1"));
        }
    }
    for (name, length) in [("width", listed.width), ("height", listed.height)] {
        if length <= 0.0 {
            return Err(format!("`{name}` is {length}; it must be above 0"));
        }
    }
    let mut designation = Designation::default();
    if listed.is_empty == Some(true) {
        designation.cargo = vec![Cargo::Empty];
    }
    Ok(Block {
        outline: outline(&listed),
        name: SmolStr::new(&listed.block),
        bays: listed.max_bay,
        rows: listed.max_row,
        tiers: listed.max_tier,
        designation,
    })
}

/// The outline, anticlockwise; its first edge runs along the bays.
fn outline(listed: &Listed) -> Vec<Point> {
    let (left, bottom) = (listed.x, listed.y);
    let (right, top) = (left + listed.width, bottom + listed.height);
    let corners = [(left, bottom), (right, bottom), (right, top), (left, top)];
    let first = match listed.direction {
        Along::Horizontal => 0,
        Along::Vertical => 1,
    };
    (first..=first + 4).map(|corner| corners[corner % 4]).collect()
}

fn one_feature_a_line(collection: &Value) -> String {
    let features: Vec<String> = collection["features"]
        .as_array()
        .into_iter()
        .flatten()
        .map(Value::to_string)
        .collect();
    format!(
        "{{\"type\":\"FeatureCollection\",\"crs\":{},\"features\":[\n{}\n]}}",
        collection["crs"],
        features.join(",\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn listed(block: &str, direction: &str) -> Value {
        json!({ "block": block, "direction": direction, "maxBay": 40, "maxRow": 6, "maxTier": 5, "isEmpty": null,
                "x": 100, "y": 50.5, "width": 30, "height": 260 })
    }

    fn refused(list: Value) -> String {
        convert(&list.to_string()).unwrap_err().to_string()
    }

    #[test]
    fn a_list_becomes_a_layout() {
        let mut empties = listed("*1B", "H");
        empties["isEmpty"] = json!(true);
        let converted = convert(&json!([listed("*1A", "V"), empties]).to_string()).unwrap();
        assert_eq!(converted.geojson.lines().count(), 4);
        let pattern = SlotPattern::parse("BBBbbbbrrt").unwrap();
        let layout = geojson::read(&converted.geojson, pattern).unwrap();
        let [first, second] = layout.blocks() else {
            panic!("{layout:?}")
        };
        assert_eq!(
            (first.name.as_str(), first.bays, first.rows, first.tiers),
            ("*1A", 40, 6, 5)
        );
        assert_eq!(first.designation, Designation::default());
        assert_eq!(second.designation.cargo, [Cargo::Empty]);
        assert_eq!(first.outline[..2], [(130.0, 50.5), (130.0, 310.5)]);
        assert_eq!(second.outline[..2], [(100.0, 50.5), (130.0, 50.5)]);
    }

    #[test]
    fn names_of_another_length_are_noted() {
        let list = json!([listed("*1A", "V"), listed("*1B", "V"), listed("*x", "V")]);
        let notes = convert(&list.to_string()).unwrap().notes;
        assert_eq!(notes[0], "the `slot_pattern` of the site needs 3 × B");
        assert!(notes[1].starts_with("the names of `*x` are"));
    }

    #[test]
    fn each_mistake_names_its_block() {
        let with = |key: &str, value: Value| {
            let mut block = listed("*1B", "H");
            block[key] = value;
            refused(json!([listed("*1A", "V"), block]))
        };
        let block_1 = "block 1 of the list, counted from 0: ";
        assert_eq!(
            with("maxBay", json!(0)),
            format!("{block_1}`maxBay` is 0; it must be at least 1")
        );
        assert_eq!(
            with("width", json!(-1)),
            format!("{block_1}`width` is -1; it must be above 0")
        );
        assert!(with("direction", json!("X")).starts_with(&format!("{block_1}unknown variant `X`")));
        assert!(with("maxRow", json!(-2)).starts_with(&format!("{block_1}invalid value")));
        assert!(with("block", json!("*1A")).contains("each block needs its own name"));
        assert!(refused(json!([{}])).contains("missing field"));
        assert!(refused(json!({})).starts_with("it is no JSON list of blocks: "));
        assert_eq!(
            refused(json!([])),
            "no feature has a property `block`, so there is no block"
        );
    }
}
