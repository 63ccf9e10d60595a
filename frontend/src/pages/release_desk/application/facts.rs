//! Field by field what was applied for, and beside it what this server's own events say, from whom and since when. Where
//! the terminal corrects, the fields can be written into in place.

use super::Case;
use super::act::Act;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::patched::patch;
use crate::components::planted::{listen, planted, pressed};
use crate::components::reactive::effect;
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::desk::field_words;
use crate::i18n::terms::Term;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::event::Node;
use shared::time::LocalTime;
use shared::wire::release_desk::{Application, ApplicationAction, ApplicationForm, CheckVerdict, DeskCheck};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// Reads a field off a form.
type Of = fn(&ApplicationForm) -> String;

/// The fields of an application that is for one box, and how each is read off the form.
const FIELDS: [(&str, Of); 9] = [
    ("container", |form| {
        form.containers.first().cloned().unwrap_or_default()
    }),
    ("bill_of_lading", |form| form.bill_of_lading.clone()),
    ("vessel_name", |form| form.vessel_name.clone()),
    ("vessel_imo", |form| form.vessel_imo.clone()),
    ("voyage", |form| form.voyage.clone()),
    ("declaration", |form| form.declaration.clone()),
    ("district", |form| form.district.clone()),
    ("loading_place", |form| form.loading_place.clone()),
    ("closing_at", |form| {
        form.closing_at.map(format::stamp).unwrap_or_default()
    }),
];

/// What the terminal may put right; the box itself is another application.
const CORRECTED: [&str; 7] = [
    "bill_of_lading",
    "vessel_name",
    "vessel_imo",
    "voyage",
    "declaration",
    "district",
    "loading_place",
];

/// The table.
pub fn facts(case: Case) -> AnyView {
    let hear = move |event: web_sys::Event| {
        if event.type_() == "input" {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some((input, field)) = input.and_then(|input| {
                let field = input.name().strip_prefix("fix-")?.to_owned();
                Some((input, field))
            }) {
                // Not told: what is typed stands in the field already.
                case.fixes.alter(|fixes| {
                    fixes.insert(field, input.value());
                    false
                });
            }
        } else if let Some(field) = pressed(&event)
            .as_deref()
            .and_then(|pressed| pressed.strip_prefix("take "))
        {
            take(case, field);
        }
    };
    let markup = move || {
        let correcting = case.chosen.get() == Some(Act(ApplicationAction::Correct));
        case.fixes.track();
        case.look(|there| table(case, there, correcting))
    };
    // In its place, so that whoever writes into a field goes on where they are.
    let ready = move |part: HtmlElement| {
        listen(&part, &["input", "click"], Box::new(hear));
        effect(move || patch(&part, &markup().into_string()));
    };
    planted("card desk-facts", nothing(), Box::new(ready))
}

/// Puts what events say into a field.
fn take(case: Case, field: &str) {
    let known = case.there.peek(|there| {
        let checks = there.as_ref().map(|there| &there.checks[..]).unwrap_or_default();
        checks
            .iter()
            .find(|check| check.field == field)
            .and_then(|check| check.known.clone())
    });
    if let Some(known) = known {
        // What was typed is no longer what the markup says, so the field is told itself.
        let input = document().get_element_by_id(&["fix-", field].concat());
        if let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) {
            input.set_value(&known);
        }
        case.fixes.change(|fixes| {
            fixes.insert(field.to_owned(), known);
        });
    }
}

fn table(case: Case, there: &Application, correcting: bool) -> Markup {
    const TABLE: &str = "<h2>{}</h2>{}<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\
                         <table class=\"data desk-checks\"><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th>\
                         <th scope=\"col\">{}</th></tr></thead><tbody>{}</tbody></table></div>{}";
    let context = case.context;
    let language = context.language;
    let mut rows = Vec::new();
    for (field, of) in FIELDS {
        let applied = of(&there.form);
        let check = there.checks.iter().find(|check| check.field == field);
        if applied.is_empty() && check.is_none() && !correcting {
            continue;
        }
        let applied = match correcting && CORRECTED.contains(&field) {
            true => correction(case, field, &applied, check),
            false => text(if applied.is_empty() { "—" } else { &applied }),
        };
        rows.push(row(context, field, applied, check));
    }
    for check in &there.checks {
        if !FIELDS.iter().any(|(field, _)| *field == check.field) {
            rows.push(row(context, &check.field, text("—"), Some(check)));
        }
    }
    let remark = match there.form.remark.as_str() {
        "" => nothing(),
        remark => fill(
            "<div class=\"desk-remark\"><h3>{}</h3><p>{}</p></div>",
            &[say(language, Word::Remark), text(remark)],
        ),
    };
    let gaps = [
        say(language, Word::DeskApplied),
        summary(context, &there.checks),
        say(language, Word::DeskApplied),
        say(language, Word::DeskField),
        say(language, Word::DeskAppliedFor),
        say(language, Word::DeskEventsSay),
        join(&rows),
        remark,
    ];
    fill(TABLE, &gaps)
}

/// All in one line: whether it agrees.
fn summary(context: Context, checks: &[DeskCheck]) -> Markup {
    let count = |verdict: CheckVerdict| checks.iter().filter(|check| check.verdict == verdict).count() as u64;
    let mut parts = Vec::new();
    for (verdict, word) in [
        (CheckVerdict::Differs, Word::DeskDiffer),
        (CheckVerdict::Unknown, Word::DeskUnknown),
        (CheckVerdict::Agrees, Word::DeskAgree),
    ] {
        let count = count(verdict);
        if count > 0 {
            let gaps = [
                text(verdict.name()),
                text(&context.fill(word, format::whole(count))),
            ];
            parts.push(fill(
                "<span class=\"verdict\" data-verdict=\"{}\">{}</span>",
                &gaps,
            ));
        }
    }
    fill("<p class=\"desk-verdicts\">{}</p>", &[join(&parts)])
}

fn row(context: Context, field: &str, applied: Markup, check: Option<&DeskCheck>) -> Markup {
    let verdict = check.map_or("", |check| check.verdict.name());
    let gaps = [
        text(field),
        text(verdict),
        text(&field_words(context.language, field)),
        applied,
        check.map_or_else(nothing, |check| said(context, check)),
    ];
    fill(
        "<tr data-field=\"{}\" data-verdict=\"{}\"><th scope=\"row\">{}</th><td class=\"wrap\">{}</td><td class=\"wrap\">{}</td></tr>",
        &gaps,
    )
}

/// What events say in words: a time, a node, or as it stands in the data.
fn known_words(context: Context, known: &str) -> String {
    if let Ok(at) = LocalTime::parse(known) {
        return format::stamp(at);
    }
    if known == "expected_departure" {
        return context.say(Word::CheckExpected).to_owned();
    }
    let node = Node::ALL.iter().find(|node| node.name() == known);
    node.map_or(known, |node| context.term(*node)).to_owned()
}

/// What events say, with its source and its time.
fn said(context: Context, check: &DeskCheck) -> Markup {
    let is_field = FIELDS.iter().any(|(field, _)| *field == check.field);
    let known = check.known.as_deref().map(|known| known_words(context, known));
    let at = check
        .at
        .map(format::stamp)
        .filter(|at| Some(at) != known.as_ref());
    let from: Vec<&str> = check.source.as_deref().into_iter().chain(at.as_deref()).collect();
    let gaps = [
        text(check.verdict.name()),
        // Of what happened it is said whether it did.
        match (is_field, &known, check.verdict) {
            (true, _, verdict) => text(verdict.in_language(context.language)),
            (false, Some(_), _) => nothing(),
            (false, None, CheckVerdict::Unknown) => say(context.language, Word::CheckUnknown),
            (false, None, _) => say(context.language, Word::CheckNone),
        },
        text(known.as_deref().unwrap_or_default()),
        text(&from.join(" · ")),
    ];
    fill(
        "<span class=\"verdict\" data-verdict=\"{}\">{}</span> <strong>{}</strong> <span class=\"quiet\">{}</span>",
        &gaps,
    )
}

fn correction(case: Case, field: &str, applied: &str, check: Option<&DeskCheck>) -> Markup {
    let context = case.context;
    let value = case
        .fixes
        .peek(|fixes| fixes.get(field).cloned())
        .unwrap_or_else(|| applied.to_owned());
    let known = check.and_then(|check| check.known.as_deref());
    let take = match known.filter(|known| *known != value) {
        Some(known) => fill(
            "<button type=\"button\" data-do=\"take {}\">{}</button>",
            &[text(field), text(&context.fill(Word::DeskTake, known))],
        ),
        None => nothing(),
    };
    let gaps = [
        text(field),
        text(field),
        text(&value),
        text(&field_words(context.language, field)),
        take,
    ];
    fill(
        "<input id=\"fix-{}\" name=\"fix-{}\" value=\"{}\" aria-label=\"{}\" autocomplete=\"off\" spellcheck=\"false\">{}",
        &gaps,
    )
}

/// What was corrected: fields that say something else now, with what they should say.
pub fn corrections(case: Case) -> Vec<(String, String)> {
    case.there.peek(|there| {
        let Some(there) = there else {
            return Vec::new();
        };
        case.fixes.peek(|fixes| {
            let mut corrected = Vec::new();
            for (field, of) in FIELDS {
                if let Some(fixed) = fixes.get(field).map(|fixed| fixed.trim())
                    && fixed != of(&there.form)
                {
                    corrected.push((field.to_owned(), fixed.to_owned()));
                }
            }
            corrected
        })
    })
}
