//! The layout, as the server writes it: GeoJSON in metres. What people write, with other planes, mistakes and
//! their reasons, is read on the server (`shared::yard::geojson`); none of that needs to be in the page.

use super::{Mistakes, Read, member, members};
use serde_json::Value;
use shared::yard::layout::{Feature, Point};
use shared::yard::{Block, Designation, Layout, SlotPattern};

impl Read for Layout {
    fn read(value: &Value, mistakes: &Mistakes) -> Layout {
        let pattern = value.get("slot_pattern").and_then(Value::as_str);
        let pattern = pattern
            .and_then(|pattern| SlotPattern::parse(pattern).ok())
            .unwrap_or_default();
        let (mut blocks, mut features) = (Vec::new(), Vec::new());
        for feature in member::<Vec<Value>>(members(value, mistakes), "features", mistakes) {
            let (points, area) = shape(feature.get("geometry").unwrap_or(&Value::Null), mistakes);
            let properties = feature.get("properties").unwrap_or(&Value::Null);
            if properties.get("block").is_some() {
                blocks.push(block(properties, points, mistakes));
            } else {
                let word = |name: &str| {
                    properties
                        .get(name)
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .into()
                };
                features.push(Feature {
                    kind: word("kind"),
                    name: word("name"),
                    points,
                    area,
                });
            }
        }
        Layout::new(pattern, blocks, features)
    }
}

fn block(properties: &Value, outline: Vec<Point>, mistakes: &Mistakes) -> Block {
    let members = members(properties, mistakes);
    Block {
        name: member::<String>(members, "block", mistakes).into(),
        bays: member(members, "bays", mistakes),
        rows: member(members, "rows", mistakes),
        tiers: member(members, "tiers", mistakes),
        designation: member::<Option<Designation>>(members, "designation", mistakes).unwrap_or_default(),
        outline,
    }
}

impl Read for Designation {
    fn read(value: &Value, mistakes: &Mistakes) -> Designation {
        let members = members(value, mistakes);
        let says = |name: &str| member::<Option<bool>>(members, name, mistakes).unwrap_or(false);
        let classes = member::<Option<Vec<String>>>(members, "classes", mistakes).unwrap_or_default();
        Designation {
            cargo: member::<Option<_>>(members, "cargo", mistakes).unwrap_or_default(),
            classes: classes.into_iter().map(Into::into).collect(),
            power: says("power"),
            direction: member::<Option<_>>(members, "direction", mistakes).unwrap_or_default(),
            inspection: says("inspection"),
        }
    }
}

/// The points of a polygon's outline, a line or a point, and whether they close to an area.
fn shape(geometry: &Value, mistakes: &Mistakes) -> (Vec<Point>, bool) {
    let coordinates = geometry.get("coordinates").unwrap_or(&Value::Null);
    match geometry.get("type").and_then(Value::as_str) {
        Some("Polygon") => (
            Read::read(coordinates.get(0).unwrap_or(&Value::Null), mistakes),
            true,
        ),
        Some("LineString") => (Read::read(coordinates, mistakes), false),
        _ => (vec![Read::read(coordinates, mistakes)], false),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use shared::yard::{builtin, geojson};

    #[test]
    fn it_reads_what_the_server_writes() {
        let layout = builtin::layout();
        let text = geojson::write(&layout).to_string();
        assert_eq!(
            read::<Layout>(&text).unwrap(),
            geojson::read_written(&text).unwrap()
        );
    }

    #[test]
    fn a_block_without_its_counts_is_a_mistake() {
        let text = r#"{"features":[{"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},
            "properties":{"block":"G01","rows":6,"tiers":5}}]}"#;
        assert!(
            read::<Layout>(text)
                .unwrap_err()
                .to_string()
                .contains("`bays` is missing")
        );
    }
}
