//! A list of parcels, however long: a few dozen rows are on the page, what was read so far is here, the rest is on the
//! server and comes when somebody scrolls to it.

/// The controls.
pub mod filters;
/// What a row shows.
mod rows;

use super::query::asked;
use super::{View, head};
use crate::address::Query;
use crate::client::text as call;
use crate::client::{CallError, calls, understood};
use crate::components::download::save;
use crate::components::markup::{fill, join, nothing, shown, text};
use crate::components::patched::patch;
use crate::components::planted::{find, listen, planted, pressed};
use crate::components::reactive::{changed_text, changing, spawn};
use crate::components::shell::part;
use crate::components::states::failed;
use crate::components::window::{drawn, seen};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Topic, steady_ms, watch};
use gloo_net::http::Method;
use leptos::{ev, prelude::*};
use shared::access::Right;
use shared::wire::List;
use shared::wire::parcels::ParcelItem;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent};

/// So many are read at a time.
const PAGE: usize = 200;
/// More are read as soon as fewer than this are left below what is seen.
const AHEAD: usize = 60;
/// What changed is read again no sooner than this, in milliseconds.
const FRESH_MS: f64 = 4_000.0;

const SKELETON: &str = "<section class=\"parcels-list\" aria-busy=\"true\">\
    <p class=\"list-head\"><span class=\"count\" role=\"status\"></span>\
    <button type=\"button\" class=\"newer\" data-do=\"newer\" hidden>{}</button>{}</p>\
    <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table class=\"data parcels-table\">\
    <thead><tr>{}</tr></thead><tbody class=\"space before\" aria-hidden=\"true\"><tr></tr></tbody>\
    <tbody class=\"rows\"></tbody><tbody class=\"space after\" aria-hidden=\"true\"><tr></tr></tbody></table></div>\
    <p class=\"empty\" hidden>{}</p></section>";

/// The list of the address.
pub fn list(context: Context) -> AnyView {
    let wanted = changed_text(move || Some(asked(&context.address.query()).to_string()));
    let rows = changing(move || one(context, Query::parse(&wanted.get().unwrap_or_default())));
    let parts = vec![
        crate::components::shell::written("page-head", head(context, View::List)),
        filters::filters(context),
        shown("filters chips", move || filters::chips(context)),
        rows,
    ];
    part("section", "page parcels", parts)
}

/// What is read of one list.
struct Desk {
    context: Context,
    query: Query,
    section: RefCell<Option<HtmlElement>>,
    rows: RefCell<Vec<ParcelItem>>,
    next: RefCell<Option<String>>,
    // Whether an answer is awaited, and of which reading: that of an earlier one is left out.
    awaited: Cell<bool>,
    reading: Cell<u32>,
    there: Cell<bool>,
    asked_at: Cell<f64>,
    pending: Cell<bool>,
    error: RwSignal<Option<CallError>>,
}

/// One list, as long as nothing else is asked for.
fn one(context: Context, query: Query) -> AnyView {
    let desk = Rc::new(Desk {
        context,
        query,
        section: RefCell::default(),
        rows: RefCell::default(),
        next: RefCell::default(),
        awaited: Cell::new(false),
        reading: Cell::new(0),
        there: Cell::new(false),
        asked_at: Cell::new(0.0),
        pending: Cell::new(false),
        error: RwSignal::new(None),
    });
    desk.read_anew();
    let told = Rc::downgrade(&desk);
    watch(context.live, &[Topic::Parcels], move |_| {
        if let Some(desk) = told.upgrade() {
            desk.changed();
        }
    });
    let kept = StoredValue::new_local(desk.clone());
    let resized = window_event_listener(ev::resize, move |_| {
        if let Some(desk) = kept.try_get_value() {
            desk.draw();
        }
    });
    on_cleanup(move || resized.remove());
    let error = desk.error;
    let wrong = changing(move || match error.get() {
        Some(error) => {
            let again = move |()| {
                if let Some(desk) = kept.try_get_value() {
                    desk.read_on();
                }
            };
            failed(&error, Some(Callback::new(again)))
        }
        None => ().into_any(),
    });
    let export = match context.may(Right::Export) {
        true => {
            let words = [text(context.say(Word::ExportCsv))];
            fill(
                "<button type=\"button\" class=\"export\" data-do=\"export\">{}</button>",
                &words,
            )
        }
        false => nothing(),
    };
    let gaps = [
        text(context.say(Word::ParcelsChanged)),
        export,
        text(context.say(Word::Parcels)),
        rows::heads(context),
        text(context.say(Word::ParcelsNoneFit)),
    ];
    let skeleton = fill(SKELETON, &gaps);
    let ready = move |section: HtmlElement| {
        let heard = desk.clone();
        let hear = move |event: Event| heard.hear(&event);
        listen(&section, &["scroll", "click", "keydown"], Box::new(hear));
        desk.section.replace(Some(section));
        desk.draw();
    };
    vec![wrong, planted("contents", skeleton, Box::new(ready))].into_any()
}

impl Desk {
    fn part<T: JsCast>(&self, selector: &str) -> Option<T> {
        find(self.section.borrow().as_ref()?, selector)
    }

    /// Reads the first page; what was there stays until it came.
    fn read_anew(self: &Rc<Desk>) {
        self.ask(None);
    }

    /// Reads the next page, or the first where none came.
    fn read_on(self: &Rc<Desk>) {
        let next = self.next.borrow().clone();
        match self.there.get() {
            true if next.is_none() => {}
            _ => self.ask(next),
        }
    }

    fn ask(self: &Rc<Desk>, cursor: Option<String>) {
        if self.awaited.replace(true) {
            return;
        }
        let reading = self.reading.get().wrapping_add(1);
        self.reading.set(reading);
        self.asked_at.set(steady_ms());
        let query = self.query.clone().with("limit", Some(&PAGE.to_string()));
        let path = calls::parcels(&query.with("cursor", cursor.as_deref()));
        let desk = Rc::downgrade(self);
        spawn(async move {
            let answer = call(Method::GET, path, None).await;
            let Some(desk) = desk.upgrade().filter(|desk| desk.reading.get() == reading) else {
                return;
            };
            desk.awaited.set(false);
            match answer.and_then(|text| understood::<List<ParcelItem>>(&text)) {
                Ok(list) => desk.take(list, cursor.is_some()),
                Err(error) => {
                    // The list may be gone by then.
                    let _ = desk.error.try_set(Some(error));
                    desk.draw();
                }
            }
        });
    }

    fn take(self: &Rc<Desk>, list: List<ParcelItem>, goes_on: bool) {
        if self.error.with_untracked(Option::is_some) {
            self.error.set(None);
        }
        let mut rows = self.rows.borrow_mut();
        if !goes_on {
            rows.clear();
        }
        rows.extend(list.items);
        drop(rows);
        self.next.replace(list.next);
        self.there.set(true);
        if !goes_on {
            self.tell_newer(false);
        }
        self.draw();
    }

    /// Parcels came or changed: somebody who looks at the top sees it, whoever reads further down is told.
    fn changed(self: &Rc<Desk>) {
        if self.pending.replace(true) {
            return;
        }
        let wait = (self.asked_at.get() + FRESH_MS - steady_ms()).max(250.0);
        let desk = Rc::downgrade(self);
        let again = move || {
            let Some(desk) = desk.upgrade() else {
                return;
            };
            desk.pending.set(false);
            let scrolled = desk
                .part::<HtmlElement>(".scroll")
                .map_or(0, |scroll| scroll.scroll_top());
            if scrolled == 0 && desk.rows.borrow().len() <= PAGE {
                desk.read_anew();
            } else {
                desk.tell_newer(true);
            }
        };
        set_timeout(again, std::time::Duration::from_millis(wait as u64));
    }

    fn tell_newer(&self, newer: bool) {
        if let Some(button) = self.part::<HtmlElement>(".newer") {
            button.set_hidden(!newer);
        }
    }

    /// How high a row is, in pixels.
    fn row_height(&self) -> f64 {
        let row = self.part::<Element>("tbody.rows tr");
        let measured = row.map(|row| row.get_bounding_client_rect().height());
        measured.filter(|height| *height >= 1.0).unwrap_or(32.0)
    }

    fn seen(&self) -> Range<usize> {
        let total = self.rows.borrow().len();
        let Some(scroll) = self.part::<HtmlElement>(".scroll") else {
            return 0..0;
        };
        let height = f64::from(scroll.client_height());
        seen(f64::from(scroll.scroll_top()), height, self.row_height(), total)
    }

    /// Brings the page to what is here.
    fn draw(self: &Rc<Desk>) {
        let Some(body) = self.part::<Element>("tbody.rows") else {
            return;
        };
        let total = self.rows.borrow().len();
        let range = drawn(&self.seen(), total);
        let focused = body.contains(document().active_element().as_deref());
        let mut html = Vec::new();
        for (place, item) in self.rows.borrow().iter().enumerate() {
            if range.contains(&place) {
                html.push(rows::row(self.context, place, item));
            }
        }
        patch(&body, &join(&html).into_string());
        let row = self.row_height();
        for (class, rows) in [(".before tr", range.start), (".after tr", total - range.end)] {
            if let Some(space) = self.part::<HtmlElement>(class) {
                let height = format!("{}px", (rows as f64 * row).round() as u64);
                let _ = space.style().set_property("height", &height);
            }
        }
        self.tell(total);
        let seen = self.seen();
        if focused && !body.contains(document().active_element().as_deref()) {
            // The row that had the keyboard was scrolled away.
            if let Some(scroll) = self.part::<HtmlElement>(".scroll") {
                let _ = scroll.focus();
            }
        }
        let more = self.next.borrow().is_some() && self.error.with_untracked(Option::is_none);
        if more && total.saturating_sub(seen.end) < AHEAD {
            self.read_on();
        }
    }

    fn tell(&self, total: usize) {
        let context = self.context;
        let there = self.there.get();
        if let Some(section) = self.part::<Element>("[aria-busy]").filter(|_| there) {
            // What was not there is not busy.
            let _ = section.remove_attribute("aria-busy");
        }
        if let Some(count) = self.part::<Element>(".count") {
            let word = match self.next.borrow().is_some() {
                true => Word::AlarmCountMore,
                false => Word::AlarmCount,
            };
            let words = match (there, self.error.with_untracked(Option::is_some)) {
                (true, _) => context.fill(word, format::whole(total as u64)),
                (false, true) => String::new(),
                (false, false) => context.say(Word::Loading).to_owned(),
            };
            if count.text_content().as_deref() != Some(&words) {
                count.set_text_content(Some(&words));
            }
        }
        for (part, is_hidden) in [(".empty", total > 0 || !there), (".scroll", total == 0)] {
            if let Some(part) = self.part::<HtmlElement>(part) {
                part.set_hidden(is_hidden);
            }
        }
    }

    fn hear(self: &Rc<Desk>, event: &Event) {
        if event.type_() == "scroll" {
            return self.draw();
        }
        if let Some(key) = event.dyn_ref::<KeyboardEvent>() {
            return self.press(key);
        }
        match pressed(event).as_deref() {
            Some("newer") => {
                if let Some(scroll) = self.part::<HtmlElement>(".scroll") {
                    scroll.set_scroll_top(0);
                }
                self.read_anew();
            }
            Some("export") => self.export(),
            _ => {}
        }
    }

    /// Arrow keys go from row to row.
    fn press(&self, event: &KeyboardEvent) {
        let down = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        let row = document()
            .active_element()
            .and_then(|focused| focused.closest("tbody.rows tr").ok()?);
        let next = match (&row, down) {
            (Some(row), true) => row.next_element_sibling(),
            (Some(row), false) => row.previous_element_sibling(),
            (None, _) => self.part("tbody.rows tr"),
        };
        if let Some(link) = next.and_then(|row| find::<HtmlElement>(&row, "a")) {
            event.prevent_default();
            // A link that is on the page takes the keyboard.
            let _ = link.focus();
        }
    }

    fn export(self: &Rc<Desk>) {
        let path = calls::parcels(&self.query);
        let error = self.error;
        spawn(async move {
            let saved = calls::as_csv(path).await.and_then(|csv| {
                save("parcels.csv", "text/csv", &csv).map_err(|_| CallError::Shape("parcels.csv".to_owned()))
            });
            if let Err(wrong) = saved {
                // The list may be gone by then.
                let _ = error.try_set(Some(wrong));
            }
        });
    }
}
