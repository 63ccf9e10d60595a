//! `/alarms/performance`: how well alarms serve those who answer them (`domain.md` §7; ISA-18.2 / IEC 62682 / EEMUA
//! 191), each measure beside the standard's limit.

use super::head::{head, link_of_call, listed, taken};
use super::query::priority_name;
use super::words::rule_words;
use crate::address::{Page, Query};
use crate::charts::chart;
use crate::charts::plot::{Axis, Mark, Plot, Series, Shape};
use crate::charts::slots::Bucket;
use crate::components::alarm::short;
use crate::components::markup::{
    Markup, bar, cell, fill, head_cell, join, link, linked_number, nothing, number, row, row_head, shown,
    table, text,
};
use crate::components::number::container_link;
use crate::components::reactive::{changed_text, changing, whether};
use crate::components::states::{empty, loading};
use crate::context::{Context, context};
use crate::i18n::Word;
use crate::i18n::format::{self, Unit};
use crate::live::{Answer, Followed, Topic, ask, watch};
use crate::pages::figures::headline::Headline;
use crate::pages::figures::pickers::{asked, date, periods, way_out, zoom};
use crate::pages::figures::{part, period_words};
use leptos::prelude::*;
use shared::alarm::{Kind, Priority};
use shared::time::LocalTime;
use shared::wire::performance::{ByName, Performance};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// While alarms come and go the measures are asked for again after this long.
const FRESH: Duration = Duration::from_secs(10);

/// Filters of the measures, beside the period.
const FILTERS: [(&str, Word); 3] = [
    ("position", Word::OperatorPosition),
    ("kind", Word::KindFilter),
    ("block", Word::Block),
];

type Measures = Followed<Answer<Performance>>;

/// The measures.
#[inline(never)]
pub fn performance() -> AnyView {
    let context = context();
    let period = asked(context, false);
    let query = changed_text(move || {
        let period = period.0.get()?;
        let here = context.address.query();
        let query = Query::parse(&period).only(|name| ["site", "from", "to"].contains(&name));
        let query = FILTERS
            .iter()
            .fold(query, |query, (name, _)| query.with(name, here.get(name)));
        Some(query.to_string())
    });
    let known = whether(move || query.with(Option::is_some));
    let content = changing(move || {
        if known.get() {
            content(context, query)
        } else {
            loading()
        }
    });
    view! {
        <section class="page figures-page">
            {head(context, Page::AlarmPerformance)}
            <div class="filters">
                {periods(context)}
                {date(context, "from", Word::From, 0)}
                {date(context, "to", Word::Through, 1)}
                {way_out(context)}
                {shown("chips", move || marks(context))}
            </div>
            {content}
        </section>
    }
    .into_any()
}

fn marks(context: Context) -> Markup {
    let query = context.address.query();
    let mut marks = Vec::new();
    for (name, word) in FILTERS {
        if let Some(value) = query.get(name) {
            let words = match (name, Kind::from_name(value)) {
                ("kind", Some(kind)) => short(context.language, kind),
                _ => value,
            };
            marks.push(taken(context, name, word, words));
        }
    }
    join(&marks)
}

fn content(context: Context, query: Memo<Option<String>>) -> AnyView {
    let path = move || format!("/alarms/performance{}", query.get().unwrap_or_default());
    let measures: Measures = ask(path);
    let core = measures.core();
    let pending = Rc::new(Cell::new(false));
    watch(context.live, &[Topic::Alarms], move |_| {
        if !pending.replace(true) {
            let pending = pending.clone();
            let again = move || {
                pending.set(false);
                core.reload();
            };
            set_timeout(again, FRESH);
        }
    });
    let with = move |show: fn(Context, &Performance) -> Markup| {
        move || measures.with(|measures| measures.map_or_else(nothing, |measures| show(context, &measures.0)))
    };
    let plot = move || measures.with(|measures| Some(course(context, &measures?.0)));
    part(core, move || {
        let title = context.say(Word::InTenMinutes).to_owned();
        view! {
            {shown("cards", with(cards))}
            {chart(context, "alarms", title, Some(zoom), plot)}
            {shown("measure-parts", with(tables))}
        }
        .into_any()
    })
}

/// The list of what was raised in a period, with the filters of the page.
fn raised(context: Context, from: LocalTime, to: LocalTime) -> String {
    let query = context.address.query_now();
    let (from, to) = (from.to_string(), to.to_string());
    let mut parameters = vec![
        ("raised_from", from.as_str()),
        ("raised_to", to.as_str()),
        ("state", "all"),
    ];
    for (name, _) in FILTERS {
        parameters.extend(query.get(name).map(|value| (name, value)));
    }
    context.address.link(&Page::Alarms, &parameters)
}

fn cards(context: Context, measures: &Performance) -> Markup {
    let limits = &measures.limits;
    let whole = format::whole;
    let href = raised(context, measures.from, measures.to);
    let card = |name, word: Word, unit: Unit, value: Option<f64>, limit: Option<(String, bool)>| {
        let abnormal = limit.as_ref().is_some_and(|(_, holds)| !holds);
        let notes = limit.map_or_else(Vec::new, |(limit, holds)| {
            let verdict = if holds {
                Word::LimitHolds
            } else {
                Word::LimitBroken
            };
            vec![context.say(verdict).to_owned(), limit]
        });
        Headline {
            name,
            title: context.say(word).to_owned(),
            unit,
            value,
            before: None,
            notes,
            href: href.clone(),
            abnormal,
            course: nothing(),
            none: Word::NothingHere,
        }
        .show(context)
    };
    let average = context.fill(Word::LimitAverage, whole(limits.acceptable_in_ten_minutes));
    let average = average.replacen("{}", &whole(limits.most_in_ten_minutes), 1);
    let most = context.fill(Word::LimitMost, whole(limits.flood_above));
    let share = context.fill(Word::LimitUnder, format::percent(limits.time_in_flood));
    let stale = context.fill(Word::LimitUnder, whole(limits.stale_alarms));
    let answered = &measures.acknowledged;
    let p90 = format::duration_or_dash(context.language, answered.p90_seconds);
    let mut answered_card = Headline {
        name: "acknowledged",
        title: context.say(Word::UntilSeen).to_owned(),
        unit: Unit::Duration,
        value: answered.median_seconds.map(|seconds| seconds as f64),
        before: None,
        notes: vec![
            format!("{} {p90}", context.say(Word::P90Long)),
            context.fill(Word::UnseenCount, whole(answered.open)),
        ],
        href: href.clone(),
        abnormal: false,
        course: nothing(),
        none: Word::NothingHere,
    };
    if answered.median_seconds.is_none() {
        answered_card.notes.remove(0);
    }
    let about = text(&period_words(measures.from, measures.to));
    join(&[
        fill("<p class=\"quiet about\">{}</p>", &[about]),
        card(
            "average",
            Word::AverageInTen,
            Unit::Count,
            Some(measures.average_in_ten_minutes),
            Some((
                average,
                measures.average_in_ten_minutes <= limits.most_in_ten_minutes as f64,
            )),
        ),
        card(
            "most",
            Word::MostInTen,
            Unit::Count,
            Some(measures.most_in_ten_minutes as f64),
            Some((most, measures.most_in_ten_minutes <= limits.flood_above)),
        ),
        card(
            "windows_over_ten",
            Word::WindowsOverTen,
            Unit::Share,
            Some(measures.windows_over_ten),
            Some((share.clone(), measures.windows_over_ten < limits.time_in_flood)),
        ),
        card(
            "time_in_flood",
            Word::TimeInFlood,
            Unit::Share,
            Some(measures.time_in_flood),
            Some((share, measures.time_in_flood < limits.time_in_flood)),
        ),
        card(
            "chattering",
            Word::Chattering,
            Unit::Count,
            Some(measures.chattering as f64),
            Some((context.say(Word::LimitNone).to_owned(), measures.chattering == 0)),
        ),
        card(
            "stale",
            Word::Stale,
            Unit::Count,
            Some(measures.stale as f64),
            Some((stale, measures.stale < limits.stale_alarms)),
        ),
        answered_card.show(context),
        card(
            "alarms",
            Word::AlarmCountColumn,
            Unit::Count,
            Some(measures.alarms as f64),
            None,
        ),
    ])
}

/// How many were raised in each window, with the standard's limits across.
fn course(context: Context, measures: &Performance) -> Plot {
    let step = measures.step_seconds.clamp(600, 86_400);
    let bucket = Bucket::Seconds(step as u32);
    let first = bucket.slot(measures.from);
    let end = bucket.slot(measures.to).max(first + 1);
    let count = usize::try_from(end - first).unwrap_or(1).min(100_000);
    let mut values = vec![Some(0.0); count];
    let mut hrefs = vec![String::new(); count];
    let call = |at: LocalTime| {
        let until = LocalTime {
            at: at.at.plus(step as i64 * 1_000),
            ..at
        };
        let list = raised(context, at, until);
        list.strip_prefix('/')
            .map(|list| format!("/api/v1/{list}"))
            .unwrap_or_default()
    };
    for (at, number) in &measures.course {
        let place = usize::try_from(bucket.slot(*at) - first);
        if let Some(place) = place.ok().filter(|place| *place < count) {
            values[place] = Some(*number as f64);
            hrefs[place] = call(*at);
        }
    }
    let limits = &measures.limits;
    let mark = |key, word: Word, value: u64| Mark {
        key,
        name: context.fill(word, format::whole(value)),
        value: value as f64,
    };
    Plot {
        unit: Unit::Count,
        axis: Axis::Time(bucket, first, measures.from.offset_seconds),
        count,
        series: vec![Series {
            key: "raised",
            name: context.say(Word::RaisedIn).to_owned(),
            shape: Shape::Line,
            ink: 0,
            values,
        }],
        marks: vec![
            mark(
                "acceptable",
                Word::MarkAcceptable,
                limits.acceptable_in_ten_minutes,
            ),
            mark("most", Word::MarkMost, limits.most_in_ten_minutes),
            mark("flood", Word::MarkFlood, limits.flood_above),
        ],
        hrefs,
        call: String::new(),
        note: period_words(measures.from, measures.to),
    }
}

fn tables(context: Context, measures: &Performance) -> Markup {
    join(&[
        floods(context, measures),
        priorities(context, measures),
        frequent(context, measures),
        chattering(context, measures),
        stale(context, measures),
        named(context, "position", Word::ByPosition, &measures.positions),
        named(context, "kind", Word::ByKind, &measures.kinds),
        named(context, "block", Word::ByBlock, &measures.blocks),
    ])
}

/// A part with its table, or with the word that there is nothing.
#[inline(never)]
fn sheet(context: Context, name: &str, title: Word, columns: &[(Word, bool)], rows: &[Markup]) -> Markup {
    let inner = if rows.is_empty() {
        empty(context.say(Word::NoneInPeriod))
    } else {
        table(context, title, columns, join(rows))
    };
    fill(
        "<section class=\"card\" data-part=\"{}\"><h2>{}</h2>{}</section>",
        &[text(name), text(context.say(title)), inner],
    )
}

/// The shape of a priority.
pub fn shape(context: Context, priority: Priority) -> Markup {
    let gaps = [text(priority_name(priority)), text(context.term(priority))];
    fill(
        "<i class=\"shape\" data-priority=\"{}\" title=\"{}\"></i> ",
        &gaps,
    )
}

fn bars(first: Markup, second: Markup) -> Markup {
    fill("<td class=\"bar-cell\">{}{}</td>", &[first, second])
}

fn floods(context: Context, measures: &Performance) -> Markup {
    let columns = [
        (Word::Flood, false),
        (Word::LengthColumn, true),
        (Word::AlarmCountColumn, true),
        (Word::MostInTen, true),
    ];
    let mut rows = Vec::new();
    for flood in &measures.floods {
        let words = format!("{} – {}", format::stamp(flood.from), format::stamp(flood.to));
        let length = flood.to.at.seconds_since(flood.from.at);
        rows.push(row(&[
            head_cell(listed(context, &flood.href, &words)),
            number(&format::duration(context.language, length)),
            number(&format::whole(flood.alarms)),
            number(&format::whole(flood.most_in_ten_minutes)),
        ]));
    }
    sheet(context, "floods", Word::Floods, &columns, &rows)
}

fn priorities(context: Context, measures: &Performance) -> Markup {
    let columns = [
        (Word::Priority, false),
        (Word::AlarmCountColumn, true),
        (Word::ShareColumn, true),
        (Word::Recommended, true),
        (Word::ShareAndRecommended, false),
    ];
    let mut rows = Vec::new();
    for one in &measures.priorities {
        let name = shape(context, one.priority).then(text(context.term(one.priority)));
        rows.push(row(&[
            head_cell(name),
            number(&format::whole(one.alarms)),
            number(&format::percent_or_dash(one.share)),
            number(&format::percent(one.recommended)),
            bars(bar(0.0, one.share.unwrap_or_default()), bar(0.0, one.recommended)),
        ]));
    }
    sheet(context, "priorities", Word::Priorities, &columns, &rows)
}

fn frequent(context: Context, measures: &Performance) -> Markup {
    let columns = [
        (Word::Rule, false),
        (Word::KindFilter, false),
        (Word::AlarmCountColumn, true),
        (Word::ShareColumn, true),
        (Word::ShareColumn, false),
    ];
    let mut rows = Vec::new();
    for rule in &measures.most_frequent {
        let words = rule_words(context.language, &rule.rule);
        rows.push(row(&[
            head_cell(listed(context, &rule.href, &words)),
            cell(text(short(context.language, rule.kind))),
            number(&format::whole(rule.alarms)),
            number(&format::percent(rule.share)),
            bars(bar(0.0, rule.share), nothing()),
        ]));
    }
    sheet(context, "frequent", Word::MostFrequent, &columns, &rows)
}

fn container(context: Context, number: Option<&str>) -> Markup {
    // Whether a number is verified stands with its alarm.
    cell(match number {
        Some(number) => container_link(context, number, true),
        None => text("—"),
    })
}

fn chattering(context: Context, measures: &Performance) -> Markup {
    let columns = [
        (Word::Rule, false),
        (Word::ContainerNumber, false),
        (Word::MostInAMinute, true),
        (Word::AlarmCountColumn, true),
    ];
    let mut rows = Vec::new();
    for one in &measures.chattering_tags {
        rows.push(row(&[
            row_head(&rule_words(context.language, &one.rule)),
            container(context, one.container.as_deref()),
            number(&format::whole(one.most_in_a_minute)),
            number(&format::whole(one.alarms)),
        ]));
    }
    sheet(context, "chattering", Word::Chattering, &columns, &rows)
}

fn stale(context: Context, measures: &Performance) -> Markup {
    let columns = [
        (Word::Content, false),
        (Word::ContainerNumber, false),
        (Word::Block, false),
        (Word::RaisedAt, false),
        (Word::ClearedAt, false),
        (Word::ActiveFor, true),
    ];
    let mut rows = Vec::new();
    for alarm in &measures.stale_alarms {
        let href = context
            .address
            .link(&Page::Alarms, &[("state", "all"), ("alarm", &alarm.id)]);
        let end = alarm.cleared_at.unwrap_or(measures.to);
        let length = end.at.seconds_since(alarm.raised_at.at);
        let name = link(&href, text(short(context.language, alarm.kind)));
        rows.push(row(&[
            head_cell(shape(context, alarm.priority).then(name)),
            container(context, alarm.container.as_deref()),
            cell(text(alarm.block.as_deref().unwrap_or("—"))),
            cell(text(&format::stamp(alarm.raised_at))),
            cell(text(&format::stamp_or_dash(alarm.cleared_at))),
            number(&format::duration(context.language, length)),
        ]));
    }
    sheet(context, "stale", Word::Stale, &columns, &rows)
}

/// The measures of parts; the name narrows the page to one, the number leads to its alarms.
fn named(context: Context, parameter: &'static str, title: Word, parts: &[ByName]) -> Markup {
    let columns = [
        (title, false),
        (Word::AlarmCountColumn, true),
        (Word::AverageInTen, true),
        (Word::MostInTen, true),
        (Word::TimeInFlood, true),
    ];
    let mut rows = Vec::new();
    for one in parts {
        let words = match (parameter, Kind::from_name(&one.name)) {
            ("kind", Some(kind)) => short(context.language, kind),
            _ => one.name.as_str(),
        };
        let narrowed = context.address.link_with(parameter, Some(&one.name));
        // To the second digit: most parts have far less than one in ten minutes.
        let hundredths = (one.average_in_ten_minutes * 100.0).round() / 100.0;
        rows.push(row(&[
            head_cell(link(&narrowed, text(words))),
            linked_number(&link_of_call(context, &one.href), &format::whole(one.alarms)),
            number(&format::thousandths(hundredths)),
            number(&format::whole(one.most_in_ten_minutes)),
            number(&format::percent(one.time_in_flood)),
        ]));
    }
    sheet(context, parameter, title, &columns, &rows)
}
