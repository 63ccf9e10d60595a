//! Hour of the day against day of the week: a table whose cells are shaded by their number.

use super::{Asked, ask_live, by, only, text_part};
use crate::client::calls;
use crate::components::markup::{Markup, all, link, nothing, tag, text};
use crate::components::select::{select, worded};
use crate::components::states::empty;
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::format::Unit;
use leptos::prelude::*;
use shared::wire::figures::{Figures, PatternRow};

const DAYS: [(&str, &str); 7] = [
    ("Mon", "周一"),
    ("Tue", "周二"),
    ("Wed", "周三"),
    ("Thu", "周四"),
    ("Fri", "周五"),
    ("Sat", "周六"),
    ("Sun", "周日"),
];
/// How many shades there are beside the empty one.
const SHADES: f64 = 5.0;

/// What can be shown of a pattern.
pub struct Measure {
    /// Its name in the address.
    pub name: &'static str,
    /// Its name.
    pub word: Word,
    /// What it is.
    pub unit: Unit,
    /// By which moment the list behind it is.
    pub by: &'static str,
    /// Its figure of a row.
    pub of: fn(&PatternRow) -> Option<f64>,
}

/// The part with its choice; the first measure is what an address without one shows.
pub fn patterns(context: Context, call: &'static str, query: Asked, measures: &'static [Measure]) -> AnyView {
    let path = move || {
        let query = only(&query.get(), &[], "").with("pattern", Some("weekday,hour"));
        calls::figures("patterns", &query)
    };
    let rows = ask_live::<Figures<PatternRow>>(context, call, Box::new(path));
    let chosen = context.address.parameter("show");
    let options: Vec<(&str, Word)> = measures.iter().map(|one| (one.name, one.word)).collect();
    let markup = move || {
        let chosen = chosen.get();
        let named = measures.iter().find(|one| Some(one.name) == chosen.as_deref());
        let Some(measure) = named.or(measures.first()) else {
            return nothing();
        };
        rows.with(|rows| rows.map_or_else(nothing, |rows| table(context, &rows.0.rows, measure)))
    };
    view! {
        <section class="card" data-part="patterns">
            <div class="chart-head">
                <h2>{context.say(Word::PatternsOf)}</h2>
                {select(context, "show", Word::ShowPicker, worded(context, &options))}
            </div>
            {text_part(rows.core(), "", markup)}
        </section>
    }
    .into_any()
}

fn table(context: Context, rows: &[PatternRow], measure: &Measure) -> Markup {
    let highest = rows.iter().filter_map(measure.of).fold(0.0, f64::max);
    if highest <= 0.0 {
        return empty(context.say(Word::NoRows));
    }
    let head = |words: &str, scope: &str| tag("th", &[("scope", scope)], text(words));
    let hours = (0..24_u8).map(|hour| head(&format!("{hour:02}"), "col"));
    let days = (1_u8..).zip(DAYS).map(|(day, (english, chinese))| {
        let cells = (0..24_u8).map(|hour| {
            let row = rows
                .iter()
                .find(|row| row.weekday == Some(day) && row.hour == Some(hour));
            row.map_or_else(
                || tag("td", &[], nothing()),
                |row| cell(context, row, measure, highest),
            )
        });
        let day = head(context.language.choose(english, chinese), "row");
        tag("tr", &[], all([day, all(cells)]))
    });
    let corner = head(context.say(Word::Weekday), "col");
    let parts = [
        tag("thead", &[], tag("tr", &[], all([corner, all(hours)]))),
        tag("tbody", &[], all(days)),
    ];
    let label = context.say(Word::PatternsOf);
    let frame = [
        ("class", "scroll"),
        ("tabindex", "0"),
        ("role", "region"),
        ("aria-label", label),
    ];
    tag("div", &frame, tag("table", &[("class", "heat")], all(parts)))
}

fn cell(context: Context, row: &PatternRow, measure: &Measure, highest: f64) -> Markup {
    let Some(value) = (measure.of)(row).filter(|value| *value > 0.0) else {
        return tag("td", &[], nothing());
    };
    let words = match measure.unit {
        // Whole hours are what fits; the exact time is in the list and in the tip.
        Unit::Duration => Unit::Count.words(context.language, value / 3_600.0),
        unit => unit.words(context.language, value),
    };
    let shade = ((value / highest * SHADES) as u32).min(4) + 1;
    let exact = measure.unit.words(context.language, value);
    let href = context.address.link_of_call(&by(&row.href, measure.by, &[]));
    let attributes = [("data-shade", shade.to_string()), ("title", exact)];
    let attributes = attributes.each_ref().map(|(name, value)| (*name, value.as_str()));
    tag("td", &attributes, link(&href, text(&words)))
}
