//! The fields of the form: what each is, what was filled in from events, and what is wrong with it, said beside it.

use super::{Filling, Sheet};
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::planted::find;
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::desk::{error_words, field_words};
use crate::i18n::{Word, format};
use leptos::prelude::document;
use shared::release_desk::form::{misfits, missing, tidied};
use shared::time::LocalTime;
use shared::wire::release_desk::{ApplicationForm, ApplicationKind, ApplicationReason, DeskFill, FieldError};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};

/// A field that is typed into.
pub struct Field {
    /// As it travels.
    pub name: &'static str,
    /// What is to be known before it is filled.
    hint: Option<Word>,
    /// Its kind of input.
    kind: &'static str,
    /// Whether an application needs it.
    needed: bool,
}

const fn field(name: &'static str, hint: Option<Word>, kind: &'static str, needed: bool) -> Field {
    Field {
        name,
        hint,
        kind,
        needed,
    }
}

/// The fields of the papers, in their order.
pub const PAPERS: [Field; 8] = [
    field("bill_of_lading", None, "text", true),
    field("vessel_name", None, "text", true),
    field("vessel_imo", Some(Word::HintImo), "text", false),
    field("voyage", None, "text", true),
    field("declaration", None, "text", true),
    field("district", Some(Word::HintDistrict), "text", false),
    field("loading_place", Some(Word::HintLoadingPlace), "text", false),
    field("closing_at", Some(Word::HintClosing), "datetime-local", false),
];

/// What a field of a form says, as it stands in the field.
pub fn value(form: &ApplicationForm, name: &str) -> String {
    match name {
        "kind" => form.kind.map_or("", ApplicationKind::name).to_owned(),
        "reason" => form.reason.map_or("", ApplicationReason::name).to_owned(),
        "site" => form.site.clone(),
        "remark" => form.remark.clone(),
        "closing_at" => form
            .closing_at
            .map(|at| at.to_string().get(..16).unwrap_or_default().to_owned())
            .unwrap_or_default(),
        name => shared::release_desk::form::field(form, name).unwrap_or_default(),
    }
}

/// Lets a field of a form say what was typed; `offset` is the site's, for what is a time of day there.
pub fn put(form: &mut ApplicationForm, name: &str, value: &str, offset: i32) {
    let text = value.to_owned();
    match name {
        "kind" => form.kind = ApplicationKind::from_name(value),
        "reason" => form.reason = ApplicationReason::from_name(value),
        "site" => form.site = text,
        "bill_of_lading" => form.bill_of_lading = text,
        "vessel_name" => form.vessel_name = text,
        "vessel_imo" => form.vessel_imo = text,
        "voyage" => form.voyage = text,
        "declaration" => form.declaration = text,
        "district" => form.district = text,
        "loading_place" => form.loading_place = text,
        "remark" => form.remark = text,
        "closing_at" => {
            let clock = [
                value.get(..16).unwrap_or_default(),
                ":00",
                &format::offset(offset),
            ]
            .concat();
            form.closing_at = LocalTime::parse(&clock).ok();
        }
        _ => {}
    }
}

/// What boxes say of a field: each value once, with how many of them say it.
pub fn said(sheet: &Sheet, name: &str) -> Vec<(String, usize)> {
    let mut said: Vec<(String, usize)> = Vec::new();
    for number in &sheet.form.containers {
        let Some(Filling::Here(fill)) = sheet.fills.get(number) else {
            continue;
        };
        let value = of_fill(fill, name);
        if value.is_empty() {
            continue;
        }
        match said.iter_mut().find(|(own, _)| *own == value) {
            Some((_, count)) => *count += 1,
            None => said.push((value, 1)),
        }
    }
    said
}

fn of_fill(fill: &DeskFill, name: &str) -> String {
    match (name, fill.form.closing_at.or(fill.closing_at)) {
        ("closing_at", Some(at)) => {
            let at = ApplicationForm {
                closing_at: Some(at),
                ..ApplicationForm::default()
            };
            value(&at, name)
        }
        _ => value(&fill.form, name),
    }
}

/// Fills what nobody typed into with what all boxes that are known say; what they do not agree in stays empty, and each
/// gets its own.
pub fn fill_in(sheet: &mut Sheet, offset: i32) {
    for name in PAPERS.iter().map(|field| field.name).chain(["reason"]) {
        if sheet.typed.iter().any(|typed| typed == name) {
            continue;
        }
        let said = said(sheet, name);
        let one = match said.as_slice() {
            [(one, _)] => one.clone(),
            _ => String::new(),
        };
        if one.is_empty() && !sheet.filled.iter().any(|filled| filled == name) {
            continue;
        }
        put(&mut sheet.form, name, &one, offset);
        sheet.filled.retain(|filled| filled != name);
        if !one.is_empty() {
            sheet.filled.push(name.to_owned());
        }
    }
}

/// What is wrong, as far as the page knows: with what was typed at once, with what is missing once it was to be handed in.
pub fn own_errors(sheet: &Sheet) -> Vec<FieldError> {
    let form = tidied(&sheet.form);
    let mut errors = misfits(&form);
    errors.retain(|error| error.index.is_none() && (sheet.checked || error.code != "missing"));
    if sheet.checked {
        let count = sheet.form.containers.len();
        for (name, message) in missing(&form) {
            // Each box gets its own where events know it of all of them.
            let known: usize = said(sheet, name).iter().map(|(_, count)| count).sum();
            if known < count.max(1) {
                errors.push(FieldError {
                    field: name.to_owned(),
                    index: None,
                    code: "missing".to_owned(),
                    message: message.to_owned(),
                });
            }
        }
    }
    errors
}

/// All that is wrong with fields: what the server said, and what the page knows.
pub fn errors(sheet: &Sheet) -> Vec<FieldError> {
    let mut all = own_errors(sheet);
    for error in &sheet.errors {
        if error.index.is_none() && !all.iter().any(|own| own.field == error.field) {
            all.push(error.clone());
        }
    }
    all
}

/// An error in words.
pub fn words(context: Context, error: &FieldError) -> String {
    match (error.field.as_str(), error.code.as_str()) {
        ("vessel_imo", "invalid") => context.say(Word::WrongImo).to_owned(),
        ("district", "invalid") => context.say(Word::HintDistrict).to_owned(),
        ("loading_place", "invalid") => context.say(Word::HintLoadingPlace).to_owned(),
        (_, code) => error_words(context.language, code, &error.message),
    }
}

/// A field, written.
pub fn written(context: Context, field: &Field, form: &ApplicationForm) -> Markup {
    const FIELD: &str = "<div class=\"field\" data-field=\"{}\"><label for=\"apply-{}\"><span>{}{}</span></label>\
                         <input id=\"apply-{}\" name=\"{}\" type=\"{}\" value=\"{}\" autocomplete=\"off\" spellcheck=\"false\" \
                         aria-describedby=\"apply-{}-about\">{}</div>";
    let name = text(field.name);
    let gaps = [
        name.clone(),
        name.clone(),
        text(&field_words(context.language, field.name)),
        needed(context, field.needed),
        name.clone(),
        name.clone(),
        text(field.kind),
        text(&value(form, field.name)),
        name,
        about(context, field.name, field.hint),
    ];
    fill(FIELD, &gaps)
}

fn needed(context: Context, needed: bool) -> Markup {
    match needed {
        true => fill(
            " <abbr title=\"{}\">*</abbr>",
            &[say(context.language, Word::DeskNeeded)],
        ),
        false => nothing(),
    }
}

/// Below a field: its hint, where it was filled in from, and what is wrong with it.
fn about(context: Context, name: &str, hint: Option<Word>) -> Markup {
    let gaps = [
        text(name),
        hint.map_or_else(nothing, |hint| say(context.language, hint)),
        text(name),
        text(name),
    ];
    fill(
        "<p class=\"field-about\" id=\"apply-{}-about\"><span class=\"quiet\">{}</span><span class=\"filled\" data-filled=\"{}\"></span>\
         <span class=\"field-error\" data-error=\"{}\"></span></p>",
        &gaps,
    )
}

/// What is applied for, and why.
pub fn what(context: Context, form: &ApplicationForm) -> Markup {
    const KIND: &str = "<label class=\"check kind\"><input type=\"radio\" name=\"kind\" value=\"{}\"{}>\
                        <span><b>{}</b> <span class=\"quiet\">{}</span></span></label>";
    let chosen = form.kind.unwrap_or(ApplicationKind::MissingInstruction);
    let mut kinds = Vec::new();
    for kind in ApplicationKind::ALL {
        let about = match kind {
            ApplicationKind::MissingInstruction => Word::AboutMissingInstruction,
            ApplicationKind::SecondProcessing => Word::AboutSecondProcessing,
            ApplicationKind::AbnormalSecondRelease => Word::AboutAbnormalSecondRelease,
        };
        let gaps = [
            text(kind.name()),
            text(if *kind == chosen { " checked" } else { "" }),
            text(context.term(*kind)),
            say(context.language, about),
        ];
        kinds.push(fill(KIND, &gaps));
    }
    let mut reasons = vec![fill(
        "<option value=\"\">{}</option>",
        &[say(context.language, Word::DeskChoose)],
    )];
    for reason in ApplicationReason::ALL {
        let gaps = [
            text(reason.name()),
            text(if form.reason == Some(*reason) {
                " selected"
            } else {
                ""
            }),
            text(context.term(*reason)),
        ];
        reasons.push(fill("<option value=\"{}\"{}>{}</option>", &gaps));
    }
    let gaps = [
        text(&field_words(context.language, "kind")),
        join(&kinds),
        text(&field_words(context.language, "reason")),
        needed(context, true),
        join(&reasons),
        about(context, "reason", None),
    ];
    fill(
        "<fieldset class=\"kinds\"><legend>{}</legend>{}</fieldset>\
         <div class=\"field\" data-field=\"reason\"><label for=\"apply-reason\"><span>{}{}</span></label>\
         <select id=\"apply-reason\" name=\"reason\" aria-describedby=\"apply-reason-about\">{}</select>{}</div>",
        &gaps,
    )
}

/// What else is to be said.
pub fn remark(context: Context, form: &ApplicationForm) -> Markup {
    let gaps = [
        text(&field_words(context.language, "remark")),
        text(&form.remark),
        about(context, "remark", Some(Word::HintRemark)),
    ];
    fill(
        "<div class=\"field wide\" data-field=\"remark\"><label for=\"apply-remark\"><span>{}</span></label>\
         <textarea id=\"apply-remark\" name=\"remark\" rows=\"3\" maxlength=\"2000\" aria-describedby=\"apply-remark-about\">{}\
         </textarea>{}</div>",
        &gaps,
    )
}

/// Shows in the fields what the sheet says: values that were filled in, from where, and what is wrong.
pub fn show(context: Context, part: &HtmlElement, sheet: &Sheet) {
    let errors = errors(sheet);
    for name in PAPERS
        .iter()
        .map(|field| field.name)
        .chain(["reason", "remark", "containers", "site"])
    {
        let error = errors.iter().find(|error| error.field == name);
        let told = error.map(|error| words(context, error)).unwrap_or_default();
        set_text(part, &["[data-error=\"", name, "\"]"].concat(), &told);
        let own = ["[name=\"", name, "\"]"].concat();
        if let Some(field) = find::<Element>(part, &own) {
            // Plain names are always taken.
            let _ = match error {
                Some(_) => field.set_attribute("aria-invalid", "true"),
                None => field.remove_attribute("aria-invalid"),
            };
        }
        if ["remark", "containers", "site"].contains(&name) {
            continue;
        }
        let filled = sheet.filled.iter().any(|filled| filled == name);
        if filled || !sheet.typed.iter().any(|typed| typed == name) {
            set_value(part, &own, &value(&sheet.form, name));
        }
        let said = said(sheet, name);
        let from = if filled {
            context.say(Word::DeskFilled).to_owned()
        } else if said.len() > 1 {
            let values: Vec<String> = said
                .iter()
                .map(|(value, count)| format!("{value} ({count})"))
                .collect();
            context.fill(Word::DeskBoxesDiffer, values.join(", "))
        } else {
            match said.first().filter(|(one, _)| *one != value(&sheet.form, name)) {
                Some((one, _)) => context.fill(Word::DeskEventsDiffer, one),
                None => String::new(),
            }
        };
        set_text(part, &["[data-filled=\"", name, "\"]"].concat(), &from);
        let place = ["[data-field=\"", name, "\"]"].concat();
        if let Some(place) = find::<Element>(part, &place) {
            let _ = place.toggle_attribute_with_force("data-from-events", filled);
        }
    }
}

fn set_text(part: &HtmlElement, selector: &str, words: &str) {
    if let Some(place) = find::<HtmlElement>(part, selector)
        && place.text_content().as_deref() != Some(words)
    {
        place.set_text_content(Some(words));
    }
}

fn set_value(part: &HtmlElement, selector: &str, value: &str) {
    let Some(field) = find::<HtmlElement>(part, selector) else {
        return;
    };
    let typing = document()
        .active_element()
        .is_some_and(|active| active == *field.unchecked_ref());
    if typing {
        return;
    }
    if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
        if input.value() != value {
            input.set_value(value);
        }
    } else if let Some(select) = field.dyn_ref::<HtmlSelectElement>() {
        select.set_value(value);
    } else if let Some(area) = field.dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(value);
    }
}
