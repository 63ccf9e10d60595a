//! The port as a drawing of lines: for marks that lie over the map, and where a place is to be found without it.

use crate::components::markup::{Markup, fill, text};
use crate::yard_map::plan::{Bounds, Place, places, whole};
use crate::yard_map::view::View;
use shared::yard::Layout;
use shared::yard::layout::Point;

/// The drawing in its own units; it is shown as large as it fits.
const SIZE: Point = (1_600.0, 900.0);

/// A way around places, as a drawing has it.
pub fn around(points: impl IntoIterator<Item = Point>) -> String {
    let mut way = String::new();
    for (x, y) in points {
        let letter = if way.is_empty() { 'M' } else { 'L' };
        way.push_str(&format!("{letter}{} {}", x as i64, y as i64));
    }
    way.push('z');
    way
}

/// The way around a block in a view.
fn block(view: &View, place: &Place) -> String {
    around(place.corners().map(|corner| view.to_screen(corner)))
}

/// The port with some blocks marked, each by a ring that is seen however small the block is.
pub fn port(layout: &Layout, marked: &[&str]) -> Markup {
    let places = places(layout);
    let view = View::fit(whole(layout, &places), SIZE);
    let (mut blocks, mut filled, mut rings) = (String::new(), String::new(), String::new());
    for (one, place) in layout.blocks().iter().zip(&places) {
        let Some(place) = place else {
            continue;
        };
        let way = block(&view, place);
        if marked.contains(&one.name.as_str()) {
            filled.push_str(&way);
            rings.push_str(&ring(&view, &place.bounds()));
        } else {
            blocks.push_str(&way);
        }
    }
    let mut grounds = String::new();
    for feature in &layout.features {
        if feature.area && feature.kind != "water" {
            grounds.push_str(&around(feature.points.iter().map(|point| view.to_screen(*point))));
        }
    }
    let gaps = [text(&grounds), text(&blocks), text(&filled), text(&rings)];
    fill(
        "<svg class=\"wall-port\" viewBox=\"0 0 1600 900\" aria-hidden=\"true\"><path class=\"ground\" d=\"{}\"/>\
         <path class=\"blocks\" d=\"{}\"/><path class=\"marked\" d=\"{}\"/><path class=\"ring\" d=\"{}\"/></svg>",
        &gaps,
    )
}

/// A circle around a part of the plan.
fn ring(view: &View, bounds: &Bounds) -> String {
    let (low, high) = (view.to_screen(bounds.low), view.to_screen(bounds.high));
    let (x, y) = ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0);
    let radius = ((high.0 - low.0).abs().max((high.1 - low.1).abs()) * 0.7).max(70.0) as i64;
    let (x, y) = (x as i64, y as i64);
    format!(
        "M{} {y}a{radius} {radius} 0 1 0 {} 0a{radius} {radius} 0 1 0 -{} 0z",
        x - radius,
        2 * radius,
        2 * radius
    )
}
