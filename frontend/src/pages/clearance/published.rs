//! Published and earlier figures: a table of their own, for nothing in it was counted here.

use super::Rows;
use crate::components::markup::{Markup, all, cell, mark, nothing, number, table_of, tag, text};
use crate::context::Context;
use crate::i18n::{Word, format};

/// The table; a click on a name draws it into the chart.
pub fn show(context: Context, rows: Rows) -> Markup {
    let query = context.address.query();
    let chosen = query.get("baseline");
    rows.with(|figures| {
        let baselines = figures
            .map(|figures| figures.0.baselines.as_slice())
            .unwrap_or_default();
        if baselines.is_empty() {
            return nothing();
        }
        let say = |word: Word| context.say(word).to_owned();
        let heads = [
            (say(Word::ShownInChart), false),
            (say(Word::ImportOnly), true),
            (say(Word::ExportOnly), true),
            (String::new(), false),
            (say(Word::Source), false),
        ];
        let rows = baselines.iter().map(|baseline| {
            let is_chosen = chosen == Some(baseline.name.en.as_str());
            let choose = (!is_chosen).then_some(baseline.name.en.as_str());
            let href = context.address.link_with("baseline", choose);
            let current = if is_chosen { "true" } else { "false" };
            let name = text(context.language.choose(&baseline.name.en, &baseline.name.zh));
            let name = tag("a", &[("href", &href), ("aria-current", current)], name);
            let whose = if baseline.published {
                Word::OthersFigure
            } else {
                Word::OwnFigure
            };
            let source = baseline.source.as_ref();
            let source = source.map_or("—", |source| context.language.choose(&source.en, &source.zh));
            let duration = |seconds| number(&format::duration_or_dash(context.language, seconds));
            let cells = [
                tag("th", &[("scope", "row")], name),
                duration(baseline.import_seconds),
                duration(baseline.export_seconds),
                cell(mark(context.say(whose), false)),
                tag("td", &[("class", "wrap")], text(source)),
            ];
            tag("tr", &[], all(cells))
        });
        let parts = [
            tag("h2", &[], text(context.say(Word::Published))),
            tag("p", &[("class", "quiet")], text(context.say(Word::PublishedHint))),
            table_of(context.say(Word::Published), &heads, all(rows)),
        ];
        tag(
            "section",
            &[("class", "card published"), ("data-part", "baselines")],
            all(parts),
        )
    })
}
