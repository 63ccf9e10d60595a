//! The map itself: two canvases, and what pointer, wheel and keys do with them.

use super::looks::Looks;
use crate::colours::prefers;
use crate::components::markup::fill;
use crate::components::planted::{find, listen, planted};
use crate::components::reactive::effect;
use crate::components::shell::say;
use crate::components::sized::Sized;
use crate::context::Context;
use crate::i18n::Word;
use crate::live::Followed;
use crate::live::steady_ms;
use crate::yard_map::flight::Flight;
use crate::yard_map::measure::measure;
use crate::yard_map::paint::{Chosen, Painter};
use crate::yard_map::palette::{ColourBy, Only};
use crate::yard_map::plan::{Under, under};
use crate::yard_map::states::{Ground, Yard};
use crate::yard_map::view::View;
use leptos::logging::warn;
use leptos::prelude::*;
use shared::yard::layout::Point;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlCanvasElement, HtmlElement, KeyboardEvent, PointerEvent, WheelEvent};

/// A pointer that moved less than this many pixels clicked.
const CLICK: f64 = 5.0;

/// What changed is seen for this long, in milliseconds, and in the past for that long.
const GLOWS: f64 = 60_000.0;
const GLOWED: f64 = 2_500.0;
/// As many changes are seen at most.
const MOST_GLOWS: usize = 600;
/// How often what fades is drawn.
const FADE: Duration = Duration::from_millis(500);

/// What the handlers share. It belongs to the page, not to the reactive graph: drawing must not wait for it.
struct Desk {
    frame: HtmlElement,
    above: HtmlCanvasElement,
    hover: HtmlElement,
    painter: RefCell<Option<Painter>>,
    pointers: RefCell<Vec<(i32, f64, f64)>>,
    travelled: Cell<f64>,
    frame_pending: Cell<bool>,
    only_changes: Cell<bool>,
    touched: Cell<bool>,
    size: RefCell<Option<Sized>>,
    flight: Cell<Option<Flight>>,
    // What changed, and until when that is seen.
    changed: RefCell<Vec<(Ground, f64)>>,
    fading: Cell<bool>,
    // Where on the plan a region was begun.
    corner: Cell<Option<Point>>,
}

/// The map of a yard under what the colours mean.
pub fn map(context: Context, yard: Followed<Yard>, looks: Looks) -> AnyView {
    let words = [
        Word::YardMap,
        Word::YardMapHelp,
        Word::SelectRegion,
        Word::CountInSight,
        Word::ZoomIn,
        Word::ZoomOut,
        Word::WholePort,
    ];
    let map = fill(
        "<canvas class=\"map-base\" aria-hidden=\"true\"></canvas><canvas class=\"map-above\" tabindex=\"0\" role=\"img\" \
         aria-label=\"{}\" aria-description=\"{}\"></canvas><div class=\"map-buttons\">\
         <button type=\"button\" data-do=\"region\" aria-pressed=\"false\">{}</button>\
         <button type=\"button\" data-do=\"sight\">{}</button>\
         <button type=\"button\" data-do=\"nearer\" aria-label=\"{}\">+</button>\
         <button type=\"button\" data-do=\"farther\" aria-label=\"{}\">−</button>\
         <button type=\"button\" data-do=\"whole\">{}</button></div>\
         <p class=\"map-hover\" aria-hidden=\"true\" hidden></p>",
        &words.map(|word| say(context.language, word)),
    );
    planted(
        "map",
        map,
        Box::new(move |frame| begin(context, yard, looks, frame)),
    )
}

/// Draws into the canvases of a frame, and hears what is done with them.
fn begin(context: Context, yard: Followed<Yard>, looks: Looks, frame: HtmlElement) {
    let (Some(base), Some(above), Some(hover)) = (
        find::<HtmlCanvasElement>(&frame, ".map-base"),
        find::<HtmlCanvasElement>(&frame, ".map-above"),
        find::<HtmlElement>(&frame, ".map-hover"),
    ) else {
        return;
    };
    let kept = StoredValue::new_local(Rc::new(Desk {
        frame: frame.clone(),
        above: above.clone(),
        hover,
        painter: RefCell::default(),
        pointers: RefCell::default(),
        travelled: Cell::default(),
        frame_pending: Cell::default(),
        only_changes: Cell::default(),
        touched: Cell::default(),
        size: RefCell::default(),
        flight: Cell::default(),
        changed: RefCell::default(),
        fading: Cell::default(),
        corner: Cell::default(),
    }));
    let desk = move || held(kept);
    let block = context.address.parameter("block");
    let bay = context.address.parameter("bay");
    let measured = context.address.parameter("measure");
    let by = context.address.parameter("colour");
    let by = move || ColourBy::of(by.get().as_deref());
    let only = context.address.parameter("only");
    let only = move || Only::of(only.get().as_deref());
    let slot = context.address.parameter("slot");
    let ground = move || {
        let slot = slot.get()?;
        yard.with_untracked(|yard| {
            let yard = yard?;
            let address = yard.layout.pattern.read(&slot)?;
            yard.ground(yard.layout.index(&address)?.near)
        })
    };
    let chosen = move || Chosen {
        block: block.get(),
        bay: bay.get().and_then(|bay| bay.parse().ok()),
        slot: ground(),
        region: looks.region(),
    };

    // Draws at the next frame, however many reasons there are.
    let draw = move |only_changes: bool| {
        let Some(desk) = desk() else {
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
            let flying = desk.flight.get();
            let mut painter = desk.painter.borrow_mut();
            let Some(painter) = painter.as_mut() else {
                return;
            };
            if let Some(flight) = flying {
                let (view, arrived) = flight.at(steady_ms());
                painter.view = view;
                desk.only_changes.set(false);
                if arrived {
                    desk.flight.set(None);
                }
            }
            desk.fade(painter);
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

    // A flight goes on, frame by frame, until it has arrived.
    let fly = move |to: View| {
        let Some(desk) = desk() else {
            return;
        };
        let mut painter = desk.painter.borrow_mut();
        let Some(painter) = painter.as_mut() else {
            return;
        };
        if prefers("(prefers-reduced-motion: reduce)") {
            painter.view = to;
        } else {
            desk.flight.set(Some(Flight::new(painter.view, to, steady_ms())));
            every_frame(Rc::new(move || {
                draw(false);
                held(kept).is_some_and(|desk| desk.flight.get().is_some())
            }));
        }
        draw(false);
    };

    let size = move || {
        let desk = desk()?;
        let (width, height) = (desk.frame.client_width(), desk.frame.client_height());
        Some((f64::from(width), f64::from(height)))
    };
    let fit = move || {
        let (Some(desk), Some((width, height))) = (desk(), size()) else {
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

    let selectable = above.clone();
    if measured.get_untracked().is_some() {
        // After the page has come to rest.
        set_timeout(
            move || {
                let result = measure(&base, &above, size().unwrap_or((1_600.0, 900.0)), 1.0);
                if let Err(error) = result {
                    warn!("drawing could not be measured: {error:?}");
                }
            },
            Duration::from_millis(500),
        );
    } else if let Some(layout) = yard.with_untracked(|yard| yard.map(|yard| yard.layout.clone())) {
        match Painter::new(&base, &above, layout, untrack(by), &untrack(only)) {
            Ok(painter) => {
                if let Some(desk) = desk() {
                    desk.painter.replace(Some(painter));
                    desk.size.replace(Sized::follow(&frame, fit));
                }
                fit();
            }
            Err(error) => warn!("this browser cannot draw the map: {error:?}"),
        }
    }

    // The yard changed.
    effect(move || {
        yard.with(|yard| {
            if let (Some(yard), Some(desk)) = (yard, desk()) {
                desk.note(yard);
            }
        });
        draw(true);
        if let Some(desk) = desk()
            && !desk.changed.borrow().is_empty()
            && !desk.fading.replace(true)
        {
            fade_on(kept, Rc::new(move || draw(true)));
        }
    });
    // Colours mean something else now.
    let mut coloured = untrack(|| (by(), only()));
    effect(move || {
        let looks = (by(), only());
        if coloured != looks {
            if let Some(desk) = desk()
                && let Some(painter) = desk.painter.borrow_mut().as_mut()
            {
                painter.recolour(looks.0, &looks.1);
            }
            coloured = looks;
            draw(false);
        }
    });
    effect(move || {
        let heat = looks.heat.look(Clone::clone);
        if let Some(desk) = desk()
            && let Some(painter) = desk.painter.borrow_mut().as_mut()
        {
            painter.heat = heat;
        }
        draw(false);
    });
    // Something else was chosen: a block or a slot is flown to when it is another one.
    let mut looked_at = untrack(chosen);
    effect(move || {
        let chosen = chosen();
        if looked_at.block != chosen.block || looked_at.slot != chosen.slot {
            let to = desk().and_then(|desk| {
                desk.touched.set(false);
                desk.painter
                    .borrow()
                    .as_ref()
                    .map(|painter| look_at(painter, &chosen))
            });
            looked_at.clone_from(&chosen);
            if let Some(to) = to {
                fly(to);
            }
        }
        draw(false);
    });
    let button = find::<Element>(&frame, "[data-do=region]");
    effect(move || {
        let selecting = looks.selecting.get();
        if let Some(button) = &button {
            // Only what it says would be missing.
            let _ = button.set_attribute("aria-pressed", if selecting { "true" } else { "false" });
        }
        let _ = selectable.class_list().toggle_with_force("selecting", selecting);
    });

    let change_view = move |change: &dyn Fn(View, &View) -> View| {
        if let Some(desk) = desk()
            && let Some(painter) = desk.painter.borrow_mut().as_mut()
        {
            desk.touched.set(true);
            desk.flight.set(None);
            painter.view = change(painter.view, &painter.whole());
        }
        draw(false);
    };
    let middle = move |view: &View| (view.screen.0 / 2.0, view.screen.1 / 2.0);
    let zoom = move |factor: f64| change_view(&|view, whole| view.zoomed(factor, middle(&view), whole));
    let show_all = move || {
        if let Some(whole) = desk().and_then(|desk| desk.painter.borrow().as_ref().map(Painter::whole)) {
            fly(whole);
        }
        context
            .address
            .set(&[("block", None), ("bay", None), ("slot", None)]);
    };
    let ratio = move || {
        desk().map_or(1.0, |desk| {
            desk.painter.borrow().as_ref().map_or(1.0, Painter::ratio)
        })
    };

    let at = move |x: f64, y: f64| -> Option<(Under, String)> {
        let desk = desk()?;
        let painter = desk.painter.borrow();
        let painter = painter.as_ref()?;
        yard.with_untracked(|yard| {
            let yard = yard?;
            let point = painter.view.to_plan((x * painter.ratio(), y * painter.ratio()));
            let found = under(&yard.layout, painter.places(), point)?;
            let name = yard.layout.blocks().get(found.block)?.name.to_string();
            Some((found, name))
        })
    };

    let on_plan = move |x: f64, y: f64| -> Option<Point> {
        let desk = desk()?;
        let painter = desk.painter.borrow();
        let painter = painter.as_ref()?;
        Some(painter.view.to_plan((x * painter.ratio(), y * painter.ratio())))
    };
    // All that is in sight.
    let sight = move || {
        if let Some((width, height)) = size()
            && let (Some(one), Some(other)) = (on_plan(0.0, 0.0), on_plan(width, height))
        {
            looks.set_region(Some((one, other)));
        }
    };

    let wheel = move |event: WheelEvent| {
        event.prevent_default();
        let ratio = ratio();
        let at = (
            f64::from(event.offset_x()) * ratio,
            f64::from(event.offset_y()) * ratio,
        );
        let factor = js_sys::Math::exp((-event.delta_y() * 0.0015).clamp(-0.7, 0.7));
        change_view(&|view, whole| view.zoomed(factor, at, whole));
    };
    let down = move |event: PointerEvent| {
        let Some(desk) = desk() else {
            return;
        };
        // Without capture a drag ends at the edge; that is all.
        let _ = desk.above.set_pointer_capture(event.pointer_id());
        let mut pointers = desk.pointers.borrow_mut();
        if pointers.is_empty() {
            desk.travelled.set(0.0);
            let drawing = event.shift_key() || looks.selecting.get_untracked();
            let corner = on_plan(f64::from(event.offset_x()), f64::from(event.offset_y()));
            desk.corner.set(corner.filter(|_| drawing));
        }
        pointers.push((
            event.pointer_id(),
            f64::from(event.offset_x()),
            f64::from(event.offset_y()),
        ));
    };
    let moved = move |event: PointerEvent| {
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let Some(desk) = desk() else {
            return;
        };
        let mut pointers = desk.pointers.borrow_mut();
        let Some(index) = pointers.iter().position(|(id, ..)| *id == event.pointer_id()) else {
            drop(pointers);
            let told = at(x, y).map(|(found, name)| {
                let [block, bay, row] = [Word::Block, Word::Bay, Word::Row].map(|word| context.say(word));
                let (at_bay, at_row) = (found.bay.to_string(), found.row.to_string());
                [block, &name, "·", bay, &at_bay, "·", row, &at_row].join(" ")
            });
            desk.tell(&told.unwrap_or_default());
            return;
        };
        let (_, before_x, before_y) = pointers[index];
        pointers[index] = (event.pointer_id(), x, y);
        desk.travelled
            .set(desk.travelled.get() + far(x - before_x, y - before_y));
        let other = pointers
            .iter()
            .find(|(id, ..)| *id != event.pointer_id())
            .copied();
        drop(pointers);
        let ratio = ratio();
        if let (Some(corner), None) = (desk.corner.get(), other) {
            if desk.travelled.get() >= CLICK {
                looks.set_region(on_plan(x, y).map(|here| (corner, here)));
            }
            return;
        }
        match other {
            None if desk.travelled.get() >= CLICK => {
                change_view(&|view, whole| {
                    view.moved(((x - before_x) * ratio, (y - before_y) * ratio), whole)
                });
            }
            None => {}
            // Two fingers: what is between them stays between them.
            Some((_, other_x, other_y)) => {
                let before = far(before_x - other_x, before_y - other_y).max(1.0);
                let factor = far(x - other_x, y - other_y) / before;
                let at = ((x + other_x) / 2.0 * ratio, (y + other_y) / 2.0 * ratio);
                change_view(&|view, whole| view.zoomed(factor, at, whole));
            }
        }
    };
    let up = move |event: PointerEvent| {
        let Some(desk) = desk() else {
            return;
        };
        let was_last = {
            let mut pointers = desk.pointers.borrow_mut();
            let held = pointers.len();
            pointers.retain(|(id, ..)| *id != event.pointer_id());
            held == 1 && pointers.is_empty()
        };
        let drew = was_last && desk.corner.take().is_some() && desk.travelled.get() >= CLICK;
        if drew {
            looks.selecting.set(false);
        }
        if !was_last || desk.travelled.get() >= CLICK || event.type_() != "pointerup" {
            return;
        }
        if let Some((found, name)) = at(f64::from(event.offset_x()), f64::from(event.offset_y())) {
            // The first click opens the block, a further one a bay of it.
            let same = block.get_untracked().as_deref() == Some(name.as_str());
            let bay = same.then(|| found.bay.to_string());
            context
                .address
                .set(&[("block", Some(&name)), ("bay", bay.as_deref()), ("slot", None)]);
        }
    };
    let key = move |event: KeyboardEvent| {
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
            "s" => sight(),
            "Escape" if untrack(|| looks.region()).is_some() => looks.set_region(None),
            _ => return,
        }
        event.prevent_default();
    };

    let hear = move |event: Event| match event.type_().as_str() {
        "wheel" => wheel(event.unchecked_into()),
        "pointerdown" => down(event.unchecked_into()),
        "pointermove" => moved(event.unchecked_into()),
        "pointerup" | "pointercancel" => up(event.unchecked_into()),
        "keydown" => key(event.unchecked_into()),
        "click" => {
            let button = event_target::<Element>(&event).get_attribute("data-do");
            match button.as_deref() {
                Some("nearer") => zoom(1.6),
                Some("farther") => zoom(1.0 / 1.6),
                Some("region") => looks.selecting.update(|selecting| *selecting = !*selecting),
                Some("sight") => sight(),
                Some(_) => show_all(),
                None => {}
            }
        }
        _ => {
            if let Some(desk) = desk() {
                desk.tell("");
            }
        }
    };
    let hear = Rc::new(hear);
    let pressed = hear.clone();
    let events = &[
        "wheel",
        "pointerdown",
        "pointermove",
        "pointerup",
        "pointercancel",
        "pointerleave",
        "keydown",
    ];
    if let Some(desk) = desk() {
        listen(&desk.above, events, Box::new(move |event| hear(event)));
    }
    listen(&frame, &["click"], Box::new(move |event| pressed(event)));
}

impl Desk {
    /// Says what the pointer is over; nothing hides it.
    fn tell(&self, words: &str) {
        if self.hover.text_content().as_deref() != Some(words) {
            self.hover.set_text_content(Some(words));
            self.hover.set_hidden(words.is_empty());
        }
    }

    /// Notes what changed in a yard, so that it is seen for a while.
    fn note(&self, yard: &Yard) {
        let until = steady_ms() + if yard.at.is_some() { GLOWED } else { GLOWS };
        let mut changed = self.changed.borrow_mut();
        for index in yard.take_fresh() {
            if let Some(ground) = yard.ground(index as usize) {
                changed.retain(|(other, _)| *other != ground);
                changed.push((ground, until));
            }
        }
        let too_many = changed.len().saturating_sub(MOST_GLOWS);
        changed.drain(..too_many);
    }

    /// Tells the painter what is still to be seen of what changed.
    fn fade(&self, painter: &mut Painter) {
        let now = steady_ms();
        let mut changed = self.changed.borrow_mut();
        changed.retain(|(_, until)| *until > now);
        painter.glows.clear();
        for (ground, until) in changed.iter() {
            painter.glows.push((*ground, ((until - now) / GLOWS).max(0.25)));
        }
    }
}

/// Draws again and again while something fades.
fn fade_on(kept: StoredValue<Rc<Desk>, LocalStorage>, draw: Rc<dyn Fn()>) {
    set_timeout(
        move || {
            let Some(desk) = held(kept) else {
                return;
            };
            // Once more than there is something: the last of it has to go.
            draw();
            if desk.changed.borrow().is_empty() {
                desk.fading.set(false);
            } else {
                fade_on(kept, draw);
            }
        },
        FADE,
    );
}

/// Does something at every frame for as long as it says so.
fn every_frame(go_on: Rc<dyn Fn() -> bool>) {
    request_animation_frame(move || {
        if go_on() {
            every_frame(go_on);
        }
    });
}

/// The desk, as long as the map is there.
#[inline(never)]
fn held(desk: StoredValue<Rc<Desk>, LocalStorage>) -> Option<Rc<Desk>> {
    desk.try_get_value()
}

fn desk_of(desk: Rc<Desk>) -> Option<Rc<Desk>> {
    // A frame that comes after the map is gone draws nothing: only the frame itself still holds the desk.
    (Rc::strong_count(&desk) > 1).then_some(desk)
}

/// How far two points are from each other. Pixels are no such numbers that their squares would be too large.
fn far(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

fn look_at(painter: &Painter, chosen: &Chosen) -> View {
    let slot = chosen.slot.and_then(|slot| painter.around(slot));
    let block = || chosen.block.as_deref().and_then(|name| painter.block(name));
    slot.or_else(block).unwrap_or_else(|| painter.whole())
}
