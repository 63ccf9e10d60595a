//! How large type has to be on a wall: a capital letter of 16 minutes of arc at the farthest viewer, on a screen that
//! is known by its diagonal.

/// Height of a capital letter in millimetres for each metre between it and the viewer.
pub const MM_PER_METRE: f64 = 4.65;
/// An inch.
const MM_PER_INCH: f64 = 25.4;
/// So many letters one upon the other and side by side fit at least, or nothing can be said.
const FEWEST: (f64, f64) = (13.0, 9.0);
/// Type is not smaller than this part of the shorter side, however near one stands: what there is to say fills the screen.
const CALM: f64 = 34.0;

/// A screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Screen {
    /// Its width in pixels of the page.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Its diagonal in inches.
    pub inches: f64,
    /// What a ruler on it showed lengths to be too short by.
    pub scale: f64,
}

impl Screen {
    /// Pixels of the page in a millimetre.
    pub fn pixels_per_mm(&self) -> f64 {
        let diagonal = (self.width * self.width + self.height * self.height).sqrt();
        diagonal / (self.inches * MM_PER_INCH) * self.scale
    }

    /// The size of the font whose capitals are as high as `distance` metres ask for; `cap` is their height in a font of
    /// size one.
    pub fn smallest(&self, distance: f64, cap: f64) -> f64 {
        distance * MM_PER_METRE * self.pixels_per_mm() / cap
    }
}

/// The size of the wall's type, and whether that is as large as was asked for.
pub fn type_size(smallest: f64, (width, height): (f64, f64)) -> (f64, bool) {
    let most = (width / FEWEST.0).min(height / FEWEST.1);
    let calm = width.min(height) / CALM;
    (smallest.max(calm).min(most.max(1.0)), smallest <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL_HD: Screen = Screen {
        width: 1_920.0,
        height: 1_080.0,
        inches: 65.0,
        scale: 1.0,
    };

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 0.01 * other
    }

    #[test]
    fn a_screen_of_65_inches_has_so_many_pixels_in_a_millimetre() {
        // 2,203 pixels over 1,651 mm.
        assert!(near(FULL_HD.pixels_per_mm(), 1.334));
        let finer = Screen {
            width: 3_840.0,
            height: 2_160.0,
            ..FULL_HD
        };
        assert!(near(finer.pixels_per_mm(), 2.668));
    }

    #[test]
    fn capitals_are_23_mm_high_for_five_metres() {
        let size = FULL_HD.smallest(5.0, 0.7);
        assert!(near(size * 0.7 / FULL_HD.pixels_per_mm(), 23.25));
    }

    #[test]
    fn type_grows_with_distance_and_with_fonts_of_low_capitals() {
        let size = FULL_HD.smallest(8.0, 0.72);
        assert!(near(size, 68.9));
        assert!(near(FULL_HD.smallest(4.0, 0.72), size / 2.0));
        assert!(near(FULL_HD.smallest(8.0, 0.36), size * 2.0));
    }

    #[test]
    fn what_a_ruler_showed_corrects_it() {
        let mended = Screen {
            scale: 1.1,
            ..FULL_HD
        };
        assert!(near(mended.smallest(8.0, 0.7), FULL_HD.smallest(8.0, 0.7) * 1.1));
    }

    #[test]
    fn type_is_never_so_large_that_nothing_fits_and_says_so() {
        assert_eq!(type_size(69.0, (1_920.0, 1_080.0)), (69.0, true));
        let (size, enough) = type_size(400.0, (1_920.0, 1_080.0));
        assert!(near(size, 120.0) && !enough);
        // Near the screen it is larger than asked for.
        let (size, enough) = type_size(10.0, (1_920.0, 1_080.0));
        assert!(size > 30.0 && enough);
    }
}
