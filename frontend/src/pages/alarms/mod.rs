//! `/alarms`: the screens that customs knows, live, and every other alarm beside them; by kind, in one list, or in
//! groups.

/// What a person does with alarms.
mod actions;
/// The columns of the lists.
pub mod columns;
/// One list, however long.
mod desk;
/// Which alarms are shown.
mod filters;
/// Alarms that have something in common, each group one line.
mod groups;
/// The head of the pages about alarms, and links between them.
pub mod head;
/// One alarm in full.
mod panel;
/// How well alarms serve those who answer them.
pub mod performance;
/// What the address asks for.
pub mod query;
/// What the parts of the page share.
mod room;
/// What raises an alarm, and trying it before it rings.
pub mod rules;
/// What an alarm says in words.
pub mod words;

use crate::address::Page;
use crate::components::reactive::{changed_text, changing};
use crate::context::context;
use leptos::{ev, prelude::*};
use panel::alarm_panel;
use room::Room;
use wasm_bindgen::JsCast;

/// The alarms.
#[inline(never)]
pub fn alarms() -> AnyView {
    let context = context();
    let room = Room::open(context);
    let open = context.address.parameter("alarm");
    // The lists begin anew when something else is asked for; an alarm that is opened over them changes nothing.
    let asked = changed_text(move || {
        let query = context.address.query();
        let listed = query.clone().only(|name| ["kind", "group"].contains(&name));
        let order = query.clone().only(|name| ["sort", "order"].contains(&name));
        Some(format!("{}{listed}{order}", query::asked(&query)))
    });
    let lists = changing(move || {
        // Looked at, not only tracked: a memo that nobody reads never learns that the address changed.
        asked.with(|_| ());
        let query = context.address.query_now();
        room.desks.set_value(Vec::new());
        room.at.set_value(0);
        if query.get("group").is_some() {
            return groups::groups(room);
        }
        let lists = query::listings(&query);
        let alone = lists.len() == 1;
        let lists = lists.into_iter().enumerate();
        lists
            .map(|(index, listing)| desk::list(room, listing, index, alone))
            .collect::<Vec<_>>()
            .into_any()
    });
    let panel = changing(move || match open.get() {
        Some(id) => alarm_panel(id),
        None => ().into_any(),
    });
    let handle = window_event_listener(ev::keydown, move |event| room.press(&event));
    on_cleanup(move || handle.remove());
    view! {
        <section class="page alarms">
            {head::head(context, Page::Alarms)}
            {filters::filters(room)}
            <div class="lists">{lists}</div>
            {room.bar()}
            {panel}
        </section>
    }
    .into_any()
}

impl Room {
    /// Gives a list the cursor.
    fn take_cursor(self, index: usize) {
        let before = self.at.get_value();
        if before != index {
            let left = self.desks.with_value(|desks| desks.get(before).cloned());
            if let Some(left) = left {
                left.leave();
            }
            self.at.set_value(index);
        }
    }

    /// Moves the cursor by one, on into the next list where one ends.
    fn step(self, down: bool) {
        let desks = self.desks.get_value();
        let mut at = self.at.get_value();
        let mut entered = false;
        while let Some(desk) = desks.get(at) {
            if desk.step(down, entered) {
                self.take_cursor(at);
                return;
            }
            entered = true;
            at = match down {
                true => at + 1,
                false => match at.checked_sub(1) {
                    Some(at) => at,
                    None => return,
                },
            };
        }
    }

    fn press(self, event: &web_sys::KeyboardEvent) {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let is = |selector: &str| {
            target
                .as_ref()
                .is_some_and(|target| target.closest(selector).is_ok_and(|found| found.is_some()))
        };
        let busy = event.ctrl_key()
            || event.meta_key()
            || event.alt_key()
            || is("input:not([type=checkbox]), textarea, select, [contenteditable], dialog")
            || document()
                .query_selector("dialog[open]")
                .is_ok_and(|found| found.is_some());
        if busy {
            return;
        }
        use actions::Act;
        match event.key().as_str() {
            "j" => self.step(true),
            "k" => self.step(false),
            "x" => {
                if let Some(alarm) = self.under_cursor() {
                    self.pick(&alarm);
                }
            }
            "a" => self.begin(Act::Acknowledge),
            "e" => self.begin(Act::Explain),
            "s" => self.begin(Act::Shelve),
            "c" => self.begin(Act::Close),
            "?" => self.show_help(true),
            "Escape" => self.pick_none(),
            // On a link or a button Enter does what that does.
            "Enter" if !is("a, button, summary, input") => match self.under_cursor() {
                Some(alarm) => self.context.address.set(&[("alarm", Some(&alarm.id))]),
                None => return,
            },
            _ => return,
        }
        event.prevent_default();
    }
}
