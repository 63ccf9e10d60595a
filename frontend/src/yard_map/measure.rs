//! How long drawing takes: `/yard?measure=1` draws a yard of 200,000 slots over and over and leaves what it
//! took on `window.__quaylight_measure`. The bench reads it; nobody else needs it.

use super::paint::{Chosen, Painter};
use super::palette::{ColourBy, Only};
use super::states::Yard;
use crate::live::{Position, steady_ms};
use js_sys::{Object, Reflect};
use leptos::prelude::window;
use shared::yard::{Block, Designation, Layout, SlotPattern, SlotState};
use std::sync::Arc;
use wasm_bindgen::JsValue;
use web_sys::HtmlCanvasElement;

const FRAMES: usize = 120;
const CHANGES: usize = 1_000;
const BLOCKS: u16 = 167;
const COLUMNS: u16 = 9;

/// A row of pseudo-random numbers that is always the same.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

/// Draws on these canvases and leaves the result.
pub fn measure(
    base: &HtmlCanvasElement,
    above: &HtmlCanvasElement,
    screen: (f64, f64),
    ratio: f64,
) -> Result<(), JsValue> {
    let mut numbers = Numbers(7);
    let mut yard = yard(&mut numbers);
    let mut painter = Painter::new(
        base,
        above,
        yard.layout.clone(),
        ColourBy::Cargo,
        &Only::default(),
    )?;
    painter.resize(screen.0, screen.1, ratio);
    painter.view = painter.whole();
    let chosen = Chosen::default();

    let mut full = Vec::with_capacity(FRAMES);
    for _ in 0..FRAMES {
        painter.recolour(ColourBy::Cargo, &Only::default());
        painter.wait_for_pixels()?;
        let begin = steady_ms();
        painter.draw(&yard, &chosen)?;
        painter.wait_for_pixels()?;
        full.push(steady_ms() - begin);
    }
    let mut changed = Vec::with_capacity(FRAMES);
    for _ in 0..FRAMES {
        let changes: Vec<(usize, SlotState)> = (0..CHANGES)
            .map(|_| {
                let index = numbers.next() as usize % yard.states.len();
                (
                    index,
                    SlotState(yard.states.get(index).copied().unwrap_or(0) ^ 0b1000),
                )
            })
            .collect();
        let begin = steady_ms();
        for (index, state) in changes {
            yard.set(index, state);
        }
        painter.draw_changes(&yard, &chosen)?;
        painter.wait_for_pixels()?;
        changed.push(steady_ms() - begin);
    }
    let result = Object::new();
    put(&result, "slots", yard.states.len() as f64)?;
    put(&result, "frames", FRAMES as f64)?;
    put(&result, "changes", CHANGES as f64)?;
    put(&result, "width", painter.view.screen.0)?;
    put(&result, "height", painter.view.screen.1)?;
    Reflect::set(&result, &"full".into(), &times(full)?)?;
    Reflect::set(&result, &"changed".into(), &times(changed)?)?;
    Reflect::set(&window(), &"__quaylight_measure".into(), &result)?;
    Ok(())
}

fn yard(numbers: &mut Numbers) -> Yard {
    let blocks = (0..BLOCKS).map(|index| {
        let (x, y) = (
            f64::from(index % COLUMNS) * 280.0,
            f64::from(index / COLUMNS) * 25.0,
        );
        Block {
            name: format!("M{index:02X}").into(),
            bays: 40,
            rows: 6,
            tiers: 5,
            designation: Designation::default(),
            outline: vec![
                (x, y),
                (x + 260.0, y),
                (x + 260.0, y + 17.0),
                (x, y + 17.0),
                (x, y),
            ],
        }
    });
    let layout = Arc::new(Layout::new(SlotPattern::default(), blocks.collect(), Vec::new()));
    let position = Position {
        epoch: String::new(),
        sequence: 0,
    };
    let mut yard = Yard::empty(layout, position);
    for index in 0..yard.states.len() {
        yard.set(index, SlotState(numbers.next() as u8 & 0b11_1111 | 1));
    }
    yard
}

fn times(mut times: Vec<f64>) -> Result<JsValue, JsValue> {
    // Some hundred numbers, in the plainest way: a sort of the library's would be larger than the rest here.
    for end in 1..times.len() {
        let mut at = end;
        while at > 0 && times[at - 1] > times[at] {
            times.swap(at - 1, at);
            at -= 1;
        }
    }
    let object = Object::new();
    let at = |share: f64| {
        let index = (times.len() as f64 * share) as usize;
        times
            .get(index.min(times.len().saturating_sub(1)))
            .copied()
            .unwrap_or(0.0)
    };
    put(&object, "median_ms", at(0.5))?;
    put(&object, "p95_ms", at(0.95))?;
    put(&object, "max_ms", at(1.0))?;
    Ok(object.into())
}

fn put(object: &Object, name: &str, value: f64) -> Result<(), JsValue> {
    Reflect::set(object, &name.into(), &value.into()).map(|_| ())
}
