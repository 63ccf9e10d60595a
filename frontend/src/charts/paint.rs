//! Draws a chart by plotters on a canvas.

use super::backend::Canvas;
use super::decimate::runs;
use super::plot::{Axis, Plot, Series, Shape};
use super::scale::{every, step};
use crate::colours::{Colour, Colours, css};
use crate::i18n::Language;
use js_sys::Array;
use plotters::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Up to so many places each value gets its mark.
const MARKED: usize = 62;

/// What a chart is drawn with.
pub struct Sheet<'a> {
    /// Where to.
    pub canvas: &'a HtmlCanvasElement,
    /// What one pixel of text and lines at a desk is here; sizes are multiplied by it.
    pub ratio: f64,
    /// The theme's colours.
    pub colours: &'a Colours,
    /// The reader's language.
    pub language: Language,
    /// What is left free above, in pixels of the canvas.
    pub above: f64,
}

/// Where the values stand on the canvas, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    count: f64,
    highest: f64,
}

impl Frame {
    /// The middle of a place.
    pub fn x(&self, index: f64) -> f64 {
        self.left + (index + 0.5) * (self.right - self.left) / self.count
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * value / self.highest
    }

    /// The place at a pixel.
    pub fn index(&self, x: f64) -> usize {
        let index = (x - self.left) / (self.right - self.left) * self.count;
        // Not `clamp`: what that says of bounds in the wrong order would bring the code that writes fractions.
        index.max(0.0).min(self.count - 1.0) as usize
    }
}

/// The colour of a series.
pub fn ink(colours: &Colours, ink: usize) -> Colour {
    let inks = [colours.chart_1, colours.chart_2, colours.chart_3, colours.chart_4];
    inks[ink % inks.len()]
}

/// A canvas in the hand: plotters' backend, and the two things it does not do.
pub struct Pen {
    backend: Canvas,
    context: CanvasRenderingContext2d,
    ratio: f64,
    wrong: Option<String>,
}

impl Pen {
    /// Takes a canvas.
    pub fn take(canvas: &HtmlCanvasElement, ratio: f64) -> Result<Pen, String> {
        let context = canvas.get_context("2d").ok().flatten();
        let context = context.and_then(|context| context.dyn_into().ok());
        let Some(context) = context else {
            return Err("this browser has no canvas".to_owned());
        };
        let context: CanvasRenderingContext2d = context;
        // Pointed corners of steep lines are slow, and point to values that are not there.
        context.set_line_join("bevel");
        Ok(Pen {
            backend: Canvas(context.clone()),
            context,
            ratio,
            wrong: None,
        })
    }

    fn keep<E>(&mut self, done: Result<(), E>) {
        if done.is_err() {
            self.wrong.get_or_insert_with(|| "the canvas refused".to_owned());
        }
    }

    fn dash(&self, dashed: bool) {
        let dashes = Array::new();
        if dashed {
            dashes.push(&JsValue::from_f64(6.0 * self.ratio));
            dashes.push(&JsValue::from_f64(4.0 * self.ratio));
        }
        // Without dashes the line is there all the same.
        let _ = self.context.set_line_dash(&dashes);
    }

    fn path(&mut self, points: Vec<(i32, i32)>, colour: Colour, width: f64) {
        let style = rgb(colour).stroke_width((width * self.ratio).round().max(1.0) as u32);
        let done = self.backend.draw_path(points, &style);
        self.keep(done);
    }

    fn area(&mut self, points: Vec<(i32, i32)>, colour: Colour) {
        let done = self.backend.fill_polygon(points, &rgb(colour));
        self.keep(done);
    }

    /// A rectangle.
    pub fn rectangle(&mut self, from: (f64, f64), to: (f64, f64), colour: Colour, filled: bool) {
        let corner = |(x, y): (f64, f64)| (x.round() as i32, y.round() as i32);
        let style = rgb(colour).stroke_width((1.5 * self.ratio).round() as u32);
        let done = self.backend.draw_rect(corner(from), corner(to), &style, filled);
        self.keep(done);
    }

    /// Text, held at its left, middle or right, above (`-1`), on (`0`) or below (`1`) its place.
    pub fn words(&mut self, words: &str, (x, y): (f64, f64), across: i8, along: i8, colour: Colour) {
        let plane = &self.context;
        plane.set_text_align(match across {
            0 => "center",
            1 => "start",
            _ => "end",
        });
        plane.set_text_baseline(match along {
            0 => "middle",
            1 => "top",
            _ => "bottom",
        });
        plane.set_font(&format!("{}px sans-serif", (12.0 * self.ratio) as u32));
        plane.set_fill_style_str(&css(colour));
        let done = plane.fill_text(words, x.round(), y.round());
        self.keep(done);
    }

    /// The shape that stands for a series: on its points, and before its name.
    pub fn mark(&mut self, ink_number: usize, (x, y): (f64, f64), size: f64, colour: Colour) {
        let corners: [(f64, f64); 4] = match ink_number % 4 {
            0 => [(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)],
            1 => [(0.0, -1.2), (1.2, 0.0), (0.0, 1.2), (-1.2, 0.0)],
            2 => [(0.0, -1.1), (1.1, 0.9), (-1.1, 0.9), (-1.1, 0.9)],
            _ => [(0.0, 1.1), (1.1, -0.9), (-1.1, -0.9), (-1.1, -0.9)],
        };
        let size = size * self.ratio;
        let at = |(dx, dy): (f64, f64)| ((x + dx * size).round() as i32, (y + dy * size).round() as i32);
        self.area(corners.map(at).to_vec(), colour);
    }

    /// Whether all of it was drawn.
    pub fn done(self) -> Result<(), String> {
        self.wrong.map_or(Ok(()), Err)
    }
}

fn rgb([red, green, blue]: Colour) -> RGBColor {
    RGBColor(red, green, blue)
}

/// About how wide a text is at a size of one; Chinese characters are twice as wide.
pub fn width_of(words: &str) -> f64 {
    words
        .chars()
        .map(|letter| if letter.is_ascii() { 6.8 } else { 12.0 })
        .sum()
}

/// Draws all series that are not hidden.
pub fn draw(sheet: &Sheet<'_>, plot: &Plot, hidden: &dyn Fn(&str) -> bool) -> Result<Frame, String> {
    let Sheet {
        canvas,
        ratio,
        colours,
        language,
        above,
    } = *sheet;
    let mut pen = Pen::take(canvas, ratio)?;
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    let shown: Vec<&Series> = plot.series.iter().filter(|series| !hidden(series.key)).collect();
    let marks: Vec<_> = plot.marks.iter().filter(|mark| !hidden(mark.key)).collect();
    let piles = Piles::of(&shown, plot.count);
    let values = shown.iter().flat_map(|series| series.values.iter().flatten());
    let highest = values
        .chain(piles.tops.iter().flat_map(|pile| pile.iter().flatten()))
        .chain(marks.iter().map(|mark| &mark.value))
        .copied()
        .fold(0.0, f64::max);
    let step = step(highest, plot.unit);
    let lines = (highest / step).ceil().max(1.0);
    let names: Vec<String> = (0..=lines as u32)
        .map(|line| plot.unit.words(language, f64::from(line) * step))
        .collect();
    let widest = names.iter().map(|name| width_of(name)).fold(0.0, f64::max);
    let frame = Frame {
        left: (widest + 12.0) * ratio,
        right: (width - 10.0 * ratio).max((widest + 40.0) * ratio),
        top: above + 14.0 * ratio,
        bottom: height - 24.0 * ratio,
        count: plot.count.max(1) as f64,
        highest: step * lines,
    };

    for (line, name) in names.iter().enumerate() {
        let y = frame.y(line as f64 * step).round();
        let across = vec![(frame.left as i32, y as i32), (frame.right as i32, y as i32)];
        pen.path(across, colours.line, 1.0);
        pen.words(name, (frame.left - 6.0 * ratio, y), -1, 0, colours.text);
    }
    draw_places(&mut pen, plot, &frame, colours.text);
    draw_bars(&mut pen, &piles, &frame, colours);
    for series in &shown {
        let colour = ink(colours, series.ink);
        let dashed = series.shape == Shape::Dashed;
        if !dashed && series.shape != Shape::Line {
            continue;
        }
        let columns = (frame.right - frame.left) as usize;
        let point = |(index, value): (usize, f64)| (frame.x(index as f64), frame.y(value));
        for run in runs(&series.values, columns) {
            let path = run.iter().map(|one| {
                let (x, y) = point(*one);
                (x.round() as i32, y.round() as i32)
            });
            let path: Vec<(i32, i32)> = path.collect();
            // A broad line through more values than pixels would be one area, and slow to draw.
            let (path, width) = if plot.count > columns {
                (shortened(path), 1.0 / ratio)
            } else {
                (path, 2.0)
            };
            if !piles.bars.is_empty() {
                // On bars a line has an edge, so that it is seen whatever their colour.
                pen.path(path.clone(), colours.surface, width + 3.0);
            }
            pen.dash(dashed);
            pen.path(path, colour, width);
            pen.dash(false);
            if plot.count <= MARKED || run.len() == 1 {
                for one in &run {
                    pen.mark(series.ink, point(*one), if dashed { 2.0 } else { 3.5 }, colour);
                }
            }
        }
    }
    for mark in marks {
        let y = frame.y(mark.value);
        let across = vec![(frame.left as i32, y as i32), (frame.right as i32, y as i32)];
        pen.dash(true);
        pen.path(across, colours.text, 1.5);
        pen.dash(false);
        // On a ground of its own, for lines run where it stands.
        let (low, width) = (y - 2.0 * ratio, width_of(&mark.name) * ratio);
        let corner = (frame.right - width, low - 15.0 * ratio);
        pen.rectangle(corner, (frame.right, low), colours.surface, true);
        pen.words(&mark.name, (frame.right, low), -1, -1, colours.text);
    }
    pen.done()?;
    Ok(frame)
}

/// The same line on a shorter way: of two points in one column the nearer comes first.
fn shortened(mut path: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
    for at in 1..path.len().saturating_sub(1) {
        let (before, one, other) = (path[at - 1], path[at], path[at + 1]);
        let far = |point: (i32, i32)| (point.1 - before.1).abs();
        if one.0 == other.0 && before.0 != one.0 && far(other) < far(one) {
            path.swap(at, at + 1);
        }
    }
    path
}

/// Names as many places as there is room for.
fn draw_places(pen: &mut Pen, plot: &Plot, frame: &Frame, colour: Colour) {
    let ratio = pen.ratio;
    let (bucket, first) = match &plot.axis {
        Axis::Time(bucket, first, _) => (Some(*bucket), *first),
        Axis::Named(_) => (None, 0),
    };
    // The year is in the title; hours of many days are named by their day.
    let name = |index: usize| {
        let name = plot.place(index);
        match name.len() {
            16 if name.ends_with("00:00") => name.get(5..10).map(str::to_owned),
            16 => name.get(11..).map(str::to_owned),
            10 if bucket.is_some() => name.get(5..).map(str::to_owned),
            _ => Some(name),
        }
        .unwrap_or_default()
    };
    let widest = (0..plot.count.min(40))
        .map(|index| width_of(&name(index)))
        .fold(30.0, f64::max);
    let room = (frame.right - frame.left) / ((widest + 14.0) * ratio);
    let every = every(bucket, plot.count, room as usize);
    for index in (0..plot.count).filter(|index| (*index as i64 + first).rem_euclid(every as i64) == 0) {
        let x = frame.x(index as f64);
        pen.words(&name(index), (x, frame.bottom + 6.0 * ratio), 0, 1, colour);
        let tick = vec![
            (x as i32, frame.bottom as i32),
            (x as i32, (frame.bottom + 4.0 * ratio) as i32),
        ];
        pen.path(tick, colour, 1.0);
    }
}

/// Bars on their piles, with the heights they reach.
struct Piles<'a> {
    bars: Vec<(&'a Series, usize)>,
    tops: Vec<Vec<Option<f64>>>,
    beside: usize,
}

impl<'a> Piles<'a> {
    fn of(shown: &[&'a Series], count: usize) -> Piles<'a> {
        let mut piles = Piles {
            bars: Vec::new(),
            tops: Vec::new(),
            beside: 1,
        };
        for series in shown {
            let (Shape::Bar(pile) | Shape::Outline(pile)) = series.shape else {
                continue;
            };
            let below = piles.bars.iter().rposition(|(_, other)| *other == pile);
            let tops = (0..count).map(|index| {
                let value = series.values.get(index).copied().flatten()?;
                let base = below.and_then(|below| *piles.tops.get(below)?.get(index)?);
                Some(value + base.unwrap_or(0.0))
            });
            let tops = tops.collect();
            piles.tops.push(tops);
            piles.bars.push((series, pile));
            piles.beside = piles.beside.max(pile + 1);
        }
        piles
    }
}

/// The highest first, so that what it stands on is drawn over its foot.
fn draw_bars(pen: &mut Pen, piles: &Piles<'_>, frame: &Frame, colours: &Colours) {
    let room = frame.x(1.0) - frame.x(0.0);
    let wide = if room < 4.0 { room } else { room * 0.76 };
    let each = wide / piles.beside as f64;
    for ((series, pile), tops) in piles.bars.iter().zip(&piles.tops).rev() {
        let colour = ink(colours, series.ink);
        let filled = matches!(series.shape, Shape::Bar(_));
        // Bars that fall on one pixel are one bar, as high as the highest.
        let mut open: Option<(f64, f64, f64)> = None;
        let mut lay = |open: Option<(f64, f64, f64)>| {
            if let Some((left, right, top)) = open {
                pen.rectangle((left, frame.y(top)), (right, frame.y(0.0)), colour, filled);
            }
        };
        for (index, top) in tops.iter().enumerate() {
            let Some(top) = *top else {
                continue;
            };
            let left = (frame.x(index as f64) - wide / 2.0 + *pile as f64 * each).round();
            let right = (left + each).round().max(left + 1.0);
            match &mut open {
                Some(open) if open.0 >= left => open.2 = open.2.max(top),
                _ => lay(open.replace((left, right, top))),
            }
        }
        lay(open);
    }
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_line_takes_the_shorter_way_and_keeps_its_points() {
        let path = vec![(0, 5), (1, 90), (1, 2), (2, 4), (2, 80)];
        assert_eq!(shortened(path), [(0, 5), (1, 2), (1, 90), (2, 80), (2, 4)]);
    }
}
