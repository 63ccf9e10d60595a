//! Drawing on the two canvases: below the plan and the blocks' images, above labels, marks and selection.

use super::palette::{ColourBy, Only, Palette};
use super::plan::{Bounds, Place, places, whole};
use super::raster::Raster;
use super::states::{Ground, Yard};
use super::view::View;
use crate::colours::{Colour, Colours, css, read_colours, type_scale};
use leptos::prelude::document;
use shared::yard::Layout;
use shared::yard::layout::Point;
use std::f64::consts::TAU;
use std::sync::Arc;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d as Canvas2d, HtmlCanvasElement, ImageData};

/// Height in pixels from which a block has its name.
const NAMED_FROM: f64 = 6.0;
/// Radius of a disc in pixels from which its number can be read.
const READABLE: f64 = 5.5;
/// Width of a slot in pixels from which lines part the slots.
const LINED_FROM: f64 = 7.0;

/// As many metres on each side of a slot are in sight when somebody flies there.
const AROUND: f64 = 70.0;

/// What is chosen on the map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chosen {
    /// A block.
    pub block: Option<String>,
    /// A bay of it.
    pub bay: Option<u16>,
    /// A ground slot.
    pub slot: Option<Ground>,
    /// A rectangle of the plan: two of its corners.
    pub region: Option<(Point, Point)>,
}

/// The two canvases with what is drawn on them.
pub struct Painter {
    base: Canvas2d,
    pub(super) above: Canvas2d,
    image: HtmlCanvasElement,
    image_2d: Canvas2d,
    pub(super) layout: Arc<Layout>,
    pub(super) places: Vec<Option<Place>>,
    raster: Raster,
    pub(super) colours: Colours,
    palette: Palette,
    /// By block, from 0 to 1, how much was moved; empty where that is not shown.
    pub heat: Vec<f64>,
    /// Ground slots that changed a moment ago, with how much of that moment is left, from 1 to 0.
    pub glows: Vec<(Ground, f64)>,
    // By block, as they were last drawn.
    alarms: Vec<u32>,
    // Whether anything glowed when it was last drawn.
    glowed: bool,
    /// What is in sight, in pixels of the device.
    pub view: View,
    ratio: f64,
    // What one pixel of text and lines at a desk is here: finer screens and larger type have more.
    pub(super) unit: f64,
}

impl Painter {
    /// Takes both canvases over.
    pub fn new(
        base: &HtmlCanvasElement,
        above: &HtmlCanvasElement,
        layout: Arc<Layout>,
        by: ColourBy,
        only: &Only,
    ) -> Result<Painter, JsValue> {
        let image: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
        let raster = Raster::new(&layout);
        image.set_width(raster.width);
        image.set_height(raster.height);
        let places = places(&layout);
        let colours = read_colours();
        Ok(Painter {
            base: context(base)?,
            above: context(above)?,
            image_2d: context(&image)?,
            image,
            view: View::fit(whole(&layout, &places), (1.0, 1.0)),
            palette: Palette::new(by, only, &colours),
            heat: Vec::new(),
            glows: Vec::new(),
            alarms: Vec::new(),
            glowed: false,
            places,
            layout,
            raster,
            colours,
            ratio: 1.0,
            unit: 1.0,
        })
    }

    /// The places of the blocks.
    pub fn places(&self) -> &[Option<Place>] {
        &self.places
    }

    /// All of the port.
    pub fn whole(&self) -> View {
        View::fit(whole(&self.layout, &self.places), self.view.screen)
    }

    /// One block, with its neighbours at the edge.
    pub fn block(&self, name: &str) -> Option<View> {
        let index = self.layout.blocks().iter().position(|block| block.name == name)?;
        let bounds = (*self.places.get(index)?)?.bounds();
        Some(View::fit(bounds, self.view.screen))
    }

    /// What is around a ground slot.
    pub fn around(&self, ground: Ground) -> Option<View> {
        let place = (*self.places.get(ground.block)?)?;
        let block = self.layout.blocks().get(ground.block)?;
        let share = |at: u16, of: u16| (f64::from(at) + 0.5) / f64::from(of.max(1));
        let (x, y) = place.point(share(ground.bay, block.bays), share(ground.row, block.rows));
        let bounds = Bounds::around([(x - AROUND, y - AROUND), (x + AROUND, y + AROUND)]);
        Some(View::fit(bounds, self.view.screen))
    }

    /// Fits the canvases to their size on the page; `ratio` is the pixels of the device in one of the page.
    pub fn resize(&mut self, width: f64, height: f64, ratio: f64) {
        let screen = (
            (width * ratio).round().max(1.0),
            (height * ratio).round().max(1.0),
        );
        if screen == self.view.screen {
            return;
        }
        for canvas in [self.base.canvas(), self.above.canvas()].into_iter().flatten() {
            canvas.set_width(screen.0 as u32);
            canvas.set_height(screen.1 as u32);
        }
        self.ratio = ratio;
        self.unit = ratio * type_scale();
        self.view = self.view.resized(screen);
    }

    /// Pixels of the device in one of the page.
    pub fn ratio(&self) -> f64 {
        self.ratio
    }

    /// Colours anew, by what the reader wants to see now.
    pub fn recolour(&mut self, by: ColourBy, only: &Only) {
        self.colours = read_colours();
        self.palette = Palette::new(by, only, &self.colours);
        self.raster.forget();
    }

    /// Everything.
    pub fn draw(&mut self, yard: &Yard, chosen: &Chosen) -> Result<(), JsValue> {
        self.draw_ground(yard)?;
        self.draw_above(yard, chosen)
    }

    /// Plan and boxes, without labels and marks.
    pub fn draw_ground(&mut self, yard: &Yard) -> Result<(), JsValue> {
        let changed = self.raster.refresh(yard, &self.palette);
        self.put(&changed)?;
        self.draw_plan();
        self.draw_blocks(0..self.raster.regions.len())
    }

    /// Only what changed since it was last drawn, in the same view. Hands back how many blocks that were.
    pub fn draw_changes(&mut self, yard: &Yard, chosen: &Chosen) -> Result<usize, JsValue> {
        let count = self.draw_ground_changes(yard)?;
        // Above the boxes only the numbers of alarms depend on the yard, and what glows until it is gone.
        let same = yard
            .tallies
            .iter()
            .map(|tally| tally.alarms)
            .eq(self.alarms.iter().copied());
        if !same || self.glowed || !self.glows.is_empty() {
            self.draw_above(yard, chosen)?;
        }
        Ok(count)
    }

    /// The same without labels and marks.
    pub fn draw_ground_changes(&mut self, yard: &Yard) -> Result<usize, JsValue> {
        let changed = self.raster.refresh(yard, &self.palette);
        self.put(&changed)?;
        let count = changed.len();
        self.draw_blocks(changed.into_iter())?;
        Ok(count)
    }

    /// Hands the pixels to the browser: one pointer crosses, and the browser reads the lines that changed.
    fn put(&self, changed: &[usize]) -> Result<(), JsValue> {
        let regions = changed.iter().filter_map(|index| self.raster.regions.get(*index));
        let (mut top, mut bottom) = (u32::MAX, 0);
        for region in regions {
            top = top.min(region.top);
            bottom = bottom.max(region.top + region.height);
        }
        if top >= bottom {
            return Ok(());
        }
        let line = self.raster.width as usize * 4;
        let Some(lines) = self
            .raster
            .pixels
            .get(top as usize * line..bottom as usize * line)
        else {
            return Ok(());
        };
        let image =
            ImageData::new_with_u8_clamped_array_and_sh(Clamped(lines), self.raster.width, bottom - top)?;
        self.image_2d.put_image_data(&image, 0.0, f64::from(top))
    }

    fn draw_plan(&self) {
        let (width, height) = self.view.screen;
        self.reset(&self.base);
        self.base.clear_rect(0.0, 0.0, width, height);
        for feature in &self.layout.features {
            let colour = match feature.kind.as_str() {
                "water" => self.colours.water,
                "quay" | "road" => self.colours.quay,
                _ => self.colours.line,
            };
            self.path(&self.base, feature.points.iter().copied());
            match (feature.kind.as_str(), feature.area) {
                ("water" | "quay" | "road", true) => {
                    self.base.set_fill_style_str(&css(colour));
                    self.base.fill();
                }
                _ => {
                    self.base.set_stroke_style_str(&css(colour));
                    self.base.set_line_width(self.unit);
                    self.base.stroke();
                }
            }
        }
    }

    fn draw_blocks(&self, blocks: impl Iterator<Item = usize>) -> Result<(), JsValue> {
        self.base.set_image_smoothing_enabled(false);
        for index in blocks {
            let (Some(Some(place)), Some(region)) = (self.places.get(index), self.raster.regions.get(index))
            else {
                continue;
            };
            if !self.view.sees(&place.bounds()) || region.width == 0 || region.height == 0 {
                continue;
            }
            let (width, height) = (f64::from(region.width), f64::from(region.height));
            let (x, y) = self.view.to_screen(place.origin);
            let scale = self.view.scale;
            self.base.set_transform(
                place.along.0 * scale / width,
                -place.along.1 * scale / width,
                place.across.0 * scale / height,
                -place.across.1 * scale / height,
                x,
                y,
            )?;
            self.base
                .draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                    &self.image,
                    0.0,
                    f64::from(region.top),
                    width,
                    height,
                    0.0,
                    0.0,
                    width,
                    height,
                )?;
        }
        self.reset(&self.base);
        Ok(())
    }

    fn draw_above(&mut self, yard: &Yard, chosen: &Chosen) -> Result<(), JsValue> {
        self.alarms = yard.tallies.iter().map(|tally| tally.alarms).collect();
        self.glowed = !self.glows.is_empty();
        let (width, height) = self.view.screen;
        self.reset(&self.above);
        self.above.clear_rect(0.0, 0.0, width, height);
        for (index, (block, place)) in self.layout.blocks().iter().zip(&self.places).enumerate() {
            let Some(place) = place.filter(|place| self.view.sees(&place.bounds())) else {
                continue;
            };
            let is_chosen = chosen.block.as_deref() == Some(block.name.as_str());
            let (across, along) = (length(place.across), length(place.along));
            self.draw_heat(index, &place);
            let slot = along * self.view.scale / f64::from(block.bays.max(1));
            if slot >= LINED_FROM * self.unit {
                self.lines(&place, block.bays, block.rows);
            }
            self.outline(
                &place,
                if is_chosen {
                    self.colours.select
                } else {
                    self.colours.line
                },
                is_chosen,
            );
            if is_chosen {
                self.bay(&place, block.bays, chosen.bay);
            }
            let tall = across * self.view.scale;
            if tall >= NAMED_FROM * self.unit || is_chosen {
                self.name(&block.name, &place, tall)?;
            }
            let alarms = yard.tallies.get(index).map_or(0, |tally| tally.alarms);
            if alarms > 0 {
                self.alarm(&place, alarms, tall)?;
            }
        }
        let berths = self
            .layout
            .features
            .iter()
            .filter(|feature| feature.kind == "berth" || feature.kind == "gate");
        for feature in berths {
            let bounds = Bounds::around(feature.points.iter().copied());
            let (low, high) = (self.view.to_screen(bounds.low), self.view.to_screen(bounds.high));
            let middle = ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0);
            self.text(&feature.name, middle, self.colours.text, 11.0)?;
        }
        self.draw_glows()?;
        self.draw_chosen(chosen)
    }

    fn lines(&self, place: &Place, bays: u16, rows: u16) {
        self.above.begin_path();
        let ends = |from: Point, to: Point| {
            let (from, to) = (self.view.to_screen(from), self.view.to_screen(to));
            self.above.move_to(from.0, from.1);
            self.above.line_to(to.0, to.1);
        };
        for bay in 1..bays {
            let share = f64::from(bay) / f64::from(bays);
            ends(place.point(share, 0.0), place.point(share, 1.0));
        }
        for row in 1..rows {
            let share = f64::from(row) / f64::from(rows);
            ends(place.point(0.0, share), place.point(1.0, share));
        }
        self.above.set_stroke_style_str(&css(self.colours.line));
        self.above.set_line_width(self.unit * 0.75);
        self.above.stroke();
    }

    fn outline(&self, place: &Place, colour: Colour, strong: bool) {
        self.path(&self.above, place.corners());
        self.above.close_path();
        self.above.set_stroke_style_str(&css(colour));
        self.above
            .set_line_width(self.unit * if strong { 3.0 } else { 0.75 });
        self.above.stroke();
    }

    /// The column of the chosen bay; an even one lies over its two neighbours.
    fn bay(&self, place: &Place, bays: u16, bay: Option<u16>) {
        let Some(bay) = bay.filter(|bay| (1..bays * 2).contains(bay)) else {
            return;
        };
        let from = f64::from((bay - 1) / 2) / f64::from(bays);
        let to = f64::from(bay / 2 + 1) / f64::from(bays);
        let corners = [
            place.point(from, 0.0),
            place.point(to, 0.0),
            place.point(to, 1.0),
            place.point(from, 1.0),
        ];
        self.path(&self.above, corners);
        self.above.close_path();
        self.above.set_line_width(self.unit * 3.0);
        self.above.stroke();
    }

    /// The name stands above the block, or on it while that is all the room there is.
    fn name(&self, name: &str, place: &Place, tall: f64) -> Result<(), JsValue> {
        let bounds = place.bounds();
        let size = (tall / self.unit).clamp(8.0, 15.0);
        let (x, y) = self
            .view
            .to_screen((bounds.low.0, (bounds.low.1 + bounds.high.1) / 2.0));
        self.above.set_font(&font(size * self.unit));
        self.above.set_text_align("left");
        self.above.set_text_baseline("middle");
        // A rim in the ground's colour keeps the name readable on any state.
        self.above.set_stroke_style_str(&css(self.colours.empty));
        self.above.set_line_width(3.0 * self.unit);
        self.above.set_line_join("round");
        self.above.stroke_text(name, x.max(0.0) + 3.0 * self.unit, y)?;
        self.above.set_fill_style_str(&css(self.colours.text));
        self.above.fill_text(name, x.max(0.0) + 3.0 * self.unit, y)
    }

    /// A disc with the number: an alarm is never told by colour alone.
    fn alarm(&self, place: &Place, alarms: u32, tall: f64) -> Result<(), JsValue> {
        let (x, y) = self.view.to_screen(place.bounds().high);
        let radius = (tall * 0.55).max(2.5 * self.unit).min(9.0 * self.unit);
        // Beside the block, so that it covers no slot.
        let middle = (x + radius + 2.0 * self.unit, y + tall / 2.0);
        self.above.begin_path();
        self.above.arc(middle.0, middle.1, radius, 0.0, TAU)?;
        self.above.set_fill_style_str(&css(self.colours.alarm));
        self.above.fill();
        if radius < READABLE * self.unit {
            return Ok(());
        }
        self.text(
            &alarms.to_string(),
            middle,
            self.colours.empty,
            radius / self.unit * 1.3,
        )
    }

    pub(super) fn text(&self, text: &str, (x, y): Point, colour: Colour, size: f64) -> Result<(), JsValue> {
        self.above.set_font(&font(size * self.unit));
        self.above.set_text_align("center");
        self.above.set_text_baseline("middle");
        self.above.set_fill_style_str(&css(colour));
        self.above.fill_text(text, x, y)
    }

    pub(super) fn path(&self, canvas: &Canvas2d, points: impl IntoIterator<Item = Point>) {
        canvas.begin_path();
        for (index, point) in points.into_iter().enumerate() {
            let (x, y) = self.view.to_screen(point);
            if index == 0 {
                canvas.move_to(x, y);
            } else {
                canvas.line_to(x, y);
            }
        }
    }

    fn reset(&self, canvas: &Canvas2d) {
        // Only an infinite number is refused, and there is none.
        let _ = canvas.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0);
    }

    /// Waits until what was drawn is really there, for the bench.
    pub fn wait_for_pixels(&self) -> Result<(), JsValue> {
        self.base.get_image_data(0.0, 0.0, 1.0, 1.0).map(|_| ())
    }
}

fn font(size: f64) -> String {
    format!("600 {}px system-ui, sans-serif", size.round() as u32)
}

fn length((x, y): Point) -> f64 {
    x.hypot(y)
}

fn context(canvas: &HtmlCanvasElement) -> Result<Canvas2d, JsValue> {
    let context = canvas.get_context("2d")?;
    context
        .and_then(|context| context.dyn_into().ok())
        .ok_or_else(|| JsValue::from_str("this browser has no 2d canvas"))
}
