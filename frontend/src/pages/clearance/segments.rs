//! Where the time goes: the segments of each direction, one behind the other.

use super::Rows;
use crate::components::markup::{Markup, all, bar, link, mark, nothing, number, table_of, tag, text};
use crate::components::states::empty;
use crate::context::Context;
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use crate::pages::figures::{by, group_words};
use shared::wire::figures::{ClearanceRow, SegmentRow};

/// A table for each direction that has segments.
pub fn show(context: Context, rows: Rows) -> Markup {
    rows.with(|figures| {
        let Some(figures) = figures.map(|figures| &figures.0) else {
            return nothing();
        };
        let before = figures.comparison.as_ref().map(|before| before.rows.as_slice());
        let with_segments = figures.rows.iter().filter(|row| !row.segments.is_empty());
        let tables: Vec<Markup> = with_segments
            .map(|row| {
                let of = group_words(context, &figures.group, row.group.as_ref());
                let same = |before: &&ClearanceRow| before.group == row.group;
                let before = before.map(|before| {
                    before
                        .iter()
                        .find(same)
                        .map_or(&[][..], |row| row.segments.as_slice())
                });
                table(context, &of, row, before)
            })
            .collect();
        let content = if tables.is_empty() {
            empty(context.say(Word::NoRows))
        } else {
            all(tables)
        };
        let head = tag("h2", &[], text(context.say(Word::WhereTimeGoes)));
        tag(
            "section",
            &[("class", "card"), ("data-part", "segments")],
            all([head, content]),
        )
    })
}

fn table(context: Context, of: &str, row: &ClearanceRow, before: Option<&[SegmentRow]>) -> Markup {
    let segments = &row.segments;
    let mut heads = vec![
        (format!("{of} · {}", context.say(Word::Segment)), false),
        (context.say(Word::PartOfAll).to_owned(), false),
        (String::new(), true),
    ];
    let words = [Word::Mean, Word::Median, Word::P90, Word::StaysCounted];
    heads.extend(words.map(|word| (context.say(word).to_owned(), true)));
    if before.is_some() {
        heads.extend([Word::MeanBefore, Word::Change].map(|word| (context.say(word).to_owned(), true)));
    }
    let grown = |segment: &SegmentRow| {
        let earlier = before?.iter().find(|other| other.name == segment.name)?;
        Some((earlier.mean_seconds?, segment.mean_seconds?))
    };
    let growth = |segment: &SegmentRow| grown(segment).map_or(0.0, |(before, now)| now - before);
    let most = segments.iter().map(growth).fold(0.0, f64::max);
    let mut behind = 0.0;
    let rows = segments.iter().map(|segment| {
        let share = segment.share.unwrap_or_default();
        let from = behind;
        behind += share;
        let duration = |seconds| number(&format::duration_or_dash(context.language, seconds));
        let more = [("segment", segment.name.name()), ("sort", "longest")];
        let href = context.address.link_of_call(&by(&row.href, "released", &more));
        let change = match grown(segment) {
            _ if before.is_none() => nothing(),
            None => all([number("—"), number("—")]),
            Some((earlier, now)) => {
                let words = Unit::Duration.difference(context.language, earlier, now);
                let marked = if most > 60.0 && growth(segment) >= most {
                    mark(context.say(Word::GrewMost), true).then(text(&words))
                } else {
                    text(&words)
                };
                all([
                    duration(Some(earlier as u64)),
                    tag("td", &[("class", "number")], marked),
                ])
            }
        };
        let cells = [
            tag(
                "th",
                &[("scope", "row")],
                link(&href, text(context.term(segment.name))),
            ),
            tag("td", &[("class", "bar-cell")], bar(from, behind)),
            number(&format::percent_or_dash(segment.share)),
            duration(segment.mean_seconds.map(|seconds| seconds as u64)),
            duration(segment.median_seconds),
            duration(segment.p90_seconds),
            number(&format::whole(segment.stays)),
            change,
        ];
        tag("tr", &[("data-segment", segment.name.name())], all(cells))
    });
    let rows: Vec<Markup> = rows.collect();
    let label = format!("{} · {of}", context.say(Word::WhereTimeGoes));
    table_of(&label, &heads, all(rows))
}
