//! Groups against each other: each against the whole, or against one that was chosen.

use crate::components::markup::{Markup, fill, join, nothing, number, table_of, text};
use crate::components::states::empty;
use crate::context::Context;
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use crate::pages::figures::{Rows, group_words};
use shared::wire::figures::{ClearanceRow, Figures};

const PART: &str =
    "<section class=\"card\" data-part=\"groups\"><h2>{}</h2><p class=\"quiet\">{}</p>{}</section>";
const ROW: &str = "<tr><th scope=\"row\"><a href=\"{}\" aria-current=\"{}\">{}</a></th>\
                   <td class=\"number\" data-column=\"stays\"><a href=\"{}\">{}</a></td>{}{}{}{}{}{}</tr>";

/// The table; a click on a group makes it the one that all others are held against.
pub fn show(context: Context, rows: Rows<ClearanceRow>, whole: Rows<ClearanceRow>) -> Markup {
    rows.with(|figures| {
        let base = whole.with(|whole| median(whole?.0.rows.first()?));
        figures.map_or_else(nothing, |figures| part(context, &figures.0, base))
    })
}

fn median(row: &ClearanceRow) -> Option<f64> {
    row.median_seconds.map(|seconds| seconds as f64)
}

fn part(context: Context, figures: &Figures<ClearanceRow>, whole: Option<f64>) -> Markup {
    let language = context.language;
    let chosen = context.address.query().get("against").map(str::to_owned);
    let name = |row: &ClearanceRow| group_words(context, &figures.group, row.group.as_ref());
    let against = figures.rows.iter().find(|row| Some(name(row)) == chosen);
    let (base, mut head) = match against {
        Some(row) => (median(row), context.fill(Word::AgainstGroup, name(row))),
        None => (whole, context.say(Word::AgainstWhole).to_owned()),
    };
    head.push_str(" (");
    head.push_str(&Unit::Duration.words_or_dash(language, base));
    head.push(')');
    let mut heads = vec![(context.say(Word::GroupPicker).to_owned(), false)];
    for word in [Word::StaysCounted, Word::Median, Word::Mean, Word::P90] {
        heads.push((context.say(word).to_owned(), true));
    }
    let target = format::duration_or_dash(language, figures.target_seconds);
    heads.push((context.fill(Word::WithinTarget, target), true));
    heads.push((head, true));
    if figures.comparison.is_some() {
        heads.push((context.say(Word::MedianBefore).to_owned(), true));
    }
    let duration = |value| number(&Unit::Duration.words_or_dash(language, value));
    let mut rows = Vec::new();
    for row in &figures.rows {
        let name = name(row);
        let chosen = against.is_some_and(|against| against.group == row.group);
        let choose = context
            .address
            .link_with("against", (!chosen).then_some(name.as_str()));
        let difference = match (base, median(row)) {
            (Some(base), Some(own)) => number(&Unit::Duration.difference(language, base, own)),
            _ => number("—"),
        };
        let before = figures.comparison.as_ref().map_or_else(nothing, |before| {
            let same = before.rows.iter().find(|before| before.group == row.group);
            duration(same.and_then(median))
        });
        let gaps = [
            text(&choose),
            text(if chosen { "true" } else { "false" }),
            text(&name),
            text(&context.address.link_of_call(&row.href)),
            text(&format::whole(row.stays)),
            duration(median(row)),
            duration(row.mean_seconds),
            duration(row.p90_seconds.map(|seconds| seconds as f64)),
            number(&format::percent_or_dash(row.within_target)),
            difference,
            before,
        ];
        rows.push(fill(ROW, &gaps));
    }
    let content = if rows.is_empty() {
        empty(context.say(Word::NoRows))
    } else {
        table_of(context.say(Word::GroupsOf), &heads, join(&rows))
    };
    let gaps = [
        text(context.say(Word::GroupsOf)),
        text(context.say(Word::AgainstHint)),
        content,
    ];
    fill(PART, &gaps)
}
