//! Courses and bars as drawings that take any size: without text, so that what is written beside them has the wall's
//! type, and coloured by the style sheet, so that day and night need no drawing anew.

use crate::components::markup::{Markup, fill, join, nothing, text};

/// Width and height of a drawing in its own units; whole numbers are written in less code than fractions.
const SIZE: (f64, f64) = (1_000.0, 400.0);
/// What is left free above the highest value, for the line has a breadth.
const ABOVE: f64 = 12.0;

const FRAME: &str = "<svg class=\"graph\" viewBox=\"0 0 1000 400\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{}{}{}\
                     </svg>";
const PATH: &str = "<path class=\"{}\" d=\"{}\"/>";

/// The highest of some values and of a line across; at least something, so that it can be divided by.
pub fn highest(values: &[Option<f64>], mark: Option<f64>) -> f64 {
    let known = values.iter().flatten().copied();
    known.chain(mark).fold(0.0, f64::max).max(1e-9)
}

/// From the left to the middle of a place.
fn x(index: usize, count: usize) -> i64 {
    ((index as f64 + 0.5) * SIZE.0 / count.max(1) as f64) as i64
}

fn y(value: f64, highest: f64) -> i64 {
    (SIZE.1 - (SIZE.1 - ABOVE) * (value / highest).min(1.0)) as i64
}

fn path(class: &str, way: &str) -> Markup {
    if way.is_empty() {
        return nothing();
    }
    fill(PATH, &[text(class), text(way)])
}

/// A line through values; a gap stays a gap.
fn way_through(values: &[Option<f64>], highest: f64) -> String {
    let mut way = String::new();
    let mut gap = true;
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value else {
            gap = true;
            continue;
        };
        let letter = if std::mem::take(&mut gap) { 'M' } else { 'L' };
        // A point alone has length too, so that it is seen.
        way.push_str(&format!(
            "{letter}{} {}h1",
            x(index, values.len()),
            y(*value, highest)
        ));
    }
    way
}

/// The course of a figure, its last place marked, with a line across where there is something to be held against. It
/// reaches up to `scale` at least.
pub fn course(values: &[Option<f64>], scale: f64, mark: Option<f64>) -> Markup {
    let highest = highest(values, mark).max(scale);
    let across = mark.map_or_else(String::new, |mark| format!("M0 {}H1000", y(mark, highest)));
    let last = values.iter().rposition(Option::is_some);
    let end = last.and_then(|last| Some((last, values[last]?)));
    let end = end.map_or_else(String::new, |(last, value)| {
        format!("M{} {}h1", x(last, values.len()), y(value, highest))
    });
    let gaps = [
        path("across", &across),
        path("line", &way_through(values, highest)),
        path("end", &end),
    ];
    fill(FRAME, &gaps)
}

/// Bars, the place that is not over yet marked, with a line of earlier values over them.
pub fn bars(values: &[Option<f64>], earlier: &[Option<f64>], open: Option<usize>) -> Markup {
    let highest = highest(values, Some(highest(earlier, None)));
    let wide = (SIZE.0 / values.len().max(1) as f64 * 0.72) as i64;
    let mut drawn = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value.filter(|value| *value > 0.0) else {
            continue;
        };
        let (top, left) = (y(value, highest), x(index, values.len()) - wide / 2);
        let class = if open == Some(index) { "bar open" } else { "bar" };
        let way = format!("M{left} {top}h{wide}V400h-{wide}z");
        drawn.push(path(class, &way));
    }
    let line = path("line earlier", &way_through(earlier, highest));
    fill(FRAME, &[join(&drawn), line, nothing()])
}

/// The course of a day as far as it has come, its last place marked, with another day as a line behind it.
pub fn against(values: &[Option<f64>], other: &[Option<f64>]) -> Markup {
    let highest = highest(values, Some(highest(other, None)));
    let last = values.iter().rposition(Option::is_some);
    let end = last.and_then(|last| Some((last, values[last]?)));
    let end = end.map_or_else(String::new, |(last, value)| {
        format!("M{} {}h1", x(last, values.len()), y(value, highest))
    });
    let gaps = [
        path("line earlier dashed", &way_through(other, highest)),
        path("line now", &way_through(values, highest)),
        path("end", &end),
    ];
    fill(FRAME, &gaps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_keeps_its_gaps_and_marks_its_end() {
        let drawn = course(&[Some(10.0), None, Some(20.0), None], 0.0, Some(20.0)).into_string();
        assert!(drawn.contains("d=\"M125 206h1M625 12h1\""), "{drawn}");
        assert!(drawn.contains("class=\"end\" d=\"M625 12h1\"") && drawn.contains("M0 12H1000"));
    }

    #[test]
    fn bars_stand_on_the_ground_and_share_a_scale_with_what_was() {
        let drawn = bars(&[Some(5.0), None], &[Some(10.0), Some(10.0)], Some(0)).into_string();
        assert!(
            drawn.contains("class=\"bar open\" d=\"M70 206h360V400h-360z\""),
            "{drawn}"
        );
        assert!(drawn.contains("line earlier") && drawn.matches("bar open").count() == 1);
    }

    #[test]
    fn two_days_share_a_scale_and_the_present_one_has_an_end() {
        let drawn = against(&[Some(5.0), None], &[Some(5.0), Some(10.0)]).into_string();
        assert!(
            drawn.contains("class=\"line earlier dashed\" d=\"M250 206h1L750 12h1\""),
            "{drawn}"
        );
        assert!(drawn.contains("class=\"end\" d=\"M250 206h1\""), "{drawn}");
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert!(!course(&[None, None], 1.0, None).into_string().contains("path"));
        assert!(!bars(&[], &[], None).into_string().contains("path"));
    }
}
