//! One stay: what it is, what happened, what is expected, and how long its parts took.

use super::node;
use crate::address::Page;
use crate::components::number::slot_link;
use crate::context::Context;
use crate::i18n::{Word, format};
use leptos::prelude::*;
use shared::event::Classifier;
use shared::wire::stay::{Stay, StayNode};

/// One stay; the newest is open.
pub fn show(context: Context, stay: &Stay, newest: bool) -> AnyView {
    let title = context.fill(Word::StayAt, &stay.site);
    let period = format!(
        "{} – {}",
        format::stamp_or_dash(stay.began_at),
        format::stamp_or_dash(stay.ended_at)
    );
    let (actual, expected): (Vec<&StayNode>, Vec<&StayNode>) = stay
        .nodes
        .iter()
        .partition(|node| node.classifier == Classifier::Actual);
    let body = view! {
        {flags(context, stay)}
        <dl class="facts">{facts(context, stay)}</dl>
        <div class="trail-columns">
            <ol class="timeline">{node::timeline(context, &actual)}</ol>
            <div class="beside">
                {(!expected.is_empty()).then(|| view! {
                    <section class="expected">
                        <h3>{context.say(Word::Expectations)}</h3>
                        <ol class="timeline">{node::timeline(context, &expected)}</ol>
                    </section>
                })}
                {segments(context, stay)}
                {alarms(context, stay)}
            </div>
        </div>
    };
    view! {
        <section class="card stay" data-stay=stay.id.clone() data-status=stay.status.name()>
            <details open=newest>
                <summary>
                    <h2>{title}</h2>
                    <span class="mark">{context.term(stay.status)}</span>
                    <span class="quiet">{period}</span>
                </summary>
                <div class="stay-body">{body}</div>
            </details>
        </section>
    }
    .into_any()
}

fn flags(context: Context, stay: &Stay) -> impl IntoView + use<> {
    let marks = stay
        .flags
        .iter()
        .map(|flag| view! { <li class="mark odd">{context.term(*flag)}</li> })
        .collect_view();
    (!stay.flags.is_empty())
        .then(|| view! { <ul class="flags" aria-label=context.say(Word::Flags)>{marks}</ul> })
}

fn facts(context: Context, stay: &Stay) -> impl IntoView + use<> {
    let line = |word: Word, value: AnyView| view! { <div><dt>{context.say(word)}</dt><dd>{value}</dd></div> };
    let optional = |word: Word, value: Option<String>| value.map(|value| line(word, value.into_any()));
    let list = context.language.choose(", ", "、");
    let dangerous: Vec<String> = stay
        .dangerous
        .iter()
        .map(|goods| {
            let class = goods.class.as_deref().unwrap_or("?");
            goods
                .un
                .as_ref()
                .map_or_else(|| class.to_owned(), |un| format!("{class} (UN {un})"))
        })
        .collect();
    let size = stay.size_type.as_ref().map(|size| {
        let teu = stay
            .teu
            .map(|teu| format!(" · {} TEU", format::decimal(teu)))
            .unwrap_or_default();
        format!("{size}{teu}")
    });
    let vessel = [stay.vessel_name.as_deref(), stay.vessel_imo.as_deref()];
    let vessel = vessel.into_iter().flatten().collect::<Vec<_>>().join(" · IMO ");
    let block = stay.slot.as_ref().map(|slot| {
        // Which part of an address is the block only the layout's pattern tells; the map reads the slot itself.
        line(Word::Slot, slot_link(context, Some(slot), Some("")).into_any())
    });
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    view! {
        {optional(Word::DirectionColumn, stay.direction.map(|direction| context.term(direction).to_owned()))}
        {line(Word::Cargo, context.term(stay.cargo).into_any())}
        {optional(Word::DangerousGoods, some(dangerous.join(list)))}
        {optional(Word::SizeType, size)}
        {block}
        {optional(Word::BillOfLading, stay.bill_of_lading.clone())}
        {optional(Word::Voyage, stay.voyage.clone())}
        {optional(Word::Vessel, some(vessel))}
        {optional(Word::Declarations, some(stay.declarations.join(list)))}
        {line(Word::Mode, context.term(stay.mode).into_any())}
        {line(Word::Channel, context.term(stay.channel).into_any())}
        {optional(Word::ClearanceTime, stay.clearance_seconds.map(|seconds| format::duration_or_dash(context.language, Some(seconds))))}
    }
}

/// The segments as bars on one scale, with their durations in words.
fn segments(context: Context, stay: &Stay) -> impl IntoView + use<> {
    let longest = stay
        .segments
        .iter()
        .map(|segment| segment.seconds)
        .max()
        .unwrap_or(0)
        .max(1);
    let rows = stay.segments.iter().map(|segment| {
        let duration = format::duration_or_dash(context.language, Some(segment.seconds));
        view! {
            <tr>
                <th scope="row">{context.term(segment.name)}</th>
                <td class="number">{duration}</td>
                <td class="bar-cell"><meter min="0" max=longest value=segment.seconds aria-hidden="true"></meter></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    (!stay.segments.is_empty()).then(|| {
        view! {
            <section>
                <h3>{context.say(Word::Segments)}</h3>
                <table class="data segments"><tbody>{rows}</tbody></table>
            </section>
        }
    })
}

fn alarms(context: Context, stay: &Stay) -> impl IntoView + use<> {
    let links = stay.alarms.iter().enumerate().map(|(index, id)| {
        let href = context.address.link(&Page::Alarms, &[("alarm", id), ("state", "all")]);
        view! { <li><a href=href data-alarm-link=id.clone()>{context.say(Word::Alarms)} " " {index + 1}</a></li> }
    });
    let links = links.collect_view();
    (!stay.alarms.is_empty()).then(|| {
        view! {
            <section>
                <h3>{context.say(Word::Alarms)}</h3>
                <ul class="alarm-links">{links}</ul>
            </section>
        }
    })
}
