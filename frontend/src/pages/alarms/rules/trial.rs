//! What other rules would have raised, beside what today's raise, before they ring.

use super::edit::Edits;
use super::{Bench, form};
use crate::charts::chart;
use crate::charts::plot::{Axis, Plot, Series, Shape};
use crate::charts::slots::Bucket;
use crate::components::markup::{Markup, all, cell, nothing, number, row_head, shown, table, tag, text};
use crate::components::number::{container_link, slot_link};
use crate::components::reactive::{changing, opening};
use crate::context::Context;
use crate::i18n::Word;
use crate::i18n::format::{self, Unit};
use crate::pages::alarms::query::priority_name;
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
    let same = Memo::new({
        let edits = trial.edits.clone();
        move |_| bench.edits.with(|now| *now == edits)
    });
    let head = {
        let answer = answer.clone();
        shown("alarm-facts", move || {
            let stale = if same.get() {
                nothing()
            } else {
                tag(
                    "p",
                    &[("class", "odd-words")],
                    text(context.say(Word::TrialStale)),
                )
            };
            all([sentence(context, &answer), stale, totals(context, &answer)])
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
    all([
        tag("h2", &[("data-field", "trial")], text(&words)),
        tag("p", &[("class", "quiet")], text(&about)),
    ])
}

fn change(context: Context, today: u64, tried: u64) -> Markup {
    let words = Unit::Count.difference(context.language, today as f64, tried as f64);
    number(&words)
}

fn totals(context: Context, answer: &TrialAnswer) -> Markup {
    let measures: [(Word, fn(&TrialCounts) -> u64); 6] = [
        (Word::AlarmCountColumn, |counts| counts.alarms),
        (Word::HighColumn, |counts| counts.high),
        (Word::MediumColumn, |counts| counts.medium),
        (Word::LowColumn, |counts| counts.low),
        (Word::MostInTen, |counts| counts.most_in_ten_minutes),
        (Word::WindowsOverTen, |counts| counts.windows_over_ten),
    ];
    let rows = measures.map(|(word, of)| {
        let (today, tried) = (of(&answer.today), of(&answer.tried));
        let cells = [
            row_head(context.say(word)),
            number(&format::whole(today)),
            number(&format::whole(tried)),
            change(context, today, tried),
        ];
        tag("tr", &[], all(cells))
    });
    let columns = [
        (Word::Measure, false),
        (Word::RulesToday, true),
        (Word::RulesTried, true),
        (Word::Change, true),
    ];
    table(context, Word::Measure, &columns, all(rows))
}

fn by_rule(context: Context, answer: &TrialAnswer) -> Markup {
    let some = answer.rules.iter().filter(|rule| rule.today + rule.tried > 0);
    let rows = some.map(|rule| {
        let cells = [
            row_head(&rule_words(context.language, &rule.rule)),
            number(&format::whole(rule.today)),
            number(&format::whole(rule.tried)),
            change(context, rule.today, rule.tried),
        ];
        let changed = if rule.today == rule.tried { "false" } else { "true" };
        tag("tr", &[("data-changed", changed)], all(cells))
    });
    let columns = [
        (Word::Rule, false),
        (Word::RulesToday, true),
        (Word::RulesTried, true),
        (Word::Change, true),
    ];
    table(context, Word::Rule, &columns, all(rows))
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
    let rows = alarms.iter().map(|alarm| {
        let shape = [
            ("class", "shape"),
            ("data-priority", priority_name(alarm.priority)),
            ("title", context.term(alarm.priority)),
        ];
        let rule = rule_words(context.language, &alarm.rule);
        let cells = [
            cell(tag("i", &shape, nothing()).then(text(&rule))),
            // Whether a number is verified stands with its stay.
            cell(container_link(context, &alarm.container, true)),
            cell(slot_link(context, alarm.slot.as_deref())),
            cell(text(&format::stamp(alarm.raised_at))),
            cell(text(&format::stamp_or_dash(alarm.cleared_at))),
        ];
        tag("tr", &[], all(cells))
    });
    let columns = [
        (Word::Rule, false),
        (Word::ContainerNumber, false),
        (Word::Slot, false),
        (Word::RaisedAt, false),
        (Word::ClearedAt, false),
    ];
    table(context, Word::Alarms, &columns, all(rows))
}
