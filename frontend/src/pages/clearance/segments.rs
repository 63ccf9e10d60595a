//! Where the time goes: the segments of each direction, one behind the other.

use crate::address::Query;
use crate::components::markup::{Markup, bar, fill, join, mark, nothing, number, table_of, text};
use crate::components::states::empty;
use crate::context::Context;
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use crate::pages::figures::{by, group_words};
use shared::wire::figures::{ClearanceRow, Figures, SegmentRow};

const PART: &str = "<section class=\"card\" data-part=\"segments\"><h2>{}</h2>{}</section>";
const ROW: &str = "<tr data-segment=\"{}\"><th scope=\"row\"><a href=\"{}\">{}</a></th><td class=\"bar-cell\">{}</td>\
                   {}{}{}{}{}{}</tr>";

/// A table for each direction that has segments.
pub fn show(context: Context, _: &Query, figures: &Figures<ClearanceRow>) -> Markup {
    let mut tables = Vec::new();
    for row in &figures.rows {
        if row.segments.is_empty() {
            continue;
        }
        let of = group_words(context, &figures.group, row.group.as_ref());
        let before = figures.comparison.as_ref().map(|before| {
            let same = before.rows.iter().find(|before| before.group == row.group);
            same.map_or(&[][..], |row| row.segments.as_slice())
        });
        tables.push(table(context, &of, row, before));
    }
    if tables.is_empty() {
        tables.push(empty(context.say(Word::NoRows)));
    }
    fill(PART, &[text(context.say(Word::WhereTimeGoes)), join(&tables)])
}

const HEADS: [(Word, bool); 8] = [
    (Word::PartOfAll, false),
    (Word::ShareColumn, true),
    (Word::Mean, true),
    (Word::Median, true),
    (Word::P90, true),
    (Word::StaysCounted, true),
    // These two only beside another period.
    (Word::MeanBefore, true),
    (Word::Change, true),
];

fn table(context: Context, of: &str, row: &ClearanceRow, before: Option<&[SegmentRow]>) -> Markup {
    let mut heads = vec![([of, context.say(Word::Segment)].join(" · "), false)];
    for (word, is_number) in &HEADS[..if before.is_some() { 8 } else { 6 }] {
        heads.push((context.say(*word).to_owned(), *is_number));
    }
    let grown = |segment: &SegmentRow| {
        let earlier = before?.iter().find(|other| other.name == segment.name)?;
        Some((earlier.mean_seconds?, segment.mean_seconds?))
    };
    let growth = |segment: &SegmentRow| grown(segment).map_or(0.0, |(before, now)| now - before);
    let mut most = 0.0;
    for segment in &row.segments {
        most = f64::max(most, growth(segment));
    }
    let duration = |seconds| number(&format::duration_or_dash(context.language, seconds));
    let mut behind = 0.0;
    let mut rows = Vec::new();
    for segment in &row.segments {
        let from = behind;
        behind += segment.share.unwrap_or_default();
        let more = [("segment", segment.name.name()), ("sort", "longest")];
        let change = match grown(segment) {
            _ if before.is_none() => nothing(),
            None => join(&[number("—"), number("—")]),
            Some((earlier, now)) => {
                let words = text(&Unit::Duration.difference(context.language, earlier, now));
                let marked = if most > 60.0 && growth(segment) >= most {
                    mark(context.say(Word::GrewMost), true).then(words)
                } else {
                    words
                };
                let gaps = [duration(Some(earlier as u64)), marked];
                fill("{}<td class=\"number\">{}</td>", &gaps)
            }
        };
        let gaps = [
            text(segment.name.name()),
            text(&context.address.link_of_call(&by(&row.href, "released", &more))),
            text(context.term(segment.name)),
            bar(from, behind),
            number(&format::percent_or_dash(segment.share)),
            duration(segment.mean_seconds.map(|seconds| seconds as u64)),
            duration(segment.median_seconds),
            duration(segment.p90_seconds),
            number(&format::whole(segment.stays)),
            change,
        ];
        rows.push(fill(ROW, &gaps));
    }
    let label = [context.say(Word::WhereTimeGoes), of].join(" · ");
    table_of(&label, &heads, join(&rows))
}
