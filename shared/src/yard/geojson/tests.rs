use super::*;
use crate::event::Direction;
use crate::stay::Cargo;
use crate::yard::layout::{Block, Designation, Feature, Layout, Point};
use crate::yard::{SlotPattern, builtin};
use proptest::prelude::*;
use serde_json::{Value, json};

fn square(x: f64, y: f64, side: f64) -> Value {
    json!({ "type": "Polygon", "coordinates": [
        [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    ] })
}

fn block(properties: Value) -> Value {
    json!({ "type": "Feature", "properties": properties, "geometry": square(0.0, 0.0, 100.0) })
}

fn g(name: &str) -> Value {
    json!({ "block": name, "bays": 40, "rows": 6, "tiers": 5 })
}

fn of(features: Vec<Value>) -> Result<Layout, LayoutError> {
    let collection = json!({ "type": "FeatureCollection", "features": features });
    read(&collection.to_string(), SlotPattern::default())
}

fn misfits(features: Vec<Value>) -> Vec<String> {
    match of(features) {
        Err(LayoutError::Features(misfits)) => misfits.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

fn with(key: &str, value: Value) -> Value {
    let mut properties = g("G01");
    properties[key] = value;
    block(properties)
}

#[test]
fn a_block_is_read_with_its_designation() {
    let mut properties = g("D01");
    properties["designation"] = json!({
        "cargo": ["general", "empty"], "classes": ["3"], "power": false, "direction": ["import"],
        "inspection": false
    });
    let layout = of(vec![block(properties)]).unwrap();
    assert_eq!(
        layout.blocks()[0].designation,
        Designation {
            cargo: vec![Cargo::General, Cargo::Empty],
            classes: vec!["3".into()],
            direction: vec![Direction::Import],
            ..Designation::default()
        }
    );
    assert_eq!(layout.slots(), 1_200);
    assert_eq!(
        of(vec![block(g("G01"))]).unwrap().blocks()[0].designation,
        Designation::default()
    );
}

#[test]
fn each_mistake_names_its_feature_its_property_and_its_reason() {
    let cases = [
        (
            with("bays", json!(0)),
            "features[1].properties.bays is 0; it must be at least 1",
        ),
        (
            with("tiers", json!(-3)),
            "features[1].properties.tiers is -3; it must be at least 1",
        ),
        (
            with("rows", json!("6")),
            "features[1].properties.rows must be a whole number",
        ),
        (
            with("rows", json!(6.5)),
            "features[1].properties.rows must be a whole number",
        ),
        (
            with("bays", json!(51)),
            "features[1].properties.bays is 51; the slot pattern `BBBbbrr.t` has room for 50 at most in its bay",
        ),
        (
            with("block", json!(7)),
            "features[1].properties.block must be a text",
        ),
        (
            with("block", json!("A00")),
            "features[1].properties.block is `A00`, as in features[0]; each block needs its own name",
        ),
        (
            with("designation", json!({ "class": ["3"] })),
            "features[1].properties.designation.class is unknown; there are cargo, classes, power, direction and \
             inspection",
        ),
        (
            with("designation", json!({ "classes": ["12"] })),
            "features[1].properties.designation.classes has `12`, which is not an IMDG class or division such as \
             3 or 5.1",
        ),
        (
            with("designation", json!({ "power": 1 })),
            "features[1].properties.designation.power must be true or false",
        ),
        (
            json!({ "type": "Feature", "properties": { "name": "?" }, "geometry": square(0.0, 0.0, 9.0) }),
            "features[1].properties has neither a `block` nor a `kind` (one of berth, gate, water, road, quay, \
             building)",
        ),
        (
            json!({ "type": "Feature", "properties": g("G01"),
                    "geometry": { "type": "LineString", "coordinates": [[0, 0], [1, 1]] } }),
            "features[1].geometry of a block must be a `Polygon`",
        ),
        (
            json!({ "type": "Feature", "properties": g("G01"),
                    "geometry": { "type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 9]]] } }),
            "features[1].geometry is not closed: the last position must be the same as the first",
        ),
        (json!({ "type": "Point" }), "features[1].type must be `Feature`"),
    ];
    for (feature, sentence) in cases {
        assert_eq!(misfits(vec![block(g("A00")), feature]), [sentence]);
    }
}

#[test]
fn several_mistakes_are_told_at_once() {
    assert_eq!(
        misfits(vec![with("bays", json!(0)), with("rows", json!(0))]).len(),
        3
    );
}

#[test]
fn what_is_no_collection_of_blocks_is_refused() {
    let refused = |text: &str| read(text, SlotPattern::default()).unwrap_err().to_string();
    assert_eq!(
        refused("{"),
        "it is no JSON: EOF while parsing an object at line 1 column 1"
    );
    assert!(refused("[]").starts_with("`type` is missing"));
    assert_eq!(
        refused(r#"{"type":"Feature"}"#),
        "`type` must be `FeatureCollection`"
    );
    assert_eq!(
        refused(r#"{"type":"FeatureCollection"}"#),
        "`features` must be a list"
    );
    assert_eq!(of(Vec::new()), Err(LayoutError::NoBlock));
    let feet = r#"{"type":"FeatureCollection","crs":"feet","features":[]}"#;
    assert_eq!(refused(feet), "`crs` is neither `local-metres` nor `WGS84`");
}

#[test]
fn five_million_slots_are_the_most() {
    let pattern = SlotPattern::parse("BBBBbbbbrrrt").unwrap();
    let collection = |blocks: usize| {
        let features: Vec<Value> = (0..blocks)
            .map(|n| block(json!({ "block": format!("B{n:03}"), "bays": 1_000, "rows": 500, "tiers": 5 })))
            .collect();
        json!({ "type": "FeatureCollection", "features": features }).to_string()
    };
    assert!(read(&collection(2), pattern.clone()).is_ok());
    assert_eq!(
        read(&collection(3), pattern),
        Err(LayoutError::TooManySlots { slots: 7_500_000 })
    );
}

#[test]
fn a_pattern_that_fits_no_block_is_refused_and_one_that_fits_some_is_not() {
    let error = of(vec![block(g("G1")), block(g("G2"))]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no block fits the slot pattern `BBBbbrr.t`: its block names have 3 characters, and `G1` has 2"
    );
    let layout = of(vec![block(g("G1")), block(g("G02"))]).unwrap();
    let names: Vec<&str> = unaddressed(&layout).map(|block| block.name.as_str()).collect();
    assert_eq!(names, ["G1"]);
}

#[test]
fn degrees_become_metres_around_the_middle() {
    // 0.003 degrees of longitude are 260 m in Tianjin, 0.0002 of latitude are 22 m.
    let (x, y) = (117.78, 38.97);
    let ring = [
        [x, y],
        [x + 0.003, y],
        [x + 0.003, y + 0.0002],
        [x, y + 0.0002],
        [x, y],
    ];
    let feature = json!({ "type": "Feature", "properties": g("G01"),
        "geometry": { "type": "Polygon", "coordinates": [ring] } });
    let layout = of(vec![feature.clone()]).unwrap();
    let outline = &layout.blocks()[0].outline;
    let (width, height) = (outline[2].0 - outline[0].0, outline[2].1 - outline[0].1);
    assert!((width - 259.3).abs() < 0.5, "{width}");
    assert!((height - 22.24).abs() < 0.05, "{height}");

    let named = json!({ "type": "FeatureCollection", "features": [feature],
        "crs": { "type": "name", "properties": { "name": "urn:ogc:def:crs:OGC:1.3:CRS84" } } });
    assert_eq!(read(&named.to_string(), SlotPattern::default()), Ok(layout));
}

#[test]
fn a_small_yard_in_metres_is_not_taken_for_degrees() {
    let layout = of(vec![block(g("G01"))]).unwrap();
    assert_eq!(layout.blocks()[0].outline[2], (100.0, 100.0));
}

#[test]
fn degrees_that_lie_nowhere_are_refused() {
    let collection = json!({ "type": "FeatureCollection", "crs": "WGS84", "features": [block(g("G01"))] });
    let error = read(&collection.to_string(), SlotPattern::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "features[0].geometry has the position [100, 100], which cannot be longitude and latitude"
    );
}

#[test]
fn the_built_in_layout_is_read_as_it_was_written() {
    let written = write(&builtin::layout());
    assert_eq!(written["crs"], "local-metres");
    let layout = read_written(&written.to_string()).unwrap();
    assert_eq!(write(&layout), written);
    assert_eq!(layout.slots(), builtin::layout().slots());
    assert_eq!(unaddressed(&layout).count(), 0);
}

fn points(least: usize) -> impl Strategy<Value = Vec<Point>> {
    let millimetres = -50_000_000i32..50_000_000;
    let point = (millimetres.clone(), millimetres)
        .prop_map(|(x, y)| (f64::from(x) / 1_000.0, f64::from(y) / 1_000.0));
    prop::collection::vec(point, least..least + 4)
}

fn ring() -> impl Strategy<Value = Vec<Point>> {
    points(3).prop_map(|mut points| {
        points.push(points[0]);
        points
    })
}

fn designations() -> impl Strategy<Value = Designation> {
    let cargo = vec![Cargo::Dangerous, Cargo::Reefer, Cargo::Empty, Cargo::General];
    let direction = vec![
        Direction::Import,
        Direction::Export,
        Direction::Transshipment,
        Direction::Domestic,
    ];
    (
        prop::sample::subsequence(cargo, 0..=4),
        prop::sample::subsequence(vec!["1.4S", "2.1", "3", "5.1", "8", "9"], 0..=6),
        any::<bool>(),
        prop::sample::subsequence(direction, 0..=4),
        any::<bool>(),
    )
        .prop_map(|(cargo, classes, power, direction, inspection)| Designation {
            cargo,
            classes: classes.into_iter().map(Into::into).collect(),
            power,
            direction,
            inspection,
        })
}

fn layouts() -> impl Strategy<Value = Layout> {
    let block = (1u16..=50, 1u16..=99, 1u16..=9, designations(), ring());
    let blocks = prop::collection::btree_map("[A-Z*][0-9A-Z]{2}", block, 1..6);
    let area = ring().prop_map(|points| (points, true));
    let line = points(1).prop_map(|points| (points, false));
    let feature = (
        prop::sample::select(KINDS.to_vec()),
        ".{0,8}",
        prop_oneof![area, line],
    );
    (blocks, prop::collection::vec(feature, 0..6)).prop_map(|(blocks, features)| {
        let blocks = blocks
            .into_iter()
            .map(|(name, (bays, rows, tiers, designation, outline))| Block {
                name: name.into(),
                bays,
                rows,
                tiers,
                designation,
                outline,
            })
            .collect();
        let features = features
            .into_iter()
            .map(|(kind, name, (points, area))| Feature {
                kind: kind.into(),
                name: name.into(),
                points,
                area,
            })
            .collect();
        Layout::new(SlotPattern::default(), blocks, features)
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(layout in layouts()) {
        let text = write(&layout).to_string();
        prop_assert_eq!(read(&text, SlotPattern::default()), Ok(layout.clone()));
        prop_assert_eq!(read_written(&text), Ok(layout));
    }

    #[test]
    fn a_layout_cut_anywhere_is_refused_without_a_panic(layout in layouts(), share in 0.0..1.0f64) {
        let text = write(&layout).to_string();
        let cut: String = text.chars().take((text.chars().count() as f64 * share) as usize).collect();
        prop_assert!(read(&cut, SlotPattern::default()).is_err());
    }
}
