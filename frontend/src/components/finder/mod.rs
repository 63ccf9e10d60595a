//! The search of the bar: what is found stands below it as one types. `/` and Ctrl-K go there from anywhere.
//!
//! A combobox with a list box, after the pattern of the ARIA Authoring Practices Guide: the keyboard stays in the
//! field, and the arrow keys choose.

/// What is found, as items of the list.
mod items;

use super::markup::{fill, join, text};
use super::planted::{find, listen, planted};
use super::reactive::{effect, spawn};
use super::shell::say;
use crate::address::Page;
use crate::client::{calls, get};
use crate::context::Context;
use crate::i18n::Word;
use items::Item;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use shared::wire::List;
use shared::wire::container::Found;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

/// A pause in typing after which the server is asked.
const PAUSE: Duration = Duration::from_millis(60);
/// As many are asked for.
const MOST: &str = "8";

/// The search box; `list` is the id of its list, of which a page has one each.
pub fn search_box(context: Context, list: &'static str) -> AnyView {
    let words = say(context.language, Word::SearchFor);
    let form = fill(
        "<form class=\"search\" role=\"search\" action=\"/containers\"><input type=\"search\" name=\"q\" \
         role=\"combobox\" aria-label=\"{}\" placeholder=\"{}\" aria-keyshortcuts=\"/ Control+K\" aria-expanded=\"false\" \
         aria-autocomplete=\"list\" aria-controls=\"{}\" autocomplete=\"off\" spellcheck=\"false\" \
         enterkeyhint=\"search\"><button type=\"submit\">{}</button>\
         <ul id=\"{}\" class=\"found\" role=\"listbox\" aria-label=\"{}\" hidden></ul>\
         <span class=\"unseen\" role=\"status\"></span></form>",
        &[
            words.clone(),
            words,
            text(list),
            say(context.language, Word::Search),
            text(list),
            say(context.language, Word::Search),
        ],
    );
    planted("contents", form, Box::new(move |form| begin(context, form)))
}

/// The list under the field.
struct Finder {
    context: Context,
    input: HtmlInputElement,
    list: HtmlElement,
    status: Option<Element>,
    items: RefCell<Vec<Item>>,
    chosen: Cell<Option<usize>>,
    // The latest call; what an earlier one brings comes too late.
    call: Cell<u64>,
    pause: Cell<Option<TimeoutHandle>>,
}

fn begin(context: Context, form: HtmlElement) {
    let (Some(input), Some(list)) = (
        find::<HtmlInputElement>(&form, "input"),
        find::<HtmlElement>(&form, ".found"),
    ) else {
        return;
    };
    let finder = Rc::new(Finder {
        context,
        input: input.clone(),
        list,
        status: find(&form, "[role=status]"),
        items: RefCell::default(),
        chosen: Cell::new(None),
        call: Cell::new(0),
        pause: Cell::new(None),
    });
    // The bar has one in every page, a page that found nothing has another.
    let is_in_bar = form.closest(".bar").ok().flatten().is_some();
    let shown = input.clone();
    effect(move || {
        let searching = context.address.page_now() == Page::Containers;
        let query = context.address.query();
        shown.set_value(query.get("q").filter(|_| searching).unwrap_or_default());
    });
    let heard = finder;
    let hear = move |event: Event| match event.type_().as_str() {
        "submit" => {
            event.prevent_default();
            heard.go();
        }
        "input" => heard.clone().typed(),
        "keydown" => heard.key(&event.unchecked_into()),
        // The field keeps the keyboard while an item is clicked.
        "mousedown"
            if event_target::<Element>(&event)
                .closest(".found")
                .is_ok_and(|found| found.is_some()) =>
        {
            event.prevent_default();
        }
        "click"
            if event_target::<Element>(&event)
                .closest(".found a")
                .is_ok_and(|link| link.is_some()) =>
        {
            let heard = heard.clone();
            // The link is followed first.
            set_timeout(move || heard.close(), Duration::ZERO);
        }
        "focusout" => heard.close(),
        "focusin" if event_target::<Element>(&event).tag_name() == "INPUT" => heard.clone().typed(),
        _ => {}
    };
    let events = &[
        "submit",
        "input",
        "keydown",
        "mousedown",
        "click",
        "focusin",
        "focusout",
    ];
    listen(&form, events, Box::new(hear));
    if !is_in_bar {
        return;
    }
    let hear = move |event: Event| {
        let typing = event_target::<Element>(&event)
            .matches("input, textarea, select, [contenteditable]")
            .unwrap_or(false);
        let event: KeyboardEvent = event.unchecked_into();
        let control = event.ctrl_key() || event.meta_key();
        let slash = event.key() == "/" && !typing && !control && !event.alt_key();
        if slash || (control && event.key().eq_ignore_ascii_case("k")) {
            event.prevent_default();
            // A field that cannot be focused is not in sight; nothing is lost.
            let _ = input.focus();
            input.select();
        }
    };
    if let Some(page) = document().document_element() {
        listen(&page, &["keydown"], Box::new(hear));
    }
}

impl Finder {
    /// The id of an item.
    fn id_of(&self, index: usize) -> String {
        [&self.list.id(), "-", &index.to_string()].concat()
    }

    fn text(&self) -> String {
        self.input.value().trim().to_owned()
    }

    /// Goes to what is chosen, else to all that is found.
    fn go(&self) {
        let chosen = self.chosen.get();
        let href = chosen.and_then(|chosen| Some(self.items.borrow().get(chosen)?.href.clone()));
        let text = self.text();
        let address = self.context.address;
        if let Some(href) = href {
            address.go(&href);
        } else if !text.is_empty() {
            address.go(&address.link(&Page::Containers, &[("q", &text)]));
        }
        self.close();
    }

    fn key(&self, event: &KeyboardEvent) {
        let count = self.items.borrow().len();
        let to = match (event.key().as_str(), self.chosen.get()) {
            ("Escape", _) if !self.list.hidden() => {
                event.prevent_default();
                return self.close();
            }
            ("ArrowDown", None) => 0,
            ("ArrowDown", Some(at)) => (at + 1) % count.max(1),
            ("ArrowUp", Some(at)) if at > 0 => at - 1,
            ("ArrowUp", _) => count.saturating_sub(1),
            _ => return,
        };
        if count > 0 {
            event.prevent_default();
            self.choose(Some(to));
        }
    }

    fn choose(&self, chosen: Option<usize>) {
        self.chosen.set(chosen);
        let id = chosen.map(|chosen| self.id_of(chosen)).unwrap_or_default();
        // Without it a screen reader says less; nothing else is lost.
        let _ = self.input.set_attribute("aria-activedescendant", &id);
        let children = self.list.children();
        for index in 0..children.length() {
            if let Some(item) = children.item(index) {
                let is = item.id() == id;
                let _ = item.set_attribute("aria-selected", if is { "true" } else { "false" });
                if is {
                    item.scroll_into_view_with_bool(false);
                }
            }
        }
    }

    /// Shows pages at once, and asks for the rest after a pause in typing.
    fn typed(self: Rc<Self>) {
        let text = self.text();
        let call = self.call.get() + 1;
        self.call.set(call);
        if text.is_empty() {
            return self.close();
        }
        self.show(items::pages(self.context, &text), false);
        let asked = self.clone();
        let ask = move || spawn(async move { asked.ask(call, text).await });
        let pause = set_timeout_with_handle(ask, PAUSE).ok();
        if let Some(before) = self.pause.replace(pause) {
            before.clear();
        }
    }

    async fn ask(&self, call: u64, text: String) {
        let query = self
            .context
            .call()
            .with("q", Some(&text))
            .with("limit", Some(MOST));
        let found = get::<List<Found>>(calls::find(&query)).await;
        if self.call.get() != call || document().active_element().as_deref() != Some(self.input.as_ref()) {
            return;
        }
        let found = found.map(|found| found.items).unwrap_or_default();
        let mut all = items::found(self.context, &found);
        all.extend(items::pages(self.context, &text));
        if !found.is_empty() {
            all.push(items::all(self.context, &text));
        }
        self.show(all, true);
    }

    fn show(&self, found: Vec<Item>, done: bool) {
        let mut options = Vec::new();
        for (index, item) in found.iter().enumerate() {
            let gaps = [text(&self.id_of(index)), text(&item.href), item.markup.clone()];
            options.push(fill(
                "<li id=\"{}\" role=\"option\" aria-selected=\"false\"><a href=\"{}\" tabindex=\"-1\">{}</a></li>",
                &gaps,
            ));
        }
        let count = found.len();
        if count == 0 && done {
            let none = say(self.context.language, Word::NoResults);
            options.push(fill(
                "<li role=\"option\" aria-disabled=\"true\" class=\"empty\">{}</li>",
                &[none],
            ));
        }
        self.items.replace(found);
        self.list.set_inner_html(&join(&options).into_string());
        let open = !options.is_empty();
        self.list.set_hidden(!open);
        let _ = self
            .input
            .set_attribute("aria-expanded", if open { "true" } else { "false" });
        self.choose(None);
        if let (Some(status), true) = (&self.status, done) {
            status.set_text_content(Some(&self.context.fill(Word::FoundCount, count)));
        }
    }

    fn close(&self) {
        // What is still on its way comes too late.
        self.call.set(self.call.get() + 1);
        self.show(Vec::new(), false);
    }
}
