//! The figures at the top: each beside what it was in the other period, each with its stays.

use crate::address::Query;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::context::Context;
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use crate::pages::figures::headline::{Headline, of_all};
use crate::pages::figures::{by, note, period_words};
use shared::wire::figures::{Figures, Peak, ThroughputRow};

/// A figure at the top.
struct Card {
    name: &'static str,
    word: Word,
    unit: Unit,
    of: fn(&ThroughputRow) -> Option<f64>,
    /// By which moment the list behind it is.
    by: &'static str,
    /// What else narrows that list.
    narrowed: &'static [(&'static str, &'static str)],
}

const fn card(
    name: &'static str,
    word: Word,
    unit: Unit,
    by: &'static str,
    narrowed: &'static [(&'static str, &'static str)],
    of: fn(&ThroughputRow) -> Option<f64>,
) -> Card {
    Card {
        name,
        word,
        unit,
        of,
        by,
        narrowed,
    }
}

static CARDS: [Card; 8] = [
    card("teu", Word::QuayCourse, Unit::Count, "moved", &[], |row| {
        Some(row.teu)
    }),
    card(
        "transshipped",
        Word::Transshipped,
        Unit::Count,
        "moved",
        &[("direction", "transshipment")],
        |row| Some(row.transshipped_teu),
    ),
    card(
        "direct_share",
        Word::DirectShareOf,
        Unit::Share,
        "left",
        &[],
        |row| row.direct_share,
    ),
    card(
        "empty_share",
        Word::EmptyShare,
        Unit::Share,
        "moved",
        &[("cargo", "empty")],
        |row| row.empty_share,
    ),
    card("gate_in", Word::GateIn, Unit::Count, "gate_in", &[], |row| {
        Some(row.gate_in as f64)
    }),
    card("gate_out", Word::GateOut, Unit::Count, "gate_out", &[], |row| {
        Some(row.gate_out as f64)
    }),
    card("yard_moves", Word::YardMoves, Unit::Count, "yard", &[], |row| {
        Some(row.yard_moves as f64)
    }),
    card("dwell", Word::DwellMedian, Unit::Duration, "left", &[], |row| {
        row.dwell.median_seconds.map(|seconds| seconds as f64)
    }),
];

/// Cards, under what they count.
pub fn show(context: Context, query: &Query, figures: &Figures<ThroughputRow>) -> Markup {
    let Some(row) = figures.rows.first() else {
        return nothing();
    };
    let mut about = note(context, query, figures.from, figures.to);
    let mut earlier = None;
    if let Some(before) = &figures.comparison {
        let period = period_words(before.from, before.to);
        about.push_str(" · ");
        about.push_str(&context.fill(Word::ComparedWith, period));
        earlier = before.rows.first();
    }
    let mut cards = vec![fill("<p class=\"quiet about\">{}</p>", &[text(&about)])];
    for card in &CARDS {
        let before = earlier.and_then(card.of);
        let headline = Headline {
            name: card.name,
            title: context.say(card.word).to_owned(),
            unit: card.unit,
            value: (card.of)(row),
            before: before.map(|before| (Word::Was, before)),
            notes: notes(context, row, card.name),
            href: context
                .address
                .link_of_call(&by(&row.href, card.by, card.narrowed)),
            abnormal: false,
            course: nothing(),
            none: Word::NothingHere,
        };
        cards.push(headline.show(context));
    }
    if let Some(peaks) = &figures.peaks {
        let hour = ("busiest_hour", Word::BusiestHour, 16);
        cards.push(peak(context, hour, peaks.hour.as_ref()));
        let day = ("busiest_day", Word::BusiestDay, 10);
        cards.push(peak(context, day, peaks.day.as_ref()));
    }
    join(&cards)
}

/// What else belongs to a figure.
fn notes(context: Context, row: &ThroughputRow, name: &str) -> Vec<String> {
    let filled = |word: Word, count: u64| context.fill(word, format::whole(count));
    let named = |word: Word, words: String| [context.say(word), &words].join(" ");
    let left = row.direct + row.stacked;
    let mut notes = Vec::new();
    match name {
        "teu" => {
            notes.push(filled(Word::MovesToday, row.moves));
            if row.without_size > 0 {
                notes.push(filled(Word::SizeMissingNote, row.without_size));
            }
        }
        "transshipped" => {
            let moves = of_all(context, row.transshipped, row.moves);
            notes.push(context.fill(Word::MovesToday, moves));
        }
        "direct_share" => {
            if left > 0 {
                notes.push(of_all(context, row.direct, left));
            }
            if row.mode_unknown > 0 {
                notes.push(filled(Word::UnknownMode, row.mode_unknown));
            }
        }
        "empty_share" => notes.push(of_all(context, row.empty, row.moves)),
        "gate_in" => notes.push(named(Word::RailIn, format::whole(row.rail_in))),
        "gate_out" => notes.push(named(Word::RailOut, format::whole(row.rail_out))),
        "dwell" => {
            if let Some(seconds) = row.dwell.p90_seconds {
                let words = format::duration_or_dash(context.language, Some(seconds));
                notes.push(named(Word::P90, words));
            }
        }
        _ => {}
    }
    notes
}

/// The busiest hour or day; its time is so many letters of a stamp.
fn peak(context: Context, (name, word, letters): (&'static str, Word, usize), peak: Option<&Peak>) -> Markup {
    let Some(peak) = peak else {
        return nothing();
    };
    let at = format::stamp(peak.at);
    let at = at.get(..letters).unwrap_or(&at);
    let mut moves = [context.say(Word::Moves), &format::decimal(peak.teu)].join(" · ");
    moves.push_str(" TEU");
    let headline = Headline {
        name,
        title: [context.say(word), at].join(" · "),
        unit: Unit::Count,
        value: Some(peak.moves as f64),
        before: None,
        notes: vec![moves],
        href: context.address.link_of_call(&peak.href),
        abnormal: false,
        course: nothing(),
        none: Word::NothingHere,
    };
    headline.show(context)
}
