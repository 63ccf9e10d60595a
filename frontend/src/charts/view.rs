//! A chart on a page: canvas, crosshair, legend, table, and what pointer and keys do with them.
//!
//! One listener on the section hears everything; what is pointed at says what is meant. So all charts are one
//! program, whatever they show.

use super::paint::{Frame, Sheet, draw};
use super::picture::save_picture;
use super::plot::{Axis, Plot, Series, Shape};
use crate::client::text_as;
use crate::colours::{read_colours, type_scale};
use crate::components::download::save;
use crate::components::markup::{Markup, fill, join, link, table_of, text};
use crate::components::planted::{find, listen, planted};
use crate::components::reactive::{Make, effect, spawn};
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::format::thousandths;
use gloo_net::http::Method;
use leptos::logging::warn;
use leptos::prelude::*;
use shared::access::Right;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, Event, HtmlCanvasElement, HtmlElement, KeyboardEvent, PointerEvent, ResizeObserver};

/// A pointer that moved less than this many pixels clicked.
const CLICK: f64 = 5.0;

const EVENTS: [&str; 9] = [
    "click",
    "pointermove",
    "pointerdown",
    "pointerup",
    "pointercancel",
    "pointerout",
    "keydown",
    "blur",
    "toggle",
];

/// Sets the period in the address to these two, or back to the one before.
pub type Zoom = fn(Context, Option<(&str, &str)>);

/// A chart under its title; `name` is what its files are called. `plot` is looked at again whenever something
/// changes that it looked at.
pub fn chart(
    context: Context,
    name: &'static str,
    title: String,
    zoom: Option<Zoom>,
    plot: impl Fn() -> Option<Plot> + 'static,
) -> AnyView {
    boxed(context, name, title, zoom, Box::new(plot))
}

#[inline(never)]
fn boxed(
    context: Context,
    name: &'static str,
    title: String,
    zoom: Option<Zoom>,
    plot: Box<dyn Make<Option<Plot>>>,
) -> AnyView {
    let hidden = context.address.parameter("hide");
    let measured = RwSignal::new(0);
    let desk = Rc::new(RefCell::new(None::<Rc<Desk>>));
    let ready_desk = desk.clone();
    let skeleton = skeleton(context, &title);
    let ready = move |section: HtmlElement| {
        let made = Rc::new(Desk {
            context,
            name,
            title: title.clone(),
            zoom,
            section,
            plot: RefCell::default(),
            size: Cell::default(),
            frame: Cell::default(),
            cursor: Cell::default(),
            drag: Cell::default(),
        });
        ready_desk.replace(Some(made.clone()));
        let heard = made.clone();
        let _ = made.section.set_attribute("data-chart", name);
        listen(&made.section, &EVENTS, Box::new(move |event| heard.hear(&event)));
        if let Some(watched) = Watched::begin(&made, measured) {
            StoredValue::new_local(watched);
        }
    };
    effect(move || {
        let plot = plot.make();
        measured.track();
        hidden.track();
        let desk = desk.borrow().clone();
        if let Some(desk) = desk
            && desk.size.get().0 > 1
        {
            desk.plot.replace(plot);
            desk.draw();
        }
    });
    planted("card figure-chart", skeleton, Box::new(ready))
}

const SKELETON: &str = "\
<div class=\"chart-head\"><h2>{}</h2><div class=\"buttons\"><button type=\"button\" data-do=\"png\">PNG</button>\
{}</div></div><div class=\"chart-legend\"></div>\
<div class=\"chart\"><canvas aria-hidden=\"true\"></canvas><div class=\"crosshair\" hidden=\"\"></div>\
<div class=\"brush\" hidden=\"\"></div><div class=\"chart-above\" tabindex=\"0\" role=\"slider\" aria-label=\"{}\" \
aria-description=\"{}\"></div><div class=\"tip\" hidden=\"\"></div><p class=\"empty\" hidden=\"\">{}</p></div>\
<details><summary>{}</summary><div class=\"behind\"></div></details>";

fn skeleton(context: Context, title: &str) -> Markup {
    const CSV: &str = "<button type=\"button\" data-do=\"csv\">CSV</button>";
    let csv = if context.may(Right::Export) { CSV } else { "" };
    let gaps = [
        text(title),
        fill(csv, &[]),
        text(title),
        text(context.say(Word::ChartHelp)),
        text(context.say(Word::NoRows)),
        text(context.say(Word::Table)),
    ];
    fill(SKELETON, &gaps)
}

/// Observes the size until it is dropped.
struct Watched {
    observer: ResizeObserver,
    _measure: Closure<dyn FnMut()>,
}

impl Watched {
    /// Counts in `measured` how often the size changed.
    fn begin(desk: &Rc<Desk>, measured: RwSignal<u32>) -> Option<Watched> {
        let frame = desk.part(".chart")?;
        let (element, desk) = (frame.clone(), Rc::downgrade(desk));
        let measure = Closure::<dyn FnMut()>::new(move || {
            let ratio = window().device_pixel_ratio();
            let pixels = |length: i32| (f64::from(length) * ratio).round().max(1.0) as u32;
            let size = (pixels(element.client_width()), pixels(element.client_height()));
            if let Some(desk) = desk.upgrade()
                && desk.size.replace(size) != size
            {
                // A chart that is gone need not be drawn.
                let _ = measured.try_update(|times| *times = times.wrapping_add(1));
            }
        });
        let observer = ResizeObserver::new(measure.as_ref().unchecked_ref()).ok()?;
        observer.observe(&frame);
        Some(Watched {
            observer,
            _measure: measure,
        })
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// What listener and drawing share.
struct Desk {
    context: Context,
    name: &'static str,
    title: String,
    zoom: Option<Zoom>,
    section: HtmlElement,
    plot: RefCell<Option<Plot>>,
    // In pixels of the screen.
    size: Cell<(u32, u32)>,
    frame: Cell<Option<Frame>>,
    // The number of the place under the crosshair: it stays there when new rows come.
    cursor: Cell<Option<i64>>,
    // Where the pointer went down, in pixels of the page.
    drag: Cell<Option<f64>>,
}

impl Desk {
    fn part(&self, selector: &str) -> Option<HtmlElement> {
        find(&self.section, selector)
    }

    fn hidden(&self, key: &str) -> bool {
        let query = self.context.address.query_now();
        query
            .get("hide")
            .is_some_and(|hidden| hidden.split(',').any(|one| one == key))
    }

    fn draw(&self) {
        let (width, height) = self.size.get();
        let plot = self.plot.borrow();
        let canvas = find::<HtmlCanvasElement>(&self.section, "canvas");
        let (Some(plot), Some(canvas)) = (plot.as_ref(), canvas) else {
            return;
        };
        canvas.set_width(width);
        canvas.set_height(height);
        let sheet = Sheet {
            canvas: &canvas,
            ratio: self.ratio() * type_scale(),
            colours: &read_colours(),
            language: self.context.language,
            above: 0.0,
        };
        match draw(&sheet, plot, &|key| self.hidden(key)) {
            Ok(frame) => self.frame.set(Some(frame)),
            Err(error) => warn!("the chart {} could not be drawn: {error}", self.name),
        }
        if let Some(empty) = self.part(".empty") {
            empty.set_hidden(!plot.is_empty());
        }
        self.put(".chart-legend", &self.legend(plot).into_string());
        if self.part("details[open]").is_some() {
            self.put(".behind", &self.table(plot).into_string());
        }
        self.show_cursor(plot);
    }

    fn ratio(&self) -> f64 {
        window().device_pixel_ratio()
    }

    /// Changes what is in a part, and keeps the keyboard where it was.
    fn put(&self, selector: &str, html: &str) {
        let Some(part) = self.part(selector) else {
            return;
        };
        let kept = |name: &str| {
            let focused = document()
                .active_element()
                .filter(|focused| part.contains(Some(focused)))?;
            Some(format!("[{name}=\"{}\"]", focused.get_attribute(name)?))
        };
        let kept = kept("data-series").or_else(|| kept("href"));
        part.set_inner_html(html);
        let again = kept.and_then(|kept| part.query_selector(&kept).ok().flatten());
        if let Some(again) = again.and_then(|again| again.dyn_into::<HtmlElement>().ok()) {
            // What cannot be focused only means that the keyboard begins anew.
            let _ = again.focus();
        }
    }

    fn legend(&self, plot: &Plot) -> Markup {
        let key = |key: &str, name: &str, shape: &str, ink: usize| {
            let gaps = [
                text(key),
                text(if self.hidden(key) { "false" } else { "true" }),
                swatch(ink, shape),
                text(name),
            ];
            fill(
                "<button type=\"button\" data-series=\"{}\" aria-pressed=\"{}\">{}{}</button>",
                &gaps,
            )
        };
        let mut keys = Vec::new();
        for series in &plot.series {
            keys.push(key(series.key, &series.name, shape_name(series), series.ink));
        }
        for mark in &plot.marks {
            keys.push(key(mark.key, &mark.name, "mark", 9));
        }
        join(&keys)
    }

    fn table(&self, plot: &Plot) -> Markup {
        let context = self.context;
        let mut heads = vec![(context.say(Word::Place).to_owned(), false)];
        for series in &plot.series {
            heads.push((series.name.clone(), true));
        }
        let mut rows = Vec::new();
        for index in 0..plot.count {
            if !plot.has(index) {
                continue;
            }
            let mut name = text(&plot.place(index));
            if let Some(href) = plot.hrefs.get(index).filter(|href| !href.is_empty()) {
                name = link(&context.address.link_of_call(href), name);
            }
            rows.push(fill("<tr><th scope=\"row\">{}</th>", &[name]));
            for series in &plot.series {
                let value = series.values.get(index).copied().flatten();
                let words = plot.unit.words_or_dash(context.language, value);
                let gaps = [text(series.key), text(&words)];
                rows.push(fill("<td class=\"number\" data-column=\"{}\">{}</td>", &gaps));
            }
            rows.push(fill("</tr>", &[]));
        }
        table_of(&self.title, &heads, join(&rows))
    }

    /// Puts crosshair and tip where the cursor is.
    fn show_cursor(&self, plot: &Plot) {
        let index = self.cursor.get().and_then(|number| plot.index(number));
        let parts = (
            self.part(".crosshair"),
            self.part(".tip"),
            self.part(".chart-above"),
        );
        let (Some(crosshair), Some(tip), Some(above)) = parts else {
            return;
        };
        crosshair.set_hidden(index.is_none());
        tip.set_hidden(index.is_none());
        let set = |name: &str, value: &str| {
            let _ = above.set_attribute(name, value);
        };
        set("aria-valuemin", "0");
        set("aria-valuemax", &plot.count.saturating_sub(1).to_string());
        set("aria-valuenow", &index.unwrap_or(0).to_string());
        let (Some(index), Some(frame)) = (index, self.frame.get()) else {
            return set("aria-valuetext", self.context.say(Word::ChartHelp));
        };
        let place = text(&plot.place(index));
        let mut lines = vec![fill("<div class=\"quiet\">{}</div>", &[place])];
        for series in &plot.series {
            let value = series.values.get(index).copied().flatten();
            let Some(value) = value.filter(|_| !self.hidden(series.key)) else {
                continue;
            };
            let gaps = [
                swatch(series.ink, shape_name(series)),
                text(&series.name),
                text(&plot.unit.words(self.context.language, value)),
            ];
            lines.push(fill("<div>{}{} <b>{}</b></div>", &gaps));
        }
        if lines.len() == 1 {
            let nothing = text(self.context.say(Word::NothingHere));
            lines.push(fill("<div>{}</div>", &[nothing]));
        }
        tip.set_inner_html(&join(&lines).into_string());
        set("aria-valuetext", &tip.text_content().unwrap_or_default());
        let x = (frame.x(index as f64) / self.ratio()).round() as i32;
        let width = above.client_width();
        put_at(&crosshair, "left", x);
        let (side, other, distance) = if x * 2 > width {
            ("right", "left", width - x)
        } else {
            ("left", "right", x)
        };
        put_at(&tip, side, distance + 10);
        let _ = tip.style().set_property(other, "auto");
    }

    fn move_to(&self, index: Option<usize>) {
        if let Some(plot) = self.plot.borrow().as_ref() {
            let number = index.map(|index| plot.number(index.min(plot.count.saturating_sub(1))));
            if self.cursor.replace(number) != number {
                self.show_cursor(plot);
            }
        }
    }

    /// The place under the crosshair.
    fn index(&self) -> Option<usize> {
        self.plot.borrow().as_ref()?.index(self.cursor.get()?)
    }

    /// Opens what is behind the place under the crosshair.
    fn open(&self) {
        let index = self.index();
        let href = self
            .plot
            .borrow()
            .as_ref()
            .and_then(|plot| plot.hrefs.get(index?).cloned());
        if let Some(href) = href.filter(|href| !href.is_empty()) {
            self.context.address.go(&self.context.address.link_of_call(&href));
        }
    }

    /// Makes these two places, and what is between them, the whole of the axis.
    fn zoom(&self, one: usize, other: usize) {
        let period = self.plot.borrow().as_ref().and_then(|plot| match plot.axis {
            Axis::Time(bucket, first, offset) => {
                let at = |index: usize| bucket.parameter(first + index as i64, offset);
                Some((at(one.min(other)), at(one.max(other) + 1)))
            }
            Axis::Named(_) => None,
        });
        if let (Some(zoom), Some((from, to))) = (self.zoom, period) {
            self.cursor.set(None);
            zoom(self.context, Some((&from, &to)));
        }
    }

    fn hear(&self, event: &Event) {
        let Some(target) = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
        else {
            return;
        };
        if let Some(key) = event.dyn_ref::<KeyboardEvent>() {
            if target.class_name() == "chart-above" {
                self.press(key);
            }
            return;
        }
        match event.type_().as_str() {
            "click" => self.click(&target),
            "blur" => self.move_to(None),
            "toggle" => {
                if let Some(plot) = self.plot.borrow().as_ref() {
                    self.put(".behind", &self.table(plot).into_string());
                }
            }
            _ if target.class_name() == "chart-above" => {
                if let Some(pointer) = event.dyn_ref::<PointerEvent>() {
                    self.point(pointer, &target);
                }
            }
            _ => {}
        }
    }

    fn point(&self, event: &PointerEvent, target: &Element) {
        let x = f64::from(event.offset_x());
        let Some(frame) = self.frame.get() else {
            return;
        };
        let at = |x: f64| frame.index(x * self.ratio());
        let dragged = self
            .drag
            .get()
            .filter(|begin| (x - begin).abs() >= CLICK && self.zoom.is_some());
        match event.type_().as_str() {
            "pointerdown" if event.button() == 0 => {
                self.drag.set(Some(x));
                // Without capture a drag ends at the edge; that is all.
                let _ = target.set_pointer_capture(event.pointer_id());
            }
            "pointermove" => {
                self.move_to(Some(at(x)));
                self.show_brush(dragged.map(|begin| (begin.min(x), begin.max(x))));
            }
            "pointerup" => {
                let pressed = self.drag.take().is_some();
                self.show_brush(None);
                match dragged {
                    Some(begin) => self.zoom(at(begin), at(x)),
                    // A finger has nothing to hover with: its first touch shows, the second opens.
                    None if event.pointer_type() == "touch" && self.index() != Some(at(x)) => {
                        self.move_to(Some(at(x)));
                    }
                    None if pressed => {
                        self.move_to(Some(at(x)));
                        self.open();
                    }
                    None => {}
                }
            }
            "pointercancel" | "pointerout" => {
                self.drag.set(None);
                self.show_brush(None);
                if event.pointer_type() != "touch" {
                    self.move_to(None);
                }
            }
            _ => {}
        }
    }

    fn show_brush(&self, between: Option<(f64, f64)>) {
        let Some(brush) = self.part(".brush") else {
            return;
        };
        brush.set_hidden(between.is_none());
        if let Some((from, to)) = between {
            put_at(&brush, "left", from as i32);
            put_at(&brush, "width", (to - from) as i32);
        }
    }

    fn press(&self, event: &KeyboardEvent) {
        let last = self
            .plot
            .borrow()
            .as_ref()
            .map_or(0, |plot| plot.count.saturating_sub(1));
        let index = self.index();
        match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => self.move_to(Some(index.map_or(0, |index| index + 1))),
            "ArrowLeft" | "ArrowDown" => {
                self.move_to(Some(index.map_or(last, |index| index.saturating_sub(1))));
            }
            "Home" => self.move_to(Some(0)),
            "End" => self.move_to(Some(last)),
            "Enter" => self.open(),
            "Escape" if self.drag.take().is_some() => self.show_brush(None),
            "Escape" => {
                if let Some(zoom) = self.zoom {
                    zoom(self.context, None);
                }
            }
            _ => return,
        }
        event.prevent_default();
    }

    fn click(&self, target: &Element) {
        let told = |name: &str| {
            let button = target.closest(&["[", name, "]"].concat()).ok().flatten()?;
            button.get_attribute(name)
        };
        if let Some(key) = told("data-series") {
            self.toggle(&key);
        }
        match told("data-do").as_deref() {
            Some("png") => self.save_picture(),
            Some("csv") => self.save_csv(),
            _ => {}
        }
    }

    /// Shows a series or hides it, in the address.
    fn toggle(&self, key: &str) {
        let query = self.context.address.query_now();
        let mut hidden: Vec<&str> = query
            .get("hide")
            .map(|hidden| hidden.split(',').collect())
            .unwrap_or_default();
        match hidden.iter().position(|one| *one == key) {
            Some(place) => drop(hidden.remove(place)),
            None => hidden.push(key),
        }
        self.context.address.replace(&[("hide", Some(&hidden.join(",")))]);
    }

    fn save_picture(&self) {
        let canvas = find::<HtmlCanvasElement>(&self.section, "canvas");
        let plot = self.plot.borrow();
        if let (Some(plot), Some(canvas)) = (plot.as_ref(), canvas) {
            let (ratio, language) = (self.ratio() * type_scale(), self.context.language);
            let names = (self.name, self.title.as_str());
            if let Err(error) = save_picture(&canvas, ratio, language, names, plot, &|key| self.hidden(key)) {
                warn!("{error}");
            }
        }
    }

    fn save_csv(&self) {
        let name = [self.name, ".csv"].concat();
        let call = match self.plot.borrow().as_ref() {
            // What no call answers as CSV is written from the chart.
            Some(plot) if plot.call.is_empty() => return save_text(&name, &csv(plot)),
            Some(plot) => plot.call.clone(),
            None => return,
        };
        spawn(async move {
            match text_as("text/csv", Method::GET, call, None).await {
                Ok(csv) => save_text(&name, &csv),
                Err(error) => warn!("{name} did not come: {error}"),
            }
        });
    }
}

#[inline(never)]
fn save_text(name: &str, csv: &str) {
    if let Err(error) = save(name, "text/csv", csv) {
        warn!("{name} could not be saved: {error:?}");
    }
}

/// Places and values, one place a line. Names of places are ours and need no quotes.
fn csv(plot: &Plot) -> String {
    let mut text = String::from("place");
    for series in &plot.series {
        text.push(',');
        text.push_str(series.key);
    }
    for index in (0..plot.count).filter(|index| plot.has(*index)) {
        text.push_str("\r\n");
        text.push_str(&plot.place(index));
        for series in &plot.series {
            let value = series.values.get(index).copied().flatten();
            text.push(',');
            text.push_str(&value.map(thousandths).unwrap_or_default());
        }
    }
    text
}

fn put_at(element: &HtmlElement, side: &str, pixels: i32) {
    let _ = element.style().set_property(side, &(pixels.to_string() + "px"));
}

/// The sign of a series.
fn swatch(ink: usize, shape: &str) -> Markup {
    let gaps = [text(&ink.to_string()), text(shape)];
    fill("<i class=\"ink\" data-ink=\"{}\" data-shape=\"{}\"></i>", &gaps)
}

fn shape_name(series: &Series) -> &'static str {
    match series.shape {
        Shape::Line => "line",
        Shape::Dashed => "dashed",
        Shape::Bar(_) => "bar",
        Shape::Outline(_) => "outline",
    }
}
