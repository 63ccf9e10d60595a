//! The way of a box through the yard, drawn over the plan: where it stood, in order, between quay and gate.

use super::line::{number, tenths};
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::Word;
use crate::yard_map::plan::{Bounds, Place, places, whole};
use crate::yard_map::view::View;
use shared::event::{Classifier, Node};
use shared::wire::stay::Stay;
use shared::yard::Layout;
use shared::yard::layout::Point;

/// Width of the picture in its own units, where there is room; the page scales it.
const WIDTH: f64 = 720.0;
/// How much of the port is shown at least, so that it can be seen where in it the way lies.
const LEAST: f64 = 0.45;
/// Discs nearer than this share one.
const TOGETHER: f64 = 12.0;

/// A place on the way of a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The number of its node, as in the list.
    pub number: usize,
    /// Where.
    pub place: Where,
}

/// Where a box was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// At the quay.
    Quay,
    /// At the gate, on its way in or out.
    Gate(bool),
    /// In a slot.
    Slot(String),
}

/// The places of a stay, in order. A slot that is told again is no new place.
pub fn stops(stay: &Stay) -> Vec<Stop> {
    let mut stops: Vec<Stop> = Vec::new();
    let mut number = 0;
    for node in &stay.nodes {
        if node.classifier != Classifier::Actual {
            continue;
        }
        number += 1;
        let place = match (node.node, &node.slot) {
            (Node::Discharge | Node::Load, _) => Where::Quay,
            (Node::GateIn | Node::RailIn, _) => Where::Gate(true),
            (Node::GateOut | Node::RailOut, _) => Where::Gate(false),
            (_, Some(slot)) => Where::Slot(slot.clone()),
            (_, None) => continue,
        };
        if stops.last().is_none_or(|last| last.place != place) {
            stops.push(Stop { number, place });
        }
    }
    stops
}

/// The path in words: what the picture says to who does not see it.
pub fn in_words(context: Context, stops: &[Stop]) -> String {
    let mut parts = Vec::new();
    for stop in stops {
        let place = match &stop.place {
            Where::Quay => context.say(Word::Quay),
            Where::Gate(_) => context.say(Word::Gate),
            Where::Slot(slot) => slot,
        };
        parts.push([&stop.number.to_string(), " ", place].concat());
    }
    parts.join(" → ")
}

/// Where the stops lie on the plan; those that it does not know are left out.
fn points(layout: &Layout, places: &[Option<Place>], stops: &[Stop]) -> Vec<(usize, Point)> {
    let slot = |stop: &Stop| match &stop.place {
        Where::Slot(slot) => point(layout, places, slot),
        _ => None,
    };
    let mut points = Vec::new();
    for (index, stop) in stops.iter().enumerate() {
        let near = || {
            let behind = stops[index..].iter().find_map(&slot);
            behind.or_else(|| stops[..index].iter().rev().find_map(&slot))
        };
        let found = match &stop.place {
            Where::Slot(_) => slot(stop),
            Where::Quay => nearest(layout, "berth", "", near()),
            Where::Gate(true) => nearest(layout, "gate", "in", near()),
            Where::Gate(false) => nearest(layout, "gate", "out", near()),
        };
        points.extend(found.map(|point| (stop.number, point)));
    }
    points
}

/// The middle of a slot.
pub fn point(layout: &Layout, places: &[Option<Place>], slot: &str) -> Option<Point> {
    let (block, address) = layout.find(slot)?;
    let index = layout
        .blocks()
        .iter()
        .position(|other| other.name == block.name)?;
    let place = (*places.get(index)?)?;
    // Odd bays lie beside each other, an even one over the two beside it: all by the same halves.
    let along = f64::from(address.bay) / 2.0 / f64::from(block.bays.max(1));
    let across = (f64::from(address.row) - 0.5) / f64::from(block.rows.max(1));
    Some(place.point(along, across))
}

/// The middle of the nearest feature of a kind; one with a word in its name goes before others.
fn nearest(layout: &Layout, kind: &str, word: &str, to: Option<Point>) -> Option<Point> {
    let mut best: Option<(f64, Point)> = None;
    for feature in &layout.features {
        if feature.kind != kind || feature.points.is_empty() {
            continue;
        }
        let bounds = Bounds::around(feature.points.iter().copied());
        let middle = (
            (bounds.low.0 + bounds.high.0) / 2.0,
            (bounds.low.1 + bounds.high.1) / 2.0,
        );
        let to = to.unwrap_or(middle);
        // Gates of the other way are farther than any of the right one.
        let wrong = !word.is_empty() && !feature.name.split(' ').any(|part| part == word);
        let far = (middle.0 - to.0).abs() + (middle.1 - to.1).abs() + if wrong { 1e9 } else { 0.0 };
        if best.is_none_or(|(nearest, _)| far < nearest) {
            best = Some((far, middle));
        }
    }
    best.map(|(_, middle)| middle)
}

/// What part of the plan is shown: the way with room around it, and no less than a good part of the port.
fn sight(whole: Bounds, way: Bounds) -> Bounds {
    let (width, height) = whole.size();
    let fit = |low: f64, high: f64, least: f64, ends: (f64, f64)| {
        let size = ((high - low) * 1.25).max(least);
        let middle = f64::midpoint(low, high);
        let low = (middle - size / 2.0).max(ends.0).min((ends.1 - size).max(ends.0));
        (low, low + size)
    };
    let x = fit(way.low.0, way.high.0, width * LEAST, (whole.low.0, whole.high.0));
    let y = fit(
        way.low.1,
        way.high.1,
        height * LEAST,
        (whole.low.1 - 60.0, whole.high.1 + 60.0),
    );
    Bounds {
        low: (x.0, y.0),
        high: (x.1, y.1),
    }
}

fn corners(view: View, points: &[Point]) -> Markup {
    let mut list = String::new();
    for point in points {
        let (x, y) = view.to_screen(*point);
        list.push_str(&tenths(x));
        list.push(',');
        list.push_str(&tenths(y));
        list.push(' ');
    }
    text(list.trim_end())
}

/// The way over the plan.
pub fn draw(context: Context, layout: &Layout, stay: &Stay, room: f64) -> Markup {
    const POLYGON: &str = "<polygon class=\"{}\" points=\"{}\"/>";
    let stops = stops(stay);
    if stops.is_empty() {
        return fill(
            "<p class=\"quiet\">{}</p>",
            &[say(context.language, Word::NoPath)],
        );
    }
    let places = places(layout);
    let points = points(layout, &places, &stops);
    let words = in_words(context, &stops);
    let caption = fill("<p class=\"path-words\">{}</p>", &[text(&words)]);
    if points.is_empty() {
        return caption;
    }
    let sight = sight(
        whole(layout, &places),
        Bounds::around(points.iter().map(|(_, point)| *point)),
    );
    let (width, height) = sight.size();
    // A small screen has a small picture, so that numbers stay large enough to be read.
    let across = WIDTH.min(room);
    let screen = (
        across,
        (across * height / width).clamp(across * 0.3, across * 0.75),
    );
    let view = View::fit(sight, screen);
    let mut parts = Vec::new();
    for feature in &layout.features {
        if feature.area {
            let class = ["ground-", &feature.kind].concat();
            parts.push(fill(POLYGON, &[text(&class), corners(view, &feature.points)]));
        }
    }
    let visited = |name: &str| {
        stops.iter().any(|stop| match &stop.place {
            Where::Slot(slot) => layout.find(slot).is_some_and(|(block, _)| block.name == name),
            _ => false,
        })
    };
    for (block, place) in layout.blocks().iter().zip(&places) {
        let Some(place) = place.filter(|place| view.sees(&place.bounds())) else {
            continue;
        };
        let on_way = visited(&block.name);
        let class = if on_way {
            "plan-block visited"
        } else {
            "plan-block"
        };
        parts.push(fill(POLYGON, &[text(class), corners(view, &place.corners())]));
        if on_way {
            let (x, y) = view.to_screen(place.point(0.0, 1.0));
            let gaps = [number(x.max(2.0)), number(y - 3.0), text(&block.name)];
            parts.push(fill(
                "<text class=\"plan-name\" x=\"{}\" y=\"{}\">{}</text>",
                &gaps,
            ));
        }
    }
    let mut way = Vec::new();
    for (_, point) in &points {
        way.push(*point);
    }
    parts.push(fill(
        "<polyline class=\"way\" points=\"{}\"/>",
        &[corners(view, &way)],
    ));
    parts.push(discs(view, &points));
    let gaps = [
        number(screen.0),
        number(screen.1),
        text(&context.fill(Word::PathIs, &words)),
        join(&parts),
        caption,
        ends(context, &stops),
    ];
    fill(
        "<svg class=\"path-map\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">{}</svg>{}{}",
        &gaps,
    )
}

/// Where a berth or gate is drawn, nobody told which.
fn ends(context: Context, stops: &[Stop]) -> Markup {
    if stops.iter().all(|stop| matches!(stop.place, Where::Slot(_))) {
        return nothing();
    }
    fill(
        "<p class=\"quiet\">{}</p>",
        &[say(context.language, Word::EndsAreNearest)],
    )
}

/// Numbered discs; those that would lie over each other share one.
fn discs(view: View, points: &[(usize, Point)]) -> Markup {
    let mut discs: Vec<(String, Point)> = Vec::new();
    for (number, point) in points {
        let at = view.to_screen(*point);
        let near = |disc: &&mut (String, Point)| {
            (disc.1.0 - at.0).abs() < TOGETHER && (disc.1.1 - at.1).abs() < TOGETHER
        };
        match discs.iter_mut().find(near) {
            Some((label, _)) => {
                label.push(',');
                label.push_str(&number.to_string());
            }
            None => discs.push((number.to_string(), at)),
        }
    }
    let mut parts = Vec::new();
    for (label, (x, y)) in &discs {
        let half = 6.0 + 4.0 * label.len() as f64;
        let gaps = [
            number(x - half),
            number(y - 10.0),
            number(half * 2.0),
            number(*x),
            number(y + 4.5),
            text(label),
        ];
        let disc = "<rect class=\"pill\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"20\" rx=\"10\"/>\
                    <text class=\"pill-words\" x=\"{}\" y=\"{}\">{}</text>";
        parts.push(fill(disc, &gaps));
    }
    join(&parts)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{node, stay};
    use super::*;
    use shared::yard::builtin;

    fn at(name: &str, minute: i64, slot: &str) -> shared::wire::stay::StayNode {
        let mut node = node(name, minute);
        node.slot = Some(slot.to_owned());
        node
    }

    #[test]
    fn a_path_has_its_places_in_order_with_the_numbers_of_their_nodes() {
        let nodes = vec![
            node("discharge", 0),
            at("stack", 10, "G124405.1"),
            node("declare", 20),
            at("shift", 30, "X010101.1"),
            at("shift", 40, "X010101.1"),
            node("gate_out", 50),
        ];
        let stops = stops(&stay(nodes));
        let numbers: Vec<usize> = stops.iter().map(|stop| stop.number).collect();
        assert_eq!(numbers, [1, 2, 4, 6]);
        assert_eq!(stops[3].place, Where::Gate(false));
    }

    #[test]
    fn every_place_of_a_path_lies_on_the_plan_and_unknown_slots_are_left_out() {
        let layout = builtin::layout();
        let places = places(&layout);
        let nodes = vec![
            node("gate_in", 0),
            at("stack", 10, "G124405.1"),
            at("shift", 30, "nowhere"),
            node("load", 50),
        ];
        let points = points(&layout, &places, &stops(&stay(nodes)));
        assert_eq!(points.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [1, 2, 4]);
        let whole = whole(&layout, &places);
        let sight = sight(whole, Bounds::around(points.iter().map(|(_, point)| *point)));
        for (_, (x, y)) in &points {
            assert!((sight.low.0..=sight.high.0).contains(x), "{x}");
            assert!((sight.low.1..=sight.high.1).contains(y), "{y}");
        }
    }

    #[test]
    fn a_slot_lies_in_its_block() {
        let layout = builtin::layout();
        let places = places(&layout);
        let middle = point(&layout, &places, "G124405.1").unwrap();
        let under = crate::yard_map::plan::under(&layout, &places, middle).unwrap();
        assert_eq!(layout.blocks()[under.block].name, "G12");
        assert_eq!(under.row, 5);
        assert!([43, 45].contains(&under.bay));
    }
}
