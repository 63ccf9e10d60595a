//! Where blocks lie on the plan, and what lies under a point of it.

use shared::yard::layout::Point;
use shared::yard::{Block, Layout};

/// A block's place: a corner, the edge along its bays and the edge along its rows. Blocks may be turned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The corner of bay 1, row 1.
    pub origin: Point,
    /// From there along the bays.
    pub along: Point,
    /// From there along the rows.
    pub across: Point,
}

/// A rectangle of the plan: lowest and highest corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// West and south.
    pub low: Point,
    /// East and north.
    pub high: Point,
}

/// A ground slot under a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Under {
    /// Index of the block.
    pub block: usize,
    /// Odd bay number.
    pub bay: u16,
    /// Row, from 1.
    pub row: u16,
}

impl Place {
    /// The place of a block: its first edge runs along the bays.
    pub fn of(block: &Block) -> Option<Place> {
        let [origin, second, third, ..] = block.outline[..] else {
            return None;
        };
        Some(Place {
            origin,
            along: (second.0 - origin.0, second.1 - origin.1),
            across: (third.0 - second.0, third.1 - second.1),
        })
    }

    /// A point of the block, by shares of its edges.
    pub fn point(&self, along: f64, across: f64) -> Point {
        (
            self.origin.0 + self.along.0 * along + self.across.0 * across,
            self.origin.1 + self.along.1 * along + self.across.1 * across,
        )
    }

    /// Its four corners.
    pub fn corners(&self) -> [Point; 4] {
        [
            self.point(0.0, 0.0),
            self.point(1.0, 0.0),
            self.point(1.0, 1.0),
            self.point(0.0, 1.0),
        ]
    }

    /// Shares of the edges of a point; within 0 to 1 it lies in the block.
    fn shares(&self, point: Point) -> Option<Point> {
        let (x, y) = (point.0 - self.origin.0, point.1 - self.origin.1);
        let area = self.along.0 * self.across.1 - self.along.1 * self.across.0;
        (area != 0.0).then(|| {
            (
                (x * self.across.1 - y * self.across.0) / area,
                (self.along.0 * y - self.along.1 * x) / area,
            )
        })
    }

    /// The rectangle around it.
    pub fn bounds(&self) -> Bounds {
        Bounds::around(self.corners())
    }
}

impl Bounds {
    /// The rectangle around some points.
    pub fn around(points: impl IntoIterator<Item = Point>) -> Bounds {
        let nothing = Bounds {
            low: (f64::INFINITY, f64::INFINITY),
            high: (f64::NEG_INFINITY, f64::NEG_INFINITY),
        };
        points.into_iter().fold(nothing, |bounds, (x, y)| Bounds {
            low: (bounds.low.0.min(x), bounds.low.1.min(y)),
            high: (bounds.high.0.max(x), bounds.high.1.max(y)),
        })
    }

    /// Width and height; never nothing, so that it can be divided by.
    pub fn size(&self) -> Point {
        (
            (self.high.0 - self.low.0).max(1.0),
            (self.high.1 - self.low.1).max(1.0),
        )
    }
}

/// The places of all blocks, in the order of the layout.
pub fn places(layout: &Layout) -> Vec<Option<Place>> {
    layout.blocks().iter().map(Place::of).collect()
}

/// The rectangle around all blocks and berths. Water and roads may reach far beyond and count not.
pub fn whole(layout: &Layout, places: &[Option<Place>]) -> Bounds {
    let blocks = places.iter().flatten().flat_map(Place::corners);
    let berths = layout.features.iter().filter(|feature| feature.kind == "berth");
    Bounds::around(blocks.chain(berths.flat_map(|feature| feature.points.iter().copied())))
}

/// What lies under a point of the plan.
pub fn under(layout: &Layout, places: &[Option<Place>], point: Point) -> Option<Under> {
    for (index, (block, place)) in layout.blocks().iter().zip(places).enumerate() {
        let Some((along, across)) = place.and_then(|place| place.shares(point)) else {
            continue;
        };
        if (0.0..1.0).contains(&along) && (0.0..1.0).contains(&across) {
            return Some(Under {
                block: index,
                bay: (along * f64::from(block.bays)) as u16 * 2 + 1,
                row: (across * f64::from(block.rows)) as u16 + 1,
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::yard::{Designation, SlotPattern, builtin};

    #[test]
    fn a_point_is_found_in_its_block_bay_and_row() {
        let layout = builtin::layout();
        let places = places(&layout);
        let place = places[11].unwrap();
        let found = under(&layout, &places, place.point(21.5 / 40.0, 4.5 / 6.0)).unwrap();
        assert_eq!((found.block, found.bay, found.row), (11, 43, 5));
        assert_eq!(under(&layout, &places, (-1e6, 0.0)), None);
    }

    #[test]
    fn a_turned_block_is_found_too() {
        let block = Block {
            name: "T01".into(),
            bays: 10,
            rows: 4,
            tiers: 1,
            designation: Designation::default(),
            // A quarter turn: bays run north, rows west.
            outline: vec![(0.0, 0.0), (0.0, 100.0), (-40.0, 100.0), (-40.0, 0.0), (0.0, 0.0)],
        };
        let layout = Layout::new(SlotPattern::default(), vec![block], Vec::new());
        let found = under(&layout, &places(&layout), (-35.0, 15.0)).unwrap();
        assert_eq!((found.bay, found.row), (3, 4));
    }

    #[test]
    fn the_whole_port_is_as_long_as_its_quay() {
        let layout = builtin::layout();
        let (width, _) = whole(&layout, &places(&layout)).size();
        assert!((2_200.0..2_400.0).contains(&width), "{width}");
    }
}
