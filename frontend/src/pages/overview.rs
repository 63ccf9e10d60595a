//! `/`: how well the port does today. Every figure leads to what is behind it.

use super::figures::headline::Headline;
use crate::address::Page;
use crate::charts::chart;
use crate::charts::plot::{Axis, Plot, Series, Shape};
use crate::charts::slots::Bucket;
use crate::charts::spark::spark;
use crate::client::{calls, understood};
use crate::components::markup::{Markup, all, shown};
use crate::components::states::framed;
use crate::context::{Context, context};
use crate::i18n::format::Unit;
use crate::i18n::{Word, format};
use crate::live::{Message, Position, Snapshot, Topic, follow};
use leptos::prelude::*;
use shared::time::DAY;
use shared::wire::figures::{Overview as Figures, OverviewClearance};

/// The overview, replaced as a whole by each message.
struct OverviewData(Figures);

impl Snapshot for OverviewData {
    fn position(&self) -> Position {
        Position {
            epoch: self.0.epoch.clone(),
            sequence: self.0.sequence,
        }
    }

    fn apply(&mut self, message: &Message) {
        if let Message::Figures(change) = message
            && change.overview.site == self.0.site
        {
            self.0 = change.overview.clone();
        }
    }
}

/// The first page.
pub fn overview() -> AnyView {
    let context = context();
    let query = context.call();
    let path = move || calls::figures("overview", &query);
    let followed = follow(context.live, &[Topic::Figures], path, |text| {
        understood(text).map(OverviewData)
    });
    let content = move || {
        let cards =
            move || followed.with(|data| data.map(|data| cards(context, &data.0)).unwrap_or_default());
        let plot = move || followed.with(|data| Some(by_hour(context, &data?.0)));
        let title = context.say(Word::TeuByHour).to_owned();
        view! {
            {shown("cards", cards)}
            {chart(context, "today", title, None, plot)}
        }
        .into_any()
    };
    view! {
        <section class="page overview">
            <h1>{context.say(Word::Overview)}</h1>
            {framed(followed.core(), content)}
        </section>
    }
    .into_any()
}

fn cards(context: Context, figures: &Figures) -> Markup {
    let page = |page: Page, parameters: &[(&str, &str)]| context.address.link(&page, parameters);
    let today = format::date(figures.today);
    let tomorrow = format::date(shared::time::LocalTime {
        at: figures.today.at.plus(DAY),
        ..figures.today
    });
    let say = |word: Word| context.say(word).to_owned();
    let course = &figures.course;
    let slots = figures.slots_taken as f64 / figures.slots.max(1) as f64;
    let open = context.fill(Word::OfWhichHigh, format::whole(figures.open_alarms_high));
    let raised = &course.alarms_raised;
    let raised_on = |ago: usize| {
        let on = raised.len().checked_sub(ago).and_then(|place| raised.get(place));
        on.map_or_else(|| "—".to_owned(), |count| format::whole(*count))
    };
    let raised_words = context.fill(Word::AlarmsRaised, raised_on(1));
    let raised_words = raised_words.replacen("{}", &raised_on(2), 1);
    let of_today = [
        card(
            "boxes_in_yard",
            say(Word::BoxesInYard),
            Unit::Count,
            Some(figures.boxes_in_yard as f64),
            &counts(&course.boxes_in_yard),
            vec![context.fill(Word::OfSlots, format::percent(slots))],
            page(Page::Yard, &[]),
        ),
        Headline {
            before: None,
            abnormal: figures.open_alarms_high > 0,
            ..card(
                "open_alarms",
                say(Word::OpenAlarmsToday),
                Unit::Count,
                Some(figures.open_alarms as f64),
                &counts(raised),
                vec![open, raised_words],
                page(Page::Alarms, &[]),
            )
        },
        card(
            "teu_today",
            say(Word::TeuToday),
            Unit::Count,
            Some(figures.teu_today),
            &course.teu.iter().copied().map(Some).collect::<Vec<_>>(),
            vec![context.fill(Word::MovesToday, format::whole(figures.moves_today))],
            page(
                Page::Throughput,
                &[("bucket", "hour"), ("from", &today), ("to", &tomorrow)],
            ),
        ),
        card(
            "direct_share",
            say(Word::DirectShare),
            Unit::Share,
            figures.direct_share,
            &course.direct_share,
            Vec::new(),
            context.address.link_of_call(&figures.left_href),
        ),
    ];
    let (import, export) = (&figures.import, &figures.export);
    let of_clearance = [
        median(
            context,
            ("import_median", Word::ImportMedian),
            import,
            &course.import_median_seconds,
            figures,
        ),
        within(
            context,
            ("import_within", Word::ImportOnly),
            import,
            &course.import_within_target,
            figures,
        ),
        median(
            context,
            ("export_median", Word::ExportMedian),
            export,
            &course.export_median_seconds,
            figures,
        ),
        within(
            context,
            ("export_within", Word::ExportOnly),
            export,
            &course.export_within_target,
            figures,
        ),
    ];
    let cards = of_today.into_iter().chain(of_clearance);
    all(cards.map(|card| card.show(context)))
}

fn counts(values: &[u64]) -> Vec<Option<f64>> {
    values.iter().map(|value| Some(*value as f64)).collect()
}

/// A figure of today with its course, the last day of which is today.
fn card(
    name: &'static str,
    title: String,
    unit: Unit,
    value: Option<f64>,
    course: &[Option<f64>],
    notes: Vec<String>,
    href: String,
) -> Headline {
    let yesterday = course.len().checked_sub(2).and_then(|place| course[place]);
    Headline {
        name,
        title,
        unit,
        value,
        before: yesterday.map(|before| (Word::YesterdayWas, before)),
        notes,
        href,
        abnormal: false,
        course: spark(course),
        none: Word::NoneToday,
    }
}

fn median(
    context: Context,
    (name, title): (&'static str, Word),
    clearance: &OverviewClearance,
    course: &[Option<u64>],
    figures: &Figures,
) -> Headline {
    let duration = |seconds| format::duration_or_dash(context.language, Some(seconds));
    let mut notes = vec![
        context.fill(Word::ReleasedCount, format::whole(clearance.stays)),
        context.fill(Word::Target, duration(figures.target_seconds)),
    ];
    notes.extend(
        clearance
            .baseline_seconds
            .map(|baseline| context.fill(Word::Baseline, duration(baseline))),
    );
    let course: Vec<Option<f64>> = course
        .iter()
        .map(|value| value.map(|value| value as f64))
        .collect();
    Headline {
        abnormal: clearance
            .median_seconds
            .is_some_and(|median| median > figures.target_seconds),
        ..card(
            name,
            context.say(title).to_owned(),
            Unit::Duration,
            clearance.median_seconds.map(|seconds| seconds as f64),
            &course,
            notes,
            context.address.link_of_call(&clearance.href),
        )
    }
}

fn within(
    context: Context,
    (name, word): (&'static str, Word),
    clearance: &OverviewClearance,
    course: &[Option<f64>],
    figures: &Figures,
) -> Headline {
    let target = format::duration_or_dash(context.language, Some(figures.target_seconds));
    let title = format!(
        "{} · {}",
        context.fill(Word::WithinTarget, target),
        context.say(word)
    );
    card(
        name,
        title,
        Unit::Share,
        clearance.within_target,
        course,
        vec![context.say(Word::PerStay).to_owned()],
        context.address.link_of_call(&clearance.href),
    )
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
    let period = |hour: i64, hours: i64| {
        let at = |slot: i64| crate::address::encode(&bucket.parameter(slot, offset));
        format!("&from={}&to={}", at(first + hour), at(first + hour + hours))
    };
    let site = crate::address::encode(&figures.site);
    let hrefs = (0..24).map(|hour| format!("/api/v1/stays?by=moved&site={site}{}", period(hour, 1)));
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
        hrefs: hrefs.collect(),
        series: vec![
            series("today", Word::Today, Shape::Bar(0), 0, today),
            series("yesterday", Word::Yesterday, Shape::Dashed, 3, yesterday),
        ],
        marks: Vec::new(),
        call: format!("/figures/throughput?bucket=hour&site={site}{}", period(-24, 48)),
        note: format::date(figures.today),
    }
}
