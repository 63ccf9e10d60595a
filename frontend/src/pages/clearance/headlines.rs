//! The figures at the top: each beside what it was in the other period, each with its stays.

use super::Rows;
use crate::address::Query;
use crate::components::markup::{Markup, all, nothing, tag, text};
use crate::context::Context;
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use crate::pages::figures::headline::{Headline, of_all};
use crate::pages::figures::{note, period_words};
use shared::wire::figures::ClearanceRow;

/// Cards, under what they count.
pub fn show(context: Context, query: &Query, rows: Rows) -> Markup {
    rows.with(|figures| {
        let Some((figures, row)) = figures.and_then(|figures| Some((&figures.0, figures.0.rows.first()?)))
        else {
            return nothing();
        };
        let before = figures.comparison.as_ref();
        let target = format::duration_or_dash(context.language, figures.target_seconds);
        let unit = if figures.unit == "declaration" {
            Word::PerDeclaration
        } else {
            Word::PerStay
        };
        let mut about = vec![
            note(context, query, figures.from, figures.to),
            context.say(unit).to_owned(),
        ];
        about.extend(
            before.map(|before| context.fill(Word::ComparedWith, period_words(before.from, before.to))),
        );
        let about = tag("p", &[("class", "quiet about")], text(&about.join(" · ")));
        let cards = cards(
            context,
            row,
            before.and_then(|before| before.rows.first()),
            &target,
        );
        all([about, cards])
    })
}

fn cards(context: Context, row: &ClearanceRow, before: Option<&ClearanceRow>, target: &str) -> Markup {
    let href = context.address.link_of_call(&row.href);
    let open_href = context.address.link_of_call(&row.open_href);
    let whole = |seconds: Option<u64>| seconds.map(|seconds| seconds as f64);
    let within = row.within_target.map(|share| {
        let count = (share * row.stays as f64).round() as u64;
        of_all(context, count, row.stays)
    });
    let card = |name, title: String, unit, of: &dyn Fn(&ClearanceRow) -> Option<f64>, notes| {
        Headline {
            name,
            title,
            unit,
            value: of(row),
            before: before.and_then(of).map(|before| (Word::Was, before)),
            notes,
            href: if name == "open" {
                open_href.clone()
            } else {
                href.clone()
            },
            abnormal: false,
            course: nothing(),
            none: Word::NothingHere,
        }
        .show(context)
    };
    let say = |word: Word| context.say(word).to_owned();
    let (duration, count) = (Unit::Duration, Unit::Count);
    let longest = row.max_seconds.map(|longest| {
        let longest = format::duration_or_dash(context.language, Some(longest));
        format!("{} {longest}", context.say(Word::Maximum))
    });
    let named = |word: Word, count: u64| {
        (count > 0).then(|| format!("{} {}", context.say(word), format::whole(count)))
    };
    let odd = [
        named(Word::AdvanceColumn, row.advance),
        named(Word::Outliers, row.outliers),
        named(Word::WithoutArrival, row.start_substituted),
    ];
    all([
        card(
            "median",
            say(Word::Median),
            duration,
            &|row| whole(row.median_seconds),
            Vec::new(),
        ),
        card(
            "mean",
            say(Word::Mean),
            duration,
            &|row| row.mean_seconds,
            Vec::new(),
        ),
        card(
            "p90",
            say(Word::P90Long),
            duration,
            &|row| whole(row.p90_seconds),
            longest.into_iter().collect(),
        ),
        card(
            "within_target",
            context.fill(Word::WithinTarget, target),
            Unit::Share,
            &|row| row.within_target,
            within.into_iter().collect(),
        ),
        card(
            "stays",
            say(Word::Released),
            count,
            &|row| Some(row.stays as f64),
            odd.into_iter().flatten().collect(),
        ),
        card(
            "open",
            say(Word::OpenStays),
            count,
            &|row| Some(row.open as f64),
            Vec::new(),
        ),
    ])
}
