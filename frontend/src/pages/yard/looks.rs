//! How the map is looked at, beside what stands in the address.

use crate::components::reactive::Shared;
use leptos::prelude::*;
use shared::yard::layout::Point;

/// Two corners of a rectangle of the plan.
pub type Region = (Point, Point);

/// What map, legend and counts share. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Looks {
    /// Whether a pointer that is drawn over the map draws a region.
    pub selecting: RwSignal<bool>,
    region: Shared<Option<Region>>,
    /// By block, from 0 to 1, how much was moved; empty where that is not shown.
    pub heat: Shared<Vec<f64>>,
}

impl Looks {
    /// Nothing special.
    pub fn new() -> Looks {
        Looks {
            selecting: RwSignal::new(false),
            region: Shared::new(None),
            heat: Shared::new(Vec::new()),
        }
    }

    /// The region whose boxes are counted; tracked.
    pub fn region(self) -> Option<Region> {
        self.region.look(|region| *region)
    }

    /// Counts another region, or none.
    pub fn set_region(self, to: Option<Region>) {
        self.region.change(|region| *region = to);
    }
}
