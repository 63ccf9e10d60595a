//! What plotters draws on. That of `plotters-canvas` writes every colour with its opacity as a fraction, and would
//! be the only thing in the page that needs the code and tables which write any fraction exactly: 6 KB.

use crate::colours::css;
use plotters::prelude::DrawingBackend;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingErrorKind};
use std::convert::Infallible;
use web_sys::CanvasRenderingContext2d;

/// A canvas, as plotters wants it. All that is drawn on it covers what was there.
pub struct Canvas(pub CanvasRenderingContext2d);

/// A canvas takes whatever it is told.
type Done = Result<(), DrawingErrorKind<Infallible>>;

impl Canvas {
    fn fill_with(&self, style: &impl BackendStyle) {
        self.0.set_fill_style_str(&in_words(style.color()));
    }

    fn stroke_with(&self, style: &impl BackendStyle) {
        self.0.set_stroke_style_str(&in_words(style.color()));
        self.0.set_line_width(f64::from(style.stroke_width()));
    }

    fn trace(&self, points: impl IntoIterator<Item = BackendCoord>) {
        self.0.begin_path();
        for (x, y) in points {
            // The first one only goes there.
            self.0.line_to(f64::from(x), f64::from(y));
        }
    }
}

fn in_words(colour: BackendColor) -> String {
    let (red, green, blue) = colour.rgb;
    css([red, green, blue])
}

impl DrawingBackend for Canvas {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let canvas = self.0.canvas();
        canvas.map_or((0, 0), |canvas| (canvas.width(), canvas.height()))
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Done {
        self.0.set_fill_style_str(&in_words(colour));
        self.0.fill_rect(f64::from(x), f64::from(y), 1.0, 1.0);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        let (x, y) = (f64::from(left), f64::from(top));
        let (width, height) = (f64::from(right - left), f64::from(bottom - top));
        if fill {
            self.fill_with(style);
            self.0.fill_rect(x, y, width, height);
        } else {
            self.stroke_with(style);
            self.0.stroke_rect(x, y, width, height);
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        self.stroke_with(style);
        self.trace(path);
        self.0.stroke();
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Done {
        self.fill_with(style);
        self.trace(path);
        self.0.close_path();
        self.0.fill();
        Ok(())
    }
}
