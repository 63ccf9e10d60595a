//! What canvases are drawn in: the colours of the style sheet's tokens, named in one place, and how large type is.

use leptos::prelude::{document, window};

/// One colour, red first.
pub type Colour = [u8; 3];

macro_rules! colours {
    ($($field:ident $token:literal),+ $(,)?) => {
        /// The colours of the map.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Colours { $(#[doc = $token] pub $field: Colour),+ }

        impl Colours {
            /// Reads the tokens: `token` gives the text of one.
            pub fn read(dark: bool, token: impl Fn(&str) -> String) -> Colours {
                Colours { $($field: colour(&token($token), dark).unwrap_or_default()),+ }
            }
        }
    };
}

colours! {
    water "--map-water",
    quay "--map-quay",
    line "--map-line",
    empty "--map-empty",
    text "--map-text",
    general "--map-general",
    reefer "--map-reefer",
    dangerous "--map-dangerous",
    empties "--map-empties",
    yes "--map-yes",
    no "--map-no",
    import "--map-import",
    export "--map-export",
    transit "--map-transit",
    alarm "--map-alarm",
    select "--map-select",
    surface "--surface",
    chart_1 "--chart-1",
    chart_2 "--chart-2",
    chart_3 "--chart-3",
    chart_4 "--chart-4",
}

/// `#rrggbb`, or the right one of `light-dark(#rrggbb, #rrggbb)`.
fn colour(text: &str, dark: bool) -> Option<Colour> {
    let mut found = text.match_indices('#').filter_map(|(at, _)| {
        let part = |from: usize| u8::from_str_radix(text.get(at + from..at + from + 2)?, 16).ok();
        Some([part(1)?, part(3)?, part(5)?])
    });
    let light = found.next()?;
    Some(if dark {
        found.next().unwrap_or(light)
    } else {
        light
    })
}

/// As the canvas wants it.
pub fn css([red, green, blue]: Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The colours of the theme that is shown.
pub fn read_colours() -> Colours {
    let root = document().document_element();
    let theme = root
        .as_ref()
        .and_then(|root| root.get_attribute("data-theme"))
        .unwrap_or_default();
    let dark = match theme.as_str() {
        "dark" => true,
        "light" => false,
        _ => prefers("(prefers-color-scheme: dark)"),
    };
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    Colours::read(dark, |token| {
        style
            .as_ref()
            .and_then(|style| style.get_property_value(token).ok())
            .unwrap_or_default()
    })
}

/// How much larger the page's type is than at a desk: a wall is looked at from farther away.
pub fn type_scale() -> f64 {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    let size = style
        .and_then(|style| style.get_property_value("font-size").ok())
        .unwrap_or_default();
    // The browser reads the number in front of the unit; a table for that would be 10 KB more of ours.
    let pixels = js_sys::Number::parse_float(&size);
    if pixels > 0.0 { pixels / 16.0 } else { 1.0 }
}

/// Whether the person has told the browser so, by a media query.
pub fn prefers(what: &str) -> bool {
    let query = window().match_media(what);
    query.ok().flatten().is_some_and(|query| query.matches())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_for_its_theme() {
        assert_eq!(colour(" light-dark(#010203, #0a0b0c)", false), Some([1, 2, 3]));
        assert_eq!(colour(" light-dark(#010203, #0a0b0c)", true), Some([10, 11, 12]));
        assert_eq!(colour("#ff8000", true), Some([255, 128, 0]));
        assert_eq!(colour("red", true), None);
        assert_eq!(css([1, 171, 255]), "#01abff");
    }
}
