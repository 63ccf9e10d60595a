//! A canvas that is as fine as the screen, and drawn anew when its size or its data change.

use crate::components::reactive::effect;
use crate::yard_map::paint::{read_colours, type_scale};
use crate::yard_map::palette::Colours;
use leptos::html::{Canvas, Div};
use leptos::logging::warn;
use leptos::prelude::*;
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::ResizeObserver;

/// What a chart is drawn with.
pub struct Sheet<'a> {
    /// Where to.
    pub backend: CanvasBackend,
    /// What one pixel of text and lines at a desk is here; sizes are multiplied by it.
    pub ratio: f64,
    /// The theme's colours.
    pub colours: &'a Colours,
}

/// A canvas; `draw` is called whenever something that it tracks, or the size, changes.
pub fn surface(
    label: &'static str,
    draw: impl Fn(Sheet<'_>) -> Result<(), String> + Send + Sync + 'static,
) -> impl IntoView {
    let frame = NodeRef::<Div>::new();
    let canvas = NodeRef::<Canvas>::new();
    let size = RwSignal::new((0_u32, 0_u32));
    effect(move || {
        let Some(frame) = frame.get() else {
            return;
        };
        let element = frame.clone();
        let measure = move || {
            let ratio = window().device_pixel_ratio();
            let pixels = |length: i32| (f64::from(length) * ratio).round().max(1.0) as u32;
            let _ = size.try_set((pixels(element.client_width()), pixels(element.client_height())));
        };
        measure();
        let closure = Closure::<dyn FnMut()>::new(measure);
        if let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) {
            observer.observe(&frame);
            StoredValue::new_local(Observed {
                observer,
                _closure: closure,
            });
        }
    });
    effect(move || {
        let ((width, height), Some(canvas)) = (size.get(), canvas.get()) else {
            return;
        };
        if width < 2 || height < 2 {
            return;
        }
        canvas.set_width(width);
        canvas.set_height(height);
        let Some(backend) = CanvasBackend::with_canvas_object(canvas) else {
            return;
        };
        let colours = read_colours();
        let sheet = Sheet {
            backend,
            ratio: window().device_pixel_ratio() * type_scale(),
            colours: &colours,
        };
        if let Err(error) = draw(sheet) {
            warn!("the chart {label} could not be drawn: {error}");
        }
    });
    view! {
        <div class="chart" node_ref=frame>
            <canvas node_ref=canvas role="img" aria-label=label></canvas>
        </div>
    }
}

struct Observed {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut()>,
}

impl Drop for Observed {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
