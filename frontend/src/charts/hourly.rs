//! A bar for each hour of today, and a line for yesterday: what is usual at this hour is beside what is.

use super::surface::Sheet;
use crate::yard_map::palette::Colour;
use plotters::prelude::*;

/// Values by hour of the day; `None` where there was nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hours {
    /// Today.
    pub today: [Option<f64>; 24],
    /// Yesterday.
    pub yesterday: [Option<f64>; 24],
}

impl Hours {
    /// The highest value, rounded up to something that divides well.
    pub fn top(&self) -> f64 {
        let highest = self
            .today
            .iter()
            .chain(&self.yesterday)
            .flatten()
            .copied()
            .fold(0.0, f64::max);
        let step = [
            1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0,
        ];
        let step = step
            .into_iter()
            .find(|step| highest <= step * 4.0)
            .unwrap_or(10_000.0);
        (highest / step).ceil().max(1.0) * step
    }
}

/// Draws the bars and the line. Axes are drawn here too: four lines and the hours are all that is needed.
pub fn draw(sheet: Sheet<'_>, hours: &Hours) -> Result<(), String> {
    let Sheet {
        backend,
        ratio,
        colours,
    } = sheet;
    let area = backend.into_drawing_area();
    let (width, height) = area.dim_in_pixel();
    let (width, height) = (f64::from(width), f64::from(height));
    let (left, bottom, above) = (44.0 * ratio, 22.0 * ratio, 10.0 * ratio);
    let top = hours.top();
    let x = |hour: f64| (left + (width - left - 4.0 * ratio) * hour / 24.0) as i32;
    let y = |value: f64| (height - bottom - (height - bottom - above) * value / top) as i32;
    let style = |colour: Colour| RGBColor(colour[0], colour[1], colour[2]);
    let fail = |error: DrawingAreaErrorKind<_>| format!("{error:?}");
    let text = ("sans-serif", 12.0 * ratio)
        .into_font()
        .color(&style(colours.text));

    for part in 0..=4 {
        let value = top * f64::from(part) / 4.0;
        let line = vec![(x(0.0), y(value)), (x(24.0), y(value))];
        let stroke = style(colours.line).stroke_width(ratio.round() as u32);
        area.draw(&PathElement::new(line, stroke)).map_err(fail)?;
        let words = crate::i18n::format::decimal(value);
        let place = (
            x(0.0) - (6.0 * ratio) as i32 - (words.len() as f64 * 6.6 * ratio) as i32,
            y(value) - (7.0 * ratio) as i32,
        );
        area.draw(&Text::new(words, place, text.clone())).map_err(fail)?;
    }
    for hour in (0..24).step_by(3) {
        let place = (x(f64::from(hour)), (height - bottom + 5.0 * ratio) as i32);
        area.draw(&Text::new(format!("{hour:02}"), place, text.clone()))
            .map_err(fail)?;
    }
    let bars = (0_u8..24)
        .zip(hours.today)
        .filter_map(|(hour, value)| Some((f64::from(hour), value?)));
    for (hour, value) in bars {
        let corners = [(x(hour + 0.12), y(value)), (x(hour + 0.88), y(0.0))];
        area.draw(&Rectangle::new(corners, style(colours.select).filled()))
            .map_err(fail)?;
    }
    // A gap in the data stays a gap in the line.
    let points: Vec<Option<(i32, i32)>> = (0_u8..24)
        .zip(hours.yesterday)
        .map(|(hour, value)| value.map(|value| (x(f64::from(hour) + 0.5), y(value))))
        .collect();
    for line in points.split(Option::is_none) {
        let line: Vec<(i32, i32)> = line.iter().copied().flatten().collect();
        let stroke = style(colours.text).stroke_width((2.0 * ratio).round() as u32);
        area.draw(&PathElement::new(line, stroke)).map_err(fail)?;
    }
    area.present().map_err(fail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_at_a_number_that_divides_well() {
        let hours = |value| Hours {
            today: [Some(value); 24],
            ..Hours::default()
        };
        assert_eq!(Hours::default().top(), 1.0);
        assert_eq!(hours(237.5).top(), 300.0);
        assert_eq!(hours(400.0).top(), 400.0);
        assert_eq!(hours(3.2).top(), 4.0);
    }
}
