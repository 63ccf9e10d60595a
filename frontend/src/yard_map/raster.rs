//! State bytes to pixels: one pixel for each ground slot, all blocks below each other in one image. The pixel
//! of a stack shows its top box, or that one of its boxes has an alarm.

use super::palette::Palette;
use super::states::Yard;
use shared::yard::{Layout, SlotState};

/// Where a block's image is within the one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Top line.
    pub top: u32,
    /// Bays.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// The pixels of all blocks.
#[derive(Clone, Debug)]
pub struct Raster {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green, blue and opacity of each pixel.
    pub pixels: Vec<u8>,
    /// By block.
    pub regions: Vec<Region>,
    drawn: Vec<u32>,
}

impl Raster {
    /// An image for a layout, in which nothing is drawn yet.
    pub fn new(layout: &Layout) -> Raster {
        let mut top = 0;
        let mut regions = Vec::with_capacity(layout.blocks().len());
        for block in layout.blocks() {
            let region = Region {
                top,
                width: u32::from(block.bays),
                height: u32::from(block.rows),
            };
            top += region.height;
            regions.push(region);
        }
        let width = regions
            .iter()
            .map(|region| region.width)
            .max()
            .unwrap_or(0)
            .max(1);
        let height = top.max(1);
        Raster {
            width,
            height,
            pixels: vec![0; width as usize * height as usize * 4],
            drawn: vec![0; regions.len()],
            regions,
        }
    }

    /// Forgets what was drawn, for another palette.
    pub fn forget(&mut self) {
        self.drawn.fill(0);
    }

    /// Draws the blocks that have changed, and hands back which.
    pub fn refresh(&mut self, yard: &Yard, palette: &Palette) -> Vec<usize> {
        let mut changed = Vec::new();
        for index in 0..self.regions.len() {
            let version = yard.versions.get(index).copied().unwrap_or(0);
            if self.drawn[index] != version {
                self.drawn[index] = version;
                self.draw(index, yard, palette);
                changed.push(index);
            }
        }
        changed
    }

    fn draw(&mut self, index: usize, yard: &Yard, palette: &Palette) {
        let (Some(block), Some(region)) = (yard.layout.blocks().get(index), self.regions.get(index).copied())
        else {
            return;
        };
        let (tiers, rows) = (usize::from(block.tiers), usize::from(block.rows));
        let from = yard.layout.offset(&block.name).unwrap_or(0);
        let Some(states) = yard.states.get(from..from + block.slots()) else {
            return;
        };
        let line = self.width as usize * 4;
        for (stack, tiers) in states.chunks_exact(tiers.max(1)).enumerate() {
            let (bay, row) = (stack / rows, stack % rows);
            let at = (region.top as usize + row) * line + bay * 4;
            if let Some(pixel) = self.pixels.get_mut(at..at + 4) {
                pixel.copy_from_slice(&colour(tiers, palette));
            }
        }
    }
}

fn colour(tiers: &[u8], palette: &Palette) -> [u8; 4] {
    let (mut top, mut alarm, mut height) = (0, 0, 0);
    for byte in tiers {
        let state = SlotState(*byte);
        if state.is_taken() {
            top = *byte;
            height += 1;
        }
        if state.has_alarm() {
            alarm = *byte;
        }
    }
    match &palette.heights {
        _ if alarm != 0 => palette.pixels[usize::from(alarm)],
        Some(heights) => heights[height & 15],
        None => palette.pixels[usize::from(top)],
    }
}

#[cfg(test)]
mod tests {
    use super::super::palette::{ColourBy, Only};
    use super::*;
    use crate::colours::Colours;
    use crate::live::Position;
    use shared::stay::Cargo;
    use shared::yard::{Block, Designation, SlotPattern};
    use std::sync::Arc;

    fn yard() -> Yard {
        let block = |name: &str, bays| Block {
            name: name.into(),
            bays,
            rows: 2,
            tiers: 3,
            designation: Designation::default(),
            outline: Vec::new(),
        };
        let layout = Layout::new(
            SlotPattern::default(),
            vec![block("G01", 4), block("G02", 2)],
            Vec::new(),
        );
        let position = Position {
            epoch: "e".to_owned(),
            sequence: 1,
        };
        Yard::empty(Arc::new(layout), position)
    }

    fn colours() -> Colours {
        Colours {
            empty: [1, 1, 1],
            reefer: [2, 2, 2],
            general: [3, 3, 3],
            alarm: [4, 4, 4],
            ..Colours::default()
        }
    }

    #[test]
    fn a_stack_shows_its_top_box_and_any_alarm() {
        let mut yard = yard();
        let palette = Palette::new(ColourBy::Cargo, &Only::default(), &colours());
        let mut raster = Raster::new(&yard.layout);
        yard.set(0, SlotState::of(Cargo::General, false, None, false));
        yard.set(1, SlotState::of(Cargo::Reefer, false, None, false));
        // Second bay, second row, lowest tier.
        yard.set(9, SlotState::of(Cargo::General, false, None, true));
        yard.set(10, SlotState::of(Cargo::General, false, None, false));
        assert_eq!(raster.refresh(&yard, &palette), [0, 1]);
        let pixel = |raster: &Raster, bay: usize, line: usize| raster.pixels[(line * 4 + bay) * 4];
        assert_eq!(pixel(&raster, 0, 0), 2);
        assert_eq!(pixel(&raster, 1, 1), 4);
        assert_eq!(pixel(&raster, 3, 0), 1);
    }

    #[test]
    fn only_what_changed_is_drawn_again() {
        let mut yard = yard();
        let palette = Palette::new(ColourBy::Height, &Only::default(), &colours());
        let mut raster = Raster::new(&yard.layout);
        raster.refresh(&yard, &palette);
        assert!(raster.refresh(&yard, &palette).is_empty());
        yard.set(24, SlotState::of(Cargo::General, false, None, false));
        assert_eq!(raster.refresh(&yard, &palette), [1]);
        raster.forget();
        assert_eq!(raster.refresh(&yard, &palette), [0, 1]);
    }
}
