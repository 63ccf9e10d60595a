//! Which alarms are shown: chips with counts, and fields for the rest; all of it stands in the address.

use super::desk::by_priority;
use super::head::taken;
use super::query::{PRIORITIES, STATES, has, listings, toggled};
use super::room::Room;
use super::words::rule_words;
use crate::address::period::{date, day};
use crate::client::{CallError, calls};
use crate::components::alarm::short;
use crate::components::download::save;
use crate::components::markup::{Markup, fill, join, nothing, shown, text};
use crate::components::planted::pressed;
use crate::components::planted::{find, listen, planted};
use crate::components::reactive::{effect, opening, spawn};
use crate::components::select::select;
use crate::context::Context;
use crate::i18n::{Word, format};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::logging::warn;
use leptos::prelude::*;
use shared::access::Right;
use shared::alarm::{Kind, Priority};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// Typing is looked at once it has paused this long.
const TYPED: Duration = Duration::from_millis(300);

/// By what alarms are put together.
const GROUPS: [(&str, &[Word]); 7] = [
    ("", &[Word::GroupNone]),
    ("vessel", &[Word::Vessel]),
    ("block", &[Word::Block]),
    ("kind", &[Word::KindFilter]),
    ("vessel,kind", &[Word::Vessel, Word::KindFilter]),
    ("block,kind", &[Word::Block, Word::KindFilter]),
    ("rule", &[Word::Rule]),
];

/// Parameters that have no chip or field in sight, and so a mark that takes them away.
const MARKED: [(&str, Word); 10] = [
    ("state", Word::State),
    ("block", Word::Block),
    ("vessel", Word::Vessel),
    ("from", Word::From),
    ("to", Word::Until),
    ("rule", Word::Rule),
    ("position", Word::OperatorPosition),
    ("raised_from", Word::RaisedFrom),
    ("raised_to", Word::RaisedUntil),
    ("open", Word::OpenAlarms),
];

/// The filters.
pub fn filters(room: Room) -> AnyView {
    let context = room.context;
    let words = |words: &[Word]| {
        let words: Vec<&str> = words.iter().map(|word| context.say(*word)).collect();
        words.join(" · ")
    };
    let groups = GROUPS.map(|(value, named)| (value.to_owned(), words(named)));
    let more = opening(context.say(Word::MoreFilters).to_owned(), move || {
        let fields = [
            field(context, "block", Word::Block, "text"),
            field(context, "vessel", Word::Vessel, "text"),
            field(context, "from", Word::ActiveFrom, "date"),
            field(context, "to", Word::Through, "date"),
        ];
        view! {
            {shown("chips", move || states(context))}
            <div class="filters">{fields_of(context, join(&fields))}</div>
        }
        .into_any()
    });
    let buttons = [
        ("csv", "CSV", context.say(Word::ExportCsv)),
        ("help", "?", context.say(Word::Keys)),
    ];
    let offered = |what: &str| what != "csv" || context.may(Right::Export);
    let buttons = join(&buttons.map(|(what, sign, words)| {
        if !offered(what) {
            return nothing();
        }
        fill(
            "<button type=\"button\" data-do=\"{}\" title=\"{}\" aria-label=\"{}\">{}</button>",
            &[text(what), text(words), text(words), text(sign)],
        )
    }));
    let hear = move |event: &web_sys::Event| match pressed(event).as_deref() {
        Some("csv") => export(context),
        Some("help") => room.show_help(true),
        _ => {}
    };
    let ready = move |buttons: HtmlElement| listen(&buttons, &["click"], Box::new(move |event| hear(&event)));
    view! {
        <div class="alarm-filters">
            {shown("chips", move || kinds(room))}
            <div class="filters">
                {shown("chips", move || priorities(room))}
                {fields_of(context, field(context, "q", Word::FindText, "search"))}
                {select(context, "group", Word::GroupPicker, groups.to_vec())}
                {planted("buttons", buttons, Box::new(ready))}
            </div>
            {more}
            {shown("chips", move || marks(context))}
        </div>
    }
    .into_any()
}

fn chip(href: &str, current: bool, inner: Markup) -> Markup {
    let current = text(if current { "true" } else { "false" });
    fill(
        "<a class=\"chip\" href=\"{}\" aria-current=\"{}\">{}</a>",
        &[text(href), current, inner],
    )
}

fn counted(words: &str, count: Option<u64>, high: u64) -> Markup {
    let mut parts = vec![text(words)];
    if let Some(count) = count {
        parts.push(fill("<b>{}</b>", &[text(&format::whole(count))]));
    }
    // So many of them are high, and nobody has seen them.
    if high > 0 {
        parts.push(fill("<i class=\"high\">{}</i>", &[text(&format::whole(high))]));
    }
    join(&parts)
}

fn kinds(room: Room) -> Markup {
    let context = room.context;
    let query = context.address.query();
    let chosen = query.get("kind");
    let taken = query.get("priority");
    let takes = |priority: Priority| {
        let named = PRIORITIES.iter().find(|(own, _)| *own == priority);
        taken.is_none() || named.is_some_and(|(_, name)| has(taken, name))
    };
    let high = |kind: Option<Kind>| {
        room.summary(|summary| {
            let mut high = 0;
            for count in summary.map_or(&[][..], |summary| &summary.kinds) {
                if count.priority == Priority::High && kind.is_none_or(|kind| count.kind == kind) {
                    high += count.unacknowledged;
                }
            }
            high
        })
    };
    let whole = room.count(&|_, priority| takes(priority));
    let first = [
        (None, Word::ByScreen, None, 0_u64),
        (Some("all"), Word::InOneList, whole, high(None)),
    ];
    let mut chips = Vec::new();
    for (value, word, count, high) in first {
        let href = context.address.link_with("kind", value);
        chips.push(chip(
            &href,
            chosen == value,
            counted(context.say(word), count, high),
        ));
    }
    for kind in Kind::ALL {
        let count = room.count(&|own, priority| own == kind && takes(priority));
        let current = has(chosen, kind.name());
        let is_screen = matches!(kind, Kind::Overtime | Kind::IllegalStorage);
        if current || is_screen || count.is_some_and(|count| count > 0) {
            let toggled = toggled(chosen, kind.name());
            let href = context.address.link_with("kind", Some(&toggled));
            let inner = counted(short(context.language, kind), count, high(Some(kind)));
            chips.push(chip(&href, current, inner));
        }
    }
    join(&chips)
}

fn priorities(room: Room) -> Markup {
    let context = room.context;
    let query = context.address.query();
    let chosen = query.get("priority");
    let counts = by_priority(room, &listings(&query));
    let mut chips = Vec::new();
    for ((priority, name), count) in PRIORITIES.into_iter().zip(counts) {
        let toggled = toggled(chosen, name);
        let href = context.address.link_with("priority", Some(&toggled));
        let shape = fill("<i class=\"shape\" data-priority=\"{}\"></i>", &[text(name)]);
        let inner = [shape, counted(context.term(priority), count, 0)];
        chips.push(chip(&href, has(chosen, name), join(&inner)));
    }
    join(&chips)
}

fn states(context: Context) -> Markup {
    let query = context.address.query();
    let chosen = query.get("state");
    let link = |value: Option<&str>| context.address.link_with("state", value);
    let mut chips = Vec::new();
    for (value, word) in [(None, Word::OpenAlarms), (Some("all"), Word::All)] {
        chips.push(chip(&link(value), chosen == value, text(context.say(word))));
    }
    for (state, name) in STATES {
        let href = link(Some(&toggled(chosen, name)));
        chips.push(chip(&href, has(chosen, name), text(context.term(state))));
    }
    join(&chips)
}

fn marks(context: Context) -> Markup {
    let query = context.address.query();
    let mut marks = Vec::new();
    for (name, word) in MARKED {
        let Some(value) = query.get(name) else {
            continue;
        };
        let words = match name {
            "state" => state_names(context, value),
            "rule" => rule_words(context.language, value),
            "open" => String::new(),
            _ if value == "~" => "—".to_owned(),
            _ => value.replace('T', " "),
        };
        marks.push(taken(context, name, word, &words));
    }
    join(&marks)
}

fn state_names(context: Context, names: &str) -> String {
    let mut words = Vec::new();
    for name in names.split(',') {
        let state = STATES.iter().find(|(_, own)| *own == name);
        words.push(state.map_or(context.say(Word::All), |(state, _)| context.term(*state)));
    }
    words.join(", ")
}

fn field(context: Context, name: &'static str, word: Word, kind: &'static str) -> Markup {
    let words = context.say(word);
    fill(
        "<label><span>{}</span><input name=\"{}\" type=\"{}\" autocomplete=\"off\" spellcheck=\"false\"></label>",
        &[text(words), text(name), text(kind)],
    )
}

/// Fields that stand in the address under their names.
fn fields_of(context: Context, fields: Markup) -> AnyView {
    let waiting = Rc::new(Cell::new(None::<TimeoutHandle>));
    let ready = move |part: HtmlElement| {
        let waiting = waiting.clone();
        let hear = move |event: web_sys::Event| {
            let Some(input) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            else {
                return;
            };
            let typed = event.type_() == "input";
            if typed != (input.type_() == "search") {
                return;
            }
            if let Some(waiting) = waiting.take() {
                waiting.clear();
            }
            let wait = if typed { TYPED } else { Duration::ZERO };
            let put = move || {
                let value = input.value().trim().to_owned();
                let name = input.name();
                let value = match name.as_str() {
                    // People name the last day that counts, calls the first that does not.
                    "to" if !value.is_empty() => date(day(&value) + 1),
                    _ => value,
                };
                context.address.replace(&[(&name, Some(&value))]);
            };
            waiting.set(set_timeout_with_handle(put, wait).ok());
        };
        listen(&part, &["input", "change"], Box::new(hear));
        effect(move || {
            let query = context.address.query();
            for name in ["q", "block", "vessel", "from", "to"] {
                let Some(input) = find::<HtmlInputElement>(&part, &format!("[name={name}]")) else {
                    continue;
                };
                let value = query.get(name).unwrap_or_default();
                let value = match name {
                    "to" if !value.is_empty() => date(day(value) - 1),
                    "from" => value.get(..10).unwrap_or_default().to_owned(),
                    _ => value.to_owned(),
                };
                let typing = document()
                    .active_element()
                    .is_some_and(|active| active == *input.unchecked_ref());
                if !typing && input.value() != value {
                    input.set_value(&value);
                }
            }
        });
    };
    planted("contents", fields, Box::new(ready))
}

/// Saves all that the address chooses as CSV.
fn export(context: Context) {
    let query = context.address.query_now();
    let asked = match query.get("kind") {
        None | Some("all") => super::query::asked(&query),
        Some(_) => listings(&query).remove(0).query(&query),
    };
    spawn(async move {
        let saved = match calls::as_csv(calls::alarms(&asked)).await {
            Ok(csv) => {
                save("alarms.csv", "text/csv", &csv).map_err(|error| CallError::Shape(format!("{error:?}")))
            }
            Err(error) => Err(error),
        };
        if let Err(error) = saved {
            warn!("alarms.csv did not come: {error}");
        }
    });
}
