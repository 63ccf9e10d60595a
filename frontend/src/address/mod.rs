//! Where the reader is: all of a view is in its address, so that it can be sent, bookmarked and put on a wall.
//!
//! A small router of ours: a page is a value of [`Page`], links are plain `<a href>`, and one listener on the
//! document turns clicks on them into a change of the address without loading the page again.

/// The pages and their paths.
mod page;
/// The period of a page of figures.
pub mod period;
/// Names and values behind the question mark.
mod query;

pub use page::Page;
pub use query::{Query, encode};

use crate::components::reactive::changed_text;
use leptos::prelude::*;
use leptos::{ev, leptos_dom::helpers::WindowListenerHandle};
use wasm_bindgen::{JsCast, JsValue};

/// Parameters that every link keeps.
const KEPT: [&str; 3] = ["site", "lang", "theme"];

/// One address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// The page.
    pub page: Page,
    /// The rest of the view.
    pub query: Query,
}

/// The address as a signal, and the ways to change it. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Address {
    here: RwSignal<Here>,
}

impl Address {
    /// Reads the address of the window and follows it from now on.
    pub fn follow_window() -> Address {
        let address = Address {
            here: RwSignal::new(read()),
        };
        // Both listeners live as long as the page does.
        let _: WindowListenerHandle = window_event_listener(ev::popstate, move |_| address.here.set(read()));
        let _: WindowListenerHandle = window_event_listener(ev::click, move |event| address.catch(&event));
        address
    }

    /// The page shown; tracked.
    pub fn page(self) -> Memo<Page> {
        Memo::new(move |_| self.here.with(|here| here.page.clone()))
    }

    /// The page shown, without what goes with it; tracked.
    pub fn page_now(self) -> Page {
        self.here.with(|here| here.page.clone())
    }

    /// One parameter; tracked.
    pub fn parameter(self, name: &'static str) -> Memo<Option<String>> {
        changed_text(move || self.here.with(|here| here.query.get(name).map(str::to_owned)))
    }

    /// The whole query; tracked.
    pub fn query(self) -> Query {
        self.here.with(|here| here.query.clone())
    }

    /// The whole query, once.
    pub fn query_now(self) -> Query {
        self.here.with_untracked(|here| here.query.clone())
    }

    /// The whole address, once, as one comes back to it.
    pub fn whole_now(self) -> String {
        self.here
            .with_untracked(|here| format!("{}{}", here.page.path(), here.query))
    }

    /// What every link keeps; tracked.
    pub fn kept(self) -> Memo<Query> {
        Memo::new(move |_| self.query().only(|name| KEPT.contains(&name)))
    }

    /// An address that keeps what every link keeps.
    pub fn link(self, page: &Page, parameters: &[(&str, &str)]) -> String {
        let kept = self.query_now().only(|name| KEPT.contains(&name));
        let query = parameters
            .iter()
            .fold(kept, |query, (name, value)| query.with(name, Some(value)));
        format!("{}{query}", page.path())
    }

    /// The page address of a call's address, such as the `href` of a figure.
    pub fn link_of_call(self, href: &str) -> String {
        let rest = href.strip_prefix("/api/v1").unwrap_or(href);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let kept = self.query_now().only(|name| KEPT.contains(&name));
        let query = Query::parse(query)
            .iter()
            .fold(kept, |kept, (name, value)| kept.with(name, Some(value)));
        format!("{path}{query}")
    }

    /// This view with one parameter changed.
    pub fn link_with(self, name: &str, value: Option<&str>) -> String {
        self.here
            .with_untracked(|here| format!("{}{}", here.page.path(), here.query.clone().with(name, value)))
    }

    /// Goes to an address of ours.
    pub fn go(self, href: &str) {
        push(href, false);
        self.here.set(read());
    }

    /// Goes to an address of ours, in place of this one.
    pub fn go_in_place(self, href: &str) {
        push(href, true);
        self.here.set(read());
    }

    /// Changes parameters of this view, as a new step of the history.
    pub fn set(self, changes: &[(&str, Option<&str>)]) {
        self.change(changes, false);
    }

    /// Changes parameters of this view in place, for what nobody wants to step back through.
    pub fn replace(self, changes: &[(&str, Option<&str>)]) {
        self.change(changes, true);
    }

    fn change(self, changes: &[(&str, Option<&str>)], in_place: bool) {
        let here = self.here.get_untracked();
        let query = changes.iter().fold(here.query.clone(), |query, (name, value)| {
            query.with(name, *value)
        });
        if query != here.query {
            push(&format!("{}{query}", here.page.path()), in_place);
            self.here.set(read());
        }
    }

    /// Turns a plain click on a link of ours into a change of the address.
    fn catch(self, event: &web_sys::MouseEvent) {
        let plain = event.button() == 0
            && !event.default_prevented()
            && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
        if !plain {
            return;
        }
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let Some(link) = target.and_then(|element| element.closest("a[href]").ok().flatten()) else {
            return;
        };
        let Some(href) = link.get_attribute("href") else {
            return;
        };
        let ours = href.starts_with('/') && !href.starts_with("//") && !href.starts_with("/api/");
        if !ours || link.has_attribute("download") || link.has_attribute("target") {
            return;
        }
        event.prevent_default();
        let before = self.here.get_untracked().page;
        self.go(&href);
        if self.here.get_untracked().page != before {
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }
}

fn read() -> Here {
    let location = window().location();
    Here {
        page: Page::from_path(&location.pathname().unwrap_or_default()),
        query: Query::parse(&location.search().unwrap_or_default()),
    }
}

fn push(href: &str, in_place: bool) {
    let Ok(history) = window().history() else {
        return;
    };
    let done = if in_place {
        history.replace_state_with_url(&JsValue::NULL, "", Some(href))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(href))
    };
    if let Err(error) = done {
        leptos::logging::warn!("the address could not be changed to {href}: {error:?}");
    }
}
