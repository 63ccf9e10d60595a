//! The built-in layout of `interface.md` §2: 180 blocks, 36,000 ground slots and 186,000 slots along 2.3 km of quay.
//!
//! Metres in a local plane: x runs along the quay, y inland from the quay's edge at 0. Six berths lie below 0.

use super::layout::{Block, Designation, Feature, Layout, Point};
use super::slot::SlotPattern;
use crate::stay::Cargo;
use smol_str::{SmolStr, format_smolstr};

const BERTHS: u16 = 6;
const QUAY_METRES: f64 = 2_300.0;
const BAY_METRES: f64 = 6.5;
const ROW_METRES: f64 = 2.8;
const AISLE_METRES: f64 = 8.0;
const COLUMNS: usize = 8;

/// The layout that a program without configuration uses: general `G01`–`G99` and `H01`–`H21`, reefer
/// `R01`–`R16`, dangerous `D01`–`D06`, inspection `X01`–`X04`, empties `E01`–`E34`.
pub fn layout() -> Layout {
    let general = Designation::default();
    let reefer = Designation {
        cargo: vec![Cargo::Reefer],
        power: true,
        ..Designation::default()
    };
    let dangerous = Designation {
        cargo: vec![Cargo::Dangerous],
        ..Designation::default()
    };
    // A dangerous box that needs cooling has to stand somewhere: the last dangerous block has sockets.
    let dangerous_powered = Designation {
        power: true,
        ..dangerous.clone()
    };
    let inspection = Designation {
        cargo: vec![Cargo::General, Cargo::Reefer, Cargo::Dangerous, Cargo::Empty],
        power: true,
        inspection: true,
        ..Designation::default()
    };
    let empties = Designation {
        cargo: vec![Cargo::Empty],
        ..Designation::default()
    };

    let mut wanted: Vec<(SmolStr, u16, u16, u16, Designation)> = Vec::new();
    for n in 1..=99 {
        wanted.push((format_smolstr!("G{n:02}"), 40, 6, 5, general.clone()));
    }
    for n in 1..=21 {
        wanted.push((format_smolstr!("H{n:02}"), 40, 6, 5, general.clone()));
    }
    for n in 1..=16 {
        wanted.push((format_smolstr!("R{n:02}"), 24, 6, 5, reefer.clone()));
    }
    for n in 1..=34 {
        wanted.push((format_smolstr!("E{n:02}"), 20, 6, 7, empties.clone()));
    }
    for n in 1..=6 {
        let designation = if n == 6 {
            dangerous_powered.clone()
        } else {
            dangerous.clone()
        };
        wanted.push((format_smolstr!("D{n:02}"), 24, 4, 3, designation));
    }
    for n in 1..=4 {
        wanted.push((format_smolstr!("X{n:02}"), 20, 4, 1, inspection.clone()));
    }

    let column_metres = QUAY_METRES / COLUMNS as f64;
    let mut blocks = Vec::with_capacity(wanted.len());
    let mut y = 60.0;
    for row in wanted.chunks(COLUMNS) {
        let depth = row
            .iter()
            .map(|w| f64::from(w.2) * ROW_METRES)
            .fold(0.0, f64::max);
        for (column, (name, bays, rows, tiers, designation)) in row.iter().enumerate() {
            let x = column as f64 * column_metres + 12.0;
            let (width, height) = (f64::from(*bays) * BAY_METRES, f64::from(*rows) * ROW_METRES);
            blocks.push(Block {
                name: name.clone(),
                bays: *bays,
                rows: *rows,
                tiers: *tiers,
                designation: designation.clone(),
                outline: rectangle(x, y, width, height),
            });
        }
        y += depth + AISLE_METRES;
    }
    Layout::new(SlotPattern::default(), blocks, features(y))
}

fn rectangle(x: f64, y: f64, width: f64, height: f64) -> Vec<Point> {
    vec![
        (x, y),
        (x + width, y),
        (x + width, y + height),
        (x, y + height),
        (x, y),
    ]
}

fn features(depth: f64) -> Vec<Feature> {
    let area = |kind: &str, name: &str, points| Feature {
        kind: kind.into(),
        name: name.into(),
        points,
        area: true,
    };
    let mut features = vec![
        area("water", "", rectangle(-60.0, -170.0, QUAY_METRES + 120.0, 170.0)),
        area("quay", "", rectangle(0.0, 0.0, QUAY_METRES, 45.0)),
        area(
            "gate",
            "gate in",
            rectangle(QUAY_METRES * 0.35, depth + 10.0, 120.0, 30.0),
        ),
        area(
            "gate",
            "gate out",
            rectangle(QUAY_METRES * 0.6, depth + 10.0, 120.0, 30.0),
        ),
    ];
    let berth = QUAY_METRES / f64::from(BERTHS);
    for n in 0..BERTHS {
        let name = format!("{}", n + 1);
        features.push(area(
            "berth",
            &name,
            rectangle(f64::from(n) * berth + 10.0, -55.0, berth - 20.0, 50.0),
        ));
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_layout_has_the_size_of_a_real_terminal() {
        let layout = layout();
        let ground: usize = layout
            .blocks()
            .iter()
            .map(|b| usize::from(b.bays) * usize::from(b.rows))
            .sum();
        assert_eq!(layout.blocks().len(), 180);
        assert!((35_000..37_000).contains(&ground), "{ground} ground slots");
        assert!(
            (180_000..190_000).contains(&layout.slots()),
            "{} slots",
            layout.slots()
        );
    }

    #[test]
    fn no_two_blocks_lie_on_each_other() {
        let layout = layout();
        let bounds = |b: &Block| (b.outline[0].0, b.outline[0].1, b.outline[2].0, b.outline[2].1);
        for (i, a) in layout.blocks().iter().enumerate() {
            for b in &layout.blocks()[i + 1..] {
                let (a, b) = (bounds(a), bounds(b));
                assert!(
                    a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1,
                    "{a:?} {b:?}"
                );
            }
        }
    }

    #[test]
    fn the_slots_of_the_real_alarm_screen_lie_in_general_blocks() {
        let layout = layout();
        for address in ["G124405.1", "G120401.1", "G155701.5"] {
            let (block, _) = layout.find(address).unwrap();
            assert_eq!(block.designation, Designation::default());
        }
    }
}
