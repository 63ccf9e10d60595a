//! One list of alarms, however long: a few dozen rows are on the page, a few hundred are here, the rest is on the
//! server. What the stream says changes the rows that are seen at once; what the list holds, and in which order, is
//! asked of the server again, so that what is shown is always what it has.

use super::columns::{Column, columns};
use super::query::{Listing, PRIORITIES, Shape, has, priority_name};
use super::room::{GAP_MS, Room};
use crate::address::Query;
use crate::client::{calls, understood};
use crate::components::markup::{Markup, fill, join, text};
use crate::components::planted::{find, listen, planted};
use crate::components::reactive::{changing, effect};
use crate::components::states::failed;
use crate::components::window::{FETCH, Window, drawn, fetched, seen};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Fresh, Message, Topic, watch};
use leptos::{ev, prelude::*};
use shared::access::Right;
use shared::wire::List;
use shared::wire::alarm::Alarm;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

/// A row is fetched this long after somebody scrolled to it, so that what is only passed by is not.
const SETTLE_MS: f64 = 60.0;

/// A row that is on the page.
struct Row {
    // The alarm, or the place of one that is not here yet.
    key: String,
    element: HtmlElement,
    cells: String,
    state: String,
}

/// Where the keyboard is.
#[derive(Clone, Debug, Default)]
struct Cursor {
    place: usize,
    id: String,
}

/// One list.
pub struct Desk {
    room: Room,
    listing: Listing,
    query: Query,
    columns: &'static [Column],
    index: usize,
    section: RefCell<Option<HtmlElement>>,
    total: Cell<usize>,
    window: RefCell<Window<Rc<Alarm>>>,
    rows: RefCell<Vec<Row>>,
    cursor: RefCell<Option<Cursor>>,
    // Whether the row under the cursor is to have the keyboard once it is there.
    focus: Cell<bool>,
    // So many came above while somebody read further down.
    above: Cell<usize>,
    fresh: RefCell<Option<Rc<Fresh>>>,
    there: Cell<bool>,
}

/// A list of an address; the page keeps it among its lists.
pub fn list(room: Room, listing: Listing, index: usize, alone: bool) -> AnyView {
    let context = room.context;
    let query = listing.query(&context.address.query_now());
    let skeleton = skeleton(room, &listing, &query);
    let desk = Rc::new(Desk {
        room,
        query,
        columns: columns(listing.shape),
        listing,
        index,
        section: RefCell::default(),
        total: Cell::new(0),
        window: RefCell::default(),
        rows: RefCell::default(),
        cursor: RefCell::default(),
        focus: Cell::new(false),
        above: Cell::new(0),
        fresh: RefCell::default(),
        there: Cell::new(false),
    });
    room.desks.update_value(|desks| desks.push(desk.clone()));
    let (asking, taking) = (desk.clone(), desk.clone());
    let offset = Rc::new(Cell::new(0));
    let asked = offset.clone();
    let path = move || {
        let (from, count) = fetched(&asking.seen(), asking.total.get());
        asked.set(from);
        let query = asking.query.clone().with("limit", Some(&count.to_string()));
        calls::alarms(&query.with("offset", (from > 0).then(|| from.to_string()).as_deref()))
    };
    let take = move |answer: &str| {
        taking.take(offset.get(), understood(answer)?);
        Ok(())
    };
    let fresh = Fresh::new(GAP_MS, Box::new(path), Box::new(take));
    desk.fresh.replace(Some(fresh.clone()));
    let told = desk.clone();
    watch(context.live, &[Topic::Alarms], move |message| {
        if let Some(Message::Alarm(alarm)) = message {
            told.changed(alarm);
        }
        told.want();
    });
    fresh.want_in(0.0);
    let counted = desk.clone();
    effect(move || {
        let query = counted.room.context.address.query();
        let taken = query.get("priority");
        let count = counted.room.count(&|kind, priority| {
            counted.listing.has(kind) && (taken.is_none() || has(taken, priority_name(priority)))
        });
        if let Some(count) = count {
            counted.set_total(count as usize);
        }
    });
    // What is picked is drawn, too.
    let picked = desk.clone();
    effect(move || {
        picked.room.track();
        picked.draw();
    });
    let handle = {
        let desk = StoredValue::new_local(desk.clone());
        window_event_listener(ev::resize, move |_| {
            if let Some(desk) = desk.try_get_value() {
                desk.draw();
            }
        })
    };
    let kept = StoredValue::new_local(desk.clone());
    on_cleanup(move || {
        handle.remove();
        // It asks for what it holds, and would hold itself for ever.
        if let Some(desk) = kept.try_get_value() {
            desk.fresh.take();
        }
    });
    let error = fresh.error;
    let again = Callback::new({
        let fresh = StoredValue::new_local(fresh);
        move |()| {
            if let Some(fresh) = fresh.try_get_value() {
                fresh.want_in(0.0);
            }
        }
    });
    let wrong = changing(move || match error.get() {
        Some(error) => failed(&error, Some(again)),
        None => ().into_any(),
    });
    let ready = move |section: HtmlElement| {
        let heard = desk.clone();
        listen(
            &section,
            &["scroll", "click", "change"],
            Box::new(move |event| heard.hear(&event)),
        );
        desk.section.replace(Some(section));
        desk.draw();
    };
    let class = if alone { "list-frame alone" } else { "list-frame" };
    view! { {wrong} {planted(class, skeleton, Box::new(ready))} }.into_any()
}

fn skeleton(room: Room, listing: &Listing, query: &Query) -> Markup {
    let context = room.context;
    let heading = context.say(match listing.shape {
        Shape::Overtime => Word::Overtime,
        Shape::IllegalStorage => Word::IllegalStorage,
        Shape::Others => Word::OtherAlarms,
        Shape::Mixed => Word::Alarms,
    });
    let (sorted, order) = (query.get("sort").unwrap_or("raised"), query.get("order"));
    // What is new and urgent comes first; the other way round on a second press.
    let down = order.map_or_else(|| falls(sorted), |order| order == "desc");
    let here = context.address.query_now().with("alarm", None);
    let mut heads = Vec::new();
    for column in columns(listing.shape) {
        let (name, words) = (text(column.name), text(context.say(column.word)));
        if column.sort.is_empty() {
            heads.push(fill(
                "<th scope=\"col\" data-column=\"{}\" title=\"{}\">{}</th>",
                &[name, words.clone(), words],
            ));
            continue;
        }
        let now = column.sort == sorted;
        let next = if now { !down } else { falls(column.sort) };
        let href = here
            .clone()
            .with("sort", Some(column.sort))
            .with("order", Some(if next { "desc" } else { "asc" }));
        let told = match (now, down) {
            (false, _) => "none",
            (true, true) => "descending",
            (true, false) => "ascending",
        };
        heads.push(fill(
            "<th scope=\"col\" data-column=\"{}\" aria-sort=\"{}\"><a href=\"/alarms{}\">{}</a></th>",
            &[name, text(told), text(&href.to_string()), words],
        ));
    }
    let gaps = [
        text(listing.name()),
        text(heading),
        text(heading),
        pickable(context),
        text(context.say(Word::PickAll)),
        text(context.say(Word::NumberColumn)),
        join(&heads),
        text(context.say(Word::Loading)),
    ];
    fill(
        "<section class=\"alarm-list\" data-list=\"{}\" aria-busy=\"true\"><h2>{} <span class=\"count\"></span></h2>\
         <button type=\"button\" class=\"newer\" hidden></button>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table class=\"data alarms-table\"><thead><tr>\
         <th class=\"pick\"{}><input type=\"checkbox\" data-pick=\"all\" aria-label=\"{}\"></th>\
         <th scope=\"col\" data-column=\"number\">{}</th>{}</tr></thead>\
         <tbody class=\"space before\" aria-hidden=\"true\"><tr></tr></tbody><tbody class=\"rows\"></tbody>\
         <tbody class=\"space after\" aria-hidden=\"true\"><tr></tr></tbody></table></div>\
         <p class=\"empty\" role=\"status\">{}</p></section>",
        &gaps,
    )
}

/// Whoever can do nothing with alarms has nothing to pick them for.
fn pickable(context: Context) -> Markup {
    text(if context.may(Right::Explain) {
        ""
    } else {
        " hidden"
    })
}

/// Whether an order begins with the highest unless somebody says otherwise.
fn falls(sort: &str) -> bool {
    matches!(sort, "raised" | "recorded" | "priority" | "entered" | "cleared")
}

impl Desk {
    fn part<T: JsCast>(&self, selector: &str) -> Option<T> {
        find(self.section.borrow().as_ref()?, selector)
    }

    fn want(&self) {
        if let Some(fresh) = self.fresh.borrow().as_ref() {
            fresh.want();
        }
    }

    /// How high a row is, in pixels.
    fn row_height(&self) -> f64 {
        let rows = self.rows.borrow();
        let measured = rows
            .first()
            .map(|row| row.element.get_bounding_client_rect().height());
        measured.filter(|height| *height >= 1.0).unwrap_or(32.0)
    }

    fn seen(&self) -> Range<usize> {
        let Some(scroll) = self.part::<HtmlElement>(".scroll") else {
            return 0..0;
        };
        let height = f64::from(scroll.client_height());
        let total = self.total.get();
        seen(f64::from(scroll.scroll_top()), height, self.row_height(), total)
    }

    fn set_total(&self, total: usize) {
        // A short list knows itself how long it is, and later than any count.
        let known = self.there.get() && {
            let window = self.window.borrow();
            window.start == 0 && window.rows.len() == self.total.get() && window.rows.len() < FETCH
        };
        if !known && self.total.replace(total) != total {
            self.draw();
        }
    }

    /// Takes rows that came.
    fn take(&self, offset: usize, answer: List<Alarm>) {
        let seen = self.seen();
        let row = self.row_height();
        let anchor = self.window.borrow().at(seen.start).map(|alarm| alarm.id.clone());
        let window = Window {
            start: offset,
            rows: answer.items.into_iter().map(Rc::new).collect(),
        };
        let end = offset + window.rows.len();
        if answer.next.is_none() && (end > 0 || offset == 0) {
            self.total.set(end);
        } else {
            self.total.set(self.total.get().max(end));
        }
        let moved = anchor.and_then(|id| window.place_of(|alarm| alarm.id == id));
        if let Some(cursor) = self.cursor.borrow_mut().as_mut() {
            match window.place_of(|alarm| alarm.id == cursor.id) {
                Some(place) => cursor.place = place,
                // It left the list: what took its place is next.
                None => {
                    cursor.place = cursor.place.min(self.total.get().saturating_sub(1));
                    cursor.id = window
                        .at(cursor.place)
                        .map(|alarm| alarm.id.clone())
                        .unwrap_or_default();
                }
            }
        }
        self.window.replace(window);
        self.there.set(true);
        let scroll = self.part::<HtmlElement>(".scroll");
        let scrolled = scroll.as_ref().map_or(0, |scroll| scroll.scroll_top());
        let shift = moved.map_or(0, |place| place as i64 - seen.start as i64);
        if let Some(scroll) = scroll.filter(|_| scrolled > 0 && shift != 0) {
            // The space above has to be there before it can be scrolled over.
            self.draw();
            scroll.set_scroll_top(scrolled + (shift as f64 * row).round() as i32);
            self.above
                .set(self.above.get() + usize::try_from(shift).unwrap_or(0));
        }
        self.draw();
    }

    /// An alarm is another one now: shown at once where it is seen.
    pub fn changed(&self, alarm: &Alarm) {
        let place = self
            .window
            .borrow()
            .rows
            .iter()
            .position(|own| own.id == alarm.id);
        if let Some(place) = place {
            let mut window = self.window.borrow_mut();
            if window.rows[place].sequence <= alarm.sequence {
                window.rows[place] = Rc::new(alarm.clone());
            }
            drop(window);
            self.draw();
        }
    }

    /// Brings the page to what is here.
    fn draw(&self) {
        let (Some(body), Some(scroll)) = (
            self.part::<HtmlElement>("tbody.rows"),
            self.part::<HtmlElement>(".scroll"),
        ) else {
            return;
        };
        let total = self.total.get();
        let seen = self.seen();
        let drawn = drawn(&seen, total);
        if scroll.scroll_top() == 0 {
            self.above.set(0);
        }
        self.lay(&body, drawn.clone());
        let row = self.row_height();
        for (class, rows) in [(".before tr", drawn.start), (".after tr", total - drawn.end)] {
            if let Some(space) = self.part::<HtmlElement>(class) {
                let height = format!("{}px", (rows as f64 * row).round() as u64);
                let _ = space.style().set_property("height", &height);
            }
        }
        self.tell(total);
        if !self.window.borrow().covers(&seen, total)
            && let Some(fresh) = self.fresh.borrow().as_ref()
        {
            fresh.want_in(SETTLE_MS);
        }
    }

    /// Count, emptiness and what came above.
    fn tell(&self, total: usize) {
        let context = self.room.context;
        if let Some(section) = self.part::<Element>("[aria-busy]").filter(|_| self.there.get()) {
            // What was not there is not busy.
            let _ = section.remove_attribute("aria-busy");
        }
        if let Some(count) = self.part::<Element>(".count") {
            let words = if self.there.get() {
                context.fill(Word::AlarmCount, format::whole(total as u64))
            } else {
                String::new()
            };
            if count.text_content().as_deref() != Some(&words) {
                count.set_text_content(Some(&words));
            }
        }
        if let Some(empty) = self.part::<HtmlElement>(".empty") {
            empty.set_hidden(total > 0);
            let words = if self.there.get() {
                Word::NoAlarms
            } else {
                Word::Loading
            };
            if empty.text_content().as_deref() != Some(context.say(words)) {
                empty.set_text_content(Some(context.say(words)));
            }
        }
        if let Some(scroll) = self.part::<HtmlElement>(".scroll") {
            scroll.set_hidden(total == 0);
        }
        if let Some(newer) = self.part::<HtmlElement>(".newer") {
            let above = self.above.get();
            newer.set_hidden(above == 0);
            newer.set_text_content(Some(&context.fill(Word::NewAbove, format::whole(above as u64))));
        }
        // The other kinds come rarely; while there are none, there is nothing to show of them.
        if self.listing.shape == Shape::Others
            && let Some(section) = self.part::<HtmlElement>("section")
        {
            section.set_hidden(total == 0 && self.room.desks.with_value(|desks| desks.len() > 1));
        }
    }

    /// Puts the rows of some places on the page. A row stays the same element while its alarm is there: a click that
    /// has begun on it, and the keyboard, stay where they are.
    fn lay(&self, body: &HtmlElement, drawn: Range<usize>) {
        let window = self.window.borrow();
        let cursor = self.cursor.borrow().clone();
        let mut known = self.rows.take();
        let mut rows = Vec::new();
        for place in drawn {
            let alarm = window.at(place);
            let key = alarm.map_or_else(|| place.to_string(), |alarm| alarm.id.clone());
            let own = known.iter().position(|row| row.key == key);
            let Some(mut row) = own.map(|own| known.swap_remove(own)).or_else(|| new_row(key)) else {
                continue;
            };
            let is_picked = self.room.is_picked(&row.key);
            let has_cursor = cursor.as_ref().is_some_and(|cursor| cursor.id == row.key);
            self.fill(&mut row, alarm, place, is_picked, has_cursor);
            if has_cursor && self.focus.get() && alarm.is_some() {
                self.focus.set(false);
                focus_later(row.element.clone());
            }
            rows.push(row);
        }
        for row in known {
            row.element.remove();
        }
        let mut next = body.first_element_child();
        for row in &rows {
            match &next {
                Some(there) if there == row.element.unchecked_ref::<Element>() => {
                    next = there.next_element_sibling();
                }
                there => {
                    let before = there.as_ref().map(|there| there.unchecked_ref());
                    // It fails only for what is no part of the list, and that it is.
                    let _ = body.insert_before(&row.element, before);
                }
            }
        }
        self.rows.replace(rows);
    }

    fn fill(&self, row: &mut Row, alarm: Option<&Rc<Alarm>>, place: usize, picked: bool, cursor: bool) {
        let context = self.room.context;
        let Some(alarm) = alarm else {
            if row.cells.is_empty() {
                row.cells.push(' ');
                let span = (self.columns.len() + 2).to_string();
                let cell = fill("<td colspan=\"{}\" class=\"pending\">…</td>", &[text(&span)]);
                row.element.set_inner_html(&cell.into_string());
            }
            return;
        };
        let label = alarm.container.as_deref().unwrap_or(&alarm.id);
        let mut cells = vec![fill(
            "<td class=\"pick\"{}><input type=\"checkbox\" data-pick=\"one\" aria-label=\"{}\"></td>\
             <td data-column=\"number\" class=\"number\"></td>",
            &[pickable(context), text(&context.fill(Word::Pick, label))],
        )];
        for column in self.columns {
            let gaps = [text(column.name), (column.cell)(context, alarm)];
            cells.push(fill("<td data-column=\"{}\">{}</td>", &gaps));
        }
        let cells = join(&cells).into_string();
        let anew = cells != row.cells;
        if anew {
            row.element.set_inner_html(&cells);
            row.cells = cells;
        }
        let state = format!(
            "{}|{}|{}|{picked}|{cursor}|{place}",
            alarm.priority as u8, alarm.active, alarm.acknowledged
        );
        if !anew && state == row.state {
            return;
        }
        row.state = state;
        let set = |name: &str, value: &str| {
            // Names are ours and always good.
            let _ = row.element.set_attribute(name, value);
        };
        set("data-alarm", &alarm.id);
        set("data-priority", priority_name(alarm.priority));
        set("data-active", if alarm.active { "true" } else { "false" });
        set(
            "data-acknowledged",
            if alarm.acknowledged { "true" } else { "false" },
        );
        set("aria-selected", if picked { "true" } else { "false" });
        set("class", if cursor { "cursor" } else { "" });
        set("aria-rowindex", &(place + 2).to_string());
        set("tabindex", "-1");
        let cells = row.element.children();
        if let Some(number) = cells.item(1) {
            number.set_text_content(Some(&(place + 1).to_string()));
        }
        if let Some(input) = find::<HtmlInputElement>(&row.element, "input") {
            input.set_checked(picked);
        }
    }

    fn hear(&self, event: &Event) {
        let Some(target) = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
        else {
            return;
        };
        match event.type_().as_str() {
            "scroll" => self.draw(),
            "change" => match target.get_attribute("data-pick").as_deref() {
                Some("all") => {
                    let checked = target
                        .dyn_ref::<HtmlInputElement>()
                        .is_some_and(|input| input.checked());
                    if checked {
                        self.room.pick_all(self.query.clone());
                    } else {
                        self.room.pick_none();
                    }
                }
                Some("one") => {
                    if let Some(alarm) = self.of_row(&target) {
                        self.room.pick(&alarm);
                    }
                }
                _ => {}
            },
            _ if target.class_name() == "newer" => {
                if let Some(scroll) = self.part::<HtmlElement>(".scroll") {
                    scroll.set_scroll_top(0);
                }
            }
            _ => {
                if let Some(alarm) = self.of_row(&target)
                    && let Some(place) = self.window.borrow().place_of(|own| own.id == alarm.id)
                {
                    self.room.take_cursor(self.index);
                    self.cursor.replace(Some(Cursor {
                        place,
                        id: alarm.id.clone(),
                    }));
                }
                self.draw();
            }
        }
    }

    fn of_row(&self, target: &Element) -> Option<Rc<Alarm>> {
        let row = target.closest("tr[data-alarm]").ok()??;
        let id = row.get_attribute("data-alarm")?;
        let window = self.window.borrow();
        window.rows.iter().find(|alarm| alarm.id == id).cloned()
    }

    /// The alarm under the cursor.
    pub fn under_cursor(&self) -> Option<Rc<Alarm>> {
        let cursor = self.cursor.borrow();
        let cursor = cursor.as_ref()?;
        let window = self.window.borrow();
        window
            .at(cursor.place)
            .filter(|alarm| alarm.id == cursor.id)
            .cloned()
    }

    /// Takes the cursor away.
    pub fn leave(&self) {
        if self.cursor.take().is_some() {
            self.draw();
        }
    }

    /// Moves the cursor by one; `false` where the list ends. Entered from elsewhere, it begins at that end.
    pub fn step(&self, down: bool, entered: bool) -> bool {
        let total = self.total.get();
        let place = self.cursor.borrow().as_ref().map(|cursor| cursor.place);
        let next = match (place, down) {
            _ if total == 0 => None,
            (Some(place), true) => Some(place + 1).filter(|next| *next < total),
            (Some(place), false) => place.checked_sub(1),
            // Where the reader is, not where the list begins.
            (None, true) => Some(self.seen().start).filter(|_| !entered).or(Some(0)),
            (None, false) => Some(total - 1),
        };
        let Some(next) = next else {
            return false;
        };
        let id = self.window.borrow().at(next).map(|alarm| alarm.id.clone());
        self.cursor.replace(Some(Cursor {
            place: next,
            id: id.unwrap_or_default(),
        }));
        self.focus.set(true);
        if let Some(scroll) = self.part::<HtmlElement>(".scroll") {
            let row = self.row_height();
            let head = self
                .part::<HtmlElement>("thead")
                .map_or(0.0, |head| head.get_bounding_client_rect().height());
            let (top, height) = (f64::from(scroll.scroll_top()), f64::from(scroll.client_height()));
            let at = next as f64 * row;
            if at < top {
                scroll.set_scroll_top(at as i32);
            } else if at + row + head > top + height {
                scroll.set_scroll_top((at + row + head - height).ceil() as i32);
            }
        }
        self.draw();
        true
    }
}

fn new_row(key: String) -> Option<Row> {
    let element = document().create_element("tr").ok()?;
    Some(Row {
        key,
        element: element.unchecked_into(),
        cells: String::new(),
        state: String::new(),
    })
}

/// Gives a row the keyboard once it is on the page.
fn focus_later(row: HtmlElement) {
    queue_microtask(move || {
        // A row that cannot be focused is gone already.
        let _ = row.focus();
    });
}

/// The counts of each priority among some kinds, in the order of [`PRIORITIES`]; nothing before the first answer.
pub fn by_priority(room: Room, kinds: &[Listing]) -> [Option<u64>; 3] {
    PRIORITIES.map(|(priority, _)| {
        let takes = |kind, own| own == priority && kinds.iter().any(|list| list.has(kind));
        room.count(&takes)
    })
}
