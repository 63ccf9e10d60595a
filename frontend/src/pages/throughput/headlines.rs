//! The figures at the top: each beside what it was in the other period, each with its stays.

use super::Rows;
use crate::address::Query;
use crate::components::markup::{Markup, all, nothing, tag, text};
use crate::context::Context;
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use crate::pages::figures::headline::{Headline, of_all};
use crate::pages::figures::{by, note, period_words};
use shared::wire::figures::{Figures, Peak, ThroughputRow};

/// Cards, under what they count.
pub fn show(context: Context, query: &Query, rows: Rows) -> Markup {
    rows.with(|figures| {
        let Some((figures, row)) = figures.and_then(|figures| Some((&figures.0, figures.0.rows.first()?)))
        else {
            return nothing();
        };
        let before = figures.comparison.as_ref();
        let mut about = vec![note(context, query, figures.from, figures.to)];
        about.extend(
            before.map(|before| context.fill(Word::ComparedWith, period_words(before.from, before.to))),
        );
        let about = tag("p", &[("class", "quiet about")], text(&about.join(" · ")));
        let cards = cards(context, row, before.and_then(|before| before.rows.first()));
        all([about, cards, peaks(context, figures)])
    })
}

/// A figure of a row.
type Of = fn(&ThroughputRow) -> Option<f64>;

fn cards(context: Context, row: &ThroughputRow, before: Option<&ThroughputRow>) -> Markup {
    let some = |notes: Vec<Option<String>>| notes.into_iter().flatten().collect::<Vec<String>>();
    let noted = |word: Word, count: u64| (count > 0).then(|| context.fill(word, format::whole(count)));
    let left = row.direct + row.stacked;
    let card = |name, word: Word, unit, of: Of, (moment, more): (&str, &[(&str, &str)]), notes| {
        Headline {
            name,
            title: context.say(word).to_owned(),
            unit,
            value: of(row),
            before: before.and_then(of).map(|before| (Word::Was, before)),
            notes,
            href: context.address.link_of_call(&by(&row.href, moment, more)),
            abnormal: false,
            course: nothing(),
            none: Word::NothingHere,
        }
        .show(context)
    };
    let dwell = row.dwell.p90_seconds.map(|seconds| {
        let words = format::duration_or_dash(context.language, Some(seconds));
        format!("{} {words}", context.say(Word::P90))
    });
    let rail = format!("{} {}", context.say(Word::RailIn), format::whole(row.rail_in));
    let rail_out = format!("{} {}", context.say(Word::RailOut), format::whole(row.rail_out));
    let (count, share) = (Unit::Count, Unit::Share);
    all([
        card(
            "teu",
            Word::QuayCourse,
            count,
            |row| Some(row.teu),
            ("moved", &[]),
            some(vec![
                Some(context.fill(Word::MovesToday, format::whole(row.moves))),
                noted(Word::SizeMissingNote, row.without_size),
            ]),
        ),
        card(
            "transshipped",
            Word::Transshipped,
            count,
            |row| Some(row.transshipped_teu),
            ("moved", &[("direction", "transshipment")]),
            vec![context.fill(Word::MovesToday, of_all(context, row.transshipped, row.moves))],
        ),
        card(
            "direct_share",
            Word::DirectShareOf,
            share,
            |row| row.direct_share,
            ("left", &[]),
            some(vec![
                (left > 0).then(|| of_all(context, row.direct, left)),
                noted(Word::UnknownMode, row.mode_unknown),
            ]),
        ),
        card(
            "empty_share",
            Word::EmptyShare,
            share,
            |row| row.empty_share,
            ("moved", &[("cargo", "empty")]),
            vec![of_all(context, row.empty, row.moves)],
        ),
        card(
            "gate_in",
            Word::GateIn,
            count,
            |row| Some(row.gate_in as f64),
            ("gate_in", &[]),
            vec![rail],
        ),
        card(
            "gate_out",
            Word::GateOut,
            count,
            |row| Some(row.gate_out as f64),
            ("gate_out", &[]),
            vec![rail_out],
        ),
        card(
            "yard_moves",
            Word::YardMoves,
            count,
            |row| Some(row.yard_moves as f64),
            ("yard", &[]),
            Vec::new(),
        ),
        card(
            "dwell",
            Word::DwellMedian,
            Unit::Duration,
            |row| row.dwell.median_seconds.map(|seconds| seconds as f64),
            ("left", &[]),
            some(vec![dwell]),
        ),
    ])
}

/// The busiest hour and day.
fn peaks(context: Context, figures: &Figures<ThroughputRow>) -> Markup {
    let Some(peaks) = &figures.peaks else {
        return nothing();
    };
    let card = |name, word: Word, peak: &Option<Peak>, letters: usize| {
        let Some(peak) = peak else {
            return nothing();
        };
        let at: String = format::stamp(peak.at).chars().take(letters).collect();
        Headline {
            name,
            title: format!("{} · {at}", context.say(word)),
            unit: Unit::Count,
            value: Some(peak.moves as f64),
            before: None,
            notes: vec![format!(
                "{} · {} TEU",
                context.say(Word::Moves),
                format::decimal(peak.teu)
            )],
            href: context.address.link_of_call(&peak.href),
            abnormal: false,
            course: nothing(),
            none: Word::NothingHere,
        }
        .show(context)
    };
    all([
        card("busiest_hour", Word::BusiestHour, &peaks.hour, 16),
        card("busiest_day", Word::BusiestDay, &peaks.day, 10),
    ])
}
