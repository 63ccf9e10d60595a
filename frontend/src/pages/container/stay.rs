//! One stay: what it is, what happened, what is expected, and how long its parts took.

use super::node::{quiet, timeline};
use super::usual;
use crate::address::Page;
use crate::components::markup::{
    Markup, all, fact, link, mark, nothing, number, optional_fact, row_head, tag, text,
};
use crate::components::number::slot_link;
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::event::{Classifier, DangerousGoods};
use shared::wire::figures::Usual;
use shared::wire::stay::{Stay, StayNode};

/// One stay; the newest is open.
pub fn show(context: Context, stay: &Stay, newest: bool, usual: Option<&Usual>) -> Markup {
    let period = format!(
        "{} – {}",
        format::stamp_or_dash(stay.began_at),
        format::stamp_or_dash(stay.ended_at)
    );
    let (actual, expected): (Vec<&StayNode>, Vec<&StayNode>) = stay
        .nodes
        .iter()
        .partition(|node| node.classifier == Classifier::Actual);
    let expectations = section(context, Word::Expectations, !expected.is_empty(), || {
        timeline(context, &expected)
    });
    let segments = match usual {
        Some(usual) => section(context, Word::Segments, true, || {
            usual::show(context, stay, usual)
        }),
        None => segments(context, stay),
    };
    let beside = [expectations, segments, alarms(context, stay)];
    let columns = [
        timeline(context, &actual),
        tag("div", &[("class", "beside")], all(beside)),
    ];
    let body = [
        flags(context, stay),
        tag("dl", &[("class", "facts")], facts(context, stay)),
        tag("div", &[("class", "trail-columns")], all(columns)),
    ];
    let summary = [
        tag("h2", &[], text(&context.fill(Word::StayAt, &stay.site))),
        mark(context.term(stay.status), false),
        quiet(&period),
    ];
    let inner = [
        tag("summary", &[], all(summary)),
        tag("div", &[("class", "stay-body")], all(body)),
    ];
    let open: &[(&'static str, &str)] = if newest { &[("open", "")] } else { &[] };
    tag(
        "section",
        &[
            ("class", "card stay"),
            ("data-stay", &stay.id),
            ("data-status", stay.status.name()),
        ],
        tag("details", open, all(inner)),
    )
}

fn section(context: Context, title: Word, is_there: bool, inner: impl Fn() -> Markup) -> Markup {
    if !is_there {
        return nothing();
    }
    tag(
        "section",
        &[],
        all([tag("h3", &[], text(context.say(title))), inner()]),
    )
}

fn flags(context: Context, stay: &Stay) -> Markup {
    if stay.flags.is_empty() {
        return nothing();
    }
    let flags = stay
        .flags
        .iter()
        .map(|flag| tag("li", &[("class", "mark odd")], text(context.term(*flag))));
    tag(
        "ul",
        &[("class", "flags"), ("aria-label", context.say(Word::Flags))],
        all(flags),
    )
}

fn facts(context: Context, stay: &Stay) -> Markup {
    let list = context.language.choose(", ", "、");
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let dangerous = some(stay.dangerous.iter().map(goods).collect::<Vec<_>>().join(list));
    let size = stay.size_type.as_ref().map(|size| {
        let teu = stay
            .teu
            .map(|teu| format!(" · {} TEU", format::decimal(teu)))
            .unwrap_or_default();
        format!("{size}{teu}")
    });
    let imo = stay.vessel_imo.as_ref().map(|imo| format!("IMO {imo}"));
    let vessel = [stay.vessel_name.as_deref(), imo.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ");
    let slot = match stay.slot.as_deref() {
        Some(slot) => fact(context, Word::Slot, slot_link(context, Some(slot))),
        None => nothing(),
    };
    let clearance = stay
        .clearance_seconds
        .map(|seconds| format::duration_or_dash(context.language, Some(seconds)));
    let words = |word: Word, words: &'static str| optional_fact(context, word, Some(words));
    let known = |word: Word, value: &Option<String>| optional_fact(context, word, value.as_deref());
    all([
        optional_fact(
            context,
            Word::DirectionColumn,
            stay.direction.map(|direction| context.term(direction)),
        ),
        words(Word::Cargo, context.term(stay.cargo)),
        known(Word::DangerousGoods, &dangerous),
        known(Word::SizeType, &size),
        slot,
        known(Word::BillOfLading, &stay.bill_of_lading),
        known(Word::Voyage, &stay.voyage),
        known(Word::Vessel, &some(vessel)),
        known(Word::Declarations, &some(stay.declarations.join(list))),
        words(Word::Mode, context.term(stay.mode)),
        words(Word::Channel, context.term(stay.channel)),
        known(Word::ClearanceTime, &clearance),
    ])
}

fn goods(goods: &DangerousGoods) -> String {
    let class = goods.class.as_deref().unwrap_or("?");
    goods
        .un
        .as_ref()
        .map_or_else(|| class.to_owned(), |un| format!("{class} (UN {un})"))
}

/// The segments with their durations in words, as long as nobody knows what is usual.
fn segments(context: Context, stay: &Stay) -> Markup {
    let rows = || {
        let rows = stay.segments.iter().map(|segment| {
            let cells = [
                row_head(context.term(segment.name)),
                number(&format::duration_or_dash(context.language, Some(segment.seconds))),
            ];
            tag("tr", &[], all(cells))
        });
        tag(
            "table",
            &[("class", "data segments")],
            tag("tbody", &[], all(rows)),
        )
    };
    section(context, Word::Segments, !stay.segments.is_empty(), rows)
}

fn alarms(context: Context, stay: &Stay) -> Markup {
    let links = || {
        let links = stay.alarms.iter().enumerate().map(|(index, id)| {
            let href = context
                .address
                .link(&Page::Alarms, &[("alarm", id), ("state", "all")]);
            let words = format!("{} {}", context.say(Word::Alarms), index + 1);
            tag("li", &[("data-alarm-link", id)], link(&href, text(&words)))
        });
        tag("ul", &[("class", "alarm-links")], all(links))
    };
    section(context, Word::Alarms, !stay.alarms.is_empty(), links)
}
