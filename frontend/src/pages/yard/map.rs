//! The map itself: two canvases, and what pointer, wheel and keys do with them.

use crate::components::planted::listen;
use crate::components::reactive::{button, changing_text, effect, on_click, whether};
use crate::context::Context;
use crate::i18n::Word;
use crate::live::Followed;
use crate::yard_map::measure::measure;
use crate::yard_map::paint::{Chosen, Painter};
use crate::yard_map::palette::ColourBy;
use crate::yard_map::plan::{Under, under};
use crate::yard_map::states::Yard;
use crate::yard_map::view::View;
use leptos::html::{Canvas, Div};
use leptos::logging::warn;
use leptos::{ev, prelude::*};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{PointerEvent, ResizeObserver, WheelEvent};

/// A pointer that moved less than this many pixels clicked.
const CLICK: f64 = 5.0;

/// What the handlers share. It belongs to the page, not to the reactive graph: drawing must not wait for it.
#[derive(Default)]
struct Desk {
    painter: RefCell<Option<Painter>>,
    pointers: RefCell<Vec<(i32, f64, f64)>>,
    travelled: Cell<f64>,
    frame_pending: Cell<bool>,
    only_changes: Cell<bool>,
    touched: Cell<bool>,
}

/// Observes the size of an element until it is dropped.
struct Observer {
    observer: ResizeObserver,
    _closure: Closure<dyn FnMut()>,
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// The map of a yard under what the colours mean.
pub fn map(context: Context, yard: Followed<Yard>) -> AnyView {
    let frame = NodeRef::<Div>::new();
    let base = NodeRef::<Canvas>::new();
    let above = NodeRef::<Canvas>::new();
    let desk = StoredValue::new_local(Rc::new(Desk::default()));
    let hover = RwSignal::new(None::<String>);
    let block = context.address.parameter("block");
    let bay = context.address.parameter("bay");
    let measured = context.address.parameter("measure");
    let by = context.address.parameter("colour");
    let by = move || ColourBy::of(by.get().as_deref());
    let chosen = move || Chosen {
        block: block.get(),
        bay: bay.get().and_then(|bay| bay.parse().ok()),
    };

    // Draws at the next frame, however many reasons there are.
    let draw = move |only_changes: bool| {
        let Some(desk) = desk.try_get_value() else {
            return;
        };
        desk.only_changes
            .set(only_changes && (desk.only_changes.get() || !desk.frame_pending.get()));
        if desk.frame_pending.replace(true) {
            return;
        }
        request_animation_frame(move || {
            let Some(desk) = desk_of(desk) else {
                return;
            };
            desk.frame_pending.set(false);
            let mut painter = desk.painter.borrow_mut();
            let Some(painter) = painter.as_mut() else {
                return;
            };
            yard.with_untracked(|yard| {
                if let Some(yard) = yard {
                    let chosen = untrack(chosen);
                    let done = if desk.only_changes.get() {
                        painter.draw_changes(yard, &chosen).map(|_| ())
                    } else {
                        painter.draw(yard, &chosen)
                    };
                    if let Err(error) = done {
                        warn!("the map could not be drawn: {error:?}");
                    }
                }
            });
        });
    };

    let size = move || {
        let frame = frame.get_untracked()?;
        Some((f64::from(frame.client_width()), f64::from(frame.client_height())))
    };
    let fit = move || {
        let (Some(desk), Some((width, height))) = (desk.try_get_value(), size()) else {
            return;
        };
        if let Some(painter) = desk.painter.borrow_mut().as_mut() {
            painter.resize(width, height, window().device_pixel_ratio());
            if !desk.touched.get() {
                painter.view = look_at(painter, &untrack(chosen));
            }
        }
        draw(false);
    };

    // Once both canvases are there: take them over, and follow their size.
    effect(move || {
        let (Some(base), Some(above), Some(frame)) = (base.get(), above.get(), frame.get()) else {
            return;
        };
        if measured.get_untracked().is_some() {
            // After the page has come to rest.
            set_timeout(
                move || {
                    let result = measure(&base, &above, size().unwrap_or((1_600.0, 900.0)), 1.0);
                    if let Err(error) = result {
                        warn!("drawing could not be measured: {error:?}");
                    }
                },
                std::time::Duration::from_millis(500),
            );
            return;
        }
        let layout = yard.with_untracked(|yard| yard.map(|yard| yard.layout.clone()));
        let Some(layout) = layout else {
            return;
        };
        match Painter::new(&base, &above, layout, untrack(by)) {
            Ok(painter) => {
                desk.with_value(|desk| desk.painter.replace(Some(painter)));
            }
            Err(error) => return warn!("this browser cannot draw the map: {error:?}"),
        }
        let closure = Closure::<dyn FnMut()>::new(fit);
        if let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) {
            observer.observe(&frame);
            StoredValue::new_local(Observer {
                observer,
                _closure: closure,
            });
        }
        fit();
    });

    // The yard changed.
    effect(move || {
        yard.with(|_| ());
        draw(true);
    });
    // Colours mean something else now.
    let mut coloured = untrack(by);
    effect(move || {
        let by = by();
        if std::mem::replace(&mut coloured, by) != by {
            desk.with_value(|desk| {
                if let Some(painter) = desk.painter.borrow_mut().as_mut() {
                    painter.recolour(by);
                }
            });
            draw(false);
        }
    });
    // Something else was chosen: a block is looked at when it is another one.
    let mut looked_at = untrack(chosen).block;
    effect(move || {
        let chosen = chosen();
        if looked_at != chosen.block {
            looked_at.clone_from(&chosen.block);
            desk.with_value(|desk| {
                desk.touched.set(false);
                if let Some(painter) = desk.painter.borrow_mut().as_mut() {
                    painter.view = look_at(painter, &chosen);
                }
            });
        }
        draw(false);
    });

    let change_view = move |change: &dyn Fn(View, &View) -> View| {
        desk.with_value(|desk| {
            if let Some(painter) = desk.painter.borrow_mut().as_mut() {
                desk.touched.set(true);
                painter.view = change(painter.view, &painter.whole());
            }
        });
        draw(false);
    };
    let middle = move |view: &View| (view.screen.0 / 2.0, view.screen.1 / 2.0);
    let zoom = move |factor: f64| change_view(&|view, whole| view.zoomed(factor, middle(&view), whole));
    let show_all = move || {
        change_view(&|_, whole| *whole);
        context
            .address
            .set(&[("block", None), ("bay", None), ("slot", None)]);
    };
    let ratio = move || desk.with_value(|desk| desk.painter.borrow().as_ref().map_or(1.0, Painter::ratio));

    let find = move |x: f64, y: f64| -> Option<(Under, String)> {
        desk.with_value(|desk| {
            let painter = desk.painter.borrow();
            let painter = painter.as_ref()?;
            yard.with_untracked(|yard| {
                let yard = yard?;
                let point = painter.view.to_plan((x * painter.ratio(), y * painter.ratio()));
                let found = under(&yard.layout, painter.places(), point)?;
                let name = yard.layout.blocks().get(found.block)?.name.to_string();
                Some((found, name))
            })
        })
    };

    let wheel = move |event: WheelEvent| {
        event.prevent_default();
        let ratio = ratio();
        let at = (
            f64::from(event.offset_x()) * ratio,
            f64::from(event.offset_y()) * ratio,
        );
        let factor = (-event.delta_y() * 0.0015).clamp(-0.7, 0.7).exp();
        change_view(&|view, whole| view.zoomed(factor, at, whole));
    };
    let down = move |event: PointerEvent| {
        if let Some(canvas) = above.get_untracked() {
            // Without capture a drag ends at the edge; that is all.
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
        desk.with_value(|desk| {
            let mut pointers = desk.pointers.borrow_mut();
            if pointers.is_empty() {
                desk.travelled.set(0.0);
            }
            pointers.push((
                event.pointer_id(),
                f64::from(event.offset_x()),
                f64::from(event.offset_y()),
            ));
        });
    };
    let moved = move |event: PointerEvent| {
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let Some(desk) = desk.try_get_value() else {
            return;
        };
        let mut pointers = desk.pointers.borrow_mut();
        let Some(index) = pointers.iter().position(|(id, ..)| *id == event.pointer_id()) else {
            drop(pointers);
            let told = find(x, y).map(|(found, name)| {
                let words = [Word::Block, Word::Bay, Word::Row].map(|word| context.say(word));
                format!(
                    "{} {name} · {} {} · {} {}",
                    words[0], words[1], found.bay, words[2], found.row
                )
            });
            if hover.with_untracked(|hover| *hover != told) {
                hover.set(told);
            }
            return;
        };
        let (_, before_x, before_y) = pointers[index];
        pointers[index] = (event.pointer_id(), x, y);
        desk.travelled
            .set(desk.travelled.get() + (x - before_x).hypot(y - before_y));
        let other = pointers
            .iter()
            .find(|(id, ..)| *id != event.pointer_id())
            .copied();
        drop(pointers);
        let ratio = ratio();
        match other {
            None if desk.travelled.get() >= CLICK => {
                change_view(&|view, whole| {
                    view.moved(((x - before_x) * ratio, (y - before_y) * ratio), whole)
                });
            }
            None => {}
            // Two fingers: what is between them stays between them.
            Some((_, other_x, other_y)) => {
                let before = (before_x - other_x).hypot(before_y - other_y).max(1.0);
                let factor = (x - other_x).hypot(y - other_y) / before;
                let at = ((x + other_x) / 2.0 * ratio, (y + other_y) / 2.0 * ratio);
                change_view(&|view, whole| view.zoomed(factor, at, whole));
            }
        }
    };
    let up = move |event: PointerEvent| {
        let Some(desk) = desk.try_get_value() else {
            return;
        };
        let was_last = {
            let mut pointers = desk.pointers.borrow_mut();
            let held = pointers.len();
            pointers.retain(|(id, ..)| *id != event.pointer_id());
            held == 1 && pointers.is_empty()
        };
        if !was_last || desk.travelled.get() >= CLICK || event.type_() != "pointerup" {
            return;
        }
        if let Some((found, name)) = find(f64::from(event.offset_x()), f64::from(event.offset_y())) {
            // The first click opens the block, a further one a bay of it.
            let same = block.get_untracked().as_deref() == Some(name.as_str());
            let bay = same.then(|| found.bay.to_string());
            context
                .address
                .set(&[("block", Some(&name)), ("bay", bay.as_deref()), ("slot", None)]);
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        let step = 60.0 * ratio();
        let pan = |x: f64, y: f64| change_view(&|view, whole| view.moved((x, y), whole));
        match event.key().as_str() {
            "ArrowLeft" => pan(step, 0.0),
            "ArrowRight" => pan(-step, 0.0),
            "ArrowUp" => pan(0.0, step),
            "ArrowDown" => pan(0.0, -step),
            "+" | "=" => zoom(1.4),
            "-" => zoom(1.0 / 1.4),
            "0" => show_all(),
            _ => return,
        }
        event.prevent_default();
    };

    effect(move || {
        let Some(above) = above.get() else {
            return;
        };
        for (name, value) in [
            ("tabindex", "0"),
            ("role", "img"),
            ("aria-label", context.say(Word::YardMap)),
            ("aria-description", context.say(Word::YardMapHelp)),
        ] {
            if let Err(error) = above.set_attribute(name, value) {
                warn!("the map refused {name}: {error:?}");
            }
        }
        let hear = move |event: web_sys::Event| match event.type_().as_str() {
            "wheel" => wheel(event.unchecked_into()),
            "pointerdown" => down(event.unchecked_into()),
            "pointermove" => moved(event.unchecked_into()),
            "pointerup" | "pointercancel" => up(event.unchecked_into()),
            "keydown" => key(event.unchecked_into()),
            _ => hover.set(None),
        };
        let events = &[
            "wheel",
            "pointerdown",
            "pointermove",
            "pointerup",
            "pointercancel",
            "pointerleave",
            "keydown",
        ];
        listen(&above, events, Box::new(hear));
    });
    let unseen = whether(move || hover.with(Option::is_none));
    view! {
        <div class="map" node_ref=frame>
            <canvas class="map-base" node_ref=base aria-hidden="true"></canvas>
            <canvas
                class="map-above"
                node_ref=above
            ></canvas>
            <div class="map-buttons">
                {button("", context.say(Word::ZoomIn), "+", on_click(move || zoom(1.6)))}
                {button("", context.say(Word::ZoomOut), "−", on_click(move || zoom(1.0 / 1.6)))}
                {button("", "", context.say(Word::WholePort), on_click(show_all))}
            </div>
            <p class="map-hover" aria-hidden="true" hidden=unseen>{changing_text(move || hover.get().unwrap_or_default())}</p>
        </div>
    }
    .into_any()
}

fn desk_of(desk: Rc<Desk>) -> Option<Rc<Desk>> {
    // A frame that comes after the map is gone draws nothing: only the frame itself still holds the desk.
    (Rc::strong_count(&desk) > 1).then_some(desk)
}

fn look_at(painter: &Painter, chosen: &Chosen) -> View {
    let block = chosen.block.as_deref().and_then(|name| painter.block(name));
    block.unwrap_or_else(|| painter.whole())
}
