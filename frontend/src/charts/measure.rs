//! How long drawing takes: `/clearance?measure=1` draws a year of hours in four series over and over, and
//! shows what that took.

use super::paint::{Sheet, draw};
use super::plot::{Axis, Plot, Series, Shape};
use super::slots::Bucket;
use crate::colours::read_colours;
use crate::components::markup::{tag, text};
use crate::context::Context;
use crate::i18n::format::{Unit, thousandths};
use crate::live::steady_ms;
use leptos::html::Div;
use leptos::logging::warn;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

const HOURS: usize = 8_760;
const SERIES: [&str; 4] = ["median", "mean", "p90", "p95"];
const DRAWS: usize = 60;
const SIZE: (u32, u32) = (1_600, 480);

/// Draws over and over once the page has come to rest, and shows median and slowest.
pub fn measure(context: Context) -> AnyView {
    let node = NodeRef::<Div>::new();
    set_timeout(
        move || {
            let times = times(context).inspect_err(|error| warn!("drawing could not be measured: {error}"));
            let (Ok(times), Some(node)) = (times, node.get_untracked()) else {
                return;
            };
            let at = |index: usize| thousandths(times.get(index).copied().unwrap_or_default());
            let (median, slowest) = (at(times.len() / 2), at(times.len() - 1));
            let words = format!("{HOURS} × 4 · {DRAWS} × · {median} ms · ≤ {slowest} ms");
            let attributes = [("data-measure", median.as_str()), ("data-slowest", &slowest)];
            node.set_inner_html(&tag("p", &attributes, text(&words)).into_string());
        },
        Duration::from_millis(500),
    );
    view! { <div node_ref=node></div> }.into_any()
}

/// What each drawing took, the fastest first.
fn times(context: Context) -> Result<Vec<f64>, String> {
    let fail = |_| "there is no canvas".to_owned();
    let canvas: HtmlCanvasElement = document()
        .create_element("canvas")
        .map_err(fail)?
        .unchecked_into();
    canvas.set_width(SIZE.0);
    canvas.set_height(SIZE.1);
    let plane = canvas.get_context("2d").map_err(fail)?;
    let plane = plane.and_then(|plane| plane.dyn_into::<CanvasRenderingContext2d>().ok());
    let (plot, colours) = (year(), read_colours());
    let sheet = Sheet {
        canvas: &canvas,
        ratio: 1.0,
        colours: &colours,
        language: context.language,
        above: 0.0,
    };
    let mut times: Vec<f64> = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        let begin = steady_ms();
        // A new size empties the canvas, as the page does it.
        canvas.set_width(SIZE.0);
        draw(&sheet, &plot, &|_| false)?;
        // Asking for a pixel waits until all are there.
        if let Some(plane) = &plane {
            plane.get_image_data(0.0, 0.0, 1.0, 1.0).map_err(fail)?;
        }
        let took = steady_ms() - begin;
        let place = times.iter().position(|other| *other > took);
        times.insert(place.unwrap_or(times.len()), took);
    }
    Ok(times)
}

/// A year of hours that go up and down with the day and the week, with as much chance in each hour as the demo's
/// port has, and with gaps.
fn year() -> Plot {
    let series = SERIES.iter().enumerate().map(|(ink, key)| Series {
        key,
        name: (*key).to_owned(),
        shape: Shape::Line,
        ink,
        values: (0..HOURS)
            .map(|hour| {
                let wave = (hour % 24).abs_diff(12) * 1_500 + (hour % 168).abs_diff(84) * 200;
                let chance = (hour * 7_919 + ink * 104_729) % 9_973 * (ink + 1);
                let value = wave + chance + ink * 20_000;
                (hour % 997 != 0).then_some(value as f64)
            })
            .collect(),
    });
    Plot {
        unit: Unit::Duration,
        axis: Axis::Time(Bucket::Hour, 455_832, 0),
        count: HOURS,
        series: series.collect(),
        marks: Vec::new(),
        hrefs: Vec::new(),
        call: String::new(),
        note: String::new(),
    }
}
