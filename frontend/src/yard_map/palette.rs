//! Colours: for every state byte one, by what the reader wants to see. They come from the style sheet's
//! tokens, so that a colour is named in one place.

use crate::colours::{Colour, Colours};
use shared::event::Direction;
use shared::stay::Cargo;
use shared::yard::SlotState;

/// What colours mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColourBy {
    /// Cargo class.
    #[default]
    Cargo,
    /// Whether customs released it.
    Released,
    /// Direction.
    Direction,
    /// Whether an alarm is active.
    Alarm,
    /// How high the stack is.
    Height,
    /// How much was moved in the last hour, block by block.
    Moves,
}

impl ColourBy {
    /// All, in the order in which they are offered.
    pub const ALL: [ColourBy; 6] = [
        ColourBy::Cargo,
        ColourBy::Released,
        ColourBy::Direction,
        ColourBy::Alarm,
        ColourBy::Height,
        ColourBy::Moves,
    ];

    /// Its name in the address.
    pub fn name(self) -> &'static str {
        match self {
            ColourBy::Cargo => "cargo",
            ColourBy::Released => "released",
            ColourBy::Direction => "direction",
            ColourBy::Alarm => "alarm",
            ColourBy::Height => "height",
            ColourBy::Moves => "moves",
        }
    }

    /// The one of a name; cargo when there is none.
    pub fn of(name: Option<&str>) -> ColourBy {
        ColourBy::ALL
            .into_iter()
            .find(|by| Some(by.name()) == name)
            .unwrap_or_default()
    }
}

/// What one state is called and coloured under what the reader wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Nothing stands there.
    Empty,
    /// By cargo class.
    Cargo(Cargo),
    /// By release.
    Released(bool),
    /// By direction; `None` is domestic or unknown.
    Direction(Option<Direction>),
    /// No alarm.
    Calm,
    /// An alarm is active; shown whatever else the reader wants to see.
    Alarm,
}

impl Class {
    /// The class of a state.
    pub fn of(by: ColourBy, state: SlotState) -> Class {
        match by {
            _ if !state.is_taken() => Class::Empty,
            _ if state.has_alarm() => Class::Alarm,
            ColourBy::Cargo => Class::Cargo(state.cargo()),
            ColourBy::Released => Class::Released(state.is_released()),
            ColourBy::Direction => Class::Direction(state.direction()),
            ColourBy::Alarm | ColourBy::Height | ColourBy::Moves => Class::Calm,
        }
    }

    /// The classes of a legend, in order.
    pub fn legend(by: ColourBy) -> Vec<Class> {
        let mut classes = match by {
            ColourBy::Cargo => [Cargo::General, Cargo::Reefer, Cargo::Dangerous, Cargo::Empty]
                .map(Class::Cargo)
                .to_vec(),
            ColourBy::Released => vec![Class::Released(true), Class::Released(false)],
            ColourBy::Direction => [
                Some(Direction::Import),
                Some(Direction::Export),
                Some(Direction::Transshipment),
                None,
            ]
            .map(Class::Direction)
            .to_vec(),
            ColourBy::Alarm | ColourBy::Height | ColourBy::Moves => vec![Class::Calm],
        };
        classes.push(Class::Alarm);
        classes.push(Class::Empty);
        classes
    }

    /// Its colour.
    pub fn colour(self, colours: &Colours) -> Colour {
        match self {
            Class::Empty => colours.empty,
            Class::Cargo(Cargo::General)
            | Class::Calm
            | Class::Direction(None | Some(Direction::Domestic)) => colours.general,
            Class::Cargo(Cargo::Reefer) => colours.reefer,
            Class::Cargo(Cargo::Dangerous) => colours.dangerous,
            Class::Cargo(Cargo::Empty) => colours.empties,
            Class::Released(true) => colours.yes,
            Class::Released(false) => colours.no,
            Class::Direction(Some(Direction::Import)) => colours.import,
            Class::Direction(Some(Direction::Export)) => colours.export,
            Class::Direction(Some(Direction::Transshipment)) => colours.transit,
            Class::Alarm => colours.alarm,
        }
    }

    /// Its token in the style sheet, for the legend.
    pub fn token(self) -> &'static str {
        match self {
            Class::Empty => "empty",
            Class::Cargo(Cargo::General)
            | Class::Calm
            | Class::Direction(None | Some(Direction::Domestic)) => "general",
            Class::Cargo(Cargo::Reefer) => "reefer",
            Class::Cargo(Cargo::Dangerous) => "dangerous",
            Class::Cargo(Cargo::Empty) => "empties",
            Class::Released(true) => "yes",
            Class::Released(false) => "no",
            Class::Direction(Some(Direction::Import)) => "import",
            Class::Direction(Some(Direction::Export)) => "export",
            Class::Direction(Some(Direction::Transshipment)) => "transit",
            Class::Alarm => "alarm",
        }
    }
}

/// The classes that the reader wants to see; none means all. Others stay there, hardly to be seen: what stands there
/// is still taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Only(Vec<String>);

impl Only {
    /// Of the address: tokens, parted by commas.
    pub fn of(text: Option<&str>) -> Only {
        let tokens = text
            .unwrap_or_default()
            .split(',')
            .filter(|token| !token.is_empty());
        Only(tokens.map(str::to_owned).collect())
    }

    /// Whether a class is to be seen.
    pub fn has(&self, class: Class) -> bool {
        self.0.is_empty() || self.0.iter().any(|token| token == class.token())
    }

    /// Whether a class was asked for by itself.
    pub fn names(&self, class: Class) -> bool {
        !self.0.is_empty() && self.has(class)
    }

    /// The address with a class put in or taken out; `None` when all are to be seen again.
    pub fn toggled(&self, token: &str) -> Option<String> {
        let mut tokens = self.0.clone();
        let before = tokens.len();
        tokens.retain(|other| other != token);
        if tokens.len() == before {
            tokens.push(token.to_owned());
        }
        (!tokens.is_empty()).then(|| tokens.join(","))
    }
}

/// How much of its colour a class keeps that the reader does not want to see.
const FAINT: f64 = 0.12;

/// A colour for each state byte, as the four bytes of a pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    /// By state byte.
    pub pixels: Box<[[u8; 4]; 256]>,
    /// By stack height, when that is what the reader wants to see.
    pub heights: Option<Box<[[u8; 4]; 16]>>,
}

impl Palette {
    /// The palette of what the reader wants to see.
    pub fn new(by: ColourBy, only: &Only, colours: &Colours) -> Palette {
        let pixel = |[red, green, blue]: Colour| [red, green, blue, 255];
        let mut pixels = Box::new([[0; 4]; 256]);
        for (byte, slot) in (0..=u8::MAX).zip(pixels.iter_mut()) {
            let class = Class::of(by, SlotState(byte));
            let colour = class.colour(colours);
            *slot = pixel(if only.has(class) || class == Class::Empty {
                colour
            } else {
                mix(colours.empty, colour, FAINT)
            });
        }
        let heights = (by == ColourBy::Height).then(|| {
            let mut heights = Box::new([[0; 4]; 16]);
            for (height, slot) in heights.iter_mut().enumerate() {
                // Seven is the highest stack there is; from the ground's colour to that of text.
                *slot = pixel(mix(
                    colours.empty,
                    colours.text,
                    (height as f64 / 7.0).min(1.0) * 0.85,
                ));
            }
            heights
        });
        Palette { pixels, heights }
    }
}

fn mix(from: Colour, to: Colour, share: f64) -> Colour {
    let part = |index: usize| {
        let (a, b) = (f64::from(from[index]), f64::from(to[index]));
        (a + (b - a) * share).round() as u8
    };
    [part(0), part(1), part(2)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_put_in_and_taken_out_of_the_address() {
        let only = Only::of(Some("reefer,alarm"));
        assert!(only.has(Class::Alarm) && !only.has(Class::Cargo(Cargo::General)));
        assert_eq!(only.toggled("alarm").as_deref(), Some("reefer"));
        assert_eq!(only.toggled("general").as_deref(), Some("reefer,alarm,general"));
        assert_eq!(Only::of(Some("alarm")).toggled("alarm"), None);
        assert!(Only::of(None).has(Class::Alarm) && !Only::of(None).names(Class::Alarm));
    }

    #[test]
    fn an_alarm_has_its_colour_whatever_else_is_shown() {
        let colours = Colours {
            alarm: [200, 0, 0],
            ..Colours::default()
        };
        let state = SlotState::of(Cargo::Reefer, true, Some(Direction::Export), true);
        for by in ColourBy::ALL {
            let palette = Palette::new(by, &Only::default(), &colours);
            assert_eq!(palette.pixels[usize::from(state.0)], [200, 0, 0, 255]);
            assert!(Class::legend(by).contains(&Class::of(by, state)));
        }
    }
}
