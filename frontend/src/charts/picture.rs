//! A chart as a picture that stands alone: with its title, what it shows, and the names of its series.

use super::paint::{Pen, Sheet, draw, ink, width_of};
use super::plot::{Plot, Shape};
use crate::colours::read_colours;
use crate::components::download::save_blob;
use crate::i18n::Language;
use leptos::logging::warn;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Blob, HtmlCanvasElement};

/// Lines of text above the chart are so far apart.
const LINE: f64 = 20.0;

/// Draws a chart anew with words above it, as large as it is on the page, and offers it as a file.
pub fn save_picture(
    shown: &HtmlCanvasElement,
    ratio: f64,
    language: Language,
    (name, title): (&str, &str),
    plot: &Plot,
    hidden: &dyn Fn(&str) -> bool,
) -> Result<(), String> {
    let fail = |_| "the picture could not be made".to_owned();
    let canvas: HtmlCanvasElement = document()
        .create_element("canvas")
        .map_err(fail)?
        .unchecked_into();
    let colours = read_colours();
    let width = f64::from(shown.width());
    // Names one behind the other, in as many lines as they need.
    let mut places = Vec::new();
    let (mut x, mut line) = (10.0, 3.0);
    for series in plot.series.iter().filter(|series| !hidden(series.key)) {
        let needed = width_of(&series.name) + 36.0;
        if x > 10.0 && (x + needed) * ratio > width {
            (x, line) = (10.0, line + 1.0);
        }
        places.push((series, x * ratio, line * LINE * ratio));
        x += needed;
    }
    let above = (line + 0.5) * LINE * ratio;
    canvas.set_width(shown.width());
    canvas.set_height(shown.height() + above as u32);

    let mut pen = Pen::take(&canvas, ratio)?;
    let whole = (width, f64::from(canvas.height()));
    pen.rectangle((0.0, 0.0), whole, colours.surface, true);
    pen.words(title, (10.0 * ratio, LINE * ratio), 1, 0, colours.text);
    pen.words(&plot.note, (10.0 * ratio, 2.0 * LINE * ratio), 1, 0, colours.text);
    for (series, x, y) in places {
        let colour = ink(&colours, series.ink);
        match series.shape {
            Shape::Outline(_) => {
                let size = 4.0 * ratio;
                pen.rectangle((x, y - size), (x + 2.0 * size, y + size), colour, false);
            }
            _ => pen.mark(series.ink, (x + 5.0 * ratio, y), 4.5, colour),
        }
        pen.words(&series.name, (x + 15.0 * ratio, y), 1, 0, colours.text);
    }
    pen.done()?;
    let sheet = Sheet {
        canvas: &canvas,
        ratio,
        colours: &colours,
        language,
        above,
    };
    draw(&sheet, plot, hidden)?;

    let file = format!("{name}.png");
    let save = move |blob: Option<Blob>| {
        let saved = blob.map(|blob| save_blob(&file, &blob));
        if !matches!(saved, Some(Ok(()))) {
            warn!("the picture {file} could not be saved");
        }
    };
    let save = Closure::once_into_js(save);
    canvas.to_blob(save.unchecked_ref()).map_err(fail)
}
