//! `/`: how well the port does today. Every figure leads to what is behind it.

use super::figures::headline::Headline;
use super::figures::today::follow_overview;
use super::figures::{block, heading};
use crate::address::Page;
use crate::charts::chart;
use crate::charts::plot::{Axis, Plot, Series, Shape};
use crate::charts::slots::Bucket;
use crate::charts::spark::spark;
use crate::components::markup::{Markup, join, nothing, shown};
use crate::components::states::framed;
use crate::context::{Context, context};
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::time::{DAY, LocalTime};
use shared::wire::figures::{Overview as Figures, OverviewClearance};

/// The first page.
#[inline(never)]
pub fn overview() -> AnyView {
    let context = context();
    let followed = follow_overview(context);
    let content = move || {
        let cards = move || followed.with(|data| data.map_or_else(nothing, |data| cards(context, &data.0)));
        let plot = move || followed.with(|data| Some(by_hour(context, &data?.0)));
        let title = context.say(Word::TeuByHour).to_owned();
        let parts = vec![shown("cards", cards), chart(context, "today", title, None, plot)];
        parts.into_any()
    };
    let parts = vec![
        heading("h1", context.say(Word::Overview)),
        framed(followed.core(), content),
    ];
    block("page overview", parts)
}

/// A figure of today with its course, the last day of which is today.
struct Card<'a> {
    name: &'static str,
    title: String,
    unit: Unit,
    value: Option<f64>,
    course: &'a [Option<f64>],
    notes: Vec<String>,
    href: String,
    abnormal: bool,
    /// Whether the day before is a day of the same: what stands now is not to be held against what came in a day, nor a
    /// day that has begun against a whole one.
    compared: bool,
}

#[inline(never)]
fn show(context: Context, card: Card<'_>) -> Markup {
    let course = card.course;
    let yesterday = course.len().checked_sub(2).and_then(|place| course[place]);
    let headline = Headline {
        name: card.name,
        title: card.title,
        unit: card.unit,
        value: card.value,
        before: yesterday
            .filter(|_| card.compared)
            .map(|before| (Word::YesterdayWas, before)),
        notes: card.notes,
        href: card.href,
        abnormal: card.abnormal,
        course: spark(course),
        none: Word::NoneToday,
    };
    headline.show(context)
}

fn cards(context: Context, figures: &Figures) -> Markup {
    let page = |page: Page, parameters: &[(&str, &str)]| context.address.link(&page, parameters);
    let today = format::date(figures.today);
    let tomorrow = format::date(LocalTime {
        at: figures.today.at.plus(DAY),
        ..figures.today
    });
    let say = |word: Word| context.say(word).to_owned();
    let course = &figures.course;
    let slots = figures.slots_taken as f64 / figures.slots.max(1) as f64;
    let raised = &course.alarms_raised;
    let raised_on = |ago: usize| {
        let on = raised.len().checked_sub(ago).and_then(|place| raised.get(place));
        on.map_or_else(|| "—".to_owned(), |count| format::whole(*count))
    };
    let raised_words = context.fill(Word::AlarmsRaised, raised_on(1));
    let mut teu = Vec::new();
    for value in &course.teu {
        teu.push(Some(*value));
    }
    let in_yard = Card {
        name: "boxes_in_yard",
        title: say(Word::BoxesInYard),
        unit: Unit::Count,
        value: Some(figures.boxes_in_yard as f64),
        course: &counts(&course.boxes_in_yard),
        notes: vec![context.fill(Word::OfSlots, format::percent(slots))],
        href: page(Page::Yard, &[]),
        abnormal: false,
        compared: true,
    };
    let open = Card {
        name: "open_alarms",
        title: say(Word::OpenAlarmsToday),
        unit: Unit::Count,
        value: Some(figures.open_alarms as f64),
        course: &counts(raised),
        notes: vec![
            context.fill(Word::OfWhichHigh, format::whole(figures.open_alarms_high)),
            raised_words.replacen("{}", &raised_on(2), 1),
        ],
        href: page(Page::Alarms, &[]),
        abnormal: figures.open_alarms_high > 0,
        compared: false,
    };
    let moved = Card {
        name: "teu_today",
        title: say(Word::TeuToday),
        unit: Unit::Count,
        value: Some(figures.teu_today),
        course: &teu,
        notes: vec![
            context.fill(Word::MovesToday, format::whole(figures.moves_today)),
            context.fill(Word::YesterdayWas, whole_before(&course.teu)),
        ],
        href: page(
            Page::Throughput,
            &[("bucket", "hour"), ("from", &today), ("to", &tomorrow)],
        ),
        abnormal: false,
        compared: false,
    };
    let direct = Card {
        name: "direct_share",
        title: say(Word::DirectShare),
        unit: Unit::Share,
        value: figures.direct_share,
        course: &course.direct_share,
        notes: Vec::new(),
        href: context.address.link_of_call(&figures.left_href),
        abnormal: false,
        compared: true,
    };
    let import = Clearance {
        names: ["import_median", "import_within"],
        median: Word::ImportMedian,
        within: Word::ImportOnly,
        of: &figures.import,
        medians: &course.import_median_seconds,
        shares: &course.import_within_target,
    };
    let export = Clearance {
        names: ["export_median", "export_within"],
        median: Word::ExportMedian,
        within: Word::ExportOnly,
        of: &figures.export,
        medians: &course.export_median_seconds,
        shares: &course.export_within_target,
    };
    join(&[
        show(context, in_yard),
        show(context, open),
        show(context, moved),
        show(context, direct),
        clearance(context, import, figures.target_seconds),
        clearance(context, export, figures.target_seconds),
    ])
}

/// What the day before came to.
fn whole_before(course: &[f64]) -> String {
    let before = course.len().checked_sub(2).and_then(|place| course.get(place));
    before.map_or_else(|| "—".to_owned(), |value| format::whole(value.round() as u64))
}

fn counts(values: &[u64]) -> Vec<Option<f64>> {
    let mut counts = Vec::new();
    for value in values {
        counts.push(Some(*value as f64));
    }
    counts
}

/// What is shown of the clearance of a direction.
struct Clearance<'a> {
    names: [&'static str; 2],
    median: Word,
    within: Word,
    of: &'a OverviewClearance,
    medians: &'a [Option<u64>],
    shares: &'a [Option<f64>],
}

/// The median and the share within target of a direction.
#[inline(never)]
fn clearance(context: Context, shown: Clearance<'_>, target: u64) -> Markup {
    let of = shown.of;
    let [median, within] = shown.names;
    let duration = |seconds| format::duration_or_dash(context.language, Some(seconds));
    let mut notes = vec![
        context.fill(Word::ReleasedCount, format::whole(of.stays)),
        context.fill(Word::Target, duration(target)),
    ];
    if let Some(baseline) = of.baseline_seconds {
        notes.push(context.fill(Word::Baseline, duration(baseline)));
    }
    let mut course = Vec::new();
    for value in shown.medians {
        course.push(value.map(|value| value as f64));
    }
    let median = Card {
        name: median,
        title: context.say(shown.median).to_owned(),
        unit: Unit::Duration,
        value: of.median_seconds.map(|seconds| seconds as f64),
        course: &course,
        notes,
        href: context.address.link_of_call(&of.href),
        abnormal: of.median_seconds.is_some_and(|median| median > target),
        compared: true,
    };
    let title = context.fill(Word::WithinTarget, duration(target));
    let within = Card {
        name: within,
        title: [title.as_str(), context.say(shown.within)].join(" · "),
        unit: Unit::Share,
        value: of.within_target,
        course: shown.shares,
        notes: vec![context.say(Word::PerStay).to_owned()],
        href: context.address.link_of_call(&of.href),
        abnormal: false,
        compared: true,
    };
    join(&[show(context, median), show(context, within)])
}

/// TEU by hour: bars for today, and a line for yesterday, so that what is usual at an hour is beside what is.
fn by_hour(context: Context, figures: &Figures) -> Plot {
    let bucket = Bucket::Hour;
    let first = bucket.slot(figures.today);
    let mut days = [vec![None; 24], vec![None; 24]];
    for (begin, teu) in &figures.teu_by_hour {
        let hour = bucket.slot(*begin) - first;
        let day = usize::from(hour < 0);
        if let Some(value) = usize::try_from(hour + 24 * day as i64)
            .ok()
            .and_then(|hour| days[day].get_mut(hour))
        {
            *value = Some(*teu);
        }
    }
    let offset = figures.today.offset_seconds;
    let site = crate::address::encode(&figures.site);
    let call = |path: &str, hour: i64, hours: i64| {
        let at = |slot: i64| crate::address::encode(&bucket.parameter(slot, offset));
        let (from, to) = (at(first + hour), at(first + hour + hours));
        [path, "&site=", &site, "&from=", &from, "&to=", &to].concat()
    };
    let mut hrefs = Vec::new();
    for hour in 0..24 {
        hrefs.push(call("/api/v1/stays?by=moved", hour, 1));
    }
    let [today, yesterday] = days;
    let series = |key, word: Word, shape, ink, values| Series {
        key,
        name: context.say(word).to_owned(),
        shape,
        ink,
        values,
    };
    Plot {
        unit: Unit::Count,
        axis: Axis::Time(bucket, first, offset),
        count: 24,
        hrefs,
        series: vec![
            series("today", Word::Today, Shape::Bar(0), 0, today),
            series("yesterday", Word::Yesterday, Shape::Dashed, 3, yesterday),
        ],
        marks: Vec::new(),
        call: call("/figures/throughput?bucket=hour", -24, 48),
        note: format::date(figures.today),
    }
}
