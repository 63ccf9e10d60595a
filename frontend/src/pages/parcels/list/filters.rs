//! The controls of a list of parcels: all that narrows it stands in the address.

use crate::address::period;
use crate::client::calls;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::planted::{find, listen, planted};
use crate::components::reactive::{changed_text, effect};
use crate::components::select::{select, worded};
use crate::components::shell::part;
use crate::context::Context;
use crate::i18n::Word;
use crate::live::{Answer, Followed, ask};
use crate::pages::parcels::query::{FILTERS, words};
use crate::pages::parcels::words::code;
use leptos::prelude::*;
use shared::access::Right;
use shared::wire::parcels::{DocumentKind, ParcelReason, ParcelShare, ParcelState, ParcelsNow};
use web_sys::{HtmlElement, HtmlInputElement};

/// A name of something that there is no fixed list of: its parameter, its word, and those of today.
pub type Named = (&'static str, Word, fn(&ParcelsNow) -> &[ParcelShare]);

/// The platform.
pub const PLATFORM: Named = ("platform", Word::ParcelsPlatform, |now| &now.platforms);
/// The park.
pub const PARK: Named = ("park", Word::ParcelsPark, |now| &now.parks);

/// Asks once which names there are today: they are offered, any other can be typed.
pub fn names(context: Context) -> Followed<Answer<ParcelsNow>> {
    let query = context.call();
    ask(move || calls::parcels_now(&query))
}

/// All controls.
pub fn filters(context: Context) -> AnyView {
    let names = names(context);
    let codes = |kind: &'static str, all: &mut dyn Iterator<Item = &'static str>| {
        let mut options = worded(context, &[("", Word::All)]);
        for name in all {
            options.push((name.to_owned(), code(context, kind, name)));
        }
        options
    };
    let states = codes("state", &mut ParcelState::ALL.iter().map(|state| state.name()));
    let reasons = codes(
        "reason",
        &mut ParcelReason::ALL.iter().map(|reason| reason.name()),
    );
    let documents = codes("document", &mut DocumentKind::ALL.iter().map(|kind| kind.name()));
    let moments = [
        ("", Word::ParcelsFirst),
        ("receipt", Word::ParcelsByReceipt),
        ("release", Word::ParcelsByRelease),
        ("return", Word::ParcelsByReturn),
    ];
    let orders = [
        ("", Word::ParcelsNewest),
        ("oldest", Word::ParcelsOldestFirst),
        ("longest", Word::ParcelsLongest),
    ];
    let mut parts = vec![
        select(context, "state", Word::State, states),
        select(context, "missing", Word::ParcelsLacks, documents),
        select(context, "reason", Word::ParcelsReason, reasons),
        named(context, names, PLATFORM),
        select(
            context,
            "mode",
            Word::ParcelsMode,
            super::super::figures::modes(context),
        ),
        named(context, names, PARK),
        select(context, "by", Word::ParcelsBy, worded(context, &moments)),
        day(context, "from", Word::From, 0),
        day(context, "to", Word::Through, 1),
        select(context, "order", Word::ParcelsOrder, worded(context, &orders)),
    ];
    if context.may(Right::Trails) {
        // Who looks for a number looks for one parcel.
        parts.insert(0, typed(context, "q", Word::ParcelsFind, None));
    }
    part("div", "filters", parts)
}

/// What has no control of its own and narrows the list all the same, and the way out of all.
pub fn chips(context: Context) -> Markup {
    let query = context.address.query();
    let mut chips = Vec::new();
    for (name, value) in query.iter() {
        let shown = match name {
            "min_seconds" | "max_seconds" | "queued" | "held" => true,
            // A day has a control; a moment within it has none.
            "from" | "to" => value.len() > 10,
            // Several at once have none either.
            "state" | "reason" | "missing" => value.contains(','),
            _ => false,
        };
        if !shown || value.is_empty() {
            continue;
        }
        let (what, value) = words(context, name, value);
        let href = context.address.link_with(name, None);
        let label = [what.as_str(), &value, "×"].join(" ").replace("  ", " ");
        let gaps = [text(&href), text(context.say(Word::TakeAway)), text(&label)];
        chips.push(fill(
            "<a class=\"chip taken\" href=\"{}\" title=\"{}\">{}</a>",
            &gaps,
        ));
    }
    let narrowed = query
        .iter()
        .any(|(name, _)| FILTERS.contains(&name) && name != "order");
    if narrowed {
        let href = context
            .address
            .link(&crate::address::Page::Parcels, &[("view", "list")]);
        let gaps = [text(&href), text(context.say(Word::ParcelsAllOff))];
        chips.push(fill("<a href=\"{}\">{}</a>", &gaps));
    }
    match chips.is_empty() {
        true => nothing(),
        false => join(&chips),
    }
}

/// A name that is typed or chosen from those of today.
pub fn named(context: Context, names: Followed<Answer<ParcelsNow>>, (name, word, of): Named) -> AnyView {
    let known = changed_text(move || {
        names.with(|names| {
            let mut options = Vec::new();
            for share in names.map(|names| of(&names.0)).unwrap_or_default() {
                options.push(fill("<option value=\"{}\"></option>", &[text(&share.name)]));
            }
            Some(join(&options).into_string())
        })
    });
    typed(context, name, word, Some(known))
}

/// What is typed stands in the address as soon as it is done.
fn typed(context: Context, name: &'static str, word: Word, known: Option<Memo<Option<String>>>) -> AnyView {
    let chosen = context.address.parameter(name);
    let options = match known {
        Some(_) => fill("<datalist id=\"known-{}\"></datalist>", &[text(name)]),
        None => nothing(),
    };
    let gaps = [text(context.say(word)), text(name), text(name), options];
    let label = fill(
        "<label class=\"typed\"><span>{}</span><input type=\"search\" name=\"{}\" list=\"known-{}\" \
         autocomplete=\"off\" spellcheck=\"false\">{}</label>",
        &gaps,
    );
    let change = move |value: &str| context.address.set(&[(name, Some(value.trim()))]);
    let ready = move |label: HtmlElement| {
        let Some(input) = find::<HtmlInputElement>(&label, "input") else {
            return;
        };
        let typed = input.clone();
        // A field that is emptied by its cross tells of it as a search.
        listen(
            &label,
            &["change", "search"],
            Box::new(move |_| change(&typed.value())),
        );
        effect(move || input.set_value(&chosen.get().unwrap_or_default()));
        if let (Some(known), Some(list)) = (known, find::<HtmlElement>(&label, "datalist")) {
            effect(move || list.set_inner_html(&known.get().unwrap_or_default()));
        }
    };
    planted("contents", label, Box::new(ready))
}

/// A day, or none. `after` is how many days the address lies behind the day shown.
fn day(context: Context, name: &'static str, word: Word, after: i64) -> AnyView {
    let chosen = context.address.parameter(name);
    let gaps = [text(context.say(word)), text(name)];
    let label = fill(
        "<label><span>{}</span><input type=\"date\" name=\"{}\"></label>",
        &gaps,
    );
    let change = move |value: &str| {
        let value = match value.is_empty() {
            true => String::new(),
            false => period::date(period::day(value) + after),
        };
        context.address.set(&[(name, Some(&value))]);
    };
    let ready = move |label: HtmlElement| {
        let Some(input) = find::<HtmlInputElement>(&label, "input") else {
            return;
        };
        let picked = input.clone();
        listen(&label, &["change"], Box::new(move |_| change(&picked.value())));
        effect(move || {
            let shown = chosen.get().map(|end| {
                // A time within a day is shown by its day.
                let whole = end.len() == 10 || end.get(11..19) == Some("00:00:00");
                period::date(period::day(&end) - if whole { after } else { 0 })
            });
            input.set_value(&shown.unwrap_or_default());
        });
    };
    planted("contents", label, Box::new(ready))
}
