//! Hour of the day against day of the week: a table whose cells are shaded by their number.

use super::{Asked, Rows, ask_live, block, block_of, by, heading, only, text_part};
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::select::{select, worded};
use crate::components::states::empty;
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::format::Unit;
use leptos::prelude::*;
use shared::wire::figures::PatternRow;

static DAYS: [(&str, &str); 7] = [
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
    let rows: Rows<PatternRow> = ask_live(context, ("patterns", call), query, |query| {
        only(query, &[], "").with("pattern", Some("weekday,hour"))
    });
    let chosen = context.address.parameter("show");
    let mut options = Vec::new();
    for one in measures {
        options.push((one.name, one.word));
    }
    let markup = move || {
        let chosen = chosen.get();
        let named = measures.iter().find(|one| Some(one.name) == chosen.as_deref());
        let Some(measure) = named.or(measures.first()) else {
            return nothing();
        };
        rows.with(|rows| rows.map_or_else(nothing, |rows| table(context, &rows.0.rows, measure)))
    };
    let head = vec![
        heading("h2", context.say(Word::PatternsOf)),
        select(context, "show", Word::ShowPicker, worded(context, &options)),
    ];
    let parts = vec![block("chart-head", head), text_part(rows.core(), "", markup)];
    block_of("card", Some("patterns"), NodeRef::new(), parts)
}

const TABLE: &str = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table class=\"heat\">\
                     <thead><tr><th scope=\"col\">{}</th>{}</tr></thead><tbody>{}</tbody></table></div>";

fn table(context: Context, rows: &[PatternRow], measure: &Measure) -> Markup {
    let mut highest = 0.0;
    for row in rows {
        highest = f64::max(highest, (measure.of)(row).unwrap_or_default());
    }
    if highest <= 0.0 {
        return empty(context.say(Word::NoRows));
    }
    let mut hours = Vec::new();
    for hour in 0..24_u8 {
        let digits = char::from(b'0' + hour / 10).to_string() + &(hour % 10).to_string();
        hours.push(fill("<th scope=\"col\">{}</th>", &[text(&digits)]));
    }
    let mut days = Vec::new();
    for (day, (english, chinese)) in (1_u8..).zip(&DAYS) {
        let name = text(context.language.choose(*english, *chinese));
        days.push(fill("<tr><th scope=\"row\">{}</th>", &[name]));
        for hour in 0..24_u8 {
            let same = |row: &&PatternRow| row.weekday == Some(day) && row.hour == Some(hour);
            days.push(cell(context, rows.iter().find(same), measure, highest));
        }
        days.push(fill("</tr>", &[]));
    }
    let gaps = [
        text(context.say(Word::PatternsOf)),
        text(context.say(Word::Weekday)),
        join(&hours),
        join(&days),
    ];
    fill(TABLE, &gaps)
}

fn cell(context: Context, row: Option<&PatternRow>, measure: &Measure, highest: f64) -> Markup {
    let value = row.and_then(measure.of).filter(|value| *value > 0.0);
    let (Some(row), Some(value)) = (row, value) else {
        return fill("<td></td>", &[]);
    };
    let words = match measure.unit {
        // Whole hours are what fits; the exact time is in the list and in the tip.
        Unit::Duration => Unit::Count.words(context.language, value / 3_600.0),
        unit => unit.words(context.language, value),
    };
    let shade = ((value / highest * SHADES) as u32).min(4) + 1;
    let href = context.address.link_of_call(&by(&row.href, measure.by, &[]));
    let gaps = [
        text(&shade.to_string()),
        text(&measure.unit.words(context.language, value)),
        text(&href),
        text(&words),
    ];
    fill(
        "<td data-shade=\"{}\" title=\"{}\"><a href=\"{}\">{}</a></td>",
        &gaps,
    )
}
