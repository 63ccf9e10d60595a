//! The figures at the top: each beside what it was in the other period, each with its stays.

use crate::address::Query;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::context::Context;
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use crate::pages::figures::headline::{Headline, of_all};
use crate::pages::figures::{note, period_words};
use shared::wire::figures::{ClearanceRow, Figures};

/// A figure at the top: its name, its words, what it is, and its value of a row.
type Card = (&'static str, Word, Unit, fn(&ClearanceRow) -> Option<f64>);

static CARDS: [Card; 6] = [
    ("median", Word::Median, Unit::Duration, |row| {
        whole(row.median_seconds)
    }),
    ("mean", Word::Mean, Unit::Duration, |row| row.mean_seconds),
    ("p90", Word::P90Long, Unit::Duration, |row| whole(row.p90_seconds)),
    ("within_target", Word::WithinTarget, Unit::Share, |row| {
        row.within_target
    }),
    ("stays", Word::Released, Unit::Count, |row| Some(row.stays as f64)),
    ("open", Word::OpenStays, Unit::Count, |row| Some(row.open as f64)),
];

/// Cards, under what they count.
pub fn show(context: Context, query: &Query, figures: &Figures<ClearanceRow>) -> Markup {
    let Some(row) = figures.rows.first() else {
        return nothing();
    };
    let mut about = note(context, query, figures.from, figures.to);
    about.push_str(" · ");
    about.push_str(context.say(if figures.unit == "declaration" {
        Word::PerDeclaration
    } else {
        Word::PerStay
    }));
    let mut earlier = None;
    if let Some(before) = &figures.comparison {
        let period = period_words(before.from, before.to);
        about.push_str(" · ");
        about.push_str(&context.fill(Word::ComparedWith, period));
        earlier = before.rows.first();
    }
    let target = format::duration_or_dash(context.language, figures.target_seconds);
    let mut cards = vec![fill("<p class=\"quiet about\">{}</p>", &[text(&about)])];
    for (name, word, unit, of) in &CARDS {
        let headline = Headline {
            name,
            title: context.say(*word).replace("{}", &target),
            unit: *unit,
            value: of(row),
            before: earlier.and_then(of).map(|before| (Word::Was, before)),
            notes: notes(context, row, name),
            href: context.address.link_of_call(match *name {
                "open" => &row.open_href,
                _ => &row.href,
            }),
            abnormal: false,
            course: nothing(),
            none: Word::NothingHere,
        };
        cards.push(headline.show(context));
    }
    join(&cards)
}

/// What else belongs to a figure.
fn notes(context: Context, row: &ClearanceRow, name: &str) -> Vec<String> {
    let mut notes = Vec::new();
    match name {
        "p90" => {
            if let Some(longest) = row.max_seconds {
                let longest = format::duration_or_dash(context.language, Some(longest));
                notes.push([context.say(Word::Maximum), &longest].join(" "));
            }
        }
        "within_target" => {
            if let Some(share) = row.within_target {
                let count = (share * row.stays as f64).round() as u64;
                notes.push(of_all(context, count, row.stays));
            }
        }
        "stays" => {
            for (word, count) in [
                (Word::AdvanceColumn, row.advance),
                (Word::Outliers, row.outliers),
                (Word::WithoutArrival, row.start_substituted),
            ] {
                if count > 0 {
                    notes.push([context.say(word), &format::whole(count)].join(" "));
                }
            }
        }
        _ => {}
    }
    notes
}

fn whole(seconds: Option<u64>) -> Option<f64> {
    seconds.map(|seconds| seconds as f64)
}
