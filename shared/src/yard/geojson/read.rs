//! From text to layout.

use super::geometry::{self, Shape};
use super::plane::{self, Plane};
use super::{KINDS, LayoutError, MOST_SLOTS, Misfit, designation};
use crate::yard::SlotPattern;
use crate::yard::layout::{Block, Feature, Layout, Point};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use smol_str::SmolStr;

/// After so many mistakes it is no layout with mistakes but something else.
const MOST_MISFITS: usize = 50;
const LONGEST_NAME: usize = 64;

/// Reads a layout whose slots are addressed by `pattern`.
pub fn read(text: &str, pattern: SlotPattern) -> Result<Layout, LayoutError> {
    from_collection(&collection(text)?, pattern)
}

/// Reads a layout that [`super::write()`] wrote, with the slot pattern that it names.
pub fn read_written(text: &str) -> Result<Layout, LayoutError> {
    let collection = collection(text)?;
    let pattern = match collection.get("slot_pattern") {
        None => SlotPattern::default(),
        Some(pattern) => SlotPattern::parse(pattern.as_str().unwrap_or_default()).map_err(|error| {
            LayoutError::Collection {
                member: "slot_pattern",
                reason: format!("is wrong: {error}"),
            }
        })?,
    };
    from_collection(&collection, pattern)
}

/// The blocks that no address of the layout's pattern can mean, because their name is longer or shorter.
/// Real terminals have some; they are drawn, and nothing is ever seen to stand in them.
pub fn unaddressed(layout: &Layout) -> impl Iterator<Item = &Block> {
    let width = Widths::of(&layout.pattern).block;
    layout
        .blocks()
        .iter()
        .filter(move |block| block.name.len() != width)
}

fn collection(text: &str) -> Result<Map<String, Value>, LayoutError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match serde_json::from_str(text) {
        Ok(Value::Object(collection)) => Ok(collection),
        Ok(_) => Err(LayoutError::Collection {
            member: "type",
            reason: "is missing: a GeoJSON `FeatureCollection` is an object".to_owned(),
        }),
        Err(error) => Err(LayoutError::Json {
            reason: error.to_string(),
        }),
    }
}

fn from_collection(collection: &Map<String, Value>, pattern: SlotPattern) -> Result<Layout, LayoutError> {
    if collection.get("type").and_then(Value::as_str) != Some("FeatureCollection") {
        return Err(LayoutError::Collection {
            member: "type",
            reason: "must be `FeatureCollection`".to_owned(),
        });
    }
    let named = Plane::named(collection.get("crs"))?;
    let Some(features) = collection.get("features").and_then(Value::as_array) else {
        return Err(LayoutError::Collection {
            member: "features",
            reason: "must be a list".to_owned(),
        });
    };
    let mut reader = Reader::new(&pattern);
    for (index, feature) in features.iter().enumerate() {
        reader.feature(index, feature);
    }
    let Reader {
        mut blocks,
        mut features,
        misfits,
        slots,
        ..
    } = reader;
    if !misfits.is_empty() {
        return Err(LayoutError::Features(misfits));
    }
    let Some((_, first)) = blocks.first() else {
        return Err(LayoutError::NoBlock);
    };
    if slots > MOST_SLOTS {
        return Err(LayoutError::TooManySlots { slots });
    }
    let width = Widths::of(&pattern).block;
    if blocks.iter().all(|(_, block)| block.name.len() != width) {
        return Err(LayoutError::Pattern {
            pattern: pattern.as_str().to_owned(),
            width,
            block: first.name.to_string(),
        });
    }
    let outlines = blocks
        .iter_mut()
        .map(|(index, block)| (*index, &mut block.outline));
    let lines = features
        .iter_mut()
        .map(|(index, feature)| (*index, &mut feature.points));
    to_metres(outlines.chain(lines).collect(), named)?;
    let blocks = blocks.into_iter().map(|(_, block)| block).collect();
    let features = features.into_iter().map(|(_, feature)| feature).collect();
    Ok(Layout::new(pattern, blocks, features))
}

/// Brings every point into the local plane.
fn to_metres(shapes: Vec<(usize, &mut Vec<Point>)>, named: Option<Plane>) -> Result<(), LayoutError> {
    let all: Vec<Point> = shapes
        .iter()
        .flat_map(|(_, points)| points.iter().copied())
        .collect();
    let plane = named.unwrap_or_else(|| Plane::guessed(&all));
    let centre = plane::centroid(&all);
    let mut misfits = Vec::new();
    for (feature, points) in shapes {
        let possible = |point: &Point| match plane {
            Plane::Degrees => plane::is_on_earth(*point),
            Plane::Metres => point.0.abs().max(point.1.abs()) <= plane::FARTHEST_METRES,
        };
        if let Some((x, y)) = points.iter().find(|point| !possible(point)) {
            let unit = match plane {
                Plane::Degrees => "longitude and latitude",
                Plane::Metres => "metres in a local plane",
            };
            misfits.push(Misfit {
                feature,
                property: "geometry".to_owned(),
                reason: format!("has the position [{x}, {y}], which cannot be {unit}"),
            });
        }
        for point in points {
            let metres = match plane {
                Plane::Degrees => plane::project(*point, centre),
                Plane::Metres => *point,
            };
            *point = plane::to_millimetres(metres);
        }
    }
    misfits.truncate(MOST_MISFITS);
    if misfits.is_empty() {
        Ok(())
    } else {
        Err(LayoutError::Features(misfits))
    }
}

/// How many characters a slot pattern has for each part.
struct Widths {
    block: usize,
    bay: usize,
    row: usize,
    tier: usize,
}

impl Widths {
    fn of(pattern: &SlotPattern) -> Widths {
        let count = |letter| pattern.as_str().matches(letter).count();
        Widths {
            block: count('B'),
            bay: count('b'),
            row: count('r'),
            tier: count('t'),
        }
    }
}

/// The highest number that can be written with so many digits, and that the program counts to.
fn highest(digits: usize) -> u64 {
    let digits = u32::try_from(digits).unwrap_or(u32::MAX);
    let written = 10u64.checked_pow(digits).map_or(u64::MAX, |next| next - 1);
    written.min(u64::from(u16::MAX))
}

struct Reader<'a> {
    pattern: &'a SlotPattern,
    widths: Widths,
    blocks: Vec<(usize, Block)>,
    features: Vec<(usize, Feature)>,
    names: FxHashMap<SmolStr, usize>,
    misfits: Vec<Misfit>,
    slots: u64,
}

impl<'a> Reader<'a> {
    fn new(pattern: &'a SlotPattern) -> Reader<'a> {
        Reader {
            pattern,
            widths: Widths::of(pattern),
            blocks: Vec::new(),
            features: Vec::new(),
            names: FxHashMap::default(),
            misfits: Vec::new(),
            slots: 0,
        }
    }

    fn misfit(&mut self, feature: usize, property: impl Into<String>, reason: impl Into<String>) {
        if self.misfits.len() < MOST_MISFITS {
            self.misfits.push(Misfit {
                feature,
                property: property.into(),
                reason: reason.into(),
            });
        }
    }

    fn feature(&mut self, index: usize, feature: &Value) {
        if feature.get("type").and_then(Value::as_str) != Some("Feature") {
            return self.misfit(index, "type", "must be `Feature`");
        }
        let Some(properties) = feature.get("properties").and_then(Value::as_object) else {
            return self.misfit(index, "properties", "must be an object");
        };
        let geometry = feature.get("geometry");
        if properties.contains_key("block") {
            self.block(index, properties, geometry);
        } else {
            self.other(index, properties, geometry);
        }
    }

    fn block(&mut self, index: usize, properties: &Map<String, Value>, geometry: Option<&Value>) {
        let name = self.name(index, properties);
        let bays = self.count(
            index,
            properties,
            "bays",
            "bay",
            highest(self.widths.bay).div_ceil(2),
        );
        let rows = self.count(index, properties, "rows", "row", highest(self.widths.row));
        let tiers = self.count(index, properties, "tiers", "tier", highest(self.widths.tier));
        let designation = designation::read(properties.get("designation"), &mut |property, reason| {
            self.misfit(index, format!("properties.{property}"), reason);
        });
        let shape = self.geometry(index, geometry::polygon(geometry));
        if let (Some(name), Some(bays), Some(rows), Some(tiers), Some(shape)) =
            (name, bays, rows, tiers, shape)
        {
            let block = Block {
                name,
                bays,
                rows,
                tiers,
                designation,
                outline: shape.points,
            };
            let slots = u64::from(bays) * u64::from(rows) * u64::from(tiers);
            self.slots = self.slots.saturating_add(slots);
            self.blocks.push((index, block));
        }
    }

    fn other(&mut self, index: usize, properties: &Map<String, Value>, geometry: Option<&Value>) {
        let known = KINDS.join(", ");
        let kind = match properties.get("kind").and_then(Value::as_str) {
            Some(kind) if KINDS.contains(&kind) => Some(kind),
            Some(kind) => {
                self.misfit(
                    index,
                    "properties.kind",
                    format!("is `{kind}`, which is none of {known}"),
                );
                None
            }
            None => {
                self.misfit(
                    index,
                    "properties",
                    format!("has neither a `block` nor a `kind` (one of {known})"),
                );
                None
            }
        };
        let name = match properties.get("name") {
            None | Some(Value::Null) => Some(""),
            Some(Value::String(name)) => Some(name.as_str()),
            Some(_) => {
                self.misfit(index, "properties.name", "must be a text");
                None
            }
        };
        let shape = self.geometry(index, geometry::shape(geometry));
        if let (Some(kind), Some(name), Some(shape)) = (kind, name, shape) {
            let feature = Feature {
                kind: kind.into(),
                name: name.into(),
                points: shape.points,
                area: shape.area,
            };
            self.features.push((index, feature));
        }
    }

    fn name(&mut self, index: usize, properties: &Map<String, Value>) -> Option<SmolStr> {
        const PROPERTY: &str = "properties.block";
        let Some(name) = properties.get("block").and_then(Value::as_str) else {
            self.misfit(index, PROPERTY, "must be a text");
            return None;
        };
        let blank = name.is_empty() || name.trim() != name || name.chars().any(char::is_control);
        if blank || name.len() > LONGEST_NAME {
            self.misfit(
                index,
                PROPERTY,
                format!("must be a text of 1 to {LONGEST_NAME} characters, without blanks around it"),
            );
            return None;
        }
        if let Some(earlier) = self.names.get(name) {
            let reason = format!("is `{name}`, as in features[{earlier}]; each block needs its own name");
            self.misfit(index, PROPERTY, reason);
            return None;
        }
        self.names.insert(name.into(), index);
        Some(name.into())
    }

    fn count(
        &mut self,
        index: usize,
        properties: &Map<String, Value>,
        property: &str,
        part: &str,
        most: u64,
    ) -> Option<u16> {
        let path = format!("properties.{property}");
        // Tools for maps write whole numbers with a fraction of zero.
        let number = properties.get(property).and_then(|value| {
            let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64);
            value.as_i64().or_else(|| value.as_f64().and_then(whole))
        });
        let Some(number) = number else {
            self.misfit(index, path, "must be a whole number");
            return None;
        };
        match u16::try_from(number) {
            Ok(count) if (1..=most).contains(&u64::from(count)) => Some(count),
            _ if number < 1 => {
                self.misfit(index, path, format!("is {number}; it must be at least 1"));
                None
            }
            _ => {
                let pattern = self.pattern.as_str();
                self.misfit(
                    index,
                    path,
                    format!(
                        "is {number}; the slot pattern `{pattern}` has room for {most} at most in its {part}"
                    ),
                );
                None
            }
        }
    }

    fn geometry(&mut self, index: usize, shape: Result<Shape, String>) -> Option<Shape> {
        match shape {
            Ok(shape) => Some(shape),
            Err(reason) => {
                self.misfit(index, "geometry", reason);
                None
            }
        }
    }
}
