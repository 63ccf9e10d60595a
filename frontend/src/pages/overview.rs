//! `/`: how well the port does today. Every figure leads to what is behind it.

use crate::address::Page;
use crate::charts::hourly::{self, Hours};
use crate::charts::surface::surface;
use crate::client::{calls, understood};
use crate::components::markup::{Markup, all, nothing, number, row_head, shown, table, tag, text};
use crate::components::reactive::opening;
use crate::components::states::framed;
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Followed, Message, Position, Snapshot, Topic, follow};
use leptos::prelude::*;
use shared::time::{DAY, HOUR};
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
    let path = move || calls::overview(&query);
    let followed = follow(context.live, &[Topic::Figures], path, |text| {
        understood(text).map(OverviewData)
    });
    let content = move || {
        let cards =
            move || followed.with(|data| data.map(|data| cards(context, &data.0)).unwrap_or_default());
        view! {
            {shown("cards", cards)}
            {hourly_chart(context, followed)}
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
    let share = figures.slots_taken as f64 / figures.slots.max(1) as f64;
    let open = context.fill(Word::OfWhichHigh, format::whole(figures.open_alarms_high));
    let moves = context.fill(Word::MovesToday, format::whole(figures.moves_today));
    let cards = vec![
        Card {
            name: "boxes_in_yard",
            title: context.say(Word::BoxesInYard).to_owned(),
            value: Some(format::whole(figures.boxes_in_yard)),
            notes: vec![context.fill(Word::OfSlots, format::percent(share))],
            href: page(Page::Yard, &[]),
            abnormal: false,
        },
        Card {
            name: "open_alarms",
            title: context.say(Word::OpenAlarmsToday).to_owned(),
            value: Some(format::whole(figures.open_alarms)),
            notes: vec![open],
            href: page(Page::Alarms, &[]),
            abnormal: figures.open_alarms_high > 0,
        },
        Card {
            name: "teu_today",
            title: context.say(Word::TeuToday).to_owned(),
            value: Some(format::decimal(figures.teu_today)),
            notes: vec![moves],
            href: page(
                Page::Throughput,
                &[("bucket", "hour"), ("from", &today), ("to", &tomorrow)],
            ),
            abnormal: false,
        },
        Card {
            name: "direct_share",
            title: context.say(Word::DirectShare).to_owned(),
            value: figures.direct_share.map(format::percent),
            notes: Vec::new(),
            href: page(Page::Throughput, &[("group", "mode")]),
            abnormal: false,
        },
    ];
    let target = format::duration_or_dash(context.language, Some(figures.target_seconds));
    let clearance = [
        ("import", Word::ImportMedian, Word::ImportOnly, &figures.import),
        ("export", Word::ExportMedian, Word::ExportOnly, &figures.export),
    ];
    let clearance = clearance.map(|(name, title, word, clearance)| {
        [
            median(context, name, title, clearance, figures.target_seconds),
            within(context, name, word, clearance, &target),
        ]
    });
    all(cards
        .into_iter()
        .chain(clearance.into_iter().flatten())
        .map(|card| card.show(context)))
}

fn median(
    context: Context,
    name: &'static str,
    title: Word,
    clearance: &OverviewClearance,
    target: u64,
) -> Card {
    let duration = |seconds| format::duration_or_dash(context.language, Some(seconds));
    let mut notes = vec![
        context.fill(Word::ReleasedCount, format::whole(clearance.stays)),
        context.fill(Word::Target, duration(target)),
    ];
    notes.extend(
        clearance
            .baseline_seconds
            .map(|baseline| context.fill(Word::Baseline, duration(baseline))),
    );
    Card {
        name: if name == "import" {
            "import_median"
        } else {
            "export_median"
        },
        title: context.say(title).to_owned(),
        value: clearance.median_seconds.map(duration),
        notes,
        href: context.address.link_of_call(&clearance.href),
        abnormal: clearance.median_seconds.is_some_and(|median| median > target),
    }
}

fn within(
    context: Context,
    name: &'static str,
    word: Word,
    clearance: &OverviewClearance,
    target: &str,
) -> Card {
    Card {
        name: if name == "import" {
            "import_within"
        } else {
            "export_within"
        },
        title: format!(
            "{} · {}",
            context.fill(Word::WithinTarget, target),
            context.say(word)
        ),
        value: clearance.within_target.map(format::percent),
        notes: vec![context.say(Word::PerStay).to_owned()],
        href: context.address.link_of_call(&clearance.href),
        abnormal: false,
    }
}

/// One figure with what it is, and where it leads.
struct Card {
    name: &'static str,
    title: String,
    value: Option<String>,
    notes: Vec<String>,
    href: String,
    abnormal: bool,
}

impl Card {
    fn show(self, context: Context) -> Markup {
        let class = if self.value.is_none() {
            "figure-value none"
        } else {
            "figure-value"
        };
        let value = self
            .value
            .unwrap_or_else(|| context.say(Word::NoneToday).to_owned());
        let parts = [
            tag("span", &[("class", "figure-title")], text(&self.title)),
            tag("span", &[("class", class)], text(&value)),
            tag(
                "span",
                &[("class", "figure-notes")],
                all(self.notes.iter().map(|note| tag("span", &[], text(note)))),
            ),
        ];
        let abnormal = self.abnormal.to_string();
        let attributes = [
            ("class", "figure"),
            ("href", &self.href),
            ("data-figure", self.name),
            ("data-abnormal", &abnormal),
        ];
        tag("div", &[], tag("a", &attributes, all(parts)))
    }
}

const HOURS: [(Word, bool); 3] = [(Word::Hour, false), (Word::Today, true), (Word::Yesterday, true)];

/// TEU by hour, as a chart and as a table.
fn hourly_chart(context: Context, followed: Followed<OverviewData>) -> AnyView {
    let hours = move || followed.with(|data| data.map(|data| by_hour(&data.0)).unwrap_or_default());
    let rows = move || {
        let hours = hours();
        let figure = |value: Option<f64>| number(&value.map_or_else(|| "—".to_owned(), format::decimal));
        let rows =
            hours
                .today
                .into_iter()
                .zip(hours.yesterday)
                .enumerate()
                .map(|(hour, (today, yesterday))| {
                    tag(
                        "tr",
                        &[],
                        all([
                            row_head(&format!("{hour:02}:00")),
                            figure(today),
                            figure(yesterday),
                        ]),
                    )
                });
        table(context, Word::TeuByHour, &HOURS, all(rows))
    };
    let key = |class: &'static str, word: Word| {
        tag(
            "li",
            &[],
            all([
                tag("span", &[("class", class)], nothing()),
                text(context.say(word)),
            ]),
        )
    };
    let legend = all([
        key("swatch today", Word::Today),
        key("swatch yesterday", Word::Yesterday),
    ]);
    view! {
        <section class="card">
            <h2>{context.say(Word::TeuByHour)}</h2>
            <ul class="legend" inner_html=legend.into_string()></ul>
            {surface(context.say(Word::TeuByHour), move |sheet| hourly::draw(sheet, &hours()))}
            {opening(context.say(Word::Table).to_owned(), move || shown("", rows))}
        </section>
    }
    .into_any()
}

fn by_hour(figures: &Figures) -> Hours {
    let mut hours = Hours::default();
    for (begin, teu) in &figures.teu_by_hour {
        let hour = (begin.at.0 - figures.today.at.0).div_euclid(HOUR);
        let (day, index) = if hour < 0 {
            (&mut hours.yesterday, hour + 24)
        } else {
            (&mut hours.today, hour)
        };
        if let Some(slot) = usize::try_from(index).ok().and_then(|index| day.get_mut(index)) {
            *slot = Some(*teu);
        }
    }
    hours
}
