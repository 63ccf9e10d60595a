//! The recent course of a figure, small and without a scale: it shows a direction, the figures are beside it.

use crate::components::markup::{Markup, all, nothing, tag};

/// A line of the values; gaps stay gaps, and the last value has a dot.
pub fn spark(values: &[Option<f64>]) -> Markup {
    let known = values.iter().flatten().copied();
    let (lowest, highest) = known.fold((f64::MAX, f64::MIN), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    if lowest > highest {
        return nothing();
    }
    // In hundredths of a thousand: whole numbers are written in less code than fractions.
    let x = |index: usize| (index * 1_000 / (values.len() - 1).max(1)) as i64;
    let y = |value: f64| 180 - ((value - lowest) / (highest - lowest).max(1e-9) * 160.0) as i64;
    let mut path = String::new();
    let mut gap = true;
    for (index, value) in values.iter().enumerate() {
        match value {
            None => gap = true,
            Some(value) => {
                let letter = if std::mem::take(&mut gap) { 'M' } else { 'L' };
                // A point alone has length too, so that it is seen.
                path.push_str(&format!("{letter}{} {}h1", x(index), y(*value)));
            }
        }
    }
    let line = tag("path", &[("d", &path)], nothing());
    let attributes = [
        ("class", "spark"),
        ("viewBox", "-20 0 1040 200"),
        ("preserveAspectRatio", "none"),
        ("aria-hidden", "true"),
    ];
    tag("svg", &attributes, all([line]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_begins_a_new_line() {
        let svg = spark(&[Some(1.0), Some(3.0), None, Some(2.0)]).into_string();
        assert!(svg.contains("M0 180h1L333 20h1M1000 100h1"), "{svg}");
        assert_eq!(spark(&[None, None]), nothing());
        assert!(spark(&[Some(0.5)]).into_string().contains("M0 180"));
    }
}
