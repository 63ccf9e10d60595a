//! A small form: what is wrong with a field is said beside it, and what is wrong with all of it below.

use crate::client::CallError;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::planted::{find, listen, planted, pressed};
use crate::context::Context;
use crate::i18n::Word;
use leptos::prelude::*;
use std::rc::Rc;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};

const FIELD: &str = "<label class=\"field\"><span>{}</span><input name=\"{}\" type=\"{}\" value=\"{}\" autocomplete=\"{}\" \
                     autocapitalize=\"none\" spellcheck=\"false\" aria-describedby=\"{}-{}-about\"{}></label>\
                     <p class=\"field-about\" id=\"{}-{}-about\"><span class=\"quiet\">{}</span>\
                     <span class=\"field-error\" data-error=\"{}\"></span></p>";
const FORM: &str = "<form class=\"door-form\" data-form=\"{}\" novalidate>{}<p class=\"form-error\" role=\"alert\"></p>\
                    <div class=\"buttons\"><button type=\"submit\" class=\"primary\">{}</button>{}</div></form>";
const CANCEL: &str = "<button type=\"button\" data-do=\"cancel\">{}</button>";

/// A field that is typed into.
pub struct Field<'a> {
    /// As it travels.
    pub name: &'static str,
    /// What it is.
    pub word: Word,
    /// `text` or `password`.
    pub kind: &'static str,
    /// What a password manager knows it as.
    pub complete: &'static str,
    /// What stands in it.
    pub value: &'a str,
    /// What is to be known before it is filled.
    pub hint: &'a str,
    /// `required`, `readonly`, or nothing.
    pub more: &'static str,
}

/// A field, written. `form` is the name of the form that it is in.
pub fn field(context: Context, form: &'static str, field: &Field<'_>) -> Markup {
    let more = match field.more {
        "" => nothing(),
        more => text(&[" ", more].concat()),
    };
    let gaps = [
        text(context.say(field.word)),
        text(field.name),
        text(field.kind),
        text(field.value),
        text(field.complete),
        text(form),
        text(field.name),
        more,
        text(form),
        text(field.name),
        text(field.hint),
        text(field.name),
    ];
    fill(FIELD, &gaps)
}

/// Where something is wrong with what is no field of text: a choice, a group of marks.
pub fn error_place(name: &str) -> Markup {
    fill(
        "<span class=\"field-error\" data-error=\"{}\"></span>",
        &[text(name)],
    )
}

/// A form on the page.
#[derive(Clone)]
pub struct Form {
    part: HtmlElement,
    context: Context,
}

/// What a form does when it is sent.
pub type Send = Rc<dyn Fn(Form)>;

/// A form of fields that are written already, for as long as the component that asks lives.
pub fn form(
    context: Context,
    name: &'static str,
    fields: &[Markup],
    submit: Word,
    send: Send,
    cancel: Option<Rc<dyn Fn()>>,
) -> AnyView {
    let cancel_button = match cancel {
        Some(_) => fill(CANCEL, &[text(context.say(Word::Cancel))]),
        None => nothing(),
    };
    let cancel_is_there = cancel.is_some();
    let gaps = [text(name), join(fields), text(context.say(submit)), cancel_button];
    let ready = move |part: HtmlElement| {
        let form = Form {
            part: part.clone(),
            context,
        };
        let (send, cancel, first) = (send.clone(), cancel.clone(), part.clone());
        let hear = move |event: web_sys::Event| match event.type_().as_str() {
            "submit" => {
                event.prevent_default();
                if !form.is_busy() {
                    form.clear();
                    send(form.clone());
                }
            }
            "change" => {
                let shown = event_target::<HtmlInputElement>(&event);
                if shown.name() == "show" {
                    form.show_passwords(shown.checked());
                }
            }
            _ => {
                if let (Some("cancel"), Some(cancel)) = (pressed(&event).as_deref(), &cancel) {
                    cancel();
                }
            }
        };
        listen(&part, &["submit", "click", "change"], Box::new(hear));
        // A form that is the page, or was opened just now; not one that stands on a page beside others.
        let alone = cancel_is_there || ["sign-in", "welcome"].contains(&name);
        if let (true, Some(field)) = (alone, find::<HtmlElement>(&first, "input:not([readonly])")) {
            // A field that cannot be focused is not in sight; nothing is lost.
            let _ = field.focus();
        }
    };
    planted("contents", fill(FORM, &gaps), Box::new(ready))
}

/// A mark that lets what is typed as a password be read.
pub fn show_passwords(context: Context) -> Markup {
    let words = text(context.say(Word::ShowPassword));
    fill(
        "<label class=\"check\"><input type=\"checkbox\" name=\"show\">{}</label>",
        &[words],
    )
}

impl Form {
    /// What stands in a field or a choice.
    pub fn value(&self, name: &str) -> String {
        let selector = ["[name=\"", name, "\"]"].concat();
        if let Some(input) = find::<HtmlInputElement>(&self.part, &selector) {
            return input.value();
        }
        let select = find::<HtmlSelectElement>(&self.part, &selector);
        select.map(|select| select.value()).unwrap_or_default()
    }

    /// Whether something is marked.
    pub fn is_marked(&self, name: &str) -> bool {
        let selector = ["[name=\"", name, "\"]:checked"].concat();
        find::<HtmlInputElement>(&self.part, &selector).is_some()
    }

    /// The values of a group of marks.
    pub fn marked(&self, name: &str) -> Vec<String> {
        let mut values = Vec::new();
        let selector = ["input[name=\"", name, "\"]:checked"].concat();
        if let Ok(found) = self.part.query_selector_all(&selector) {
            for index in 0..found.length() {
                use wasm_bindgen::JsCast;
                let input = found
                    .item(index)
                    .and_then(|one| one.dyn_into::<HtmlInputElement>().ok());
                values.extend(input.map(|input| input.value()));
            }
        }
        values
    }

    /// Empties a field.
    pub fn empty(&self, name: &str) {
        let selector = ["[name=\"", name, "\"]"].concat();
        if let Some(input) = find::<HtmlInputElement>(&self.part, &selector) {
            input.set_value("");
        }
    }

    fn show_passwords(&self, shown: bool) {
        let (from, to) = if shown {
            ("password", "text")
        } else {
            ("text", "password")
        };
        for name in ["password", "present"] {
            let selector = ["input[name=\"", name, "\"][type=\"", from, "\"]"].concat();
            if let Some(input) = find::<HtmlInputElement>(&self.part, &selector) {
                input.set_type(to);
            }
        }
    }

    /// Whether what was sent is under way.
    fn is_busy(&self) -> bool {
        self.part.has_attribute("data-busy")
    }

    /// Says whether it is under way.
    pub fn busy(&self, busy: bool) {
        // Plain names are always taken.
        let _ = self.part.toggle_attribute_with_force("data-busy", busy);
        if let Some(button) = find::<HtmlElement>(&self.part, "[type=submit]") {
            let _ = button.set_attribute("aria-disabled", if busy { "true" } else { "false" });
        }
    }

    fn clear(&self) {
        for (selector, name) in [
            ("[data-error]", ""),
            (".form-error", ""),
            ("[aria-invalid]", "aria-invalid"),
        ] {
            let Ok(found) = self.part.query_selector_all(selector) else {
                continue;
            };
            for index in 0..found.length() {
                use wasm_bindgen::JsCast;
                let Some(one) = found
                    .item(index)
                    .and_then(|one| one.dyn_into::<HtmlElement>().ok())
                else {
                    continue;
                };
                if name.is_empty() {
                    one.set_text_content(None);
                } else {
                    let _ = one.remove_attribute(name);
                }
            }
        }
    }

    /// Says what is wrong with a field, or with all of it where there is no such field.
    pub fn fail(&self, name: &str, words: &str) {
        let place = ["[data-error=\"", name, "\"]"].concat();
        let Some(place) = find::<HtmlElement>(&self.part, &place) else {
            if let Some(place) = find::<HtmlElement>(&self.part, ".form-error") {
                place.set_text_content(Some(words));
            }
            return;
        };
        place.set_text_content(Some(words));
        let field = ["[name=\"", name, "\"]"].concat();
        if let Some(field) = find::<HtmlElement>(&self.part, &field) {
            let _ = field.set_attribute("aria-invalid", "true");
            let _ = field.focus();
        }
    }

    /// Says why a call was refused: at the field that the server names, in words of the page where it has any.
    pub fn refuse(&self, error: &CallError, words_of: &dyn Fn(&str) -> Option<Word>) {
        self.busy(false);
        if let CallError::Problem(problem) = error
            && let Some(name) = &problem.parameter
        {
            let words = words_of(name).map(|word| self.context.say(word));
            return self.fail(name, words.unwrap_or(&problem.detail));
        }
        let (words, detail) = error.words(self.context.language);
        let words = detail.map_or(words.clone(), |detail| [words.as_str(), ": ", &detail].concat());
        self.fail("", &words);
    }
}
