//! What other rules would have raised, beside what today's raise, before they ring.

use super::edit::Edits;
use super::{Bench, form};
use crate::charts::chart;
use crate::charts::plot::{Axis, Plot, Series, Shape};
use crate::charts::slots::Bucket;
use crate::components::markup::{
    Markup, cell, fill, join, nothing, number, row, row_head, shown, table, text,
};
use crate::components::number::{container_link, slot_link};
use crate::components::reactive::{changing, opening, whether};
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::format::{self, Unit};
use crate::pages::alarms::performance::shape;
use crate::pages::alarms::words::rule_words;
use crate::pages::figures::period_words;
use leptos::prelude::*;
use shared::wire::rules::{TrialAlarm, TrialAnswer, TrialCounts};
use std::sync::Arc;

/// A trial, and the changes that it tried.
#[derive(Clone)]
pub struct Trial {
    /// The changes.
    pub edits: Edits,
    /// What came of them.
    pub answer: Arc<TrialAnswer>,
}

/// The result of a trial, with the way to put the rules in force.
pub fn show(bench: Bench, trial: Trial) -> AnyView {
    let context = bench.context;
    let answer = trial.answer.clone();
    // Only what was tried as it is now can be put in force.
    let edits = trial.edits;
    let same = whether(move || bench.work.look(|work| work.edits == edits));
    let head = {
        let answer = answer.clone();
        shown("alarm-facts", move || {
            let stale = if same.get() {
                nothing()
            } else {
                fill(
                    "<p class=\"odd-words\">{}</p>",
                    &[text(context.say(Word::TrialStale))],
                )
            };
            join(&[sentence(context, &answer), stale, totals(context, &answer)])
        })
    };
    let days = {
        let answer = answer.clone();
        chart(
            context,
            "trial",
            context.say(Word::AlarmsByDay).to_owned(),
            None,
            move || Some(by_day(context, &answer)),
        )
    };
    let rules = {
        let answer = answer.clone();
        shown("", move || by_rule(context, &answer))
    };
    let examples = |word: Word, count: u64, of: fn(&TrialAnswer) -> &[TrialAlarm]| {
        let answer = answer.clone();
        let words = context.fill(word, format::whole(count));
        opening(words, move || {
            let answer = answer.clone();
            shown("", move || alarms(context, of(&answer)))
        })
    };
    let added = examples(Word::TrialAdded, answer.added, |answer| &answer.added_alarms);
    let dropped = examples(Word::TrialDropped, answer.dropped, |answer| {
        &answer.dropped_alarms
    });
    let save = changing(move || if same.get() { form(bench) } else { ().into_any() });
    view! {
        <section class="card trial" data-part="trial">
            {head}
            {days}
            {rules}
            {added}
            {dropped}
            {save}
        </section>
    }
    .into_any()
}

/// `With these rules the period would have raised 1,240 alarms instead of 310.`
fn sentence(context: Context, answer: &TrialAnswer) -> Markup {
    let words = context.fill(Word::TrialSays, format::whole(answer.tried.alarms));
    let words = words.replacen("{}", &format::whole(answer.today.alarms), 1);
    let about = context.fill(Word::TrialOver, format::whole(answer.stays));
    let about = format!("{} · {about}", period_words(answer.from, answer.to));
    fill(
        "<h2 data-field=\"trial\">{}</h2><p class=\"quiet\">{}</p>",
        &[text(&words), text(&about)],
    )
}

fn change(context: Context, today: u64, tried: u64) -> Markup {
    let words = Unit::Count.difference(context.language, today as f64, tried as f64);
    number(&words)
}

/// A figure of a side.
type Of = fn(&TrialCounts) -> u64;

fn totals(context: Context, answer: &TrialAnswer) -> Markup {
    let measures: [(Word, Of); 6] = [
        (Word::AlarmCountColumn, |counts| counts.alarms),
        (Word::HighColumn, |counts| counts.high),
        (Word::MediumColumn, |counts| counts.medium),
        (Word::LowColumn, |counts| counts.low),
        (Word::MostInTen, |counts| counts.most_in_ten_minutes),
        (Word::WindowsOverTen, |counts| counts.windows_over_ten),
    ];
    let mut rows = Vec::new();
    for (word, of) in measures {
        let name = context.say(word);
        rows.push(against(context, name, of(&answer.today), of(&answer.tried)));
    }
    table(context, Word::Measure, &columns(Word::Measure), join(&rows))
}

/// A row of a comparison.
fn against(context: Context, name: &str, today: u64, tried: u64) -> Markup {
    let gaps = [
        text(if today == tried { "false" } else { "true" }),
        row_head(name),
        number(&format::whole(today)),
        number(&format::whole(tried)),
        change(context, today, tried),
    ];
    fill("<tr data-changed=\"{}\">{}{}{}{}</tr>", &gaps)
}

fn columns(first: Word) -> [(Word, bool); 4] {
    [
        (first, false),
        (Word::RulesToday, true),
        (Word::RulesTried, true),
        (Word::Change, true),
    ]
}

fn by_rule(context: Context, answer: &TrialAnswer) -> Markup {
    let mut rows = Vec::new();
    for rule in &answer.rules {
        if rule.today + rule.tried > 0 {
            let name = rule_words(context.language, &rule.rule);
            rows.push(against(context, &name, rule.today, rule.tried));
        }
    }
    table(context, Word::Rule, &columns(Word::Rule), join(&rows))
}

fn by_day(context: Context, answer: &TrialAnswer) -> Plot {
    let bucket = Bucket::Day;
    let first = answer.days.first().map_or(0, |(day, ..)| bucket.slot(*day));
    let last = answer.days.last().map_or(0, |(day, ..)| bucket.slot(*day));
    let count = usize::try_from(last - first + 1).unwrap_or(1);
    let mut values = [vec![None; count], vec![None; count]];
    for (day, today, tried) in &answer.days {
        if let Ok(place) = usize::try_from(bucket.slot(*day) - first) {
            for (values, value) in values.iter_mut().zip([today, tried]) {
                if let Some(place) = values.get_mut(place) {
                    *place = Some(*value as f64);
                }
            }
        }
    }
    let [today, tried] = values;
    let series = |key, word: Word, pile, ink, values| Series {
        key,
        name: context.say(word).to_owned(),
        shape: Shape::Bar(pile),
        ink,
        values,
    };
    Plot {
        unit: Unit::Count,
        axis: Axis::Time(bucket, first, answer.from.offset_seconds),
        count,
        series: vec![
            series("today", Word::RulesToday, 0, 3, today),
            series("tried", Word::RulesTried, 1, 0, tried),
        ],
        marks: Vec::new(),
        hrefs: Vec::new(),
        call: String::new(),
        note: period_words(answer.from, answer.to),
    }
}

fn alarms(context: Context, alarms: &[TrialAlarm]) -> Markup {
    let mut rows = Vec::new();
    for alarm in alarms {
        let rule = rule_words(context.language, &alarm.rule);
        rows.push(row(&[
            cell(shape(context, alarm.priority).then(text(&rule))),
            // Whether a number is verified stands with its stay.
            cell(container_link(context, &alarm.container, true)),
            cell(slot_link(context, alarm.slot.as_deref())),
            cell(text(&format::stamp(alarm.raised_at))),
            cell(text(&format::stamp_or_dash(alarm.cleared_at))),
        ]));
    }
    let columns = [
        (Word::Rule, false),
        (Word::ContainerNumber, false),
        (Word::Slot, false),
        (Word::RaisedAt, false),
        (Word::ClearedAt, false),
    ];
    table(context, Word::Alarms, &columns, join(&rows))
}
