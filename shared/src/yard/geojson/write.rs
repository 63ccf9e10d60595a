//! From layout to JSON.

use super::plane::{LOCAL_METRES, to_millimetres};
use crate::yard::layout::{Block, Designation, Feature, Layout, Point};
use serde_json::{Value, json};

/// Writes a layout as GeoJSON, in metres of its local plane (foreign member `crs`) to the millimetre, with
/// the slot pattern of its addresses (foreign member `slot_pattern`).
pub fn write(layout: &Layout) -> Value {
    let blocks = layout.blocks().iter().map(block);
    let features = layout.features.iter().map(feature);
    json!({
        "type": "FeatureCollection",
        "crs": LOCAL_METRES,
        "slot_pattern": layout.pattern.as_str(),
        "features": blocks.chain(features).collect::<Vec<Value>>(),
    })
}

fn block(block: &Block) -> Value {
    let mut properties = json!({
        "block": block.name,
        "bays": block.bays,
        "rows": block.rows,
        "tiers": block.tiers,
    });
    if block.designation != Designation::default() {
        properties["designation"] = json!(block.designation);
    }
    json!({
        "type": "Feature",
        "properties": properties,
        "geometry": { "type": "Polygon", "coordinates": [positions(&block.outline)] },
    })
}

fn feature(feature: &Feature) -> Value {
    let points = positions(&feature.points);
    let geometry = match (feature.area, points.as_slice()) {
        (true, _) => json!({ "type": "Polygon", "coordinates": [points] }),
        (false, [point]) => json!({ "type": "Point", "coordinates": point }),
        (false, _) => json!({ "type": "LineString", "coordinates": points }),
    };
    json!({
        "type": "Feature",
        "properties": { "kind": feature.kind, "name": feature.name },
        "geometry": geometry,
    })
}

fn positions(points: &[Point]) -> Vec<Point> {
    points.iter().copied().map(to_millimetres).collect()
}
