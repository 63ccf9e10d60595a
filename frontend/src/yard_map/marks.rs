//! What is marked above the boxes: where something changed a moment ago, where much is moved, what is chosen.

use super::paint::{Chosen, Painter};
use super::plan::{Bounds, Place};
use super::states::Ground;
use crate::colours::css;
use shared::yard::layout::Point;
use std::f64::consts::TAU;
use wasm_bindgen::JsValue;

/// Blocks in which most was moved are covered by this much.
const HOTTEST: f64 = 0.75;
/// A change is no smaller than this on the screen, in pixels at a desk.
const SMALLEST: f64 = 3.0;

impl Painter {
    /// Covers a block by how much was moved in it.
    pub(super) fn draw_heat(&self, index: usize, place: &Place) {
        let share = self.heat.get(index).copied().unwrap_or(0.0);
        if share <= 0.0 {
            return;
        }
        self.path(&self.above, place.corners());
        self.above.close_path();
        self.above.set_fill_style_str(&css(self.colours.select));
        // Steps that the eye tells apart: the root spreads the many blocks with little.
        self.above.set_global_alpha(share.sqrt() * HOTTEST);
        self.above.fill();
        self.above.set_global_alpha(1.0);
    }

    /// Rings that fade around what changed.
    pub(super) fn draw_glows(&self) -> Result<(), JsValue> {
        if self.glows.is_empty() {
            return Ok(());
        }
        self.above.set_stroke_style_str(&css(self.colours.select));
        self.above.set_line_width(1.5 * self.unit);
        for (ground, left) in &self.glows {
            let Some((middle, size)) = self.middle_of(*ground) else {
                continue;
            };
            self.above.begin_path();
            let radius = (size * self.view.scale * 0.7).max(SMALLEST * self.unit);
            self.above.arc(middle.0, middle.1, radius, 0.0, TAU)?;
            self.above.set_global_alpha(left.clamp(0.0, 1.0));
            self.above.stroke();
        }
        self.above.set_global_alpha(1.0);
        Ok(())
    }

    /// The chosen slot and region.
    pub(super) fn draw_chosen(&self, chosen: &Chosen) -> Result<(), JsValue> {
        self.above.set_stroke_style_str(&css(self.colours.select));
        if let Some((middle, size)) = chosen.slot.and_then(|slot| self.middle_of(slot)) {
            let radius = (size * self.view.scale).max(10.0 * self.unit);
            for (radius, width) in [(radius, 3.0), (radius * 1.6, 1.5)] {
                self.above.begin_path();
                self.above.arc(middle.0, middle.1, radius, 0.0, TAU)?;
                self.above.set_line_width(width * self.unit);
                self.above.stroke();
            }
        }
        if let Some((one, other)) = chosen.region {
            let bounds = Bounds::around([one, other]);
            let (low, high) = (self.view.to_screen(bounds.low), self.view.to_screen(bounds.high));
            let (width, height) = (high.0 - low.0, low.1 - high.1);
            self.above.set_fill_style_str(&css(self.colours.select));
            self.above.set_global_alpha(0.1);
            self.above.fill_rect(low.0, high.1, width, height);
            self.above.set_global_alpha(1.0);
            self.above.set_line_width(2.0 * self.unit);
            self.above.stroke_rect(low.0, high.1, width, height);
        }
        Ok(())
    }

    /// Where the middle of a ground slot is on the screen, and half its length on the plan in metres.
    fn middle_of(&self, ground: Ground) -> Option<(Point, f64)> {
        let place = (*self.places.get(ground.block)?)?;
        let block = self.layout.blocks().get(ground.block)?;
        let share = |at: u16, of: u16| (f64::from(at) + 0.5) / f64::from(of.max(1));
        let point = place.point(share(ground.bay, block.bays), share(ground.row, block.rows));
        let (x, y) = place.along;
        let length = (x * x + y * y).sqrt() / f64::from(block.bays.max(1));
        Some((self.view.to_screen(point), length / 2.0))
    }
}
