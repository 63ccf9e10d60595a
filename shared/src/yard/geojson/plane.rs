//! Metres, degrees, and the way from these to those.

use super::LayoutError;
use crate::yard::layout::Point;
use serde_json::Value;

/// What the member `crs` says of metres in a local plane.
pub const LOCAL_METRES: &str = "local-metres";
const WGS_84: &str = "WGS84";

/// Mean radius of the earth.
const EARTH_METRES: f64 = 6_371_008.8;
/// No plane of a port reaches further from its origin, not even one of a national grid with its zone in front.
pub const FARTHEST_METRES: f64 = 1e8;

/// In what coordinates are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// Metres east and north of an origin.
    Metres,
    /// Degrees of longitude and latitude.
    Degrees,
}

impl Plane {
    /// What the member `crs` says: our own names, or the names that GeoJSON had for WGS 84 until 2016.
    pub fn named(crs: Option<&Value>) -> Result<Option<Plane>, LayoutError> {
        let name = match crs {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(name)) => Some(name.as_str()),
            Some(object) => object.pointer("/properties/name").and_then(Value::as_str),
        };
        let compared = name.unwrap_or_default().to_ascii_uppercase();
        if name == Some(LOCAL_METRES) {
            Ok(Some(Plane::Metres))
        } else if compared == WGS_84 || compared.ends_with("CRS84") || compared.ends_with("4326") {
            Ok(Some(Plane::Degrees))
        } else {
            Err(LayoutError::Collection {
                member: "crs",
                reason: format!("is neither `{LOCAL_METRES}` nor `{WGS_84}`"),
            })
        }
    }

    /// What the numbers look like. A port reaches over less than a degree, and no yard fits into a metre.
    pub fn guessed(points: &[Point]) -> Plane {
        let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
        for (x, y) in points {
            low = (low.0.min(*x), low.1.min(*y));
            high = (high.0.max(*x), high.1.max(*y));
        }
        let small = high.0 - low.0 < 1.0 && high.1 - low.1 < 1.0;
        if small && points.iter().all(|point| is_on_earth(*point)) {
            Plane::Degrees
        } else {
            Plane::Metres
        }
    }
}

/// Whether a point can be longitude and latitude.
pub fn is_on_earth((longitude, latitude): Point) -> bool {
    longitude.abs() <= 180.0 && latitude.abs() <= 90.0
}

/// The mean of some points.
pub fn centroid(points: &[Point]) -> Point {
    let count = points.len().max(1) as f64;
    let sum = points
        .iter()
        .fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    (sum.0 / count, sum.1 / count)
}

/// Degrees to metres around a centre, by the equirectangular projection: over the few kilometres of a port it
/// errs by millimetres.
pub fn project(point: Point, centre: Point) -> Point {
    let east = (point.0 - centre.0).to_radians() * centre.1.to_radians().cos();
    let north = (point.1 - centre.1).to_radians();
    (east * EARTH_METRES, north * EARTH_METRES)
}

/// To the millimetre. Such numbers are read from JSON as they were written; and there is no minus zero.
pub fn to_millimetres(point: Point) -> Point {
    let round = |metres: f64| (metres * 1_000.0).round() / 1_000.0 + 0.0;
    (round(point.0), round(point.1))
}
