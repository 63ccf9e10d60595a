//! The port, live: the map in its colours, blocks with alarms marked by shape, and the counts that matter.

use super::outline::around;
use super::{fact, facts};
use crate::client::{CallError, calls, understood};
use crate::components::block::block as part;
use crate::components::markup::{Markup, fill, join, nothing, shown, text};
use crate::components::planted::{find, planted};
use crate::components::reactive::{changing, effect, whether};
use crate::components::sized::Sized;
use crate::i18n::{Word, format};
use crate::live::{Followed, Topic, follow};
use crate::pages::wall::fit::fitted;
use crate::pages::wall::source::trouble_of;
use crate::pages::wall::stage::Stage;
use crate::yard_map::classes::{count, words};
use crate::yard_map::paint::Painter;
use crate::yard_map::palette::{Class, ColourBy, Only};
use crate::yard_map::plan::{places, whole};
use crate::yard_map::states::Yard;
use leptos::logging::warn;
use leptos::prelude::*;
use shared::yard::Layout;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use web_sys::{HtmlCanvasElement, HtmlElement};

/// So many blocks at most are named beside their mark.
const NAMED: usize = 4;
/// From so many alarms on.
const NAMED_FROM: u32 = 2;
/// So many times as broad as it is high.
const BROAD: f64 = 2.2;

/// What drawing needs. It belongs to the page, not to the reactive graph.
#[derive(Default)]
struct Easel {
    painter: RefCell<Option<Painter>>,
    frame: RefCell<Option<HtmlElement>>,
    pending: Cell<bool>,
    all: Cell<bool>,
    size: RefCell<Option<Sized>>,
}

/// The map while it is there. Cheap to copy.
#[derive(Clone, Copy)]
struct Map {
    stage: Stage,
    yard: Followed<Yard>,
    easel: StoredValue<Rc<Easel>, LocalStorage>,
    // Counts how often the map has another size or place.
    placed: RwSignal<u32>,
    seen: Memo<bool>,
}

/// The scene.
pub fn yard(stage: Stage, seen: Memo<bool>) -> AnyView {
    let layout = stage.layout;
    let there = whether(move || layout.core().is_there());
    changing(move || {
        let _ = there.get();
        match layout.with_untracked(|layout| Some(layout?.0.clone())) {
            Some(layout) => of_layout(stage, layout, seen),
            None => shown("wall-body", move || trouble_of(stage, layout.core())),
        }
    })
}

fn of_layout(stage: Stage, layout: Arc<Layout>, seen: Memo<bool>) -> AnyView {
    let query = stage.context.call();
    let known = layout.clone();
    let read = move |text: &str| {
        let now = understood(text)?;
        Yard::new(known.clone(), &now).ok_or_else(|| CallError::Shape("the states are no base64".to_owned()))
    };
    let yard = follow(
        stage.context.live,
        &[Topic::Yard],
        move || calls::yard(&query),
        read,
    );
    let map = Map {
        stage,
        yard,
        easel: StoredValue::new_local(Rc::default()),
        placed: RwSignal::new(0),
        seen,
    };
    effect(move || {
        stage.moment.with(|_| ());
        if yard.core().is_wanting() {
            yard.reload();
        }
    });
    let canvas = fill(
        "<canvas class=\"wall-ground\" aria-hidden=\"true\"></canvas>",
        &[],
    );
    let begun = layout.clone();
    let ready = move |frame: HtmlElement| map.begin(&begun, frame);
    let parts = vec![
        planted("wall-plan", canvas, Box::new(ready)),
        shown("wall-marks", move || map.marks()),
    ];
    let legend = fitted("wall-legend", stage.resized, move || legend(map));
    // A port along a river is broad and low: what the colours mean then stands below it.
    let (width, height) = whole(&layout, &places(&layout)).size();
    let class = if width > height * BROAD {
        "wall-yard wall-body broad"
    } else {
        "wall-yard wall-body"
    };
    part(class, vec![part("wall-map", parts), legend])
}

impl Map {
    fn begin(self, layout: &Arc<Layout>, frame: HtmlElement) {
        let Some(canvas) = find::<HtmlCanvasElement>(&frame, "canvas") else {
            return;
        };
        let by = self.colours();
        // Labels are of the page, not of a canvas: nothing is drawn on the second one.
        let painter = match Painter::new(&canvas, &canvas, layout.clone(), by, &Only::default()) {
            Ok(painter) => painter,
            Err(error) => return warn!("this browser cannot draw the map: {error:?}"),
        };
        let Some(easel) = self.easel.try_get_value() else {
            return;
        };
        easel.painter.replace(Some(painter));
        easel.frame.replace(Some(frame.clone()));
        easel.size.replace(Sized::follow(&frame, move || self.fit()));
        self.fit();
        // The yard changed; what nobody sees is drawn when it is seen.
        effect(move || {
            self.yard.with(|_| ());
            if self.seen.get() {
                self.draw(false);
            }
        });
        // It is night now.
        effect(move || {
            self.stage.resized.track();
            if let Some(easel) = self.easel.try_get_value()
                && let Some(painter) = easel.painter.borrow_mut().as_mut()
            {
                painter.recolour(by, &Only::default());
            }
            self.draw(true);
        });
    }

    fn colours(self) -> ColourBy {
        let query = self.stage.context.address.query_now();
        ColourBy::of(query.get("colour"))
    }

    fn fit(self) {
        let Some(easel) = self.easel.try_get_value() else {
            return;
        };
        if let (Some(painter), Some(frame)) = (easel.painter.borrow_mut().as_mut(), &*easel.frame.borrow()) {
            let (width, height) = (frame.client_width(), frame.client_height());
            painter.resize(f64::from(width), f64::from(height), window().device_pixel_ratio());
            painter.view = painter.whole();
        }
        let _ = self.placed.try_update(|times| *times = times.wrapping_add(1));
        self.draw(true);
    }

    /// Draws at the next frame, however many reasons there are.
    fn draw(self, all: bool) {
        let Some(easel) = self.easel.try_get_value() else {
            return;
        };
        easel.all.set(all || easel.all.get());
        if easel.pending.replace(true) {
            return;
        }
        request_animation_frame(move || {
            let Some(easel) = self.easel.try_get_value() else {
                return;
            };
            easel.pending.set(false);
            let all = easel.all.replace(false);
            if let Some(painter) = easel.painter.borrow_mut().as_mut() {
                let done = self.yard.with_untracked(|yard| match yard {
                    Some(yard) if all => painter.draw_ground(yard),
                    Some(yard) => painter.draw_ground_changes(yard).map(|_| ()),
                    None => Ok(()),
                });
                if let Err(error) = done {
                    warn!("the map could not be drawn: {error:?}");
                }
            }
        });
    }

    /// What lies over the map: the blocks' edges, a mark beside each block with alarms, larger the more they are, and
    /// the names of those with the most.
    fn marks(self) -> Markup {
        self.placed.track();
        self.stage.resized.track();
        let Some(easel) = self.easel.try_get_value() else {
            return nothing();
        };
        let (painter, frame) = (easel.painter.borrow(), easel.frame.borrow());
        let (Some(painter), Some(frame)) = (painter.as_ref(), frame.as_ref()) else {
            return nothing();
        };
        let size = self.stage.type_size();
        self.yard
            .with(|yard| yard.map_or_else(nothing, |yard| drawn(painter, frame, yard, size)))
    }
}

fn drawn(painter: &Painter, frame: &HtmlElement, yard: &Yard, size: f64) -> Markup {
    let view = painter.view;
    let ratio = painter.ratio();
    // In pixels of the page, so that text has the wall's size.
    let to_page = |(x, y): (f64, f64)| (x / ratio, y / ratio);
    let (mut edges, mut marks) = (String::new(), String::new());
    let mut alarmed = Vec::new();
    for ((one, place), tally) in yard
        .layout
        .blocks()
        .iter()
        .zip(painter.places())
        .zip(&yard.tallies)
    {
        let Some(place) = place else {
            continue;
        };
        edges.push_str(&around(
            place.corners().map(|corner| to_page(view.to_screen(corner))),
        ));
        if tally.alarms > 0 {
            let (x, y) = to_page(view.to_screen(place.bounds().high));
            let (_, low) = to_page(view.to_screen(place.bounds().low));
            alarmed.push((tally.alarms, one.name.as_str(), (x, (y + low) / 2.0)));
        }
    }
    alarmed.sort_by_key(|one| std::cmp::Reverse(one.0));
    for (alarms, _, (x, y)) in &alarmed {
        // The area of a mark tells how many there are.
        let half = (f64::from(*alarms).sqrt() * 0.055 * size)
            .max(0.1 * size)
            .min(0.36 * size);
        let corners = [
            (*x, y - half),
            (x + half * 1.1, y + half),
            (x - half * 1.1, y + half),
        ];
        marks.push_str(&around(corners));
    }
    let (width, height) = (f64::from(frame.client_width()), f64::from(frame.client_height()));
    let names = names(&alarmed, (width, height), size);
    let box_of = [
        "0 0 ",
        &(width as u32).to_string(),
        " ",
        &(height as u32).to_string(),
    ]
    .concat();
    fill(
        "<svg viewBox=\"{}\" aria-hidden=\"true\"><path class=\"edges\" d=\"{}\"/><path class=\"marks\" d=\"{}\"/>{}</svg>",
        &[text(&box_of), text(&edges), text(&marks), names],
    )
}

/// The blocks with the most alarms by name, none over another and none over the edge.
fn names(alarmed: &[(u32, &str, (f64, f64))], (width, height): (f64, f64), size: f64) -> Markup {
    let mut names = Vec::new();
    let mut taken: Vec<(f64, f64, f64)> = Vec::new();
    for (alarms, name, (x, y)) in alarmed {
        if names.len() == NAMED || *alarms < NAMED_FROM {
            break;
        }
        let words = [name, " ▲", &alarms.to_string()].concat();
        let long = words.chars().count() as f64 * size * 0.6;
        let (left, middle) = (x + size * 0.5, y + size * 0.36);
        let (top, bottom) = (y - size * 0.7, y + size * 0.7);
        let over = |other: &(f64, f64, f64)| {
            left < other.1 && other.0 < left + long && (y - other.2).abs() < size * 1.25
        };
        if left + long > width || top < 0.0 || bottom > height || taken.iter().any(over) {
            continue;
        }
        taken.push((left, left + long, *y));
        let gaps = [
            text(&(left as i64).to_string()),
            text(&(middle as i64).to_string()),
            text(name),
            text(&alarms.to_string()),
        ];
        names.push(fill(
            "<text x=\"{}\" y=\"{}\">{} <tspan>▲{}</tspan></text>",
            &gaps,
        ));
    }
    join(&names)
}

/// What the colours mean with how many boxes have each, and how full the yard is.
fn legend(map: Map) -> Markup {
    let context = map.stage.context;
    let trouble = trouble_of(map.stage, map.yard.core());
    let by = map.colours();
    let counts = map.yard.with(|yard| {
        let Some(yard) = yard else {
            return nothing();
        };
        let mut entries = Vec::new();
        let mut boxes = 0;
        for (index, (class, count)) in count(&yard.histogram, by).into_iter().enumerate() {
            let token = class.token();
            if token == "empty" {
                continue;
            }
            boxes += count;
            // Alarms stay, whatever else there is no room for.
            let drop = if class == Class::Alarm { 0 } else { 4 + index };
            let gaps = [
                text(&drop.to_string()),
                text(token),
                text(if class == Class::Alarm {
                    context.say(Word::WallInAlarm)
                } else {
                    words(context, class)
                }),
                text(&format::whole(count)),
            ];
            entries.push(fill(
                "<li data-drop=\"{}\"><i class=\"swatch\" data-class=\"{}\"></i><span>{}</span> <b>{}</b></li>",
                &gaps,
            ));
        }
        let taken: u32 = yard.tallies.iter().map(|tally| tally.taken).sum();
        let share = f64::from(taken) / (yard.states.len().max(1) as f64);
        let mut totals = vec![
            fact(context.say(Word::BoxesInYard), &format::whole(boxes + yard.elsewhere), 0),
            fact(context.say(Word::WallSlotsTaken), &format::percent(share), 2),
        ];
        if yard.elsewhere > 0 {
            totals.push(fact(context.say(Word::WallElsewhere), &format::whole(yard.elsewhere), 10));
        }
        fill("{}<ul class=\"wall-classes\">{}</ul>", &[facts(&totals), join(&entries)])
    });
    join(&[trouble, counts])
}
