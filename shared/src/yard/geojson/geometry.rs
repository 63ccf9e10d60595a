//! Outlines and lines.

use crate::yard::layout::Point;
use serde_json::Value;

/// The points of a feature, and whether they close to an area.
pub struct Shape {
    /// Outline or line.
    pub points: Vec<Point>,
    /// Whether the points close to an area.
    pub area: bool,
}

/// Reads the geometry of a block: a polygon.
pub fn polygon(geometry: Option<&Value>) -> Result<Shape, String> {
    let shape = shape(geometry)?;
    if shape.area {
        Ok(shape)
    } else {
        Err("of a block must be a `Polygon`".to_owned())
    }
}

/// Reads a geometry: a polygon, a line or a point.
pub fn shape(geometry: Option<&Value>) -> Result<Shape, String> {
    let member = |name: &str| geometry.and_then(|geometry| geometry.get(name));
    let coordinates = member("coordinates").ok_or("has no `coordinates`")?;
    let (points, area) = match member("type").and_then(Value::as_str) {
        Some("Polygon") => (ring(coordinates)?, true),
        Some("LineString") => (line(coordinates)?, false),
        Some("Point") => (vec![position(coordinates)?], false),
        _ => return Err("must be a `Polygon`, a `LineString` or a `Point`".to_owned()),
    };
    Ok(Shape { points, area })
}

fn ring(coordinates: &Value) -> Result<Vec<Point>, String> {
    let Some([ring]) = coordinates.as_array().map(Vec::as_slice) else {
        return Err("of a polygon must have one ring".to_owned());
    };
    let points = positions(ring)?;
    if points.len() < 4 {
        Err("of a polygon needs at least four positions, the last the same as the first".to_owned())
    } else if points.first() != points.last() {
        Err("is not closed: the last position must be the same as the first".to_owned())
    } else {
        Ok(points)
    }
}

fn line(coordinates: &Value) -> Result<Vec<Point>, String> {
    let points = positions(coordinates)?;
    if points.len() < 2 {
        return Err("of a line needs at least two positions".to_owned());
    }
    Ok(points)
}

fn positions(value: &Value) -> Result<Vec<Point>, String> {
    value
        .as_array()
        .ok_or("must be a list of positions")?
        .iter()
        .map(position)
        .collect()
}

/// A position is two numbers; a third is the height, which a plan does not show.
fn position(value: &Value) -> Result<Point, String> {
    match value.as_array().map(Vec::as_slice) {
        Some([x, y] | [x, y, _]) => match (x.as_f64(), y.as_f64()) {
            (Some(x), Some(y)) => Ok((x, y)),
            _ => Err("has a position that is not made of numbers".to_owned()),
        },
        _ => Err("has a position that is not made of two numbers".to_owned()),
    }
}
