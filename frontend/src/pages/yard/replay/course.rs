//! How full the yard was over the whole past, behind the slider.

use crate::components::markup::{Markup, fill, nothing, text};
use shared::wire::replay::YardCourse;
use std::fmt::Write as _;

/// The picture's height; its width is 1,000.
const HEIGHT: u64 = 40;

/// The course as a picture: boxes as an area, alarms as a line over it, each by its own highest.
pub fn picture(course: &YardCourse) -> Markup {
    let rows = &course.rows;
    if rows.len() < 2 {
        return nothing();
    }
    let highest = |of: &dyn Fn(usize) -> u64| (0..rows.len()).map(of).max().unwrap_or(0).max(1);
    let boxes = |row: usize| rows[row].boxes;
    let alarms = |row: usize| {
        let alarms = rows[row].alarms;
        alarms.high + alarms.medium + alarms.low
    };
    let line = |of: &dyn Fn(usize) -> u64| {
        let highest = highest(of);
        let mut points = String::new();
        for row in 0..rows.len() {
            let x = row * 1_000 / (rows.len() - 1);
            let y = HEIGHT - of(row) * HEIGHT / highest;
            let _ = write!(points, "{x},{y} ");
        }
        points
    };
    let area = format!("0,{HEIGHT} {}1000,{HEIGHT}", line(&boxes));
    fill(
        "<svg class=\"course\" viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <polygon points=\"{}\"></polygon><polyline points=\"{}\"></polyline></svg>",
        &[text(&area), text(&line(&alarms))],
    )
}
