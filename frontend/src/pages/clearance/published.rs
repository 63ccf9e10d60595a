//! Published and earlier figures: a table of their own, for nothing in it was counted here.

use crate::address::Query;
use crate::components::markup::{Markup, fill, join, mark, nothing, number, table_of, text};
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::wire::figures::{ClearanceRow, Figures};

const PART: &str = "<section class=\"card published\" data-part=\"baselines\"><h2>{}</h2>\
                    <p class=\"quiet\">{}</p>{}</section>";
const ROW: &str = "<tr><th scope=\"row\"><a href=\"{}\" aria-current=\"{}\">{}</a></th>{}{}<td>{}</td>\
                   <td class=\"wrap\">{}</td></tr>";

/// The table; a click on a name draws it into the chart.
pub fn show(context: Context, _: &Query, figures: &Figures<ClearanceRow>) -> Markup {
    let baselines = &figures.baselines;
    let query = context.address.query();
    let chosen = query.get("baseline");
    if baselines.is_empty() {
        return nothing();
    }
    let mut rows = Vec::new();
    for baseline in baselines {
        let is_chosen = chosen == Some(baseline.name.en.as_str());
        let choose = (!is_chosen).then_some(baseline.name.en.as_str());
        let whose = if baseline.published {
            Word::OthersFigure
        } else {
            Word::OwnFigure
        };
        let source = baseline.source.as_ref();
        let source = source.map_or("—", |source| context.language.choose(&source.en, &source.zh));
        let duration = |seconds| number(&format::duration_or_dash(context.language, seconds));
        let gaps = [
            text(&context.address.link_with("baseline", choose)),
            text(if is_chosen { "true" } else { "false" }),
            text(context.language.choose(&baseline.name.en, &baseline.name.zh)),
            duration(baseline.import_seconds),
            duration(baseline.export_seconds),
            mark(context.say(whose), false),
            text(source),
        ];
        rows.push(fill(ROW, &gaps));
    }
    let say = |word: Word| context.say(word).to_owned();
    let heads = [
        (say(Word::ShownInChart), false),
        (say(Word::ImportOnly), true),
        (say(Word::ExportOnly), true),
        (say(Word::KindFilter), false),
        (say(Word::Source), false),
    ];
    let gaps = [
        text(context.say(Word::Published)),
        text(context.say(Word::PublishedHint)),
        table_of(context.say(Word::Published), &heads, join(&rows)),
    ];
    fill(PART, &gaps)
}
