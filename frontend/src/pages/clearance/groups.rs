//! Groups against each other: each against the whole, or against one that was chosen.

use super::Rows;
use crate::components::markup::{Markup, all, link, nothing, number, table_of, tag, text};
use crate::components::states::empty;
use crate::context::Context;
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use crate::pages::figures::group_words;
use shared::wire::figures::ClearanceRow;

/// The table; a click on a group makes it the one that all others are held against.
pub fn show(context: Context, rows: Rows, whole: Rows) -> Markup {
    let chosen = context.address.query().get("against").map(str::to_owned);
    rows.with(|figures| {
        let Some(figures) = figures.map(|figures| &figures.0) else {
            return nothing();
        };
        let name = |row: &ClearanceRow| group_words(context, &figures.group, row.group.as_ref());
        let against = figures.rows.iter().find(|row| Some(name(row)) == chosen);
        let median = |row: &ClearanceRow| row.median_seconds.map(|seconds| seconds as f64);
        let base = match against {
            Some(row) => median(row),
            None => whole.with(|whole| median(whole?.0.rows.first()?)),
        };
        let language = context.language;
        let base_words = Unit::Duration.words_or_dash(language, base);
        let head = match against {
            Some(row) => context.fill(Word::AgainstGroup, name(row)),
            None => context.say(Word::AgainstWhole).to_owned(),
        };
        let words = [Word::StaysCounted, Word::Median, Word::Mean, Word::P90];
        let mut heads = vec![(context.say(Word::GroupPicker).to_owned(), false)];
        heads.extend(words.map(|word| (context.say(word).to_owned(), true)));
        let target = format::duration_or_dash(language, figures.target_seconds);
        heads.push((context.fill(Word::WithinTarget, target), true));
        heads.push((format!("{head} ({base_words})"), true));
        if figures.comparison.is_some() {
            heads.push((context.say(Word::MedianBefore).to_owned(), true));
        }
        let duration = |value| number(&Unit::Duration.words_or_dash(language, value));
        let table = all(figures.rows.iter().map(|row| {
            let name = name(row);
            let stays = link(
                &context.address.link_of_call(&row.href),
                text(&format::whole(row.stays)),
            );
            let chosen = against.is_some_and(|against| against.group == row.group);
            let choose = context
                .address
                .link_with("against", (!chosen).then_some(name.as_str()));
            let difference = base
                .zip(median(row))
                .map(|(base, own)| Unit::Duration.difference(language, base, own));
            let before = figures.comparison.as_ref().map(|before| {
                let same = before.rows.iter().find(|before| before.group == row.group);
                duration(same.and_then(median))
            });
            let chosen = if chosen { "true" } else { "false" };
            let name = tag("a", &[("href", &choose), ("aria-current", chosen)], text(&name));
            let cells = [
                tag("th", &[("scope", "row")], name),
                tag("td", &[("class", "number"), ("data-column", "stays")], stays),
                duration(median(row)),
                duration(row.mean_seconds),
                duration(row.p90_seconds.map(|seconds| seconds as f64)),
                number(&format::percent_or_dash(row.within_target)),
                number(difference.as_deref().unwrap_or("—")),
                before.unwrap_or_else(nothing),
            ];
            tag("tr", &[], all(cells))
        }));
        let content = if figures.rows.is_empty() {
            empty(context.say(Word::NoRows))
        } else {
            table_of(context.say(Word::GroupsOf), &heads, table)
        };
        let hint = tag("p", &[("class", "quiet")], text(context.say(Word::AgainstHint)));
        let head = tag("h2", &[], text(context.say(Word::GroupsOf)));
        tag(
            "section",
            &[("class", "card"), ("data-part", "groups")],
            all([head, hint, content]),
        )
    })
}
